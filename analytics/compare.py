"""One metric side by side: the statement that stands for each place, why the others do not, benchmarks, and whether all this is comparable.

    c = compare(store, "food.food_pass_rate", places=["日照市"], year=2025)     # places and year may be left out
    c.metric, c.verdict, c.title_zh, c.title_en, c.build_id, c.places_with, c.places_total
    c.rows          one row a place, in the order of analytics.ranking: the columns of Store.statements and
                    facets (align_note without flow), conflict (bool), also (list: the values that its plan gives besides, choice.ALSO),
                    comparable (bool: in the largest group of comparable rows), verdict (comparable, conditional, incomparable: against
                    that group), ranked (bool: may be set above or below the others that are),
                    baseline_id, baseline_value, baseline_exact, baseline_year, baseline_facets, baseline_comparator, baseline_unit,
                    nation_value, nation_comparator, nation_document, nation_issuer, nation_since (year of issue), nation_later (bool: the
                    plan could not know it), index_nation (nation = 100), province_value, ... index_province,
                    population, population_year, population_source, per_10k (counts only)
                    (section, responsible, quote, start, end, value_text, value_end, rules are empty where a metric has more than QUOTES
                    statements: ask Store.statements({"indicator_id": [...]}) for the rows that are shown, or give quotes=None)
    c.alternatives  every other statement of the same metric and place, with why (code), why_zh, why_en
    c.benchmarks    lines to draw: scope (nation, province), what (target, actual), region, year, comparator, value, value_exact, unit,
    document, issuer (with document number or year)
    narrow(c, kinds, horizons)   the same of fewer rows; among(c, places)   of fewer places
    drawn(c, measure)            its rows as a chart draws them; headline(c, lang, measure)   the title of that chart
    compared(gather(store), id)  the same from what was read for all metrics at once, for a database that is looked at again and again

Which statement stands for a place is decided by choice.RULES, in that order; nothing is dropped, a contradiction inside a plan is flagged.
Titles come from these frames alone and rank only what analytics.ranking lets. Many metrics at once: analytics.matrices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from analytics import comparability, ranking
from analytics import registry as registries
from analytics.choice import candidates, detailed, literals
from analytics.frames import as_dicts
from analytics.kinds import NOWHERE, Kinds
from analytics.measures import measured
from analytics.messages import LANGUAGES
from analytics.store import AnalyticsError, Session, Store, exact
from analytics.titles import title
from analytics.verdicts import VERDICTS

QUOTES = 2000
# How many rows stand on one page of a chart.
PAGE_ROWS = 25

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
    kinds: Kinds = field(repr=False)


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
    metric_of(registry, metric_id)
    return compared(gather(store, [metric_id], places=places, year=year, registry=registry, quotes=quotes), metric_id)


@dataclass(frozen=True)
class Gathered:
    """What comparisons are made from: of each metric the statement of every place (with its kind), all others, every benchmark line; and
    the places that have a plan."""

    rows: pd.DataFrame
    alternatives: pd.DataFrame
    benchmarks: pd.DataFrame
    kinds: Kinds
    places: frozenset[str]
    build_id: str

    @cached_property
    def at(self) -> tuple[dict[str, np.ndarray], ...]:
        """For each of the three frames: metric -> the positions of its rows."""
        return tuple(frame.groupby("metric_id", sort=False).indices for frame in (self.rows, self.alternatives, self.benchmarks))


def gather(
    store: Store,
    metrics: Sequence[str] | None = None,
    *,
    places: Iterable[str] | None = None,
    year: int | None = None,
    registry: registries.Registry | None = None,
    quotes: int | None = QUOTES,
) -> Gathered:
    """What `compared` needs for some metrics, or all: for all of them it takes as long as for three. It holds their numeric statements (of
    some places, or all) in memory, so all metrics of all places are for some hundred plans at most."""
    registry = registry or registries.load()
    wanted = None if places is None else sorted(set(places))
    with store.session() as session:
        rows, others = candidates(session, registry, metrics, wanted, year)
        kinds = Kinds.of(rows, registry)
        rows, others = quoted(session, rows, others, quotes)
        chosen = "TRUE" if metrics is None else f"metric IN ({literals(metrics)})"
        lines = session.query(f"SELECT metric AS metric_id, {LINES} WHERE {chosen} ORDER BY {LINE_ORDER}")
        known = frozenset(session.query("SELECT DISTINCT place FROM plans")["place"])
    return Gathered(rows, others, lines, kinds, known if wanted is None else known & set(wanted), store.build_id)


def quoted(session: Session, rows: pd.DataFrame, others: pd.DataFrame, quotes: int | None) -> list[pd.DataFrame]:
    """The frames with the DETAILS of the statements of all metrics that have no more than `quotes` statements (None: all)."""
    counts = rows["metric_id"].value_counts().add(others["metric_id"].value_counts(), fill_value=0)
    many = [] if quotes is None else list(counts.index[counts > quotes])
    if not many or len(many) == len(counts):
        return detailed(session, [rows, others], 0 if many else None)
    silent = [frame["metric_id"].isin(many) for frame in (rows, others)]
    parts = (
        detailed(session, [frame.loc[where] for frame, where in zip((rows, others), chosen, strict=True)], limit)
        for chosen, limit in ((silent, 0), ([~where for where in silent], None))
    )
    return [pd.concat(pair).sort_index() for pair in zip(*parts, strict=True)]


def compared(found: Gathered, metric_id: str, places: Iterable[str] | None = None) -> Comparison:
    """What `compare` gives for these places, from what `gather` has found: the statement that stands for a place does not depend on the
    other places, only the verdict, the benchmarks and the title do. Raises UnknownMetric."""
    metric = metric_of(found.kinds.registry, metric_id)
    chosen = found.places if places is None else found.places & set(places)
    at, others, lines_at = (place.get(metric_id, NOWHERE) for place in found.at)
    if len(chosen) < len(found.places):
        at, others = (
            where[[place in chosen for place in frame["place"].take(where).tolist()]] if len(where) else where
            for frame, where in ((found.rows, at), (found.alternatives, others))
        )
    rows, alternatives = found.rows.take(at).reset_index(drop=True), found.alternatives.take(others).reset_index(drop=True)
    kinds = found.kinds.of_rows(at)
    rows, kinds, verdict = judged(rows, kinds, metric)
    lines = lines_for(found.benchmarks.take(lines_at).drop(columns="metric_id"), rows)
    title_zh, title_en = title(metric, rows, verdict)
    return Comparison(metric, rows, alternatives, lines, verdict, title_zh, title_en, len(rows), len(chosen), found.build_id, kinds)


def lines_for(lines: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Targets and observed values of the nation and of the provinces in `rows`, for the years in `rows` (observed: any year)."""
    regions, years = {"全国", *rows["province"].unique()}, set(rows["year"].dropna().unique())
    wanted = [
        region in regions and (what == "actual" or year in years)
        for region, what, year in zip(*(lines[name].tolist() for name in ("region", "what", "year")), strict=True)
    ]
    return lines.take(np.flatnonzero(wanted)).reset_index(drop=True)


def headline(found: Comparison, lang: str, measure: str = "value") -> str:
    """The finding in a sentence, about what a chart of this measure shows."""
    if measure == "value":
        return getattr(found, f"title_{lang}")
    return title(found.metric, found.rows, found.verdict, measure)[LANGUAGES.index(lang)]


def narrow(found: Comparison, kinds: Iterable[str] = (), horizons: Iterable[int] = ()) -> Comparison:
    """The comparison of the rows of some kinds and horizons alone (none: all), judged and titled anew."""
    kinds, horizons = set(kinds), set(horizons)
    if not kinds and not horizons:
        return found
    rows = found.rows
    keep = np.flatnonzero((rows["kind"].isin(kinds) | (not kinds)) & (rows["horizon_end"].isin(horizons) | (not horizons)))
    left = found.kinds.of_rows(keep)
    rows, left, verdict = judged(rows.take(keep).reset_index(drop=True), left, found.metric)
    title_zh, title_en = title(found.metric, rows, verdict)
    return replace(found, rows=rows, verdict=verdict, title_zh=title_zh, title_en=title_en, places_with=len(rows), kinds=left)


def among(found: Comparison, places: Iterable[str]) -> Comparison:
    """What `compare` gives for some of the places of a comparison, all of which have a plan, from the comparison of all: judged and titled
    anew. It has the sentences that the whole one has."""
    wanted = set(places)
    at, others_at = (np.flatnonzero(frame["place"].isin(wanted)) for frame in (found.rows, found.alternatives))
    kinds = found.kinds.of_rows(at)
    rows, kinds, verdict = judged(found.rows.take(at).reset_index(drop=True), kinds, found.metric)
    title_zh, title_en = title(found.metric, rows, verdict)
    return replace(
        found,
        rows=rows,
        alternatives=found.alternatives.take(others_at).reset_index(drop=True),
        benchmarks=lines_for(found.benchmarks, rows),
        verdict=verdict,
        title_zh=title_zh,
        title_en=title_en,
        places_with=len(rows),
        places_total=len(wanted),
        kinds=kinds,
    )


def drawn(found: Comparison, measure: str = "value", comparable_only: bool = False) -> pd.DataFrame:
    """The rows of a comparison as they are drawn, in the order of analytics.ranking, with `shown` (where each stands on the axis), `ranked`
    by it, and `faded` (not comparable with the largest group; left out where `comparable_only`). Rows without the measure are left out.
    """
    rows, lower = found.rows, found.metric.better == "lower"
    faded = rows["verdict"].eq("incomparable") if len(rows) else False
    rows = rows.assign(shown=measured(rows, measure).astype(float), faded=faded)
    rows = rows[rows["shown"].notna() & ~(rows["faded"] & comparable_only)].reset_index(drop=True)
    rows = rows.assign(ranked=ranking.ranked(rows, lower, "shown"))
    return rows.take(ranking.order(rows, lower, "shown")).reset_index(drop=True)


def references(benchmarks: pd.DataFrame, rows: pd.DataFrame) -> list[dict]:
    """The targets to hold rows against, in their unit: of the nation and of provinces; each value once. `rows`: the positions of the rows
    that a target is for, which are those of its year and, of a province, of its own places."""
    units, facts = {*rows["unit"], ""}, list(zip(rows["province"], rows["year"], strict=True))
    found = []
    for line in as_dicts(benchmarks.drop_duplicates(["what", "region", "year", "value_exact"])):
        at = [row for row, (province, year) in enumerate(facts) if line["region"] in ("全国", province) and year == line["year"]]
        if at and line["what"] == "target" and (line["unit"] if isinstance(line["unit"], str) else "") in units:
            found.append({**line, "rows": tuple(at)})
    return found


def metric_of(registry: registries.Registry, metric_id: str) -> registries.Metric:
    """The metric with that id. Raises UnknownMetric, which names the nearest ids."""
    try:
        return registry.metrics[metric_id]
    except KeyError:
        near = sorted(
            registry.metrics, key=lambda known: -len(set(known.split(".")[-1].split("_")) & set(metric_id.split(".")[-1].split("_")))
        )[:3]
        raise UnknownMetric(f"no metric {metric_id!r} in the registry; nearest: {', '.join(near)}") from None


def judged(rows: pd.DataFrame, kinds: Kinds, metric: registries.Metric) -> tuple[pd.DataFrame, Kinds, comparability.Verdict | None]:
    """The rows in their order, with `comparable`, `verdict` and `ranked` before their DETAILS; their kinds; and the verdict on all."""
    gravity, verdict = kinds.judged()
    lower = metric.better == "lower"
    found = {"comparable": gravity == 0, "verdict": pd.array(np.array(VERDICTS)[gravity], dtype="str")}
    found["ranked"] = ranking.ranked(rows.assign(comparable=found["comparable"]), lower)
    if "comparable" in rows:
        rows = rows.assign(**found)
    else:
        rows, before = rows.copy(deep=False), len(rows.columns) - len(DETAILS)
        for at, (name, values) in enumerate(found.items()):
            rows.insert(before + at, name, values)
    order = ranking.order(rows, lower)
    return rows.take(order).reset_index(drop=True), kinds.of_rows(order), verdict
