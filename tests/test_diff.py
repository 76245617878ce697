"""Two plans of one place: every target of either stands in exactly one row, under the right change."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.diff import CHANGES, OtherPlace, diff, pairs
from analytics.store import Store, UnknownPlan
from tests.synthetic import gold_path, write_rows

FOOD, FAIL, LUBAN = "food.food_pass_rate", "product.consumer_noncompliance_rate", "engineering.luban_awards"
PLANS = [{"plan_id": "old", "place": "甲市", "horizon_end": 2020, "status": "expired"}, {"plan_id": "new", "place": "甲市"}]


def changed(tmp_path: Path, old: list[dict], new: list[dict]) -> pd.DataFrame:
    rows = [{"plan_id": "old", "year": 2020, **row} for row in old] + [{"plan_id": "new", **row} for row in new]
    return diff(Store(write_rows(tmp_path / "x.duckdb", PLANS, rows)), "old", "new")


CASES = [
    ("raised", [{"metric_id": FOOD, "value": 97}], [{"metric_id": FOOD, "value": 98}]),
    ("lowered", [{"metric_id": FOOD, "value": 98}], [{"metric_id": FOOD, "value": 97}]),
    ("raised", [{"metric_id": FAIL, "value": 10, "comparator": "le"}], [{"metric_id": FAIL, "value": 8, "comparator": "le"}]),
    ("kept", [{"metric_id": FOOD, "value": 97}], [{"metric_id": FOOD, "value": 97}]),
    (
        "renamed",
        [{"metric_id": FOOD, "value": 97, "indicator": "食品类产品质量合格率"}],
        [{"metric_id": FOOD, "value": 97, "indicator": "食品安全抽检合格率"}],
    ),
    (
        "redefined",
        [{"metric_id": FOOD, "value": 97, "align_note": "method=抽检"}],
        [{"metric_id": FOOD, "value": 99, "align_note": "method=评价性抽检"}],
    ),
    (
        "redefined",
        [{"metric_id": LUBAN, "value": 9, "unit": "项", "flow": "stock"}],
        [{"metric_id": LUBAN, "value": 2, "unit": "项", "flow": "new"}],
    ),
    ("added", [], [{"metric_id": FOOD, "value": 97}]),
    ("dropped", [{"metric_id": FOOD, "value": 97}], []),
    (
        "raised",
        [{"metric_id": None, "indicator": "智慧广场数量", "value": 3, "unit": "个"}],
        [{"metric_id": None, "indicator": "智慧广场个数", "value": 5, "unit": "个"}],
    ),
]


@pytest.mark.parametrize(("change", "old", "new"), CASES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CASES)])
def test_changes(tmp_path: Path, change: str, old: list[dict], new: list[dict]) -> None:
    found = changed(tmp_path, old, new)
    assert list(found["change"]) == [change]
    assert found["sentence_zh"].iloc[0]
    assert found["sentence_en"].iloc[0]


def test_other_things_without_a_metric_are_not_paired(tmp_path: Path) -> None:
    found = changed(
        tmp_path,
        [{"metric_id": None, "indicator": "智慧广场数量", "value": 3, "unit": "个"}],
        [{"metric_id": None, "indicator": "公园绿地面积", "value": 5, "unit": "个"}],
    )
    assert sorted(found["change"]) == ["added", "dropped"]


def test_the_same_definition_is_paired_before_the_same_name(tmp_path: Path) -> None:
    old = [{"metric_id": FOOD, "value": 97, "align_note": "method=抽检", "indicator": "食品抽检合格率"}]
    new = [
        {"metric_id": FOOD, "value": 99, "align_note": "method=评价性抽检", "indicator": "食品抽检合格率"},
        {"metric_id": FOOD, "value": 98, "align_note": "method=抽检", "indicator": "食品类产品抽检合格率"},
    ]
    found = changed(tmp_path, old, new).set_index("change")
    assert (found.at["raised", "new_exact"], found.at["added", "new_exact"]) == ("98", "99")


def test_both_quotes_are_there(tmp_path: Path) -> None:
    row = changed(
        tmp_path, [{"metric_id": FOOD, "value": 97, "quote": "原合格率97以上"}], [{"metric_id": FOOD, "value": 98, "quote": "合格率98以上"}]
    ).iloc[0]
    assert (row["old_quote"], row["new_quote"]) == ("原合格率97以上", "合格率98以上")


def test_a_plan_against_itself_keeps_everything(tmp_path: Path) -> None:
    store = Store(gold_path(tmp_path))
    for plan in ("rizhao-2021", "yantai-2023"):
        found = diff(store, plan, plan)
        assert set(found["change"]) == {"kept"}
        assert (found["old_id"] == found["new_id"]).all()
        assert sorted(found["old_id"]) == sorted(store.statements({"plan_id": plan, "kind": "target"})["indicator_id"])


def test_every_target_stands_once(tmp_path: Path) -> None:
    old = [{"metric_id": FOOD, "value": value} for value in (95, 96, 97)] + [{"metric_id": FAIL, "value": 9}]
    new = [{"metric_id": FOOD, "value": value} for value in (96, 98)]
    found = changed(tmp_path, old, new)
    assert found["old_id"].dropna().is_unique
    assert found["new_id"].dropna().is_unique
    assert (found["old_id"].notna().sum(), found["new_id"].notna().sum()) == (4, 2)
    assert list(found["change"]) == sorted(found["change"], key=CHANGES.index)


def test_which_plans_can_be_compared(tmp_path: Path) -> None:
    store = Store(write_rows(tmp_path / "x.duckdb", [*PLANS, {"plan_id": "b", "place": "乙市"}], []))
    assert pairs(store).values.tolist() == [["甲市", "old", "new"]]


@pytest.mark.parametrize(("plans", "error", "words"), [(("old", "gone"), UnknownPlan, "nearest:"), (("old", "b"), OtherPlace, "乙市")])
def test_refusals(tmp_path: Path, plans: tuple[str, str], error: type[Exception], words: str) -> None:
    store = Store(write_rows(tmp_path / "x.duckdb", [*PLANS, {"plan_id": "b", "place": "乙市"}], []))
    with pytest.raises(error, match=words):
        diff(store, *plans)
