"""Small semantic HTML for what Streamlit has no element for: sentences with a marked span, and tables whose cells open them.

Everything that comes from a plan passes `esc`. Shades are mixed from the current text colour, so both themes are served. A cell's
sentence stands in a native popover: it opens without a round trip, by mouse or keyboard, and closes with Escape.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

LINE = "1px solid color-mix(in srgb, currentColor 16%, transparent)"
SOFT = "opacity:.78"
MARK = "background:color-mix(in srgb,#F2B01E 42%,transparent);color:inherit;padding:.1em .1em;border-radius:2px"
CELL = f"padding:.5rem .7rem .5rem 0;border-bottom:{LINE};vertical-align:top;text-align:"
LINK = "color:inherit;text-underline-offset:.2em"
BUTTON = (
    "all:unset;cursor:pointer;font-weight:600;text-decoration:underline dotted;text-underline-offset:.25em;outline:revert;"
    "outline-offset:2px;border-radius:2px"
)
POPOVER = (
    f"max-width:min(42rem,88vw);border:{LINE};border-radius:.5rem;padding:1rem 1.2rem;margin:auto;font-weight:400;text-align:left;"
    "white-space:normal;box-shadow:0 8px 30px rgb(0 0 0/.25)"
)


def esc(value: object) -> str:
    """Text made safe for HTML, attributes included."""
    return escape(str(value), quote=True)


def marked(text: str, start: int, end: int, value_start: int, value_end: int) -> str:
    """`text` with [start, end) marked and the number in it in bold. Offsets are code points; line breaks become spaces and bars stay."""
    pieces = (esc(text[:start]), esc(text[start:value_start]), esc(text[value_start:value_end]), esc(text[value_end:end]), esc(text[end:]))
    before, head, number, tail, after = (" ".join(piece.split("\n")) for piece in pieces)
    return f'{before}<mark style="{MARK}">{head}<strong>{number}</strong>{tail}</mark>{after}'


def chip(text: str, strong: bool = False) -> str:
    """A reason in a thin frame."""
    weight = "600" if strong else "400"
    return f'<span style="display:inline-block;border:{LINE};border-radius:.3rem;padding:.05rem .5rem;margin:.1rem .35rem .1rem 0;font-size:.9rem;font-weight:{weight}">{esc(text)}</span>'


def popover(identity: str, shown: str, body: str) -> str:
    """`shown` (text) as a button that opens `body` (HTML)."""
    key = esc(identity)
    return f'<button type="button" popovertarget="{key}" style="{BUTTON}">{esc(shown)}</button><div popover id="{key}" style="{POPOVER}">{body}</div>'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[int] = (), caption: str = "", wrap: bool = False) -> str:
    """A table of ready-made cells (HTML). The first cell of a row is its head and keeps to one line unless `wrap`; `numeric` columns stand to the right."""

    def side(at: int) -> str:
        return "right;white-space:nowrap" if at in numeric else "left"

    head = "".join(
        f'<th scope="col" style="{CELL}{side(at)};font-weight:400;white-space:nowrap;{SOFT}">{esc(name)}</th>'
        for at, name in enumerate(heads)
    )
    body = "".join("<tr>" + "".join(cell(at, content, side(at), wrap) for at, content in enumerate(row)) + "</tr>" for row in rows)
    return (
        f'<div role="region" aria-label="{esc(caption)}" tabindex="0" style="overflow-x:auto">'
        f'<table style="border-collapse:collapse;width:100%;min-width:34rem;font-size:.95rem"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def cell(at: int, content: str, side: str, wrap: bool = False) -> str:
    """A data cell, or the head of the row for the first."""
    return (
        f'<th scope="row" style="{CELL}{side};font-weight:600{"" if wrap else ";white-space:nowrap"}">{content}</th>'
        if at == 0
        else f'<td style="{CELL}{side}">{content}</td>'
    )


def link(address: str, text: str, style: str = LINK) -> str:
    """A link to another view, followed without a reload (pages.ui.frame.declare_language)."""
    return f'<a data-in href="{esc(address)}" target="_self" style="{style}">{esc(text)}</a>'


def dot(colour: str) -> str:
    """A round mark in a place's colour; decoration only, the name stands beside it."""
    return f'<span aria-hidden="true" style="display:inline-block;width:.7em;height:.7em;border-radius:50%;background:{colour};margin-right:.45em"></span>'


def small(content: str) -> str:
    """A paragraph of notes."""
    return f'<p style="margin:.2rem 0;font-size:.86rem;line-height:1.55;{SOFT}">{content}</p>'


def shade(share: float | None) -> str:
    """Background of a cell: nothing for None, else from pale (0) to strong (1); text keeps its contrast in both themes."""
    return "" if share is None else f"background:color-mix(in srgb,#2E7FC1 {8 + 34 * share:.0f}%,transparent)"


def grid(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, float | None]]]], caption: str, corner: str = "", wide: int = 6
) -> str:
    """A matrix: column heads (HTML), then (row head, cells) with each cell as (HTML, shade from 0 to 1 or None). `wide` is the least width of a column in em."""
    head = "".join(
        f'<th scope="col" style="padding:.4rem .5rem;font-weight:600;text-align:center;vertical-align:bottom;min-width:{wide}em;border-bottom:{LINE}">{name}</th>'
        for name in heads
    )
    body = "".join(
        f'<tr><th scope="row" style="{CELL}left;font-weight:600;min-width:7em">{name}</th>'
        + "".join(
            f'<td style="padding:.5rem;text-align:center;vertical-align:top;{shade(strength)}">{content}</td>'
            for content, strength in cells
        )
        + "</tr>"
        for name, cells in rows
    )
    return (
        f'<div role="region" aria-label="{esc(caption)}" tabindex="0" style="overflow-x:auto"><table style="border-collapse:separate;border-spacing:2px;width:100%;font-size:.95rem">'
        f'<thead><tr><th scope="col" style="{CELL}left;font-weight:400">{esc(corner)}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def soft(text: str) -> str:
    """Text that stands back, such as the word for a blank."""
    return f'<span style="{SOFT};font-size:.86rem">{esc(text)}</span>'


def stats(pairs: Sequence[tuple[str, str]]) -> str:
    """Figures with their names under them."""
    each = "".join(
        f'<div role="listitem"><div style="font-size:1.7rem;font-weight:700;line-height:1.2">{esc(figure)}</div><div style="font-size:.9rem;{SOFT}">{esc(name)}</div></div>'
        for figure, name in pairs
    )
    return f'<div role="list" style="display:flex;flex-wrap:wrap;gap:.6rem 2.6rem">{each}</div>'
