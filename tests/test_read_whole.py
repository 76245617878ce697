"""Nothing is cut off without a word: a document is read to its last character, or refused with the reason."""

from __future__ import annotations

import resource
import time
import tracemalloc
from dataclasses import replace
from itertools import islice

import pytest

import etl.cells
from etl.limits import CellLimits, limits_of
from etl.read import ReadError, load_limits, read_bytes
from tests.fixtures import documents as make
from tests.fixtures.attacks import read_hostile
from tests.fixtures.hostile import FIRST, LAST, Hostile, bzip2_bomb, everything, lying, packed
from tests.fixtures.read_checks import grid, refusal

# Web pages.

CLOSED = {
    "div": "</div>",
    "font color=red": "</font>",
    "b": "</b>",
    "table><tr><td": "</td></tr></table>",
    "ul><li": "</li></ul>",
    "em": "</em>",
}


def page(*parts: str) -> bytes:
    return ("<html><body>" + "".join(parts) + "</body></html>").encode()


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "open"])
@pytest.mark.parametrize("depth", [50, 256, 300, 1200])
@pytest.mark.parametrize("tag", CLOSED)
def test_depth_costs_no_text(tag: str, depth: int, closed: bool):
    inner = "".join(f"<{tag}>{number}甲" for number in range(depth))
    text = read_bytes(page(f"<p>{FIRST}</p>", inner, CLOSED[tag] * depth if closed else "", f"<p>{LAST}</p>"), "a.html").text
    assert FIRST in text and LAST in text
    places = [text.index(f"{number}甲") for number in (0, depth // 3, depth - 1)]
    assert places == sorted(places)


def test_a_table_and_a_heading_stay_what_they_are_behind_tags_that_are_never_closed():
    table = "<table><tr><th>指标</th><th>2025年</th></tr><tr><td>合格率</td><td>98%</td></tr></table>"
    body = "".join(f"<p><font color=red>第{number}项" for number in range(300))
    document = read_bytes(page(body, f"<h2>二、目标</h2>{table}<p>{LAST}</p>"), "a.html")
    assert grid(document) == [["指标", "2025年"], ["合格率", "98%"]]
    assert [document.text[one.start : one.end] for one in document.headings] == ["二、目标"]


HIDING = [
    "<!--",
    "<script>",
    "<style>",
    "<textarea>",
    "<title>",
    "<select><option>",
    "<template>",
    "<noscript>",
    '<p title="',
    "<iframe>",
]


@pytest.mark.parametrize("opening", HIDING)
def test_what_hides_the_rest_of_a_page_is_named(opening: str):
    rest = f"<i>{LAST}</i>" * 3
    error = refusal(f"<p>{FIRST}</p>{opening}{rest}".encode(), "a.html")
    assert error.reason == "broken" and "never closed hides the rest of the page" in str(error) and "a.html" in str(error)


@pytest.mark.parametrize("ending", [
    "<!-- end", "<script>var a = 1;", "<script>var a = '到2025年产品合格率达到百分之九十八以上并且继续提高';", "<a href='x", "</", "<", "&",
    "<style>p{",
    "<script>x</script>", "<select><option>1", "<p hidden>",
])  # fmt: skip
def test_an_end_that_hides_nothing_is_read(ending: str):
    text = read_bytes(f"<p>{FIRST}</p><p>{LAST}</p>{ending}".encode(), "a.html").text
    assert text.startswith(f"{FIRST}\n{LAST}")


@pytest.mark.parametrize("sign", ["\x0c", "\x01", "\x1f", "\x7f", "\ufffe", "&#12;", "&#1;", "&#xfffe;", "\ufdd0", "⁅7⁆"])
def test_signs_that_are_no_text_stop_no_page(sign: str):
    text = read_bytes(page(f"<p>{FIRST}{sign}</p><p>甲{sign}乙</p><p title='{sign}'>{LAST}</p>"), "a.html").text
    assert FIRST in text and text.endswith(LAST) and "甲" in text and "乙" in text


# Office files.

DOCX = make.docx_of(make.paragraph(FIRST), make.paragraph(LAST))


@pytest.mark.parametrize("data", [bzip2_bomb(200), packed(make.members(DOCX), 14)], ids=["bzip2", "lzma"])
def test_packings_that_office_files_do_not_have_are_refused_unpacked_nothing(data: bytes):
    tracemalloc.start()
    error = refusal(data, "a.docx")
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    assert error.reason == "broken" and "packed by" in str(error)


@pytest.mark.parametrize(("part", "limit"), [("word/bomb.xml", "max_xml_bytes"), ("word/media/a.png", "max_unpacked_bytes")])
def test_a_bomb_is_left_when_it_passes_the_limit(part: str, limit: str):
    data = make.with_member(DOCX, part, bytes(60_000_000))
    start = time.process_time()
    error = refusal(data, "a.docx", replace(load_limits(), **{limit: 2_000_000}))
    assert error.reason == "too_large" and limit in str(error) and "2000000" in str(error)
    assert time.process_time() - start < 0.3


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_size_that_is_too_small_does_not_cut_a_part_off(size: int):
    assert refusal(lying(DOCX, size), "a.docx").reason == "broken"


@pytest.mark.parametrize("size", [2**31, 2**32 - 1])
def test_a_size_that_is_too_large_is_not_believed(size: int):
    assert read_bytes(lying(DOCX, size), "a.docx").text == f"{FIRST}\n{LAST}"


def test_too_many_parts_are_refused():
    error = refusal(
        packed({**make.members(DOCX), **{f"a{n}.xml": b"<a/>" for n in range(40)}}), "a.docx", replace(load_limits(), max_members=40)
    )
    assert "max_members" in str(error)


@pytest.mark.parametrize(("block", "named"), [
    (f"<w:nowhere>{make.paragraph('甲')}</w:nowhere>", "nowhere"),
    ('<w:altChunk r:id="rId99"/>', "altChunk"),
    (f"<w:tbl><w:tr><w:tc><w:nowhere>{make.paragraph('甲')}</w:nowhere></w:tc></w:tr></w:tbl>", "nowhere"),
])  # fmt: skip
def test_text_in_elements_that_are_not_known_is_not_passed_over(block: str, named: str):
    error = refusal(make.docx_of(make.paragraph(FIRST), block), "a.docx")
    assert error.reason == "broken" and named in str(error)


@pytest.mark.parametrize(
    "block", ["<w:nowhere/>", "<w:nowhere><w:p/></w:nowhere>", f"<w:del>{make.paragraph('甲')}</w:del>", "<w:bookmarkStart/>"]
)
def test_elements_without_text_are_passed_over(block: str):
    assert read_bytes(make.docx_of(make.paragraph(FIRST), block, make.paragraph(LAST)), "a.docx").text == f"{FIRST}\n{LAST}"


@pytest.mark.parametrize(("depth", "named"), [(60, "max_nesting"), (400, "255 elements")])
def test_depth_is_refused_by_its_name(depth: int, named: str):
    block = "<w:tbl><w:tr><w:tc>" * depth + "<w:p/></w:tc></w:tr></w:tbl>" * depth
    body = make.member(DOCX, "word/document.xml").decode().replace("<w:sectPr", f"{block}<w:sectPr", 1)
    error = refusal(make.with_member(DOCX, "word/document.xml", body.encode()), "a.docx")
    assert error.reason == "too_large" and named in str(error)


# PDF.

PAPER = make.pdf([([(60, 760, FIRST)], []), ([(60, 760, "中间一页，没有数字。")], []), ([(60, 760, LAST)], [])])


@pytest.mark.parametrize("count", [1, 2])
def test_pages_that_are_not_counted_are_not_passed_over(count: int):
    error = refusal(PAPER.replace(b"/Count 3", b"/Count %d" % count), "a.pdf")
    assert error.reason == "broken" and f"holds 3 pages and declares {count}" in str(error)


@pytest.mark.parametrize("count", [4, 1000])
def test_pages_that_are_not_there_are_missed(count: int):
    assert refusal(PAPER.replace(b"/Count 3", b"/Count %d" % count), "a.pdf").reason == "broken"


def test_page_contents_that_are_damaged_are_named():
    at = PAPER.rindex(b"x\x9c") + 12
    error = refusal(PAPER[:at] + bytes([PAPER[at] ^ 0x55]) + PAPER[at + 1 :], "a.pdf")
    assert error.reason == "broken" and "page 3 is damaged" in str(error)


@pytest.mark.parametrize("change", [(b"/Filter /FlateDecode", b"/Filter /FlateDecodx"), (b"/Contents 8 0 R", b"/Contents 9 9 R")])
def test_page_contents_that_cannot_be_had_are_named(change: tuple[bytes, bytes]):
    last = PAPER.rindex(change[0])
    error = refusal(PAPER[:last] + change[1] + PAPER[last + len(change[0]) :], "a.pdf")
    assert error.reason == "broken" and "is damaged" in str(error)


def test_a_checksum_that_is_left_out_is_no_damage():
    at = PAPER.rindex(b"\nendstream")
    assert read_bytes(PAPER[: at - 4] + b"    " + PAPER[at:], "a.pdf").text.endswith(LAST)


def test_every_cut_of_a_paper_is_refused_or_read_whole():
    whole = read_bytes(PAPER, "a.pdf").text
    for end in range(0, len(PAPER), 29):
        try:
            assert read_bytes(PAPER[:end], "a.pdf").text == whole
        except ReadError as error:
            assert error.reason in ("broken", "empty", "unknown_type")


# A sample of the generator, each in a process that is held to small limits.


def sample() -> list[Hostile]:
    files = [*everything(kinds=["txt"]), *everything(kinds=["html"])]
    return [one for one in files if len(one.data) < 300_000][::14]


@pytest.mark.parametrize("one", sample(), ids=lambda one: one.name)
def test_hostile_documents_are_read_right_or_refused(one: Hostile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.cells, "limits_of", lambda kind: replace(limits_of(CellLimits), max_cpu_seconds=6))
    assert read_hostile(one).fault == ""


def test_the_generator_gives_the_same_files_each_time():
    first, second = ([(one.name, one.data) for one in islice(everything(kinds=["html"]), 40)] for _ in range(2))
    assert first == second


def test_an_empty_limit_of_the_system_is_no_fault_of_the_file():
    """Lack of memory leaves the reader as what it is, so that the process that met it can name the limit."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    data = page("<p>" + "甲" * 3_000_000 + "</p>")
    resource.setrlimit(resource.RLIMIT_AS, (1, before[1]))
    try:
        with pytest.raises(MemoryError):
            read_bytes(data, "a.html")
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
