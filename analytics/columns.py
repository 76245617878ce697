"""The tables of the database, what a statement looks like in SQL, and filters as conditions over `i` (indicators) and `p` (plans)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from analytics.errors import BadFilter

# What the queries of this package rely on; more columns in the file are welcome, fewer are refused when it is opened.
TABLES: dict[str, frozenset[str]] = {
    "plans": frozenset(
        "plan_id place province level title issuer document_number issued horizon_start horizon_end status note source_file format "
        "sha256 text pages".split()
    ),
    "indicators": frozenset(
        "indicator_id plan_id kind form indicator comparator value value_max unit flow year hedge domain section responsible quote "
        "start end value_text value_start value_end rules confidence metric_id align_how align_note".split()
    ),
    "numbers": frozenset("plan_id start end text class rule".split()),
    "sections": frozenset("plan_id start end level title role".split()),
    "issues": frozenset("plan_id indicator_id code severity message".split()),
    "build": frozenset("build_id rules_sha256 plans indicators numbers".split()),
}

FILTERABLE = frozenset(
    "indicator_id plan_id place province level status kind form metric_id domain flow unit year comparator hedge horizon_end".split()
)


def exact(column: str) -> str:
    """SQL for a DECIMAL column as text with every digit it has and no padding: 98.50000000 -> '98.5', 300 -> '300'."""
    return f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')"


# The columns of a statement in two parts: reading the second for many rows costs ten times the first.
LEAN_SQL = f"""
    i.indicator_id, i.plan_id, p.place, p.province, p.level, p.title, p.status, p.issued, p.horizon_start, p.horizon_end,
    i.kind, i.form, i.indicator, i.comparator, CAST(i.value AS DOUBLE) AS value, CAST(i.value_max AS DOUBLE) AS value_max,
    {exact("i.value")} AS value_exact, {exact("i.value_max")} AS value_max_exact,
    i.unit, i.flow, i.year, i.hedge, i.domain, i.value_start, i.confidence, i.metric_id, i.align_note
"""
DETAIL_SQL = 'i.section, i.responsible, i.quote, i.start, i."end", i.value_text, i.value_end, i.rules, i.align_how'
STATEMENT_SQL = f"{LEAN_SQL}, {DETAIL_SQL}"


class Condition(Protocol):
    """What `Store.statements` accepts beside a mapping: questions.Filters is one."""

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL over `i` (indicators) and `p` (plans), and its parameters."""
        ...


def where(filters: Mapping[str, Any] | Condition | None) -> tuple[str, dict[str, Any]]:
    """SQL over `i` and `p`, and its parameters, for what `Store.statements` accepts."""
    if filters is None:
        return "TRUE", {}
    if not isinstance(filters, Mapping):
        return filters.where()
    unknown = sorted(set(filters) - FILTERABLE)
    if unknown:
        raise BadFilter(f"cannot filter by {', '.join(unknown)}: use any of {', '.join(sorted(FILTERABLE))}")
    terms, params = [], {}
    for column, wanted in filters.items():
        owner = "p" if column in TABLES["plans"] and column != "plan_id" else "i"
        if column == "indicator_id" and wanted is not None and not isinstance(wanted, str):
            # Two steps: which rows, then only those are read; a search over all columns at once takes six times as long.
            terms.append("i.rowid IN (SELECT rowid FROM indicators WHERE indicator_id IN (SELECT unnest($f_indicator_id)))")
            params["f_indicator_id"] = sorted(wanted)
        elif wanted is None:
            terms.append(f"{owner}.{column} IS NULL")
        elif isinstance(wanted, Sequence | set | frozenset) and not isinstance(wanted, str):
            terms.append(f"list_contains($f_{column}, {owner}.{column})")
            params[f"f_{column}"] = sorted(wanted)
        else:
            terms.append(f"{owner}.{column} = $f_{column}")
            params[f"f_{column}"] = wanted
    return " AND ".join(terms) or "TRUE", params
