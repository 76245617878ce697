"""The parts of the Overview: what there is, what stands out, which metrics most places share, who sets targets in which domain."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from pages.ui import cards, controls, data, exports, html, small, statements
from pages.ui.frame import View, apart, footer, head, scoped
from pages.ui.state import address as to
from pages.ui.toolbar import toolbar

SHARED = 4
CARDS, PREFIX = 6, "o"  # of findings, and what their ids begin with
PLACE_ROWS = 30


def heading(view: View) -> None:
    """The question, and how much there is to answer it."""
    title, figures = view.once("overview heading", lambda: told(view))
    head(title, "")
    st.html(figures)


def told(view: View) -> tuple[str, str]:
    """The title, and the figures as HTML."""
    t, state = view.t, view.state
    found = data.totals(state.place, state.domain, state.kind, state.horizon, state.q)
    counts = {
        "plans": found.plans,
        **{f"{kind}s": found.of_kind[kind] for kind in ("target", "baseline", "commitment")},
        "metrics": len(found.places),
    }
    figures_shown = [(f"{number:,}", t(f"overview.{name}", n=number)) for name, number in counts.items()]
    figures_shown.append((f"{found.shared:,}", t("overview.shared_metrics", n=found.shared)))
    return t("overview.title", places=view.plans()["place"].nunique()), html.stats(figures_shown)


def stands_out(view: View) -> None:
    """Findings as cards, each with its evidence."""
    found = cards.chosen(view)
    if not found.empty:
        st.header(view.t("overview.stands_out"), anchor=False)
        scoped(view)
        cards.show(view, found, CARDS, PREFIX)
        if len(found) > CARDS:
            st.html(html.link(to("gaps", view.state), view.t("overview.more_findings", n=len(found))))


def shared(view: View) -> None:
    """Dot plots of the metrics that most places give a number for."""
    t = view.t
    metrics = small.shared(view).head(SHARED)
    st.header(t("overview.shared"), anchor=False)
    if metrics.empty:
        st.info(t("compare.no_metric"))
        return
    names = list(metrics["metric_id"])
    small.multiples(view, names)
    footer(view, small.sources(view, names), [t("overview.shared_note")], len(names), len(view.data.metrics), unit="metrics")


def heat_map(view: View) -> None:
    """Places × domains: how many metrics have a number, each cell a link to that place in that domain."""
    t = view.t
    st.header(t("overview.heat"), anchor=False)
    apart(view, "coverage", "kind", "horizon")
    if small.fitting(view).empty:
        st.info(t("compare.no_metric"))
        return
    places = controls.on_page(view.state, view.places(), PLACE_ROWS)
    st.html(view.once("heat map", lambda: heat_table(view, places)))
    controls.pages(view.state, len(view.places()), PLACE_ROWS)
    shown = view.state if len(places) == len(view.places()) else replace(view.state, place=places)
    toolbar(view, exports.item("coverage", shown, domain=view.state.domain, words=view.state.q), t("overview.heat"), "heat")
    sources = view.once("heat sources", lambda: plans_behind(view, places), places)
    footer(view, sources, [t("overview.heat_note")], len(places), len(view.data.known.places))


def plans_behind(view: View, places: tuple[str, ...]) -> tuple[str, ...]:
    """The plans of some places."""
    plans = view.data.plans
    return statements.sources(view, plans.loc[plans["place"].isin(places), "plan_id"])


def heat_table(view: View, places: tuple[str, ...]) -> str:
    """The counts of some places, as HTML."""
    t, metrics = view.t, small.named(view)
    table = data.domain_counts(tuple(metrics["metric_id"]))
    named = set(metrics["domain"])
    known = [domain for domain in view.data.known.domains if domain in named]
    domains = [view.state.domain] if view.state.domain else known
    most = max((table.get((place, domain), 0) for place in places for domain in domains), default=0) or 1
    rows = [
        (
            view.dotted(place),
            [heat_cell(view, place, domain, table.get((place, domain), 0), most) for domain in domains],
        )
        for place in places
    ]
    return html.grid([html.esc(t.of("domain_short", domain)) for domain in domains], rows, t("overview.heat"), wide=3)


def heat_cell(view: View, place: str, domain: str, number: int, most: int) -> tuple[str, float | None]:
    """A count with its shade, or the sign for none."""
    address = to("domain", view.state, domain=domain, place=(place,))
    name = f"{view.place(place)} {view.t.of('domain', domain)}"
    content = html.link(address, str(number or "—"), "color:inherit;text-decoration:none;display:block", label=f"{name} {number}")
    return content, (number / most if number else None)
