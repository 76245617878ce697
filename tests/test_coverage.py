"""Who mentions what: three kinds of blank, and a sentence that proves each mention."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import registry as registries
from analytics.coverage import STATES, Coverage, ScopeError, applicability, coverage, metric_terms, proof
from analytics.store import AnalyticsError, Store
from tests.synthetic import gold_path, write_rows

# Read by hand.
EXPECTED = [
    ("日照市", "food.food_pass_rate", "number"),
    ("日照市", "branding.provincial_quality_award", "baseline"),
    ("日照市", "management.chief_quality_officers", "mentioned"),
    ("日照市", "environment.forest_coverage", "absent"),
    ("泉州市", "certification.taishan_quality", "not_applicable"),
    ("中卫市沙坡头区", "management.strong_quality_counties", "not_applicable"),
    ("衡阳市", "engineering.luban_awards", "mentioned"),
    ("烟台市", "certification.taishan_quality", "number"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(gold_path(tmp_path_factory.mktemp("gold")))


@pytest.fixture(scope="module")
def found(store: Store) -> Coverage:
    return coverage(store)


@pytest.mark.parametrize(("place", "metric", "state"), EXPECTED)
def test_states_of_the_five_plans(found: Coverage, place: str, metric: str, state: str) -> None:
    assert found.table().at[metric, place] == state


def test_the_matrix_is_whole(found: Coverage) -> None:
    assert found.table().shape == (len(registries.load().metrics), 5)
    assert set(found.cells["state"]) == set(STATES)


def test_every_mention_is_proven_by_a_sentence_of_that_plan(store: Store, found: Coverage) -> None:
    mentioned = found.cells.loc[found.cells["state"] == "mentioned"]
    for _, cell in mentioned.iterrows():
        sentence = proof(store, cell)
        assert sentence
        assert sentence in store.text(cell["plan_id"])
        assert store.text(cell["plan_id"])[int(cell["start"]) : int(cell["end"])] in sentence


def test_a_name_inside_the_quote_of_a_number_is_no_mention_of_something_else(store: Store, found: Coverage) -> None:
    spans = store.statements().query("kind != 'commitment'")[["plan_id", "start", "end"]]
    words = found.cells.loc[(found.cells["state"] == "mentioned") & found.cells["indicator_id"].isna()]
    for cell in words.itertuples():
        own = spans.loc[spans["plan_id"] == cell.plan_id]
        assert not ((own["start"] < cell.end) & (own["end"] > cell.start)).any()


def test_absent_cells_have_no_proof(store: Store, found: Coverage) -> None:
    assert proof(store, found.cells.loc[found.cells["state"] == "absent"].iloc[0]) == ""
    with pytest.raises(AnalyticsError, match="Coverage.cells"):
        proof(store, found.metrics.iloc[0])


def test_counts_add_up(found: Coverage) -> None:
    table = found.by_domain()
    assert (table[["number", "baseline", "mentioned", "absent"]].sum(axis=1) == table["metrics"]).all()
    assert table["number"].sum() == (found.cells["state"] == "number").sum()


def test_what_peers_state_and_a_place_omits(found: Coverage) -> None:
    omitted = found.omitted("日照市").set_index("metric_id")
    assert omitted.at["innovation.manufacturing_quality_index", "peers"] == 2
    assert omitted.at["management.chief_quality_officers", "state"] == "mentioned"
    assert "food.food_pass_rate" not in omitted.index
    assert found.omitted("日照市", least=4).empty


def test_texts_can_be_left_out(store: Store) -> None:
    assert not coverage(store, texts=False).texts_searched
    assert coverage(store, texts=False).table().at["management.chief_quality_officers", "日照市"] == "absent"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("提高森林覆盖率。", "mentioned"),
        ("提高森林覆蓋率。", "mentioned"),
        ("提高森林质量。", "absent"),
    ],
    ids=["simplified", "traditional", "other"],
)
def test_names_in_texts(tmp_path: Path, text: str, state: str) -> None:
    path = write_rows(tmp_path / "x.duckdb", [{"plan_id": "a", "place": "甲市", "text": text}], [])
    assert coverage(Store(path)).table().at["environment.forest_coverage", "甲市"] == state


def test_a_commitment_is_a_mention_and_an_incentive_is_not(tmp_path: Path) -> None:
    rows = [
        {
            "plan_id": "a",
            "metric_id": "environment.forest_coverage",
            "kind": "commitment",
            "form": "direction",
            "comparator": None,
            "value": None,
            "value_text": "提高",
        },
        {"plan_id": "a", "metric_id": "engineering.luban_awards", "kind": "incentive", "value": 100, "quote": "奖100", "value_text": "100"},
    ]
    table = coverage(Store(write_rows(tmp_path / "x.duckdb", [{"plan_id": "a", "place": "甲市"}], rows)), texts=False).table()
    assert table.at["environment.forest_coverage", "甲市"] == "mentioned"
    assert table.at["engineering.luban_awards", "甲市"] == "absent"


def test_names_lead_to_one_metric_each() -> None:
    terms = metric_terms(registries.load())
    assert set(terms.values()) == set(registries.load().metrics)
    assert list(map(len, terms)) == sorted(map(len, terms), reverse=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[province]\n"山东省" = ["no.such"]\n', "no.such"),
        ("[not_for_level]\nvillage = []\n[other]\n", "other"),
        ('[not_for_level]\nvillage = ["food.food_pass_rate"]\n', "village"),
    ],
)
def test_wrong_entries_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "scope.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScopeError, match=words):
        applicability(registries.load(), tmp_path / "scope.toml")
