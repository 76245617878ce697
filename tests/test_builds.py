"""A new build while the old one is at work: no page and no preparation mixes the two, and none of them hides an error of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import data, frame, gaps_view, prepare
from pages.ui.frame import PAGES
from tests.synthetic import write_rows

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("page", ["overview", "compare", "domain", "city", "gaps", "sources", "methods"])
def test_a_build_that_is_replaced_while_a_page_is_drawn_begins_it_anew(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page has read the places of the old build when the new one comes, in which they have other names."""
    food, found = "food.food_pass_rate", {}
    for place in ("甲市", "乙市"):
        plans = [{"plan_id": f"{place}-{year}", "place": place, "horizon_end": year} for year in (2025, 2030)]
        rows = [{"plan_id": plan["plan_id"], "metric_id": food, "value": 98, "year": plan["horizon_end"]} for plan in plans]
        found[place] = write_rows(tmp_path / f"{place}.duckdb", plans, rows)
    file = tmp_path / "now.duckdb"
    found["甲市"].rename(file)
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(file))
    opened = frame.open_page

    def late(name: str) -> frame.View:
        view = opened(name)
        if found["乙市"].exists():
            found["乙市"].rename(file)
        return view

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "zh"
    app.run().switch_page(PAGES[page])
    assert "甲市" in words_of(app)
    monkeypatch.setattr(frame, "open_page", late)
    app.run()
    assert not app.exception and not found["乙市"].exists()
    assert "乙市" in words_of(app) and "甲市" not in words_of(app)


def words_of(app: AppTest) -> str:
    """What a page says outside its widgets and charts, and the places that may be chosen."""
    return " ".join([*(one.proto.body for one in app.get("html")), *(one.value for one in app.title), *app.button_group[0].options])


def test_an_error_of_a_page_whose_build_stands_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(write_rows(tmp_path / "one.duckdb", *one_plan("a"))))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run().switch_page(PAGES["gaps"])
    monkeypatch.setattr(gaps_view, "rows", lambda view: 1 / 0)
    assert len(app.run().exception) == 1


@pytest.mark.parametrize("replaced", [True, False])
def test_what_is_prepared_ends_with_its_build(
    replaced: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = {name: str(write_rows(tmp_path / f"{name}.duckdb", *one_plan(name))) for name in ("old", "new")}
    monkeypatch.setenv("CITYTARGETS_DATABASE", files["old"])

    def stumble() -> None:
        monkeypatch.setenv("CITYTARGETS_DATABASE", files["new" if replaced else "old"])
        raise KeyError("甲市")

    monkeypatch.setattr(prepare, "steps", lambda path, build_id: [stumble])
    prepare.work(*data.key())
    assert ("was not prepared" in caplog.text) is not replaced


def one_plan(plan_id: str) -> tuple[list[dict], list[dict]]:
    """A plan with one statement."""
    return [{"plan_id": plan_id, "place": "甲市"}], [{"plan_id": plan_id, "metric_id": "food.food_pass_rate", "value": 1}]
