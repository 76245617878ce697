"""The parts of Data and methods: what was read, how a statement is chosen and compared, metrics, downloads."""

from __future__ import annotations

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from analytics import messages as words
from analytics import registry
from analytics.choice import choice_rules
from pages.ui import data, html, small, statements
from pages.ui.frame import View, footer, head
from pages.ui.state import link

PAGE = 40


def heading(view: View) -> None:
    """What the data are and where they come from."""
    plans = view.data.plans
    total = int(plans[["targets", "baselines", "commitments"]].to_numpy().sum())
    head(view.t("view_methods.title", plans=len(plans), statements=f"{total:,}"), view.t("view_methods.subtitle"))


def build(view: View) -> None:
    """The version, and what the checks let pass."""
    t = view.t
    issues = data.issues()
    counts = issues["severity"].value_counts()
    figures = [
        (view.data.build_id[:12], t("view_methods.version")),
        (str(len(view.data.metrics)), t("view_methods.metrics")),
        (str(int(counts.get("warning", 0))), t("view_methods.warnings")),
        (str(int(counts.get("error", 0))), t("view_methods.errors")),
    ]
    st.html(html.stats(figures))
    if not issues.empty:
        with st.expander(t("view_methods.issues", n=len(issues))):
            cells = [
                [html.esc(row["plan_id"]), f"<code>{html.esc(row['code'])}</code>", html.esc(row["severity"]), html.esc(row["message"])]
                for row in issues.head(200).to_dict("records")
            ]
            st.html(
                html.table(
                    [t(f"column.{name}") for name in ("plan", "code", "severity", "message")],
                    cells,
                    caption=t("view_methods.issues", n=len(issues)),
                )
            )


def plans(view: View) -> None:
    """The documents, each with its checksum and a way to its text."""
    t, state = view.t, view.state
    st.subheader(t("view_methods.plans"), anchor=False)
    found = view.data.plans
    found = found[found["place"].isin(view.places())].iloc[(state.page - 1) * PAGE : state.page * PAGE]
    cells = []
    for row in found.to_dict("records"):
        address = "sources?" + urlencode(link(state, plan=row["plan_id"], place=(), q=""), doseq=True)
        people = (
            f"{int(row['population']):,} ({statements.whole(row['population_year'])})"
            if pd.notna(row["population"])
            else t("missing.absent")
        )
        cells.append(
            [
                html.dot(view.data.colours[row["place"]]) + html.esc(view.place(row["place"])),
                html.link(address, row["title"]),
                html.esc(view.word("status", row["status"])),
                html.esc(f"{statements.whole(row['horizon_start'])}—{statements.whole(row['horizon_end'])}"),
                str(row["targets"]),
                html.esc(people),
                f"{html.esc(row['sha256'][:12])}",
            ]
        )
    st.html(
        html.table(
            [t(f"column.{name}") for name in ("place", "plan", "status", "years", "targets", "population", "checksum")],
            cells,
            numeric=(4, 5),
            caption=t("view_methods.plans"),
        )
    )
    footer(view, sorted(set(found["population_source"].dropna())), [], len(found), len(view.data.plans), unit="plans")


def choice(view: View) -> None:
    """How one statement comes to stand for its place."""
    t = view.t
    st.subheader(t("view_methods.choice"), anchor=False)
    st.html(
        f'<p>{html.esc(t("view_methods.choice_text"))}</p><ol style="margin:.2rem 0;padding-left:1.4rem;line-height:1.7">'
        + "".join(f"<li>{html.esc(rule)}</li>" for rule in choice_rules(view.lang))
        + "</ol>"
    )
    st.subheader(t("view_methods.verdicts"), anchor=False)
    st.html(
        '<ul style="margin:.2rem 0;padding-left:1.4rem;line-height:1.7">'
        + "".join(
            f"<li><strong>{html.esc(t('verdict.' + code))}</strong> {html.esc(t('verdict_text.' + code))}</li>"
            for code in ("comparable", "conditional", "incomparable")
        )
        + "</ul>"
    )


def glossary(view: View) -> None:
    """Every metric with definition, unit and direction, from the registry."""
    t, known = view.t, registry.load().metrics
    found = small.fitting(view)
    st.subheader(t("view_methods.glossary", n=len(found)), anchor=False)
    cells = []
    for metric_id in found["metric_id"].head(200):
        metric = known[metric_id]
        address = "compare?" + urlencode(link(view.state, metric=metric_id), doseq=True)
        cells.append(
            [
                html.link(address, view.data.metric(metric_id, view.lang)),
                html.esc(t.of("domain_short", metric.domain)),
                html.esc(metric.definition if view.lang == "zh" else metric.definition_en),
                html.esc(words.unit_of(metric.unit, view.lang).strip()),
                html.esc(t("better." + metric.better)),
            ]
        )
    st.html(
        html.table(
            [t(f"column.{name}") for name in ("metric", "domain", "definition", "unit", "better")],
            cells,
            caption=t("view_methods.glossary", n=len(found)),
            wrap=True,
        )
    )


def downloads(view: View) -> None:
    """All statements and plans as CSV."""
    t = view.t
    st.subheader(t("view_methods.downloads"), anchor=False)
    with st.container(horizontal=True):
        for name in ("statements", "plans", "findings", "cascade"):
            st.download_button(
                t(f"download.{name}"),
                lambda name=name: data.table_csv(name),
                file_name=f"citytargets-{name}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                key=f"download_{name}",
            )
    st.html(html.small(html.esc(t("view_methods.licence"))))
