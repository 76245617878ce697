"""What changed between two plans of one place: added, dropped, raised, lowered, kept, renamed, redefined, with both sentences.

    frame = diff(store, old_plan, new_plan)
    change, metric_id, old_id, new_id, old_indicator, new_indicator, old_exact, new_exact, old_comparator, new_comparator, old_unit,
    new_unit,
    old_year, new_year, old_quote, new_quote, similarity (of the names, 0..100), codes ("method;scope"), renamed (bool), sentence_zh,
    sentence_en

    pairs(store)      places with more than one plan: place, old_plan, new_plan, by horizon and date of issue

Targets are paired within a metric first (same definition and nearest name first), then, among those without a metric, by name and unit.
`redefined`: the definitions differ (method, scope, flow, unit ...), so that higher and lower cannot be said. `renamed`: only the name
differs.
Raised and lowered are said in the direction of the metric: a lower limit on failures is raised ambition. Errors: UnknownPlan, OtherPlace.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from analytics import registry as registries
from analytics.messages import amounts, code_words, fill
from analytics.pairs import judge_pairs
from analytics.store import AnalyticsError, Store

CHANGES = ("added", "dropped", "raised", "lowered", "redefined", "renamed", "kept")
SAME_NAME, NEAR_NAME = 90.0, 75.0
CARRIED = [
    "indicator_id",
    "indicator",
    "comparator",
    "value",
    "value_exact",
    "value_max_exact",
    "unit",
    "flow",
    "year",
    "kind",
    "status",
    "align_note",
    "quote",
]


class OtherPlace(AnalyticsError):
    """The two plans are not of one place."""


def diff(store: Store, old_plan: str, new_plan: str, registry: registries.Registry | None = None) -> pd.DataFrame:
    """The targets of two plans side by side; columns at the top of this module."""
    registry = registry or registries.load()
    old_place, new_place = (store.place(plan) for plan in (old_plan, new_plan))
    if old_place != new_place:
        raise OtherPlace(f"{old_plan} is of {old_place}, {new_plan} of {new_place}: give two plans of one place")
    # One after the other: DuckDB passes over what is of other plans only where it is asked for one.
    return between(*(store.statements({"plan_id": plan}) for plan in (old_plan, new_plan)), registry)


def between(old: pd.DataFrame, new: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """As `diff`, from the statements (of any kind) of two plans of one place."""
    old, new = (rows[rows["kind"] == "target"].reset_index(drop=True) for rows in (old, new))
    rows = joined(old, new, match(old, new, registry))
    return with_sentences(classified(rows, registry), registry)


def pairs(store: Store) -> pd.DataFrame:
    """Consecutive plans of one place: place, old_plan, new_plan."""
    return store.query("""
        SELECT * FROM (SELECT place, lag(plan_id) OVER w AS old_plan, plan_id AS new_plan FROM plans
                       WINDOW w AS (PARTITION BY place ORDER BY horizon_end, issued, plan_id))
        WHERE old_plan IS NOT NULL ORDER BY place, new_plan""")


def match(old: pd.DataFrame, new: pd.DataFrame, registry: registries.Registry) -> list[tuple[int, int]]:
    """Positions in `old` and `new` that speak of the same thing, each at most once, the best pairs first."""
    if old.empty or new.empty:
        return []
    names = process.cdist(list(old["indicator"]), list(new["indicator"]), scorer=fuzz.ratio)
    first, second = (frame["metric_id"].fillna("").to_numpy(dtype=object) for frame in (old, new))
    same_metric = (first[:, None] == second[None, :]) & (first[:, None] != "")
    no_metric = (first[:, None] == "") & (second[None, :] == "")
    units = old["unit"].to_numpy(dtype=object)[:, None] == new["unit"].to_numpy(dtype=object)[None, :]
    left, right = np.nonzero(same_metric | (no_metric & units & (names >= NEAR_NAME)))
    grade = judge_pairs(
        old.iloc[left].reset_index(drop=True), new.iloc[right].reset_index(drop=True), registry, ignore=("year", "status", "kind")
    )
    gravity = grade["verdict"].map({"comparable": 0, "conditional": 1, "incomparable": 2}).to_numpy()
    # Without a metric there is nothing to judge by but the name.
    gravity = np.where(no_metric[left, right], 1, gravity)
    order = np.lexsort((right, left, -names[left, right], gravity))
    taken_left, taken_right, chosen = set(), set(), []
    for at in order:
        if left[at] not in taken_left and right[at] not in taken_right:
            taken_left.add(left[at])
            taken_right.add(right[at])
            chosen.append((int(left[at]), int(right[at])))
    return chosen


def joined(old: pd.DataFrame, new: pd.DataFrame, matched: list[tuple[int, int]]) -> pd.DataFrame:
    """One row a pair, and one a statement without a partner; columns of the old plan begin with old_, of the new with new_."""
    pairs_left, pairs_right = [pair[0] for pair in matched], [pair[1] for pair in matched]
    rest_left = [at for at in range(len(old)) if at not in set(pairs_left)]
    rest_right = [at for at in range(len(new)) if at not in set(pairs_right)]
    left = old.reset_index(drop=True).reindex([*pairs_left, *rest_left, *[-1] * len(rest_right)]).reset_index(drop=True)
    right = new.reset_index(drop=True).reindex([*pairs_right, *[-1] * len(rest_left), *rest_right]).reset_index(drop=True)
    columns = {f"old_{name}": left[name] for name in CARRIED} | {f"new_{name}": right[name] for name in CARRIED}
    return pd.DataFrame({"metric_id": left["metric_id"].fillna(right["metric_id"]), **columns})


def side(rows: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """The columns of one plan under their own names, with metric_id."""
    return (
        rows[[f"{prefix}{name}" for name in CARRIED]]
        .rename(columns=lambda name: name.removeprefix(prefix))
        .assign(metric_id=rows["metric_id"])
    )


def classified(rows: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The rows with change, codes, similarity and renamed."""
    old, new = side(rows, "old_"), side(rows, "new_")
    both = old["indicator_id"].notna() & new["indicator_id"].notna()
    known = both & rows["metric_id"].notna()
    judged = judge_pairs(old.loc[known], new.loc[known], registry, ignore=("year", "status", "kind")).reindex(rows.index)
    similarity = pd.Series(
        [fuzz.ratio(a, b) if paired else np.nan for a, b, paired in zip(old["indicator"], new["indicator"], both, strict=True)],
        index=rows.index,
    )
    lower = rows["metric_id"].isin([name for name, metric in registry.metrics.items() if metric.better == "lower"])
    step = (new["value"] - old["value"]) * np.where(lower, -1.0, 1.0)
    redefined = known & (judged["codes"].fillna("") != "")
    renamed = both & (similarity < SAME_NAME)
    change = np.select(
        [~both & new["indicator_id"].notna(), ~both, redefined, step > 0, step < 0, renamed],
        ["added", "dropped", "redefined", "raised", "lowered", "renamed"],
        "kept",
    )
    return rows.assign(
        change=pd.array(change, dtype="str"), codes=judged["codes"].fillna("").astype("str"), similarity=similarity, renamed=renamed
    )


def with_sentences(rows: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The rows in the order of CHANGES, with sentences, under the column names at the top of this module."""
    sentences = {}
    for lang in ("zh", "en"):
        names = registry.names(lang)
        own = rows["new_indicator"].fillna(rows["old_indicator"])
        columns = {
            "metric": rows["metric_id"].map(names).fillna(own).astype("str"),
            "old": amounts(side(rows, "old_"), lang),
            "new": amounts(side(rows, "new_"), lang),
            "old_name": rows["old_indicator"].astype("str"),
            "new_name": rows["new_indicator"].astype("str"),
            "codes": code_words(rows["codes"], lang),
        }
        sentences[f"sentence_{lang}"] = fill("diff." + rows["change"], lang, columns)
    plain = {
        f"{prefix}_{name}": f"{prefix}_{short}"
        for prefix in ("old", "new")
        for name, short in (("indicator_id", "id"), ("value_exact", "exact"))
    }
    rows = rows.assign(**sentences).rename(columns=plain).assign(rank=rows["change"].map({name: at for at, name in enumerate(CHANGES)}))
    shown = [
        "change",
        "metric_id",
        *[f"{prefix}_{name}" for name in ("id", "indicator", "exact", "comparator", "unit", "year", "quote") for prefix in ("old", "new")],
        "similarity",
        "codes",
        "renamed",
        "sentence_zh",
        "sentence_en",
    ]
    return rows.sort_values(["rank", "metric_id", "old_id", "new_id"], kind="stable", ignore_index=True)[shown]
