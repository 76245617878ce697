"""Charts as scenes: horizontal dot plot, bars and dumbbell with operator-true marks, matrix, table. `draw(view)` bakes in all that is around them.

A filled dot is a number, an arrow a bound, a bar a range, a thick ring a hedged target, a thin ring the baseline, a dashed line a benchmark.
"""
from __future__ import annotations

import math
from collections.abc import Sequence

from analytics import messages
from analytics.export import fonts
from analytics.export.common import plain, refuse, settings, text, word
from analytics.export.scene import Scene
from analytics.export.view import Mark, View, filled, number

WIDTH, MARGIN = 1000, 28
ROW, RADIUS, ARROW = 52, 7, 26
NAME_SHARE = 0.26
TITLE, SUBTITLE, BODY, SMALL = 23, 14.5, 14, 12
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
    rows = [f"{row['place']} {row['label']}" for row in view.frame.to_dict("records")] if view.kind != "table" else []
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
    for line in view.footer():
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


def colours_of(places: Sequence[str]) -> dict[str, str]:
    """One colour a place in the order of names, grey beyond the palette: the same place keeps its colour in every chart of the same places."""
    palette, others = settings().colours["places"], settings().colours["others"]
    return {place: palette[at] if at < len(palette) else others for at, place in enumerate(sorted(set(places)))}


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
    colours, left, right = settings().colours, MARGIN + WIDTH * NAME_SHARE, WIDTH - MARGIN - 110
    values = [value for mark in marks for value in (mark.value, mark.value_max, mark.baseline) if value is not None] + [line.value for line in view.lines]
    unit = shared_unit(view)
    low, high, ticks = scale(values, view.kind == "bars", unit == "%")
    place = colours_of([mark.place for mark in marks])

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    start = benchmarks(scene, view, x, top, len(marks), right)
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
    same = view.frame["plotted"].notna() & (view.frame["plotted"] != view.frame["value_exact"].astype(float))
    return units.pop() if len(units) == 1 and not same.any() else ""


def mark_attributes(mark: Mark, colour: str) -> dict[str, str]:
    """What the interactive page reads from a mark."""
    return {"data_place": mark.place, "data_label": mark.label, "data_note": mark.note, "data_sentence": mark.sentence, "data_cite": mark.cite,
            "data_id": mark.indicator_id, "data_faded": str(int(mark.faded)), "data_colour": colour, "opacity": "0.45" if mark.faded else None}


def row_name(scene: Scene, mark: Mark, y: float, left: float) -> None:
    """Place and, smaller, year, status and definition."""
    room = left - MARGIN - 14
    scene.text(MARGIN, y - 2 if mark.note else y + 5, fonts.cut(f"{mark.place} {mark.cite}", BODY, room), BODY, bold=True)
    if mark.note:
        scene.text(MARGIN, y + 15, fonts.cut(mark.note, SMALL, room), SMALL, settings().colours["quiet"])


def dot(scene: Scene, mark: Mark, x, y: float, colour: str) -> None:
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
        scene.text(min(at, at - ARROW if mark.comparator in ("le", "lt") else at) - 12, y + 5, mark.label, BODY, settings().colours["text"], "end", bold=True)
    else:
        scene.text(end + (ARROW + 6 if up else RADIUS + 6), y + 5, mark.label, BODY, settings().colours["text"], bold=True)


def arrow(scene: Scene, comparator: str, at: float, y: float, colour: str) -> None:
    """An open arrow to the side on which a bound leaves room."""
    if comparator in ("ge", "gt", "le", "lt"):
        way = 1 if comparator in ("ge", "gt") else -1
        tip = at + way * ARROW
        scene.path(f"M{at:.1f} {y:.1f}H{tip:.1f}M{tip - way * 6:.1f} {y - 5:.1f}L{tip:.1f} {y:.1f}L{tip - way * 6:.1f} {y + 5:.1f}", fill="none", stroke=colour, stroke_width=2)


def bar(scene: Scene, mark: Mark, x, y: float, colour: str) -> None:
    """One bar from zero, hollow for a hedged target, with an arrow for a bound."""
    start, end = sorted((x(0.0), x(mark.value if mark.value_max is None else mark.value_max)))
    scene.rect(start, y - 11, max(end - start, 1), 22, fill="#fff" if mark.hedge else colour, stroke=colour, stroke_width=2 if mark.hedge else 0)
    arrow(scene, mark.comparator, x(mark.value), y, colour)
    scene.text(end + (ARROW + 6 if mark.comparator in ("ge", "gt") else 8), y + 5, mark.label, BODY, settings().colours["text"], bold=True)


def benchmarks(scene: Scene, view: View, x, top: float, rows: int, right: float) -> float:
    """Dashed lines with their labels in steps above the chart; returns where the rows begin."""
    colour = settings().colours["line"]
    start = top + 19 * len(view.lines) + (6 if view.lines else 0)
    for at, line in enumerate(view.lines):
        y, left = top + 14 + 19 * at, x(line.value)
        scene.line(left, y + 3, left, start + ROW * rows, colour, stroke_width=1.4, stroke_dasharray="5 4")
        fits = left + fonts.width(line.label, SMALL) + 8 < WIDTH - MARGIN
        scene.text(left + (5 if fits else -5), y, line.label, SMALL, colour, "start" if fits else "end")
    return start


def matrix(scene: Scene, view: View, top: float) -> float:
    """Metrics × places with values in the cells; returns the lower edge."""
    frame, colours = view.frame, settings().colours
    refuse("cells", len(frame))
    places, metrics = list(dict.fromkeys(frame["place"])), list(dict.fromkeys(frame["metric"]))
    names = 250.0
    step = (WIDTH - 2 * MARGIN - names) / max(len(places), 1)
    for at, name in enumerate(places):
        scene.lines(MARGIN + names + at * step + 6, top + 14, fonts.wrap(name, SMALL, step - 10, 2), SMALL, 15, bold=True)
    cells = {(row["metric"], row["place"]): row for row in frame.to_dict("records")}
    y = top + 36
    for metric in metrics:
        lines = fonts.wrap(plain(metric), BODY - 1, names - 12, 2)
        height = max(32, 16 * len(lines) + 12)
        scene.line(MARGIN, y, WIDTH - MARGIN, y, colours["grid"])
        scene.lines(MARGIN, y + height / 2 + 5 - 8 * (len(lines) - 1), lines, BODY - 1, 16)
        # Only numbers with one definition are shaded by size.
        alike = [cells[metric, place] for place in places if (metric, place) in cells and cells[metric, place]["verdict"] == word("verdict", "comparable", view.lang)]
        values = [number(row["plotted"]) for row in alike]
        for at, place in enumerate(places):
            if (metric, place) in cells:
                cell(scene, cells[metric, place], [value for value in values if value is not None], MARGIN + names + at * step, y, step, height, view.lang)
        y += height
    scene.line(MARGIN, y, WIDTH - MARGIN, y, colours["grid"])
    return y + 4


def cell(scene: Scene, row: dict, values: list[float], x: float, y: float, width: float, height: float, lang: str) -> None:
    """One cell: shaded by its position in the row, quiet where there is no number."""
    colours, value = settings().colours, number(row["plotted"])
    faded = row["verdict"] == word("verdict", "incomparable", lang)
    attributes = {"data_place": row["place"], "data_label": row["label"], "data_sentence": row["sentence"] if filled(row["sentence"]) else "",
                  "data_cite": row["cite"], "data_note": row["metric"], "data_id": row["indicator_id"], "data_faded": str(int(faded))} if value is not None else {}
    with scene.group(class_="m", **attributes):
        if value is not None:
            ranked = row["verdict"] == word("verdict", "comparable", lang) and max(values) > min(values)
            share = (value - min(values)) / (max(values) - min(values)) if ranked else 0.0
            scene.rect(x + 1, y + 1, width - 2, height - 2, fill=colours["shade"], fill_opacity=0.0 if faded else 0.08 + 0.28 * share)
        words = f"{row['label']} {row['cite']}" if value is not None else row["label"]
        ink = colours["quiet"] if value is None or faded else colours["text"]
        lines = fonts.wrap(words, SMALL + (value is not None), width - 10, 2)
        scene.lines(x + 6, y + height / 2 + 5 - 7 * (len(lines) - 1), lines, SMALL + (value is not None), 14, fill=ink)


def table(scene: Scene, view: View, top: float) -> float:
    """A plain table; columns as wide as their words need, in proportion."""
    refuse("table_rows", len(view.frame))
    colours, columns = settings().colours, list(view.columns)
    heads = [word("column", name, view.lang) for name in columns]
    body = [[shown(row[name]) for name in columns] for row in view.frame[columns].to_dict("records")]
    wishes = [min(max(fonts.width(each, SMALL) for each in (heads[at], *(row[at] for row in body))) + 14, 330) for at in range(len(columns))]
    factor = (WIDTH - 2 * MARGIN) / sum(wishes)
    widths = [wish * factor for wish in wishes]
    y = top + 16
    for at, name in enumerate(heads):
        scene.text(MARGIN + sum(widths[:at]), y, name, SMALL, colours["quiet"], bold=True)
    y += 10
    for row in body:
        lines = [fonts.wrap(each, SMALL, widths[at] - 10, 4) for at, each in enumerate(row)]
        scene.line(MARGIN, y, WIDTH - MARGIN, y, colours["grid"])
        for at, each in enumerate(lines):
            scene.lines(MARGIN + sum(widths[:at]), y + 17, each, SMALL, 16)
        y += 16 * max(map(len, lines), default=1) + 10
    return y


def shown(value: object) -> str:
    """A cell as text, nothing for empty."""
    return plain(value) if filled(value) else ""


BODIES = {"dot": plot, "bars": plot, "dumbbell": plot, "matrix": matrix, "table": table}
