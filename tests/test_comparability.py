"""Verdicts: 236 labelled pairs, what holds for every set of statements, and the rules' own file.

The 108 pairs from work reports and plans of all fields were labelled before they were judged; those of split `aside` were judged last.
"""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from pathlib import Path

import pandas
import pytest

from analytics.align import align
from analytics.comparability import group, pairwise
from analytics.registry import load
from analytics.standing import place_level
from analytics.terms import RegistryError
from analytics.verdicts import RULES, VERDICTS, load_rules

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = load()
CODES = ("metric", "unit", "method", "scope", "level", "pooled", "flow", "count", "index", "scale", "year", "kind", "status")
NAMES = {
    "comparable": ("可比", "Comparable"),
    "conditional": ("有条件可比", "Comparable with notes"),
    "incomparable": ("不可比", "Not comparable"),
}


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


CASES = read_jsonl(ROOT / "tests" / "cases" / "verdicts.jsonl")


def aligned(rows: list[dict]) -> pandas.DataFrame:
    frame = pandas.DataFrame(rows)
    return frame.join(align(frame, REGISTRY))


def gold() -> pandas.DataFrame:
    """The statements of the five plans, aligned, with the status of their plan."""
    with (ROOT / "data" / "plans" / "plans.tsv").open(encoding="utf-8") as file:
        plans = list(csv.DictReader(file, delimiter="\t"))
    rows = [{**row, "indicator_id": f"{plan['plan']}-{number}", "place": plan["place"], "status": plan["status"]}
            for plan in plans for number, row in enumerate(read_jsonl(ROOT / "data" / "gold" / f"{plan['plan']}.jsonl"))]
    return aligned(rows)


GOLD = gold()


def judged() -> list[pandas.Series]:
    """The verdict on each labelled pair; all are aligned at once."""
    frame = aligned([case[side] for case in CASES for side in ("a", "b")])
    return [pairwise(frame.iloc[2 * number:2 * number + 2], REGISTRY).iloc[0] for number in range(len(CASES))]


JUDGED = judged()


@pytest.mark.parametrize(("case", "found"), list(zip(CASES, JUDGED, strict=True)), ids=[case["id"] for case in CASES])
def test_labelled_pair(case: dict, found: pandas.Series) -> None:
    assert (found["verdict"], set(found["codes"])) == (case["verdict"], set(case["codes"])), found["sentence_zh"]


def test_bars_on_the_labelled_pairs() -> None:
    said = [case for case, found in zip(CASES, JUDGED, strict=True) if found["verdict"] == "comparable"]
    right = sum(case["verdict"] == "comparable" for case in said)
    assert len(CASES) >= 200 and right / len(said) >= 0.98
    for code in {code for case in CASES for code in case["codes"]}:
        wanted = [found for case, found in zip(CASES, JUDGED, strict=True) if code in case["codes"]]
        assert sum(code in found["codes"] for found in wanted) / len(wanted) >= 0.90, code


def test_labelled_pairs_cover_every_code_and_verdict() -> None:
    assert {code for case in CASES for code in case["codes"]} == set(CODES)
    assert min(Counter(case["verdict"] for case in CASES).values()) >= 15
    assert len({case["id"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("metric", sorted(GOLD["metric_id"].dropna().unique()))
def test_group_agrees_with_its_pairs(metric: str) -> None:
    members = GOLD[GOLD["metric_id"] == metric]
    verdict = group(members, REGISTRY)
    if len(members) < 2:
        assert verdict.verdict == "incomparable" and "只有一条" in verdict.sentence_zh
        return
    pairs = pairwise(members, REGISTRY)
    assert len(pairs) == len(members) * (len(members) - 1) // 2
    assert VERDICTS.index(verdict.verdict) == pairs["verdict"].map(VERDICTS.index).max()
    assert set(verdict.codes) >= set(pairs["codes"].explode().dropna())


def test_no_verdict_without_a_reason() -> None:
    pairs = pairwise(GOLD.sample(60, random_state=1), REGISTRY)
    for row in pairs.itertuples():
        assert (row.verdict == "comparable") == (not row.codes) and set(row.codes) <= set(CODES)
        zh, en = NAMES[row.verdict]
        assert row.sentence_zh.startswith(zh) and row.sentence_en.startswith(en) and len(row.sentence_zh) > len(zh) + 5
        assert row.sentence_zh.endswith("。") and row.sentence_en.endswith(".") and "( / " not in row.sentence_en


def test_order_does_not_matter() -> None:
    part = GOLD.dropna(subset="metric_id").sample(40, random_state=2)
    there, back = pairwise(part, REGISTRY), pairwise(part[::-1], REGISTRY)
    key = [frozenset(pair) for pair in zip(there["a"], there["b"], strict=True)]
    other = {frozenset((row.a, row.b)): (row.verdict, row.codes) for row in back.itertuples()}
    assert [(row.verdict, row.codes) for row in there.itertuples()] == [other[pair] for pair in key]


BASE = {"kind": "target", "indicator": "农产品质量安全例行监测合格率", "unit": "%", "flow": "level", "year": 2025, "status": "issued",
        "comparator": "ge"}

SENTENCES = [
    ({"indicator": "农产品质量安全风险监测合格率"}, "有条件可比。方法不同：例行监测 / 风险监测。",
     "Comparable with notes: different methods (routine monitoring / risk monitoring)."),
    ({"comparator": "eq"}, "可比。同一指标（农产品质量安全监测合格率）、同一单位、同一口径，期限相同（2025年）。",
     "Comparable: same metric (Agricultural product safety monitoring pass rate), unit, definition and year (2025)."),
    ({"year": 2020, "status": "expired"}, "有条件可比。年份不同：2025年 / 2020年；规划状态：已印发 / 已到期。",
     "Comparable with notes: different years (2025 / 2020); plan status (issued / expired)."),
    ({"indicator": "食品抽检合格率"},
     "不可比。指标不同：农产品质量安全监测合格率 / 食品抽检合格率（食品抽检合格率：食品不含种植养殖环节的农产品）。",
     "Not comparable: different metrics (Agricultural product safety monitoring pass rate / Food sampling pass rate)."),
    ({"indicator": "居民幸福感"}, "不可比。指标不同：农产品质量安全监测合格率 / 无对应指标。",
     "Not comparable: different metrics (Agricultural product safety monitoring pass rate / no metric)."),
    ({"kind": "baseline"}, "有条件可比。性质不同：目标 / 基期值。", "Comparable with notes: different kinds (target / baseline)."),
]


@pytest.mark.parametrize(("change", "zh", "en"), SENTENCES, ids=[str(row[0]) for row in SENTENCES])
def test_sentences_name_what_differs(change: dict, zh: str, en: str) -> None:
    found = pairwise(aligned([BASE, {**BASE, **change}]), REGISTRY).iloc[0]
    assert (found["sentence_zh"], found["sentence_en"]) == (zh, en)


def test_group_counts_values_that_it_does_not_show() -> None:
    verdict = group(aligned([{**BASE, "year": year} for year in range(2018, 2026)]), REGISTRY)
    assert "2021年 等8种" in verdict.sentence_zh and "and 4 more" in verdict.sentence_en


def test_draft_is_told_even_where_both_are_drafts() -> None:
    assert group(aligned([{**BASE, "status": "draft"}] * 2), REGISTRY).codes == ("status",)


def test_empty_set_is_refused_with_a_reason() -> None:
    empty = GOLD.head(0)
    assert group(empty, REGISTRY).sentence_zh == "不可比。没有表述。" and pairwise(empty, REGISTRY).empty


def test_missing_status_and_note_count_as_issued_and_plain() -> None:
    frame = aligned([BASE, BASE]).drop(columns=["status", "align_note"])
    assert group(frame, REGISTRY).verdict == "comparable"


def test_thousands_of_statements() -> None:
    many = pandas.concat([GOLD.dropna(subset="metric_id")] * 6, ignore_index=True).head(1000)
    started = time.process_time()
    assert len(pairwise(many, REGISTRY)) == 499_500
    group(many, REGISTRY)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(("old", "new", "message"), [
    ('differs = "conditional"', 'differs = "maybe"', "verdict 'maybe'; use one of comparable"),
    ('source = "flow"', 'source = "wind"', "code flow: source 'wind'"),
    ('zh = "方法不同"\n', "", "code method: missing zh"),
    ("[code.method]\n", "[code.method]\ncolour = 1\n", "code method: unknown key 'colour'"),
    ("[code.method]", "[code.scope]", "not valid TOML"),
])
def test_bad_rules_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(RULES.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegistryError) as error:
        load_rules(path)
    assert message in str(error.value) and "rules.toml" in str(error.value)


def test_every_unit_class_has_a_label() -> None:
    rule = next(rule for rule in load_rules() if rule.name == "unit")
    assert set(REGISTRY.vocabulary.accepts) == set(rule.labels)


def test_every_label_of_the_rules_is_in_both_languages() -> None:
    for rule in load_rules():
        for zh, en in (rule.unstated, *rule.labels.values(), (rule.zh, rule.en)):
            assert zh and en.isascii(), rule.name


def test_inside_one_plan_its_status_takes_nothing_from_a_pair() -> None:
    draft = {**BASE, "status": "draft", "plan_id": "a"}
    assert group(aligned([draft, draft]), REGISTRY).verdict == "comparable"
    assert group(aligned([draft, {**draft, "plan_id": "b"}]), REGISTRY).codes == ("status",)


@pytest.mark.parametrize(("unit", "other", "plan", "codes"), [
    ("分", "", "a", ()), ("%", "", "a", ()), ("分", "", "b", ("scale",)), ("分", "%", "a", ("scale",)),
])
def test_a_scale_left_out_in_one_plan_is_that_which_it_prints(unit: str, other: str, plan: str, codes: tuple[str, ...]) -> None:
    row = {**BASE, "indicator": "公共服务质量满意度", "plan_id": "a"}
    assert group(aligned([{**row, "unit": unit}, {**row, "unit": other, "plan_id": plan}]), REGISTRY).codes == codes


@pytest.mark.parametrize(("name", "scale"), [
    ("公共服务质量满意度得分", "分"), ("公共服务质量满意率", "%"), ("公共服务质量满意度", "未注明"),
])
def test_a_scale_that_words_imply_is_found(name: str, scale: str) -> None:
    assert aligned([{**BASE, "indicator": name, "unit": ""}])["align_note"][0] == f"index=满意度;scale={scale}"


@pytest.mark.parametrize(("place", "level", "found"), [
    ("中卫市沙坡头区", "county", "district"), ("日照市", "", "prefecture"), ("宁德柘荣", "county", "county"),
    ("泉州市晋江市", "", "county"),
    ("山东省", "", "provincial"), ("重庆市", "", "provincial"), ("河北", "province", "provincial"),
    ("全国", "", "national"), ("金田村", "", "village"),
    ("广西壮族自治区", "", "provincial"), ("大连", "city", "prefecture"), ("某地", "", ""),
])
def test_place_level(place: str, level: str, found: str) -> None:
    assert place_level(place, level) == found


def test_a_facet_is_a_word_of_the_vocabulary_or_absent() -> None:
    notes = GOLD["align_note"].dropna().str.split(";").explode().str.partition("=")
    values = notes[2].str.split("[+、]").explode()
    known = set(REGISTRY.vocabulary.english) | {"stock", "new", "annual", "%", "分", "未注明", "企业", "证书", "人", "人次"}
    assert set(values) <= known
