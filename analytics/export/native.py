"""Charts that Office itself draws and that stay editable, made once for slides and documents.

Marks stand over a category axis of places (a line chart without lines): category names, value labels and axes are Office's own, so that a
changed cell moves the mark and its label in PowerPoint, WPS and LibreOffice alike. The sheet inside is made by workbook.embedded.
"""

from __future__ import annotations

from lxml import etree
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml.ns import qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.util import Pt

from analytics.export.common import plain, settings
from analytics.export.plots import colours_of
from analytics.export.series import Plan, Series, chart_plan
from analytics.export.view import View
from analytics.export.workbook import embedded

MARKERS = {
    "triangle": XL_MARKER_STYLE.TRIANGLE,
    "circle": XL_MARKER_STYLE.CIRCLE,
    "diamond": XL_MARKER_STYLE.DIAMOND,
    "square": XL_MARKER_STYLE.SQUARE,
    "long_dash": XL_MARKER_STYLE.DASH,
}
RUNS = tuple(qn(f"a:{name}") for name in ("defRPr", "rPr", "endParaRPr"))
BEHIND = tuple(qn(f"a:{name}") for name in ("cs", "sym", "hlinkClick", "hlinkMouseOver", "rtl", "extLst"))


def add_chart(shapes, view: View, box: tuple[int, int, int, int], size: float = 12) -> GraphicFrame:
    """A native chart of a dot plot, bars or a dumbbell in a slide's shapes; box: left, top, width, height in EMU; size in points."""
    plan = chart_plan(view)
    kind = XL_CHART_TYPE.BAR_CLUSTERED if plan.kind == "bars" else XL_CHART_TYPE.LINE_MARKERS
    content = CategoryChartData()
    content.categories = plan.categories
    for series in plan.series:
        content.add_series(series.name, series.values)
    frame = shapes.add_chart(kind, *box, content)
    style(frame.chart, plan, view, size)
    frame.chart.part.chart_workbook.update_from_xlsx_blob(embedded(view, plan))
    describe(frame, view)
    return frame


def describe(frame: GraphicFrame, view: View) -> None:
    """Alternative text: the title and every value."""
    words = "; ".join(f"{row['place']} {row['label']}" for row in view.frame.to_dict("records"))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"{view.title} {words}")[:2000])


def style(chart: Chart, plan: Plan, view: View, size: float) -> None:
    """Axes, marks, labels, fonts."""
    colours = settings().colours
    chart.font.size, chart.font.color.rgb = Pt(size), rgb(colours["text"])
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    values, places = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = plan.least, plan.most, plan.unit
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = plan.axis_format, False
    values.major_gridlines.format.line.color.rgb = rgb(colours["grid"])
    values.format.line.fill.background()
    places.format.line.color.rgb = rgb(colours["grid"])
    places.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
    places.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    place = colours_of(view)
    inks = [place[name] for name in view.frame["place"]]
    for drawn, series in zip(chart.plots[0].series, plan.series, strict=True):
        (style_bars if plan.kind == "bars" else style_marks)(drawn, series, inks)
    if plan.kind == "bars":
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
        places.reverse_order = True
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    elif plan.kind == "dumbbell" or any(series.shape == "long_dash" for series in plan.series):
        add_connectors(chart, colours["others"])
    chinese(chart._chartSpace)


def style_marks(drawn, series: Series, inks: list[str]) -> None:
    """Marks in the colours of their places, no line between places; a benchmark is a dashed line without marks."""
    colours = settings().colours
    drawn.smooth = False
    if series.role == "line":
        drawn.marker.style = XL_MARKER_STYLE.NONE
        drawn.format.line.color.rgb, drawn.format.line.width, drawn.format.line.dash_style = (
            rgb(colours["line"]),
            Pt(1.5),
            MSO_LINE_DASH_STYLE.DASH,
        )
        return
    drawn.format.line.fill.background()
    drawn.marker.style, drawn.marker.size = MARKERS[series.shape], 12 if series.role == "mark" else 9
    paint(drawn.marker.format, colours["pale"] if series.hollow else colours["accent"], colours["accent"])
    for at, value in enumerate(series.values):
        if value is not None:
            paint(drawn.points[at].marker.format, colours["pale"] if series.hollow else inks[at], inks[at])
    labels(drawn, series, XL_LABEL_POSITION.RIGHT)


def style_bars(drawn, series: Series, inks: list[str]) -> None:
    """Bars in the colours of their places."""
    paint(drawn.format, settings().colours["accent"], settings().colours["accent"])
    for at, value in enumerate(series.values):
        if value is not None:
            paint(drawn.points[at].format, settings().colours["pale"] if series.hollow else inks[at], inks[at])
    labels(drawn, series, XL_LABEL_POSITION.OUTSIDE_END)


def labels(drawn, series: Series, position) -> None:
    """The value of every point with operator and unit, as a number format: it follows the cell."""
    found = drawn.data_labels
    found.show_value, found.position = True, position
    found.number_format, found.number_format_is_linked = series.number_format, False
    found.font.bold = series.role == "mark"


def paint(form, fill: str, line: str) -> None:
    """Fill and outline of a mark or bar."""
    form.fill.solid()
    form.fill.fore_color.rgb = rgb(fill)
    form.line.color.rgb = rgb(line)


def add_connectors(chart: Chart, colour: str) -> None:
    """Lines between the lowest and the highest mark of each place: what makes a dumbbell of two marks."""
    plot = chart._chartSpace.find(".//" + qn("c:lineChart"))
    lines = etree.fromstring(
        f'<c:hiLowLines xmlns:c="{plot.nsmap["c"]}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<c:spPr><a:ln w="22225"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:ln></c:spPr></c:hiLowLines>'
    )
    behind = next(
        plot.find(qn(f"c:{name}")) for name in ("upDownBars", "marker", "smooth", "axId") if plot.find(qn(f"c:{name}")) is not None
    )
    behind.addprevious(lines)


def rgb(colour: str) -> RGBColor:
    """#RRGGBB as python-pptx wants it."""
    return RGBColor.from_string(colour[1:].upper())


def chinese(element) -> None:
    """Latin and East Asian typeface on every run property below an element: without the second, Chinese
    falls back to whatever the machine has."""
    fonts = settings().fonts
    for run in element.iter(*RUNS):
        for tag in ("latin", "ea"):
            for old in run.findall(qn(f"a:{tag}")):
                run.remove(old)
        at = next((position for position, child in enumerate(run) if child.tag in BEHIND), len(run))
        for offset, (tag, face) in enumerate((("latin", fonts["latin"]), ("ea", fonts["east_asian"]))):
            child = etree.SubElement(run, qn(f"a:{tag}"))
            child.set("typeface", face)
            run.insert(at + offset, child)
