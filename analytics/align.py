"""Gives every statement its metric, or none with the reason and the nearest metrics.

Names are normalised all at once, then read and decided by analytics.matcher. `align_how` reads `match: 食品 抽检 合格率` (words that led
there) or `none: <reason>; near: <metric ids>`; `align_note` holds what differs, `method=抽检;scope=重点`, in the order of FACETS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import opencc
import pandas

from analytics.matcher import Matcher
from analytics.registry import Registry

COLUMNS = ["metric_id", "align_how", "align_note"]
_DROPPED = "“”‘’\"'「」『』《》〈〉·*# \t\r\u3000"
_AS_LIST_MARK = "/,;，；"
_MARKS = str.maketrans({**dict.fromkeys(_DROPPED), **dict.fromkeys(_AS_LIST_MARK, "、"), "[": "(", "]": ")", "—": "-", "―": "-"})
_UNIT_TAIL = re.compile(r"\((?:[家个项件张份人名台次座种]|%|台\(件\)|人次|批次|分|家企业|件、万人|批次、千人(?:、年)?)\)$", re.MULTILINE)
_LEAD_MATCH = 4
"""So many characters of a name are looked for in the quote; the rest may be restored from elsewhere."""
_PLACE_TAIL = re.compile(r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|省|市|县|区|州)$")


def align(frame: pandas.DataFrame, registry: Registry) -> pandas.DataFrame:
    """metric_id, align_how, align_note (strings, missing where there is none) for every row of `frame`, on its index.

    Columns used: kind, indicator, unit, flow; where they are there, place (full name; its stem at the head of a name is dropped),
    domain, and quote (a word such as 在建 that stands in it just before the name counts as part of the name).
    """
    if frame.empty:
        return pandas.DataFrame({name: pandas.Series(dtype="str") for name in COLUMNS}, index=frame.index)
    matcher = matcher_for(registry)
    names = _with_leads(normalise(frame["indicator"]), frame["quote"], matcher.leads) if "quote" in frame else normalise(frame["indicator"])
    domains = frame["domain"].fillna("").tolist() if "domain" in frame else [""] * len(frame)
    stems = place_stems(frame["place"]) if "place" in frame else [""] * len(frame)
    kinds, flows = (frame[name].fillna("").tolist() for name in ("kind", "flow"))
    units = frame["unit"].fillna("").map(_unit_names(frame["unit"])).tolist()
    rows = [matcher.decide(*matcher.read(name, stem, domain), kind, unit, flow)
            for name, stem, domain, kind, unit, flow in zip(names, stems, domains, kinds, units, flows, strict=True)]
    return pandas.DataFrame(rows, columns=COLUMNS, index=frame.index, dtype="str")


@lru_cache(maxsize=4)
def matcher_for(registry: Registry) -> Matcher:
    """The compiled registry; registries with the same content share one."""
    return Matcher(registry)


def normalise(names: Iterable[str]) -> list[str]:
    """Names in simplified characters and NFKC, without quotes and blanks, list marks as 、, a unit in brackets at the end dropped."""
    joined = "\n".join(str(name).replace("\n", "") for name in names)
    joined = _simplifier().convert(unicodedata.normalize("NFKC", joined)).translate(_MARKS)
    return _UNIT_TAIL.sub("", joined).split("\n")


def _with_leads(names: list[str], quotes: pandas.Series, leads: Sequence[str]) -> list[str]:
    """Names with the lead word that stands just before them in the quote; only quotes that hold one at all are looked at closely."""
    held = quotes.fillna("").str.contains("|".join(map(re.escape, leads)), regex=True).to_numpy().nonzero()[0]
    texts = normalise(quotes.iloc[held]) if len(held) else []
    for position, text in zip(held, texts, strict=True):
        name = names[position]
        before = text[:max(text.find(name[:_LEAD_MATCH]), 0)].removesuffix("的")
        lead = next((lead for lead in leads if before.endswith(lead)), "")
        names[position] = name if lead in name else lead + name
    return names


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def place_stems(places: pandas.Series) -> list[str]:
    """沙坡头 of 中卫市沙坡头区, 日照 of 日照市; "" where the place is not known."""
    stems = {place: _stem(place) for place in places.dropna().unique()}
    return [stems.get(place, "") for place in places]


def _stem(place: str) -> str:
    last = re.split(r"(?<=[省市州])(?=..)", place)[-1]
    return _PLACE_TAIL.sub("", last) if len(last) > 2 else last


def _unit_names(units: pandas.Series) -> dict[str, str]:
    """Every distinct unit -> NFKC and simplified characters."""
    return {unit: _simplifier().convert(unicodedata.normalize("NFKC", unit)).strip() for unit in units.dropna().unique()} | {"": ""}
