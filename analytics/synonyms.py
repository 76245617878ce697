"""Other words for what the registry names, from data/vocab/synonyms.toml: the one table of short, colloquial and English names.

    load()["高企"]                    # 高新技术企业
    canonical("高企目标", keep=())     # 高新技术企业目标

Search and questions both read it, so a word that one of them understands the other does too.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from analytics.phrases import WordError, alternation
from analytics.store import ROOT

VOCABULARY = ROOT / "data" / "vocab" / "synonyms.toml"


def load(path: Path = VOCABULARY) -> dict[str, str]:
    """Other word -> the words it stands for. Raises WordError for an unknown table, an empty word, or one that stands in two lists."""
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, _: int) -> dict[str, str]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if set(data) != {"word"}:
        raise WordError(f"{path.name}: tables {', '.join(sorted(data))}; the file holds [word] alone")
    owner: dict[str, str] = {}
    for name, others in data["word"].items():
        for each in others:
            if not each.strip() or each != each.casefold() or each in owner or each == name:
                where = f" (stands in {owner[each]} too)" if each in owner else ""
                raise WordError(f"{path.name}: {name}: {each!r}{where}; list each word once, in small letters")
            owner[each] = name
    return owner


def canonical(text: str, keep: Iterable[str] = ()) -> str:
    """The text with every other word in the registry's own; what stands within one of the names in `keep` stays as it is."""
    table = load()
    pattern = _pattern(frozenset(keep), tuple(table))
    return re.sub(pattern, lambda found: table.get(found[0], found[0]), text)


@lru_cache(maxsize=8)
def _pattern(keep: frozenset[str], others: tuple[str, ...]) -> str:
    return alternation(tuple(keep | set(others) | set(load().values())))
