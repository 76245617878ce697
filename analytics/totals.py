"""How much there is under the filters of a view: plans, statements by kind, metrics with a number and how many places have each.

    found = totals(store, registry, places=["日照市"], domain="food", kinds=["target"], horizons=[2025], words="合格率")
    found.plans, found.of_kind["target"]      # statements; a kind that there is none of has 0
    found.places                              # metric_id -> places that give a number for it; one that no place does is left out

Empty filters restrict nothing. Counted in the database, so it takes as long for one place as for ten thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from analytics.choice import literals
from analytics.frames import as_dicts
from analytics.registry import Registry
from analytics.store import Store

KINDS = ("target", "baseline", "incentive", "commitment")
NUMERIC = ("target", "baseline")  # what counts as a number of a metric, as in analytics.coverage


@dataclass(frozen=True)
class Totals:
    """plans that hold a statement under the filters; kind -> statements; metric_id -> places with a number."""

    plans: int
    of_kind: dict[str, int]
    places: dict[str, int]

    @property
    def shared(self) -> int:
        """Metrics that two places or more give a number for."""
        return sum(places > 1 for places in self.places.values())


def totals(
    store: Store,
    registry: Registry,
    *,
    places: Collection[str] = (),
    domain: str = "",
    kinds: Collection[str] = (),
    horizons: Iterable[int] = (),
    words: str = "",
) -> Totals:
    """The counts; words stand in a name of the metric or, of a statement, in its indicator. A metric belongs to its own domain."""
    every, params = narrowed({"p.place": list(places), "i.kind": list(kinds), "p.horizon_end": list(horizons)})
    metrics = [name for name, one in registry.metrics.items() if (not domain or one.domain == domain) and holds(one, words)]
    told = [f"({said(registry, part)})" for part in words.split()]
    if domain:
        params["domain"] = domain
    params |= {f"word{at}": part for at, part in enumerate(words.split())}
    own = " AND ".join([*every, *(["i.domain = $domain"] if domain else []), *(term.format(at) for at, term in enumerate(told))]) or "TRUE"
    numeric = " AND ".join([*every, f"i.kind IN ({literals(NUMERIC)})", f"i.metric_id IN ({literals(metrics)})"])
    joined = "FROM indicators i JOIN plans p USING (plan_id)"
    with store.session() as session:
        counts = as_dicts(session.query(f"SELECT i.kind, count(*) AS n {joined} WHERE {own} GROUP BY ALL", params))
        ((plans,),) = session.rows(f"SELECT count(DISTINCT i.plan_id) {joined} WHERE {own}", params)
        shared = {name: value for name, value in params.items() if f"${name}" in numeric}
        rows = session.rows(f"SELECT i.metric_id, count(DISTINCT p.place) {joined} WHERE {numeric} GROUP BY ALL ORDER BY 1", shared)
    return Totals(
        int(plans), dict.fromkeys(KINDS, 0) | {row["kind"]: int(row["n"]) for row in counts}, {name: int(number) for name, number in rows}
    )


def narrowed(wanted: dict[str, list[Any]]) -> tuple[list[str], dict[str, Any]]:
    """Conditions in SQL for the columns of which only some values are wanted, and their parameters."""
    given = {column: values for column, values in wanted.items() if values}
    return [f"list_contains(${column[2:]}, {column})" for column in given], {column[2:]: values for column, values in given.items()}


def holds(metric: Any, words: str) -> bool:
    """Whether a name of a metric holds every word."""
    names = f"{metric.name_zh} {metric.name_en}".lower()
    return all(part.lower() in names for part in words.split())


def said(registry: Registry, part: str) -> str:
    """SQL: a word stands in the indicator, or in a name of the metric. {0} is the number of its parameter."""
    named = [name for name, one in registry.metrics.items() if holds(one, part)]
    return f"contains(lower(i.indicator), lower($word{{0}})) OR i.metric_id IN ({literals(named)})"
