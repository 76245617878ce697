"""A parsed web page as a flat list of lines and tables in reading order, each line knowing where it stands in the tree."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import html as markup

from etl.read.linear import Grid, Slot

# Elements that a page shows nothing of, or nothing that is text.
INVISIBLE = frozenset(
    "script style noscript template head title svg math canvas iframe object embed audio video map select option button input textarea"
    " datalist rp rt".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_HEADING = re.compile(r"h([1-6])$")
_SPACE = re.compile(r"[ \t\r\n\f]+")
# A line break of the source between two wide characters shows as nothing (elsewhere as a space).
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
_WIDE_GAP = re.compile(rf"(?<={_WIDE})[ \t\f]*[\r\n][ \t\r\n\f]*(?={_WIDE})")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_MAX_SPAN = 1000
_LONGEST_CELL = 2000  # characters; a cell that holds more is a column of the page
_RAISED = {"2": "²", "3": "³"}


@dataclass(slots=True)
class Line:
    """One line of a page. `holder` and `tail` say where its first piece of text stands in the tree."""

    text: str
    level: int | None
    holder: markup.HtmlElement
    tail: bool
    block: markup.HtmlElement
    linked: int = 0


@dataclass(slots=True)
class PageTable:
    """A table of data, with the lines of its cells (for the choice of what is main content)."""

    grid: Grid
    header_rows: int
    caption: str
    lines: list[Line]


def page_lines(root: markup.HtmlElement, reserve: Callable[[int], None]) -> Iterator[Line | PageTable]:
    """Lines and data tables below `root`; the cells of a table that only arranges the page come as lines.

    `reserve` is told of table places before they are made, and raises when they are too many.
    """
    collector = _Collector()
    done: list[Line | PageTable] = []
    # Entries: an element to enter, or a function to call on leaving one. A stack: pages nest deeper than Python recurses.
    pending: list = [root]
    while pending:
        step = pending.pop()
        if callable(step):
            done.extend(step())
        elif _is_invisible(step):
            done.extend(collector.skip(step))
        elif is_data_table(step):
            done.extend(collector.end_line())
            done.append(_table(step, reserve))
            pending.append(_after(collector, step))
        else:
            done.extend(collector.enter(step))
            pending.append(_after(collector, step))
            pending.extend(reversed(step))
        yield from done
        done.clear()
    yield from collector.end_line()


def _after(collector: _Collector, element: markup.HtmlElement) -> Callable[[], list[Line]]:
    return lambda: collector.leave(element)


class _Collector:
    """Gathers inline text until a block begins or ends, or a line break comes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.origin: tuple[markup.HtmlElement, bool] | None = None
        self.blocks: list[markup.HtmlElement] = []
        self.links = 0
        self.linked = 0

    def enter(self, element: markup.HtmlElement) -> list[Line]:
        ended: list[Line] = []
        if element.tag in BLOCKS:
            ended = self.end_line()
            self.blocks.append(element)
        elif element.tag == "br":
            ended = self.end_line()
        self.links += element.tag == "a"
        if element.tag == "sup" and element.text in _RAISED and self._after_letter():
            self.text(_RAISED[element.text], element, False)
        elif element.tag != "br":
            self.text(element.text, element, False)
        return ended

    def skip(self, element: markup.HtmlElement) -> list[Line]:
        """Passes over an element that shows nothing; the text after it still counts."""
        ended = self.end_line() if element.tag in BLOCKS else []
        self.text(element.tail, element, True)
        return ended

    def leave(self, element: markup.HtmlElement) -> list[Line]:
        ended: list[Line] = []
        if element.tag in BLOCKS:
            ended = self.end_line()
            if self.blocks and self.blocks[-1] is element:
                self.blocks.pop()
        self.links -= element.tag == "a"
        self.text(element.tail, element, True)
        return ended

    def text(self, text: str | None, holder: markup.HtmlElement, tail: bool) -> None:
        if not text:
            return
        if self.origin is None and text.strip():
            self.origin = (holder, tail)
        self.parts.append(text)
        if self.links > 0:
            self.linked += len(text.strip())

    def end_line(self) -> list[Line]:
        text = _SPACE.sub(" ", _WIDE_GAP.sub("", "".join(self.parts))).strip()
        block = self.blocks[-1] if self.blocks else None
        lines = []
        if text and self.origin is not None and block is not None:
            lines.append(Line(text, _level(self.blocks), *self.origin, block, self.linked))
        self.parts, self.origin, self.linked = [], None, 0
        return lines

    def _after_letter(self) -> bool:
        last = "".join(self.parts[-1:])[-1:]
        return last.isascii() and last.isalpha()


def _level(blocks: list[markup.HtmlElement]) -> int | None:
    for block in reversed(blocks):
        if match := _HEADING.match(block.tag):
            return int(match.group(1))
    return None


def _is_invisible(element: markup.HtmlElement) -> bool:
    """Comments and processing instructions have no string tag."""
    if not isinstance(element.tag, str) or element.tag in INVISIBLE or element.get("hidden") is not None:
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style", "")))


def is_data_table(element: markup.HtmlElement) -> bool:
    """True for a table of figures; one with tables, headings or a whole article in it, or of one column, arranges the page."""
    if element.tag != "table" or element.get("role") == "presentation":
        return False
    if next(element.iterdescendants("table", "h1", "h2", "h3", "form"), None) is not None:
        return False
    if any(len(cell.text_content()) > _LONGEST_CELL for cell in element.iterdescendants("td")):
        return False
    widths = [sum(child.tag in ("td", "th") for child in row) for row in element.iterdescendants("tr")]
    return max(widths, default=0) > 1 and len(widths) > 1


def _table(table: markup.HtmlElement, reserve: Callable[[int], None]) -> PageTable:
    """The grid with rowspan and colspan resolved; spans end with the table."""
    rows = list(table.iterdescendants("tr"))
    grid: Grid = [[] for _ in rows]
    lines: list[Line] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in (child for child in row if child.tag in ("td", "th")):
            while column < len(grid[number]) and grid[number][column] is not None:
                column += 1
            found = _cell_lines(cell)
            lines.extend(found)
            slot = Slot("\n".join(line.text for line in found))
            down, right = min(_span(cell, "rowspan"), len(rows) - number), _span(cell, "colspan")
            reserve(down * right)
            _place(grid, slot, number, column, down, right)
    caption = table.find("caption")
    title = [] if caption is None else _cell_lines(caption)
    return PageTable(grid, _header_rows(rows), "\n".join(line.text for line in title), title + lines)


def _cell_lines(cell: markup.HtmlElement) -> list[Line]:
    return [] if _is_invisible(cell) else [line for line in _without_tail(cell) if isinstance(line, Line)]


def _without_tail(cell: markup.HtmlElement) -> list[Line | PageTable]:
    """The lines inside an element; what follows it in its parent is not its own."""
    tail, cell.tail = cell.tail, None
    try:
        return list(page_lines(cell, _no_tables))
    finally:
        cell.tail = tail


def _no_tables(_: int) -> None:
    """A data table has none inside its cells, so nothing is to be reserved."""


def _span(cell: markup.HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(max(int(text), 1), _MAX_SPAN) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _place(grid: Grid, slot: Slot, row: int, column: int, down: int, right: int) -> None:
    for line in grid[row:row + down]:
        line.extend([None] * (column + right - len(line)))
        for place in range(column, column + right):
            if line[place] is None:
                line[place] = slot


def _header_rows(rows: list[markup.HtmlElement]) -> int:
    """Rows at the top inside thead, or made of th alone."""
    count = 0
    for row in rows:
        cells = [cell.tag for cell in row if cell.tag in ("td", "th")]
        if row.getparent().tag != "thead" and not (cells and set(cells) == {"th"}):
            break
        count += 1
    return count if count < len(rows) else 0
