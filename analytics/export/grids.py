"""Matrices and plain tables as scenes."""

from __future__ import annotations

from typing import Any

from analytics.export import fonts
from analytics.export.common import plain, refuse, settings, word
from analytics.export.scene import BODY, MARGIN, SMALL, WIDTH, Scene
from analytics.export.tables import cell_text
from analytics.export.view import View, filled, number
from analytics.frames import as_dicts

LINES = 4  # of a cell of a matrix


def matrix(scene: Scene, view: View, top: float) -> float:
    """Metrics × places with values in the cells; returns the lower edge."""
    frame, colours = view.frame, settings().colours
    refuse("cells", len(frame))
    places, metrics = list(dict.fromkeys(frame["place"])), list(dict.fromkeys(frame["metric"]))
    names = 250.0
    step = (WIDTH - 2 * MARGIN - names) / max(len(places), 1)
    for at, name in enumerate(places):
        scene.lines(MARGIN + names + at * step + 6, top + 14, fonts.wrap(name, SMALL, step - 10, 2), SMALL, 15, bold=True)
    cells = {(row["metric"], row["place"]): row for row in as_dicts(frame)}
    y = top + 36
    for metric in metrics:
        lines = fonts.wrap(plain(metric), BODY - 1, names - 12, 2)
        told = [cell_text(cells[metric, place], view.lang) for place in places if (metric, place) in cells]
        height = max(32, 16 * len(lines) + 12, *(14 * len(fonts.wrap(words, BODY, step - 10, LINES)) + 12 for words in told))
        scene.line(MARGIN, y, WIDTH - MARGIN, y, colours["grid"])
        scene.lines(MARGIN, y + height / 2 + 5 - 8 * (len(lines) - 1), lines, BODY - 1, 16)
        # Only what is ranked is shaded by size.
        alike = [cells[metric, place] for place in places if (metric, place) in cells and cells[metric, place]["ranked"]]
        values = [number(row["plotted"]) for row in alike]
        for at, place in enumerate(places):
            if (metric, place) in cells:
                cell(
                    scene,
                    cells[metric, place],
                    [value for value in values if value is not None],
                    MARGIN + names + at * step,
                    y,
                    step,
                    height,
                    view.lang,
                )
        y += height
    scene.line(MARGIN, y, WIDTH - MARGIN, y, colours["grid"])
    return y + 4


def cell(scene: Scene, row: dict[str, Any], values: list[float], x: float, y: float, width: float, height: float, lang: str) -> None:
    """One cell: shaded by its position in the row, quiet where there is no number."""
    colours, value = settings().colours, number(row["plotted"])
    faded = row["verdict"] == word("verdict", "incomparable", lang)
    attributes = (
        {
            "data_place": row["place"],
            "data_label": row["label"],
            "data_sentence": row["sentence"] if filled(row["sentence"]) else "",
            "data_cite": row["cite"],
            "data_note": row["metric"],
            "data_id": row["indicator_id"],
            "data_faded": str(int(faded)),
        }
        if value is not None
        else {}
    )
    with scene.group(class_="m", **attributes):
        if value is not None:
            ranked = row["ranked"] and max(values) > min(values)
            share = (value - min(values)) / (max(values) - min(values)) if ranked else 0.0
            scene.rect(x + 1, y + 1, width - 2, height - 2, fill=colours["shade"], fill_opacity=0.0 if faded else 0.08 + 0.28 * share)
        words = cell_text(row, lang)
        ink = colours["quiet"] if value is None or faded else colours["text"]
        lines = fonts.wrap(words, SMALL + (value is not None), width - 10, LINES)
        scene.lines(x + 6, y + height / 2 + 5 - 7 * (len(lines) - 1), lines, SMALL + (value is not None), 14, fill=ink)


def table(scene: Scene, view: View, top: float) -> float:
    """A plain table; columns as wide as their words need, in proportion."""
    refuse("table_rows", len(view.frame))
    colours, columns = settings().colours, list(view.columns)
    heads = [word("column", name, view.lang) for name in columns]
    body = [[shown(row[name]) for name in columns] for row in as_dicts(view.frame[columns])]
    wishes = [
        min(max(fonts.width(each, SMALL) for each in (heads[at], *(row[at] for row in body))) + 14, 330) for at in range(len(columns))
    ]
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
