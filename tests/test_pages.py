"""The parts of the pages that need no browser: the state in the address, numbers, marks, marked text, and every page run once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from analytics.cascade import RELATIONS
from analytics.export.common import settings
from pages.ui import colours, figures, markup, numbers, slope, state, text
from pages.ui import html as markup_of
from pages.ui.frame import PAGES
from pages.ui.state import Known, State
from tests.fixtures.pages import opened
from tests.synthetic import write_rows

ROOT = Path(__file__).resolve().parent.parent
KNOWN = Known(("日照市", "烟台市", "泉州市"), ("food", "product"), (2020, 2025), ("food.food_pass_rate",), ("rizhao-2021",))


# --- the address


@pytest.mark.parametrize(
    ("params", "field", "value", "set_aside"),
    [
        ({"place": ["烟台市", "日照市"]}, "place", ("日照市", "烟台市"), []),
        ({"place": ["日照市", "烟台市", "泉州市"]}, "place", (), []),
        ({"place": ["日照市", "火星"]}, "place", ("日照市",), ["place"]),
        ({"lang": ["en"]}, "lang", "en", []),
        ({"lang": ["<script>"]}, "lang", "zh", ["lang"]),
        ({"domain": ["food"]}, "domain", "food", []),
        ({"domain": ["../../etc"]}, "domain", "", ["domain"]),
        ({"horizon": ["2025"]}, "horizon", (2025,), []),
        ({"horizon": ["2025; DROP TABLE plans"]}, "horizon", (), ["horizon"]),
        ({"metric": ["food.food_pass_rate"]}, "metric", "food.food_pass_rate", []),
        ({"metric": ["gone.metric"]}, "metric", "", ["metric"]),
        ({"page": ["3"]}, "page", 3, []),
        ({"page": ["-1"]}, "page", 1, ["page"]),
        ({"page": ["٣"]}, "page", 1, ["page"]),
        ({"page": ["9" * 400]}, "page", 1, ["page"]),
        ({"others": ["0"]}, "others", False, []),
        ({"others": ["maybe"]}, "others", True, ["others"]),
        ({"view": ["index"]}, "view", "index", []),
        ({"q": ["  合格率\x00 "]}, "q", "合格率", []),
        ({"q": ["x" * 1000]}, "q", "", ["q"]),
        ({"kind": [""]}, "kind", (), []),
        ({"nonsense": ["1"]}, "page", 1, []),
    ],
)
def test_what_an_address_means(params: dict, field: str, value: object, set_aside: list[str]) -> None:
    read, notices = state.read(params, KNOWN)
    assert getattr(read, field) == value
    assert [notice.name for notice in notices] == set_aside


@given(
    place=some.sets(some.sampled_from(KNOWN.places), max_size=2),
    domain=some.sampled_from(("", *KNOWN.domains)),
    kind=some.sets(some.sampled_from(state.KINDS), max_size=3),
    horizon=some.sampled_from(((), (2020,), (2025,))),
    q=some.text("合格率abc &=%#", max_size=20),
    lang=some.sampled_from(("zh", "en")),
    others=some.booleans(),
    page=some.integers(1, 99),
)
def test_an_address_restores_its_state(place, domain, kind, horizon, q, lang, others, page) -> None:
    before = State(
        lang=lang,
        place=tuple(one for one in KNOWN.places if one in place),
        domain=domain,
        kind=tuple(one for one in state.KINDS if one in kind),
        horizon=horizon,
        q=q.strip(),
        others=others,
        page=page,
    )
    params = {name: value if isinstance(value, list) else [value] for name, value in state.to_params(before).items()}
    assert state.read(params, KNOWN) == (before, [])


@given(some.dictionaries(some.sampled_from([*state.PARSERS, "other"]), some.lists(some.text(max_size=300), max_size=4)))
def test_no_address_breaks_a_page(params: dict[str, list[str]]) -> None:
    read, _ = state.read(params, KNOWN)
    assert set(read.place) <= set(KNOWN.places) and read.lang in ("zh", "en") and read.page >= 1


def test_links_keep_the_frame_and_drop_the_rest() -> None:
    here = State(lang="en", place=("日照市",), q="率", metric="food.food_pass_rate", page=4, view="index")
    assert state.link(here, domain="food") == {"lang": "en", "place": ["日照市"], "domain": "food", "q": "率"}


def test_filters_can_be_taken_away_one_by_one() -> None:
    here = State(place=("日照市", "烟台市"), domain="food", q="率", metric="m")
    assert state.active(here) == [("place", "日照市"), ("place", "烟台市"), ("domain", "food"), ("q", "率")]
    assert state.without(here, "place", "日照市") == {"place": ("烟台市",)}
    assert state.without(here, "domain", "food") == {"domain": ""}
    assert replace(here, **state.CLEARED) == State(metric="m")


# --- numbers


def statement(**changes) -> dict:
    return {
        "kind": "target",
        "comparator": "ge",
        "value_exact": "98.5",
        "value_max_exact": None,
        "value_text": "98.5%以上",
        "unit": "%",
        "hedge": False,
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "chinese", "english"),
    [
        ({}, "≥98.5%", "≥98.5%"),
        ({"value_exact": "98", "value_text": "98.0%"}, "≥98.0%", "≥98.0%"),
        ({"comparator": "gt", "value_exact": "65000", "value_text": "超过6.5万件", "unit": "件"}, ">6.5万件", ">65,000 items"),
        ({"comparator": "eq", "value_exact": "31202", "value_text": "31202件", "unit": "件"}, "31,202件", "31,202 items"),
        ({"comparator": "range", "value_exact": "1", "value_max_exact": "3", "value_text": "1—3项", "unit": "项"}, "1—3项", "1–3 items"),
        ({"hedge": True, "value_exact": "80", "value_text": "80%"}, "力争≥80%", "aim ≥80%"),
        ({"kind": "commitment", "comparator": None, "value_exact": None}, "未量化", "no number"),
    ],
)
def test_how_a_number_is_written(changes: dict, chinese: str, english: str) -> None:
    assert numbers.amount(statement(**changes), text.messages("zh")) == chinese
    assert numbers.amount(statement(**changes), text.messages("en")) == english


# --- figures


def mark(**changes) -> figures.Mark:
    return figures.Mark(
        **{"key": "a", "name": "日照市", "note": "2025", "value": 95.0, "label": "≥95%", "hover": "", "colour": "#0072B2", **changes}
    )


def arrows(figure: dict) -> list[int]:
    return [note["xshift"] for note in figure["layout"]["annotations"] if note["showarrow"]]


@pytest.mark.parametrize(("comparator", "way"), [("ge", 1), ("gt", 1), ("le", -1), ("lt", -1), ("eq", 0), ("approx", 0)])
def test_a_bound_has_an_arrow_in_its_direction(comparator: str, way: int) -> None:
    figure = figures.dot_plot([mark(comparator=comparator)], [], [95], ["95%"], (90, 100))
    assert [shift > 0 for shift in arrows(figure)] == ([] if way == 0 else [way > 0])


def test_hedge_is_hollow_and_range_is_a_bar() -> None:
    figure = figures.dot_plot([mark(hedge=True), mark(comparator="range", value_max=97.0)], [], [95], ["95%"], (90, 100))
    assert [fill == colours.PAGE for fill in figure["data"][-1]["marker"]["color"]] == [True, False]
    bars = [shape for shape in figure["layout"]["shapes"] if shape["line"]["width"] == 9]
    assert [(bar["x0"], bar["x1"]) for bar in bars] == [(95.0, 97.0)]


def test_baseline_is_hollow_and_joined_to_its_target() -> None:
    figure = figures.dot_plot([mark(baseline=96.49, baseline_label="2020年 96.49%")], [], [95], ["95%"], (90, 100))
    assert figure["data"][0]["marker"]["color"] == [colours.PAGE] and figure["data"][0]["x"] == [96.49]
    assert [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]] == [(96.49, 95.0)]


def test_two_values_of_one_plan_are_two_dots() -> None:
    figure = figures.dot_plot([mark(also=(91.0,)), mark()], [], [95], ["95%"], (90, 100))
    assert [trace["x"] for trace in figure["data"]] == [[91.0], [95.0, 95.0]]
    assert mark(also=(91.0,), baseline=90.0).values() == [95.0, 90.0, 91.0]


def test_a_benchmark_stands_across_its_own_rows_alone() -> None:
    figure = figures.dot_plot([mark(), mark(), mark(), mark()], [figures.Line(94, "x", (1, 3))], [95], ["95%"], (90, 100))
    spans = [(shape["y0"], shape["y1"]) for shape in figure["layout"]["shapes"] if shape.get("yref") == "paper"]
    assert spans[:2] == [(0.5, 0.75), (0.0, 0.25)] and spans[2][0] == 1


def test_plan_text_in_a_figure_is_escaped() -> None:
    figure = figures.dot_plot([mark(name="<b>x</b>", label="<i>")], [], [95], ["95%"], (90, 100))
    assert "<b>x</b>" not in figure["layout"]["yaxis"]["ticktext"][0].removeprefix("<b>").split("</b><br>")[0]
    assert "&lt;i&gt;" in figure["layout"]["annotations"][0]["text"]


@given(some.lists(some.tuples(some.floats(90, 100), some.integers(8, 24)), min_size=1, max_size=8))
def test_benchmark_labels_never_overlap(lines: list[tuple[float, int]]) -> None:
    drawn = [figures.Line(value, "字" * length) for value, length in lines]
    levels = figures.place_labels(drawn, (88, 102))
    taken: dict[int, list[tuple[float, float]]] = {}
    for line, level in zip(drawn, levels, strict=True):
        at, width = (line.value - 88) / 14, (len(line.label) + 1) * 0.028
        span = (at, at + width) if at < 0.5 else (at - width, at)
        assert all(span[1] < low or high < span[0] for low, high in taken.get(level, []))
        taken.setdefault(level, []).append(span)


@given(some.lists(some.floats(0.01, 1e9), min_size=1, max_size=20), some.booleans())
def test_a_scale_holds_all_values(values: list[float], share: bool) -> None:
    (low, high), ticks = figures.scale(values, share)
    assert low < min(values) and max(values) < high
    assert len(ticks) < 12 and (share or ticks) and all(0 <= tick <= high * (1 + 1e-9) for tick in ticks)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("2025", ["2025"]),
        ("2025 · routine monitoring farm products · draft", ["2025 · routine monitoring", "farm products · draft"]),
        ("2025 · 风险监测 主要、农产品", ["2025 · 风险监测", "主要、农产品"]),
        ("2025 · 例行监测 农产品 · 征求意见稿", ["2025 · 例行监测", "农产品 · 征求意见稿"]),
        ("先进质量管理模式和卓越绩效模式的规模以上企业", ["先进质量管理模式和卓越绩效", "模式的规模以上企业"]),
        ("one two three four five six seven eight nine ten eleven twelve", ["one two three four five", "six seven eight nine ten…"]),
    ],
)
def test_a_note_is_folded_where_it_may_break(text: str, lines: list[str]) -> None:
    assert figures.folded(text, 26) == lines


@given(some.text("质量 ·ab,", max_size=90))
def test_a_folded_note_fits(text: str) -> None:
    lines = figures.folded(" ".join(text.split()), 26)
    assert len(lines) <= 2 and all(figures.measure(line) <= 27 for line in lines)


@given(some.lists(some.floats(0, 400), min_size=1, max_size=15), some.sampled_from((20, 37)))
def test_labels_of_a_slope_stand_apart_and_inside(positions: list[float], gap: int) -> None:
    height = max(400, gap * len(positions))
    placed = slope.apart(positions, gap, height)
    ranked = sorted(placed)
    assert all(high - low >= gap - 1e-6 for low, high in zip(ranked, ranked[1:], strict=False))
    assert gap / 2 - 1e-6 <= ranked[0] and ranked[-1] <= height - gap / 2 + 1e-6
    assert [placed[at] for at in sorted(range(len(placed)), key=lambda at: (positions[at], at))] == ranked


@pytest.mark.parametrize("colour", [*settings().colours["places"], settings().colours["others"]])
@pytest.mark.parametrize("page", ["#ffffff", "#12171d"])
def test_colours_of_places_stand_out_on_both_pages(colour: str, page: str) -> None:
    def luminance(code: str) -> float:
        parts = [int(code[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(colour), luminance(page)))
    assert (light + 0.05) / (dark + 0.05) >= 2.99


def test_below_and_above_differ_in_colour_and_in_shape() -> None:
    shapes, shades = zip(*markup_of.RELATIONS.values(), strict=True)
    assert set(markup_of.RELATIONS) == set(RELATIONS) and len(set(shapes)) == len(shapes)
    assert markup_of.RELATIONS["below"][1] != markup_of.RELATIONS["above"][1]
    assert "&lt;" in markup_of.relation("below", "<b>") and markup_of.RELATIONS["below"][1] in markup_of.relation("below", "x")


# --- marked text

TEXT = "一、目标。合格率达到98%以上,\n覆盖率<100%。"


def test_marked_text_keeps_every_character_and_escapes_it() -> None:
    whole = markup.Span(0, len(TEXT))
    one = markup.Statement(5, 14, 10, 13, "p-10-0", "target", 'a "title"')
    rendered = markup.render(TEXT, whole, [one], markup.hits(TEXT, "合格率"), markup.Span(5, 14))
    assert "覆盖率&lt;100%" in rendered and "&quot;title&quot;" in rendered and rendered.count("cited-place") == 1
    assert markup.render(TEXT, whole, [], [], None) == "一、目标。合格率达到98%以上,<br>覆盖率&lt;100%。"


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("合格率达到98%", (5, 13)),
        ("合格率 达到98%以上,覆盖率", (5, 20)),
        ("没有这句", None),
        ("率", None),
        ("", None),
    ],
)
def test_an_old_quote_is_found_by_its_words(words: str, span: tuple[int, int] | None) -> None:
    found = markup.find(TEXT, words)
    assert (found and tuple(found)) == span


# --- every page


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_without_an_exception(name: str, lang: str, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    app = opened(name, lang)
    assert not app.exception and len(app.title) == 1 and app.title[0].value
    sound_figures(app, CHARTS.get(name, 0))


CHARTS = {"overview": 4, "compare": 1, "domain": 1, "sources": 1}
"""So many charts a page shows at least."""


def sound_figures(app: AppTest, least: int) -> None:
    """What goes to the browser is what plotly knows: each name and value is checked here, since the pages leave that out."""
    sent = [json.loads(one.proto.spec) for one in app.get("plotly_chart")]
    assert len(sent) >= least
    for spec in sent:
        assert spec["layout"]["template"]["layout"]["colorway"]
        go.Figure(spec)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_plans_of_one_place_are_held_against_each_other(lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [
        {"plan_id": "old", "place": "甲市", "horizon_end": 2020, "status": "expired"},
        {"plan_id": "new", "place": "甲市", "horizon_end": 2025},
        {"plan_id": "last", "place": "甲市", "horizon_end": 2030},
    ]
    food, fail = "food.food_pass_rate", "product.consumer_noncompliance_rate"
    rows = [
        {"plan_id": "old", "metric_id": food, "value": 97, "year": 2020},
        {"plan_id": "new", "metric_id": food, "value": 98.5, "year": 2025},
        {"plan_id": "old", "metric_id": fail, "value": 8, "comparator": "le", "year": 2020},
        {"plan_id": "new", "metric_id": fail, "value": 10, "comparator": "le", "year": 2025},
        {"plan_id": "last", "metric_id": food, "value": 99, "year": 2030},
    ]
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(write_rows(tmp_path / "two.duckdb", plans, rows)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"], app.query_params["plan"] = lang, "new"
    app.run().switch_page(PAGES["city"])
    app.query_params["plan"] = "new"
    app.run()
    assert not app.exception
    t = text.messages(lang)
    told = t("view_changes.title", changes=t.join([t("view_changes.raised", n=1), t("view_changes.lowered", n=1)]))
    assert told in [one.value for one in app.header]
    sound_figures(app, 1)
    assert t("view_changes.against") in [one.label for one in app.selectbox]


def test_the_changes_have_pages_and_say_how_many_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plans = [{"plan_id": "old", "place": "甲市", "horizon_end": 2020}, {"plan_id": "new", "place": "甲市", "horizon_end": 2025}]
    rows = [{"plan_id": "old", "metric_id": None, "indicator": f"第{at}类产品合格率", "value": 90, "year": 2020} for at in range(70)]
    rows.append({"plan_id": "new", "metric_id": "food.food_pass_rate", "value": 98, "year": 2025})
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(write_rows(tmp_path / "long.duckdb", plans, rows)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for page, shown in ((1, 60), (2, 11)):
        app.query_params["lang"] = "zh"
        app.run().switch_page(PAGES["city"])
        app.query_params["plan"], app.query_params["page"] = "new", str(page)
        app.run()
        assert not app.exception
        assert any(f"{shown}/71" in one.proto.body for one in app.get("html")), page
