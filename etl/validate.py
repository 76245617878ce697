"""Checks everything that was read out of the plans before it is published. Finds and reports; `data/policy.toml` decides what follows.

One pandera schema over one frame for all plans: its fixed cost is paid once a build. First the grounding (each quote and value is what
stands at its offsets in the raw text), then types, ranges, years, units and repetition. A check is a line of `_schema`, its code stands
in the policy with an action and a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from etl.audit import unaccounted
from etl.lexicon import base_unit, exact, lexicon
from etl.model import Extraction, Issue
from etl.policy import Policy, policy

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import DataFrameSchema

KINDS = ("target", "baseline", "incentive", "commitment")
FORMS = ("relative", "direction", "rank", "designation", "universal")
COMPARATORS = ("ge", "gt", "eq", "le", "lt", "approx", "range")
FLOWS = ("level", "stock", "new", "annual", "change", "unspecified")
DOMAINS = (
    "food",
    "product",
    "engineering",
    "service",
    "environment",
    "standards",
    "metrology",
    "inspection",
    "certification",
    "branding",
    "ip",
    "innovation",
    "management",
    "governance",
)
_WORD = r"[A-Za-z\u3400-\u9fff]"
_MAYBE = (str, type(None))
# What each field of a row must be; bool is an int to Python, so the whole numbers are looked at by exact type.
_TYPES: dict[str, tuple[type, ...]] = (
    dict.fromkeys("indicator_id plan_id kind indicator unit flow domain section quote value_text".split(), (str,))
    | dict.fromkeys("form comparator responsible metric_id align_how align_note".split(), _MAYBE)
    | dict.fromkeys("start end value_start value_end".split(), (int,))
    | {"value": (Decimal, type(None)), "value_max": (Decimal, type(None)), "year": (int, type(None))}
    | {"hedge": (bool,), "rules": (list,), "confidence": (float, int)}
)
_DTYPES = (
    {name: "str" for name, types in _TYPES.items() if str in types}
    | dict.fromkeys(("value", "value_max", "rules", "hedge"), "object")
    | dict.fromkeys(("year", "confidence"), "float64")
    | dict.fromkeys(("start", "end", "value_start", "value_end"), "int64")
)
# The columns that the schema reads as they are.
_LOOKED_AT = ["kind", "form", "indicator", "comparator", "unit", "flow", "year", "domain", "confidence"]


def validate(extractions: Sequence[Extraction], rules: Policy | None = None) -> tuple[list[Issue], pd.DataFrame]:
    """What is wrong or odd, and all rows as one frame (columns of the table, exact decimals, and `place`), in order of `extractions`.

    Statements come first, in order of place, then numbers and sections. Where a field has a wrong type nothing further is looked at.
    """
    rules = rules or policy()
    rows = [row for extraction in extractions for row in extraction.rows]
    issues = [issue for extraction in extractions for issue in extraction.issues]
    if wrong := [rules.issue("field_type", str(row.get("plan_id")), facts) for row in rows for facts in _mistyped(row)]:
        return issues + wrong, _tabulate([])
    frame = _tabulate(extractions)
    if rows:
        failures = _failures(_facts(extractions, frame, rules))
        issues += [rules.issue(code, rows[at]["plan_id"], rows[at]) for at, code in failures]
    for extraction in extractions:
        issues += [rules.issue(code, extraction.plan.plan_id, facts) for code, facts in _structure(extraction)]
    return issues, frame


def _mistyped(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A fact for every field that is absent or of a wrong type."""
    for name, types in _TYPES.items():
        if type(row.get(name, ...)) not in types:
            yield {"indicator_id": row.get("indicator_id"), "field": name, "found": row.get(name)}


def _tabulate(extractions: Sequence[Extraction]) -> pd.DataFrame:
    import pandas as pd

    rows = [row for extraction in extractions for row in extraction.rows]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=_DTYPES[name]) for name in _TYPES})
    frame["place"] = pd.Series([e.plan.place for e in extractions for _ in e.rows], dtype="str")
    return frame


def _failures(facts: pd.DataFrame) -> list[tuple[int, str]]:
    """(position of the row, code) of every check that failed."""
    from pandera.errors import SchemaErrors

    try:
        _schema().validate(facts, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        return sorted({(int(at), code) for at, code in zip(cases["index"], cases["check"], strict=True)})
    return []


def _facts(extractions: Sequence[Extraction], frame: pd.DataFrame, rules: Policy) -> pd.DataFrame:
    """What the schema looks at: the short columns, and for each rule over several fields or the raw text a column that must be true."""
    facts = frame[_LOOKED_AT].copy()
    facts["rules_missing"] = [bool(names) for names in frame["rules"]]
    slices = [
        (text[row["start"] : row["end"]] == row["quote"], text[row["value_start"] : row["value_end"]] == row["value_text"])
        for text, row in ((e.document.text, row) for e in extractions for row in e.rows)
    ]
    facts["quote_moved"], facts["value_moved"] = zip(*slices, strict=True)
    ordered = (frame.start >= 0) & (frame.start <= frame.value_start) & (frame.value_end <= frame.end)
    facts["value_outside_quote"] = ordered & (frame.value_start < frame.value_end)
    values, tops = frame["value"].tolist(), frame["value_max"].tolist()
    facts["value_inexact"] = [all(value is None or exact(value) for value in pair) for pair in zip(values, tops, strict=True)]
    value, top = frame["value"].astype("float64"), frame["value_max"].astype("float64")
    goal, ranged = frame.kind == "commitment", frame.comparator == "range"
    facts["shape"] = (goal == value.isna()) & (goal == frame.form.notna()) & (goal == frame.comparator.isna())
    facts["range_shape"] = ranged == top.notna()
    facts["range_order"] = ~(top <= value)
    facts["id_twice"] = ~frame.indicator_id.duplicated(keep="first")
    facts["said_twice"] = ~frame.duplicated(["plan_id", "value_start", "value_end", "indicator", "kind", "year"], keep="first")
    facts["value_negative"] = ~(value < 0) | (frame.flow == "change")
    over = (frame.unit == "%") & (value > 100) & (frame.flow != "change") & (frame.kind != "incentive")
    facts["share_over_100"] = ~over | frame.indicator.str.contains("|".join(map(re.escape, rules.reasons)), regex=True)
    facts["name_long"] = frame.indicator.str.len() <= rules.longest
    return _years(extractions, frame, facts, rules)


def _years(extractions: Sequence[Extraction], frame: pd.DataFrame, facts: pd.DataFrame, rules: Policy) -> pd.DataFrame:
    """Adds the comparison of every year with the period of its plan."""
    import pandas as pd

    begin, end = (
        pd.Series([getattr(e.plan, name) for e in extractions for _ in e.rows], dtype="float64")
        for name in ("horizon_start", "horizon_end")
    )
    target, baseline = frame.kind == "target", frame.kind == "baseline"
    facts["target_before_plan"] = ~(target & (frame.year < begin))
    facts["target_after_plan"] = ~(target & (frame.year > end + rules.beyond))
    facts["baseline_after_plan"] = ~(baseline & (frame.year > end))
    facts["year_missing"] = ~(target & frame.year.isna())
    return facts


_TRUE = (
    "quote_moved value_moved value_outside_quote id_twice shape range_shape range_order value_inexact share_over_100 value_negative "
    "said_twice name_long rules_missing target_before_plan target_after_plan baseline_after_plan year_missing"
).split()


@cache
def _schema() -> DataFrameSchema:
    """The checks of statements; each carries its code as its error."""
    from pandera.pandas import Check, Column, DataFrameSchema

    def true(series: pd.Series) -> pd.Series:
        return series.astype(bool)

    def member(code: str, known: tuple[str, ...], nullable: bool = False) -> Column:
        return Column(checks=Check(lambda series: series.isin(known), error=code), nullable=nullable)

    return DataFrameSchema(
        {
            **{code: Column(checks=Check(true, error=code)) for code in _TRUE},
            "kind": member("kind_unknown", KINDS),
            "form": member("form_unknown", FORMS, nullable=True),
            "comparator": member("comparator_unknown", COMPARATORS, nullable=True),
            "flow": member("flow_unknown", FLOWS),
            "domain": member("domain_unknown", DOMAINS),
            "indicator": Column(
                checks=[
                    Check(lambda s: s.str.strip() != "", error="name_empty"),
                    Check(lambda s: s.str.contains(_WORD, regex=True), error="name_wordless"),
                ]
            ),
            "unit": Column(checks=Check(lambda s: s.isin([unit for unit in s.unique() if unit_known(unit)]), error="unit_unknown")),
            "year": Column(checks=Check.in_range(1949, 2100, error="year_impossible"), nullable=True),
            "confidence": Column(checks=Check.in_range(0, 1, error="confidence_range")),
        }
    )


@cache
def unit_known(unit: str) -> bool:
    """Whether the lexicon knows a base unit; a bare index has none."""
    return not unit or base_unit(unit) == unit and bool(re.fullmatch(lexicon().unit, unit))


def _structure(extraction: Extraction) -> Iterator[tuple[str, dict[str, Any]]]:
    """(code, facts) for what is wrong with the number audit and the heading tree of one plan."""
    text, seen = extraction.document.text, set()
    for number in extraction.numbers:
        if text[number["start"] : number["end"]] != number["text"] or not number["text"]:
            yield "number_moved", number
        if number["start"] in seen:
            yield "number_twice", number
        seen.add(number["start"])
    heads = set()
    for section in extraction.sections:
        if not 0 <= section["start"] <= section["end"] <= len(text):
            yield "section_outside", section
        if (head := (section["start"], section["level"])) in heads:
            yield "section_twice", section
        heads.add(head)
    for start, end in unaccounted(text, extraction.numbers):
        yield "number_unaccounted", {"text": text[start:end], "start": start, "end": end}
