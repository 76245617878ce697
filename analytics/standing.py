"""What a statement's plan and place add to a comparison: the level of the place, and what holds inside one plan.

    in_context(rows, registry)     # rows with place_level; status and unit as they count beside the other rows

Inside one plan its being a draft takes nothing from a pair, and an index printed once with 分 or % is not on another scale where the same
plan leaves the unit out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from analytics.registry import Registry
from analytics.verdicts import WITHIN

LEVELS = Path(__file__).resolve().parents[1] / "data" / "vocab" / "place_levels.toml"
PRINTED = {"percent": "%", "score": "分"}


def in_context(frame: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """The rows with the column place_level ("" where nothing tells it), with drafts marked by their plan, and with the scale that their
    plan prints elsewhere. Columns used where they are there: place, level, plan_id, status, unit, metric_id. Done once: rows that have
    place_level stay as they are."""
    if "place_level" in frame:
        return frame
    found = {"place_level": place_levels(frame)}
    if "plan_id" in frame:
        plan = frame["plan_id"].fillna("").astype(str)
        if "status" in frame:
            found["status"] = frame["status"].mask((frame["status"] == "draft") & (plan != ""), "draft" + WITHIN + plan)
        found["unit"] = _scaled(frame, plan, registry)
    return frame.assign(**found)


def place_levels(frame: pd.DataFrame) -> pd.Series:
    """The level of the place of each row: national, provincial, prefecture, county, district, town, village or ""."""
    places, levels = (frame[name].fillna("") if name in frame else pd.Series("", index=frame.index) for name in ("place", "level"))
    pairs = list(zip(places, levels, strict=True))
    known = {pair: place_level(*pair) for pair in set(pairs)}
    return pd.Series([known[pair] for pair in pairs], index=frame.index, dtype="str")


def place_level(place: str, level: str = "") -> str:
    """The level that the name of a place ends in, where it is told only roughly (county, of a district) or not at all.

    place_level("中卫市沙坡头区", "county") == "district"
    """
    words = _levels()
    told = words["named"].get(level, "")
    if place in words["whole"]:
        return words["whole"][place]
    ending = next((name for end, name in words["ending"].items() if place.endswith(end) and len(place) > len(end)), "")
    if ending == "prefecture" and words["within"] & set(place[1:-2]):
        ending = "county"  # 泉州市晋江市: a city inside a prefecture
    return ending if ending and told in ("", "county") and not (ending == "prefecture" and told) else told


def level_names() -> tuple[str, ...]:
    """Every word for a level that a plan or a file may use."""
    return tuple(_levels()["named"])


@lru_cache(maxsize=1)
def _levels() -> Mapping[str, Mapping[str, str] | set[str]]:
    data = tomllib.loads(LEVELS.read_text(encoding="utf-8"))
    by_word = {part: {word: name for name, ws in data[part].items() for word in ws} for part in ("named", "whole", "ending")}
    by_word["ending"] = dict(sorted(by_word["ending"].items(), key=lambda pair: -len(pair[0])))
    return by_word | {"within": set(data["within"])}


def _scaled(frame: pd.DataFrame, plan: pd.Series, registry: Registry) -> pd.Series:
    """The units, with the one scale that a plan prints for a metric where it leaves the unit out."""
    unit = frame["unit"].fillna("")
    printed = unit.map(registry.vocabulary.units).fillna("")
    scaled = {name for name, metric in registry.metrics.items() if "scale" in metric.facets}
    part = frame["metric_id"].isin(scaled) & (plan != "")
    if not (part & (printed == "bare")).any():
        return frame["unit"]
    stated = printed.where(part & printed.isin(list(PRINTED)))
    keys = [plan[part], frame.loc[part, "metric_id"]]
    scales = stated[part].groupby(keys)
    only = scales.transform("first").where(scales.transform("nunique") == 1)
    return frame["unit"].mask(part & (printed == "bare") & only.reindex(frame.index).notna(), only.map(PRINTED).reindex(frame.index))
