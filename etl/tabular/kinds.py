"""What a cell is by itself: empty, void, a value, a year, a unit, a word for an attribute, an aim in words, or text."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from etl.lexicon import lexicon
from etl.tabular.heads import is_unit
from etl.vocab import either, load

EMPTY, VOID, VALUE, YEAR, UNIT, ATTRIBUTE, WORDY, TEXT = "empty", "void", "value", "year", "unit", "attribute", "wordy", "text"

_YEAR_CELL = re.compile(r"(?:到|至|截至)?(?:19|20)\d\d\s*年(?:[底末]前?)?|“?[一二三四五六七八九十]{1,2}五”?(?:时期|期间|期)?末?")
_DATE = re.compile(r"(?:19|20)\d\d\s*[年./-]\s*\d{1,2}(?:\s*[月./-].*)?")
_COUNT = re.compile(r"\(\d+[个项]\)")
_MARK = r"(?:[①-⑳*※△▲†]|\[\d\]|\s){0,3}"
SIGN = r"[-+−±↑↓]?"


@cache
def lead() -> str:
    """A pattern for the words that may stand in a cell before its number."""
    cues = load("cues")
    words = [word for group in cues["change"].values() for word in group]
    words += [*cues["level"]["verbs"], *cues["hedge"]["words"], *load("tables")["cell"]["lead"]]
    words += [word for group in cues["comparator_before"].values() for word in group]
    return rf"(?:{either(words)}|(?:19|20)\d\d年|“?[一二三四五六七八九十]{{1,2}}五”?(?:时期|期间|期末|末)?|[“”,、: ])*+"


@cache
def value_pattern() -> re.Pattern:
    """A whole cell that holds one number: lead, number or range with unit, comparator, a note in brackets, a mark."""
    lex = lexicon()
    quantity = re.sub(r"\?P<\w+>", "?:", lex.quantity.pattern)
    amount = rf"(?=\d){quantity}"
    behind = rf"(?:{lex.behind.pattern})?"
    plain = rf"{SIGN}\s*{amount}(?:\s*[-—~至]+\s*{amount})?\s*{behind}(?:\(含\))?{behind}"
    return re.compile(rf"{lead()}[\[(【〔]?(?:累计)?{lead()}(?:{plain})\s*[\])】〕]?\s*[%‰]?{behind}(?:\([^()]{{1,40}}\))?{_MARK}")


@cache
def _words(group: str) -> re.Pattern:
    return re.compile(either(load("tables")["cell"][group]))


_ENDS_AS_NAME = re.compile(r"[)\]]$")


@cache
def _name_end() -> re.Pattern:
    return re.compile(rf"{either(load('names')['heads'])}$")


@cache
def _special() -> re.Pattern:
    numerals = load("numerals")
    return re.compile(either([*numerals["multiples"], *numerals["firsts"]["words"]]))


def kind_of(words: str) -> str:
    """The kind of a cell with these words."""
    words = words.strip()
    return _kind(words) if len(words) <= 60 else TEXT


@lru_cache(maxsize=16384)
def _kind(words: str) -> str:
    if not words:
        return EMPTY
    if _words("void").fullmatch(words):
        return VOID
    if _YEAR_CELL.fullmatch(words):
        return YEAR
    if not any(c.isdigit() for c in words):
        return _without_digits(words)
    if not _DATE.fullmatch(words) and not _COUNT.fullmatch(words) and value_pattern().fullmatch(words):
        return VALUE
    return UNIT if is_unit(words.strip("()[]")) and not words[0].isdigit() else TEXT


def _without_digits(words: str) -> str:
    if _special().fullmatch(words):
        return VALUE
    if _words("attribute").fullmatch(words):
        return ATTRIBUTE
    if lexicon().unit_cell.fullmatch(words) or "/" in words and is_unit(words.strip("()[]")):
        return UNIT
    if _words("wordy").match(words) and len(words) <= 20 and not _ENDS_AS_NAME.search(words) and not _name_end().search(words):
        return WORDY
    return TEXT


def year_like(words: str) -> bool:
    """A bare number that is a year when it stands in a head."""
    return bool(re.fullmatch(r"(?:19[5-9]|20[0-6])\d\s*年?", words.strip()))
