"""What a question was understood to ask: fields that filter, say themselves in words, and turn into SQL.

    filters.chips("zh")                    # [Chip(field, text)]; filters.without("year") takes one away, filters.change(year=2030) sets one
    filters.words("en")                    # one line
    store.statements(filters)              # the statements; Filters.where() is SQL over i (indicators) and p (plans)
    filters.as_dict()                      # every field that filters
    filters.plain(), filters.further()     # of these, the fields that one value tells, and the conditions beyond them (FURTHER)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from analytics import registry as registries
from analytics.messages import group, number, say, word
from analytics.places import listed

RELATIONS = {"above": ">", "equal": "=", "below": "<", "not_below": ">=", "not_above": "<="}
COMPARATORS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "=", "ne": "<>"}
SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤", "eq": "=", "ne": "≠"}
LISTED = ("places", "provinces", "metrics", "excluded", "has", "text")
COLUMNS = {
    "places": "p.place",
    "provinces": "p.province",
    "metrics": "i.metric_id",
    "domain": "i.domain",
    "kind": "i.kind",
    "year": "i.year",
    "unit": "i.unit",
    "level": "p.level",
    "flow": "i.flow",
    "status": "p.status",
    "hedge": "i.hedge",
}
BOUNDS = {
    "year_from": "i.year >= ",
    "year_to": "i.year <= ",
    "issued_from": "year(p.issued) >= ",
    "issued_to": "year(p.issued) <= ",
}
FURTHER = (*BOUNDS, "excluded", "has", "shared", "shared_by", "rank", "per_head", "text")
# What belongs together goes together.
GROUPS = (
    ("comparator", "value", "value_max", "unit"),
    ("relation", "benchmark"),
    ("sort", "limit", "rank"),
    ("year_from", "year_to"),
    ("issued_from", "issued_to"),
    ("shared", "shared_by"),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter: the field to take away with `Filters.without`, and what it says."""

    field: str
    text: str


@dataclass(frozen=True)
class Filters:
    """What to show. Empty fields do not filter; places, provinces and metrics (ids) mean any of them.

    kind: target baseline incentive commitment. comparator and value: gt ge lt le eq ne, or range with value_max. relation: a key of
    RELATIONS, against benchmark nation or province, or against the same metric of the place that benchmark names. level: of the plan.
    state: absent or mentioned, cells of the coverage matrix. sort: desc or asc by value. aggregate: count_places, count or mean.

    Beyond these (FURTHER): excluded, "field=value" for what must not hold; has, places that must have the metric too; shared and
    shared_by, a comparator and a number of places with a statement of the metric; rank, only the so-manieth of the order; per_head, order
    by the value for 10,000 people; year_from to year_to, issued_from to issued_to, inclusive; text, words of which one stands
    in the name of the statement.
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
    year_from: int | None = None
    year_to: int | None = None
    issued_from: int | None = None
    issued_to: int | None = None
    excluded: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    shared: str | None = None
    shared_by: int | None = None
    rank: int | None = None
    per_head: bool | None = None
    text: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Filters:
        """Filters from `as_dict`, from an address bar or from a form. Raises TypeError for an unknown field."""
        return cls(**{name: tuple(value) if name in LISTED else value for name, value in data.items()})

    def as_dict(self) -> dict[str, Any]:
        """The fields that filter, in order; lists for the listed ones."""
        return {name: list(value) if name in LISTED else value for name, value in asdict(self).items() if value not in (None, ())}

    def plain(self) -> dict[str, Any]:
        """Of `as_dict`, the fields that are not in FURTHER."""
        return {name: value for name, value in self.as_dict().items() if name not in FURTHER}

    def further(self) -> dict[str, Any]:
        """Of `as_dict`, the fields of FURTHER."""
        return {name: value for name, value in self.as_dict().items() if name in FURTHER}

    def change(self, **values: Any) -> Filters:
        """The same filters with some fields set."""
        return replace(self, **values)

    def without(self, field: str) -> Filters:
        """The same filters without one; what belongs together goes together (comparator with its value, relation with its benchmark)."""
        gone = next((group for group in GROUPS if field in group), (field,))
        defaults = {each.name: each.default for each in fields(self)}
        return replace(self, **{name: defaults[name] for name in gone})

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL over i (indicators) and p (plans), with parameters; sort, limit, rank, per_head, aggregate and state are for `answer`."""
        terms: list[str] = []
        params: dict[str, Any] = {}
        for name, column in COLUMNS.items():
            if (value := getattr(self, name)) not in (None, ()):
                terms.append(f"list_contains($q_{name}, {column})" if name in LISTED else f"{column} = $q_{name}")
                params[f"q_{name}"] = list(value) if name in LISTED else value
        for name, sql in BOUNDS.items():
            if (value := getattr(self, name)) is not None:
                terms.append(f"{sql}$q_{name}")
                params[f"q_{name}"] = value
        terms += self._value_terms(params) + self._relation_terms(params) + self._excluded_terms(params) + self._metric_terms(params)
        if self.text:
            terms.append("len(list_filter($q_text, lambda word: contains(i.indicator, word))) > 0")
            params["q_text"] = list(self.text)
        return " AND ".join(terms) or "TRUE", params

    def _value_terms(self, params: dict[str, Any]) -> list[str]:
        if self.comparator is None:
            return []
        params["q_value"] = self.value
        if self.comparator == "range":
            params["q_value_max"] = self.value_max
            return ["i.value BETWEEN $q_value AND $q_value_max"]
        return [f"i.value {COMPARATORS[self.comparator]} $q_value"]

    def _relation_terms(self, params: dict[str, Any]) -> list[str]:
        if self.relation is None:
            return []
        operator = RELATIONS[self.relation]
        if self.benchmark in ("nation", "province"):
            region = "'全国'" if self.benchmark == "nation" else "p.province"
            return [
                f"EXISTS (SELECT 1 FROM benchmarks b WHERE b.metric = i.metric_id AND b.region = {region} "
                f"AND b.year = i.year AND i.value {operator} b.value)"
            ]
        params["q_benchmark"] = self.benchmark
        return [
            "EXISTS (SELECT 1 FROM indicators o JOIN plans op USING (plan_id) WHERE op.place = $q_benchmark AND p.place <> $q_benchmark "
            "AND o.metric_id = i.metric_id AND o.kind = i.kind AND o.unit = i.unit "
            f"AND (o.flow = i.flow OR 'unspecified' IN (o.flow, i.flow)) AND i.value {operator} o.value)"
        ]

    def excluded_values(self) -> dict[str, list[str]]:
        """field -> values that must not hold."""
        found: dict[str, list[str]] = {}
        for each in self.excluded:
            name, _, value = each.partition("=")
            found.setdefault(name, []).append(value)
        return found

    def _excluded_terms(self, params: dict[str, Any]) -> list[str]:
        terms = []
        for name, values in self.excluded_values().items():
            params[f"q_no_{name}"] = values
            terms.append(f"NOT coalesce(list_contains($q_no_{name}, {COLUMNS[name]}), FALSE)")
        return terms

    def _metric_terms(self, params: dict[str, Any]) -> list[str]:
        """Metrics that other places have too, or that so many places have."""
        kind = "" if self.kind is None else " AND o.kind = i.kind"
        terms = []
        for at, place in enumerate(self.has):
            params[f"q_has_{at}"] = place
            terms.append(
                "EXISTS (SELECT 1 FROM indicators o JOIN plans op USING (plan_id) WHERE o.metric_id = i.metric_id "
                f"AND op.place = $q_has_{at}{kind})"
            )
        if self.shared is not None:
            params["q_shared_by"] = self.shared_by
            terms.append(
                "(SELECT count(DISTINCT op.place) FROM indicators o JOIN plans op USING (plan_id) "
                f"WHERE o.metric_id = i.metric_id{kind}) {COMPARATORS[self.shared]} $q_shared_by"
            )
        return terms

    def chips(self, lang: str, registry: registries.Registry | None = None) -> list[Chip]:
        """What filters, one chip a field or pair of fields, in the order of the fields."""
        registry = registry or registries.load()
        comma = "、" if lang == "zh" else ", "
        named = [Chip(name, self._said(name, values, lang, registry)) for name in LISTED[:3] if (values := getattr(self, name))]
        plain = ("domain", "kind", "level", "flow", "status", "state", "aggregate")
        words = [Chip(name, word(name, value, lang)) for name in plain if (value := getattr(self, name)) is not None]
        parts = [self._said(name, values, lang, registry) for name, values in self.excluded_values().items()]
        further = [Chip("excluded", say("further.excluded", lang, what=comma.join(parts)))] if parts else []
        further += [Chip("has", say("further.has", lang, places=comma.join(listed(self.has, lang))))] if self.has else []
        further += [Chip("text", say("further.text", lang, words=comma.join(self.text)))] if self.text else []
        return named + words + self._chips_of_numbers(lang) + further + self._chips_of_bounds(lang)

    @staticmethod
    def _said(name: str, values: tuple[str, ...] | list[str], lang: str, registry: registries.Registry) -> str:
        """Values of a field in words."""
        if name in ("places", "provinces"):
            texts = listed(values, lang)
        elif name == "metrics":
            known = registry.metrics
            texts = [getattr(known[each], f"name_{lang}") if each in known else each for each in values]
        else:
            texts = [word(name, each, lang) for each in values]
        return ("、" if lang == "zh" else ", ").join(texts)

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
            known = self.benchmark in group("benchmark")
            named = word("benchmark", self.benchmark, lang) if known else listed([self.benchmark], lang)[0]
            found.append(Chip("relation", say(f"relation.{self.relation}", lang, benchmark=named)))
        if self.hedge is not None:
            found.append(Chip("hedge", word("hedge", str(self.hedge).lower(), lang)))
        if self.sort is not None:
            text = word("sort", self.sort, lang) + (f" {self.limit}" if self.limit and not self.rank else "")
            found.append(Chip("sort", text + (say("further.rank", lang, n=self.rank) if self.rank else "")))
        return found

    def _chips_of_bounds(self, lang: str) -> list[Chip]:
        found = []
        for name in ("year", "issued"):
            first, last = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if first is not None or last is not None:
                code = "in" if first == last else "from" if last is None else "to" if first is None else "between"
                span = say(f"further.{code}", lang, first=first, last=last)
                found.append(Chip(f"{name}_from", say(f"further.{name}", lang, span=span)))
        if self.shared is not None and self.shared_by is not None:
            found.append(Chip("shared", say("further.shared", lang, sign=SIGNS[self.shared], n=self.shared_by)))
        return [*found, Chip("per_head", say("further.per_head", lang))] if self.per_head else found

    def words(self, lang: str, registry: registries.Registry | None = None) -> str:
        """The filters in one line; all statements where there are none."""
        comma = "；" if lang == "zh" else "; "
        return comma.join(chip.text for chip in self.chips(lang, registry)) or say("question.everything", lang)


FIELDS = tuple(field.name for field in fields(Filters))
