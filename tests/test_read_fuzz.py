"""Any bytes under any name: a Document whose offsets hold, or a ReadError; nothing else, and no hang."""
from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.read import ReadError, read_bytes
from tests.fixtures import documents as make
from tests.fixtures.read_checks import check_offsets

NAMES = ["a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a.xlsx", "a.doc", "a", "-", "", "质量.2025", "a.\ud800"]
WORKBOOK = openpyxl.Workbook()
WORKBOOK.active.append(["指标", "2025年"])
WORKBOOK.active.append(["合格率", 0.935])
WORKBOOK.active.append(["新增", None])
WORKBOOK.active.merge_cells("A2:A3")
CELLS = "".join(f"<w:tc><w:tcPr><w:gridSpan w:val='2'/><w:vMerge/></w:tcPr>{make.paragraph(text)}</w:tc>" for text in ("指标", "93%"))
ROW = f"<w:tr>{CELLS}</w:tr>"
HEADING = make.paragraph("一、目标", '<w:pStyle w:val="Heading1"/>')
VALID = {
    "a.docx": make.docx_of(HEADING, f"<w:tbl>{ROW}{ROW}</w:tbl>", make.paragraph("合格率95%。")),
    "a.xlsx": make.saved(WORKBOOK),
    "a.pdf": make.pdf([make.ruled_table(), ([(60, 700, "合格率95%。")], [])]),
    "a.html": ("<html><head><meta charset=gbk></head><body><h1>方案</h1><p>合格率<b>95%</b></p><table>"
               "<tr><th rowspan=2>指标</th><td colspan=2>1</td></tr><tr><td>2</td><td>3</td></tr></table>"
               "<ul><li>一</li></ul></body></html>").encode("gbk"),
    "a.txt": "一、目标\r\n合格率达到95%以上。".encode("gb18030"),
}
# The parts of Office files that the readers look into; chance hardly ever hits a sensible place in the packed file.
PARTS = {
    "a.docx": ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels", "[Content_Types].xml", "_rels/.rels"],
    "a.xlsx": ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"],
}
# (where, as a share of the length; how many bytes go; what comes in their place)
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1), st.integers(0, 40),
        st.one_of(st.binary(max_size=8), st.sampled_from([b"999999999", b"-1", b"<", b"/>", b"\0", b"\xff"])),
    ),
    min_size=1, max_size=6,
)
FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    for share, gone, come in edits:
        place = int(share * len(data))
        data = data[:place] + come + data[place + gone:]
    return data


def check_read(data: bytes, name: str) -> None:
    try:
        document = read_bytes(data, name)
    except ReadError as error:
        assert error.name == name and error.reason in str(error) and error.step in str(error)
    else:
        check_offsets(document)


@FEW
@given(data=st.binary(max_size=300), name=st.sampled_from(NAMES))
def test_arbitrary_bytes(data: bytes, name: str) -> None:
    check_read(data, name)


@FEW
@given(data=st.binary(max_size=200), name=st.sampled_from(NAMES), start=st.sampled_from([
    b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff",
    b"<?xml version='1.0' encoding='utf-16'?>"]))
def test_arbitrary_bytes_behind_a_known_start(data: bytes, name: str, start: bytes) -> None:
    check_read(start + data, name)


@FEW
@given(
    text=st.text(max_size=200), name=st.sampled_from(["a.txt", "a.html", "-"]),
    codec=st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-le"]))
def test_arbitrary_text(text: str, name: str, codec: str) -> None:
    check_read(text.encode(codec, "ignore"), name)


@FEW
@given(markup=st.lists(st.sampled_from(
    "<table> <tr> <td> <td\u00a0rowspan=3> <td\u00a0colspan=9> <th> </td> </tr> </table> <h1> </h1> <p> </p> <br> <a\u00a0href=x> </a> "
    "<nav> </nav> <sup>2</sup> 95% 家\n企 <thead> <caption> <li> <script> </script> <!-- --> &#0; <svg> <p\u00a0hidden> <body> </body> "
    "<form> ⁅3⁆".split(" ")), max_size=40))
def test_arbitrary_markup(markup: list[str]) -> None:
    check_read("".join(markup).replace("\u00a0", " ").encode(), "a.html")


@pytest.mark.parametrize("name", VALID)
@FEW
@given(edits=EDITS)
def test_damaged_files(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    check_read(edited(VALID[name], edits), name)


@pytest.mark.parametrize(("name", "part"), [(name, part) for name, parts in PARTS.items() for part in parts])
@settings(FEW, max_examples=25)
@given(edits=EDITS)
def test_damaged_parts(name: str, part: str, edits: list[tuple[float, int, bytes]]) -> None:
    with zipfile.ZipFile(io.BytesIO(VALID[name])) as archive:
        content = archive.read(part)
    check_read(make.with_member(VALID[name], part, edited(content, edits)), name)


@pytest.mark.parametrize(("opening", "closing"), [
    ("<div>", "</div>"), ("<table><tr><td>", "</td></tr></table>"), ("<ul><li>", ""), ("<b>", "</b>"),
])
def test_deep_pages(opening: str, closing: str) -> None:
    check_read((opening * 3000 + "<p>合格率95%</p>" + closing * 3000).encode(), "a.html")


@pytest.mark.parametrize(("opening", "closing"), [
    ("<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"), ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
    ("<w:p><w:r><w:pict><v:textbox><w:txbxContent>", "</w:txbxContent></v:textbox></w:pict></w:r></w:p>"),
])
@pytest.mark.parametrize("depth", [30, 80, 2000])
def test_deep_word_documents(opening: str, closing: str, depth: int) -> None:
    body = opening * depth + make.paragraph("合格率95%") + closing * depth
    document = make.member(VALID["a.docx"], "word/document.xml").decode().replace("<w:sectPr", f"{body}<w:sectPr", 1)
    check_read(make.with_member(VALID["a.docx"], "word/document.xml", document.encode()), "a.docx")
