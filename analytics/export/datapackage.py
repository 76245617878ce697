"""The data package: every table as CSV and Parquet, datapackage.json (Frictionless), rebuild.sql and README.md with the dictionary.

    package(store, Path("out"))     # the paths written, in order

Descriptions are the comments of the database. Parquet holds the exact values and is what rebuild.sql reads; in the CSV, text that a
spreadsheet would take for a formula carries an apostrophe. The same database gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics import registry as registries
from analytics.export.common import ExportError, safe_cell
from analytics.export.descriptor import FOLDER, Column, Table, descriptor, readme, rebuild_sql
from analytics.export.tables import table_to_parquet
from analytics.frames import as_dicts
from analytics.store import REFERENCE_TYPES, Session, Store

# Tables that hang from others come behind them.
FIRST = ("build", "plans", "indicators", "numbers", "sections", "issues")
EXTRA = {
    "metrics": "The registry of metrics: one row a metric that statements of several plans may share.",
    "places": "Places: English name and population with year and source.",
    "benchmarks": "Targets of higher plans (nation, provinces) that places are held against.",
    "actuals": "Observed values of the nation.",
}
# The dictionary of the tables in EXTRA; those of the database bring their comments along.
MEANINGS = {
    "metric_id": "Name of the metric, unique.",
    "metric": "The metric that the value belongs to.",
    "name_zh": "Chinese name.",
    "name_en": "English name.",
    "domain": "One of fourteen domains.",
    "definition": "What is counted or measured, in Chinese.",
    "definition_en": "The same in English.",
    "unit": "Unit of the value.",
    "better": "higher, lower or neither.",
    "flow": "level, stock, new, annual, change or unspecified.",
    "family": "Metrics that are often taken for one another.",
    "facets": "In what its statements may differ, joined by ;.",
    "place": "Full name of the place.",
    "population": "Resident population.",
    "province": "Province that it lies in.",
    "population_year": "Year of the population.",
    "source": "Who published the value.",
    "document": "Higher plan.",
    "issuer": "Issuing body and year.",
    "level": "national or provincial.",
    "region": "全国 or the province.",
    "year": "Year by which the target is due, or the year observed.",
    "indicator": "Name as printed.",
    "comparator": "ge gt eq le lt approx.",
    "value": "The number in the base unit.",
    "note": "Remark.",
}


def package(store: Store, out: Path) -> list[Path]:
    """Write the package into a folder, which is made if need be. Raises ExportError where it cannot be written, and what Store raises."""
    with store.session() as session:
        tables = [read(session, name) for name in ordered(session)] + [extra(session, name) for name in EXTRA]
        plans = session.query("SELECT plan_id, title, issuer, document_number, source_file, sha256 FROM plans ORDER BY plan_id").to_dict(
            "records"
        )
    build = store.build_id
    files: dict[str, bytes] = {}
    for table in tables:
        files[f"{FOLDER}/{table.name}.csv"] = to_csv(table)
        files[f"{FOLDER}/{table.name}.parquet"] = table_to_parquet(table.rows)
    files["rebuild.sql"] = rebuild_sql(tables, build).encode()
    files["README.md"] = readme(tables, build).encode()
    files["datapackage.json"] = descriptor(tables, files, plans, build)
    return [write(out / name, data) for name, data in files.items()]


def write(path: Path, data: bytes) -> Path:
    """One file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise ExportError(f"{path} cannot be written ({error.strerror}): choose another folder with --out") from error
    return path


def ordered(session: Session) -> list[str]:
    """The tables of the database, those that others point to first."""
    names = [
        name
        for (name,) in session.query("SELECT table_name FROM duckdb_tables() WHERE database_name = 'db' ORDER BY table_name").itertuples(
            index=False
        )
    ]
    return [name for name in FIRST if name in names] + [name for name in names if name not in FIRST]


def read(session: Session, name: str) -> Table:
    """A table of the database with its comments, keys and definition."""
    params = {"name": name}
    columns = session.query(
        """SELECT column_name, data_type, comment FROM duckdb_columns()
           WHERE database_name = 'db' AND table_name = $name ORDER BY column_index""",
        params,
    )
    (comment, sql) = session.one("SELECT comment, sql FROM duckdb_tables() WHERE database_name = 'db' AND table_name = $name", params) or (
        "",
        "",
    )
    keys = session.query(
        """SELECT constraint_type AS kind, constraint_column_names AS names FROM duckdb_constraints()
                            WHERE database_name = 'db' AND table_name = $name AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')""",
        params,
    )
    primary = tuple(next((list(row["names"]) for row in as_dicts(keys) if row["kind"] == "PRIMARY KEY"), []))
    parents = tuple(row["names"][0] for row in as_dicts(keys) if row["kind"] == "FOREIGN KEY")
    order = ", ".join(f'"{column}"' for column in primary) or "ALL"
    rows = session.arrow(f'SELECT * FROM db.main."{name}" ORDER BY {order}')
    found = tuple(
        Column(row["column_name"], row["data_type"], row["comment"] if isinstance(row["comment"], str) else "")
        for row in as_dicts(columns)
    )
    return Table(name, comment or "", found, rows, primary, parents, sql)


def extra(session: Session, name: str) -> Table:
    """A table that lies beside the database: the registry or a reference table."""
    if name in REFERENCE_TYPES:
        rows = session.arrow(f"SELECT * FROM {name}")
    else:
        rows = pa.Table.from_pandas(
            registries.load().frame().convert_dtypes(dtype_backend="pyarrow"), preserve_index=False
        ).replace_schema_metadata(None)
    columns = tuple(Column(field.name, duck_type(field.type), MEANINGS.get(field.name, "")) for field in rows.schema)
    return Table(name, EXTRA[name], columns, rows, ("metric_id",) if name == "metrics" else ("place",) if name == "places" else (), (), "")


def duck_type(kind: pa.DataType) -> str:
    """The name of an Arrow type in DuckDB."""
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    return (
        "BIGINT"
        if pa.types.is_int64(kind)
        else "INTEGER"
        if pa.types.is_integer(kind)
        else "DOUBLE"
        if pa.types.is_floating(kind)
        else "VARCHAR"
    )


def to_csv(table: Table) -> bytes:
    """CSV in UTF-8: exact decimals, lists as JSON, empty for null."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    writer.writerows([cell(value) for value in row.values()] for row in table.rows.to_pylist())
    return target.getvalue().encode()


def cell(value: Any) -> str:
    """One value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, decimal.Decimal):
        return format(value.normalize() if value else decimal.Decimal(0), "f")
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(safe_cell(value))
