"""A statement's number as the pages write it, and the numbers of an axis."""

from __future__ import annotations

from collections.abc import Mapping

from analytics import messages as words
from analytics import stated as stating
from analytics.stated import written
from pages.ui.text import Messages


def amount(row: Mapping, t: Messages, hedge: bool = True) -> str:
    """≥98.5%, >6.5万件, 1—3项, 力争≥80%. `row` has kind, comparator, value_exact, value_max_exact, value_text, unit, hedge."""
    if row["kind"] == "commitment":
        return t("value.no_number")
    return written(row, t.lang, hedge)


def stated(row: Mapping, t: Messages) -> str:
    """The same; where the plan gives two values of one thing, both."""
    return amount(row, t) if row["kind"] == "commitment" else stating.stated(row, t.lang)


def axis(value: float, unit: str, lang: str) -> str:
    """A tick label: 92%, 30万, 300,000."""
    text = f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}"
    return words.number(text, lang) + (unit if unit in ("%", "‰") else "")
