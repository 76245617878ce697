"""The parts of Data and methods: what the build holds and what was checked, how a statement is chosen and compared, metrics, downloads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from analytics import messages as words
from analytics import registry
from analytics.choice import choice_rules
from analytics.frames import as_dicts
from analytics.store import ENGINE
from pages.ui import controls, data, html, passages, small, statements
from pages.ui.accuracy_view import period
from pages.ui.frame import View, apart, footer, head
from pages.ui.kept import kept
from pages.ui.state import FILTERS, TEXT_LIMIT
from pages.ui.state import address as to

PAGE = 40
WIDTHS = (26, 50, 10, 14)  # of the columns of the glossary, in per cent
# The date inside the archive: it must not differ because it was made on another day.
EPOCH = (1980, 1, 1, 0, 0, 0)


def heading(view: View) -> None:
    """What the data are and where they come from."""
    made = passages.build()
    title = view.t("view_methods.title", plans=f"{int(made['plans']):,}", statements=f"{int(made['indicators']):,}")
    head(title, view.t("view_methods.subtitle"))
    apart(view, "methods", *FILTERS)
    contents(view)


def contents(view: View) -> None:
    """Links to the parts of the page."""
    t = view.t
    parts = {
        "accuracy": t("view_methods.accuracy"),
        "record": t("view_methods.record"),
        "plans": t("view_methods.checks"),
        "downloads": t("view_methods.downloads"),
        "sql": t("view_methods.sql"),
        "rules": t("view_methods.choice"),
        "verdicts": t("view_methods.verdicts"),
        "glossary": t("view_methods.glossary", n=len(small.fitting(view))),
    }
    links = "".join(html.el("a", html.esc(name), html.LINK, href=f"#{at}") for at, name in parts.items())
    style = "display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.95rem"
    st.html(html.el("nav", links, style, aria_label=t("view_methods.contents")))


def record(view: View) -> None:
    """What this build is, in figures, each with what it means."""
    t = view.t
    st.header(t("view_methods.record"), anchor="record")
    st.write(t("view_methods.record_text"))
    st.html(view.data.once(("record", view.lang), lambda: record_items(view)))
    issues(view)


def record_items(view: View) -> str:
    """The same as HTML."""
    t, found = view.t, built(view)
    items = "".join(
        item(t(f"view_methods.item.{name}"), figure, t(f"view_methods.item_text.{name}", **fields))
        for name, (figure, fields) in found.items()
    )
    grid = "display:grid;grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr));gap:1.3rem 2rem;margin:.4rem 0"
    return html.el("div", items, grid, role="list", aria_label=t("view_methods.record"))


def item(name: str, figure: str, meaning: str) -> str:
    """A figure under its name, and in a line what it means."""
    shown = html.el("div", html.esc(figure), "font-size:1.15rem;font-weight:600;line-height:1.4;overflow-wrap:anywhere")
    return html.el("div", html.soft(name) + shown + html.small(html.esc(meaning)), role="listitem")


def built(view: View) -> dict[str, tuple[str, dict]]:
    """Item -> its figure, and the fields of its explanation."""
    made, severity = passages.build(), passages.issues()["severity"].value_counts()
    written = datetime.fromtimestamp(data.store().path.stat().st_mtime, tz=UTC)
    counts = {name: f"{int(made[name]):,}" for name in ("plans", "indicators", "numbers")}
    found: dict[str, tuple[str, dict]] = {
        "version": (made["build_id"], {}),
        "published": (f"{written:%Y-%m-%d %H:%M} UTC", {}),
        "rules": (made["rules_sha256"][:12], {}),
        "software": (f"{ENGINE}, pandas {pd.__version__}, Streamlit {st.__version__}", {}),
        "plans": (counts["plans"], {}),
        "statements": (counts["indicators"], {}),
        "numbers": (counts["numbers"], {}),
        "metrics": (f"{len(view.data.metrics):,}", {"n": f"{len(registry.load().metrics):,}"}),
    }
    names = {"errors": "error", "warnings": "warning", "notes": "info"}
    return found | {name: (f"{int(severity.get(code, 0)):,}", {}) for name, code in names.items()}


def issues(view: View) -> None:
    """What the checks let pass, folded away."""
    t, found = view.t, passages.issues()
    if found.empty:
        return
    title = t("view_methods.issues", n=len(found))
    with st.expander(title):
        st.html(view.data.once(("issues", view.lang), lambda: issue_table(view, found, title)))


def issue_table(view: View, found: pd.DataFrame, title: str) -> str:
    """The first of them as HTML."""
    cells = [
        [html.esc(row["plan_id"]), f"<code>{html.esc(row['code'])}</code>", html.esc(row["severity"]), html.esc(row["message"])]
        for row in as_dicts(found.head(200))
    ]
    return html.table([view.t(f"column.{name}") for name in ("plan", "code", "severity", "message")], cells, caption=title)


def checks(view: View) -> None:
    """The documents, each with a way to its text, what it holds, what was checked, and its checksum."""
    t = view.t
    st.header(t("view_methods.checks"), anchor="plans")
    st.write(t("view_methods.checks_text"))
    content, total, shown, sources = view.once("checks", lambda: check_table(view))
    st.html(content)
    controls.pages(view.state, total, PAGE)
    footer(view, sources, [], shown, len(view.data.plans), unit="plans")


def check_table(view: View) -> tuple[str, int, int, tuple[str, ...]]:
    """The documents of one page as HTML, how many there are, how many are shown, and where their populations are from."""
    t, found = view.t, view.plans()
    shown = controls.on_page(view.state, found, PAGE)
    known = passages.checks(tuple(shown["plan_id"]))
    cells = [plan_row(view, row, known[row["plan_id"]]) for row in as_dicts(shown)]
    heads = [
        *(t(f"column.{name}") for name in ("plan", "years", "population")),
        *(t(f"view_methods.column.{name}") for name in ("verbatim", "numbers", "taken", "warnings")),
        t("column.checksum"),
    ]
    content = html.table(heads, cells, numeric=(2, 3, 4, 5, 6), caption=t("view_methods.plans"), wrap=True)
    return content, len(found), len(shown), tuple(sorted(set(shown["population_source"].dropna())))


def plan_row(view: View, row: Mapping, known: Mapping) -> list[str]:
    """One plan as cells."""
    address = to("sources", view.state, plan=row["plan_id"], place=(), q="")
    people = (
        two_lines(f"{int(row['population']):,}", statements.whole(row["population_year"]))
        if pd.notna(row["population"])
        else html.soft(view.t("missing.absent"))
    )
    title = html.el("div", html.link(address, row["title"]), "font-weight:400;min-width:13rem;line-height:1.5", lang="zh-CN")
    return [
        view.dotted(row["place"]) + title,
        two_lines(period(row), view.word("status", row["status"])),
        people,
        html.esc(view.t("view_methods.checks_of", n=f"{known['verbatim']:,}", total=f"{known['statements']:,}")),
        f"{known['numbers']:,}",
        f"{known['taken']:,}",
        f"{known['warnings']:,}",
        html.el("code", html.esc(row["sha256"][:12])),
    ]


def two_lines(first: str, second: str) -> str:
    """A figure, and under it what belongs to it."""
    return html.el("span", html.esc(first), "white-space:nowrap") + "<br>" + html.soft(second)


def choice(view: View) -> None:
    """How one statement comes to stand for its place."""
    t = view.t
    st.header(t("view_methods.choice"), anchor="rules")
    st.html(
        f'<p>{html.esc(t("view_methods.choice_text"))}</p><ol style="margin:.2rem 0;padding-left:1.4rem;line-height:1.7">'
        + "".join(f"<li>{html.esc(rule)}</li>" for rule in choice_rules(view.lang))
        + "</ol>"
    )
    st.header(t("view_methods.verdicts"), anchor="verdicts")
    st.html(
        '<ul style="margin:.2rem 0;padding-left:1.4rem;line-height:1.7">'
        + "".join(
            f"<li><strong>{html.esc(t('verdict.' + code))}</strong> {html.esc(t('verdict_text.' + code))}</li>"
            for code in ("comparable", "conditional", "incomparable")
        )
        + "</ul>"
    )


def glossary(view: View) -> None:
    """Every metric with definition, unit and direction, from the registry: folded by domain, open where something is looked for."""
    found, t = small.fitting(view), view.t
    st.header(t("view_methods.glossary", n=len(found)), anchor="glossary")
    controls.text(view.state, "q", t("filter.search"), t("filter.search_hint"), TEXT_LIMIT, at="main")
    if found.empty:
        st.info(t("compare.no_metric"), icon=":material/filter_alt_off:")
        return
    st.html(view.once("glossary", lambda: folded(view, found)))


def folded(view: View, found: pd.DataFrame) -> str:
    """The metrics by domain as native folds, as HTML."""
    t, groups = view.t, dict(iter(found.groupby("domain", sort=False)))
    opened = {"open": ""} if view.state.q or view.state.domain else {}
    parts = []
    for domain in (one for one in view.data.known.domains if one in groups):
        name = t.of("domain", domain)
        summary = f"{html.el('strong', html.esc(name))} {html.soft(str(len(groups[domain])))}"
        head = html.el("summary", summary, "cursor:pointer;padding:.45rem 0;line-height:1.5")
        parts.append(html.el("details", head + metric_table(view, groups[domain], name), f"border-bottom:{html.LINE}", **opened))
    return "".join(parts)


def metric_table(view: View, found: pd.DataFrame, caption: str) -> str:
    """Metrics as a table."""
    t, known = view.t, registry.load().metrics
    cells = []
    for metric_id in found["metric_id"]:
        metric = known[metric_id]
        cells.append(
            [
                html.link(to("compare", view.state, metric=metric_id), view.data.metric(metric_id, view.lang)),
                html.esc(metric.definition if view.lang == "zh" else metric.definition_en),
                html.esc(words.unit_of(metric.unit, view.lang).strip()),
                html.esc(t("better." + metric.better)),
            ]
        )
    heads = [t(f"column.{name}") for name in ("metric", "definition", "unit", "better")]
    return html.table(heads, cells, caption=caption, wrap=True, widths=WIDTHS)


def downloads(view: View) -> None:
    """All that is here as one data package, and the tables that are asked for most as CSV; each is made when its button is pressed."""
    t = view.t
    st.header(t("view_methods.downloads"), anchor="downloads")
    with st.container(horizontal=True):
        save(t("view_methods.package"), package, f"citytargets-{view.data.build_id[:12]}.zip", "application/zip")
        for name in ("statements", "plans", "findings", "cascade"):
            save(t(f"download.{name}"), lambda name=name: passages.table_csv(name), f"citytargets-{name}.csv", "text/csv")
    st.html(html.small(html.esc(t("view_methods.package_text"))) + html.small(html.esc(t("view_methods.licence"))))


def save(label: str, content: Callable[[], bytes], file_name: str, mime: str) -> None:
    """A button that saves a file; while the file is being made the button turns and cannot be pressed again."""
    st.download_button(
        label,
        content,
        file_name=file_name,
        mime=mime,
        on_click="ignore",
        icon=":material/folder_zip:" if mime == "application/zip" else ":material/download:",
        key=f"download_{file_name}",
    )


def package() -> bytes:
    """The data package of the build at hand as one zip archive, the same byte for byte for the same build."""
    return _package(*data.key())


@kept(1)
def _package(path: str, build_id: str) -> bytes:
    from analytics import export  # the libraries of the exports take a second to load

    target = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(export.package(data.open_store(path), Path(folder))):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    return target.getvalue()
