"""The vocabulary as compiled patterns, and numerals as exact numbers. Made once a process, on first use."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from string import ascii_letters

from etl.vocab import either, guarded, load

ARABIC = r"\d+(?:\.\d+)?"
# How many are meant under a stroke: 件/万人, 例/10万人.
_SIZE = r"(?:10{0,3})?[十百千万亿]*"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Patterns that more than one step needs.

    anchor: everywhere a number may begin. quantity: a number with magnitude, inner comparator and unit, from its first character.
    range_to: the upper end of a range. minus: the sign that ends a stretch. spoken, changed: a unit that is one only behind a change.
    listed: further values up to the unit that they share (2.16和1.66个百分点).
    before, behind: comparators on either side; least: what makes a lone magnitude a lower bound. value_cell: a whole table cell that is a
    value. unit_cell: a cell that is a unit.
    """

    anchor: re.Pattern
    quantity: re.Pattern
    range_to: re.Pattern
    minus: re.Pattern
    spoken: re.Pattern
    listed: re.Pattern
    changed: re.Pattern
    least: re.Pattern
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


def _kind(*kinds: str) -> frozenset[str]:
    """Names of the units of these kinds; of all kinds where none is given."""
    return frozenset(entry["name"] for entry in load("units")["unit"] if not kinds or entry["kind"] in kinds)


@cache
def _one_word() -> dict[str, str]:
    """Every other way of writing a unit -> its name."""
    return {word: entry["name"] for entry in load("units")["unit"] for word in entry.get("same", [])}


def _unit_pattern() -> str:
    """Units, simple or with strokes: 吨/日, 批次/千人/年, 元/人·月, 例/10万人; and shares of people alone: 9/10万."""
    written = {word: entry for entry in load("units")["unit"] for word in (entry["name"], *entry.get("same", []))}
    people = [word for word, entry in written.items() if entry["kind"] == "base"]
    ends = {word: (r"(?![A-Za-z])" if word[-1] in ascii_letters else "") for word in written}
    words = guarded({word: ends[word] + _unless(written[word]) for word in written if word not in people})
    under = guarded(ends)
    return rf"(?:{words}(?:[/·]{_SIZE}{under})*|/(?=10|[十百千万亿]){_SIZE}(?:{either([*people, '人', '户'])})?)"


def _unless(entry: dict) -> str:
    return f"(?!{either(entry['unless'])})" if "unless" in entry else ""


def _comparators() -> tuple[str, str, dict[str, str]]:
    vocab, kind = load("cues"), {}
    for side in ("comparator_before", "comparator_behind"):
        for comparator, words in vocab[side].items():
            for word in words:
                kind[f"{side[11:]}:{word}"] = comparator
    before = either(word for words in vocab["comparator_before"].values() for word in words)
    behind = either(word for words in vocab["comparator_behind"].values() for word in words if word not in vocab["comparator_inside"]["gt"])
    return before, behind, kind


def _numerals() -> tuple[str, str]:
    """Patterns of everything that may be a numeral, and of what may begin one."""
    vocab = load("numerals")
    digits, han = "".join(vocab["digits"]), f"[{numeral_class()}]+"
    special = either([*vocab["multiples"], *vocab["firsts"]["words"]])
    formal = f"[{''.join(vocab['formal'])}][{''.join([*vocab['formal'], *vocab['myriads']])}零]+"
    decimal_han = f"{han}(?:点[{digits}]+)?"
    fraction = rf"{either(vocab['fractions'])}(?:{ARABIC}|{decimal_han})"
    one, few = rf"[\d{digits}]", rf"(?:千(?!{_NO_THOUSAND})|百(?!分))"
    behind_myriad = rf"零?(?:{one}{few}){{1,2}}|零\d{{1,3}}|\d{{4}}(?![\d.,])"
    mixed = rf"\d+亿零?\d{{1,4}}[千百十]?万(?:{one}{few}){{0,2}}|\d+万(?:{behind_myriad})|\d+千{one}百(?!分)"
    number = rf"(?:{special}|{fraction}|{han}分之{han}|{mixed}|{ARABIC}|{formal}|{decimal_han})"
    return number, rf"{special}|{either(vocab['fractions'])}(?=[\d{numeral_class()}])|\d+(?:\.\d+)?|{formal}|{han}"


# Behind 千 these make a unit of it.
_NO_THOUSAND = "[瓦克米伏卡帕赫]"


def _magnitude() -> str:
    guards = {"千": f"(?!{_NO_THOUSAND})", "百": "(?!分)"}
    words = sorted(load("numerals")["magnitudes"], key=len, reverse=True)
    return f"(?:{'|'.join(word + guards.get(word, '') for word in words)})"


@cache
def lexicon() -> Lexicon:
    """The one Lexicon of the process."""
    numerals, cues, unit = load("numerals"), load("cues"), _unit_pattern()
    number, anchor = _numerals()
    special = either([*numerals["multiples"], *numerals["firsts"]["words"]])
    inside, magnitude = either(cues["comparator_inside"]["gt"]), _magnitude()
    before, behind, comparator_of = _comparators()
    change, level = either([*cues["change"]["up"], *cues["change"]["down"]]), either(cues["level"]["verbs"])
    allowed = either([*load("names")["verbs"], "有", "要", "不超过", "补助", "资助", "奖励", "给予", "补贴"])
    spoken = either(word for entry in load("units")["unit"] for word in entry.get("spoken", []))
    in_words = rf"\((?=[^)]*/){unit}\)|{unit}"
    quantity = rf"(?P<number>{number})(?P<first>{inside})?(?P<magnitude>{magnitude})?(?P<second>{inside})?(?P<unit>{in_words}|成半?)?"
    minus, signed = either(cues["minus"]["words"]), either([*cues["level"]["verbs"], *cues["minus"]["names"]])
    amount = rf"-?(?:{ARABIC})(?:{inside})?{magnitude}?(?:{inside})?(?:{in_words})?"
    lead = rf"(?!(?:19|20)\d\d年)(?!\(\d+[个项]\))[\[(【]?(?:累计|年均|每年|力争|新增|新建|培育|{change}|{level}|到)*(?:{before})?"
    cell = rf"{lead}{amount}(?:[-—~至]+{amount})?(?:{behind})?(?:\(含\))?[\])】]?(?:[①-⑳*])?"
    return Lexicon(
        anchor=re.compile(anchor),
        quantity=re.compile(quantity),
        range_to=re.compile(rf"(?P<sign>[-—~]{{1,2}}|至|到)(?P<minus>-?)(?={ARABIC}|[{numeral_class()}])(?P<rest>{quantity})"),
        minus=re.compile(rf"(?:{signed}|{change}|{before}|[:(|、])\s*(?P<sign>{minus})$"),
        listed=re.compile(rf"(?:[、和]-?{ARABIC}){{1,5}}(?P<unit>{unit})"),
        spoken=re.compile(rf"{spoken}(?![一-鿿])|{spoken}(?={behind})"),
        changed=re.compile(rf"{change}[^,。;\d]{{0,6}}$"),
        least=re.compile(rf"(?<![以之网线海]){either(numerals['least']['words'])}$"),
        before=re.compile(rf"(?P<word>{before})(?:{allowed})?$"),
        behind=re.compile(behind),
        value_cell=re.compile(rf"{cell}|{special}|/|[-—]{{1,2}}|\\"),
        unit_cell=re.compile(rf"[(\[]?(?:[十百千万亿]*(?:{unit})|无量纲|指数|[-—/]|%)[)\]]?"),
        unit=unit,
        rates=_kind("rate"),
        counts=_kind("count", "doubled"),
        measures=_kind("measure"),
        times=_kind("time"),
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
            section += (digit or 1) * places[c]
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


def amount_of(text: str) -> Decimal | None:
    """The exact number that any numeral means, in figures, in words, in both or in capitals; None where it means none.

    >>> amount_of("3.50"), amount_of("13万2千"), amount_of("伍仟万"), amount_of("十百")
    (Decimal('3.50'), Decimal('132000'), Decimal('50000000'), None)
    """
    if not text[:1].isdigit():
        return chinese(text.translate(_formal()))
    if re.fullmatch(ARABIC, text):
        return Decimal(text)
    parts = _PART.findall(text)
    return sum((amount_of(digits) * scale(magnitude) for digits, magnitude in parts), Decimal(0)) if parts else None


def exact(value: Decimal) -> bool:
    """Whether the database's DECIMAL(28, 8) holds a value as it is."""
    return value.is_finite() and value.adjusted() < 20 and value == round(value, 8)


@cache
def _formal() -> dict[int, str]:
    return str.maketrans(load("numerals")["formal"])


def spread(text: str) -> tuple[Decimal, Decimal] | None:
    """The range that two neighbouring digits mean: 两三 is 2 to 3, 五六十 is 50 to 60, 十五六 is 15 to 16."""
    m = re.fullmatch(f"(?P<head>(?:.*[{_PLACES}])?)(?P<low>[{_DIGITS}])(?P<high>[{_DIGITS}])(?P<tail>[{_PLACES}]*)", text)
    digits = load("numerals")["digits"]
    if not m or digits[m["high"]] != digits[m["low"]] + 1 and m["low"] + m["high"] not in load("numerals")["spread"]["pairs"]:
        return None
    low, high = (chinese(m["head"] + digit + m["tail"]) for digit in (m["low"], m["high"]))
    return (low, high) if low and high else None


_DIGITS, _PLACES = "一二两三四五六七八九", "十百千万亿"
_PART = re.compile(rf"零?(\d+(?:\.\d+)?|[{_DIGITS}])([{_PLACES}]*)")


def scale(magnitude: str | None) -> int:
    """The factor of a magnitude word; 1 for none."""
    return load("numerals")["magnitudes"][magnitude] if magnitude else 1


def base_unit(unit: str) -> str:
    """The unit as the table writes it: no brackets around it, one word for one thing, one stroke."""
    if unit.startswith("(") and unit.endswith(")"):
        unit = unit[1:-1]
    same = _one_word()
    if unit in same or "/" not in unit:
        return same.get(unit, unit)
    head, *under = re.split("[/·]", unit)
    return "/".join([same.get(head, head), *(_one_size(part, same) for part in under)])


def _one_size(part: str, same: dict[str, str]) -> str:
    """What stands under a stroke, its size in one way of writing: 十万人 and 10万人 are the same."""
    size = re.match(_SIZE, part).group()
    return size.replace("十万", "10万") + same.get(part[len(size) :], part[len(size) :])
