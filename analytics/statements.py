"""Statements from a file for a verdict: one JSON object a line, in the fields of `python -m etl extract`, with place, level and status of
the plan where they are known.

    read_statements(Path("rows.jsonl"))    # a frame, aligned; StatementError names file, line, field and value of what cannot be used
    verdicts(frame, registry)              # every two of them: a, b, verdict, codes, sentence_zh, sentence_en and what they are
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analytics import comparability
from analytics.align import align
from analytics.errors import AnalyticsError
from analytics.registry import FLOWS, Registry
from analytics.standing import level_names

KINDS = ("target", "baseline", "incentive", "commitment")
STATUSES = ("issued", "draft", "expired", "unknown")
TEXTS = ("indicator_id", "plan_id", "kind", "indicator", "unit", "flow", "quote", "domain", "place", "level", "status")
NEEDED = ("indicator", "unit", "kind")
"""Without these three a statement says nothing that could be compared."""
CHOICES = {"kind": KINDS, "flow": FLOWS, "status": STATUSES}
USUAL = {"flow": "unspecified", "status": "issued"}
PAIR_COLUMNS = [
    "a", "b", "line_a", "line_b", "place_a", "place_b", "metric_a", "metric_b", "verdict", "codes", "sentence_zh", "sentence_en",
]


class StatementError(AnalyticsError):
    """A line that cannot be used: its file, number, field, value and what to do."""


def read_statements(path: Path, registry: Registry) -> pd.DataFrame:
    """One row a line with TEXTS, year (Int64, missing where null) and line (from 1), aligned anew. Fields that are not used are left."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StatementError(f"{path}: cannot be read ({error}); give a file with one JSON object a line, in UTF-8") from error
    rows = [_checked(path, number, entry, registry) for number, entry in _objects(path, text)]
    if not rows:
        raise StatementError(f"{path}: no statement in it; write one JSON object a line, as `python -m etl extract --format jsonl` does")
    frame = pd.DataFrame(rows).astype({**dict.fromkeys(TEXTS, "str"), "year": "Int64"})
    return frame.join(align(frame, registry))


def _objects(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise StatementError(f"{path}: line {number}: no JSON ({error}): {line[:60]!r}; write one object a line") from error
        if not isinstance(entry, dict):
            raise StatementError(f"{path}: line {number}: {line[:60]!r} is no object; write one with indicator, unit and kind")
        yield number, entry


def _checked(path: Path, number: int, entry: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """The fields that a verdict looks at; StatementError where one is missing or of the wrong type."""
    row: dict[str, Any] = {"line": number}
    for name in TEXTS:
        value = entry.get(name)
        if value is None and name in NEEDED:
            raise StatementError(f"{path}: line {number}: {name}: missing; add it, as `python -m etl extract` writes it")
        if value is not None and not isinstance(value, str):
            raise _wrong(path, number, name, value, "write a text")
        row[name] = USUAL.get(name) if value is None or (value == "" and name in USUAL) else value
    for name, known in {**CHOICES, "level": level_names()}.items():
        if row[name] and row[name] not in known:
            raise _wrong(path, number, name, row[name], f"use one of {', '.join(known)}")
    if not row["indicator"].strip():
        raise _wrong(path, number, "indicator", row["indicator"], "write what is measured")
    row["year"] = _year(path, number, entry.get("year"))
    return row


def _year(path: Path, number: int, value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or not 1900 <= value <= 2200:
        raise _wrong(path, number, "year", value, "write a year such as 2025, or null")
    return int(value)


def _wrong(path: Path, number: int, name: str, value: Any, step: str) -> StatementError:
    return StatementError(f"{path}: line {number}: {name}: {value!r}; {step}")


def verdicts(frame: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Every two rows of `read_statements`: PAIR_COLUMNS. a and b are their indicator_id, or their line where ids are missing or stand
    twice; codes is a list."""
    ids = frame["indicator_id"]
    named = ids if ids.notna().all() and ids.is_unique else frame["line"].map("line {}".format)
    by_row = frame.assign(indicator_id=range(len(frame)))
    pairs = comparability.pairwise(by_row, registry)
    columns = {}
    for side in ("a", "b"):
        rows = frame.iloc[pairs[side].to_numpy(dtype=int)]
        columns |= {side: named.loc[rows.index].to_numpy(), **{f"{name}_{side}": rows[source].to_numpy() for name, source in
                    (("line", "line"), ("place", "place"), ("metric", "metric_id"))}}
    return pairs.assign(**columns)[PAIR_COLUMNS]
