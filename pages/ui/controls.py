"""Widgets that mirror the query string: each takes its value from the state, and writes a change back there.

The widget's own memory is overwritten at every run, so back and forward, links and resets always show what the address says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from pages.ui.state import DEFAULT, State, to_params
from pages.ui.steps import address, whole

FEW = 8


@whole
def put(lang: str, changes: Mapping[str, Any]) -> None:
    """Write parameters into the address; use it as the callback of a button."""
    write(lang, changes)


@whole
def change(name: str, key: str, lang: str, empty: Any, drops: Sequence[str]) -> None:
    """Write one parameter from the widget `key`; `drops` go."""
    value = st.session_state[key]
    gone = {one: getattr(DEFAULT, one) for one in (*drops, *([name] if value is None or value == empty else []))}
    write(lang, {name: tuple(value) if isinstance(value, list) else value} | gone)


def write(lang: str, changes: Mapping[str, Any]) -> None:
    """Change the address: parameters at their default leave it, the page number begins anew, all others stay as they are by now."""
    kept = {name: values for name, values in address().items() if name not in ("page", *changes)}
    st.query_params.from_dict({"lang": lang, **kept, **to_params(replace(DEFAULT, **changes), tuple(changes))})


def mirror(key: str, value: Any) -> None:
    """Have a widget show what its owner holds, whatever it showed before."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def bound(state: State, name: str, value: Any, empty: Any, at: str, drops: Sequence[str]) -> Mapping[str, Any]:
    """Key and callback of a widget for the parameter `name`, with the widget's value set from the address."""
    key = f"{at}_{name}"
    mirror(key, value)
    return {"key": key, "on_change": change, "args": (name, key, state.lang, empty, tuple(drops))}


def one(
    state: State,
    name: str,
    label: str,
    options: Sequence,
    show: Callable[[Any], str],
    at: str = "side",
    drops: Sequence[str] = (),
    value: Any = None,
    empty: Any = "",
    **more: Any,
) -> None:
    """A list to choose one from, searched by typing."""
    st.selectbox(
        label, options, format_func=show, **bound(state, name, getattr(state, name) if value is None else value, empty, at, drops), **more
    )


def several(state: State, name: str, label: str, options: Sequence, show: Callable[[Any], str], placeholder: str, at: str = "side") -> None:
    """Pills for a few options, a list searched by typing for many; none chosen is the same as all."""
    wiring = bound(state, name, list(getattr(state, name)), [], at, ())
    if len(options) <= FEW:
        st.pills(label, options, format_func=show, selection_mode="multi", **wiring)
    else:
        st.multiselect(label, options, format_func=show, placeholder=placeholder, **wiring)


def text(state: State, name: str, label: str, placeholder: str, limit: int, at: str = "side", drops: Sequence[str] = ()) -> None:
    """A field of free text."""
    st.text_input(label, placeholder=placeholder, max_chars=limit, **bound(state, name, getattr(state, name), "", at, drops))


def segments(state: State, name: str, label: str, options: Sequence, show: Callable[[Any], str], at: str, empty: Any, **more: Any) -> None:
    """A few choices side by side, one of them always on."""
    st.segmented_control(label, options, format_func=show, required=True, **bound(state, name, getattr(state, name), empty, at, ()), **more)


def switch(state: State, name: str, label: str, at: str) -> None:
    """A switch that is on unless the address says 0."""
    st.toggle(label, **bound(state, name, getattr(state, name), True, at, ()))


def pages(state: State, total: int, size: int, shown: int | None = None, at: str = "main") -> None:
    """The pages of a long table, text or chart, where there is more than one; `shown` is the one at hand (default: the address's)."""
    count = -(-total // size)
    if count > 1:
        st.pagination(count, **bound(state, "page", shown or page_of(state, total, size), 1, at, ("indicator", "quote")))


def page_of(state: State, total: int, size: int) -> int:
    """The page that the address names, the last where it names one beyond."""
    return min(state.page, max(1, -(-total // size)))


def on_page(state: State, rows: Any, size: int) -> Any:
    """The rows (a list or a frame) of that page."""
    first = (page_of(state, len(rows), size) - 1) * size
    return rows[first : first + size]
