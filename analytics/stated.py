"""How the number of a statement is written, everywhere: with the plan's own decimals, the operator, the unit, and what softens it.

    written(row, "zh")       # ≥98.0%, >6.5万件, 1—3项, 力争≥80%, ≈1000家 (of 千家); "" without a number
    stated(row, "zh")        # the same, and with it what its plan says besides of the same thing: ≥3家与≥13家

row: comparator, value_exact, value_max_exact, unit, hedge, and where they are known value_text and also (choice.ALSO).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from analytics.messages import amount, say

DIGITS = re.compile(r"[0-9０-９]+[.．]([0-9０-９]+)")
MULTIPLIER = re.compile(r"[万亿千百]")
# 百家, 千家, 上万家: a magnitude with no digit before it, which no plan means to the unit.
ROUND = re.compile(r"上?[百千万亿]+[^0-9０-９一二三四五六七八九十两零〇.．]*")


def decimals(value_text: Any) -> int:
    """How many decimals the plan itself printed: 98.0% has one; a number with 万 or 亿 is scaled and has none of its own."""
    found = DIGITS.search(value_text) if isinstance(value_text, str) else None
    return len(found[1]) if found and not MULTIPLIER.search(value_text) else 0


def printed(exact: str, places: int) -> str:
    """An exact decimal text with at least `places` decimals: 98 with 1 is 98.0."""
    whole, _, fraction = exact.partition(".")
    fraction = fraction.ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole


def operator(row: Mapping[str, Any]) -> str | None:
    """The comparator as it is shown: of a bare magnitude (千家) it is "about", whatever was stored."""
    text = row.get("value_text")
    bare = row["comparator"] == "eq" and isinstance(text, str) and ROUND.fullmatch(text.strip())
    return "approx" if bare else row["comparator"]


def softened(value: str, row: Mapping[str, Any], lang: str) -> str:
    """A number as the plan puts it: 力争≥80% where it only aims for it. What stands "about" says so by its sign already."""
    return say("amount.hedged", lang, value=value) if row.get("hedge") and row["comparator"] != "approx" else value


def written(row: Mapping[str, Any], lang: str, hedge: bool = True) -> str:
    """One value; `hedge`: with what softens it."""
    exact, high = (row.get(name) if isinstance(row.get(name), str) else "" for name in ("value_exact", "value_max_exact"))
    if not exact:
        return ""
    places = decimals(row.get("value_text"))
    shown = amount(operator(row), printed(exact, places), printed(high, places) if high else None, row["unit"], lang)
    return softened(shown, row, lang) if hedge else shown


def values_of(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The statement and, where its plan gives other values of the same thing, those: they are shown together, since the reader cannot know
    which holds."""
    return [row, *(row.get("also") or [])]


def stated(row: Mapping[str, Any], lang: str, write: Callable[[Mapping[str, Any], str], str] = written) -> str:
    """All values that a plan gives, each as `write` writes it."""
    return say("amount.and", lang).join(write(each, lang) for each in values_of(row))
