"""Charts that Office itself draws and that stay editable, made once for slides and documents.

Marks stand over a category axis of places (a line chart without lines): category names, value labels and axes are Office's own, so that a
changed cell moves the mark and its label in PowerPoint, WPS and LibreOffice alike. What joins the marks of a dumbbell or a range are error
bars, whose lengths the sheet computes: LibreOffice draws no high-low lines. The sheet inside is made by workbook.embedded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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
from analytics.export.series import Plan, Series, chart_plan, portions
from analytics.export.view import View
from analytics.export.workbook import cells, embedded, join_column
from analytics.frames import as_dicts

MARKERS = {
    "triangle": XL_MARKER_STYLE.TRIANGLE,
    "circle": XL_MARKER_STYLE.CIRCLE,
    "diamond": XL_MARKER_STYLE.DIAMOND,
    "square": XL_MARKER_STYLE.SQUARE,
    "long_dash": XL_MARKER_STYLE.DASH,
}
RUNS = tuple(qn(f"a:{name}") for name in ("defRPr", "rPr", "endParaRPr"))
# More places than this stand too close for labels beside their marks.
ROOMY = 8
OPACITY = "45000"
BEHIND = tuple(qn(f"a:{name}") for name in ("cs", "sym", "hlinkClick", "hlinkMouseOver", "rtl", "extLst"))


def parts(view: View, dots: int, bars: int) -> Iterator[tuple[View, Plan]]:
    """The charts of a view with at most so many places each, all over the same axis."""
    plan = chart_plan(view)
    for start, end in portions(len(view.frame), bars if plan.kind == "bars" else dots):
        yield replace(view, frame=view.frame.iloc[start:end]), plan.part(start, end)


def add_chart(shapes, view: View, plan: Plan, box: tuple[int, int, int, int], size: float = 12) -> GraphicFrame:
    """A native chart of a dot plot, bars or a dumbbell in a slide's shapes; box: left, top, width, height in EMU; size in points."""
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
    words = "; ".join(f"{row['place']} {row['label']}" for row in as_dicts(view.frame))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(f"{view.title} {words}")[:2000])


def style(chart: Chart, plan: Plan, view: View, size: float) -> None:
    """Axes, marks, labels, fonts."""
    colours = settings().colours
    chart.font.size, chart.font.color.rgb = Pt(size), rgb(colours["text"])
    chart.has_title = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    roomy = len(plan.categories) <= ROOMY
    small = Pt(size if roomy else size - 2)
    values, places = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = plan.least, plan.most, plan.unit
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = plan.axis_format, False
    values.major_gridlines.format.line.color.rgb = rgb(colours["grid"])
    values.format.line.fill.background()
    places.format.line.color.rgb = rgb(colours["grid"])
    places.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
    places.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    places.tick_labels.font.size = small
    upright(places)
    place = colours_of(view)
    inks = [place[name] for name in view.frame["place"]]
    for drawn, series in zip(chart.plots[0].series, plan.series, strict=True):
        if plan.kind == "bars":
            style_bars(drawn, series, inks, small)
        else:
            style_marks(drawn, series, inks, small, roomy)
    if plan.kind == "bars":
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100
        places.reverse_order = True
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
    for number, at in enumerate(plan.carriers()):
        add_connectors(chart.plots[0].series[at]._element, plan, at, number)
    renumber_axes(chart)
    no_frame(chart)
    chinese(chart._chartSpace)


def style_marks(drawn, series: Series, inks: list[str], size: Pt, roomy: bool) -> None:
    """Marks in the colours of their places, grey in the legend, no line between places; a benchmark is a dashed line without marks."""
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
    wide = 9 if series.role == "baseline" else 12
    drawn.marker.style, drawn.marker.size = MARKERS[series.shape], wide
    paint(drawn.marker.format, colours["pale"] if series.hollow else colours["quiet"], colours["quiet"], series.faded)
    for at, value in enumerate(series.values):
        if value is not None:
            marker = drawn.points[at].marker
            # LibreOffice takes a mark's own colour only with a size of its own.
            marker.style, marker.size = MARKERS[series.shape], wide - 1
            paint(marker.format, colours["pale"] if series.hollow else inks[at], inks[at], series.faded)
    close = XL_LABEL_POSITION.BELOW if series.role == "baseline" else XL_LABEL_POSITION.ABOVE
    labels(drawn, series, size, XL_LABEL_POSITION.RIGHT if roomy else close)


def upright(axis) -> None:
    """Names of places in lines below one another, never slanted."""
    form = axis._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}")
    form.set("rot", "0")
    form.set("vert", "horz")


def style_bars(drawn, series: Series, inks: list[str], size: Pt) -> None:
    """Bars in the colours of their places, grey in the legend."""
    colours = settings().colours
    paint(drawn.format, colours["pale"] if series.hollow else colours["quiet"], colours["quiet"], series.faded)
    for at, value in enumerate(series.values):
        if value is not None:
            paint(drawn.points[at].format, colours["pale"] if series.hollow else inks[at], inks[at], series.faded)
    labels(drawn, series, size, XL_LABEL_POSITION.OUTSIDE_END)


def labels(drawn, series: Series, size: Pt, position: XL_LABEL_POSITION) -> None:
    """The value of every point with operator and unit, as a number format: it follows the cell."""
    found = drawn.data_labels
    found.show_value, found.position = True, position
    found.number_format, found.number_format_is_linked = series.number_format, False
    found.font.size, found.font.bold = size, series.role != "baseline"


def paint(form, fill: str, line: str, faded: bool) -> None:
    """Fill and outline of a mark or bar; what is faded lets the ground through."""
    form.fill.solid()
    form.fill.fore_color.rgb = rgb(fill)
    form.line.color.rgb = rgb(line)
    if faded:
        for colour in form._element.find(qn("c:spPr")).iter(qn("a:srgbClr")):
            etree.SubElement(colour, qn("a:alpha")).set("val", OPACITY)


def add_connectors(drawn, plan: Plan, at: int, number: int) -> None:
    """Lines from each mark of a series to the other ends at its place: what makes a dumbbell of two marks."""
    bars = etree.SubElement(drawn, qn("c:errBars"))
    for name, value in (("errDir", "y"), ("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "1")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", value)
    for side, name in enumerate(("plus", "minus")):
        reference = etree.SubElement(etree.SubElement(bars, qn(f"c:{name}")), qn("c:numRef"))
        etree.SubElement(reference, qn("c:f")).text = cells(join_column(plan, number, side), len(plan.categories))
        cache = etree.SubElement(reference, qn("c:numCache"))
        etree.SubElement(cache, qn("c:formatCode")).text = "General"
        etree.SubElement(cache, qn("c:ptCount")).set("val", str(len(plan.categories)))
        for row in range(len(plan.categories)):
            point = etree.SubElement(cache, qn("c:pt"), idx=str(row))
            etree.SubElement(point, qn("c:v")).text = repr(plan.reach(at, row)[side])
    line = etree.SubElement(etree.SubElement(bars, qn("c:spPr")), qn("a:ln"), w="22225")
    etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr")).set("val", settings().colours["others"][1:])
    drawn.find(qn("c:cat")).addprevious(bars)


def renumber_axes(chart: Chart) -> None:
    """Numbers of axes from 1: the template of a bar chart has negative ones, which the schema forbids."""
    nodes = [*chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx"))]
    new = {old: str(at) for at, old in enumerate(dict.fromkeys(node.get("val") for node in nodes), 1)}
    for node in nodes:
        node.set("val", new[node.get("val")])


def no_frame(chart: Chart) -> None:
    """No ground and no border of the chart's own, which Word and LibreOffice draw otherwise."""
    space = chart._chartSpace
    form = etree.Element(qn("c:spPr"))
    etree.SubElement(form, qn("a:noFill"))
    etree.SubElement(etree.SubElement(form, qn("a:ln")), qn("a:noFill"))
    space.find(qn("c:chart")).addnext(form)


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
