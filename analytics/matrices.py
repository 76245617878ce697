"""Many metrics side by side: the statement that stands for each metric and place, and what may be said of the rows of one metric.

    rows = matrix(store, "food", places=None)    # one row a metric and place; columns as in analytics.compare, without verdicts
    rows = judged(rows, registry)                # with verdict, comparable and ranked within each metric
    outline(store, "food")                       # metric_id, place, kind, horizon_end, indicator alone: quick for many places
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics import ranking
from analytics import registry as registries
from analytics.choice import candidates, detailed, rank
from analytics.kinds import Kinds
from analytics.store import Store
from analytics.verdicts import VERDICTS


def matrix(
    store: Store,
    domain: str | None = None,
    places: Iterable[str] | None = None,
    registry: registries.Registry | None = None,
    quotes: bool = False,
) -> pd.DataFrame:
    """One row a metric and place of a domain (of all domains): the statement that stands for it, conflict, baseline, benchmarks,
    population; with quote and section where quotes are wanted."""
    registry = registry or registries.load()
    metrics = None if domain is None else registry.of_domain(domain)
    with store.session() as session:
        rows, _ = candidates(session, registry, metrics, None if places is None else sorted(set(places)), None)
        return detailed(session, [rows], None)[0] if quotes else rows.drop(columns="row_at")


def outline(store: Store, domain: str | None = None, registry: registries.Registry | None = None) -> pd.DataFrame:
    """metric_id, place, kind, horizon_end and indicator of the rows of `matrix`, in their order: quick for many places."""
    registry = registry or registries.load()
    metrics = None if domain is None else registry.of_domain(domain)
    with store.session() as session:
        rank(session, registry, metrics, None, None)
        return session.query("""
            SELECT metric_id, place, kind, horizon_end, indicator FROM lean WHERE place_rank = 1
            ORDER BY metric_id, CASE WHEN lower THEN value ELSE -value END, place""")


def judged(rows: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The rows, in their order, with `verdict` against the others of their metric ("" where it has one row only), `comparable` and
    `ranked`; rows of different metrics never stand against one another."""
    kinds, verdict = Kinds.of(rows, registry), np.full(len(rows), "", dtype=object)
    comparable, ranked = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for metric_id, at in rows.groupby("metric_id", sort=False).indices.items():
        if len(at) > 1:
            gravity = kinds.of_rows(at).judged()[0]
            verdict[at], comparable[at] = np.array(VERDICTS, dtype=object)[gravity], gravity == 0
            own = rows.take(at).assign(comparable=comparable[at])
            ranked[at] = ranking.ranked(own, metric_id in registry.metrics and registry.metrics[metric_id].better == "lower")
    return rows.assign(verdict=pd.array(verdict, dtype="str"), comparable=comparable, ranked=ranked)
