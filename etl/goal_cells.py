"""Goals without a number in tables: a cell of words (完成国家下达任务, 保持稳定) where the rows above and below hold values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from etl.model import Block, Goal, Span, Text
from etl.vocab import filled, load

_GAP = re.compile(r"[|\t]|\s{2,}")
_HAN = re.compile(r"[㐀-鿿]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TABLE = ("row", "cells")
# How many lines above a cell of its own its name may stand; how many characters a cell that is a goal may have.
_REACH, _LONGEST = 4, 40


@cache
def _cells() -> list[tuple[str, re.Pattern]]:
    return [(cell["name"], re.compile(filled("commitments", cell["pattern"]))) for cell in load("commitments")["cell"]]


@cache
def _heads() -> dict[str, re.Pattern]:
    return {name: re.compile("|".join(words)) for name, words in load("commitments")["heads"].items()}


def find_in_cells(t: Text, blocks: Iterable[Block]) -> Iterator[Goal]:
    """Goals in the cells of tables, in order: several cells a line, or one cell a line."""
    head: list[str] = []
    above: list[Block] = []
    for block in blocks:
        if block.kind in _TABLE and not (above and above[-1].start == block.start):
            cells = _split(t.text, block.start, block.end)
            if len(cells) > 1:
                words = [t.text[slice(*cell)] for cell in cells]
                if block.kind == "cells" and any(_heads()["name"].search(word) for word in words[:2]):
                    head = words
                    continue
                yield from _line(t, block, cells, head if len(head) == len(cells) else [""] * len(cells))
            elif goal := _alone(t, block, above):
                yield goal
        above = [*above, block][-_REACH:]


def _split(text: str, start: int, end: int) -> list[Span]:
    """The cells of a line without the blanks around them, empty ones at its ends dropped."""
    cuts = [(start, start), *(m.span() for m in _GAP.finditer(text, start, end)), (end, end)]
    cells = [_trim(text, left[1], right[0]) for left, right in pairwise(cuts)]
    return [cell for n, cell in enumerate(cells) if cell[0] < cell[1] or 0 < n < len(cells) - 1]


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _line(t: Text, block: Block, cells: list[Span], head: list[str]) -> Iterator[Goal]:
    """Goals of a line of cells; its name is the first cell with words that is no goal itself."""
    told = [_form(t.text[slice(*cell)]) for cell in cells]
    name = next((cell for cell, form in zip(cells, told, strict=True) if not form and _named(t.text[slice(*cell)])), None)
    latest = max((_year(words) for words in head), default=0)
    for cell, form, words in zip(cells, told, head, strict=True):
        if form and name and name[1] <= cell[0] and not _observed(words, latest):
            yield Goal(name[0], cell[1], cell, _label(t, name), form, block, (block.start, block.end), _year(words) or None)


def _alone(t: Text, block: Block, above: list[Block]) -> Goal | None:
    """A goal that is a line of its own, in a table with one cell a line: named by the row above it, or by the cell."""
    start, end = _trim(t.text, block.start, block.end)
    if not (form := _form(t.text[start:end])):
        return None
    for one in reversed(above):
        named = one.row.name if one.row else (one.start, one.end)
        if one.kind not in _TABLE:
            return None
        if _named(t.text[slice(*named)]):
            return Goal(named[0], end, (start, end), _label(t, named), form, block, (block.start, block.end))
    return None


def _form(cell: str) -> str | None:
    return next((name for name, pattern in _cells() if pattern.fullmatch(cell)), None) if len(cell) <= _LONGEST else None


def _named(cell: str) -> bool:
    """Whether a cell can name a row: words, and no ordinal, unit or kind of indicator."""
    return len(_HAN.findall(cell)) >= 3 and not _heads()["other"].search(cell)


def _label(t: Text, name: Span) -> str:
    """The name of a row without the unit in brackets at its end."""
    return re.sub(r"\([^()]*\)$", "", t.plain[slice(*name)]).strip()


def _year(words: str) -> int:
    found = _YEAR.search(words)
    return int(found[0]) if found else 0


def _observed(words: str, latest: int) -> bool:
    """Whether a column holds what was, by its head: 2020年实际, or a year before the last one without a word of aims."""
    if _heads()["goal"].search(words):
        return False
    return bool(_heads()["base"].search(words)) or 0 < _year(words) < latest
