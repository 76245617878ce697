"""Ruled tables in PDF pages: pdfplumber finds the grid from the lines, the text of the cells is pdfium's.

pdfplumber's own text has radicals in the place of ideographs (⻓ for 长) with many fonts, so only its boxes are used.
"""
from __future__ import annotations

import logging
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from ctypes import byref, c_double, c_float
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.page import Page

from etl.read.linear import Grid, Linear, Slot
from etl.read.pdf_columns import ColumnTable
from etl.read.pdf_page import Box, PageChar

_THIN, _LONG, _TALL = 3.0, 20.0, 8.0  # points: lines closer than this are one; the shortest line, and the lowest row, of a table
_MOST_LINES = 10000
_MOST_CELLS = 5000
_MOST_LOST = 1000  # lone glyphs of one page; each is looked for among all
_SAME_LINE = 2.0
_DEEPEST_FORM = 3
_COUNT_AND_GET = (
    (pdfium_c.FPDFPage_CountObjects, pdfium_c.FPDFPage_GetObject),
    (pdfium_c.FPDFFormObj_CountObjects, pdfium_c.FPDFFormObj_GetObject),
)


@dataclass(frozen=True, slots=True)
class PageTable:
    """The boxes of the cells of one table, and the way from PDF coordinates to theirs."""

    cells: tuple[Box, ...]
    page: Page

    def cell(self, middle: tuple[float, float]) -> int | None:
        """The index of the cell that holds a point."""
        point = _to_plumber(self.page, middle)
        return next((index for index, box in enumerate(self.cells) if _inside(box, point)), None)

    def holds(self, cell: int, middle: tuple[float, float]) -> bool:
        """Whether that cell holds a point."""
        return _inside(self.cells[cell], _to_plumber(self.page, middle))


class RuledPages:
    """Opens a PDF with pdfplumber when the first page with lines comes, and closes it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._book: pdfplumber.PDF | None = None
        self._failed = False

    def __enter__(self) -> RuledPages:
        return self

    def __exit__(self, *_: object) -> None:
        if self._book is not None:
            self._book.close()

    def tables(self, number: int) -> list[PageTable]:
        """The tables of page `number` (from 0) that have two rows and two columns at least; none where pdfplumber cannot read the page."""
        if self._failed:
            return []
        try:
            page = self._open().pages[number]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - pdfminer answers damaged files with exceptions of every type; the text is complete without grids
            self._failed = True
            return []
        try:
            return [PageTable(tuple(found.cells), page) for found in page.find_tables() if _is_grid(found.cells)]
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - as above, for this page
            return []
        finally:
            page.close()

    def glyphs(self, number: int) -> list[PageChar]:
        """All glyphs of page `number` as pdfplumber sees them; none where it cannot read the page."""
        try:
            page = self._open().pages[number]
            x0, y0 = page.page_obj.mediabox[:2]
            seen = [] if page.rotation else page.chars
            middles = [((c["x0"] + c["x1"]) / 2 + x0, page.height - (c["top"] + c["bottom"]) / 2 + y0) for c in seen]
            return [PageChar(c["text"], middle, c["width"], c["height"]) for c, middle in zip(seen, middles, strict=True)]
        except Exception:  # noqa: BLE001 - as in tables()
            return []

    def _open(self) -> pdfplumber.PDF:
        if self._book is None:
            logging.getLogger("pdfminer").setLevel(logging.ERROR)
            self._book = pdfplumber.open(BytesIO(self._data))
        return self._book


def has_rulings(page: pdfium.PdfPage) -> bool:
    """Whether lines are drawn that could part two rows and two columns, and not so many that they are a drawing.

    Cheap, so that only pages with tables go to pdfplumber, which takes 0.1 s for one, and minutes for squared paper.
    """
    lines = list(islice(_drawn_lines(page), _MOST_LINES + 1))
    columns = {round((x0 + x1) / 2 / _THIN) for x0, y0, x1, y1 in lines if abs(x1 - x0) <= 1 and abs(y1 - y0) >= _TALL}
    rows = {round((y0 + y1) / 2 / _THIN) for x0, y0, x1, y1 in lines if abs(y1 - y0) <= 1 and abs(x1 - x0) >= _LONG}
    return len(lines) <= _MOST_LINES and len(columns) > 2 and len(rows) > 2 and len(columns) * len(rows) <= _MOST_CELLS


def _drawn_lines(page: pdfium.PdfPage) -> Iterator[Box]:
    """The straight parts of all paths on a page as (x0, y0, x1, y1) in points."""
    matrix, x, y = pdfium_c.FS_MATRIX(), c_float(), c_float()
    for path in page_objects(page, pdfium_c.FPDF_PAGEOBJ_PATH):
        pdfium_c.FPDFPageObj_GetMatrix(path, byref(matrix))
        last: tuple[float, float] | None = None
        for index in range(pdfium_c.FPDFPath_CountSegments(path)):
            segment = pdfium_c.FPDFPath_GetPathSegment(path, index)
            pdfium_c.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
            point = (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
            if last is not None and pdfium_c.FPDFPathSegment_GetType(segment) == pdfium_c.FPDF_SEGMENT_LINETO:
                yield *last, *point
            last = point


def page_objects(page: pdfium.PdfPage, kind: int) -> Iterator[object]:
    """The raw objects of one kind on a page, also those inside forms.

    pypdfium2's own `get_objects` wraps each of the thousands of text objects of a page only to drop them: half the time of a document.
    """
    pending = [(page, 0)]
    while pending:
        holder, depth = pending.pop()
        count, get = _COUNT_AND_GET[depth > 0]
        for index in range(count(holder)):
            thing = get(holder, index)
            found = pdfium_c.FPDFPageObj_GetType(thing)
            if found == kind:
                yield thing
            elif found == pdfium_c.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                pending.append((thing, depth + 1))


def lost_glyphs(page: pdfium.PdfPage) -> list[tuple[float, float]]:
    """Where glyphs stand that pdfium leaves out: a lone one of a font that is not in the file has an empty box and is taken for nothing."""
    left, bottom, right, top = edges = c_float(), c_float(), c_float(), c_float()
    empty = (
        (left.value, bottom.value)
        for thing in page_objects(page, pdfium_c.FPDF_PAGEOBJ_TEXT)
        if pdfium_c.FPDFPageObj_GetBounds(thing, *map(byref, edges)) and right.value <= left.value
    )
    return list(islice(empty, _MOST_LOST))


def with_lost(chars: list[PageChar], every: list[PageChar], lost: list[tuple[float, float]], mend: Callable[[str], str]) -> list[PageChar]:
    """The characters of a page with those of `every` that begin at a place in `lost`, each behind its neighbour on the line."""
    chars = list(chars)
    begun = {round(c.middle[0] - c.width / 2): [] for c in every}
    for char in every:
        begun[round(char.middle[0] - char.width / 2)].append(char)
    for left, bottom in lost:
        near = [c for x in (-1, 0, 1) for c in begun.get(round(left) + x, ()) if c.sign.strip() and abs(c.middle[1] - bottom) <= c.height]
        if not near:
            continue
        char = min(near, key=lambda c: abs(c.middle[1] - bottom))
        line = [n for n, c in enumerate(chars) if c.middle and abs(c.middle[1] - char.middle[1]) <= char.height / 2]
        before = [n for n in line if chars[n].middle[0] < char.middle[0]]
        at = max(before, key=lambda n: chars[n].middle[0]) + 1 if before else min(line, default=len(chars))
        chars.insert(at, PageChar(mend(char.sign), char.middle, char.width, char.height))
    return chars


def page_chars(textpage: pdfium.PdfTextPage, mend: Callable[[str], str]) -> Iterator[PageChar]:
    """The code points of a page in pdfium's order, each put through `mend`."""
    left, right, bottom, top = c_double(), c_double(), c_double(), c_double()
    high = 0
    for index in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = (0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00 if high else 0xFFFD), 0
        made_up = pdfium_c.FPDFText_IsGenerated(textpage, index) == 1
        boxed = not made_up and pdfium_c.FPDFText_GetCharBox(textpage, index, byref(left), byref(right), byref(bottom), byref(top))
        middle = ((left.value + right.value) / 2, (bottom.value + top.value) / 2) if boxed else None
        size = (right.value - left.value, top.value - bottom.value) if boxed else (0.0, 0.0)
        yield PageChar(mend(chr(code)), middle, *size)


def print_page(chars: Iterable[PageChar], tables: Sequence[PageTable | ColumnTable], out: Linear) -> None:
    """Adds a page: text outside the tables as blocks, each table where its first character comes in reading order."""
    texts: list[dict[int, list[str]]] = [{} for _ in tables]
    order: list[list[str] | int] = [[]]  # stretches of text and indexes of tables
    place: tuple[int, int] | None = None
    level: dict[tuple[int, int], float] = {}
    for char in chars:
        came_from = place
        if char.middle is not None:
            place = _place(char.middle, tables, came_from)
        if place is None:
            order[-1].append(char.sign)
            continue
        table, cell = place
        if not texts[table]:
            order.extend((table, []))
        texts[table].setdefault(cell, []).extend((_gap(char, place, came_from, level), char.sign))
    for item in order:
        if isinstance(item, list):
            out.block("".join(item))
        else:
            out.table(_grid(tables[item].cells, texts[item], out))


def _gap(char: PageChar, place: tuple[int, int], came_from: tuple[int, int] | None, level: dict[tuple[int, int], float]) -> str:
    """A line break when the writing comes back to a cell on another line of it."""
    if char.middle is None:
        return ""
    before, level[place] = level.get(place), char.middle[1]
    return "\n" if before is not None and came_from != place and abs(before - char.middle[1]) > _SAME_LINE else ""


def _place(
    middle: tuple[float, float], tables: Sequence[PageTable | ColumnTable], before: tuple[int, int] | None
) -> tuple[int, int] | None:
    """(table, cell) that holds a point; most often the one that held the point before."""
    if before is not None and tables[before[0]].holds(before[1], middle):
        return before
    for number, table in enumerate(tables):
        if (cell := table.cell(middle)) is not None:
            return number, cell
    return None


def _inside(box: Box, point: tuple[float, float]) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _to_plumber(page: Page, middle: tuple[float, float]) -> tuple[float, float]:
    """A point in PDF coordinates (origin below, page not turned) as pdfplumber counts (origin above, page turned)."""
    x, y = middle
    x0, y0, x1, y1 = page.page_obj.mediabox
    turned = {90: (y - y0, x1 - x), 180: (x1 - x, y1 - y), 270: (y1 - y, x - x0)}.get(page.rotation, (x - x0, y - y0))
    return page.mediabox[0] + turned[0], page.mediabox[1] + page.height - turned[1]


def _edges(cells: tuple[Box, ...] | list[Box]) -> tuple[list[float], list[float]]:
    """Left edges of the columns and top edges of the rows."""
    return sorted({cell[0] for cell in cells}), sorted({cell[1] for cell in cells})


def _is_grid(cells: list[Box]) -> bool:
    columns, rows = _edges(cells)
    return len(columns) > 1 and len(rows) > 1


def _grid(cells: tuple[Box, ...], texts: dict[int, list[str]], out: Linear) -> Grid:
    """Each cell at all places between its edges."""
    columns, rows = _edges(cells)
    out.reserve_cells(len(columns) * len(rows))
    grid: Grid = [[None] * len(columns) for _ in rows]
    for index, (left, top, right, bottom) in enumerate(cells):
        slot = Slot("".join(texts.get(index, ())))
        for row in range(bisect_left(rows, top), bisect_left(rows, bottom)):
            for column in range(bisect_left(columns, left), bisect_left(columns, right)):
                grid[row][column] = slot
    return grid
