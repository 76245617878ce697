"""A question in Chinese or English becomes filters: shown as chips, changed, turned into SQL, said in words. Never a free text answer.

    reading = read(store, "哪些城市2025年食品抽检合格率目标高于全国")
    reading.filters            # Filters(metrics=("food.food_pass_rate",), kind="target", year=2025, relation="above", benchmark="nation")
    reading.ignored            # words that were not understood
    reading.problems           # [Problem(code, sentence_zh, sentence_en)], codes below
    reading.refused            # whether the answer could be the opposite of what is asked, so that none is given
    answer(store, reading.filters)         # Answer(frame, sentence_zh, sentence_en): sorted, cut, counted, or cells of the coverage
    matrix for state

    not_understood unknown_place unsupported   words that no filter stands for; the rest is answered
    condition findings documents               refused: a word that turns the answer round, what the findings answer, what plans are like
    further by_words bounds years benchmark_is_target ranked_within    how something was read
    no_rows no_benchmark empty metric_needed   nothing to answer with

Words stand in data/vocab/questions.toml, other words for metrics in data/vocab/synonyms.toml. Every character is used once, so nothing is
understood twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from analytics import registry as registries
from analytics.choice import NOT_COUNTS
from analytics.coverage import coverage
from analytics.filters import FIELDS, Filters
from analytics.messages import both
from analytics.phrases import Words
from analytics.reading import read_text
from analytics.store import Store

# The answer could be the opposite of what is asked: no rows are shown.
REFUSING = frozenset({"condition", "findings", "documents"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What the question asks and the data or the filters cannot give."""

    code: str
    sentence_zh: str
    sentence_en: str


@dataclass(frozen=True)
class Reading:
    """A question as understood."""

    question: str
    filters: Filters
    ignored: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        """Whether what was not understood could turn the answer round."""
        return any(problem.code in REFUSING for problem in self.problems)


@dataclass(frozen=True)
class Answer:
    """Rows (statements, or cells of the coverage matrix for a state) and the sentence that counts them."""

    frame: pd.DataFrame
    sentence_zh: str
    sentence_en: str


def read(store: Store, question: str, registry: registries.Registry | None = None) -> Reading:
    """The filters of a question, what was not understood, and what the data cannot answer. Raises StoreError."""
    registry = registry or registries.load()
    known = store.query(
        "SELECT DISTINCT p.place, p.province, coalesce(r.name_en, '') AS name_en "
        "FROM plans p LEFT JOIN places r ON r.place = p.place ORDER BY ALL"
    )
    parts = read_text(question, Words.load(), known, registry)
    filters, order = rankable(Filters(**parts.values))
    filters, problems = _by_words(store, filters, parts.ignored, [_problem(code, words) for code, words in parts.problems])
    problems += [_problem(order, "")] if order else []
    problems += [_further(filters, registry)] if filters.further() else []
    return Reading(question, filters, parts.ignored, (*problems, *_gaps(store, filters, {one.code for one in problems})))


def _by_words(store: Store, filters: Filters, ignored: tuple[str, ...], problems: list[Problem]) -> tuple[Filters, list[Problem]]:
    """Words of no metric that stand in the names of statements: those statements are asked for."""
    common = {each for words in Words.load().tables["common"].values() for each in words}
    named = len(ignored) == 1 and not ignored[0].isascii() and ignored[0] not in common
    if not named or filters.metrics or filters.domain or filters.text or filters.state is not None:
        return filters, problems
    found = store.query("SELECT 1 FROM indicators WHERE contains(indicator, $words) LIMIT 1", {"words": ignored[0]})
    if found.empty:
        return filters, problems
    kept = [problem for problem in problems if problem.code != "not_understood"]
    return filters.change(text=(ignored[0],)), [*kept, _problem("by_words", ignored[0])]


def _further(filters: Filters, registry: registries.Registry) -> Problem:
    """The conditions that a program which knows the plain filters alone would miss, in words."""
    shown = Filters.from_dict(filters.further() | ({"sort": filters.sort} if filters.rank else {}))
    texts = [shown.words(lang, registry) for lang in ("zh", "en")]
    return Problem("further", *both("problem.further", {"words": texts[0]}, {"words": texts[1]}))


def rankable(filters: Filters) -> tuple[Filters, str]:
    """The filters without an order that no metric gives a sense to, and the code of what there is to say about the order ("" for nothing):
    numbers of different metrics are never ranked against one another."""
    if filters.sort is None or len(filters.metrics) == 1:
        return filters, ""
    return (filters, "ranked_within") if filters.metrics or filters.domain else (filters.without("sort"), "metric_needed")


def _problem(code: str, words: str) -> Problem:
    return Problem(code, *both(f"problem.{code}", {"words": words}, {"words": words}))


def _gaps(store: Store, filters: Filters, known: set[str]) -> list[Problem]:
    """What the data cannot say: a benchmark that is not there, or filters that leave nothing."""
    if not filters.as_dict():
        return [] if known - {"further"} else [_problem("empty", "")]
    if filters.benchmark in ("nation", "province") and not _has_benchmark(store, filters):
        return [_problem("no_benchmark", "")]
    if filters.state is not None or known & {"unsupported", *REFUSING}:
        return []
    condition, params = filters.where()
    row = store.query(f"SELECT count(*) AS n FROM indicators i JOIN plans p USING (plan_id) WHERE {condition}", params)
    return [] if int(row["n"].iloc[0]) else [_problem("no_rows", "")]


def _has_benchmark(store: Store, filters: Filters) -> bool:
    table = store.reference("benchmarks")
    table = table.loc[table["level"].eq("national" if filters.benchmark == "nation" else "provincial")]
    table = table.loc[table["metric"].isin(filters.metrics)] if filters.metrics else table
    return bool(len(table) and (filters.year is None or table["year"].eq(filters.year).any()))


def answer(store: Store, filters: Filters, registry: registries.Registry | None = None) -> Answer:
    """The rows that filters leave, sorted and cut as they say, and one sentence that counts or averages them."""
    registry = registry or registries.load()
    if filters.state is not None:
        frame = cells(store, filters, registry)
    else:
        frame = store.statements(filters)
        frame = by_population(store, frame) if filters.per_head else frame
        frame = frame if filters.sort is None else ranked(frame, filters)
    texts = [filters.words(lang, registry) for lang in ("zh", "en")]
    counts = {"rows": str(len(frame)), "places": str(frame["place"].nunique() if len(frame) else 0)}
    code = "cells" if filters.state is not None else filters.aggregate or "rows"
    if code == "mean":
        units = frame.loc[frame["value"].notna(), "unit"].unique() if len(frame) else []
        code = "mean" if len(units) == 1 else "mean_refused"
        counts["mean"] = format(round(float(frame["value"].mean()), 2), ".12g") + units[0] if len(units) == 1 else ""
    return Answer(frame, *both(f"answer.{code}", {"filters": texts[0], **counts}, {"filters": texts[1], **counts}))


def by_population(store: Store, frame: pd.DataFrame) -> pd.DataFrame:
    """Statements of counts with per_10k, their value for 10,000 people; those of shares, and of places of unknown population, have none."""
    people = store.reference("places").set_index("place")["population"]
    counted = ~frame["unit"].isin(NOT_COUNTS) & ~frame["unit"].str.contains("/", regex=False)
    return frame.assign(per_10k=(frame["value"] * 10_000 / frame["place"].map(people)).where(counted))


def ranked(frame: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Statements by value (by per_10k where it is asked for) within each metric and unit, the metric with most statements first; what
    has no metric or number goes last, or away where only the first are asked for. Who shares a rank with the last of them stays."""
    ascending, by = filters.sort == "asc", "per_10k" if filters.per_head else "value"
    frame = frame.assign(size=frame.groupby("metric_id")["metric_id"].transform("size").fillna(0))
    order = {"size": False, "metric_id": True, "unit": True, by: ascending, "place": True}
    frame = frame.sort_values(list(order), ascending=list(order.values()), kind="stable", ignore_index=True).drop(columns="size")
    grouped = frame.groupby(["metric_id", "unit"])[by]
    if filters.rank is not None:
        return frame[grouped.rank("dense", ascending=ascending) == filters.rank].reset_index(drop=True)
    if filters.limit is None:
        return frame
    return frame[grouped.rank("min", ascending=ascending) <= filters.limit].reset_index(drop=True)


def remaining(filters: Filters, taken_away: Iterable[str] = (), places: Sequence[str] = (), domain: str = "") -> Filters:
    """The filters without those that a reader took away (names that are no field are ignored), within places and a domain where the
    question itself names none."""
    for name in taken_away:
        filters = filters.without(name) if name in FIELDS else filters
    filters, _ = rankable(filters)
    if filters.as_dict():
        filters = filters.change(places=tuple(places)) if places and not filters.places else filters
        filters = filters.change(domain=domain) if domain and not filters.domain and not filters.metrics else filters
    return filters


def cells(store: Store, filters: Filters, registry: registries.Registry) -> pd.DataFrame:
    """Cells of the coverage matrix with that state: place, province, metric_id, state, indicator_id, plan_id, start, end."""
    found = coverage(store, domain=filters.domain, registry=registry).cells
    if not filters.metrics:  # what no place puts a number to is missing nowhere in particular
        found = found.loc[found["metric_id"].isin(found.loc[found["state"].isin(["number", "baseline"]), "metric_id"].unique())]
    for name, column in (("places", "place"), ("provinces", "province"), ("metrics", "metric_id")):
        found = found.loc[found[column].isin(getattr(filters, name))] if getattr(filters, name) else found
    for name, values in filters.excluded_values().items():
        column = {"places": "place", "provinces": "province", "metrics": "metric_id"}.get(name)
        found = found.loc[~found[column].isin(values)] if column else found
    for place in filters.has:
        there = coverage(store, places=[place], domain=filters.domain, registry=registry).cells
        found = found.loc[found["metric_id"].isin(there.loc[there["state"] == "number", "metric_id"])]
    return found.loc[found["state"] == filters.state].reset_index(drop=True)
