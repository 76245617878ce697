"""Bound statements to rows of the table: names, units, domains, confidence. Exact numbers, plain types."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

from etl.vocab import either, load


@cache
def _domains() -> list[tuple[re.Pattern, dict[str, tuple[int, str]]]]:
    """Two patterns, of the deciding words and of the weaker ones, each with the rank and the domain of every word."""
    found = []
    for which in ("first", "words"):
        owner = {word: (rank, entry["name"]) for rank, entry in enumerate(load("domains")["domain"]) for word in entry[which]}
        found.append((re.compile(f"(?=({either(owner)}))"), owner))
    return found


def domain(*texts: str) -> str:
    """The domain of an indicator, told by the first of `texts` (its simplified name, its sentence, its headings) that tells one."""
    order = [(0, texts[0]), (1, texts[0]), *((which, text) for which in (0, 1) for text in texts[1:])]
    return next((told for which, text in order if (told := _told(which, text))), "governance")


@lru_cache(maxsize=1024)  # headings and titles come again with every row
def _told(which: int, text: str) -> str:
    """The domain of highest rank among the words of `text` that stand inside no longer one."""
    pattern, owner = _domains()[which]
    whole, reached = [], 0
    for m in pattern.finditer(text):
        end = m.start() + len(m[1])
        if end > reached:  # a word that ends no later than one before it stands inside that one
            whole.append(owner[m[1]])
            reached = end
    return min(whole)[1] if whole else ""


def unit_of(name: str, unit: str) -> str:
    """Completes a unit that the name tells per head: 万人有效发明专利拥有量7.1件 is 件/万人."""
    if not unit or "/" in unit or unit in ("%", "‰", "分", "倍", "个百分点", "元"):
        return unit
    m = re.match(r"(?P<base>[十百千万亿]+)(?P<who>人口|人|户|台|名|辆|平方公里)", name) or re.search(
        r"每(?P<base>\d*[十百千万亿]+)(?P<who>常住人口|人口|人|户|台|名|辆|平方公里)", name
    )
    return f"{unit}/{m['base']}{'人' if m['who'] in ('人口', '名', '常住人口') else m['who']}" if m else unit


def number(value: Decimal | None) -> float | None:
    """The JSON form of an exact number."""
    return None if value is None else float(value)


@cache
def _confidence() -> tuple[float, dict[str, float]]:
    vocab = load("confidence")
    return vocab["base"], vocab["rule"]


def confidence(rules: list[str]) -> float:
    """Probability that a statement is right, from the rules that fired: the measured share of right rows behind the weakest of them."""
    base, known = _confidence()
    return round(min([base, *(known[rule] for rule in rules if rule in known)]), 3)
