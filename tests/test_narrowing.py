"""What filters leave of the cascade and the findings: the same rows on the pages and in the exports."""

from __future__ import annotations

import pytest

from analytics import export
from analytics.cascade import cascade
from analytics.coverage import coverage, numbers_by_domain
from analytics.export import listings
from analytics.findings import findings
from analytics.matrices import matrix
from analytics.narrowing import of_cascade, of_findings, of_statements
from analytics.registry import load
from analytics.store import Store
from tests.synthetic import write_rows

FOOD, PRODUCT = "food.food_pass_rate", "product.manufacturing_pass_rate"
PLANS = [
    {"plan_id": "old", "place": "甲市", "horizon_end": 2020, "status": "expired"},
    {"plan_id": "new", "place": "甲市", "horizon_end": 2025},
    {"plan_id": "draft", "place": "乙市", "horizon_end": 2025, "status": "draft"},
    {"plan_id": "above", "place": "全国", "level": "national", "horizon_end": 2025},
]
ROWS = [
    {"plan_id": "old", "metric_id": FOOD, "value": 96, "year": 2020},
    {"plan_id": "new", "metric_id": FOOD, "value": 97, "year": 2025},
    {"plan_id": "new", "metric_id": FOOD, "value": 98, "year": 2020, "kind": "baseline", "comparator": "eq"},
    {"plan_id": "draft", "metric_id": PRODUCT, "value": 95, "year": 2025},
    {"plan_id": "above", "metric_id": FOOD, "value": 98.5, "year": 2025},
    {"plan_id": "above", "metric_id": PRODUCT, "value": 94, "year": 2025},
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(write_rows(tmp_path_factory.mktemp("narrowing") / "few.duckdb", PLANS, ROWS))


def test_no_filter_leaves_everything(store: Store) -> None:
    rows, found = cascade(store), findings(store)
    assert len(of_cascade(store, rows)) == len(rows) > 0 and len(of_findings(store, found)) == len(found) > 0


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"kinds": ["baseline"]}, 0),
        ({"kinds": ["baseline", "target"]}, None),
        ({"horizons": [2025]}, None),
        ({"horizons": ["2030"]}, 0),
        ({"words": "FOOD pass"}, None),
        ({"words": "没有这样的指标"}, 0),
    ],
)
def test_the_cascade_is_about_targets(filters: dict, left: int | None, store: Store) -> None:
    rows = of_cascade(store, cascade(store), **filters)
    assert len(rows) == left if left is not None else len(rows)
    assert len(export.cascade_view(store, **filters).frame) == len(rows)


def test_the_cascade_knows_the_horizon_of_targets_and_omissions(store: Store) -> None:
    rows = of_cascade(store, cascade(store), horizons=[2025])
    assert {"omitted"} < set(rows["relation"]) and set(rows["reference_year"]) == {2025}
    assert "old" not in {str(one).rpartition("-")[0] for one in rows["indicator_id"].dropna()}


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"horizons": [2020]}, {"status"}),
        ({"kinds": ["baseline"]}, {"not_above_baseline"}),
        ({"kinds": ["commitment"]}, set()),
        ({"words": "征求意见稿"}, {"status"}),
        ({"kinds": ["baseline"], "horizons": [2020]}, set()),
    ],
)
def test_findings_have_years_kinds_and_words(filters: dict, codes: set, store: Store) -> None:
    rows = of_findings(store, findings(store), **filters)
    assert set(rows["code"]) == codes
    view = export.findings_view(store, **filters)
    assert list(view.frame["finding_id"]) == list(rows["finding_id"])


def test_words_narrow_the_coverage(store: Store) -> None:
    whole = coverage(store)
    named = whole.named("FOOD pass rate")
    assert FOOD in set(named.cells["metric_id"]) and PRODUCT not in set(named.cells["metric_id"])
    assert whole.named("") is whole
    counts = listings.coverage_view(store, words="FOOD pass rate", lang="en").frame.iloc[:, 1:].sum().sum()
    assert counts == (named.cells["state"] == "number").sum()


@pytest.mark.parametrize("words", ["", "合格率", "rate"])
def test_numbers_counted_alone_are_those_of_the_coverage(words: str, store: Store) -> None:
    found = coverage(store).named(words)
    rows = found.by_domain()
    expected = {(row["place"], row["domain"]): row["number"] for row in rows.to_dict("records") if row["number"]}
    assert expected and numbers_by_domain(store, set(found.metrics["metric_id"])) == expected


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_filters_stand_in_the_file(lang: str, store: Store) -> None:
    options = {"kinds": ["target"], "horizons": ["2025"], "words": "FOOD", "lang": lang}
    for view in (export.cascade_view(store, **options), export.findings_view(store, **options)):
        assert "2025" in view.filters and "FOOD" in view.filters


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, ["new FOOD", "draft PRODUCT", "above FOOD", "above PRODUCT"]),
        ({"kinds": ("target",), "horizons": (2025,)}, ["new FOOD", "draft PRODUCT", "above FOOD", "above PRODUCT"]),
        ({"horizons": ["2020"]}, []),
        ({"kinds": ["incentive"]}, []),
        ({"words": "FOOD pass"}, ["new FOOD", "above FOOD"]),
        ({"words": "食品 合格率"}, ["new FOOD", "above FOOD"]),
        ({"words": "没有这样的指标"}, []),
    ],
)
def test_statements_are_found_by_either_name(filters: dict, left: list[str], store: Store) -> None:
    rows = of_statements(matrix(store), load(), **filters)
    assert {f"{plan} {metric}" for plan, metric in zip(rows["plan_id"], rows["metric_id"], strict=True)} == {
        one.replace("FOOD", FOOD).replace("PRODUCT", PRODUCT) for one in left
    }
