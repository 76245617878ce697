"""What is kept for all sessions: bounded, forgotten with its build, and the same for some places as if it had been worked out for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics import compare, matrices, registry
from analytics.coverage import coverage, places_with_numbers
from analytics.findings import findings, spread
from analytics.store import Store
from pages.ui import kept as keeping
from pages.ui.kept import Composed, Kept, forget_others, kept


@pytest.fixture
def counted() -> Iterator[tuple[Kept, list]]:
    """A kept function of (path, build, number) and the calls that reached it."""
    calls: list[tuple] = []

    @kept(3, heavy=lambda value: value)
    def double(path: str, build_id: str, number: int) -> int:
        calls.append((path, build_id, number))
        if number < 0:
            raise ValueError(number)
        return 2 * number

    yield double, calls
    Kept.everything.remove(double)


def test_an_answer_is_made_once_and_the_oldest_goes(counted: tuple[Kept, list]) -> None:
    double, calls = counted
    assert [double("a", "1", number) for number in (1, 2, 1, 3, 4, 1, 2)] == [2, 4, 2, 6, 8, 2, 4]
    assert [number for _, _, number in calls] == [1, 2, 3, 4, 2]
    assert len(double.entries) == 3


def test_an_error_is_not_kept(counted: tuple[Kept, list]) -> None:
    double, calls = counted
    for _ in range(2):
        with pytest.raises(ValueError, match="-1"):
            double("a", "1", -1)
    assert len(calls) == 2
    assert not double.ready("a", "1", -1)


def test_heavy_answers_push_out_others(counted: tuple[Kept, list], monkeypatch: pytest.MonkeyPatch) -> None:
    double, _ = counted
    monkeypatch.setattr(keeping, "HEAVY", 100)
    double("a", "1", 20), double("a", "1", 10)
    double("a", "1", 35)
    assert [double.ready("a", "1", number) for number in (20, 10, 35)] == [False, True, True]
    double("a", "1", 500)
    assert [key[2] for key in double.entries] == [500]


def test_another_build_of_a_file_takes_the_old_answers_along(counted: tuple[Kept, list]) -> None:
    double, _ = counted
    double("a", "1", 1), double("b", "1", 1)
    forget_others("a", "2")
    assert [double.ready(path, "1", 1) for path in "ab"] == [False, True]


def test_who_asks_for_what_is_being_made_waits_for_it() -> None:
    made: list[int] = []

    def slow(path: str, build_id: str) -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    one = Kept(slow, 2)
    Kept.everything.remove(one)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(one("a", "1"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 6


@pytest.fixture(scope="module")
def store(database: Path) -> Store:
    return Store(database)


@pytest.mark.parametrize("some", [None, ["日照市"], ["日照市", "泉州市"], ["火星"]])
def test_a_comparison_cut_from_all_is_the_comparison(store: Store, some: list[str] | None) -> None:
    gathered = compare.gather(store)
    shared = [name for name in registry.load().metrics if len(gathered.at[0].get(name, ())) > 1]
    assert len(shared) > 10
    for metric_id in shared[::3]:
        whole, cut = compare.compare(store, metric_id, places=some), compare.compared(gathered, metric_id, some)
        for name in ("rows", "alternatives", "benchmarks"):
            pd.testing.assert_frame_equal(getattr(whole, name), getattr(cut, name))
        for name in ("metric", "verdict", "title_zh", "title_en", "places_with", "places_total", "build_id"):
            assert getattr(whole, name) == getattr(cut, name), (metric_id, name)


def test_what_is_gathered_of_some_places_is_cut_from_all(store: Store) -> None:
    every, some = compare.gather(store, quotes=1), compare.gather(store, quotes=1, places=["日照市", "泉州市", "火星"])
    assert some.places == {"日照市", "泉州市"} < every.places
    for metric_id in list(registry.load().metrics)[::5]:
        ours, cut = compare.compared(some, metric_id), compare.compared(every, metric_id, some.places)
        pd.testing.assert_frame_equal(ours.rows.drop(columns=compare.DETAILS), cut.rows.drop(columns=compare.DETAILS))
        assert (ours.verdict, ours.title_zh, ours.places_total) == (cut.verdict, cut.title_zh, 2)


def test_findings_of_some_places_are_those_of_all_cut(store: Store) -> None:
    every = findings(store)
    for chosen in (["日照市"], ["烟台市", "泉州市"]):
        expected = every[every["place"].isin(chosen)].reset_index(drop=True)
        pd.testing.assert_frame_equal(findings(store, places=chosen), expected)
        pd.testing.assert_frame_equal(findings(store, places=chosen, peers=spread(store)), expected)


def test_the_outline_names_the_rows_of_the_matrix(store: Store) -> None:
    whole, brief = matrices.matrix(store, "food"), matrices.outline(store, "food")
    pd.testing.assert_frame_equal(whole[list(brief.columns)], brief)


def test_places_with_numbers_are_those_of_the_coverage(store: Store) -> None:
    assert places_with_numbers(store) == coverage(store).counts("number", "baseline")


@given(names=some.lists(some.integers(0, 30), max_size=200), most=some.integers(10, 400))
def test_what_is_composed_stays_while_it_is_in_use_and_never_weighs_too_much(names: list[int], most: int) -> None:
    made: list[int] = []
    shelf = Composed(most, lambda value: 7)
    for name in names:
        assert shelf.once(name, lambda name=name: made.append(name) or f"made {name}") == f"made {name}"
        shelf.once("often", lambda: made.append(-1) or None)
        assert 7 * len({**shelf.old, **shelf.young}) <= most + 7
    if most >= 70:
        assert made.count(-1) <= 1
