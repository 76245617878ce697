"""Year and kind of a statement, told by its clause, its paragraph, its section, or the plan."""

from __future__ import annotations

import pytest

from etl.clean import clean
from etl.model import Document, Plan
from etl.pipeline import extract
from etl.times import Context, context, mentions, time_words

PLAN = Plan("any", title="质量发展规划", issued="2021-06-01", horizon_start=2021, horizon_end=2025)


def statements(text: str, plan: Plan = PLAN) -> list[tuple[str, int | None]]:
    return [(row["kind"], row["year"]) for row in extract(Document(text, "txt"), plan).rows if row["value"] is not None]


# (text, kind and year of each statement)
CASES = [
    ("到2025年,产品合格率达到98%以上。", [("target", 2025)]),
    ("到2030年,产品合格率达到98%以上。", [("target", 2030)]),
    ("产品合格率达到98%以上。", [("target", 2025)]),
    ("2023年底前,产品合格率达到98%以上。", [("target", 2023)]),
    ("到“十四五”末,产品合格率达到98%以上。", [("target", 2025)]),
    ("截至2020年底,产品合格率达到98%。", [("baseline", 2020)]),
    ("2020年,产品合格率达到98%。", [("baseline", 2020)]),
    ("“十三五”时期,全市累计新增中国驰名商标12件。", [("baseline", 2020)]),
    ("到2020年末,全市有效发明专利拥有量达到800件。", [("baseline", 2020)]),
    ("到2023年产品合格率达到97%,到2025年产品合格率达到98%。", [("target", 2023), ("target", 2025)]),
    ("截至2020年底,拥有质检中心2家,到2025年达到5家。", [("baseline", 2020), ("target", 2025)]),
    ("产品合格率由2020年的95%提高到2025年的98%。", [("baseline", 2020), ("target", 2025)]),
    ("到2025年,产品合格率较2020年提高3个百分点。", [("target", 2025)]),
    ("到2025年,质量水平提高。产品合格率达到98%。", [("target", 2025)]),
    ("一、发展基础\n全市拥有质检中心2家。", [("baseline", 2020)]),
    ("一、主要目标\n全市拥有质检中心2家。", [("target", 2025)]),
    ("一、2023年目标\n产品合格率达到98%。", [("target", 2023)]),
    ("一、主要目标\n到2024年,努力实现以下目标:\n产品合格率达到98%。\n工程验收合格率达到100%。", [("target", 2024), ("target", 2024)]),
    ("一、“十三五”回顾\n产品合格率达到98%。\n二、主要目标\n产品合格率达到99%。", [("baseline", 2020), ("target", 2025)]),
    ("去年,全市查处案件120件。", [("baseline", 2020)]),
    ("目前,全市拥有质检中心2家。", [("baseline", 2021)]),
]


@pytest.mark.parametrize(("text", "wanted"), CASES, ids=[case[0].replace("\n", " / ") for case in CASES])
def test_kind_and_year(text: str, wanted: list[tuple[str, int]]) -> None:
    assert statements(text) == wanted


# (time word in a sentence, year, sense)
WORDS = [
    ("到2025年,合格率", 2025, "due"),
    ("至2025年末,合格率", 2025, "due"),
    ("2025年底前完成", 2025, "due"),
    ("截至2020年底,", 2020, "observed"),
    ("较2020年提高", 2020, "base"),
    ("从2020年的12项", 2020, "origin"),
    ("2020年,全市", 2020, "bare"),
    ("增加到2025年的15项", 2025, "of"),
    ("“十三五”期间,", 2020, "bare"),
    ("到“十五五”末,", 2030, "due"),
    ("二〇二五年,", 2025, "bare"),
    ("比上年增长", 2020, "base"),
    ("今年,全市", 2021, "bare"),
    ("明年,全市", 2022, "bare"),
    ("未来五年,", 2025, "due"),
    ("过去五年,", 2020, "observed"),
]


@pytest.mark.parametrize(("text", "year", "sense"), WORDS, ids=[case[0] for case in WORDS])
def test_a_time_word(text: str, year: int, sense: str) -> None:
    known = Context(2025, 2021, True, 2021)
    assert [(m.year, m.sense) for m in mentions(text, time_words(text), known)] == [(year, sense)]


@pytest.mark.parametrize("text", ["2025家企业", "新增1999项", "(2021年)", "《规划(2021-2025年)》", "每年新增", "百年老店", "三年行动"])
def test_no_time_word(text: str) -> None:
    assert mentions(text, time_words(text), Context(2025, 2021, True, 2021)) == []


# (head of a document, horizon, year it speaks from)
CONTEXTS = [
    ("某市质量发展规划(2021-2025年)\n一、目标\n合格率98%。", 2025, 2021),
    ("某市“十四五”质量规划\n截至2020年底,合格率95%。", 2025, 2020),
    ("某市质量强市方案\n到2027年,合格率98%。", 2027, 2026),
    ("某市意见\n某政发〔2019〕12号\n到2022年,合格率98%。到2022年,满意度90分。", 2022, 2019),
    ("某市方案\n到2023年,合格率97%。到2025年,合格率98%。到2025年,满意度90分。", 2025, 2022),
    ("某市措施\n合格率98%。", None, None),
]


@pytest.mark.parametrize(("text", "horizon", "now"), CONTEXTS, ids=[case[0].split("\n")[0] for case in CONTEXTS])
def test_what_a_document_says_of_its_time(text: str, horizon: int | None, now: int | None) -> None:
    cleaned = clean(text).text
    known = context(cleaned, Plan("any"), time_words(cleaned))
    assert (known.horizon, known.now) == (horizon, now)


def test_what_is_known_from_outside_wins() -> None:
    text = "某市质量发展规划(2021-2025年)\n合格率98%。"
    known = context(text, Plan("any", issued="2022-03-01", horizon_start=2022, horizon_end=2027), time_words(text))
    assert (known.horizon, known.now, known.start) == (2027, 2022, 2022)


def test_a_report_without_aims_has_baselines_only() -> None:
    text = "某市2023年质量状况白皮书\n2023年,全市产品监督抽查合格率为95%。全市拥有质检中心2家。"
    assert {kind for kind, _ in statements(text, Plan("any"))} == {"baseline"}
