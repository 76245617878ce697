"""Statements as they are bound, and the stretch of text in which that happens."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.lexicon import lexicon
from etl.model import Block, Bound, Quantity, Span, Text


@dataclass(slots=True)
class Run:
    """The stretch between two full stops or semicolons, its quantities, and what was bound in it so far."""

    t: Text
    block: Block
    sentence: Span
    start: int
    end: int
    quantities: list[Quantity]
    bound: list[Bound] = field(default_factory=list)
    before: list[Bound] = field(default_factory=list)
    linked: int = 0  # where the chain ends that was walked last


_EDGES = ",:;·|"


def add(run: Run, q: Quantity, name: str, span: Span, rule: str, **more) -> Bound:
    return Bound(q, name, min(span[0], q.full_start), max(span[1], q.full_end), run.block, run.sentence, rules=[rule], **more)


def is_rate(q: Quantity) -> bool:
    return q.unit in lexicon().rates or "/" in q.unit or not q.unit


def segment_start(run: Run, left: int, right: int) -> int:
    """Where the clause that leads up to `right` begins: behind the last comma or bullet, or at `left`."""
    if right > left and run.t.masked[right - 1] == "Q":  # inside a bracket or quote: its own clauses count
        left = max(left, max(run.t.text.rfind(mark, left, right) for mark in "(“《") + 1)
        return _last_edge(run.t.text, left, right)
    return _last_edge(run.t.masked, left, right)


def _last_edge(words: str, left: int, right: int) -> int:
    """The end of the last edge in words[left:right], or `left`. Looks from the end: a clause is mostly short."""
    found = max(words.rfind(mark, left, right) for mark in _EDGES) + 1
    dashes = words.rfind("——", max(left, found), right)
    if dashes >= 0:  # two by two from where they begin
        begin = dashes
        while begin > left and words[begin - 1] == "—":
            begin -= 1
        found = begin + (dashes + 2 - begin) // 2 * 2
    return max(left, found)


def last_named(run: Run) -> Bound | None:
    """What was named last in this stretch, or else in the one before it."""
    return run.bound[-1] if run.bound else run.before[-1] if run.before else None
