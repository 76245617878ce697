"""What takes a chart away: the data of exactly what is plotted."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.ui.frame import View


def downloads(view: View, name: str, data: Callable[[], bytes]) -> None:
    """A button that makes and saves the plotted data as CSV when it is pressed."""
    st.download_button(
        view.t("toolbar.csv"),
        data,
        file_name=f"citytargets-{name}.csv",
        mime="text/csv",
        key=f"{name}_csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )
