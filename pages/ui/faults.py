"""What analytics refuses, in the language of the page; the technical text, which is English and for whoever mends it, is folded away."""

from __future__ import annotations

import os
from pathlib import Path

from analytics.store import ROOT, AnalyticsError
from pages.ui import data, html
from pages.ui.text import Messages


def told(t: Messages, error: AnalyticsError) -> str:
    """An error in a sentence: that of its class, else of the nearest class above."""
    name = next(each.__name__ for each in type(error).__mro__ if f"fault.{each.__name__}" in t.table)
    return t(f"fault.{name}", file=file_name(data.store().path))


def details(t: Messages, error: Exception) -> str:
    """The technical text as HTML, folded."""
    path = data.store().path
    text = f"{type(error).__name__}: {error}".replace(str(path), file_name(path)).replace(f"{ROOT}{os.sep}", "")
    head = html.el("summary", html.esc(t("fault.details")), "cursor:pointer")
    return html.el("details", head + html.el("code", html.esc(text), "overflow-wrap:anywhere"), f"font-size:.86rem;{html.SOFT}")


def file_name(path: Path) -> str:
    """A file as the reader of a page may know it: from the folder of the project on; one elsewhere by its name alone."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
