"""One view as data: CSV and Parquet of exactly what is plotted, XLSX with a native chart, definitions and sources.

Every row carries its citation and sentence; what holds for the whole view (title, filters, notes, data version) stands in the last
columns of the
CSV and the Parquet file (there also in the metadata of the schema), so that a file can be defended without the others.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.export import fonts
from analytics.export.common import plain, refuse, safe_cell, text, word
from analytics.export.view import View, filled, standing
from analytics.frames import as_dicts
from analytics.verdicts import MARKS

AROUND = ("chart", "filters", "notes", "data_version")
BOLD = 1.08  # how much wider bold Latin letters are
NUMBERS = ("value_exact", "value_max_exact", "baseline_exact", "reference_exact", "plotted", "plotted_max")


def data(view: View) -> pd.DataFrame:
    """The plotted rows with the columns AROUND behind them, and without columns that serve drawing alone."""
    refuse("rows", len(view.frame))
    notes = " ".join(part for part in (view.verdict, *view.notes, view.remark) if part)
    frame = view.frame.drop(columns="baseline_plotted", errors="ignore")
    return frame.assign(**dict(zip(AROUND, (view.title, view.filters, notes, view.version), strict=True)))


def to_csv(view: View) -> bytes:
    """CSV in UTF-8 with a byte order mark (Excel reads it as Chinese then); cells that begin like formulas are neutralised."""
    return frame_to_csv(data(view))


def frame_to_csv(frame: pd.DataFrame) -> bytes:
    """Any frame as CSV; empty cells stay empty, true is true."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in frame])
    writer.writerows([cell(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def cell(value: Any) -> Any:
    """A value as a cell of a CSV: lists joined by ;, whole numbers without .0."""
    if isinstance(value, list | tuple) or (hasattr(value, "tolist") and getattr(value, "ndim", 0) == 1):
        return safe_cell(";".join(map(str, value)))
    if not filled(value):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return safe_cell(f"{value:.15g}" if isinstance(value, float) else value)


def to_parquet(view: View) -> bytes:
    """Parquet with the citations in the metadata of the schema, key citytargets."""
    frame = data(view)
    table = pa.Table.from_pandas(frame.convert_dtypes(dtype_backend="pyarrow"), preserve_index=False)
    about = {
        "title": view.title,
        "subtitle": view.subtitle,
        "filters": view.filters,
        "notes": [view.verdict, *view.notes],
        "data_version": view.version,
        "sources": [source.full(view.lang) for source in view.sources],
        "sentences": list(view.sentences),
    }
    table = table.replace_schema_metadata({"citytargets": json.dumps(about, ensure_ascii=False, sort_keys=True)})
    return table_to_parquet(table)


def table_to_parquet(table: pa.Table) -> bytes:
    """A table as Parquet, the same bytes for the same table."""
    target = io.BytesIO()
    pq.write_table(table, target, compression="zstd", version="2.6")
    return target.getvalue()


def displayed(view: View) -> tuple[list[str], list[list[str]]]:
    """(heads, rows of text) of the table that stands beside a chart."""
    columns = list(view.columns)
    return [word("column", name, view.lang) for name in columns], [
        [plain(value) if filled(value) else "" for value in row] for row in view.frame[columns].itertuples(index=False, name=None)
    ]


def matrix_cells(view: View) -> tuple[list[str], list[tuple[str, list[dict[str, Any]]]]]:
    """(places, [(metric, a row of the frame for each place)]) of a matrix."""
    places = list(dict.fromkeys(view.frame["place"]))
    cells = {(row["metric"], row["place"]): row for row in as_dicts(view.frame)}
    empty = dict.fromkeys(view.frame, None) | {"label": "", "cite": "", "verdict": "", "kind": "", "status": "", "plan_level": ""}
    return places, [(metric, [cells.get((metric, place), empty) for place in places]) for metric in dict.fromkeys(view.frame["metric"])]


def cell_text(row: Mapping[str, Any], lang: str) -> str:
    """A cell of a matrix as every format shows it: ≥98.5%（2025年 · 征求意见稿）*[3]; a blank says which kind of blank it is."""
    if not filled(row["plotted"]):
        return row["label"]
    marks = {word("verdict", code, lang): mark for code, mark in MARKS.items()}
    worth = " · ".join(standing(row, lang))
    return row["label"] + (text("foot.worth", lang, worth=worth) if worth else "") + marks.get(row["verdict"], "") + row["cite"]


def matrix_text(view: View) -> tuple[list[str], list[list[str]]]:
    """A matrix as heads and rows of text; in its corner what the marks behind numbers mean."""
    places, rows = matrix_cells(view)
    keys = " ".join(f"{mark} {word('verdict', code, view.lang)}" for code, mark in MARKS.items())
    return [keys, *places], [[metric, *(cell_text(each, view.lang) for each in cells)] for metric, cells in rows]


def column_shares(heads: Sequence[str], rows: Sequence[Sequence[str]], size: float, total: float) -> list[float]:
    """How wide each column of a table of a total width should be, as shares: narrow ones keep what they need, wide ones share the rest, and
    none is narrower than its longest word where that is possible."""
    columns = list(zip(heads, *rows, strict=True))
    wishes = [max(fonts.width(each, size) for each in column) * BOLD + 2 * size for column in columns]
    even = total / len(wishes)
    narrow = sum(wish for wish in wishes if wish <= even)
    # A wide column counts no more than three even ones, so that one long sentence does not starve the others.
    wide = sum(min(wish, 3 * even) for wish in wishes if wish > even)
    widths = [wish if wish <= even else min(wish, 3 * even) * (total - narrow) / wide for wish in wishes]
    least = [min(least_width(column, size), wish) for column, wish in zip(columns, wishes, strict=True)]
    widths = [max(width, floor) for width, floor in zip(widths, least, strict=True)]
    # What words need more than their column had is taken from the columns that have room.
    room, over = sum(widths) - sum(least), sum(widths) - total
    if 0 < over <= room:
        widths = [width - (width - floor) * over / room for width, floor in zip(widths, least, strict=True)]
    return [width / sum(widths) for width in widths]


def least_width(texts: Sequence[str], size: float) -> float:
    """The width of the longest word of a column or of four Chinese characters, with its margins."""
    words = [max([*(fonts.width(each.strip(), size) for each in fonts.pieces(words)), fonts.width(words[:4], size)]) for words in texts]
    return max(words, default=0.0) * BOLD + 1.6 * size


def sheet_value(name: str, value: Any) -> Any:
    """A value for a spreadsheet: exact texts of numbers as numbers, text as safe text, nothing for empty."""
    if not filled(value):
        return None
    if name in NUMBERS:
        return float(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, int | float) else safe_cell(plain(cell(value)))


def full_columns(view: View) -> Sequence[str]:
    """The columns of the data sheet: those of the table first, then the rest."""
    return [*view.columns, *(name for name in view.frame if name not in view.columns and name != "baseline_plotted")]
