"""The signs of a statement: named evidence of whether it is a target or a fact. Each is 0 or 1, or a small measure; none decides.

A sign is called PLACE.WHAT: `paragraph.past` is a word of the past in the paragraph before the sentence. The words stand in
data/vocab/signs.toml, the weights, which are fitted, in data/evidence.toml.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import accumulate
from math import log

from etl.clock import Sight
from etl.model import Block, Bound, Quantity, Span, Text
from etl.times import Context
from etl.vocab import either, load

# Groups of words that are looked for in the text around a number, and those in headings and titles.
AROUND = ("past", "done", "rank", "praise", "aim", "ahead", "order", "reward", "told")
TITLES = ("review", "plan", "past", "aim", "ahead", "order", "told", "reward")
# Places where one word more tells more.
COUNTED = ("before", "after", "paragraph", "paragraph_after", "above")
WHOLE = ("past", "aim", "order", "done", "told", "ahead")
# Signs that weigh more where no time in the paragraph rules.
FREE = ("number.", "clause.", "near.", "behind.", "paragraph.", "whole.", "before.")
SIGHTS = ("sentence", "behind", "paragraph", "opening", "heading", "above")
# How far back a section is read, how far a title reaches, how many characters around a number are near it.
ABOVE, TITLE, OPENING, NEAR = 700, 160, 24, 12
_BREAK = ",;:。|"
_DECIMALS = re.compile(r"\d[..](\d+)")

Signs = dict[str, float]


@cache
def _words() -> tuple[re.Pattern, dict[str, tuple[str, ...]]]:
    groups: dict[str, list[str]] = {}
    for name, words in load("signs")["groups"].items():
        for word in words:
            groups.setdefault(word, []).append(name)
    return re.compile(either(groups)), {word: tuple(names) for word, names in groups.items()}


def _places(text: str) -> dict[str, list[int]]:
    """Where the words of each group begin in `text`; a word inside a longer one is not looked for."""
    pattern, groups = _words()
    found: dict[str, list[int]] = {name: [] for name in load("signs")["groups"]}
    for m in pattern.finditer(text):
        for name in groups[m.group()]:
            found[name].append(m.start())
    return found


@cache
def _title(title: str) -> tuple[str, ...]:
    found = _places(title)
    return tuple(name for name in TITLES if found[name])


class Reader:
    """Reads the signs of the statements of one document; the words of all groups are looked for once."""

    def __init__(self, t: Text, context: Context, numbers: list[Quantity]) -> None:
        self._text, self._context = t.text, context
        # how many numbers up to each are written so, that a stretch of any length costs the same
        self._written = {
            "odd": [0, *accumulate(map(_odd, numbers))],
            "bounded": [0, *accumulate(map(_bounded, numbers))],
        }
        self._starts = [q.start for q in numbers]
        self._found = _places(t.text)
        self._document = self._of_document()

    def _of_document(self) -> Signs:
        c, size = self._context, max(200, len(self._text))
        signs = {f"title.{name}": 1.0 for name in _title(self._text[:TITLE])}
        signs |= {f"document.{name}": min(3.0, len(self._found[name]) * 100 / size) for name in WHOLE}
        if c.horizon and c.now:
            signs[f"document.ahead_{max(-1, min(3, c.horizon - c.now))}"] = 1.0
        return signs | {"document.plans": float(c.plans), "document.dated": float(c.sure)}

    def signs(self, block: Block, mark: Span, sentence: Span, sights: list[Sight], bound: Bound | None = None) -> Signs:
        """The signs of a statement whose number (or whose words, where it has none) stands at `mark`."""
        signs = dict(self._document)
        for place, (start, end) in self._spans(block, mark, sentence).items():
            self._count(signs, place, start, end)
        for depth, node in enumerate(reversed(block.section.path)):
            signs |= {f"{'headings' if depth else 'heading'}.{name}": 1.0 for name in _title(node.title)}
        signs[f"section.{block.section.role if block.section.title else 'none'}"] = 1.0
        self._beside(signs, "sentence", *sentence)
        self._beside(signs, "whole", block.start, block.end)
        if bound is not None:
            signs |= _of_number(bound.quantity, self._text) | _of_binding(bound)
        self._times(signs, sights)
        return signs

    def _spans(self, block: Block, mark: Span, sentence: Span) -> dict[str, Span]:
        text, (first, last) = self._text, sentence
        clause = max(first, max(text.rfind(stop, first, mark[0]) for stop in _BREAK) + 1)
        ends = [at for at in (text.find(stop, mark[1], last) for stop in _BREAK) if at >= 0]
        end = min(ends, default=last)
        return {
            "near": (max(first, mark[0] - NEAR), mark[0]),
            "clause": (clause, mark[0]),
            "behind": (mark[1], end),
            "before": (first, clause),
            "after": (end, last),
            "paragraph": (block.start, first),
            "paragraph_after": (last, block.end),
            "opening": (block.start, block.start + OPENING),
            "above": (max(block.section.start, block.start - ABOVE), block.start),
        }

    def _count(self, signs: Signs, place: str, start: int, end: int) -> None:
        if end <= start:
            return
        for name in AROUND:
            found = self._found[name]
            if count := bisect_left(found, end) - bisect_left(found, start):
                signs[f"{place}.{name}"] = 1.0
                if count > 1 and place in COUNTED:
                    signs[f"{place}.more_{name}"] = log(count)

    def _times(self, signs: Signs, sights: list[Sight]) -> None:
        """The nearest time in sight of each kind: in what sense, and on which side of the year that the document speaks from."""
        c = self._context
        nearest = {sight.where: sight for sight in reversed(sights)}
        for where in SIGHTS:
            sight = nearest.get(where)
            if sight is None:
                signs[f"time_{where}.none"] = 1.0
                continue
            signs[f"time_{where}.{sight.sense}"] = signs[f"time_{where}.{self._side(sight)}"] = 1.0
            if c.horizon and sight.year >= c.horizon:
                signs[f"time_{where}.horizon"] = 1.0

        ruling = next((sight for sight in sights if sight.where != "behind"), None)
        if not ruling or ruling.where not in ("sentence", "paragraph"):
            signs |= {f"free.{name}": value for name, value in signs.items() if name.startswith(FREE)}

    def _side(self, sight: Sight) -> str:
        """On which side of the year that the document speaks from a time lies."""
        now = self._context.now
        return "unknown" if now is None else "past" if sight.year < now else "now" if sight.year == now else "ahead"

    def _beside(self, signs: Signs, place: str, start: int, end: int) -> None:
        """How the numbers of a stretch are written: facts stand among odd decimals, aims among 以上."""
        at, stop = bisect_left(self._starts, start), bisect_left(self._starts, end)
        if stop - at < 2:
            return
        for name, so_far in self._written.items():
            signs[f"{place}.numbers_{name}"] = (so_far[stop] - so_far[at]) / (stop - at)


def _odd(q: Quantity) -> bool:
    return q.value % 1 != 0 or q.value > 100 and q.value % 10 != 0


def _bounded(q: Quantity) -> bool:
    return q.comparator in ("ge", "le", "gt", "lt", "range")


def _of_number(q: Quantity, text: str) -> Signs:
    """How the number is written: a fact has odd decimals, an aim is round and has 以上 behind it."""
    decimals = _DECIMALS.search(text, q.start, q.end)
    places = min(2, len(decimals[1])) if decimals else 0
    figures = len(q.value.normalize().as_tuple().digits)
    signs = {f"number.{q.comparator}": 1.0, f"number.decimals_{places}": 1.0, f"number.figures_{min(4, figures)}": 1.0}
    signs |= {f"number.{rule.replace('.', '_')}": 1.0 for rule in q.rules if rule.startswith("comparator")}
    if q.unit == "%":
        signs[f"number.percent_{places}"] = 1.0
        if q.value == 100:
            signs["number.hundred"] = 1.0
    if figures <= 2 and q.value >= 10:
        signs["number.round"] = 1.0
    if q.hedge:
        signs["number.hedge"] = 1.0
    return signs


def _of_binding(b: Bound) -> Signs:
    told = {"change": b.change, "annual": b.annual, "incentive": b.incentive, "verb": b.verb, "cell": b.block.kind == "row"}
    return {f"statement.{name}": 1.0 for name, holds in told.items() if holds}
