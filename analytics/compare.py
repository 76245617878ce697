"""One metric side by side: the statement that stands for each place, why the others do not, benchmarks, and whether all this is comparable.

    c = compare(store, "food.food_pass_rate", places=["日照市"], year=2025)     # places and year may be left out
    c.metric, c.verdict, c.title_zh, c.title_en, c.build_id, c.places_with, c.places_total
    c.rows          one row a place, highest first: the columns of Store.statements and
                    facets (align_note without flow), conflict (bool), comparable (bool: in the largest group of comparable rows),
                    verdict (comparable, conditional, incomparable: against that group),
                    baseline_id, baseline_value, baseline_exact, baseline_year, baseline_facets, baseline_comparator, baseline_unit,
                    nation_value, nation_comparator, nation_document, nation_issuer, nation_since (year of issue), nation_later (bool: the
                    plan could not know it), index_nation (nation = 100), province_value, ... index_province,
                    population, population_year, population_source, per_10k (counts only)
                    (section, responsible, quote, start, end, value_text, value_end, rules are empty where a metric has more than QUOTES
                    statements: ask Store.statements({"indicator_id": [...]}) for the rows that are shown, or give quotes=None)
    c.alternatives  every other statement of the same metric and place, with why (code), why_zh, why_en
    c.benchmarks    lines to draw: scope (nation, province), what (target, actual), region, year, comparator, value, value_exact, unit,
    document, issuer (with document number or year)
    narrow(c, kinds, horizons)   the same of fewer rows; drawn(c, measure)   its rows as a chart draws them
    compared(gather(store)[id])  the same from what was read for all metrics at once, for a database that is looked at again and again
    matrix(store, domain=None)   the rows above without verdicts and quotes for many metrics at once: metrics × places of the domain page

Which statement stands for a place is decided by choice.RULES, in that order; nothing is dropped, a contradiction inside a plan is flagged.
Titles come from these frames alone and rank only rows that are comparable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analytics import comparability
from analytics import registry as registries
from analytics.choice import candidates, detailed, rank
from analytics.messages import amount, computed, say
from analytics.pairs import severity_matrix
from analytics.store import AnalyticsError, Session, Store, exact
from analytics.titles import title
from analytics.verdicts import VERDICTS

QUOTES = 2000
MEASURES = ("value", "per", "index")
# How many rows stand on one page of a chart.
PAGE_ROWS = 25
STATUS_ORDER = {"issued": 0, "unknown": 1, "draft": 2, "expired": 3}
SIGNATURE = ["facets", "unit", "flow", "year", "kind", "status"]

# The targets and observed values of nation and provinces, as columns and what they are read from.
LINES = f"""
    scope, what, region, year, comparator, value, value_exact, unit, document, issuer, indicator, note
    FROM (SELECT metric, CASE region WHEN '全国' THEN 'nation' ELSE 'province' END AS scope, 'target' AS what, region, year, comparator,
                 CAST(value AS DOUBLE) AS value, {exact("value")} AS value_exact, unit, document, issuer, indicator, note
          FROM benchmarks
          UNION ALL
          SELECT metric, CASE region WHEN '全国' THEN 'nation' ELSE 'province' END, 'actual', region, year, comparator,
                 CAST(value AS DOUBLE), {exact("value")}, unit, source, '', '', '' FROM actuals)"""
DETAILS = ["section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules", "align_how"]  # of DETAIL_SQL
LINE_ORDER = "what DESC, scope, region, year, document"


class UnknownMetric(AnalyticsError):
    """No metric of the registry has that id."""


@dataclass(frozen=True)
class Comparison:
    """What `compare` found; the frames are described at the top of this module."""

    metric: registries.Metric
    rows: pd.DataFrame
    alternatives: pd.DataFrame
    benchmarks: pd.DataFrame
    verdict: comparability.Verdict | None
    title_zh: str
    title_en: str
    places_with: int
    places_total: int
    build_id: str


def compare(
    store: Store,
    metric_id: str,
    *,
    places: Iterable[str] | None = None,
    year: int | None = None,
    registry: registries.Registry | None = None,
    quotes: int | None = QUOTES,
) -> Comparison:
    """One metric across places. `year` prefers statements for that year; up to `quotes` statements get quote and section (None: all).

    Raises UnknownMetric and what Store raises.
    """
    registry = registry or registries.load()
    metric = metric_of(registry, metric_id)
    wanted = sorted(set(places)) if places is not None else None
    with store.session() as session:
        rows, alternatives = candidates(session, registry, [metric_id], wanted, year)
        rows, verdict = judge(rows, registry)
        rows, alternatives = detailed(session, [rows, alternatives], quotes)
        lines = benchmark_lines(session, metric_id, rows)
        total = (
            session.one(
                "SELECT count(DISTINCT place) FROM plans WHERE $places IS NULL OR list_contains($places, place)", {"places": wanted}
            )
            or (0,)
        )[0]
    title_zh, title_en = title(metric, rows, verdict)
    return Comparison(metric, rows, alternatives, lines, verdict, title_zh, title_en, len(rows), total, store.build_id)


@dataclass(frozen=True)
class Gathered:
    """What a comparison of one metric is made from, before places are chosen: the statement of every place, all others, every benchmark
    line of the metric, what comparability looks at in each of the rows, and the places that have a plan."""

    metric: registries.Metric
    rows: pd.DataFrame
    alternatives: pd.DataFrame
    benchmarks: pd.DataFrame
    facets: pd.DataFrame
    places: frozenset[str]
    build_id: str


def gather(
    store: Store, registry: registries.Registry | None = None, quotes: int | None = QUOTES, places: Iterable[str] | None = None
) -> dict[str, Gathered]:
    """What `compared` needs, for every metric of the registry at once: twenty times as fast as `compare` for each. It holds all numeric
    statements (of some places, or all) in memory, so it is for some hundred plans at most."""
    registry = registry or registries.load()
    wanted = None if places is None else sorted(set(places))
    with store.session() as session:
        rows, others = candidates(session, registry, None, wanted, None)
        counts = rows["metric_id"].value_counts().add(others["metric_id"].value_counts(), fill_value=0)
        few = set(counts.index if quotes is None else counts.index[counts <= quotes])
        quoted = detailed(session, [frame.loc[frame["metric_id"].isin(few)] for frame in (rows, others)], None)
        silent = detailed(session, [frame.loc[~frame["metric_id"].isin(few)] for frame in (rows, others)], 0)
        lines = session.query(f"SELECT metric, {LINES} ORDER BY {LINE_ORDER}")
        known = frozenset(session.query("SELECT DISTINCT place FROM plans")["place"])
    parts = {True: [by_metric(frame, "metric_id") for frame in quoted], False: [by_metric(frame, "metric_id") for frame in silent]}
    drawn, table = by_metric(lines, "metric"), comparability.facets(rows, registry)
    tables = {name: part.reset_index(drop=True) for name, part in table.groupby(rows["metric_id"], sort=False)}
    empty = [part.iloc[:0] for part in quoted]
    return {
        name: Gathered(
            metric,
            *(part.get(name, blank) for part, blank in zip(parts[name in few], empty, strict=True)),
            drawn.get(name, lines.iloc[:0]).drop(columns="metric"),
            tables.get(name, table.iloc[:0]),
            known if wanted is None else known & set(wanted),
            store.build_id,
        )
        for name, metric in registry.metrics.items()
    }


def by_metric(frame: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The rows of each metric, in the order of the frame, numbered from 0."""
    return {name: part.reset_index(drop=True) for name, part in frame.groupby(column, sort=False)}


def compared(found: Gathered, places: Iterable[str] | None = None, registry: registries.Registry | None = None) -> Comparison:
    """What `compare` gives for these places, from what `gather` has found: the statement that stands for a place does not depend on the
    other places, only the verdict, the benchmarks and the title do."""
    registry = registry or registries.load()
    chosen = found.places if places is None else found.places & set(places)
    keep, others = (frame["place"].isin(chosen).to_numpy() for frame in (found.rows, found.alternatives))
    rows, alternatives, table = (
        frame if mask.all() else frame.loc[mask].reset_index(drop=True)
        for frame, mask in ((found.rows, keep), (found.alternatives, others), (found.facets, keep))
    )
    rows, verdict = judge(rows, registry, table)
    rows = rows[[*rows.columns.difference(DETAILS, sort=False), *DETAILS]]
    regions = {"全国", *rows["province"].dropna()}
    lines = found.benchmarks.loc[
        found.benchmarks["region"].isin(regions)
        & ((found.benchmarks["what"] == "actual") | found.benchmarks["year"].isin(rows["year"].dropna()))
    ].reset_index(drop=True)
    title_zh, title_en = title(found.metric, rows, verdict)
    return Comparison(found.metric, rows, alternatives, lines, verdict, title_zh, title_en, len(rows), len(chosen), found.build_id)


def matrix(
    store: Store, domain: str | None = None, places: Iterable[str] | None = None, registry: registries.Registry | None = None
) -> pd.DataFrame:
    """One row a metric and place of a domain (of all domains): the statement that stands for it, conflict, baseline, benchmarks,
    population."""
    registry = registry or registries.load()
    metrics = None if domain is None else registry.of_domain(domain)
    with store.session() as session:
        return candidates(session, registry, metrics, None if places is None else sorted(set(places)), None)[0].drop(columns="row_at")


def narrow(found: Comparison, kinds: Iterable[str] = (), horizons: Iterable[int] = ()) -> Comparison:
    """The comparison of the rows of some kinds and horizons alone (none: all), judged and titled anew."""
    kinds, horizons = set(kinds), set(horizons)
    if not kinds and not horizons:
        return found
    rows = found.rows
    keep = (rows["kind"].isin(kinds) | (not kinds)) & (rows["horizon_end"].isin(horizons) | (not horizons))
    rows, verdict = judge(rows.loc[keep].drop(columns=["comparable", "verdict"], errors="ignore").reset_index(drop=True), registries.load())
    title_zh, title_en = title(found.metric, rows, verdict)
    return replace(found, rows=rows, verdict=verdict, title_zh=title_zh, title_en=title_en, places_with=len(rows))


def drawn(found: Comparison, measure: str = "value", comparable_only: bool = False) -> pd.DataFrame:
    """The rows of a comparison as they are drawn, best first, with `shown` (where each stands on the axis) and `faded` (not comparable
    with the largest group; left out where `comparable_only`). Rows without the measure are left out.
    """
    rows = found.rows
    faded = rows["verdict"].eq("incomparable") if len(rows) else False
    rows = rows.assign(shown=measured(rows, measure).astype(float), faded=faded)
    rows = rows[rows["shown"].notna() & ~(rows["faded"] & comparable_only)]
    return rows.sort_values("shown", ascending=found.metric.better == "lower", kind="stable", ignore_index=True)


def references(benchmarks: pd.DataFrame, rows: pd.DataFrame) -> list[dict]:
    """The targets to hold rows against, in their unit: of the nation, and of each province for the years of its own places; each value
    once."""
    own = set(zip(rows["province"], rows["year"], strict=True))
    units = {*rows["unit"], ""}
    wanted = [
        line["what"] == "target"
        and (line["unit"] if isinstance(line["unit"], str) else "") in units
        and (line["region"] == "全国" or (line["region"], line["year"]) in own)
        for line in benchmarks.to_dict("records")
    ]
    return benchmarks.loc[wanted].drop_duplicates(["region", "year", "value_exact"]).to_dict("records")


def measured(rows: pd.DataFrame, measure: str) -> pd.Series:
    """The value, the value for 10,000 people, or the value with the province's target (the nation's where it has none) as 100."""
    if measure == "per":
        return rows["per_10k"]
    return rows["index_province"].fillna(rows["index_nation"]) if measure == "index" else rows["value"]


def measure_label(comparator: str | None, value: float, unit: str, measure: str, lang: str) -> str:
    """How a computed measure is written at its mark: ≥219件/万人, ≥219 per 10,000 people, ≥104.2 of an index."""
    shown = amount(comparator, computed(value), None, unit if measure == "per" and lang == "zh" else "", lang)
    return say(f"measure.{measure}", lang, value=shown)


def outline(store: Store, domain: str | None = None, registry: registries.Registry | None = None) -> pd.DataFrame:
    """metric_id, place, kind, horizon_end and indicator of the rows of `matrix`, in their order: quick for many places."""
    registry = registry or registries.load()
    metrics = None if domain is None else registry.of_domain(domain)
    with store.session() as session:
        rank(session, registry, metrics, None, None)
        return session.query("""
            SELECT metric_id, place, kind, horizon_end, indicator FROM lean WHERE place_rank = 1
            ORDER BY metric_id, CASE WHEN lower THEN value ELSE -value END, place""")


def metric_of(registry: registries.Registry, metric_id: str) -> registries.Metric:
    """The metric with that id. Raises UnknownMetric, which names the nearest ids."""
    try:
        return registry.metrics[metric_id]
    except KeyError:
        near = sorted(
            registry.metrics, key=lambda known: -len(set(known.split(".")[-1].split("_")) & set(metric_id.split(".")[-1].split("_")))
        )[:3]
        raise UnknownMetric(f"no metric {metric_id!r} in the registry; nearest: {', '.join(near)}") from None


def benchmark_lines(session: Session, metric_id: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Targets and observed values of the nation and of the provinces in `rows`, for the years in `rows` (observed: any year)."""
    params = {
        "metric": metric_id,
        "provinces": sorted(set(rows["province"].dropna())),
        "years": [int(year) for year in rows["year"].dropna().unique()],
    }
    return session.query(
        f"""
        SELECT {LINES}
        WHERE metric = $metric AND (region = '全国' OR list_contains($provinces, region))
              AND (what = 'actual' OR list_contains($years, year))
        ORDER BY {LINE_ORDER}""",
        params,
    )


def judge(
    rows: pd.DataFrame, registry: registries.Registry, facets: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, comparability.Verdict | None]:
    """The rows with `comparable`, and the verdict on all of them. Rows that say the same way count once, however many places there are.
    facets: of the same rows, where they are at hand; finding them takes half of the time."""
    if rows.empty:
        return rows.assign(comparable=pd.Series(dtype=bool)), None
    kinds = rows.groupby(SIGNATURE, dropna=False, sort=False).ngroup()
    unique = distinct_rows(rows, kinds)
    first = np.flatnonzero(~kinds.duplicated().to_numpy())[unique["signature"]]
    table = comparability.facets(unique, registry) if facets is None else facets.iloc[first].reset_index(drop=True)
    verdict = comparability.group_of(table, len(rows), registry)
    gravest = np.empty(len(unique), dtype=int)
    reached = unique["reached"].to_numpy()
    gravest[unique["signature"]] = against_group(severity_matrix(table), np.flatnonzero(~reached | reached.all()))
    own = gravest[kinds]
    return rows.assign(comparable=own == 0, verdict=pd.array(np.array(VERDICTS)[own], dtype="str")), verdict


def distinct_rows(rows: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """One row a kind, targets before baselines, then the most frequent first, then plans in force and later years: the columns of
    comparability.facets and `signature`, the number of the kind."""
    first = ~kinds.duplicated().to_numpy()
    unique = rows.loc[first, ["metric_id", "align_note", *SIGNATURE]].assign(signature=kinds[first])
    worth = unique["status"].map(STATUS_ORDER).fillna(len(STATUS_ORDER))
    unique = unique.assign(weight=np.bincount(kinds)[unique["signature"]], worth=worth, reached=unique["kind"] == "baseline")
    order = {"reached": True, "weight": False, "worth": True, "year": False, **dict.fromkeys(SIGNATURE, True)}
    return unique.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def against_group(severities: np.ndarray, fit: Sequence[int]) -> np.ndarray:
    """How gravely each row differs from the largest comparable group, which is made of the rows `fit`: 0 in it, 1 comparable with notes, 2
    not.

    The group is found greedily from the first row, so rows come by frequency, and among equals plans in force and later years come first.
    Where there is a target, baselines are not fit: they stand beside the group and never in it.
    """
    chosen: list[int] = []
    for at in fit:
        if not severities[at, [*chosen, at]].any():
            chosen.append(at)
    outside = np.maximum(severities[:, chosen or [0]].max(axis=1), 1)
    outside[chosen] = 0
    return outside
