"""Which times are in sight of a place in the text, and which of them is the year of a statement once its kind is known.

A time is in sight in the sentence, in the paragraph, in what opens the section, in a heading, or in what stands above in the section.
Whether a statement is a target is not decided here: `etl.evidence` weighs these times with everything else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from etl.model import Block, Section, Span, Text
from etl.times import Context, Found, Mention, mentions, time_words


@dataclass(frozen=True, slots=True)
class Sight:
    """A time in sight. where: sentence, behind (later in the sentence), paragraph, opening, heading or above. sense: as in Mention."""

    where: str
    sense: str
    year: int
    begin: int | None = None


# Where the year of a statement is looked for, nearest first, and the senses that count there. A target takes a time that is not past, a
# fact one that is not still to come; what is left over is the horizon for a target, and the year under review for a fact.
TARGET = {"sentence": ("due", "bare", "of"), "paragraph": ("due", "bare"), "opening": ("due", "bare"), "heading": ("due", "bare")}
FACT = {
    "sentence": ("observed", "origin", "bare", "of", "due"),
    "paragraph": ("observed", "bare", "due"),
    "opening": ("observed", "bare", "due"),
    "heading": ("observed", "bare", "due"),
    "above": ("observed", "bare"),
}
# A paragraph's first words rule all of it.
OPENING = 16
# How many times before a number are looked at.
LOOK = 8
_SUM = re.compile(r"(?<!\d)\d++(?:\.\d++)?(?:%|[万亿]?[个家项件分元])")


class Clock:
    """Walks the blocks in order and tells for each place which times are in sight."""

    def __init__(self, t: Text, context: Context, words: list[Found]) -> None:
        self.t, self.context, self._words = t, context, words
        self._starts = [word.start for word in words]
        self._openings: dict[int, Sight] = {}
        self._above: dict[int, Sight] = {}
        self._headings: dict[int, Sight | None] = {}
        self._block: Block | None = None
        self._here: Sight | None = None
        self._mentions: list[Mention] = []
        self._mentioned: list[int] = []
        self._ruling: list[Mention] = []

    def enter(self, block: Block) -> None:
        """Begin a block; an opening paragraph that only sets a time (到2025年,努力实现以下目标:) rules its section."""
        if self._block is not None and self._here is not None:
            self._above[id(self._block.section)] = self._here
        heading = self._heading(block.section)
        found = mentions(self.t.text, self._inside(block), self.context, heading.year if heading else None)
        self._block, self._mentions = block, [m for m in found if m.sense != "base"]
        self._mentioned = [m.start for m in self._mentions]
        self._ruling = [m for m in self._mentions if m.sense in ("due", "observed") or m.start - block.start <= OPENING]
        words = self.t.text[block.start : block.end]
        first = next((m for m in self._mentions if m.sense in ("due", "observed", "bare")), None)
        near = first is not None and first.start - block.start <= OPENING
        self._here = _sight("above", first) if near else None
        if first and (words.rstrip().endswith(":") or near and not _SUM.search(words)):
            self._openings[id(block.section)] = _sight("opening", first)

    def _inside(self, block: Block) -> list[Found]:
        return self._words[bisect_left(self._starts, block.start) : bisect_left(self._starts, block.end)]

    def _heading(self, section: Section) -> Sight | None:
        """The last time that the section's heading names, or else the nearest heading above it."""
        if id(section) not in self._headings:
            title = section.title + " "
            found = [m for m in mentions(title, time_words(title), self.context) if m.sense != "base"]
            above = self._heading(section.parent) if section.parent else None
            self._headings[id(section)] = _sight("heading", found[-1]) if found else above
        return self._headings[id(section)]

    def sights(self, start: int, end: int, sentence: Span, previous: int = 0) -> list[Sight]:
        """The times in sight of a number at `start`..`end` of `sentence`, nearest first; `previous` is where the number before it ends.

        A year that only describes one number (由2016年的1388家) rules no number behind that one.
        """
        at, stop = bisect_left(self._mentioned, start), bisect_left(self._mentioned, end)
        near = self._mentions[max(0, at - LOOK) : at][::-1]
        own = [m for m in near if m.start >= sentence[0] and not (m.end < previous and m.sense in ("origin", "of"))]
        behind = [m for m in self._mentions[stop : stop + 1] if m.start < sentence[1]]
        ruling = self._ruling[: bisect_left(self._ruling, sentence[0], key=lambda m: m.start)][-LOOK:][::-1]
        seen = [*(_sight("sentence", m) for m in own), *(_sight("behind", m) for m in behind), *(_sight("paragraph", m) for m in ruling)]
        return seen + self._around(self._block.section)

    def _around(self, section: Section) -> list[Sight]:
        """What the section, or else one around it, says of its time at its opening, in its heading, and so far."""
        path, node = [], section
        while node is not None:
            path.append(node)
            node = node.parent
        titled = [node for node in path if node.title] or path
        opening = next((self._openings[id(node)] for node in titled if id(node) in self._openings), None)
        above = next((self._above[id(node)] for node in path if id(node) in self._above), None)
        return [sight for sight in (opening, self._heading(section), above) if sight]

    def target_year(self, sights: list[Sight]) -> tuple[int | None, str]:
        """The year by which a target is due, and the rule that told it."""
        now, horizon = self.context.now, self.context.horizon
        for sight in sights:
            last = (horizon if sight.where == "paragraph" and sight.sense == "bare" else now) or 0
            if sight.sense in TARGET.get(sight.where, ()) and (sight.year >= last or now is not None and sight.year > now):
                return sight.year, _rule(sight)
        return horizon, "time.horizon"

    def fact_year(self, sights: list[Sight], background: bool) -> tuple[int | None, str]:
        """The year of a fact, and the rule that told it; None where nothing tells."""
        for sight in sights:
            if self._told(sight):
                return sight.year, "time.past" if sight.sense == "due" else _rule(sight)
        return self._reviewed(background)

    def origin_year(self, sights: list[Sight]) -> tuple[int | None, str]:
        """The year of a value that another rises from: its own, or the one before the period in which it rises, or None."""
        own = next((sight for sight in sights if sight.where == "sentence" and sight.sense == "origin"), None)
        if own:
            return own.year, "time.origin"
        ruling = next((sight for sight in sights if sight.where != "behind"), None)
        if ruling and self._told(ruling):
            return (ruling.begin - 1, "time.period") if ruling.begin else (None, "time.untold")
        return self._reviewed(True)

    def _told(self, sight: Sight) -> bool:
        """Whether a time may be the year of a fact: it lies in the past of the document."""
        now, horizon = self.context.now, self.context.horizon
        last = now if now is not None else horizon - 1 if horizon else None
        past = last is None or sight.year < last or sight.year == last and sight.sense != "due"
        return past and sight.sense in FACT.get(sight.where, ())

    def _reviewed(self, background: bool) -> tuple[int | None, str]:
        year = self.context.review(background)
        return (year, "time.untold" if year is None else "time.review")


def _sight(where: str, m: Mention) -> Sight:
    return Sight(where, m.sense, m.year, m.begin)


# The rule that a time stands for: where it stands, or else its sense.
_RULES = {
    "heading": "time.heading",
    "above": "time.above",
    "due": "time.due",
    "bare": "time.bare",
    "of": "time.bare",
    "observed": "time.observed",
    "origin": "time.origin",
}


def _rule(sight: Sight) -> str:
    return _RULES.get(sight.where) or _RULES[sight.sense]
