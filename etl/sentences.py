"""Sentences, and the stretches between their semicolons: how far a rule may look for the words that belong to a number.

Text without any stop is cut at a comma, or in the last resort anywhere, so that no rule ever looks further than `max_sentence`
characters and the work per character stays the same however long a line is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etl.model import Span
from etl.vocab import load

_SENTENCE = re.compile(r"[^。!?！？\n]+")
_STRETCH = re.compile(r"[^;；]+")
_MARKS = ",，、 "


def sentences(masked: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of masked[start:end] in order, without their stops."""
    for m in _SENTENCE.finditer(masked, start, end):
        yield from _cut(masked, *m.span())


def stretches(masked: str, sentence: Span) -> Iterator[Span]:
    """What stands between the semicolons of a sentence."""
    return (m.span() for m in _STRETCH.finditer(masked, *sentence))


def _cut(masked: str, start: int, end: int) -> Iterator[Span]:
    """A span in pieces of at most `max_sentence` characters: cut behind the last mark of a piece's second half, else at its full length."""
    longest = load("limits")["text"]["max_sentence"]
    while end - start > longest:
        stop = start + longest
        marks = (masked.rfind(mark, start + longest // 2, stop) for mark in _MARKS)
        at = next((mark + 1 for mark in marks if mark >= 0), stop)
        yield start, at
        start = at
    yield start, end
