"""Validation: each check fires on a row that breaks it and on nothing else; the policy decides; real plans pass."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from etl.model import Document, Extraction, Issue, Plan
from etl.policy import POLICY, PolicyError, load_policy, policy
from etl.validate import unit_known, validate

TEXT = "一、目标\n到2025年,食品抽检合格率达到98.5%以上。质量总体水平显著提升。研发经费增长15%—20%。"
PLAN = Plan("town-2021", place="某市", horizon_start=2021, horizon_end=2025, status="issued")


def row(where: str, number: str, fields: dict) -> dict:
    """A statement of TEXT that is right in every field."""
    start, value_start = TEXT.index(where), TEXT.index(number)
    base = {
        "indicator_id": f"town-2021-{value_start}-0", "plan_id": "town-2021", "kind": "target", "form": None, "indicator": "食品抽检合格率",
        "comparator": "ge", "value": Decimal("98.5"), "value_max": None, "unit": "%", "flow": "level", "year": 2025, "hedge": False,
        "domain": "food", "section": "一、目标", "responsible": None, "quote": where, "start": start, "end": start + len(where),
        "value_text": number, "value_start": value_start, "value_end": value_start + len(number), "rules": ["name.before"],
        "confidence": 0.9, "metric_id": None, "align_how": None, "align_note": None,
    }  # fmt: skip
    return base | fields


def rate(**fields) -> dict:
    return row("食品抽检合格率达到98.5%以上", "98.5%以上", fields)


def goal(**fields) -> dict:
    facts = {
        "kind": "commitment",
        "form": "direction",
        "indicator": "质量总体水平",
        "comparator": None,
        "value": None,
        "unit": "",
        "flow": "unspecified",
    }
    return row("质量总体水平显著提升", "显著提升", facts | fields)


def growth(**fields) -> dict:
    facts = {"indicator": "研发经费增长率", "comparator": "range", "value": Decimal(15), "value_max": Decimal(20), "flow": "change"}
    return row("研发经费增长15%—20%", "15%—20%", facts | fields)


def extraction(*rows: dict, numbers: list[dict] | None = None, sections: list[dict] | None = None, plan: Plan = PLAN) -> Extraction:
    """Rows of one plan whose number audit is complete."""
    spans = [match.span() for match in re.finditer(r"\d+(?:\.\d+)?", TEXT)]
    complete = [{"start": a, "end": b, "text": TEXT[a:b], "class": "year", "rule": "year"} for a, b in spans]
    heads = [{"start": 0, "end": len(TEXT), "level": 1, "title": "一、目标", "role": "targets"}]
    document = Document(TEXT, "txt", "town-2021.txt")
    return Extraction(plan, document, list(rows), complete if numbers is None else numbers, heads if sections is None else sections)


def codes(*rows: dict, **parts) -> list[str]:
    return [issue.code for issue in validate([extraction(*rows, **parts)])[0]]


# One change that breaks a good row -> the one code it must raise.
BROKEN = [
    (rate(quote="食品抽检合格率达到98.5%以"), "quote_moved"),
    (rate(start=rate()["start"] + 1), "quote_moved"),
    (rate(value_text="98.5%"), "value_moved"),
    (rate(end=rate()["value_end"] - 1, quote="食品抽检合格率达到98.5%以"), "value_outside_quote"),
    (rate(value_end=rate()["value_start"], value_text=""), "value_outside_quote"),
    (rate(kind="aim"), "kind_unknown"),
    (goal(form="hope"), "form_unknown"),
    (rate(comparator="min"), "comparator_unknown"),
    (rate(flow="flux"), "flow_unknown"),
    (rate(domain="sport"), "domain_unknown"),
    (rate(indicator="(98)"), "name_wordless"),
    (rate(indicator="食品" * 41), "name_long"),
    (rate(form="rank"), "shape"),
    (goal(comparator="ge"), "shape"),
    (goal(value=Decimal(1)), "shape"),
    (rate(value_max=Decimal(99)), "range_shape"),
    (growth(value_max=None), "range_shape"),
    (growth(value_max=Decimal(15)), "range_order"),
    (rate(value=Decimal("0.123456789")), "value_inexact"),
    (rate(value=Decimal(10) ** 20, unit="元"), "value_inexact"),
    (rate(year=2150, kind="incentive"), "year_impossible"),
    (rate(confidence=1.1), "confidence_range"),
    (rate(rules=[]), "rules_missing"),
    (rate(value=Decimal(101)), "share_over_100"),
    (rate(value=Decimal(-1)), "value_negative"),
    (rate(unit="艘船"), "unit_unknown"),
    (rate(year=2019), "target_before_plan"),
    (rate(year=2045), "target_after_plan"),
    (rate(kind="baseline", year=2026), "baseline_after_plan"),
    (rate(year=None), "year_missing"),
    (rate(value="98.5"), "field_type"),
    (rate(value=98.5), "field_type"),
    (rate(hedge=None), "field_type"),
    (rate(start=None), "field_type"),
    (rate(year=True), "field_type"),
]


@pytest.mark.parametrize(("broken", "code"), BROKEN, ids=[f"{code}-{number}" for number, (_, code) in enumerate(BROKEN)])
def test_a_broken_row_raises_its_code(broken: dict, code: str):
    assert codes(broken) == [code]


def test_good_rows_raise_nothing():
    assert codes(rate(), goal(), growth()) == []


@pytest.mark.parametrize("unsaid", ["name_empty"])
def test_an_empty_name_is_refused(unsaid: str):
    assert unsaid in codes(rate(indicator=" "))


def test_the_same_place_and_name_twice():
    assert codes(rate(), rate(indicator_id="town-2021-x-1")) == ["said_twice"]
    assert codes(rate(), rate(indicator_id="town-2021-x-1", indicator="药品抽检合格率")) == []


def test_the_same_id_twice():
    assert codes(rate(), growth(indicator_id=rate()["indicator_id"])) == ["id_twice"]


@pytest.mark.parametrize("name", ["产值增长率", "形成无形资产摊销比例", "研发费用加计扣除比例"])
def test_a_share_over_100_with_a_reason_passes(name: str):
    assert codes(rate(indicator=name, value=Decimal(175))) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"text": "2026"}, "number_moved"),
        ({"end": TEXT.index("2025")}, "number_moved"),
        ({"start": TEXT.index("98.5"), "end": TEXT.index("98.5") + 4, "text": "98.5"}, "number_twice"),
    ],
)
def test_the_audit_is_checked_against_the_text(change: dict, code: str):
    numbers = extraction().numbers
    numbers[0] |= change
    assert code in codes(numbers=numbers)


def test_a_number_without_a_class_is_reported():
    assert codes(numbers=extraction().numbers[1:]) == ["number_unaccounted"]


def test_sections_lie_in_the_text_and_stand_once():
    head = extraction().sections[0]
    assert codes(sections=[head, head]) == ["section_twice"]
    assert codes(sections=[head | {"end": len(TEXT) + 1}]) == ["section_outside"]


def test_every_check_is_tried_here():
    tried = {code for _, code in BROKEN} | {"name_empty", "said_twice", "id_twice", "number_moved", "number_twice", "number_unaccounted"}
    assert tried | {"section_twice", "section_outside"} == set(policy().actions)


def test_messages_name_the_plan_the_statement_and_the_value():
    (issue,) = validate([extraction(rate(value=Decimal(101)))])[0]
    assert (issue.plan_id, issue.indicator_id, issue.severity) == ("town-2021", rate()["indicator_id"], "warning")
    assert "101" in issue.message
    assert "食品抽检合格率" in issue.message


def test_findings_of_the_steps_before_are_kept():
    found = extraction(rate())
    found.issues = [Issue("odd", "info", "something", "town-2021")]
    assert validate([found])[0] == found.issues


def test_the_frame_has_every_row_with_its_place():
    other = extraction(plan=Plan("other", place="别市"))
    frame = validate([extraction(rate(), growth()), other])[1]
    assert frame["place"].tolist() == ["某市", "某市"]
    assert frame["value"].tolist() == [Decimal("98.5"), Decimal(15)]


def test_nothing_read_is_nothing_wrong():
    issues, frame = validate([])
    assert issues == []
    assert frame.empty


def test_actions_decide_what_follows():
    rules = policy()
    moved, odd, strange = (
        Issue(code, severity, "", "p")
        for code, severity in [("quote_moved", "error"), ("kind_unknown", "error"), ("said_twice", "warning")]
    )
    foreign = Issue("from_a_step", "error", "", "p")
    assert rules.stops([moved, odd, strange, foreign]) == [moved]
    assert rules.refuses([moved, odd, strange, foreign]) == [odd, foreign]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('action = "stop"', 'action = "shrug"', "quote_moved"),
        ('code = "value_moved"', 'code = "quote_moved"', "quote_moved"),
        ("[over_100]", "[over_1000]", "over_100"),
        ("[year]", "[extra]\n[year]", "extra"),
        ("message = ", "text = ", "quote_moved"),
    ],
)
def test_a_wrong_policy_is_refused(tmp_path: Path, old: str, new: str, named: str):
    path = tmp_path / "policy.toml"
    path.write_text(POLICY.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=named) as caught:
        load_policy(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "known"),
    [
        ("%", True),
        ("", True),
        ("件/万人", True),
        ("批次/千人/年", True),
        ("台(件)", True),
        ("％％", False),
        ("合格率", False),
        ("㎡", False),
    ],
)
def test_units_are_those_of_the_lexicon(unit: str, known: bool):
    assert unit_known(unit) is known
