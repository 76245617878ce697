"""Metrics in the words of a question: by name, by other words for it, by alignment, by what a slip of the pen left of a name, by the words
that names hold.

An exact name goes before its parts. `metric_names` takes what is a name; `chunk_metrics` reads what is left between the words that carry
nothing, and says which of it belongs to no metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from analytics import registry as registries
from analytics.align import matcher_for, normalise
from analytics.phrases import GONE, Known, Parts, alternation, plain
from analytics.search import syllables
from analytics.synonyms import canonical
from analytics.synonyms import load as synonyms

UNITS = ("%", "项", "家", "个", "件", "分", "人", "批次/千人", "件/万人", "万元", "名")
# What a short wording leaves out: 药品抽检 asks for its 合格率.
ENDS = ("", "合格率", "率", "覆盖率", "满意度", "企业", "数")
LEAST = 4
ENDINGS = ("ations", "ation", "ings", "ing", "ured", "ures", "ure", "ies", "ied", "ers", "ed", "es", "er", "al", "ion", "s", "y")


@dataclass(frozen=True)
class Reading:
    """Metrics for a wording, and the words of it that belong to none of them."""

    metrics: tuple[str, ...]
    left: tuple[str, ...] = ()
    whole: bool = False  # a name or a wording of its own, not words of names


def metric_names(parts: Parts, known: Known) -> None:
    """Names of metrics and other words for them, every one that stands in the text, the longest first."""
    names = known_names(known.registry)
    for found in parts.take_all(alternation(tuple(names))):
        parts.note("metrics", names[found[0]], found.start(), found.end())


@lru_cache(maxsize=4)
def known_names(registry: registries.Registry) -> dict[str, tuple[str, ...]]:
    """Name in the compared form -> metric ids: Chinese and English names and examples, without brackets too, what a bracket says instead of
    the word before it, and the other words of data/vocab/synonyms.toml; of these a part of several names stands for all of them."""
    found: dict[str, tuple[str, ...]] = {}
    for metric in registry.metrics.values():
        for name in (metric.name_zh, metric.name_en, *metric.examples):
            for form in _forms(plain(name)):
                if len(form) > 3 or (len(form) == 3 and not form.isascii()):
                    found.setdefault(form, (metric.metric_id,))
    own = {metric_id: plain(metric.name_zh) for metric_id, metric in registry.metrics.items()}
    for other, name in synonyms().items():
        wanted = plain(name)
        ids = found.get(wanted) or tuple(sorted(metric_id for metric_id, each in own.items() if wanted in each))
        if ids:
            found[plain(other)] = ids
    return found


def _forms(text: str) -> tuple[str, ...]:
    bare = re.sub(r"\([^)]*\)", "", text).strip()
    plural = bare + "s" if bare.isascii() and not bare.endswith("s") else bare
    return text, bare, re.sub(r"^.*?\(([^)]+)\)", r"\1", text).strip(), plural


def chunk_metrics(chunk: str, known: Known) -> Reading | None:
    """Metrics for a wording, None where none of it is in a name."""
    if chunk[0].isascii():
        return english_words(chunk, known)
    text = canonical(chunk)
    if aligned := aligned_metrics(text, known.registry):
        return Reading(aligned, whole=True)
    if near := misspelt(text, known.registry):
        return Reading(near, whole=True)
    return chinese_words(text, known)


def heard(parts: Parts, known: Known) -> None:
    """Names that sound as they should and are written with other characters: 食品抽检合各率. Words that carry nothing may stand in them, so
    they are looked for before those are taken out."""
    every = known_names(known.registry)
    names = [name for name in every if len(name) >= LEAST and re.fullmatch(r"[\u4e00-\u9fff]+", name)]
    for run in re.finditer(r"[\u4e00-\u9fff]{4,}", parts.left):
        # A slip leaves most characters as they are; only names that share them are worth sounding out.
        near = [name for name in names if len(name) <= len(run[0]) and 2 * sum(each in run[0] for each in name) >= len(name)]
        if not near:
            continue
        sound = "".join(f" {each}" for each in syllables(run[0])) + " "
        found = [name for name in near if f" {' '.join(syllables(name))} " in sound]
        if found:
            name = max(found, key=len)
            at = run.start() + sound[: sound.index(f" {' '.join(syllables(name))} ")].count(" ")
            parts.note("metrics", every[name], at, at + len(name))
            parts.blank(at, at + len(name))


def aligned_metrics(chunk: str, registry: registries.Registry) -> tuple[str, ...]:
    """The metrics that statements of that name would get in one of the usual units, with as little added to it as will do."""
    if len(chunk) < LEAST:
        return ()
    matcher = matcher_for(registry)
    for end in ENDS:
        mask, residue = matcher.read(normalise([chunk + end])[0], "")
        if residue:
            continue
        found = {matcher.decide(mask, residue, "target", unit, "unspecified")[0] for unit in UNITS} - {None}
        if found:
            return tuple(sorted(found)) if len(found) == 1 else ()
    return ()


def misspelt(chunk: str, registry: registries.Registry) -> tuple[str, ...]:
    """The metric whose name has one other character in a place, one more or less, or two turned round."""
    if len(chunk) < LEAST:
        return ()
    names = {name: ids for name, ids in known_names(registry).items() if not name.isascii() and len(name) >= LEAST}
    near = process.extract(chunk, list(names), scorer=OSA.distance, score_cutoff=1, limit=3)
    ids = {names[name] for name, *_ in near if len(name) > LEAST and same_level(name, chunk)}
    return ids.pop() if len(ids) == 1 else ()


def same_level(name: str, chunk: str) -> bool:
    """Whether two wordings differ in no character that makes another thing of it: 省级 and 市级, 国家 and 国际, 不合格 and 合格."""
    marks = "国省市县区际级不非无大中小新一二三四五六七八九十"
    return sorted(each for each in name if each in marks) == sorted(each for each in chunk if each in marks)


def chinese_words(chunk: str, known: Known) -> Reading | None:
    """Metrics whose names hold the longest pieces of a chunk; each further piece narrows the choice. None where only
    words that many names share are in one."""
    names = {metric_id: plain(metric.name_zh) for metric_id, metric in known.registry.metrics.items()}
    common = known.words.tables["common"]["zh"]
    chosen: set[str] = set()
    left, telling = chunk, False
    for size in range(len(chunk), 1, -1):
        for at in range(len(chunk) - size + 1):
            piece = chunk[at : at + size]
            hits = {metric_id for metric_id, name in names.items() if piece in name and piece in left}
            hits = hits & chosen if chosen else hits
            if hits:
                chosen, left, telling = hits, left.replace(piece, GONE), telling or piece not in common
    if not telling or len(left.replace(GONE, "")) > len(chunk) / 2:
        return None  # 城镇登记失业率 is none of 城镇污水处理率
    # 药品抽检 asks for no 不合格处置率, and 不达标 for no 达标率.
    straight = {metric_id for metric_id in chosen if ("不" in names[metric_id]) == ("不" in chunk)}
    if not straight and "不" in chunk:
        return None
    return Reading(tuple(sorted(straight or chosen)), tuple(piece for piece in left.split(GONE) if piece))


@lru_cache(maxsize=4)
def english_names(registry: registries.Registry, common: frozenset[str]) -> dict[str, dict[str, frozenset[str]]]:
    """Stem of a word -> metric id -> the stems that tell its name from others."""
    table: dict[str, dict[str, frozenset[str]]] = {}
    for metric_id, metric in registry.metrics.items():
        stems = {stem(each) for each in re.findall(r"[a-z0-9&.]+", plain(metric.name_en))}
        telling = stems - common
        for each in stems:
            table.setdefault(each, {})[metric_id] = telling
    return table


def stem(word: str) -> str:
    """A word without its ending: manufactured and manufacturing are one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word.removesuffix("s") if len(word) > 3 else word


def english_words(chunk: str, known: Known) -> Reading | None:
    """Metrics whose English names hold most of the words; where the words are just those that tell a name from others, that name alone. A
    word with a slip in it counts as those that it is near to."""
    common = frozenset(map(stem, known.words.tables["common"]["en"]))
    measures = frozenset(map(stem, known.words.tables["measure"]["en"]))
    table = english_names(known.registry, common)
    words = re.findall(r"[a-z0-9&.]+", chunk)
    near = {each: _near(stem(each), table) for each in words}
    weights: dict[str, int] = {}
    for each in words:
        for form, weight in near[each].items():
            for metric_id in table[form]:
                weights[metric_id] = weights.get(metric_id, 0) + (1 if form in common else weight)
    most = max(weights.values(), default=0)
    chosen = {metric_id for metric_id, weight in weights.items() if weight == most}
    left = [each for each in words if not any(chosen & set(table[form]) for form in near[each])]
    telling = [each for each in words if near[each] and not common & set(near[each])]
    used = [each for each in telling if each not in left]
    unknown = [each for each in left if not common & set(near[each])]
    measured = not unknown and bool(measures & {form for each in words for form in near[each]})
    if not chosen or not (used or measured) or len(unknown) > len(used):
        return None
    exact = {each for each in chosen if used and all(any(each in table[form] for form in near[word]) for word in used)
             and len(_telling(each, near, used, table)) == 0}
    return Reading(tuple(sorted(exact or chosen)), tuple(left))


def _telling(
    metric_id: str, near: dict[str, dict[str, int]], used: list[str], table: dict[str, dict[str, frozenset[str]]]
) -> frozenset[str]:
    """Of the words that tell a name from others, those that were not used."""
    forms = {form for word in used for form in near[word]}
    telling = next(names[metric_id] for names in table.values() if metric_id in names)
    return telling - forms


def _near(word: str, table: Iterable[str]) -> dict[str, int]:
    """The stems that a word may stand for, with their weight: itself, and those that a slip of the pen makes of it."""
    found = {word: 4} if word in table else {}
    if len(word) >= 5:
        for form, *_ in process.extract(word, list(table), scorer=OSA.distance, score_cutoff=1 if len(word) < 8 else 2, limit=4):
            if form[0] == word[0] and len(form) >= 5:
                found.setdefault(form, 3)
    return found


def chinese_wordings(words: str, metrics: Iterable[str], registry: registries.Registry) -> tuple[str, ...]:
    """What a metric, asked for by its English name, is called in Chinese: what the table of other words says, or its names without those
    that hold another of them."""
    wanted = synonyms().get(words)
    if wanted and plain(wanted) not in {plain(metric.name_zh) for metric in registry.metrics.values()}:
        return (wanted,)
    forms = {
        re.sub(r"\([^)]*\)", "", name)
        for name, ids in known_names(registry).items()
        if set(ids) & set(metrics) and len(ids) == 1 and re.search(r"[\u4e00-\u9fff]{3,}", re.sub(r"\([^)]*\)", "", name))
    }
    names = [name for metric in metrics for name in (registry.metrics[metric].name_zh, *registry.metrics[metric].examples)]
    forms -= {re.sub(r"^.*?\(([^)]+)\)", r"\1", plain(name)).strip() for name in names if "(" in plain(name)}
    return tuple(sorted(form for form in forms if not any(other != form and other in form for other in forms)))
