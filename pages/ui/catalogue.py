"""The choices that a build offers: places with their colours and names, metrics with how many places have them, plans with their titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analytics import registry
from analytics.compare import Comparison
from analytics.coverage import places_with_numbers
from analytics.export.common import of_places
from analytics.places import aliases, listed
from analytics.store import Store
from pages.ui.kept import Composed
from pages.ui.state import Known
from pages.ui.text import LANGUAGES

HEAVY = 16_000_000  # characters that are kept
COMPARED, OTHER = 120_000, 20_000  # what a comparison of few rows (and a hundred columns) counts as, and what anything else does
TITLE = ("plan_id", "place", "title")


def weight_of(found: Any) -> int:
    """Characters of what is kept: text as long as it is, several things together, a frame by its bytes."""
    if isinstance(found, str):
        return len(found)
    if isinstance(found, pd.DataFrame):
        return int(found.memory_usage(deep=False).sum())
    if isinstance(found, tuple):
        return sum(map(weight_of, found)) + 100
    return COMPARED if isinstance(found, Comparison) else OTHER


@dataclass(frozen=True)
class Catalogue:
    """metrics: metric_id, name_zh, name_en, domain, unit, better, family, places; most shared first.

    shown: language -> place -> name as shown; names: language -> metric_id -> name; titles: language -> plan_id -> place and title;
    made: what `once` keeps.
    """

    build_id: str
    plans: pd.DataFrame
    metrics: pd.DataFrame
    known: Known
    colours: dict[str, str]
    shown: dict[str, dict[str, str]]
    names: dict[str, dict[str, str]]
    titles: dict[str, dict[str, str]]
    made: Composed = field(default_factory=lambda: Composed(HEAVY, weight_of), repr=False)

    def once(self, name: tuple, make: Callable[[], Any]) -> Any:
        """What `make` returns, made once a build and kept for all sessions, HEAVY characters in all."""
        return self.made.once(name, make)

    def place(self, name: str, lang: str) -> str:
        """A place as shown: 沙坡头区 for 中卫市沙坡头区, Rizhao for 日照市; the full name where no English one is known."""
        return self.shown[lang].get(name, name)

    def metric(self, metric_id: str, lang: str) -> str:
        """The name of a metric; its id where the registry has dropped it."""
        return self.names[lang].get(metric_id, metric_id)


def build(source: Store) -> Catalogue:
    """The catalogue of a database."""
    plans = source.plans()
    places = source.places()
    metrics = with_counts(registry.load().frame(), places_with_numbers(source))
    shown = {lang: dict(zip(places, listed(places, lang), strict=True)) for lang in LANGUAGES}
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
        titles={
            lang: {plan: f"{shown[lang][place]} · {title}" for plan, place, title in zip(*(order[one] for one in TITLE), strict=True)}
            for lang in LANGUAGES
        },
    )


def known(plans: pd.DataFrame, places: list[str], metrics: pd.DataFrame, plan_ids: tuple[str, ...]) -> Known:
    """What an address may name."""
    horizons = tuple(sorted(int(year) for year in plans["horizon_end"].dropna().unique()))
    names = aliases(zip(plans["place"], plans["name_en"].fillna(""), strict=True))
    return Known(tuple(places), registry.DOMAINS, horizons, tuple(metrics["metric_id"]), plan_ids, names)


def with_counts(metrics: pd.DataFrame, places: Mapping[str, int]) -> pd.DataFrame:
    """The metrics that a place gives a number for, with how many do, most shared first."""
    found = metrics.assign(places=metrics["metric_id"].map(places).fillna(0).astype(int))
    return found[found["places"] > 0].sort_values(["places", "metric_id"], ascending=[False, True], ignore_index=True)
