"""What readers make of tables that files draw or pack in other ways: PDF columns without lines, Strict Open XML, hidden rows."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

import docx
import openpyxl
import pytest

from etl.model import Document, Plan
from etl.pipeline import extract
from etl.read import read_bytes
from etl.read.pdf_page import PageChar
from etl.read.pdf_tables import with_lost
from tests.fixtures import documents as make
from tests.fixtures.read_checks import check_offsets, grid

HEAD = ["指标", "单位", "2020年", "2025年"]
ROWS = [["食品抽检合格率", "%", "97.5", "99以上"], ["有效注册商标", "万件", "1.2", "2.5"], ["公共服务满意度", "分", "82", "85"]]
LEFT = (72, 230, 330, 430)
WANTED = [
    ("食品抽检合格率", 97.5, "%", 2020),
    ("食品抽检合格率", 99, "%", 2025),
    ("有效注册商标", 12000, "件", 2020),
    ("有效注册商标", 25000, "件", 2025),
    ("公共服务满意度", 82, "分", 2020),
    ("公共服务满意度", 85, "分", 2025),
]


def placed(lines: list[list[str]], top: float, step: float = 22) -> list[tuple[float, float, str]]:
    """The cells of lines at the places where a page shows them."""
    return [(x, top - step * n, cell) for n, line in enumerate(lines) for x, cell in zip(LEFT, line, strict=True) if cell]


def told(document: Document) -> list[tuple[str, float, str, int | None]]:
    rows = extract(document, Plan("x", horizon_end=2025)).rows
    return [(row["indicator"], float(row["value"]), row["unit"], row["year"]) for row in rows if row["value"] is not None]


def test_columns_of_a_pdf_without_lines() -> None:
    texts = [(72, 780, "附表 主要指标"), *placed([HEAD, *ROWS], 750), (72, 640, "到二〇二五年,全市质量工作再上台阶。")]
    document = read_bytes(make.pdf([(texts, [])]), "a.pdf")
    check_offsets(document)
    assert grid(document) == [HEAD, *ROWS]
    assert document.text.startswith("附表 主要指标\n") and document.text.endswith("再上台阶。")
    assert told(document) == WANTED


def test_lines_below_the_heads_alone_do_not_hide_the_columns() -> None:
    rules = [(72, 742, 500, 742), (72, 764, 500, 764)]
    assert told(read_bytes(make.pdf([(placed([HEAD, *ROWS], 750), rules)]), "a.pdf")) == WANTED


def test_a_wrapped_name_is_one_cell() -> None:
    rows = [*placed([HEAD], 750), *placed(ROWS[:1], 728), *placed([["每万人口高价值", "", "", ""]], 706)]
    rows += [(72, 694, "发明专利拥有量"), (230, 700, "件"), (330, 700, "5.2"), (430, 700, "9"), *placed(ROWS[1:], 672)]
    found = told(read_bytes(make.pdf([(rows, [])]), "a.pdf"))
    assert ("每万人口高价值 发明专利拥有量", 9, "件/万人", 2025) in found
    assert len(found) == 8


def test_a_table_goes_on_with_the_head_of_the_page_before() -> None:
    pages = [(placed([HEAD, *ROWS], 120), []), (placed([["产品合格率", "%", "93", "95"], *ROWS[1:]], 780), [])]
    found = told(read_bytes(make.pdf(pages), "a.pdf"))
    assert found[6:8] == [("产品合格率", 93, "%", 2020), ("产品合格率", 95, "%", 2025)]
    assert len(found) == 12


def test_two_columns_of_prose_are_no_table() -> None:
    left, right = "到2025年,建成示范区12个,合格率", "食品抽检合格率达到98%以上,新增"
    texts = [(x, 760 - 20 * n, words) for n in range(6) for x, words in ((60, left), (320, right))]
    assert not read_bytes(make.pdf([(texts, [])]), "a.pdf").tables


def test_glyphs_that_one_library_loses_come_from_the_other() -> None:
    shown = [PageChar(sign, (x, 700.0), 12, 12) for sign, x in (("专", 70.0), ("利", 82.0), ("5", 330.0))]
    every = [*shown, PageChar("件", (236.0, 701.0), 12, 12), PageChar("年", (400.0, 701.0), 12, 12)]
    assert "".join(char.sign for char in with_lost(shown, every, [(230.0, 697.0)], str)) == "专利件5"
    assert with_lost(shown, every, [(500.0, 697.0)], str) == shown


def word_table() -> bytes:
    book = docx.Document()
    table = book.add_table(len(ROWS) + 1, len(HEAD))
    for r, line in enumerate([HEAD, *ROWS]):
        for c, cell in enumerate(line):
            table.cell(r, c).text = cell
    return make.saved(book)


def strict(data: bytes) -> bytes:
    """The same package in the Strict dialect."""
    pattern = re.compile(rb"http://schemas\.openxmlformats\.org/(officeDocument|wordprocessingml|spreadsheetml|drawingml)/2006/")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return make.zipped({name: pattern.sub(rb"http://purl.oclc.org/ooxml/\1/", content) for name, content in members.items()})


def workbook() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for line in [HEAD, *ROWS]:
        book.active.append(line)
    return book


@pytest.mark.parametrize(("name", "data"), [("a.docx", word_table()), ("a.xlsx", make.saved(workbook()))])
def test_strict_open_xml(name: str, data: bytes) -> None:
    assert b"purl.oclc.org" in make.member(strict(data), "_rels/.rels")
    assert told(read_bytes(strict(data), name)) == told(read_bytes(data, name)) == WANTED


def test_a_relation_that_leads_nowhere() -> None:
    data, name = word_table(), "word/_rels/document.xml.rels"
    lost = b'<Relationship Id="rIdN" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="../NULL"/>'
    broken = make.with_member(data, name, make.member(data, name).replace(b"</Relationships>", lost + b"</Relationships>"))
    assert told(read_bytes(broken, "a.docx")) == WANTED


def test_hidden_rows_and_columns_of_a_sheet_say_nothing() -> None:
    book = workbook()
    page = book.active
    page.append(["废弃指标", "个", "1", "77"])
    page.row_dimensions[5].hidden = True
    page["E1"], page["E2"] = "2030年", "100"
    page.column_dimensions["E"].hidden = True
    data = BytesIO()
    book.save(data)
    assert told(read_bytes(data.getvalue(), "a.xlsx")) == WANTED
