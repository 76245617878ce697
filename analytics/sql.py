"""Read-only SQL for readers of the dashboard: one query, run in a process of its own, with limits that hold whatever the query is.

    answer = run(store, "SELECT place, count(*) FROM plans GROUP BY place")   # Answer; SqlError with a code of ERRORS
    to_csv(answer)                                                            # the rows as CSV
    tables(store, "zh")                                                       # what can be asked for: Table, each with its columns

A query sees the tables of the database, the registry as `metrics`, and places, benchmarks and actuals. It reads no file, changes nothing
and ends after LIMITS.seconds; how is told in sql_worker.py. At most AT_ONCE queries run at a time, others wait.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.errors import AnalyticsError
from analytics.frames import as_dicts
from analytics.reference import ROOT
from analytics.store import Store

WORKER = Path(__file__).with_name("sql_worker.py")
CHINESE = ROOT / "data" / "messages" / "schema.toml"
TEXT_LIMIT = 2000
AT_ONCE = 2
# Why a query has no answer. Each has a message of its own in the interface.
ERRORS = ("empty", "long", "characters", "several", "kind", "pivot", "files", "time", "memory", "wide", "busy", "wrong")
# Types whose values stand right in a column.
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT",
           "DOUBLE", "DECIMAL")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query may take. seconds: of work; rows, characters: of the answer; megabytes: of DuckDB's memory, and of the address space.

    wait: for a free place; grace: seconds for the process to start and to end by itself.
    """

    seconds: float = 5
    rows: int = 1000
    characters: int = 4_000_000
    megabytes: int = 256
    address_megabytes: int = 1024
    wait: float = 6
    grace: float = 6


LIMITS = Limits()
EXAMPLES = {
    "targets": """SELECT place, count(*) AS targets, count(metric_id) AS with_metric
FROM indicators JOIN plans USING (plan_id)
WHERE kind = 'target'
GROUP BY place
ORDER BY targets DESC""",
    "metric": """SELECT place, comparator, value, unit, year, quote
FROM indicators JOIN plans USING (plan_id)
WHERE metric_id = 'product.industrial_spot_check_pass_rate' AND kind = 'target'
ORDER BY value DESC""",
    "baseline": """SELECT p.place, m.name_zh AS metric, b.value AS baseline, t.value AS target, t.unit, t.year
FROM indicators t
JOIN indicators b USING (plan_id, metric_id, unit)
JOIN plans p USING (plan_id)
JOIN metrics m USING (metric_id)
WHERE t.kind = 'target' AND b.kind = 'baseline' AND t.flow = b.flow
ORDER BY t.value - b.value""",
    "nation": """SELECT p.place, m.name_zh AS metric, i.value AS target, b.value AS national_target, i.unit, i.year
FROM indicators i
JOIN plans p USING (plan_id)
JOIN metrics m USING (metric_id)
JOIN benchmarks b ON b.metric = i.metric_id AND b.year = i.year AND b.region = '全国'
WHERE i.kind = 'target'
ORDER BY metric, target DESC""",
    "numbers": """SELECT plan_id, class, count(*) AS numbers
FROM numbers
GROUP BY ALL
ORDER BY plan_id, numbers DESC""",
    "columns": "DESCRIBE indicators",
}


class SqlError(AnalyticsError):
    """A query without an answer. code: one of ERRORS; detail: DuckDB's own words, or what was found in the query."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Answer:
    """columns: (name, type of DuckDB); rows: text, whole numbers, floats, truth values or None; more: whether rows were left out."""

    build_id: str
    columns: tuple[tuple[str, str], ...]
    rows: list[list]
    more: bool
    seconds: float

    @property
    def numeric(self) -> tuple[int, ...]:
        """The columns that hold numbers."""
        return tuple(at for at, (_, kind) in enumerate(self.columns) if kind.partition("(")[0] in NUMBERS)


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its type and what it means."""

    name: str
    kind: str
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a query may name."""

    name: str
    comment: str
    columns: tuple[Column, ...]


_free = threading.BoundedSemaphore(AT_ONCE)


def run(store: Store, text: str, limits: Limits = LIMITS) -> Answer:
    """The answer to one query. Raises SqlError, and what Store raises where there is no database."""
    check(text)
    with store.session():
        pass  # says what is wrong with the database, if anything is
    with place(limits):
        reply = ask(request_of(store, text, limits), limits.seconds + limits.grace)
    if "error" in reply:
        raise SqlError(reply["error"], reply["detail"])
    return Answer(reply["build_id"], tuple((name, kind) for name, kind in reply["columns"]), reply["rows"], reply["more"], reply["seconds"])


def request_of(store: Store, text: str, limits: Limits) -> dict[str, Any]:
    """What the worker is asked."""
    setup = [statement for table in beside(store) for statement in table]
    return {**asdict(limits), "database": str(store.path.resolve()), "text": text, "setup": setup}


def check(text: str) -> None:
    """Refuses what need not reach DuckDB: nothing, too much, or characters that are none."""
    if not text.strip():
        raise SqlError("empty")
    if len(text) > TEXT_LIMIT:
        raise SqlError("long", f"{len(text):,}")
    if any(0xD800 <= ord(one) <= 0xDFFF or one == "\0" for one in text):
        raise SqlError("characters")


@contextmanager
def place(limits: Limits) -> Iterator[None]:
    """One of the AT_ONCE places; SqlError when none becomes free in time."""
    if not _free.acquire(timeout=limits.wait):
        raise SqlError("busy")
    try:
        yield
    finally:
        _free.release()


def ask(request: dict[str, Any], seconds: float) -> dict[str, Any]:
    """What the worker answers. It is ended after `seconds`; where it ends without a word, the kernel has ended it."""
    command = [sys.executable, "-I", str(WORKER)]
    environment = {"LANG": "C.UTF-8", "HOME": "/"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", close_fds=True
    ) as process:
        try:
            output, _ = process.communicate(json.dumps(request).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise SqlError("time") from None
    try:
        return json.loads(output)
    except json.JSONDecodeError:
        raise SqlError("time" if process.returncode in OVER_TIME else "memory") from None


# SIGXCPU and SIGKILL, which the kernel sends at the soft and at the hard limit of time.
OVER_TIME = (-24, -9)


@lru_cache(maxsize=4)
def beside(store: Store) -> tuple[tuple[tuple[str, str], ...], ...]:
    """For each table beside the database the statements that make and fill it, each with its rows as JSON (or "")."""
    return tuple(made(table) for table in side_tables(store))


@lru_cache(maxsize=4)
def side_tables(store: Store) -> list[Any]:
    """The registry and the reference tables as the data package has them."""
    from analytics.export.datapackage import EXTRA, extra  # brings the libraries of the exports, which only readers of SQL need

    with store.session() as session:
        return [extra(session, name) for name in EXTRA]


def made(table: Any) -> tuple[tuple[str, str], ...]:
    """The statements for one table of side_tables."""
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    shape = json.dumps([{column.name: column.type for column in table.columns}])
    values = ", ".join(f'r."{column.name}"' for column in table.columns)
    rows = json.dumps(table.rows.to_pylist(), ensure_ascii=False, default=str)
    return (
        (f'CREATE TABLE "{table.name}" ({columns})', ""),
        (f"INSERT INTO \"{table.name}\" SELECT {values} FROM (SELECT unnest(from_json($rows, '{shape}')) AS r)", rows),
    )


def tables(store: Store, lang: str) -> list[Table]:
    """All tables that a query may name, with what each column means; in English where a description is not there in Chinese."""
    with store.session() as session:
        rows = session.query("""
            SELECT t.table_name, t.comment AS about, c.column_name, c.data_type, c.comment
            FROM duckdb_tables() t JOIN duckdb_columns() c USING (database_name, table_name)
            WHERE database_name = 'db' ORDER BY t.table_name, c.column_index""")
    found: dict[str, Table] = {}
    for row in as_dicts(rows):
        column = Column(row["column_name"], row["data_type"], row["comment"] or "")
        table = found.get(row["table_name"]) or Table(row["table_name"], row["about"] or "", ())
        found[table.name] = Table(table.name, table.comment, (*table.columns, column))
    for table in side_tables(store):
        found[table.name] = Table(table.name, table.comment, tuple(Column(one.name, one.type, one.comment) for one in table.columns))
    order = sorted(found, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    return [in_chinese(found[name]) if lang == "zh" else found[name] for name in order]


# What is asked for most.
FIRST = ("indicators", "plans", "metrics", "places", "benchmarks", "actuals", "numbers", "sections", "issues", "build")


def in_chinese(table: Table) -> Table:
    """The same table with the Chinese descriptions, as far as there are any."""
    known = chinese().get(table.name, {})
    columns = tuple(Column(one.name, one.kind, known.get(one.name, one.comment)) for one in table.columns)
    return Table(table.name, known.get("_", table.comment), columns)


@lru_cache(maxsize=1)
def chinese() -> dict[str, dict[str, str]]:
    """Table -> column (_ for the table itself) -> Chinese description."""
    return tomllib.loads(CHINESE.read_text(encoding="utf-8"))


def to_csv(answer: Answer) -> bytes:
    """The rows as CSV with a byte order mark, so that a spreadsheet reads the Chinese; text that looks like a formula is made harmless."""
    from analytics.export.common import safe_cell

    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(safe_cell(name) for name, _ in answer.columns)
    writer.writerows([["" if cell is None else safe_cell(cell) for cell in row] for row in answer.rows])
    return ("\ufeff" + target.getvalue()).encode("utf-8")
