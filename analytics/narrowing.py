"""What the filters of a view leave of a finished analysis: kinds, horizons, search words; the same on the pages and in the exports.

Empty means no restriction. A horizon is the last year of a plan, as everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from analytics.registry import Registry
from analytics.store import Store


def holding(rows: pd.DataFrame, words: str, *columns: str) -> pd.DataFrame:
    """The rows in which every search word stands in one of the columns, in capitals or not."""
    for part in words.split():
        found = [rows[name].str.contains(part, case=False, regex=False) for name in columns]
        rows = rows[pd.concat(found, axis=1).any(axis=1)]
    return rows


def of_statements(
    rows: pd.DataFrame, registry: Registry, kinds: Collection[str] = (), horizons: Iterable[int | str] = (), words: str = ""
) -> pd.DataFrame:
    """Statements of some kinds, of plans that end in one of the years, with every word in a name of the metric or of the statement."""
    if kinds:
        rows = rows[rows["kind"].isin(set(kinds))]
    if years := {int(one) for one in horizons}:
        rows = rows[rows["horizon_end"].isin(years)]
    for part in words.split():
        named = [name for name, metric in registry.metrics.items() if part.lower() in f"{metric.name_zh} {metric.name_en}".lower()]
        rows = rows[rows["metric_id"].isin(named) | rows["indicator"].str.contains(part, case=False, regex=False)]
    return rows


def of_cascade(
    store: Store, rows: pd.DataFrame, kinds: Collection[str] = (), horizons: Iterable[int | str] = (), words: str = ""
) -> pd.DataFrame:
    """Rows of the cascade, which are all about targets: of plans that end in one of the years (an omission is for the year in which the
    plan ends), with the words in the metric's name."""
    if kinds and "target" not in kinds:
        rows = rows.head(0)
    years = {int(one) for one in horizons}
    if years:
        ends = rows["indicator_id"].map(plan_ends(store, rows["indicator_id"].dropna())).fillna(rows["reference_year"])
        rows = rows[ends.isin(years)]
    return holding(rows, words, "metric_zh", "metric_en")


def of_findings(
    store: Store, rows: pd.DataFrame, kinds: Collection[str] = (), horizons: Iterable[int | str] = (), words: str = ""
) -> pd.DataFrame:
    """Findings about plans that end in one of the years, shown by a statement of one of the kinds, with the words in the sentence."""
    if years := [int(one) for one in horizons]:
        found = store.query(
            "SELECT plan_id FROM plans WHERE list_contains($years, horizon_end) AND list_contains($plans, plan_id)",
            {"years": years, "plans": rows["plan_id"].dropna().unique().tolist()},
        )
        rows = rows[rows["plan_id"].isin(found["plan_id"])]
    if kinds:
        cited = rows["evidence"].explode().dropna()
        found = store.query(
            "SELECT indicator_id FROM indicators WHERE list_contains($cited, indicator_id) AND list_contains($kinds, kind)",
            {"cited": list(cited.unique()), "kinds": list(kinds)},
        )
        rows = rows.loc[rows.index.isin(cited.index[cited.isin(found["indicator_id"])])]
    return holding(rows, words, "sentence_zh", "sentence_en")


def plan_ends(store: Store, indicator_ids: Iterable[str]) -> dict[str, int]:
    """indicator_id -> the last year of its plan, where the plan has one."""
    found = store.query(
        """SELECT indicator_id, horizon_end FROM indicators JOIN plans USING (plan_id)
           WHERE list_contains($ids, indicator_id) AND horizon_end IS NOT NULL""",
        {"ids": sorted(set(indicator_ids))},
    )
    return dict(zip(found["indicator_id"], found["horizon_end"], strict=True))
