"""City against province against nation: the right year, the right direction, the right definition."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from analytics.cascade import RELATIONS, cascade
from analytics.export.listings import cascade_view
from analytics.findings import findings
from analytics.reference import cited
from analytics.store import REFERENCE, Store
from tests.synthetic import gold_path, write_rows

KEYS = ["place", "metric_id", "scope"]
# Read by hand from the plans and data/reference/benchmarks.tsv.
EXPECTED = [
    ("日照市", "product.manufacturing_pass_rate", "province", "below"),
    ("日照市", "product.manufacturing_pass_rate", "nation", "equal"),
    ("烟台市", "product.manufacturing_pass_rate", "province", "above"),
    ("烟台市", "innovation.manufacturing_quality_index", "province", "equal"),
    ("烟台市", "innovation.manufacturing_quality_index", "nation", "above"),
    ("日照市", "innovation.manufacturing_quality_index", "province", "omitted"),
    ("日照市", "food.food_pass_rate", "nation", "above"),
    ("泉州市", "food.food_pass_rate", "nation", "below"),
    ("泉州市", "product.industrial_spot_check_pass_rate", "province", "above"),
    ("泉州市", "food.agri_product_pass_rate", "nation", "not_comparable"),
    ("日照市", "product.industrial_spot_check_pass_rate", "province", "not_comparable"),
    ("衡阳市", "food.food_pass_rate", "nation", "omitted"),
    ("中卫市沙坡头区", "food.agri_product_pass_rate", "nation", "below"),
]


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return cascade(Store(gold_path(tmp_path_factory.mktemp("gold")))).set_index(KEYS)


def with_benchmark(folder: Path, line: str) -> Path:
    """A copy of the reference tables with one more benchmark."""
    shutil.copytree(REFERENCE, folder)
    with (folder / "benchmarks.tsv").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    return folder


# The document above and the plan, by their dates: 2023 is after 2021-11-12 and 2022-12-16, but not for certain after 2023-06-30.
LATER = [
    ("日照市", "product.manufacturing_pass_rate", "province", "上级文件（2023）晚于规划（2021-11-12）"),
    ("日照市", "food.food_pass_rate", "nation", "方法；上级文件（2023）晚于规划（2021-11-12）"),
    ("日照市", "innovation.manufacturing_quality_index", "province", "上级文件（2023）晚于规划（2021-11-12）"),
    ("中卫市沙坡头区", "food.food_pass_rate", "nation", "上级文件（2023）晚于规划（2022-12-16）"),
    ("烟台市", "product.manufacturing_pass_rate", "province", "上级文件只知年份（2023），与规划（2023-06-30）同年，孰先孰后未能确定"),
    ("泉州市", "food.food_pass_rate", "nation", "方法；上级文件只知年份（2019），与规划（2019-01-05）同年，孰先孰后未能确定"),
    ("泉州市", "product.industrial_spot_check_pass_rate", "province", "级别"),
    ("衡阳市", "food.food_pass_rate", "nation", ""),
    # The target of 2023 comes too late for this plan, that of the plan for farm products of 2022 does not.
    (
        "中卫市沙坡头区",
        "food.agri_product_pass_rate",
        "nation",
        "方法、范围、级别；上级文件只知年份（2022），与规划（2022-12-16）同年，孰先孰后未能确定",
    ),
]


@pytest.mark.parametrize(("place", "metric", "scope", "relation"), EXPECTED)
def test_relations_of_the_five_plans(frame: pd.DataFrame, place: str, metric: str, scope: str, relation: str) -> None:
    assert frame.at[(place, metric, scope), "relation"] == relation


@pytest.mark.parametrize(("place", "metric", "scope", "codes"), LATER)
def test_a_document_later_than_the_plan_is_named(frame: pd.DataFrame, place: str, metric: str, scope: str, codes: str) -> None:
    row = frame.loc[(place, metric, scope)]
    assert row["codes_zh"] == codes
    assert row["later"] == ("晚于" in codes) == ("later" in row["codes"].split(";"))
    assert ("晚于规划" in row["sentence_zh"], "later than the plan" in row["sentence_en"]) == (row["later"], row["later"])
    assert not (row["later"] and row["verdict"] == "comparable")


@pytest.mark.parametrize(
    ("issued", "issuer", "later"),
    [
        ("2021-11-12", "某省(2022)", True),
        ("2021-11-12", "某省(某发〔2020〕9号)", False),
        ("2021-11-12", "某省(某发〔2022〕9号)", True),
        ("2021-11-12", "某省", False),
        (None, "某省(2022)", False),
    ],
)
def test_later_is_said_where_it_is_certain(issued: str | None, issuer: str, later: bool, tmp_path: Path) -> None:
    line = f"某纲要\t{issuer}\tprovincial\t山东省\t2025\tenvironment.forest_coverage\t森林覆盖率\tge\t30\t%\t"
    plan = {"plan_id": "c", "place": "甲市", "province": "山东省", "issued": issued}
    path = write_rows(tmp_path / "x.duckdb", [plan], [{"plan_id": "c", "metric_id": "environment.forest_coverage", "value": 20}])
    store = Store(path, reference=with_benchmark(tmp_path / "reference", line))
    found = cascade(store).set_index("metric_id").loc["environment.forest_coverage"]
    assert (found["relation"], found["later"]) == ("below", later)
    warned = findings(store, codes=["below_province"])
    assert warned["severity"].tolist() == ["info" if later else "warning"]
    assert ("上级文件（2022）晚于规划（2021-11-12）" in warned["sentence_zh"].iloc[0]) == later


def test_which_came_first_is_undecided_within_a_year(tmp_path: Path) -> None:
    line = "某纲要\t某省(2021)\tprovincial\t山东省\t2025\tenvironment.forest_coverage\t森林覆盖率\tge\t30\t%\t"
    plan = {"plan_id": "c", "place": "甲市", "province": "山东省", "issued": "2021-11-12"}
    path = write_rows(tmp_path / "x.duckdb", [plan], [{"plan_id": "c", "metric_id": "environment.forest_coverage", "value": 20}])
    store = Store(path, reference=with_benchmark(tmp_path / "reference", line))
    found = cascade(store).set_index("metric_id").loc["environment.forest_coverage"]
    assert (found["later"], found["undecided"], found["verdict"], found["codes"]) == (False, True, "conditional", "undecided")
    assert "which came first is undecided" in findings(store, codes=["below_province"])["sentence_en"].iloc[0]


@pytest.mark.parametrize(("value", "zh"), [(38, "高于"), (30, "低于")])
def test_below_is_said_in_the_sense_of_the_metric(value: float, zh: str, tmp_path: Path) -> None:
    line = "某纲要\t某省(2020)\tprovincial\t山东省\t2025\tenvironment.pm25\tPM2.5年均浓度\tle\t35\t微克/立方米\t"
    row = {"plan_id": "c", "metric_id": "environment.pm25", "value": value, "unit": "微克/立方米", "comparator": "le"}
    path = write_rows(tmp_path / "x.duckdb", [{"plan_id": "c", "place": "甲市", "province": "山东省", "issued": "2021-11-12"}], [row])
    found = cascade(Store(path, reference=with_benchmark(tmp_path / "reference", line))).set_index("metric_id").loc["environment.pm25"]
    assert found["relation"] == ("below" if value > 35 else "above")
    assert f"{zh}山东省2025年目标" in found["sentence_zh"]


@pytest.mark.parametrize(
    ("issuer", "issued", "zh", "en"),
    [
        ("国务院(国发〔2012〕9号)", "", "某纲要（国务院，国发〔2012〕9号）", "某纲要 (国务院, 国发〔2012〕9号)"),
        ("农业农村部(2022)", "", "某纲要（农业农村部，2022）", "某纲要 (农业农村部, 2022)"),
        ("某局(承办)", "2023-06-30", "某纲要（某局(承办)，2023-06-30）", "某纲要 (某局(承办), 2023-06-30)"),
        ("", "2021-01-02", "某纲要（2021-01-02）", "某纲要 (2021-01-02)"),
        ("", "", "某纲要", "某纲要"),
    ],
)
def test_a_document_above_is_cited_with_issuer_and_year(issuer: str, issued: str, zh: str, en: str) -> None:
    assert [cited("某纲要", issuer, issued, lang) for lang in ("zh", "en")] == [zh, en]


def test_every_document_above_has_issuer_and_year(frame: pd.DataFrame) -> None:
    for row in frame.itertuples():
        words = cited(row.reference_document, row.reference_issuer, row.reference_issued, "zh")
        assert row.reference_issued in words and "，" in words


def test_exports_cite_a_document_above_as_pages_do(tmp_path: Path) -> None:
    view = cascade_view(Store(gold_path(tmp_path)))
    words = {source.full("zh").split("] ", 1)[1] for source in view.sources if not source.indicator_id}
    assert words
    for document in view.frame["document"]:
        title, about = document[:-1].split("（", 1)
        assert any(text.startswith(f"《{title}》（{about}）") for text in words), document


def test_each_place_metric_and_scope_stands_once(frame: pd.DataFrame) -> None:
    assert frame.index.is_unique
    assert set(frame["relation"]) <= set(RELATIONS)


def test_only_the_same_year_is_compared(frame: pd.DataFrame) -> None:
    compared = frame.loc[frame["relation"].isin(["below", "equal", "above"])]
    assert (compared["year"] == compared["reference_year"]).all()
    assert frame.loc[frame["relation"] == "not_comparable", "codes"].str.len().gt(0).all()


def test_sentences_hold_both_numbers(frame: pd.DataFrame) -> None:
    for row in frame.loc[frame["relation"] != "omitted"].itertuples():
        for sentence in (row.sentence_zh, row.sentence_en):
            assert row.value_exact in sentence
            assert row.reference_exact in sentence


def test_another_index_is_not_comparable(tmp_path: Path) -> None:
    """81分 of satisfaction against 92 of a composite evaluation."""
    line = "某纲要\t某省\tprovincial\t山东省\t2025\tservice.public_service_satisfaction\t公共服务质量监测综合评价\tge\t92\t分\t"
    store = Store(gold_path(tmp_path), reference=with_benchmark(tmp_path / "reference", line))
    rows = cascade(store, "service.public_service_satisfaction").set_index("place")
    assert (rows.at["日照市", "relation"], rows.at["烟台市", "relation"]) == ("not_comparable", "equal")
    assert "index" in rows.at["日照市", "codes"]


def test_less_is_more_for_a_rate_of_failures(tmp_path: Path) -> None:
    line = "某纲要\t国务院\tnational\t全国\t2025\tproduct.consumer_noncompliance_rate\t消费品监督抽查不合格发现率\tle\t9\t%\t"
    store = Store(gold_path(tmp_path), reference=with_benchmark(tmp_path / "reference", line))
    rows = cascade(store, "product.consumer_noncompliance_rate")
    assert rows.set_index("place").at["日照市", "relation"] == "below"


def test_a_provincial_plan_in_the_database_is_a_reference(tmp_path: Path) -> None:
    plans = [{"plan_id": "p", "place": "山东省", "level": "provincial"}, {"plan_id": "c", "place": "甲市"}]
    rows = [
        {"plan_id": "p", "metric_id": "environment.forest_coverage", "value": 25},
        {"plan_id": "c", "metric_id": "environment.forest_coverage", "value": 20},
    ]
    found = cascade(Store(write_rows(tmp_path / "x.duckdb", plans, rows)), "environment.forest_coverage")
    assert found[["place", "scope", "relation", "reference_id"]].values.tolist() == [["甲市", "province", "below", "p-0"]]


def test_places_can_be_chosen(tmp_path: Path) -> None:
    found = cascade(Store(gold_path(tmp_path)), places=["烟台市"])
    assert set(found["place"]) == {"烟台市"}
