"""What a build is given: the documents in the plan folders, and what `plans.tsv` beside them knows about each.

    found = discover([Path("data/plans")])
    found.sources     one Source a document, in order of plan id
    found.notes       files that were left out, rows of plans.tsv without a file: sentences for the person who builds

Errors: ManifestError for a folder or a plans.tsv that cannot be used; what is wrong with one document stands in its Source.problem.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path

from etl.files import open_regular
from etl.limits import Limits, ManifestLimits, limits_of
from etl.model import Plan

MANIFEST = "plans.tsv"
ENDINGS = frozenset("txt text md markdown html htm shtml xhtml docx docm xlsx xlsm pdf".split())
LEVELS = ("", "national", "provincial", "prefecture", "county")
STATUSES = ("", "issued", "draft", "expired", "unknown")
_COLUMNS = {"plan": "plan_id", **{f.name: f.name for f in fields(Plan) if f.name != "plan_id"}}
_NO_PLAN = re.compile(r"(?:readme|licen[cs]es?|index|changelog)\b.*|[.~].*", re.I)
_LINE_END = re.compile("\r\n|\r|\n")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_SHOWN = 100  # characters of a wrong value that a message repeats
_SILENT_ENDINGS = frozenset("tsv csv json jsonl toml ini duckdb".split())


class ManifestError(ValueError):
    """A plan folder or its plans.tsv that cannot be used; the message names the file, the row and the next step."""


@dataclass(frozen=True, slots=True)
class Source:
    """One document. sha256: of the file's bytes. plan: the row of plans.tsv, or the id alone. problem: why it cannot be built, or "".

    content: the bytes, where there is no file (standard input, an upload); the name in `path` then tells the type.
    """

    path: Path
    plan: Plan
    sha256: str = ""
    problem: str = ""
    content: bytes | None = None

    @property
    def plan_id(self) -> str:
        return self.plan.plan_id


@dataclass(slots=True)
class Found:
    """The documents of all folders, in order of plan id, and remarks about what was left out."""

    sources: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def discover(folders: Iterable[Path | str]) -> Found:
    """The documents in `folders` (not below them). A file's name without its ending is the plan's id; a second file with it is refused."""
    found, taken = Found(), {}
    for folder in map(Path, folders):
        entries = _entries(folder)
        rows = read_manifest(folder / MANIFEST)
        documents = [path for path in entries if _is_document(path, folder.resolve(), found.notes)]
        for path in documents:
            found.sources.append(_hashed(_source(path, rows.get(path.stem, Plan(path.stem)), taken)))
        known = {path.stem for path in documents}
        found.notes += [
            f"{folder / MANIFEST}: {name}: no file of that name; remove the row or add the file" for name in rows if name not in known
        ]
    found.sources.sort(key=lambda source: (source.plan_id, bool(source.problem)))
    return found


def described(path: Path | str) -> Source:
    """One document by its path, with its row of the plans.tsv beside it, if there is one. Whether it can be read is left to the reader."""
    path = Path(path)
    return _source(path, read_manifest(path.parent / MANIFEST).get(path.stem, Plan(path.stem)), {})


def _entries(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ManifestError(f"{folder}: no such folder; name one that holds plans with --plans")
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ManifestError(f"{folder}: cannot be listed ({error.strerror}); check its permissions") from error


def _is_document(path: Path, home: Path, notes: list[str]) -> bool:
    """Whether a thing in the folder `home` is taken for a plan. What looks like one and is none is noted."""
    if path.name == MANIFEST or _NO_PLAN.fullmatch(path.name):
        return False
    if why := _no_file(path, home):
        notes.append(f"{path}: left out, {why}")
        return False
    ending = path.suffix[1:].lower()
    if ending not in ENDINGS and ending not in _SILENT_ENDINGS:
        notes.append(f"{path}: left out, its type is not read; save it as docx, pdf, xlsx, html, md or txt")
    return ending in ENDINGS


def _no_file(path: Path, home: Path) -> str:
    """Why a thing in a folder is no file of it; "" for one that is. Nothing is opened: a pipe would be waited for."""
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
    except (OSError, RuntimeError) as error:
        return f"it leads nowhere ({getattr(error, 'strerror', None) or error}); remove it, or put the file here"
    if stat.S_ISDIR(mode):
        return "it is a folder; name it with --plans"
    if not stat.S_ISREG(mode):
        return "it is a pipe, a socket or a device; put a file here"
    if path.is_symlink() and not real.is_relative_to(home):
        return f"it is a link out of the folder, to {real}; copy the file here, or name its folder with --plans"
    return ""


def _source(path: Path, row: Plan | ManifestError, taken: dict[str, Path]) -> Source:
    plan = row if isinstance(row, Plan) else Plan(path.stem)
    if path.stem in taken:
        return Source(path, plan, problem=f"{path}: plan id {path.stem!r} is taken by {taken[path.stem]}; rename one of the files")
    taken[path.stem] = path
    if not _is_text(path.stem):
        return Source(path, plan, problem=f"{str(path)!a}: its name is no text; rename the file")
    return Source(path, plan, problem=f"{path}: {row}" if isinstance(row, ManifestError) else "")


def _hashed(source: Source) -> Source:
    """With the checksum of its file, or with the reason why that cannot be read. What is too large is not read to find out."""
    if source.problem:
        return source
    path, most = source.path, limits_of(Limits).max_bytes
    try:
        with open_regular(path) as file:
            if (size := os.fstat(file.fileno()).st_size) <= most:
                return replace(source, sha256=hashlib.file_digest(file, "sha256").hexdigest())
            why = f"too_large: {size} bytes, {most} allowed (max_bytes); next step: split it, or raise the limit in data/vocab/limits.toml"
    except OSError as error:
        why = f"it cannot be opened ({error.strerror}); check its permissions"
    return replace(source, problem=f"{path}: {why}")


def _is_text(name: str) -> bool:
    """Whether a file name is more than bytes: what the system could not decode stands in it as lone surrogates."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


def read_manifest(path: Path) -> dict[str, Plan | ManifestError]:
    """The rows of a plans.tsv by plan id; a row that cannot be used stands as its error. No file, no rows."""
    if not os.path.lexists(path):
        return {}
    columns, *lines = [line.split("\t") for line in _LINE_END.split(_manifest_text(path))]
    columns = [name.strip() for name in columns]
    if "plan" not in columns or not set(columns) <= set(_COLUMNS) or len(set(columns)) < len(columns):
        shown = ", ".join(columns)[:200] or "none"
        raise ManifestError(f"{path}: columns {shown}; wanted is plan and, each at most once, any of {', '.join(list(_COLUMNS)[1:])}")
    rows: dict[str, Plan | ManifestError] = {}
    first: dict[str, int] = {}
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        name, row = _row(columns, cells)
        if isinstance(row, ManifestError):
            row = ManifestError(f"{path}, line {number}, plan {name!r}: {row}")
        if name in rows:
            row = ManifestError(f"{path}, line {number}: plan {name!r} stands twice, first in line {first[name]}; remove one row")
        rows[name] = row
        first.setdefault(name, number)
    return rows


def _manifest_text(path: Path) -> str:
    most = limits_of(ManifestLimits).max_manifest_bytes
    try:
        with open_regular(path) as file:
            data = file.read(most + 1)
        if len(data) <= most:
            return data.decode("utf-8-sig")
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read ({error.strerror}); put a text file in its place") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        why = f"line {line} is no UTF-8 ({error.reason})"
        raise ManifestError(f"{path}: cannot be read, {why}; save it as UTF-8 text with tabs between the columns") from error
    raise ManifestError(f"{path}: over {most} bytes (max_manifest_bytes); split the folder, or raise the limit in data/vocab/limits.toml")


def _row(columns: list[str], cells: list[str]) -> tuple[str, Plan | ManifestError]:
    """The plan id of a row, and what it says or why that cannot be used."""
    values: dict = {_COLUMNS[column]: cell.strip() for column, cell in zip(columns, cells, strict=False)}
    name = values.get("plan_id", "")
    try:
        if len(cells) > len(columns):
            raise ManifestError("more cells than columns; check the tabs")
        _check_cells(values)
        for year in ("horizon_start", "horizon_end"):
            values[year] = _year(year, values.get(year, ""))
        plan = Plan(**{"plan_id": "", **values})
        _check(plan)
    except ManifestError as error:
        return name[:_SHOWN], error
    return name, plan


def _check_cells(values: dict[str, str]) -> None:
    most = limits_of(ManifestLimits).max_cell_chars
    for name, value in values.items():
        if len(value) > most:
            raise ManifestError(f"{name} has {len(value)} characters, {most} allowed (max_cell_chars); shorten it")
        if _CONTROL.search(value):
            raise ManifestError(f"{name} {value[:_SHOWN]!r} holds a control character; remove it")


def _year(name: str, text: str) -> int | None:
    if text and not re.fullmatch(r"(?:19|20)\d\d", text):
        raise ManifestError(f"{name} {text[:_SHOWN]!r} is no year; write four digits or nothing")
    return int(text) if text else None


def _check(plan: Plan) -> None:
    """Refuses a value that the database would refuse."""
    if not plan.plan_id:
        raise ManifestError("no plan id; write the file's name without its ending")
    for name, known in (("level", LEVELS), ("status", STATUSES)):
        if getattr(plan, name) not in known:
            raise ManifestError(f"{name} {getattr(plan, name)[:_SHOWN]!r}; use one of {', '.join(known[1:])} or nothing")
    if plan.horizon_start and plan.horizon_end and plan.horizon_start > plan.horizon_end:
        raise ManifestError(f"horizon_start {plan.horizon_start} lies after horizon_end {plan.horizon_end}; correct one")
    try:
        plan.issued and date.fromisoformat(plan.issued)
    except ValueError as error:
        raise ManifestError(f"issued {plan.issued[:_SHOWN]!r} is no date; write it as 2023-06-30") from error


def with_options(plan: Plan, plan_id: str | None, place: str | None, horizon: int | None) -> Plan:
    """The plan with what the command line says of it instead of the manifest."""
    chosen = {"plan_id": plan_id, "place": place, "horizon_end": horizon}
    return replace(plan, **{name: value for name, value in chosen.items() if value is not None})
