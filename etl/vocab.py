"""Vocabulary is data: `data/vocab/*.toml`, read once, checked on loading.

Loading refuses unknown keys, missing keys, duplicates and wrong types, and names the file and the entry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
FOLDER = DATA / "vocab"

# What each file may hold: a type, a tuple of words to choose from, or a dict of keys. "..." as a key stands for any key with that value
# type; a key that ends with ? may be missing.
SHAPES: dict[str, dict] = {
    "numerals": {
        "digits": {"...": int},
        "places": {"...": int},
        "myriads": {"...": int},
        "formal": {"...": str},
        "magnitudes": {"...": int},
        "spread": {"pairs": list},
        "least": {"words": list},
        "fractions": {"...": str},
        "tenths": {"...": int},
        "multiples": {"...": int},
        "firsts": {"words": list},
    },
    "units": {
        "unit": [
            {
                "name": str,
                "kind": ("rate", "count", "measure", "time", "doubled", "base"),
                "same?": list,
                "spoken?": list,
                "unless?": list,
                "alone?": bool,
                "en?": str,
                "under?": str,
            }
        ]
    },
    "cues": {
        "comparator_before": {"...": list},
        "comparator_behind": {"...": list},
        "comparator_inside": {"...": list},
        "level": {"verbs": list},
        "change": {"up": list, "down": list, "to": list, "compared": list, "base": list, "annual": list},
        "minus": {"words": list, "names": list},
        "timed": {"words": list},
        "money": {"heads": list},
        "hedge": {"words": list},
        "hedge_stop": {"words": list},
        "shared": {"each": list, "step": list, "alike": list},
        "flow": {"stock": list, "new": list, "annual": list},
    },
    "signs": {"groups": {"...": list}},
    "times": {
        "before": {"due": list, "observed": list, "origin": list, "base": list, "plain": list},
        "current": {"words": list},
        "relative": {"...": int},
        "planning": {"titles": list, "reports": list, "words": list},
    },
    "roles": {"role": [{"name": str, "sticky": bool, "words": list}]},
    "furniture": {"line": [{"id": str, "pattern": str}]},
    "names": {
        "places": list,
        "adverbs": list,
        "verbs": list,
        "verb_stays": {"...": list},
        "acquiring": list,
        "nominal_verbs": list,
        "light_verbs": list,
        "tails": list,
        "heads": list,
        "processes": list,
        "nouns": list,
        "generic_nouns": list,
        "predicates": list,
        "dependent": list,
        "placeholders": list,
        "reckonings": list,
        "openers": list,
        "kinds": list,
        "mean_of": list,
        "bare_heads": list,
        "manners": list,
        "inner_verbs": list,
        "inner_times": list,
        "share_verbs": list,
        "predicate_ends": list,
        "attributes": list,
        "stages": list,
    },
    "exclusions": {"rule": [{"id": str, "class": str, "left": str, "right": str, "why": str}]},
    "domains": {"domain": [{"name": str, "first": list, "words": list}]},
    "commitments": {
        "form": [{"id": str, "name": str, "anywhere": bool, "pattern": str, "why": str}],
        "cell": [{"id": str, "name": str, "pattern": str, "why": str}],
        "words": {"...": list},
        "heads": {"...": list},
        "negations": list,
        "openings": list,
        "topics": list,
        "marks": list,
    },
    "tables": {
        "role": {"...": {"exact": list, "part": list}},
        "sense": {"goal": list, "base": list, "growth": list, "change": list, "spare": list, "sum": list},
        "plain": {"words": list},
        "cell": {"void": list, "wordy": list, "attribute": list, "lead": list},
        "around": dict.fromkeys(("unit", "caption", "title", "base", "contents", "note", "reward", "moved"), list),
    },
    "words": {"words": list, "articles": list},
    "confidence": {"base": float, "rule": {"...": float}},
    "limits": {"...": {"...": int}},
}


_LIST = re.compile(r"\{([a-z]+)\}")


class VocabularyError(ValueError):
    """A vocabulary file that can't be used; the message names file, entry and what to do."""


def _fail(file: str, entry: str, problem: str) -> None:
    raise VocabularyError(f"data/vocab/{file}.toml, {entry or 'top level'}: {problem}. Mend the entry and run again.")


def _check(file: str, entry: str, value: Any, shape: Any) -> None:
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            _fail(file, entry, f"a table is wanted, {type(value).__name__} found")
        wild, known = shape.get("..."), {key.removesuffix("?"): wanted for key, wanted in shape.items()}
        for key in value:
            if wild is None and key not in known:
                _fail(file, entry, f"unknown key {key!r}; known are {', '.join(known)}")
            _check(file, f"{entry}.{key}".strip("."), value[key], wild if wild is not None else known[key])
        for key in shape:
            if key != "..." and not key.endswith("?") and key not in value:
                _fail(file, entry, f"key {key!r} is missing")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            _fail(file, entry, "a list of tables is wanted")
        for number, item in enumerate(value, 1):
            _check(file, f"{entry}[{number}]", item, shape[0])
        _unique(file, entry, [item.get("id") or item.get("name") for item in value])
    elif shape is list:
        if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
            _fail(file, entry, "a list of non-empty words is wanted")
        _unique(file, entry, value)
    elif isinstance(shape, tuple):
        if value not in shape:
            _fail(file, entry, f"one of {', '.join(shape)} is wanted, {value!r} found")
    elif shape is float and isinstance(value, int):
        return
    elif not isinstance(value, shape):
        _fail(file, entry, f"{shape.__name__} is wanted, {value!r} found")


def _unique(file: str, entry: str, words: list) -> None:
    seen = set()
    for word in words:
        if word in seen:
            _fail(file, entry, f"{word!r} stands twice")
        seen.add(word)


def read(file: str, folder: Path = FOLDER) -> dict:
    """The checked content of `folder/file.toml`."""
    path = folder / f"{file}.toml"
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise VocabularyError(f"data/vocab/{file}.toml can't be read: {error}. Restore the file or mend the line.") from error
    _check(file, "", value, SHAPES[file])
    if file == "units":
        _unique(file, "unit", [word for entry in value["unit"] for word in (entry["name"], *entry.get("same", []))])
    return value


@cache
def load(file: str) -> dict:
    """`read` from the project's own folder, once a process."""
    return read(file)


def either(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, the longest first, without a group of its own."""
    return guarded(dict.fromkeys(words, ""))


def guarded(words: dict[str, str]) -> str:
    """`either` of the keys, each followed by its own pattern (a look-ahead). Words share what they begin with, so that hundreds of them
    cost little more than a few."""
    tree: dict = {}
    for word, behind in words.items():
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = behind
    return f"(?:{_branches(tree)})"


def _branches(node: dict) -> str:
    """The pattern of what may follow a node of the tree, the longest way first."""
    ends = {c for c, child in node.items() if c and child == {"": ""}}
    ways = [re.escape(c) + _branches(child) for c, child in sorted(node.items()) if c and c not in ends]
    if ends:
        ways.append(re.escape(min(ends)) if len(ends) == 1 else f"[{''.join(map(re.escape, sorted(ends)))}]")
    if "" in node:
        ways.append(node[""])
    if len(ways) == 1:
        return ways[0]
    first = f"(?=[{''.join(re.escape(c) for c in sorted(node) if c)}])" if len(ways) >= 12 and "" not in node else ""
    return f"{first}(?:{'|'.join(ways)})"


def filled(file: str, pattern: str) -> str:
    """A regular expression of `file` with every {name} in it written out as any of the words under [words]."""
    words = load(file)["words"]
    if unknown := sorted(set(_LIST.findall(pattern)) - set(words)):
        _fail(file, "words", f"no list {unknown[0]!r}, which {pattern[:60]!r} asks for")
    return _LIST.sub(lambda m: either(words[m[1]]), pattern)
