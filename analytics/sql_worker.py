"""One query of a reader, in a process of its own that can be ended: analytics.sql starts it and reads its answer.

    python -I analytics/sql_worker.py < request.json > answer.json

A query inside the dashboard could take its memory (DuckDB's own limit does not hold for the text that a function makes) and would go on
after it was interrupted (a function works through its row to the end). Here the kernel holds the limits, and whatever the query does to
the process ends with it. Nothing of the project is imported, so that the process is there at once.

request: database, text, setup (SQL with $rows each), seconds, rows, characters, megabytes, address_megabytes
answer: build_id, columns (name, type), rows, more, seconds; or error (a code of analytics.sql.ERRORS) and detail
"""

from __future__ import annotations

import datetime
import decimal
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import duckdb

BATCH = 100
DETAIL = 600
LAST = 0.5
_said = threading.Lock()
CONFIG = {
    "threads": "1",
    "temp_directory": "",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
# No file but the database that is attached by then, and no way to undo any of it.
LOCKS = ("SET search_path = 'memory.main,db.main'", "SET enable_external_access = false", "SET lock_configuration = true")


class Refused(Exception):
    """A query that is not run, or has no answer; the arguments are a code and a detail."""


# What a query can bring about, in DuckDB or on the way of a value out of it.
FAULTS = (duckdb.Error, Refused, ArithmeticError, ImportError, LookupError, MemoryError, RuntimeError, TypeError, ValueError)


def confine(request: Mapping[str, Any]) -> None:
    """What the kernel holds this process to: memory, time on a core, no file written, and only what others leave of the cores."""
    memory, seconds = int(request["address_megabytes"]) << 20, int(request["seconds"]) + 2
    for kind, limit in (("AS", memory), ("CPU", seconds), ("FSIZE", 0), ("CORE", 0)):
        with suppress(ValueError, OSError):  # macOS knows no limit of the address space
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (limit, limit))
    os.nice(10)


def connect(request: Mapping[str, Any]) -> tuple[duckdb.DuckDBPyConnection, str]:
    """An engine with the database attached read-only and the tables beside it, closed against all else; and the build at hand."""
    connection = duckdb.connect(":memory:", config={**CONFIG, "memory_limit": f"{int(request['megabytes'])}MB"})
    for statement, rows in request["setup"]:
        connection.execute(statement, {"rows": rows} if rows else None).fetchall()
    connection.execute(f"ATTACH '{request['database'].replace(chr(39), chr(39) * 2)}' AS db (READ_ONLY)").fetchall()
    (build_id,) = connection.execute("SELECT build_id FROM db.build").fetchall()[0]
    for statement in LOCKS:
        connection.execute(statement).fetchall()
    return connection, build_id


def only_statement(connection: duckdb.DuckDBPyConnection, text: str) -> duckdb.Statement:
    """The one statement of a text, which must be one that only reads: DuckDB takes DESCRIBE, SHOW and SUMMARIZE for SELECT too."""
    statements = connection.extract_statements(text)
    if not statements:
        raise Refused("empty", "")
    if len(statements) > 1:
        raise Refused("several", str(len(statements)))
    kind = statements[0].type.name
    if kind != "SELECT":
        raise Refused("pivot" if kind == "MULTI" else "kind", kind)
    return statements[0]


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Runs the query until it ends, has given enough, or its time is over."""
    connection, build_id = connect(request)
    threading.Thread(target=watch, args=(connection, float(request["seconds"])), daemon=True).start()
    return {"build_id": build_id, **asked(connection, request)}


def asked(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of one query. Raises Refused, duckdb.Error."""
    statement, began = only_statement(connection, request["text"]), time.perf_counter()
    connection.execute("BEGIN TRANSACTION READ ONLY")
    connection.execute(statement)
    columns = [[name, str(kind)] for name, kind, *_ in connection.description]
    hidden = os.path.dirname(os.path.realpath(request["database"])) + os.sep
    rows, more = fetched(connection, request, hidden)
    return {"columns": columns, "rows": rows, "more": more, "seconds": time.perf_counter() - began}


def watch(connection: duckdb.DuckDBPyConnection, seconds: float) -> None:
    """Interrupts the query when its time is over, and ends the process when that does not help."""
    time.sleep(seconds)
    connection.interrupt()
    time.sleep(LAST)
    say({"error": "time", "detail": ""})


def fetched(connection: duckdb.DuckDBPyConnection, request: Mapping[str, Any], hidden: str) -> tuple[list[list], bool]:
    """The first rows, as many as the limits let pass, and whether there are more. The folder `hidden` is left out of paths."""
    rows: list[list] = []
    left = int(request["characters"])
    while batch := connection.fetchmany(BATCH):
        for row in batch:
            cells = [plain(value, hidden) for value in row]
            left -= sum(len(cell) if isinstance(cell, str) else 8 for cell in cells)
            if left < 0 and not rows:
                raise Refused("wide", "")
            if left < 0 or len(rows) == int(request["rows"]):
                return rows, True
            rows.append(cells)
    return rows, False


def plain(value: Any, hidden: str) -> Any:
    """A value as JSON has it: exact decimals, dates and all else as text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, decimal.Decimal):
        return format(value.normalize() if value else decimal.Decimal(0), "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=lambda one: plain(one, hidden)).replace(hidden, "")
    return (value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else str(value)).replace(hidden, "")


def refusal(error: Exception) -> tuple[str, str]:
    """Code and detail for what went wrong."""
    if isinstance(error, Refused):
        return error.args[0], error.args[1]
    detail = str(error).strip()
    if isinstance(error, duckdb.InterruptException):
        return "time", ""
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "not enough memory" in detail:
        return "memory", ""
    return "files" if isinstance(error, duckdb.PermissionException) else "wrong", detail[:DETAIL]


def say(reply: Mapping[str, Any]) -> None:
    """Writes the answer and ends the process, also where a function is still at work; whoever comes second says nothing."""
    _said.acquire()
    sys.stdout.write(json.dumps(reply))
    sys.stdout.flush()
    os._exit(0)


def main() -> None:
    """Reads the request, writes the answer."""
    request = json.load(sys.stdin)
    confine(request)
    try:
        reply = answer(request)
    except FAULTS as error:
        code, detail = refusal(error)
        reply = {"error": code, "detail": detail}
    say(reply)


if __name__ == "__main__":
    main()
