"""What a database was made from, as checksums: the rules (code and vocabulary), the input of one plan, and the whole build."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import astuple
from functools import cache
from pathlib import Path

from etl.manifest import Source

ROOT = Path(__file__).resolve().parent.parent
CORRECTIONS = ROOT / "data" / "corrections.toml"
# Every file that a statement can depend on, besides its plan and the corrections to it. The last stands for the versions of the libraries.
RULE_FILES = (
    "etl/**/*.py",
    "etl/*.sql",
    "analytics/align.py",
    "analytics/matcher.py",
    "analytics/registry.py",
    "analytics/terms.py",
    "data/vocab/*.toml",
    "data/metrics/*.toml",
    "data/evidence.toml",
    "data/policy.toml",
    "requirements.txt",
)


def rules_sha256(root: Path = ROOT) -> str:
    """Checksum of vocabulary and code, by name and content."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in RULE_FILES for path in root.glob(pattern)}):
        total.update(f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()


def input_key(source: Source, rules: str) -> str:
    """Checksum of all that the rows of one plan depend on; a plan whose key has not changed need not be read again."""
    parts = (source.path.name, source.sha256, astuple(source.plan), _corrections(CORRECTIONS).get(source.plan_id, []), rules)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def build_id(keys: Iterable[tuple[str, str]], rules: str) -> str:
    """The data version: 16 hexadecimal digits of the checksum of all (plan id, input key) and the rules."""
    return hashlib.sha256(repr((sorted(keys), rules)).encode()).hexdigest()[:16]


@cache
def _corrections(path: Path) -> dict[str, list[list[tuple[str, object]]]]:
    """Corrections by plan, for the checksum only: the cleaning step checks them when it loads them, and says what is wrong."""
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("correction", [])
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    found: dict[str, list[list[tuple[str, object]]]] = {}
    for entry in entries:
        found.setdefault(str(entry.get("plan")), []).append(sorted(entry.items()))
    return found
