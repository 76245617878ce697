"""How much a reader takes; the figures stand in data/vocab/limits.toml."""
from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

LIMITS_FILE = Path(__file__).resolve().parents[2] / "data" / "vocab" / "limits.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds, inclusive. Bytes as stored or unpacked, code points, pages, cells; the file says which is for what."""

    max_bytes: int
    max_chars: int
    max_pages: int
    max_table_cells: int
    max_sheet_cells: int
    max_unpacked_bytes: int
    max_xml_bytes: int


def load_limits(path: Path | str = LIMITS_FILE) -> Limits:
    """The limits in the table [read] of a TOML file. Raises ValueError that names file and entry for an unknown, missing or odd one."""
    path = Path(path)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["read"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(f"{path}: no readable table [read] ({error}); restore the file from the repository") from error
    known = {field.name for field in fields(Limits)}
    if odd := sorted(known ^ set(entries)):
        raise ValueError(f"{path}: [read] has unknown or missing entries: {', '.join(odd)}; it must hold {', '.join(sorted(known))}")
    for name, value in entries.items():
        if type(value) is not int or value < 1:
            raise ValueError(f"{path}: [read] {name} = {value!r} is not a whole number above zero; correct it")
    return Limits(**entries)


@cache
def default_limits() -> Limits:
    """The limits of the repository, read once a process."""
    return load_limits()
