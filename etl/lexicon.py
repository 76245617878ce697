"""The vocabulary as compiled patterns, and numerals as exact numbers. Made once a process, on first use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from etl.vocab import either, load

ARABIC = r"\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns that more than one step needs.

    anchor: everywhere a number may begin. quantity: a number with magnitude, inner comparator and unit, from its first character.
    before, behind: comparators on either side. value_cell: a whole table cell that is a value. unit_cell: a cell that is a unit.
    """

    anchor: re.Pattern
    quantity: re.Pattern
    range_to: re.Pattern
    before: re.Pattern
    behind: re.Pattern
    value_cell: re.Pattern
    unit_cell: re.Pattern
    unit: str
    rates: frozenset[str]
    counts: frozenset[str]
    measures: frozenset[str]
    times: frozenset[str]
    comparator_of: dict[str, str]


def numeral_class() -> str:
    """The characters of Chinese numerals, for use inside a character class."""
    vocab = load("numerals")
    return "".join([*vocab["digits"], *vocab["places"], *vocab["myriads"]])


def _units() -> dict[str, list[str]]:
    return load("units")


def _unit_pattern() -> str:
    vocab = _units()
    words = either([*vocab["rate"], *vocab["count"], *vocab["measure"], *vocab["time"], *vocab["doubled"]])
    per = either([*vocab["per"]["people"], *vocab["count"]])
    return rf"{words}(?:/[十百千万亿]*{per})*"


def _comparators() -> tuple[str, str, dict[str, str]]:
    vocab, kind = load("cues"), {}
    for side in ("comparator_before", "comparator_behind"):
        for comparator, words in vocab[side].items():
            for word in words:
                kind[f"{side[11:]}:{word}"] = comparator
    before = either(word for words in vocab["comparator_before"].values() for word in words)
    behind = either(word for words in vocab["comparator_behind"].values() for word in words if word not in vocab["comparator_inside"]["gt"])
    return before, behind, kind


@cache
def lexicon() -> Lexicon:
    """The one Lexicon of the process."""
    numerals, vocab, unit = load("numerals"), _units(), _unit_pattern()
    han = f"[{numeral_class()}]+(?:点[{''.join(numerals['digits'])}]+)?"
    special = either([*numerals["multiples"], *numerals["firsts"]["words"]])
    fraction = rf"{either(numerals['fractions'])}(?:{ARABIC}|{han})"
    part = f"[{numeral_class()}]+分之[{numeral_class()}]+"
    number = rf"(?:{special}|{fraction}|{part}|{ARABIC}|{han})"
    inside = either(load("cues")["comparator_inside"]["gt"])
    magnitude = r"(?:万亿|千万|百万|十万|亿|万|千(?![瓦克米])|百(?!分))"
    before, behind, comparator_of = _comparators()
    change = either([*load("cues")["change"]["up"], *load("cues")["change"]["down"]])
    level = either(load("cues")["level"]["verbs"])
    allowed = either([*load("names")["verbs"], "有", "要", "不超过", "补助", "资助", "奖励", "给予", "补贴"])
    in_words = rf"\((?=[^)]*/){unit}\)|{unit}"
    quantity = rf"(?P<number>{number})(?P<first>{inside})?(?P<magnitude>{magnitude})?(?P<second>{inside})?(?P<unit>{in_words}|成半?)?"
    amount = rf"(?:{ARABIC})(?:{inside})?{magnitude}?(?:{inside})?(?:{in_words})?"
    lead = rf"(?!(?:19|20)\d\d年)(?!\(\d+[个项]\))[\[(【]?(?:累计|年均|每年|力争|新增|新建|培育|{change}|{level}|到)*(?:{before})?"
    cell = rf"{lead}{amount}(?:[-—~至]+{amount})?(?:{behind})?(?:\(含\))?[\])】]?(?:[①-⑳*])?"
    return Lexicon(
        anchor=re.compile(rf"{special}|{either(numerals['fractions'])}(?=[\d{numeral_class()}])|\d+(?:\.\d+)?|[{numeral_class()}]+"),
        quantity=re.compile(quantity),
        range_to=re.compile(rf"(?P<sign>[-—~]{{1,2}}|至|到)(?={ARABIC}|[{numeral_class()}])(?P<rest>{quantity})"),
        before=re.compile(rf"(?P<word>{before})(?:{allowed})?$"),
        behind=re.compile(behind),
        value_cell=re.compile(rf"{cell}|{special}|/|[-—]{{1,2}}|\\"),
        unit_cell=re.compile(rf"[(\[]?(?:[十百千万亿]*(?:{unit})|无量纲|指数|[-—/]|%)[)\]]?"),
        unit=unit,
        rates=frozenset(vocab["rate"]),
        counts=frozenset([*vocab["count"], *vocab["doubled"]]),
        measures=frozenset(vocab["measure"]),
        times=frozenset(vocab["time"]),
        comparator_of=comparator_of,
    )


def chinese(text: str) -> Decimal | None:
    """The number that a Chinese numeral means, or None for a run of characters that is none (万千, 百万亿).

    >>> chinese("两千八百"), chinese("二〇一五"), chinese("九十八点五")
    (Decimal('2800'), Decimal('2015'), Decimal('98.5'))
    """
    vocab = load("numerals")
    digits, places, myriads = vocab["digits"], vocab["places"], vocab["myriads"]
    if not all(c in digits or c in places or c in myriads or c == "点" for c in text):
        return None
    whole, _, fraction = text.partition("点")
    if fraction:
        base = chinese(whole)
        return None if base is None else base + Decimal("0." + "".join(str(digits[c]) for c in fraction))
    if all(c in digits for c in whole):
        return Decimal("".join(str(digits[c]) for c in whole)) if len(whole) == 1 or len(whole) >= 4 else None
    total = section = 0
    digit: int | None = None
    last_place = 10000
    for c in whole:
        if c in digits:
            if digit is not None and digits[c] and digit:
                return None
            digit = digits[c]
        elif c in places:
            if places[c] >= last_place and digit is None:
                return None
            section += (1 if digit is None else digit) * places[c]
            digit, last_place = None, places[c]
        else:
            section += digit or 0
            if not total + section and c != whole[0]:
                return None
            total = (total + section or 1) * myriads[c] if c == "亿" else total + (section or 1) * myriads[c]
            section, digit, last_place = 0, None, 10000
    if digit and whole[-1] in digits and len(whole) > 1 and whole[-2] in places and places[whole[-2]] > 10:
        return None
    return Decimal(total + section + (digit or 0))


def decimal(text: str) -> Decimal:
    """An Arabic number, exact."""
    return Decimal(text)


_SCALE = {"百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}


def scale(magnitude: str | None) -> int:
    """The factor of a magnitude word; 1 for none."""
    return _SCALE[magnitude] if magnitude else 1


def base_unit(unit: str) -> str:
    """The unit as the table writes it: no brackets around it, one word for one thing."""
    if unit.startswith("(") and unit.endswith(")"):
        unit = unit[1:-1]
    return load("units")["same"].get(unit, unit)
