"""Findings as cards: what kind, the sentence, and the statements that prove it, opened in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics import findings as finding
from analytics.frames import as_dicts
from analytics.narrowing import of_findings
from pages.ui import data, evidence, exports, html, passages
from pages.ui.frame import View, scope_of
from pages.ui.state import address as to
from pages.ui.toolbar import toolbar

COLOURS = {"error": "#C2452D", "warning": "#C98A00", "info": "#6B7785"}


def chosen(view: View, places: tuple[str, ...] | None = None) -> pd.DataFrame:
    """The findings of some places under the filters of the frame, gravest first; where none are named, of the places and horizons of the
    filter."""
    state = view.state
    wanted, horizons = (view.scope(), state.horizon) if places is None else (places, ())
    return view.data.once(
        ("findings", wanted, state.domain, state.kind, horizons, state.q),
        lambda: of_findings(data.store(), data.of_domain(data.findings(wanted), state.domain), state.kind, horizons, state.q),
    )


def show(view: View, found: pd.DataFrame, most: int, prefix: str, plan: str = "") -> None:
    """Cards in a grid that folds with the window; `plan`: they are those of one plan."""
    st.html(made(view, found, most, prefix, plan))
    state = replace(view.state, place=(), horizon=()) if plan else scope_of(view)
    item = exports.item("findings", state, domain=state.domain, plan=plan, words=state.q, **exports.narrowing(state))
    toolbar(view, item, view.t("overview.stands_out"), f"findings_{prefix}")


def made(view: View, found: pd.DataFrame, most: int, prefix: str, plan: str = "") -> str:
    """The cards as HTML, made once for all sessions."""
    return view.once("cards", lambda: composed(view, found, most, prefix), prefix, plan)


def composed(view: View, found: pd.DataFrame, most: int, prefix: str) -> str:
    """The cards as HTML."""
    names = finding.codes(view.lang)
    records = as_dicts(found.head(most))
    wanted = tuple(sorted({one for row in records for one in row["evidence"]}))
    known = passages.records(wanted)
    body = "".join(card(view, row, names, known, prefix) for row in records)
    return f'<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:.9rem">{body}</div>'


def card(view: View, row: Mapping, names: Mapping[str, str], known: Mapping[str, Mapping], prefix: str) -> str:
    """One finding. The colour repeats what the words say."""
    sign = html.el("span", "■ ", f"color:{COLOURS[row['severity']]}", aria_hidden="true")
    head = html.el("div", sign + html.esc(names.get(row["code"], row["code"])), "font-size:.86rem;font-weight:600")
    sentence = f'<p style="margin:.3rem 0 .5rem;line-height:1.6">{html.esc(row[f"sentence_{view.lang}"])}</p>'
    return html.el(
        "article", head + sentence + foot(view, row, known, prefix), f"border:{html.LINE};border-radius:.5rem;padding:.8rem 1rem"
    )


def foot(view: View, row: Mapping, known: Mapping[str, Mapping], prefix: str) -> str:
    """Evidence and the way to Compare."""
    pieces = []
    if proof := "".join(evidence.card(view, known[one], prefix=f"{prefix}c") for one in row["evidence"] if one in known):
        pieces.append(html.popover(f"{prefix}-{row['finding_id']}", view.t("card.evidence"), proof))
    if isinstance(row["metric_id"], str):
        address = to("compare", view.state, metric=row["metric_id"], place=(), domain="")
        pieces.append(html.link(address, view.t("card.compare")))
    return f'<div style="display:flex;gap:1.2rem;font-size:.9rem">{"".join(pieces)}</div>' if pieces else ""
