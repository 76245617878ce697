"""Findings: all that are in the five plans and no other; each rule on a case that must fire and on its neighbour that must not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.findings import CODES, COLUMNS, SEVERITIES, codes, findings
from analytics.messages import step
from analytics.store import Store
from tests.synthetic import gold_path, write_rows

METRIC = "food.food_pass_rate"
# Read by hand: every finding that the five plans hold, and no more.
FIVE_PLANS = {
    ("conflict", "烟台市", "certification.taishan_quality"),
    ("conflict", "烟台市", "branding.highend_brand_cultivation"),
    ("not_above_baseline", "日照市", "product.industrial_spot_check_pass_rate"),
    ("at_baseline", "日照市", "food.agri_product_pass_rate"),
    ("below_province", "日照市", "product.manufacturing_pass_rate"),
    ("below_nation", "中卫市沙坡头区", "food.agri_product_pass_rate"),
    ("below_nation", "泉州市", METRIC),
    ("pace", "日照市", "ip.registered_trademarks"),
    ("status", "烟台市", ""),
    ("status", "泉州市", ""),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(gold_path(tmp_path_factory.mktemp("gold")))


@pytest.fixture(scope="module")
def frame(store: Store) -> pd.DataFrame:
    return findings(store)


def found_codes(path: Path, plans: list[dict], rows: list[dict]) -> list[str]:
    """Codes of the findings of a small database."""
    full = [{"plan_id": "a", "metric_id": METRIC, **row} for row in rows]
    return list(
        findings(Store(write_rows(path / "x.duckdb", [{"place": "甲市", "province": "浙江省", **plan} for plan in plans], full)))["code"]
    )


def test_the_five_plans(frame: pd.DataFrame) -> None:
    assert {(row.code, row.place, row.metric_id if isinstance(row.metric_id, str) else "") for row in frame.itertuples()} == FIVE_PLANS
    assert len(frame) == len(FIVE_PLANS)


def test_a_conflict_shows_both_numbers_and_both_statements(frame: pd.DataFrame, store: Store) -> None:
    row = frame.loc[(frame["code"] == "conflict") & (frame["metric_id"] == "certification.taishan_quality")].iloc[0]
    assert "≥3家" in row["sentence_zh"]
    assert "≥13家" in row["sentence_zh"]
    assert {store.statement(name)["value_exact"] for name in row["evidence"]} == {"3", "13"}


def test_a_target_below_its_baseline_is_not_called_a_regression(frame: pd.DataFrame) -> None:
    row = frame.loc[frame["code"] == "not_above_baseline"].iloc[0]
    assert "93.5%" in row["sentence_en"]
    assert "96.49%" in row["sentence_en"]
    assert "definition or monitoring is suspected" in row["sentence_en"]


def test_pace_is_that_of_the_plan(frame: pd.DataFrame) -> None:
    """(65000 - 31202) / 5 a year against 23002 / 5."""
    row = frame.loc[frame["code"] == "pace"].iloc[0]
    assert "6759.6件" in row["sentence_zh"]
    assert "4600.4件" in row["sentence_zh"]
    assert "1.47" in row["sentence_zh"]


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (6759.6, "件", "6759.6件", "6,759.6 items"),
        (99.999, "件", "100件", "100 items"),
        (1.3333, "项", "1.33项", "1.33 items"),
        (0.5, "%", "0.5个百分点", "0.5 percentage points"),
        (120.0, "", "120", "120"),
    ],
)
def test_a_computed_step_is_written_one_way(value: float, unit: str, zh: str, en: str) -> None:
    assert (step(value, unit, "zh"), step(value, unit, "en")) == (zh, en)


def test_shape(frame: pd.DataFrame, store: Store) -> None:
    assert list(frame.columns) == COLUMNS
    assert frame["finding_id"].is_unique
    assert list(frame["severity"]) == sorted(frame["severity"], key=SEVERITIES.index)
    for row in frame.itertuples():
        assert row.sentence_zh
        assert row.sentence_en
        assert all(store.statement(name)["place"] == row.place for name in row.evidence)


def test_codes_have_names() -> None:
    assert sorted(codes("zh")) == sorted(CODES) == sorted(codes("en"))


def test_choosing_places_and_codes(store: Store) -> None:
    assert set(findings(store, places=["泉州市"])["place"]) == {"泉州市"}
    assert set(findings(store, codes=["below_nation"])["code"]) == {"below_nation"}


CASES = [
    ("two values", [{}], [{"value": 97}, {"value": 99}], ["conflict"]),
    ("the same value twice", [{}], [{"value": 97}, {"value": 97}], []),
    ("two years", [{}], [{"value": 97}, {"value": 99, "year": 2023}], []),
    ("two definitions", [{}], [{"value": 97, "align_note": "method=例行监测"}, {"value": 99, "align_note": "method=风险监测"}], []),
    (
        "stock and newly added",
        [{}],
        [
            {"metric_id": "engineering.luban_awards", "unit": "项", "value": 9, "flow": "stock"},
            {"metric_id": "engineering.luban_awards", "unit": "项", "value": 4, "flow": "new"},
        ],
        [],
    ),
    (
        "levels in the names",
        [{}],
        [
            {
                "metric_id": "standards.innovation_bases",
                "unit": "个",
                "value": 5,
                "flow": "new",
                "indicator": "国家级/省级技术标准创新基地",
            },
            {"metric_id": "standards.innovation_bases", "unit": "个", "value": 4, "flow": "new", "indicator": "省级技术标准创新中心"},
        ],
        [],
    ),
    ("a part of the first", [{}], [{"value": 97, "quote": "商标97件"}, {"value": 30, "quote": ",其中注册30件"}], []),
    ("two plans", [{}, {"plan_id": "b"}], [{"value": 97}, {"plan_id": "b", "value": 99}], []),
    (
        "below what was reached",
        [{}],
        [{"value": 95}, {"value": 97, "kind": "baseline", "year": 2020, "comparator": "eq"}],
        ["not_above_baseline"],
    ),
    ("equal to what was reached", [{}], [{"value": 97}, {"value": 97, "kind": "baseline", "year": 2020}], ["at_baseline"]),
    ("100% cannot be exceeded", [{}], [{"value": 100}, {"value": 100, "kind": "baseline", "year": 2020}], []),
    ("above what was reached", [{}], [{"value": 98}, {"value": 97, "kind": "baseline", "year": 2020}], []),
    (
        "fewer failures is better",
        [{}],
        [
            {"metric_id": "product.consumer_noncompliance_rate", "value": 8, "comparator": "le"},
            {"metric_id": "product.consumer_noncompliance_rate", "value": 9, "kind": "baseline", "year": 2020, "comparator": "le"},
        ],
        [],
    ),
    (
        "fewer new ones than before",
        [{}],
        [
            {"metric_id": "engineering.luban_awards", "unit": "项", "value": 2, "flow": "new"},
            {"metric_id": "engineering.luban_awards", "unit": "项", "value": 4, "flow": "new", "kind": "baseline", "year": 2020},
        ],
        [],
    ),
    (
        "another scope of a count",
        [{}],
        [
            {"metric_id": "metrology.public_standards", "unit": "项", "value": 90, "flow": "stock", "align_note": "level=市级"},
            {"metric_id": "metrology.public_standards", "unit": "项", "value": 95, "flow": "stock", "kind": "baseline", "year": 2020},
        ],
        [],
    ),
    (
        "faster than before",
        [{}],
        [{"value": 98}, {"value": 94, "kind": "baseline", "year": 2020}, {"value": 93, "kind": "baseline", "year": 2015}],
        ["pace"],
    ),
    (
        "slower than before",
        [{}],
        [{"value": 98}, {"value": 97, "kind": "baseline", "year": 2020}, {"value": 90, "kind": "baseline", "year": 2015}],
        [],
    ),
    ("% for a score", [{}], [{"metric_id": "service.consumer_service_satisfaction", "value": 75}], ["scale"]),
    ("points for a score", [{}], [{"metric_id": "service.consumer_service_satisfaction", "value": 80, "unit": "分"}], []),
    ("more than all", [{}], [{"value": 175}], ["scale"]),
    ("draft", [{"status": "draft"}], [{"value": 99}], ["status"]),
    ("expired", [{"status": "expired"}], [{"value": 99}], ["status"]),
    ("status not known", [{"status": "unknown"}], [{"value": 99}], []),
    ("below the nation", [{}], [{"value": 96, "align_note": "method=抽检"}], ["below_nation"]),
    ("another year than the nation", [{}], [{"value": 96, "year": 2024}], []),
]


@pytest.mark.parametrize(("plans", "rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_rules(tmp_path: Path, plans: list[dict], rows: list[dict], expected: list[str]) -> None:
    # Benchmarks for the default metric would add findings of their own to cases about other things.
    found = found_codes(tmp_path, [{"plan_id": "a", **plan} for plan in plans], rows)
    about_nation = {"below_nation"} - set(expected)
    assert [code for code in found if code not in about_nation] == expected


@pytest.mark.parametrize(("last", "expected"), [(60, ["outlier"]), (98, [])], ids=["far", "near"])
def test_outliers_need_peers_and_distance(tmp_path: Path, last: int, expected: list[str]) -> None:
    values = [97, 97.5, 98, 98.5, 99, last]
    plans = [{"plan_id": f"p{at}", "place": f"{at}市"} for at in range(len(values))]
    rows = [{"plan_id": f"p{at}", "metric_id": "environment.sewage_treatment", "value": value} for at, value in enumerate(values)]
    assert list(findings(Store(write_rows(tmp_path / "x.duckdb", plans, rows)))["code"]) == expected


def test_no_findings_in_an_empty_database(tmp_path: Path) -> None:
    found = findings(Store(write_rows(tmp_path / "x.duckdb", [{"plan_id": "a", "place": "甲市"}], [])))
    assert found.empty
    assert list(found.columns) == COLUMNS
