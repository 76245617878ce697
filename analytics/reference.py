"""The reference tables beside the plans, data/reference: places, benchmarks and actuals (of nation and provinces)."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from analytics.errors import StoreError
from analytics.messages import say

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "data" / "reference"

# Numbers in the reference tables are read as exact decimals, like those of the plans.
REFERENCE_TYPES: dict[str, dict[str, pa.DataType]] = {
    "places": {"population": pa.int32(), "population_year": pa.int32()},
    "benchmarks": {"year": pa.int32(), "value": pa.decimal128(28, 8)},
    "actuals": {"year": pa.int32(), "value": pa.decimal128(28, 8)},
}
# The issuer of a benchmark ends in the document number or the year of issue: 国务院(国发〔2012〕9号), 农业农村部(2022).
ISSUE_YEAR = r"[(〔](\d{4})[)〕]"
ISSUER = re.compile(r"^(?P<body>.*?)\((?P<number>[^()]*\d{4}[^()]*)\)$")
# Whether a document was issued after a plan: dates as texts such as 2023 and 2022-12-16, compared as far as the one above goes, so only
# where that is certain.
LATER_SQL = "coalesce({above} > substr(CAST({own} AS VARCHAR), 1, length({above})), false)"
# Whether that is open: only the year of the document above is known, and it is that of the plan.
UNDECIDED_SQL = "coalesce(length({above}) = 4 AND {above} = substr(CAST({own} AS VARCHAR), 1, 4), false)"
# What `cited` takes of a row with a reference, behind reference_.
CITED = ("document", "issuer", "issued")
# Whole numbers are Int64 in every frame, whether or not some are empty.
WHOLE = {pa.int32(): pd.Int64Dtype()}


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


def issue_words(issuer: str, issued: str, lang: str) -> str:
    """Who issued a document above, and its number, or else its date or year: 国务院，国发〔2012〕9号; "" for nothing."""
    found = ISSUER.match(issuer)
    parts = (found["body"], found["number"]) if found else (issuer, issued)
    return say("reference.between", lang).join(part for part in parts if part)


def cited(document: str, issuer: str, issued: str, lang: str) -> str:
    """A document above as pages and exports cite it: 质量强国建设纲要（中共中央、国务院，2023）."""
    about = issue_words(issuer, issued, lang)
    return say("reference.cited", lang, document=document, about=about) if about else document


def reference_frame(table: pa.Table) -> pd.DataFrame:
    """A reference table as a frame, `value` as float."""
    frame = table.to_pandas(types_mapper=WHOLE.get)
    return frame.assign(value=frame["value"].astype(float)) if "value" in frame else frame
