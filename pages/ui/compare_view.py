"""The parts of the Compare page, each a function of the view and of one analytics comparison."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics import compare as comparing
from analytics import messages as words
from analytics.compare import PAGE_ROWS, Comparison, references
from analytics.export.briefing import Item
from analytics.frames import as_dicts
from analytics.measures import MEASURES, measured
from analytics.reference import cited
from pages.ui import controls, data, evidence, exports, html, passages, small, statements
from pages.ui import toolbar as bar
from pages.ui.frame import View, apart, footer, head, nothing

VERDICT_COLOURS = {"comparable": "#2F8F5B", "conditional": "#C98A00", "incomparable": "#C2452D"}
CARDS, OTHERS = 8, 25


def picker(view: View) -> str:
    """The metric to show: domain and metric side by side, the metric with the number of places that have it."""
    t, state = view.t, view.state
    fitting = small.fitting(view)
    if fitting.empty:
        nothing(view, t("page.compare"), t("compare.no_metric"))
    metric_id = state.metric or fitting["metric_id"].iloc[0]
    options = list(fitting["metric_id"])
    if metric_id not in options:
        options.insert(0, metric_id)
    names = view.data.once(("metric options", view.lang, bool(state.domain)), lambda: option_names(view))
    left, right = st.columns([1, 2.4])
    with left:
        controls.one(
            state,
            "domain",
            t("filter.domain"),
            ("", *view.data.known.domains),
            lambda code: t.of("domain", code) if code else t("filter.all"),
            at="main",
            drops=("metric",),
        )
    with right:
        controls.one(
            state, "metric", t("compare.metric"), options, names.__getitem__, at="main", drops=("indicator", "view"), value=metric_id
        )
    return metric_id


def option_names(view: View) -> dict[str, str]:
    """metric_id -> its name with the number of places, and the domain before it where none is chosen."""
    t, metrics = view.t, view.data.metrics
    leads = {code: "" if view.state.domain else f"{t.of('domain', code)} · " for code in metrics["domain"].unique()}
    return {
        metric_id: t("compare.option", name=f"{leads[domain]}{view.data.metric(metric_id, view.lang)}", places=places)
        for metric_id, domain, places in zip(metrics["metric_id"], metrics["domain"], metrics["places"], strict=True)
    }


def comparison(view: View, metric_id: str) -> Comparison:
    """The metric for the places, kinds and horizons of the frame; judged anew where a filter narrows it, once for all sessions."""
    state = view.state
    return data.narrowed(metric_id, state.place, state.kind, state.horizon)


def visible(view: View, found: Comparison) -> pd.DataFrame:
    """The rows to draw, on all pages of the chart."""
    rows = view.once("compare rows", lambda: comparing.drawn(found, view.state.view, not view.state.others))
    if rows.empty:
        nothing(view, view.data.metric(found.metric.metric_id, view.lang), view.t("compare.no_rows"))
    shown = controls.on_page(view.state, rows, PAGE_ROWS)
    view.once("compare sentences", lambda: bool(passages.read([shown, found.alternatives.head(OTHERS)])))
    return rows


def records(view: View, rows: pd.DataFrame) -> list[dict]:
    """The rows at hand, with their sentences; chart, table and sentences share them."""
    return view.once("compare records", lambda: passages.told(controls.on_page(view.state, rows, PAGE_ROWS)))


def pages(view: View, rows: pd.DataFrame) -> None:
    """The other pages of the chart."""
    controls.pages(view.state, len(rows), PAGE_ROWS)


def item(view: View, metric_id: str, rows: pd.DataFrame) -> Item:
    """The metric as this page shows it, as an item of a briefing."""
    state = view.state
    return exports.item(
        "compare",
        state,
        metric=metric_id,
        **exports.narrowing(state),
        measure=state.view if state.view != "value" else "",
        comparable_only=not state.others,
        page=controls.page_of(state, len(rows), PAGE_ROWS) if len(rows) > PAGE_ROWS else None,
    )


def heading(view: View, found: Comparison) -> None:
    """The finding, then measure, unit, coverage and who says nothing."""
    head(*view.once("compare heading", lambda: told(view, found)))


def told(view: View, found: Comparison) -> tuple[str, str]:
    """The same in words."""
    t, metric = view.t, found.metric
    given = set(found.rows["place"])
    silent = [place for place in view.places() if place not in given]
    known = data.states(metric.metric_id)
    coverage = t("compare.coverage", shown=found.places_with, total=found.places_total)
    for state in ("mentioned", "absent", "not_applicable"):
        if names := [view.place(place) for place in silent if known.get(place, "absent") == state]:
            coverage += t("compare.silent", places=words.listing(names, view.lang), why=t(f"missing.{state}"))
    parts = [
        getattr(metric, "definition" if view.lang == "zh" else "definition_en"),
        unit_words(view, metric.unit),
        coverage,
    ]
    return comparing.headline(found, view.lang, view.state.view), t("list.dot").join(part for part in parts if part)


def unit_words(view: View, unit: str) -> str:
    """The unit of the axis in words, "" for a number without one."""
    if view.state.view == "index":
        return view.t("view.index_line")
    unit = words.unit_of(unit, view.lang).strip()
    return view.t("compare.unit_per" if view.state.view == "per" else "compare.unit", unit=unit) if unit else ""


def verdict(view: View, found: Comparison) -> None:
    """Comparable or not, with the reasons, before the chart."""
    judged, t = found.verdict, view.t
    if judged is None or len(found.rows) < 2:
        st.html(verdict_box("#85898F", t("compare.single"), [], t("compare.single_next")))
        return
    chips = [words.word("code", code, view.lang) for code in judged.codes]
    st.html(verdict_box(VERDICT_COLOURS[judged.verdict], t.of("verdict", judged.verdict), chips, judged.reasons(view.lang)))


def verdict_box(colour: str, word: str, reasons: list[str], note: str) -> str:
    """The verdict as a bar with chips."""
    content = html.el("strong", html.esc(word), "margin-right:.7rem") + "".join(html.chip(reason) for reason in reasons) + html.esc(note)
    ground = f"border-left:4px solid {colour};background:color-mix(in srgb,{colour} 11%,transparent)"
    return html.el("div", content, f"{ground};padding:.55rem .9rem;border-radius:.2rem;line-height:1.9", role="note")


def toggles(view: View, found: Comparison) -> None:
    """What changes the chart."""
    t = view.t
    offered, mixed = view.once("compare toggles", lambda: choices(found))
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(offered) > 1:
            controls.segments(
                view.state, "view", t("compare.view"), offered, lambda one: t(f"view.{one}"), "main", "value", label_visibility="collapsed"
            )
        if mixed:
            controls.switch(view.state, "others", t("compare.others"), "main")


def choices(found: Comparison) -> tuple[tuple[str, ...], bool]:
    """The measures that some row has, and whether some row cannot be compared."""
    rows = found.rows
    offered = tuple(one for one in MEASURES if one == "value" or measured(rows, one).notna().any())
    return offered, bool(rows["verdict"].eq("incomparable").any())


def toolbar(view: View, found: Comparison, rows: pd.DataFrame) -> None:
    """What takes the chart away."""
    bar.toolbar(view, item(view, found.metric.metric_id, rows), view.data.metric(found.metric.metric_id, view.lang), "compare")


def table(view: View, found: Comparison, rows: pd.DataFrame) -> None:
    """Exactly what is plotted; each number opens its sentence."""
    shown = records(view, rows)
    content, sources, said = view.once("compare table", lambda: tabled(view, found, rows, shown))
    st.html(content)
    footer(view, sources, said, len(shown), found.places_total)


def tabled(view: View, found: Comparison, rows: pd.DataFrame, shown: list[dict]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The table as HTML, its sources and its notes."""
    t = view.t
    heads = [t(f"column.{name}") for name in ("place", "indicator", "target", "year", "baseline", "upper", "status", "place_in_text")]
    content = html.table(heads, [cells(view, row) for row in shown], numeric=(2, 4), caption=t("compare.table"))
    sources = [statements.plan_words(view, plan_id) for plan_id in dict.fromkeys(row["plan_id"] for row in shown)]
    above = references(found.benchmarks, controls.on_page(view.state, rows, PAGE_ROWS))
    sources += dict.fromkeys(cited(line["document"], line["issuer"], "", view.lang) for line in above)
    return content, tuple(sources), tuple(notes(view, found, rows))


def cells(view: View, row: Mapping) -> list[str]:
    """One row of the table, as HTML."""
    t = view.t
    shown = evidence.number(view, row)
    if row["kind"] == "baseline":
        shown += f"<br>{html.soft(view.word('kind', row['kind']))}"
    if view.state.view != "value":
        shown += f"<br>{html.esc(statements.shown_as(view, row, view.state.view))}"
    base = (
        html.esc(statements.baseline(view, row))
        if pd.notna(row["baseline_value"])
        else f'<span style="{html.SOFT}">{html.esc(t("missing.absent"))}</span>'
    )
    where = (row["section"] or "").split(" > ")[-1] or t("evidence.open")
    place = view.dotted(row["place"])
    return [
        place,
        f'<span lang="zh-CN">{html.esc(row["indicator"])}</span>',
        shown,
        html.esc(statements.whole(row["year"]) or t("missing.absent")),
        base,
        statements.upper(view, row),
        html.esc(view.word("status", row["status"])),
        html.link(evidence.source_address(view, row), where),
    ]


def notes(view: View, found: Comparison, rows: pd.DataFrame) -> list[str]:
    """What a reader must know of these numbers, taken from the rows."""
    t = view.t
    said = [t("footer.chosen")]
    if rows["conflict"].any():
        contradicting = sorted({view.place(place) for place in rows.loc[rows["conflict"], "place"]})
        said.append(t("footer.conflict", places=words.listing(contradicting, view.lang)))
    if view.state.view == "per":
        said.append(
            t(
                "footer.population",
                sources=t.join(
                    sorted({f"{statements.whole(row['population_year'])} {row['population_source']}" for row in as_dicts(rows)})
                ),
            )
        )
    return said


def sentences(view: View, rows: pd.DataFrame) -> None:
    """Each row's sentence, marked in its context; the one that the address names is set apart, and comes first when there are many."""
    shown = records(view, rows)
    if len(shown) > CARDS:
        shown = sorted(shown, key=lambda row: row["indicator_id"] != view.state.indicator)
    st.header(view.t("compare.sentences"), anchor=False)
    st.html("".join(evidence.card(view, row, row["indicator_id"] == view.state.indicator) for row in shown[:CARDS]))


def alternatives(view: View, found: Comparison) -> None:
    """The other statements of the same metric, and why they do not stand for their place."""
    t, others = view.t, found.alternatives
    if others.empty:
        return
    with st.expander(t("compare.alternatives", n=len(others))):
        apart(view, "alternatives", "kind", "horizon")
        st.html(view.once("compare alternatives", lambda: other_table(view, others)))


def other_table(view: View, others: pd.DataFrame) -> str:
    """The first of the other statements, as HTML."""
    t = view.t
    heads = [t(f"column.{name}") for name in ("place", "indicator", "value", "year", "kind", "why")]
    rows = [
        [
            html.esc(view.place(row["place"])),
            f'<span lang="zh-CN">{html.esc(row["indicator"])}</span>',
            evidence.number(view, row, prefix="a"),
            html.esc(statements.whole(row["year"])),
            html.esc(view.word("kind", row["kind"])),
            html.esc(row[f"why_{view.lang}"]),
        ]
        for row in passages.told(others.head(OTHERS))
    ]
    return html.table(heads, rows, numeric=(2,), caption=t("compare.alternatives", n=len(others)))
