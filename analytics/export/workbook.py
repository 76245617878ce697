"""XLSX: one view or a whole briefing, with native charts that follow their cells; and the small workbooks inside slides and documents.

Text is never read as a formula or a link, cells that begin like one are neutralised, dates inside the files are fixed. The only formulas
are those of embedded workbooks for the lines between two marks.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from analytics.export import fonts
from analytics.export.common import EPOCH_DATETIME, PRODUCER, plain, refuse, repack, safe_cell, settings, text, word
from analytics.export.plots import colours_of
from analytics.export.series import Plan, chart_plan, subtitle
from analytics.export.tables import BOLD, full_columns, matrix_text, sheet_value
from analytics.export.view import CHARTS, View

# Widths in characters of columns that hold long text.
WIDE = {"sentence": 60, "section": 40, "title": 40, "indicator": 32, "metric": 30, "finding": 70, "facets": 28, "document": 34}
SHEET = "Sheet1"  # of embedded workbooks; python-pptx writes it into the references of a chart
A4 = 9
# Above so many places a chart grows by so many pixels for each (pixels of one place across and down).
ROOMY, ACROSS, DOWN = 8, 56, 30
# Widths of other columns, in characters, and of a character in points.
NARROW, PLACE, SERIES, OTHER, CHARACTER = 14, 26, 24, 8.43, 5.25
ACROSS_PAGE = 120  # characters of the text above a table
TEXT, TITLE = 10, 14
TOP = 5  # rows above a table: title, subtitle, filters, notes, version


class Book:
    """An open workbook and the formats that its sheets share."""

    def __init__(self, title: str) -> None:
        self.target = io.BytesIO()
        self.file = xlsxwriter.Workbook(
            self.target,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self.file.set_properties({"title": plain(title), "author": PRODUCER, "company": "", "created": EPOCH_DATETIME})
        base = {"font_name": settings().fonts["east_asian"], "font_size": TEXT, "valign": "top"}
        colour = settings().colours
        self.formats = {
            "plain": self.file.add_format(base),
            "wrap": self.file.add_format({**base, "text_wrap": True}),
            "head": self.file.add_format({**base, "bold": True, "bottom": 1, "bg_color": "#EEF2F5", "text_wrap": True}),
            "title": self.file.add_format({**base, "bold": True, "font_size": TITLE, "text_wrap": True}),
            "quiet": self.file.add_format({**base, "font_color": colour["quiet"], "text_wrap": True}),
        }
        self.names: set[str] = set()

    def sheet(self, name: str) -> Worksheet:
        """A new sheet; names that Excel refuses or that are taken are changed."""
        clean = "".join(" " if each in "[]:*?/\\'" else each for each in plain(name))[:28].strip() or "sheet"
        unique = next(each for each in (clean, *(f"{clean}{at}" for at in range(2, 999))) if each.lower() not in self.names)
        self.names.add(unique.lower())
        sheet = self.file.add_worksheet(unique)
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        return sheet

    def bytes(self) -> bytes:
        """The finished file."""
        self.file.close()
        return repack(self.target.getvalue())


def write(sheet: Worksheet, row: int, column: int, value: object, form: object = None) -> None:
    """One cell: numbers as numbers, everything else as safe text."""
    if value is None:
        sheet.write_blank(row, column, None, form)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, form)
    else:
        sheet.write_string(row, column, str(safe_cell(plain(value))), form)


def view_workbook(view: View) -> bytes:
    """The chart with the numbers that it is drawn from, all rows with their sentences, definitions and sources."""
    book = Book(view.title)
    add_view(book, view, view.say("deck.chart"), view.say("deck.data"))
    add_list(book, view.say("deck.definitions"), [view.definitions] if view.definitions else [], view.lang)
    add_sources(book, [view], view.lang)
    return book.bytes()


def add_view(book: Book, view: View, chart_name: str, data_name: str) -> None:
    """The sheets of one view: its chart or matrix, and its data."""
    refuse("sheet_rows", len(view.frame))
    if view.kind in CHARTS and len(view.frame):
        sheet = book.sheet(chart_name)
        sheet.fit_to_pages(1, 1)
        plan = chart_plan(view)
        widths = [PLACE, *[SERIES] * len(plan.series), *[OTHER] * 12]
        add_chart(book, sheet, view, plan, around(book, sheet, replace(view, subtitle=subtitle(view, plan)), widths))
    elif view.kind == "matrix":
        add_matrix(book, book.sheet(chart_name), view)
    sheet = book.sheet(data_name)
    columns = full_columns(view)
    top = around(book, sheet, view, [WIDE.get(name, NARROW) for name in view.columns])
    for at, name in enumerate(columns):
        write(sheet, top, at, word("column", name, view.lang), book.formats["head"])
        sheet.set_column(at, at, WIDE.get(name, NARROW))
    widths, shown = [WIDE.get(name, NARROW) for name in columns], len(view.columns)
    for at, row in enumerate(view.frame[columns].itertuples(index=False, name=None), top + 1):
        values = [sheet_value(name, value) for name, value in zip(columns, row, strict=True)]
        sheet.set_row(at, row_height(values, widths[:shown]))
        for column, value in enumerate(values):
            write(sheet, at, column, value, book.formats["wrap" if column < shown else "plain"])
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    # On paper the columns of the table; the others, down to the last id, are for the screen.
    sheet.print_area(0, 0, top + max(len(view.frame), 1), len(view.columns) - 1)
    sheet.autofilter(top, 0, top + max(len(view.frame), 1), len(columns) - 1)


def around(book: Book, sheet: Worksheet, view: View, widths: Sequence[float]) -> int:
    """Title, subtitle, filters, notes, version above a table, across columns of these widths; the row of its head."""
    last = next((at for at in range(len(widths)) if sum(widths[: at + 1]) >= ACROSS_PAGE), len(widths) - 1)
    room = sum(widths[: last + 1]) * CHARACTER
    said = [view.subtitle, *view.footer(), *([view.say("deck.remark", text=view.remark)] if view.remark else []), *view.sentences]
    lines = [view.title, *(line for line in said if line)]
    for at, line in enumerate(lines):
        size = TEXT if at else TITLE
        sheet.set_row(at, (1.5 * size) * max(1, len(fonts.wrap(plain(line), size * BOLD, room))))
        form = book.formats["quiet" if at else "title"]
        if last:
            sheet.merge_range(at, 0, at, last, "", form)
        write(sheet, at, 0, line, form)
    return max(TOP, len(lines) + 1)


def row_height(values: Sequence[object], widths: Sequence[float]) -> float:
    """The height of a row whose first cells wrap, in points: a Chinese character takes two places. Not all programs find it themselves."""
    places = [len(value.encode("gbk", "replace")) if isinstance(value, str) else 0 for value in values]
    lines = max(math.ceil(1.1 * count / (width - 1)) for count, width in zip(places, widths, strict=False))
    return min(409.0, 1.4 * TEXT * max(1, lines) + 1)


def add_matrix(book: Book, sheet: Worksheet, view: View) -> None:
    """Metrics down, places across, values as the plans write them."""
    heads, rows = matrix_text(view)
    widths = [34, *[24] * (len(heads) - 1)]
    top = around(book, sheet, view, widths)
    for at, (name, width) in enumerate(zip(heads, widths, strict=True)):
        sheet.set_column(at, at, width)
        write(sheet, top, at, name, book.formats["head"])
    for at, row in enumerate(rows, top + 1):
        sheet.set_row(at, row_height(row, widths))
        for column, words in enumerate(row):
            write(sheet, at, column, words, book.formats["wrap"])


def add_chart(book: Book, sheet: Worksheet, view: View, plan: Plan, top: int) -> None:
    """The numbers of the chart and the chart beside them."""
    write_plan(book, sheet, plan, top)
    last, places = top + len(plan.categories), len(plan.categories)
    chart = book.file.add_chart({"type": "bar"} if plan.kind == "bars" else {"type": "line"})
    # High-low lines join all series of one group: what they must not reach stands in a second group over the same axes.
    others = book.file.add_chart({"type": "line"})
    colours, east = settings().colours, settings().fonts["east_asian"]
    place = colours_of(view)
    font = {"name": east, "size": 10, "color": colours["text"]}
    for at, series in enumerate(plan.series, 1):
        points = [{"fill": {"color": place[name]}, "border": {"color": place[name]}} for name in view.frame["place"]]
        (others if 0 < plan.joined < at else chart).add_series(
            {
                "name": [sheet.name, top, at],
                "categories": [sheet.name, top + 1, 0, last, 0],
                "values": [sheet.name, top + 1, at, last, at],
                **look(plan, series, points, font),
            }
        )
    value_axis = {
        "num_format": plan.axis_format,
        "num_font": font,
        "min": plan.least,
        "max": plan.most,
        "major_unit": plan.unit,
        "major_gridlines": {"visible": True, "line": {"color": colours["grid"]}},
        "line": {"none": True},
    }
    place_axis = {"num_font": font, "line": {"color": colours["grid"]}, **({"reverse": True} if plan.kind == "bars" else {})}
    # The axes of a bar chart lie crosswise: its x axis holds the values.
    chart.set_x_axis({**value_axis, "label_position": "high"} if plan.kind == "bars" else place_axis)
    chart.set_y_axis(place_axis if plan.kind == "bars" else value_axis)
    if plan.joined:
        chart.set_high_low_lines({"line": {"color": colours["others"], "width": 1.5}})
    if others.series:
        chart.combine(others)
    chart.set_title({"name": plain(view.title), "name_font": {"name": east, "size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": font})
    more = max(0, places - ROOMY)
    across, down = (0, DOWN) if plan.kind == "bars" else (ACROSS, 0)
    chart.set_size({"width": 860 + more * across, "height": 460 + more * down})
    sheet.insert_chart(last + 2, 0, chart, {"description": plain(view.title)})


def look(plan: Plan, series, points: list[dict], font: dict) -> dict:
    """Marks, labels and lines of a series in XlsxWriter's terms."""
    colours = settings().colours
    if series.faded:
        points = [{**point, "fill": {**point["fill"], "transparency": 55}} for point in points]
    if plan.kind == "bars":
        return {
            "fill": {"color": colours["pale" if series.hollow else "quiet"]},
            "border": {"color": colours["quiet"]},
            "points": [{**point, "fill": {"color": colours["pale"]}} for point in points] if series.hollow else points,
            "overlap": 100,
            "gap": 60,
            "data_labels": {"value": True, "num_format": series.number_format, "font": font, "position": "outside_end"},
        }
    if series.role == "line":
        return {"line": {"color": colours["line"], "width": 1.25, "dash_type": "dash"}, "marker": {"type": "none"}}
    fill = {"color": colours["pale" if series.hollow else "quiet"]}
    marked = [{"border": point["border"], "fill": fill if series.hollow else point["fill"]} for point in points]
    return {
        "line": {"none": True},
        "marker": {
            "type": series.shape,
            "size": 8 if series.role == "baseline" else 11,
            "fill": fill,
            "border": {"color": colours["quiet"], "width": 2},
        },
        "points": marked,
        "data_labels": {
            "value": True,
            "num_format": series.number_format,
            "font": font,
            "position": "right" if len(plan.categories) <= ROOMY else "above",
        },
    }


def join_column(plan: Plan, number: int, side: int) -> int:
    """The column of embedded sheets with the lengths of the lines up (side 0) or down (1) from the marks of a carrier by its number."""
    return len(plan.series) + 1 + 2 * number + side


def cells(column: int, rows: int) -> str:
    """The reference of a column of an embedded sheet below its head."""
    return f"{SHEET}!{xl_rowcol_to_cell(1, column, True, True)}:{xl_rowcol_to_cell(rows, column, True, True)}"


def write_joins(book: Book, sheet: Worksheet, plan: Plan, lang: str) -> None:
    """How far the lines between marks reach, computed from the marks, so that a changed number moves its line."""
    for number, at in enumerate(plan.carriers()):
        for side, (code, function, sign) in enumerate((("join_up", "MAX", 1), ("join_down", "MIN", -1))):
            column = join_column(plan, number, side)
            write(sheet, 0, column, text(f"deck.{code}", lang, name=plan.series[at].name), book.formats["head"])
            for row in range(1, len(plan.categories) + 1):
                own = xl_rowcol_to_cell(row, at + 1)
                ends = f"{function}({xl_rowcol_to_cell(row, 1)}:{xl_rowcol_to_cell(row, plan.joined)})"
                length = f"{ends}-{own}" if sign > 0 else f"{own}-{ends}"
                formula = f'=IF({own}="",0,{length})'
                sheet.write_formula(row, column, formula, book.formats["quiet"], plan.reach(at, row - 1)[side])


def write_plan(book: Book, sheet: Worksheet, plan: Plan, top: int) -> None:
    """Places down, series across."""
    sheet.set_column(0, 0, PLACE)
    sheet.set_column(1, len(plan.series), SERIES)
    write(sheet, top, 0, "", book.formats["head"])
    for at, series in enumerate(plan.series, 1):
        write(sheet, top, at, series.name, book.formats["head"])
    for row, name in enumerate(plan.categories, 1):
        write(sheet, top + row, 0, name, book.formats["plain"])
        for at, series in enumerate(plan.series, 1):
            if series.values[row - 1] is not None:
                write(sheet, top + row, at, series.values[row - 1], book.formats["plain"])


def embedded(view: View, plan: Plan) -> bytes:
    """The workbook behind a chart on a slide: its numbers from A1 on, the statements on a second sheet."""
    book = Book(view.title)
    sheet = book.sheet(SHEET)
    write_plan(book, sheet, plan, 0)
    write_joins(book, sheet, plan, view.lang)
    sheet = book.sheet(view.say("deck.sources"))
    columns = [*view.columns, "sentence", "indicator_id"]
    for at, name in enumerate(columns):
        write(sheet, 0, at, word("column", name, view.lang), book.formats["head"])
    for row, cells in enumerate(view.frame[columns].itertuples(index=False, name=None), 1):
        for at, (name, value) in enumerate(zip(columns, cells, strict=True)):
            write(sheet, row, at, sheet_value(name, value), book.formats["plain"])
    return book.bytes()


def add_list(book: Book, name: str, groups: Sequence[Sequence[str]], lang: str) -> None:
    """Definitions, each once."""
    sheet = book.sheet(name)
    sheet.set_column(0, 0, 110)
    write(sheet, 0, 0, text("column.definition", lang), book.formats["head"])
    for at, line in enumerate(dict.fromkeys(line for group in groups for line in group), 1):
        sheet.set_row(at, row_height([line], [110]))
        write(sheet, at, 0, line, book.formats["wrap"])


def add_sources(book: Book, views: Sequence[View], lang: str) -> None:
    """Every citation with document, section, page, sentence and the statement's id."""
    sheet = book.sheet(text("deck.sources", lang))
    heads = [
        ("cite", 6),
        ("place", 14),
        ("title", 30),
        ("issuer", 26),
        ("section", 26),
        ("page", 6),
        ("sentence", 60),
        ("indicator_id", 20),
    ]
    for at, (name, width) in enumerate(heads):
        sheet.set_column(at, at, width)
        write(sheet, 0, at, word("column", name, lang), book.formats["head"])
    found = {source.number: source for view in views for source in view.sources}
    for row, number in enumerate(sorted(found), 1):
        source = found[number]
        cells = [f"[{number}]", source.place, source.title, source.about, source.section, source.page, source.sentence, source.indicator_id]
        sheet.set_row(row, row_height(cells, [width for _, width in heads]))
        for at, value in enumerate(cells):
            write(sheet, row, at, value, book.formats["wrap"])
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)


def briefing_workbook(title: str, views: Sequence[View], lang: str) -> bytes:
    """Contents, the sheets of every view, definitions, sources."""
    book = Book(title)
    contents = book.sheet(text("deck.contents", lang))
    contents.set_column(0, 0, 100)
    write(contents, 0, 0, title, book.formats["title"])
    for at, view in enumerate(views, 1):
        write(contents, at + 1, 0, f"{at}. {view.title}", book.formats["plain"])
        add_view(book, view, f"{text('deck.chart', lang)}{at}", f"{text('deck.data', lang)}{at}")
    add_list(book, text("deck.definitions", lang), [view.definitions for view in views], lang)
    add_sources(book, views, lang)
    return book.bytes()
