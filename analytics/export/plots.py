"""Dot plots, bars and dumbbells as scenes, with operator-true marks, and the axis that Office charts share with them.

A filled dot is a number, an arrow a bound, a bar a range, a thick ring a hedged target, a thin ring the baseline, dashes a benchmark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from analytics import messages
from analytics.export import fonts
from analytics.export.common import of_places, refuse, settings
from analytics.export.scene import BODY, MARGIN, SMALL, WIDTH, Scene
from analytics.export.view import Mark, View

ROW, RADIUS, ARROW = 52, 7, 26
NAME_SHARE = 0.26
Axis = Callable[[float], float]


def colours_of(view: View) -> dict[str, str]:
    """One colour a place by its position among all places of the data, grey beyond the palette: a place keeps its colour in every chart."""
    return of_places(list(dict.fromkeys([*view.places, *view.frame["place"]])))


def scale(values: Sequence[float], zero: bool, share: bool = False) -> tuple[float, float, list[float]]:
    """(least, most, ticks) of an axis that holds the values with some room; from 0 for bars, to 100 at most for shares."""
    least, most = min(values, default=0.0), max(values, default=1.0)
    least = min(least, 0.0) if zero else least
    step = nice((most - least) / 4 or abs(most) / 40 or 1.0)
    low = least if zero else math.floor(least / step) * step
    low = low - step if not zero and low == least and (low >= step or low < 0) else low
    high = math.ceil(most / step) * step
    high = high + step if high == most and not (share and most == 100) else high
    high = min(high, 100.0) if share and most <= 100 else high
    count = math.floor((high - low) / step + 1e-9)
    return low, high, [round(low + at * step, 10) for at in range(count + 1)]


def nice(step: float) -> float:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= step * 0.999)


def tick_label(value: float, unit: str, lang: str) -> str:
    """A tick: 92%, 30万."""
    return messages.number(f"{value:.10g}" if abs(value) < 1e10 else f"{value:.0f}", lang) + (unit if unit in ("%", "‰") else "")


def plot(scene: Scene, view: View, top: float) -> float:
    """A dot plot, bars or a dumbbell; returns its lower edge."""
    marks = view.marks()
    refuse("marks", len(marks))
    if not marks:  # an axis would show numbers that nobody set
        return top
    colours, left, right = settings().colours, MARGIN + WIDTH * NAME_SHARE, WIDTH - MARGIN - 110
    values = [value for mark in marks for value in (mark.value, mark.value_max, mark.baseline) if value is not None] + [
        line.value for line in view.lines
    ]
    unit = shared_unit(view)
    low, high, ticks = scale(values, view.kind == "bars", unit == "%")
    place = colours_of(view)

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    start = benchmarks(scene, view, x, top)
    for tick in ticks:
        scene.line(x(tick), start, x(tick), start + ROW * len(marks), colours["grid"])
        scene.text(x(tick), start + ROW * len(marks) + 18, tick_label(tick, unit, view.lang), SMALL, colours["quiet"], "middle")
    for at, mark in enumerate(marks):
        y = start + ROW * at + ROW / 2
        with scene.group(class_="m", **mark_attributes(mark, place[mark.place])):
            row_name(scene, mark, y, left)
            (bar if view.kind == "bars" else dot)(scene, mark, x, y, place[mark.place])
    return start + ROW * len(marks) + 24


def shared_unit(view: View) -> str:
    """The unit on the axis, "" where rows have several or the axis is no plain value."""
    units = set(view.frame["unit"])
    return units.pop() if len(units) == 1 and view.measure == "value" else ""


def mark_attributes(mark: Mark, colour: str) -> dict[str, str]:
    """What the interactive page reads from a mark."""
    return {
        "data_place": mark.place,
        "data_label": mark.label,
        "data_note": mark.note,
        "data_sentence": mark.sentence,
        "data_cite": mark.cite,
        "data_id": mark.indicator_id,
        "data_faded": str(int(mark.faded)),
        "data_colour": colour,
        "opacity": "0.45" if mark.faded else None,
    }


def row_name(scene: Scene, mark: Mark, y: float, left: float) -> None:
    """Place and, smaller, year, status and definition."""
    room = left - MARGIN - 14
    notes = fonts.wrap(mark.note, SMALL, room, 2) if mark.note else []
    top = y + 5 - 7.5 * len(notes)
    scene.text(MARGIN, top, fonts.cut(f"{mark.place} {mark.cite}", BODY, room), BODY, bold=True)
    scene.lines(MARGIN, top + 16, notes, SMALL, 15, fill=settings().colours["quiet"])


def dot(scene: Scene, mark: Mark, x: Axis, y: float, colour: str) -> None:
    """One row of a dot plot or a dumbbell."""
    at, quiet = x(mark.value), settings().colours["quiet"]
    if mark.baseline is not None:
        scene.line(x(mark.baseline), y, at, y, colour, stroke_width=2.2, opacity=0.55)
        scene.circle(x(mark.baseline), y, RADIUS - 1.5, fill="#fff", stroke=colour, stroke_width=1.6)
        side, anchor = (-11, "end") if mark.baseline <= mark.value else (11, "start")
        scene.text(x(mark.baseline) + side, y + 4, mark.baseline_label, SMALL, quiet, anchor)
    end = at
    if mark.value_max is not None:
        end = x(mark.value_max)
        scene.rect(at, y - RADIUS / 2, end - at, RADIUS, fill=colour, rx=3)
        scene.circle(end, y, RADIUS, fill=colour)
    arrow(scene, mark.comparator, at, y, colour)
    scene.circle(at, y, RADIUS, fill="#fff" if mark.hedge else colour, stroke=colour, stroke_width=3.2 if mark.hedge else 0)
    up = mark.comparator in ("ge", "gt")
    beside_left = mark.baseline is not None and mark.baseline > mark.value
    if beside_left:
        scene.text(
            min(at, at - ARROW if mark.comparator in ("le", "lt") else at) - 12,
            y + 5,
            mark.label,
            BODY,
            settings().colours["text"],
            "end",
            bold=True,
        )
    else:
        scene.text(end + (ARROW + 6 if up else RADIUS + 6), y + 5, mark.label, BODY, settings().colours["text"], bold=True)


def arrow(scene: Scene, comparator: str, at: float, y: float, colour: str) -> None:
    """An open arrow to the side on which a bound leaves room."""
    if comparator in ("ge", "gt", "le", "lt"):
        way = 1 if comparator in ("ge", "gt") else -1
        tip = at + way * ARROW
        scene.path(
            f"M{at:.1f} {y:.1f}H{tip:.1f}M{tip - way * 6:.1f} {y - 5:.1f}L{tip:.1f} {y:.1f}L{tip - way * 6:.1f} {y + 5:.1f}",
            fill="none",
            stroke=colour,
            stroke_width=2,
        )


def bar(scene: Scene, mark: Mark, x: Axis, y: float, colour: str) -> None:
    """One bar from zero, hollow for a hedged target, with an arrow for a bound."""
    start, end = sorted((x(0.0), x(mark.value if mark.value_max is None else mark.value_max)))
    scene.rect(
        start, y - 11, max(end - start, 1), 22, fill="#fff" if mark.hedge else colour, stroke=colour, stroke_width=2 if mark.hedge else 0
    )
    arrow(scene, mark.comparator, x(mark.value), y, colour)
    scene.text(end + (ARROW + 6 if mark.comparator in ("ge", "gt") else 8), y + 5, mark.label, BODY, settings().colours["text"], bold=True)


def benchmarks(scene: Scene, view: View, x: Axis, top: float) -> float:
    """Dashed lines with their labels in steps above the chart; returns where the rows begin."""
    colour = settings().colours["line"]
    start = top + 19 * len(view.lines) + (6 if view.lines else 0)
    for at, line in enumerate(view.lines):
        y, left = top + 14 + 19 * at, x(line.value)
        # A dash at the label, then across the rows that the target is for.
        for low, high in [(y + 3, y + 12), *((start + ROW * row, start + ROW * (row + 1)) for row in line.rows)]:
            scene.line(left, low, left, high, colour, stroke_width=1.4, stroke_dasharray="5 4")
        fits = left + fonts.width(line.label, SMALL) + 8 < WIDTH - MARGIN
        scene.text(left + (5 if fits else -5), y, line.label, SMALL, colour, "start" if fits else "end")
    return start
