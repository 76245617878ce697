"""Target or fact: the signs of a statement, weighed. The one place where its kind is decided, and with it the year that it is for.

Weights are fitted from annotated documents (`python -m etl fit`) and kept in data/evidence.toml; nothing in the code weighs anything.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from etl.clock import Clock, Sight
from etl.model import Block, Bound, Quantity, Sheet, Span, Text, When
from etl.signs import Reader, Signs

WEIGHTS = Path(__file__).resolve().parent.parent / "data" / "evidence.toml"
# How many signs are told of a decision, and how much of it one must carry to be told.
TOLD, LEAST = 3, 0.25


class EvidenceError(ValueError):
    """Weights that cannot be used; the message names the file, the entry and the next step."""


@dataclass(frozen=True, slots=True)
class Weights:
    """bias: what speaks for a target where there is no sign at all. of: the weight of each sign; what is not there weighs nothing."""

    bias: float
    of: dict[str, float]

    def score(self, signs: Signs) -> float:
        """Above 0 for a target, below for a fact: the logarithm of the odds."""
        return self.bias + sum(self.of.get(name, 0.0) * value for name, value in signs.items())

    def telling(self, signs: Signs) -> tuple[str, ...]:
        """The signs that carried the decision, the heaviest first."""
        side = 1 if self.score(signs) >= 0 else -1
        carried = {name: side * self.of.get(name, 0.0) * value for name, value in signs.items()}
        return tuple(name for name in sorted(carried, key=lambda name: (-carried[name], name)) if carried[name] >= LEAST)[:TOLD]


@cache
def weights(path: Path = WEIGHTS) -> Weights:
    """The fitted weights. EvidenceError names what is wrong with the file."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        return Weights(float(data["bias"]), {name: float(value) for name, value in data["weights"].items()})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        step = "restore it, or make it anew with `python -m etl fit`"
        raise EvidenceError(f"data/{path.name} can't be used ({error!r}): {step}") from error


def render(fitted: Weights, documents: int, statements: int, right: float) -> str:
    """The weights file: same weights, same bytes. right: the share right of statements judged by weights fitted on other documents."""
    lines = [_HEAD, f"documents = {documents}", f"statements = {statements}", f"right = {right:.4f}", f"bias = {fitted.bias}"]
    lines += ["", "[weights]"]
    lines += [f'"{name}" = {weight}' for name, weight in sorted(fitted.of.items()) if weight]
    return "\n".join(lines) + "\n"


_HEAD = """# What each sign of a statement weighs: above 0 for a target, below for a fact. Written by `python -m etl fit` from annotated
# documents, not by hand; the words behind each sign stand in data/vocab/signs.toml."""


class Judge:
    """Decides kind and year of the statements of one document."""

    def __init__(self, t: Text, clock: Clock, numbers: list[Quantity]) -> None:
        self._clock = clock
        self._sheet: Sheet | None = None
        self._of_sheet: When | None = None
        self._reader, self._weights = Reader(t, clock.context, numbers), weights()

    def statement(self, b: Bound, previous: int = 0, told: When | None = None) -> When:
        """Kind and year of a statement with a number. `previous` is where the number before it ends; `told`, what its column says.

        A value that another rises from is a fact, money promised an incentive; a year that the statement brings along is its year.
        """
        q = b.quantity
        own = b.year or q.year
        if told:
            when = told
        elif b.origin:  # 从2020年的771项、481家: the year holds for both, whatever number stands between
            year = (own, "time.origin") if own else self._clock.origin_year(self._clock.sights(q.start, q.end, b.sentence))
            when = When("baseline", *year)
        elif own:
            when = self._of_year(own)
        else:
            sights = self._clock.sights(q.start, q.end, b.sentence, previous)
            when = self._weighed(b.block, self._reader.signs(b.block, (q.full_start, q.full_end), b.sentence, sights, b), sights)
        if b.incentive and (when.kind == "target" or not _SPENT.search(b.tail)):
            return replace(when, kind="incentive", year=self._clock.context.horizon or when.year)
        return when

    def around(self, block: Block) -> When:
        """What holds for the place where a table stands, whatever it says itself; the same for all its rows."""
        sheet = block.row.sheet
        if self._sheet is sheet:
            return self._of_sheet
        place = (block.start, block.end)
        sights = self._clock.sights(block.start, block.end, place)
        signs = {name: value for name, value in self._reader.signs(block, place, place, sights).items() if name.startswith(_OUTSIDE)}
        self._sheet, self._of_sheet = sheet, self._weighed(block, signs, sights)
        return self._of_sheet

    def goal(self, block: Block, mark: Span, sentence: Span, year: int | None) -> When:
        """Kind and year of a goal without a number, whose words stand at `mark`; `year`, where its cell has told one."""
        if year:
            return self._of_year(year)
        sights = self._clock.sights(*mark, sentence)
        return self._weighed(block, self._reader.signs(block, mark, sentence, sights), sights)

    def _of_year(self, year: int) -> When:
        """A statement whose own words name its year (2025年、2030年分别达到…)."""
        c = self._clock.context
        return When("baseline" if c.sure and c.now is not None and year < c.now else "target", year, "time.step")

    def _weighed(self, block: Block, signs: Signs, sights: list[Sight]) -> When:
        if self._weights.score(signs) >= 0:
            return When("target", *self._clock.target_year(sights), signs)
        return When("baseline", *self._clock.fact_year(sights, block.section.role == "background"), signs)


# Signs that do not stand in the block itself.
_OUTSIDE = ("document.", "title.", "heading", "section.", "time_")
# A sum that was paid, and not one that is to be.
_SPENT = re.compile("已|累计|共")
