"""Accuracy of the published rows: the same figures as an evaluation of the documents, and plans that nothing is known of are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.accuracy import GOLD, accuracy
from analytics.store import Store
from etl.build import build
from etl.evaluate import evaluate
from etl.score import EvaluationError

PLANS = GOLD.parent / "plans"


def test_figures_are_those_of_an_evaluation(database: Path) -> None:
    found = accuracy(Store(database))
    again = evaluate(GOLD, PLANS)
    assert [(one.name, one.figures(), one.misses) for one in found.scores] == [(one.name, one.figures(), one.misses) for one in again]
    assert found.total.required == sum(one.required for one in again) and found.unmeasured == {}


def test_differences_hold_what_a_reader_must_see(database: Path) -> None:
    store = Store(database)
    for one in accuracy(store).scores:
        text = store.text(one.name)
        for miss in one.differences:
            assert miss.kind in ("missed", "false", "wrong", "goal")
            assert (miss.gold or miss.found)["quote"] in text
            assert bool(miss.fields) == (miss.kind == "wrong")
            assert miss.kind != "wrong" or store.statement(miss.found["indicator_id"])["plan_id"] == one.name


@pytest.fixture
def two_plans(tmp_path: Path) -> Store:
    """A database with a plan that has no gold, and another document under the name of one that has; no first year is known of either."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "new.txt").write_text("到2025年,食品抽检合格率达到98%以上。")
    (tmp_path / "plans" / "shapotou-2022.txt").write_text("到2025年,药品抽检合格率达到99%以上。")
    build([tmp_path / "plans"], tmp_path / "x.duckdb")
    return Store(tmp_path / "x.duckdb")


def test_plans_of_which_nothing_is_known_are_named(two_plans: Store) -> None:
    found = accuracy(two_plans)
    assert found.unmeasured == {"new": "no_gold", "shapotou-2022": "other_text"}
    assert found.scores == () and found.total.required == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("annotated", [False, True])
def test_the_page_names_them_too(two_plans: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, annotated: bool) -> None:
    if annotated:
        (tmp_path / "plans" / "hengyang-2018.txt").write_bytes((PLANS / "hengyang-2018.txt").read_bytes())
        build([tmp_path / "plans"], two_plans.path)
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(two_plans.path))
    app = AppTest.from_file(str(GOLD.parents[1] / "app.py"), default_timeout=60)
    app.query_params["lang"] = lang
    app.run().switch_page("pages/methods.py").run()
    assert not app.exception
    shown = " ".join(html.proto.body for html in app.get("html"))
    assert "new · " in shown and "shapotou-2022 · " in shown and ("15 / 15" in shown) == annotated


def test_a_broken_gold_file_is_named(two_plans: Store, tmp_path: Path) -> None:
    (tmp_path / "new.jsonl").write_text("{")
    with pytest.raises(EvaluationError, match="new.jsonl, line 1"):
        accuracy(two_plans, tmp_path)
