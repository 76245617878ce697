"""How much a document may take, from the readers and from the machine; the figures stand in data/vocab/limits.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TypeVar

LIMITS_FILE = Path(__file__).resolve().parent.parent / "data" / "vocab" / "limits.toml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader takes, inclusive: bytes as stored or unpacked, code points, pages, cells, parts; the file says which is for what."""

    max_bytes: int
    max_chars: int
    max_pages: int
    max_table_cells: int
    max_sheet_cells: int
    max_unpacked_bytes: int
    max_xml_bytes: int
    max_members: int
    max_nesting: int


@dataclass(frozen=True, slots=True)
class CellLimits:
    """What the process that reads a document may use: bytes of address space, seconds of processor time, seconds without any, numbers."""

    max_memory_bytes: int
    max_cpu_seconds: int
    max_idle_seconds: int
    max_numbers: int


@dataclass(frozen=True, slots=True)
class ManifestLimits:
    """What is taken of a plans.tsv: bytes of the file, characters of one cell."""

    max_manifest_bytes: int
    max_cell_chars: int


_Kind = TypeVar("_Kind", Limits, CellLimits, ManifestLimits)
_TABLES = {Limits: "read", CellLimits: "cell", ManifestLimits: "manifest"}


def load_limits(path: Path | str = LIMITS_FILE, kind: type[_Kind] = Limits) -> _Kind:
    """One table of a TOML file. Raises ValueError that names file and entry for an unknown, missing or odd one."""
    path, table = Path(path), _TABLES[kind]
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(f"{path}: no readable table [{table}] ({error}); restore the file from the repository") from error
    known = {field.name for field in fields(kind)}
    if odd := sorted(known ^ set(entries)):
        raise ValueError(f"{path}: [{table}] has unknown or missing entries: {', '.join(odd)}; it must hold {', '.join(sorted(known))}")
    for name, value in entries.items():
        if type(value) is not int or value < 1:
            raise ValueError(f"{path}: [{table}] {name} = {value!r} is not a whole number above zero; correct it")
    return kind(**entries)


@cache
def limits_of(kind: type[_Kind]) -> _Kind:
    """The limits of the repository, read once a process."""
    return load_limits(kind=kind)
