"""The words of plan names: classes of synonyms, units and facets from `data/vocab/facets.toml`, and a scanner that finds them.

A class is a set of words that say the same thing (监督抽查, 监督抽检). Its role decides what it does to a name:
`object` and `measure` are what is measured, so a metric that does not name them refuses the name; `facet` words say in what way
members of one metric differ (an object may be a facet value too: 水利 is the scope of an acceptance rate); `neutral` words carry no
weight; the one `place` class has no words and stands for a place's own name at the head (泉州老字号). A word that begins with 、
stands only where a name or a part of a list begins. The scanner keeps the longest word at every place, so 标准 is not found inside
标准化, nor 合格率 inside 不合格率.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROLES = ("object", "measure", "facet", "neutral", "place")
FACETS = ("method", "scope", "level", "pooled", "flow", "count", "index", "scale", "route")
VOCABULARY = Path(__file__).resolve().parents[1] / "data" / "vocab" / "facets.toml"


class RegistryError(ValueError):
    """A vocabulary or registry entry that cannot be used; the message names the file, the entry, the value and the next step."""


@dataclass(frozen=True, slots=True)
class TermClass:
    """Words that say the same thing. Role facet has `facet`, `value` and `value_en`, an object or measure may have them; `pool` marks
    values that plans count together, `lead` words that count also where they stand in the quote just before the name (在建)."""

    class_id: str
    role: str
    words: tuple[str, ...]
    facet: str = ""
    value: str = ""
    value_en: str = ""
    pool: bool = False
    lead: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Term classes by id, named groups of classes, the class of every unit, which classes a unit class accepts
    beside itself, and what facet values are called in English."""

    classes: Mapping[str, TermClass]
    groups: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    accepts: Mapping[str, frozenset[str]]
    english: Mapping[str, str]

    def expand(self, name: str) -> tuple[str, ...]:
        """Class ids that a class or group name stands for; KeyError where there is neither."""
        return self.groups[name] if name in self.groups else (self.classes[name].class_id,)

    def word_owner(self) -> dict[str, str]:
        """Word -> id of the one class that holds it."""
        return {word: term.class_id for term in self.classes.values() for word in term.words}

    def translate(self, value: str) -> str:
        """The English of a facet's value, part by part where several are joined by + or 、; what has none stays as it is."""
        for mark, joined in (("+", " + "), ("、", ", ")):
            if mark in value:
                return joined.join(self.translate(part) for part in value.split(mark))
        return self.english.get(value, value)


def load_vocabulary(path: Path | None = None) -> Vocabulary:
    """Reads and checks the vocabulary; RegistryError names the entry that is wrong."""
    path = path or VOCABULARY
    data = read_toml(path)
    check_keys(path, "top level", data, required={"class", "unit"}, optional={"group", "english"})
    classes = {name: _term_class(path, name, entry) for name, entry in data["class"].items()}
    _refuse_shared_words(path, classes)
    groups, english = _groups(path, data.get("group", {}), classes), _english(path, data.get("english", {}), classes)
    return Vocabulary(classes, groups, _units(path, data["unit"]), _accepts(path, data["unit"]), english)


def read_toml(path: Path) -> dict[str, Any]:
    """The parsed file; RegistryError instead of the parser's own error, with the file's name."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RegistryError(f"{path}: the file is missing; restore it from the repository") from error
    except tomllib.TOMLDecodeError as error:
        raise RegistryError(f"{path}: not valid TOML ({error}); correct that line") from error


def check_keys(path: Path, entry: str, data: Mapping[str, Any], required: set[str], optional: set[str] = frozenset()) -> None:
    """Refuses missing and unknown keys of one entry."""
    if missing := sorted(required - data.keys()):
        raise RegistryError(f"{path.name}: {entry}: missing {', '.join(missing)}; add {missing[0]} to the entry")
    if unknown := sorted(data.keys() - required - optional):
        raise RegistryError(f"{path.name}: {entry}: unknown key {unknown[0]!r}; known keys are {', '.join(sorted(required | optional))}")


def _term_class(path: Path, name: str, entry: Mapping[str, Any]) -> TermClass:
    check_keys(path, f"class {name}", entry, {"role", "words"}, {"facet", "value", "value_en", "pool", "lead"})
    role, words = entry["role"], tuple(entry["words"])
    facet, value, value_en = (entry.get(key, "") for key in ("facet", "value", "value_en"))
    if role not in ROLES:
        raise RegistryError(f"{path.name}: class {name}: role {role!r}; use one of {', '.join(ROLES)}")
    if role == "place" and name != "local":
        raise RegistryError(f"{path.name}: class {name}: role place; only class local has it, choose another role")
    if len({bool(facet), bool(value), bool(value_en)}) > 1 or (role == "facet" and not facet) or (facet and role in ("neutral", "place")):
        raise RegistryError(f"{path.name}: class {name}: role {role!r} with facet {facet!r}; a facet class has facet, value and value_en, "
                            "an object or measure may have them")
    if facet and facet not in FACETS:
        raise RegistryError(f"{path.name}: class {name}: facet {facet!r}; use one of {', '.join(FACETS)}")
    if bool(words) == (role == "place") or any(not word or word != word.strip() for word in words) or len(set(words)) < len(words):
        raise RegistryError(f"{path.name}: class {name}: words {list(words)!r}; list each word once, without blanks")
    return TermClass(name, role, words, facet, value, value_en, entry.get("pool", False), entry.get("lead", False))


def _refuse_shared_words(path: Path, classes: Mapping[str, TermClass]) -> None:
    owner: dict[str, str] = {}
    for term in classes.values():
        for word in term.words:
            if word in owner:
                raise RegistryError(f"{path.name}: class {term.class_id}: word {word!r} stands in {owner[word]} too; keep one of them")
            owner[word] = term.class_id


def _groups(path: Path, data: Mapping[str, Any], classes: Mapping[str, TermClass]) -> dict[str, tuple[str, ...]]:
    for name, members in data.items():
        if name in classes:
            raise RegistryError(f"{path.name}: group {name}: a class has that name; rename the group")
        if unknown := [member for member in members if member not in classes]:
            raise RegistryError(f"{path.name}: group {name}: no class {unknown[0]!r}; define it or take it out")
    return {name: tuple(members) for name, members in data.items()}


def _units(path: Path, data: Mapping[str, Any]) -> dict[str, str]:
    units: dict[str, str] = {}
    for name, entry in data.items():
        check_keys(path, f"unit {name}", entry, {"words"}, {"accepts"})
        for word in entry["words"]:
            if word in units:
                raise RegistryError(f"{path.name}: unit {name}: {word!r} stands in {units[word]} too; keep one of them")
            units[word] = name
    return units


def _accepts(path: Path, data: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    for name, entry in data.items():
        if unknown := set(entry.get("accepts", [])) - data.keys():
            raise RegistryError(f"{path.name}: unit {name}: accepts {min(unknown)!r}, which is no unit class; correct it")
    return {name: frozenset({name, *entry.get("accepts", [])}) for name, entry in data.items()}


def _english(path: Path, data: Mapping[str, Any], classes: Mapping[str, TermClass]) -> dict[str, str]:
    """English of every facet value: that of its class, and of `data` for values that no class holds."""
    english: dict[str, str] = {}
    for term in classes.values():
        if term.value and english.setdefault(term.value, term.value_en) != term.value_en:
            known = english[term.value]
            raise RegistryError(f"{path.name}: class {term.class_id}: {term.value!r} is {known!r} elsewhere; use one translation")
    if shared := [value for value in data if value in english and english[value] != data[value]]:
        raise RegistryError(f"{path.name}: english: {shared[0]!r} is translated in its class already; take it out")
    return english | dict(data)


class Scanner:
    """Finds the longest vocabulary word at every place of a normalised name, skipping words inside a longer one.

    `words` maps a word to a class id. The trie is nested dicts, which beats an alternation of a thousand words many times over.
    """

    _END = ""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._root: dict[str, Any] = {}
        for word, class_id in words.items():
            node = self._root
            for character in word:
                node = node.setdefault(character, {})
            node[self._END] = class_id

    def scan(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, class id) of every word, by start; ends rise strictly."""
        root, end_key, length, reached = self._root, self._END, len(text), 0
        for start in range(length):
            node, position, best_end, best = root.get(text[start]), start + 1, 0, ""
            while node is not None:
                if end_key in node:
                    best_end, best = position, node[end_key]
                if position == length:
                    break
                node, position = node.get(text[position]), position + 1
            if best_end > reached:
                reached = best_end
                yield start, best_end, best
