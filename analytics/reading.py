"""Reads the words of a question: each recogniser takes the longest words it knows out of the text and says what they set.

`read_text` is all that questions.py needs. The text is compared in one form (simplified, lower case); what a recogniser takes is blanked,
so
no character is understood twice. Order matters and is the order of STEPS: a metric's name goes before the words inside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analytics import registry as registries
from analytics.align import align, place_stems
from analytics.messages import load as messages
from analytics.search import find_metrics, plain
from analytics.store import ROOT

VOCABULARY = ROOT / "data" / "vocab" / "questions.toml"
SIMPLE = ("kind", "status", "level", "flow", "hedge", "state", "aggregate")
TABLES = {*SIMPLE, "sort", "compare", "after", "behind", "benchmark", "magnitude", "unit", "domain", "unsupported", "stop"}
GONE = "\x00"
DIGITS = {**{each: at for at, each in enumerate("零一二三四五六七八九")}, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
NUMERALS = "".join([*DIGITS, *TENS])
PLACE_LIKE = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:自治州|自治县|省|市|县|区|州|旗|盟)")
RELATION = {"gt": "above", "ge": "not_below", "lt": "below", "le": "not_above", "eq": "equal"}


class WordError(ValueError):
    """An entry of questions.toml that cannot be used; names file, entry and the next step."""


@dataclass(frozen=True)
class Words:
    """The vocabulary: table -> code -> words."""

    tables: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def load(cls, path: Path = VOCABULARY) -> Words:
        """The words of the file. Raises WordError for an unknown table or a word that stands twice in one table."""
        return _load(path, path.stat().st_mtime_ns)

    def pattern(self, table: str, code: str | None = None) -> str:
        """A regular expression for the words of a table, or of one of its codes, longest first."""
        chosen = self.tables[table]
        return alternation(word for name, listed in chosen.items() if code in (None, name) for word in listed)

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
                if table != "sort" and each in owner:
                    raise WordError(f"{path.name}: {table}.{code}: {each!r} stands in {owner[each]} too; keep one of them")
                owner[each] = code
    return Words({table: {code: tuple(words) for code, words in codes.items()} for table, codes in data.items()})


def alternation(words: Iterable[str]) -> str:
    """Words as one regular expression, the longest first; words in Latin letters only as whole words."""
    ordered = sorted(set(words), key=lambda each: (-len(each), each))
    return "|".join(
        rf"(?<![a-z0-9]){re.escape(each)}(?![a-z0-9])" if each[0].isascii() and each[0].isalnum() else re.escape(each) for each in ordered
    )


@dataclass
class Parts:
    """What has been read so far, and the text that is left (GONE where something was taken)."""

    left: str
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first match of the pattern in what is left, which is then blanked; None without one."""
        found = re.search(pattern, self.left) if pattern else None
        if found:
            self.left = self.left[: found.start()] + GONE * (found.end() - found.start()) + self.left[found.end() :]
        return found

    def take_all(self, pattern: str) -> list[str]:
        """Every match of the pattern, blanked."""
        texts = []
        while found := self.take(pattern):
            texts.append(found.group(0))
        return texts


@dataclass(frozen=True)
class Known:
    """What the steps look things up in."""

    words: Words
    places: pd.DataFrame
    registry: registries.Registry


def read_text(question: str, words: Words, places: pd.DataFrame, registry: registries.Registry) -> Parts:
    """Everything in a question. places: place, province, name_en of the database. `values` are fields of questions.Filters."""
    parts = Parts(plain(question).replace("?", " ").replace("。", " ").replace(",", ", "))
    parts.left = re.sub(r"(?<=\d), (?=\d{3})", ",", parts.left)
    known = Known(words, places, registry)
    for step in STEPS:
        step(parts, known)
    return parts


def unsupported(parts: Parts, known: Known) -> None:
    """Why, how to, forecasts: said to be out of reach, the rest is still read."""
    if found := parts.take_all(known.words.pattern("unsupported")):
        parts.problems.append(("unsupported", found[0]))


def metric_names(parts: Parts, known: Known) -> None:
    """Full names of metrics, every one that stands in the text."""
    names = known_names(known.registry)
    found = parts.take_all(alternation(names))
    add_metrics(parts, [names[each] for each in found])


@lru_cache(maxsize=4)
def known_names(registry: registries.Registry) -> dict[str, str]:
    """Name in the compared form -> metric id; the short form without brackets too, and what a bracket says instead of the word before
    it."""
    found: dict[str, str] = {}
    for metric in registry.metrics.values():
        for name in (metric.name_zh, metric.name_en, *metric.examples):
            text = plain(name)
            for form in (text, re.sub(r"\([^)]*\)", "", text).strip(), re.sub(r"^.*?\(([^)]+)\)", r"\1", text).strip()):
                if len(form) > 3 or (len(form) == 3 and not form.isascii()):
                    found.setdefault(form, metric.metric_id)
    return found


def add_metrics(parts: Parts, ids: Iterable[str]) -> None:
    """Put metric ids into the filters, each once, sorted."""
    every = sorted({*parts.values.get("metrics", ()), *ids})
    if every:
        parts.values["metrics"] = tuple(every)


def places(parts: Parts, known: Known) -> None:
    """Places and provinces of the database by full name, stem or English name; a province where one of the country is named."""
    table = {}
    for full, stem, english in zip(known.places["place"], place_stems(known.places["place"]), known.places["name_en"], strict=True):
        table |= dict.fromkeys([full, stem, *re.findall(r"[a-z]+", english.lower())], full)
    if found := parts.take_all(alternation(name for name in table if len(name) > 1)):
        parts.values["places"] = tuple(sorted({table[each] for each in found}))
    regions = province_names()
    if found := parts.take_all(alternation(regions)):
        parts.values["provinces"] = tuple(sorted({regions[each] for each in found}))


@lru_cache(maxsize=1)
def province_names() -> dict[str, str]:
    """Full name, stem and English name of every province -> full name."""
    table = {}
    for code, entry in messages().items():
        if code.startswith("region.") and entry["zh"] != "全国":
            table |= dict.fromkeys([entry["zh"], place_stems(pd.Series([entry["zh"]]))[0], entry["en"].lower()], entry["zh"])
    return table


def relation(parts: Parts, known: Known) -> None:
    """Above, below or equal to the nation or the province: 高于全国, 与全国持平, below the province."""
    benchmark, compare, behind = (known.words.pattern(table) for table in ("benchmark", "compare", "behind"))
    found = parts.take(
        rf"(?P<compare>{compare})\s*(?:than\s+|to\s+)?(?:that of\s+)?(?:the\s+)?(?P<benchmark>{benchmark})(?:目标|水平|平均)?"
    )
    code = known.words.code("compare", found["compare"]) if found else None
    if not found:
        found = parts.take(rf"(?:与|和|同)?(?P<benchmark>{benchmark})(?:目标|水平|平均)?(?P<behind>{behind})")
        code = known.words.code("behind", found["behind"]) if found else None
    if found and code:
        parts.values |= {"relation": RELATION[code], "benchmark": known.words.code("benchmark", found["benchmark"])}


def value(parts: Parts, known: Known) -> None:
    """A number with a comparison: 超过5万件, at least 95%, 95%以上, between 80 and 90."""
    magnitude, unit = known.words.pattern("magnitude"), known.words.pattern("unit")

    def amount(at: int) -> str:
        return rf"(?P<digits{at}>\d+(?:,\d{{3}})*(?:\.\d+)?|[{NUMERALS}]+)\s*(?P<magnitude{at}>{magnitude})?\s*(?P<unit{at}>{unit})?"

    spans = [rf"(?:between|from)\s+{amount(1)}\s+(?:and|to)\s+{amount(2)}", rf"在?{amount(1)}\s*(?:到|至|-|—|~)\s*{amount(2)}\s*之间"]
    for pattern in spans:
        if found := parts.take(pattern):
            low, high = (figure(found[f"digits{at}"], found[f"magnitude{at}"], known) for at in (1, 2))
            set_value(parts, known, "range", low, found["unit2"] or found["unit1"], high)
            return
    before = rf"(?P<compare>{known.words.pattern('compare')})\s*(?:than\s+|to\s+)?{amount(1)}"
    before += rf"(?:[件家项个名]?(?:{known.words.pattern('after')}))?"
    after = rf"{amount(1)}[件家项个名]?(?P<compare>{known.words.pattern('after')})"
    for table, pattern in (("compare", before), ("after", after)):
        if found := parts.take(pattern):
            set_value(
                parts,
                known,
                known.words.code(table, found["compare"]),
                figure(found["digits1"], found["magnitude1"], known),
                found["unit1"],
            )
            return


def figure(digits: str, magnitude: str | None, known: Known) -> float:
    """The number that digits (or numerals such as 五十) and a magnitude (万, thousand) make."""
    plain_number = float(digits.replace(",", "")) if digits[0].isdigit() else float(numeral(digits))
    return plain_number * (int(known.words.code("magnitude", magnitude)) if magnitude else 1)


def numeral(text: str) -> int:
    """A Chinese numeral below ten thousand: 五十 is 50, 十二 is 12, 三百零五 is 305."""
    total, digit = 0, 0
    for each in text:
        if each in TENS:
            total, digit = total + (digit or 1) * TENS[each], 0
        else:
            digit = DIGITS[each]
    return total + digit


def set_value(parts: Parts, known: Known, comparator: str, low: float, unit: str | None, high: float | None = None) -> None:
    """Put a comparison into the filters."""
    parts.values |= {"comparator": comparator, "value": low}
    parts.values |= {"unit": known.words.code("unit", unit)} if unit else {}
    parts.values |= {"value_max": high} if high is not None else {}


def year(parts: Parts, known: Known) -> None:
    """A year; of several the last, which is the one a target is due."""
    if found := parts.take_all(r"(?<!\d)(?:19|20)\d\d(?!\d)年?"):
        parts.values["year"] = max(int(each[:4]) for each in found)


def order(parts: Parts, known: Known) -> None:
    """Highest first, the lowest, the top three."""
    first = known.words.pattern("sort", "first")
    top = parts.take(rf"(?:{first})\s*(\d+|[一二三四五六七八九十])\s*[个名位]?")
    count = int(top[1]) if top and top[1].isdigit() else "一二三四五六七八九十".index(top[1]) + 1 if top else None
    ways = {code: known.words.tables["sort"][code] for code in ("desc", "asc")}
    found = parts.take(alternation(each for listed in ways.values() for each in listed))
    if found:
        parts.values["sort"] = next(code for code, listed in ways.items() if found[0] in listed)
        whole = found[0] in known.words.tables["sort"]["whole"]
        parts.values |= {} if whole and count is None else {"limit": count or 1}
    elif count:
        parts.values |= {"sort": "desc", "limit": count}


def simple(parts: Parts, known: Known) -> None:
    """Words that set one field each, the longest first whatever they set; two different kinds (a target below its baseline) cancel out."""
    tables = known.words.tables
    owner = {each: (table, code) for table in SIMPLE for code, listed in tables[table].items() for each in listed}
    found: dict[str, set[str]] = {}
    for each in parts.take_all(alternation(owner)):
        table, code = owner[each]
        found.setdefault(table, set()).add(code)
        # "number of targets" counts, and says what.
        inner = re.search(known.words.pattern("kind"), each) if table == "aggregate" else None
        if inner:
            found.setdefault("kind", set()).add(known.words.code("kind", inner[0]))
    for table, codes in found.items():
        if len(codes) == 1:
            code = codes.pop()
            parts.values[table] = code == "true" if table == "hedge" else code
    if "state" in parts.values:
        parts.values.pop("kind", None)


def remainder(parts: Parts, known: Known) -> None:
    """What is left beside the words without weight: other wordings of metrics, domains, words of names, and places that no plan is of."""
    domains = known.words.tables["domain"]
    parts.take_all(known.words.pattern("benchmark", "province") if "benchmark" not in parts.values else "")
    parts.left = re.sub(known.words.pattern("stop", "en"), lambda found: " " * len(found[0]), parts.left)
    whole_left = parts.left
    for chunk in chunks(whole_left, known):
        owner = next((code for code, listed in domains.items() if chunk in listed), None)
        if owner and "metrics" not in parts.values:
            parts.values["domain"] = owner
        elif not owner and not metric_chunk(chunk, parts, known):
            parts.ignored += unknown(chunk, parts)
    if parts.ignored:
        parts.problems.append(("not_understood", ", ".join(parts.ignored)))


def chunks(left: str, known: Known) -> list[str]:
    """Runs of text between blanks: Chinese without words that carry nothing, English with its words together."""
    stop = known.words.pattern("stop", "zh")
    found = []
    for run in re.split(rf"[{GONE},.;:!、,;:!()'\"]+", left):
        found += [piece for chinese in re.findall(r"[\u4e00-\u9fff]+", run) for piece in re.split(stop, chinese) if len(piece) > 1]
        if latin := re.findall(r"[a-z][a-z0-9\-]*", run):
            found.append(" ".join(latin))
    return found


def metric_chunk(chunk: str, parts: Parts, known: Known) -> bool:
    """Metrics for a wording: by alignment, else by the names that hold its words; words that name nothing are ignored."""
    if aligned := aligned_metrics(chunk, known.registry):
        add_metrics(parts, aligned)
        return True
    return words_of_english_names(chunk, parts, known.registry) if chunk[0].isascii() else words_of_names(chunk, parts, known.registry)


def words_of_english_names(chunk: str, parts: Parts, registry: registries.Registry) -> bool:
    """Metrics whose English names hold the words, the rarest word first; a word that would leave none is ignored. False where no word is
    in a name."""
    found = {
        each: {hit.metric_id for hit in find_metrics(each, registry, limit=1000) if hit.how in ("name", "words", "initials")}
        for each in chunk.split(" ")
    }
    chosen: set[str] = set()
    left = []
    for each, hits in sorted(found.items(), key=lambda item: len(item[1])):
        narrowed = hits & chosen if chosen else hits
        chosen, left = (narrowed, left) if narrowed else (chosen, [*left, each])
    add_metrics(parts, chosen)
    parts.ignored += tuple(each for each in chunk.split(" ") if each in left) if chosen else ()
    return bool(chosen)


def aligned_metrics(chunk: str, registry: registries.Registry) -> list[str]:
    """The metric that a statement of that name would get in one of the usual units, if it is one only."""
    if chunk[0].isascii() or len(chunk) < 4:
        return []
    units = ["%", "项", "家", "个", "件", "分", "人"]
    frame = pd.DataFrame({"indicator": chunk, "unit": units, "flow": "unspecified", "kind": "target", "value": 1.0})
    found = set(align(frame, registry)["metric_id"].dropna())
    return sorted(found) if len(found) == 1 else []


def words_of_names(chunk: str, parts: Parts, registry: registries.Registry) -> bool:
    """Metrics whose names hold the longest pieces of a Chinese chunk; each further piece narrows the choice. False where no piece is in a
    name."""
    names = {metric_id: plain(metric.name_zh) for metric_id, metric in registry.metrics.items()}
    chosen: set[str] = set()
    left = chunk
    for size in range(len(chunk), 1, -1):
        for at in range(len(chunk) - size + 1):
            piece = chunk[at : at + size]
            hits = {metric_id for metric_id, name in names.items() if piece in name and left.find(piece) >= 0}
            hits = hits & chosen if chosen else hits
            if hits:
                chosen, left = hits, left.replace(piece, GONE)
    add_metrics(parts, chosen)
    parts.ignored += tuple(piece for piece in left.split(GONE) if chosen and len(piece) > 1)
    return bool(chosen)


def unknown(chunk: str, parts: Parts) -> tuple[str, ...]:
    """A place that no plan is of becomes a problem of its own; anything else is ignored and said so."""
    if PLACE_LIKE.fullmatch(chunk):
        parts.problems.append(("unknown_place", chunk))
        return ()
    return (chunk,)


STEPS: tuple[Callable[[Parts, Known], None], ...] = (unsupported, metric_names, places, relation, value, year, order, simple, remainder)
