"""A plan's text as HTML with every statement marked: pure functions of text and spans. All offsets count code points, half-open."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pages.ui.html import esc

COLOURS = {"target": "#F2B01E", "baseline": "#4C9BE8", "incentive": "#3FAE7A", "commitment": "#B080E0"}
HITS = 500
FIRST_HIT = ' id="found-place"'


class Span(NamedTuple):
    """A piece of the text."""

    start: int
    end: int


class Statement(NamedTuple):
    """A statement to mark; the number in it stands out more."""

    start: int
    end: int
    value_start: int
    value_end: int
    identity: str
    kind: str
    title: str


def style(kind: str) -> str:
    """The ground of a kind, with an underline so that colour is not alone."""
    line = {"target": "solid", "baseline": "dotted", "incentive": "double", "commitment": "dashed"}[kind]
    colour = COLOURS[kind]
    return f"background:color-mix(in srgb,{colour} 26%,transparent);color:inherit;border-bottom:2px {line} {colour}"


def find(text: str, words: str) -> Span | None:
    """Where the words of an old quote stand now, whatever the blanks between them; None where they stand nowhere or in several places."""
    squeezed, places = [], []
    for at, character in enumerate(text):
        if not character.isspace():
            squeezed.append(character)
            places.append(at)
    bare, needle = "".join(squeezed), "".join(words.split())
    first = bare.find(needle) if needle else -1
    if first < 0 or bare.find(needle, first + 1) >= 0:
        return None
    return Span(places[first], places[first + len(needle) - 1] + 1)


def hits(text: str, words: str) -> list[Span]:
    """Where the search words stand, as one phrase; at most HITS."""
    found, at = [], text.find(words) if words else -1
    while at >= 0 and len(found) < HITS:
        found.append(Span(at, at + len(words)))
        at = text.find(words, at + len(words))
    return found


def render(text: str, part: Span, statements: Sequence[Statement], found: Sequence[Span], target: Span | None) -> str:
    """The part of the text as HTML: one element a piece between two borders, each with the statement that covers it."""
    inside = [one for one in statements if one.start < part.end and one.end > part.start]
    borders = {part.start, part.end}
    for span in [*inside, *found, *([target] if target else [])]:
        borders.update((span[0], span[1]))
    for one in inside:
        borders.update((one.value_start, one.value_end))
    cuts = sorted(border for border in borders if part.start <= border <= part.end)
    cover = sweep(cuts, inside)
    pieces, first = [], True
    for (start, end), statement in zip(zip(cuts, cuts[1:], strict=False), cover, strict=True):
        piece = esc(text[start:end]).replace("\n", "<br>")
        if any(hit.start <= start < hit.end for hit in near(found, start)):
            piece = f'<mark{FIRST_HIT if first else ""} style="outline:2px solid currentColor;background:none;color:inherit">{piece}</mark>'
            first = False
        if statement is not None:
            number = f"<strong>{piece}</strong>" if statement.value_start <= start < statement.value_end else piece
            piece = f'<mark title="{esc(statement.title)}" style="{style(statement.kind)}">{number}</mark>'
        if target is not None and target.start <= start < target.end:
            mark = ' id="cited-place"' if start == max(target.start, part.start) else ""
            piece = f'<span{mark} style="box-shadow:0 -2px 0 #D55E00,0 3px 0 #D55E00">{piece}</span>'
        pieces.append(piece)
    return "".join(pieces)


def sweep(cuts: Sequence[int], statements: Sequence[Statement]) -> list[Statement | None]:
    """For each piece the shortest statement that covers it, the one whose number it holds first."""
    starting = sorted(statements, key=lambda one: one.start)
    open_now: list[Statement] = []
    found, at = [], 0
    for start, _ in zip(cuts, cuts[1:], strict=False):
        while at < len(starting) and starting[at].start <= start:
            open_now.append(starting[at])
            at += 1
        open_now = [one for one in open_now if one.end > start]
        found.append(min(open_now, key=lambda one: (not one.value_start <= start < one.value_end, one.end - one.start), default=None))
    return found


def near(found: Sequence[Span], at: int) -> Sequence[Span]:
    """The hits that may hold an offset."""
    place = bisect_right(found, (at, 1 << 62))
    return found[max(0, place - 1) : place]
