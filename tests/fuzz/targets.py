"""What is fuzzed: for each reader and for the text layer a function of bytes that raises where a promise is broken, and where to begin.

A reader gives a Document whose offsets hold, or a ReadError. The text layer gives rows that lead back into the raw text, never an
exception.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from etl.read import ReadError, read_bytes
from tests.fixtures import documents as make
from tests.fixtures.read_checks import check_offsets
from tests.fixtures.text_checks import check_all
from tests.hostile_texts import KINDS, grow

ROOT = Path(__file__).resolve().parents[2]
PLANS = sorted((ROOT / "data" / "plans").glob("*.txt"))
_SLICE = 400


@dataclass(frozen=True, slots=True)
class Target:
    """run: raises when a promise is broken. seeds: where the fuzzer begins. words: what it may put in. parts: an archive of members."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    parts: bool = False


def _reading(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        try:
            document = read_bytes(data, name)
        except ReadError as error:
            assert error.reason and error.step
        else:
            check_offsets(document)

    return run


def _text(data: bytes) -> None:
    check_all(data.decode("utf-8", "ignore"))


def _slices() -> list[str]:
    """Pieces of the plans, and one short text of every hostile kind."""
    chance, found = random.Random(7), []
    for path in PLANS:
        text = path.read_text("utf-8")
        found += [text[at : at + _SLICE] for at in (chance.randrange(max(1, len(text) - _SLICE)) for _ in range(12))]
    return [*found, *(grow(kind, 120) for kind in KINDS)]


def _texts() -> list[bytes]:
    return [piece.encode() for piece in _slices()]


def _encoded() -> list[bytes]:
    codecs = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    return [piece.encode(codec, "ignore") for piece in _slices()[:20] for codec in codecs]


def _pages() -> list[bytes]:
    markup = [
        "<html><head><meta charset=gbk><title>方案</title></head><body><h1>方案</h1><p>合格率<b>95%</b></p></body></html>",
        "<table><tr><th rowspan=2>指标</th><td colspan=2>1</td></tr><tr><td>2</td><td>3</td></tr></table><ul><li>一</li><li>二</ul>",
        "<table><caption>表1</caption><thead><tr><th>指标<th>2025年</thead><tr><td>合格率<td>95%<table><tr><td>内</table></table>",
        "<div hidden>无</div><nav>首页</nav><form><input value=1></form><p>质<sup>2</sup>量&nbsp;&#35;&lt;<br>一<!-- 注 -->",
        "<!doctype html><body><article><h2>一、目标</h2><p>到2025年，合格率达到98%以上。</p><ol start=3><li>甲<li>乙</ol></article>",
        "<p>" * 40 + "合格率95%" + "<font>" * 40,
    ]
    return [page.encode() for page in markup] + [page.encode("gb18030") for page in markup]


def _word() -> list[bytes]:
    cells = "".join(
        f"<w:tc><w:tcPr><w:gridSpan w:val='2'/><w:vMerge/></w:tcPr>{make.paragraph(text)}</w:tc>" for text in ("指标", "93%")
    )
    heading = make.paragraph("一、目标", '<w:pStyle w:val="Heading1"/>')
    table = f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>"
    numbered = make.paragraph("建设5个中心", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
    return [make.docx_of(heading, table, make.paragraph("合格率95%。")), make.docx_of(numbered, numbered)]


def _workbooks() -> list[bytes]:
    found = []
    for merged in (None, "A2:A3"):
        book = openpyxl.Workbook()
        for row in (["指标", "2025年", "单位"], ["合格率", 0.935, "%"], ["新增", None, 12000], [True, "=1+1", 45000.5]):
            book.active.append(row)
        book.active["B2"].number_format, book.active["C3"].number_format = "0.0%", "#,##0.00;[Red]-#,##0"
        if merged:
            book.active.merge_cells(merged)
        found.append(make.saved(book))
    return found


def _prints() -> list[bytes]:
    lines = [(60, 700, "合格率95%。"), (60, 680, "1"), (60, 30, "- 2 -")]
    return [make.pdf([make.ruled_table(), (lines, [])]), make.pdf([(lines, [])] * 3)]


_TAGS = (
    b"<table> </table> <tr> <td> <th> rowspan=3 colspan=9 <h1> </h1> <p> <br> <li> <nav> <sup> &#0; <!-- --> <svg> hidden "
    b"<script> <font> <b> </b>"
).split()
_XML = (
    b"<w:p> </w:p> <w:tbl> <w:tr> <w:tc> <w:vMerge/> w:val= <w:sdt> <w:r> <w:t> <w:br/> <c r= t='s' <v> "
    b"<row r= s='1' <mergeCell ref="
).split()
_WORDS = tuple(
    word.encode()
    for word in "2025年 到 98% 以上 、 ， 。 ； ： | \n ( ) 《 》 “ ” [1] 一、 (一) 第一章 万 亿 分别 达到 力争 其中 较 1. - 个".split(" ")
)
_NUMBERS = (b"999999999", b"-1", b"1e309", b"\0", b"\xff", b"%%EOF", b"/Type", b"endobj", b"stream", b"/Kids", b"/Form Do")

TARGETS: dict[str, Target] = {
    "text": Target(_text, _texts, _WORDS),
    "txt": Target(_reading("a.txt"), _encoded, _WORDS),
    "md": Target(_reading("a.md"), _encoded, (*_WORDS, b"# ", b"| --- |")),
    "html": Target(_reading("a.html"), _pages, tuple(_TAGS)),
    "docx": Target(_reading("a.docx"), _word, (*_XML, *_NUMBERS), parts=True),
    "xlsx": Target(_reading("a.xlsx"), _workbooks, (*_XML, *_NUMBERS), parts=True),
    "pdf": Target(_reading("a.pdf"), _prints, _NUMBERS),
}


_READ = re.compile(r"(?:document|styles|numbering|sheet\d+|workbook|sharedStrings|Content_Types\])\.xml$|\.rels$")


def in_a_part(data: bytes, most: int, seed: int, change: Callable[[bytes, int], bytes]) -> bytes:
    """An archive with one of its members changed: bytes of the packed file itself are checked by their sums and hardly ever make sense."""
    chance = random.Random(seed)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(name, archive.read(name)) for name in archive.namelist()]
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        return change(data, most)
    if not members or chance.random() < 0.02:
        return change(data, most)
    read = [at for at, (name, _) in enumerate(members) if _READ.search(name)]
    at = chance.choice(read) if read and chance.random() < 0.9 else chance.randrange(len(members))
    name, content = members[at]
    members[at] = (name, change(content, len(content) + 200))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue() if len(packed.getvalue()) <= most else data
