"""Sessions: queries against one version of the database, on an in-memory engine to which the file is attached for as long as they last.

A process that keeps a DuckDB connection blocks writers and goes on seeing a replaced file, so a file is open only while a session lasts.
What is kept is a pool of empty engines (13 ms to make, 1 ms to attach a file to); each serves one thread at a time, because connections
shared between threads give wrong results.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from analytics.columns import TABLES
from analytics.errors import DatabaseBusy, NoDatabase, OtherSchema
from analytics.reference import WHOLE

ENGINE = f"DuckDB {duckdb.__version__}"


class Session:
    """Queries against one version of the database. Use it in the thread that made it, inside its `with`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._registered: list[str] = []

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a SELECT with `$name` parameters; INTEGER columns are Int64 whether or not this answer has empty ones."""
        return self.arrow(sql, params).to_pandas(types_mapper=WHOLE.get)

    def run(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        """Execute a statement that returns nothing, such as CREATE TEMP TABLE."""
        self._connection.execute(sql, dict(params or {})).fetchall()

    def arrow(self, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        """As `query`, but an Arrow table: exact decimals, no copies."""
        return self._connection.sql(sql, params=dict(params or {})).to_arrow_table()

    def one(self, sql: str, params: Mapping[str, Any] | None = None) -> tuple | None:
        """The first row, or None. All rows are fetched: a result that is left half read blocks the connection."""
        return next(iter(self.rows(sql, params)), None)

    def rows(self, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple]:
        """The rows of a SELECT, one tuple each, where a frame would cost more than the query."""
        return self._connection.execute(sql, dict(params or {})).fetchall()

    def register(self, name: str, table: pa.Table | pd.DataFrame) -> None:
        """Let SQL see a frame as a table until the session ends."""
        self._connection.register(name, table)
        self._registered.append(name)

    def forget(self, *names: str) -> None:
        """Drop temporary views and tables, those with these names or all."""
        for kind, listed in (("VIEW", "view_name AS name FROM duckdb_views()"), ("TABLE", "table_name AS name FROM duckdb_tables()")):
            for (name,) in self._connection.execute(
                f"SELECT {listed} WHERE temporary AND schema_name = 'main' AND database_name = 'temp'"
            ).fetchall():
                if not names or name in names:
                    self._connection.execute(f'DROP {kind} IF EXISTS temp."{name}"').fetchall()

    def close(self) -> None:
        """Forget the registered frames and temporary tables."""
        for name in self._registered:
            self._connection.unregister(name)
        self.forget()


class Engines:
    """The pool of engines for one file, safe to share between threads. reference: tables that every engine holds beside the file's."""

    def __init__(self, path: Path, reference: Mapping[str, pa.Table]) -> None:
        self.path = path
        self._reference = reference
        self._idle: deque[duckdb.DuckDBPyConnection] = deque(maxlen=8)
        self._checked: tuple[tuple[int, int, int], str] | None = None

    def build_id(self) -> str:
        """Version of the data in the file as it is now."""
        stamp = self._stamp()
        if self._checked is None or self._checked[0] != stamp:
            with self.session():
                pass
        assert self._checked is not None
        return self._checked[1]

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the file as it is now, for as long as the `with` lasts. Raises NoDatabase, OtherSchema or DatabaseBusy."""
        stamp = self._stamp()
        engine = self._engine()
        try:
            self._attach(engine, stamp)
            session = Session(engine)
            try:
                yield session
            finally:
                session.close()
        finally:
            self._release(engine)

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            raise NoDatabase(f"no database at {self.path}: run `python -m etl build` first") from None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _engine(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._idle.pop()
        except IndexError:
            engine = duckdb.connect(":memory:")
            for name, table in self._reference.items():
                engine.register("incoming", table)
                engine.execute(f"CREATE TABLE {name} AS FROM incoming").fetchall()
                engine.unregister("incoming")
            return engine

    def _attach(self, engine: duckdb.DuckDBPyConnection, stamp: tuple[int, int, int]) -> None:
        try:
            engine.execute(f"ATTACH '{str(self.path).replace(chr(39), chr(39) * 2)}' AS db (READ_ONLY)").fetchall()
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise DatabaseBusy(f"{self.path} is being written by another process: try again when it has finished") from error
            raise OtherSchema(f"{self.path} is no DuckDB database that this version can read: run `python -m etl build`") from error
        engine.execute("SET search_path = 'memory.main,db.main'").fetchall()
        if self._checked is None or self._checked[0] != stamp:
            self._checked = (stamp, self._check(engine))

    def _check(self, engine: duckdb.DuckDBPyConnection) -> str:
        found: dict[str, set[str]] = {}
        for table, column in engine.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'db'").fetchall():
            found.setdefault(table, set()).add(column)
        lacking = [f"{table}.{column}" for table, columns in TABLES.items() for column in sorted(columns - found.get(table, set()))]
        if lacking:
            raise OtherSchema(f"{self.path} has another schema, it lacks {', '.join(lacking[:4])}: run `python -m etl build --full`")
        rows = engine.execute("SELECT build_id FROM build").fetchall()
        if not rows:
            raise OtherSchema(f"{self.path} has no row in table build: run `python -m etl build --full`")
        return rows[0][0]

    def _release(self, engine: duckdb.DuckDBPyConnection) -> None:
        try:
            engine.execute("RESET search_path").fetchall()
            engine.execute("DETACH DATABASE IF EXISTS db").fetchall()
        except duckdb.Error:
            engine.close()
            return
        if len(self._idle) == self._idle.maxlen:
            engine.close()
        else:
            self._idle.append(engine)
