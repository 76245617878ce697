"""The number audit: every digit run of a document in one class, none left over, none without a reason."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from etl.audit import unaccounted
from etl.manifest import described
from etl.model import Document, Extraction, Plan
from etl.pipeline import extract
from etl.read import read

PLANS = sorted((Path(__file__).resolve().parent.parent / "data" / "plans").glob("*.txt"))
NAMES = [path.stem for path in PLANS]


@cache
def plan(name: str) -> Extraction:
    path = next(path for path in PLANS if path.stem == name)
    return extract(read(path), described(path).plan)


@pytest.mark.parametrize("name", NAMES)
def test_no_digit_of_the_five_plans_is_unaccounted(name: str) -> None:
    extraction = plan(name)
    assert unaccounted(extraction.document.text, extraction.numbers) == []
    assert all(one["end"] <= other["start"] for one, other in pairwise(extraction.numbers))


@pytest.mark.parametrize("name", NAMES)
def test_no_number_of_the_five_plans_is_without_a_class(name: str) -> None:
    text = plan(name).document.text
    left = [
        (row["class"], text[max(0, row["start"] - 12) : row["end"] + 8])
        for row in plan(name).numbers
        if row["class"] in ("other", "unbound", "quantity")
    ]
    assert left == []


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_with_a_number_stands_in_the_audit(name: str) -> None:
    extraction = plan(name)
    marked = {at for row in extraction.numbers if row["class"] == "indicator" for at in range(row["start"], row["end"])}
    missing = [
        row["value_text"]
        for row in extraction.rows
        if row["value"] is not None and not marked & set(range(row["value_start"], row["value_end"]))
    ]
    assert missing == []


def classes(text: str) -> list[tuple[str, str, str]]:
    return [(row["text"], row["class"], row["rule"]) for row in extract(Document(text, "txt"), Plan("any", horizon_end=2025)).numbers]


LONG = "到2025年,全市产品质量监督抽查合格率稳步提高。工业固废综合利用率"


@pytest.mark.parametrize(
    ("text", "number", "kind", "rule"),
    [
        (f"{LONG}\n6、达到75%以上。", "6", "page", "clean.page_mark"),
        ("加快建设,推动企业对标\n- 12 -\n达标,合格率98%。", "12", "page", "clean.page_line"),
        ("合格率达到98%以上[94]。", "94", "footnote", "clean.footnote_mark"),
        ("一、主要目标\n[94]张三:质量2020年第3期。", "3", "footnote", "block.footnote"),
        ("一、主要目标\n发布日期:2021-03-01", "2021", "furniture", "block.furniture"),
        ("一、起草说明\n合格率达到98%。", "98%", "procedure", "block.procedure"),
        ("产品合格率达到98%。", "98%", "indicator", "name.before"),
        ("98%。", "98%", "unbound", "no_name"),
        ("合格率达到98%,其中某物17。", "17", "other", "no_unit"),
    ],
)
def test_a_class_and_its_rule(text: str, number: str, kind: str, rule: str) -> None:
    assert (number, kind, rule) in classes(text)


def test_what_is_left_out_is_found() -> None:
    raw = "共12项,第3节,１２"
    rows = [{"start": 1, "end": 4}]
    assert [raw[a:b] for a, b in unaccounted(raw, rows)] == ["3", "１２"]
    assert unaccounted(raw, [{"start": 9, "end": 11}]) == [(1, 3), (6, 7)]
    assert unaccounted(raw, []) == [(1, 3), (6, 7), (9, 11)]
    assert unaccounted("没有数字", []) == []
