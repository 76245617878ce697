"""Small dot plots side by side: same order of colours, each on its own axis, each a way into Compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics import compare as comparing
from analytics import messages as words
from analytics.compare import Comparison
from pages.ui import data, exports, figures, html, numbers, statements
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


def shared(view: View) -> pd.DataFrame:
    """The same metrics under the filters of kind and horizon as well: those that some place has, most shared first."""
    state = view.state
    if not (state.kind or state.horizon) or not data.is_small():
        return fitting(view)
    return view.once("shared metrics", lambda: ranked(view, fitting(view)))


def ranked(view: View, metrics: pd.DataFrame) -> pd.DataFrame:
    """The metrics by how many places have them under the filters; those that none has are left out."""
    state, rows = view.state, data.outline(view.state.domain)
    keep = rows["place"].isin(view.places())
    keep &= rows["kind"].isin(state.kind) | (not state.kind)
    keep &= rows["horizon_end"].isin(state.horizon) | (not state.horizon)
    places = metrics["metric_id"].map(rows[keep].groupby("metric_id")["place"].nunique())
    return metrics.assign(places=places).dropna(subset="places").sort_values("places", ascending=False, kind="stable")


def narrowed(view: View, metric_id: str, read: Callable[[str, tuple[str, ...]], Comparison]) -> Comparison:
    """What `read` gives for the places of the frame; where kind or horizon narrows it, the whole judged anew, once for all sessions."""
    state = view.state
    if not state.kind and not state.horizon:
        return read(metric_id, state.place)
    return view.data.once(
        ("narrow", metric_id, state.place, state.kind, state.horizon),
        lambda: comparing.narrow(data.comparison(metric_id, state.place), state.kind, state.horizon),
    )


def multiples(view: View, metric_ids: Sequence[str]) -> None:
    """One small plot a metric, two side by side where there is room."""
    with st.grid(2, min_column_width=330, gap=("medium", "large")):
        for metric_id in metric_ids:
            with st.container(gap="xxsmall"):
                plot(view, narrowed(view, metric_id, data.glance))


def sources(view: View, metric_ids: Sequence[str]) -> tuple[str, ...]:
    """The plans behind the small plots."""

    def found() -> tuple[str, ...]:
        shown = [narrowed(view, metric_id, data.glance).rows.head(ROWS) for metric_id in metric_ids]
        return statements.sources(view, pd.concat(shown, ignore_index=True))

    return view.once("small sources", found, *metric_ids)


def plot(view: View, found: Comparison) -> None:
    """The name as a link to Compare, the verdict in a word, the dots."""
    metric_id = found.metric.metric_id
    name = view.data.metric(metric_id, view.lang)
    st.html(view.once("small head", lambda: titled(view, found), metric_id))
    state = view.state
    key = ("small", view.lang, metric_id, state.place, state.kind, state.horizon)
    figure, told = view.data.once(key, lambda: drawn(view, found))
    if figure is None:
        st.html(html.small(html.esc(view.t("compare.no_rows"))))
    else:
        st.plotly_chart(figure, key=f"small_{metric_id}", config=figures.CONFIG, alt=view.t("compare.alt", title=name, rows=told))
        toolbar(view, exports.item("compare", state, metric=metric_id, **exports.narrowing(state)), name, f"small_{metric_id}")


def titled(view: View, found: Comparison) -> str:
    """Name, unit and verdict as HTML."""
    metric = found.metric
    address = to("compare", view.state, metric=metric.metric_id)
    verdict = view.t.of("verdict", found.verdict.verdict) if found.verdict is not None and len(found.rows) > 1 else view.t("compare.single")
    unit = words.unit_of(metric.unit, view.lang).strip()
    return f'<div style="font-weight:600">{html.link(address, view.data.metric(metric.metric_id, view.lang))}</div>' + html.small(
        html.esc(view.t("list.dot").join(part for part in (unit, verdict) if part))
    )


def drawn(view: View, found: Comparison) -> tuple[go.Figure | None, str]:
    """The figure of the first rows, and the same in words; None where there is no row. A Figure has been checked once and for all, which
    takes longer than all else that a chart needs."""
    rows = data.told(found.rows.assign(shown=found.rows["value"].astype(float), faded=False).head(ROWS))
    marks = [statements.mark(view, row, "value", brief=True) for row in rows]
    if not marks:
        return None, ""
    values = [one for each in marks for one in (each.value, each.value_max, each.baseline) if one is not None]
    limits, ticks = figures.scale(values, found.metric.unit == "%")
    labels = [numbers.axis(tick, found.metric.unit, view.lang) for tick in ticks]
    described = view.t("list.semicolon").join(f"{one.name} {one.label}" for one in marks)
    return go.Figure(figures.dot_plot(marks, [], ticks, labels, limits)), described
