"""What a user does while the last thing is still being done: nothing of either is lost, in Streamlit's own runner."""

from __future__ import annotations

import threading

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import steps


def page() -> None:
    """Two filters that write the address, and a button whose step takes two halves; the browser asks for the next run in the middle."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages.ui import controls, steps
    from pages.ui.state import State

    def halves() -> None:
        context = get_script_run_ctx()
        context.script_requests.request_rerun(RerunData(query_string=context.query_string, page_script_hash=context.page_script_hash))
        st.session_state["first"] = True
        st.query_params["q"] = "half"
        st.session_state["second"] = True

    steps.catch_up()
    state = State(q=st.query_params.get("q", ""), ask=st.query_params.get("ask", ""), metric=st.query_params.get("metric", ""))
    for name in ("q", "ask"):
        controls.text(state, name, name, "", 100)
    st.button("loose", on_click=halves, key="loose")
    st.button("whole", on_click=steps.whole(halves), key="whole")
    st.button("clear", on_click=controls.put, args=("zh", {"q": ""}), key="clear")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(steps, "HEARD", 60.0)
    return AppTest.from_function(page).run()


def seen(app: AppTest) -> dict[str, str]:
    """The address without its language."""
    assert not app.exception
    return {name: "".join(value) for name, value in app.query_params.items() if name != "lang"}


def test_a_step_is_done_to_its_end_when_the_next_comes_in_the_middle(app: AppTest) -> None:
    app.button(key="whole").click().run()
    assert seen(app) == {"q": "half"} and app.session_state["first"] and app.session_state["second"]


def test_the_framework_alone_leaves_such_a_step_half_done(app: AppTest) -> None:
    app.button(key="loose").click().run()
    assert seen(app) == {} and "second" not in app.session_state


def test_a_step_on_an_address_from_before_the_last_step_keeps_both(app: AppTest) -> None:
    app.text_input(key="side_q").input("率").run()
    app.query_params = {}
    app.text_input(key="side_ask").input("问").run()
    assert seen(app) == {"q": "率", "ask": "问"}
    app.query_params = {"lang": ["zh"], "q": ["率"]}
    app.run()
    assert seen(app) == {"q": "率", "ask": "问"} and app.text_input(key="side_ask").value == "问"


def test_an_address_of_the_users_own_is_taken_as_it_is(app: AppTest) -> None:
    app.text_input(key="side_q").input("率").run()
    app.query_params = {"lang": ["zh"], "ask": ["别的"]}
    app.text_input(key="side_q").input("额").run()
    assert seen(app) == {"q": "额", "ask": "别的"}


def test_a_step_keeps_those_before_it_however_late_the_browser_hears(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HEARD", 0.0)
    app.text_input(key="side_q").input("率").run()
    app.query_params = {}
    app.text_input(key="side_ask").input("问").run()
    assert seen(app) == {"q": "率", "ask": "问"}
    app.query_params = {}
    app.button(key="clear").click().run()
    assert seen(app) == {"ask": "问"}


def test_an_address_that_was_left_long_ago_was_chosen_again(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "HEARD", 0.0)
    app.text_input(key="side_q").input("率").run()
    app.query_params = {}
    app.run()
    assert seen(app) == {} and app.text_input(key="side_q").value == ""
    app.text_input(key="side_ask").input("问").run()
    assert seen(app) == {"ask": "问"}


def test_a_button_takes_away_its_own_and_leaves_what_came_since(app: AppTest) -> None:
    app.query_params = {"lang": ["zh"], "q": ["率"], "page": ["3"]}
    app.run()
    app.query_params["ask"] = ["问"]
    app.button(key="clear").click().run()
    assert seen(app) == {"ask": "问"}


def waiting() -> None:
    """A page whose first run waits for a gate to open, and is asked for something else while it does."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages.ui import steps

    context, gate, passed = get_script_run_ctx(), st.session_state["gate"], st.session_state["passed"]

    def work() -> str:
        context.script_requests.request_rerun(RerunData(query_string="", page_script_hash=context.page_script_hash))
        gate.wait(60)
        passed.set()
        return "waited"

    first, st.session_state["first"] = "first" not in st.session_state, False
    st.write(steps.patiently(work) if first else "went on")


def test_who_asks_for_something_else_does_not_wait_for_long_work() -> None:
    gate, passed = threading.Event(), threading.Event()
    app = AppTest.from_function(waiting, default_timeout=30)
    app.session_state["gate"], app.session_state["passed"] = gate, passed
    try:
        app.run()
        assert [one.value for one in app.markdown] == ["went on"] and not passed.is_set()
    finally:
        gate.set()
    assert passed.wait(30), "what was begun is done to its end"


def test_long_work_returns_and_raises_as_if_it_were_done_here() -> None:
    assert steps.patiently(lambda: threading.current_thread().name).startswith("patient")
    with pytest.raises(TimeoutError, match="of its own"):
        steps.patiently(fail)


def fail() -> None:
    raise TimeoutError("of its own")
