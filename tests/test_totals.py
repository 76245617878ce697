"""How much there is under any filters, beside a count of the rows themselves."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from analytics import registry
from analytics.store import Store
from analytics.totals import KINDS, totals

PLACES = ("日照市", "泉州市", "烟台市", "中卫市沙坡头区", "衡阳市")
WORDS = ("", "率", "pass rate", "食品 合格率", "没有")


@pytest.fixture(scope="module")
def store(database: Path) -> Store:
    return Store(database)


@pytest.fixture(scope="module")
def rows(store: Store) -> pd.DataFrame:
    return store.statements()


def names(metric_id: object) -> str:
    one = registry.load().metrics.get(metric_id) if isinstance(metric_id, str) else None
    return f"{one.name_zh} {one.name_en}".lower() if one else ""


@settings(max_examples=60)
@given(
    places=some.sets(some.sampled_from(PLACES)),
    domain=some.sampled_from(("", *registry.DOMAINS)),
    kinds=some.sets(some.sampled_from(KINDS)),
    horizons=some.sets(some.sampled_from((2020, 2025, 2031))),
    words=some.sampled_from(WORDS),
)
def test_what_is_counted_is_what_is_there(places, domain, kinds, horizons, words, store: Store, rows: pd.DataFrame) -> None:
    found = totals(store, registry.load(), places=places, domain=domain, kinds=kinds, horizons=horizons, words=words)
    kept = [
        row
        for row in rows.to_dict("records")
        if (not places or row["place"] in places)
        and (not kinds or row["kind"] in kinds)
        and (not horizons or row["horizon_end"] in horizons)
    ]
    parts = words.lower().split()
    told = [
        row
        for row in kept
        if (not domain or row["domain"] == domain)
        and all(part in row["indicator"].lower() or part in names(row["metric_id"]) for part in parts)
    ]
    assert found.of_kind == {kind: sum(row["kind"] == kind for row in told) for kind in KINDS}
    assert found.plans == len({row["plan_id"] for row in told})
    of_metric: dict[str, set[str]] = {}
    for row in kept:
        own = registry.load().metrics.get(row["metric_id"]) if isinstance(row["metric_id"], str) else None
        numeric = own and row["kind"] in ("target", "baseline")
        if numeric and (not domain or own.domain == domain) and all(part in names(row["metric_id"]) for part in parts):
            of_metric.setdefault(row["metric_id"], set()).add(row["place"])
    assert found.places == {name: len(where) for name, where in of_metric.items()}
    assert found.shared == sum(len(where) > 1 for where in of_metric.values())


def test_one_place_shares_nothing_with_itself(store: Store) -> None:
    for place in PLACES:
        assert totals(store, registry.load(), places=[place]).shared == 0
