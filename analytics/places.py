"""Names of places: as shown everywhere, and every other name that a reader may give one.

    shown(rows["place"], "zh")     # 沙坡头区 for 中卫市沙坡头区
    shown(rows["place"], "en")     # Rizhao for 日照市; the Chinese name where no English one is known
    aliases(places)["沙坡头"]       # 中卫市沙坡头区
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analytics.align import place_stems
from analytics.messages import word
from analytics.reference import REFERENCE, read_reference

# The prefecture before a county or district: its readers know where it lies.
ABOVE = re.compile(r"^.{2,}?(?:市|州(?!市)|盟|地区)(?=.+[区县市旗]$)")


def shown(places: pd.Series, lang: str, reference: Path = REFERENCE) -> pd.Series:
    """Names of places and regions as every page, sentence and export shows them; in English from places.tsv and the provinces of
    findings.toml."""
    return places.map({place: called(place, lang, reference) for place in places.dropna().unique()}).astype("str")


def listed(places: Iterable[str], lang: str) -> list[str]:
    """The same of a few names."""
    return [called(place, lang) for place in places]


def called(place: str, lang: str, reference: Path = REFERENCE) -> str:
    """The same of one."""
    if lang == "zh":
        return ABOVE.sub("", place)
    return _english_names(reference / "places.tsv").get(place) or word("region", place, "en")


def aliases(places: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Every name in lower case -> full name, of (full name, English name or ""): full, as shown, without 市 or 区, English, English without
    what stands in brackets. A name that several places have means none of them, unless it is the full name of one."""
    found: dict[str, set[str]] = {}
    full = dict(places)
    for (place, english), stem in zip(full.items(), place_stems(pd.Series(list(full), dtype="str")), strict=True):
        for name in (ABOVE.sub("", place), stem, english, re.sub(r"\s*\(.*?\)", "", english)):
            found.setdefault(name.lower(), set()).add(place)
    return {name: owners.pop() for name, owners in found.items() if name and len(owners) == 1} | {place: place for place in full}


@lru_cache(maxsize=4)
def _english_names(path: Path) -> dict[str, str]:
    table = read_reference(path).to_pydict()
    return dict(zip(table["place"], table["name_en"], strict=True))
