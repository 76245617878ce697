"""Every format of every kind of view, made from the real database and read back with another program's eyes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pypdfium2
import pytest
from docx import Document
from lxml import etree
from pptx import Presentation

from analytics import export
from analytics.export import fonts, tables, workbook
from analytics.export.common import FORMULA, safe_cell, safe_name, settings
from analytics.export.view import View
from analytics.store import Store
from tests.synthetic import write_rows

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
RUNS = {f"{A}defRPr", f"{A}rPr", f"{A}endParaRPr"}
MAKERS: dict[str, Callable[[Store], View]] = {
    "dot": lambda store: export.compare_view(store, "product.industrial_spot_check_pass_rate"),
    "dot_en": lambda store: export.compare_view(store, "product.industrial_spot_check_pass_rate", lang="en"),
    "dumbbell": lambda store: export.compare_view(store, "ip.registered_trademarks", chart="dumbbell"),
    "bars": lambda store: export.compare_view(store, "ip.registered_trademarks", chart="bars"),
    "per_capita": lambda store: export.compare_view(store, "ip.registered_trademarks", chart="bars", measure="per"),
    "matrix": lambda store: export.domain_view(store, "food"),
    "statements": lambda store: export.statements_view(store, {"place": ["泉州市"]}),
    "findings": lambda store: export.findings_view(store),
    "cascade": lambda store: export.cascade_view(store, lang="en"),
}
CHARTS = ("dot", "dot_en", "dumbbell", "bars", "per_capita")


@pytest.fixture(scope="session")
def views(database: Path) -> dict[str, View]:
    store = Store(database)
    return {name: make(store) for name, make in MAKERS.items()}


@pytest.fixture(params=list(MAKERS))
def view(request: pytest.FixtureRequest, views: dict[str, View]) -> View:
    return views[request.param]


@pytest.fixture(params=CHARTS)
def chart_view(request: pytest.FixtureRequest, views: dict[str, View]) -> View:
    return views[request.param]


@pytest.mark.parametrize("fmt", export.FORMATS)
@pytest.mark.parametrize("name", ["dumbbell", "matrix"])
def test_the_same_view_gives_the_same_bytes(name: str, fmt: str, views: dict[str, View]) -> None:
    first, second = export.render(views[name], fmt), export.render(views[name], fmt)
    assert first.data == second.data
    assert first.file_name.endswith(f".{fmt}")


def test_csv_holds_the_plotted_rows_and_what_defends_them(view: View) -> None:
    frame = pd.read_csv(io.BytesIO(export.render(view, "csv").data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert len(frame) == len(view.frame)
    assert set(frame["data_version"]) == {view.version}
    assert set(frame["chart"]) == {view.title}
    for name in ("label", "indicator_id", "sentence"):
        if name in view.frame:
            assert list(frame[name]) == ["" if pd.isna(value) else safe_cell(str(value)) for value in view.frame[name]]


def test_parquet_is_the_csv_with_types_and_citations(view: View) -> None:
    table = pq.read_table(io.BytesIO(export.render(view, "parquet").data))
    about = json.loads(table.schema.metadata[b"citytargets"])
    assert table.column_names == list(tables.data(view))
    assert table.num_rows == len(view.frame)
    assert about["data_version"] == view.version
    assert len(about["sources"]) == len(view.sources)


def test_workbook_has_a_native_chart_over_its_own_cells(chart_view: View) -> None:
    data = export.render(chart_view, "xlsx").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        assert len(charts) == 1
        formulas = {node.text for node in etree.fromstring(archive.read(charts[0])).iter(f"{C}f")}
    book = openpyxl.load_workbook(io.BytesIO(data))
    shown = {
        float(cell.value) for formula in formulas for row in cells_of(book, formula) for cell in row if isinstance(cell.value, int | float)
    }
    assert len(shown) >= chart_view.frame["plotted"].nunique()


def cells_of(book: openpyxl.Workbook, formula: str) -> tuple:
    sheet, area = formula.rsplit("!", 1)
    found = book[sheet.strip("'")][area.replace("$", "")]
    return found if isinstance(found, tuple) else ((found,),)


def test_no_cell_of_a_workbook_is_a_formula(view: View) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export.render(view, "xlsx").data))
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not (isinstance(cell.value, str) and FORMULA.match(cell.value))


def test_slide_has_a_native_chart_and_no_picture(chart_view: View) -> None:
    slide = Presentation(io.BytesIO(export.render(chart_view, "pptx").data)).slides[0]
    charts = [shape for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 1
    assert not [shape for shape in slide.shapes if shape.shape_type == 13]
    chart = charts[0].chart
    formats = {label.get("formatCode") for label in chart._chartSpace.iter(f"{C}numFmt")}
    for row in chart_view.frame.to_dict("records"):
        sign = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}.get(row["comparator"], "")
        assert any(f'"{sign}' in code or sign in code for code in formats)
    assert slide.shapes.title.text_frame.text == chart_view.title


def test_slide_chart_is_driven_by_its_sheet(chart_view: View) -> None:
    chart = chart_of(export.render(chart_view, "pptx").data)
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [cell.value for cell in book["Sheet1"]["A"][1:]] == list(chart.plots[0].categories)
    for series in chart.plots[0].series:
        formula = series._element.find(f"{C}val/{C}numRef/{C}f").text
        assert [cell.value for (cell,) in cells_of(book, formula)] == [
            None if value is None else pytest.approx(value) for value in series.values
        ]
        name = series._element.find(f"{C}tx/{C}strRef/{C}f").text
        assert cells_of(book, name)[0][0].value == series.name


def chart_of(data: bytes):
    return next(shape.chart for slide in Presentation(io.BytesIO(data)).slides for shape in slide.shapes if shape.has_chart)


def test_slides_name_a_chinese_typeface_on_every_run_and_the_sentences_in_the_notes(view: View) -> None:
    data = export.render(view, "pptx").data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"ppt/(slides/slide|charts/chart|notesSlides/notesSlide)\d+\.xml", name):
                runs = [node for node in etree.fromstring(archive.read(name)).iter() if node.tag in RUNS]
                assert all(run.find(f"{A}ea") is not None for run in runs)
    notes = Presentation(io.BytesIO(data)).slides[0].notes_slide.notes_text_frame.text
    assert view.version in notes
    assert all(source.sentence in notes for source in view.sources)


def test_dumbbell_joins_its_marks(views: dict[str, View]) -> None:
    """The line from each mark ends at the baseline; the sheet computes its length."""
    chart = chart_of(export.render(views["dumbbell"], "pptx").data)
    marks, baselines = (list(series.values) for series in chart.plots[0].series)
    reach = marks_reach(chart)
    assert any(baseline is not None for baseline in baselines)
    for at, (mark, baseline) in enumerate(zip(marks, baselines, strict=True)):
        wanted = 0 if baseline is None else mark - baseline
        assert (reach["minus"][at], reach["plus"][at]) == (max(wanted, 0), max(-wanted, 0))
    blob = chart.part.chart_workbook.xlsx_part.blob
    assert all(cell.data_type == "f" for (cell,) in openpyxl.load_workbook(io.BytesIO(blob))["Sheet1"]["D2:D3"])


def marks_reach(chart) -> dict[str, list[float]]:
    """How far the lines of the first series go, as the chart holds it."""
    bars = chart.plots[0].series[0]._element.find(f"{C}errBars")
    return {side: [float(node.text) for node in bars.iterfind(f"{C}{side}//{C}v")] for side in ("plus", "minus")}


@pytest.mark.parametrize("name", ["dot_en", "matrix", "findings"])
def test_pictures_lack_no_glyph(name: str, views: dict[str, View]) -> None:
    view = views[name]
    svg = export.render(view, "svg").data.decode()
    root = etree.fromstring(svg.encode())
    assert not list(root.iter("{*}text")), "text as text depends on the fonts of the machine"
    assert not fonts.missing("".join(node.get("aria-label", "") for node in root.iter("{*}g")))
    assert view.version in root.findtext("{*}desc")
    png = export.render(view, "png").data
    assert int.from_bytes(png[16:20], "big") == 2 * float(root.get("width"))


def test_pdf_embeds_the_glyphs_of_its_text(views: dict[str, View]) -> None:
    view = views["dumbbell"]
    document = pypdfium2.PdfDocument(export.render(view, "pdf").data)
    words = document[0].get_textpage().get_text_range()
    assert "有效注册商标" in words
    assert all(label in words for label in view.frame["label"])
    bitmap = document[0].render(scale=1).to_numpy()
    assert (bitmap < 128).any()


def test_page_asks_for_nothing_and_shows_sentences(page, views: dict[str, View], tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(export.render(views["dot"], "html").data)
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto(path.as_uri())
    first = views["dot"].frame.iloc[0]
    mark = page.locator(f'.m[data-id="{first["indicator_id"]}"]')
    mark.focus()
    assert first["sentence"] in page.locator("#tip").inner_text()
    page.locator(f'button[data-highlight="{first["place"]}"]').click()
    assert page.locator(".m.dim").count() == len(views["dot"].frame) - 1
    page.locator("summary").click()
    page.locator("th button").nth(1).click()
    assert page.locator("tbody tr td:nth-child(2)").all_inner_texts() == sorted(
        views["dot"].frame["label"], key=lambda label: float(re.sub(r"[^\d.]", "", label))
    )
    assert not problems
    assert all(url.startswith(("file:", "data:")) for url in asked)


def test_page_shows_markup_as_text(views: dict[str, View]) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    frame = views["dot"].frame.assign(place=hostile, sentence=hostile)
    body = export.render(View(**{**vars(views["dot"]), "frame": frame, "title": hostile, "places": ()}), "html").data.decode()
    assert "<img" not in body
    assert "&lt;img" in body


def test_a_scaled_column_says_what_it_counts_in(tmp_path: Path) -> None:
    """Numbers of a sheet in 万件 stand under 万件, in the head of their column and in the line above."""
    plans = [{"plan_id": name, "place": f"{name}市"} for name in "甲乙"]
    rows = [
        {"plan_id": name, "metric_id": "ip.registered_trademarks", "value": value, "unit": "件", "flow": "stock"}
        for name, value in (("甲", 65000), ("乙", 300000))
    ]
    view = export.compare_view(Store(write_rows(tmp_path / "x.duckdb", plans, rows)), "ip.registered_trademarks")
    sheet = openpyxl.load_workbook(io.BytesIO(export.render(view, "xlsx").data)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {6.5, 30} <= {cell for cell in cells if isinstance(cell, int | float)}
    heads = [cell for cell in cells if isinstance(cell, str) and "（万件）" in cell]
    assert heads and any(str(cell).startswith("单位：万件") for cell in cells)
    assert not any(str(cell).startswith("单位：件") for cell in cells)


ADDRESS = "见 https://evil.example/x www.evil.example a@evil.example [k](http://evil.example)"


@pytest.mark.parametrize("fmt", ["html", "docx", "pptx", "xlsx"])
def test_no_text_becomes_a_way_out_of_a_file(fmt: str, views: dict[str, View]) -> None:
    view = views["dot"]
    frame = view.frame.assign(place=ADDRESS, sentence=ADDRESS, title=ADDRESS)
    sources = tuple(replace(source, title=ADDRESS, sentence=ADDRESS) for source in view.sources)
    item = replace(view, frame=frame, title=ADDRESS, remark=ADDRESS, filters=ADDRESS, notes=(ADDRESS,), sources=sources, places=())
    made = export.Made(ADDRESS, ADDRESS, "zh", (item,), (ADDRESS,), (ADDRESS,))
    data = export.render_made(made, fmt).data
    if fmt == "html":
        assert set(re.findall(rb'(?:href|src|action)="([^"]*)"', data)) <= {f"#source-{one.number}".encode() for one in sources}
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert not [name for name, part in parts.items() if b'TargetMode="External"' in part]
    assert not [name for name, part in parts.items() if re.search(rb'HYPERLINK\s*[("]|hlinkClick', part)]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " =", "\t=", "\r=", "＝", "＠"])
def test_cells_that_begin_like_formulas_are_neutralised(begin: str, views: dict[str, View]) -> None:
    frame = views["findings"].frame.assign(finding=begin + "cmd|' /C calc'!A0")
    view = View(**{**vars(views["findings"]), "frame": frame, "title": begin + "HYPERLINK(1)"})
    table = pd.read_csv(io.BytesIO(export.render(view, "csv").data), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert all(value.startswith("'") for name in ("finding", "chart") for value in table[name])
    book = openpyxl.load_workbook(io.BytesIO(workbook.view_workbook(view)))
    assert not [
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and FORMULA.match(cell.value)
    ]


@pytest.mark.parametrize("value", ["-1.5", "+3", "-0", "12", "≥98%", ""])
def test_numbers_and_plain_text_are_left_alone(value: str) -> None:
    assert safe_cell(value) == value


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("食品/抽检:合格率", "食品_抽检_合格率"),
        ("../../etc/passwd", "etc_passwd"),
        ("con", "con_"),
        ("...", "export"),
        ("a\x00b\nc", "ab_c"),
    ],
)
def test_file_names_are_safe(title: str, name: str) -> None:
    assert safe_name(title) == name


def test_file_names_are_short() -> None:
    assert len(safe_name("合格率" * 200).encode()) <= 120


def test_text_that_xml_cannot_hold_is_left_out(views: dict[str, View]) -> None:
    view = View(**{**vars(views["dot"]), "title": "a\x0b\x00\ud800b", "remark": "\x1f"})
    for fmt in ("pptx", "xlsx", "svg", "html"):
        assert export.render(view, fmt).data
    assert Presentation(io.BytesIO(export.render(view, "pptx").data)).slides[0].shapes.title.text_frame.text == "ab"


@pytest.mark.parametrize(
    ("limit", "name", "fmt"),
    [("rows", "statements", "csv"), ("marks", "dot", "svg"), ("cells", "matrix", "png"), ("sheet_rows", "dot", "xlsx")],
)
def test_a_selection_beyond_a_limit_is_refused(
    limit: str, name: str, fmt: str, views: dict[str, View], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settings().limits, limit, 1)
    with pytest.raises(export.TooLarge, match=f"limits.{limit} in export.toml"):
        export.render(views[name], fmt)


def test_an_unknown_format_is_refused(views: dict[str, View]) -> None:
    with pytest.raises(export.ExportError, match="'doc'.*pptx"):
        export.render(views["dot"], "doc")


def test_package_is_whole_and_makes_the_same_database(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = export.package(Store(database), tmp_path)
    assert {path.name: path.read_bytes() for path in export.package(Store(database), tmp_path)} == {
        path.name: path.read_bytes() for path in paths
    }
    descriptor = json.loads((tmp_path / "datapackage.json").read_text())
    assert {entry["path"] for entry in descriptor["resources"]} == {
        str(path.relative_to(tmp_path)) for path in paths if path.parent != tmp_path
    }
    monkeypatch.chdir(tmp_path)
    rebuilt = duckdb.connect(str(tmp_path / "again.duckdb"))
    rebuilt.execute((tmp_path / "rebuild.sql").read_text())
    rebuilt.execute(f"ATTACH '{database}' AS old (READ_ONLY)")
    for entry in descriptor["resources"]:
        if entry["type"] == "table":
            check_table(rebuilt, entry, tmp_path)


def check_table(rebuilt: duckdb.DuckDBPyConnection, entry: dict, folder: Path) -> None:
    """The CSV has the rows that it should; a table of the database is the same in the rebuilt one, comments included."""
    name, columns = entry["name"], [field["name"] for field in entry["schema"]["fields"]]
    frame = pd.read_csv(folder / entry["path"], dtype=str, keep_default_na=False)
    assert list(frame) == columns
    assert len(frame) == rebuilt.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    assert all(field.get("description") for field in entry["schema"]["fields"])
    if rebuilt.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'old' AND table_name = ?", [name]).fetchone():
        assert rebuilt.execute(f'SELECT count(*) FROM (FROM old."{name}" EXCEPT ALL FROM "{name}")').fetchone() == (0,)


def test_document_is_in_official_style(database: Path) -> None:
    made = export.build(Store(database), export.Briefing(items=tuple(ITEMS)))
    paper = Document(io.BytesIO(export.render_made(made, "docx").data))
    heads = [(line.style.name, line.text) for line in paper.paragraphs if line.style.name.startswith("Heading")]
    assert [text[:2] for style, text in heads if style == "Heading 1"] == ["一、", "二、", "三、", "四、"]
    assert [text[:3] for style, text in heads if style == "Heading 2"] == ["（一）", "（二）", "（三）"]
    charts = [part for part in paper.part.package.iter_parts() if "drawingml.chart+xml" in part.content_type]
    assert len(charts) == 2
    assert all(len(part.rels) == 1 for part in charts)
    assert len(paper.tables) == len(made.views)
    everything = "\n".join(line.text for line in paper.paragraphs)
    numbers = {int(found) for found in re.findall(r"\[(\d+)\]", everything)}
    assert numbers == set(range(1, max(numbers) + 1))


ITEMS = (
    export.Item("compare", {"metric": "product.industrial_spot_check_pass_rate"}, remark="备注"),
    export.Item("compare", {"metric": "有效注册商标", "chart": "dumbbell"}),
    export.Item("domain", {"domain": "food"}),
)
