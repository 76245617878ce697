"""Goals without a number: the gold sample, every form, and sentences that only look like goals."""

from __future__ import annotations

import csv
import json
import re
from functools import cache
from pathlib import Path

import pytest

from etl.manifest import described
from etl.model import Document, Extraction, Plan
from etl.pipeline import extract
from etl.read import read
from etl.vocab import filled, load

DATA = Path(__file__).resolve().parent.parent / "data"
with open(DATA / "gold" / "commitments.tsv", encoding="utf-8", newline="") as file:
    GOLD = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
FLOOR = 27


@cache
def plan(name: str) -> Extraction:
    path = DATA / "plans" / f"{name}.txt"
    return extract(read(path), described(path).plan)


def goals(text: str) -> list[tuple[str, str]]:
    rows = extract(Document(text, "txt"), Plan("any", horizon_end=2025)).rows
    return [(row["form"], row["indicator"]) for row in rows if row["kind"] == "commitment"]


def found(gold: dict) -> list[dict]:
    """The goals of the plan that stand where the gold quote stands."""
    extraction = plan(gold["plan"])
    start = extraction.document.text.find(gold["quote"])
    assert start >= 0, f"the gold quote is not in {gold['plan']}: {gold['quote']}"
    return [
        row for row in extraction.rows if row["kind"] == "commitment" and row["start"] < start + len(gold["quote"]) and start < row["end"]
    ]


def test_most_of_the_gold_goals_are_found() -> None:
    missed = [f"{gold['plan']}: {gold['quote']}" for gold in GOLD if not found(gold)]
    assert len(GOLD) - len(missed) >= FLOOR, "\n".join(missed)


def test_the_form_of_a_found_goal_is_that_of_the_gold() -> None:
    pairs = [(gold["form"], {row["form"] for row in rows}) for gold in GOLD if (rows := found(gold))]
    assert sum(form in forms for form, forms in pairs) >= 0.9 * len(pairs), pairs


def test_goals_carry_no_number() -> None:
    for name in {gold["plan"] for gold in GOLD}:
        for row in plan(name).rows:
            if row["kind"] == "commitment":
                assert (row["value"], row["comparator"], row["unit"]) == (None, None, "")
                assert row["indicator"] and row["form"] and row["value_text"] in row["quote"]


CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "goals.jsonl").read_text("utf-8").splitlines()]


def read_case(case: dict) -> list[tuple[str, str]]:
    rows = extract(Document(case["text"], "txt"), Plan("case", horizon_end=case.get("horizon", 2025))).rows
    return [(row["form"], row["indicator"]) for row in rows if row["kind"] == "commitment"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case(case: dict) -> None:
    made = read_case(case)
    assert [form for form, _ in made] == [form for form, _ in case["goals"]], made
    assert all(about in name for (_, name), (_, about) in zip(made, case["goals"], strict=True)), made


def test_every_form_reads_its_own_example() -> None:
    named = {case["id"].rsplit("-", 1)[0] for case in CASES if case["goals"]}
    assert {form["id"] for form in load("commitments")["form"]} <= named
    for form in load("commitments")["form"]:
        assert re.search(filled("commitments", form["pattern"]), form["why"].replace(",", "")), form["id"]
    for cell in load("commitments")["cell"]:
        assert re.fullmatch(filled("commitments", cell["pattern"]), cell["why"]), cell["id"]


@pytest.mark.parametrize(
    "clause", ["全市不发生重大食品安全事件", "确保不发生重大食品安全事件", "坚决遏制重特大质量安全事故", "杜绝发生重大质量安全事故"]
)
def test_what_must_not_happen(clause: str) -> None:
    assert [form for form, _ in goals(f"一、主要目标\n到2025年,{clause}。")] == ["direction"]


@pytest.mark.parametrize(
    "text",
    [
        "一、主要目标\n到2025年,产品合格率达到98%以上。",  # a number stands in it
        "一、发展基础\n环境空气质量符合省下达目标要求。",
        "一、发展基础\n工程质量抽查符合率不断提高。",  # the past
        "一、主要目标\n为了企业竞争力位居全省前列,加强培训。",  # a purpose
        "一、重点任务\n加强工程质量监管。",  # work
        "一、重点任务\n开展特种设备全覆盖监督检查。",  # a way to work
        "一、起草说明\n环境空气质量符合省下达目标要求。",  # notes
        "一、主要目标\n不符合国家标准要求的产品应当下架。",  # a duty of others
        "一、重点任务\n质量意识不断提高。",  # a direction outside the targets
        "一、主要目标\n存在服务质量水平不断下降问题。",  # a problem
    ],
)
def test_no_goal(text: str) -> None:
    assert goals(text) == []


def test_each_of_several_goals_in_a_sentence_is_one() -> None:
    made = goals("一、主要目标\n到2025年,产品质量抽查合格率稳步提高,公共服务质量位居全省前列,环境空气质量符合省下达目标要求。")
    assert [form for form, _ in made] == ["direction", "rank", "relative"]
