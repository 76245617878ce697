"""How good the extraction is, against annotated plans.

A statement finds a gold row when the two value spans overlap and the numbers are equal; where several could, the pair with the most similar
names goes first. Optional gold rows are neither wanted nor held against anyone. A strict hit has kind, comparator, unit, year and name
right as well. Goals without a number are counted apart, by place only; false ones where every goal of a text is annotated.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("kind", "comparator", "unit", "year", "flow", "domain", "indicator")
STRICT = ("kind", "comparator", "unit", "year", "indicator")
ALIKE = 0.6
_UNHEARD = re.compile(r"[\s,，、.。()（）“”\"'《》·]")
_WEIGHTLESS = re.compile(r"^(?:新增|累计|年均)|(?:数量|数)$")

Row = Mapping[str, Any]


class EvaluationError(ValueError):
    """Gold or plans that cannot be used; the message names the file, the row and the next step."""


class OtherText(EvaluationError):
    """Gold that quotes what the text does not say: it was made from another document."""


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a document differs from its gold. kind: missed, false, wrong (found, but not right in `fields`) or goal.

    gold, found: the row of the gold and the statement, as far as there is one.
    """

    kind: str
    gold: Row | None = None
    found: Row | None = None
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.kind == "goal":
            return f"goal    {self.gold['form']} | {self.gold['quote'][:70]}"
        told = f"{self.kind:<8}{_told(self.found if self.gold is None else self.gold)}"
        return f"{told}  --  {_differences(self.fields, self.gold, self.found)}" if self.fields else told


@dataclass(slots=True)
class Score:
    """Counts of one document or of several together.

    goals, goals_found: goals without a number that are wanted, and those found. goals_false: found, but in no annotation; counted
    only where the annotation is complete (goals_complete).
    """

    name: str
    required: int = 0
    found: int = 0
    false: int = 0
    strict: int = 0
    right: Counter = field(default_factory=Counter)
    goals: int = 0
    goals_found: int = 0
    goals_false: int = 0
    goals_complete: bool = False
    differences: list[Miss] = field(default_factory=list)

    @property
    def misses(self) -> list[str]:
        """The differences, a line each."""
        return [str(one) for one in self.differences]

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.required if self.required else 1.0

    @property
    def f1(self) -> float:
        return _harmonic(self.precision, self.recall)

    @property
    def strict_f1(self) -> float:
        """The same with only strict hits counted as found."""
        given = self.found + self.false
        return _harmonic(self.strict / given if given else 1.0, self.strict / self.required if self.required else 1.0)

    @property
    def goals_precision(self) -> float | None:
        """Share of the goals found that are annotated; None where not all are annotated, or none was found."""
        given = self.goals_found + self.goals_false
        return self.goals_found / given if self.goals_complete and given else None

    def share(self, name: str) -> float:
        """Share right in one field among the found; none found counts as none right."""
        return self.right[name] / max(1, self.found)

    def figures(self) -> dict[str, float]:
        """All that floors may stand on, by name."""
        goals = {"goals": self.goals_found / self.goals} if self.goals else {}
        goals |= {} if self.goals_precision is None else {"goals_precision": self.goals_precision}
        whole = {"precision": self.precision, "recall": self.recall, "f1": self.f1, "strict_f1": self.strict_f1}
        return whole | {name: self.share(name) for name in FIELDS} | goals


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def fold(text: str | None) -> str:
    """Text without the differences that do not count: width, blanks, punctuation, quotation marks."""
    return _UNHEARD.sub("", unicodedata.normalize("NFKC", text or ""))


def similarity(a: str | None, b: str | None) -> float:
    """Dice coefficient of the pairs of neighbouring characters of two names, 0..1."""
    first, second = (_WEIGHTLESS.sub("", fold(name)) for name in (a, b))
    if first == second:
        return 1.0
    pairs = [Counter(zip(name, name[1:], strict=False)) for name in (first, second)]
    total = sum(map(Counter.total, pairs))
    return 2 * (pairs[0] & pairs[1]).total() / total if total else 0.0


def agrees(name: str, gold: Row, row: Row) -> bool:
    """Whether a field of a statement is right."""
    if name == "indicator":
        return similarity(gold["indicator"], row.get("indicator")) >= ALIKE
    if name == "unit":
        return fold(gold["unit"]) == fold(row.get("unit"))
    return name == "flow" and gold.get("flow") == "unspecified" or gold.get(name) == row.get(name)


def _equal(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    return abs(float(a) - float(b)) <= 1e-6 * max(1.0, abs(float(a)))


def located(gold: Sequence[Row], text: str, name: str) -> list[tuple[int, int]]:
    """The span of each gold value in the text: in the n-th place of its quote."""
    spans = []
    for number, row in enumerate(gold):
        start = -1
        for _ in range(row.get("n", 0) + 1):
            start = text.find(row["quote"], start + 1)
            if start < 0:
                quote = repr(row["quote"][:40])
                raise OtherText(
                    f"{name}.jsonl, row {number}: {quote} is not in the text; correct the row, or take the plan it was made from"
                )
        start += row["quote"].find(row["value_text"])
        spans.append((start, start + len(row["value_text"])))
    return spans


def score(name: str, gold: Sequence[Row], rows: Iterable[Row], text: str) -> Score:
    """Compares the statements read out of `text` with its gold rows."""
    rows, spans = [row for row in rows if row.get("value") is not None], located(gold, text, name)
    partner = paired(gold, spans, rows)
    wanted = [g for g, row in enumerate(gold) if not row.get("optional")]
    hits = [g for g in wanted if g in partner]
    excused = [span for row, span in zip(gold, spans, strict=True) if row.get("optional")]
    used = set(partner.values())
    false = [row for p, row in enumerate(rows) if p not in used and not any(_overlap(_span(row), span) for span in excused)]
    wrong = {g: [field for field in FIELDS if not agrees(field, gold[g], rows[partner[g]])] for g in hits}
    result = Score(name, len(wanted), len(hits), len(false), sum(not set(STRICT) & set(names) for names in wrong.values()))
    result.right.update({field: sum(field not in names for names in wrong.values()) for field in FIELDS})
    result.differences = [Miss("missed", gold[g]) for g in wanted if g not in partner] + [Miss("false", found=row) for row in false]
    result.differences += [Miss("wrong", gold[g], rows[partner[g]], tuple(names)) for g, names in wrong.items() if names]
    return result


def _differences(names: Sequence[str], gold: Row, row: Row) -> str:
    return ", ".join(f"{name}: {row.get(name)!r}, gold {gold.get(name)!r}" for name in names)


def paired(gold: Sequence[Row], spans: Sequence[tuple[int, int]], rows: Sequence[Row]) -> dict[int, int]:
    """Gold row -> statement, each at most once, the most similar names first."""
    pairs = [
        (similarity(row["indicator"], found.get("indicator")), g, p)
        for g, (row, span) in enumerate(zip(gold, spans, strict=True))
        for p, found in enumerate(rows)
        if _overlap(span, _span(found)) and _equal(row["value"], found["value"]) and _equal(row.get("value_max"), found.get("value_max"))
    ]
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, g, p in sorted(pairs, key=lambda pair: -pair[0]):
        if g not in partner and p not in taken:
            partner[g] = p
            taken.add(p)
    return partner


def _span(row: Row) -> tuple[int, int]:
    return row["value_start"], row["value_end"]


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _told(row: Row) -> str:
    return f"{row['value_text']} | {row['indicator']} | {row['quote'][:70]}".replace("\n", "⏎")


def score_goals(result: Score, goals: Sequence[Row], rows: Iterable[Row], text: str, complete: bool = False) -> None:
    """Adds the commitments: a gold goal is found when one overlaps a place of its quote; optional ones are neither wanted nor false.

    complete: the gold has every goal of the text, so that a commitment in no place of it is false.
    """
    made = [row for row in rows if row["kind"] == "commitment"]
    places = [[m.span() for m in re.finditer(re.escape(goal["quote"]), text)] for goal in goals]
    for goal, spans in zip(goals, places, strict=True):
        hit = any(_overlap(span, (row["start"], row["end"])) for span in spans for row in made)
        if goal.get("optional"):
            continue
        result.goals, result.goals_found = result.goals + 1, result.goals_found + hit
        if not hit:
            result.differences.append(Miss("goal", goal))
    if complete:
        known = [span for spans in places for span in spans]
        false = [row for row in made if not any(_overlap(span, (row["start"], row["end"])) for span in known)]
        result.goals_false, result.goals_complete = len(false), True
        result.differences += [Miss("false", found=row) for row in false]


def pooled(scores: Iterable[Score]) -> Score:
    """All documents as one."""
    total = Score("pooled")
    for one in scores:
        for name in ("required", "found", "false", "strict", "goals", "goals_found", "goals_false"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.right.update(one.right)
        total.goals_complete |= one.goals_complete
    return total
