"""What changed from one plan of a place to the next: a slope chart of what both set in per cent, and every change with both sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics.diff import CHANGES
from analytics.export.briefing import Item
from analytics.frames import as_dicts
from analytics.messages import amount
from pages.ui import controls, evidence, figures, html, passages, statements
from pages.ui.drawing import Drawing
from pages.ui.frame import View, apart, footer
from pages.ui.slope import Slope, slope
from pages.ui.toolbar import toolbar

ROWS, LINES = 60, 14
COLOURS = {"raised": "#0072B2", "lowered": "#D55E00"}
QUIET = "#85898F"
SIGNS = {"added": "+", "dropped": "−", "raised": "▲", "lowered": "▽", "redefined": "≠", "renamed": "~", "kept": "="}


def show(view: View, plan: Mapping) -> None:
    """The section, where the place has another plan to hold this one against."""
    t, others = view.t, other_plans(view, plan)
    if not others:
        return
    chosen = against(view, others, plan)
    old, new = (others[chosen], plan) if before(others[chosen], plan) else (plan, others[chosen])
    title, total, differ, shown, figure, described, content = view.once("changes", lambda: composed(view, old, new))
    st.header(title, anchor=False)
    apart(view, "changes", "domain", "kind", "q")
    if len(others) > 1:
        titles = view.data.titles[view.lang]
        controls.one(view.state, "against", t("view_changes.against"), list(others), titles.get, at="main", value=chosen)
    if figure is not None:
        st.plotly_chart(figure, key="changes", config=figures.CONFIG, alt=described)
    if content:
        st.html(content)
        controls.pages(view.state, differ, ROWS)
    toolbar(
        view,
        Item("changes", {"old": old["plan_id"], "new": new["plan_id"]}),
        t("view_changes.file", place=view.place(plan["place"])),
        "changes",
    )
    footer(view, [old["title"], new["title"]], [t("view_changes.note")], shown, total, unit="statements")


def composed(view: View, old: Mapping, new: Mapping) -> tuple[str, int, int, int, Drawing | None, str, str]:
    """The heading, how many statements there are, changed and stand on this page, the chart and the same in words, the table as HTML."""
    t, rows = view.t, passages.changes(old["plan_id"], new["plan_id"])
    counts = rows["change"].value_counts()
    told = [t(f"view_changes.{name}", n=int(counts[name])) for name in CHANGES if name in counts]
    title = t("view_changes.title", changes=t.join(told) or t("view_changes.nothing"))
    lines = slopes(view, rows)
    heads = tuple(f"{statements.whole(one['horizon_end'])} {view.word('status', one['status'])}".strip() for one in (old, new))
    alt = t("list.semicolon").join(f"{one.name} {one.left_label} → {one.right_label}" for one in lines)
    described = t("compare.alt", title=t("view_changes.slope"), rows=alt)
    changed = rows[rows["change"] != "kept"]
    shown, figure = controls.on_page(view.state, changed, ROWS), Drawing(slope(lines, heads)) if lines else None
    return title, len(rows), len(changed), len(shown), figure, described, table(view, shown, heads)


def begin(view: View, plan: Mapping) -> None:
    """Have the other plan read while something else is done."""
    if others := other_plans(view, plan):
        passages.begin_statements(against(view, others, plan))


def against(view: View, others: Mapping[str, Mapping], plan: Mapping) -> str:
    """The plan to hold this one against."""
    return view.state.against if view.state.against in others else nearest(others, plan)


def other_plans(view: View, plan: Mapping) -> dict[str, Mapping]:
    """The other plans of the place by id."""
    return view.data.once(("other plans", plan["plan_id"]), lambda: found_beside(view, plan))


def found_beside(view: View, plan: Mapping) -> dict[str, Mapping]:
    """The same, looked for."""
    plans = view.data.plans
    rows = as_dicts(plans[(plans["place"] == plan["place"]) & (plans["plan_id"] != plan["plan_id"])])
    return {row["plan_id"]: row for row in rows}


def order(plan: Mapping) -> tuple:
    """By horizon, then date of issue; what is not known comes first."""
    return (
        -1 if pd.isna(plan["horizon_end"]) else int(plan["horizon_end"]),
        "" if pd.isna(plan["issued"]) else str(plan["issued"]),
        plan["plan_id"],
    )


def before(one: Mapping, other: Mapping) -> bool:
    """Whether a plan is the earlier."""
    return order(one) < order(other)


def nearest(others: Mapping[str, Mapping], plan: Mapping) -> str:
    """The plan before this one, the one behind where there is none before."""
    ranked = sorted(others.values(), key=order)
    earlier = [one for one in ranked if before(one, plan)]
    return (earlier[-1] if earlier else ranked[0])["plan_id"]


def slopes(view: View, rows: pd.DataFrame) -> list[Slope]:
    """What both plans set in per cent under one definition, the greatest changes first."""
    both = rows[rows["change"].isin(["raised", "lowered", "kept", "renamed"]) & (rows["old_unit"] == "%") & (rows["new_unit"] == "%")]
    both = both.assign(old=both["old_exact"].astype(float), new=both["new_exact"].astype(float))
    both = both.assign(step=(both["new"] - both["old"]).abs()).sort_values("step", ascending=False, kind="stable").head(LINES)
    return [
        Slope(
            row["new_id"],
            name(view, row),
            row["old"],
            row["new"],
            side(view, row, "old"),
            side(view, row, "new"),
            figures.wrap(row[f"sentence_{view.lang}"], 40),
            COLOURS.get(row["change"], QUIET),
            "solid" if row["change"] in COLOURS else "dot",
        )
        for row in as_dicts(both)
    ]


def name(view: View, row: Mapping) -> str:
    """The metric, else the indicator as the plan has it."""
    return view.data.metric(row["metric_id"], view.lang) if isinstance(row["metric_id"], str) else row["new_indicator"]


def side(view: View, row: Mapping, which: str) -> str:
    """The number of one plan."""
    return amount(row[f"{which}_comparator"], row[f"{which}_exact"], None, row[f"{which}_unit"], view.lang)


def table(view: View, shown: pd.DataFrame, heads: tuple[str, str]) -> str:
    """Changes as HTML; each number opens its sentence. "" where there is none."""
    t = view.t
    wanted = tuple(sorted({*shown["old_id"].dropna(), *shown["new_id"].dropna()}))
    known = passages.records(wanted)
    cells = [
        [
            html.chinese(str(row["new_indicator"] if isinstance(row["new_indicator"], str) else row["old_indicator"])),
            *(opened(view, known.get(row[f"{which}_id"]), f"c{which[0]}{at}") for which in ("old", "new")),
            html.el("span", f"{SIGNS[row['change']]} {html.esc(t.of('change', row['change']))}", "white-space:nowrap"),
            html.soft(row[f"sentence_{view.lang}"]),
        ]
        for at, row in enumerate(as_dicts(shown))
    ]
    names = [t("column.indicator"), *heads, t("column.change"), t("column.message")]
    return html.table(names, cells, numeric=(1, 2), caption=t("view_changes.table"), wrap=True) if cells else ""


def opened(view: View, row: Mapping | None, prefix: str) -> str:
    """A number that opens its sentence, or that the plan does not have it."""
    return html.soft(view.t("missing.absent")) if row is None else evidence.number(view, row, prefix=prefix)
