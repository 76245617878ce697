"""The rules of comparability, from `data/vocab/facets_verdicts.toml`: which difference weighs how much, and how it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.messages import group
from analytics.terms import RegistryError, check_keys, read_toml

VERDICTS = ("comparable", "conditional", "incomparable")
RULES = Path(__file__).resolve().parents[1] / "data" / "vocab" / "facets_verdicts.toml"
MARKS = {"conditional": "*", "incomparable": "†"}
"""What stands behind a number of a matrix that is not of the largest comparable group of its row."""
POOLING = ("scope", "level")
"""Facets whose values a plan may count together; analytics.align then joins them with +."""
SOURCES = ("metric_id", "unit_class", "facet", "flow", "scale", "year", "kind", "status", "place_level")
WITHIN = "@"
"""Stands between a draft's status and its plan: inside one plan its status takes nothing from a pair."""


@dataclass(frozen=True)
class Rule:
    """One reason. `name` is its column, `code` what is reported; severities are positions in VERDICTS."""

    name: str
    code: str
    zh: str
    en: str
    source: str
    differs: int
    missing: int
    unstated: tuple[str, str]
    pairs: Mapping[frozenset[str], int] = field(hash=False)
    either: Mapping[str, int] = field(hash=False)
    labels: Mapping[str, tuple[str, str]] = field(hash=False)

    def severity(self, a: str, b: str) -> int:
        """How much the two values differ: 0 not at all, 1 conditional, 2 incomparable; "" is a value that is not stated.

        A scope or level that is counted together with another (国家级+省级) is left to the rule for pooled. Inside one plan, which a value
        may name behind WITHIN, nothing differs.
        """
        if a == b and WITHIN in a:
            return 0
        a, b = a.partition(WITHIN)[0], b.partition(WITHIN)[0]
        if self.name in POOLING and ("+" in a or "+" in b):
            return 0
        least = max(self.either.get(a, 0), self.either.get(b, 0))
        if a == b:
            return least
        if not a or not b:
            return max(least, self.missing)
        return max(least, self.pairs.get(frozenset((a, b)), self.differs))


    def alone(self, value: str) -> int:
        """What a value costs by itself, whatever stands beside it: a draft is one before any other plan."""
        return self.either.get(value.partition(WITHIN)[0], 0)


def load_rules(path: Path | None = None) -> tuple[Rule, ...]:
    """The rules in file order; RegistryError names file, entry and value of what is wrong."""
    path = path or RULES
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, _: int) -> tuple[Rule, ...]:
    data = read_toml(path)
    check_keys(path, "top level", data, {"code"})
    return tuple(_rule(path, name, entry) for name, entry in data["code"].items())


def _rule(path: Path, name: str, entry: Mapping[str, Any]) -> Rule:
    check_keys(path, f"code {name}", entry, {"zh", "en", "source", "differs", "missing", "unstated"}, {"code", "pairs", "either", "labels"})
    if entry["source"] not in SOURCES:
        raise RegistryError(f"{path.name}: code {name}: source {entry['source']!r}; use one of {', '.join(SOURCES)}")
    pairs = {frozenset(pair["values"]): _severity(path, name, pair["verdict"]) for pair in entry.get("pairs", [])}
    return Rule(name, entry.get("code", name), entry["zh"], entry["en"], entry["source"], _severity(path, name, entry["differs"]),
                _severity(path, name, entry["missing"]), tuple(entry["unstated"]), pairs,
                {value: _severity(path, name, verdict) for value, verdict in entry.get("either", {}).items()},
                _labels(entry.get("labels", {})))


def _labels(given: Mapping[str, Sequence[str]] | str) -> dict[str, tuple[str, str]]:
    """What values are called: as listed, or as the sentences call them where a group of their words is named (status: 已印发, issued)."""
    if isinstance(given, str):
        return {code: (entry["zh"], entry["en"]) for code, entry in group(given).items()}
    return {value: tuple(label) for value, label in given.items()}


def _severity(path: Path, name: str, verdict: str) -> int:
    if verdict not in VERDICTS:
        raise RegistryError(f"{path.name}: code {name}: verdict {verdict!r}; use one of {', '.join(VERDICTS)}")
    return VERDICTS.index(verdict)
