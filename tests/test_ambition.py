"""Ambition: an interval from comparable metrics only, in the open, or a refusal that says why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analytics import registry as registries
from analytics.ambition import WeightError, ambition, load_basket, rank_ranges
from analytics.store import Store
from tests.synthetic import gold_path, write_rows

FOOD, AGRI, FAIL = "food.food_pass_rate", "food.agri_product_pass_rate", "product.consumer_noncompliance_rate"


def store_of(tmp_path: Path, values: dict[str, dict[str, float]], **extra: dict) -> Store:
    """One plan a place; values: place -> metric -> value. extra: place -> further columns of its rows."""
    plans = [{"plan_id": place, "place": place} for place in values]
    rows = [
        {"plan_id": place, "metric_id": metric, "value": value, **extra.get(place, {})}
        for place, each in values.items()
        for metric, value in each.items()
    ]
    return Store(write_rows(tmp_path / "x.duckdb", plans, rows))


def test_the_five_plans_are_refused_with_the_reason(tmp_path: Path) -> None:
    found = ambition(Store(gold_path(tmp_path)))
    assert found.rows["refused"].all()
    assert found.rows["low"].isna().all()
    assert found.rows["rank_low"].isna().all()
    assert found.rows["reason_zh"].str.contains("缺失权重").all()
    assert (found.parts.groupby("place")["weight"].sum() == sum(found.weights.values())).all()


def test_positions_and_ranks(tmp_path: Path) -> None:
    found = ambition(
        store_of(tmp_path, {"甲": {FOOD: 99, AGRI: 98}, "乙": {FOOD: 98, AGRI: 97}, "丙": {FOOD: 97, AGRI: 96}}), {FOOD: 1, AGRI: 1}
    )
    table = found.rows.set_index("place")
    assert table[["low", "high"]].loc["甲"].tolist() == [1.0, 1.0]
    assert table[["low", "high"]].loc["丙"].tolist() == [0.0, 0.0]
    assert table[["rank_low", "rank_high"]].values.tolist() == [[1, 1], [2, 2], [3, 3]]
    assert list(found.rows["place"]) == ["甲", "乙", "丙"]


def test_equal_targets_make_an_interval(tmp_path: Path) -> None:
    table = ambition(store_of(tmp_path, {"甲": {FOOD: 98}, "乙": {FOOD: 98}, "丙": {FOOD: 97}}), {FOOD: 1}).rows.set_index("place")
    assert table.loc["甲", ["low", "high"]].tolist() == [0.5, 1.0]
    assert table.loc["丙", ["low", "high"]].tolist() == [0.0, 0.0]


def test_fewer_failures_is_more_ambitious(tmp_path: Path) -> None:
    table = ambition(store_of(tmp_path, {"甲": {FAIL: 5}, "乙": {FAIL: 9}}), {FAIL: 1}).rows.set_index("place")
    assert table["low"].to_dict() == {"甲": 1.0, "乙": 0.0}


def test_rank_range_opens_when_metrics_disagree(tmp_path: Path) -> None:
    table = ambition(store_of(tmp_path, {"甲": {FOOD: 99, AGRI: 96}, "乙": {FOOD: 97, AGRI: 98}}), {FOOD: 1, AGRI: 1}).rows
    assert table[["rank_low", "rank_high"]].values.tolist() == [[1, 2], [1, 2]]


def test_what_is_missing_widens_the_interval_up_to_the_limit(tmp_path: Path) -> None:
    values = {"甲": {FOOD: 99, AGRI: 98}, "乙": {FOOD: 98, AGRI: 97}, "丙": {FOOD: 97}}
    table = ambition(store_of(tmp_path, values), {FOOD: 9, AGRI: 1}).rows.set_index("place")
    assert table.at["丙", "missing"] == pytest.approx(0.1)
    assert (table.at["丙", "low"], table.at["丙", "high"]) == (0.0, pytest.approx(0.1))
    refused = ambition(store_of(tmp_path, values), {FOOD: 3, AGRI: 1}).rows.set_index("place")
    assert refused["refused"].to_dict() == {"甲": False, "乙": False, "丙": True}
    assert "25%" in refused.at["丙", "reason_en"]


def test_targets_of_another_definition_do_not_count(tmp_path: Path) -> None:
    values = {"甲": {FOOD: 99}, "乙": {FOOD: 98}, "丙": {FOOD: 100}}
    found = ambition(store_of(tmp_path, values, 丙={"year": 2020}), {FOOD: 1})
    assert found.parts.set_index("place")["state"].to_dict() == {"甲": "used", "乙": "used", "丙": "not_comparable"}
    assert found.rows.set_index("place").at["甲", "high"] == 1.0


def test_baselines_are_not_ambition(tmp_path: Path) -> None:
    found = ambition(store_of(tmp_path, {"甲": {FOOD: 99}, "乙": {FOOD: 98}, "丙": {FOOD: 97}}, 丙={"kind": "baseline"}), {FOOD: 1})
    assert found.parts.set_index("place").at["丙", "state"] == "missing"


def test_rank_ranges_are_the_same_at_every_call() -> None:
    scores = np.random.default_rng(1).random((6, 4))
    first, second = (rank_ranges(scores, np.ones(4), 0.5) for _ in range(2))
    assert (first[0] == second[0]).all()
    assert (first[0] <= first[1]).all()
    still = rank_ranges(scores, np.ones(4), 0.0)
    assert (still[0] == still[1]).all()


@pytest.mark.parametrize(("weights", "words"), [({"no.such": 1}, "no.such"), ({FOOD: 0}, "positive"), ({}, "no weights")])
def test_weights_that_cannot_be_used(tmp_path: Path, weights: dict, words: str) -> None:
    with pytest.raises(WeightError, match=words):
        ambition(store_of(tmp_path, {"甲": {FOOD: 99}}), weights)


@pytest.mark.parametrize(
    ("text", "words"),
    [("spread = 0.5\n", "least"), ('spread = 2\nmissing_limit = 0.2\nleast = 2\n[weights]\n"food.food_pass_rate" = 1\n', "spread")],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "weights.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WeightError, match=words):
        load_basket(registries.load(), tmp_path / "weights.toml")


def test_places_can_be_chosen_without_changing_their_interval(tmp_path: Path) -> None:
    store = store_of(tmp_path, {"甲": {FOOD: 99}, "乙": {FOOD: 98}, "丙": {FOOD: 97}})
    every, one = ambition(store, {FOOD: 1}), ambition(store, {FOOD: 1}, places=["乙"])
    assert (
        one.rows.drop(columns=["reason_zh", "reason_en"]).values.tolist()
        == every.rows.loc[every.rows["place"] == "乙"].drop(columns=["reason_zh", "reason_en"]).values.tolist()
    )
