"""How good the extraction is, against annotated plans.

A statement finds a gold row when the two value spans overlap and the numbers are equal; where several could, the pair with the most similar
names goes first. Optional gold rows are neither wanted nor held against anyone. A strict hit has kind, comparator, unit, year and name
right as well. Goals without a number are counted apart, against commitments.tsv.
"""
from __future__ import annotations

import csv
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from etl.build import extract_source
from etl.manifest import ENDINGS, MANIFEST, Source, read_manifest
from etl.model import Plan

FIELDS = ("kind", "comparator", "unit", "year", "flow", "domain", "indicator")
STRICT = ("kind", "comparator", "unit", "year", "indicator")
ALIKE = 0.6
_LEVELS = {"country": "national", "province": "provincial", "city": "prefecture"}
_UNHEARD = re.compile(r"[\s,，、.。()（）“”\"'《》·]")
_WEIGHTLESS = re.compile(r"^(?:新增|累计|年均)|(?:数量|数)$")

Row = Mapping[str, Any]


class EvaluationError(ValueError):
    """Gold or plans that cannot be used; the message names the file, the row and the next step."""


@dataclass(slots=True)
class Score:
    """Counts of one document or of several together. goals, goals_found: commitments of the gold and those found."""

    name: str
    required: int = 0
    found: int = 0
    false: int = 0
    strict: int = 0
    right: Counter = field(default_factory=Counter)
    goals: int = 0
    goals_found: int = 0
    misses: list[str] = field(default_factory=list)

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

    def share(self, name: str) -> float:
        """Share right in one field among the found; none found counts as none right."""
        return self.right[name] / max(1, self.found)

    def figures(self) -> dict[str, float]:
        """All that floors may stand on, by name."""
        goals = {"goals": self.goals_found / self.goals} if self.goals else {}
        return {"precision": self.precision, "recall": self.recall, "f1": self.f1, "strict_f1": self.strict_f1, **{name: self.share(name) for name in FIELDS}, **goals}


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
                raise EvaluationError(f"{name}.jsonl, row {number}: the quote {row['quote'][:40]!r} is not in the text; correct the row, or take the plan it was made from")
        start += row["quote"].find(row["value_text"])
        spans.append((start, start + len(row["value_text"])))
    return spans


def score(name: str, gold: Sequence[Row], rows: Iterable[Row], text: str) -> Score:
    """Compares the statements read out of `text` with its gold rows."""
    rows, spans = [row for row in rows if row.get("value") is not None], located(gold, text, name)
    partner = _paired(gold, spans, rows)
    wanted = [g for g, row in enumerate(gold) if not row.get("optional")]
    hits = [g for g in wanted if g in partner]
    excused = [span for row, span in zip(gold, spans, strict=True) if row.get("optional")]
    used = set(partner.values())
    false = [row for p, row in enumerate(rows) if p not in used and not any(_overlap(_span(row), span) for span in excused)]
    wrong = {g: [field for field in FIELDS if not agrees(field, gold[g], rows[partner[g]])] for g in hits}
    result = Score(name, len(wanted), len(hits), len(false), sum(not set(STRICT) & set(names) for names in wrong.values()))
    result.right.update({field: sum(field not in names for names in wrong.values()) for field in FIELDS})
    result.misses = [f"missed  {_told(gold[g])}" for g in wanted if g not in partner] + [f"false   {_told(row)}" for row in false]
    result.misses += [f"wrong   {_told(gold[g])}  --  {', '.join(f'{n}: {rows[partner[g]].get(n)!r}, gold {gold[g].get(n)!r}' for n in names)}"
                      for g, names in wrong.items() if names]
    return result


def _paired(gold: Sequence[Row], spans: Sequence[tuple[int, int]], rows: Sequence[Row]) -> dict[int, int]:
    """Gold row -> statement, each at most once, the most similar names first."""
    pairs = [(similarity(row["indicator"], found.get("indicator")), g, p)
             for g, (row, span) in enumerate(zip(gold, spans, strict=True)) for p, found in enumerate(rows)
             if _overlap(span, _span(found)) and _equal(row["value"], found["value"]) and _equal(row.get("value_max"), found.get("value_max"))]
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


def score_goals(result: Score, goals: Sequence[Row], rows: Iterable[Row], text: str) -> None:
    """Adds the commitments: a gold goal is found when one overlaps a place of its quote."""
    spans = [(row["start"], row["end"]) for row in rows if row["kind"] == "commitment"]
    for goal in goals:
        places = [(m.start(), m.end()) for m in re.finditer(re.escape(goal["quote"]), text)]
        hit = any(_overlap(place, span) for place in places for span in spans)
        result.goals, result.goals_found = result.goals + 1, result.goals_found + hit
        if not hit:
            result.misses.append(f"goal    {goal['form']} | {goal['quote'][:70]}")


def pooled(scores: Iterable[Score]) -> Score:
    """All documents as one."""
    total = Score("pooled")
    for one in scores:
        for name in ("required", "found", "false", "strict", "goals", "goals_found"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.right.update(one.right)
    return total


def evaluate(gold: Path, plans: Path) -> list[Score]:
    """One Score a gold file, in order of name. Raises EvaluationError, PlanError."""
    files = sorted(gold.glob("*.jsonl")) if gold.is_dir() else []
    if not files:
        raise EvaluationError(f"{gold}: no gold file (PLAN.jsonl) in it; name another folder with --gold")
    known, goals, scores = _known(plans), _goals(gold / "commitments.tsv"), []
    for path in files:
        extraction = extract_source(Source(_document(plans, path.stem), known.get(path.stem, Plan(path.stem))))
        text = extraction.document.text
        scores.append(score(path.stem, _rows(path), extraction.rows, text))
        score_goals(scores[-1], [goal for goal in goals if goal["plan"] == path.stem], extraction.rows, text)
    return scores


def _document(plans: Path, name: str) -> Path:
    found = [path for path in sorted(plans.glob(f"{name}.*")) if path.suffix[1:].lower() in ENDINGS]
    if not found:
        raise EvaluationError(f"{plans}: no document {name}.txt (or docx, pdf, ...) for {name}.jsonl; name its folder with --plans")
    return found[0]


def _rows(path: Path) -> list[Row]:
    """The rows of a gold file; only line feeds part them, since a quote may hold any other break."""
    rows = []
    for number, line in enumerate(path.read_text("utf-8-sig").split("\n"), 1):
        try:
            row = json.loads(line) if line.strip() else None
        except json.JSONDecodeError as error:
            raise EvaluationError(f"{path}, line {number}: no JSON ({error}); correct the line") from error
        if row is not None:
            if missing := {"quote", "value_text", "value", "indicator", "unit"} - set(row):
                raise EvaluationError(f"{path}, line {number}: {', '.join(sorted(missing))} missing; add it")
            rows.append(row)
    return rows


def _known(plans: Path) -> dict[str, Plan]:
    """What is known about the documents: plans.tsv, else index.tsv (file, place, level, title, horizon_year)."""
    if (plans / MANIFEST).exists():
        rows = read_manifest(plans / MANIFEST)
        if wrong := [row for row in rows.values() if not isinstance(row, Plan)]:
            raise wrong[0]
        return rows
    if not (plans / "index.tsv").exists():
        return {}
    known = {}
    for row in _table(plans / "index.tsv", {"file", "horizon_year"}):
        name = Path(row["file"]).stem
        year = int(row["horizon_year"]) if row["horizon_year"].isdigit() else None
        level = _LEVELS.get(row.get("level", ""), row.get("level", ""))
        known[name] = Plan(name, place=row.get("place") or "", level=level, title=row.get("title") or "", horizon_end=year)
    return known


def _goals(path: Path) -> list[Row]:
    return _table(path, {"plan", "quote", "form"}) if path.exists() else []


def _table(path: Path, wanted: set[str]) -> list[Row]:
    table = csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := wanted - set(table.fieldnames or []):
        raise EvaluationError(f"{path}: no column {', '.join(sorted(missing))}; add it")
    return list(table)


def evaluate_command(gold: Path, plans: Path, misses: bool, floors: Path | None, raising: bool) -> int:
    """Prints the figures; 1 when a floor is not reached."""
    from etl.floors import raise_floors, under_floors

    scores = evaluate(gold, plans)
    total = pooled(scores)
    _print_table([*scores, total])
    if misses:
        for one in scores:
            print("".join(f"\n{one.name}: {miss}" for miss in one.misses), end="")
        print()
    if floors is None:
        return 0
    figures = {one.name: one.figures() for one in [*scores, total]}
    under = under_floors(floors, figures)
    for line in under:
        print(line, file=sys.stderr)
    if raising:
        print(f"{floors}: {raise_floors(floors, figures)} floors raised")
    return 1 if under else 0


def _print_table(scores: Sequence[Score]) -> None:
    heads = ("P", "R", "F1", "strictF1", *FIELDS, "goals")
    print(f"{'document':<24}{'gold':>6}{'found':>6}{'false':>6}" + "".join(f"{head:>{max(8, len(head) + 2)}}" for head in heads))
    for one in scores:
        cells = [f"{value:.3f}" for value in (one.precision, one.recall, one.f1, one.strict_f1, *map(one.share, FIELDS))]
        cells.append(f"{one.goals_found}/{one.goals}" if one.goals else "")
        counts = f"{one.name:<24}{one.required:>6}{one.found:>6}{one.false:>6}"
        print(counts + "".join(f"{cell:>{max(8, len(head) + 2)}}" for head, cell in zip(heads, cells, strict=True)))
