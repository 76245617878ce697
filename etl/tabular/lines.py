"""Lines of the text that are lines of a table: with pipes, with tabs, or aligned with spaces; and the runs that they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from etl.model import Span
from etl.tabular.furniture import FOOTNOTE, furniture
from etl.tabular.kinds import TEXT, VALUE, kind_of
from etl.tabular.sheets import Line
from etl.vocab import either, load

_PROSE = re.compile(r"[。;]\s*\S")
_RULE = re.compile(r":?-{2,}:?|:?-:|:-:?|[=+-]{3,}|")
_LONGEST_GROUP, _LONGEST_CELL = 24, 90


def trim(text: str, start: int, end: int) -> Span:
    """A span without the blanks at its ends."""
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t":
        end -= 1
    return start, end


@dataclass(slots=True)
class TextRun:
    """Lines that follow one another and are parted alike. `known` of them, at the top, stand above a rule and are heads."""

    sort: str
    lines: list[Line] = field(default_factory=list)
    known: int = 0
    rules: list[int] = field(default_factory=list)
    spans: list[tuple[int, Span]] = field(default_factory=list)

    def cut(self, text: str) -> None:
        """Parts the lines. Pipes at the edges frame a table when most of its lines begin with one; else an empty cell is before them."""
        framed = sum(text[slice(*span)].lstrip().startswith("|") for _, span in self.spans) * 2 > len(self.spans)
        for index, span in self.spans:
            cells = [trim(text, *span)] if index in self.alone else _cells(text, span, self.sort, framed)
            if self.sort != "spaces" and all(_RULE.fullmatch(text[a:b]) for a, b in cells):
                self.known = self.known or len(self.lines)
                self.rules.append(index)
            else:
                self.lines.append(Line(index, cells, _places(text, span[0], cells) if self.sort == "spaces" else []))

    alone: set[int] = field(default_factory=set)


def runs(text: str, lines: list[Span], taken: set[int]) -> list[TextRun]:
    """Every stretch of lines that could be a table, in order; lines in `taken` belong to another."""
    found: list[TextRun] = []
    now: TextRun | None = None
    for index, span in enumerate(lines):
        sort = "" if index in taken else sort_of(text, *span)
        if not sort:
            if now and (index in taken or not _bridged(text, lines, index, now.sort)):
                now = None
            elif now and text[slice(*span)].strip() and not furniture().match(text[slice(*span)].strip()):
                now.spans.append((index, span))
                now.alone.add(index)
            continue
        if now is None or sort != now.sort:
            now = TextRun(sort)
            found.append(now)
        now.spans.append((index, span))
    for run in found:
        run.cut(text)
    return found


def _cells(text: str, span: Span, sort: str, framed: bool) -> list[Span]:
    return _piped(text, *span, framed) if sort == "pipes" else _tabbed(text, *span) if sort == "tabs" else _spaced(text, *span)


def _bridged(text: str, lines: list[Span], index: int, sort: str) -> bool:
    """Whether a table goes on behind a line that is not one of it: a blank, the page's furniture, or the title of a group."""
    words = text[slice(*lines[index])].strip()
    if words and len(words) > _LONGEST_GROUP and not furniture().match(words) or words.endswith(("。", ";", ":", "：")):
        return False
    steps = 0
    for n in range(index + 1, min(index + 6, len(lines))):
        if not text[slice(*lines[n])].strip():
            continue
        steps += 1
        if sort_of(text, *lines[n]) == sort:
            cells = _cells(text, lines[n], sort, True)
            return sort == "pipes" or any(kind_of(text[a:b]) == VALUE for a, b in cells)
        if steps > 2 or len(text[slice(*lines[n])].strip()) > _LONGEST_GROUP:
            return False
    return False


def sort_of(text: str, start: int, end: int) -> str:
    """pipes, tabs or spaces: what parts a line into cells; '' for a line that has no cells."""
    line = text[start:end]
    if "|" in line:
        cells = _piped(text, start, end, True)
        return "" if len(cells) < 2 or any(_PROSE.search(text[a:b]) or b - a > _LONGEST_CELL for a, b in cells) else "pipes"
    words = line.strip()
    if not words or _PROSE.search(line) or words.endswith(("。", ";", ",")) or furniture().match(words) or FOOTNOTE.match(words):
        return ""
    if _caption().match(words):
        return ""
    if "\t" in words:
        return "tabs"
    return "spaces" if " " in words else ""


@cache
def _caption() -> re.Pattern:
    words = either(load("tables")["around"]["caption"])
    return re.compile(rf"{words}\s?[\d一二三四五六七八九十][-—\d]*|{words}\s")


def _piped(text: str, start: int, end: int, framed: bool) -> list[Span]:
    """Cells between pipes that are not escaped; in a frame the outer pipes open and close the row, empty cells inside it stay."""
    start, end = trim(text, start, end)
    if framed:
        start += text[start : start + 1] == "|"
        end -= end > start and text[end - 1] == "|"
    return _cut(text, start, end, re.compile(r"(?<!\\)\||$"))


def _tabbed(text: str, start: int, end: int) -> list[Span]:
    """Cells between tabs; a tab at the start is an empty first cell."""
    return _cut(text, start, end, re.compile(r"\t|$"))


def _cut(text: str, start: int, end: int, mark: re.Pattern) -> list[Span]:
    cells, at = [], start
    for m in mark.finditer(text, start, end):
        cells.append(trim(text, at, m.start()))
        at = m.end()
    return cells


_WIDE_GAP = re.compile(r"\S+(?: \S+)*")
_ANY_GAP = re.compile(r"\S+")


def _spaced(text: str, start: int, end: int) -> list[Span]:
    """Cells between gaps of two spaces; where a piece has single spaces and a value behind one, between those too."""
    pieces = [m.span() for m in _WIDE_GAP.finditer(text, start, end)]
    cells: list[Span] = []
    for left, right in pieces:
        words = [m.span() for m in _ANY_GAP.finditer(text, left, right)]
        apart = len(pieces) == 1 or any(kind_of(text[a:b]) != TEXT for a, b in words[1:])
        cells += _joined(text, words) if apart else [(left, right)]
    return cells


def _joined(text: str, words: list[Span]) -> list[Span]:
    """Words of a piece, each a cell, but for Latin ones beside a name, which are of it (PM2.5 年均浓度, IT 项目投资)."""
    cells: list[Span] = []
    for a, b in words:
        before = text[slice(*cells[-1])] if cells else ""
        if before and kind_of(before) == TEXT and kind_of(text[a:b]) == TEXT and re.fullmatch(r"[A-Za-z][A-Za-z0-9.]*", before):
            cells[-1] = (cells[-1][0], b)
        else:
            cells.append((a, b))
    return cells


def _places(text: str, start: int, cells: list[Span]) -> list[int]:
    """Where each cell begins on a page of even type, a wide character counted as two."""
    places, at = [], 0
    for begin, _ in cells:
        at += sum(2 if c > "\u2e80" else 1 for c in text[start:begin])
        start = begin
        places.append(at)
    return places
