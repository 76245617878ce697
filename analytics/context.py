"""The text around a statement: how far a sentence or a paragraph reaches, and on which page it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.errors import BadFilter

ENDS_OF_SENTENCE = "。！？；\n"
SENTENCE_LIMIT, PARAGRAPH_LIMIT = 200, 600
# Before a statement: the label of a row and the items before it (标准 | · … ; · ), or the mark of a page at the head of its line.
HEAD = re.compile(r"\A(?:.*(?:\|\s*·?|[;；]\s*·)\s*|\s*·\s+|\s*\d{1,3}[、.．]\s*(?=\Z))", re.S)
TAIL = re.compile(r"\s*(?:[;；]\s*·|\|)")


@dataclass(frozen=True, slots=True)
class Context:
    """Text around a statement. Offsets of quote and value count code points of `text`; `start` is the offset of `text` in the plan."""

    indicator_id: str
    plan_id: str
    text: str
    start: int
    quote_start: int
    quote_end: int
    value_start: int
    value_end: int
    page: int | None
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a plan, where its pages begin, and its headings (start, end, title) in the order of the text."""

    text: str
    pages: tuple[int, ...] = ()
    sections: tuple[tuple[int, int, str], ...] = ()

    def around(self, row: Mapping[str, Any], width: str = "sentence") -> Context:
        """The context of one of its statements (columns of `Store.statements`). Raises BadFilter."""
        at = int(row["value_start"])
        return around(row, self.text, self.pages, [title for start, end, title in self.sections if start <= at < end], width)


def reach(width: str) -> tuple[str, int]:
    """(marks that end it, most characters on either side) of "sentence" or "paragraph". Raises BadFilter for another width."""
    known = {"sentence": (ENDS_OF_SENTENCE, SENTENCE_LIMIT), "paragraph": ("\n", PARAGRAPH_LIMIT)}
    if width not in known:
        raise BadFilter(f"width {width!r}: use {' or '.join(known)}")
    return known[width]


def around(row: Mapping[str, Any], text: str, pages: Sequence[int], titles: Sequence[str], width: str) -> Context:
    """The context of a statement in the text of its plan. row: columns of `Store.statements`; pages: where each begins; titles: the
    headings above it, outermost first (those of its section path where there are none)."""
    start, end, value_start, value_end = (int(row[name]) for name in ("start", "end", "value_start", "value_end"))
    begin, stop = widen(text, start, end, *reach(width))
    return Context(
        row["indicator_id"],
        row["plan_id"],
        text[begin:stop],
        begin,
        start - begin,
        end - begin,
        value_start - begin,
        value_end - begin,
        page_of(pages, value_start),
        tuple(titles) or tuple(part for part in row["section"].split(" > ") if part),
    )


def widen(text: str, start: int, end: int, ends: str, limit: int) -> tuple[int, int]:
    """The span around [start, end) that reaches to the nearest of `ends` on either side (the mark behind it included), at most `limit`
    further. A sentence is not carried over from one item of a flattened table or list to the next."""
    left = max(max(text.rfind(mark, 0, start) for mark in ends) + 1, start - limit)
    if len(ends) > 1:
        left = start - len(HEAD.sub("", text[left:start]))
    if end > start and text[end - 1] in ends:
        return left, end
    stops = [at for at in (text.find(mark, end) for mark in ends) if at >= 0]
    right = min(min(stops, default=len(text)), end + limit)
    right += right < len(text) and text[right] in ends and text[right] != "\n"
    if len(ends) > 1 and (item := TAIL.search(text, end, right)):
        right = item.start()
    return left, right


def page_of(pages: Sequence[int], offset: int) -> int | None:
    """The page, from 1, that holds `offset`; None for a format without pages. `pages` holds the offset at which each begins."""
    starts = [int(start) for start in pages]
    return sum(start <= offset for start in starts) or None if starts else None
