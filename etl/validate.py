"""Checks everything that was read out of the plans before it is published. Finds and reports; `data/policy.toml` decides what follows.

One pandera schema over one frame for all plans: its fixed cost is paid once a build. First the grounding (each quote and value is what
stands at its offsets in the raw text), then types, ranges, years, units and repetition. A check is a line of `_schema`, its code stands
in the policy with an action and a message.
"""
from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.audit import unaccounted
from etl.lexicon import base_unit, lexicon
from etl.model import Extraction, Issue

if TYPE_CHECKING:
    import pandas as pd
    from pandera.pandas import DataFrameSchema

POLICY = Path(__file__).resolve().parent.parent / "data" / "policy.toml"
KINDS = ("target", "baseline", "incentive", "commitment")
FORMS = ("relative", "direction", "rank", "designation", "universal")
COMPARATORS = ("ge", "gt", "eq", "le", "lt", "approx", "range")
FLOWS = ("level", "stock", "new", "annual", "change", "unspecified")
DOMAINS = ("food", "product", "engineering", "service", "environment", "standards", "metrology", "inspection", "certification", "branding", "ip", "innovation",
           "management", "governance")
_SEVERITY = {"stop": "error", "refuse": "error", "warn": "warning", "note": "info"}
_WORD = r"[A-Za-z\u3400-\u9fff]"
_FIELDS = ("indicator_id", "kind", "form", "indicator", "comparator", "unit", "flow", "year", "hedge", "domain", "section", "start", "end", "value_start", "value_end",
           "rules", "confidence")


class PolicyError(ValueError):
    """data/policy.toml cannot be used; the message names the entry and the next step."""


@dataclass(frozen=True, slots=True)
class Policy:
    """actions, messages: by code. reasons: words that excuse a share over 100%. beyond: years behind a plan's end. longest: of a name, characters."""

    actions: dict[str, str]
    messages: dict[str, str]
    reasons: tuple[str, ...]
    beyond: int
    longest: int

    def issue(self, code: str, plan_id: str, facts: dict[str, Any]) -> Issue:
        return Issue(code, _SEVERITY[self.actions[code]], self.messages[code].format_map(facts), plan_id, facts.get("indicator_id"))

    def stops(self, issues: Iterable[Issue]) -> list[Issue]:
        """Those that forbid to publish anything."""
        return [issue for issue in issues if self.actions.get(issue.code) == "stop"]

    def refuses(self, issues: Iterable[Issue]) -> list[Issue]:
        """Those that keep their plan out of the database."""
        return [issue for issue in issues if self.actions.get(issue.code) == "refuse" or issue.code not in self.actions and issue.severity == "error"]


def load_policy(path: Path = POLICY) -> Policy:
    """The policy of a file. PolicyError for an unknown or missing key, an action that is none, a code that stands twice."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        entries = data.pop("check")
        settings = (tuple(data["over_100"]["reasons"]), data["year"]["beyond_horizon"], data["name"]["longest"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise PolicyError(f"{path}: not readable or incomplete ({error}); restore the file from the repository") from error
    if odd := set(data) - {"over_100", "year", "name"}:
        raise PolicyError(f"{path}: unknown table {min(odd)!r}; remove it")
    actions: dict[str, str] = {}
    for entry in entries:
        code = entry.get("code")
        if set(entry) != {"code", "action", "message"} or entry["action"] not in _SEVERITY:
            raise PolicyError(f"{path}: check {code!r}: wanted are code, message, and an action out of {', '.join(_SEVERITY)}")
        if code in actions:
            raise PolicyError(f"{path}: check {code!r} stands twice; remove one")
        actions[code] = entry["action"]
    return Policy(actions, {entry["code"]: entry["message"] for entry in entries}, *settings)


@cache
def policy() -> Policy:
    """The policy of the project, once a process."""
    return load_policy()


def tabulate(extractions: Sequence[Extraction]) -> pd.DataFrame:
    """All rows as one frame with the columns of the table and `place`, in order of `extractions`; values stay exact decimals."""
    import pandas as pd

    rows = [row for extraction in extractions for row in extraction.rows]
    columns = rows[0].keys() if rows else [*_FIELDS, "plan_id", "value", "value_max", "quote", "value_text"]
    frame = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=_DTYPES.get(name)) for name in columns})
    frame["place"] = pd.Series([e.plan.place for e in extractions for _ in e.rows], dtype="str")
    return frame


_DTYPES = {"value": "object", "value_max": "object", "rules": "object", "year": "float64", "confidence": "float64", "start": "int64", "end": "int64", "value_start": "int64",
           "value_end": "int64", "hedge": "object"} | dict.fromkeys(
               "indicator_id plan_id kind form indicator comparator unit flow domain section responsible quote value_text metric_id align_how align_note".split(), "str")


def validate(extractions: Sequence[Extraction], frame: pd.DataFrame, rules: Policy | None = None) -> list[Issue]:
    """Everything that is wrong or odd, statements first in order of place, then numbers and sections. `frame` is `tabulate(extractions)`."""
    rules = rules or policy()
    rows = [row for extraction in extractions for row in extraction.rows]
    issues = [issue for extraction in extractions for issue in extraction.issues]
    issues += [rules.issue(code, rows[at]["plan_id"], rows[at]) for at, code in _failures(_facts(extractions, frame, rules))] if rows else []
    for extraction in extractions:
        issues += [rules.issue(code, extraction.plan.plan_id, facts) for code, facts in _structure(extraction)]
    return issues


def _failures(facts: pd.DataFrame) -> list[tuple[int, str]]:
    """(position of the row, code) of every check that failed."""
    from pandera.errors import SchemaErrors

    try:
        _schema().validate(facts, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        codes = ["field_missing" if check == "not_nullable" else check for check in cases["check"]]
        return sorted({(int(at), code) for at, code in zip(cases["index"], codes, strict=True)})
    return []


def _facts(extractions: Sequence[Extraction], frame: pd.DataFrame, rules: Policy) -> pd.DataFrame:
    """What the schema looks at: the short columns, and for each rule over several fields or over the raw text a column that must be true."""
    import pandas as pd

    facts = frame[[name for name in _FIELDS if name != "rules"]].copy()
    facts["rules"] = [len(names) for names in frame["rules"]]
    slices = [(text[row["start"]:row["end"]] == row["quote"], text[row["value_start"]:row["value_end"]] == row["value_text"])
              for text, row in ((e.document.text, row) for e in extractions for row in e.rows)]
    facts["quote_moved"], facts["value_moved"] = zip(*slices, strict=True)
    facts["value_outside_quote"] = (frame.start <= frame.value_start) & (frame.value_start < frame.value_end) & (frame.value_end <= frame.end) & (frame.start >= 0)
    values, tops = frame["value"].tolist(), frame["value_max"].tolist()
    facts["value_inexact"] = [_exact(value) and _exact(top) for value, top in zip(values, tops, strict=True)]
    value, top = (pd.Series([_plain(v) for v in column], dtype="float64") for column in (values, tops))
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

    begin, end = (pd.Series([getattr(e.plan, name) for e in extractions for _ in e.rows], dtype="float64") for name in ("horizon_start", "horizon_end"))
    target, baseline = frame.kind == "target", frame.kind == "baseline"
    facts["target_before_plan"] = ~(target & (frame.year < begin))
    facts["target_after_plan"] = ~(target & (frame.year > end + rules.beyond))
    facts["baseline_after_plan"] = ~(baseline & (frame.year > end))
    facts["year_missing"] = ~(target & frame.year.isna())
    return facts


def _exact(value: object) -> bool:
    """Whether a value is absent or fits DECIMAL(28, 8) without loss."""
    if not isinstance(value, Decimal):
        return value is None
    return value.is_finite() and value.adjusted() < 20 and value == round(value, 8)


def _plain(value: object) -> float:
    """For comparisons only; what is no number counts as absent here and is reported as inexact."""
    return float(value) if isinstance(value, Decimal | int | float) else float("nan")


_TRUE = ("quote_moved", "value_moved", "value_outside_quote", "id_twice", "shape", "range_shape", "range_order", "value_inexact", "share_over_100", "value_negative",
         "said_twice", "name_long", "target_before_plan", "target_after_plan", "baseline_after_plan", "year_missing")


@cache
def _schema() -> DataFrameSchema:
    """The checks of statements; each carries its code as its error."""
    from pandera.pandas import Check, Column, DataFrameSchema

    def true(series: pd.Series) -> pd.Series:
        return series.astype(bool)

    def member(code: str, known: tuple[str, ...], nullable: bool = False) -> Column:
        return Column(checks=Check(lambda series: series.isin(known), error=code), nullable=nullable)

    return DataFrameSchema({
        **{code: Column(checks=Check(true, error=code)) for code in _TRUE},
        "kind": member("kind_unknown", KINDS), "form": member("form_unknown", FORMS, nullable=True),
        "comparator": member("comparator_unknown", COMPARATORS, nullable=True), "flow": member("flow_unknown", FLOWS), "domain": member("domain_unknown", DOMAINS),
        "indicator": Column(checks=[Check(lambda s: s.str.strip() != "", error="name_empty"), Check(lambda s: s.str.contains(_WORD, regex=True), error="name_wordless")]),
        "unit": Column(checks=Check(lambda s: s.isin([unit for unit in s.unique() if unit_known(unit)]), error="unit_unknown")),
        "year": Column(checks=Check.in_range(1949, 2100, error="year_impossible"), nullable=True),
        "confidence": Column(checks=Check.in_range(0, 1, error="confidence_range")),
        "section": Column(), "rules": Column(checks=Check.gt(0, error="field_missing")), "hedge": member("field_missing", (True, False)),
    })


@cache
def unit_known(unit: str) -> bool:
    """Whether the lexicon knows a base unit; a bare index has none."""
    return not unit or base_unit(unit) == unit and bool(re.fullmatch(lexicon().unit, unit))


def _structure(extraction: Extraction) -> Iterator[tuple[str, dict[str, Any]]]:
    """(code, facts) for what is wrong with the number audit and the heading tree of one plan."""
    text, seen = extraction.document.text, set()
    for number in extraction.numbers:
        if text[number["start"]:number["end"]] != number["text"] or not number["text"]:
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
