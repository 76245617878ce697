"""The choices that a build offers: places with their colours and names, metrics with how many places have them, plans with their titles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analytics import registry
from analytics.export.common import of_places
from analytics.store import Store
from pages.ui.state import Known
from pages.ui.text import LANGUAGES

# 中卫市沙坡头区 is 沙坡头区 to its readers.
ABOVE = re.compile(r"^.+?[市州盟](?=.+[区县市旗]$)")
MADE = 5_000
NUMBER_STATES = ("number", "baseline")


@dataclass(frozen=True)
class Catalogue:
    """metrics: metric_id, name_zh, name_en, domain, unit, better, family, places; most shared first.

    shown: language -> place -> name as shown; names: language -> metric_id -> name; titles: language -> plan_id -> place and title;
    renamed: language -> places whose shown name is another, longest first. made: what `once` keeps.
    """

    build_id: str
    plans: pd.DataFrame
    metrics: pd.DataFrame
    known: Known
    colours: dict[str, str]
    shown: dict[str, dict[str, str]]
    names: dict[str, dict[str, str]]
    titles: dict[str, dict[str, str]]
    renamed: dict[str, tuple[str, ...]]
    made: dict[tuple, Any] = field(default_factory=dict)

    def once(self, name: tuple, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once a build and kept for all sessions; everything is forgotten when MADE things are kept."""
        if name not in self.made:
            if len(self.made) >= MADE:
                self.made.clear()
            self.made[name] = make()
        return self.made[name]

    def place(self, name: str, lang: str) -> str:
        """A place as shown: 沙坡头区 for 中卫市沙坡头区, Rizhao for 日照市; the full name where no English one is known."""
        return self.shown[lang].get(name, name)

    def metric(self, metric_id: str, lang: str) -> str:
        """The name of a metric; its id where the registry has dropped it."""
        return self.names[lang].get(metric_id, metric_id)


def build(source: Store, cells: pd.DataFrame) -> Catalogue:
    """The catalogue of a database; `cells` are those of analytics.coverage for all places."""
    plans = source.plans()
    places = source.places()
    metrics = with_counts(registry.load().frame(), cells)
    english = {row.place: row.name_en for row in plans.itertuples() if isinstance(row.name_en, str)}
    shown = {"zh": {place: ABOVE.sub("", place) for place in places}, "en": {place: english.get(place, place) for place in places}}
    rank = {place: at for at, place in enumerate(places)}
    order = plans.assign(rank=plans["place"].map(rank)).sort_values(["rank", "horizon_end", "plan_id"], ascending=[True, False, True])
    return Catalogue(
        build_id=source.build_id,
        plans=plans,
        metrics=metrics,
        known=known(plans, places, metrics, tuple(order["plan_id"])),
        colours=of_places(places),
        shown=shown,
        names={lang: dict(zip(metrics["metric_id"], metrics[f"name_{lang}"], strict=True)) for lang in LANGUAGES},
        titles={lang: {row.plan_id: f"{shown[lang][row.place]} · {row.title}" for row in order.itertuples()} for lang in LANGUAGES},
        renamed={lang: tuple(sorted((one for one in places if shown[lang][one] != one), key=len, reverse=True)) for lang in LANGUAGES},
    )


def known(plans: pd.DataFrame, places: list[str], metrics: pd.DataFrame, plan_ids: tuple[str, ...]) -> Known:
    """What an address may name."""
    horizons = tuple(sorted(int(year) for year in plans["horizon_end"].dropna().unique()))
    return Known(tuple(places), registry.DOMAINS, horizons, tuple(metrics["metric_id"]), plan_ids)


def with_counts(metrics: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """The metrics that a place gives a number for, with how many do, most shared first."""
    counts = cells.loc[cells["state"].isin(NUMBER_STATES), "metric_id"].astype("str").value_counts()
    found = metrics.assign(places=metrics["metric_id"].map(counts).fillna(0).astype(int))
    return found[found["places"] > 0].sort_values(["places", "metric_id"], ascending=[False, True], ignore_index=True)
