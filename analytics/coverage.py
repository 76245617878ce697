"""Who mentions what: place × metric, with three kinds of blank, and the sentence that proves a mention.

    c = coverage(store, places=None, domain=None, texts=None)
    c.cells      one row a place and metric: place, province, metric_id, state, indicator_id, plan_id, start, end
                 state: number (a target with a number), baseline (only a past value), mentioned (no number), absent, not_applicable
                 indicator_id is the evidence for number, baseline and mentioned by a commitment; a mention found in a text has plan_id,
                 start, end
    c.table()    metrics × places of states        c.by_domain()   place, domain, metrics, number, baseline, mentioned, absent
    c.named("合格率")                              # the same of the metrics with these words in their name
    c.omitted("日照市", least=2)                    metrics that at least so many other places put a number to and this one does not
    proof(store, cell)                             the sentence behind a cell, as a string ("" where nothing is mentioned)

Texts are searched for the names of metrics outside the quotes of numbers. That takes a second for four million characters, so above
TEXT_LIMIT it is left out unless texts=True asks for it; `c.texts_searched` says which. Commitments always count.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import opencc
import pandas as pd

from analytics import registry as registries
from analytics.choice import literals
from analytics.narrowing import holding
from analytics.store import ENDS_OF_SENTENCE, ROOT, SENTENCE_LIMIT, AnalyticsError, Session, Store, widen

SCOPE = ROOT / "data" / "vocab" / "findings_scope.toml"
LEVELS = ("national", "provincial", "prefecture", "county")
STATES = ("number", "baseline", "mentioned", "absent", "not_applicable")
TEXT_LIMIT = 20_000_000


class ScopeError(ValueError):
    """An entry of findings_scope.toml that cannot be used."""


@dataclass(frozen=True)
class Coverage:
    """What `coverage` found; `cells` is described at the top of this module, `metrics` is the registry's frame."""

    cells: pd.DataFrame
    metrics: pd.DataFrame
    texts_searched: bool
    build_id: str

    def table(self) -> pd.DataFrame:
        """metric_id × place with the state in each cell."""
        return self.cells.pivot(index="metric_id", columns="place", values="state")

    def by_domain(self) -> pd.DataFrame:
        """One row a place and domain: metrics (that apply), and how many are number, baseline, mentioned and absent."""
        cells = self.cells.merge(self.metrics[["metric_id", "domain"]], on="metric_id")
        counts = pd.crosstab([cells["place"], cells["domain"]], cells["state"]).reindex(columns=list(STATES), fill_value=0)
        counts = counts.drop(columns="not_applicable")
        return counts.assign(metrics=counts.sum(axis=1)).reset_index().rename_axis(columns=None)

    def named(self, words: str) -> Coverage:
        """The same of the metrics in whose name every search word stands."""
        metrics = holding(self.metrics, words, "name_zh", "name_en")
        return replace(self, cells=self.cells[self.cells["metric_id"].isin(metrics["metric_id"])], metrics=metrics) if words else self

    def omitted(self, place: str, least: int = 2) -> pd.DataFrame:
        """Metrics that `place` puts no number to and at least `least` other places do: metric_id, state, peers (count), most shared
        first."""
        # The place itself is not among those that have a number here.
        counts = self.counts("number")
        found = [
            (metric, state, counts.get(metric, 0))
            for metric, state in self.states("place", place).items()
            if state in ("absent", "mentioned", "baseline") and counts.get(metric, 0) >= least
        ]
        found.sort(key=lambda row: (-row[2], row[0]))
        return pd.DataFrame(found, columns=["metric_id", "state", "peers"])

    def of_place(self, place: str) -> pd.DataFrame:
        """The cells of one place."""
        return self.cells.iloc[self._rows("place").get(place, [])]

    def states(self, column: str, value: str) -> dict[str, str]:
        """The states of one place (column "place") by metric, or of one metric (column "metric_id") by place."""
        other = {"place": "metric_id", "metric_id": "place"}[column]
        at = self._rows(column).get(value, [])
        (keys, names), (codes, states) = self._codes(other), self._codes("state")
        return {names[key]: states[code] for key, code in zip(keys[at].tolist(), codes[at].tolist(), strict=True)}

    def counts(self, *states: str) -> dict[str, int]:
        """metric_id -> in how many places it is in one of these states; metrics with none are left out."""
        if ("counts", states) not in self._found:
            codes, names = self._codes("metric_id")
            found = np.bincount(codes[self._in(states)], minlength=len(names))
            self._found["counts", states] = {name: int(number) for name, number in zip(names, found, strict=True) if number}
        return self._found["counts", states]

    def _in(self, states: Iterable[str]) -> np.ndarray:
        """Which cells are in one of these states."""
        codes, names = self._codes("state")
        return np.isin(codes, [at for at, name in enumerate(names) if name in states])

    def _codes(self, column: str) -> tuple[np.ndarray, list[str]]:
        """The values of a column as numbers, and what they stand for; found once, since there may be millions of cells."""
        if ("codes", column) not in self._found:
            codes, names = pd.factorize(self.cells[column])
            self._found["codes", column] = codes, [str(name) for name in names]
        return self._found["codes", column]

    def _rows(self, column: str) -> dict[str, np.ndarray]:
        """Value of a column -> the positions of its cells, found once too."""
        if ("rows", column) not in self._found:
            codes, names = self._codes(column)
            order = np.argsort(codes, kind="stable")
            ends = np.cumsum(np.bincount(codes, minlength=len(names)))
            self._found["rows", column] = dict(zip(names, np.split(order, ends[:-1]), strict=True)) if names else {}
        return self._found["rows", column]

    @cached_property
    def _found(self) -> dict:
        return {}


def coverage(
    store: Store,
    *,
    places: Iterable[str] | None = None,
    domain: str | None = None,
    texts: bool | None = None,
    registry: registries.Registry | None = None,
) -> Coverage:
    """The state of every metric (of one domain) in every place. texts: search the texts too; None decides by their size."""
    registry = registry or registries.load()
    metrics = registry.frame()
    metrics = metrics if domain is None else metrics.loc[metrics["domain"] == domain].reset_index(drop=True)
    scope = applicability(registry)
    with store.session() as session:
        session.register("metrics", metrics)
        session.register("scope", scope)
        cells = session.query(cells_sql(None if places is None else sorted(set(places))))
        searched = (
            texts if texts is not None else (session.one("SELECT coalesce(sum(length(text)), 0) FROM plans") or (0,))[0] <= TEXT_LIMIT
        )
        if searched:
            cells = with_mentions(session, cells, registry)
    return Coverage(cells, metrics, bool(searched), store.build_id)


def places_with_numbers(store: Store) -> dict[str, int]:
    """metric_id -> how many places are in state number or baseline; without the states of all others, which take ten times as long."""
    found = store.query("""
        SELECT i.metric_id, count(DISTINCT p.place) AS places FROM indicators i JOIN plans p USING (plan_id)
        WHERE i.kind IN ('target', 'baseline') AND i.metric_id IS NOT NULL GROUP BY ALL""")
    return {metric: int(places) for metric, places in zip(found["metric_id"], found["places"], strict=True)}


def numbers_by_domain(store: Store, metrics: Collection[str]) -> dict[tuple[str, str], int]:
    """(place, domain) -> how many of these metrics are in state number there, where any is: read from the statements alone, at a fiftieth
    of the time that all states take."""
    found = store.query(f"""
        SELECT p.place, split_part(i.metric_id, '.', 1) AS domain, count(DISTINCT i.metric_id) AS metrics
        FROM indicators i JOIN plans p USING (plan_id)
        WHERE i.kind = 'target' AND i.metric_id IN ({literals(sorted(metrics))}) GROUP BY ALL""")
    keys = zip(found["place"], found["domain"], strict=True)
    return dict(zip(keys, found["metrics"].astype(int).tolist(), strict=True))


def cells_sql(places: list[str] | None) -> str:
    """One row a place and metric, from numbers and commitments; the evidence is the first statement of the strongest kind."""
    chosen = "TRUE" if places is None else f"p.place IN ({literals(places)})"
    return f"""
        WITH named AS (
            SELECT place, min(province) AS province, min(level) AS level, row_number() OVER (ORDER BY place) AS place_at
            FROM plans p WHERE {chosen} GROUP BY place),
        numbered AS (SELECT metric_id, row_number() OVER () AS metric_at FROM metrics),
        grid AS (SELECT d.*, m.*, d.place_at * 10000 + m.metric_at AS cell_at FROM named d CROSS JOIN numbered m),
        said AS (
            SELECT d.place_at * 10000 + m.metric_at AS cell_at,
                   min(CASE i.kind WHEN 'target' THEN 0 WHEN 'baseline' THEN 1 ELSE 2 END * 1000000000000 + i.rowid) AS strongest
            FROM indicators i JOIN plans p USING (plan_id) JOIN named d ON d.place = p.place JOIN numbered m ON m.metric_id = i.metric_id
            WHERE i.kind <> 'incentive' GROUP BY cell_at),
        evidence AS (
            SELECT s.cell_at, ['number', 'baseline', 'mentioned'][1 + s.strongest // 1000000000000] AS state,
                   i.indicator_id, i.plan_id, i.start, i."end"
            FROM said s JOIN indicators i ON i.rowid = s.strongest % 1000000000000),
        outside AS (
            SELECT g.cell_at FROM grid g JOIN scope s ON s.metric_id = g.metric_id
            WHERE (s.province <> '' AND g.province IS DISTINCT FROM s.province) OR (s.level <> '' AND g.level = s.level))
        SELECT g.place, g.province, g.metric_id,
               coalesce(e.state, CASE WHEN o.cell_at IS NULL THEN 'absent' ELSE 'not_applicable' END) AS state,
               e.indicator_id, e.plan_id, e.start, e."end"
        FROM grid g LEFT JOIN evidence e USING (cell_at) LEFT JOIN outside o USING (cell_at)
        ORDER BY g.cell_at"""


def with_mentions(session: Session, cells: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The cells, where absent ones whose metric is named in a text outside every number are `mentioned`, with the place of the name."""
    absent = cells.loc[cells["state"] == "absent", ["place", "metric_id"]]
    owners = metric_terms(registry)
    session.register("absent", absent[["place"]].drop_duplicates())
    hits = session.query(
        """SELECT plan_id, place, text, list_distinct(regexp_extract_all(text, $terms)) AS terms FROM plans SEMI JOIN absent USING (place)
                            ORDER BY place, CASE status WHEN 'issued' THEN 0 ELSE 1 END, plan_id""",
        {"terms": "|".join(map(re.escape, owners))},
    )
    spans = session.query('SELECT plan_id, start, "end" FROM indicators WHERE value IS NOT NULL ORDER BY plan_id, start')
    quoted = {plan: list(zip(group["start"], group["end"], strict=True)) for plan, group in spans.groupby("plan_id")}
    wanted = set(zip(absent["place"], absent["metric_id"], strict=True))
    found: dict[tuple[str, str], tuple[str, int, int]] = {}
    for plan_id, place, text, terms in hits.itertuples(index=False):
        for term in sorted(terms, key=text.find):
            key = (place, owners[term])
            at = free_mention(text, term, quoted.get(plan_id, [])) if key in wanted and key not in found else None
            if at is not None:
                found[key] = (plan_id, at, at + len(term))
    return mark(cells, found)


def mark(cells: pd.DataFrame, found: dict[tuple[str, str], tuple[str, int, int]]) -> pd.DataFrame:
    """The cells with the found mentions written in: (place, metric_id) -> (plan_id, start, end)."""
    if not found:
        return cells
    extra = pd.DataFrame(
        [(*key, *value) for key, value in found.items()], columns=["place", "metric_id", "plan_new", "start_new", "end_new"]
    )
    merged = cells.merge(extra, on=["place", "metric_id"], how="left")
    hit = merged["plan_new"].notna()
    for column, other in (("plan_id", "plan_new"), ("start", "start_new"), ("end", "end_new")):
        merged[column] = merged[column].where(~hit, merged[other].astype(merged[column].dtype))
    merged["state"] = merged["state"].where(~hit, "mentioned")
    return merged.drop(columns=["plan_new", "start_new", "end_new"])


def free_mention(text: str, term: str, quoted: list[tuple[int, int]]) -> int | None:
    """Where `term` first stands outside all quotes of numbers, or None."""
    at = text.find(term)
    while at >= 0:
        if not any(start < at + len(term) and at < end for start, end in quoted):
            return at
        at = text.find(term, at + 1)
    return None


@lru_cache(maxsize=4)
def metric_terms(registry: registries.Registry) -> dict[str, str]:
    """Name -> metric id, longest name first, in simplified and traditional characters; a name of two metrics is left out."""
    convert = opencc.OpenCC("s2t").convert
    owners: dict[str, set[str]] = {}
    for metric in registry.metrics.values():
        # Only the name proper may lose its brackets; of an example they are the point.
        names = [re.sub(r"\([^)]*\)", "", metric.name_zh), *(name for name in metric.examples if "(" not in name)]
        for plain in (name.strip("“”") for name in names):
            for variant in (plain, convert(plain)):
                if len(variant) >= 3:
                    owners.setdefault(variant, set()).add(metric.metric_id)
    return {term: min(ids) for term, ids in sorted(owners.items(), key=lambda item: (-len(item[0]), item[0])) if len(ids) == 1}


def words(group: str, path: Path = SCOPE) -> tuple[str, ...]:
    """A list of words of findings_scope.toml: levels or periods. Raises ScopeError for another."""
    found = tomllib.loads(path.read_text(encoding="utf-8")).get("words", {})
    if group not in found:
        raise ScopeError(f"{path.name}: words has no list {group!r}; add it")
    return tuple(found[group])


def applicability(registry: registries.Registry, path: Path = SCOPE) -> pd.DataFrame:
    """metric_id, province ("" for any), level that it does not apply to ("" for none). Raises ScopeError naming file and entry."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := sorted(set(data) - {"words", "province", "not_for_level"}):
        raise ScopeError(f"{path.name}: unknown table {unknown[0]!r}; use words, province or not_for_level")
    rows = [(metric, province, "") for province, ids in data.get("province", {}).items() for metric in ids]
    rows += [(metric, "", level) for level, ids in data.get("not_for_level", {}).items() for metric in ids]
    if wrong := sorted({metric for metric, _, _ in rows} - set(registry.metrics)):
        raise ScopeError(f"{path.name}: {wrong[0]!r} is no metric of the registry; correct the id")
    if wrong := sorted({level for _, _, level in rows} - {"", *LEVELS}):
        raise ScopeError(f"{path.name}: {wrong[0]!r} is no level; use one of {', '.join(LEVELS)}")
    return pd.DataFrame(rows, columns=["metric_id", "province", "level"], dtype="str")


def proof(store: Store, cell: pd.Series, text: str | None = None) -> str:
    """The sentence behind a cell of `Coverage.cells`; "" for absent and not_applicable. `text`: of its plan, where it is at hand. Raises
    AnalyticsError for a row that is no cell."""
    if not {"state", "plan_id", "start", "end"} <= set(cell.index):
        raise AnalyticsError("proof needs a row of Coverage.cells: it has state, plan_id, start and end")
    if cell["state"] in ("absent", "not_applicable"):
        return ""
    text = store.text(cell["plan_id"]) if text is None else text
    begin, end = widen(text, int(cell["start"]), int(cell["end"]), ENDS_OF_SENTENCE, SENTENCE_LIMIT)
    return text[begin:end].strip()
