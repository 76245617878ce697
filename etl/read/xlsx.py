"""Excel workbooks: each visible sheet is one table, cut to the rows and columns that hold something."""
from __future__ import annotations

import re
import warnings
from bisect import bisect_left, bisect_right
from io import BytesIO

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.worksheet.worksheet import Worksheet

from etl.limits import Limits
from etl.model import Document
from etl.read.archive import check_archive
from etl.read.linear import Grid, Linear, Slot
from etl.read.number_format import shown
from etl.read.package import mended

# Names that programs give; they say nothing, and their figure would have to be explained away as a number.
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.I)
_MAX_HEADER_ROWS = 5


def read_xlsx(data: bytes, name: str, limits: Limits) -> Document:
    """A workbook as a Document: values as displayed, formulas by their stored value; a sheet's given name is a heading before its table."""
    check_archive(data, name, limits)
    out = Linear(name, limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of every extension that it will not write back; nothing is written back here
        book = openpyxl.load_workbook(BytesIO(mended(data)), data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                _sheet(sheet, out)
    finally:
        book.close()
    return out.document("xlsx")


def _sheet(sheet: Worksheet, out: Linear) -> None:
    values = _values(sheet)
    if not values:
        return
    if not _DEFAULT_NAME.fullmatch(sheet.title.strip()):
        out.block(sheet.title, level=1)
    rows, columns = sorted({row for row, _ in values}), sorted({column for _, column in values})
    out.reserve_cells(len(rows) * len(columns))
    slots = {place: Slot(text) for place, text in values.items()}
    _merge(sheet, slots, rows, columns)
    grid: Grid = [[slots.get((row, column)) for column in columns] for row in rows]
    out.table(grid, _header_rows(sheet, rows))


def _values(sheet: Worksheet) -> dict[tuple[int, int], str]:
    """(row, column) from 1 -> text, for cells that show something.

    Goes through the stored cells: iterating by rows would visit, and create, each place of a sheet with one cell in its last corner.
    """
    found = {}
    hidden = {row for row, dimension in sheet.row_dimensions.items() if dimension.hidden}
    columns = _hidden_columns(sheet)
    for place, cell in sheet._cells.items():
        if isinstance(cell, SheetCell) and cell.value is not None and place[0] not in hidden and place[1] not in columns:
            text = shown(cell.value, cell.number_format).strip()
            if text:
                found[place] = text
    return found


def _hidden_columns(sheet: Worksheet) -> set[int]:
    """Numbers of hidden columns; one entry may stand for a run of them."""
    return {
        number
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden and dimension.min and dimension.max
        for number in range(dimension.min, dimension.max + 1)
    }


def _merge(sheet: Worksheet, slots: dict[tuple[int, int], Slot], rows: list[int], columns: list[int]) -> None:
    """Gives the Slot of each merged range to all kept places in it; a range may span millions of places that are not kept."""
    for area in sheet.merged_cells.ranges:
        slot = slots.get((area.min_row, area.min_col))
        if slot is None:
            continue
        for row in _within(rows, area.min_row, area.max_row):
            for column in _within(columns, area.min_col, area.max_col):
                slots[row, column] = slot


def _within(numbers: list[int], first: int, last: int) -> list[int]:
    return numbers[bisect_left(numbers, first):bisect_right(numbers, last)]


def _header_rows(sheet: Worksheet, rows: list[int]) -> int:
    """Rows that the sheet freezes or repeats on each page, if they are few; else 0 for not known."""
    last = sheet.print_title_rows.split(":")[-1].strip("$") if sheet.print_title_rows else ""
    if not last.isdigit() and sheet.freeze_panes:
        frozen = int(re.sub(r"\D", "", sheet.freeze_panes) or 1) - 1
        last = str(frozen)
    count = sum(row <= int(last) for row in rows) if last.isdigit() else 0
    return count if count <= _MAX_HEADER_ROWS else 0
