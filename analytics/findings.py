"""What a reader should be told before using the numbers: contradictions, targets below what is reached or asked, drafts, outliers.

    frame = findings(store, places=None, codes=None)
    finding_id, code, severity (error, warning, info), place, plan_id, metric_id, sentence_zh, sentence_en, evidence (list of indicator ids)

    conflict             one plan, one metric, one definition and year, two values (a table says ≥3, a paragraph 13家以上)
    possible_conflict    the same, where the two differ in method, unit or a scope that only one of them names
    population           a total and a value per head of one plan that go together for another number of people only
    parts                parts that do not add up to what the plan says of them together
    levels               more of the higher level than of that level and above
    last_period          what is to be added beside what was added in the last period
    standing             as much stands already as the target asks for
    not_above_baseline   a target below what was already reached; definitions or monitoring may have changed
    at_baseline          a target equal to what was already reached, below the cap of 100%; says the least and stands last
    below_province, below_nation   from the cascade, for the same year
    pace                 the yearly step that the target needs beside the last one
    scale                % where the metric is a score, a score where it is a share, or a share above 100%
    outlier              a value far from all comparable ones
    status               a draft, or a plan that has expired, or one of unknown status whose last year is over

`CHECKS` lists the checks; each is SQL over the statements and returns rows for the messages of data/vocab/findings.toml.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from analytics import registry as registries
from analytics.arithmetic import last_period, parts, population, standing
from analytics.cascade import cascade_in
from analytics.choice import SAME_FLOW, lean, literals
from analytics.coverage import words
from analytics.finding_rows import COLUMNS, OTHER, Places, empty, facets_of, other, per_language, shape, words_sql
from analytics.messages import amount, code_words, computed, group, step
from analytics.pairs import judge_pairs
from analytics.places import shown
from analytics.store import Session, Store

SEVERITIES = ("error", "warning", "info")
LEAST = ("at_baseline",)  # tell the least, whatever else there is
PERIOD_YEARS = 5.0  # of 十三五 and its like
PART_WITHIN = 80  # characters in which 其中 still joins two numbers
FASTER, MUCH_FASTER = 1.1, 2.0
OUTLIER_LEAST, OUTLIER_MADS, OUTLIER_FACTOR = 5, 6.0, 10.0


def findings(
    store: Store,
    places: Iterable[str] | None = None,
    codes: Iterable[str] | None = None,
    registry: registries.Registry | None = None,
    peers: pd.DataFrame | None = None,
    cascaded: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """All findings (of some places, of some codes), gravest first. Columns at the top of this module.

    peers, cascaded: what `spread` and `cascade` (for the same places) give for the same build, where they are at hand; with the first, a
    few places of many take little time.
    """
    registry = registry or registries.load()
    wanted = set(CODES if codes is None else codes)
    only = None if places is None else sorted(set(places))
    with store.session() as session:
        if "outlier" in wanted:
            session.register("spread", spread_in(session, registry) if peers is None else peers)
        lean(session, registry, only)
        names = registry.frame()[["metric_id", "name_zh", "name_en", "unit", "better"]].rename(columns={"unit": "usual_unit"})
        session.register("names", names)
        checks = CHECKS if cascaded is None else {**CHECKS, "below": lambda session, *_: lower(session, cascaded)}
        found = [check(session, registry, only) for name, check in checks.items() if wanted & CODES_OF[name]]
    frame = pd.concat([empty(), *found], ignore_index=True)
    return gravest_first(frame.loc[frame["code"].isin(wanted)] if codes is not None else frame)


def gravest_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Findings in their order."""
    rank = frame["severity"].map({name: at for at, name in enumerate(SEVERITIES)}).mask(frame["code"].isin(LEAST), len(SEVERITIES))
    return frame.assign(rank=rank).sort_values(["rank", "code", "place", "finding_id"], kind="stable", ignore_index=True)[COLUMNS]


def spread(store: Store, registry: registries.Registry | None = None) -> pd.DataFrame:
    """How the targets of all places lie, one row a metric, definition, unit, flow and year that enough places share: n (places), middle
    (median), mad (median distance from it). Outliers are judged by it whichever places are looked at."""
    with store.session() as session:
        return spread_in(session, registry or registries.load())


def spread_in(session: Session, registry: registries.Registry) -> pd.DataFrame:
    """As `spread`, in a session that is open already; leaves the view `lean` of all places."""
    lean(session, registry)
    return session.query(f"""
        WITH peers AS (SELECT metric_id, facets, unit, flow, year, place, value FROM lean WHERE kind = 'target'),
        g AS (SELECT metric_id, facets, unit, flow, year, count(DISTINCT place) AS n, median(value) AS middle FROM peers GROUP BY ALL
              HAVING n >= {OUTLIER_LEAST})
        SELECT g.*, median(abs(p.value - g.middle)) AS mad FROM g JOIN peers p ON {SAME_GROUP.format(a="p", b="g")}
        GROUP BY ALL ORDER BY ALL""")


def codes(lang: str) -> dict[str, str]:
    """Code -> its name, for filters and headings."""
    return {code: entry[lang] for code, entry in group("finding_name").items()}


# Statements that count the same thing for the same year.
SAME_GROUP = """{a}.metric_id = {b}.metric_id AND {a}.facets = {b}.facets AND {a}.unit = {b}.unit AND {a}.flow = {b}.flow
              AND {a}.year IS NOT DISTINCT FROM {b}.year"""
# Sections beside one another under one heading, as of one industry each: the same words are about two things there.
SIBLINGS = """(sa.section <> sb.section AND contains(sa.section, ' > ')
              AND regexp_replace(sa.section, ' > [^>]*$', '') = regexp_replace(sb.section, ' > [^>]*$', ''))"""


def conflicts(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Two values for one thing in one plan; one row a metric, with every statement that takes part."""
    # Most statements have no namesake in their plan, so those are sorted out before whole rows are held against one another.
    session.forget("suspects")
    session.run("""
        CREATE TEMP TABLE suspects AS
        WITH g AS (SELECT plan_id, metric_id, kind, coalesce(year, 0) AS y FROM lean GROUP BY ALL
                   HAVING count(*) > 1 AND (min(value) <> max(value) OR count(DISTINCT coalesce(value_max, value)) > 1))
        SELECT l.* FROM lean l SEMI JOIN g ON l.plan_id = g.plan_id AND l.metric_id = g.metric_id AND l.kind = g.kind AND coalesce(l.year,
            0) = g.y""")
    rows = session.query(f"""
        SELECT a.*, n.name_zh, n.name_en, {OTHER.format(t="b")}, b.value_start AS other_start,
               coalesce(sa.section = sb.section AND sa.section <> '', FALSE) AS beside
        FROM suspects a JOIN suspects b ON a.plan_id = b.plan_id AND a.metric_id = b.metric_id AND a.kind = b.kind AND a.year IS NOT
            DISTINCT FROM b.year
             AND a.value_start < b.value_start AND {SAME_FLOW.format(a="a", b="b")}
             AND (a.value <> b.value OR a.value_max IS DISTINCT FROM b.value_max) AND {words_sql("a", "levels")} =
                 {words_sql("b", "levels")}
             AND {words_sql("a", "periods")} = {words_sql("b", "periods")}
        JOIN names n ON n.metric_id = a.metric_id JOIN plans p ON p.plan_id = a.plan_id
        JOIN indicators sa ON sa.indicator_id = a.indicator_id JOIN indicators sb ON sb.indicator_id = b.indicator_id
        WHERE NOT {SIBLINGS} AND NOT (b.value_start - a.value_start < {PART_WITHIN}
                   AND regexp_matches(substr(p.text, a.value_start + 1, b.value_start - a.value_start), '{"|".join(words("parts"))}'))
        ORDER BY a.plan_id, a.value_start, b.value_start""")
    judged = judge_pairs(rows, other(rows, "other_"), registry, ignore=("status", "flow", "kind"))
    rows = rows.assign(verdict=judged["verdict"], codes=judged["codes"])
    maybe = rows.loc[(rows["verdict"] == "conditional") & ~rows["beside"] & one_thing(rows)]
    sure = rows.loc[rows["verdict"] == "comparable"]
    return pd.concat([_conflict(session, sure, "conflict", "error"), _conflict(session, maybe, "possible_conflict", "info")])


def one_thing(rows: pd.DataFrame) -> pd.Series:
    """Whether two statements may be about one thing: they differ in method or unit alone, or in a scope that one of them leaves open. (Side
    by side in one section they are two things.)"""
    left, right = (rows[name].fillna("").map(facets_of) for name in ("align_note", "other_align_note"))
    told = [
        set(codes.split(";")) <= {"method", "scope", "unit", "count"} and ("scope" not in codes or not (a.get("scope") and b.get("scope")))
        for codes, a, b in zip(rows["codes"], left, right, strict=True)
    ]
    return pd.Series(told, index=rows.index, dtype=bool)


def _conflict(session: Session, rows: pd.DataFrame, code: str, severity: str) -> pd.DataFrame:
    if rows.empty:
        return empty()
    session.register("judged", rows)
    first = session.query("""
        SELECT *, list_distinct(flatten(list([indicator_id, other_id]) OVER (PARTITION BY plan_id, metric_id, kind, year))) AS parts FROM
            judged
        QUALIFY row_number() OVER (PARTITION BY plan_id, metric_id, kind, year ORDER BY value_start, other_start) = 1 ORDER BY
            indicator_id""")
    first = first.assign(evidence=[sorted(map(str, parts)) for parts in first["parts"]])
    columns = per_language(first, {"first": "", "second": "other_"})
    for lang in columns:
        columns[lang] |= {"codes": code_words(first["codes"], lang)}
    return shape(first, code, severity, columns)


def baselines(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Targets not above what the plan itself says was reached: of levels and stocks, the best matching past value of each."""
    rows = session.query(f"""
        SELECT t.*, n.name_zh, n.name_en, n.better, {OTHER.format(t="b")}, b.facets AS other_facets
        FROM lean t JOIN lean b ON t.plan_id = b.plan_id AND t.metric_id = b.metric_id AND t.flow = b.flow AND t.unit = b.unit
        JOIN names n ON n.metric_id = t.metric_id
        WHERE t.kind = 'target' AND b.kind = 'baseline' AND t.flow IN ('level', 'stock') AND n.better <> 'neither' AND (b.year IS NULL OR
            b.year < t.year)
        QUALIFY row_number() OVER (PARTITION BY t.indicator_id ORDER BY b.facets <> t.facets, b.year DESC NULLS LAST, b.value_start) = 1""")
    judged = judge_pairs(rows, other(rows, "other_"), registry, ignore=("kind", "year", "status"))
    rows = rows.assign(verdict=judged["verdict"], codes=judged["codes"], evidence=rows[["indicator_id", "other_id"]].values.tolist())
    # A rate of another scope still tells something; a number of other things does not.
    rows = rows.loc[(judged["verdict"] == "comparable") | ((judged["verdict"] == "conditional") & (rows["flow"] == "level"))]
    step = (rows["value"] - rows["other_value"]) * np.where(rows["better"] == "lower", -1.0, 1.0)
    capped = (rows["unit"] == "%") & (rows["value"] >= 100)
    back, still = rows.loc[step < 0], rows.loc[(step == 0) & ~capped & (rows["comparator"] == rows["other_comparator"])]
    return pd.concat([_not_above(back), _still(still)], ignore_index=True)


def _not_above(rows: pd.DataFrame) -> pd.DataFrame:
    """Below what was reached; where the definitions differ, that is named as the likely reason."""
    if rows.empty:
        return empty()
    columns = per_language(rows, {"own": "", "reached": "other_"})
    for lang in columns:
        columns[lang] |= {"year": rows["other_year"].astype("str"), "codes": code_words(rows["codes"], lang)}
    differs = rows["verdict"] == "conditional"
    lower = rows["better"] == "lower"
    parts = [
        shape(
            rows.loc[mask],
            "not_above_baseline",
            "warning",
            {lang: {name: column[mask] for name, column in values.items()} for lang, values in columns.items()},
            message,
        )
        for mask, message in (
            (~differs & ~lower, "not_above_baseline"),
            (differs & ~lower, "not_above_baseline_noted"),
            (~differs & lower, "not_above_baseline_lower"),
            (differs & lower, "not_above_baseline_lower_noted"),
        )
    ]
    return pd.concat(parts, ignore_index=True)


def _still(rows: pd.DataFrame) -> pd.DataFrame:
    """As much as was reached."""
    if rows.empty:
        return empty()
    columns = per_language(rows, {"own": ""})
    for lang in columns:
        columns[lang] |= {"year": rows["other_year"].astype("str")}
    return shape(rows, "at_baseline", "info", columns)


def below(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Targets less demanding than those of the province or the nation; only noted where definitions differ."""
    found = lower(session, cascade_in(session, registry, places=places))
    lean(session, registry, places)
    return found


def lower(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """The findings of `below` in a cascade."""
    rows = rows.loc[(rows["relation"] == "below") & rows["scope"].isin(["nation", "province"])]
    if rows.empty:
        return empty()
    plans = session.query(
        "SELECT indicator_id, plan_id FROM indicators WHERE indicator_id IN (" + literals(list(rows["indicator_id"])) + ")"
    )
    rows = rows.merge(plans, on="indicator_id")
    evidence = [
        [own, *([above] if isinstance(above, str) else [])] for own, above in zip(rows["indicator_id"], rows["reference_id"], strict=True)
    ]
    code = "below_" + rows["scope"]
    severity = rows["verdict"].map({"comparable": "warning", "conditional": "info"})
    return rows.assign(evidence=evidence, code=code, severity=severity, finding_id=code + ":" + rows["indicator_id"])[COLUMNS]


def pace(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """The yearly step from the baseline to the target beside the last one: what was newly added in the last five-year period, or two past
    values."""
    rows = session.query(f"""
        WITH steps AS (
            SELECT t.indicator_id, t.plan_id, t.place, t.metric_id, t.unit, b.indicator_id AS base_id, t.value AS goal, b.value AS base,
                   (t.value - b.value) / (t.year - b.year) AS needed, b.year AS base_year, t.facets, b.flow
            FROM lean t JOIN lean b ON t.plan_id = b.plan_id AND t.metric_id = b.metric_id AND t.flow = b.flow AND t.unit = b.unit AND
                t.facets = b.facets
            WHERE t.kind = 'target' AND b.kind = 'baseline' AND t.flow IN ('level', 'stock') AND t.year > b.year),
        last AS (
            SELECT s.indicator_id, a.indicator_id AS last_id, a.value / {PERIOD_YEARS} AS done
            FROM steps s JOIN lean a ON a.plan_id = s.plan_id AND a.metric_id = s.metric_id AND a.unit = s.unit
            WHERE s.flow = 'stock' AND a.kind = 'baseline' AND a.flow = 'new' AND a.year = s.base_year AND regexp_matches(a.indicator,
                '{"|".join(words("periods"))}')
            UNION ALL
            SELECT s.indicator_id, a.indicator_id, (s.base - a.value) / (s.base_year - a.year)
            FROM steps s JOIN lean a ON a.plan_id = s.plan_id AND a.metric_id = s.metric_id AND a.unit = s.unit AND a.flow = s.flow AND
                a.facets = s.facets
            WHERE a.kind = 'baseline' AND a.year < s.base_year)
        SELECT s.*, l.last_id, l.done, s.needed / l.done AS ratio, n.name_zh, n.name_en
        FROM steps s JOIN last l USING (indicator_id) JOIN names n ON n.metric_id = s.metric_id
        WHERE l.done > 0 AND s.needed > 0
        QUALIFY row_number() OVER (PARTITION BY s.indicator_id ORDER BY s.base_year DESC, l.last_id) = 1""")
    rows = rows.loc[rows["ratio"] >= FASTER]
    if rows.empty:
        return empty()
    rows = rows.assign(evidence=rows[["indicator_id", "base_id", "last_id"]].values.tolist())
    columns = {
        lang: {
            "place": shown(rows["place"], lang),
            "metric": rows[f"name_{lang}"],
            "ratio": rows["ratio"].map(computed),
            **{name: steps(rows[name], rows["unit"], lang) for name in ("needed", "done")},
        }
        for lang in ("zh", "en")
    }
    return shape(rows, "pace", pd.Series(np.where(rows["ratio"] >= MUCH_FASTER, "warning", "info"), index=rows.index, dtype="str"), columns)


def steps(values: pd.Series, units: pd.Series, lang: str) -> pd.Series:
    """`step` of every row."""
    return pd.Series([step(value, unit, lang) for value, unit in zip(values, units, strict=True)], index=values.index, dtype="str")


def scales(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """% for a score, points for a share, and shares above 100%."""
    rows = session.query("""
        SELECT l.*, n.name_zh, n.name_en, n.usual_unit, l.unit = '%' AND n.usual_unit = '%' AS above FROM lean l JOIN names n USING
            (metric_id)
        WHERE l.flow = 'level' AND ((l.unit IN ('%', '分') AND n.usual_unit IN ('%', '分') AND l.unit <> n.usual_unit) OR (l.unit = '%' AND
            n.usual_unit = '%' AND l.value > 100))
        ORDER BY l.indicator_id""")
    rows = rows.assign(evidence=rows[["indicator_id"]].values.tolist())
    parts = []
    for message, part in (("scale", rows.loc[~rows["above"]]), ("scale_above", rows.loc[rows["above"]])):
        if part.empty:
            continue
        columns = per_language(part, {"own": ""})
        for lang in columns:
            columns[lang] |= {"usual": part["usual_unit"].map({"%": "%", "分": "分" if lang == "zh" else "points"}).astype("str")}
        parts.append(shape(part, "scale", "warning", columns, message))
    return pd.concat([empty(), *parts], ignore_index=True)


def outliers(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Targets far from those of other places with the same definition, unit, flow and year: rates by median deviation, counts by a
    factor."""
    rows = session.query(f"""
        SELECT l.*, s.n, s.middle, m.name_zh, m.name_en
        FROM lean l JOIN spread s ON {SAME_GROUP.format(a="l", b="s")} JOIN names m ON m.metric_id = l.metric_id
        WHERE l.kind = 'target' AND
              CASE WHEN l.flow = 'level' THEN s.mad > 0 AND abs(l.value - s.middle) > {OUTLIER_MADS} * s.mad
                   ELSE l.value > 0 AND s.middle > 0 AND greatest(l.value / s.middle, s.middle / l.value) > {OUTLIER_FACTOR} END
        ORDER BY l.indicator_id""")
    if rows.empty:
        return empty()
    rows = rows.assign(evidence=rows[["indicator_id"]].values.tolist())
    columns = per_language(rows, {"own": ""})
    for lang in columns:
        middle = [amount("eq", computed(value), None, unit, lang) for value, unit in zip(rows["middle"], rows["unit"], strict=True)]
        columns[lang] |= {"n": rows["n"].astype("str"), "middle": pd.Series(middle, index=rows.index)}
    return shape(rows, "outlier", "info", columns)


def statuses(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Plans that are drafts or have expired, or whose years are over while nothing is known of their status; the evidence is the plan
    itself, so there are no statements."""
    chosen = "TRUE" if places is None else f"place IN ({literals(places)})"
    rows = session.query(f"""
        SELECT plan_id, place, title, status, horizon_end FROM plans
        WHERE (status IN ('draft', 'expired') OR status = 'unknown' AND horizon_end < year(current_date)) AND {chosen} ORDER BY plan_id""")
    rows = rows.assign(metric_id=pd.Series(pd.NA, index=rows.index, dtype="str"), evidence=[[] for _ in range(len(rows))])
    columns = {"title": rows["title"], "year": rows["horizon_end"].astype("str")}
    parts = []
    for status in ("draft", "expired", "unknown"):
        chosen = rows["status"] == status
        picked = {
            lang: {name: column[chosen] for name, column in columns.items()} | {"place": shown(rows["place"], lang)[chosen]}
            for lang in ("zh", "en")
        }
        parts.append(shape(rows.loc[chosen], "status", "info", picked, f"status_{status}"))
    return pd.concat(parts, ignore_index=True)


CHECKS: dict[str, Callable[[Session, registries.Registry, Places], pd.DataFrame]] = {
    "conflict": conflicts,
    "population": population,
    "parts": parts,
    "last_period": last_period,
    "standing": standing,
    "not_above_baseline": baselines,
    "below": below,
    "pace": pace,
    "scale": scales,
    "outlier": outliers,
    "status": statuses,
}
CODES_OF = {
    **{name: frozenset({name}) for name in CHECKS},
    "conflict": frozenset({"conflict", "possible_conflict"}),
    "parts": frozenset({"parts", "levels"}),
    "not_above_baseline": frozenset({"not_above_baseline", "at_baseline"}),
    "below": frozenset({"below_province", "below_nation"}),
}
CODES = tuple(sorted(code for some in CODES_OF.values() for code in some))
