"""Tables of every shape to rows: what a reader saw as one, tables with pipes, tabs or spaces, tables with one cell a line.

The finders under etl.tabular are tried in this order; a line belongs to the first that takes it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from etl.model import Row, Sheet, Span
from etl.tabular.furniture import contents
from etl.tabular.heads import is_unit
from etl.tabular.kinds import VALUE, kind_of
from etl.tabular.lines import TextRun, runs, trim
from etl.tabular.sheets import Found, Grid, Head, Line
from etl.tabular.stacked import Stack, stacks
from etl.vocab import either, load

Grids = tuple[tuple[tuple[Span, ...], ...], ...]


def find_rows(text: str, lines: list[Span], tables: Grids) -> tuple[Found, set[int]]:
    """Line numbers that are of a table, each with its rows and stretches of prose (none for heads); and the lines of contents pages."""
    listed = contents(text, lines)
    around, found = _Around(text, lines), {}
    previous: Grid | None = None
    for table in tables:
        previous = _reader_table(text, table, lines, found, around, previous)
    for run in runs(text, lines, set(found) | listed):
        _text_table(text, run, found, around)
    for run in stacks(text, lines, set(found) | listed):
        made = Stack(text, lines, run, around.sheet(run[0], inside=True)).read()
        _note_marks(made, around)
        found.update(made)
    return found, listed - set(found)


class _Around:
    """What is told beside a table: a title and a unit above it, a base year and marks below it."""

    def __init__(self, text: str, lines: list[Span]) -> None:
        self.text, self.lines = text, lines
        tables = load("tables")["around"]
        self._unit = re.compile(rf"[(]?{either(tables['unit'])}\s*[::]\s*\(?([^,。;()\s]{{1,10}})")
        self._note = re.compile(rf"\s*[(]?(?:{either(tables['note'])}\s*[::]|[*※①-⑳]|\d[.、])")
        base = re.compile(rf"((?:19|20)\d\d)年?为{either(tables['base'])}|{either(tables['base'])}年?份?(?:为|是|:)((?:19|20)\d\d)年")
        self.table_title = re.compile(rf"^{either(tables['caption'])}\s*\d|{either(tables['title'])}$")
        told = {int(m[1] or m[2]) for m in base.finditer(text)} if lines else set()
        self.base = told.pop() if len(told) == 1 else None

    def sheet(self, first: int, inside: bool = False) -> Sheet:
        """A sheet with the unit and the title above line `first`; a stack finds its title inside itself."""
        sheet = Sheet(base=self.base)
        seen = 0
        for n in range(first if inside else first - 1, max(-1, first - 12), -1):
            words = self.text[slice(*self.lines[n])].strip()
            if not words:
                continue
            unit = self._unit.search(words)
            if unit and is_unit(unit[1]) and not sheet.unit:
                sheet.unit = unit[1]
                words = words[: unit.start()].strip(" (")
            seen += 1
            if words and not inside and len(words) <= 60 and "|" not in words and not words.endswith("。"):
                sheet.title = words
                break
            if seen > 1 or words and not unit:
                break
        return sheet

    def marks(self, last: int) -> dict[str, int]:
        """Years that marks stand for in the notes below line `last`: *为2019年数据."""
        found: dict[str, int] = {}
        for n in range(last + 1, min(last + 8, len(self.lines))):
            words = self.text[slice(*self.lines[n])].strip()
            if words and not self._note.match(words):
                break
            for m in re.finditer(r"([*※①-⑳△▲†])[^*※①-⑳。;\d]{0,16}((?:19|20)\d\d)年", words):
                found.setdefault(m[1], int(m[2]))
        return found


def _note_marks(found: Found, around: _Around) -> None:
    rows = [row for items in found.values() for row in items if isinstance(row, Row)]
    if rows:
        rows[-1].sheet.marks = around.marks(max(found))


def _reader_table(text: str, table: tuple, lines: list[Span], found: Found, around: _Around, previous: Grid | None) -> Grid | None:
    """A grid of the reader. A merged cell stands in each row that it covers, so a row's own line is that of its last cell. A table without
    a head that is as wide as the one before it goes on with that one's."""
    starts = [start for start, _ in lines]
    grid = [
        Line(_line_of(starts, max(start for start, end in row if start < end)), [trim(text, *cell) for cell in row])
        for row in table
        if any(start < end for start, end in row)
    ]
    if not grid:
        return previous
    sheet = around.sheet(grid[0].index)
    reading = Grid(text, grid, sheet)
    head = _kept_head(previous, table, sheet, grid, lines, text)
    made = reading.read(head)
    if reading.rows:
        _note_marks(made, around)
        found.update(made)
    return reading if reading.head else previous


def _kept_head(previous: Grid | None, table: tuple, sheet: Sheet, grid: list[Line], lines: list[Span], text: str) -> Head | None:
    """The head of the table before, when only the page's own lines stand between and both are as wide."""
    if previous is None or previous.head is None or len(previous.head.words) != len(table[0]):
        return None
    between = [text[slice(*lines[n])].strip() for n in range(previous.lines[-1].index + 1, grid[0].index)]
    if sum(map(len, between)) > 60:
        return None
    sheet.unit, sheet.title = sheet.unit or previous.sheet.unit, previous.sheet.title
    return previous.head


def _line_of(starts: list[int], at: int) -> int:
    return bisect_right(starts, at) - 1


def _text_table(text: str, run: TextRun, found: Found, around: _Around) -> None:
    """A run of parted lines, when two of them (or one below a head) hold values."""
    if not any(kind_of(text[slice(*cell)]) == VALUE for line in run.lines for cell in line.cells):
        return
    reading = Grid(text, run.lines, around.sheet(run.lines[0].index), run.known)
    made = reading.read()
    headed = reading.head is not None or bool(around.table_title.search(reading.sheet.title))
    if reading.rows >= 2 or reading.rows and headed:
        _note_marks(made, around)
        found.update(made)
        found.update({index: [] for index in run.rules})
