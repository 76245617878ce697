"""What holds for any text at all: offsets lead back, rows re-slice, ids repeat, every digit has one class."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.audit import unaccounted
from etl.model import Cell, Document, Heading, Plan, Table
from etl.pipeline import extract
from tests.fixtures.text_checks import check_all, check_numbers, check_rows, check_spans, read

ROOT = Path(__file__).resolve().parent.parent
PLANS = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "data" / "plans").glob("*.txt"))}
# Pieces that the rules look at, in the ways that plans, copies and scans write them.
PIECES = (
    """
到2025年, 截至2020年底, 较2020年 “十四五”末 二〇二五年 2021-2025年 今年 每年 力争 争取 新增 累计 达到 不低于 不少于
超过 ≥ ≤ 约 以上 以下 左右 以内 (含) 以上 98% 98.5% ９８．５％ 84.l% 2O17年 100虬 99.3%o 5.2‰ 百分之九十八点五
九成以上 1.2万 3,000 12 000 两千八百 一百二十 几十 十余 40多项 翻一番 零的突破 15% —20% 3～5 由12提高到18 个 项 家
件/万人 (件/万人) 批次/千人/年 亿元 个百分点 台(件) 倍 分 天 平方公里 产品质量合格率 食品安全抽检合格率 省级质检中心
国家标准、行业标准 有效发明专利拥有量 满意度 公共服务 一、 (一) (-) 1. 1、 ① 第一章 第三节 专栏6 附件1 表2 ## · ——
> ★ 主要目标 发展基础 起草说明 参考文献 征求意见 保障措施 名词解释 | : 。 ; , 、 ( ) “ ” 《 》 〔2021〕66号 [94]
[1] ¹² 12345热线 0757—83282000 GB/T19001 ISO9001 5G 500强 “9+N” “332211” 3·15 1:1 第2名 前10位 十九大 一、二类
均 分别 全覆盖 符合省下达目标要求 位居全省前列 创建全国质量强市示范城市 (责任单位:市市场监管局、市教育局)
產品質量合格率 鄉鎮 達到 臺灣 萬人 (zhōng) 山类或优于山类 第3页 - 12 - 3/20 Page4 𠮷 ½ ² ٣ Ⅲ ①
""".split()
    + ["\U0001f600", "\t", "\u3000", "\u200b", "\ufeff", "\u00ad", "\r", "\x00", "\x0c", "\x1f", "\x85", "\u2028"]
)
GLUE = st.sampled_from(["", "", "", "", "\n", "\n\n", " ", "  ", " | ", "\n6、", "\n > ", "\r\n"])
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
DENSE = st.text(
    st.sampled_from("0123456789.,%０９％．一二十百千万亿点分之年月日个项家件|()（）[]〔〕《》“”。;,、:\n -—~\tlIO虬山>"), max_size=60
)
PATCHWORK = st.lists(st.tuples(st.sampled_from(PIECES), GLUE), min_size=1, max_size=40).map(
    lambda parts: "".join(piece + glue for piece, glue in parts)
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A slice of a real plan with a few places overwritten, cut out or filled with something foreign."""
    text = PLANS[draw(st.sampled_from(sorted(PLANS)))]
    start = draw(st.integers(0, len(text) - 1))
    part = text[start : start + draw(st.integers(1, 700))]
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(part)))
        new = draw(st.one_of(st.sampled_from(PIECES), st.sampled_from(["\n", " ", "\n\n", "|", "\u3000"]), DENSE))
        part = part[:at] + new + part[at + draw(st.integers(0, 5)) :]
    return part


TEXTS = st.one_of(PATCHWORK, DENSE, ANYTHING, mutated(), st.tuples(mutated(), PATCHWORK, ANYTHING).map("".join))


@settings(max_examples=250)
@given(TEXTS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_slice_leads_into_the_raw_text(raw: str, first: int, second: int) -> None:
    check_spans(raw, first, second)


@settings(max_examples=500)
@given(PATCHWORK)
def test_pieces_in_any_order(text: str) -> None:
    check_all(text)


@settings(max_examples=400)
@given(DENSE)
def test_numbers_and_marks_in_any_order(text: str) -> None:
    check_all(text)


@settings(max_examples=200)
@given(ANYTHING)
def test_any_characters(text: str) -> None:
    check_all(text)


@settings(max_examples=300)
@given(st.one_of(mutated(), st.tuples(mutated(), PATCHWORK, ANYTHING).map("".join)))
def test_spoilt_plans(text: str) -> None:
    check_all(text)


# Found by chance once: each broke one of the promises.
@pytest.mark.parametrize(
    "text",
    [
        "２[9]４",
        "合格率达到98[3]%以上。",
        "优良率９\n7．%",
        "０\n6、％",  # a mark cut out of the middle of a number
        "产值翻番)",
        "到2025年,力争\n翻番\n企业数量达到百家",
        "| 产值 | 翻番) |",
        "翻一番 左右达到",  # a multiple where an outline mark could stand
        "1 务\n一、 9",
        "5 项任\n(一) 6",  # a table row whose name is an outline mark
        "合格率达到98%0年均",
        "98%0个",
        "率9,4",
        "得分达到85，2025年达到90",  # digits behind a number that the number's pattern gave back
        "#\t",
        "## ",
        "# 。",  # headings without words
    ],
)
def test_texts_that_once_broke_a_promise(text: str) -> None:
    check_all(text)


@settings(max_examples=60)
@given(TEXTS, st.integers(1990, 2060))
def test_the_same_text_gives_the_same_rows(text: str, horizon: int) -> None:
    plan = Plan("any", horizon_end=horizon)
    one, other = read(text, plan), read(text, plan)
    assert one.rows == other.rows and one.numbers == other.numbers and one.sections == other.sections


@settings(max_examples=20)
@given(st.sampled_from(sorted(PLANS)), st.randoms(use_true_random=False), st.integers(0, 10**6))
def test_paragraphs_may_stand_in_any_order(name: str, chance: random.Random, at: int) -> None:
    lines = PLANS[name].split("\n")
    at %= len(lines)
    part = lines[at : at + 60]
    chance.shuffle(part)
    text = "\n".join(part)
    extraction = read(text)
    check_rows(text, extraction)
    check_numbers(text, extraction)


@st.composite
def tabled(draw: st.DrawFn) -> Document:
    """A document whose reader knew a table with merged cells and a heading, at places that need not make sense."""
    text = draw(st.one_of(PATCHWORK, mutated()))
    cut = st.integers(0, len(text))
    cell = st.tuples(cut, cut).map(lambda span: Cell(*sorted(span)))
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width).map(tuple), max_size=4))
    heads = draw(st.lists(st.tuples(cut, cut, st.integers(1, 6)).map(lambda h: Heading(*sorted(h[:2]), h[2])), max_size=2))
    return Document(text, "docx", "any.docx", (Table(tuple(rows)),) if rows else (), tuple(sorted(heads, key=lambda h: h.start)))


@settings(max_examples=80)
@given(tabled())
def test_a_readers_tables_and_headings_break_nothing(document: Document) -> None:
    extraction = extract(document, Plan("any"))
    check_rows(document.text, extraction)
    assert unaccounted(document.text, extraction.numbers) == []


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "\n\n\n", "|", "||", "0", "。", "\ufeff", "第一章", "《", "(", "“", "1", "%", "\x00", "|\n|", "- 1 -", "专栏", "虬"],
)
def test_texts_with_nothing_in_them(text: str) -> None:
    check_all(text)
    assert read(text).rows == []
