"""A question on the Overview: how it was understood as filters that can be taken away, the statements that answer it, and where its words
stand. Never a free text answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics import questions, registry
from analytics import search as searching
from analytics.frames import as_dicts
from analytics.messages import computed, number
from pages.ui import controls, data, evidence, exports, html, statements
from pages.ui.frame import View, footer, head
from pages.ui.kept import kept
from pages.ui.state import ASK_LIMIT, State
from pages.ui.state import address as to
from pages.ui.text import plain
from pages.ui.toolbar import toolbar

ROWS, HITS, CHIP, OFFERED = 40, 12, 60, 8


def field(view: View) -> None:
    """Where a question or words to look for are written."""
    controls.text(view.state, "ask", view.t("ask.label"), view.t("ask.hint"), ASK_LIMIT, at="main", drops=("drop",))


@kept(60)
def _reading(path: str, build_id: str, ask: str) -> questions.Reading:
    return questions.read(data.open_store(path), ask)


@kept(60)
def _answer(path: str, build_id: str, filters: questions.Filters) -> questions.Answer:
    return questions.answer(data.open_store(path), filters)


@kept(60)
def _hits(path: str, build_id: str, ask: str) -> pd.DataFrame:
    return searching.search(data.open_store(path), ask, limit=HITS)


def show(view: View) -> None:
    """The answer in place of the rest of the page."""
    t, state = view.t, view.state
    reading = _reading(*data.key(), state.ask)
    filters = questions.remaining(reading.filters, state.drop, state.place, state.domain)
    found = _answer(*data.key(), filters) if filters.as_dict() and not reading.refused else None
    title = getattr(found, f"sentence_{view.lang}") if found else t("ask.not_understood", ask=state.ask)
    head(title if len(title) < 3 * CHIP else t("ask.many", places=found.frame["place"].nunique(), rows=len(found.frame)), "")
    chips(view, filters)
    notes(view, reading)
    if found is not None and len(found.frame):
        rows(view, found.frame)
    hits(view, found is not None)


def chips(view: View, filters: questions.Filters) -> None:
    """What the question was understood to ask, each a button that takes it away."""
    understood = filters.chips(view.lang)
    with st.container(horizontal=True, gap="small"):
        for chip in understood:
            words = chip.text if len(chip.text) <= CHIP else f"{chip.text[:CHIP]}…"
            st.button(
                f"{plain(words)} ✕",
                key=f"ask_{chip.field}",
                on_click=controls.put,
                args=(view.lang, {"drop": (*view.state.drop, chip.field)}),
                help=view.t("filter.remove"),
            )
        if view.state.drop:
            st.button(
                view.t("ask.restore"),
                key="ask_restore",
                type="tertiary",
                on_click=controls.put,
                args=(view.lang, {"drop": ()}),
            )
        st.button(
            view.t("ask.close"),
            key="ask_close",
            type="tertiary",
            on_click=controls.put,
            args=(view.lang, {"ask": "", "drop": ()}),
        )


def notes(view: View, reading: questions.Reading) -> None:
    """What was not understood, and what the data cannot say."""
    for problem in reading.problems:
        if problem.code == "further":  # the chips say it
            continue
        st.info(plain(getattr(problem, f"sentence_{view.lang}")), icon=":material/info:")
        if problem.code == "metric_needed":
            shared = view.data.metrics["metric_id"].head(OFFERED)
            st.html(html.small(view.t("list.dot").join(metric(view, metric_id) for metric_id in shared)))
    if reading.ignored and not any(problem.code == "not_understood" for problem in reading.problems):
        st.html(html.small(html.esc(view.t("ask.ignored", words=view.t.join(list(reading.ignored))))))


def rows(view: View, frame: pd.DataFrame) -> None:
    """Statements, or places and metrics where the question asks for what is missing."""
    t = view.t
    shown = as_dicts(controls.on_page(view.state, frame, ROWS))
    if "value" in frame:
        heads = [t(f"column.{name}") for name in ("place", "indicator", "value", "year", "kind", "metric", "status")]
        cells = [statement_cells(view, row) for row in shown]
        if "per_10k" in frame:
            heads.insert(3, t("view.per"))
            for cell, row in zip(cells, shown, strict=True):
                cell.insert(3, "" if pd.isna(row["per_10k"]) else number(computed(row["per_10k"]), view.lang))
    else:
        heads = [t(f"column.{name}") for name in ("place", "metric", "state")]
        cells = [gap_cells(view, row) for row in shown]
    st.html(html.table(heads, cells, numeric=(2, 3) if "per_10k" in frame else (2,) if "value" in frame else (), caption=t("ask.table")))
    controls.pages(view.state, len(frame), ROWS)
    toolbar(
        view,
        exports.item("question", view.state, ask=view.state.ask, drop=list(view.state.drop), domain=view.state.domain),
        view.state.ask,
        "question",
    )
    titles = view.data.titles[view.lang]
    used = sorted({titles.get(plan, plan) for plan in frame["plan_id"].dropna()}) if "plan_id" in frame else []
    footer(view, used[:ROWS], [t("ask.note")], len(shown), len(frame), unit="statements")


def statement_cells(view: View, row: Mapping) -> list[str]:
    """One statement; its number opens the sentence."""
    return [
        view.dotted(row["place"]),
        html.chinese(row["indicator"]),
        evidence.number(view, row, shown=row["value_text"] if row["kind"] == "commitment" else "", prefix="q"),
        html.esc(statements.whole(row["year"])),
        html.esc(view.word("kind", row["kind"])),
        metric(view, row["metric_id"]),
        html.esc(view.word("status", row["status"])),
    ]


def gap_cells(view: View, row: Mapping) -> list[str]:
    """One metric that a place does not have, or has without a number: the sentence opens then."""
    why = view.t(f"missing.{row['state']}")
    why = evidence.mention(view, row["metric_id"], row["place"], "q") if row["state"] == "mentioned" else html.soft(why)
    return [view.dotted(row["place"]), metric(view, row["metric_id"]), why]


def metric(view: View, metric_id: object) -> str:
    """The way into Compare."""
    if not isinstance(metric_id, str):
        return html.soft(view.t("view_city.no_metric"))
    if metric_id not in view.data.names[view.lang]:  # no place has a number for it: there is nothing to compare
        known = registry.load().metrics.get(metric_id)
        return html.esc(getattr(known, f"name_{view.lang}", metric_id))
    address = to("compare", State(lang=view.lang), metric=metric_id)
    return html.link(address, view.data.metric(metric_id, view.lang))


def hits(view: View, understood: bool) -> None:
    """Where the words themselves stand: metrics, statements, texts."""
    t, found = view.t, _hits(*data.key(), view.state.ask)
    if found.empty:
        if not understood:
            st.html(html.small(html.esc(t("ask.no_hits"))))
        return
    st.header(t("ask.hits", n=len(found)), anchor=False)
    lines = [html.el("li", hit(view, row), "margin:.25rem 0;line-height:1.6") for row in as_dicts(found)]
    st.html(f'<ul style="margin:0;padding-left:1.2rem">{"".join(lines)}</ul>')


def hit(view: View, row: Mapping) -> str:
    """One place where the words stand, as a link to it."""
    kind = html.soft(view.t(f"ask.what_{row['what']}"))
    if row["what"] == "metric":
        return f"{kind} {metric(view, row['id'])}"
    state = State(lang=view.lang)
    if row["what"] == "statement":
        address = to("sources", state, plan=row["plan_id"], indicator=row["id"])
    else:
        address = to("sources", replace(state, q=view.state.ask), plan=row["plan_id"])
    words = html.link(address, row["title"])
    return f"{kind} {html.esc(view.place(row['place']))} {words} {html.chinese(' '.join(row['text'].split())[:160])}"
