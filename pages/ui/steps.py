"""What a user does is done whole, and on top of what was done just before, however fast the next thing follows.

    @whole                            # on every callback of a widget
    catch_up()                        # at the head of a run, before the address is read

Streamlit ends a run as soon as the browser asks for the next, in the middle of a callback too: the half that is left is never done. And
a browser that asks before it has heard of the last change sends the address from before it: what stands on that address undoes the change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

Address = dict[str, list[str]]
WRITTEN, BEHIND = "address_written", "addresses_behind"
# Seconds in which a browser hears of a change, on a busy machine; an address that is older than that was chosen.
HEARD = 1.0


def whole(step: Callable[..., Any]) -> Callable[..., None]:
    """The callback `step`, which then runs to its end and changes the address last written; a request that comes meanwhile waits for it."""

    @wraps(step)
    def done(*args: Any, **named: Any) -> None:
        with undisturbed():
            catch_up()
            before = address()
            step(*args, **named)
            if (now := address()) != before:
                st.session_state[BEHIND] = [*behind(), (monotonic(), before)]
                st.session_state[WRITTEN] = get_script_run_ctx().page_script_hash, now

    return done


def catch_up() -> None:
    """Stand on the address that this session wrote last, where the browser asks from one before it and has not gone back there."""
    context, now = get_script_run_ctx(), address()
    page, written = st.session_state.get(WRITTEN, ("", {}))
    if context.is_history_navigation or page != context.page_script_hash:
        st.session_state[BEHIND] = []
    elif now != written and any(now == before for _, before in behind()):
        st.query_params.from_dict(written)


def behind() -> list[tuple[float, Address]]:
    """The addresses that the browser may not have heard are left: (when, address)."""
    return [one for one in st.session_state.get(BEHIND, []) if monotonic() - one[0] < HEARD]


def address() -> Address:
    """The query string: parameter -> its values."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing that the browser asks for ends the run in here. Streamlit has no word for this; where it looks for requests it finds none."""
    requests = get_script_run_ctx().script_requests
    requests.on_scriptrunner_yield = lambda: None
    try:
        yield
    finally:
        del requests.on_scriptrunner_yield
