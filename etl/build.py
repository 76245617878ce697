"""The build composer: discover, read and extract what changed, validate, align, publish.

    outcome = build([Path("data/plans")], Path("data/citytargets.duckdb"))

Nothing heavy is imported before it is known that something changed.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from etl.cells import alone, in_order
from etl.checksum import build_id, input_key, rules_sha256
from etl.limits import CellLimits, Limits, limits_of
from etl.load import Content, Published, publish, published
from etl.manifest import Found, Source, described, discover
from etl.model import Document, Extraction, Issue, Plan
from etl.swap import locked

if TYPE_CHECKING:
    import pandas as pd

_SPLIT = "split the document, or raise the limit in data/vocab/limits.toml"

Result = TypeVar("Result")
Progress = Callable[[int, int, str], None]
"""Called with documents done, documents to read, and the name of the last one."""


class PlanError(ValueError):
    """A plan that cannot be built; the message names its file, the reason and the next step."""


class BuildError(RuntimeError):
    """A build that publishes nothing; the message says why."""


@dataclass(slots=True)
class Outcome:
    """What a build did. read: ids of the plans read now; kept: taken over; removed: gone; failures and notes: sentences."""

    build_id: str
    changed: bool
    read: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be done: the sources with their keys, those to read, those to keep."""

    keys: dict[str, str]
    stale: list[Source]
    kept: list[str]
    rules: str
    build_id: str


def build(folders: Sequence[Path], database: Path, full: bool = False, progress: Progress | None = None, workers: int = 1) -> Outcome:
    """Brings `database` up to date with the plans in `folders`. Raises BuildError, ManifestError or LoadError when nothing is published.

    workers: how many processes may read beside this one.
    """
    found = discover(folders)
    if not found.sources:
        where = ", ".join(map(str, folders))
        raise BuildError(f"{where}: no plan in it; add a txt, md, html, docx, pdf or xlsx file, or name another folder with --plans")
    with locked(database) as target:
        old = published(database)
        task = _task(found, None if full else old)
        outcome = Outcome(task.build_id, False, kept=task.kept, notes=found.notes)
        outcome.failures = [source.problem for source in found.sources if source.problem]
        outcome.removed = sorted(set(old.keys) - set(task.keys)) if old else []
        if task.stale or outcome.removed or not old or old.build_id != task.build_id:
            _renew(task, old, (database, target), outcome, (progress, workers))
    return outcome


def _task(found: Found, old: Published | None) -> _Task:
    rules = rules_sha256()
    good = [source for source in found.sources if not source.problem]
    keys = {source.plan_id: input_key(source, rules) for source in good}
    stale = [source for source in good if not old or old.keys.get(source.plan_id) != keys[source.plan_id]]
    reread = {source.plan_id for source in stale}
    everything = [*keys.items(), *((source.path.name, source.sha256 or "refused") for source in found.sources if source.problem)]
    return _Task(keys, stale, [name for name in keys if name not in reread], rules, build_id(everything, rules))


def _renew(task: _Task, old: Published | None, files: tuple[Path, Path], outcome: Outcome, how: tuple[Progress | None, int]) -> None:
    """Reads what is stale and publishes, unless all that is stale failed again as it did for the database that stands."""
    good: list[Extraction] = []
    for result in _read_all(task.stale, *how):
        if isinstance(result, Extraction):
            good.append(result)
        else:
            outcome.failures.append(str(result))
    good, issues = _judged(good, task, outcome)
    outcome.read = [extraction.plan.plan_id for extraction in good]
    if not good and not task.kept:
        raise BuildError("\n".join([*outcome.failures, f"{files[0]}: no plan could be read, so nothing was published"]))
    if good or not old or old.build_id != task.build_id:
        digests = {source.plan_id: source.sha256 for source in task.stale}
        publish(*files, Content(task.build_id, task.rules, good, task.keys, digests, issues, task.kept))
        outcome.changed = True


def _judged(extractions: list[Extraction], task: _Task, outcome: Outcome) -> tuple[list[Extraction], list[Issue]]:
    """Those that validation lets pass, aligned, and what it found in them."""
    if not extractions:
        return [], []
    from etl.policy import policy
    from etl.validate import validate

    (issues, frame), rules = validate(extractions), policy()
    if stops := rules.stops(issues):
        examples = [f"{issue.plan_id}: {issue.code}: {issue.message}" for issue in stops[:5]]
        raise BuildError("\n".join(["nothing was published, the extraction contradicts its own text:", *examples]))
    names = {source.plan_id: source.path for source in task.stale}
    refused: dict[str, list[Issue]] = {}
    for issue in rules.refuses(issues):
        refused.setdefault(issue.plan_id, []).append(issue)
    for name, found in refused.items():
        first = f"{found[0].code}: {found[0].message}"
        several = "s" * (len(found) > 1)
        outcome.failures.append(f"{names[name]}: {len(found)} error{several}, first {first}; correct the document, or the rule in the code")
    _align(extractions, frame)
    passed = [extraction for extraction in extractions if extraction.plan.plan_id not in refused]
    return passed, [issue for issue in issues if issue.plan_id not in refused]


def _align(extractions: Sequence[Extraction], frame: pd.DataFrame) -> None:
    """Fills metric_id, align_how and align_note of all rows in one call."""
    from analytics import align, registry

    aligned = align.align(frame, registry.load())
    columns = {name: aligned[name].astype("object").where(aligned[name].notna(), None).tolist() for name in align.COLUMNS}
    at = 0
    for extraction in extractions:
        for row in extraction.rows:
            for name, values in columns.items():
                row[name] = values[at]
            at += 1


def aligned(extraction: Extraction) -> Extraction:
    """One extraction with its metrics; validation's errors are raised as PlanError, its remarks are added to `issues`."""
    from etl.policy import policy
    from etl.validate import validate

    extraction.issues, frame = validate([extraction])
    if wrong := [*policy().stops(extraction.issues), *policy().refuses(extraction.issues)]:
        raise PlanError(f"{extraction.document.name}: {wrong[0].code}: {wrong[0].message}")
    _align([extraction], frame)
    return extraction


def _read_all(sources: Sequence[Source], progress: Progress | None, workers: int) -> Iterator[Extraction | PlanError]:
    """The extraction or the error of every source, in their order."""
    results = in_order(attempt, sources, _lost, workers, _prepare)
    for done, (source, result) in enumerate(zip(sources, results, strict=True), 1):
        if progress:
            progress(done, len(sources), source.path.name)
        yield result


def read_plan(source: Source) -> Extraction:
    """One document read and extracted in a process of its own, its text kept. Raises PlanError."""
    return _or_raise(alone(attempt, source, _lost, _prepare))


def read_text(source: Source) -> str:
    """The linear text of one document, read in a process of its own. Raises PlanError."""
    return _or_raise(alone(_text, source, _lost))


def _or_raise(result: Result | PlanError) -> Result:
    if isinstance(result, PlanError):
        raise result
    return result


def _lost(source: Source, why: str) -> PlanError:
    return PlanError(f"{source.path}: too_large: {why}; next step: {_SPLIT}")


def _prepare() -> None:
    """Imports what validation and alignment need, which takes longer than reading a few plans, while other processes read them."""
    importlib.import_module("pandera.pandas")
    importlib.import_module("analytics.align")


def attempt(source: Source) -> Extraction | PlanError:
    """`extract_source`, its PlanError returned instead of raised, so that one plan does not stop the others."""
    try:
        return extract_source(source)
    except PlanError as error:
        return error


def extract_source(source: Source) -> Extraction:
    """Reads and extracts one document in this process; the document keeps its text and pages only. Raises PlanError."""
    document = read_source(source)
    extraction = extract_document(document, source.plan, str(source.path))
    if (count := len(extraction.rows) + len(extraction.numbers)) > (most := limits_of(CellLimits).max_numbers):
        raise _lost(source, f"{count} statements and numbers, {most} allowed (max_numbers)")
    return replace(extraction, document=replace(document, name=source.path.name, tables=(), headings=()))


def read_source(source: Source) -> Document:
    """The document of a source, read in this process. Raises PlanError."""
    from etl.read import ReadError, read, read_bytes

    if source.problem:
        raise PlanError(source.problem)
    try:
        return read(source.path) if source.content is None else read_bytes(source.content, source.path.name)
    except ReadError as error:
        raise PlanError(f"{source.path}: {error.reason}: {error.detail}; next step: {error.step}") from error


def _text(source: Source) -> str | PlanError:
    try:
        return read_source(source).text
    except PlanError as error:
        return error


def given(file: str) -> Source:
    """The document at a path, or on standard input for -, with what the plans.tsv beside it knows of it. Raises PlanError."""
    if file != "-":
        return described(file)
    most = limits_of(Limits).max_bytes
    content = sys.stdin.buffer.read(most + 1)
    if len(content) > most:
        raise PlanError(f"standard input: too_large: over {most} bytes (max_bytes); next step: {_SPLIT}")
    return Source(Path("standard input"), Plan("stdin"), content=content)


def extract_document(document: Document, plan: Plan, name: str) -> Extraction:
    """Extracts one document. Whatever goes wrong in it is raised as PlanError that names the document."""
    from etl.clean import CorrectionError
    from etl.pipeline import extract
    from etl.vocab import VocabularyError

    try:
        return extract(document, plan)
    except (VocabularyError, MemoryError):  # the one concerns every plan, the other is told by the process that met it
        raise
    except CorrectionError as error:
        raise PlanError(f"{name}: {error}") from error
    except Exception as error:  # a fault of the code that one document brings to light must not keep the others from being published
        why = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise PlanError(f"{name}: the extraction failed ({why}); report this document") from error
