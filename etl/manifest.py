"""What a build is given: the documents in the plan folders, and what `plans.tsv` beside them knows about each.

    found = discover([Path("data/plans")])
    found.sources     one Source a document, in order of plan id
    found.notes       files that were left out, rows of plans.tsv without a file: sentences for the person who builds

Errors: ManifestError for a folder or a plans.tsv that cannot be used; what is wrong with one document stands in its Source.problem.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path

from etl.model import Plan

MANIFEST = "plans.tsv"
ENDINGS = frozenset("txt text md markdown html htm shtml xhtml docx docm xlsx xlsm pdf".split())
LEVELS = ("", "national", "provincial", "prefecture", "county")
STATUSES = ("", "issued", "draft", "expired", "unknown")
_COLUMNS = {"plan": "plan_id", **{f.name: f.name for f in fields(Plan) if f.name != "plan_id"}}
_NO_PLAN = re.compile(r"(?:readme|licen[cs]es?|index|changelog)\b.*|[.~].*", re.I)
_SILENT_ENDINGS = frozenset("tsv csv json jsonl toml ini duckdb".split())


class ManifestError(ValueError):
    """A plan folder or its plans.tsv that cannot be used; the message names the file, the row and the next step."""


@dataclass(frozen=True, slots=True)
class Source:
    """One document. sha256: of the file's bytes. plan: the row of plans.tsv, or the id alone. problem: why it cannot be built, or ""."""

    path: Path
    plan: Plan
    sha256: str = ""
    problem: str = ""

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
        rows = read_manifest(folder / MANIFEST) if _is_folder(folder) else {}
        documents = [path for path in sorted(folder.iterdir()) if _is_document(path, found.notes)]
        for path in documents:
            found.sources.append(_source(path, rows.get(path.stem, Plan(path.stem)), taken))
        known = {path.stem for path in documents}
        found.notes += [
            f"{folder / MANIFEST}: {name}: no file of that name; remove the row or add the file" for name in rows if name not in known
        ]
    found.sources.sort(key=lambda source: (source.plan_id, bool(source.problem)))
    return found


def described(path: Path | str) -> Source:
    """One document by its path, with its row of the plans.tsv beside it, if there is one."""
    path = Path(path)
    manifest = path.parent / MANIFEST
    rows = read_manifest(manifest) if manifest.is_file() else {}
    return _source(path, rows.get(path.stem, Plan(path.stem)), {})


def _is_folder(folder: Path) -> bool:
    if not folder.is_dir():
        raise ManifestError(f"{folder}: no such folder; name one that holds plans with --plans")
    return True


def _is_document(path: Path, notes: list[str]) -> bool:
    """Whether a file is taken for a plan. What looks like one and cannot be read is noted."""
    if not path.is_file() or _NO_PLAN.fullmatch(path.name):
        return False
    ending = path.suffix[1:].lower()
    if ending not in ENDINGS and ending not in _SILENT_ENDINGS:
        notes.append(f"{path}: left out, its type is not read; save it as docx, pdf, xlsx, html, md or txt")
    return ending in ENDINGS


def _source(path: Path, row: Plan | ManifestError, taken: dict[str, Path]) -> Source:
    plan = row if isinstance(row, Plan) else Plan(path.stem)
    if path.stem in taken:
        return Source(path, plan, problem=f"{path}: plan id {path.stem!r} is taken by {taken[path.stem]}; rename one of the files")
    taken[path.stem] = path
    if not _is_text(path.stem):
        return Source(path, plan, problem=f"{str(path)!a}: its name is no text; rename the file")
    if isinstance(row, ManifestError):
        return Source(path, plan, problem=f"{path}: {row}")
    try:
        with path.open("rb") as file:
            return Source(path, plan, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        return Source(path, plan, problem=f"{path}: it cannot be opened ({error.strerror}); check its permissions")


def _is_text(name: str) -> bool:
    """Whether a file name is more than bytes: what the system could not decode stands in it as lone surrogates."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


def read_manifest(path: Path) -> dict[str, Plan | ManifestError]:
    """The rows of a plans.tsv by plan id; a row that cannot be used stands as its error. No file, no rows."""
    if not path.exists():
        return {}
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read ({error}); save it as UTF-8 text with tabs between the columns") from error
    table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = table.fieldnames or []
    if "plan" not in columns or not set(columns) <= set(_COLUMNS) or len(set(columns)) < len(columns):
        wanted = ", ".join(list(_COLUMNS)[1:])
        raise ManifestError(f"{path}: columns {', '.join(columns) or 'none'}; wanted is plan and, each at most once, any of {wanted}")
    rows: dict[str, Plan | ManifestError] = {}
    for number, row in enumerate(table, 2):
        name = (row["plan"] or "").strip()
        twice = ManifestError(f"{path}, line {number}: plan {name!r} stands twice; remove one row")
        rows[name] = twice if name in rows else _row(path, number, row)
    return rows


def _row(path: Path, number: int, row: dict[str, str | None]) -> Plan | ManifestError:
    values: dict = {_COLUMNS[key]: (value or "").strip() for key, value in row.items() if key is not None}
    try:
        if None in row:
            raise ManifestError("more cells than columns; check the tabs")
        for name in ("horizon_start", "horizon_end"):
            values[name] = _year(name, values.get(name, ""))
        plan = Plan(**values)
        _check(plan)
    except ManifestError as error:
        return ManifestError(f"{path}, line {number}, plan {row['plan']!r}: {error}")
    return plan


def _year(name: str, text: str) -> int | None:
    if text and not re.fullmatch(r"(?:19|20)\d\d", text):
        raise ManifestError(f"{name} {text!r} is no year; write four digits or nothing")
    return int(text) if text else None


def _check(plan: Plan) -> None:
    """Refuses a value that the database would refuse."""
    if not plan.plan_id:
        raise ManifestError("no plan id; write the file's name without its ending")
    for name, known in (("level", LEVELS), ("status", STATUSES)):
        if getattr(plan, name) not in known:
            raise ManifestError(f"{name} {getattr(plan, name)!r}; use one of {', '.join(known[1:])} or nothing")
    if plan.horizon_start and plan.horizon_end and plan.horizon_start > plan.horizon_end:
        raise ManifestError(f"horizon_start {plan.horizon_start} lies after horizon_end {plan.horizon_end}; correct one")
    try:
        plan.issued and date.fromisoformat(plan.issued)
    except ValueError as error:
        raise ManifestError(f"issued {plan.issued!r} is no date; write it as 2023-06-30") from error


def with_options(plan: Plan, plan_id: str | None, place: str | None, horizon: int | None) -> Plan:
    """The plan with what the command line says of it instead of the manifest."""
    chosen = {"plan_id": plan_id, "place": place, "horizon_end": horizon}
    return replace(plan, **{name: value for name, value in chosen.items() if value is not None})
