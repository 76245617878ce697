"""Office files against the schemas of the Open XML SDK, and native charts against the cells that they say they are drawn from."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from docx.enum.shape import WD_INLINE_SHAPE
from lxml import etree
from openpyxl.utils import range_boundaries
from openxml_audit import FileFormat, OpenXmlValidator
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from analytics import export
from analytics.export.series import chart_plan, portions
from analytics.export.view import View
from analytics.store import Store
from tests.office import samples

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
EXTENDED = "{http://schemas.microsoft.com/office/drawing/2012/chart}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
GENERIC = {"application/xml", "application/octet-stream", None}


@pytest.fixture(scope="module")
def views(database: Path) -> dict[str, View]:
    return samples.views(Store(database))


@pytest.fixture(scope="module")
def files(database: Path, views: dict[str, View]) -> dict[str, bytes]:
    """Every kind of view and whole briefings in each Office format, by name with suffix."""
    store = Store(database)
    made = {f"{name}.{fmt}": export.render(view, fmt).data for name, view in views.items() for fmt in ("pptx", "xlsx")}
    for lang, remark in (("zh", "备注"), ("en", "")):
        brief = samples.briefing(store, lang, remark)
        made |= {f"briefing_{lang}.{fmt}": export.render_made(brief, fmt).data for fmt in ("pptx", "docx", "xlsx")}
    return made


NAMES = [f"{name}.{fmt}" for name in samples.CHARTS + samples.TABLES for fmt in ("pptx", "xlsx")]
BRIEFINGS = [f"briefing_{lang}.{fmt}" for lang in ("zh", "en") for fmt in ("pptx", "docx", "xlsx")]
CHARTED = [f"{name}.{fmt}" for name in samples.CHARTS for fmt in ("pptx", "xlsx")] + BRIEFINGS


def complaints(data: bytes, name: str, folder: Path) -> list[str]:
    """What the validator finds in a file."""
    path = folder / name
    path.write_bytes(data)
    found = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=20).validate(str(path)).errors
    return [f"{each.part_uri} {each.path}: {each.description}" for each in found]


@pytest.mark.parametrize("name", NAMES + BRIEFINGS)
def test_files_follow_the_schemas(name: str, files: dict[str, bytes], tmp_path: Path) -> None:
    assert complaints(files[name], name, tmp_path) == []
    for member, data in members(files[name]):
        if member.endswith(".xlsx"):
            assert complaints(data, "embedded.xlsx", tmp_path) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "complaint"),
    [
        ("ppt/charts/chart", b'<c:grouping val="standard"/>', b'<c:grouping val="stand"/>', "stand"),
        ("ppt/charts/chart", b"<c:date1904", b"<c:chart/><c:date1904", "chart"),
        ("ppt/slides/slide1", b'r:id="rId2"', b'r:id="rId99"', "rId99"),
    ],
)
def test_the_validator_sees_what_is_wrong(part: str, old: bytes, new: bytes, complaint: str, files: dict, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members(files["dumbbell.pptx"]):
            archive.writestr(name, data.replace(old, new) if name.startswith(part) else data)
    assert complaint in "\n".join(complaints(target.getvalue(), "damaged.pptx", tmp_path))


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name, archive.read(name)


@pytest.mark.parametrize("name", NAMES + BRIEFINGS)
def test_packages_are_whole(name: str, files: dict[str, bytes]) -> None:
    """No name twice, a type for every part, every part reached by a relation, nothing left of the libraries' empty files."""
    parts = list(members(files[name]))
    names = [part for part, _ in parts]
    assert len(names) == len({part.lower() for part in names})
    types = etree.fromstring(dict(parts)["[Content_Types].xml"])
    own = {node.get("PartName"): node.get("ContentType") for node in types.iterfind("{*}Override")}
    by_suffix = {node.get("Extension").lower(): node.get("ContentType") for node in types.iterfind("{*}Default")}
    reached = {target for part, data in parts if part.endswith(".rels") for target in targets(part, data)}
    for part in set(names) - {"[Content_Types].xml"}:
        kind = own.get(f"/{part}", by_suffix.get(part.rpartition(".")[2].lower()))
        assert kind not in GENERIC or part.startswith("customXml/"), part
        assert part in reached or part.endswith(".rels"), f"nothing leads to {part}"
    assert {part.removeprefix("/") for part in own} <= set(names)
    assert not [part for part in names if "thumbnail" in part or "printerSettings" in part or part.endswith((".png", ".jpeg", ".emf"))]


def targets(part: str, data: bytes) -> Iterator[str]:
    """The parts to which a part of relations leads."""
    base = posixpath.dirname(posixpath.dirname(part))
    for node in etree.fromstring(data).iterfind(f"{RELATIONS}Relationship"):
        if node.get("TargetMode") != "External":
            yield posixpath.normpath(posixpath.join("/", base, node.get("Target"))).lstrip("/")


def charts(data: bytes) -> Iterator[tuple[etree._Element, openpyxl.Workbook]]:
    """Every chart of a file with the workbook whose cells it names: the one inside, or the file itself."""
    parts = dict(members(data))
    for name, content in parts.items():
        if re.search(r"charts/chart\d+\.xml$", name):
            relations = f"{posixpath.dirname(name)}/_rels/{posixpath.basename(name)}.rels"
            sheets = [parts[target] for target in targets(relations, parts[relations])] if relations in parts else [data]
            assert len(sheets) == 1
            yield etree.fromstring(content), openpyxl.load_workbook(io.BytesIO(sheets[0]), data_only=True)


def column(book: openpyxl.Workbook, formula: str) -> list[object]:
    """The values of the cells that a reference names, down one column."""
    sheet, area = formula.rsplit("!", 1)
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    assert left == right
    return [book[sheet.strip("'")].cell(row, left).value for row in range(top, bottom + 1)]


@pytest.mark.parametrize("name", CHARTED)
def test_every_reference_of_a_chart_holds_what_the_chart_shows(name: str, files: dict[str, bytes]) -> None:
    """Names, places, values and lengths of lines: what is cached is what the cells hold, so that a changed cell is a changed chart."""
    found = 0
    for chart, book in charts(files[name]):
        for formula in chart.iter(f"{C}f"):
            cells = column(book, formula.text)
            cache = formula.getparent().find(f"{C}numCache")
            kept = formula.getparent().find(f"{C}strCache") if cache is None else cache
            shown = {int(point.get("idx")): point.findtext(f"{C}v") for point in kept.iterfind(f"{C}pt")}
            assert int(kept.find(f"{C}ptCount").get("val")) == len(cells)
            for at, cell in enumerate(cells):
                same = at not in shown if cell is None else shown[at] == cell if cache is None else float(shown[at]) == pytest.approx(cell)
                assert same, f"{formula.text}: {cell!r} in the sheet, {shown.get(at)!r} in the chart"
            found += len(cells)
        check_labels(chart)
    assert found


def check_labels(chart: etree._Element) -> None:
    """Labels are the values of the cells in a number format with operator and unit, never texts that stay behind."""
    assert not list(chart.iter(f"{EXTENDED}datalabelsRange"))
    for labels in chart.iter(f"{C}dLbls"):
        assert not list(labels.iter(f"{C}tx"))
        assert labels.find(f"{C}showVal").get("val") == "1"
        assert labels.find(f"{C}numFmt").get("sourceLinked") == "0"


@pytest.mark.parametrize("name", samples.CHARTS)
def test_slides_hold_every_place_once_over_one_axis(name: str, files: dict[str, bytes], views: dict[str, View]) -> None:
    shown = [chart for chart, _ in charts(files[f"{name}.pptx"])]
    places = [point.text for chart in shown for point in chart.find(f".//{C}cat").iter(f"{C}v")]
    assert places == list(chart_plan(views[name]).categories)
    axes = {tuple(chart.find(f".//{C}valAx//{C}{end}").get("val") for end in ("min", "max")) for chart in shown}
    assert len(axes) == 1


@pytest.mark.parametrize(("size", "most", "wanted"), [(60, 12, 12), (13, 12, 7), (12, 12, 12), (1, 12, 1)])
def test_portions_are_even_and_whole(size: int, most: int, wanted: int) -> None:
    found = portions(size, most)
    assert [at for start, end in found for at in range(start, end)] == list(range(size))
    assert max(end - start for start, end in found) == wanted


def test_a_range_is_joined_and_a_benchmark_is_not(files: dict[str, bytes]) -> None:
    """The line of a range reaches from its lower to its upper end; in a workbook high-low lines join no benchmark."""
    (chart, _), *_ = charts(files["range.pptx"])
    bars = next(chart.iter(f"{C}errBars"))
    assert [float(point.text) for point in bars.find(f"{C}plus").iter(f"{C}v")] == [2, 0, 0, 0]
    (sheet, _), *_ = charts(files["range.xlsx"])
    joined, apart = sheet.iter(f"{C}lineChart")
    assert joined.find(f"{C}hiLowLines") is not None
    assert apart.find(f"{C}hiLowLines") is None


def test_another_definition_is_a_series_of_its_own_and_pale(files: dict[str, bytes]) -> None:
    (chart, _), *_ = charts(files["unlike.pptx"])
    names = [series.findtext(f"{C}tx//{C}v") for series in chart.iter(f"{C}ser")]
    pale = [bool(list(series.iter("{*}alpha"))) for series in chart.iter(f"{C}ser")]
    assert ["口径不同" in name for name in names] == pale
    assert True in pale


@pytest.mark.parametrize("name", ["briefing_zh", "briefing_en"])
def test_charts_of_briefings_are_no_pictures(name: str, files: dict[str, bytes]) -> None:
    deck = Presentation(io.BytesIO(files[f"{name}.pptx"]))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert sum(shape.has_chart for shape in shapes) == 4
    assert not [shape for shape in shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    paper = Document(io.BytesIO(files[f"{name}.docx"]))
    assert len(paper.inline_shapes) == len([part for part in paper.part.package.iter_parts() if "chart+xml" in part.content_type]) == 4
    assert {shape.type for shape in paper.inline_shapes} == {WD_INLINE_SHAPE.CHART}
