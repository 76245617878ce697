"""Sentences of the analyses, in Chinese and English, from `data/vocab/findings.toml`, and numbers as readers write them.

    say("choice.kind", "zh")                          # one sentence
    both("title.same", {"zh": {...}, "en": {...}})    # (sentence_zh, sentence_en)
    amount("ge", "98.5", None, "%", "en")             # '≥98.5%'

Every entry holds exactly `zh` and `en` with the same placeholders, or loading refuses it. A word that depends on a number gives both of
its forms: `{n} {n:plan|plans}`.
"""

from __future__ import annotations

import math
import re
import string
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from itertools import repeat
from pathlib import Path
from typing import Any

import pandas as pd

from etl.lexicon import amount_of
from etl.vocab import load as units_of_plans

VOCABULARY = Path(__file__).resolve().parent.parent / "data" / "vocab" / "findings.toml"
LANGUAGES = ("zh", "en")
OPERATORS = {"ge": "≥", "gt": ">", "eq": "", "le": "≤", "lt": "<", "approx": "≈", "range": ""}
PAIR = re.compile(r"(.+)\((.+)\)")
SHARE = re.compile(r"(?P<head>.*)/(?P<size>(?:10{0,3})?[十百千万亿]*)(?P<each>[^/]*)")


class MessageError(ValueError):
    """An entry of the message file that cannot be used; names file, entry and the next step."""


@lru_cache(maxsize=4)
def load(path: Path = VOCABULARY) -> dict[str, dict[str, str]]:
    """Flat code -> {zh, en}: the tables of the file joined by dots. Raises MessageError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MessageError(f"{path}: the file is missing; restore it from the repository") from error
    except tomllib.TOMLDecodeError as error:
        raise MessageError(f"{path}: not valid TOML ({error}); correct that line") from error
    return dict(_flatten(path, "", data))


def _flatten(path: Path, prefix: str, data: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    for name, entry in data.items():
        code = f"{prefix}{name}"
        if not isinstance(entry, dict):
            raise MessageError(f"{path.name}: {code}: {entry!r} is no table; give it zh and en")
        if not any(isinstance(value, dict) for value in entry.values()):
            found.append((code, _entry(path, code, entry)))
        else:
            found.extend(_flatten(path, f"{code}.", entry))
    return found


def _entry(path: Path, code: str, entry: Mapping[str, str]) -> dict[str, str]:
    if set(entry) != set(LANGUAGES):
        raise MessageError(f"{path.name}: {code}: keys {', '.join(sorted(entry))}; give it exactly zh and en")
    first, second = (placeholders(entry[lang]) for lang in LANGUAGES)
    if first != second:
        raise MessageError(f"{path.name}: {code}: zh and en hold different placeholders {sorted(first ^ second)}; use the same in both")
    return dict(entry)


def placeholders(template: str) -> set[str]:
    """Names of the placeholders of a template; those that only choose between two forms of a word are no part of what it says."""
    return {name for _, name, form, _ in string.Formatter().parse(template) if name and "|" not in (form or "")}


class _Counting(string.Formatter):
    """str.format, where {n:plan|plans} is the form of the word that goes with the number n."""

    def format_field(self, value: Any, form: str) -> str:
        return by_number(value, form) if "|" in form else super().format_field(value, form)


_COUNTING = _Counting()


def by_number(number: object, forms: str) -> str:
    """`plan` of "plan|plans" for 1, else `plans`; a word with one form stays as it is."""
    one, _, many = forms.partition("|")
    return one if str(number) == "1" or not many else many


def filled(template: str, values: Mapping[str, Any]) -> str:
    """A template with its placeholders filled."""
    return _COUNTING.vformat(template, (), values) if "|" in template else template.format(**values)


def say(code: str, lang: str, **values: Any) -> str:
    """The sentence of `code` with its placeholders filled. Raises MessageError for a code that the file lacks."""
    messages = load()
    if code not in messages:
        raise MessageError(f"{VOCABULARY.name}: no entry {code!r}; add it with zh and en")
    return filled(messages[code][lang], values)


def both(code: str, zh: Mapping[str, Any], en: Mapping[str, Any]) -> tuple[str, str]:
    """The sentence in Chinese and in English, each with its own values."""
    return say(code, "zh", **zh), say(code, "en", **en)


def fill(code: str | pd.Series, lang: str, columns: Mapping[str, pd.Series | str]) -> pd.Series:
    """The sentence of `code` (one for all rows, or a column of codes) for many rows at once: each placeholder is a column of text, or one
    text for all. Needs one column at least."""
    index = next(column.index for column in columns.values() if isinstance(column, pd.Series))
    codes = [code] * len(index) if isinstance(code, str) else code.tolist()
    templates = {one: list(string.Formatter().parse(load()[one][lang])) for one in set(codes)}
    wanted = {name for pieces in templates.values() for _, name, _, _ in pieces if name}
    texts = {name: [columns[name]] * len(index) if isinstance(columns[name], str) else as_text(columns[name]) for name in wanted}
    sentences = []
    for at, one in enumerate(codes):
        pieces = []
        for literal, name, form, _ in templates[one]:
            pieces.append(literal)
            if name:
                pieces.append(by_number(texts[name][at], form) if "|" in form else texts[name][at])
        sentences.append("".join(pieces))
    return pd.Series(sentences, index=index, dtype="str")


def as_text(column: pd.Series) -> list[str]:
    """The cells of a column as text, "" where there is nothing."""
    return column.astype("str").fillna("").tolist()


def amounts(frame: pd.DataFrame, lang: str, prefix: str = "") -> pd.Series:
    """`amount` of every row, from the columns comparator, value_exact, unit and, where there is one, value_max_exact (each behind
    `prefix`)."""
    names = [f"{prefix}comparator", f"{prefix}exact" if prefix else "value_exact", f"{prefix}unit"]
    most = frame["value_max_exact"].tolist() if not prefix and "value_max_exact" in frame else repeat(None, len(frame))
    found: dict[tuple, str] = {}
    texts = []
    for comparator, value, unit, upper in zip(*(frame[name].tolist() for name in names), most, strict=True):
        row = text_or_none(comparator), text_or_none(value) or "", text_or_none(upper), text_or_none(unit) or ""
        if row not in found:
            found[row] = amount(*row, lang)
        texts.append(found[row])
    return pd.Series(texts, index=frame.index, dtype="str")


def code_words(codes: pd.Series, lang: str) -> pd.Series:
    """Reason codes "method;scope" in words: 方法、范围 / method, scope."""
    comma = "、" if lang == "zh" else ", "
    words = {text: comma.join(word("code", code, lang) for code in text.split(";") if code) for text in codes.unique()}
    return codes.map(words).astype("str")


def text_or_none(value: Any) -> str | None:
    """A cell of a frame as text, None where it is empty."""
    return value if isinstance(value, str) else None


def word(group: str, code: str, lang: str) -> str:
    """A short word such as `kind.target`; the code itself where the file has none (a code from a newer build)."""
    entry = load().get(f"{group}.{code}")
    return entry[lang] if entry else code


def group(name: str) -> dict[str, dict[str, str]]:
    """Code -> {zh, en} of the words of a group."""
    return {code.removeprefix(f"{name}."): entry for code, entry in load().items() if code.startswith(f"{name}.")}


def amount(comparator: str | None, value: str, value_max: str | None, unit: str, lang: str) -> str:
    """A number with operator and unit: '≥98.5%', '>6.5万件' / '>65,000 items', '1—3项' / '1–3 items'. Values are exact decimal texts."""
    numbers = [number(text, lang) for text in (value, value_max) if text]
    joined = ("—" if lang == "zh" else "–").join(numbers)
    return OPERATORS.get(comparator or "eq", "") + joined + unit_of(unit, lang, joined)


def computed(value: float) -> str:
    """A computed number as the exact text that `amount` takes: one decimal from a hundred on, else two; below a tenth two digits that
    count, since 3 prizes for 8.8 million people are not 0 for 10,000."""
    size = abs(value)
    decimals = 1 if size >= 100 else 1 - math.floor(math.log10(size)) if 0 < size < 0.1 else 2
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".")


def step(value: float, unit: str, lang: str) -> str:
    """A computed yearly step with its unit, that of a share in percentage points: 6759.6件, 0.5个百分点."""
    return amount("eq", computed(value), None, "个百分点" if unit == "%" else unit, lang)


def number(text: str, lang: str) -> str:
    """An exact decimal text with 万 (zh, from 10,000 where nothing is lost beyond two decimals) or thousands separators (en)."""
    whole, _, fraction = text.partition(".")
    digits = whole.lstrip("-")
    if lang == "zh" and not fraction and len(digits) > 4 and digits.endswith("00"):
        return f"{whole[:-4]}.{whole[-4:]}".rstrip("0").rstrip(".") + "万"
    grouped = f"{int(whole):,}" if len(digits) > 4 or lang == "en" else whole
    return grouped + (f".{fraction}" if fraction else "")


def unit_of(unit: str, lang: str, number: str = "") -> str:
    """A unit as written behind a number, or behind numbers in general; in English a word after a blank, the Chinese unit where no word is
    known."""
    if lang == "zh" or unit in ("", "%", "‰"):
        return unit
    return " " + (english(unit, number) or unit)


def english(unit: str, number: str) -> str | None:
    """The word for a unit; "items/persons" for 个(人), "persons per 10,000 households" for 人/万户. None where a part of it has none."""
    if word := _unit_words()[0].get(unit):
        return by_number(number, word)
    if pair := PAIR.fullmatch(unit):
        words = [english(part, number) for part in pair.groups()]
        return "/".join(words) if all(words) else None
    share = SHARE.fullmatch(unit)
    head = english(share["head"], number) if share and share["head"] else ""
    if not share or head is None or not (share["each"] or share["size"]):
        return None
    size, base, known = int(amount_of(share["size"]) or 1), share["each"], _unit_words()[1]
    if share["size"] + base in known:  # 千克 is a unit, not a thousand 克
        size, base = 1, share["size"] + base
    each = known.get(base, "")
    if base and not each:
        return None
    return " ".join(word for word in [head, "per", rounded(size) if size > 1 else "", by_number(size, each)] if word)


@lru_cache(maxsize=1)
def _unit_words() -> tuple[dict[str, str], dict[str, str]]:
    """English for units behind a number, and under a stroke, from units.toml: "item|items" behind one and behind more."""
    units = units_of_plans("units")["unit"]
    behind = {entry["name"]: entry["en"] for entry in units if "en" in entry and entry["kind"] != "base"}
    return behind, {entry["name"]: entry.get("under", entry.get("en", "")) for entry in units}


def rounded(size: int) -> str:
    """A power of ten in English: 10,000, 1 million, 10 billion."""
    at, name = next((at, name) for at, name in ((10**9, " billion"), (10**6, " million"), (1, "")) if size >= at)
    return f"{size // at:,}{name}"


def listing(names: list[str], lang: str, most: int = 6) -> str:
    """Names in a row: 日照市、烟台市等9个 / Rizhao, Yantai and 7 more."""
    head = ("、" if lang == "zh" else ", ").join(names[:most])
    if len(names) <= most:
        return head
    return f"{head}等{len(names)}个" if lang == "zh" else f"{head} and {len(names) - most} more"
