"""The parts of the Domain page: a matrix of metrics and places, small multiples, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics import registry
from analytics.export.briefing import Item
from analytics.frames import as_dicts
from analytics.matrices import judged
from analytics.narrowing import of_statements
from analytics.verdicts import MARKS
from pages.ui import controls, data, evidence, exports, html, passages, small, statements
from pages.ui.frame import View, apart, footer, head, nothing
from pages.ui.state import address as to
from pages.ui.toolbar import toolbar

COLUMNS = 10
MULTIPLES = 4
OMITTED = 12


def picker(view: View) -> str:
    """The domain, the one with most metrics where none is chosen."""
    t, state = view.t, view.state
    if view.data.metrics.empty:
        nothing(view, t("page.domain"), t("compare.no_metric"))
    domain = state.domain or fullest(view)
    controls.one(
        state,
        "domain",
        t("filter.domain"),
        view.data.known.domains,
        lambda code: t.of("domain", code),
        at="main",
        drops=("metric",),
        value=domain,
    )
    return domain


def fullest(view: View) -> str:
    """The domain with most metrics."""
    return view.data.once(("fullest",), lambda: view.data.metrics["domain"].value_counts().index[0])


def columns(view: View, found: pd.DataFrame) -> list[str]:
    """The places that stand side by side: those chosen, or those with most to show."""
    if len(view.places()) <= COLUMNS:
        return list(view.places())
    return list(data.of_places(found, view.state.place)["place"].value_counts().index[:COLUMNS])


def rows(view: View, domain: str) -> pd.DataFrame:
    """The statement that stands for each metric and place, most shared metrics first; search words, kind and horizon are honoured."""
    found = view.once("domain rows", lambda: standing(view, domain))
    if found.empty:
        nothing(view, view.t.of("domain", domain), view.t("compare.no_rows"))
    return found


def standing(view: View, domain: str) -> pd.DataFrame:
    """The same, looked for. Of many places only those that will stand side by side are read in full."""
    places = view.state.place
    if len(view.places()) > COLUMNS and not data.is_small():
        outline = narrowed(view, data.outline(domain))
        places = tuple(sorted(columns(view, outline)))
        if not places:
            return outline.head(0)
    found = narrowed(view, data.matrix(domain, places))
    found = found[found["place"].isin(columns(view, found))].reset_index(drop=True)
    return found if found.empty else judged(found, registry.load())


def narrowed(view: View, found: pd.DataFrame) -> pd.DataFrame:
    """The rows that kind, horizon and search words leave."""
    state = view.state
    return of_statements(found, registry.load(), state.kind, state.horizon, state.q)


def heading(view: View, domain: str, found: pd.DataFrame) -> None:
    """How much of the domain is shared, and by what."""
    head(*view.once("domain heading", lambda: told(view, domain, found)))


def told(view: View, domain: str, found: pd.DataFrame) -> tuple[str, str]:
    """The same in words."""
    t = view.t
    counts = found.groupby("metric_id")["place"].nunique().sort_values(ascending=False, kind="stable")
    first = counts.index[0]
    title = t(
        "view_domain.title",
        domain=t.of("domain", domain),
        metrics=len(counts),
        shared=int((counts > 1).sum()),
        first=view.data.metric(first, view.lang),
        places=int(counts.iloc[0]),
    )
    return title, t("view_domain.subtitle", targets=int((found["kind"] == "target").sum()), places=found["place"].nunique())


def matrix(view: View, domain: str, found: pd.DataFrame) -> None:
    """Metrics × places: the number opens its sentence, its shade says where it stands in the row, a blank says which kind of blank."""
    t = view.t
    content, places, sources = view.once("matrix", lambda: table(view, found))
    st.html(content)
    toolbar(view, item(view, domain, places), t.of("domain", domain), "matrix")
    footer(view, sources, [t("view_domain.note")], len(places), len(view.data.known.places))


def table(view: View, found: pd.DataFrame) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The matrix as HTML, its places and its sources."""
    t = view.t
    places = columns(view, found)
    passages.read_bodies(found["plan_id"])
    heads = [f"{view.dotted(place)}<br>{html.soft(place_note(view, place))}" for place in places]
    order = found.groupby("metric_id")["place"].nunique().sort_values(ascending=False, kind="stable").index
    cells = {(row["metric_id"], row["place"]): row for row in as_dicts(found)}
    body = [
        (metric_head(view, metric_id), row_cells(view, metric_id, places, cells) + [(upper_cell(view, metric_id, cells, places), None)])
        for metric_id in order
    ]
    sources = sorted({statements.plan_words(view, row["plan_id"]) for row in cells.values()})
    content = html.grid([*heads, html.esc(t("column.upper_target"))], body, t("view_domain.matrix"), corner=t("compare.metric"), wide=7)
    return content, tuple(places), tuple(sources)


def item(view: View, domain: str, places: Sequence[str]) -> Item:
    """The matrix as it is shown, as an item of a briefing."""
    state, every = view.state, view.data.known.places
    return exports.item(
        "domain",
        replace(state, place=tuple(places) if state.place or len(places) < len(every) else ()),
        domain=domain,
        words=state.q,
        **exports.narrowing(state),
    )


def place_note(view: View, place: str) -> str:
    """Horizon, status and level of a place's plan (the latest, where it has several)."""
    return view.data.once(("place note", view.lang, place), lambda: latest(view, place))


def latest(view: View, place: str) -> str:
    """The same, looked for."""
    plans = view.data.plans
    found = plans[plans["place"] == place].sort_values("horizon_end").iloc[-1]
    status = "" if found["status"] == "issued" else view.word("status", found["status"])
    return " ".join(part for part in (statements.whole(found["horizon_end"]), status, statements.level(view, found["level"])) if part)


def metric_head(view: View, metric_id: str) -> str:
    """The name as the way into Compare, the unit under it."""
    address = to("compare", view.state, metric=metric_id)
    return html.link(address, view.data.metric(metric_id, view.lang))


def row_cells(view: View, metric_id: str, places: list[str], cells: Mapping) -> list[tuple[str, float | None]]:
    """The cells of one metric; those that may be ranked (analytics.ranking) are shaded by their place between least and greatest."""
    ranked = [cells[metric_id, place]["value"] for place in places if (metric_id, place) in cells and cells[metric_id, place]["ranked"]]
    low, high = (min(ranked), max(ranked)) if ranked else (0, 0)
    found = []
    for place in places:
        row = cells.get((metric_id, place))
        if row is None:
            found.append((blank(view, metric_id, place, data.states_of(place).get(metric_id, "absent")), None))
        elif row["ranked"] and high > low:
            sign = "▲ " if row["value"] == high else "▽ " if row["value"] == low else ""
            found.append((number(view, row, sign), (row["value"] - low) / (high - low)))
        else:
            found.append((number(view, row, ""), 0.0))
    return found


def number(view: View, row: Mapping, sign: str) -> str:
    """A number that opens its sentence, with the mark of its verdict; its year and what differs in a smaller line."""
    observed = row["kind"] == "baseline"
    notes = [
        f"{statements.whole(row['year'])} {view.word('kind', 'baseline')}" if observed else statements.whole(row["year"]),
        statements.facets(row["facets"], view.lang),
        "" if row["status"] == "issued" else view.word("status", row["status"]),
        view.t("view_domain.conflict") if row["conflict"] else "",
    ]
    small_line = "<br>" + html.soft(" · ".join(note for note in notes if note)) if any(notes) else ""
    sign = f'<span aria-hidden="true">{sign}</span>' if sign else ""
    mark = "" if observed and row["verdict"] != "incomparable" else MARKS.get(row["verdict"], "")
    mark = html.el("sup", mark, "", title=view.t.of("verdict", row["verdict"])) if mark else ""
    return sign + evidence.number(view, row) + mark + small_line


def blank(view: View, metric_id: str, place: str, state: str) -> str:
    """The word for a blank; a mention without a number opens the sentence that mentions it."""
    if state in ("absent", "not_applicable"):
        return html.soft(view.t(f"missing.{state}"))
    if state == "mentioned":
        return evidence.mention(view, metric_id, place, "b")
    return html.soft(view.t("missing.filtered"))


def upper_cell(view: View, metric_id: str, cells: Mapping, places: list[str]) -> str:
    """The targets of nation and provinces for the years of the row."""
    words = []
    for row in (cells[metric_id, place] for place in places if (metric_id, place) in cells):
        for scope in ("nation", "province"):
            if pd.notna(row[f"{scope}_value"]):
                where = f"{statements.region(view, row[f'{scope}_region'])} {statements.whole(row['year'])}"
                words.append(f"{where} {statements.benchmark(view, row, scope)}")
    return html.soft(view.t("list.semicolon").join(dict.fromkeys(words)) if words else view.t("missing.not_applicable"))


def multiples(view: View, domain: str, found: pd.DataFrame) -> None:
    """The metrics that two places or more share, drawn."""
    shared, total = view.once("shared", lambda: shared_most(found))
    if shared:
        st.header(view.t("view_domain.multiples"), anchor=False)
        small.multiples(view, shared)
        footer(view, small.sources(view, shared), [view.t("overview.shared_note")], len(shared), total, unit="metrics")


def shared_most(found: pd.DataFrame) -> tuple[tuple[str, ...], int]:
    """The first metrics that two places or more share, and how many metrics there are."""
    counts = found.groupby("metric_id")["place"].nunique().sort_values(ascending=False, kind="stable")
    return tuple(counts[counts > 1].index[:MULTIPLES]), len(counts)


def omissions(view: View, domain: str) -> None:
    """What a place leaves out that two others or more put a number to."""
    st.header(view.t("view_domain.omissions"), anchor=False)
    apart(view, "omissions", "kind", "horizon", "q")
    st.html(view.once("omissions of domain", lambda: omitted(view, domain)))


def omitted(view: View, domain: str) -> str:
    """The same, place by place, as HTML."""
    t, lines = view.t, []
    for place in view.places()[:COLUMNS]:
        words = [
            t(
                "view_domain.omitted",
                metric=view.data.metric(row["metric_id"], view.lang),
                state=t(f"missing.{row['state']}"),
                peers=row["peers"],
            )
            for row in data.omitted(place, domain)[:OMITTED]
        ]
        if words:
            name = html.dot(view.data.colours[place]) + html.el("strong", html.esc(view.place(place)))
            lines.append(f"{name} {html.esc(t('list.semicolon').join(words))}")
    told = "".join(f'<p style="margin:.2rem 0;line-height:1.7">{line}</p>' for line in lines)
    return told or html.small(html.esc(t("view_domain.none_omitted")))
