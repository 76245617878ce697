"""Which statement stands for a place, and what stands beside it: the SQL that compare, cascade, findings and ambition share.

    best(session, registry, metrics=None, places=None, year=None)   one row a metric and place, with baseline, benchmarks, population
    candidates(...)                                                 (chosen rows, all others with `why`)
    choice_rules("zh")                                              the rules in words

Rules decide in the order of RULES; nothing is dropped, and a contradiction inside a plan is flagged. For the rest of the session there
are tables `lean` (numeric statements with a metric), `ranked` (place_rank 1 stands for the place) and `metrics` (the registry).
"""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analytics import registry as registries
from analytics.messages import load as messages, word
from analytics.store import DETAIL_SQL, LEAN_SQL, REFERENCE, Session, exact, read_reference

# Smaller goes first. Each rule is the reason given for the statements that lose by it; sentences stand in data/vocab/findings.toml.
RULES: tuple[tuple[str, str], ...] = (
    ("year_asked", "CASE WHEN $year IS NULL OR i.year = $year THEN 0 ELSE 1 END"),
    ("kind", "CASE i.kind WHEN 'target' THEN 0 ELSE 1 END"),
    ("status", "CASE i.status WHEN 'issued' THEN 0 WHEN 'unknown' THEN 1 WHEN 'draft' THEN 2 ELSE 3 END"),
    ("horizon", "-coalesce(i.horizon_end, 0)"),
    ("year", "CASE WHEN i.kind = 'target' THEN abs(coalesce(i.year - i.horizon_end, 99)) ELSE -coalesce(i.year, 0) END"),
    ("flow", "CASE WHEN i.flow = m.flow THEN 0 WHEN i.flow = 'unspecified' OR m.flow = 'unspecified' THEN 1 ELSE 2 END"),
    ("facets", "len(regexp_extract_all(i.facets, '(scope|level|pooled)='))"),
    ("table", "CASE WHEN i.tabular THEN 0 ELSE 1 END"),
    ("confidence", "-round(i.confidence, 2)"),
    ("position", "i.value_start"),
)
# Rules of the extraction that read cells of tables.
TABLE_RULES = ("cell", "name.cell", "time.column")
# What differs from the metric, without flow and scale, which the columns flow and unit say better.
FACETS_SQL = "trim(regexp_replace(coalesce(i.align_note, ''), '(^|;)(flow|scale)=[^;]*', '', 'g'), ';')"
SAME_FLOW = "({a}.flow = {b}.flow OR {a}.flow = 'unspecified' OR {b}.flow = 'unspecified')"
NOT_COUNTS = ("", "%", "‰", "分", "个百分点", "倍", "元", "美元")


def best(session: Session, registry: registries.Registry, metrics: Sequence[str] | None = None, places: Sequence[str] | None = None,
         year: int | None = None) -> pd.DataFrame:
    """The statement that stands for each metric and place, with baseline, benchmarks and population beside it; no verdicts."""
    return beside(session, candidates(session, registry, metrics, places, year, alternatives=False)[0])


def candidates(session: Session, registry: registries.Registry, metrics: Sequence[str] | None, places: Sequence[str] | None,
               year: int | None, alternatives: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(chosen rows, all others with `why`). Leaves `lean`, `ranked` and `metrics` as tables for the rest of the session."""
    rank(session, registry, metrics, places, year)
    chosen = session.query("SELECT l.*, r.conflict FROM ranked r JOIN lean l USING (indicator_id) WHERE r.place_rank = 1")
    if not alternatives:
        return chosen, chosen.iloc[:0]
    others = session.query("SELECT l.*, r.conflict, r.why FROM ranked r JOIN lean l USING (indicator_id) WHERE r.place_rank > 1 ORDER BY l.place, r.place_rank")
    for lang in ("zh", "en"):
        others[f"why_{lang}"] = others["why"].map({code: word("choice", code, lang) for code in others["why"].unique()}).astype("str")
    return chosen, others


def lean(session: Session, registry: registries.Registry, metrics: Sequence[str] | None, places: Sequence[str] | None) -> None:
    """Make `lean`, the numeric statements that have a metric, and `metrics`. One metric is copied (one scan), all of them stay a view."""
    session.register("metrics", registry.frame())
    terms = ["i.metric_id IS NOT NULL", "i.kind IN ('target', 'baseline')"]
    terms += [f"i.metric_id IN ({literals(metrics)})"] if metrics is not None else []
    terms += [f"p.place IN ({literals(places)})"] if places is not None else []
    session.forget("lean")
    session.run(f"""CREATE TEMP {"VIEW" if metrics is None else "TABLE"} lean AS
        SELECT i.rowid AS at, {LEAN_SQL}, {FACETS_SQL} AS facets, list_has_any(i.rules, {list(TABLE_RULES)}) AS tabular
        FROM indicators i JOIN plans p USING (plan_id) WHERE {" AND ".join(terms)}""")


def literals(values: Sequence[str]) -> str:
    """Values as SQL string literals: views take no parameters, and IN over literals prunes while reading."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values) or "NULL"


def rank(session: Session, registry: registries.Registry, metrics: Sequence[str] | None, places: Sequence[str] | None, year: int | None) -> None:
    """Fill the temporary table `ranked`: indicator_id, metric_id, place, place_rank (1 stands for the place), why, conflict."""
    lean(session, registry, metrics, places)
    keys = ", ".join(f"{sql} AS k_{code}" for code, sql in RULES)
    order = ", ".join(f"k_{code}" for code, _ in RULES)
    lost_by = " ".join(f"WHEN s.k_{code} <> c.k_{code} THEN '{code}'" for code, _ in RULES)
    same = f"s.plan_id = c.plan_id AND s.kind = c.kind AND s.year IS NOT DISTINCT FROM c.year AND s.facets = c.facets AND {SAME_FLOW.format(a='s', b='c')}"
    session.run(f"""
        CREATE OR REPLACE TEMP TABLE ranked AS
        WITH s AS (SELECT i.indicator_id, i.metric_id, i.plan_id, i.place, i.kind, i.year, i.flow, i.value, i.value_max, i.facets, {keys}
                   FROM lean i JOIN metrics m USING (metric_id)),
        n AS (SELECT *, row_number() OVER (PARTITION BY metric_id, place ORDER BY {order}, indicator_id) AS place_rank FROM s),
        j AS (SELECT s.indicator_id, s.metric_id, s.place, s.place_rank,
                     CASE WHEN s.place_rank = 1 THEN 'chosen'
                          WHEN {same} THEN CASE WHEN s.value = c.value AND s.value_max IS NOT DISTINCT FROM c.value_max THEN 'duplicate' ELSE 'conflict' END
                          {lost_by} ELSE 'position' END AS why
              FROM n s JOIN n c ON c.metric_id = s.metric_id AND c.place = s.place AND c.place_rank = 1)
        SELECT *, bool_or(why = 'conflict') OVER (PARTITION BY metric_id, place) AS conflict FROM j""", {"year": year})


def beside(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with baseline of the same plan and flow, targets of nation and province for the same year, and population."""
    session.register("chosen", rows[["indicator_id", "metric_id", "plan_id", "place", "province", "kind", "flow", "facets", "year", "value", "unit"]])
    extra = session.query(f"""
        WITH b AS (SELECT c.indicator_id, i.indicator_id AS baseline_id, i.value AS baseline_value, i.value_exact AS baseline_exact,
                          i.comparator AS baseline_comparator, i.year AS baseline_year, i.unit AS baseline_unit, i.facets AS baseline_facets
                   FROM chosen c JOIN lean i ON i.plan_id = c.plan_id AND i.metric_id = c.metric_id AND i.kind = 'baseline'
                   WHERE c.kind = 'target' AND {SAME_FLOW.format(a="i", b="c")}
                   QUALIFY row_number() OVER (PARTITION BY c.indicator_id
                                              ORDER BY baseline_facets <> c.facets, i.flow <> c.flow, i.year DESC NULLS LAST, i.value_start) = 1),
        {reference_sql("nation", "'全国'")}, {reference_sql("province", "c.province")}
        SELECT c.indicator_id, b.* EXCLUDE (indicator_id), nation.* EXCLUDE (indicator_id), province.* EXCLUDE (indicator_id),
               places.population, places.population_year, places.source AS population_source,
               CASE WHEN c.unit NOT IN ('{"', '".join(NOT_COUNTS)}') AND NOT contains(c.unit, '/') THEN c.value * 10000.0 / places.population END AS per_10k,
               100 * c.value / nullif(nation_value, 0) AS index_nation, 100 * c.value / nullif(province_value, 0) AS index_province
        FROM chosen c LEFT JOIN b USING (indicator_id) LEFT JOIN nation USING (indicator_id) LEFT JOIN province USING (indicator_id)
        LEFT JOIN places ON places.place = c.place""")
    return rows.merge(extra, on="indicator_id", how="left", validate="one_to_one")


def reference_sql(scope: str, region: str) -> str:
    """SQL of a named sub-query: for each row of `chosen`, the target of a region for that year (the first document of the file that has one)."""
    return f"""{scope} AS (
        SELECT c.indicator_id, CAST(t.value AS DOUBLE) AS {scope}_value, {exact("t.value")} AS {scope}_exact, t.comparator AS {scope}_comparator,
               t.unit AS {scope}_unit, t.document AS {scope}_document, t.indicator AS {scope}_indicator, t.region AS {scope}_region
        FROM chosen c JOIN benchmarks t ON t.metric = c.metric_id AND t.region = {region} AND t.year = c.year AND t.region <> c.place
        QUALIFY row_number() OVER (PARTITION BY c.indicator_id ORDER BY t.rowid) = 1)"""


def detailed(session: Session, frames: Sequence[pd.DataFrame], limit: int | None) -> list[pd.DataFrame]:
    """The frames with quote, section, responsible, ... (DETAIL_SQL), read for the first `limit` rows of each only; None reads all."""
    # By row number: a join on ids reads the id column to its end, and the index would have to be loaded for every session.
    session.register("wanted", pd.concat([frame[["at"]].head(len(frame) if limit is None else limit) for frame in frames]))
    extra = session.query(f"SELECT w.at, {DETAIL_SQL} FROM wanted w JOIN indicators i ON i.rowid = w.at")
    return [frame.merge(extra, on="at", how="left", validate="one_to_one").drop(columns="at") for frame in frames]


def english(places: pd.Series, reference: Path = REFERENCE) -> pd.Series:
    """Names of places and regions in English, from places.tsv and the provinces of findings.toml; as they are where none is known."""
    table = read_reference(reference / "places.tsv").to_pydict()
    known = dict(zip(table["place"], table["name_en"], strict=True))
    return places.map({place: known.get(place) or word("region", place, "en") for place in places.dropna().unique()}).astype("str")


def choice_rules(lang: str) -> list[str]:
    """The rules of choice in words, in the order in which they decide."""
    return [messages()[f"choice.{code}"][lang] for code, _ in RULES]
