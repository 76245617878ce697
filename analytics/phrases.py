"""The words of questions, and the text of one while it is read.

A recogniser takes the longest words it knows out of the text and notes what they say and where (`Found`). What it takes is blanked, so no
character is understood twice; the length never changes, so what stands next to what can be told to the end.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import opencc
import pandas as pd

from analytics import registry as registries
from analytics.store import ROOT

VOCABULARY = ROOT / "data" / "vocab" / "questions.toml"
SIMPLE = ("kind", "status", "level", "flow", "hedge", "state", "aggregate")
CONDITIONS = ("sort", "top", "more", "ordinal", "compare", "after", "behind", "than", "negation", "benchmark", "of_benchmark", "year",
              "issued", "period", "per_head", "place_word")
OTHERS = ("number", "magnitude", "unit", "domain", "cue", "verb", "and", "whether", "unsupported", "attribute", "common", "measure",
          "idle", "stop")
TABLES = {*SIMPLE, *CONDITIONS, *OTHERS}
GONE = "\x00"


def plain(text: str) -> str:
    """Simplified characters, NFKC, lower case, without quotes and brackets' styles: the form in which names are compared."""
    folded = unicodedata.normalize("NFKC", converter("t2s").convert(text)).casefold()
    return re.sub(r"[\s]+", " ", re.sub(r"[“”\"'‘’《》]", "", folded)).strip()


@lru_cache(maxsize=2)
def converter(direction: str) -> opencc.OpenCC:
    """Between the scripts: t2s, s2t."""
    return opencc.OpenCC(direction)


class WordError(ValueError):
    """An entry of a vocabulary of questions that cannot be used; names file, entry and the next step."""


@dataclass(frozen=True)
class Words:
    """The vocabulary: table -> code -> words."""

    tables: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def load(cls, path: Path = VOCABULARY) -> Words:
        """The words of the file. Raises WordError for an unknown table or a word that stands twice in one table."""
        return _load(path, path.stat().st_mtime_ns)

    def pattern(self, table: str, *codes: str) -> str:
        """A regular expression for the words of a table, or of some of its codes, longest first."""
        chosen = self.tables[table]
        return alternation(tuple(word for name, listed in chosen.items() if not codes or name in codes for word in listed))

    def code(self, table: str, found: str) -> str:
        """The code that a found word belongs to."""
        return next(name for name, listed in self.tables[table].items() if found in listed)


@lru_cache(maxsize=4)
def _load(path: Path, _: int) -> Words:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if wrong := sorted(set(data) ^ TABLES):
        raise WordError(f"{path.name}: table {wrong[0]!r} is missing or unknown; the file holds {', '.join(sorted(TABLES))}")
    for table, codes in data.items():
        owner: dict[str, str] = {}
        for code, words in codes.items():
            for each in words:
                if each in owner and code != "whole":
                    raise WordError(f"{path.name}: {table}.{code}: {each!r} stands in {owner[each]} too; keep one of them")
                owner[each] = code
    return Words({table: {code: tuple(words) for code, words in codes.items()} for table, codes in data.items()})


@lru_cache(maxsize=512)
def alternation(words: tuple[str, ...]) -> str:
    """Words as one regular expression, the longest first; words in Latin letters only as whole words."""
    ordered = sorted(set(words), key=lambda each: (-len(each), each))
    return "|".join(
        rf"(?<![a-z0-9]){re.escape(each)}(?![a-z0-9])" if each[0].isascii() and each[0].isalnum() else re.escape(each) for each in ordered
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a piece of the question says: values of one field, and where it stands."""

    field: str
    values: tuple[Any, ...]
    start: int
    end: int


@dataclass
class Parts:
    """What has been read so far, and the text that is left (GONE where something was taken)."""

    text: str
    left: str = ""
    found: list[Found] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.left = self.text

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first match of the pattern in what is left, which is then blanked; None without one."""
        found = re.search(pattern, self.left) if pattern else None
        if found:
            self.blank(found.start(), found.end())
        return found

    def take_all(self, pattern: str) -> list[re.Match[str]]:
        """Every match of the pattern, blanked."""
        matches = []
        while found := self.take(pattern):
            matches.append(found)
        return matches

    def blank(self, start: int, end: int) -> None:
        """Mark a stretch as understood."""
        self.left = self.left[:start] + GONE * (end - start) + self.left[end:]

    def note(self, name: str, values: Iterable[Any], start: int, end: int) -> None:
        """Keep what a stretch says."""
        self.found.append(Found(name, tuple(values), start, end))

    def text_of(self, name: str) -> str:
        """What was noted under a field, and what nothing has taken."""
        return " ".join([*(str(value) for each in self.found if each.field == name for value in each.values), self.left])

    def problem(self, code: str, words: str) -> None:
        """Keep what there is to say about a stretch; what is of one kind is said together."""
        said = next((at for at, (each, _) in enumerate(self.problems) if each == code), None)
        if said is None:
            self.problems.append((code, words))
        elif words and words not in self.problems[said][1]:
            self.problems[said] = (code, f"{self.problems[said][1]}, {words}")


@dataclass(frozen=True)
class Known:
    """What the recognisers look things up in. places: place, province, name_en of the database."""

    words: Words
    places: pd.DataFrame
    registry: registries.Registry
