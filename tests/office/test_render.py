"""Office files as LibreOffice draws them, page by page: no empty page, nothing cut off or over the footnote, every value with its operator,
marks in the colours of their places. `make office` installs LibreOffice and asks for these tests; `make test` leaves them out, they take a
minute."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from pptx import Presentation

from analytics import export
from analytics.export.common import settings
from analytics.export.plots import colours_of
from analytics.export.pptx import HIGH, TOP_OF_FOOT
from analytics.export.series import factor_of
from analytics.export.view import View
from analytics.store import Store
from tests.office import samples
from tests.setup_browser import write_font_config

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(
    SOFFICE is None or not os.environ.get("CITYTARGETS_OFFICE"), reason="`make office` installs LibreOffice and runs these"
)
SLIDES = ("dot", "dot_en", "bars", "dumbbell", "unlike", "range", "many_dots", "matrix", "statements", "findings", "cascade")
BRIEFINGS = tuple(f"briefing_{lang}_{fmt}" for lang in ("zh", "en") for fmt in ("pptx", "docx", "xlsx"))
# Points by which a box of text may pass a border: accents and commas hang over.
SLACK = 3.0
NEAR = 12


@pytest.fixture(scope="module")
def views(database: Path) -> dict[str, View]:
    return samples.views(Store(database))


def convert(paths: list[Path], kind: str, folder: Path) -> None:
    """Let LibreOffice write each file in another format into a folder; its settings and fonts are a folder of its own."""
    environment = {**os.environ, "FONTCONFIG_FILE": str(write_font_config(folder / "fonts")), "HOME": str(folder)}
    command = [SOFFICE, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, paths)]
    subprocess.run(command, env=environment, capture_output=True, timeout=110, check=True)


@pytest.fixture(scope="module")
def drawn(database: Path, views: dict[str, View], tmp_path_factory: pytest.TempPathFactory) -> dict[str, pypdfium2.PdfDocument]:
    """Every file as LibreOffice prints it."""
    folder = tmp_path_factory.mktemp("office")
    files = {f"{name}_pptx": export.render(views[name], "pptx").data for name in SLIDES}
    for lang, remark in (("zh", "备注"), ("en", "")):
        made = samples.briefing(Store(database), lang, remark)
        files |= {f"briefing_{lang}_{fmt}": export.render_made(made, fmt).data for fmt in ("pptx", "docx", "xlsx")}
    paths = [folder / f"{name}.{name.rpartition('_')[2]}" for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    convert(paths, "pdf", folder)
    return {name: pypdfium2.PdfDocument(folder / f"{name}.pdf") for name in files}




def words(page: pypdfium2.PdfPage) -> str:
    """The text of a page without spaces, compatibility characters as their plain ones."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", page.get_textpage().get_text_range()))


def told(text: str) -> str:
    """A text as `words` shows it."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def boxes(page: pypdfium2.PdfPage) -> Iterator[tuple[float, float, float, float]]:
    """(left, bottom, right, top) of each piece of text, in points from the lower left corner."""
    found = page.get_textpage()
    for at in range(found.count_rects()):
        yield found.get_rect(at)


def near(image, colour: str) -> int:
    """How many pixels of a picture have a colour, give or take NEAR."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return sum(count for count, pixel in image.getcolors(1 << 24) if all(abs(a - b) <= NEAR for a, b in zip(pixel, wanted, strict=True)))


@pytest.mark.parametrize("name", [*(f"{name}_pptx" for name in SLIDES), *BRIEFINGS])
def test_no_page_is_empty_and_no_text_leaves_its_page(name: str, drawn: dict[str, pypdfium2.PdfDocument]) -> None:
    for page in drawn[name]:
        width, height = page.get_size()
        assert words(page)
        for left, bottom, right, top in boxes(page):
            assert -SLACK <= left <= right <= width + SLACK
            assert -SLACK <= bottom <= top <= height + SLACK


@pytest.mark.parametrize("name", SLIDES)
def test_a_slide_is_a_page_with_title_subtitle_and_free_footnote(name: str, drawn, views: dict[str, View]) -> None:
    deck, view = drawn[f"{name}_pptx"], views[name]
    slides = Presentation(io.BytesIO(export.render(view, "pptx").data)).slides
    assert len(deck) == len(slides)
    for page in deck:
        shown = words(page)
        assert told(view.title) in shown
        assert told(view.subtitle) in shown
        assert view.version in shown
        border = (HIGH - TOP_OF_FOOT) / 12700
        assert not [box for box in boxes(page) if box[1] + SLACK < border < box[3] - SLACK], "text stands over the footnote"


@pytest.mark.parametrize("name", ["dot", "dot_en", "bars", "dumbbell", "unlike", "range", "many_dots"])
def test_every_value_is_drawn_with_its_operator_and_place(name: str, drawn, views: dict[str, View]) -> None:
    shown = "".join(words(page) for page in drawn[f"{name}_pptx"]).replace(",", "")
    for row in views[name].frame.to_dict("records"):
        factor = factor_of(views[name])
        number = f"{Decimal(row['value_exact']) / factor:f}" + ("万" if factor > 1 else "")
        sign = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}.get(row["comparator"], "")
        assert told(f"{sign}{number}") in shown
        assert told(f"{row['place']}").replace(",", "") in shown


@pytest.mark.parametrize("name", ["dot", "bars", "dumbbell"])
def test_marks_have_the_colours_of_their_places(name: str, drawn, views: dict[str, View]) -> None:
    image = drawn[f"{name}_pptx"][0].render(scale=1.5).to_pil().convert("RGB")
    colours = colours_of(views[name])
    assert all(near(image, colours[place]) > 40 for place in views[name].frame["place"])
    if name == "dumbbell":
        assert near(image, settings().colours["pale"]) > 20, "no mark for the baseline"
        assert near(image, settings().colours["others"]) > 20, "no line from the mark to the baseline"


@pytest.mark.parametrize("fmt", ["pptx", "docx", "xlsx"])
def test_briefings_print_whole(fmt: str, drawn) -> None:
    for lang, title in (("zh", "质量目标对比"), ("en", "Quality targets")):
        pages = drawn[f"briefing_{lang}_{fmt}"]
        shown = "".join(words(page) for page in pages)
        assert told(title) in shown
        assert "≥93.5%" in shown
        assert "日照市" in shown
        assert len(pages) <= {"pptx": 24, "docx": 20, "xlsx": 24}[fmt], "a sheet or a table takes more pages than it needs"


def test_a_changed_number_moves_its_line(views: dict[str, View], tmp_path: Path) -> None:
    """LibreOffice computes the cells from which a dumbbell takes the lengths of its lines."""
    slide = Presentation(io.BytesIO(export.render(views["dumbbell"], "pptx").data)).slides[0]
    blob = next(shape for shape in slide.shapes if shape.has_chart).chart.part.chart_workbook.xlsx_part.blob
    book = openpyxl.load_workbook(io.BytesIO(blob))
    sheet = book["Sheet1"]
    row = next(cell.row for (cell,) in sheet["C2:C3"] if cell.value is not None)
    sheet.cell(row, 2).value = sheet.cell(row, 3).value + 5000
    book.save(tmp_path / "changed.xlsx")
    convert([tmp_path / "changed.xlsx"], "csv", tmp_path)
    with open(tmp_path / "changed.csv", encoding="utf-8") as lines:
        cells = list(csv.reader(lines))[row - 1]
    assert [float(cell) for cell in cells[3:5]] == [0, 5000]
