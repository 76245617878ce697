"""What `python -m etl build` and `extract` print."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.build import Outcome, aligned, build, given, read_plan, read_text
from etl.manifest import with_options
from etl.model import Extraction

if TYPE_CHECKING:
    from rich.console import Console

FIELDS = tuple(
    "indicator_id plan_id kind form indicator comparator value value_max unit flow year hedge domain section responsible "
    "quote start end value_text value_start value_end rules confidence metric_id align_how align_note".split()
)
_SUMMARY = """
SELECT p.plan_id, p.place, p.horizon_end, count(*) FILTER (kind = 'target'), count(*) FILTER (kind = 'baseline'),
       count(*) FILTER (kind = 'incentive'), count(*) FILTER (kind = 'commitment'), count(metric_id),
       (SELECT count(*) FROM numbers n WHERE n.plan_id = p.plan_id),
       (SELECT count(*) FROM issues i WHERE i.plan_id = p.plan_id AND i.severity = 'warning')
FROM plans p LEFT JOIN indicators USING (plan_id) GROUP BY p.plan_id, p.place, p.horizon_end ORDER BY p.plan_id
"""
_HEADS = ("plan", "place", "until", "targets", "baselines", "incentives", "goals", "with metric", "numbers", "warnings", "")
# Beyond this many plans the summary shows only those that were read now.
_LONGEST = 40


def build_command(folders: Sequence[Path], database: Path, full: bool) -> int:
    """Builds, prints the summary; 1 when a plan could not be built."""
    with _progress() as progress:
        outcome = build(folders, database, full, progress, os.cpu_count() or 1)
    for note in outcome.notes:
        print(f"note: {note}", file=sys.stderr)
    _print_summary(outcome, database)
    for failure in outcome.failures:
        print(failure, file=sys.stderr)
    return 1 if outcome.failures else 0


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None] | None]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading plans", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name)


def _print_summary(outcome: Outcome, database: Path) -> None:
    import duckdb
    from rich.markup import escape
    from rich.table import Table

    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(_SUMMARY).fetchall()
    table, fresh = Table(*_HEADS, box=None, header_style="bold", pad_edge=False), set(outcome.read)
    for column in table.columns[2:-1]:
        column.justify = "right"
    shown = rows if len(rows) <= _LONGEST else [row for row in rows if row[0] in fresh][:_LONGEST]
    for row in shown:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row), "read" if row[0] in fresh else "unchanged")
    console().print(table)
    total = sum(sum(row[3:7]) for row in rows)
    gone = f", {len(outcome.removed)} removed" if outcome.removed else ""
    failed = f", {len(outcome.failures)} failed" if outcome.failures else ""
    same = "" if outcome.changed else " (nothing changed)"
    print(
        f"{database}: {len(rows)} plan{'s' * (len(rows) != 1)}, {total} statement{'s' * (total != 1)}; "
        f"{len(fresh)} read, {len(outcome.kept)} unchanged{gone}{failed}; "
        f"version {outcome.build_id}{same}"
    )


def console() -> Console:
    """Standard output; where it is no terminal, wide enough that no cell is cut."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 200, highlight=False, soft_wrap=False)


def extract_command(file: str, plan_id: str | None, place: str | None, horizon: int | None, layout: str, text: bool) -> int:
    """Prints the rows of one document, or its text."""
    source = given(file)
    if text:
        sys.stdout.write(read_text(source))
        return 0
    extraction = aligned(read_plan(replace(source, plan=with_options(source.plan, plan_id, place, horizon))))
    for issue in extraction.issues:
        if issue.severity == "warning":
            print(f"{issue.code}: {issue.message}", file=sys.stderr)
    {"jsonl": _print_jsonl, "csv": _print_csv, "table": _print_table}[layout](extraction)
    return 0


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with exactly the published fields in their order, numbers as floats."""
    exact = {name: None if row[name] is None else float(row[name]) for name in ("value", "value_max")}
    return {name: exact[name] if name in exact else row[name] for name in FIELDS}


def _print_jsonl(extraction: Extraction) -> None:
    sys.stdout.writelines(json.dumps(plain(row), ensure_ascii=False) + "\n" for row in extraction.rows)


def _print_csv(extraction: Extraction) -> None:
    """Text in quotes, numbers bare, rules joined by ; and nothing else changed: what begins with = or + stays as the plan has it."""
    writer = csv.writer(sys.stdout, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([";".join(cell) if isinstance(cell, list) else cell for cell in plain(row).values()] for row in extraction.rows)


def _print_table(extraction: Extraction) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        "kind", "indicator", "", "value", "unit", "year", "flow", "domain", "metric", box=None, header_style="bold", pad_edge=False
    )
    table.columns[3].justify = "right"
    for row in extraction.rows:
        table.add_row(*map(escape, _cells(row)))
    console().print(table)


SIGNS = {"ge": "≥", "gt": ">", "eq": "=", "le": "≤", "lt": "<", "approx": "≈", "range": "=", None: ""}


def shown(row: dict[str, Any]) -> str:
    """The number of a row as people write it: 1,076, 98.5, 1~3; the form of a goal without one."""
    if row["value"] is None:
        return row["form"]
    return "~".join(
        f"{value:,f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
        for value in (row["value"], row["value_max"])
        if value is not None
    )


def _cells(row: dict[str, Any]) -> Iterable[str]:
    return (
        row["kind"],
        row["indicator"],
        SIGNS[row["comparator"]],
        shown(row),
        row["unit"],
        str(row["year"] or ""),
        row["flow"],
        row["domain"],
        row["metric_id"] or "",
    )
