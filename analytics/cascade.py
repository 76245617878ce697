"""City against province against nation, each for the right year: below, equal, above, omitted or not comparable.

    frame = cascade(store, metric=None, places=None)
    place, province, metric_id, metric_zh, metric_en, scope (nation, province, prefecture), relation, verdict, codes ("method;scope"),
    codes_zh, codes_en,
    indicator_id, comparator, value, value_exact, unit, year, reference_value, reference_exact, reference_comparator, reference_unit,
    reference_year,
    reference_region, reference_document, reference_indicator, reference_id (of a plan in the database), gap (value - reference),
    sentence_zh, sentence_en

References are the targets of data/reference/benchmarks.tsv and of national, provincial and prefecture plans in the database. A place is
held
against the reference for the year of its own target. Without one for that year the relation is not_comparable with code year, and the
reference shown is the nearest in time. `omitted` is a reference for the very year in which a plan of the place ends, on a metric to which
the
place puts no number. Below and above follow the direction of the metric: for a rate of failures, more is below.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics import registry as registries
from analytics.align import align
from analytics.choice import best, english, literals
from analytics.messages import amounts, code_words, fill
from analytics.pairs import judge_pairs
from analytics.store import Session, Store, exact

RELATIONS = ("below", "equal", "above", "omitted", "not_comparable")
# A code that alone makes a pair not comparable here, whatever the general rules say: a target is for a year.
YEAR = "year"


def cascade(
    store: Store, metric: str | None = None, places: Iterable[str] | None = None, registry: registries.Registry | None = None
) -> pd.DataFrame:
    """Every place and metric that has a reference above it; columns at the top of this module."""
    registry = registry or registries.load()
    with store.session() as session:
        return cascade_in(session, registry, metric, places)


def cascade_in(
    session: Session, registry: registries.Registry, metric: str | None = None, places: Iterable[str] | None = None
) -> pd.DataFrame:
    """As `cascade`, in a session that is open already."""
    found = references(session, registry, metric)
    wanted = sorted(set(found["metric_id"]))
    rows = best(session, registry, wanted, None if places is None else sorted(set(places)))
    session.register("targets", rows.loc[rows["kind"] == "target"])
    session.register("found", found)
    frame = pd.concat([session.query(MATCHED), session.query(omitted_sql(places))], ignore_index=True)
    frame = related(frame, registry)
    frame = with_names(frame, registry)
    order = ["metric_id", "place", "scope"]
    return with_sentences(frame).sort_values(order, kind="stable", ignore_index=True)


def references(session: Session, registry: registries.Registry, metric: str | None) -> pd.DataFrame:
    """Targets of higher levels: metric_id, region, level, year, comparator, value, exact, unit, document, indicator, id, align_note."""
    only = "TRUE" if metric is None else f"metric_id IN ({literals([metric])})"
    listed = session.query(f"""
        SELECT * FROM (SELECT metric AS metric_id, region, level, year, comparator, CAST(value AS DOUBLE) AS value, {exact("value")} AS
            exact, unit, document,
                              indicator, CAST(NULL AS VARCHAR) AS id, rowid AS position FROM benchmarks) WHERE {only} ORDER BY position""")
    # The definition behind a benchmark (its method, its scope) is read from its name in the same way as that of a statement.
    notes = align(listed.assign(kind="target", flow=[usual_flow(registry, name) for name in listed["metric_id"]]), registry)["align_note"]
    listed = listed.assign(align_note=notes.astype("str"))
    planned = session.query(f"""
        SELECT i.metric_id, CASE p.level WHEN 'national' THEN '全国' ELSE p.place END AS region, p.level, i.year, i.comparator, CAST(i.value
            AS DOUBLE) AS value,
               {exact("i.value")} AS exact, i.unit, p.title AS document, i.indicator, i.indicator_id AS id, 1000000 + i.rowid AS position,
               i.align_note
        FROM indicators i JOIN plans p USING (plan_id)
        WHERE p.level IN ('national', 'provincial') AND i.kind = 'target' AND i.metric_id IS NOT NULL AND i.year IS NOT NULL AND {only}""")
    return pd.concat([listed, planned], ignore_index=True)


def usual_flow(registry: registries.Registry, metric_id: str) -> str:
    """The flow that a benchmark of that metric has: reference tables do not state one."""
    return registry.metrics[metric_id].flow if metric_id in registry.metrics else "unspecified"


# The reference of each scope that is nearest in time; the first of the table where several are.
MATCHED = """
    SELECT t.place, t.province, t.metric_id, CASE f.level WHEN 'national' THEN 'nation' ELSE 'province' END AS scope,
           t.indicator_id, t.comparator, t.value, t.value_exact, t.value_max_exact, t.unit, t.flow, t.year, t.kind, t.status, t.align_note,
           f.value AS reference_value, f.exact AS reference_exact, f.comparator AS reference_comparator, f.unit AS reference_unit, f.year
           AS reference_year,
           f.region AS reference_region, f.document AS reference_document, f.indicator AS reference_indicator, f.id AS reference_id,
           f.align_note AS reference_note
    FROM targets t JOIN found f ON f.metric_id = t.metric_id AND (f.level = 'national' OR f.region = t.province) AND f.region <> t.place
    WHERE t.level <> 'national' AND t.year IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY t.indicator_id, f.level ORDER BY abs(f.year - t.year), f.position) = 1"""


def omitted_sql(places: Iterable[str] | None) -> str:
    """SQL of the references that a place says nothing about, for the years in which its plans end."""
    chosen = "TRUE" if places is None else f"p.place IN ({literals(sorted(set(places)))})"
    return f"""
        SELECT p.place, any_value(p.province) AS province, f.metric_id, CASE f.level WHEN 'national' THEN 'nation' ELSE 'province' END AS
            scope,
               first(f.value ORDER BY f.position) AS reference_value, first(f.exact ORDER BY f.position) AS reference_exact,
               first(f.comparator ORDER BY f.position) AS reference_comparator, first(f.unit ORDER BY f.position) AS reference_unit,
                   f.year AS reference_year,
               first(f.region ORDER BY f.position) AS reference_region, first(f.document ORDER BY f.position) AS reference_document,
               first(f.indicator ORDER BY f.position) AS reference_indicator, first(f.id ORDER BY f.position) AS reference_id
        FROM plans p JOIN found f ON f.year = p.horizon_end AND (f.level = 'national' OR f.region = p.province) AND f.region <> p.place
        WHERE p.level <> 'national' AND {chosen}
              AND NOT EXISTS (FROM indicators i JOIN plans o ON o.plan_id = i.plan_id WHERE o.place = p.place AND i.metric_id =
                  f.metric_id AND i.kind = 'target')
        GROUP BY p.place, f.metric_id, f.level, f.year"""


def related(frame: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The frame with relation, verdict, codes and gap."""
    omitted = frame["indicator_id"].isna()
    flows = frame["metric_id"].map({name: usual_flow(registry, name) for name in frame["metric_id"].unique()}).astype("str")
    own = frame.assign(
        kind=frame["kind"].fillna("target"), flow=frame["flow"].fillna(flows), unit=frame["unit"].fillna(frame["reference_unit"])
    )
    above = own.assign(
        unit=frame["reference_unit"],
        align_note=frame["reference_note"],
        flow=flows,
        year=frame["reference_year"],
        kind="target",
        status="issued",
    )
    # What the city's own plan is worth (draft, expired) is said elsewhere; here only the definitions count.
    judged = judge_pairs(own.assign(status="issued"), above, registry, ignore=("status",))
    other_year = (frame["year"] != frame["reference_year"]).fillna(True)
    incomparable = (judged["verdict"] == "incomparable") | other_year
    lower = frame["metric_id"].isin([name for name, metric in registry.metrics.items() if metric.better == "lower"])
    gap = frame["value"] - frame["reference_value"]
    better = np.where(lower, -gap, gap)
    relation = np.select([omitted, incomparable, better < 0, better > 0], ["omitted", "not_comparable", "below", "above"], "equal")
    return frame.assign(
        relation=pd.array(relation, dtype="str"),
        verdict=judged["verdict"].where(~omitted, ""),
        codes=judged["codes"].where(~omitted, ""),
        gap=gap.round(8),
    )


def with_names(frame: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The frame with metric_zh, metric_en, codes_zh and codes_en."""
    names = registry.frame().set_index("metric_id")
    frame = frame.assign(
        metric_zh=frame["metric_id"].map(names["name_zh"]).fillna(frame["metric_id"]),
        metric_en=frame["metric_id"].map(names["name_en"]).fillna(frame["metric_id"]),
    )
    return frame.assign(codes_zh=code_words(frame["codes"], "zh"), codes_en=code_words(frame["codes"], "en"))


def with_sentences(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a sentence in each language; a note on the definitions where they differ."""
    frame = frame.assign(sentence_zh="", sentence_en="")
    for lang in ("zh", "en"):
        own, above = amounts(frame, lang), amounts(frame, lang, "reference_")
        columns = {
            **place_and_region(frame, lang),
            "metric": frame[f"metric_{lang}"],
            "own": own,
            "reference": above,
            "document": frame["reference_document"],
            "year": frame["reference_year"].astype("str"),
            "codes": frame[f"codes_{lang}"],
        }
        noted = frame["verdict"].eq("conditional") & frame["relation"].isin(["below", "equal", "above"])
        for relation in RELATIONS:
            rows = frame["relation"] == relation
            for code, chosen in ((f"cascade.{relation}", rows & ~noted), (f"cascade.{relation}_noted", rows & noted)):
                if chosen.any():
                    frame.loc[chosen, f"sentence_{lang}"] = fill(code, lang, {name: column[chosen] for name, column in columns.items()})
    return frame


def place_and_region(frame: pd.DataFrame, lang: str) -> dict[str, pd.Series]:
    """The names of place and reference region in a language."""
    named = {"place": frame["place"], "region": frame["reference_region"]}
    return named if lang == "zh" else {name: english(column) for name, column in named.items()}
