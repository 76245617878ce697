"""`python -m etl fit`: the weights of the evidence from annotated documents. Needs scikit-learn, which deciding does not.

The same documents give the same bytes. Every figure is out of sample: each document is judged by weights that were fitted without it.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from etl.evaluate import document_of, evaluate, gold_rows, known_plans
from etl.evidence import WEIGHTS, Weights, render, weights
from etl.floors import under_floors
from etl.model import Document, Plan
from etl.pipeline import extract
from etl.read import read
from etl.score import located, paired, pooled
from etl.signs import Signs

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "data" / "floors.toml"
# Kinds that signs decide between; an incentive is told by its words.
WEIGHED = ("target", "baseline")
# A sign is weighed that stands with so many statements, in so many documents.
STATEMENTS, DOCUMENTS = 4, 2
# Into how many parts documents are put, each to be judged by weights fitted on the others.
PARTS = 10
# How much less may be right out of sample than before.
LOSS = 0.005
# The inverse of the penalty on large weights.
CAUTION = 0.3


class FitError(ValueError):
    """Documents that cannot be learned from, or weights that are refused; the message names the cause and the next step."""


@dataclass(frozen=True, slots=True)
class Example:
    """A statement of an annotated document whose kind was weighed: its signs, and whether the annotation calls it a target."""

    document: str
    signs: Signs
    target: bool


def learned(folders: Sequence[tuple[Path, Path]]) -> list[Example]:
    """The weighed statements that an annotation confirms, of every (gold, plans) pair of folders, in order of name."""
    found: list[Example] = []
    for gold, plans in folders:
        known = known_plans(plans)
        for path in sorted(gold.glob("*.jsonl")):
            document = read(document_of(plans, path.stem))
            found += _examples(f"{gold.name}/{path.stem}", document, known.get(path.stem, Plan(path.stem)), gold_rows(path))
    return found


def short_cases() -> Iterator[Example]:
    """The weighed statements of the short texts under tests/cases; those of one file count as one document."""
    for path in sorted((ROOT / "tests" / "cases").glob("*.jsonl")):
        for case in map(json.loads, path.read_text("utf-8").splitlines()):
            kinds = [row for row in case.get("rows", ()) if "value_text" in row and row.get("kind") in WEIGHED]
            if kinds and "text" in case:
                gold = [{"quote": row["value_text"], "indicator": "", **row} for row in kinds]
                plan = Plan("case", horizon_end=case.get("horizon"))
                yield from _examples(f"cases/{path.stem}", Document(case["text"], "txt"), plan, gold)


def _examples(name: str, document: Document, plan: Plan, gold: Sequence[dict]) -> Iterator[Example]:
    """The weighed statements of one document that its annotation confirms, in order of the annotation."""
    weighed: list[tuple[dict, Signs]] = []
    extract(document, plan, weighed)
    pairs = paired(gold, located(gold, document.text, name), [row for row, _ in weighed])
    for g, p in sorted(pairs.items()):
        if gold[g]["kind"] in WEIGHED:
            yield Example(name, weighed[p][1], gold[g]["kind"] == "target")


def own_documents() -> list[tuple[Path, Path]]:
    """The annotated documents of the project as (gold, plans) folders: the five plans, and every set under tests/unseen."""
    unseen = sorted(path.parent for path in (ROOT / "tests" / "unseen").glob("*/index.tsv"))
    return [(ROOT / "data" / "gold", ROOT / "data" / "plans"), *((folder, folder) for folder in unseen)]


def fitted(known: Sequence[Example]) -> Weights:
    """Weights of a logistic regression over all signs that are not too rare."""
    count = Counter(name for one in known for name in one.signs)
    spread = Counter(name for _, name in {(one.document, name) for one in known for name in one.signs})
    names = sorted(name for name in count if count[name] >= STATEMENTS and spread[name] >= DOCUMENTS)
    if len({one.target for one in known}) < 2:
        raise FitError("the annotated documents hold no target or no baseline whose kind was weighed; name others with --documents")
    model = _regression().fit(_matrix(known, names), [one.target for one in known])
    return Weights(round(float(model.intercept_[0]), 3), {name: round(float(w), 3) for name, w in zip(names, model.coef_[0], strict=True)})


def _regression() -> LogisticRegression:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise FitError(f"scikit-learn is not installed ({error}); run `make run` once, or install requirements.txt") from error
    # Newton's method ends at the same figures wherever it runs, long before the third digit that is kept.
    return LogisticRegression(C=CAUTION, solver="newton-cholesky", tol=1e-8, max_iter=200)


def _matrix(known: Sequence[Example], names: Sequence[str]) -> np.ndarray:
    at = {name: column for column, name in enumerate(names)}
    matrix = np.zeros((len(known), len(names)))
    for row, one in enumerate(known):
        for name, value in one.signs.items():
            if name in at:
                matrix[row, at[name]] = value
    return matrix


def cross_validated(known: Sequence[Example]) -> Iterator[tuple[str, int, int]]:
    """(document, statements, right) with weights fitted without the document, and without those of its part."""
    part = {name: number % PARTS for number, name in enumerate(sorted({one.document for one in known}))}
    judges = [fitted([one for one in known if part[one.document] != number]) for number in range(PARTS)]
    for document, number in part.items():
        own = [one for one in known if one.document == document]
        yield document, len(own), sum((judges[number].score(one.signs) >= 0) == one.target for one in own)


def fit_command(documents: Sequence[Path], check: bool) -> int:
    """Fits, prints figures by document, and writes data/evidence.toml; with `check` only compares. 1 when it differs.

    Raises FitError where a floor falls with the new weights.
    """
    known = [*learned([*own_documents(), *((folder, folder) for folder in documents)]), *short_cases()]
    print(f"{'document':<32}{'statements':>11}{'right':>7}{'share':>8}")
    total = Counter()
    for name, statements, right in cross_validated(known):
        print(f"{name:<32}{statements:>11}{right:>7}{right / statements:>8.3f}")
        total.update(statements=statements, right=right)
    share = total["right"] / total["statements"]
    print(f"{'all, each by weights without it':<32}{total['statements']:>11}{total['right']:>7}{share:>8.3f}")
    text = render(fitted(known), len({one.document for one in known}), len(known), share)
    if check:
        same = WEIGHTS.read_text("utf-8") == text
        print(f"data/{WEIGHTS.name}: " + ("as fitted" if same else "differs from what these documents give; run `python -m etl fit`"))
        return 0 if same else 1
    return _published(text, share)


def _published(text: str, share: float) -> int:
    """Writes the weights unless a floor falls with them; then the old ones stand."""
    before = WEIGHTS.read_text("utf-8") if WEIGHTS.exists() else ""
    floor = tomllib.loads(before).get("right", 0.0)
    WEIGHTS.write_text(text, "utf-8")
    weights.cache_clear()
    scores = evaluate(ROOT / "data" / "gold", ROOT / "data" / "plans")
    under = under_floors(FLOORS, {one.name: one.figures() for one in [*scores, pooled(scores)]})
    if share < floor - LOSS:
        under.append(f"right out of sample: {share:.4f}, before {floor:.4f}")
    if under:
        WEIGHTS.write_text(before, "utf-8")
        weights.cache_clear()
        raise FitError("\n".join([*under, f"{WEIGHTS.relative_to(ROOT)} stays as it was: correct the annotations or the signs"]))
    print(f"{WEIGHTS.relative_to(ROOT)} written")
    return 0
