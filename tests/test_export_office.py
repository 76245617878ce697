"""Office files as another program opens them: LibreOffice where it is installed, the libraries and the order of elements everywhere."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from docx import Document
from lxml import etree
from pptx import Presentation

from analytics import export
from analytics.store import Store
from tests.setup_browser import write_font_config

# What the schema of ECMA-376 wants in this order, among the elements that are inserted by hand.
ORDER = {
    "lineChart": "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst".split(),
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook".split(),
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark".split(),
    "rPr": "ln noFill solidFill gradFill blipFill pattFill grpFill effectLst effectDag highlight uLnTx uLn uFillTx uFill "
    "latin ea cs sym".split(),
    "inline": "extent effectExtent docPr cNvGraphicFramePr graphic".split(),
}
ORDER["defRPr"] = ORDER["endParaRPr"] = ORDER["rPr"]
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


@pytest.fixture(scope="module")
def files(database: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One briefing with every kind of view in each Office format."""
    items = [
        export.Item("compare", {"metric": "product.industrial_spot_check_pass_rate"}, remark="备注"),
        export.Item("compare", {"metric": "ip.registered_trademarks", "chart": "dumbbell"}),
        export.Item("compare", {"metric": "ip.registered_trademarks", "chart": "bars"}),
        export.Item("domain", {"domain": "food"}),
        export.Item("findings"),
    ]
    made = export.build(Store(database), export.Briefing(items=tuple(items)))
    folder = tmp_path_factory.mktemp("office")
    for fmt in ("pptx", "docx", "xlsx"):
        (folder / f"{fmt}_file.{fmt}").write_bytes(export.render_made(made, fmt).data)
    return {fmt: folder / f"{fmt}_file.{fmt}" for fmt in ("pptx", "docx", "xlsx")}


@pytest.mark.parametrize("fmt", ["pptx", "docx", "xlsx"])
def test_parts_are_whole_and_in_order(files: dict[str, Path], fmt: str) -> None:
    with zipfile.ZipFile(files[fmt]) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        for name in names:
            if name.endswith((".xml", ".rels")):
                check_part(etree.fromstring(archive.read(name)), name, set(names))


def check_part(root: etree._Element, name: str, names: set[str]) -> None:
    """Children stand in the order of the schema; relations lead to parts that are there; ids of shapes are unique."""
    for node in root.iter(etree.Element):
        tag = etree.QName(node)
        if tag.localname in ORDER and (tag.localname not in ("rPr", "defRPr", "endParaRPr") or tag.namespace == DRAWING):
            places = [
                ORDER[tag.localname].index(etree.QName(child).localname)
                for child in node
                if etree.QName(child).localname in ORDER[tag.localname]
            ]
            assert places == sorted(places), f"{name}: {tag.localname} holds {[etree.QName(child).localname for child in node]}"
        if tag.localname == "Relationship" and node.get("TargetMode") != "External":
            owner = Path(name).parent.parent
            target = node.get("Target")
            path = target.lstrip("/") if target.startswith("/") else os.path.normpath(owner / target)
            assert path in names, f"{name} points to {target}"
    ids = [node.get("id") for node in root.iter("{*}cNvPr", "{*}docPr")]
    assert len(ids) == len(set(ids))


def test_embedded_workbooks_open(files: dict[str, Path]) -> None:
    found = 0
    for fmt in ("pptx", "docx"):
        with zipfile.ZipFile(files[fmt]) as archive:
            for name in archive.namelist():
                if name.endswith(".xlsx"):
                    assert openpyxl.load_workbook(io.BytesIO(archive.read(name))).sheetnames[0] == "Sheet1"
                    found += 1
    assert found == 6


def test_files_open_in_libreoffice_or_in_their_libraries(files: dict[str, Path], tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    slides = len(Presentation(str(files["pptx"])).slides)
    assert len(Document(str(files["docx"])).tables) == 5
    assert len(openpyxl.load_workbook(files["xlsx"]).sheetnames) == 12
    if soffice:
        environment = {**os.environ, "FONTCONFIG_FILE": str(write_font_config(tmp_path / "fonts")), "HOME": str(tmp_path)}
        command = [soffice, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, files.values())]
        subprocess.run(command, env=environment, capture_output=True, timeout=110, check=True)
        deck = pypdfium2.PdfDocument(tmp_path / "pptx_file.pdf")
        assert len(deck) == slides
        for fmt in files:
            words = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(tmp_path / f"{fmt}_file.pdf"))
            assert re.search(r"≥\s*93\.5\s*%", words), f"{fmt}: the label of a mark is not drawn"
