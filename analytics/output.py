"""Frames on standard output: a table for people, csv and json for programs.

`write` prints the named columns only; a name with {lang} stands for the column of the language. csv begins with a head line,
json is one object with the head lines, what is extra, and the rows; numbers stay numbers, empty cells are null.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table

from analytics.frames import as_dicts
from analytics.messages import amounts, by_number

FORMATS = ("table", "csv", "json")
COMPARE = [
    "place",
    "comparator",
    "value_exact",
    "value_max_exact",
    "unit",
    "year",
    "kind",
    "status",
    "facets",
    "verdict",
    "conflict",
    "baseline_exact",
    "baseline_year",
    "nation_exact",
    "province_exact",
    "index_nation",
    "index_province",
    "per_10k",
    "quote",
    "indicator_id",
]
ALTERNATIVES = ["place", "comparator", "value_exact", "unit", "year", "kind", "facets", "why_{lang}", "quote", "indicator_id"]
CASCADE = [
    "place",
    "metric_{lang}",
    "scope",
    "relation",
    "comparator",
    "value_exact",
    "reference_exact",
    "reference_year",
    "codes",
    "sentence_{lang}",
]
FINDINGS = ["severity", "code", "place", "metric_id", "sentence_{lang}", "evidence"]
AMBITION = ["place", "low", "high", "rank_low", "rank_high", "used", "missing", "refused", "reason_{lang}"]
DIFF = ["change", "metric_id", "sentence_{lang}", "old_quote", "new_quote"]
SEARCH = ["what", "how", "score", "place", "title", "text", "id"]
STATEMENTS = [
    "place",
    "indicator",
    "comparator",
    "value_exact",
    "value_max_exact",
    "unit",
    "year",
    "kind",
    "status",
    "quote",
    "indicator_id",
]
CELLS = ["place", "metric_id", "state", "indicator_id", "plan_id", "start", "end"]
VERDICTS = ["place_a", "place_b", "verdict", "codes", "sentence_{lang}"]
METRICS = ["metric_id", "name_zh", "name_en", "domain", "unit", "better", "flow", "family"]
# In a table, what tells nothing in any row is left out, and long text is cut.
CUT = 60


def write(
    frame: pd.DataFrame, columns: Sequence[str], form: str, lang: str, head: Sequence[str] = (), extra: Mapping[str, Any] | None = None
) -> None:
    """Print `columns` of `frame`. head: sentences above a table and in json; extra: further entries of the json object."""
    names = [name.format(lang=lang) for name in columns]
    shown = frame[[name for name in names if name in frame]]
    if form == "csv":
        sys.stdout.write(flat(shown).to_csv(index=False, lineterminator="\n"))
    elif form == "json":
        body = {
            "head": [line for line in head if line],
            **{key: plain(value) for key, value in (extra or {}).items()},
            "rows": records(shown),
        }
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    else:
        write_table(readable(shown, lang), head)


def readable(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """For people: operator, number and unit in one column, in the place of the first."""
    if not {"comparator", "value_exact", "unit"} <= set(frame):
        return frame
    shown = frame.drop(columns=["value_exact", "value_max_exact", "unit"], errors="ignore").rename(columns={"comparator": "value"})
    return shown.assign(value=amounts(frame, lang))


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with lists as text joined by ;."""
    return frame.assign(**{name: frame[name].map(join) for name in frame if frame[name].map(lambda value: isinstance(value, list)).any()})


def join(value: Any) -> Any:
    """A list as one text, anything else as it is."""
    return ";".join(map(str, value)) if isinstance(value, list) else value


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries of plain values."""
    return [{name: plain(value) for name, value in row.items()} for row in as_dicts(frame)]


def plain(value: Any) -> Any:
    """A value that json knows: null for an empty cell, lists and tables taken apart."""
    if isinstance(value, pd.DataFrame):
        return records(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: plain(each) for key, each in dataclasses.asdict(value).items()}
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def write_table(frame: pd.DataFrame, head: Sequence[str]) -> None:
    """The frame as a table as wide as the screen; on a pipe as wide as it needs."""
    console = Console(width=None if sys.stdout.isatty() else 200, soft_wrap=False)
    for line in head:
        if line:
            console.print(line, markup=False, highlight=False)
    used = [name for name in frame if not frame[name].map(lambda value: cell(value) == "").all()] or list(frame)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in used:
        table.add_column(name, overflow="fold", justify="right" if pd.api.types.is_numeric_dtype(frame[name]) else "left")
    for row in frame[used].itertuples(index=False):
        table.add_row(*(cell(value) for value in row))
    if used:
        console.print(table, markup=False)
    console.print(f"{len(frame)} {by_number(len(frame), 'row|rows')}", highlight=False)


def cell(value: Any) -> str:
    """A value for a table: nothing for empty, four digits of a computed number, long text cut."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = " ".join(str(join(value)).split())
    return text if len(text) <= CUT else text[: CUT - 1] + "…"
