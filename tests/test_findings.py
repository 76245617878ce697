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
    ("possible_conflict", "烟台市", METRIC),
    ("population", "日照市", "ip.invention_patents"),
    ("parts", "烟台市", "standards.national_industry_local"),
    ("last_period", "日照市", "standards.group"),
    ("last_period", "日照市", "standards.local"),
    ("last_period", "日照市", "standards.good_practice_enterprises"),
    ("standing", "日照市", "metrology.public_standards"),
    ("status", "烟台市", ""),
    ("status", "泉州市", ""),
    ("status", "衡阳市", ""),
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
    assert frame["code"].iloc[-1] == "at_baseline"  # that 98% is to stay 98% says the least
    for row in frame.itertuples():
        assert row.sentence_zh
        assert row.sentence_en
        assert all(store.statement(name)["place"] == row.place for name in row.evidence)


def test_codes_have_names() -> None:
    assert sorted(codes("zh")) == sorted(CODES) == sorted(codes("en"))


def test_choosing_places_and_codes(store: Store) -> None:
    assert set(findings(store, places=["泉州市"])["place"]) == {"泉州市"}
    assert set(findings(store, codes=["below_nation"])["code"]) == {"below_nation"}


PUBLIC, GROUP, POOLED = "metrology.public_standards", "standards.group", "standards.national_industry_local"
PAIR, LOCAL, BASES = "standards.national_industry", "standards.local", "standards.innovation_bases"
PATENTS, PER_HEAD = "ip.invention_patents", "ip.invention_patents_per_10k"
PAST = {"kind": "baseline", "year": 2020, "comparator": "eq"}
POOL_OF_3, POOL_OF_2 = "pooled=国家+行业+地方;flow=new", "pooled=国家+行业;flow=new"


def new(metric: str, value: float, note: str = "flow=new", **more: object) -> dict:
    """A statement of what is to be added."""
    return {"metric_id": metric, "unit": "项", "value": value, "flow": "new", "align_note": note, **more}


def stock(value: float, note: str, **more: object) -> dict:
    """A statement of how many there are."""
    return {"metric_id": PUBLIC, "unit": "项", "value": value, "flow": "stock", "align_note": note, **more}


# Sums of a plan's own numbers: each that must be named, and its neighbour that must not.
COUNTED = [
    ("more to be added than last", [{}], [new(GROUP, 120), new(GROUP, 55, "scope=参与制定;flow=new", **PAST)], ["last_period"]),
    ("as many to be added as last", [{}], [new(GROUP, 58), new(GROUP, 55, **PAST)], []),
    ("added at another level", [{}], [new(LOCAL, 120, "level=市级;flow=new"), new(LOCAL, 55, "level=省级;flow=new", **PAST)], []),
    ("parts beyond the sum", [{}], [new(POOLED, 100, POOL_OF_3), new(PAIR, 120, POOL_OF_2), new(LOCAL, 50)], ["parts"]),
    ("parts short of the sum", [{}], [new(POOLED, 100, POOL_OF_3), new(PAIR, 30, POOL_OF_2, comparator="eq"),
                                      new(LOCAL, 50, comparator="eq")], ["parts"]),
    ("parts that add up", [{}], [new(POOLED, 100, POOL_OF_3), new(PAIR, 60, POOL_OF_2), new(LOCAL, 42)], []),
    ("a part alone", [{}], [new(POOLED, 100, POOL_OF_3), new(LOCAL, 250)], []),
    ("levels that add up", [{}], [new(BASES, 5, "level=国家级+省级;flow=new", unit="个"), new(BASES, 1, "level=国家级;flow=new", unit="个"),
                                  new(BASES, 4, "level=省级;flow=new", unit="个")], []),
    ("levels that do not", [{}], [new(BASES, 9, "level=国家级+省级;flow=new", unit="个"),
                                  new(BASES, 1, "level=国家级;flow=new", unit="个", comparator="eq"),
                                  new(BASES, 4, "level=省级;flow=new", unit="个", comparator="eq")], ["parts"]),
    ("more above than above and below", [{}], [new(BASES, 3, "level=省级以上;flow=new", unit="个"),
                                               new(BASES, 5, "level=国家级;flow=new", unit="个")], ["levels"]),
    ("standing already", [{}], [stock(150, "flow=stock"), stock(135, "level=市级;flow=stock", **PAST),
                                stock(40, "level=县级;flow=stock", **PAST)], ["standing"]),
    ("not yet standing", [{}], [stock(150, "flow=stock"), stock(100, "level=市级;flow=stock", **PAST),
                                stock(40, "level=县级;flow=stock", **PAST)], []),
    ("stock or new is open", [{}], [stock(4, "") | {"flow": "unspecified"}, stock(9, "flow=stock", **PAST)], ["standing"]),
    ("newly added beside a stock", [{}], [stock(4, "flow=new") | {"flow": "new"}, stock(9, "flow=stock", **PAST)], []),
]


@pytest.mark.parametrize(("per_head", "expected"), [(8.0, ["population"]), (10.1, [])], ids=["other people", "these people"])
def test_a_total_and_a_value_per_head_imply_the_people(tmp_path: Path, per_head: float, expected: list[str]) -> None:
    """3,000 ÷ 8 for 10,000 is 3.75 million; 2,968,365 people live there."""
    rows = [
        {"metric_id": PATENTS, "unit": "件", "value": 3000, "flow": "stock"},
        {"metric_id": PER_HEAD, "unit": "件/万人", "value": per_head, "flow": "level"},
    ]
    plans = [{"plan_id": "a", "place": "日照市"}]
    found = findings(Store(write_rows(tmp_path / "x.duckdb", plans, [{"plan_id": "a", **row} for row in rows])))
    assert list(found["code"]) == expected
    assert all("375万人" in sentence and "2,968,365" in sentence for sentence in found["sentence_zh"])


CASES = [
    ("two values", [{}], [{"value": 97}, {"value": 99}], ["conflict"]),
    ("the same value twice", [{}], [{"value": 97}, {"value": 97}], []),
    ("two years", [{}], [{"value": 97}, {"value": 99, "year": 2023}], []),
    (
        "two methods",
        [{}],
        [{"value": 97, "align_note": "method=抽检"}, {"value": 99, "align_note": "method=评价性抽检"}],
        ["possible_conflict"],
    ),
    ("a scope left open", [{}], [{"value": 97}, {"value": 99, "align_note": "scope=重点"}], ["possible_conflict"]),
    ("of two industries", [{}], [{"value": 97, "section": "目标 > 建材"}, {"value": 99, "section": "目标 > 烟草"}], []),
    ("in target and measure", [{}], [{"value": 97, "section": "目标 > 表"}, {"value": 99, "section": "措施 > 食品"}], ["conflict"]),
    (
        "two methods side by side",
        [{}],
        [{"value": 97, "align_note": "method=抽检", "section": "表"}, {"value": 99, "align_note": "method=评价性抽检", "section": "表"}],
        [],
    ),
    ("two scopes", [{}], [{"value": 97, "align_note": "scope=小作坊"}, {"value": 99, "align_note": "scope=重点"}], []),
    (
        "two methods of two years",
        [{}],
        [{"value": 97, "align_note": "method=例行监测"}, {"value": 99, "align_note": "method=风险监测", "year": 2023}],
        [],
    ),
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
    *COUNTED,
    ("% for a score", [{}], [{"metric_id": "service.consumer_service_satisfaction", "value": 75}], ["scale"]),
    ("points for a score", [{}], [{"metric_id": "service.consumer_service_satisfaction", "value": 80, "unit": "分"}], []),
    ("more than all", [{}], [{"value": 175}], ["scale"]),
    ("draft", [{"status": "draft"}], [{"value": 99}], ["status"]),
    ("expired", [{"status": "expired"}], [{"value": 99}], ["status"]),
    ("status not known", [{"status": "unknown", "horizon_end": 2099}], [{"value": 99}], []),
    ("over, status not known", [{"status": "unknown", "horizon_end": 2020}], [{"value": 99, "year": 2020}], ["status"]),
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
