"""The parts of the City page: all that one plan says, by domain, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from analytics.export.briefing import Item
from analytics.narrowing import holding
from pages.ui import cards, changes_view, controls, data, evidence, exports, html, passages, statements
from pages.ui.frame import View, apart, footer, head, nothing
from pages.ui.state import KINDS
from pages.ui.state import address as to
from pages.ui.text import plain
from pages.ui.toolbar import toolbar

ROWS = 400
CARDS = 6
OMITTED = 20
WIDTHS = (25, 13, 7, 13, 13, 12, 17)  # of the columns of targets, in per cent: the tables of all domains stand in line


def picker(view: View) -> Mapping:
    """The plan; the first of the chosen places where none is named."""
    t, titles = view.t, view.data.titles[view.lang]
    fitting = view.data.once(("plans of", view.state.place, view.state.horizon), lambda: plans_of(view))
    plan_id = view.state.plan or (fitting or tuple(titles))[0]
    options = fitting if plan_id in fitting else (plan_id, *fitting)
    controls.one(view.state, "plan", t("view_city.plan"), options, titles.get, at="main", drops=("indicator", "quote"), value=plan_id)
    if plan_id not in fitting:
        st.info(t("view_city.elsewhere", title=plain(titles[plan_id]), filters=chosen(view)), icon=":material/filter_alt_off:")
    return view.data.once(("plan", plan_id), lambda: row_of(view, plan_id))


def plans_of(view: View) -> tuple[str, ...]:
    """The plans of the chosen places that end in the chosen years; none chosen: all."""
    wanted = set(view.plans()["plan_id"])
    return tuple(plan_id for plan_id in view.data.titles[view.lang] if plan_id in wanted)


def chosen(view: View) -> str:
    """The chosen places and years in words."""
    return view.t.join([*map(view.place, view.state.place), *map(str, view.state.horizon)])


def row_of(view: View, plan_id: str) -> Mapping:
    """What is known of a plan."""
    plans = view.data.plans
    return plans[plans["plan_id"] == plan_id].iloc[0].to_dict()


def rows(view: View, plan: Mapping) -> pd.DataFrame:
    """The statements of the plan under the filters of the frame. What the sections below need is begun meanwhile."""
    data.begin_baselines(plan["place"])
    changes_view.begin(view, plan)
    found = view.once("city rows", lambda: filtered(view, plan))
    if found.empty:
        nothing(view, view.t("view_city.title_none", place=view.place(plan["place"])), view.t("view_city.none"))
    return found


def filtered(view: View, plan: Mapping) -> pd.DataFrame:
    """The same, looked for."""
    found, state = passages.statements(plan["plan_id"]), view.state
    if state.domain:
        found = found[found["domain"] == state.domain]
    if state.kind:
        found = found[found["kind"].isin(state.kind)]
    return holding(found, state.q, "indicator", "quote")


def heading(view: View, plan: Mapping, found: pd.DataFrame) -> None:
    """How much is promised, and in what the plan is strongest; then what the document is."""
    head(*view.once("city heading", lambda: told(view, plan, found)))


def told(view: View, plan: Mapping, found: pd.DataFrame) -> tuple[str, str]:
    """The same in words."""
    t, targets = view.t, found[found["kind"] == "target"]
    top = targets["domain"].value_counts()
    title = (
        t("view_city.title", place=view.place(plan["place"]), targets=len(targets), domains=len(top), top=t.of("domain", top.index[0]))
        if len(top)
        else t("view_city.title_none", place=view.place(plan["place"]))
    )
    years = f"{statements.whole(plan['horizon_start'])}—{statements.whole(plan['horizon_end'])}".strip("—")
    parts = [plan["title"], plan["issuer"], plan["document_number"], years, view.word("status", plan["status"])]
    return title, t("list.dot").join(part for part in parts if isinstance(part, str) and part)


def findings(view: View, plan: Mapping) -> None:
    """What stands out in this plan."""
    every = cards.chosen(view, (plan["place"],))
    found = view.once("city findings", lambda: every[every["plan_id"] == plan["plan_id"]])
    if not found.empty:
        st.header(view.t("overview.stands_out"), anchor=False)
        cards.show(view, found, CARDS, "k", plan["plan_id"])


def targets(view: View, plan: Mapping, found: pd.DataFrame) -> None:
    """Targets by domain, with baseline and required pace where the plan states where it stands."""
    t = view.t
    total, shown, tables = view.once("targets", lambda: target_tables(view, plan, found))
    if not total:
        return
    st.header(t("view_city.targets", n=total), anchor=False)
    for content in tables:
        st.html(content)
    toolbar(view, item(view, plan, list(view.state.kind) or ["target"]), plan["title"], "city")
    footer(view, [plan["title"]], [t("view_city.pace_note")], shown, len(found), unit="statements")


def target_tables(view: View, plan: Mapping, found: pd.DataFrame) -> tuple[int, int, tuple[str, ...]]:
    """How many targets there are, how many are shown, and those as HTML by domain."""
    every = found.loc[found["kind"] == "target", "indicator_id"].tolist()
    chosen = passages.records(every[:ROWS])
    if not chosen:
        return 0, 0, ()
    beside = data.baselines(plan["place"])
    tables = []
    for domain, group in by_domain(view, [chosen[one] for one in every[:ROWS]]):
        # The rows of a domain are the first so many that hold the search words; their links carry words and horizons.
        name = ("targets", view.lang, plan["plan_id"], domain, view.state.q, view.state.horizon, len(group))
        tables.append(view.data.once(name, partial(target_table, view, domain, group, beside)))
    return len(every), len(chosen), tuple(tables)


def target_table(view: View, domain: str, group: Sequence[Mapping], beside: Mapping[str, Mapping]) -> str:
    """The targets of one domain under its name, as HTML."""
    t = view.t
    heads = [t(f"column.{name}") for name in ("indicator", "target", "year", "baseline", "pace", "responsible", "metric")]
    cells = [target_cells(view, row, beside.get(row["indicator_id"])) for row in group]
    title = html.el("h3", f"{html.esc(t.of('domain', domain))} {html.soft(str(len(group)))}", "font-size:1.02rem;margin:.6rem 0 .1rem")
    return title + html.table(heads, cells, numeric=(1, 3, 4), caption=t.of("domain", domain), wrap=True, widths=WIDTHS)


def item(view: View, plan: Mapping, kinds: list[str]) -> Item:
    """The statements of a plan under the filters of the frame, as an item of a briefing."""
    state = view.state
    return exports.item("statements", replace(state, place=()), plan=plan["plan_id"], domain=state.domain, kinds=kinds, words=state.q)


def by_domain(view: View, found: Sequence[Mapping]) -> Iterator[tuple[str, list[Mapping]]]:
    """(domain, its rows), in the order of the registry."""
    groups: dict[str, list[Mapping]] = {domain: [] for domain in view.data.known.domains}
    for row in found:
        if row["domain"] in groups:
            groups[row["domain"]].append(row)
    yield from ((domain, group) for domain, group in groups.items() if group)


def target_cells(view: View, row: Mapping, known: Mapping | None) -> list[str]:
    """One target as cells of HTML."""
    t = view.t
    has = known is not None
    base = (
        html.esc(
            f"{statements.baseline(view, known)} ({statements.whole(known['baseline_year'])})"
            if statements.whole(known["baseline_year"])
            else statements.baseline(view, known)
        )
        if has
        else html.soft(t("missing.absent"))
    )
    step = statements.pace(view, known) if has else ""
    who = html.soft(row["responsible"]) if isinstance(row["responsible"], str) and row["responsible"] else html.soft(t("missing.absent"))
    return [
        html.chinese(row["indicator"]),
        evidence.number(view, row),
        html.esc(statements.whole(row["year"])) or html.soft(t("missing.absent")),
        base,
        html.esc(step) or html.soft("—"),
        who,
        metric_link(view, row),
    ]


def metric_link(view: View, row: Mapping) -> str:
    """The way into Compare, where the statement belongs to a metric."""
    if not isinstance(row["metric_id"], str):
        return html.soft(view.t("view_city.no_metric"))
    address = to("compare", view.state, metric=row["metric_id"], place=(), domain="", kind=())
    return html.link(address, view.data.metric(row["metric_id"], view.lang))


def others(view: View, plan: Mapping, found: pd.DataFrame) -> None:
    """Baselines, incentives and goals without a number, folded away."""
    for kind, number, content in view.once("others", lambda: other_tables(view, plan, found)):
        with st.expander(f"{view.word('kind', kind)} ({number})"):
            st.html(content)


def other_tables(view: View, plan: Mapping, found: pd.DataFrame) -> tuple[tuple[str, int, str], ...]:
    """(kind, how many, those as HTML) for each kind but targets that the plan has."""
    every = {kind: found.loc[found["kind"] == kind, "indicator_id"].tolist()[:ROWS] for kind in KINDS[1:]}
    known = passages.records(one for some in every.values() for one in some)
    groups = {kind: [known[one] for one in some] for kind, some in every.items()}
    names = {
        kind: ("others", view.lang, plan["plan_id"], kind, view.state.domain, view.state.q, len(group)) for kind, group in groups.items()
    }
    return tuple(
        (kind, len(group), view.data.once(names[kind], partial(other_table, view, kind, group)))
        for kind, group in groups.items()
        if group
    )


def other_table(view: View, kind: str, group: Sequence[Mapping]) -> str:
    """Statements of one kind, as HTML."""
    t = view.t
    heads = [t(f"column.{name}") for name in ("indicator", "value", "year", "domain", "responsible")]
    cells = [
        [
            f'<span lang="zh-CN" style="white-space:normal">{html.esc(row["indicator"])}</span>',
            evidence.number(view, row, shown=row["value_text"] if kind == "commitment" else ""),
            html.esc(statements.whole(row["year"])),
            html.esc(t.of("domain_short", row["domain"])),
            html.soft(row["responsible"]) if isinstance(row["responsible"], str) else "",
        ]
        for row in group
    ]
    return html.table(heads, cells, caption=view.word("kind", kind))


def omissions(view: View, plan: Mapping) -> None:
    """Metrics that two other places or more put a number to and this one does not."""
    number, content = view.once("omissions of city", lambda: omitted(view, plan))
    st.header(view.t("view_city.omissions", n=number), anchor=False)
    apart(view, "omissions", "kind", "q")
    st.html(content)


def omitted(view: View, plan: Mapping) -> tuple[int, str]:
    """How many they are, and the list as HTML."""
    t = view.t
    left = data.omitted(plan["place"], view.state.domain)[:OMITTED]
    lines = [
        html.el(
            "li", f"{metric_link(view, row)} {html.soft(t('view_city.omitted', state=t('missing.' + row['state']), peers=row['peers']))}"
        )
        for row in left
    ]
    content = f'<ul style="margin:0;padding-left:1.2rem">{"".join(lines)}</ul>' if lines else ""
    return len(left), content or html.small(html.esc(t("view_domain.none_omitted")))
