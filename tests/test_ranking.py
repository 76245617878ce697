"""One rule of what is ranked: the title, the sentence, the order, the shades and the signs of a metric say the same, and none of them ranks
what the verdict does not let."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analytics import ranking
from analytics import registry as registries
from analytics.compare import Gathered, compared, drawn, gather
from analytics.export.views import comparison_view, domain_view
from analytics.measures import MEASURES
from analytics.stated import operator, stated, written
from analytics.store import Store
from tests.synthetic import write_rows

# Words that set one place above or below another.
RANKS = re.compile("最高|最低|最严|最宽|同为|个百分点|倍|highest|lowest|strictest|loosest|all at|times what| lies ")
ROW = {"comparable": True, "conflict": False, "value": 95.0, "value_max": None, "comparator": "ge", "kind": "target"}


def rows(*changes: dict) -> pd.DataFrame:
    found = pd.DataFrame([{**ROW, "place": name, **change} for name, change in zip("甲乙丙丁", changes, strict=False)])
    return found.astype({"value": float, "value_max": float})


@pytest.mark.parametrize(
    ("changes", "lower", "ranked"),
    [
        (({}, {"value": 96}), False, [1, 1]),
        (({}, {"comparable": False}), False, [0, 0]),
        (({}, {"value": 96}, {"comparable": False}), False, [1, 1, 0]),
        (({}, {"value": 96, "conflict": True}), False, [0, 0]),
        (({}, {"value": 96}, {"value": 97, "conflict": True}), False, [1, 1, 0]),
        (({}, {"value": 1, "value_max": 3}), False, [0, 0]),
        (({}, {"comparator": "le"}), False, [0, 0]),
        (({}, {"comparator": "gt"}, {"comparator": "le"}), False, [1, 1, 0]),
        (({"comparator": "le"}, {"comparator": "lt"}, {}), False, [1, 1, 0]),
        (({"comparator": "le"}, {"comparator": "eq"}, {}), True, [1, 1, 0]),
        (({"comparator": "le"}, {"comparator": "eq"}, {}), False, [0, 1, 1]),
        (({}, {"comparator": "eq"}, {"comparator": "approx"}), False, [1, 1, 1]),
        (({}, {"value": None}), False, [0, 0]),
        ((), False, []),
    ],
)
def test_what_may_be_ranked(changes: tuple[dict, ...], lower: bool, ranked: list[int]) -> None:
    frame = rows(*changes) if changes else rows({}).head(0)
    assert list(ranking.ranked(frame, lower)) == [bool(one) for one in ranked]


@pytest.mark.parametrize(
    ("ranked", "values", "kinds", "lower", "places"),
    [
        ((1, 1, 1), (95, 97, 96), "ttt", False, "乙丙甲"),
        ((1, 1, 1), (95, 97, 96), "ttt", True, "甲丙乙"),
        ((0, 1, 1), (99, 96, 97), "ttt", False, "丙乙甲"),
        ((0, 0, 0), (95, 97, 96), "ttt", False, "丙乙甲"),
        ((0, 0, 0), (95, 97, 96), "bbt", False, "丙乙甲"),
        ((0, 0, 0), (95, 97, 96), "tbb", False, "甲丙乙"),
    ],
)
def test_the_order_says_no_more_than_the_rule(ranked: tuple, values: tuple, kinds: str, lower: bool, places: str) -> None:
    named = {"t": "target", "b": "baseline"}
    frame = rows(*({"value": value, "kind": named[kind]} for value, kind in zip(values, kinds, strict=True)))
    frame = frame.assign(ranked=[bool(one) for one in ranked])
    assert "".join(frame["place"].iloc[ranking.order(frame, lower)]) == places


def varied(tmp_path: Path) -> Store:
    """Places under every pairing of what may differ, a metric for each."""
    metrics = ["food.food_pass_rate", "product.consumer_noncompliance_rate", "ip.registered_trademarks", "standards.local"]
    differences = [
        {},
        {"year": 2020},
        {"align_note": "method=抽检"},
        {"kind": "baseline", "comparator": "eq"},
        {"comparator": "le"},
        {"comparator": "range", "value_max": 120},
        {"hedge": True},
        {"comparator": "approx"},
        {"value_text": "百家", "value": 100, "comparator": "eq", "unit": "家"},
    ]
    plans, found = [], []
    for at, (metric, first, second) in enumerate(itertools.product(metrics, differences, (*differences, None))):
        name, status = f"{at // 40}", ("issued", "draft", "expired")[at % 3]
        if at % 40 == 0:
            plans += [{"plan_id": f"{side}{name}", "place": f"{side}{name}市", "status": status} for side in "甲乙丙"]
        found.append({"plan_id": f"甲{name}", "metric_id": metric, "value": 90 + at % 7, **first})
        second = second if second is not None else {"value": 90 + at % 7}
        found.append({"plan_id": f"乙{name}", "metric_id": metric, "value": 90 + at % 5, **second})
        found.append({"plan_id": f"丙{name}", "metric_id": metric, "value": 90 + at % 11, **second})
    return Store(write_rows(tmp_path / "varied.duckdb", plans, found))


@pytest.fixture(scope="module", params=["the five plans", "plans that differ in all ways"])
def store(request: pytest.FixtureRequest, database: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(database) if request.param == "the five plans" else varied(tmp_path_factory.mktemp("varied"))


def shared(everything: Gathered) -> list[str]:
    """The metrics that several rows stand for."""
    return [metric_id for metric_id, at in everything.at[0].items() if len(at) > 1]


def test_no_title_and_no_sentence_ranks_what_is_not_ranked(store: Store) -> None:
    """All places and some pairs of them, metric by metric: ranked only in the largest comparable group, and then by its own numbers."""
    everything, seen = gather(store), {True: 0, False: 0}
    pairs = list(itertools.combinations(sorted(everything.places), 2))
    for at, metric_id in enumerate(shared(everything)):
        places = None if at % 2 else pairs[at % len(pairs)]
        found = compared(everything, metric_id, places)
        if len(found.rows) < 2:
            continue
        ranked = found.rows[found.rows["ranked"]]
        assert ranked["verdict"].eq("comparable").all() and not ranked["conflict"].any() and len(ranked) != 1
        seen[bool(len(ranked))] += 1
        for title in (found.title_zh, found.title_en):
            shown = title.replace(found.metric.name_zh, "").replace(found.metric.name_en, "")
            assert bool(RANKS.search(shown)) == bool(len(ranked)), title
        for measure in MEASURES:
            rows = drawn(found, measure)
            assert list(rows["ranked"]) == sorted(rows["ranked"], reverse=True)
            own = rows.loc[rows["ranked"], "shown"]
            assert own.is_monotonic_increasing if found.metric.better == "lower" else own.is_monotonic_decreasing
    assert seen[False]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sentences_and_title_agree(lang: str, store: Store) -> None:
    everything = gather(store)
    for metric_id in shared(everything)[::4]:
        found = compared(everything, metric_id)
        if len(found.rows) < 2:
            continue
        view = comparison_view(store, found, found.rows, lang=lang)
        name = getattr(found.metric, f"name_{lang}")
        against = [one.replace(name, "") for one in view.sentences[:2]]
        if not found.rows["ranked"].any():
            assert not any(RANKS.search(one) for one in against), view.sentences


def test_a_matrix_ranks_as_its_comparisons_do(database: Path) -> None:
    store = Store(database)
    everything = gather(store)
    for domain in registries.DOMAINS[:4]:
        frame = domain_view(store, domain).frame
        for metric_id, cells in frame[frame["plotted"].notna()].groupby("metric_id"):
            rows = compared(everything, metric_id).rows
            assert set(cells.loc[cells["ranked"].astype(bool), "indicator_id"]) == set(rows.loc[rows["ranked"], "indicator_id"])


VALUE = {"comparator": "ge", "value_exact": "3", "value_max_exact": None, "unit": "家", "hedge": False, "value_text": "3家以上"}


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({}, "≥3家", "≥3 enterprises"),
        ({"hedge": True}, "力争≥3家", "aim ≥3 enterprises"),
        ({"hedge": True, "comparator": "approx", "value_text": "3家左右"}, "≈3家", "≈3 enterprises"),
        ({"value_exact": "98", "unit": "%", "value_text": "98.0%"}, "≥98.0%", "≥98.0%"),
        ({"value_exact": "1000", "comparator": "eq", "value_text": "千家"}, "≈1000家", "≈1,000 enterprises"),
        ({"value_exact": "100", "comparator": "eq", "value_text": "上百家"}, "≈100家", "≈100 enterprises"),
        ({"value_exact": "1000", "comparator": "eq", "value_text": "一千家"}, "1000家", "1,000 enterprises"),
        ({"value_exact": "1000", "comparator": "eq", "value_text": "1千家"}, "1000家", "1,000 enterprises"),
        ({"value_exact": "100", "comparator": "eq", "value_text": "100家"}, "100家", "100 enterprises"),
        ({"value_exact": "1000", "comparator": "ge", "value_text": "千家以上"}, "≥1000家", "≥1,000 enterprises"),
        ({"also": [{**VALUE, "value_exact": "13"}]}, "≥3家与≥13家", "≥3 enterprises and ≥13 enterprises"),
    ],
)
def test_how_a_number_is_stated(changes: dict, zh: str, en: str) -> None:
    assert (stated({**VALUE, **changes}, "zh"), stated({**VALUE, **changes}, "en")) == (zh, en)


def test_a_magnitude_without_a_digit_is_about(database: Path) -> None:
    for row in Store(database).statements({"kind": ["target", "baseline"]}).to_dict("records"):
        digits = re.search(r"[0-9０-９一二三四五六七八九十两零〇]", row["value_text"])
        if operator(row) != row["comparator"]:
            assert not digits and written(row, "zh").startswith("≈"), row["value_text"]
        else:
            assert digits or row["comparator"] != "eq", row["value_text"]


def test_two_values_of_one_plan_are_cited_as_two(tmp_path: Path) -> None:
    plans = [{"plan_id": name, "place": f"{name}市"} for name in "甲乙丙"]
    values = [("甲", 97), ("甲", 99), ("乙", 98), ("丙", 96)]
    made = [{"plan_id": name, "metric_id": "food.food_pass_rate", "value": value} for name, value in values]
    store = Store(write_rows(tmp_path / "two.duckdb", plans, made))
    found = compared(gather(store), "food.food_pass_rate")
    assert "乙市最高（≥98%）" in found.title_zh and "甲" not in found.title_zh and "3个地区中2个" in found.title_zh
    view = comparison_view(store, found, found.rows)
    first = view.frame.set_index("place").loc["甲市"]
    assert first["label"] == "≥97%与≥99%" and first["cite"].count("[") == 2 and not first["ranked"]
    alone = replace(found, rows=found.rows[found.rows["place"] == "甲市"])
    assert "97%以上与99%以上" in comparison_view(store, alone, alone.rows).sentences[0]
