"""What leaves the dashboard: the views and files behind items of a briefing, kept per build.

An item says what a chart shows and under which filters, so the file of a chart, the picture in the briefing and the slide are made by
the same code from the same item. The libraries behind the formats are imported when the first file is asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analytics import export
from analytics.export.briefing import Briefing, Item
from pages.ui import data
from pages.ui.kept import kept
from pages.ui.state import State

CHART_FORMATS = ("pptx", "xlsx", "png", "svg", "pdf", "html", "csv", "parquet")
BRIEFING_FORMATS = ("pptx", "docx", "html", "xlsx", "zip")


def item(what: str, state: State, **options: Any) -> Item:
    """A view under the places of the frame and further options; those that restrict nothing are left out."""
    asked = {"places": list(state.place), **options}
    return Item(what, {name: value for name, value in asked.items() if value not in ("", [], (), None, False)})


def narrowing(state: State) -> dict[str, list[str]]:
    """The filters of kind and horizon as options of an item."""
    return {"kinds": list(state.kind), "horizons": [str(one) for one in state.horizon]}


def spec(item: Item, lang: str) -> bytes:
    """An item in one language as the bytes of a briefing of its own: what a kept answer depends on."""
    return Briefing(lang=lang, items=(item,)).to_json()


def view_of(item: Item, lang: str) -> export.View:
    """The view of an item. Raises what the analyses raise: BadSpec, TooLarge, UnknownMetric, ..."""
    bare = _view(*data.key(), spec(replace(item, title="", remark=""), lang))
    return replace(bare, title=item.title or bare.title, remark=item.remark)


@kept(60)
def _view(path: str, build_id: str, wanted: bytes) -> export.View:
    from analytics.export.made import view_of as made

    briefing = Briefing.from_json(wanted)
    return made(data.open_store(path), briefing.items[0], briefing.lang)


def rendered(item: Item, lang: str, fmt: str) -> bytes:
    """An item as a file of one of CHART_FORMATS."""
    return export.render(view_of(item, lang), fmt).data


def picture(item: Item, lang: str) -> bytes:
    """An item as it will stand in the briefing: a PNG of its nominal size."""
    return _picture(*data.key(), spec(item, lang))


@kept(60, heavy=len)
def _picture(path: str, build_id: str, wanted: bytes) -> bytes:
    from analytics.export import images

    briefing = Briefing.from_json(wanted)
    return images.png(view_of(briefing.items[0], briefing.lang), pixels=1)


def made(briefing: Briefing) -> export.Made:
    """A briefing with its citations numbered through, from the views that are at hand."""
    from analytics.export.made import assemble

    return assemble(briefing, [view_of(item, briefing.lang) for item in briefing.items])


def file_of(briefing: Briefing, fmt: str) -> bytes:
    """A briefing as a file of one of BRIEFING_FORMATS."""
    return export.render_made(made(briefing), fmt).data
