"""Which statement stands for a place, and what stands beside it: the SQL that compare, cascade, findings and ambition share.

    best(session, registry, metrics=None, places=None, year=None)   one row a metric and place, with baseline, benchmarks, population
    baselines(session, registry, places)                            of those, the targets with a baseline and what both say
    candidates(...)                                                 (chosen rows, all others with `why`)
    choice_rules("zh")                                              the rules in words

Rules decide in the order of RULES; nothing is dropped, and a contradiction inside a plan is flagged. For the rest of the session there
are tables `lean` (numeric statements with a metric; place_rank 1 stands for the place) and `metrics` (the registry).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from analytics import registry as registries
from analytics.frames import as_dicts
from analytics.messages import load as messages
from analytics.messages import word
from analytics.reference import ISSUE_YEAR, LATER_SQL
from analytics.store import DETAIL_SQL, LEAN_SQL, Session, exact

# Smaller goes first. Each rule is the reason given for the statements that lose by it; sentences stand in data/vocab/findings.toml.
RULES: tuple[tuple[str, str], ...] = (
    ("year_asked", "CASE WHEN $year IS NULL OR i.year = $year THEN 0 ELSE 1 END"),
    ("kind", "CASE i.kind WHEN 'target' THEN 0 ELSE 1 END"),
    ("status", "CASE i.status WHEN 'issued' THEN 0 WHEN 'unknown' THEN 1 WHEN 'draft' THEN 2 ELSE 3 END"),
    ("horizon", "-coalesce(i.horizon_end, 0)"),
    ("year", "CASE WHEN i.kind = 'target' THEN abs(coalesce(i.year - i.horizon_end, 99)) ELSE -coalesce(i.year, 0) END"),
    ("flow", "CASE WHEN i.flow = m.flow THEN 0 WHEN i.flow = 'unspecified' OR m.flow = 'unspecified' THEN 1 ELSE 2 END"),
    ("facets", "contains(i.facets, 'scope=')::INT + contains(i.facets, 'level=')::INT + contains(i.facets, 'pooled=')::INT"),
    ("name", "i.apart"),
    ("table", "CASE WHEN i.tabular THEN 0 ELSE 1 END"),
    ("confidence", "-round(i.confidence, 2)"),
    ("position", "i.value_start"),
)
KEYS = ", ".join([*(f"k_{code}" for code, _ in RULES), "lower"])
# So many plans are read one by one: DuckDB then passes over what is of other plans, for a list of them it does not.
APART = 12
# Rules of the extraction that read cells of tables.
TABLE_RULES = ("cell", "name.cell", "time.column")
# How many of the words by which a statement was given its metric ("match: 食品 合格率") its indicator does not hold itself.
APART_SQL = """len(list_filter(string_split(regexp_extract(coalesce(i.align_how, ''), '^match: (.*)$', 1), ' '),
                    lambda word: NOT contains(i.indicator, word)))"""
# What differs from the metric, without flow and scale, which the columns flow and unit say better.
FACETS_SQL = "trim(regexp_replace(coalesce(i.align_note, ''), '(^|;)(flow|scale)=[^;]*', '', 'g'), ';')"
SAME_FLOW = "({a}.flow = {b}.flow OR {a}.flow = 'unspecified' OR {b}.flow = 'unspecified')"
# The statements that stand for their places, and the baseline beside each: as common table expressions over `lean`.
CHOSEN_SQL = """c AS MATERIALIZED (
    SELECT row_at, plan_id, metric_id, place, province, kind, flow, facets, year, unit, value, lower, issued FROM lean
    WHERE place_rank = 1)"""
BASELINE_SQL = f"""b AS (
    SELECT c.row_at, i.indicator_id AS baseline_id, i.value AS baseline_value, i.value_exact AS baseline_exact,
           i.comparator AS baseline_comparator, i.year AS baseline_year, i.unit AS baseline_unit, i.facets AS baseline_facets
    FROM c JOIN lean i ON i.plan_id = c.plan_id AND i.metric_id = c.metric_id AND i.kind = 'baseline'
    WHERE c.kind = 'target' AND {SAME_FLOW.format(a="i", b="c")}
    QUALIFY row_number() OVER (
        PARTITION BY c.row_at ORDER BY baseline_facets <> c.facets, i.flow <> c.flow, i.year DESC NULLS LAST, i.value_start) = 1)"""
BASELINE_COLUMNS = (
    "indicator_id",
    "value",
    "value_exact",
    "unit",
    "year",
    "baseline_value",
    "baseline_exact",
    "baseline_comparator",
    "baseline_unit",
    "baseline_year",
)
# What is known of a value that contradicts the one that stands for a place.
ALSO = ("indicator_id", "comparator", "value_exact", "value_max_exact", "unit", "hedge")
NOT_COUNTS = ("", "%", "‰", "分", "个百分点", "倍", "元", "美元")


def best(
    session: Session,
    registry: registries.Registry,
    metrics: Sequence[str] | None = None,
    places: Sequence[str] | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    """The statement that stands for each metric and place, with baseline, benchmarks and population beside it; no verdicts."""
    rank(session, registry, metrics, places, year)
    return chosen(session)


def candidates(
    session: Session, registry: registries.Registry, metrics: Sequence[str] | None, places: Sequence[str] | None, year: int | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(chosen rows as `best` gives them, all others with `why`). Leaves the tables `lean` and `metrics` for the rest of the session."""
    rank(session, registry, metrics, places, year)
    rows, others = chosen(session), alternatives(session)
    rivals = contradicting(others)
    also = [rivals.get(at, []) for at in rows["row_at"].tolist()]
    said = {"conflict": np.array([bool(each) for each in also], dtype=bool), "also": pd.Series(also, rows.index, dtype=object)}
    return rows.assign(**said), others.drop(columns="chosen_at")


def contradicting(others: pd.DataFrame) -> dict[int, list[dict]]:
    """chosen_at -> what the same plan says besides of the same thing, each value once (ALSO)."""
    found: dict[int, list[dict]] = {}
    rivals = others.loc[others["why"] == "conflict", ["chosen_at", *ALSO]]
    for at, row in zip(rivals["chosen_at"].tolist(), as_dicts(rivals[list(ALSO)]), strict=True):
        known = found.setdefault(at, [])
        if all(row["value_exact"] != one["value_exact"] or row["value_max_exact"] != one["value_max_exact"] for one in known):
            known.append(row)
    return found


def lean_sql(registry: registries.Registry, session: Session, metrics: Sequence[str] | None, places: Sequence[str] | None) -> str:
    """SQL of the numeric statements that have a metric, with what the rules look at; registers the table `metrics`."""
    session.register("metrics", metrics_table(registry))
    terms = ["i.metric_id IS NOT NULL", "i.kind IN ('target', 'baseline')"]
    terms += [f"i.metric_id IN ({literals(metrics)})"] if metrics is not None else []
    return f"""SELECT i.row_at, {LEAN_SQL}, {FACETS_SQL} AS facets, list_has_any(i.rules, {list(TABLE_RULES)}) AS tabular,
                      {APART_SQL} AS apart
               FROM ({rows_sql(session, places)}) i JOIN plans p USING (plan_id) WHERE {" AND ".join(terms)}"""


def rows_sql(session: Session, places: Sequence[str] | None) -> str:
    """SQL of the statements of some places, or of all, with row_at."""
    rows = "SELECT rowid AS row_at, * FROM indicators"
    if places is None:
        return rows
    plans = [plan_id for (plan_id,) in session.rows(f"SELECT plan_id FROM plans WHERE place IN ({literals(places)}) ORDER BY plan_id")]
    if len(plans) > APART:
        return f"{rows} WHERE plan_id IN ({literals(plans)})"
    return " UNION ALL ".join(f"{rows} WHERE plan_id = {literals([plan_id])}" for plan_id in plans) or f"{rows} WHERE FALSE"


@lru_cache(maxsize=4)
def metrics_table(registry: registries.Registry) -> pa.Table:
    """The registry as an Arrow table, which DuckDB scans faster than a frame."""
    return pa.Table.from_pandas(registry.frame(), preserve_index=False)


def lean(session: Session, registry: registries.Registry, places: Sequence[str] | None = None) -> None:
    """Make `lean`, all numeric statements that have a metric: a view, or a table of those of some places."""
    session.forget("lean")
    session.run(f"CREATE TEMP {'VIEW' if places is None else 'TABLE'} lean AS {lean_sql(registry, session, None, places)}")


def literals(values: Sequence[str]) -> str:
    """Values as SQL string literals: views take no parameters, and IN over literals prunes while reading."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values) or "NULL"


def rank(
    session: Session, registry: registries.Registry, metrics: Sequence[str] | None, places: Sequence[str] | None, year: int | None
) -> None:
    """Fill the temporary table `lean` in one scan: the statements, one column a rule (k_...), `lower` (less is better), and place_rank,
    1 for the one that stands for its place."""
    keys = ", ".join(f"{sql} AS k_{code}" for code, sql in RULES)
    order = ", ".join(f"k_{code}" for code, _ in RULES)
    session.forget("lean")
    session.run(
        f"""
        CREATE TEMP TABLE lean AS
        SELECT *, row_number() OVER (PARTITION BY metric_id, place ORDER BY {order}, indicator_id) AS place_rank
        FROM (SELECT i.*, m.better = 'lower' AS lower, {keys}
              FROM ({lean_sql(registry, session, metrics, places)}) i JOIN metrics m USING (metric_id))""",
        {"year": year},
    )


def alternatives(session: Session) -> pd.DataFrame:
    """The statements that do not stand for their place, with the reason (why, why_zh, why_en) and chosen_at, the row of the one that
    does."""
    lost_by = " ".join(f"WHEN s.k_{code} <> c.k_{code} THEN '{code}'" for code, _ in RULES)
    same_words = "s.plan_id = c.plan_id AND s.kind = c.kind AND s.year IS NOT DISTINCT FROM c.year AND s.facets = c.facets"
    same = f"{same_words} AND {SAME_FLOW.format(a='s', b='c')}"
    others = session.query(f"""
        SELECT s.* EXCLUDE (place_rank, tabular, apart, {KEYS}), c.row_at AS chosen_at,
               CASE WHEN {same} THEN CASE WHEN s.value = c.value AND s.value_max IS NOT DISTINCT FROM c.value_max THEN 'duplicate' ELSE
                   'conflict' END
                    {lost_by} ELSE 'position' END AS why
        FROM lean s JOIN lean c ON c.metric_id = s.metric_id AND c.place = s.place AND c.place_rank = 1
        WHERE s.place_rank > 1 ORDER BY s.place, s.place_rank""")
    return others.assign(
        **{
            f"why_{lang}": others["why"].map({code: word("choice", code, lang) for code in others["why"].unique()}).astype("str")
            for lang in ("zh", "en")
        }
    )


def chosen(session: Session) -> pd.DataFrame:
    """The rows of `lean` that stand for their places, the most demanding first, with the baseline of the same plan and flow, the targets of
    nation and province for the same year, and the population."""
    rows = session.query(f"SELECT * EXCLUDE (place_rank, tabular, apart, {KEYS}) FROM lean WHERE place_rank = 1")
    extra = beside(session)
    rows = rows.take(pd.Index(rows["row_at"]).get_indexer(extra["row_at"])).reset_index(drop=True)
    return pd.concat([rows, extra.drop(columns="row_at")], axis=1)


def beside(session: Session) -> pd.DataFrame:
    """What `chosen` sets beside the statements, in the order of its rows. Few columns go through the joins: the plan of a query with all
    of them takes longer than its run."""
    return session.query(f"""
        WITH {CHOSEN_SQL}, {BASELINE_SQL},
        t AS MATERIALIZED (
            SELECT metric, region, year, CAST(value AS DOUBLE) AS value, {exact("value")} AS exact, comparator, unit, document, issuer,
                   indicator, d.issued AS known_at, regexp_extract(issuer, '{ISSUE_YEAR}', 1) AS since,
                   {LATER_SQL.format(above="since", own="d.issued")} AS later
            FROM benchmarks CROSS JOIN (SELECT DISTINCT issued FROM c) d
            QUALIFY row_number() OVER (PARTITION BY metric, region, year, known_at ORDER BY later, benchmarks.rowid) = 1)
        SELECT c.row_at, b.* EXCLUDE (row_at), {reference_columns("nation")}, {reference_columns("province")},
               places.population, places.population_year, places.source AS population_source,
               CASE WHEN c.unit NOT IN ('{"', '".join(NOT_COUNTS)}') AND NOT contains(c.unit, '/') THEN c.value * 10000.0 /
                   places.population END AS per_10k,
               100 * c.value / nullif(nation.value, 0) AS index_nation, 100 * c.value / nullif(province.value, 0) AS index_province
        FROM c LEFT JOIN b USING (row_at) {reference_join("nation", "'全国'")} {reference_join("province", "c.province")}
        LEFT JOIN places ON places.place = c.place
        ORDER BY c.metric_id, CASE WHEN c.lower THEN c.value ELSE -c.value END, c.place""")


def baselines(session: Session, registry: registries.Registry, places: Sequence[str]) -> pd.DataFrame:
    """BASELINE_COLUMNS of the targets that stand for some places and have a baseline beside them: what `best` gives, without the joins to
    benchmarks."""
    rank(session, registry, None, places, None)
    return session.query(f"""
        WITH {CHOSEN_SQL}, {BASELINE_SQL}
        SELECT {", ".join(BASELINE_COLUMNS)} FROM b JOIN lean USING (row_at) ORDER BY row_at""")


def reference_columns(scope: str) -> str:
    """SQL of the columns of a target of nation or province."""
    names = ("value", "exact", "comparator", "unit", "document", "issuer", "indicator", "region", "since")
    plain = ", ".join(f"{scope}.{name} AS {scope}_{name}" for name in names)
    return f"{plain}, coalesce({scope}.later, false) AS {scope}_later"


def reference_join(scope: str, region: str) -> str:
    """SQL that joins to `c` the target of a region for that year (`t`: of the documents that have one, the first of the file that the plan
    could know, else the first)."""
    return f"""LEFT JOIN t {scope} ON {scope}.metric = c.metric_id AND {scope}.region = {region} AND {scope}.year = c.year
                   AND {scope}.region <> c.place AND {scope}.known_at IS NOT DISTINCT FROM c.issued"""


def detailed(session: Session, frames: Sequence[pd.DataFrame], limit: int | None) -> list[pd.DataFrame]:
    """The frames with quote, section, responsible, ... (DETAIL_SQL); empty where there are more than `limit` rows in all. None has no
    limit."""
    wanted = pd.concat([frame[["row_at"]] for frame in frames])
    if limit is not None and len(wanted) > limit:
        empty = session.query(f"SELECT {DETAIL_SQL} FROM indicators i LIMIT 0")
        # None and not NaN in the column of lists, as the database would give it.
        return [pd.concat([frame.drop(columns="row_at"), empty.reindex(frame.index).assign(rules=None)], axis=1) for frame in frames]
    # By row number: a join on ids reads the id column to its end, and the index would have to be loaded for every session.
    session.register("wanted", wanted)
    extra = session.query(f"SELECT w.row_at, {DETAIL_SQL} FROM wanted w JOIN indicators i ON i.rowid = w.row_at").set_index("row_at")
    return [pd.concat([frame.drop(columns="row_at"), extra.reindex(frame["row_at"]).set_axis(frame.index)], axis=1) for frame in frames]


def choice_rules(lang: str) -> list[str]:
    """The rules of choice in words, in the order in which they decide."""
    return [messages()[f"choice.{code}"][lang] for code, _ in RULES]
