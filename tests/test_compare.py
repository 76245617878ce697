"""Comparing one metric: which statement stands for a place and why, what stands beside it, and titles that never rank what is not
comparable."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.choice import RULES, choice_rules
from analytics.compare import Comparison, UnknownMetric, compare, compared, drawn, gather, headline, references
from analytics.export.series import chart_plan
from analytics.export.views import compare_view
from analytics.matrices import matrix
from analytics.measures import measure_label
from analytics.messages import MessageError, amount, computed, load
from analytics.places import listed
from analytics.registry import load as load_registry
from analytics.store import Store
from tests.synthetic import gold_path, write_rows

METRIC = "food.food_pass_rate"
RANKING = ("最高", "最低", "最严", "highest", "lowest", "strictest")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(gold_path(tmp_path_factory.mktemp("gold")))


def made(tmp_path: Path, plans: list[dict], rows: list[dict]) -> Comparison:
    plans = [{"place": "甲市", **plan} for plan in plans]
    return compare(Store(write_rows(tmp_path / "x.duckdb", plans, [{"metric_id": METRIC, **row} for row in rows])), METRIC)


# id of the rule, plans, rows; the first row has to win, and the second to lose by the rule
CHOICES = [
    ("kind", [{"plan_id": "a"}], [{"value": 97}, {"value": 99, "kind": "baseline"}]),
    ("status", [{"plan_id": "a"}, {"plan_id": "b", "status": "draft"}], [{"value": 97}, {"plan_id": "b", "value": 99}]),
    (
        "status",
        [{"plan_id": "a", "status": "draft"}, {"plan_id": "b", "status": "expired"}],
        [{"value": 97}, {"plan_id": "b", "value": 99}],
    ),
    ("horizon", [{"plan_id": "a", "horizon_end": 2030}, {"plan_id": "b"}], [{"value": 97, "year": 2030}, {"plan_id": "b", "value": 99}]),
    ("year", [{"plan_id": "a"}], [{"value": 97}, {"value": 99, "year": 2023}]),
    ("flow", [{"plan_id": "a"}], [{"value": 97}, {"value": 2, "flow": "change"}]),
    ("facets", [{"plan_id": "a"}], [{"value": 97}, {"value": 99, "align_note": "scope=重点"}]),
    (
        "name",
        [{"plan_id": "a"}],
        [
            {"value": 97, "indicator": "食品抽检合格率", "align_how": "match: 食品 合格率", "align_note": "level=省级"},
            {"value": 99, "indicator": "“放心食品”达标率", "align_how": "match: 食品 合格率", "align_note": "level=市级"},
        ],
    ),
    ("table", [{"plan_id": "a"}], [{"value": 97, "rules": ["cell"], "align_note": "method=抽检"}, {"value": 99}]),
    ("confidence", [{"plan_id": "a"}], [{"value": 97, "align_note": "method=抽检"}, {"value": 99, "confidence": 0.4}]),
    ("position", [{"plan_id": "a"}], [{"value": 97, "align_note": "method=抽检"}, {"value": 99}]),
    ("duplicate", [{"plan_id": "a"}], [{"value": 97}, {"value": 97}]),
    ("conflict", [{"plan_id": "a"}], [{"value": 97}, {"value": 99}]),
]


@pytest.mark.parametrize("swapped", [False, True], ids=["first", "second"])
@pytest.mark.parametrize(("reason", "plans", "rows"), CHOICES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CHOICES)])
def test_which_statement_stands_for_a_place(tmp_path: Path, reason: str, plans: list[dict], rows: list[dict], swapped: bool) -> None:
    rows = [{"plan_id": "a", **row} for row in rows]
    if swapped and reason not in ("position", "conflict"):
        rows = rows[::-1]
    found = made(tmp_path, plans, rows)
    assert list(found.rows["value"]) == [97]
    assert list(found.alternatives["why"]) == [reason]
    assert found.alternatives["why_zh"].str.len().gt(3).all()
    assert bool(found.rows["conflict"].iloc[0]) == (reason == "conflict")


def test_every_rule_has_a_sentence() -> None:
    for lang in ("zh", "en"):
        assert len(set(choice_rules(lang))) == len(RULES)


def test_a_year_that_is_asked_for_goes_first(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "x.duckdb",
        [{"plan_id": "a", "place": "甲市"}],
        [{"plan_id": "a", "metric_id": METRIC, "value": 99}, {"plan_id": "a", "metric_id": METRIC, "value": 97, "year": 2023}],
    )
    found = compare(Store(path), METRIC, year=2023)
    assert list(found.rows["value"]) == [97]
    assert list(found.alternatives["why"]) == ["year_asked"]


def test_the_contradictions_of_the_plan_are_shown(store: Store) -> None:
    found = compare(store, "certification.taishan_quality")
    yantai = found.rows.set_index("place").loc["烟台市"]
    other = found.alternatives.set_index("place").loc["烟台市"]
    assert yantai["conflict"]
    assert {yantai["value"], other["value"]} == {3, 13}
    assert other["why"] == "conflict"


def test_nothing_is_lost(store: Store) -> None:
    for metric_id in ("food.food_pass_rate", "standards.local", "branding.quality_product_bases"):
        found = compare(store, metric_id)
        every = store.statements({"metric_id": metric_id, "kind": ["target", "baseline"]})
        assert sorted([*found.rows["indicator_id"], *found.alternatives["indicator_id"]]) == sorted(every["indicator_id"])


def test_baseline_beside_target(store: Store) -> None:
    row = compare(store, "product.industrial_spot_check_pass_rate").rows.set_index("place").loc["日照市"]
    assert (row["value_exact"], row["baseline_exact"], row["baseline_year"]) == ("93.5", "96.49", 2020)


def test_a_stock_is_no_baseline_of_what_is_newly_added(store: Store) -> None:
    row = compare(store, "branding.quality_product_bases").rows.set_index("place").loc["日照市"]
    assert (row["flow"], row["baseline_value"]) == ("new", 4)


def test_the_document_above_is_one_that_the_plan_could_know(store: Store) -> None:
    """A county plan of 2022-12-16 is held against the national plan of 2022, not against the outline of 2023."""
    rows = compare(store, "food.agri_product_pass_rate").rows.set_index("place")
    told = rows[["nation_document", "nation_since", "nation_later"]].apply(tuple, axis=1).to_dict()
    assert told["中卫市沙坡头区"] == ("“十四五”全国农产品质量安全提升规划", "2022", False)
    assert told["日照市"] == ("质量强国建设纲要", "2023", True)
    assert told["烟台市"] == ("质量强国建设纲要", "2023", False)


def test_benchmarks_are_those_of_the_year_and_the_province(store: Store) -> None:
    rows = compare(store, "product.manufacturing_pass_rate").rows.set_index("place")
    assert (rows.at["日照市", "nation_exact"], rows.at["日照市", "province_exact"]) == ("94", "96")
    assert rows.at["烟台市", "index_province"] == pytest.approx(100 * 98 / 96)
    spot = compare(store, "product.industrial_spot_check_pass_rate")
    assert spot.rows.set_index("place")["province_exact"].dropna().to_dict() == {"泉州市": "91"}
    assert set(spot.benchmarks.loc[spot.benchmarks["scope"] == "nation", "year"]) == set()


@pytest.mark.parametrize(
    ("unit", "measure", "zh", "en"),
    [("件", "per", "≥218.9件/万人", "≥218.9 per 10,000 people"), ("%", "index", "≥218.9", "≥218.9")],
)
def test_a_computed_measure_says_its_unit(unit: str, measure: str, zh: str, en: str) -> None:
    assert [measure_label("ge", 218.94, unit, measure, lang) for lang in ("zh", "en")] == [zh, en]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.00342, "0.0034"), (-0.034, "-0.034"), (0.0996, "0.1"), (0.333, "0.33"), (99.999, "100"), (6759.64, "6759.6")],
)
def test_a_computed_number_is_never_rounded_to_nothing(value: float, text: str) -> None:
    assert computed(value) == text


def test_per_10k_is_for_counts_only_and_names_its_source(store: Store) -> None:
    marks = compare(store, "ip.registered_trademarks").rows.set_index("place")
    assert marks.at["日照市", "per_10k"] == pytest.approx(65000 * 10000 / 2968365)
    assert "普查" in marks.at["日照市", "population_source"]
    assert compare(store, METRIC).rows["per_10k"].isna().all()
    assert compare(store, "ip.invention_patents_per_10k").rows["per_10k"].isna().all()


def test_titles_rank_only_what_is_comparable(store: Store) -> None:
    shared = store.query(
        "SELECT metric_id FROM indicators WHERE metric_id IS NOT NULL "
        "GROUP BY metric_id HAVING count(DISTINCT plan_id) > 1 ORDER BY metric_id"
    )
    for metric_id in shared["metric_id"]:
        found = compare(store, metric_id)
        ranked = any(word in found.title_zh + found.title_en for word in RANKING if word not in found.metric.name_zh + found.metric.name_en)
        assert not ranked or found.rows["comparable"].sum() >= 2, found.title_zh


def test_a_title_ranks_the_comparable_part(tmp_path: Path) -> None:
    plans = [{"plan_id": name, "place": f"{name}市"} for name in "甲乙丙"]
    rows = [{"plan_id": "甲", "value": 99}, {"plan_id": "乙", "value": 97}, {"plan_id": "丙", "value": 90, "year": 2020}]
    found = made(tmp_path, plans, rows)
    assert found.title_zh == "食品抽检合格率：3个地区中2个口径一致，其中甲市最高（≥99%），乙市最低（≥97%）"
    assert found.rows.set_index("place")["comparable"].to_dict() == {"甲市": True, "乙市": True, "丙市": False}


def test_lower_is_stricter_where_lower_is_better(tmp_path: Path) -> None:
    plans = [{"plan_id": name, "place": f"{name}市"} for name in "甲乙"]
    metric = "product.consumer_noncompliance_rate"
    rows = [{"plan_id": name, "metric_id": metric, "value": value, "comparator": "le"} for name, value in (("甲", 10), ("乙", 8))]
    found = compare(Store(write_rows(tmp_path / "x.duckdb", plans, rows)), metric)
    assert "乙市要求最严（≤8%）" in found.title_zh
    assert list(found.rows["place"]) == ["乙市", "甲市"]


BASELINE = {"kind": "baseline", "comparator": "eq"}


@pytest.mark.parametrize(
    ("status", "rows", "verdicts", "title"),
    [
        # A draft never makes the group, and yet the two values that were observed are not held up as what it is compared with.
        (
            "draft",
            [{"value": 99}, {**BASELINE, "value": 97}, {**BASELINE, "value": 96}],
            ["conditional", "conditional", "conditional"],
            "甲市≥99%、丙市基期值96%、乙市基期值97%",
        ),
        (
            "issued",
            [{"value": 99}, {**BASELINE, "value": 97}, {**BASELINE, "value": 96}],
            ["comparable", "conditional", "conditional"],
            "乙市基期值97%",
        ),
        (
            "issued",
            [{"value": 95}, {**BASELINE, "value": 97}, {"value": 96}],
            ["conditional", "comparable", "comparable"],
            "其中丙市最高（≥96%），甲市最低（≥95%）",
        ),
        (
            "issued",
            [{**BASELINE, "value": value} for value in (97, 96, 95)],
            ["comparable"] * 3,
            "食品抽检合格率（基期值）：3个地区可比，甲市最高（97%）",
        ),
    ],
)
def test_what_was_observed_is_no_target(tmp_path: Path, status: str, rows: list[dict], verdicts: list[str], title: str) -> None:
    plans = [{"plan_id": name, "place": f"{name}市", "status": status} for name in "甲乙丙"]
    path = write_rows(
        tmp_path / "x.duckdb", plans, [{"metric_id": METRIC, "plan_id": name, **row} for name, row in zip("甲乙丙", rows, strict=True)]
    )
    found = compare(Store(path), METRIC)
    assert sorted(found.rows["verdict"]) == sorted(verdicts)
    assert title in found.title_zh
    view = compare_view(Store(path), METRIC)
    said = view.frame.set_index("place")["verdict"].to_dict()
    assert {said[f"{name}市"] for name, row in zip("甲乙丙", rows, strict=True) if "kind" in row} == {"基期值"}
    assert (view.frame.loc[view.frame["kind"] == "目标", "verdict"] != "基期值").all()


@pytest.mark.parametrize(
    ("metric", "comparator", "values", "order", "title"),
    [
        (METRIC, "ge", (97, 99, 98), "乙丙甲", "乙市最高（≥99%），甲市最低（≥97%）"),
        ("product.consumer_noncompliance_rate", "le", (9, 10, 8), "丙甲乙", "丙市要求最严（≤8%），乙市最宽（≤10%）"),
        (METRIC, "ge", (97, 99, 99), "丙乙甲", "丙市、乙市最高（≥99%），甲市最低（≥97%）"),
    ],
)
def test_title_and_chart_agree_on_the_ends(
    tmp_path: Path, metric: str, comparator: str, values: tuple[int, ...], order: str, title: str
) -> None:
    plans = [{"plan_id": name, "place": f"{name}市"} for name in "甲乙丙"]
    rows = [
        {"plan_id": name, "metric_id": metric, "value": value, "comparator": comparator}
        for name, value in zip("甲乙丙", values, strict=True)
    ]
    found = compare(Store(write_rows(tmp_path / "x.duckdb", plans, rows)), metric)
    assert title in found.title_zh
    assert [place[0] for place in drawn(found)["place"]] == list(order)


def test_places_that_are_not_ranked_stand_in_the_order_of_the_chart(store: Store) -> None:
    checked = 0
    everything = gather(store)
    for metric_id in everything.at[0]:
        found = compared(everything, metric_id)
        places = listed(drawn(found)["place"], "zh")[:4]
        if len(found.rows) > 1 and "不排序" in found.title_zh:
            at = [found.title_zh.index(place, len(found.metric.name_zh)) for place in places]
            assert at == sorted(at), (metric_id, found.title_zh, places)
            checked += 1
    assert checked > 20


def test_satisfaction_of_two_indices_is_not_comparable(store: Store) -> None:
    found = compare(store, "service.public_service_satisfaction")
    assert found.verdict is not None
    assert found.verdict.verdict == "incomparable"
    assert "index" in found.verdict.codes
    assert "不可比" in found.title_zh


def test_places_can_be_chosen(store: Store) -> None:
    found = compare(store, METRIC, places=["日照市", "泉州市"])
    assert set(found.rows["place"]) == {"日照市", "泉州市"}
    assert (found.places_with, found.places_total) == (2, 2)
    assert compare(store, METRIC, places=[]).rows.empty


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (("ge", "98.5", None, "%"), "≥98.5%", "≥98.5%"),
        (("gt", "65000", None, "件"), ">6.5万件", ">65,000 items"),
        (("range", "1", "3", "项"), "1—3项", "1–3 items"),
        (("eq", "1000", None, "家"), "1000家", "1,000 enterprises"),
        (("eq", "31202", None, "件"), "31,202件", "31,202 items"),
        (("le", "0.6", None, "人/百亿元"), "≤0.6人/百亿元", "≤0.6 persons per 10 billion yuan"),
    ],
)
def test_numbers_as_readers_write_them(arguments: tuple, zh: str, en: str) -> None:
    assert (amount(*arguments, "zh"), amount(*arguments, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[a]\nb = { zh = "x" }\n', "zh and en"),
        ('[a]\nb = { zh = "{x}", en = "{y}" }\n', "placeholders"),
        ("b = 1\n", "no table"),
    ],
)
def test_wrong_messages_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "findings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MessageError, match=words):
        load(tmp_path / "findings.toml")


def test_sentences_are_left_out_above_a_limit_and_nothing_else(store: Store) -> None:
    whole, bare = compare(store, METRIC, quotes=None), compare(store, METRIC, quotes=0)
    silent = ["section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules", "align_how"]
    for left, right in ((whole.rows, bare.rows), (whole.alternatives, bare.alternatives)):
        assert list(left) == list(right)
        assert right[silent].isna().all(axis=None)
        pd.testing.assert_frame_equal(left.drop(columns=silent), right.drop(columns=silent))


def test_unknown_metric_names_its_neighbours(store: Store) -> None:
    with pytest.raises(UnknownMetric, match=METRIC):
        compare(store, "food.food_pass")


def test_matrix_agrees_with_compare(store: Store) -> None:
    table = matrix(store, "food")
    for metric_id, rows in table.groupby("metric_id"):
        assert set(rows["indicator_id"]) == set(compare(store, metric_id).rows["indicator_id"])


def test_matrix_flags_contradictions(store: Store) -> None:
    table = matrix(store)
    assert set(table.loc[table["conflict"], "metric_id"]) == {"certification.taishan_quality", "branding.highend_brand_cultivation"}


@pytest.mark.parametrize("measure", ["per", "index"])
def test_the_title_is_about_the_measure_that_is_drawn(store: Store, measure: str) -> None:
    seen, gathered = 0, gather(store)
    for metric_id in load_registry().metrics:
        found = compared(gathered, metric_id)
        rows = drawn(found, measure)
        if rows.empty:
            continue
        seen += 1
        peers = rows[rows["comparable"].astype(bool)]
        for lang in ("zh", "en"):
            said = headline(found, lang, measure)
            names = listed(rows["place"], lang)
            labels = [measure_label(*row, measure, lang) for row in zip(rows["comparator"], rows["shown"], rows["unit"], strict=True)]
            assert any(label in said for label in labels), said
            assert any(name in said for name in names), said
            if len(peers) > 1 and peers["shown"].round(1).nunique() > 1:
                for at in (peers.index[0], peers.index[-1]):
                    assert labels[at] in said and names[at] in said, said
    assert seen > 4


def test_the_title_of_values_is_that_of_the_comparison(store: Store) -> None:
    found = compare(store, METRIC)
    assert (headline(found, "zh"), headline(found, "en")) == (found.title_zh, found.title_en)


def test_a_target_above_is_for_its_own_year_and_province(tmp_path: Path) -> None:
    """One province's line never stands across places of another, nor a year's across those of another year."""
    metric, years = "product.manufacturing_pass_rate", {"甲": 2025, "乙": 2020, "丙": 2025}
    provinces = {"甲": "山东省", "乙": "山东省", "丙": "福建省"}
    plans = [{"plan_id": name, "place": f"{name}市", "province": provinces[name]} for name in years]
    rows = [{"plan_id": name, "metric_id": metric, "value": 95, "year": year} for name, year in years.items()]
    found = compare(Store(write_rows(tmp_path / "x.duckdb", plans, rows)), metric)
    lines = references(found.benchmarks, found.rows)
    assert {line["region"] for line in lines} >= {"全国", "山东省"}
    for line in lines:
        own = [line["region"] in ("全国", row["province"]) and row["year"] == line["year"] for row in found.rows.to_dict("records")]
        assert list(line["rows"]) == [at for at, one in enumerate(own) if one] != []
    view = compare_view(Store(tmp_path / "x.duckdb"), metric)
    drawn_lines = [series.values for series in chart_plan(view).series if series.role == "line"]
    filled = [[at for at, value in enumerate(values) if value is not None] for values in drawn_lines]
    assert filled == [list(line.rows) for line in view.lines]
