"""A view as a scene: the chart of plots.py or grids.py with title, filters, notes, sources and data version baked in."""

from __future__ import annotations

import math

from analytics.export import fonts
from analytics.export.common import plain, settings, text
from analytics.export.grids import matrix, table
from analytics.export.plots import plot
from analytics.export.scene import MARGIN, SMALL, SUBTITLE, TITLE, WIDTH, Scene
from analytics.export.view import View
from analytics.frames import as_dicts

SOURCES_SHOWN = 10


def draw(view: View, around: bool = True) -> Scene:
    """The whole picture; without `around` only the chart, for a page that says the rest in its own text."""
    scene = Scene(WIDTH)
    top = head(scene, view) if around else 16.0
    bottom = BODIES[view.kind](scene, view, top)
    scene.height = math.ceil(foot(scene, view, bottom + 14) if around else bottom + 6)
    return scene


def describe(view: View) -> str:
    """What a picture shows, in words: every mark, then the sources with their sentences."""
    rows = [f"{row['place']} {row['label']}" for row in as_dicts(view.frame)] if view.kind != "table" else []
    return " ".join([text("draft.semicolon", view.lang).join(rows), *view.footer(), *(source.full(view.lang) for source in view.sources)])


def head(scene: Scene, view: View) -> float:
    """Title, subtitle, filters; returns where the chart begins."""
    colours, inner = settings().colours, WIDTH - 2 * MARGIN
    y = scene.lines(MARGIN, 42, fonts.wrap(plain(view.title), TITLE, inner, 3), TITLE, 31, bold=True)
    y = scene.lines(MARGIN, y, fonts.wrap(plain(view.subtitle), SUBTITLE, inner, 2), SUBTITLE, 21, fill=colours["quiet"])
    return y + 4


def foot(scene: Scene, view: View, top: float) -> float:
    """Filters, notes, sources, version; returns the height of the picture."""
    colours, inner = settings().colours, WIDTH - 2 * MARGIN
    scene.line(MARGIN, top, WIDTH - MARGIN, top, colours["grid"])
    y = top + 20
    for line in view.footer(drawn=True):
        y = scene.lines(MARGIN, y, fonts.wrap(plain(line), SMALL, inner, 4), SMALL, 17, fill=colours["quiet"])
    for line in source_lines(view):
        y = scene.lines(MARGIN, y, fonts.wrap(plain(line), SMALL, inner, 2), SMALL, 17, fill=colours["quiet"])
    return y + 6


def source_lines(view: View) -> list[str]:
    """The first citations in full; how many there are beyond them."""
    if not view.sources:
        return []
    shown = [source.full(view.lang) for source in view.sources[:SOURCES_SHOWN]]
    more = [view.say("foot.more_sources", n=len(view.sources))] if len(view.sources) > SOURCES_SHOWN else []
    return [view.say("foot.sources") + shown[0], *shown[1:], *more]


BODIES = {"dot": plot, "bars": plot, "dumbbell": plot, "matrix": matrix, "table": table}
