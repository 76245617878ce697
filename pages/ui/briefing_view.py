"""The parts of the Briefing page: the basket of charts in order, with titles and remarks, and the files that are made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from analytics import export
from analytics.export.briefing import TEXT_MOST, Briefing, Item
from analytics.export.common import ExportError, safe_name
from analytics.store import AnalyticsError
from pages.ui import basket, controls, exports, faults, html, small, toolbar
from pages.ui.frame import View, apart, head
from pages.ui.state import FILTERS
from pages.ui.steps import patiently, whole
from pages.ui.text import Messages, plain

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
        st.button(t("view_briefing.draft"), icon=":material/bolt:", on_click=whole(draft), args=(view,), key="draft")
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
        st.error(f"{plain(given.name)}{t('list.colon')}{faults.told(t, error)}", icon=":material/error:")
        st.html(faults.details(t, error))
        return
    st.button(
        t("view_briefing.take", title=plain(read.title or given.name), n=len(read.items)),
        key="basket_take",
        on_click=whole(basket.put),
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


def field(label: str, key: str, value: str, change: Callable[[str], Briefing], most: int, placeholder: str = "") -> None:
    """A field of one line whose text is part of the basket."""
    controls.mirror(key, value)
    st.text_input(
        label,
        key=key,
        max_chars=most,
        placeholder=placeholder,
        on_change=whole(lambda: basket.put(change(" ".join(st.session_state[key].split())))),
    )


def remark(view: View, at: int, item: Item) -> None:
    """The remark on an item, with its length. The widget's own limit would drop a text that is pasted and too long without a word; here it
    is cut, which is said."""
    t, key = view.t, f"item_remark_{at}"
    controls.mirror(key, item.remark)

    def change() -> None:
        text = st.session_state[key].strip()
        if len(text) > TEXT_MOST:
            st.toast(t("view_briefing.cut", n=at + 1, length=f"{len(text):,}", most=f"{TEXT_MOST:,}"), icon=":material/content_cut:")
        basket.put(basket.current().remark(at, text[:TEXT_MOST]))

    st.text_area(t("view_briefing.remark", n=at + 1), key=key, height=80, on_change=whole(change))
    st.html(html.small(html.esc(t("view_briefing.length", length=f"{len(item.remark):,}", most=f"{TEXT_MOST:,}"))))


def make(view: View, briefing: Briefing) -> tuple[Briefing, export.Made | None, dict[int, AnalyticsError]]:
    """The briefing without the items that cannot be made, the whole of it with its citations numbered through (None where no item is
    left), and what was left out: position -> why."""
    with st.spinner(view.t("view_briefing.making", n=len(briefing.items))):
        return patiently(lambda: composed(briefing))


def composed(briefing: Briefing) -> tuple[Briefing, export.Made | None, dict[int, AnalyticsError]]:
    """The same; pictures that it takes are kept."""
    broken = {at: error for at, one in enumerate(briefing.items) if (error := failure(one, briefing.lang))}
    sound = replace(briefing, items=tuple(one for at, one in enumerate(briefing.items) if at not in broken))
    return sound, (exports.made(sound) if sound.items else None), broken


def left_out(view: View, briefing: Briefing, broken: dict[int, AnalyticsError]) -> None:
    """Which items the files will not hold, and why."""
    t = view.t
    for at, error in broken.items():
        st.warning(t("view_briefing.left_out", n=at + 1, what=plain(called(t, briefing.items[at])), why=faults.told(t, error)))


def called(t: Messages, item: Item) -> str:
    """What an item is, where no picture says it: its own title, else its view and the metric or domain asked for."""
    asked = next((str(item.options[name]) for name in ("metric", "domain", "plan", "new", "ask") if name in item.options), "")
    return item.title or " ".join(part for part in (t(f"item.{item.view}"), asked) if part)


def items(view: View, briefing: Briefing, made: export.Made | None, broken: dict[int, AnalyticsError]) -> None:
    """Every item with its picture, texts and draft sentences."""
    views = iter(made.views if made else ())
    for at, item in enumerate(briefing.items):
        entry(view, briefing, at, item, () if at in broken else next(views).sentences, broken.get(at))


def failure(item: Item, lang: str) -> AnalyticsError | None:
    """Why an item cannot be made, None where it can."""
    try:
        exports.picture(item, lang)
    except AnalyticsError as error:
        return error
    return None


def entry(view: View, briefing: Briefing, at: int, item: Item, sentences: tuple[str, ...], broken: AnalyticsError | None) -> None:
    """One item: the picture as it will stand in the briefing, beside it what can be changed."""
    t = view.t
    st.divider()
    left, right = st.columns([1.5, 1], gap="medium")
    own = "" if broken else own_title(item, view.lang)
    with left:
        if broken:
            st.warning(t("view_briefing.broken", n=at + 1, why=faults.told(t, broken)), icon=":material/broken_image:")
            st.html(faults.details(t, broken))
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
        remark(view, at, item)
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
                on_click=whole(lambda change=change: basket.put(change())),
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
        on_change=whole(change),
    )


def files(view: View, briefing: Briefing, sound: Briefing) -> None:
    """Everything that the briefing can become, without the items that cannot be made; and the briefing itself, with all of them."""
    t = view.t
    name = safe_name(briefing.title or t("page.briefing"))
    with st.container(horizontal=True, gap="small"):
        for fmt in exports.BRIEFING_FORMATS if sound.items else ():
            toolbar.download(t.of("deck", fmt), lambda fmt=fmt: exports.file_of(sound, fmt), f"{name}.{fmt}", f"deck_{fmt}", wide=False)
        toolbar.download(t("deck.json"), briefing.to_json(), f"{name}.json", "deck_json", wide=False)
        st.button(
            t("view_briefing.clear"),
            key="basket_clear",
            type="tertiary",
            icon=":material/delete_sweep:",
            on_click=whole(basket.put),
            args=(Briefing(),),
        )
    st.html(html.small(html.esc(t("view_briefing.link") if basket.link_token() else t("view_briefing.link_long"))))


def sources(view: View, made: export.Made | None) -> None:
    """The citations as they will be numbered; and another briefing in place of this one."""
    st.divider()
    with st.expander(view.t("view_briefing.load_other")):
        loader(view)
    if made is None:
        return
    cited = {source.number: source for one in made.views for source in one.sources}
    if not cited:
        return
    with st.expander(view.t("view_briefing.sources", n=len(cited))):
        st.html("".join(html.small(html.esc(cited[number].full(view.lang))) for number in sorted(cited)))
