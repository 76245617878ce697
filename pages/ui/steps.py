"""What a user does is done whole, and on top of what was done just before, however fast the next thing follows.

    @whole                            # on every callback of a widget
    catch_up()                        # at the head of a run, before the address is read
    patiently(lambda: long_work())    # whoever asks for something else meanwhile does not wait for it

Streamlit ends a run as soon as the browser asks for the next, in the middle of a callback too: the half that is left is never done. And
a browser that asks before it has heard of the last change sends the address from before it: what stands on that address undoes the change.
That no two runs of a session are at work at once is set in .streamlit/config.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import wraps
from time import monotonic
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")
Address = dict[str, list[str]]
WRITTEN, BEHIND = "address_written", "addresses_behind"
# Seconds in which a browser hears of a change: an address from before it that comes later without a step was chosen again, by a link.
HEARD = 1.0
KNOWN = 30  # addresses that are remembered as left
GLANCE = 0.05  # seconds between two looks at whether the browser asks for something else
WORKERS = ThreadPoolExecutor(8, thread_name_prefix="patient")


def whole(step: Callable[..., Any]) -> Callable[..., None]:
    """The callback `step`, which then runs to its end and changes the address last written; a request that comes meanwhile waits for it."""

    @wraps(step)
    def done(*args: Any, **named: Any) -> None:
        with undisturbed():
            # Who takes a step chooses no address with it, so one from before the last change is a late one however long ago that was.
            take_up(float("inf"))
            before = address()
            step(*args, **named)
            if (now := address()) != before:
                remember(now, [*st.session_state[BEHIND], (monotonic(), before)][-KNOWN:])

    return done


def catch_up() -> None:
    """Stand on the address that this session wrote last, where the browser asks from one before it and has not gone back there."""
    take_up(HEARD)


def take_up(heard: float) -> None:
    """The same for addresses left up to `heard` seconds ago; with any other the browser has gone somewhere, which is remembered."""
    context, now = get_script_run_ctx(), address()
    page, written = st.session_state.get(WRITTEN, ("", {}))
    chosen = context.is_history_navigation or page != context.page_script_hash
    if not chosen and any(now == before and monotonic() - left < heard for left, before in st.session_state[BEHIND]):
        # It may well be the address that was left and returned to.
        if now != written:
            st.query_params.from_dict(written)
    elif chosen or now != written:
        remember(now, [])


def remember(now: Address, behind: list[tuple[float, Address]]) -> None:
    """This page stands on the address `now`; the browser may not have heard yet that those `behind` are left: (when, address)."""
    st.session_state[WRITTEN] = get_script_run_ctx().page_script_hash, now
    st.session_state[BEHIND] = behind


def patiently(work: Callable[[], T]) -> T:
    """What `work` returns, or raises, done by another thread: this run ends at once when the browser asks for something else, and what was
    begun is done to its end. `work` must not use Streamlit."""
    future = WORKERS.submit(work)
    while not wait([future], GLANCE).done:
        st.session_state.get(WRITTEN)  # where the framework looks for requests
    return future.result()


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
