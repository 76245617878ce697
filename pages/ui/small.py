"""Small dot plots side by side: same order of colours, each on its own axis, each a way into Compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from analytics import compare as comparing
from analytics import messages as words
from analytics.compare import Comparison
from analytics.narrowing import holding
from pages.ui import data, exports, figures, html, numbers, passages, statements
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
    metrics, domain = named(view), view.state.domain
    return metrics[metrics["domain"] == domain] if domain else metrics


def named(view: View) -> pd.DataFrame:
    """The metrics of all domains whose name holds the search words, most shared first."""
    words = view.state.q
    return view.data.once(("named", words), lambda: holding(view.data.metrics, words, "name_zh", "name_en"))


def shared(view: View) -> pd.DataFrame:
    """The same metrics under the filters of kind and horizon as well: those that some place has, most shared first."""
    state = view.state
    if not (state.place or state.kind or state.horizon):
        return fitting(view)
    return view.once("shared metrics", lambda: ranked(view, fitting(view)))


def ranked(view: View, metrics: pd.DataFrame) -> pd.DataFrame:
    """The metrics by how many places have them under the filters; those that none has are left out. A chart shows the statement that
    stands for each place; of many places all are counted, which is quicker."""
    state = view.state
    if not data.is_small():
        found = data.totals(state.place, state.domain, state.kind, state.horizon, state.q)
        return most_shared(metrics, found.places)
    rows = data.outline(state.domain)
    keep = rows["place"].isin(view.places())
    keep &= rows["kind"].isin(state.kind) | (not state.kind)
    keep &= rows["horizon_end"].isin(state.horizon) | (not state.horizon)
    return most_shared(metrics, rows[keep].groupby("metric_id")["place"].nunique())


def most_shared(metrics: pd.DataFrame, places: Mapping[str, int] | pd.Series) -> pd.DataFrame:
    """The metrics that some place has, with how many do."""
    counted = metrics.assign(places=metrics["metric_id"].map(places)).dropna(subset="places")
    return counted.sort_values("places", ascending=False, kind="stable")


def multiples(view: View, metric_ids: Sequence[str]) -> None:
    """One small plot a metric, two side by side where there is room."""
    view.once("small records", lambda: read(view, metric_ids), *metric_ids)
    with st.grid(2, min_column_width=330, gap=("medium", "large")):
        for metric_id in metric_ids:
            with st.container(gap="xxsmall"):
                plot(view, metric_id)


def read(view: View, metric_ids: Sequence[str]) -> None:
    """Read the sentences of all the plots at once."""
    passages.read(glance(view, metric_id).rows.head(ROWS) for metric_id in metric_ids)


def sources(view: View, metric_ids: Sequence[str]) -> tuple[str, ...]:
    """The plans behind the small plots."""

    def found() -> tuple[str, ...]:
        shown = [glance(view, metric_id).rows["plan_id"].head(ROWS) for metric_id in metric_ids]
        return statements.sources(view, [plan_id for rows in shown for plan_id in rows])

    return view.once("small sources", found, *metric_ids)


def plot(view: View, metric_id: str) -> None:
    """The name as a link to Compare, the verdict in a word, the dots."""
    name = view.data.metric(metric_id, view.lang)
    st.html(view.once("small head", lambda: titled(view, glance(view, metric_id)), metric_id))
    state = view.state
    figure, told = drawn(view, metric_id)
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


def glance(view: View, metric_id: str) -> Comparison:
    """The first rows of a metric under the filters of the frame."""
    state = view.state
    if not state.kind and not state.horizon:
        return data.glance(metric_id, state.place)

    def first() -> Comparison:
        return data.glanced(comparing.narrow(data.comparison(metric_id, state.place), state.kind, state.horizon))

    return view.data.once(("narrow glance", metric_id, state.place, state.kind, state.horizon), first)


def drawn(view: View, metric_id: str) -> tuple[Drawing | None, str]:
    """The figure of the first rows of a metric, and the same in words; None where there is no row. Made once for all sessions."""
    state = view.state
    name = ("small", view.lang, metric_id, state.place, state.kind, state.horizon)
    return view.data.once(name, lambda: composed(view, glance(view, metric_id)))


def composed(view: View, found: Comparison) -> tuple[Drawing | None, str]:
    """The same, composed."""
    rows = passages.told(found.rows.head(ROWS))
    marks = [statements.mark(view, {**row, "shown": row["value"], "faded": False}, "value", brief=True) for row in rows]
    if not marks:
        return None, ""
    values = [one for each in marks for one in each.values()]
    limits, ticks = figures.scale(values, found.metric.unit == "%")
    labels = [numbers.axis(tick, found.metric.unit, view.lang) for tick in ticks]
    described = view.t("list.semicolon").join(f"{one.name} {one.label}" for one in marks)
    return Drawing(figures.dot_plot(marks, [], ticks, labels, limits)), described
