"""Reads the words of a question: each recogniser takes the longest words it knows out of the text and notes what they say.

`read_text` is all that questions.py needs. The text is compared in one form (simplified, lower case). Order matters and is the order of
STEPS: a metric's name goes before the words inside it, a comparison before the bare number; what is denied or left out is decided last,
when everything it may refer to is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from analytics import registry as registries
from analytics.conditions import attribute, order, per_head, places, ranks, relation, shared, together, value, year
from analytics.phrases import GONE, SIMPLE, Known, Parts, Words, alternation, plain
from analytics.polarity import cues, settle
from analytics.wordings import aligned_metrics, chunk_metrics, heard, metric_names

PLACE_LIKE = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:自治州|自治县|省|市|县|区|州|旗|盟)")
# Of a question: marks that end it, English short forms, and 是不是 and its like, which carry nothing.
SHORT = ((r"n['’]t\b", " not"), (r"\bca not\b", "cannot"), (r"\bwo not\b", "will not"), (r"['’]s\b", "  "), (r"s['’](?=\s)", "s "))
WHETHER = re.compile(r"([\u4e00-\u9fff])[不没]\1")


def read_text(question: str, words: Words, places: pd.DataFrame, registry: registries.Registry) -> Parts:
    """Everything in a question. places: place, province, name_en of the database. `values` are fields of filters.Filters."""
    parts = Parts(prepared(question, words))
    known = Known(words, places, registry)
    for step in STEPS:
        step(parts, known)
    return parts


def prepared(question: str, words: Words) -> str:
    """The question in the compared form."""
    for pattern, instead in SHORT:
        question = re.sub(pattern, instead, question, flags=re.IGNORECASE)
    text = re.sub(r"[?。!?!]", " ", plain(question)).replace(",", ", ")
    text = re.sub(r"(?<=\d), (?=\d{3})", ",", text)
    text = re.sub(words.pattern("whether"), " ", text)
    return WHETHER.sub(r"\1", text)


def unsupported(parts: Parts, known: Known) -> None:
    """Why, how to, forecasts: said to be out of reach, the rest is still read; conditions such as unless are never left out in silence."""
    for code, problem in (("plans", "documents"), ("refused", "condition"), ("words", "unsupported")):
        for found in parts.take_all(known.words.pattern("unsupported", code)):
            parts.problem(problem, found[0])


def simple(parts: Parts, known: Known) -> None:
    """Words that say one field each, the longest first whatever they say."""
    tables = known.words.tables
    owner = {each: (table, code) for table in SIMPLE for code, listed in tables[table].items() for each in listed}
    for found in parts.take_all(alternation(tuple(owner))):
        table, code = owner[found[0]]
        parts.note(table, [True if table == "hedge" else code], found.start(), found.end())
        # "number of targets" counts, and says what.
        if table == "aggregate" and (inner := re.search(known.words.pattern("kind"), found[0])):
            parts.note("kind", [known.words.code("kind", inner[0])], found.start() + inner.start(), found.end())


def remainder(parts: Parts, known: Known) -> None:
    """What is left between the words that carry nothing: other wordings of metrics, domains, and places that no plan is of."""
    parts.take_all(known.words.pattern("benchmark", "province") if "benchmark" not in parts.values else "")
    if "benchmark" not in parts.values:
        for found in parts.take_all(known.words.pattern("benchmark", "nation")):
            parts.ignored += (found[0],)
            parts.note("ignored", [found[0]], found.start(), found.end())
    if any(not chunk.isascii() for chunk, *_ in chunks(parts.left, known)):
        heard(parts, known)
    idle = known.words.pattern("idle")
    for chunk, start, end in joined(chunks(parts.left, known), parts, known):
        if not re.fullmatch(rf"(?:(?:{idle})\s*)+", chunk):
            _read_chunk(chunk, start, end, parts, known)
        parts.blank(start, end)
    if parts.ignored:
        parts.problem("not_understood", ", ".join(parts.ignored))


def _read_chunk(chunk: str, start: int, end: int, parts: Parts, known: Known) -> None:
    owner = next((code for code, listed in known.words.tables["domain"].items() if chunk in listed), None)
    found = None if owner else chunk_metrics(chunk, known)
    named = any(each.field == "metrics" for each in parts.found)
    if owner:
        parts.note("domain", [owner], start, end)
    elif found and (found.whole or not named or in_list(start, end, parts, known)):
        parts.note("metrics", found.metrics, start, end)
        parts.ignored += tuple(each for each in found.left if len(each) > 1)
    elif PLACE_LIKE.fullmatch(chunk):
        parts.problem("unknown_place", chunk)
    else:
        parts.ignored += (chunk,)
        parts.note("ignored", [chunk], start, end)


def in_list(start: int, end: int, parts: Parts, known: Known) -> bool:
    """Whether a join stands beside a stretch: beside the name of a metric, words of names are another metric only in a list."""
    joins = known.words.pattern("and")
    return bool(re.search(rf"(?:{joins})\s*$", parts.text[:start]) or re.match(rf"\s*(?:{joins})", parts.text[end:]))


def joined(found: list[tuple[str, int, int]], parts: Parts, known: Known) -> list[tuple[str, int, int]]:
    """Runs with those that only 的 parts from them, where both together are a wording: 农产品的抽检合格率."""
    whole: list[tuple[str, int, int]] = []
    for chunk, start, end in found:
        before = whole[-1] if whole else None
        if before and parts.left[before[2] : start] == "的" and aligned_metrics(before[0] + chunk, known.registry):
            whole[-1] = (before[0] + chunk, before[1], end)
        else:
            whole.append((chunk, start, end))
    return whole


def chunks(left: str, known: Known) -> list[tuple[str, int, int]]:
    """(text, start, end) of the runs between blanks and words that carry nothing: Chinese by itself, English up to a join."""
    marks = rf"[{GONE},.;:!、,;:!()'\"/]+"
    found = []
    for run in re.finditer(rf"(?:(?!{marks}).)+", left):
        for piece in re.finditer(r"[\u4e00-\u9fff]+", run[0]):
            found += _chinese(piece[0], run.start() + piece.start(), known)
        english = re.sub(r"[\u4e00-\u9fff]", GONE, run[0])
        joins = known.words.pattern("and", "words")
        for piece in re.finditer(rf"(?:(?!{GONE}|\s(?:{joins})\s).)+", english):
            bare = re.sub(known.words.pattern("stop", "en"), lambda each: " " * len(each[0]), piece[0])
            kept = list(re.finditer(r"[a-z][a-z0-9&\-]*", bare))
            if kept:
                at = run.start() + piece.start()
                found.append((" ".join(each[0] for each in kept), at + kept[0].start(), at + kept[-1].end()))
    return found


def _chinese(text: str, at: int, known: Known) -> list[tuple[str, int, int]]:
    """The pieces of a Chinese run; it stays whole where it is a wording of a metric, whatever words that carry nothing stand in it."""
    stop = known.words.pattern("stop", "zh")
    head = re.match(rf"(?:{stop})*", text).end()
    core = re.sub(rf"(?:{stop})+$", "", text[head:])
    if len(core) > 1 and aligned_metrics(core, known.registry):
        return [(core, at + head, at + head + len(core))]
    return _between(text, at, stop)


def _between(text: str, at: int, stop: str) -> list[tuple[str, int, int]]:
    pieces, reached = [], 0
    for each in [*re.finditer(stop, text), None]:
        end = each.start() if each else len(text)
        if end - reached > 1:
            pieces.append((text[reached:end], at + reached, at + end))
        reached = each.end() if each else end
    return pieces


STEPS: tuple[Callable[[Parts, Known], None], ...] = (
    metric_names, relation, places, shared, ranks, year, attribute, value, order, per_head, together, unsupported, simple, cues,
    remainder, settle,
)
