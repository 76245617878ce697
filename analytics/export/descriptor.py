"""What a data package says of itself: datapackage.json (Frictionless), rebuild.sql, README.md with the dictionary."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from analytics.export.common import text

FOLDER = "data"
TYPES = {"VARCHAR": "string", "INTEGER": "integer", "BIGINT": "integer", "DOUBLE": "number", "BOOLEAN": "boolean", "DATE": "date"}
UNITS = {
    "value": "base unit, see the column unit",
    "value_max": "base unit, see the column unit",
    "population": "persons",
    "confidence": "probability, 0 to 1",
    "start": "code points from the beginning of plans.text",
    "end": "code points from the beginning of plans.text",
    "value_start": "code points from the beginning of plans.text",
    "value_end": "code points from the beginning of plans.text",
    "pages": "code points from the beginning of plans.text",
    "year": "calendar year",
    "population_year": "calendar year",
}
LICENCE = {"name": "MIT", "title": "MIT License", "path": "https://opensource.org/license/mit"}


@dataclass(frozen=True)
class Column:
    """A column as the dictionary shows it."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Table:
    """One table of the package."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    rows: pa.Table
    key: tuple[str, ...]
    parents: tuple[str, ...]
    sql: str


def frictionless_type(kind: str) -> str:
    """The type of a field in a Table Schema."""
    return "array" if kind.endswith("[]") else "number" if kind.startswith("DECIMAL") else TYPES.get(kind, "string")


def field(column: Column) -> dict[str, Any]:
    """One field of a Table Schema."""
    found = {"name": column.name, "type": frictionless_type(column.type), "description": column.comment, "unit": UNITS.get(column.name, "")}
    return {key: value for key, value in found.items() if value}


def resource(table: Table, files: dict[str, bytes]) -> list[dict[str, Any]]:
    """The CSV of a table with its schema, and the same table as Parquet."""
    schema: dict[str, Any] = {"fields": [field(column) for column in table.columns]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.parents:
        schema["foreignKeys"] = [{"fields": [parent], "reference": {"resource": "plans", "fields": [parent]}} for parent in table.parents]
    path, other = f"{FOLDER}/{table.name}.csv", f"{FOLDER}/{table.name}.parquet"
    return [
        {
            "name": table.name,
            "type": "table",
            "path": path,
            "description": table.comment,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            **checks(files[path]),
            "dialect": {"csv": {"doubleQuote": True}},
            "schema": schema,
        },
        {
            "name": f"{table.name}-parquet",
            "type": "file",
            "path": other,
            "description": f"{table.comment} Exact values.".strip(),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            **checks(files[other]),
        },
    ]


def checks(data: bytes) -> dict[str, Any]:
    """Size and checksum."""
    return {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}


def descriptor(tables: list[Table], files: dict[str, bytes], plans: list[dict[str, Any]], build: str) -> bytes:
    """datapackage.json."""
    body = {
        "name": "citytargets",
        "title": text("package.title", "zh"),
        "description": text("package.title", "en"),
        "version": build,
        "licenses": [LICENCE],
        "sources": [
            {
                "title": "".join([plan["title"], f"({plan['issuer']})" if isinstance(plan["issuer"], str) else ""]),
                "file": plan["source_file"],
                "sha256": plan["sha256"],
            }
            for plan in plans
        ],
        "resources": [entry for table in tables for entry in resource(table, files)],
    }
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


def quoted(words: str) -> str:
    """A text as a literal of SQL."""
    return "'" + words.replace("'", "''") + "'"


def rebuild_sql(tables: list[Table], build: str) -> str:
    """SQL that makes the database anew from the Parquet files, run in the folder of the package."""
    lines = [f"-- Data version {build}. Run in this folder: duckdb citytargets.duckdb < rebuild.sql"]
    for table in tables:
        source = quoted(f"{FOLDER}/{table.name}.parquet")
        lines.append("")
        if not table.sql:
            lines.append(f'CREATE TABLE "{table.name}" AS SELECT * FROM read_parquet({source});')
        else:
            lines += [table.sql.rstrip(";") + ";", f'INSERT INTO "{table.name}" SELECT * FROM read_parquet({source});']
        lines.append(f'COMMENT ON TABLE "{table.name}" IS {quoted(table.comment)};')
        lines += [
            f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS {quoted(column.comment)};' for column in table.columns if column.comment
        ]
    return "\n".join(lines) + "\n"


def readme(tables: list[Table], build: str) -> str:
    """What the package holds, and the dictionary."""
    lines = [
        f"# {text('package.title', 'zh')}",
        "",
        f"Data version `{build}`. {LICENCE['title']}; the plans are public documents of the bodies that issued them.",
        "",
        "| file | holds |",
        "|---|---|",
        "| `datapackage.json` | this package for programs (Frictionless Data Package) |",
        "| `rebuild.sql` | `duckdb citytargets.duckdb < rebuild.sql` makes the database from the Parquet files |",
        "| `data/*.parquet` | exact values and types |",
        "| `data/*.csv` | the same in UTF-8; text that a spreadsheet would take for a formula has an apostrophe in front, lists are JSON |",
        "",
    ]
    for table in tables:
        lines += [
            f"## {table.name}",
            "",
            table.comment,
            "",
            f"{table.rows.num_rows} rows.",
            "",
            "| column | type | unit | meaning |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| {column.name} | {column.type} | {UNITS.get(column.name, '')} | {column.comment.replace('|', '&#124;')} |"
            for column in table.columns
        ]
        lines.append("")
    return "\n".join(lines)
