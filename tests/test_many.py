"""Where there are many plans, pages work out in portions, packed and ahead what few plans get at once: the answers are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from analytics.compare import narrow
from analytics.findings import findings
from analytics.registry import Metric, Registry, load
from pages.ui import data, kept, passages, prepare
from pages.ui.frame import PAGES
from pages.ui.packed import Packed
from tests.conftest import ROOT

ANSWERS = {
    "findings": lambda places: data.findings(places),
    "cascade": lambda places: data.cascade(places),
    "matrix": lambda places: data.matrix("food", places),
    "outline": lambda places: data.outline("food").astype({"place": "str", "kind": "str"}),
}
PLACES = [(), ("日照市",), ("烟台市", "泉州市"), ("泉州市", "衡阳市", "日照市")]


def forget() -> None:
    """Begin anew with what is kept."""
    for one in kept.Kept.everything:
        one.entries.clear()


@pytest.fixture(autouse=True)
def fresh(database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    forget()
    yield
    forget()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if five plans were more than can be worked out at once."""
    monkeypatch.setattr(data, "SMALL", 2)
    monkeypatch.setattr(data, "PORTION", 2)


@pytest.mark.parametrize("ahead", [False, True], ids=["asked", "prepared"])
@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_those_of_few_plans(name: str, ahead: bool, request: pytest.FixtureRequest) -> None:
    expected = {places: ANSWERS[name](places) for places in PLACES}
    forget()
    request.getfixturevalue("many")
    for one in data.portions(*data.key()) if ahead else ():
        data._standing(*data.key(), one)
    for places, frame in expected.items():
        assert len(frame)
        pd.testing.assert_frame_equal(ANSWERS[name](places).reset_index(drop=True), frame.reset_index(drop=True))


def test_baselines_are_those_of_few_plans(request: pytest.FixtureRequest) -> None:
    places = data.catalogue().known.places
    expected = [data.baselines(place) for place in places]
    assert sum(map(len, expected)) > 10
    forget()
    request.getfixturevalue("many")
    assert [data.baselines(place) for place in places] == expected


def test_portions_hold_every_place_once(many: None) -> None:
    portions = data.portions(*data.key())
    assert [len(one) for one in portions] == [2, 2, 1]
    assert tuple(place for one in portions for place in one) == data.catalogue().known.places


def test_portions_are_used_once_they_are_at_hand(many: None) -> None:
    first = data.portions(*data.key())[0]
    data._standing(*data.key(), first)
    assert [len(one.findings) for one in data.standing(first[:1])] == [len(findings(data.store(), places=first))]


@pytest.mark.parametrize("lacking", [0, 2])
def test_what_is_compared_at_once_is_what_is_compared_alone(many: None, lacking: int) -> None:
    metrics = list(data.catalogue().metrics["metric_id"].head(4))
    alone = {metric: data.comparison(metric, ()) for metric in metrics}
    forget()
    for metric in metrics[:lacking]:
        data._packed(*data.key(), metric)
    data.compare_ahead(*data.key(), metrics)
    for metric, expected in alone.items():
        assert data._packed.ready(*data.key(), metric)
        found, first = data.comparison(metric, ()), data.glance(metric, ())
        for frame in ("rows", "alternatives", "benchmarks"):
            pd.testing.assert_frame_equal(getattr(found, frame), getattr(expected, frame))
        assert (found.verdict, found.title_zh, found.title_en) == (expected.verdict, expected.title_zh, expected.title_en)
        assert found.metric is expected.metric
        assert list(first.rows["indicator_id"]) == list(expected.rows["indicator_id"][: data.GLANCE])


def test_a_comparison_of_some_places_is_that_of_few_plans(request: pytest.FixtureRequest) -> None:
    metrics, places = list(data.catalogue().metrics["metric_id"].head(3)), ("烟台市", "泉州市")
    few = [data.comparison(metric, places) for metric in metrics]
    forget()
    request.getfixturevalue("many")
    asked = [data.comparison(metric, places) for metric in metrics]
    forget()
    data.compare_ahead(*data.key(), metrics)
    for expected, *others in zip(few, asked, [data.comparison(metric, places) for metric in metrics], strict=True):
        assert len(expected.rows)
        for found in others:
            pd.testing.assert_frame_equal(*(pd.DataFrame(passages.told(one.rows)) for one in (found, expected)))
            assert list(found.alternatives["indicator_id"]) == list(expected.alternatives["indicator_id"])
            assert (found.verdict, found.title_zh, found.places_total) == (expected.verdict, expected.title_zh, expected.places_total)


def test_a_narrowed_comparison_is_judged_anew_and_kept(many: None) -> None:
    metric = data.catalogue().metrics["metric_id"].iloc[0]
    whole = data.comparison(metric, ())
    assert data.narrowed(metric, (), (), ()) is whole
    found, expected = data.narrowed(metric, (), ("target",), (2025,)), narrow(whole, ("target",), (2025,))
    assert 0 < len(found.rows) < len(whole.rows)
    pd.testing.assert_frame_equal(found.rows, expected.rows)
    assert (found.verdict, found.title_zh) == (expected.verdict, expected.title_zh)
    assert data.narrowed(metric, (), ("target",), (2025,)) is found


def test_everything_is_prepared(many: None) -> None:
    path, build_id = data.key()
    for step in prepare.steps(path, build_id):
        step()
    metrics = data.catalogue().metrics["metric_id"]
    assert all(data._packed.ready(path, build_id, metric) and data._glance.ready(path, build_id, metric, ()) for metric in metrics)
    assert all(data._standing.ready(path, build_id, one) for one in data.portions(path, build_id))


@pytest.mark.parametrize("page", PAGES)
def test_pages_run(page: str, many: None) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    if page != "overview":
        app.switch_page(PAGES[page]).run()
    assert not app.exception
    assert len(app.title) == 1 and not app.error


@given(value=some.recursive(some.integers() | some.text(), lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner)))
def test_what_is_packed_comes_back(value: object) -> None:
    assert Packed(value).open() == value


def test_what_all_share_is_not_packed() -> None:
    registry = load()
    metric = next(iter(registry.metrics.values()))
    shelf = Packed({"registry": registry, "metrics": [metric, metric], "rows": pd.DataFrame({"a": ["x"]})}, (Registry, Metric))
    found = shelf.open()
    assert found["registry"] is registry and found["metrics"][0] is metric is found["metrics"][1]
    assert len(shelf.content) < 2000


def test_an_answer_can_be_begun() -> None:
    plan = data.catalogue().known.plans[0]
    passages.begin_statements(plan)
    assert len(passages.statements(plan)) and passages._record.ready(*data.key(), passages.statements(plan)["indicator_id"].iloc[0])
