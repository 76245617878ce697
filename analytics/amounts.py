"""Numbers as questions write them: 6.5万, 五十, 百分之九十八点五, 九成五, fifty thousand, 1.2 million, 95 percent."""

from __future__ import annotations

import re

from analytics.phrases import Known

DIGITS = {**{each: at for at, each in enumerate("零一二三四五六七八九")}, "两": 2, "〇": 0}
TENS = {"十": 10, "百": 100, "千": 1000}
LARGE = {"亿": 10**8, "万": 10**4}
NUMERALS = "".join([*DIGITS, *TENS])
NUMBER = rf"\d+(?:,\d{{3}})*(?:\.\d+)?|[{NUMERALS}][{NUMERALS}万亿]*(?:点[{NUMERALS}]+)?"


def amount(at: int, known: Known, unit_needed: bool = False) -> str:
    """A regular expression for a number with magnitude and unit, whose groups end in `at`; a year is none."""
    words = known.words
    spelt = rf"(?:{words.pattern('number')})(?:[- ](?:{words.pattern('number')}))?"
    unit = rf"\s*(?P<unit{at}>{words.pattern('unit')})" + ("" if unit_needed else "?")
    # 50k: no blank before it.
    magnitude = rf"(?:\s*(?P<magnitude{at}>{words.pattern('magnitude').replace('(?<![a-z0-9])', '(?<![a-z])')}))?"
    plain = rf"(?P<digits{at}>{NUMBER}|{spelt})(?:(?P<tenths{at}>成[{NUMERALS}]?)|{magnitude}{unit})"
    return rf"(?<![\d.])(?:百分之(?P<hundredths{at}>{NUMBER})|{plain})(?!\s*(?:年|\d|goals?\b|targets?\b|baselines?\b|plans?\b))"


def figure(found: re.Match[str], at: int, known: Known) -> tuple[float, str]:
    """(number, unit) of a match of `amount`; the unit is "%", "分" or "" for a counter or none."""
    if share := found[f"hundredths{at}"]:
        return plain_number(share, known), "%"
    number = plain_number(found[f"digits{at}"], known)
    if tenths := found[f"tenths{at}"]:
        return number * 10 + (numeral(tenths[1:]) if tenths[1:] else 0), "%"
    magnitude, unit = found[f"magnitude{at}"], found[f"unit{at}"]
    number *= int(known.words.code("magnitude", magnitude)) if magnitude else 1
    return number, known.words.code("unit", unit) if unit else ""


def count(text: str, known: Known) -> int:
    """A whole number, of places or ranks."""
    return int(plain_number(text, known))


def plain_number(text: str, known: Known) -> float:
    """Digits, a Chinese numeral, or one or two English words such as ninety-five."""
    if text[0].isdigit():
        return float(text.replace(",", ""))
    if text[0] in NUMERALS:
        whole, _, rest = text.partition("点")
        decimals = "".join(str(numeral(each)) for each in rest)
        return float(f"{numeral(whole)}.{decimals or 0}")
    listed = known.words.tables["number"]
    if any(text in words for words in listed.values()):
        return float(known.words.code("number", text))
    return float(sum(int(known.words.code("number", each)) for each in re.split("[- ]", text)))


def numeral(text: str) -> int:
    """A Chinese numeral: 五十 is 50, 十二 is 12, 三百零五 is 305, 六万五千 is 65000, 一万二 is 12000."""
    for mark, size in LARGE.items():
        if mark in text:
            head, _, rest = text.partition(mark)
            return numeral(head or "一") * size + (DIGITS[rest] * size // 10 if rest in DIGITS else numeral(rest))
    total, digit = 0, 0
    for each in text:
        if each in TENS:
            total, digit = total + (digit or 1) * TENS[each], 0
        else:
            digit = DIGITS[each]
    return total + digit
