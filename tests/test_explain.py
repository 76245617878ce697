"""`etl explain`: every number of a plan with its class, and one place with its statements and numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl import explain
from etl.__main__ import PLANS, main
from etl.build import extract_source
from etl.explain import REASONS, find, occurrences
from etl.vocab import load

TEXT = (
    "某市质量提升方案（政发〔2021〕66号）\n\n一、目标\n\n到2025年，产品抽检合格率达到98.5%以上，拨打12315投诉。\n名牌产品达到98.5%以上。\n"
)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "town.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_audit_lists_every_number_of_the_text(plan: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", str(plan)]) == 0
    out = capsys.readouterr().out
    for digits in re.finditer(r"\d+(?:\.\d+)?", TEXT):
        assert re.search(rf"^{digits.start()}-\d+ .*【{re.escape(digits.group())}", out, re.M), digits.group()
    assert "document_number" in out
    assert "without a class: 0" in out


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANS.glob("*.txt")))
def test_no_number_of_the_plans_is_without_a_class(name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", name]) == 0
    assert "without a class: 0" in capsys.readouterr().out


def test_a_number_that_no_rule_saw_is_told(plan: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    extraction = extract_source(find(str(plan), PLANS))
    extraction.numbers = [number for number in extraction.numbers if number["text"] != "12315"]
    monkeypatch.setattr(explain, "read_plan", lambda source: extraction)
    assert main(["explain", str(plan)]) == 1
    assert f"without a class: 1\n  12315 at {TEXT.index('12315')}" in capsys.readouterr().out


def test_a_place_shows_its_statement_with_rules_and_section(plan: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", str(plan), "产品抽检合格率"]) == 0
    out = capsys.readouterr().out
    (row,) = [row for row in extract_source(find(str(plan), PLANS)).rows if row["indicator"] == "产品抽检合格率"]
    for part in (*row["rules"], row["section"], row["quote"], row["indicator_id"], "98.5%", "2025", f"{row['start']}-{row['end']}"):
        assert part in out


def test_a_place_says_why_a_number_was_left(plan: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", str(plan), "〔2021〕66号"]) == 0
    out = capsys.readouterr().out
    assert "no statement was read here" in out
    assert REASONS["document_number"] in out
    why = next(rule["why"] for rule in load("exclusions")["rule"] if rule["id"] == "document.number")
    assert why in out


def test_every_place_of_a_quote_is_shown(plan: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", str(plan), "98.5%以上"]) == 0
    assert capsys.readouterr().out.count("【98.5%以上】") == 2


def test_a_quote_that_is_not_there_gets_the_nearest(plan: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["explain", str(plan), "产品抽样合格率达到98.5%以上"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "抽检合格率达到98.5%" in err
    assert len(err.splitlines()) == 1


def test_blanks_and_width_of_a_quote_do_not_matter():
    assert occurrences("甲 98%\n以上，乙", "98％以上,乙") == [(2, 10)]
    assert occurrences("甲甲甲", "甲") == [(0, 1), (1, 2), (2, 3)]
    assert occurrences("甲", " ") == []


def test_an_unknown_plan_lists_the_known(capsys: pytest.CaptureFixture[str]):
    assert main(["explain", "atlantis-2020"]) == 1
    assert "rizhao-2021" in capsys.readouterr().err


def test_every_class_of_the_rules_has_a_meaning():
    assert {rule["class"] for rule in load("exclusions")["rule"]} <= set(REASONS)


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANS.glob("*.txt")))
def test_every_class_found_in_the_plans_has_a_meaning(name: str):
    assert {number["class"] for number in extract_source(find(name, PLANS)).numbers} <= set(REASONS)
