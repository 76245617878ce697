"""Layout: headings and their levels, roles, boxes, tables of every shape, and what is silent."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest

from etl.clean import clean
from etl.model import Document, Layout, Plan
from etl.pipeline import extract
from etl.read import read_bytes
from etl.segment import segment


def layout(text: str) -> Layout:
    return segment(clean(text).text)


def rows(document: Document | str, horizon: int = 2025) -> list[dict]:
    document = Document(document, "txt") if isinstance(document, str) else document
    return [row for row in extract(document, Plan("any", horizon_end=horizon)).rows if row["value"] is not None]


def told(document: Document | str) -> list[tuple]:
    return [(row["indicator"], float(row["value"]), row["unit"], row["year"]) for row in rows(document)]


# (line, its level, its title); what follows a line with level None is no heading
HEADINGS = [
    ("第一章 发展基础", 1, "第一章 发展基础"),
    ("第二节 主要目标", 2, "第二节 主要目标"),
    ("一、总体要求", 3, "一、总体要求"),
    ("(一)工作目标", 4, "(一)工作目标"),
    ("（一）工作目标", 4, "(一)工作目标"),
    ("1.质量提升", 5, "1.质量提升"),
    ("1、质量提升", 5, "1、质量提升"),
    ("(1)质量提升", 6, "(1)质量提升"),
    ("①质量提升", 6, "①质量提升"),
    ("# 总体要求", 2, "总体要求"),
    ("### 工作目标", 4, "工作目标"),
    ("(一)工作目标。到2025年,质量水平提升。", 4, "(一)工作目标"),
    ("附件1 指标表", 1, "附件1 指标表"),
    ("专栏6 质量工程", 1, "专栏6 质量工程"),
    ("工作回顾", 1, "工作回顾"),
    ("产品质量合格率达到98%。", None, ""),
    ("1.5万家企业", None, ""),
    ("(一)到2025年,合格率达到98%,满意度达到90分,工程合格率达到100%", None, ""),
    ("坚持质量第一,效益优先", None, ""),
]


@pytest.mark.parametrize(("line", "level", "title"), HEADINGS, ids=[case[0] for case in HEADINGS])
def test_a_heading_and_its_level(line: str, level: int | None, title: str) -> None:
    found = [(s.level, s.title.replace(" ", "")) for s in layout(f"{line}\n正文内容在此。").sections]
    assert found == ([] if level is None else [(level, title.replace(" ", ""))])


def test_the_tree_and_the_path() -> None:
    text = (
        "第一章 总体要求\n第一节 主要目标\n一、产品质量\n(一)食品\n合格率达到98%。\n(二)药品\n"
        "第二章 重点任务\n(一)工程\n验收合格率达到100%。"
    )
    sections = layout(text).sections
    assert [s.level for s in sections] == [1, 2, 3, 4, 4, 1, 4]
    paths = [[title.replace(" ", "") for title in row["section"].split(" > ")] for row in rows(text)]
    assert paths == [["第一章总体要求", "第一节主要目标", "一、产品质量", "(一)食品"], ["第二章重点任务", "(一)工程"]]
    for one in sections:
        assert one.start < one.end <= len(text)
        assert not one.parent or not one.parent.title or one.parent.start < one.start and one.end <= one.parent.end


def test_a_section_ends_where_the_next_of_its_level_begins() -> None:
    text = "一、目标\n甲。\n(一)食品\n乙。\n(二)药品\n丙。\n二、任务\n丁。"
    assert [text[s.start : s.end] for s in layout(text).sections] == [
        "一、目标\n甲。\n(一)食品\n乙。\n(二)药品\n丙。\n",
        "(一)食品\n乙。\n",
        "(二)药品\n丙。\n",
        "二、任务\n丁。",
    ]


def test_targets_that_drafting_notes_talk_about_are_silent() -> None:
    text = "一、主要目标\n合格率达到98%。\n二、起草说明\n(一)主要目标\n合格率达到97%。\n(二)重点任务\n新增企业20家。"
    assert [s.role for s in layout(text).sections] == ["targets", "notes", "notes", "notes"]
    assert [float(row["value"]) for row in rows(text)] == [98]


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("一、主要目标", "targets"),
        ("一、发展基础", "background"),
        ("一、“十三五”工作回顾", "background"),
        ("一、保障措施", "safeguards"),
        ("一、重点任务", "measures"),
        ("一、总则", "other"),
        ("一、起草说明", "notes"),
        ("一、征求意见情况", "consultation"),
        ("一、参考文献", "footnotes"),
    ],
)
def test_the_role_of_a_section(title: str, role: str) -> None:
    assert [s.role for s in layout(f"{title}\n正文。").sections] == [role]


def test_a_section_without_a_word_of_its_own_takes_the_role_above() -> None:
    assert [s.role for s in layout("一、主要目标\n(一)食品\n正文。\n二、总则\n正文。").sections] == ["targets", "targets", "other"]


SILENT = ["起草说明", "编制说明", "名词解释", "征求意见情况", "参考文献"]


@pytest.mark.parametrize("title", SILENT)
def test_what_is_not_the_plan_says_nothing(title: str) -> None:
    text = f"一、主要目标\n合格率达到98%以上。\n二、{title}\n(一)概况\n合格率达到97%以上,收到意见12条。\n三、保障措施\n满意度达到90分。"
    extraction = extract(Document(text, "txt"), Plan("any", horizon_end=2025))
    assert [row["value_text"] for row in extraction.rows] == ["98%以上", "90分"]
    assert {row["class"] for row in extraction.numbers if row["text"] in ("97%", "12")} <= {"procedure"}


def test_a_footnote_says_nothing_and_a_bracketed_value_does() -> None:
    text = "一、主要目标\n合格率达到98%以上[1]。\n[1]合格率:抽查1000批次的97%。"
    extraction = extract(Document(text, "txt"), Plan("any", horizon_end=2025))
    assert [row["value_text"] for row in extraction.rows] == ["98%以上"]
    assert {row["class"] for row in extraction.numbers if row["start"] > text.index("\n[1]")} <= {"footnote"}


BOX = """一、主要目标
专栏2 重点工程
标准 | · 承担国家标准多于240项,行业标准多于20项; · 建设标准化试点5个;  |
品牌 | · 新增中华老字号1个、山东老字号4个;  |"""


def test_a_flattened_box() -> None:
    found = rows(BOX)
    assert [float(row["value"]) for row in found] == [240, 20, 5, 1, 4]
    assert [row["section"].split(" > ")[-1] for row in found] == ["标准", "标准", "标准", "品牌", "品牌"]
    assert all("专栏2重点工程" in row["section"].replace(" ", "") for row in found)


PIPE = """一、主要指标
| 序号 | 指标名称 | 单位 | 2020年 | 2025年 |
|---|---|---|---|---|
| 1 | 产品质量监督抽查合格率 | % | 95 | ≥98 |
| 2 | 有效发明专利拥有量 | 万件 | 1.2 | 2 |
| 3 | 公共服务满意度 | 分 | 82.1 | 85 |"""
SPACED = """一、主要指标
指标名称  单位  2020年  2025年
产品质量监督抽查合格率  %  95  ≥98
有效发明专利拥有量  万件  1.2  2
公共服务满意度  分  82.1  85"""
WANTED = [
    ("产品质量监督抽查合格率", 95, "%", 2020),
    ("产品质量监督抽查合格率", 98, "%", 2025),
    ("有效发明专利拥有量", 12000, "件", 2020),
    ("有效发明专利拥有量", 20000, "件", 2025),
    ("公共服务满意度", 82.1, "分", 2020),
    ("公共服务满意度", 85, "分", 2025),
]


@pytest.mark.parametrize(
    "text",
    [PIPE, SPACED, PIPE.replace("|---|---|---|---|---|\n", ""), SPACED.replace("  ", "\t"), PIPE.replace("|", "｜")],
    ids=["pipes", "spaces", "pipes without a rule", "tabs", "full-width pipes"],
)
def test_a_table_of_the_text(text: str) -> None:
    assert told(text) == WANTED
    assert [row["kind"] for row in rows(text)] == ["baseline", "target"] * 3


STACKED = """一、主要指标

指标

2025年

产品质量监督抽查合格率(%)

98以上

质量类别(2个)

创建质量强县(市、区)(个)

5

烟台(大)工匠(名)

30"""


def test_one_cell_a_line() -> None:
    assert told(STACKED) == [
        ("产品质量监督抽查合格率", 98, "%", 2025),
        ("质量强县(市、区)", 5, "个", 2025),
        ("烟台(大)工匠", 30, "名", 2025),
    ]
    assert [row["comparator"] for row in rows(STACKED)] == ["ge", "eq", "eq"]


def test_two_columns_of_three_figures_are_no_thousands() -> None:
    text = "一、主要指标\n指标 单位 2020年 2025年\n产品质量合格率 % 93.5 95\n质量管理体系认证 张 450 600\n有效注册商标 件 12 000 15 000"
    assert told(text)[2:4] == [("质量管理体系认证", 450, "张", 2020), ("质量管理体系认证", 600, "张", 2025)]


def test_lines_of_prose_are_no_table() -> None:
    text = "一、主要目标\n合格率稳步提高\n\n满意度稳步提高\n\n新增企业20家,新增品牌3个。"
    assert not [b for b in layout(text).blocks if b.kind == "row"]
    assert [float(row["value"]) for row in rows(text)] == [20, 3]


def word_table() -> Document:
    """A Word document with a head of two rows, a group cell over two rows and a unit column."""
    word = docx.Document()
    word.add_heading("主要指标", 1)
    table = word.add_table(5, 5)
    cells = [
        ["类别", "指标", "单位", "目标值", ""],
        ["", "", "", "2023年", "2025年"],
        ["产品质量", "监督抽查合格率", "%", "96", "98"],
        ["", "食品抽检合格率", "%", "97.5", "98.5"],
        ["服务质量", "公共服务满意度", "分", "82", "85"],
    ]
    for r, line in enumerate(cells):
        for c, words in enumerate(line):
            table.cell(r, c).text = words
    for column in range(3):
        table.cell(0, column).merge(table.cell(1, column))
    table.cell(0, 3).merge(table.cell(0, 4))
    table.cell(2, 0).merge(table.cell(3, 0))
    data = BytesIO()
    word.save(data)
    return read_bytes(data.getvalue(), "plan.docx")


def test_a_readers_table_with_merged_cells() -> None:
    document = word_table()
    assert told(document) == [
        ("监督抽查合格率", 96, "%", 2023),
        ("监督抽查合格率", 98, "%", 2025),
        ("食品抽检合格率", 97.5, "%", 2023),
        ("食品抽检合格率", 98.5, "%", 2025),
        ("公共服务满意度", 82, "分", 2023),
        ("公共服务满意度", 85, "分", 2025),
    ]
    for row in rows(document):
        assert document.text[row["start"] : row["end"]] == row["quote"]
        assert row["section"].startswith("主要指标")


@pytest.mark.parametrize("kind", ["md", "html"])
def test_the_same_table_from_other_formats(kind: str) -> None:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in PIPE.split("\n")[1:] if "---" not in line]
    html = (
        "<html><body><h1>一、主要指标</h1><table>"
        + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in lines)
        + "</table></body></html>"
    )
    data = (PIPE.replace("一、主要指标", "# 一、主要指标\n") if kind == "md" else html).encode()
    assert told(read_bytes(data, f"plan.{kind}")) == WANTED


def test_blocks_stand_in_order_and_do_not_overlap() -> None:
    for text in (BOX, PIPE, SPACED, STACKED):
        shown = clean(text).text
        spans = [(b.start, b.end) for b in segment(shown).blocks]
        assert all(0 <= a < b <= len(shown) for a, b in spans)
        assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))
