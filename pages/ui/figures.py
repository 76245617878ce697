"""Figures as plain dictionaries (a tenth of the cost of plotly objects): functions of marks, never of a page or a database.

Colours of text, grid and page are placeholders that the Streamlit chart theme fills in, so one figure serves both themes.
Distances that must not depend on the width of the window (labels, arrows) are in pixels, set off by xshift and yshift.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.colours import GRID, PAGE, SECOND_TEXT, TEXT

ROW, TOP, BOTTOM, LEVEL = 62, 12, 34, 18
NOTE_WIDTH = 26
FADED = 0.4
ARROW = 34
# What leaves the page goes through pages.ui.toolbar, with its title, filters and sources.
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of a dot plot. `value` is where it stands on the axis, `label` how it is written; a baseline may stand beside it, and
    `also` what its plan says besides of the same thing."""

    key: str
    name: str
    note: str
    value: float
    label: str
    hover: str
    colour: str
    comparator: str = "eq"
    value_max: float | None = None
    hedge: bool = False
    observed: bool = False
    baseline: float | None = None
    baseline_label: str = ""
    faded: bool = False
    also: tuple[float, ...] = ()

    def values(self) -> list[float]:
        """All that the axis has to hold."""
        return [one for one in (self.value, self.value_max, self.baseline, *self.also) if one is not None]


@dataclass(frozen=True, slots=True)
class Line:
    """A benchmark: a dashed line across the rows that it is for (positions from the top; none: all) with its label above."""

    value: float
    label: str
    rows: tuple[int, ...] = ()


def dot_plot(
    marks: Sequence[Mark],
    lines: Sequence[Line],
    ticks: Sequence[float],
    tick_labels: Sequence[str],
    limits: tuple[float, float],
    row_height: int = ROW,
) -> dict:
    """A horizontal dot plot, first mark at the top: filled dot for a number, open arrow for a bound, bar for a range, hollow for a hedge.

    `limits` and `ticks` come from `scale`. Clicking a dot selects customdata[0], the key of its mark.
    """
    levels = place_labels(lines, limits)
    height = row_height * len(marks)
    top = TOP + LEVEL * (max(levels, default=-1) + 1)
    rows = list(range(len(marks) - 1, -1, -1))
    placed = list(zip(marks, rows, strict=True))
    return {
        "data": [trace for trace in (baselines(placed), rivals(placed), targets(placed)) if trace["x"]],
        "layout": {
            "height": height + top + BOTTOM,
            "margin": {"l": 8, "r": 12, "t": top, "b": BOTTOM},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "paper_bgcolor": PAGE,
            "plot_bgcolor": PAGE,
            "xaxis": {
                "range": list(limits),
                "tickvals": list(ticks),
                "ticktext": list(tick_labels),
                "tickangle": 0,
                "fixedrange": True,
                "zeroline": False,
                "showgrid": True,
                "gridcolor": GRID,
                "tickfont": {"size": 13, "color": TEXT},
            },
            "yaxis": {
                "range": [-0.5, len(marks) - 0.5],
                "tickvals": rows,
                "ticktext": [row_label(mark) for mark in marks],
                "fixedrange": True,
                "automargin": True,
                "zeroline": False,
                "showgrid": True,
                "gridcolor": GRID,
                "tickfont": {"size": 15, "color": TEXT},
            },
            "shapes": benchmark_shapes(lines, levels, height, len(marks))
            + [connector(mark, row) for mark, row in placed if mark.baseline is not None]
            + [bar(mark, row) for mark, row in placed if mark.value_max is not None],
            "annotations": [note for mark, row in placed for note in annotations(mark, row, limits)]
            + benchmark_labels(lines, levels, limits),
        },
    }


def row_label(mark: Mark) -> str:
    """Name in bold, and what the reader must know of it in smaller lines, narrow enough for a window 390 pixels wide."""
    name = f"<b>{html.escape(mark.name)}</b>"
    notes = [f"<span style='font-size:12px'>{html.escape(line)}</span>" for line in folded(mark.note, NOTE_WIDTH)]
    return "<br>".join([name, *notes])


def folded(text: str, width: int) -> list[str]:
    """A text in at most two lines of `width` half-width characters: broken at the blank that leaves the shorter lines, between Chinese
    characters where no blank will do; … where it was cut."""
    if measure(text) <= width:
        return [text] if text else []
    blanks = [at for at, character in enumerate(text) if character == " "]
    halves = [(text[:at].rstrip(" ·"), text[at:].lstrip(" ·")) for at in blanks]
    first, second = min(halves, key=lambda pair: max(map(measure, pair)), default=("", text))
    if max(measure(first), measure(second)) <= width and first:
        return [first, second]
    head = fitting(text, width)
    rest = text[len(head) :].strip(" ·")
    tail = fitting(rest, width - 1)
    return [head.rstrip(" ·"), rest if tail == rest else f"{tail.rstrip(' ·,、')}…"]


def fitting(text: str, width: int) -> str:
    """The beginning of a text that fits, up to a blank where one stands in its second half."""
    end = next((at for at in range(len(text), 0, -1) if measure(text[:at]) <= width), 0)
    blank = text.rfind(" ", 0, end + 1)
    return text[: blank if end < len(text) and blank > end // 2 else end]


def measure(text: str) -> int:
    """The width of a text in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def targets(placed: Sequence[tuple[Mark, int]]) -> dict:
    """The dots, hollow for a hedge or an observed value, with the original wording on hover."""
    width = [3.5 if mark.hedge else 2.0 if mark.observed else 0.0 for mark, _ in placed]
    return {
        **dots([(mark.value, row, mark) for mark, row in placed], 15, width),
        "customdata": [[mark.key, mark.hover] for mark, _ in placed],
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "hoverlabel": {"align": "left"},
    }


def baselines(placed: Sequence[tuple[Mark, int]]) -> dict:
    """Where the place stood, as hollow dots."""
    known = [(mark.baseline, row, mark) for mark, row in placed if mark.baseline is not None]
    return {**dots(known, 13, [2.0] * len(known)), "hoverinfo": "skip"}


def rivals(placed: Sequence[tuple[Mark, int]]) -> dict:
    """The other values of plans that give two, as dots like the first."""
    known = [(value, row, mark) for mark, row in placed for value in mark.also]
    return {**dots(known, 15, [3.0 if mark.hedge else 0.0 for _, _, mark in known]), "hoverinfo": "skip"}


def dots(points: Sequence[tuple[float, int, Mark]], size: int, width: Sequence[float]) -> dict:
    """Round marks in the colours of their places; a ring is filled with the colour of the page, so that no line shows through it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": [value for value, _, _ in points],
        "y": [row for _, row, _ in points],
        "marker": {
            "size": size,
            "symbol": "circle",
            "color": [PAGE if ring else mark.colour for (_, _, mark), ring in zip(points, width, strict=True)],
            "opacity": [FADED if mark.faded else 1 for _, _, mark in points],
            "line": {"width": list(width), "color": [mark.colour for _, _, mark in points]},
        },
    }


def bar(mark: Mark, row: int) -> dict:
    """A range, from its lower to its upper bound."""
    return {
        "type": "line",
        "layer": "below",
        "x0": mark.value,
        "x1": mark.value_max,
        "y0": row,
        "y1": row,
        "opacity": FADED if mark.faded else 1,
        "line": {"color": mark.colour, "width": 9},
    }


def connector(mark: Mark, row: int) -> dict:
    """The line of a dumbbell, from baseline to target."""
    return {
        "type": "line",
        "layer": "below",
        "x0": mark.baseline,
        "x1": mark.value,
        "y0": row,
        "y1": row,
        "opacity": 0.45,
        "line": {"color": mark.colour, "width": 3},
    }


def edge(value: float, limits: tuple[float, float]) -> dict:
    """Which side of a label to fix at its point, so that it stays inside a narrow chart."""
    at = (value - limits[0]) / (limits[1] - limits[0])
    return {"xanchor": "right", "xshift": 14} if at > 0.8 else {"xanchor": "left", "xshift": -14} if at < 0.14 else {}


def annotations(mark: Mark, row: int, limits: tuple[float, float]) -> list[dict]:
    """The direct labels of a row, and the open arrow of a bound."""
    middle = mark.value if mark.value_max is None else (mark.value + mark.value_max) / 2
    found = [label(middle, row, f"<b>{html.escape(mark.label)}</b>", 19, SECOND_TEXT if mark.faded else TEXT, 15, **edge(middle, limits))]
    if mark.baseline is not None:
        found.append(label(mark.baseline, row, html.escape(mark.baseline_label), -19, TEXT, 12, **edge(mark.baseline, limits)))
    way = {"ge": 1, "gt": 1, "le": -1, "lt": -1}.get(mark.comparator, 0)
    if way:
        found.append(
            {
                "x": mark.value,
                "y": row,
                "xshift": way * ARROW,
                "ax": -way * (ARROW - 9),
                "ay": 0,
                "text": "",
                "showarrow": True,
                "arrowhead": 4,
                "arrowsize": 1.1,
                "arrowwidth": 2.2,
                "arrowcolor": mark.colour,
                "opacity": FADED if mark.faded else 1,
            }
        )
    return found


def label(x: float, y: float, text: str, yshift: int, colour: str, size: int, **more: object) -> dict:
    """A text set off from a point by `yshift` pixels."""
    return {
        "x": x,
        "y": y,
        "text": text,
        "yshift": yshift,
        "showarrow": False,
        "bgcolor": PAGE,
        "borderpad": 0,
        "font": {"size": size, "color": colour},
        **more,
    }


def place_labels(lines: Sequence[Line], limits: tuple[float, float]) -> list[int]:
    """The level of each benchmark label: two lines that stand apart share one, so that nothing overlaps in a window 390 pixels wide."""
    low, high = limits
    taken: list[list[tuple[float, float]]] = []
    levels = []
    for line in lines:
        at = (line.value - low) / (high - low)
        width = (len(line.label) + 1) * 0.028
        span = (at, at + width) if at < 0.5 else (at - width, at)
        level = next((number for number, spans in enumerate(taken) if all(span[1] < a or b < span[0] for a, b in spans)), len(taken))
        if level == len(taken):
            taken.append([])
        taken[level].append(span)
        levels.append(level)
    return levels


def benchmark_shapes(lines: Sequence[Line], levels: Sequence[int], height: int, rows: int) -> list[dict]:
    """The dashed lines, each across its rows, with a dash at its own label."""
    return [
        {
            "type": "line",
            "layer": "below",
            "yref": "paper",
            "x0": line.value,
            "x1": line.value,
            "y0": low,
            "y1": high,
            "line": {"color": SECOND_TEXT, "width": 1.4, "dash": "dash"},
        }
        for line, level in zip(lines, levels, strict=True)
        for low, high in [
            *((1 - (row + 1) / rows, 1 - row / rows) for row in (line.rows or range(rows))),
            (1, 1 + (LEVEL * level + 12) / height),
        ]
    ]


def benchmark_labels(lines: Sequence[Line], levels: Sequence[int], limits: tuple[float, float]) -> list[dict]:
    """Labels beside the head of each line, on the side that has room."""
    middle = sum(limits) / 2
    return [
        label(
            line.value,
            1,
            html.escape(line.label),
            LEVEL * level + 2,
            TEXT,
            12,
            yref="paper",
            yanchor="bottom",
            xanchor="left" if line.value < middle else "right",
            xshift=4 if line.value < middle else -4,
        )
        for line, level in zip(lines, levels, strict=True)
    ]


def strip(places: Sequence[int], rows: Sequence[int], hover: Sequence[str], names: Sequence[str], length: int, taken: int | None) -> dict:
    """Ticks along a text, one row a class (names from the bottom up); the row `taken` stands out."""
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": list(places),
                "y": list(rows),
                "text": list(hover),
                "hovertemplate": "%{text}<extra></extra>",
                "hoverlabel": {"align": "left"},
                "marker": {
                    "symbol": "line-ns",
                    "size": 13,
                    "line": {"width": 1.6, "color": ["#0072B2" if row == taken else "#85898F" for row in rows]},
                },
            }
        ],
        "layout": {
            "height": 26 * len(names) + 50,
            "margin": {"l": 8, "r": 12, "t": 8, "b": 34},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "paper_bgcolor": PAGE,
            "plot_bgcolor": PAGE,
            "xaxis": {
                "range": [-length * 0.01, length * 1.01],
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "tickfont": {"size": 12, "color": TEXT},
                "nticks": 5,
            },
            "yaxis": {
                "range": [-0.6, len(names) - 0.4],
                "tickvals": list(range(len(names))),
                "ticktext": [html.escape(name) for name in names],
                "fixedrange": True,
                "automargin": True,
                "zeroline": False,
                "gridcolor": GRID,
                "tickfont": {"size": 13, "color": TEXT},
            },
        },
    }


def scale(values: Sequence[float], share: bool) -> tuple[tuple[float, float], list[float]]:
    """((low, high), ticks) of an axis that holds all values with room for labels. Counts start from zero unless all are far from it."""
    low, high = min(values), max(values)
    from_zero = not share and 0 <= low <= 0.6 * high
    low = 0.0 if from_zero else low
    span = (high - low) or abs(high) * 0.1 or 1.0
    limits = (low - span * (0.06 if from_zero else 0.17), high + span * 0.2)
    step = nice_step((limits[1] - limits[0]) / 5)
    first = math.ceil((low if from_zero else limits[0]) / step - 1e-9)
    ticks = [round(number * step, 10) for number in range(first, math.floor(limits[1] / step + 1e-9) + 1)]
    return limits, [tick for tick in ticks if tick >= 0 and not (share and tick > 100)]


def nice_step(raw: float) -> float:
    """The least of 1, 2, 5 times a power of ten that is not below `raw`."""
    power = 10 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - 1e-9))


def wrap(text: str, width: int = 30) -> str:
    """Plan text for a hover label: escaped, broken into lines of `width` characters."""
    flat = " ".join(text.split())
    return "<br>".join(html.escape(flat[at : at + width]) for at in range(0, len(flat), width))
