"""The briefing basket: kept in the session, in the address of its own page, and by the browser tab across a reload.

    basket.current()                  # the Briefing
    basket.put(briefing)              # in a callback
    basket.button(view, item, key)    # adds a chart, says when it is in

The address of other pages stays short: there the tab remembers the basket (sessionStorage) and gives it back to a new session.
"""

from __future__ import annotations

import streamlit as st

from analytics.export.briefing import Briefing, Item, same
from analytics.export.common import ExportError
from pages.ui import faults
from pages.ui.state import Notice
from pages.ui.steps import whole
from pages.ui.text import Messages

KEY, PARAMETER = "basket", "basket"
# What a browser and a server take as an address without complaint; a longer basket is kept by the tab and by its file.
LINK_LIMIT = 6000


def current() -> Briefing:
    """The basket of this session."""
    return st.session_state.get(KEY) or Briefing()


def put(briefing: Briefing) -> None:
    """Replace the basket; the address of the briefing page follows, as a step that the browser can take back."""
    st.session_state[KEY] = briefing
    if st.session_state.get("basket_page"):
        st.session_state["basket_seen"] = token = link_token()
        if token:
            st.query_params[PARAMETER] = token
        elif PARAMETER in st.query_params:
            del st.query_params[PARAMETER]


def add(t: Messages, item: Item) -> None:
    """Put an item at the end; a full basket says so."""
    try:
        put(current().add(item))
    except ExportError as error:
        st.toast(faults.told(t, error), icon=":material/error:")


def whole_token() -> str:
    """The basket in the characters of a link, "" where it is empty; they need no escaping in a script either."""
    return current().token() if current() != Briefing() else ""


def link_token() -> str:
    """The basket for a link; "" where it is empty or too long for one."""
    token = whole_token()
    return token if len(token) <= LINK_LIMIT else ""


def receive(t: Messages, page: str) -> list[Notice]:
    """Take over the basket that the address holds, once for each address; one that cannot be taken over says why."""
    st.session_state["basket_page"] = page == "briefing"
    token = st.query_params.get(PARAMETER, "")
    if not token or token == st.session_state.get("basket_seen"):
        return []
    st.session_state["basket_seen"] = token
    try:
        st.session_state[KEY] = Briefing.from_token(token)
    except ExportError as error:
        st.session_state.setdefault(KEY, Briefing())
        return [Notice(PARAMETER, token[:24], t("notice.basket", why=faults.told(t, error)))]
    return []


def memory() -> tuple[str, bool]:
    """(what the tab should remember, whether this session has had no basket yet)."""
    return whole_token(), KEY not in st.session_state


def button(t: Messages, item: Item, key: str) -> None:
    """Adds an item, or says that it is in the basket."""
    inside = any(same(item, one) for one in current().items)
    st.button(
        t("toolbar.added") if inside else t("toolbar.add"),
        key=f"{key}_add",
        type="tertiary",
        icon=":material/check:" if inside else ":material/add_to_photos:",
        disabled=inside,
        on_click=whole(add),
        args=(t, item),
    )
