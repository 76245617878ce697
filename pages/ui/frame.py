"""The frame that every page stands in: links, filters, language, chips of what is active, notices, the footer of a chart.

    with frame.opened("compare") as view:      # all of each page
        view.t, view.state, view.data

Each page opens it for itself and draws its own links (Streamlit's are switched off in .streamlit/config.toml), so a cold deep link
shows the same frame as a click does. Where there is no database, it says so and ends the page; where a new build is published while
the page is drawn, the page is drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NoReturn

import pandas as pd
import streamlit as st
from streamlit import runtime

from analytics import messages as words
from analytics.store import NoDatabase, OtherSchema, StoreError
from pages.ui import basket, catalogue, controls, data, faults, html, prepare, steps, web
from pages.ui.state import CLEARED, DEFAULT, KINDS, TEXT_LIMIT, Notice, State, active, link, read, without
from pages.ui.text import Messages, messages, plain

PAGES = {
    "overview": "app.py",
    "compare": "pages/compare.py",
    "domain": "pages/domain.py",
    "city": "pages/city.py",
    "gaps": "pages/gaps.py",
    "sources": "pages/sources.py",
    "briefing": "pages/briefing.py",
    "methods": "pages/methods.py",
}
# What makes the data that a page lacks; a file that is being written needs no command.
COMMANDS = {NoDatabase: "make build", OtherSchema: ".venv/bin/python -m etl build --full"}


SCRIPT = """<script>(() => {
    document.documentElement.lang = "CODE";
    const here = new URL(location.href), kept = sessionStorage.getItem("citytargets-basket");
    if (!here.searchParams.has("lang")) { here.searchParams.set("lang", "LANG"); history.replaceState(history.state, "", here); }
    if (!FRESH) sessionStorage.setItem("citytargets-basket", "BASKET");
    if (!FRESH && !here.pathname.endsWith("/briefing") && here.searchParams.has("basket")) {
        here.searchParams.delete("basket");
        history.replaceState(history.state, "", here);
    }
    const giveBack = () => {
        // Only once the first run has ended: one that is interrupted leaves widgets behind that show something else.
        if (!document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')) return setTimeout(giveBack, 60);
        const now = new URL(location.href);
        if (now.searchParams.has("basket")) return;
        now.searchParams.set("basket", kept);
        history.replaceState(history.state, "", now);
        dispatchEvent(new PopStateEvent("popstate"));
    };
    if (FRESH && kept) setTimeout(giveBack, 60);
    if (window.citytargetsLinks) return;
    window.citytargetsLinks = true;
    const own = document.querySelector('script[type="module"][src*="static/js/"]');
    const ahead = own && "CHARTS" && { rel: "modulepreload", href: new URL("CHARTS", own.src).href };
    if (ahead) document.head.append(Object.assign(document.createElement("link"), ahead));
    document.addEventListener("click", (event) => {
        const link = event.target.closest("a[data-in]");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
        event.preventDefault();
        history.pushState({}, "", link.href);
        dispatchEvent(new PopStateEvent("popstate"));
        document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
    });
})()</script>"""


# What to press, in the words of the page: those of the framework are English in every language. They stand before the count of characters.
TYPING = """<style>
[data-testid="InputInstructions"] span:first-child:not(:last-child) {font-size: 0}
[data-testid="InputInstructions"] span:first-child:not(:last-child)::after {font-size: 0.75rem}
[data-testid="stTextInput"] [data-testid="InputInstructions"] span:first-child:not(:last-child)::after {content: "ENTER"}
[data-testid="stTextArea"] [data-testid="InputInstructions"] span:first-child:not(:last-child)::after {content: "SUBMIT"}
</style>"""


@dataclass(frozen=True)
class View:
    """What a page works with: messages, state, the choices of the build."""

    t: Messages
    state: State
    data: catalogue.Catalogue

    @property
    def lang(self) -> str:
        return self.state.lang

    def place(self, name: str) -> str:
        """A place as shown in the language of the view."""
        return self.data.place(name, self.state.lang)

    def dotted(self, name: str) -> str:
        """A place with its colour, as HTML."""
        return html.dot(self.data.colours[name]) + html.esc(self.place(name))

    def word(self, group: str, code: str) -> str:
        """A word that the analyses use too: kinds, states of a plan, reasons."""
        return words.word(group, code, self.state.lang)

    @cached_property
    def basis(self) -> State:
        """The state but for the statement that the address points at: what all but that statement is composed from."""
        return replace(self.state, indicator="", quote="")

    def once(self, name: str, make: Callable[[], Any], *more: Any) -> Any:
        """What `make` composes from the data and the filters of the view (and `more`): made once, kept for all sessions. Read it only."""
        return self.data.once((name, self.basis, *more), make)

    def places(self) -> tuple[str, ...]:
        """The places chosen, all of them where none is."""
        return self.state.place or self.data.known.places

    def plans(self) -> pd.DataFrame:
        """The plans of the places and horizons chosen."""
        plans = data.of_places(self.data.plans, self.state.place)
        return plans[plans["horizon_end"].isin(self.state.horizon)] if self.state.horizon else plans

    def scope(self) -> tuple[str, ...]:
        """The places to analyse at once: those chosen, else all (which is asked for with none) where they are few, else the first SCOPE."""
        every = self.data.known.places
        return self.state.place[: data.SCOPE] or (() if len(every) <= data.SCOPE else every[: data.SCOPE])


@contextmanager
def opened(name: str) -> Iterator[View]:
    """Draw the frame of the page `name` and give what the page needs; ends the page where there is no database to show. A page never
    shows two builds: one that was begun on what another has replaced since, and whatever it stumbled over, gives way to a new run."""
    view = open_page(name)
    try:
        yield view
    except Exception:
        give_way(view)
        raise
    give_way(view)


def give_way(view: View) -> None:
    """Begin the page anew where its build was replaced."""
    if not data.is_at_hand(view.data.build_id):
        st.rerun()


def open_page(name: str) -> View:
    """Draw the frame and read what the address asks for."""
    steps.catch_up()
    t = messages(asked_language())
    st.set_page_config(page_title=f"{t(f'page.{name}')} · {t('app.name')}", layout="wide", initial_sidebar_state="auto", menu_items={})
    notices = basket.receive(t, name)
    declare_language(t.lang)
    try:
        with st.spinner(t("state.reading"), show_time=False):
            choices = data.catalogue()
    except StoreError as error:
        bare(t, error)
    if runtime.exists():
        prepare.asked()
    state, stale = read(steps.address(), choices.known, t.lang)
    view = View(t, state, choices)
    sidebar(view)
    warn(view, [*notices, *stale])
    chips(view)
    return view


def asked_language() -> str:
    """The language of the address, else of the browser: Chinese for zh-*, English for the rest."""
    asked = st.query_params.get("lang")
    if asked in ("zh", "en"):
        return asked
    locale = st.context.locale or "zh"
    return "zh" if locale.lower().startswith("zh") else "en"


def declare_language(lang: str) -> None:
    """Tell the browser the language, for screen readers and fonts, and put it into the address without a step in the history; let the tab
    remember the basket, and give it back to a session that has none. What draws charts is fetched while the page is still composed.

    Links of our own HTML (`data-in`) then change the view as Streamlit's own do, with no reload: the address changes, Streamlit sees it.
    """
    token, fresh = basket.memory()
    script = SCRIPT.replace("LANG", lang).replace("CODE", {"zh": "zh-CN", "en": "en"}[lang]).replace("CHARTS", web.chart_code())
    st.html(script.replace("FRESH", str(fresh).lower()).replace("BASKET", token), unsafe_allow_javascript=True)


def sidebar(view: View) -> None:
    """Links, then filters, then the language."""
    t, state, known = view.t, view.state, view.data.known
    with st.sidebar:
        brand(t)
        links(t, state)
        controls.several(state, "place", t("filter.place"), known.places, place_labels(view).__getitem__, t("filter.all"))
        controls.one(
            state,
            "domain",
            t("filter.domain"),
            ("", *known.domains),
            lambda code: t.of("domain", code) if code else t("filter.all"),
            drops=("metric",),
        )
        controls.several(state, "kind", t("filter.kind"), KINDS, lambda code: view.word("kind", code), t("filter.all"))
        controls.several(state, "horizon", t("filter.horizon"), known.horizons, str, t("filter.all"))
        controls.text(state, "q", t("filter.search"), t("filter.search_hint"), TEXT_LIMIT)
        st.html(TYPING.replace("ENTER", t("filter.enter")).replace("SUBMIT", t("filter.submit")))
        controls.segments(state, "lang", t("filter.language"), ("zh", "en"), lambda code: t(f"language.{code}"), "side", "")


def brand(t: Messages) -> None:
    """The name of the product above the links; no heading, those belong to the page."""
    st.html(html.el("div", html.esc(t("app.title")), "font-size:1.1rem;font-weight:650;margin-bottom:.4rem"))


def links(t: Messages, state: State) -> None:
    """The pages; the frame's filters travel along."""
    along = link(state)
    with st.container(gap="xxsmall"):
        for page, path in PAGES.items():
            st.page_link(path, label=link_label(t, page), query_params={**along, **basket_of(page)}, width="stretch")


def link_label(t: Messages, page: str) -> str:
    """The name of a page; the briefing with how much is in the basket."""
    held = len(basket.current().items) if page == "briefing" else 0
    return t("page.held", page=t(f"page.{page}"), n=held) if held else t(f"page.{page}")


def basket_of(page: str) -> dict[str, str]:
    """The basket for the link to its page."""
    token = basket.link_token() if page == "briefing" else ""
    return {basket.PARAMETER: token} if token else {}


def place_labels(view: View) -> dict[str, str]:
    """Place -> its label; there may be thousands, and each run asks for all."""
    return view.data.once(("labels", view.lang), lambda: {place: place_label(view, place) for place in view.data.known.places})


def place_label(view: View, place: str) -> str:
    """A place with its colour, for a pill."""
    return f':color[●]{{foreground="{view.data.colours[place]}"}} {plain(view.place(place))}'


def warn(view: View, notices: Sequence[Notice]) -> None:
    """Say what of the address could not be honoured."""
    if gone := [f"{notice.name}={notice.value}" for notice in notices if not notice.why]:
        st.warning(view.t("notice.fallback", what=plain(view.t.join(gone[:4]))), icon=":material/link_off:")
    for notice in notices:
        if notice.why:
            st.warning(notice.why, icon=":material/link_off:")


def chips(view: View) -> None:
    """The filters that narrow the view, each a button that takes it away, and one that clears all."""
    found = active(view.state)
    if not found:
        return
    with st.container(horizontal=True, gap="small"):
        for name, value in found:
            st.button(
                f"{plain(filter_word(view, name, value))} ✕",
                key=f"chip_{name}_{value}",
                on_click=controls.put,
                args=(view.lang, without(view.state, name, value)),
                help=view.t("filter.remove"),
            )
        st.button(view.t("filter.reset"), key="chip_reset", type="tertiary", on_click=controls.put, args=(view.lang, CLEARED))


def filter_word(view: View, name: str, value: Any) -> str:
    """A filter value in words."""
    if name == "place":
        return view.place(value)
    if name == "domain":
        return view.t.of(name, value)
    if name == "kind":
        return view.word(name, value)
    return view.t("filter.quoted", words=value) if name == "q" else str(value)


def bare(t: Messages, error: StoreError) -> NoReturn:
    """The frame without data: what is wrong, and what to do next; ends the page."""
    with st.sidebar:
        brand(t)
        links(t, State(lang=t.lang))
    st.title(t.of("no_data", type(error).__name__), anchor=False)
    st.write(faults.told(t, error))
    if command := COMMANDS.get(type(error)):
        st.code(command, language=None)
    st.html(faults.details(t, error))
    if st.button(t("state.retry")):
        st.rerun()
    st.stop()


def head(title: str, subtitle: str) -> None:
    """The finding as the title; measure, unit, year and coverage under it."""
    st.title(plain(title), anchor=False)
    if subtitle:
        st.markdown(plain(subtitle))


def scope_of(view: View) -> State:
    """The state with the places that the analyses cover: what is exported is what is shown."""
    return replace(view.state, place=view.scope())


def scoped(view: View) -> None:
    """Say so where the analyses of a page cover the first places only, and what to do about it."""
    covered, wanted = len(view.scope()), len(view.places())
    if 0 < covered < wanted:
        st.html(html.small(html.esc(view.t("notice.scope", shown=covered, total=wanted))))


def apart(view: View, why: str, *names: str) -> None:
    """Say so where filters that are on do not narrow a section, and why."""
    on = [view.t("filter.search" if name == "q" else f"filter.{name}") for name in names if getattr(view.state, name)]
    if on:
        st.html(html.small(html.esc(view.t("apart.said", filters=view.t.join(on), why=view.t(f"apart.{why}")))))


def nothing(view: View, title: str, message: str) -> NoReturn:
    """An empty result: what was looked for, what it means, and a way out where no chips stand above that offer one; ends the page."""
    give_way(view)
    head(title, "")
    st.info(message, icon=":material/filter_alt_off:")
    changes = {**CLEARED, "view": DEFAULT.view, "others": DEFAULT.others}
    if view.state != replace(view.state, page=1, **changes) and not active(view.state):
        st.button(view.t("filter.reset"), key="nothing_reset", on_click=controls.put, args=(view.lang, changes))
    st.stop()


def footer(view: View, sources: Sequence[str], notes: Sequence[str], shown: int, total: int, unit: str = "places") -> None:
    """Under every chart: source plans, notes, how many of how many places (metrics, statements), the version of the data."""
    t = view.t
    lines = [f"<strong>{html.esc(t('footer.sources'))}</strong> {html.esc(t('list.semicolon').join(sources))}"] if sources else []
    lines += [f"<strong>{html.esc(t('footer.notes'))}</strong> {html.esc(' '.join(notes))}"] if notes else []
    lines.append(
        f"{html.esc(t(f'footer.shown_{unit}', shown=shown, total=total))} · {html.esc(t('footer.version', build=view.data.build_id[:12]))}"
    )
    st.html("".join(html.small(line) for line in lines))
