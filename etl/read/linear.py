"""Lays blocks and tables out as one linear text and notes where each thing stands in it."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.limits import Limits
from etl.model import Cell, Document, Heading, Table
from etl.read.errors import ReadError

CELL_GLUE = " | "
# What no text should hold: controls, lone surrogates, noncharacters. Parsers let them through from damaged files.
_UNTEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BREAKS = re.compile(r"[ \t]*(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])[ \t]*")


@dataclass(slots=True, eq=False)
class Slot:
    """The text of one cell while a table is built. A merged cell is one Slot at each place that it covers (compared by identity)."""

    text: str = ""


Grid = list[list[Slot | None]]


def tidy(text: str) -> str:
    """`text` with \\n as its only line break and without code points that are no text."""
    return _UNTEXT.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """Text of a cell: a line break becomes one space."""
    return tidy(text).replace("\n", " ").strip()


class Linear:
    """Collects blocks in order of reading; `document()` hands the result over. Raises ReadError too_large beyond a limit."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._cells = 0
        self._tables: list[Table] = []
        self._headings: list[Heading] = []
        self._pages: list[int] = []

    def block(self, text: str, level: int | None = None) -> None:
        """Adds a paragraph (of one or more lines); an empty one leaves no trace. `level` marks it as a heading."""
        text = tidy(text).strip()
        if not text:
            return
        start = self._add(text)
        if level is not None:
            self._headings.append(Heading(start, start + len(text), level))

    def page(self) -> None:
        """Marks that what comes next stands on a new page."""
        self._pages.append(self._length)

    def table(self, grid: Grid, header_rows: int = 0) -> None:
        """Adds a table, one line a row; short rows are filled up. A table of one cell is a frame around text: its lines become blocks.

        The places of `grid` have been reserved while it was built; here only those that fill it up are.
        """
        width = max((len(row) for row in grid), default=0)
        self.reserve_cells(sum(width - len(row) for row in grid))
        slots = {id(slot): slot for row in grid for slot in row if slot is not None}
        filled = [slot for slot in slots.values() if one_line(slot.text)]
        if not filled:
            return
        if len(slots) == 1:
            self.block(filled[0].text)
            return
        placed: dict[int, Cell] = {}
        rows = tuple(self._row(row, width, placed) for row in grid)
        self._tables.append(Table(rows, min(header_rows, len(rows))))

    def reserve_cells(self, count: int) -> None:
        """Counts grid places against the limit, before memory is spent on them."""
        self._cells += count
        if self._cells > self.limits.max_table_cells:
            self.refuse_size(f"over {self.limits.max_table_cells} table cells (max_table_cells)")

    def refuse_size(self, detail: str) -> None:
        """Raises ReadError too_large."""
        raise ReadError(self.name, "too_large", detail)

    def document(self, kind: str, title: str = "") -> Document:
        """What was collected. Raises ReadError empty when there is no text."""
        text = "".join(self._parts)
        if not text.strip():
            raise ReadError(self.name, "empty", "no text in it")
        # A page mark set just before the line break that precedes the next block belongs after that break.
        pages = tuple(min(offset + (text[offset:offset + 1] == "\n"), len(text)) for offset in self._pages)
        return Document(text, kind, title or self.name, tuple(self._tables), tuple(self._headings), pages)

    def _row(self, row: Sequence[Slot | None], width: int, placed: dict[int, Cell]) -> tuple[Cell, ...]:
        """Prints one row and returns its cells; a Slot already in `placed` is printed empty and its Cell is given again."""
        self._add("")
        cells: list[Cell] = []
        for column in range(width):
            if column:
                self._append(CELL_GLUE)
            slot = row[column] if column < len(row) else None
            cell = placed.get(id(slot)) if slot is not None else None
            if cell is None:
                start = self._length
                self._append(one_line(slot.text) if slot is not None else "")
                cell = Cell(start, self._length)
                if slot is not None:
                    placed[id(slot)] = cell
            cells.append(cell)
        return tuple(cells)

    def _add(self, text: str) -> int:
        """Starts a new line with `text`; returns where it begins."""
        if self._length:
            self._append("\n")
        start = self._length
        self._append(text)
        return start

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > self.limits.max_chars:
            self.refuse_size(f"over {self.limits.max_chars} characters of text (max_chars)")
