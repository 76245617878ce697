"""A question in Chinese or English becomes filters: shown as chips, changed, turned into SQL, said in words. Never a free text answer.

    reading = read(store, "哪些城市2025年食品抽检合格率目标高于全国")
    reading.filters            # Filters(metrics=("food.food_pass_rate",), kind="target", year=2025, relation="above", benchmark="nation")
    reading.ignored            # words that were not understood
    reading.problems           # [Problem(code, sentence_zh, sentence_en)]: unknown_place, not_understood, unsupported, no_rows,
    no_benchmark, empty, metric_needed, ranked_within
    reading.filters.chips("zh")            # [Chip(field, text)]; filters.without("year") takes one away, filters.change(year=2030) sets one
    reading.filters.words("en")            # one line
    store.statements(reading.filters)      # the statements; Filters.where() is SQL over i (indicators) and p (plans)
    answer(store, reading.filters)         # Answer(frame, sentence_zh, sentence_en): sorted, cut, counted, or cells of the coverage
    matrix for state

Words stand in data/vocab/questions.toml. Metrics are found by name, then by alignment (other wordings), then by the words that their
names hold;
several metrics stay where several fit. The longest match is taken first and every character is used once, so nothing is understood twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pandas as pd

from analytics import registry as registries
from analytics.coverage import coverage
from analytics.messages import both, number, say, word
from analytics.places import listed
from analytics.reading import Words, read_text
from analytics.store import Store

RELATIONS = {"above": ">", "equal": "=", "below": "<", "not_below": ">=", "not_above": "<="}
COMPARATORS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "="}
SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "eq": "="}
LISTED = ("places", "provinces", "metrics")


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter: the field to take away with `Filters.without`, and what it says."""

    field: str
    text: str


@dataclass(frozen=True)
class Filters:
    """What to show. Empty fields do not filter; places, provinces and metrics (ids) mean any of them.

    kind: target baseline incentive commitment. comparator and value: gt ge lt le eq, or range with value_max. relation: a key of
    RELATIONS, against
    benchmark nation or province for the year of each statement. level: of the plan. state: absent or mentioned, cells of the coverage
    matrix.
    sort: desc or asc by value. aggregate: count_places, count or mean.
    """

    places: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    domain: str | None = None
    kind: str | None = None
    year: int | None = None
    comparator: str | None = None
    value: float | None = None
    value_max: float | None = None
    unit: str | None = None
    relation: str | None = None
    benchmark: str | None = None
    level: str | None = None
    flow: str | None = None
    status: str | None = None
    hedge: bool | None = None
    state: str | None = None
    sort: str | None = None
    limit: int | None = None
    aggregate: str | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Filters:
        """Filters from `as_dict`, from an address bar or from a form. Raises TypeError for an unknown field."""
        return cls(**{name: tuple(value) if name in LISTED else value for name, value in data.items()})

    def as_dict(self) -> dict[str, Any]:
        """The fields that filter, in order; lists for the listed ones."""
        return {name: list(value) if name in LISTED else value for name, value in asdict(self).items() if value not in (None, ())}

    def change(self, **values: Any) -> Filters:
        """The same filters with some fields set."""
        return replace(self, **values)

    def without(self, field: str) -> Filters:
        """The same filters without one; what belongs together goes together (comparator with its value, relation with its benchmark)."""
        groups = (("comparator", "value", "value_max", "unit"), ("relation", "benchmark"), ("sort", "limit"))
        gone = next((group for group in groups if field in group), (field,))
        defaults = {each.name: each.default for each in fields(self)}
        return replace(self, **{name: defaults[name] for name in gone})

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL over i (indicators) and p (plans), with parameters; sort, limit, aggregate and state are for `answer`."""
        terms: list[str] = []
        params: dict[str, Any] = {}
        for name, column in (("places", "p.place"), ("provinces", "p.province"), ("metrics", "i.metric_id")):
            if getattr(self, name):
                terms.append(f"list_contains($q_{name}, {column})")
                params[f"q_{name}"] = list(getattr(self, name))
        for name, column in (
            ("domain", "i.domain"),
            ("kind", "i.kind"),
            ("year", "i.year"),
            ("unit", "i.unit"),
            ("level", "p.level"),
            ("flow", "i.flow"),
            ("status", "p.status"),
            ("hedge", "i.hedge"),
        ):
            if getattr(self, name) is not None:
                terms.append(f"{column} = $q_{name}")
                params[f"q_{name}"] = getattr(self, name)
        terms += self._value_terms(params) + self._relation_terms()
        return " AND ".join(terms) or "TRUE", params

    def _value_terms(self, params: dict[str, Any]) -> list[str]:
        if self.comparator is None:
            return []
        params["q_value"] = self.value
        if self.comparator == "range":
            params["q_value_max"] = self.value_max
            return ["i.value BETWEEN $q_value AND $q_value_max"]
        return [f"i.value {COMPARATORS[self.comparator]} $q_value"]

    def _relation_terms(self) -> list[str]:
        if self.relation is None:
            return []
        region = "'全国'" if self.benchmark == "nation" else "p.province"
        return [
            f"EXISTS (SELECT 1 FROM benchmarks b WHERE b.metric = i.metric_id AND b.region = {region} "
            f"AND b.year = i.year AND i.value {RELATIONS[self.relation]} b.value)"
        ]

    def chips(self, lang: str, registry: registries.Registry | None = None) -> list[Chip]:
        """What filters, one chip a field or pair of fields, in the order of the fields."""
        registry = registry or registries.load()
        comma = "、" if lang == "zh" else ", "
        named = {name: listed(values, lang) for name in ("places", "provinces") if (values := getattr(self, name))}
        if self.metrics:
            known = registry.metrics
            named["metrics"] = [getattr(known[name], f"name_{lang}") if name in known else name for name in self.metrics]
        plain = ("domain", "kind", "level", "flow", "status", "state", "aggregate")
        words = [Chip(name, word(name, value, lang)) for name in plain if (value := getattr(self, name)) is not None]
        return [Chip(name, comma.join(texts)) for name, texts in named.items()] + words + self._chips_of_numbers(lang)

    def _chips_of_numbers(self, lang: str) -> list[Chip]:
        found = [Chip("year", f"{self.year}年" if lang == "zh" else str(self.year))] if self.year is not None else []
        if self.comparator is not None and self.value is not None:
            low, unit = number(format(self.value, ".12g"), lang), self.unit or ""
            text = (
                f"{low}—{number(format(self.value_max, '.12g'), lang)}"
                if self.comparator == "range" and self.value_max is not None
                else SIGNS[self.comparator] + low
            )
            found.append(Chip("comparator", text + unit))
        if self.relation is not None and self.benchmark is not None:
            found.append(Chip("relation", say(f"relation.{self.relation}", lang, benchmark=word("benchmark", self.benchmark, lang))))
        if self.hedge is not None:
            found.append(Chip("hedge", word("hedge", str(self.hedge).lower(), lang)))
        if self.sort is not None:
            found.append(Chip("sort", word("sort", self.sort, lang) + (f" {self.limit}" if self.limit else "")))
        return found

    def words(self, lang: str, registry: registries.Registry | None = None) -> str:
        """The filters in one line; all statements where there are none."""
        comma = "；" if lang == "zh" else "; "
        return comma.join(chip.text for chip in self.chips(lang, registry)) or say("question.everything", lang)


FIELDS = tuple(field.name for field in fields(Filters))


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
    problems = [_problem(code, words) for code, words in parts.problems]
    problems += [_problem(order, "")] if order else []
    return Reading(question, filters, parts.ignored, (*problems, *_gaps(store, filters, {one.code for one in problems})))


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
        return [] if known else [_problem("empty", "")]
    if filters.relation is not None and not _has_benchmark(store, filters):
        return [_problem("no_benchmark", "")]
    if filters.state is not None or "unsupported" in known:
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
        frame = frame if filters.sort is None else ranked(frame, filters.sort == "asc", filters.limit)
    texts = [filters.words(lang, registry) for lang in ("zh", "en")]
    counts = {"rows": str(len(frame)), "places": str(frame["place"].nunique() if len(frame) else 0)}
    code = "cells" if filters.state is not None else filters.aggregate or "rows"
    if code == "mean":
        units = frame.loc[frame["value"].notna(), "unit"].unique() if len(frame) else []
        code = "mean" if len(units) == 1 else "mean_refused"
        counts["mean"] = format(round(float(frame["value"].mean()), 2), ".12g") + units[0] if len(units) == 1 else ""
    return Answer(frame, *both(f"answer.{code}", {"filters": texts[0], **counts}, {"filters": texts[1], **counts}))


def ranked(frame: pd.DataFrame, ascending: bool, most: int | None) -> pd.DataFrame:
    """Statements by value within each metric and unit, the metric with most statements first; what has no metric or number goes last, or
    away where only the first are asked for. Who shares a rank with the last of them stays."""
    frame = frame.assign(size=frame.groupby("metric_id")["metric_id"].transform("size").fillna(0))
    order = {"size": False, "metric_id": True, "unit": True, "value": ascending, "place": True}
    frame = frame.sort_values(list(order), ascending=list(order.values()), kind="stable", ignore_index=True).drop(columns="size")
    if most is None:
        return frame
    ranks = frame.groupby(["metric_id", "unit"])["value"].rank("min", ascending=ascending)
    return frame[ranks <= most].reset_index(drop=True)


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
    return found.loc[found["state"] == filters.state].reset_index(drop=True)
