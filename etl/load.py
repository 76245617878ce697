"""What the published database holds, and writing a new one: rows that were read, and rows of plans that have not changed.

The latter are copied from the old file inside DuckDB, so that they stay exact. etl.swap makes sure that the new one is whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.model import Extraction, Issue
from etl.swap import LoadError, beside, clear, confirm, settled, swap

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SCHEMA = Path(__file__).with_name("schema.sql")
_KEYS = """
CREATE TABLE inputs (plan_id VARCHAR PRIMARY KEY REFERENCES plans (plan_id), key VARCHAR NOT NULL);
COMMENT ON TABLE inputs IS 'What the rows of each plan were made from; a plan whose key has not changed is not read again.';
COMMENT ON COLUMN inputs.plan_id IS 'The plan.';
COMMENT ON COLUMN inputs.key IS 'Checksum of its file, its row of plans.tsv, its corrections and the rules.';
"""
# Tables in the order in which they can be filled, and the order of their rows. Statements stand by metric, because a comparison reads
# one metric of many plans: DuckDB then passes over the row groups of the others.
_ORDER = {
    "plans": "plan_id",
    "indicators": "metric_id NULLS LAST, plan_id, value_start, start, length(indicator_id), indicator_id",
    "numbers": "plan_id, start",
    "sections": "plan_id, start, level",
    "issues": "plan_id, indicator_id NULLS LAST, code, message",
    "inputs": "plan_id",
}


@dataclass(frozen=True, slots=True)
class Published:
    """What a database holds: its build id and the input key of every plan."""

    build_id: str
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Content:
    """What a new database is made of.

    extractions, keys (by plan id), digests (sha256 of the file by plan id), issues: of the plans that were read; kept: ids of the plans
    whose rows are taken from the old database.
    """

    build_id: str
    rules_sha256: str
    extractions: Sequence[Extraction]
    keys: Mapping[str, str]
    digests: Mapping[str, str]
    issues: Sequence[Issue] = ()
    kept: Sequence[str] = ()


def published(database: Path) -> Published | None:
    """What the database holds, or None where there is none that this code can read. LoadError for a file that is no database."""
    import duckdb

    if not database.exists():
        return None
    if not database.is_file() or database.stat().st_size and b"DUCK" not in _head(database):
        raise LoadError(f"{database}: is no DuckDB database and would be overwritten; name another with --database")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            (build_id,) = connection.execute("SELECT build_id FROM build").fetchone() or ("",)
            return Published(build_id, dict(connection.execute("SELECT plan_id, key FROM inputs").fetchall()))
    except duckdb.Error:  # an older schema, a damaged file, one that another program writes: all is read again
        return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


def publish(database: Path, target: Path, content: Content) -> None:
    """Builds the new database beside `target` and swaps it in; `target` is what `locked` gave for `database`.

    LoadError leaves the old one as it was, and says what went wrong.
    """
    import duckdb

    new = beside(target)
    try:
        with duckdb.connect(str(new)) as connection:
            expected = _fill(connection, target, content)
            wanted = settled(connection)
        if missing := [name for name, rows in expected.items() if wanted[name][0] != rows]:
            raise LoadError(f"table {missing[0]} took {wanted[missing[0]][0]} of {expected[missing[0]]} rows")
        confirm(new, wanted)
        swap(new, target)
    except (duckdb.Error, OSError, MemoryError, LoadError) as error:
        why = str(error) or type(error).__name__
        raise LoadError(
            f"{database}: the new database was not published, the old one is unchanged ({why}); "
            "check the space on the disk, then build again, with --full if it stays so"
        ) from error
    finally:
        clear(target)


def _fill(connection: duckdb.DuckDBPyConnection, target: Path, content: Content) -> dict[str, int]:
    """Writes all tables in one transaction; how many rows each must hold now."""
    connection.execute("BEGIN")
    connection.execute(SCHEMA.read_text("utf-8") + _KEYS)
    if content.kept:
        connection.execute("COMMIT")
        connection.execute(f"ATTACH '{str(target).replace(chr(39), chr(39) * 2)}' AS old (READ_ONLY)")
        connection.execute("BEGIN")
    expected = {table: _insert(connection, table, rows, content.kept) for table, rows in _tables(connection, content).items()}
    counts = [expected[table] for table in ("plans", "indicators", "numbers")]
    connection.execute("INSERT INTO build VALUES (?, ?, ?, ?, ?)", [content.build_id, content.rules_sha256, *counts])
    connection.execute("COMMIT")
    return expected | {"build": 1}


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, kept: Sequence[str]) -> int:
    """Rows that were read and rows that are kept, in one order, so that a partial build gives the table of a full one; how many."""
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    connection.register("fresh", rows)
    source = f"SELECT {columns} FROM fresh"
    if kept:
        source += f" UNION ALL SELECT {columns} FROM old.{table} WHERE plan_id IN (SELECT unnest($kept))"
    insert = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ({source}) ORDER BY {_ORDER[table]}"
    connection.execute(insert, {"kept": list(kept)} if kept else None)
    connection.unregister("fresh")
    if not kept:
        return len(rows)
    count = f"SELECT count(*) FROM old.{table} WHERE plan_id IN (SELECT unnest($kept))"
    return len(rows) + connection.execute(count, {"kept": list(kept)}).fetchall()[0][0]


def _tables(connection: duckdb.DuckDBPyConnection, content: Content) -> dict[str, pa.Table]:
    """What was read, as Arrow tables typed by the columns that the database declares."""
    found = content.extractions
    rows: dict[str, list[Mapping[str, Any]]] = {
        "plans": [_plan(extraction, content.digests[extraction.plan.plan_id]) for extraction in found],
        "indicators": [row for extraction in found for row in extraction.rows],
        "numbers": [row for extraction in found for row in extraction.numbers],
        "sections": [row for extraction in found for row in extraction.sections],
        "issues": [
            {name: getattr(issue, name) for name in ("plan_id", "indicator_id", "code", "severity", "message")} for issue in content.issues
        ],
        "inputs": [{"plan_id": extraction.plan.plan_id, "key": content.keys[extraction.plan.plan_id]} for extraction in found],
    }
    return {table: _arrow(connection, table, rows[table]) for table in _ORDER}


def _arrow(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    import pyarrow as pa

    schema = connection.table(table).limit(0).to_arrow_table().schema
    return pa.table({column.name: pa.array([row[column.name] for row in rows], column.type) for column in schema}, schema=schema)


def _plan(extraction: Extraction, sha256: str) -> dict[str, Any]:
    plan, document = extraction.plan, extraction.document
    words = {name: getattr(plan, name) or None for name in ("province", "level", "issuer", "document_number", "note")}
    facts = {name: getattr(plan, name) for name in ("plan_id", "place", "title", "horizon_start", "horizon_end")}
    file = {"source_file": document.name, "format": document.format, "sha256": sha256, "text": document.text, "pages": list(document.pages)}
    return words | facts | file | {"status": plan.status or "unknown", "issued": date.fromisoformat(plan.issued) if plan.issued else None}
