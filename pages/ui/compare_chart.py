"""The chart of the Compare page: marks and benchmark lines from a comparison, and the key to the signs that occur."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analytics.compare import PAGE_ROWS, Comparison, references
from analytics.messages import amount
from pages.ui import compare_view, controls, figures, html, numbers, statements
from pages.ui.drawing import Drawing
from pages.ui.frame import View
from pages.ui.steps import whole


def chart(view: View, found: Comparison, rows: pd.DataFrame) -> None:
    """The dot plot of the rows at hand, and the key to its marks."""
    figure, described, key = view.once("compare chart", lambda: drawn(view, found, rows))
    st.plotly_chart(
        figure,
        key="compare_chart",
        on_select=whole(lambda: pick("compare_chart")),
        selection_mode="points",
        config=figures.CONFIG,
        alt=described,
    )
    st.html(key)


def drawn(view: View, found: Comparison, rows: pd.DataFrame) -> tuple[Drawing, str, str]:
    """The figure, checked once and for all, the same in words, and the key as HTML."""
    marks = [statements.mark(view, row, view.state.view) for row in compare_view.records(view, rows)]
    rows = controls.on_page(view.state, rows, PAGE_ROWS)
    lines = (
        benchmark_lines(view, found, rows)
        if view.state.view == "value"
        else [figures.Line(100, view.t("view.index_line"))]
        if view.state.view == "index"
        else []
    )
    values = [one for each in marks for one in each.values()] + [line.value for line in lines]
    unit = found.metric.unit if view.state.view == "value" else ""
    limits, ticks = figures.scale(values, unit == "%")
    figure = figures.dot_plot(marks, lines, ticks, [numbers.axis(tick, unit, view.lang) for tick in ticks], limits)
    title = getattr(found, f"title_{view.lang}")
    described = view.t("compare.alt", title=title, rows=view.t("list.semicolon").join(f"{one.name} {one.label}" for one in marks))
    return Drawing(figure), described, html.small(html.esc(key_to_marks(view, marks, lines)))


def pick(key: str) -> None:
    """A click on a dot opens its sentence: the statement goes into the address."""
    points = st.session_state[key]["selection"]["points"]
    if points:
        st.query_params["indicator"] = points[0]["customdata"][0]


def benchmark_lines(view: View, found: Comparison, rows: pd.DataFrame) -> list[figures.Line]:
    """Targets of nation and provinces for the rows; those at the same value for the same rows share a line."""
    targets = references(found.benchmarks, rows)
    by_value: dict[tuple[float, tuple[int, ...]], list[str]] = {}
    for row in targets:
        words = f"{statements.region(view, row['region'])} {statements.whole(row['year'])}"
        known = by_value.setdefault((float(row["value"]), row["rows"]), [])
        if words not in known:
            known.append(words)
    texts = {float(row["value"]): amount(row["comparator"], row["value_exact"], None, row["unit"], view.lang) for row in targets}
    return [
        figures.Line(value, f"{view.t('list.slash').join(words)} {texts[value]}", at) for (value, at), words in sorted(by_value.items())
    ]


def key_to_marks(view: View, marks: list[figures.Mark], lines: list[figures.Line]) -> str:
    """The signs that occur in this chart, in words."""
    t = view.t
    used = [
        ("key.dot", any(not one.hedge and not one.observed for one in marks)),
        ("key.arrow_up", any(one.comparator in ("ge", "gt") for one in marks)),
        ("key.arrow_down", any(one.comparator in ("le", "lt") for one in marks)),
        ("key.range", any(one.value_max is not None for one in marks)),
        ("key.hedge", any(one.hedge for one in marks)),
        ("key.baseline", any(one.observed or one.baseline is not None for one in marks)),
        ("key.line", bool(lines)),
        ("key.faded", any(one.faded for one in marks)),
    ]
    return "　".join(t(key) for key, present in used if present)
