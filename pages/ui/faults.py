"""What analytics refuses, in the language of the page; the technical text, which is English and for whoever mends it, is folded away."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st

from analytics.export.common import BadSpec
from analytics.store import ROOT, AnalyticsError
from pages.ui import data, html
from pages.ui.text import LANGUAGES, Messages, messages, plain

UNFORESEEN = ":material/bug_report:"


def told(t: Messages, error: AnalyticsError) -> str:
    """An error in a sentence, for where Markdown is read: which entry of a briefing is wrong and how to mend it, else that of its class or
    of the nearest class above."""
    if isinstance(error, BadSpec) and error.code:
        return plain(t(f"spec.{error.code}", **{**error.fields, "where": place_in(t, error.fields["item"])}))
    name = next(each.__name__ for each in type(error).__mro__ if f"fault.{each.__name__}" in t.table)
    return plain(t(f"fault.{name}", file=file_name(data.store().path)))


def unforeseen(error: Exception) -> bool:
    """What a page shows where something failed that nothing provides for: that it failed, what kind of failure, what to do. The server has
    written it to its log by then. Returns True: the framework then shows nothing of its own."""
    asked = st.query_params.get("lang")
    t = messages(asked if asked in LANGUAGES else "zh")
    st.error(t("fault.unforeseen", kind=plain(type(error).__name__)), icon=UNFORESEEN)
    st.html(html.link(f"?lang={t.lang}", t("fault.without_filters")))
    return True


def place_in(t: Messages, item: int) -> str:
    """Which part of a briefing: an item by its number, 0 the briefing itself."""
    return t("spec.item", n=item) if item else t("spec.whole")


def details(t: Messages, error: Exception) -> str:
    """The technical text as HTML, folded."""
    path = data.store().path
    text = f"{type(error).__name__}: {error}".replace(str(path), file_name(path)).replace(f"{ROOT}{os.sep}", "")
    head = html.el("summary", html.esc(t("fault.details")), "cursor:pointer")
    return html.el("details", head + html.el("code", html.esc(text), "overflow-wrap:anywhere"), f"font-size:.86rem;{html.SOFT}")


def file_name(path: Path) -> str:
    """A file as the reader of a page may know it: from the folder of the project on; one elsewhere by its name alone."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
