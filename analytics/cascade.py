"""City against province against nation, each for the right year: below, equal, above, omitted or not comparable.

    frame = cascade(store, metric=None, places=None)
    place, province, metric_id, metric_zh, metric_en, scope (nation, province, prefecture), relation, verdict, codes ("method;scope"),
    codes_zh, codes_en,
    indicator_id, comparator, value, value_exact, unit, year, reference_value, reference_exact, reference_comparator, reference_unit,
    reference_year,
    reference_region, reference_document, reference_issuer, reference_indicator, reference_id (of a plan in the database),
    issued, reference_issued (date or year of the plan and of the document above, as far as they are known), later (bool: the document
    above was issued after the plan), undecided (bool: only its year is known, and it is that of the plan), gap (value - reference),
    sentence_zh, sentence_en

References are the targets of data/reference/benchmarks.tsv and of national, provincial and prefecture plans in the database. A place is
held
against the reference for the year of its own target. Without one for that year the relation is not_comparable with code year, and the
reference shown is the nearest in time. `omitted` is a reference for the very year in which a plan of the place ends, on a metric to which
the
place puts no number. Below and above follow the direction of the metric: for a rate of failures, more is below.

Of several documents with a target for that year, one that the plan could know goes first. Where there is only one that was issued after
the plan, the row says so: code later, and the verdict is conditional at best; code undecided where only the year tells, and it is one.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analytics import registry as registries
from analytics.align import align
from analytics.choice import literals, rank
from analytics.messages import amounts, code_words, fill, say
from analytics.pairs import judge_pairs
from analytics.places import shown
from analytics.reference import ISSUE_YEAR, LATER_SQL, UNDECIDED_SQL
from analytics.store import Session, Store, exact

RELATIONS = ("below", "equal", "above", "omitted", "not_comparable")
# A code that alone makes a pair not comparable here, whatever the general rules say: a target is for a year.
YEAR = "year"
# The document above was issued after the plan, which could not know it.
LATER = "later"
UNDECIDED = "undecided"
ORDERS = (LATER, UNDECIDED)


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
    rank(session, registry, wanted, None if places is None else sorted(set(places)), None)
    session.register("found", found)
    frame = pd.concat([session.query(MATCHED), session.query(omitted_sql(places))], ignore_index=True)
    frame = with_names(related(frame, registry), registry)
    return in_order(with_sentences(frame))


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in their order."""
    return rows.sort_values(["metric_id", "place", "scope"], kind="stable", ignore_index=True)


def references(session: Session, registry: registries.Registry, metric: str | None) -> pd.DataFrame:
    """Targets of higher levels: metric_id, region, level, year, comparator, value, exact, unit, document, issuer, issued (text, "" where it
    is not known), indicator, id, align_note."""
    only = "TRUE" if metric is None else f"metric_id IN ({literals([metric])})"
    listed = session.query(f"""
        SELECT * FROM (SELECT metric AS metric_id, region, level, year, comparator, CAST(value AS DOUBLE) AS value, {exact("value")} AS
            exact, unit, document, issuer, regexp_extract(issuer, '{ISSUE_YEAR}', 1) AS issued,
                              indicator, CAST(NULL AS VARCHAR) AS id, rowid AS position FROM benchmarks) WHERE {only} ORDER BY position""")
    # The definition behind a benchmark (its method, its scope) is read from its name in the same way as that of a statement.
    notes = align(listed.assign(kind="target", flow=[usual_flow(registry, name) for name in listed["metric_id"]]), registry)["align_note"]
    listed = listed.assign(align_note=notes.astype("str"))
    planned = session.query(f"""
        SELECT i.metric_id, CASE p.level WHEN 'national' THEN '全国' ELSE p.place END AS region, p.level, i.year, i.comparator, CAST(i.value
            AS DOUBLE) AS value,
               {exact("i.value")} AS exact, i.unit, p.title AS document, coalesce(p.issuer, '') AS issuer,
               coalesce(CAST(p.issued AS VARCHAR), '') AS issued, i.indicator, i.indicator_id AS id, 1000000 + i.rowid AS position,
               i.align_note
        FROM indicators i JOIN plans p USING (plan_id)
        WHERE p.level IN ('national', 'provincial') AND i.kind = 'target' AND i.metric_id IS NOT NULL AND i.year IS NOT NULL AND {only}""")
    return pd.concat([listed, planned], ignore_index=True)


def usual_flow(registry: registries.Registry, metric_id: str) -> str:
    """The flow that a benchmark of that metric has: reference tables do not state one."""
    return registry.metrics[metric_id].flow if metric_id in registry.metrics else "unspecified"


# The reference of each scope that is nearest in time; of several one that the plan could know, then the first of the table.
MATCHED = f"""
    SELECT t.place, t.province, t.metric_id, CASE f.level WHEN 'national' THEN 'nation' ELSE 'province' END AS scope,
           t.indicator_id, t.comparator, t.value, t.value_exact, t.value_max_exact, t.unit, t.flow, t.year, t.kind, t.status, t.align_note,
           f.value AS reference_value, f.exact AS reference_exact, f.comparator AS reference_comparator, f.unit AS reference_unit, f.year
           AS reference_year,
           f.region AS reference_region, f.document AS reference_document, f.issuer AS reference_issuer,
           f.indicator AS reference_indicator, f.id AS reference_id, f.align_note AS reference_note,
           CAST(t.issued AS VARCHAR) AS issued, f.issued AS reference_issued,
           {LATER_SQL.format(above="f.issued", own="t.issued")} AS later,
           {UNDECIDED_SQL.format(above="f.issued", own="t.issued")} AS undecided
    FROM lean t JOIN found f ON f.metric_id = t.metric_id AND (f.level = 'national' OR f.region = t.province) AND f.region <> t.place
    WHERE t.place_rank = 1 AND t.kind = 'target' AND t.level <> 'national' AND t.year IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY t.indicator_id, f.level ORDER BY abs(f.year - t.year), later, f.position) = 1"""


def omitted_sql(places: Iterable[str] | None) -> str:
    """SQL of the references that a place says nothing about, for the years in which its plans end; `lean` has the statements."""
    chosen = "TRUE" if places is None else f"p.place IN ({literals(sorted(set(places)))})"
    return f"""
        SELECT p.place, p.province, f.metric_id, CASE f.level WHEN 'national' THEN 'nation' ELSE 'province' END AS scope,
               f.value AS reference_value, f.exact AS reference_exact, f.comparator AS reference_comparator, f.unit AS reference_unit,
               f.year AS reference_year, f.region AS reference_region, f.document AS reference_document, f.issuer AS reference_issuer,
               f.indicator AS reference_indicator, f.id AS reference_id, CAST(p.issued AS VARCHAR) AS issued,
               f.issued AS reference_issued, {LATER_SQL.format(above="f.issued", own="p.issued")} AS later,
               {UNDECIDED_SQL.format(above="f.issued", own="p.issued")} AS undecided
        FROM plans p JOIN found f ON f.year = p.horizon_end AND (f.level = 'national' OR f.region = p.province) AND f.region <> p.place
        WHERE p.level <> 'national' AND {chosen}
              AND NOT EXISTS (FROM lean l WHERE l.place = p.place AND l.metric_id = f.metric_id AND l.kind = 'target')
        QUALIFY row_number() OVER (PARTITION BY p.place, f.metric_id, f.level, f.year ORDER BY later, f.position, p.issued DESC) = 1"""


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
    later, undecided = (frame[name].astype(bool) for name in ORDERS)
    codes = judged["codes"].where(~omitted, "")
    verdict = judged["verdict"].mask((later | undecided) & (judged["verdict"] == "comparable"), "conditional")
    return frame.assign(
        relation=pd.array(relation, dtype="str"),
        verdict=verdict.where(~omitted, ""),
        codes=codes.mask(later, (codes + f";{LATER}").str.lstrip(";")).mask(undecided, (codes + f";{UNDECIDED}").str.lstrip(";")),
        gap=gap.round(8),
    )


def with_names(frame: pd.DataFrame, registry: registries.Registry) -> pd.DataFrame:
    """The frame with metric_zh, metric_en, codes_zh and codes_en."""
    names = registry.frame().set_index("metric_id")
    frame = frame.assign(
        metric_zh=frame["metric_id"].map(names["name_zh"]).fillna(frame["metric_id"]),
        metric_en=frame["metric_id"].map(names["name_en"]).fillna(frame["metric_id"]),
    )
    return frame.assign(**{f"codes_{lang}": joined(lang, definitions(frame, lang), later_words(frame, lang)) for lang in ("zh", "en")})


def definitions(frame: pd.DataFrame, lang: str) -> pd.Series:
    """In what the definitions differ, in words."""
    return code_words(frame["codes"].str.replace(f";?(?:{'|'.join(ORDERS)})$", "", regex=True), lang)


def later_words(frame: pd.DataFrame, lang: str) -> pd.Series:
    """That the document above is later than the plan, or may be, with both dates; "" where it is not."""
    dates = {"above": frame["reference_issued"], "own": frame["issued"]}
    later, undecided = (fill(f"cascade.{name}", lang, dates).where(frame[name].astype(bool), "") for name in ORDERS)
    return later + undecided


def joined(lang: str, first: pd.Series, second: pd.Series) -> pd.Series:
    """Two texts with a semicolon between them where both say something."""
    between = say("cascade.and", lang)
    return (first + between + second).where((first != "") & (second != ""), first + second)


def with_sentences(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a sentence in each language; a note on the definitions where they differ, and on a document above that is later."""
    sentences = {}
    for lang in ("zh", "en"):
        own, above, codes = amounts(frame, lang), amounts(frame, lang, "reference_"), definitions(frame, lang)
        columns = {
            "place": shown(frame["place"], lang),
            "region": shown(frame["reference_region"], lang),
            "metric": frame[f"metric_{lang}"],
            "own": own,
            "reference": above,
            "document": frame["reference_document"],
            "year": frame["reference_year"].astype("str"),
            "codes": codes,
        }
        noted = codes.ne("") & frame["relation"].isin(["below", "equal", "above"])
        # Where less is better, below the target of the nation is more than it.
        lower = (frame["relation"].eq("below") & frame["gap"].gt(0)) | (frame["relation"].eq("above") & frame["gap"].lt(0))
        told = fill("cascade." + frame["relation"] + np.where(lower, "_lower", "") + np.where(noted, "_noted", ""), lang, columns)
        sentences[f"sentence_{lang}"] = joined(lang, told, later_words(frame, lang))
    return frame.assign(**sentences)
