"""Table rows: the name stands in one cell, each value in another, the unit in either or in a cell of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from etl.lexicon import lexicon
from etl.model import Block, Bound, Quantity, Text
from etl.names import strip_head, strip_tail
from etl.vocab import load

_IN_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)")
_AT_END = re.compile(rf"\s*{_IN_BRACKETS.pattern}$")
_ORDINAL = re.compile(r"\s*(?:\d{1,2}[.、)]|[(]\d{1,2}[)]|[①-⑳]|其中[::]?|[一二三四五六七八九十]+、)?\s*")
_GROWTH = re.compile(r"(?P<annual>年均|每年)?(?P<verb>增长|提高|提升|增加|下降|降低|减少)(?!到|至)$")
# [150] is a sum over the years of the plan.
_SUM = re.compile(r"^[\[【(]")


def named_cells(t: Text, block: Block, read: Callable[[str, int, int, str], Quantity | None]) -> list[tuple[Bound, int]]:
    """The statements of a table row, each with the position of its column among the row's values.

    `read` gives the quantity of a cell: text, start, end and the unit that the row or the head names.
    """
    row, found = block.row, []
    start, end, unit, verb = _name(t, block)
    for position, (span, head) in enumerate(zip(row.values, row.heads, strict=True)):
        q = read(t.text, span[0], span[1], unit or _unit_of(head))
        if not q or start >= end:
            continue
        name, words = t.plain[start:end], t.text[span[0] : q.full_start]
        bound = Bound(q, name, start, max(span[1], q.full_end), block, (block.start, block.end), verb=verb, tail=words, topic=name)
        bound.rules, bound.count = ["name.cell"], q.unit in lexicon().counts
        if growth := _GROWTH.search(words):
            _grow(bound, growth, span[0])
        if _SUM.match(t.text[slice(*span)]):
            bound.verb = "新增"
        found.append((bound, position))
    return found


def _grow(bound: Bound, growth: re.Match, start: int) -> None:
    """A cell such as 下降13% or 年均增长15%左右 makes the row's name one of a change."""
    percent, down = bound.quantity.unit == "%", growth["verb"] in load("cues")["change"]["down"]
    suffix = ("下降" if down else "增长" if percent else "提高") + ("率" if percent else "幅度")
    bound.name += (growth["annual"] or "") + suffix
    bound.change, bound.annual = "change", bool(growth["annual"])
    bound.quantity.full_start = start + growth.start()


def _name(t: Text, block: Block) -> tuple[int, int, str, str]:
    """Span of the row's name without number, verb and unit; the unit, of its own cell or else of the last bracket; the verb."""
    start, end = block.row.name
    unit = block.row.unit
    m = _AT_END.search(t.text[start:end])
    if m and lexicon().unit_cell.fullmatch(m[1]):
        end, unit = start + m.start(), unit or m[1]
    start += _ORDINAL.match(t.text[start:end]).end()
    begin, verb = strip_head(t, start, end)
    stop = strip_tail(t, begin, end)[0] if begin < end else end
    verb = verb or ("累计" if "累计" in t.text[start:begin] else "")
    return (begin if begin < end else start), (stop if stop - begin >= 2 else end), unit, verb


def _unit_of(head: str) -> str:
    m = _IN_BRACKETS.search(head)
    return m[1] if m and lexicon().unit_cell.fullmatch(m[1]) else ""
