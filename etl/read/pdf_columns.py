"""Tables in PDF pages without lines between their columns: found from where the glyphs stand, as boxes around the cells.

A table is a stretch of lines of which several fall into pieces that stand apart, one below the other, with figures in some of them.
"""
from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from etl.read.pdf_page import Box, PageChar

_APART = 1.1  # of the height of the type: pieces of a line farther apart than this are cells
_SAME_LINE, _WRAPPED = 0.5, 0.8  # of the height of the type; of the distance between rows
_LEAST_ROWS, _MOST_PIECES = 3, 16
_LONGEST_CELL = 40
_FIGURE = re.compile(r"[≥≤><＞＜〔\[(（±+-]?\d[\d.,]*\s*(?:[%％‰]|[^\d\s]{0,6})[〕\])）]?")
_PROSE = re.compile(r"[。；，,;]$")
# Lines of text that could be rows: a word or more, and figures behind a space.
_ROW_LIKE = re.compile(r"^.*\S {1,}[≥≤><〔\[]?\d[\d.,]*\S{0,4}(?:\s|$)", re.M)


@dataclass(slots=True)
class _Piece:
    left: float
    right: float
    text: str


@dataclass(slots=True)
class _Line:
    """Pieces of one line of the page, its middle in PDF points (upwards), and the height of its type."""

    y: float
    height: float
    pieces: list[_Piece]


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """The boxes of the cells of one table, row by row, with y downwards, and the edges that they are made from."""

    cells: tuple[Box, ...]
    rows: tuple[float, ...]
    columns: tuple[float, ...]

    def cell(self, middle: tuple[float, float]) -> int | None:
        """The index of the cell that holds a point in PDF points."""
        x, y = middle[0], -middle[1]
        row, column = bisect_right(self.rows, y) - 1, bisect_right(self.columns, x) - 1
        inside = 0 <= row < len(self.rows) - 1 and 0 <= column < len(self.columns) - 1
        return row * (len(self.columns) - 1) + column if inside else None

    def holds(self, cell: int, middle: tuple[float, float]) -> bool:
        """Whether that cell holds a point in PDF points."""
        return self.cell(middle) == cell


def may_have_columns(text: str) -> bool:
    """Whether the text of a page has lines that could be rows; cheap, so that only such pages are looked at glyph by glyph."""
    return sum(1 for _ in _ROW_LIKE.finditer(text)) >= _LEAST_ROWS - 1


def column_tables(chars: Sequence[PageChar]) -> list[ColumnTable]:
    """The tables of a page without rulings, from the top down."""
    lines = _lines(chars)
    found, start = [], 0
    while start < len(lines):
        end = _stretch(lines, start)
        rows = [line for line in lines[start:end] if len(line.pieces) > 1]
        if _is_table(rows):
            found.append(_table(lines[start:end], lines[start - 1] if start else None, lines[end] if end < len(lines) else None))
        start = max(end, start + 1)
    return found


def _lines(chars: Sequence[PageChar]) -> list[_Line]:
    """Glyphs to lines from the top down, each cut where it stands apart."""
    glyphs = sorted((c for c in chars if c.middle is not None and not c.sign.isspace()), key=lambda c: -c.middle[1])
    lines: list[list[PageChar]] = []
    for glyph in glyphs:
        if lines and abs(lines[-1][0].middle[1] - glyph.middle[1]) <= _SAME_LINE * max(_size(lines[-1][0]), _size(glyph)):
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    return [_cut(line) for line in lines]


def _size(glyph: PageChar) -> float:
    """The size of the type; the box of a wide glyph may have no height, that of a figure is narrow."""
    return max(glyph.width, glyph.height, 1.0)


def _cut(glyphs: list[PageChar]) -> _Line:
    glyphs.sort(key=lambda c: c.middle[0])
    height = median(_size(c) for c in glyphs)
    pieces: list[_Piece] = []
    for glyph in glyphs:
        left, right = glyph.middle[0] - glyph.width / 2, glyph.middle[0] + glyph.width / 2
        if pieces and left - pieces[-1].right <= _APART * height:
            pieces[-1].right, pieces[-1].text = max(right, pieces[-1].right), pieces[-1].text + glyph.sign
        else:
            pieces.append(_Piece(left, right, glyph.sign))
    return _Line(median(c.middle[1] for c in glyphs), height, pieces)


def _stretch(lines: list[_Line], start: int) -> int:
    """Where the stretch that begins with the row at `start` ends: lines in one piece are of it while they are short and rows follow."""
    if not _row_like(lines[start]):
        return start + 1
    end = start + 1
    for at in range(start + 1, len(lines)):
        line = lines[at]
        near = lines[at - 1].y - line.y <= 4 * max(line.height, lines[at - 1].height)
        if not near or len(line.pieces) == 1 and (len(line.pieces[0].text) > _LONGEST_CELL or _PROSE.search(line.pieces[0].text)):
            break
        if _row_like(line):
            end = at + 1
        elif at - end >= 3:
            break
    while end < len(lines) and len(lines[end].pieces) == 1 and _wraps(lines, start, end):
        end += 1
    return end


def _wraps(lines: list[_Line], start: int, at: int) -> bool:
    """Whether the line behind a stretch is the rest of a cell of its last row: closer to it than rows are, and below one cell."""
    pitch = median([a.y - b.y for a, b in zip(lines[start:at], lines[start + 1 : at], strict=False)] or [0.0])
    piece = lines[at].pieces[0]
    under = [p for p in lines[at - 1].pieces if p.left - 2 <= piece.left <= p.right]
    return bool(under) and lines[at - 1].y - lines[at].y < _WRAPPED * pitch


def _row_like(line: _Line) -> bool:
    texts = [piece.text for piece in line.pieces]
    return 1 < len(texts) <= _MOST_PIECES and all(len(text) <= _LONGEST_CELL and not _PROSE.search(text) for text in texts)


def _is_table(rows: list[_Line]) -> bool:
    """At least three rows, at least two of them with figures that stand alone, in columns that are really apart."""
    figures = sum(any(_FIGURE.fullmatch(piece.text) for piece in line.pieces) for line in rows)
    return len(rows) >= _LEAST_ROWS and figures >= 2 and figures * 2 >= len(rows) - 1 and len(_bands(rows)) > 1


def _bands(rows: list[_Line]) -> list[tuple[float, float]]:
    """The columns: pieces that stand above one another, from left to right."""
    bands: list[list[float]] = []
    for left, right in sorted((piece.left, piece.right) for line in rows for piece in line.pieces):
        if bands and left <= bands[-1][1]:
            bands[-1][1] = max(bands[-1][1], right)
        else:
            bands.append([left, right])
    return [(left, right) for left, right in bands]


def _table(lines: list[_Line], above: _Line | None, below: _Line | None) -> ColumnTable:
    """Boxes that meet halfway between columns and between rows; lines closer than rows are become one row."""
    bands = _bands([line for line in lines if len(line.pieces) > 1])
    columns = [-1e6, *((a[1] + b[0]) / 2 for a, b in zip(bands, bands[1:], strict=False)), 1e6]
    groups = _rows(lines)
    edges = [(upper[-1].y + lower[0].y) / -2 for upper, lower in zip(groups, groups[1:], strict=False)]
    top = -(lines[0].y + (min(above.y - lines[0].y, 2 * lines[0].height) / 2 if above else lines[0].height))
    bottom = -(lines[-1].y - (min(lines[-1].y - below.y, 2 * lines[-1].height) / 2 if below else lines[-1].height))
    rows = [top, *edges, bottom]
    cells = tuple((columns[c], rows[r], columns[c + 1], rows[r + 1]) for r in range(len(groups)) for c in range(len(columns) - 1))
    return ColumnTable(cells, tuple(rows), tuple(columns))


def _rows(lines: list[_Line]) -> list[list[_Line]]:
    """Lines to rows: a line in one piece joins the row nearest to it where cells are wrapped."""
    full = [line.y for line in lines if len(line.pieces) > 1]
    pitch = median([a - b for a, b in zip(full, full[1:], strict=False)] or [0.0])
    groups: list[list[_Line]] = []
    for at, line in enumerate(lines):
        gap = lines[at - 1].y - line.y if at else pitch
        ahead = line.y - lines[at + 1].y if at + 1 < len(lines) else pitch
        alone, after_lone = len(line.pieces) == 1, at > 0 and len(groups[-1]) == 1 and len(lines[at - 1].pieces) == 1
        tail = alone and gap < _WRAPPED * pitch and gap <= ahead
        head = after_lone and not alone and gap < _WRAPPED * pitch
        if groups and (tail or head):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
