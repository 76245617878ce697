"""Read-only SQL: what is answered, what is refused and why, and that nothing a query does gets out of its process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from analytics import sql, sql_worker
from analytics.sql import Answer, Limits, SqlError, run, tables, to_csv
from analytics.store import Store

SHORT = Limits(seconds=1)


@pytest.fixture(scope="module")
def store(database: Path) -> Store:
    return Store(database)


@pytest.fixture(scope="module")
def here(store: Store) -> Iterator[Callable[[str], list[list]]]:
    """Asks the worker's engine in this process, which is as closed as in its own; raises SqlError as `run` does."""
    request = sql.request_of(store, "", sql.LIMITS)
    connection, _ = sql_worker.connect(request)

    def ask(text: str) -> list[list]:
        try:
            return sql_worker.asked(connection, {**request, "text": text})["rows"]
        except sql_worker.FAULTS as error:
            raise SqlError(*sql_worker.refusal(error)) from error
        finally:
            with suppress(duckdb.Error):
                connection.rollback()

    yield ask
    connection.close()


def code_of(store: Store, text: str, limits: Limits = sql.LIMITS) -> str:
    with pytest.raises(SqlError) as refused:
        run(store, text, limits)
    assert refused.value.code in sql.ERRORS
    return refused.value.code


# --- what is answered


@pytest.mark.parametrize("name", sql.EXAMPLES)
def test_every_example_has_rows(name: str, store: Store) -> None:
    answer = run(store, sql.EXAMPLES[name])
    assert answer.rows and not answer.more and answer.build_id == store.build_id
    assert len(sql.EXAMPLES[name]) <= sql.TEXT_LIMIT


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT 1", [[1]]),
        ("select 1;", [[1]]),
        ("/* before */ SELECT 1 -- behind; DROP TABLE plans", [[1]]),
        ("SELECT ';'", [[";"]]),
        ("WITH one AS (SELECT 1 AS n) FROM one", [[1]]),
        ("VALUES ('日照市')", [["日照市"]]),
        ("SELECT CAST(98.5 AS DECIMAL(28, 8)), CAST(300 AS DECIMAL(28, 8)), CAST(0 AS DECIMAL(9, 3))", [["98.5", "300", "0"]]),
        ("SELECT NULL, TRUE, 0.5::DOUBLE, 170141183460469231731687303715884105727", [[None, True, 0.5, 2**127 - 1]]),
        ("SELECT DATE '2021-12-31', TIMESTAMP '2021-12-31 08:00:00'", [["2021-12-31", "2021-12-31 08:00:00"]]),
        ("SELECT [1, 2], {'名': 1.50}, '\\xAB'::BLOB", [["[1, 2]", '{"名": "1.5"}', "ab"]]),
        ("SELECT 'NaN'::DOUBLE > 1", [[True]]),
        ("SELECT place FROM places WHERE false", []),
        ("SELECT count(*) FROM plans JOIN places USING (place) WHERE population > 0", [[5]]),
        ("SELECT count(*) > 100 FROM metrics WHERE definition <> ''", [[True]]),
        ("SELECT DISTINCT region FROM benchmarks WHERE level = 'national'", [["全国"]]),
        ("SELECT sum(1) FROM (PIVOT indicators ON kind IN ('target') USING count(*) GROUP BY plan_id)", [[5]]),
        ("SELECT getvariable('x')", [[None]]),
        ("SELECT * FROM query('SELECT 1')", [[1]]),
    ],
)
def test_what_is_answered(text: str, rows: list, here) -> None:
    assert here(text) == rows


@pytest.mark.parametrize("text", ["DESCRIBE plans", "SHOW TABLES", "SHOW ALL TABLES", "SUMMARIZE places", "FROM build", "TABLE build"])
def test_what_tells_of_the_tables_is_answered(text: str, here) -> None:
    assert here(text)


def test_columns_have_their_types(store: Store) -> None:
    answer = run(store, "SELECT place, value, year, value AS value FROM indicators JOIN plans USING (plan_id) LIMIT 1")
    assert answer.columns == (("place", "VARCHAR"), ("value", "DECIMAL(28,8)"), ("year", "INTEGER"), ("value", "DECIMAL(28,8)"))
    assert answer.numeric == (1, 2, 3)


def test_values_are_those_of_the_store(store: Store) -> None:
    answer = run(store, "SELECT indicator_id, value FROM indicators WHERE value IS NOT NULL ORDER BY indicator_id")
    known = store.statements({"kind": ["target", "baseline", "incentive"]}).sort_values("indicator_id")
    assert answer.rows == known[["indicator_id", "value_exact"]].to_numpy().tolist()


# --- limits of the answer


@pytest.mark.parametrize(
    ("text", "rows", "more"),
    [
        ("FROM range(999)", 999, False),
        ("FROM range(1000)", 1000, False),
        ("FROM range(1001)", 1000, True),
        ("FROM range(1000000000000)", 1000, True),
        ("SELECT a.range FROM range(10000000) a, range(10000000) b, range(10000000) c", 1000, True),
        ("WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) FROM n", 1000, True),
        ("SELECT repeat('长', 100000) FROM range(100)", 40, True),
    ],
)
def test_a_long_answer_is_cut(text: str, rows: int, more: bool, store: Store) -> None:
    answer = run(store, text)
    assert (len(answer.rows), answer.more) == (rows, more)


# --- what is refused


REFUSED = {
    "empty": ["", "  \n\t ", ";", ";;;", "-- a remark", "/* a remark */"],
    "long": ["SELECT 1 -- " + "x" * sql.TEXT_LIMIT, "(" * 100_000, "长" * 1_000_000],
    "characters": ["SELECT '\ud800'", "SELECT '\udfff\ud83d'", "SELECT 1\0", "\0"],
    "several": [
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE plans",
        "SELECT 1; SET lock_configuration = false",
        "SELECT 1 /* ; */ ; -- x\n ATTACH 'x'",
        "BEGIN; COMMIT",
    ],
    "kind": [
        "INSERT INTO places (place) VALUES ('x')",
        "UPDATE plans SET place = 'x'",
        "DELETE FROM plans",
        "DROP TABLE plans",
        "CREATE TABLE x AS SELECT 1",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE MACRO f(x) AS x",
        "CREATE SECRET (TYPE s3)",
        "ALTER TABLE plans ADD COLUMN x INTEGER",
        "TRUNCATE plans",
        "COPY plans TO 'x.csv'",
        "COPY plans FROM '/etc/passwd'",
        "COPY (SELECT 1) TO '/dev/stdout'",
        "EXPORT DATABASE 'x'",
        "IMPORT DATABASE 'x'",
        "ATTACH 'x.duckdb'",
        "ATTACH ':memory:' AS more",
        "DETACH db",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET VARIABLE x = 1",
        "SET memory_limit = '100GB'",
        "RESET threads",
        "PRAGMA version",
        "PRAGMA table_info('plans')",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "CHECKPOINT",
        "VACUUM",
        "ANALYZE",
        "BEGIN",
        "COMMIT",
        "EXPLAIN SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
    ],
    "pivot": ["PIVOT indicators ON kind USING count(*)"],
    "files": [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_csv_auto('/etc/hostname')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_text('data/plans/*.txt')",
        "SELECT * FROM read_blob('/proc/self/environ')",
        "SELECT * FROM read_parquet('file.parquet')",
        "SELECT * FROM parquet_metadata('file.parquet')",
        "SELECT * FROM read_json('/etc/os-release')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM 'file.parquet'",
        "FROM 's3://bucket/x.csv'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM glob('**')",
        "SELECT * FROM read_csv('http://localhost:1/x')",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))",
        "SELECT * FROM query('FROM read_text(''/etc/passwd'')')",
    ],
    "wrong": [
        "FROM '/etc/passwd'",
        'FROM "/proc/self/environ"',
        "SELECT getenv('HOME')",
        "SELECT * FROM nothing",
        "SELECT nothing FROM plans",
        "SELEC 1",
        "SELECT 1 FROM",
        "SELECT '",
        "SELECT 1 /*",
        "SELECT $1",
        "SELECT ?",
        "FROM request",
        "FROM connection",
        "SELECT error('x')",
        "SELECT CAST('x' AS INTEGER)",
        "EXECUTE IMMEDIATE 'SELECT 1'",
        "WITH gone AS (DELETE FROM plans RETURNING *) FROM gone",
        "WITH new AS (INSERT INTO places (place) VALUES ('x') RETURNING *) FROM new",
        "SELECT " + "(" * 900 + "1" + ")" * 900,
        "SELECT 1" + " + 1" * 450,
        "SELECT \u202e\ufeff\u0000".replace("\0", "") + "𝟙",
        "'; DROP TABLE plans; --",
    ],
    "memory": [
        "SELECT length(repeat('x', 1000000000))",
        "SELECT repeat('x', 4000000000)",
        "SELECT range(2000000000)",
        "SELECT string_agg(text, '') FROM plans, range(100000)",
    ],
    "wide": ["SELECT repeat('x', 5000000)"],
    "time": [
        "WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3",
        "SELECT count(*) FROM plans a, plans b, numbers c, numbers d, numbers e WHERE contains(a.text, d.text)",
        "SELECT sleep_ms(60000)",
        "SELECT levenshtein(repeat('ab', 50000), repeat('ba', 50000))",
    ],
}
# These must end, with an answer or with the reason that they stand under.
MAY_WORK = {"SELECT 1" + " + 1" * 450, "SELECT " + "(" * 900 + "1" + ")" * 900}
# What only the process of its own can refuse, or nothing need start for.
OUTSIDE = ("long", "characters", "memory", "wide", "time")


def cases(*codes: str) -> list:
    return [pytest.param(text, code, id=f"{code}: {ascii(text[:50])}") for code in codes for text in REFUSED[code]]


@pytest.mark.parametrize(("text", "code"), cases(*(code for code in REFUSED if code not in OUTSIDE)))
def test_what_is_refused(text: str, code: str, here) -> None:
    try:
        answer = here(text)
    except SqlError as error:
        assert error.code == code
    else:
        assert text in MAY_WORK and len(answer) == 1


@pytest.mark.parametrize(("text", "code"), cases(*OUTSIDE))
def test_what_takes_too_much_is_ended(text: str, code: str, store: Store) -> None:
    began = time.monotonic()
    assert code_of(store, text, SHORT) == code
    assert time.monotonic() - began < SHORT.seconds + SHORT.grace + 2


@pytest.mark.parametrize(("text", "code"), [(REFUSED[code][0], code) for code in REFUSED])
def test_the_process_refuses_the_same(text: str, code: str, store: Store) -> None:
    assert code_of(store, text, SHORT) == code


def test_a_sort_of_too_many_rows_is_ended(store: Store) -> None:
    text = "SELECT a.range, b.range FROM range(10000000) a, range(10000) b ORDER BY 1 DESC, 2"
    assert code_of(store, text) in ("memory", "time")


def test_every_reason_is_tested() -> None:
    assert set(REFUSED) | {"busy"} == set(sql.ERRORS)


def test_nothing_stays_behind(store: Store, tmp_path: Path) -> None:
    before = store.path.stat()
    for text in (f"COPY plans TO '{tmp_path}/x.csv'", f"EXPORT DATABASE '{tmp_path}/y'", f"ATTACH '{tmp_path}/z.duckdb'"):
        assert code_of(store, text) == "kind"
    assert list(tmp_path.iterdir()) == [] and store.path.stat() == before
    assert len(store.plans()) == 5


@pytest.mark.parametrize("text", ["FROM duckdb_databases()", "FROM duckdb_settings()", "FROM duckdb_logs()", "PRAGMA database_list"])
def test_no_folder_of_the_machine_is_told(text: str, store: Store) -> None:
    try:
        told = str(run(store, text))
    except SqlError as error:
        told = str(error)
    assert str(store.path.parent) not in told and str(Path.home() / "") not in told


def test_what_duckdb_says_is_handed_on(store: Store) -> None:
    with pytest.raises(SqlError, match='Did you mean "plans"') as refused:
        run(store, "FROM plan")
    assert "Traceback" not in refused.value.detail and len(refused.value.detail) <= 600


# --- several readers


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sql, "_free", threading.BoundedSemaphore(1))
    yield


def test_who_finds_no_place_is_told_so(store: Store, one_place: None) -> None:
    slow = threading.Thread(target=code_of, args=(store, "SELECT sleep_ms(60000)", Limits(seconds=2)))
    slow.start()
    time.sleep(0.3)
    assert code_of(store, "SELECT 1", Limits(wait=0.1)) == "busy"
    slow.join()
    assert run(store, "SELECT 1").rows == [[1]]


def test_a_place_is_given_back_after_an_error(store: Store, one_place: None) -> None:
    for _ in range(3):
        assert code_of(store, "SELEC") == "wrong"
    assert run(store, "SELECT 1").rows == [[1]]


def test_a_worker_that_says_nothing_is_ended(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    silent = tmp_path / "silent.py"
    silent.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(sql, "WORKER", silent)
    began = time.monotonic()
    assert code_of(store, "SELECT 1", Limits(seconds=0.5, grace=0.5)) == "time"
    assert time.monotonic() - began < 5


# --- CSV and descriptions


def test_csv_is_exact_and_harmless() -> None:
    answer = Answer("b", (("名称", "VARCHAR"), ("=x", "DOUBLE")), [["=1+1", 0.1], ["-5", None], ['a"b\nc', 2**70]], False, 0.1)
    assert to_csv(answer).decode("utf-8-sig") == '名称,\'=x\n\'=1+1,0.1\n-5,\n"a""b\nc",1180591620717411303424\n'


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_table_and_column_is_described(lang: str, store: Store) -> None:
    found = tables(store, lang)
    assert {table.name for table in found} == {name for (name,) in run(store, "SHOW TABLES").rows}
    for table in found:
        assert table.comment
        for column in table.columns:
            assert column.comment and column.kind, f"{table.name}.{column.name} has no description in {lang}"
            assert lang == "en" or any("\u4e00" <= one <= "\u9fff" for one in column.comment), f"{table.name}.{column.name}"


def test_no_description_is_left_over(store: Store) -> None:
    known = {table.name: {column.name for column in table.columns} for table in tables(store, "en")}
    for table, columns in sql.chinese().items():
        assert set(columns) - {"_"} <= known[table]
