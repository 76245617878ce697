"""The readers: what a document of each type comes to, and what is refused."""
from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from etl.limits import LIMITS_FILE
from etl.read import ReadError, load_limits, read, read_bytes
from tests.fixtures import documents as make
from tests.fixtures.read_checks import grid, refusal

PLANS = sorted((Path(__file__).parents[1] / "data" / "plans").glob("*.txt"))
SENTENCE = "到2025年,产品质量监督抽查合格率达到93.5%以上。"


# --- text -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_a_plan_is_read_as_it_stands(path: Path) -> None:
    document = read(path)
    assert (document.text, document.format, document.name) == (path.read_bytes().decode("utf-8"), "txt", path.name)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_gives_the_same_text(path: Path, codec: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert read_bytes(text.encode(codec), "plan.txt").text == text


@pytest.mark.parametrize("codec", ["gb18030", "utf-16-le", "utf-16-be", "utf-8"])
@pytest.mark.parametrize(
    "text", ["合格率93%", "质量", "質量強市,達到95%以上。", "①≥98%;②ISO9001——“双随机”", "Ⅲ类水体100%\n" * 3, "𠮷林万m²"])
def test_short_texts_are_told_apart(text: str, codec: str) -> None:
    assert read_bytes(text.encode(codec), "a.txt").text == text


def test_line_ends_become_one_character() -> None:
    document = read_bytes("一\r\n二\r三\n\n四\t 五 ".encode(), "a.md")
    assert (document.text, document.format) == ("一\n二\n三\n\n四\t 五 ", "md")


@pytest.mark.parametrize("data", [
    b"\xef\xbb\xbf\xff\xfe", b"\xff\xfe\x00\xd8", "不達標的中文不大一人上".encode("big5"), "これはひらがなです".encode("gb18030"),
    b"a\0b\0\0\0c", b"\x01\x02\x03text",
], ids=["damaged utf-8", "lone surrogate", "big5", "kana", "nul", "controls"])
def test_other_encodings_are_refused(data: bytes) -> None:
    assert refusal(data, "a.txt").reason == "encoding"


# --- types ------------------------------------------------------------------------------------------------------------------------------

PAGE = f"<!DOCTYPE html><html><head><title>方案</title></head><body><p>{SENTENCE}</p></body></html>".encode()
DOCX = make.docx_of(make.paragraph(SENTENCE), make.paragraph("二、目标", '<w:pStyle w:val="Heading2"/>'))
PDF = make.pdf([make.ruled_table()])


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["指标", SENTENCE])
    book.active.append(["合格率", 0.935])
    book.active["B2"].number_format = "0.0%"
    return make.saved(book)


XLSX = workbook()


@pytest.mark.parametrize(("data", "name", "kind"), [
    (SENTENCE.encode(), "-", "txt"), (SENTENCE.encode(), "关于印发2025.6", "txt"), (SENTENCE.encode(), "A.TXT", "txt"),
    (PAGE, "-", "html"), (PAGE, "方案.doc", "html"), (PAGE, "content.jsp", "html"), (DOCX, "", "docx"), (DOCX, "方案.doc", "docx"),
    (XLSX, "-", "xlsx"), (PDF, "-", "pdf"), (b"\n\n" + PDF, "a.pdf", "pdf"), (f"见 %PDF- 头。{SENTENCE}".encode(), "a.txt", "txt"),
])
def test_the_type_is_told_by_content_then_by_name(data: bytes, name: str, kind: str) -> None:
    assert read_bytes(data, name).format == kind


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(("data", "name", "reason", "step"), [
    (b"", "a.txt", "empty", "right file"),
    (b" \n\t", "a.docx", "empty", "right file"),
    ("\u3000\n".encode(), "a.txt", "empty", "right file"),
    (b"<html><body><script>1</script></body></html>", "a.html", "empty", "right file"),
    (OLE, "方案.doc", "unknown_type", "save it as docx"),
    (OLE, "方案.wps", "unknown_type", "save it as docx"),
    (OLE, "表.xls", "unknown_type", "save it as xlsx"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "encrypted", "password"),
    (make.zipped({"OFD.xml": b"<ofd/>"}), "a.ofd", "unknown_type", "OFD viewer"),
    (make.zipped({"a.txt": b"x"}), "a.zip", "unknown_type", "unpack"),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", "unknown_type", "OCR"),
    (b"\xff\xd8\xff\xe0" + bytes(50), "scan.pdf", "unknown_type", "OCR"),
    (b"{\\rtf1 x}", "a.doc", "unknown_type", "docx"),
    (b"a,b", "a.csv", "unknown_type", "save it as"),
    (SENTENCE.encode(), "a.docx", "broken", "save it again"),
    (PAGE, "a.pdf", "broken", "save it again"),
    (DOCX[:-30], "a.docx", "broken", "save it again"),
    (DOCX[:400], "a.docx", "broken", "save it again"),
    (make.with_member(DOCX, "word/document.xml", b"<w:document"), "a.docx", "broken", "save it again"),
    (make.encrypted_zip(DOCX), "a.docx", "encrypted", "password"),
    (PDF[:600], "a.pdf", "broken", "save it again"),
    (make.pdf([make.ruled_table()], encrypted=True), "a.pdf", "encrypted", "password"),
    (make.pdf([([], [])] * 3, picture=True), "a.pdf", "no_text_layer", "OCR"),
    (make.pdf([([], [])]), "a.pdf", "no_text_layer", "OCR"),
    (make.pdf([([(60, 700, "封面")], [])] + [([], [])] * 3, picture=True), "a.pdf", "no_text_layer", "OCR"),
    (make.pdf([([(60, 700, "\x21\x22\x23\x24")], [])], to_unicode={}), "a.pdf", "no_text_layer", "OCR"),
])
def test_what_cannot_be_read_is_named_with_reason_and_step(data: bytes, name: str, reason: str, step: str) -> None:
    error = refusal(data, name)
    assert (error.name, error.reason) == (name, reason)
    assert name in str(error) and reason in str(error) and step in str(error)


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(refusal(b"", "a.txt")))
    assert (type(error), error.name, error.reason) == (ReadError, "a.txt", "empty")


@pytest.mark.parametrize(("make_path", "reason"), [
    (lambda folder: folder / "none.txt", "missing"),
    (lambda folder: folder, "unreadable"),
    (lambda folder: Path("/dev/zero"), "unreadable"),
    (lambda folder: "a\0b.txt", "missing"),
], ids=["missing", "folder", "device", "nul in name"])
def test_paths_that_hold_no_file(tmp_path: Path, make_path, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(make_path(tmp_path))
    assert caught.value.reason == reason


# --- limits -----------------------------------------------------------------------------------------------------------------------------

FAR = openpyxl.Workbook()
FAR.active["A1"], FAR.active["XFD1048576"] = "一", "二"
FAR = make.saved(FAR)


def far(more: bytes) -> bytes:
    """The workbook FAR with more in its sheet."""
    part = "xl/worksheets/sheet1.xml"
    return make.with_member(FAR, part, make.member(FAR, part).replace(b"</sheetData>", b"</sheetData>" + more))


SPARSE = openpyxl.Workbook()
for step in range(1, 60):
    SPARSE.active.cell(step * 100, step, step)
WIDE = make.docx_of("<w:tbl>" + '<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr><w:p/></w:tc></w:tr>' * 50 + "</w:tbl>")


@pytest.mark.parametrize(("data", "name", "change", "named"), [
    (SENTENCE.encode(), "a.txt", {"max_bytes": 10}, "max_bytes"),
    (SENTENCE.encode(), "a.txt", {"max_chars": 10}, "max_chars"),
    (PAGE, "a.html", {"max_chars": 10}, "max_chars"),
    (make.pdf([([(60, 700, "页")], [])] * 3), "a.pdf", {"max_pages": 2}, "max_pages"),
    (make.saved(SPARSE), "a.xlsx", {"max_table_cells": 3000}, "max_table_cells"),
    (make.saved(SPARSE), "a.xlsx", {"max_sheet_cells": 50}, "max_sheet_cells"),
    (far(b'<mergeCells><mergeCell ref="A1:XFD1048575"/></mergeCells>'), "a.xlsx", {}, "max_sheet_cells"),
    (far(b'<hyperlinks><hyperlink ref="A1:XFD1048575" location="x"/></hyperlinks>'), "a.xlsx", {}, "max_sheet_cells"),
    (far(b'<hyperlinks><hyperlink ref="A:XFD" location="x"/></hyperlinks>'), "a.xlsx", {}, "max_sheet_cells"),
    (WIDE, "a.docx", {}, "max_table_cells"),
    (("<table>" + '<tr><td colspan="1000">a</td><td>b</td></tr>' * 300 + "</table>").encode(), "a.html", {}, "max_table_cells"),
    (("<table>" + '<tr><td>a</td><td rowspan="1000" colspan="1000">b</td></tr>' * 900).encode(), "a.html", {}, "max_table_cells"),
    (make.with_member(DOCX, "word/media/a.png", bytes(5_000_000)), "a.docx", {"max_unpacked_bytes": 4_000_000}, "max_unpacked_bytes"),
    (make.with_member(XLSX, "xl/x.xml", b"<a>" + bytes(5_000_000)), "a.xlsx", {"max_xml_bytes": 4_000_000}, "max_xml_bytes"),
])
def test_a_limit_is_named_when_it_is_passed(data: bytes, name: str, change: dict[str, int], named: str) -> None:
    error = refusal(data, name, replace(load_limits(), **change))
    assert error.reason == "too_large" and named in str(error)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(load_limits().max_bytes + 1)
    with pytest.raises(ReadError, match="too_large"):
        read(path)


def test_a_sheet_with_a_cell_in_its_last_corner_is_small() -> None:
    document = read_bytes(FAR, "a.xlsx")
    assert grid(document) == [["一", ""], ["", "二"]]


BOMB = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "%s">%s]><b>&h;</b>' % (
    b"x" * 1000, b"".join(b'<!ENTITY %c "%s">' % (98 + level, b"&%c;" % (97 + level) * 20) for level in range(7)))


@pytest.mark.parametrize(("data", "part"), [
    (DOCX, "word/document.xml"), (DOCX, "word/footnotes.xml"), (XLSX, "xl/sharedStrings.xml"), (XLSX, "[Content_Types].xml"),
])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_entity_bombs_do_not_go_off(data: bytes, part: str, codec: str) -> None:
    name = "a.docx" if data is DOCX else "a.xlsx"
    error = refusal(make.with_member(data, part, BOMB.decode().encode(codec)), name)
    assert error.reason == "broken" and part in str(error)


@pytest.mark.parametrize(("old", "new"), [
    ("max_pages", "max_sheets"), ("max_pages = 2000", ""), ("max_pages = 2000", 'max_pages = "2000"'),
    ("max_pages = 2000", "max_pages = 0"), ("[read]", "[reed]"), ("[read]", "[read"),
], ids=["unknown", "missing", "text", "zero", "table", "syntax"])
def test_odd_limits_are_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(LIMITS_FILE.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match="limits.toml"):
        load_limits(path)
