"""Search: by any script and by pinyin initials, in both languages, with the better match first and every hit at its true place."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics import registry as registries
from analytics import synonyms
from analytics.compare import UnknownMetric
from analytics.phrases import WordError, plain
from analytics.search import AmbiguousMetric, AmbiguousPlace, UnknownPlace, find_metrics, initials, resolve_metric, resolve_place, search
from analytics.store import Store
from tests.synthetic import gold_path, write_rows

FIRST = [
    ("food.food_pass_rate", "food.food_pass_rate", "id"),
    ("食品抽检合格率", "food.food_pass_rate", "name"),
    ("食品抽檢合格率", "food.food_pass_rate", "name"),
    ("spcjhgl", "food.food_pass_rate", "initials"),
    ("Food sampling pass rate", "food.food_pass_rate", "name"),
    ("luban", "engineering.luban_awards", "words"),
    ("鲁班", "engineering.luban_awards", "part"),
    ("森林復蓋率", "environment.forest_coverage", "fuzzy"),
    ("forests coverage", "environment.forest_coverage", "words"),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(gold_path(tmp_path_factory.mktemp("gold")))


@pytest.mark.parametrize(("query", "metric", "how"), FIRST, ids=[case[0] for case in FIRST])
def test_metrics(query: str, metric: str, how: str) -> None:
    hit = find_metrics(query)[0]
    assert (hit.metric_id, hit.how) == (metric, how)


def test_every_metric_is_found_by_each_of_its_names() -> None:
    for metric in registries.load().metrics.values():
        for name in (metric.metric_id, metric.name_zh, metric.name_en):
            assert resolve_metric(name) == metric.metric_id, name


def test_initials() -> None:
    assert initials("食品抽检合格率(主要)") == "spcjhglzy"


@pytest.mark.parametrize(
    ("query", "error", "words"), [("商标", AmbiguousMetric, "ip.registered_trademarks"), ("zzzzqq", UnknownMetric, "metrics")]
)
def test_names_that_do_not_decide(query: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        resolve_metric(query)


def test_ambiguous_names_list_candidates() -> None:
    with pytest.raises(AmbiguousMetric) as caught:
        resolve_metric("trademarks")
    assert {"ip.registered_trademarks", "ip.gi_trademarks"} <= set(caught.value.candidates)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("日照", "日照市"),
        ("Rizhao", "日照市"),
        ("rzs", "日照市"),
        ("沙坡头", "中卫市沙坡头区"),
        ("沙坡头区", "中卫市沙坡头区"),
        ("shapotou", "中卫市沙坡头区"),
        ("煙台", "烟台市"),
    ],
)
def test_places(store: Store, query: str, place: str) -> None:
    assert resolve_place(store, query) == place


@pytest.mark.parametrize(("query", "error"), [("青岛", UnknownPlace), ("市", AmbiguousPlace), ("", UnknownPlace)])
def test_places_that_are_not_clear(store: Store, query: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        resolve_place(store, query)


@pytest.mark.parametrize("query", ["商標", "商标", "trademark", "Luban", "首席质量官", "日照 商标", "rizhao 商标"])
def test_results_come_best_first_and_are_about_the_query(store: Store, query: str) -> None:
    found = search(store, query)
    assert len(found)
    assert list(found["score"]) == sorted(found["score"], reverse=True)
    assert found["score"].between(0, 100).all()


def test_a_place_narrows(store: Store) -> None:
    for query in ("日照 商标", "rizhao 商标"):
        found = search(store, query, what=("statement",))
        assert set(found["place"]) == {"日照市"}
        assert found["title"].str.contains("商标").all()


def test_an_exact_name_stands_before_its_part(store: Store) -> None:
    found = search(store, "首席质量官", what=("statement",))
    assert found["how"].iloc[0] == "name"
    assert found["title"].iloc[0] == "首席质量官"


def test_hits_are_where_they_say(store: Store) -> None:
    found = search(store, "首席质量官", limit=200, what=("text",))
    assert len(found)
    for row in found.itertuples():
        assert store.text(row.plan_id)[row.start : row.end] == "首席质量官"
        assert "首席质量官" in row.text


OTHER_WORDS = [
    ("高企", "日照市", "高新技术企业"),
    ("CQO", "烟台市", "首席质量官"),
    ("装配式建筑占比", "烟台市", "装配式建筑"),
    ("trademarks in force Rizhao", "日照市", "有效注册商标"),
    ("日照的鲁班奖", "日照市", "鲁班奖"),
    ("manufacturing quality index", "烟台市", "制造业质量竞争力指数"),
    ("分户验收 泉州", "泉州市", "分户验收率"),
    ("马德里商标", "泉州市", "马德里"),
]


@pytest.mark.parametrize(("query", "place", "title"), OTHER_WORDS, ids=[case[0] for case in OTHER_WORDS])
def test_other_words_find_the_statement_among_the_first_three(store: Store, query: str, place: str, title: str) -> None:
    first = search(store, query).head(3)
    assert ((first["what"] == "statement") & (first["place"] == place) & first["title"].str.contains(title, regex=False)).any()


def test_every_other_word_stands_for_words_of_the_registry() -> None:
    names = [plain(name) for metric in registries.load().metrics.values() for name in (metric.name_zh, *metric.examples)]
    assert [name for name in set(synonyms.load().values()) if not any(plain(name) in each for each in names)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [('[word]\n"甲" = ["x"]\n"乙" = ["x"]\n', "stands in 甲"), ('[word]\n"甲" = ["X"]\n', "small letters"), ("[other]\n", "other")],
)
def test_a_wrong_table_of_other_words_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "synonyms.toml").write_text(text, encoding="utf-8")
    with pytest.raises(WordError, match=words):
        synonyms.load(tmp_path / "synonyms.toml")


def test_traditional_texts(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.duckdb", [{"plan_id": "a", "place": "甲市", "text": "提高森林覆蓋率。"}], [])
    found = search(Store(path), "森林覆盖率", what=("text",))
    assert found["text"].tolist() == ["提高森林覆蓋率。"]


@pytest.mark.parametrize(("query", "how"), [("国内有效商标注册两", "fuzzy"), ("gnyxsbzcl", "initials")])
def test_statements_with_names_that_are_nearly_the_same(store: Store, query: str, how: str) -> None:
    found = search(store, query, what=("statement",))
    assert (found["how"].iloc[0], found["title"].iloc[0]) == (how, "国内有效商标注册量")


@pytest.mark.parametrize("query", ["", "  ", "不存在的东西", "'; DROP TABLE plans; --", "100%_", "(((", "[^"])
def test_nothing_to_find(store: Store, query: str) -> None:
    assert search(store, query, what=("statement", "text")).empty
    assert len(store.plans()) == 5


def test_limit(store: Store) -> None:
    assert len(search(store, "质量", limit=7)) == 7
