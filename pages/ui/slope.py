"""A slope chart: what stood in one document on the left, what stands in another on the right, both ends labelled. Plain dictionaries."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.colours import GRID, PAGE, SECOND_TEXT, TEXT
from pages.ui.figures import folded, label

NAME_WIDTH, LINE, EDGE, LEAD = 21, 17, 26, 26
# Labels of the left ends stand in the margin; the lines take the first part of the width, names beside the right ends the rest.
MARGIN, RIGHT = 72, 2.9


@dataclass(frozen=True, slots=True)
class Slope:
    """One line: where it begins and ends on a common axis, how both ends are written, and which way is meant."""

    key: str
    name: str
    left: float
    right: float
    left_label: str
    right_label: str
    hover: str
    colour: str
    dash: str = "solid"


def slope(lines: Sequence[Slope], heads: tuple[str, str]) -> dict:
    """The figure of at least one line; `heads` stand above the two ends. Labels that would overlap are moved apart."""
    names = [folded(one.name, NAME_WIDTH) for one in lines]
    gap = LINE * max(map(len, names)) + 3
    height = max(150, gap * len(lines) + 2 * EDGE)
    low, high = min(min(one.left, one.right) for one in lines), max(max(one.left, one.right) for one in lines)
    span = (high - low) or abs(high) * 0.1 or 1.0

    def pixels(value: float) -> float:
        return (value - low) / span * (height - 2 * EDGE) + EDGE

    left = apart([pixels(one.left) for one in lines], LINE + 3, height)
    right = apart([pixels(one.right) for one in lines], gap, height)
    notes = []
    for one, name, at_left, at_right in zip(lines, names, left, right, strict=True):
        notes.append(label(0, one.left, html.escape(one.left_label), at_left - pixels(one.left), TEXT, 13, xanchor="right", xshift=-10))
        text = f"<b>{html.escape(one.right_label)}</b> {'<br>'.join(map(html.escape, name))}"
        notes.append(end(one.right, text, at_right - pixels(one.right)))
    heads_at = [label(x, 1, f"<b>{html.escape(head)}</b>", 16, TEXT, 13, yref="paper") for x, head in zip((0, 1), heads, strict=True)]
    return {
        "data": [trace(one) for one in lines],
        "layout": {
            "height": height + 40,
            "margin": {"l": MARGIN, "r": 0, "t": 36, "b": 4},
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "paper_bgcolor": PAGE,
            "plot_bgcolor": PAGE,
            "xaxis": {"range": [0, RIGHT], "visible": False, "fixedrange": True},
            "yaxis": {
                "range": [low - EDGE / (height - 2 * EDGE) * span, high + EDGE / (height - 2 * EDGE) * span],
                "visible": False,
                "fixedrange": True,
            },
            "shapes": [
                {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": GRID, "width": 1}} for x in (0, 1)
            ],
            "annotations": notes + heads_at,
        },
    }


def end(value: float, text: str, rise: float) -> dict:
    """The label of a right end with a thin line that leads to it, `rise` pixels above its point."""
    lead = {"showarrow": True, "ax": LEAD, "ay": -rise, "arrowhead": 0, "arrowwidth": 0.8, "arrowcolor": SECOND_TEXT, "standoff": 7}
    return {**label(1, value, text, 0, TEXT, 12, xanchor="left", align="left"), **lead}


def trace(one: Slope) -> dict:
    """The line with a hollow beginning and a solid end."""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [0, 1],
        "y": [one.left, one.right],
        "customdata": [[one.key, one.hover]] * 2,
        "hovertemplate": "%{customdata[1]}<extra></extra>",
        "hoverlabel": {"align": "left"},
        "cliponaxis": False,
        "line": {"color": one.colour, "width": 2.5, "dash": one.dash},
        "marker": {"size": 11, "color": [PAGE, one.colour], "line": {"width": 2, "color": one.colour}},
    }


def apart(positions: Sequence[float], gap: float, height: float) -> list[float]:
    """The positions, moved as little as need be so that each stands `gap` from the next, and none outside 0 to `height` where they fit."""
    order = sorted(range(len(positions)), key=lambda at: (positions[at], at))
    groups: list[list[int]] = []
    for at in order:
        groups.append([at])
        while len(groups) > 1 and bottom(groups[-1], positions, gap) - top(groups[-2], positions, gap) < gap:
            groups[-2:] = [groups[-2] + groups[-1]]
    placed = list(positions)
    for group in groups:
        for rank, at in enumerate(group):
            placed[at] = bottom(group, positions, gap) + rank * gap
    ceiling, floor = height - gap / 2, gap / 2
    for at in reversed(order):
        placed[at], ceiling = min(placed[at], ceiling), min(placed[at], ceiling) - gap
    for at in order:
        placed[at], floor = max(placed[at], floor), max(placed[at], floor) + gap
    return placed


def bottom(group: Sequence[int], positions: Sequence[float], gap: float) -> float:
    """Where the lowest of a group comes to lie around its middle."""
    return sum(positions[at] for at in group) / len(group) - (len(group) - 1) * gap / 2


def top(group: Sequence[int], positions: Sequence[float], gap: float) -> float:
    """Where the highest comes to lie."""
    return bottom(group, positions, gap) + (len(group) - 1) * gap
