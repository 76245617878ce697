"""Read-only access to the database that the extraction publishes, for pages, command line and every other module here.

    store = Store("data/citytargets.duckdb")
    store.build_id                       # data version; cache results by this, never by a connection
    store.plans()                        # one row a plan, without its text
    store.statements({"metric_id": "food.food_pass_rate", "kind": ["target", "baseline"]})
    store.statement(indicator_id)        # one Series
    store.context(indicator_id, "sentence")   # Context: text around the quote, offsets of quote and value in it, page, headings
    store.text(plan_id), store.numbers(plan_id), store.sections(plan_id), store.issues(), store.reference("places")
    with store.session() as session:     # several queries that see one and the same version
        session.query("SELECT ... WHERE place = $place", {"place": "日照市"})

Frames have `value` and `value_max` as float (base unit) and `value_exact`, `value_max_exact` as text with every digit of the database.
Inside SQL the tables plans, indicators, numbers, sections, issues, build stand beside the reference tables places, benchmarks, actuals.

A file is open only while a session lasts: a process that keeps a DuckDB connection blocks writers and goes on seeing a replaced file.
What is kept is a pool of empty in-memory engines (13 ms to make, 1 ms to attach a file to); each serves one thread at a time, because
connections shared between threads give wrong results.

Errors: AnalyticsError > StoreError > NoDatabase, OtherSchema, DatabaseBusy, UnknownPlan, UnknownStatement, BadFilter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

ROOT = Path(__file__).resolve().parent.parent
DATABASE = ROOT / "data" / "citytargets.duckdb"
REFERENCE = ROOT / "data" / "reference"

# What every query below relies on; more columns in the file are welcome, fewer are refused when it is opened.
TABLES: dict[str, frozenset[str]] = {
    "plans": frozenset(
        "plan_id place province level title issuer document_number issued horizon_start horizon_end status note source_file format "
        "sha256 text pages".split()
    ),
    "indicators": frozenset(
        "indicator_id plan_id kind form indicator comparator value value_max unit flow year hedge domain section responsible quote "
        "start end value_text value_start value_end rules confidence metric_id align_how align_note".split()
    ),
    "numbers": frozenset("plan_id start end text class rule".split()),
    "sections": frozenset("plan_id start end level title role".split()),
    "issues": frozenset("plan_id indicator_id code severity message".split()),
    "build": frozenset("build_id rules_sha256 plans indicators numbers".split()),
}

# Numbers in the reference tables are read as exact decimals, like those of the plans.
REFERENCE_TYPES: dict[str, dict[str, pa.DataType]] = {
    "places": {"population": pa.int32(), "population_year": pa.int32()},
    "benchmarks": {"year": pa.int32(), "value": pa.decimal128(28, 8)},
    "actuals": {"year": pa.int32(), "value": pa.decimal128(28, 8)},
}

FILTERABLE = frozenset(
    "indicator_id plan_id place province level status kind form metric_id domain flow unit year comparator hedge horizon_end".split()
)
WHOLE = {pa.int32(): pd.Int64Dtype()}
ENDS_OF_SENTENCE = "。！？；\n"
SENTENCE_LIMIT, PARAGRAPH_LIMIT = 200, 600


def exact(column: str) -> str:
    """SQL for a DECIMAL column as text with every digit it has and no padding: 98.50000000 -> '98.5', 300 -> '300'."""
    return f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')"


# The columns of a statement in two parts: reading the second for many rows costs ten times the first.
LEAN_SQL = f"""
    i.indicator_id, i.plan_id, p.place, p.province, p.level, p.title, p.status, p.issued, p.horizon_start, p.horizon_end,
    i.kind, i.form, i.indicator, i.comparator, CAST(i.value AS DOUBLE) AS value, CAST(i.value_max AS DOUBLE) AS value_max,
    {exact("i.value")} AS value_exact, {exact("i.value_max")} AS value_max_exact,
    i.unit, i.flow, i.year, i.hedge, i.domain, i.value_start, i.confidence, i.metric_id, i.align_note
"""
DETAIL_SQL = 'i.section, i.responsible, i.quote, i.start, i."end", i.value_text, i.value_end, i.rules, i.align_how'
STATEMENT_SQL = f"{LEAN_SQL}, {DETAIL_SQL}"


class AnalyticsError(Exception):
    """Anything that analytics refuses, in one line that names the entry and the next step."""


class StoreError(AnalyticsError):
    """The database cannot answer."""


class NoDatabase(StoreError):
    """No database has been built yet."""


class OtherSchema(StoreError):
    """The file is no database, or one of another version."""


class DatabaseBusy(StoreError):
    """Another process is writing to the file."""


class UnknownPlan(StoreError):
    """No plan has that id."""


class UnknownStatement(StoreError):
    """No statement has that id (it may have gone with a newer build)."""


class BadFilter(StoreError):
    """A filter names a column that cannot be filtered by."""


class Condition(Protocol):
    """What `Store.statements` accepts beside a mapping: questions.Filters is one."""

    def where(self) -> tuple[str, dict[str, Any]]:
        """SQL over `i` (indicators) and `p` (plans), and its parameters."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """Text around a statement. Offsets of quote and value count code points of `text`; `start` is the offset of `text` in the plan."""

    indicator_id: str
    plan_id: str
    text: str
    start: int
    quote_start: int
    quote_end: int
    value_start: int
    value_end: int
    page: int | None
    headings: tuple[str, ...]


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
        rows = self._connection.execute(sql, dict(params or {})).fetchall()
        return rows[0] if rows else None

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


class Store:
    """One database file, read-only, safe to share between threads. `reference` is the folder of places, benchmarks and actuals."""

    def __init__(self, path: str | Path = DATABASE, reference: str | Path = REFERENCE) -> None:
        self.path = Path(path)
        self._reference = {name: read_reference(Path(reference) / f"{name}.tsv") for name in REFERENCE_TYPES}
        self._engines: deque[duckdb.DuckDBPyConnection] = deque(maxlen=8)
        self._checked: tuple[tuple[int, int, int], str] | None = None

    @property
    def build_id(self) -> str:
        """Version of the data, printed under every chart; changes when a new build has been published."""
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

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """One query in a session of its own."""
        with self.session() as session:
            return session.query(sql, params)

    def plans(self) -> pd.DataFrame:
        """One row a plan, without text: the columns of `plans`, population with year and source, and counts of targets, baselines,
        commitments."""
        return self.query("""
            SELECT p.* EXCLUDE (text, pages), length(p.text) AS characters, len(p.pages) AS page_count,
                   coalesce(c.targets, 0) AS targets, coalesce(c.baselines, 0) AS baselines, coalesce(c.commitments, 0) AS commitments,
                   coalesce(c.aligned, 0) AS aligned, r.name_en, r.population, r.population_year, r.source AS population_source
            FROM plans p
            LEFT JOIN (SELECT plan_id, count(*) FILTER (kind = 'target') AS targets, count(*) FILTER (kind = 'baseline') AS baselines,
                              count(*) FILTER (kind = 'commitment') AS commitments, count(metric_id) AS aligned
                       FROM indicators GROUP BY plan_id) c USING (plan_id)
            LEFT JOIN places r ON r.place = p.place
            ORDER BY p.place, p.plan_id""")

    def statements(self, filters: Mapping[str, Any] | Condition | None = None, limit: int | None = None) -> pd.DataFrame:
        """Statements with what is known of their plan, in the order of plan and text.

        filters: column -> value, or -> list of values (any of them), or -> None (empty); or an object with `where()`.
        Raises BadFilter for a column that is not in FILTERABLE.
        """
        condition, params = where(filters)
        tail = "" if limit is None else f" LIMIT {int(limit)}"
        return self.query(
            f"SELECT {STATEMENT_SQL} FROM indicators i JOIN plans p USING (plan_id) WHERE {condition} "
            f"ORDER BY i.plan_id, i.value_start, i.indicator_id{tail}",
            params,
        )

    def statement(self, indicator_id: str) -> pd.Series:
        """One statement as a Series of the columns of `statements`. Raises UnknownStatement."""
        frame = self.statements({"indicator_id": indicator_id})
        if frame.empty:
            raise UnknownStatement(
                f"no statement {indicator_id!r} in {self.path} (build {self.build_id}): "
                "it may have changed with a newer build, search for its words"
            )
        return frame.iloc[0]

    def text(self, plan_id: str) -> str:
        """The raw text that all offsets of the plan count in. Raises UnknownPlan."""
        with self.session() as session:
            row = session.one("SELECT text FROM plans WHERE plan_id = $plan", {"plan": plan_id})
            if row is None:
                raise UnknownPlan(self._unknown_plan(session, plan_id))
        return row[0]

    def numbers(self, plan_id: str) -> pd.DataFrame:
        """The number audit of a plan in the order of the text: start, end, text, class, rule."""
        return self._of_plan("numbers", plan_id)

    def sections(self, plan_id: str) -> pd.DataFrame:
        """The headings of a plan in the order of the text: start, end, level, title, role."""
        return self._of_plan("sections", plan_id)

    def issues(self) -> pd.DataFrame:
        """What validation found and let pass: plan_id, indicator_id, code, severity, message."""
        return self.query("SELECT * FROM issues ORDER BY plan_id, code, indicator_id")

    def reference(self, name: str) -> pd.DataFrame:
        """places, benchmarks or actuals; values as float. Needs no database. Raises KeyError for another name."""
        frame = self._reference[name].to_pandas(types_mapper=WHOLE.get)
        return frame.assign(value=frame["value"].astype(float)) if "value" in frame else frame

    def context(self, indicator_id: str, width: str = "sentence") -> Context:
        """The sentence or the paragraph around a statement; `width` is "sentence" or "paragraph". Raises UnknownStatement."""
        if width not in ("sentence", "paragraph"):
            raise BadFilter(f"width {width!r}: use sentence or paragraph")
        row = self.statement(indicator_id)
        with self.session() as session:
            text, pages = session.one("SELECT text, pages FROM plans WHERE plan_id = $plan", {"plan": row["plan_id"]}) or ("", [])
            heads = session.query(
                'SELECT title FROM sections WHERE plan_id = $plan AND start <= $at AND $at < "end" ORDER BY level, start',
                {"plan": row["plan_id"], "at": int(row["value_start"])},
            )
        ends, limit = (ENDS_OF_SENTENCE, SENTENCE_LIMIT) if width == "sentence" else ("\n", PARAGRAPH_LIMIT)
        begin, end = widen(text, int(row["start"]), int(row["end"]), ends, limit)
        headings = tuple(heads["title"]) or tuple(part for part in row["section"].split(" > ") if part)
        return Context(
            indicator_id,
            row["plan_id"],
            text[begin:end],
            begin,
            int(row["start"]) - begin,
            int(row["end"]) - begin,
            int(row["value_start"]) - begin,
            int(row["value_end"]) - begin,
            page_of(pages, int(row["value_start"])),
            headings,
        )

    def _of_plan(self, table: str, plan_id: str) -> pd.DataFrame:
        with self.session() as session:
            if session.one("SELECT 1 FROM plans WHERE plan_id = $plan", {"plan": plan_id}) is None:
                raise UnknownPlan(self._unknown_plan(session, plan_id))
            return session.query(f"SELECT * EXCLUDE (plan_id) FROM {table} WHERE plan_id = $plan ORDER BY start", {"plan": plan_id})

    def _unknown_plan(self, session: Session, plan_id: str) -> str:
        near = session.query(
            "SELECT plan_id FROM plans ORDER BY jaro_winkler_similarity(plan_id, $plan) DESC, plan_id LIMIT 5", {"plan": plan_id}
        )
        return f"no plan {plan_id!r} in {self.path}; nearest: {', '.join(near['plan_id']) or 'none'}"

    def _stamp(self) -> tuple[int, int, int]:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            raise NoDatabase(f"no database at {self.path}: run `python -m etl build` first") from None
        return status.st_ino, status.st_mtime_ns, status.st_size

    def _engine(self) -> duckdb.DuckDBPyConnection:
        try:
            return self._engines.pop()
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
        if len(self._engines) == self._engines.maxlen:
            engine.close()
        else:
            self._engines.append(engine)


def read_reference(path: Path) -> pa.Table:
    """A tab-separated reference table with a head line; empty text stays empty text. Raises StoreError naming file and column."""
    types = REFERENCE_TYPES[path.stem]
    try:
        head = path.open(encoding="utf-8").readline().rstrip("\n").split("\t")
        return pacsv.read_csv(
            path,
            parse_options=pacsv.ParseOptions(delimiter="\t", quote_char=False),
            convert_options=pacsv.ConvertOptions(column_types={name: types.get(name, pa.string()) for name in head}),
        )
    except FileNotFoundError:
        raise StoreError(f"reference table {path} is missing: restore it from the repository") from None
    except pa.ArrowInvalid as error:
        raise StoreError(f"reference table {path} cannot be read: {error}") from error


def where(filters: Mapping[str, Any] | Condition | None) -> tuple[str, dict[str, Any]]:
    """SQL over `i` and `p`, and its parameters, for what `Store.statements` accepts."""
    if filters is None:
        return "TRUE", {}
    if not isinstance(filters, Mapping):
        return filters.where()
    unknown = sorted(set(filters) - FILTERABLE)
    if unknown:
        raise BadFilter(f"cannot filter by {', '.join(unknown)}: use any of {', '.join(sorted(FILTERABLE))}")
    terms, params = [], {}
    for column, wanted in filters.items():
        owner = "p" if column in TABLES["plans"] and column != "plan_id" else "i"
        if wanted is None:
            terms.append(f"{owner}.{column} IS NULL")
        elif isinstance(wanted, Sequence | set | frozenset) and not isinstance(wanted, str):
            terms.append(f"list_contains($f_{column}, {owner}.{column})")
            params[f"f_{column}"] = sorted(wanted)
        else:
            terms.append(f"{owner}.{column} = $f_{column}")
            params[f"f_{column}"] = wanted
    return " AND ".join(terms) or "TRUE", params


def widen(text: str, start: int, end: int, ends: str, limit: int) -> tuple[int, int]:
    """The span around [start, end) that reaches to the nearest of `ends` on either side (the mark behind it included), at most `limit`
    further."""
    left = max(max(text.rfind(mark, 0, start) for mark in ends) + 1, start - limit)
    if end > start and text[end - 1] in ends:
        return left, end
    stops = [at for at in (text.find(mark, end) for mark in ends) if at >= 0]
    right = min(min(stops, default=len(text)), end + limit)
    return left, right + (right < len(text) and text[right] in ends and text[right] != "\n")


def page_of(pages: Sequence[int], offset: int) -> int | None:
    """The page, from 1, that holds `offset`; None for a format without pages. `pages` holds the offset at which each begins."""
    starts = [int(start) for start in pages]
    return sum(start <= offset for start in starts) or None if starts else None
