"""What takes a chart away: files of exactly what is shown, with title, filters, sources and notes, and the way into the briefing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.export.briefing import Item
from analytics.export.common import safe_name
from analytics.store import AnalyticsError
from pages.ui import basket, exports, faults
from pages.ui.frame import View

MIMES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf", "html": "text/html", "csv": "text/csv"}
ICONS = {
    "pptx": ":material/slideshow:",
    "docx": ":material/article:",
    "xlsx": ":material/table_chart:",
    "html": ":material/language:",
    "zip": ":material/folder_zip:",
    "json": ":material/save:",
}


def toolbar(view: View, item: Item, name: str, key: str) -> None:
    """The menu of formats, filled when it is opened, and the button of the basket. `name`: of the files; `key`: unique on the page."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        box = st.popover(
            view.t("toolbar.export"), icon=":material/download:", type="tertiary", key=f"{key}_export", on_change="rerun", width="content"
        )
        basket.button(view.t, item, key)
    if box.open:
        with box:
            menu(view, item, name, key)


def menu(view: View, item: Item, name: str, key: str) -> None:
    """One button a format; each makes its file when it is pressed."""
    t = view.t
    try:
        with st.spinner(t("toolbar.making"), show_time=False):
            exports.view_of(item, view.lang)
    except AnalyticsError as error:
        st.warning(t("toolbar.refused", why=faults.told(t, error)))
        st.html(faults.details(t, error))
        return
    for fmt in exports.CHART_FORMATS:
        download(t.of("format", fmt), lambda fmt=fmt: exports.rendered(item, view.lang, fmt), f"{safe_name(name)}.{fmt}", f"{key}_{fmt}")
    st.caption(t("toolbar.note"))


def download(label: str, content: Callable[[], bytes] | bytes, file_name: str, key: str, wide: bool = True) -> None:
    """A button that saves a file, made when it is pressed."""
    fmt = file_name.rpartition(".")[2]
    st.download_button(
        label,
        content,
        file_name=file_name,
        mime=MIMES.get(fmt, "application/octet-stream"),
        key=key,
        on_click="ignore",
        icon=ICONS.get(fmt, ":material/image:" if fmt in ("png", "svg", "pdf") else ":material/csv:"),
        width="stretch" if wide else "content",
    )
