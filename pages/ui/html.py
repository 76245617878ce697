"""Small semantic HTML for what Streamlit has no element for: sentences with a marked span, and tables whose cells open them.

Everything that comes from a plan passes `esc`. Shades are mixed from the current text colour, so both themes are served. A cell's
sentence stands in a native popover: it opens without a round trip, by mouse or keyboard, and closes with Escape.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

LINE = "1px solid color-mix(in srgb, currentColor 16%, transparent)"
SOFT = "opacity:.78"
MARK = "background:color-mix(in srgb,#F2B01E 42%,transparent);color:inherit;padding:.1em .1em;border-radius:2px"
CHIP = f"display:inline-block;border:{LINE};border-radius:.3rem;padding:.05rem .5rem;margin:.1rem .35rem .1rem 0;font-size:.9rem"
CELL = f"padding:.5rem .7rem .5rem 0;border-bottom:{LINE};vertical-align:top;text-align:"
GRID_HEAD = f"padding:.4rem .5rem;font-weight:600;text-align:center;vertical-align:bottom;border-bottom:{LINE};min-width:"
GRID_CELL = "padding:.5rem;text-align:center;vertical-align:top;"
LINK = "color:inherit;text-underline-offset:.2em"
BUTTON = (
    "all:unset;cursor:pointer;font-weight:600;text-decoration:underline dotted;text-underline-offset:.25em;outline:revert;"
    "outline-offset:2px;border-radius:2px"
)
POPOVER = (
    f"max-width:min(42rem,88vw);border:{LINE};border-radius:.5rem;padding:1rem 1.2rem;margin:auto;font-weight:400;text-align:left;"
    "white-space:normal;box-shadow:0 8px 30px rgb(0 0 0/.25)"
)
# Shadows at the edges of what scrolls sideways, each covered by a piece of the page that scrolls along: they stand where there is more.
PAGE, SHADOW = "light-dark(#ffffff,#12171d)", "light-dark(rgb(0 0 0/.17),rgb(255 255 255/.24))"
SCROLLS = "overflow-x:auto;background:" + ",".join(
    f"linear-gradient({turn}deg,{colour},transparent) {side} 0/{width} 100% no-repeat {moves}"
    for colour, width, moves in ((f"{PAGE} 30%", "2.5rem", "local"), (SHADOW, ".8rem", "scroll"))
    for turn, side in ((90, "0"), (270, "100%"))
)
STAYS = f"position:sticky;left:0;z-index:1;background:{PAGE};outline:2px solid {PAGE}"  # while the rest scrolls under it
SHADE = "#2E7FC1"
NOT_IN_IDS = re.compile(r"[^\w.-]")


def esc(value: object) -> str:
    """Text made safe for HTML, attributes included."""
    return escape(str(value), quote=True)


def el(name: str, content: str, style: str = "", **attributes: str) -> str:
    """An element around ready-made content; attribute values are escaped, `data_in` becomes data-in, an empty value a bare name."""
    pairs = {**attributes, **({"style": style} if style else {})}
    text = "".join(f" {key.rstrip('_').replace('_', '-')}" + (f'="{esc(value)}"' if value else "") for key, value in pairs.items())
    return f"<{name}{text}>{content}</{name}>"


def marked(text: str, start: int, end: int, value_start: int, value_end: int) -> str:
    """`text` with [start, end) marked and the number in it in bold. Offsets are code points; line breaks become spaces."""
    pieces = (text[:start], text[start:value_start], text[value_start:value_end], text[value_end:end], text[end:])
    before, head, number, tail, after = (esc(piece.replace("\n", " ")) for piece in pieces)
    return before + el("mark", f"{head}<strong>{number}</strong>{tail}", MARK) + after


def chip(text: str) -> str:
    """A reason in a thin frame."""
    return el("span", esc(text), CHIP)


def popover(identity: str, shown: str, body: str) -> str:
    """`shown` (text) as a button that opens `body` (HTML). Streamlit's sanitizer takes an id with a colon for an address and drops it."""
    identity = NOT_IN_IDS.sub("-", identity)
    button = el("button", esc(shown), BUTTON, type="button", popovertarget=identity)
    return button + el("div", body, POPOVER, popover="", id=identity)


def region(caption: str, content: str) -> str:
    """What may be wider than the window: it scrolls by itself, by keyboard too, and shows where there is more."""
    return el("div", content, SCROLLS, role="region", aria_label=caption, tabindex="0")


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    numeric: Sequence[int] = (),
    caption: str = "",
    wrap: bool = False,
    widths: Sequence[int] = (),
) -> str:
    """A table of ready-made cells (HTML). The first cell of a row is its head, one line unless `wrap`; `numeric` columns are set right.
    `widths`: of the columns in per cent, for tables under one another whose columns should stand in line."""

    def side(at: int) -> str:
        return "right" if at in numeric and widths else "right;white-space:nowrap" if at in numeric else "left"

    style = "font-weight:400;" + ("" if widths else "white-space:nowrap;") + SOFT
    head = "".join(el("th", esc(name), f"{CELL}{side(at)};{style}", scope="col") for at, name in enumerate(heads))
    body = "".join(el("tr", "".join(cell(at, content, side(at), wrap) for at, content in enumerate(row))) for row in rows)
    style = "border-collapse:collapse;width:100%;font-size:.95rem;min-width:" + ("54rem;table-layout:fixed" if widths else "34rem")
    columns = el("colgroup", "".join(f'<col style="width:{width}%">' for width in widths)) if widths else ""
    return region(caption, el("table", columns + el("thead", el("tr", head)) + el("tbody", body), style))


def cell(at: int, content: str, side: str, wrap: bool) -> str:
    """A data cell, or the head of the row for the first."""
    if at == 0:
        return el("th", content, f"{CELL}{side};font-weight:600{'' if wrap else ';white-space:nowrap'}", scope="row")
    return el("td", content, CELL + side)


def grid(
    heads: Sequence[str],
    rows: Sequence[tuple[str, Sequence[tuple[str, float | None]]]],
    caption: str,
    corner: str = "",
    wide: int = 6,
    colours: Sequence[str] = (),
) -> str:
    """A matrix: column heads (HTML), then (row head, cells), each cell (HTML, shade 0 to 1 or None). `wide`: least column width in em;
    `colours`: of the shades, a column each."""
    head = el("th", esc(corner), f"{CELL}left;font-weight:400;{STAYS}", scope="col")
    head += "".join(el("th", name, f"{GRID_HEAD}{wide}em", scope="col") for name in heads)
    body = "".join(el("tr", grid_row(name, cells, colours)) for name, cells in rows)
    style = "border-collapse:separate;border-spacing:2px;width:100%;font-size:.95rem"
    return region(caption, el("table", el("thead", el("tr", head)) + el("tbody", body), style))


def grid_row(name: str, cells: Sequence[tuple[str, float | None]], colours: Sequence[str]) -> str:
    """The head and the shaded cells of one row."""
    head = el("th", name, f"{CELL}left;font-weight:600;min-width:7em;{STAYS}", scope="row")
    shaded = zip(cells, colours or [SHADE] * len(cells), strict=True)
    return head + "".join(el("td", content, GRID_CELL + shade(strength, colour)) for (content, strength), colour in shaded)


def shade(share: float | None, colour: str) -> str:
    """Background of a cell: nothing for None, else from pale (0) to strong (1); text keeps its contrast in both themes."""
    return "" if share is None else f"background:color-mix(in srgb,{colour} {8 + 34 * share:.0f}%,transparent)"


def link(address: str, text: str, style: str = LINK, label: str = "") -> str:
    """A link to another view, followed without a reload (pages.ui.frame.declare_language)."""
    return el("a", esc(text), style, data_in="", href=address, target="_self", **({"aria_label": label} if label else {}))


def dot(colour: str) -> str:
    """A round mark in a place's colour; decoration only, the name stands beside it."""
    style = f"display:inline-block;width:.7em;height:.7em;border-radius:50%;background:{colour};margin-right:.45em"
    return el("span", "", style, aria_hidden="true")


# How a target stands to the one above: a sign and a colour each, which say the same.
RELATIONS = {
    "below": ("▽", "#D55E00"),
    "equal": ("＝", "#6B7785"),
    "above": ("▲", "#0072B2"),
    "omitted": ("○", "#6B4EA0"),
    "not_comparable": ("≠", "#6B7785"),
}


def relation(code: str, name: str) -> str:
    """A relation as its sign, in its colour, and its name."""
    sign, colour = RELATIONS[code]
    return el("span", el("span", sign, f"color:{colour};font-weight:700", aria_hidden="true") + f" {esc(name)}", "white-space:nowrap")


def small(content: str) -> str:
    """A paragraph of notes."""
    return el("p", content, f"margin:.2rem 0;font-size:.86rem;line-height:1.55;{SOFT}")


def soft(text: str) -> str:
    """Text that stands back, such as the word for a blank."""
    return el("span", esc(text), f"{SOFT};font-size:.86rem")


def chinese(text: str, style: str = "") -> str:
    """Words of a plan, marked as Chinese for screen readers and fonts."""
    return el("span", esc(text), style, lang="zh-CN")


def stats(pairs: Sequence[tuple[str, str]]) -> str:
    """Figures with their names under them."""
    each = "".join(
        el(
            "div",
            el("div", esc(figure), "font-size:1.7rem;font-weight:700;line-height:1.2") + el("div", esc(name), f"font-size:.9rem;{SOFT}"),
            role="listitem",
        )
        for figure, name in pairs
    )
    return el("div", each, "display:flex;flex-wrap:wrap;gap:.6rem 2.6rem", role="list")
