"""`python -m etl evaluate`: gold files and documents to figures, a table and a comparison with floors. What counts is in etl.score."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from etl.build import read_plan
from etl.manifest import ENDINGS, MANIFEST, Source, read_manifest
from etl.model import Plan
from etl.score import FIELDS, EvaluationError, Row, Score, pooled, score, score_goals

_LEVELS = {"country": "national", "province": "provincial", "city": "prefecture"}


def evaluate(gold: Path, plans: Path) -> list[Score]:
    """One Score a gold file, in order of name. Raises EvaluationError, build.PlanError."""
    files = sorted(gold.glob("*.jsonl")) if gold.is_dir() else []
    if not files:
        raise EvaluationError(f"{gold}: no gold file (PLAN.jsonl) in it; name another folder with --gold")
    known, scores = known_plans(plans), []
    for path in files:
        extraction = read_plan(Source(document_of(plans, path.stem), known.get(path.stem, Plan(path.stem))))
        scores.append(against_gold(path, extraction.rows, extraction.document.text))
    return scores


def against_gold(path: Path, rows: Sequence[Row], text: str) -> Score:
    """The Score of the statements read out of `text`, beside the gold file of its plan. Raises EvaluationError.

    Beside the gold stand goals without a number: a sample in commitments.tsv; where there is a goals.tsv, both together are all of them.
    """
    result = score(path.stem, gold_rows(path), rows, text)
    sample, rest = path.with_name("commitments.tsv"), path.with_name("goals.tsv")
    goals = [goal for goal in _goals(sample) + _goals(rest) if goal["plan"] == path.stem]
    score_goals(result, goals, rows, text, complete=rest.exists())
    return result


def document_of(plans: Path, name: str) -> Path:
    """The document in `plans` that an annotation is of. Raises EvaluationError."""
    found = [path for path in sorted(plans.glob(f"{name}.*")) if path.suffix[1:].lower() in ENDINGS]
    if not found:
        raise EvaluationError(f"{plans}: no document {name}.txt (or docx, pdf, ...) for {name}.jsonl; name its folder with --plans")
    return found[0]


def gold_rows(path: Path) -> list[Row]:
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


def known_plans(plans: Path) -> dict[str, Plan]:
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
    under = [] if raising and not floors.exists() else under_floors(floors, figures)
    for line in under:
        print(line, file=sys.stderr)
    if raising:
        print(f"{floors}: {raise_floors(floors, figures)} floors raised")
    return 1 if under else 0


def _print_table(scores: Sequence[Score]) -> None:
    heads = ("P", "R", "F1", "strictF1", *FIELDS, "goals", "false", "goalsP")
    print(f"{'document':<24}{'gold':>6}{'found':>6}{'false':>6}" + "".join(f"{head:>{max(8, len(head) + 2)}}" for head in heads))
    for one in scores:
        cells = [f"{value:.3f}" for value in (one.precision, one.recall, one.f1, one.strict_f1, *map(one.share, FIELDS))]
        cells += [f"{one.goals_found}/{one.goals}" if one.goals else "", f"{one.goals_false}" if one.goals_complete else ""]
        cells.append("" if one.goals_precision is None else f"{one.goals_precision:.3f}")
        counts = f"{one.name:<24}{one.required:>6}{one.found:>6}{one.false:>6}"
        print(counts + "".join(f"{cell:>{max(8, len(head) + 2)}}" for head, cell in zip(heads, cells, strict=True)))
