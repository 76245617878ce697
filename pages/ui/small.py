"""Small dot plots side by side: same order of colours, each on its own axis, each a way into Compare."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics import messages as words
from analytics.compare import Comparison
from pages.ui import data, exports, figures, html, numbers, statements
from pages.ui.drawing import Drawing
from pages.ui.frame import View
from pages.ui.state import address as to
from pages.ui.toolbar import toolbar

ROWS = data.GLANCE


def fitting(view: View) -> pd.DataFrame:
    """The metrics of the chosen domain whose name holds the search words, most shared first."""
    return view.data.once(("fitting", view.state.domain, view.state.q), lambda: searched(view))


def searched(view: View) -> pd.DataFrame:
    """The same, looked for."""
    metrics, state = view.data.metrics, view.state
    if state.domain:
        metrics = metrics[metrics["domain"] == state.domain]
    for part in state.q.split():
        metrics = metrics[
            metrics["name_zh"].str.contains(part, regex=False) | metrics["name_en"].str.contains(part, case=False, regex=False)
        ]
    return metrics


def multiples(view: View, metric_ids: Sequence[str]) -> None:
    """One small plot a metric, two side by side where there is room."""
    with st.grid(2, min_column_width=330, gap=("medium", "large")):
        for metric_id in metric_ids:
            with st.container(gap="xxsmall"):
                plot(view, metric_id)


def plot(view: View, metric_id: str) -> None:
    """The name as a link to Compare, the verdict in a word, the dots."""
    name = view.data.metric(metric_id, view.lang)
    st.html(view.once("small head", lambda: titled(view, data.glance(metric_id, view.state.place)), metric_id))
    figure, told = drawn(view, metric_id, view.state.place)
    if figure is None:
        st.html(html.small(html.esc(view.t("compare.no_rows"))))
    else:
        st.plotly_chart(figure, key=f"small_{metric_id}", config=figures.CONFIG, alt=view.t("compare.alt", title=name, rows=told))
        toolbar(view, exports.item("compare", view.state, metric=metric_id), name, f"small_{metric_id}")


def titled(view: View, found: Comparison) -> str:
    """Name, unit and verdict as HTML."""
    metric = found.metric
    address = to("compare", view.state, metric=metric.metric_id)
    verdict = view.t.of("verdict", found.verdict.verdict) if found.verdict is not None and len(found.rows) > 1 else view.t("compare.single")
    unit = words.unit_of(metric.unit, view.lang).strip()
    return f'<div style="font-weight:600">{html.link(address, view.data.metric(metric.metric_id, view.lang))}</div>' + html.small(
        html.esc(view.t("list.dot").join(part for part in (unit, verdict) if part))
    )


def drawn(view: View, metric_id: str, places: tuple[str, ...]) -> tuple[Drawing | None, str]:
    """The figure of the first rows of a metric, and the same in words; None where there is no row. Made once for all sessions."""
    return view.data.once(("small", view.lang, metric_id, places), lambda: composed(view, data.glance(metric_id, places)))


def composed(view: View, found: Comparison) -> tuple[Drawing | None, str]:
    """The same, composed."""
    rows = data.told(found.rows.head(ROWS))
    marks = [statements.mark(view, {**row, "shown": row["value"], "faded": False}, "value", brief=True) for row in rows]
    if not marks:
        return None, ""
    values = [one for each in marks for one in (each.value, each.value_max, each.baseline) if one is not None]
    limits, ticks = figures.scale(values, found.metric.unit == "%")
    labels = [numbers.axis(tick, found.metric.unit, view.lang) for tick in ticks]
    described = view.t("list.semicolon").join(f"{one.name} {one.label}" for one in marks)
    return Drawing(figures.dot_plot(marks, [], ticks, labels, limits)), described
