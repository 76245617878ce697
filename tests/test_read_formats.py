"""What the readers see in web pages, Word documents, PDF and workbooks."""
from __future__ import annotations

import os
import threading
from datetime import date, datetime, time

import openpyxl
import pytest

from etl.read import read_bytes
from etl.read.docx_numbers import chinese_number
from etl.read.number_format import shown
from tests.fixtures import documents as make
from tests.fixtures.read_checks import check_offsets, grid, headings

BODY = [
    f"第{number}项任务:推动质量强市建设走深走实,到2025年培育省级以上质量标杆企业{number}家以上,产品质量合格率达到9{number}%以上。"
    for number in range(1, 9)
]


# --- web pages --------------------------------------------------------------------------------------------------------------------------

TABLE = """<table><caption>表1 主要指标</caption>
<thead><tr><th rowspan="2">指标</th><th colspan="2">目标值</th></tr>
<tr><th>2023年</th><th>2025年</th></tr></thead>
<tbody><tr><td rowspan="2">合格率<br>(%)</td><td>93</td><td>94.5</td></tr><tr><td>95</td><td><span>9</span>6</td></tr></tbody></table>"""
GRID = [["指标", "目标值", "目标值"], ["指标", "2023年", "2025年"], ["合格率 (%)", "93", "94.5"], ["合格率 (%)", "95", "96"]]
FURNITURE = ["首页", "政务公开", "分享到", "微信", "上一篇", "版权所有", "var total"]


def page(content: str, charset: str = "utf-8", title: str = "质量强市实施方案") -> bytes:
    """A page of a government site around `content`."""
    text = f"""<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>{title}
    </title><script>var total=95;</script></head><body><div class="header"><ul class="nav">
    <li><a href="/">首页</a></li><li><a href="/z">政务公开</a></li></ul></div>
    <div class="main"><div class="article">{content}</div></div><div class="share">分享到:<a href="#">微信</a></div>
    <div class="page"><a href="/1">上一篇:其他通知</a></div>
    <div id="footer" class="footer"><p>版权所有:某市人民政府 ICP备12345678号</p></div></body></html>"""
    return text.encode("gb18030" if charset.startswith("gb") else charset)


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "GBK", "gb18030"])
def test_the_main_content_of_a_page_is_kept_and_the_rest_is_not(charset: str) -> None:
    article = "<h1>实施方案</h1>" + "".join(f"<p>　　{line}</p>" for line in BODY) + "<h2>指标</h2>" + TABLE
    document = read_bytes(page(article, charset), "a.html")
    assert document.name == "质量强市实施方案"
    assert [line for line in document.text.split("\n") if line in BODY] == BODY
    assert not [word for word in FURNITURE if word in document.text]
    assert headings(document) == [("实施方案", 1), ("指标", 2)]
    assert (grid(document), document.tables[0].header_rows) == (GRID, 2)
    assert document.text.endswith("表1 主要指标\n指标 | 目标值 | \n | 2023年 | 2025年\n合格率 (%) | 93 | 94.5\n | 95 | 96")
    check_offsets(document)


@pytest.mark.parametrize("content", [
    "<br>".join(BODY),
    "".join(f"<div><span>{line[:9]}</span><span>{line[9:]}</span></div>" for line in BODY),
    "<table><tr><td><table><tr><td>" + "".join(f"<p>{line}</p>" for line in BODY) + "</td></tr></table></td></tr></table>",
    "<ul>" + "".join(f"<li>{line}</li>" for line in BODY) + "</ul>",
    "".join(f"<p>{line[:9]}\n      {line[9:]}<!-- 注 --><script>x</script></p>" for line in BODY),
], ids=["breaks", "spans", "layout tables", "list", "source wraps"])
def test_lines_of_a_page_come_out_whole(content: str) -> None:
    lines = read_bytes(page(content), "a.html").text.split("\n")
    assert [line for line in lines if line in BODY] == BODY


@pytest.mark.parametrize(("content", "text"), [
    ("<p>合格率达到95%以上。</p>", "合格率达到95%以上。"),
    ("合格率达到<b>95%</b>以上。", "合格率达到95%以上。"),
    ("<nav>首页</nav><p>1家</p><footer>版权</footer>", "1家"),
    ("<p>绿地5km<sup>2</sup>,见注<sup>2</sup></p>", "绿地5km²,见注2"),
    ("<p>甲<script>1</script>乙<p hidden>丙</p>", "甲乙"),
    ("<p>a<span style='display: none'>9</span> b</p>", "a b"),
    ("<table><tr><td>只有一格</td></tr></table>", "只有一格"),
    ("<p>&#55296;&#0;&amp;&#8262;</p>", "&"),
])
def test_small_pages_fall_back_to_their_body(content: str, text: str) -> None:
    lines = read_bytes(content.encode(), "a.html").text
    assert lines.replace("\ufffd", "").replace("\u2046", "") == text


def test_a_page_with_a_few_damaged_bytes_is_read() -> None:
    data = page("".join(f"<p>{line}</p>" for line in BODY), "gbk").replace("任务".encode("gbk"), b"\xff\xff", 1)
    assert "\ufffd" in read_bytes(data, "a.html").text and BODY[-1] in read_bytes(data, "a.html").text


# --- Word -------------------------------------------------------------------------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(("inside", "text"), [
    ('<w:smartTag w:uri="u" w:element="chmetcnv">' + run("100") + "</w:smartTag>" + run("家"), "100家"),
    ("<w:sdt><w:sdtContent>" + run("95%") + "</w:sdtContent></w:sdt>", "95%"),
    ("<w:ins>" + run("新") + "</w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>", "新"),
    ('<w:hyperlink w:anchor="x">' + run("链") + "</w:hyperlink>", "链"),
    ("<m:oMath><m:r><m:t>≥95</m:t></m:r></m:oMath>" + run("%"), "≥95%"),
    (run("a") + "<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a\tb\nc"),
    (run("见") + run("暗", "<w:vanish/>") + run("明"), "见明"),
    (run("9km") + run("2", '<w:vertAlign w:val="superscript"/>') + run("地2", '<w:vertAlign w:val="superscript"/>'), "9km²地2"),
    ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run("95%"), "≥95%"),
    ("<w:r><w:ruby><w:rt>" + run("shì") + "</w:rt><w:rubyBase>" + run("市") + "</w:rubyBase></w:ruby></w:r>", "市"),
    ("<w:r><w:instrText>PAGE</w:instrText></w:r>" + run("正文"), "正文"),
    (run("2020") + "<w:r><w:noBreakHyphen/></w:r>" + run("2025"), "2020-2025"),
])
def test_all_visible_text_of_a_paragraph_is_read(inside: str, text: str) -> None:
    assert read_bytes(make.docx_of(f"<w:p>{inside}</w:p>"), "a.docx").text == text


def test_headings_of_a_word_document() -> None:
    document = read_bytes(make.docx_of(
        make.paragraph("方案", '<w:pStyle w:val="Title"/>'), make.paragraph("一、总体要求", '<w:pStyle w:val="Heading1"/>'),
        make.paragraph("正文。"), make.paragraph("(一)目标", '<w:outlineLvl w:val="1"/>'),
        make.paragraph("正文二。", '<w:outlineLvl w:val="9"/>'),
        "<w:sdt><w:sdtContent>" + make.paragraph("框内") + "</w:sdtContent></w:sdt>"), "a.docx")
    assert document.text == "方案\n一、总体要求\n正文。\n(一)目标\n正文二。\n框内"
    assert headings(document) == [("方案", 1), ("一、总体要求", 1), ("(一)目标", 2)]


def cell(text: str, properties: str = "", more: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{make.paragraph(text)}{more}</w:tc>"


ACROSS, START, ON = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
WORD_TABLE = (
    "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>" + cell("指标", START) + cell("目标值", ACROSS) + "</w:tr>"
    "<w:tr><w:trPr><w:tblHeader/></w:trPr>" + cell("", ON) + cell("2023年") + cell("2025年") + "</w:tr>"
    "<w:sdt><w:sdtContent><w:tr>" + cell("合格率", START, make.paragraph("(%)")) + cell("93") + cell("94.5")
    + "</w:tr></w:sdtContent></w:sdt>"
    "<w:tr>" + cell("", ON) + cell("95") + cell("96") + "</w:tr></w:tbl>"
)


def test_merged_cells_of_a_word_table_are_one_cell() -> None:
    document = read_bytes(make.docx_of(make.paragraph("前"), WORD_TABLE, make.paragraph("后")), "a.docx")
    assert (grid(document), document.tables[0].header_rows) == (GRID, 2)
    rows = document.tables[0].rows
    assert rows[0][0] is rows[1][0] and rows[0][1] is rows[0][2] and rows[2][0] is rows[3][0] is not rows[1][0]
    assert document.text == "前\n指标 | 目标值 | \n | 2023年 | 2025年\n合格率 (%) | 93 | 94.5\n | 95 | 96\n后"
    check_offsets(document)


def test_nested_tables_and_frames() -> None:
    inner = "<w:tbl><w:tr>" + cell("甲") + cell("1家") + "</w:tr></w:tbl>"
    outer = "<w:tbl><w:tr>" + cell("乙", "", inner + "<w:p/>") + cell("2家") + "</w:tr></w:tbl>"
    frame = "<w:tbl><w:tr>" + cell("专栏1", "", make.paragraph("1.培育3家。")) + "</w:tr></w:tbl>"
    document = read_bytes(make.docx_of(outer, frame), "a.docx")
    assert [grid(document, number) for number in range(len(document.tables))] == [[["乙", "2家"]], [["甲", "1家"]]]
    assert document.text == "乙 | 2家\n甲 | 1家\n专栏1\n1.培育3家。"


def test_rows_that_begin_late_or_end_early_are_filled_up() -> None:
    late = "<w:tr><w:trPr><w:gridBefore w:val='1'/></w:trPr>" + cell("c") + "</w:tr>"
    rows = "<w:tr>" + cell("a") + cell("b") + "</w:tr>" + late + "<w:tr>" + cell("d") + "</w:tr>"
    assert grid(read_bytes(make.docx_of(f"<w:tbl>{rows}</w:tbl>"), "a.docx")) == [["a", "b"], ["", "c"], ["d", ""]]


def test_text_boxes_are_read_once_after_their_paragraph() -> None:
    box = f"<w:txbxContent>{make.paragraph('专栏 100家')}</w:txbxContent>"
    choice = f"<mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
    anchored = f"<w:p>{run('锚')}<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>{run('点')}</w:p>"
    assert read_bytes(make.docx_of(anchored, make.paragraph("后")), "a.docx").text == "锚点\n专栏 100家\n后"


NUMBERING = """<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="(%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="l"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>"""


def test_automatic_numbers_are_printed() -> None:
    def item(text: str, level: int, list_id: int = 1) -> str:
        return make.paragraph(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')

    data = make.docx_of(
        item("总则", 0), item("甲", 1), item("乙", 1), item("细", 2), item("目", 2), item("目标", 0),
        item("丙", 1), item("点", 0, 2), item("无", 0, 9))
    text = read_bytes(make.with_member(data, "word/numbering.xml", NUMBERING.encode()), "a.docx").text
    assert text == "一、总则\n(一)甲\n(二)乙\n3. 细\n4. 目\n二、目标\n(一)丙\n• 点\n无"


@pytest.mark.parametrize(("number", "text"), [
    (1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"), (100, "一百"), (105, "一百零五"),
    (110, "一百一十"), (2025, "二零二五"),
])
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_footnotes_stand_after_the_text() -> None:
    notes = ('<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
             '<w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
             f'<w:footnote w:id="1">{make.paragraph("指省级以上。")}</w:footnote></w:footnotes>')
    data = make.docx_of("<w:p>" + run("标杆") + '<w:r><w:footnoteReference w:id="1"/></w:r>' + run("企业5家。") + "</w:p>")
    relations = make.member(data, "word/_rels/document.xml.rels").replace(b"</Relationships>", (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"'
        b' Target="footnotes.xml"/></Relationships>'))
    data = make.with_member(make.with_member(data, "word/footnotes.xml", notes.encode()), "word/_rels/document.xml.rels", relations)
    assert read_bytes(data, "a.docx").text == "标杆企业5家。\n[1] 指省级以上。"


# --- PDF --------------------------------------------------------------------------------------------------------------------------------

PDF_GRID = [["指标", "目标值", "目标值"], ["指标", "2023年", "2025年"], ["合格率", "93%", "95%"], ["优质产品 数量", "20个", "30个"]]


def test_pages_and_lines_of_a_pdf() -> None:
    pages = [([(60, 700, "一、目标"), (60, 680, "合格率达到95%")], []), ([], []), ([(60, 700, "以上。")], [])]
    document = read_bytes(make.pdf(pages), "a.pdf")
    assert document.text == "一、目标\n合格率达到95%\n以上。"
    assert document.pages == (0, 14, 14)
    assert (document.page(0), document.page(13), document.page(14)) == (1, 1, 3)


@pytest.mark.parametrize("before", [[], [([(60, 700, "前页")], [])]], ids=["first page", "second page"])
def test_a_ruled_table_of_a_pdf_stands_in_its_place(before: list[make.PdfPage]) -> None:
    document = read_bytes(make.pdf([*before, make.ruled_table()]), "a.pdf")
    assert grid(document) == PDF_GRID
    assert document.text.removeprefix("前页\n") == (
        "主要指标如下。\n指标 | 目标值 | \n | 2023年 | 2025年\n合格率 | 93% | 95%\n优质产品 数量 | 20个 | 30个\n以上指标为预期性。")
    rows = document.tables[0].rows
    assert rows[0][0] is rows[1][0] and rows[0][1] is rows[0][2]
    check_offsets(document)


@pytest.mark.parametrize(("angle", "turned"), [
    (90, lambda rows: zip(*rows[::-1], strict=True)), (180, lambda rows: [row[::-1] for row in rows[::-1]]),
    (270, lambda rows: list(zip(*rows, strict=True))[::-1]),
])
def test_cells_are_found_on_turned_pages(angle: int, turned) -> None:
    assert grid(read_bytes(make.pdf([make.ruled_table()], rotate=angle), "a.pdf")) == [list(row) for row in turned(PDF_GRID)]


def test_underlines_and_frames_are_no_tables() -> None:
    frame = [(50, 600, 300, 600), (50, 720, 300, 720), (50, 600, 50, 720), (300, 600, 300, 720)]
    pages = [([(60, 700, "质量强市"), (60, 680, "95%以上")], frame), ([(60, 700, "下划线")], frame[:2])]
    document = read_bytes(make.pdf(pages), "a.pdf")
    assert (document.text, document.tables) == ("质量强市\n95%以上\n下划线", ())


def test_squared_paper_is_no_table() -> None:
    across = [(50, 100 + 3 * step, 550, 100 + 3 * step) for step in range(200)]
    down = [(50 + 3 * step, 100, 50 + 3 * step, 700) for step in range(160)]
    document = read_bytes(make.pdf([([(60, 720, "图1 趋势")], across + down)]), "a.pdf")
    assert (document.text, document.tables) == ("图1 趋势", ())


def test_radicals_are_read_as_the_ideographs_they_look_like() -> None:
    data = make.pdf([([(60, 700, "\x21\x22\x23\x24")], [])], to_unicode={0x21: 0x2F47, 0x22: 0x2ED3, 0x23: 0x2EDA, 0x24: 0x9875})
    assert read_bytes(data, "a.pdf").text == "日长页页"


def test_readers_run_in_several_threads_and_close_what_they_open() -> None:
    data, texts = make.pdf([make.ruled_table()] * 3), []
    read_bytes(data, "a.pdf")
    before = len(os.listdir("/proc/self/fd"))
    threads = [threading.Thread(target=lambda: texts.extend(read_bytes(data, "a.pdf").text for _ in range(5))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 20 and len(set(texts)) == 1
    assert len(os.listdir("/proc/self/fd")) <= before


# --- workbooks --------------------------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_as_it_is_shown() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "主要指标"
    for row in (["指标", "目标值", None], [None, "2023年", "2025年"], ["合格率\n(%)", 0.93, 0.945], [None, 95, "=1+1"]):
        sheet.append(row)
    sheet["B3"].number_format = sheet["C3"].number_format = "0.0%"
    for area in ("A1:A2", "B1:C1", "A3:A4"):
        sheet.merge_cells(area)
    sheet.freeze_panes = "B3"
    other = book.create_sheet("Sheet2")
    other["C5"], other["D7"] = date(2025, 6, 1), "=A1"
    book.create_sheet("隐藏").append(["9家"])
    book["隐藏"].sheet_state = "hidden"
    document = read_bytes(make.saved(book), "a.xlsx")
    assert document.text == "主要指标\n指标 | 目标值 | \n | 2023年 | 2025年\n合格率 (%) | 93.0% | 94.5%\n | 95 | \n2025-06-01"
    assert (headings(document), document.tables[0].header_rows) == ([("主要指标", 1)], 2)
    assert grid(document) == [*GRID[:2], ["合格率 (%)", "93.0%", "94.5%"], ["合格率 (%)", "95", ""]]
    check_offsets(document)


@pytest.mark.parametrize(("value", "pattern", "text"), [
    (0.935, "0.0%", "93.5%"), (0.935, "0%", "94%"), (1, "0%", "100%"), (0.0123, "0.0‰", "12.3‰"), (12345.678, "#,##0.0", "12,345.7"),
    (1 / 3, "General", "0.333333333"), (0.1 + 0.2, "General", "0.3"), (12, 'General"家"', "12家"), (1500, "General", "1500"),
    (1e-6, "General", "0.000001"),
    (5, '0"家以上"', "5家以上"), (5, "0\\家", "5家"), (-5, "0.0_);(0.0)", "(5.0)"), (-5, "0.00", "-5.00"), (-0.001, "0.0", "0.0"),
    (0, '0;-0;"—"', "—"),
    (12000, '0,"千"', "12千"), (1234.5, '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"), (9, "[$¥-804]#,##0.00", "¥9.00"),
    (2, "0.##", "2"),
    (1.005, "0.00", "1.01"), (20, "≥0", "≥20"), (12, "0.00E+00", "12"), (7, "[<5]0;[>=5]0.0", "7"),
    (123456789012345678, "0", "123456789012345678"),
    (5, ";;;", ""),
    (True, "0", "TRUE"), (float("inf"), "0", "inf"), ("95%以上", "0", "95%以上"), (None, "0", ""),
    (date(2025, 6, 1), "mm-dd-yy", "2025-06-01"), (datetime(2025, 6, 1, 8, 30), "yyyy/m/d h:mm", "2025-06-01 08:30"),
    (time(8, 30), "h:mm", "08:30"),
    (datetime(2025, 1, 1), 'yyyy"年"', "2025年"), (datetime(2025, 6, 1), 'yyyy"年"m"月"', "2025年6月"),
])
def test_numbers_are_shown_in_their_format(value: object, pattern: str, text: str) -> None:
    assert shown(value, pattern) == text
