"""Read-only SQL on Data and methods: a query in the address, its rows as a table and as CSV, the tables that it may name beside it."""

from __future__ import annotations

import streamlit as st

from analytics import sql
from pages.ui import controls, data, html
from pages.ui.frame import View
from pages.ui.kept import kept
from pages.ui.state import SQL_LIMIT
from pages.ui.steps import patiently

KEY = "main_sql"
SHOWN = 100
CLIP = 160
FRAME = "max-height:34rem;overflow:auto"
FACE = f"<style>.st-key-{KEY} textarea {{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.9rem}}</style>"
CODE = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.86rem"


@kept(2)
def _tables(path: str, build_id: str, lang: str) -> list[sql.Table]:
    return sql.tables(data.open_store(path), lang)


@kept(16)
def _answer(path: str, build_id: str, text: str) -> sql.Answer | sql.SqlError:
    """What a query brings, a refusal too, so that a rerun does not ask again; only what was refused for want of room is not kept."""
    try:
        return sql.run(data.open_store(path), text)
    except sql.SqlError as error:
        if error.code == "busy":
            raise
        return error


def answer(text: str) -> sql.Answer | sql.SqlError:
    """The answer to a query for the build at hand."""
    try:
        return _answer(*data.key(), text)
    except sql.SqlError as error:
        return error


def show(view: View) -> None:
    """What may be asked, the query with examples, the tables beside it, the answer below."""
    t = view.t
    st.header(t("view_methods.sql_title"), anchor="sql")
    st.write(t("view_methods.sql_text", rows=f"{sql.LIMITS.rows:,}", seconds=f"{sql.LIMITS.seconds:g}"))
    asking, listing = st.columns([3, 2], gap="large")
    with asking:
        examples(view)
        form(view)
    with listing:
        st.html(tables(view))
    if view.state.sql:
        with st.spinner(t("view_methods.sql_running")):
            found = patiently(lambda: answer(view.state.sql))
        if isinstance(found, sql.SqlError):
            refused(view, found)
        else:
            result(view, found)


def examples(view: View) -> None:
    """Queries to begin with, each a button that puts it into the address."""
    st.html(html.small(html.esc(view.t("view_methods.sql_examples"))))
    with st.container(horizontal=True, gap="small"):
        for name, text in sql.EXAMPLES.items():
            st.button(
                view.t(f"view_methods.sql_example.{name}"),
                key=f"sql_example_{name}",
                on_click=controls.put,
                args=(view.lang, {"sql": text}),
            )


def form(view: View) -> None:
    """The query as it stands in the address; it is run when the button is pressed, or with the keys that send a form."""
    t, state = view.t, view.state
    controls.mirror(KEY, state.sql)
    st.html(FACE)
    with st.form("sql", border=False):
        st.text_area(t("view_methods.sql_label"), key=KEY, max_chars=SQL_LIMIT, height=220, placeholder="SELECT …")
        st.form_submit_button(
            t("view_methods.sql_run"),
            on_click=controls.change,
            args=("sql", KEY, state.lang, "", ()),
            icon=":material/play_arrow:",
        )


def tables(view: View) -> str:
    """Every table, folded, with its columns, their types and meanings."""
    return view.data.once(("tables", view.lang, bool(view.state.sql)), lambda: folded(view))


def folded(view: View) -> str:
    """The same, composed."""
    t, found = view.t, _tables(*data.key(), view.lang)
    body = "".join(one_table(table, at == 0 and not view.state.sql) for at, table in enumerate(found))
    return html.small(html.esc(t("view_methods.sql_tables"))) + html.el(
        "div", body, "max-height:24rem;overflow:auto", role="region", aria_label=t("view_methods.sql_tables"), tabindex="0"
    )


def one_table(table: sql.Table, opened: bool) -> str:
    """A table as a native fold: it opens without a round trip."""
    name = html.el("code", html.esc(table.name), f"{CODE};font-weight:600")
    head = html.el("summary", f"{name} {html.soft(table.comment)}", "cursor:pointer;padding:.35rem 0;line-height:1.5")
    columns = "".join(
        html.el("dt", html.el("code", html.esc(one.name), CODE) + " " + html.soft(one.kind.lower()))
        + html.el("dd", html.esc(one.comment), "margin:0 0 .45rem 0;padding:0;font-size:.86rem;line-height:1.5")
        for one in table.columns
    )
    return html.el("details", head + html.el("dl", columns, "margin:.2rem 0 .8rem 1.1rem;padding:0"), **({"open": ""} if opened else {}))


def refused(view: View, error: sql.SqlError) -> None:
    """Why there is no answer, and DuckDB's own words where they help."""
    st.warning(view.t(f"view_methods.sql_error.{error.code}"), icon=":material/block:")
    if error.code in ("wrong", "files") and error.detail:
        style = f"{CODE};white-space:pre-wrap;overflow-wrap:anywhere;margin:0;line-height:1.5"
        st.html(html.el("pre", html.esc(error.detail), style, tabindex="0"))


def result(view: View, found: sql.Answer) -> None:
    """How much there is, the first rows, all of them as CSV."""
    t = view.t
    shape = {"rows": f"{len(found.rows):,}", "columns": len(found.columns), "seconds": f"{max(found.seconds, 0.01):.2f}"}
    summary = t("view_methods.sql_more" if found.more else "view_methods.sql_rows", **shape)
    if len(found.rows) > SHOWN:
        summary += " " + t("view_methods.sql_first", n=SHOWN, rows=shape["rows"])
    st.html(html.el("div", html.esc(summary), "font-weight:600", role="status"))
    if not found.rows:
        st.write(t("view_methods.sql_none"))
        return
    st.html(html.el("div", table(view, found), FRAME))
    st.download_button(
        t("view_methods.sql_csv"),
        lambda: sql.to_csv(found),
        file_name=f"citytargets-sql-{found.build_id[:12]}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="sql_csv",
    )


def table(view: View, found: sql.Answer) -> str:
    """The first rows as a table; a long cell is cut, the CSV has it whole."""
    empty = html.soft(view.t("view_methods.sql_null"))
    rows = [[empty if cell is None else html.esc(clipped(cell)) for cell in row] for row in found.rows[:SHOWN]]
    return html.table(
        [name for name, _ in found.columns], rows, numeric=found.numeric, caption=view.t("view_methods.sql_result"), wrap=True
    )


def clipped(cell: object) -> str:
    """A value as the table shows it."""
    text = f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= CLIP else text[:CLIP] + "…"
