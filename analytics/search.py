"""Full-text and fuzzy search: metrics by any name, statements, and the texts of the plans.

    search(store, "商標", limit=50)         # frame, best first: what (metric, statement, text), how, score (0..100), id (metric or
    indicator id),
                                           #   plan_id, place, title (name of metric or statement), text (sentence or definition), start,
                                           end (of the hit in the plan)
    find_metrics("spcjhgl")                # [Hit(metric_id, score, how)], best first
    resolve_metric("trademarks in force")  # one metric id, or UnknownMetric / AmbiguousMetric that lists candidates
    resolve_place(store, "rizhao")         # full name of a place, or UnknownPlace / AmbiguousPlace

A query may be Chinese in simplified or traditional characters, pinyin initials (spcjhgl for 食品抽检合格率), or English names of metrics
and places;
several words, parted by blanks, must all be found. The name of a place narrows, other words for a metric (data/vocab/synonyms.toml) count
as its name. how: id, name, part, words, initials, quote, text, fuzzy. Scores fall in that order, so an exact name always stands before a
part of it, and a fuzzy hit after both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd
from rapidfuzz import fuzz, process

from analytics import registry as registries
from analytics.choice import literals
from analytics.compare import UnknownMetric
from analytics.phrases import alternation, converter, plain
from analytics.places import aliases
from analytics.store import ENDS_OF_SENTENCE, SENTENCE_LIMIT, AnalyticsError, Session, Store, widen
from analytics.synonyms import canonical

COLUMNS = ["what", "how", "score", "id", "plan_id", "place", "title", "text", "start", "end"]
FUZZY_LEAST, PER_PLAN, INITIALS_LIMIT = 60.0, 20, 50_000


class AmbiguousMetric(AnalyticsError):
    """Several metrics fit the name equally well; `candidates` holds their ids."""

    def __init__(self, message: str, candidates: tuple[str, ...]) -> None:
        super().__init__(message)
        self.candidates = candidates


class UnknownPlace(AnalyticsError):
    """No plan is of a place with that name."""


class AmbiguousPlace(AnalyticsError):
    """Several places fit the name."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A metric that fits a query: how well (0..100) and by what."""

    metric_id: str
    score: float
    how: str


@lru_cache(maxsize=100_000)
def initials(text: str) -> str:
    """First letters of the pinyin of the Chinese characters: 食品抽检合格率 -> spcjhgl."""
    # Its dictionary takes a third of a second to load, which a server that starts should not pay for.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(re.sub(r"[^\u4e00-\u9fff]", "", text), style=Style.FIRST_LETTER))


@lru_cache(maxsize=20_000)
def syllables(text: str) -> tuple[str, ...]:
    """The pinyin of the Chinese characters without tones: two wordings that sound the same have the same."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(re.sub(r"[^\u4e00-\u9fff]", "", text)))


@lru_cache(maxsize=4)
def _names(registry: registries.Registry) -> tuple[tuple[str, str, str], ...]:
    """(metric id, kind of name, name): zh, en, example and initials of every metric, in the compared form."""
    found = []
    for metric in registry.metrics.values():
        short = re.sub(r"\([^)]*\)", "", plain(metric.name_zh))
        found += [(metric.metric_id, "zh", plain(metric.name_zh)), (metric.metric_id, "en", plain(metric.name_en))]
        found += [(metric.metric_id, "zh", short)] if short != plain(metric.name_zh) else []
        found += [(metric.metric_id, "example", plain(name)) for name in metric.examples]
        found += [(metric.metric_id, "initials", initials(short))]
    return tuple(found)


def find_metrics(query: str, registry: registries.Registry | None = None, limit: int = 10) -> list[Hit]:
    """The metrics that fit a name, best first; empty where none does."""
    registry = registry or registries.load()
    wanted = plain(query)
    if not wanted:
        return []
    best: dict[str, Hit] = {}
    if query.strip() in registry.metrics:
        best[query.strip()] = Hit(query.strip(), 100.0, "id")
    for metric_id, kind, name in _names(registry):
        score, how = _name_score(wanted, kind, name)
        if score and (metric_id not in best or score > best[metric_id].score):
            best[metric_id] = Hit(metric_id, score, how)
    if not best:
        best = _fuzzy_metrics(wanted, registry)
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.metric_id))[:limit]


def _name_score(wanted: str, kind: str, name: str) -> tuple[float, str]:
    """How well one name fits; (0, "") where it does not."""
    if kind == "initials":
        if not wanted.isascii() or len(wanted) < 3 or not name.startswith(wanted):
            return 0.0, ""
        return (88.0 if name == wanted else 60.0 + 20 * len(wanted) / len(name)), "initials"
    if name == wanted:
        return (97.0 if kind == "example" else 99.0), "name"
    if kind == "en":
        return _english_score(wanted, name)
    if len(wanted) >= 2 and wanted in name:
        return 70.0 + 20 * len(wanted) / len(name) + (3 if name.startswith(wanted) else 0) - (2 if kind == "example" else 0), "part"
    words = wanted.split(" ")
    if len(words) > 1 and all(word in name for word in words):
        return 70.0 + 15 * sum(map(len, words)) / len(name), "words"
    return 0.0, ""


def _english_score(wanted: str, name: str) -> tuple[float, str]:
    """English names fit when every word of the query begins one of theirs; plural and singular count as one."""
    words, own = (re.findall(r"[a-z0-9]+", text) for text in (wanted, name))
    words = [word for word in words if word not in ("the", "of", "for", "in", "a", "and")]
    if not words or not all(any(mine.startswith(_stem(word)) for mine in own) for word in words):
        return 0.0, ""
    return 65.0 + 25 * min(1.0, sum(map(len, words)) / max(1, sum(map(len, own)))), "words"


def _stem(word: str) -> str:
    return word[:-3] if word.endswith("ies") and len(word) > 5 else word.removesuffix("s") if len(word) > 3 else word


def _fuzzy_metrics(wanted: str, registry: registries.Registry) -> dict[str, Hit]:
    names = [entry for entry in _names(registry) if entry[1] != "initials"]
    found: dict[str, Hit] = {}
    for _, score, at in process.extract(wanted, [name for _, _, name in names], scorer=fuzz.ratio, score_cutoff=FUZZY_LEAST, limit=20):
        found.setdefault(names[at][0], Hit(names[at][0], score / 2, "fuzzy"))
    return found


def resolve_metric(query: str, registry: registries.Registry | None = None) -> str:
    """The metric that is meant. Raises AmbiguousMetric where the best two are equally good, UnknownMetric where none is near."""
    registry = registry or registries.load()
    hits = find_metrics(query, registry)
    if not hits:
        raise UnknownMetric(f"no metric fits {query!r}: `python -m analytics metrics` lists them all")
    clear = len(hits) == 1 or hits[0].score >= 97 > hits[1].score
    if hits[0].how == "fuzzy" or not clear:
        named = "; ".join(
            f"{hit.metric_id} ({registry.metrics[hit.metric_id].name_zh}, {registry.metrics[hit.metric_id].name_en})" for hit in hits[:6]
        )
        raise AmbiguousMetric(f"{query!r} fits several metrics, name one: {named}", tuple(hit.metric_id for hit in hits))
    return hits[0].metric_id


def resolve_place(store: Store, query: str) -> str:
    """The full name of a place of the database, from any of its names, a part of one or its initials. Raises UnknownPlace,
    AmbiguousPlace."""
    known = store.query(
        "SELECT DISTINCT p.place, coalesce(r.name_en, '') AS name_en FROM plans p LEFT JOIN places r ON r.place = p.place ORDER BY p.place"
    )
    wanted = plain(query)
    exact = aliases(known.itertuples(index=False, name=None)).get(wanted)
    near = [exact] if exact else [
        place
        for place, english in known.itertuples(index=False)
        if wanted and (wanted in plain(place) or wanted in plain(english) or initials(place).startswith(wanted))
    ]
    if not near:
        raise UnknownPlace(f"no plan is of {query!r}; places: {', '.join(known['place'].head(8))}{'' if len(known) <= 8 else ', ...'}")
    if len(near) > 1:
        raise AmbiguousPlace(f"{query!r} fits several places, name one: {', '.join(near[:8])}")
    return near[0]


def search(
    store: Store,
    query: str,
    limit: int = 50,
    what: tuple[str, ...] = ("metric", "statement", "text"),
    registry: registries.Registry | None = None,
) -> pd.DataFrame:
    """Metrics, statements and sentences that fit a query, best first; columns at the top of this module. An empty query finds nothing."""
    registry = registry or registries.load()
    if not plain(query):
        return pd.DataFrame(columns=COLUMNS)
    with store.session() as session:
        places, wanted = split_places(session, plain(query))
        named = canonical(wanted)
        hits = find_metrics(query if wanted == plain(query) else wanted, registry, limit)
        hits = merged(hits, find_metrics(named, registry, limit)) if named != wanted else hits
        found = [_metric_rows(hits, registry)] if "metric" in what else []
        if "statement" in what:
            found.append(_statement_rows(session, [wanted, plain(named)], places, hits, registry, limit))
        if "text" in what:
            found.append(_text_rows(session, wanted, places, limit))
    table = pd.concat([frame for frame in found if len(frame)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    return table.sort_values(
        ["score", "what", "plan_id", "start"], ascending=[False, True, True, True], kind="stable", ignore_index=True
    ).head(limit)[COLUMNS]


def merged(first: list[Hit], second: list[Hit]) -> list[Hit]:
    """Hits for two wordings of one query, the better of each metric; near misses of the one count for nothing where the other is found."""
    sure = [hit for hit in (*first, *second) if hit.how != "fuzzy"] or [*first, *second]
    best = {hit.metric_id: hit for hit in sorted(sure, key=lambda hit: hit.score)}
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.metric_id))


def split_places(session: Session, wanted: str) -> tuple[list[str], str]:
    """(full names of the places that a query names, the rest of it); a query that is nothing else stays whole."""
    known = session.query("SELECT DISTINCT p.place, coalesce(r.name_en, '') FROM plans p LEFT JOIN places r ON r.place = p.place")
    names = {name: place for name, place in aliases(known.itertuples(index=False, name=None)).items() if len(name) > 1}
    pattern = alternation(tuple(names))
    rest = re.sub(pattern, " ", wanted)
    rest = re.sub(r"\s+", " ", re.sub(r"\b(?:in|of|for)\s*$|^\s*的", "", rest)).strip()
    return (sorted({names[found] for found in re.findall(pattern, wanted)}), rest) if rest else ([], wanted)


def _metric_rows(hits: list[Hit], registry: registries.Registry) -> pd.DataFrame:
    rows = [
        (
            "metric",
            hit.how,
            hit.score + 0.5,
            hit.metric_id,
            "",
            "",
            registry.metrics[hit.metric_id].name_zh,
            registry.metrics[hit.metric_id].definition,
            None,
            None,
        )
        for hit in hits
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"start": "Int64", "end": "Int64"})


def variants(words: list[str]) -> list[list[str]]:
    """Each word in the scripts in which a plan may print it."""
    return [sorted({word, converter("s2t").convert(word)}) for word in words]


def of_places(places: list[str], column: str = "p.place") -> str:
    """SQL that holds for some places, for every one where none is named."""
    return f"{column} IN ({literals(places)})" if places else "TRUE"


def _statement_rows(
    session: Session, wordings: list[str], places: list[str], hits: list[Hit], registry: registries.Registry, limit: int
) -> pd.DataFrame:
    """Statements by name, then by quote, then by the metric they belong to, the nearest to its name first, then by near names.
    wordings: the query, and the same in the words of the registry."""
    forms = sorted({form for wording in wordings for form in variants([wording])[0]})
    groups = [list(variants([word])[0]) for word in wordings[0].split(" ")]
    every = " AND ".join("(" + " OR ".join(f"contains(hay, lower({literals([form])}))" for form in group) + ")" for group in groups)
    name = " OR ".join(f"lower(indicator) = lower({literals([form])})" for form in forms)
    part = " OR ".join(f"contains(lower(indicator), lower({literals([form])}))" for form in forms)
    chosen = literals([hit.metric_id for hit in hits if hit.score >= 60 and hit.how != "part"])
    rows = session.query(f"""
        WITH s AS (SELECT i.indicator_id, i.plan_id, p.place, i.indicator, i.quote, i.value_start, i.value_end, i.metric_id,
                          lower(concat_ws(' ', i.indicator, i.quote)) AS hay FROM indicators i JOIN plans p USING (plan_id)
                   WHERE {of_places(places)}),
        g AS (SELECT *, CASE WHEN {name} THEN 96 WHEN {part} THEN 75 + 15.0 * {len(wordings[0])} / length(indicator) WHEN {every} THEN 68
                             WHEN metric_id IN ({chosen}) THEN 66 END AS score FROM s)
        SELECT 'statement' AS what, CASE WHEN score = 96 THEN 'name' WHEN score >= 75 THEN 'part' WHEN score = 68 THEN 'quote' ELSE 'name'
            END AS how,
               CAST(score AS DOUBLE) AS score, indicator_id AS id, plan_id, place, indicator AS title, quote AS text, value_start AS
                   start, value_end AS "end", metric_id
        FROM g WHERE score IS NOT NULL ORDER BY score DESC, indicator_id LIMIT {int(limit)}""")
    if rows.empty:
        return _near_statements(session, wordings[0], places, limit)
    names = registry.names("zh")
    near = [fuzz.ratio(title, plain(names.get(metric, ""))) / 100 if score == 66 else 0.0
            for title, metric, score in zip(rows["title"], rows["metric_id"].fillna(""), rows["score"], strict=True)]
    return rows.assign(score=rows["score"] + near).drop(columns="metric_id")


def _near_statements(session: Session, wanted: str, places: list[str], limit: int) -> pd.DataFrame:
    """Statements whose name has these initials, or is nearly the same: names that share half of the query's pairs of characters are
    measured."""
    if wanted.isascii():
        names = session.query(f"SELECT DISTINCT indicator FROM indicators LIMIT {INITIALS_LIMIT}")["indicator"]
        scored = {name: 55.0 for name in names if len(wanted) >= 3 and wanted in initials(name)}
    else:
        pieces = sorted({wanted[at : at + 2] for at in range(len(wanted) - 1)}) or [wanted]
        shared = " + ".join(f"CAST(contains(indicator, {literals([piece])}) AS INTEGER)" for piece in pieces)
        names = session.query(f"SELECT DISTINCT indicator FROM indicators WHERE {shared} >= {max(1, len(pieces) // 2)}")["indicator"]
        scored = {
            name: score / 2
            for name, score, _ in process.extract(wanted, list(names), scorer=fuzz.ratio, score_cutoff=FUZZY_LEAST, limit=limit)
        }
    if not scored:
        return pd.DataFrame(columns=COLUMNS)
    rows = session.query(f"""
        SELECT 'statement' AS what, '{"initials" if wanted.isascii() else "fuzzy"}' AS how, i.indicator_id AS id, i.plan_id, p.place,
            i.indicator AS title,
               i.quote AS text, i.value_start AS start, i.value_end AS "end" FROM indicators i JOIN plans p USING (plan_id)
        WHERE i.indicator IN ({literals(list(scored))}) AND {of_places(places)} ORDER BY i.indicator_id""")
    return rows.assign(score=rows["title"].map(scored)).sort_values("score", ascending=False, kind="stable").head(limit)


def _text_rows(session: Session, wanted: str, places: list[str], limit: int) -> pd.DataFrame:
    """Sentences that hold every word, at most PER_PLAN of a plan."""
    groups = variants(wanted.split(" "))
    every = " AND ".join("(" + " OR ".join(f"contains(lower(text), lower({literals([form])}))" for form in forms) + ")" for forms in groups)
    rows = []
    for plan_id, place, title, text in session.query(
        f"SELECT plan_id, place, title, text FROM plans WHERE {every} AND {of_places(places, 'place')} ORDER BY plan_id LIMIT {int(limit)}"
    ).itertuples(index=False):
        for start, end, begin, stop in sentences(text, groups)[:PER_PLAN]:
            rows.append(
                (
                    "text",
                    "text",
                    60.0 + min(5.0, 100 * len(wanted) / (stop - begin)),
                    "",
                    plan_id,
                    place,
                    title,
                    text[begin:stop].strip(),
                    start,
                    end,
                )
            )
    return pd.DataFrame(rows, columns=COLUMNS).astype({"start": "Int64", "end": "Int64"})


def sentences(text: str, groups: list[list[str]]) -> list[tuple[int, int, int, int]]:
    """(start, end of the first word, begin, stop of its sentence) for every sentence that holds a form of every word."""
    pattern = re.compile("|".join(map(re.escape, groups[0])), re.IGNORECASE)
    found, reached = [], -1
    for hit in pattern.finditer(text):
        begin, stop = widen(text, hit.start(), hit.end(), ENDS_OF_SENTENCE, SENTENCE_LIMIT)
        held = text[begin:stop].casefold()
        if hit.start() >= reached and all(any(form.casefold() in held for form in forms) for forms in groups):
            found.append((hit.start(), hit.end(), begin, stop))
            reached = stop
    return found
