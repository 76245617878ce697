"""Spaces that are slips, and spaces that part the columns of a table."""

from __future__ import annotations

import re

CJK = "㐀-䶿一-鿿豈-﫿〇"

_LOOSE = re.compile(rf"(?<=[{CJK}\d%‰.,、;:。()《》“”~≥≤></-]) +(?=[{CJK}\d%‰‱℃.,、;:。()《》“”~≥≤></-])")
_NEAR_NUMBER = re.compile(
    r"(?<=[\d%‰个项家件次名张人]) +(?=[%‰]|(?:及|\(含\))?以[上下内]|左右)"
    r"|(?<=\d) +(?=[万亿千]?(?:个|项|家|件|次|名|张|人|分|元|所|处|批次|户|万|亿))"
)
# Where columns stand apart by more, only a lone space is a stray one.
_RIGHT_AT_NUMBER = re.compile(_NEAR_NUMBER.pattern.replace(" +", "(?<! ) (?! )"))
# Two short words over a line with columns are heads: 基期值 目标值.
_TWO_HEADS = re.compile(r"[^\s。;,、:]{2,8} +[^\s。;,、:]{2,8}")
# 400 万 m2: a unit in letters, apart from its number.
_GAP = re.compile(r"(?<=[\d万亿千百]) (?=(?:[kc]?m[²³23]?|[kMGT]?W(?:·?h)?|[kmμµ]?g|mg/L|[PTG]B|TEU|EFLOPS|PFLOPS|L)(?![A-Za-z\d]))")
_SENTENCE = re.compile(r"[。;,]")


def stray_spaces(text: str) -> list[tuple[int, int, str, str]]:
    """Stray spaces in prose. Lines that look like space-aligned tables keep theirs, but for those inside a number phrase."""
    edits, at = [], 0
    lines = text.split("\n")
    columns = [aligned(line) for line in lines]
    for number in range(len(lines) - 2, -1, -1):
        columns[number] = columns[number] or columns[number + 1] and bool(_TWO_HEADS.fullmatch(lines[number].strip()))
    for number, line in enumerate(lines):
        if " " in line:
            parted = columns[number] and any(columns[n] for n in (number - 1, number + 1) if 0 <= n < len(lines))
            pattern = (
                _RIGHT_AT_NUMBER
                if parted and "  " in line.strip()
                else _NEAR_NUMBER
                if parted or "|" in line and not re.search(r"[。;]", line) or "  " in line.strip() and not _SENTENCE.search(line)
                else _LOOSE
            )
            first = re.match(r"\s*\d{1,2} ", line) if parted else None  # the number of a row, whatever its name begins with
            begin = first.end() if first else 0
            gaps = {m.span() for m in pattern.finditer(line, begin) if not _apart(line, *m.span())}
            gaps.update(m.span() for m in _GAP.finditer(line, begin))
            edits += [(at + start, at + end, "", "space") for start, end in sorted(gaps)]
        at += len(line) + 1
    return edits


def aligned(line: str) -> bool:
    """Whether a line could be one of columns with spaces between; more than eight of them only with figures in three."""
    cells = line.split()
    return (
        (2 <= len(cells) <= 8 or 8 < len(cells) <= 16 and sum(any(map(str.isdigit, cell)) for cell in cells) >= 3)
        and not re.search(r"[。;,]", line)
        and (len(cells) >= 3 or "  " in line.strip() or bool(re.search(r"\d", line)))
    )


_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")


def _apart(line: str, start: int, end: int) -> bool:
    """A space between two figures, or at either side of a bullet or quoted head, is a real one."""
    return (
        line[start - 1 : start].isdigit()
        and line[end : end + 1].isdigit()
        and not _THREE_DIGITS.match(line, end)
        or line[start - 1 : start] == "。"
        and line[end : end + 1] == "“"
    )
