"""How ambitious a place is among those that can be compared with it, as an interval, or why that cannot be said.

    a = ambition(store, weights=None)        # weights: metric id -> relative weight; data/weights.toml by default
    a.rows     one row a place: place, low, high (0..1, position among comparable peers), rank_low, rank_high (1 is the most ambitious),
               used (metrics), missing (share of the total weight, 0..1), refused (bool), reason_zh, reason_en
    a.parts    one row a place and metric of the basket: place, metric_id, weight, state (used, missing, not_comparable), low, high,
               indicator_id, value_exact, comparator, unit, peers
    a.weights, a.spread, a.missing_limit

On one metric a place stands between the share of peers that aim lower and the share that aim no higher; only targets in the largest group
of
mutually comparable ones count, the others are not_comparable. What is missing could stand anywhere, so it widens the interval by its whole
weight. Above `missing_limit` of missing weight the interval is refused. Rank ranges are the best and worst rank over WEIGHTINGS weightings
in which every weight moves by up to `spread`, the same ones at every call; an interval is ranked by its middle.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics import registry as registries
from analytics.choice import best
from analytics.kinds import NOWHERE, Kinds
from analytics.messages import fill
from analytics.places import shown
from analytics.store import ROOT, Store

WEIGHTS = ROOT / "data" / "weights.toml"
WEIGHTINGS, SEED = 2000, 20251
PART_COLUMNS = ["place", "metric_id", "weight", "state", "low", "high", "indicator_id", "value_exact", "comparator", "unit", "peers"]


class WeightError(ValueError):
    """An entry of weights.toml, or of the weights given, that cannot be used."""


@dataclass(frozen=True)
class Basket:
    """weights by metric id, how far they may vary, how much may be missing, and how many places must share a definition."""

    weights: Mapping[str, float]
    spread: float
    missing_limit: float
    least: int


@dataclass(frozen=True)
class Ambition:
    """What `ambition` found; the frames are described at the top of this module."""

    rows: pd.DataFrame
    parts: pd.DataFrame
    weights: Mapping[str, float]
    spread: float
    missing_limit: float
    build_id: str


def load_basket(registry: registries.Registry, path: Path = WEIGHTS) -> Basket:
    """The basket of the file. Raises WeightError naming file, entry and value."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if wrong := sorted(set(data) ^ {"spread", "missing_limit", "least", "weights"}):
        raise WeightError(f"{path.name}: {wrong[0]!r} is missing or unknown; the file holds spread, missing_limit, least and weights")
    return checked(Basket(data["weights"], data["spread"], data["missing_limit"], data["least"]), registry, path.name)


def checked(basket: Basket, registry: registries.Registry, where: str) -> Basket:
    """The basket, if every metric is known and has a direction and every weight is positive."""
    for name, weight in basket.weights.items():
        if name not in registry.metrics:
            raise WeightError(f"{where}: {name!r} is no metric of the registry; correct the id")
        if registry.metrics[name].better == "neither":
            raise WeightError(f"{where}: {name}: neither more nor less is better, so it says nothing about ambition; take it out")
        if not weight > 0:
            raise WeightError(f"{where}: {name}: weight {weight!r}; write a positive number or take it out")
    if not basket.weights:
        raise WeightError(f"{where}: no weights; name one metric at least")
    if not 0 <= basket.spread < 1 or not 0 <= basket.missing_limit < 1 or basket.least < 2:
        raise WeightError(f"{where}: spread and missing_limit lie in [0, 1), least is 2 or more")
    return basket


def ambition(
    store: Store,
    weights: Mapping[str, float] | None = None,
    places: Iterable[str] | None = None,
    registry: registries.Registry | None = None,
) -> Ambition:
    """Intervals for all places (of some places among all). Raises WeightError for weights that cannot be used."""
    registry = registry or registries.load()
    basket = load_basket(registry)
    if weights is not None:
        basket = checked(Basket(dict(weights), basket.spread, basket.missing_limit, basket.least), registry, "weights")
    with store.session() as session:
        rows = best(session, registry, list(basket.weights))
        everyone = session.query("SELECT DISTINCT place FROM plans ORDER BY place")["place"]
    rows = rows.loc[rows["kind"] == "target"].reset_index(drop=True)
    kinds, at = Kinds.of(rows, registry), rows.groupby("metric_id", sort=False).indices
    parts = pd.concat(
        [
            _metric_parts(rows.take(own := at.get(name, NOWHERE)), kinds.of_rows(own), everyone, name, weight, basket.least)
            for name, weight in basket.weights.items()
        ],
        ignore_index=True,
    )
    table = intervals(parts, basket)
    if places is not None:
        chosen = set(places)
        table, parts = (
            table.loc[table["place"].isin(chosen)].reset_index(drop=True),
            parts.loc[parts["place"].isin(chosen)].reset_index(drop=True),
        )
    return Ambition(table, parts, basket.weights, basket.spread, basket.missing_limit, store.build_id)


def _metric_parts(rows: pd.DataFrame, kinds: Kinds, everyone: pd.Series, name: str, weight: float, least: int) -> pd.DataFrame:
    """Where every place stands on one metric, from the targets of the metric."""
    judged = rows.assign(comparable=kinds.judged()[0] == 0)
    peers = judged.loc[judged["comparable"]]
    enough = len(peers) >= least
    values = peers["value"].to_numpy() * (-1.0 if kinds.registry.metrics[name].better == "lower" else 1.0)
    ordered = np.sort(values)
    others = max(len(values) - 1, 1)
    positions = pd.DataFrame(
        {
            "place": peers["place"].to_numpy(),
            "low": np.searchsorted(ordered, values, "left") / others,
            "high": (np.searchsorted(ordered, values, "right") - 1) / others,
        }
    )
    table = pd.DataFrame({"place": everyone}).merge(
        judged[["place", "indicator_id", "value_exact", "comparator", "unit", "comparable"]], on="place", how="left"
    )
    table = table.merge(positions, on="place", how="left")
    used = table["comparable"].eq(True) & enough
    state = np.select([used, table["indicator_id"].notna()], ["used", "not_comparable"], "missing")
    return table.assign(
        metric_id=name,
        weight=weight,
        state=pd.array(state, dtype="str"),
        peers=len(peers),
        low=table["low"].where(used, 0.0),
        high=table["high"].where(used, 1.0),
    )[PART_COLUMNS]


def intervals(parts: pd.DataFrame, basket: Basket) -> pd.DataFrame:
    """Weighted intervals and rank ranges of the places whose missing weight is within the limit, most ambitious first."""
    names = list(basket.weights)
    weights = np.array([basket.weights[name] for name in names])
    low, high, used = _pivots(parts, names)
    share = weights / weights.sum()
    table = pd.DataFrame(
        {
            "place": low.index,
            "low": low.to_numpy() @ share,
            "high": high.to_numpy() @ share,
            "used": used.to_numpy().sum(axis=1),
            "missing": (1 - used.to_numpy() @ share).round(9),
        }
    )
    table["refused"] = table["missing"] > basket.missing_limit
    kept = ~table["refused"].to_numpy()
    ranks = rank_ranges((low.to_numpy()[kept] + high.to_numpy()[kept]) / 2, weights, basket.spread)
    for name, values in zip(("rank_low", "rank_high"), ranks, strict=True):
        table[name] = pd.Series(values, index=table.index[kept], dtype="Int64").reindex(table.index)
    table["low"], table["high"] = (table[name].where(kept) for name in ("low", "high"))
    table = with_reasons(table, len(names), basket.missing_limit)
    return (
        table.assign(middle=table["low"] + table["high"])
        .sort_values(["refused", "middle", "place"], ascending=[True, False, True], ignore_index=True)
        .drop(columns="middle")
    )


def _pivots(parts: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """places × metrics of low, high and whether it was used."""
    flagged = parts.assign(flag=parts["state"].eq("used").astype(float))
    low, high, used = (flagged.pivot(index="place", columns="metric_id", values=column)[names] for column in ("low", "high", "flag"))
    return low, high, used


def rank_ranges(scores: np.ndarray, weights: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Best and worst rank (1 is the highest score; equals share the better rank) of each row of `scores` when the weights vary."""
    factors = np.random.default_rng(SEED).uniform(1 - spread, 1 + spread, size=(WEIGHTINGS, len(weights)))
    varied = np.vstack([weights, weights * factors])
    totals = np.round(scores @ (varied / varied.sum(axis=1, keepdims=True)).T, 12)
    ranks = pd.DataFrame(totals).rank(axis=0, method="min", ascending=False).to_numpy(dtype=int)
    return ranks.min(axis=1), ranks.max(axis=1)


def with_reasons(table: pd.DataFrame, basket_size: int, limit: float) -> pd.DataFrame:
    """The table with a sentence for each refusal, empty for the others."""
    columns = {
        "used": table["used"].astype(int).astype("str"),
        "n": str(basket_size),
        "limit": f"{limit:.0%}",
        "missing": (table["missing"] * 100).round().astype(int).astype("str") + "%",
    }
    return table.assign(
        used=table["used"].astype(int),
        **{
            f"reason_{lang}": fill("ambition.refused", lang, {**columns, "place": shown(table["place"], lang)}).where(table["refused"], "")
            for lang in ("zh", "en")
        },
    )
