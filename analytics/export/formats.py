"""One call for every format.

render(view, "pptx") -> Rendered(data, file_name, mime)
render_briefing(store, briefing, "docx") -> Rendered
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from analytics.export import docx, html, images, pptx, tables, workbook
from analytics.export.briefing import Briefing
from analytics.export.common import ExportError, pack, safe_name, text
from analytics.export.made import Made, build
from analytics.export.view import View
from analytics.store import Store

OFFICE = "application/vnd.openxmlformats-officedocument."
MIMES = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "docx": OFFICE + "wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "zip": "application/zip",
    "json": "application/json",
}
VIEW_FORMATS: dict[str, Callable[[View], bytes]] = {
    "png": images.png,
    "svg": images.svg,
    "pdf": images.pdf,
    "csv": tables.to_csv,
    "parquet": tables.to_parquet,
    "xlsx": workbook.view_workbook,
    "pptx": pptx.slide_file,
    "html": html.view_file,
}
FORMATS = tuple(VIEW_FORMATS)


class Rendered(NamedTuple):
    """A file: its bytes, a safe name, its media type."""

    data: bytes
    file_name: str
    mime: str


def render(view: View, fmt: str) -> Rendered:
    """One view as a file of one of FORMATS. Raises ExportError for another format, TooLarge."""
    if fmt not in VIEW_FORMATS:
        raise ExportError(f"format {fmt!r}: a view goes into {', '.join(VIEW_FORMATS)}")
    return Rendered(VIEW_FORMATS[fmt](view), f"{safe_name(view.title)}.{fmt}", MIMES[fmt])


def picture_archive(made: Made) -> bytes:
    """A zip with every view as PNG and SVG, numbered in their order."""
    members = []
    for at, view in enumerate(made.views, 1):
        name = f"{at:02d}_{safe_name(view.title, 'view')}"
        picture = images.scene(view)
        outlines = images.outlined(view, picture)
        members += [(f"{name}.png", images.to_png(outlines)), (f"{name}.svg", outlines.encode())]
    return pack(members)


def around(made: Made) -> tuple:
    """What the briefing formats take."""
    return made.title, made.subtitle, made.views, made.findings, made.methods, made.lang


BRIEFING_FORMATS: dict[str, Callable[[Made], bytes]] = {
    "pptx": lambda made: pptx.deck_file(*around(made)),
    "docx": lambda made: docx.document_file(*around(made)),
    "html": lambda made: html.page_file(*around(made)),
    "xlsx": lambda made: workbook.briefing_workbook(made.title, made.views, made.lang),
    "zip": picture_archive,
}


def render_briefing(store: Store, briefing: Briefing, fmt: str) -> Rendered:
    """A briefing as a file of one of BRIEFING_FORMATS, or the briefing itself as json. Raises BadSpec, TooLarge, ExportError."""
    name = safe_name(briefing.title or text("deck.title", briefing.lang))
    if fmt == "json":
        return Rendered(briefing.to_json(), f"{name}.json", MIMES[fmt])
    return render_made(build(store, briefing), fmt)


def render_made(made: Made, fmt: str) -> Rendered:
    """As `render_briefing`, for views that are built already: several formats then cost one build."""
    if fmt not in BRIEFING_FORMATS:
        raise ExportError(f"format {fmt!r}: a briefing goes into {', '.join(BRIEFING_FORMATS)}")
    return Rendered(BRIEFING_FORMATS[fmt](made), f"{safe_name(made.title)}.{fmt}", MIMES[fmt])
