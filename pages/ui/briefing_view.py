"""The parts of the Briefing page: the basket of charts in order, with titles and remarks, and the files that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analytics import export
from analytics.export.briefing import TEXT_MOST, Briefing, Item
from analytics.export.common import ExportError, safe_name
from analytics.store import AnalyticsError
from pages.ui import basket, controls, exports, html, small, toolbar
from pages.ui.frame import View, apart, head, plain
from pages.ui.state import FILTERS

DRAFTED = 4
UPLOADER = """
[data-testid="stFileUploaderDropzone"] button p {font-size: 0}
[data-testid="stFileUploaderDropzone"] button p::after {content: "WORD"; font-size: 0.95rem}
[data-testid="stFileUploaderDropzoneInstructions"] {font-size: 0}
[data-testid="stFileUploaderDropzoneInstructions"] * {display: none}
[data-testid="stFileUploaderDropzoneInstructions"]::after {content: "HINT"; font-size: 0.9rem}
"""


def basket_of(view: View) -> Briefing:
    """The basket in the language of the view."""
    return replace(basket.current(), lang=view.lang)


def heading(view: View, briefing: Briefing) -> None:
    """How much is in the basket, and what becomes of it."""
    t, held = view.t, len(briefing.items)
    head(t("view_briefing.title", n=held) if held else t("view_briefing.title_none"), t("view_briefing.subtitle"))
    apart(view, "briefing", *FILTERS)


def begin(view: View) -> None:
    """An empty basket: how charts get here, a draft to begin with, a saved briefing."""
    t = view.t
    st.info(t("view_briefing.empty", add=t("toolbar.add")), icon=":material/add_to_photos:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("view_briefing.draft"), icon=":material/bolt:", on_click=draft, args=(view,), key="draft")
    loader(view)


def draft(view: View) -> None:
    """Begin with the metrics that most places share, the findings and the check against the levels above, under the frame's filters."""
    state = view.state
    narrow = exports.narrowing(state)
    first, last = (exports.item(what, state, domain=state.domain, words=state.q, **narrow) for what in ("findings", "cascade"))
    shared = [exports.item("compare", state, metric=metric_id, **narrow) for metric_id in small.shared(view)["metric_id"].head(DRAFTED)]
    basket.put(Briefing(items=(first, *shared, last)))


def loader(view: View) -> None:
    """A saved briefing takes the place of the basket; a file that is none says why and changes nothing."""
    t = view.t
    # The words inside the widget are Streamlit's and English in every language.
    st.html(f"<style>{UPLOADER.replace('WORD', t('view_briefing.choose')).replace('HINT', t('view_briefing.limit'))}</style>")
    given = st.file_uploader(t("view_briefing.load"), type=["json", "toml"], key="basket_file", max_upload_size=1)
    if given is None:
        return
    try:
        read = Briefing.from_file(given.getvalue(), given.name)
    except ExportError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.button(
        t("view_briefing.take", title=plain(read.title or given.name), n=len(read.items)),
        key="basket_take",
        on_click=basket.put,
        args=(read,),
    )


def about(view: View, briefing: Briefing) -> None:
    """The title and the date on the cover."""
    t = view.t
    left, right = st.columns([3, 1])
    with left:
        field(t("view_briefing.deck_title"), "deck_title", briefing.title, lambda text: replace(basket.current(), title=text), 200)
    with right:
        field(t("view_briefing.date"), "deck_date", briefing.date, lambda text: replace(basket.current(), date=text), 40)


def field(
    label: str, key: str, value: str, change: Callable[[str], Briefing], most: int, placeholder: str = "", tall: bool = False
) -> None:
    """A field whose text is part of the basket."""
    controls.mirror(key, value)
    more = {"height": 80} if tall else {}
    (st.text_area if tall else st.text_input)(
        label,
        key=key,
        max_chars=most,
        placeholder=placeholder,
        on_change=lambda: basket.put(change(" ".join(st.session_state[key].split()) if not tall else st.session_state[key].strip())),
        **more,
    )


def make(view: View, briefing: Briefing) -> tuple[export.Made | None, dict[int, str]]:
    """The whole with its citations numbered through, and the items that cannot be made with the reason: there is no whole then."""
    with st.spinner(view.t("view_briefing.making", n=len(briefing.items))):
        broken = {at: str(error) for at, one in enumerate(briefing.items) if (error := failure(one, view.lang))}
        return (None if broken else exports.made(briefing)), broken


def items(view: View, briefing: Briefing, whole: export.Made | None, broken: dict[int, str]) -> None:
    """Every item with its picture, texts and draft sentences."""
    for at, item in enumerate(briefing.items):
        entry(view, briefing, at, item, whole.views[at].sentences if whole else (), broken.get(at, ""))


def failure(item: Item, lang: str) -> AnalyticsError | None:
    """Why an item cannot be made, None where it can."""
    try:
        exports.picture(item, lang)
    except AnalyticsError as error:
        return error
    return None


def entry(view: View, briefing: Briefing, at: int, item: Item, sentences: tuple[str, ...], broken: str) -> None:
    """One item: the picture as it will stand in the briefing, beside it what can be changed."""
    t = view.t
    st.divider()
    left, right = st.columns([1.5, 1], gap="medium")
    own = "" if broken else own_title(item, view.lang)
    with left:
        if broken:
            st.warning(t("view_briefing.broken", n=at + 1, why=plain(broken)), icon=":material/broken_image:")
        else:
            st.image(exports.picture(item, view.lang), alt=item.title or own, width="stretch")
    with right:
        steps(view, briefing, at)
        field(
            t("view_briefing.item_title", n=at + 1),
            f"item_title_{at}",
            item.title,
            lambda text: basket.current().retitle(at, text),
            TEXT_MOST,
            own,
        )
        field(
            t("view_briefing.remark", n=at + 1),
            f"item_remark_{at}",
            item.remark,
            lambda text: basket.current().remark(at, text),
            TEXT_MOST,
            tall=True,
        )
        if item.view == "compare" and not broken:
            kinds(view, at, item)
        if sentences:
            st.html(
                html.small(html.el("strong", html.esc(t("view_briefing.sentences"))))
                + "".join(html.small(html.esc(one)) for one in sentences)
            )


def own_title(item: Item, lang: str) -> str:
    """The finding that stands as the title where none is given."""
    return exports.view_of(replace(item, title=""), lang).title


def steps(view: View, briefing: Briefing, at: int) -> None:
    """Earlier, later, out."""
    t, last = view.t, len(briefing.items) - 1
    moves = (
        ("up", ":material/arrow_upward:", at == 0, lambda: basket.current().move(at, at - 1)),
        ("down", ":material/arrow_downward:", at == last, lambda: basket.current().move(at, at + 1)),
        ("remove", ":material/delete:", False, lambda: basket.current().remove(at)),
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.html(html.el("strong", str(at + 1), "font-size:1.2rem"), width="content")
        for name, icon, off, change in moves:
            st.button(
                t.of("view_briefing", name, n=at + 1),
                key=f"item_{name}_{at}",
                icon=icon,
                type="tertiary",
                disabled=off,
                on_click=lambda change=change: basket.put(change()),
            )


def kinds(view: View, at: int, item: Item) -> None:
    """Dots, bars or dumbbells."""
    t, key = view.t, f"item_chart_{at}"
    controls.mirror(key, item.options.get("chart", "dot"))

    def change() -> None:
        basket.put(basket.current().redraw(at, st.session_state[key]))

    st.segmented_control(
        t("view_briefing.chart", n=at + 1),
        ("dot", "bars", "dumbbell"),
        format_func=lambda one: t.of("chart", one),
        required=True,
        key=key,
        on_change=change,
    )


def files(view: View, briefing: Briefing, whole: export.Made | None) -> None:
    """Everything that the briefing can become, and the briefing itself."""
    t = view.t
    name = safe_name(briefing.title or t("page.briefing"))
    with st.container(horizontal=True, gap="small"):
        for fmt in exports.BRIEFING_FORMATS if whole else ():
            toolbar.download(t.of("deck", fmt), lambda fmt=fmt: exports.file_of(briefing, fmt), f"{name}.{fmt}", f"deck_{fmt}", wide=False)
        toolbar.download(t("deck.json"), briefing.to_json(), f"{name}.json", "deck_json", wide=False)
        st.button(
            t("view_briefing.clear"),
            key="basket_clear",
            type="tertiary",
            icon=":material/delete_sweep:",
            on_click=basket.put,
            args=(Briefing(),),
        )
    st.html(html.small(html.esc(t("view_briefing.link") if basket.link_token() else t("view_briefing.link_long"))))


def sources(view: View, whole: export.Made | None) -> None:
    """The citations as they will be numbered; and another briefing in place of this one."""
    st.divider()
    with st.expander(view.t("view_briefing.load_other")):
        loader(view)
    if whole is None:
        return
    cited = {source.number: source for one in whole.views for source in one.sources}
    with st.expander(view.t("view_briefing.sources", n=len(cited))):
        st.html("".join(html.small(html.esc(cited[number].full(view.lang))) for number in sorted(cited)))
