"""A statement's number as the reader expects it: the plan's own decimals, 万 in Chinese, thousands in English, the operator."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics import messages as words
from pages.ui.text import Messages

DIGITS = re.compile(r"[0-9０-９]+[.．]([0-9０-９]+)")
MULTIPLIER = re.compile(r"[万亿千百]")


def decimals(value_text: str | None) -> int:
    """How many decimals the plan itself printed: 98.0% has one; a number with 万 or 亿 is scaled and has none of its own."""
    found = DIGITS.search(value_text or "")
    return len(found[1]) if found and not MULTIPLIER.search(value_text) else 0


def printed(exact: str, places: int) -> str:
    """An exact decimal text with at least `places` decimals: 98 with 1 is 98.0."""
    whole, _, fraction = exact.partition(".")
    fraction = fraction.ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole


def amount(row: Mapping, t: Messages, hedge: bool = True) -> str:
    """≥98.5%, >6.5万件, 1—3项, 力争≥80%. `row` has kind, comparator, value_exact, value_max_exact, value_text, unit, hedge."""
    if row["kind"] == "commitment":
        return t("value.no_number")
    places = decimals(row["value_text"])
    low = printed(row["value_exact"], places)
    high = printed(row["value_max_exact"], places) if isinstance(row["value_max_exact"], str) else None
    text = words.amount(row["comparator"], low, high, row["unit"], t.lang)
    return t("value.hedged", value=text) if hedge and row["hedge"] else text


def axis(value: float, unit: str, lang: str) -> str:
    """A tick label: 92%, 30万, 300,000."""
    text = f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}"
    return words.number(text, lang) + (unit if unit in ("%", "‰") else "")
