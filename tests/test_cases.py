"""Hand-written cases, one JSON object a line under tests/cases: a text and the statements it must give, and no others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.model import Document, Plan
from etl.normalise import number
from etl.pipeline import extract
from etl.score import similarity

FOLDER = Path(__file__).parent / "cases"
TOPICS = (
    "numerals",
    "units",
    "comparators",
    "ranges",
    "names",
    "lists",
    "years",
    "kinds",
    "flow",
    "tables",
    "ocr",
    "wraps",
    "traditional",
    "fullwidth",
    "negatives",
    "changes",
    "incentives",
    "workreports",
    "prose",
    "contexts",
)
FIELDS = ("unit", "comparator", "kind", "year", "flow")


def load() -> list[dict]:
    return [
        json.loads(line)
        for topic in TOPICS
        for line in (FOLDER / f"{topic}.jsonl").read_text("utf-8").splitlines()
        if line.strip()
    ]


CASES = load()


def close(a: float | None, b: float | None) -> bool:
    return a == b or a is not None and b is not None and abs(a - b) <= 1e-6 * max(1.0, abs(a))


def differences(case: dict) -> list[str]:
    """What is wrong with the extraction of a case, in words; empty when it is as the case wants."""
    text = case["text"]
    found = extract(Document(text, "txt"), Plan("case", horizon_end=case.get("horizon"))).rows
    rows = [{**row, "value": number(row["value"]), "value_max": number(row["value_max"])} for row in found if row["value"] is not None]
    left, wrong = list(rows), []
    for want in case["rows"]:
        hits = [
            row
            for row in left
            if close(row["value"], want["value"])
            and close(row["value_max"], want.get("value_max"))
            and overlaps(text, row, want["value_text"])
        ]
        hits.sort(key=lambda row: -similarity(want.get("indicator", ""), row["indicator"]))
        if not hits:
            wrong.append(f"missed {want['value_text']}")
            continue
        row = hits[0]
        left.remove(row)
        wrong += [
            f"{field}: {want[field]!r} wanted, {row[field]!r} found ({want['value_text']})"
            for field in FIELDS
            if field in want and want[field] != row[field]
        ]
        if "indicator" in want and similarity(want["indicator"], row["indicator"]) < 0.6:
            wrong.append(f"indicator: {want['indicator']!r} wanted, {row['indicator']!r} found")
    return wrong + [f"not wanted: {row['indicator']} {row['value_text']}" for row in left if not case.get("open")]


def overlaps(text: str, row: dict, value_text: str) -> bool:
    at = text.find(value_text)
    while at >= 0:
        if row["value_start"] < at + len(value_text) and at < row["value_end"]:
            return True
        at = text.find(value_text, at + 1)
    return False


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict) -> None:
    assert not differences(case), case.get("why", "")


def test_every_topic_has_cases() -> None:
    assert len(CASES) >= 300
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert sum(not case["rows"] for case in CASES) >= 80
