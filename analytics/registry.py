"""The metric registry, one file a domain in `data/metrics`: what counts as one metric, what it means, and which names belong to it.

A `match` line is a list of words that must all stand in a name; `|` separates alternatives. A word is the id of a class or group
of `data/vocab/facets.toml`, Chinese text itself, or @domain for the domain of the statement. A name belongs to a metric when one of
its lines holds, none of `never` stands in it, and it measures nothing else: every object or measure word in the name must be one
that the metric names, or one in `may`. A name that holds a word which no class knows belongs to no metric: 劣 or 占规上工业 would turn
it into something else, and nothing but the vocabulary can say which words do not.

    match = ["food sampled|rate_only pass_rate"]
    never = ["drug", "不合格"]

Further keys: `goal`, lines that are enough for a goal without a number; `facets`, in what its members may differ; `fixed`, facet values
that the definition itself sets; `units`, unit classes accepted beside that of `unit`; `not`, ids it is often taken for, with the reason;
`examples`, wordings that must align to it, each of which is a test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas

from analytics.terms import FACETS, VOCABULARY, RegistryError, TermClass, Vocabulary, check_keys, load_vocabulary, read_toml

METRICS = Path(__file__).resolve().parents[1] / "data" / "metrics"
DOMAINS = ("food", "product", "engineering", "service", "environment", "standards", "metrology", "inspection", "certification",
           "branding", "ip", "innovation", "management", "governance")
BETTER = ("higher", "lower", "neither")
FLOWS = ("level", "stock", "new", "annual", "change", "unspecified")
_REQUIRED = {"id", "name_zh", "name_en", "domain", "definition", "definition_en", "unit", "better", "flow", "match", "examples"}
_OPTIONAL = {"family", "facets", "never", "may", "goal", "fixed", "not", "units"}
_TEXTS = ("id", "name_zh", "name_en", "definition", "definition_en")

Pattern = tuple[frozenset[str], ...]
"""Groups of class ids; a name must hold one class of every group."""


@dataclass(frozen=True)
class Metric:
    """One entry. `unit` is the usual unit, `units` the classes of units accepted, `flow` the usual flow; `facets` are those in which its
    members may differ, `fixed` the facet values that its definition sets, `not_same` the ids it is often taken for, with the reason."""

    metric_id: str
    name_zh: str
    name_en: str
    domain: str
    definition: str
    definition_en: str
    unit: str
    units: frozenset[str]
    better: str
    flow: str
    family: str
    facets: tuple[str, ...]
    match: tuple[Pattern, ...]
    goal: tuple[Pattern, ...]
    never: frozenset[str]
    may: frozenset[str]
    fixed: Mapping[str, str] = field(hash=False)
    not_same: Mapping[str, str] = field(hash=False)
    examples: tuple[str, ...]

    def classes(self) -> frozenset[str]:
        """Every class that its match and goal lines name."""
        return frozenset(name for pattern in self.match + self.goal for group in pattern for name in group)


@dataclass(frozen=True)
class Registry:
    """All metrics by id, in file order, and the vocabulary they are written in; `digest` changes with either file."""

    metrics: Mapping[str, Metric]
    vocabulary: Vocabulary
    digest: str

    def __hash__(self) -> int:
        return hash(self.digest)

    def of_domain(self, domain: str) -> list[str]:
        """The ids of the metrics of a domain, in file order."""
        return [name for name, metric in self.metrics.items() if metric.domain == domain]

    def names(self, lang: str) -> dict[str, str]:
        """metric_id -> its name in a language."""
        return {name: getattr(metric, f"name_{lang}") for name, metric in self.metrics.items()}

    def frame(self) -> pandas.DataFrame:
        """One row a metric for joins: metric_id, name_zh, name_en, domain, definition, definition_en, unit, better, flow, family
        ("" where none), facets ("method;scope"). All columns are strings."""
        columns = ["metric_id", "name_zh", "name_en", "domain", "definition", "definition_en", "unit", "better", "flow", "family"]
        rows = [[getattr(metric, name) for name in columns] + [";".join(metric.facets)] for metric in self.metrics.values()]
        return pandas.DataFrame(rows, columns=[*columns, "facets"], dtype="str")


def load(path: str | Path | None = None, vocabulary: str | Path | None = None) -> Registry:
    """The registry of `path`, a folder with one file a domain (default data/metrics) or one file, cached by the content of all files;
    RegistryError names what is wrong."""
    metrics_path, terms_path = Path(path or METRICS), Path(vocabulary or VOCABULARY)
    files = _files(metrics_path)
    return _load(files, terms_path, tuple(map(_digest, files)), _digest(terms_path))


def _files(path: Path) -> tuple[Path, ...]:
    """The files of the registry in the order of DOMAINS."""
    if not path.is_dir():
        return (path,)
    if strange := sorted(file.name for file in path.glob("*.toml") if file.stem not in DOMAINS):
        raise RegistryError(f"{path.name}: {strange[0]}: no domain has that name; use one of {', '.join(DOMAINS)}")
    if not (files := tuple(file for domain in DOMAINS if (file := path / f"{domain}.toml").exists())):
        raise RegistryError(f"{path}: the folder holds no metrics; restore its files from the repository")
    return files


def _digest(path: Path) -> str:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise RegistryError(f"{path}: the file is missing; restore it from the repository") from error
    return _digest_of(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _digest_of(path: Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=8)
def _load(files: tuple[Path, ...], terms_path: Path, metrics_digests: tuple[str, ...], terms_digest: str) -> Registry:
    vocabulary, metrics, classes = load_vocabulary(terms_path), {}, {}
    owners: dict[str, Path] = {}
    for path in files:
        data = read_toml(path)
        check_keys(path, "top level", data, {"metric"})
        literals = _Literals(path, vocabulary)
        for entry in data["metric"]:
            metric = _metric(path, entry, vocabulary, literals)
            if metric.metric_id in metrics:
                raise RegistryError(f"{path.name}: {metric.metric_id}: stands twice; merge the two entries")
            metrics[metric.metric_id], owners[metric.metric_id] = metric, path
        classes |= literals.classes
    _check_across(owners, metrics)
    digest = hashlib.sha256("".join((*metrics_digests, terms_digest)).encode()).hexdigest()
    classes = {**vocabulary.classes, **classes}
    return Registry(metrics, Vocabulary(classes, vocabulary.groups, vocabulary.units, vocabulary.accepts, vocabulary.english), digest)


class _Literals:
    """Turns the words of pattern lines into class ids; Chinese text becomes an object class of its own."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self.path, self.vocabulary, self.owner = path, vocabulary, vocabulary.word_owner()
        self.classes: dict[str, TermClass] = {}

    def resolve(self, entry: str, word: str) -> tuple[str, ...]:
        if word.startswith("@"):
            return self._domain(entry, word)
        if word.isascii():
            try:
                return self.vocabulary.expand(word)
            except KeyError as error:
                raise RegistryError(f"{self.path.name}: {entry}: no class or group {word!r}; define it in {VOCABULARY.name}") from error
        if word in self.owner:
            raise RegistryError(f"{self.path.name}: {entry}: {word!r} is a word of class {self.owner[word]}; write the class")
        self.classes[f"={word}"] = TermClass(f"={word}", "object", (word,))
        return (f"={word}",)

    def _domain(self, entry: str, word: str) -> tuple[str, ...]:
        if word[1:] not in DOMAINS:
            raise RegistryError(f"{self.path.name}: {entry}: no domain {word!r}; use @ with one of {', '.join(DOMAINS)}")
        self.classes[word] = TermClass(word, "neutral", ())
        return (word,)

    def pattern(self, entry: str, line: str) -> Pattern:
        groups = [frozenset(name for word in part.split("|") for name in self.resolve(entry, word)) for part in line.split()]
        if not groups:
            raise RegistryError(f"{self.path.name}: {entry}: an empty match line; write at least one word")
        return tuple(groups)

    def flat(self, entry: str, words: list[str]) -> frozenset[str]:
        return frozenset(name for word in words for name in self.resolve(entry, word))


def _metric(path: Path, entry: Mapping[str, Any], vocabulary: Vocabulary, literals: _Literals) -> Metric:
    name = str(entry.get("id", "an entry without id"))
    check_keys(path, name, entry, _REQUIRED, _OPTIONAL)
    _check_values(path, name, entry)
    if entry["unit"] not in vocabulary.units:
        raise RegistryError(f"{path.name}: {name}: unit {entry['unit']!r} is in no unit class; add it to {VOCABULARY.name}")
    if unknown := set(entry.get("units", [])) - vocabulary.accepts.keys():
        raise RegistryError(f"{path.name}: {name}: no unit class {min(unknown)!r}; use one of {', '.join(sorted(vocabulary.accepts))}")
    own, extra = vocabulary.accepts[vocabulary.units[entry["unit"]]], entry.get("units", [])
    return Metric(
        metric_id=name, units=own.union(extra), family=entry.get("family", ""),
        facets=tuple(entry.get("facets", [])), fixed=dict(entry.get("fixed", {})), examples=tuple(entry["examples"]),
        match=tuple(literals.pattern(name, line) for line in entry["match"]),
        goal=tuple(literals.pattern(name, line) for line in entry.get("goal", [])),
        never=literals.flat(name, entry.get("never", [])), may=literals.flat(name, entry.get("may", [])),
        not_same={other["id"]: other["why"] for other in entry.get("not", [])},
        **{key: entry[key] for key in ("name_zh", "name_en", "domain", "definition", "definition_en", "unit", "better", "flow")})


def _check_values(path: Path, name: str, entry: Mapping[str, Any]) -> None:
    for key, allowed in (("domain", DOMAINS), ("better", BETTER), ("flow", FLOWS)):
        if entry[key] not in allowed:
            raise RegistryError(f"{path.name}: {name}: {key} {entry[key]!r}; use one of {', '.join(allowed)}")
    if empty := [key for key in _TEXTS if not str(entry[key]).strip()]:
        raise RegistryError(f"{path.name}: {name}: {empty[0]} is empty; write it")
    if not entry["match"] or not entry["examples"]:
        raise RegistryError(f"{path.name}: {name}: match and examples need a line each; add one")
    if unknown := [facet for facet in [*entry.get("facets", []), *entry.get("fixed", {})] if facet not in FACETS]:
        raise RegistryError(f"{path.name}: {name}: facet {unknown[0]!r}; use one of {', '.join(FACETS)}")
    for other in entry.get("not", []):
        check_keys(path, f"{name}: not", other, {"id", "why"})
    if not name.startswith(entry["domain"] + "."):
        raise RegistryError(f"{path.name}: {name}: domain {entry['domain']!r}; the id begins with its domain")
    if path.stem in DOMAINS and path.stem != entry["domain"]:
        raise RegistryError(f"{path.name}: {name}: domain {entry['domain']!r}; move the entry to {entry['domain']}.toml")


def _check_across(owners: Mapping[str, Path], metrics: Mapping[str, Metric]) -> None:
    """Refuses entries that contradict one another: a shared name, the same match line, a `not` that leads nowhere. `owners`: id -> file."""
    names: dict[str, str] = {}
    lines: dict[tuple[frozenset[frozenset[str]], frozenset[str], frozenset[str]], str] = {}
    for metric in metrics.values():
        path = owners[metric.metric_id]
        for key in (metric.name_zh, metric.name_en):
            if key in names:
                raise RegistryError(f"{path.name}: {metric.metric_id}: name {key!r} is that of {names[key]} too; rename one")
            names[key] = metric.metric_id
        for pattern in metric.match:
            line = (frozenset(pattern), metric.never, metric.units)
            if line in lines:
                raise RegistryError(f"{path.name}: {metric.metric_id}: a match line overlaps {lines[line]} entirely; tell them apart")
            lines[line] = metric.metric_id
        if unknown := [other for other in metric.not_same if other not in metrics or other == metric.metric_id]:
            raise RegistryError(f"{path.name}: {metric.metric_id}: not {unknown[0]!r}: no other metric has that id; correct it")
