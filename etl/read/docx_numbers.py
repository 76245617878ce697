"""The automatic numbers of Word paragraphs (一、 （二） 3. ④ and so on), which stand nowhere in the paragraphs' own text."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from docx.oxml.ns import nsmap, qn
from lxml import etree

_VAL = qn("w:val")
_DIGITS = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"),
          (4, "IV"), (1, "I"))
_CHINESE_STYLES = frozenset(
    "chineseCounting chineseCountingThousand japaneseCounting taiwaneseCounting taiwaneseCountingThousand ideographDigital".split()
)
_PLACE = re.compile(r"%([1-9])")
_MAX_LEVEL = 9


def chinese_number(number: int) -> str:
    """1 -> 一, 10 -> 十, 25 -> 二十五, 100 -> 一百; beyond 999 the digits one by one."""
    if number > 999:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "") or _DIGITS[0]


def _roman(number: int) -> str:
    text = ""
    for value, sign in _ROMAN:
        count, number = divmod(number, value)
        text += sign * min(count, 9)
    return text


def _letter(number: int) -> str:
    """a..z, aa, bb, ... as Word counts."""
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9) if number > 0 else ""


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _shown(number: int, style: str) -> str:
    """`number` in a w:numFmt style; a style not known here is shown in digits, as Word does for want of a better one."""
    if style in _CHINESE_STYLES:
        return chinese_number(number)
    if style in ("upperRoman", "lowerRoman"):
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    if style in ("upperLetter", "lowerLetter"):
        return _letter(number).upper() if style == "upperLetter" else _letter(number)
    if style in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if style == "ideographTraditional" else _BRANCHES
        return signs[(number - 1) % len(signs)]
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return _circled(number)
    return f"{number:02d}" if style == "decimalZero" else str(number)


@dataclass(slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    pattern: str = ""


@dataclass(slots=True)
class Numbering:
    """Counts the numbered paragraphs of one document in order."""

    lists: dict[str, str] = field(default_factory=dict)
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    seen: set[tuple[str, int]] = field(default_factory=set)

    def label(self, list_id: str, level: int) -> str:
        """The label of the next paragraph of a list (w:numId) at a level from 0; empty for an unknown list. A bullet gives '• '."""
        abstract = self.lists.get(list_id)
        shape = self.levels.get((abstract or "", level))
        if abstract is None or shape is None or not 0 <= level < _MAX_LEVEL:
            return ""
        self._count(abstract, list_id, level, shape)
        if shape.style == "bullet":
            return "• " if shape.pattern else ""
        if shape.style == "none":
            return _PLACE.sub("", shape.pattern)
        text = _PLACE.sub(lambda place: self._number(abstract, int(place.group(1)) - 1), shape.pattern)
        return text + " " if text[-1:] == "." or (text[-1:].isascii() and text[-1:].isalnum()) else text

    def _count(self, abstract: str, list_id: str, level: int, shape: _Level) -> None:
        """Lists of one abstract definition count on together, except where a list states its own start."""
        key = (abstract, level)
        own_start = self.starts.get((list_id, level))
        if own_start is not None and (list_id, level) not in self.seen:
            self.seen.add((list_id, level))
            self.counts.pop(key, None)
        start = shape.start if own_start is None else own_start
        self.counts[key] = self.counts[key] + 1 if key in self.counts else start
        for deeper in range(level + 1, _MAX_LEVEL):
            self.counts.pop((abstract, deeper), None)

    def _number(self, abstract: str, level: int) -> str:
        shape = self.levels.get((abstract, level), _Level())
        return _shown(self.counts.get((abstract, level), shape.start), shape.style)


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists that a w:numbering part defines; no part gives no lists."""
    numbering = Numbering()
    if root is None:
        return numbering
    for abstract in root.iterfind("w:abstractNum", nsmap):
        for level in abstract.iterfind("w:lvl", nsmap):
            key = (abstract.get(qn("w:abstractNumId"), ""), integer(level.get(qn("w:ilvl"))))
            numbering.levels[key] = _Level(
                integer(_value(level, "w:start"), 1), _value(level, "w:numFmt") or "decimal", _value(level, "w:lvlText") or "")
    for entry in root.iterfind("w:num", nsmap):
        list_id = entry.get(qn("w:numId"), "")
        numbering.lists[list_id] = _value(entry, "w:abstractNumId") or ""
        for override in entry.iterfind("w:lvlOverride", nsmap):
            if (start := _value(override, "w:startOverride")) is not None:
                numbering.starts[list_id, integer(override.get(qn("w:ilvl")))] = integer(start, 1)
    return numbering


def integer(text: str | None, default: int = 0) -> int:
    """A number from 0 to 99,999 in an attribute; `default` for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def _value(element: etree._Element, path: str) -> str | None:
    found = element.find(path, nsmap)
    return None if found is None else found.get(_VAL)
