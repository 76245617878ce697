"""The parts of the Sources page: the plan's own text with every statement marked, and a map of all its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.frames import as_dicts
from pages.ui import controls, evidence, exports, figures, html, markup, numbers, passages
from pages.ui.drawing import Drawing
from pages.ui.frame import View, apart, footer, head
from pages.ui.state import KINDS, State
from pages.ui.toolbar import toolbar

PAGE = 40_000
MANY = 4_000


def rows(view: View, plan: Mapping) -> pd.DataFrame:
    """The statements of the plan under the filters of domain and kind."""
    return view.once("source rows", lambda: filtered(view, plan))


def filtered(view: View, plan: Mapping) -> pd.DataFrame:
    """The same, looked for."""
    found, state = passages.statements(plan["plan_id"]), view.state
    if state.domain:
        found = found[found["domain"] == state.domain]
    return found[found["kind"].isin(state.kind)] if state.kind else found


def anchor(view: View, plan: Mapping, found: pd.DataFrame) -> markup.Span | None:
    """The place that the address names: by the id of the statement, else by its words, else nowhere, which is said."""
    state, t = view.state, view.t
    if not state.indicator and not state.quote:
        return None
    known = passages.statements(plan["plan_id"])
    exact = known[known["indicator_id"] == state.indicator]
    if len(exact) and (not state.quote or " ".join(exact["quote"].iloc[0].split()).startswith(state.quote)):
        return markup.Span(int(exact["start"].iloc[0]), int(exact["end"].iloc[0]))
    span = markup.find(passages.body(plan["plan_id"]).text, state.quote)
    if span is None:
        st.warning(t("notice.statement_gone"), icon=":material/link_off:")
    else:
        st.info(t("notice.statement_moved"), icon=":material/moved_location:")
    return span


def heading(view: View, plan: Mapping, found: pd.DataFrame) -> None:
    """The title of the document, and how much of it is marked."""
    t = view.t
    parts = [
        plan["issuer"],
        plan["document_number"],
        str(plan["issued"])[:10] if pd.notna(plan["issued"]) else None,
        view.word("status", plan["status"]),
        t("view_sources.size", characters=f"{int(plan['characters']):,}"),
        f"SHA-256 {plan['sha256'][:12]}",
    ]
    head(
        t("view_sources.title", title=plan["title"], n=len(found)),
        t("list.dot").join(part for part in parts if isinstance(part, str) and part),
    )
    if isinstance(plan["note"], str) and plan["note"]:
        st.html(html.small(html.chinese(plan["note"])))


def minimap(view: View, plan: Mapping) -> None:
    """Every number of the text by place and class, and the rules that decided."""
    t, audit = view.t, passages.numbers(plan["plan_id"])
    if audit.empty:
        return
    title, figure, table, shown = view.data.once(("minimap", view.lang, plan["plan_id"]), lambda: mapped(view, plan, audit))
    with st.expander(title):
        apart(view, "minimap", "domain", "kind", "q")
        st.plotly_chart(figure, key="minimap", config=figures.CONFIG, alt=title)
        st.html(table)
        footer(view, [plan["title"]], [t("view_sources.minimap_note")], shown, len(audit), unit="numbers")


def mapped(view: View, plan: Mapping, audit: pd.DataFrame) -> tuple[str, Drawing, str, int]:
    """The same: title, chart, the rules with their counts as HTML, and how many numbers are drawn."""
    t, text = view.t, passages.body(plan["plan_id"]).text
    classes = list(audit["class"].value_counts().index)
    shown = audit if len(audit) <= MANY else audit.iloc[:: len(audit) // MANY + 1]
    rank = {name: len(classes) - 1 - at for at, name in enumerate(classes)}
    hover = [
        figures.wrap(f"{row.text} · {t.of('rule', row.rule)} · …{text[max(0, row.start - 14) : row.end + 14]}…")
        for row in shown.itertuples()
    ]
    figure = figures.strip(
        [int(start) for start in shown["start"]],
        [rank[name] for name in shown["class"]],
        hover,
        [t.of("number_class", name) for name in reversed(classes)],
        len(text),
        taken=rank.get("indicator"),
    )
    return t("view_sources.minimap", n=len(audit), classes=len(classes)), Drawing(figure), rules(view, audit), len(shown)


def rules(view: View, audit: pd.DataFrame) -> str:
    """Class and rule with their counts and an example, as HTML."""
    t, groups = view.t, audit.groupby(["class", "rule"])
    counts = groups.agg(n=("text", "size"), example=("text", "first")).reset_index().sort_values("n", ascending=False)
    cells = [
        [html.esc(t.of("number_class", row["class"])), evidence.rule(view, row["rule"]), str(row["n"]), html.esc(row["example"])]
        for row in as_dicts(counts)
    ]
    heads = [t(f"column.{name}") for name in ("class", "rule", "count", "example")]
    return html.table(heads, cells, numeric=(2,), caption=t("view_sources.classes"))


def text(view: View, plan: Mapping, found: pd.DataFrame, target: markup.Span | None) -> None:
    """The text itself, a part at a time when it is long; scrolled to the target."""
    t, body = view.t, passages.body(plan["plan_id"])
    hits = view.data.once(("hits", plan["plan_id"], view.state.q), lambda: markup.hits(body.text, view.state.q))
    part = part_of(view, body.text, target or (hits[0] if hits and view.state.page == 1 else None))
    st.html(legend(view, hits))
    controls.pages(view.state, len(body.text), PAGE, part + 1)
    st.html(view.once("marked text", lambda: marked(view, body.text, found, part, hits, target), plan["plan_id"], part, target))
    controls.pages(view.state, len(body.text), PAGE, part + 1, "below")
    state = replace(view.state, place=())
    item = exports.item(
        "statements", state, plan=plan["plan_id"], domain=state.domain, kinds=list(state.kind), words=state.q if len(hits) else ""
    )
    toolbar(view, item, plan["title"], "sources")
    every = passages.statements(plan["plan_id"])
    footer(view, [plan["title"]], [t("view_sources.note")], len(found), len(every), unit="statements")
    if target is not None or hits:
        scroll("cited-place" if target is not None else "found-place", view.state)


def marked(view: View, whole: str, found: pd.DataFrame, part: int, hits: list[markup.Span], target: markup.Span | None) -> str:
    """A part of the text as HTML with its marks."""
    t, span = view.t, markup.Span(part * PAGE, min(len(whole), (part + 1) * PAGE))
    statements = [
        markup.Statement(
            int(row["start"]),
            int(row["end"]),
            int(row["value_start"]),
            int(row["value_end"]),
            row["indicator_id"],
            row["kind"],
            f"{view.word('kind', row['kind'])} · {t.of('domain', row['domain'])} · {row['indicator']} {numbers.amount(row, t)}",
        )
        for row in as_dicts(found)
    ]
    content = markup.render(whole, span, statements, hits, target)
    return html.el("div", content, "font-size:1rem;line-height:1.9;max-width:52rem;overflow-wrap:anywhere", lang="zh-CN")


def part_of(view: View, whole: str, target: markup.Span | None) -> int:
    """Which part of the text to show, from 0."""
    last = max(0, (len(whole) - 1) // PAGE)
    return min(last, target.start // PAGE if target is not None and view.state.page == 1 else view.state.page - 1)


def legend(view: View, hits: list[markup.Span]) -> str:
    """What the marks mean, and how often the search words stand in the text."""
    signs = "".join(
        f'<span style="{markup.style(kind)};padding:.05rem .4rem;margin-right:.6rem">{html.esc(view.word("kind", kind))}</span>'
        for kind in KINDS
    )
    found = f" {html.esc(view.t('view_sources.hits', n=len(hits), words=view.state.q))}" if view.state.q else ""
    return f'<p style="margin:.2rem 0;font-size:.9rem">{signs}{found}</p>'


def scroll(identity: str, state: State) -> None:
    """Bring the marked place into view, once the text is there. The address is part of the script, so a new one scrolls again."""
    key = json.dumps([state.plan, state.indicator, state.q]).replace("<", "\\u003c")
    st.html(
        f"""<script>(() => {{ const key = {key}; let tries = 0;
        const look = () => {{ const mark = document.getElementById("{identity}");
            if (mark) mark.scrollIntoView({{block: "center"}}); else if (tries++ < 40) setTimeout(look, 50); }}; look(); }})()</script>""",
        unsafe_allow_javascript=True,
    )
