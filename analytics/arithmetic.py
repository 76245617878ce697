"""Findings that a plan's own numbers give when they are put together; each sentence shows the sum.

    population(session, registry, places)     3,000 patents ÷ 8 for 10,000 people = 3.75 million people, and 2.97 million live there
    parts(...)                                120 national and industry + 50 local standards = 170, and ≥100 are said of all three
    last_period(...)                          >120 group standards are to be added, 55 were added in the last period
    standing(...)                             135 of the city + 40 of the counties = 175 stand already, and >150 are the target

Each takes the table `lean` of the findings and gives findings.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from analytics import registry as registries
from analytics.choice import NOT_COUNTS
from analytics.finding_rows import OTHER, Places, empty, facets_of, other, per_language, shape
from analytics.messages import amount, computed, number
from analytics.pairs import judge_pairs
from analytics.store import Session

PER_HEAD = "_per_10k"  # ends the id of the metric that gives another one for 10,000 people
PEOPLE = 10_000
TOLERANCE = 1.1
"""Population figures of the census and of the years after it differ by a few percent, and targets are rounded."""
MUCH_MORE = 2.0
MOST_PARTS = 4


def population(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """A total and its value for 10,000 people, of one plan, kind and year: together they imply a number of people."""
    rows = session.query(f"""
        SELECT t.*, n.name_zh, n.name_en, m.name_zh AS other_zh, m.name_en AS other_en, {OTHER.format(t="r")}, p.population,
               p.population_year, t.value / r.value * {PEOPLE} AS implied, p.population * r.value / {PEOPLE} AS needed
        FROM lean t JOIN lean r ON r.plan_id = t.plan_id AND r.metric_id = concat(t.metric_id, '{PER_HEAD}') AND r.kind = t.kind
             AND r.year IS NOT DISTINCT FROM t.year AND contains(r.unit, '/万人')
        JOIN places p ON p.place = t.place JOIN names n ON n.metric_id = t.metric_id JOIN names m ON m.metric_id = r.metric_id
        WHERE t.flow IN ('stock', 'unspecified', 'level') AND r.value > 0 AND p.population > 0
        QUALIFY row_number() OVER (PARTITION BY t.plan_id, t.metric_id, t.kind, t.year ORDER BY t.value_start, r.value_start) = 1""")
    ratio = rows["implied"] / rows["population"]
    rows = rows.loc[(ratio > TOLERANCE) | (ratio < 1 / TOLERANCE)]
    if rows.empty:
        return empty()
    rows = rows.assign(evidence=rows[["indicator_id", "other_id"]].values.tolist())
    columns = per_language(rows, {"own": "", "ratio": "other_"})
    for lang in columns:
        columns[lang] |= {
            "per_head": rows[f"other_{lang}"],
            "implied": rows["implied"].map(lambda people, lang=lang: number(str(round(people, -2)).split(".")[0], lang)),
            "people": rows["population"].map(lambda people, lang=lang: number(str(int(people)), lang)),
            "year": rows["population_year"].astype("str"),
            "needed": texts(rows["needed"].round(), rows["unit"], lang),
        }
    return shape(rows, "population", "warning", columns)


def texts(values: pd.Series, units: pd.Series, lang: str) -> pd.Series:
    """Computed numbers with their units."""
    written = [amount("eq", computed(value), None, unit, lang) for value, unit in zip(values, units, strict=True)]
    return pd.Series(written, index=values.index, dtype="str")


def parts(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Statements of parts (国家标准, 地方标准; 国家级, 省级) against the one of all of them (国家/行业/地方标准) in the same plan, kind and
    year."""
    families = pd.DataFrame(
        [(metric_id, metric.family or metric_id) for metric_id, metric in registry.metrics.items()], columns=["metric_id", "family"]
    )
    session.register("families", families)
    rows = session.query("""
        WITH f AS (SELECT l.*, families.family, n.name_zh, n.name_en FROM lean l JOIN families ON families.metric_id = l.metric_id
                   JOIN names n ON n.metric_id = l.metric_id WHERE l.value_max IS NULL AND l.unit <> '%' AND l.flow <> 'level'),
        whole AS (SELECT DISTINCT plan_id, family, kind, coalesce(year, 0) AS y FROM f
                  WHERE regexp_matches(coalesce(align_note, ''), '(pooled|level)=[^;]*(\\+|以上)'))
        SELECT f.* FROM f SEMI JOIN whole w
               ON f.plan_id = w.plan_id AND f.family = w.family AND f.kind = w.kind AND coalesce(f.year, 0) = w.y
        ORDER BY f.plan_id, f.value_start, f.indicator_id""")
    labels = pooled_labels(registry)
    found, above = [], []
    for _, group in rows.groupby(["plan_id", "family", "kind"], sort=False):
        for _, same in group.groupby(group["year"].fillna(0), sort=False):
            found += list(sums(same, labels))
            above += list(higher(same))
    return pd.concat([_parts(found), _levels(above)], ignore_index=True)


def pooled_labels(registry: registries.Registry) -> frozenset[str]:
    """What metrics count together: 国家, 行业, 地方."""
    return frozenset(label for metric in registry.metrics.values() for label in metric.fixed.get("pooled", "").split("+") if label)


def counted(row: pd.Series, facet: str, labels: frozenset[str]) -> tuple[frozenset[str], str]:
    """(what a statement counts of what is counted together, everything else that its definition says)."""
    note = facets_of(row["align_note"] if isinstance(row["align_note"], str) else "")
    told = note.get(facet, "")
    held = frozenset(told.split("+")) if told else frozenset(label for label in labels if facet == "pooled" and label in row["name_zh"])
    return held, ";".join(f"{name}={value}" for name, value in note.items() if name not in (facet, "flow", "scope"))


def sums(rows: pd.DataFrame, labels: frozenset[str]) -> Iterator[tuple[pd.Series, list[pd.Series]]]:
    """(whole, parts) whose sum is not what the whole says: short of it, or more than a tenth beyond it."""
    rows = rows.drop_duplicates(["metric_id", "value", "align_note", "flow"])
    for facet in ("pooled", "level"):
        known = [(row, *counted(row, facet, labels)) for _, row in rows.iterrows()]
        for whole, wanted, rest in known:
            others = [(row, held) for row, held, own in known if held < wanted and own == rest and row["unit"] == whole["unit"]]
            others = [(row, held) for row, held in others if held and row["flow"] == whole["flow"]]
            covers = [
                [row for row, _ in chosen]
                for size in range(2, min(MOST_PARTS, len(others)) + 1)
                for chosen in combinations(others, size)
                if sum(len(held) for _, held in chosen) == len(wanted) and frozenset().union(*(held for _, held in chosen)) == wanted
            ]
            if len(covers) == 1 and contradicts(whole, covers[0]):  # with several ways to put it together nothing is certain
                yield whole, covers[0]


def contradicts(whole: pd.Series, some: list[pd.Series]) -> bool:
    """Whether parts add up to something else than is said of all together. Bounds are kept to: at least 100 holds 104."""
    together, at_least = sum(row["value"] for row in some), any(row["comparator"] in ("ge", "gt") for row in some)
    if together < whole["value"]:
        return not at_least and whole["comparator"] not in ("le", "lt")
    loose = at_least or whole["comparator"] in ("ge", "gt")
    return together > whole["value"] * (TOLERANCE if loose else 1)


def higher(rows: pd.DataFrame) -> Iterator[tuple[pd.Series, list[pd.Series]]]:
    """(省级以上, [国家级]) where there is more of the second, which the first holds in it."""
    told = [(row, facets_of(row["align_note"] if isinstance(row["align_note"], str) else "")) for _, row in rows.iterrows()]
    for whole, note in told:
        for part, inner in told:
            same = part["metric_id"] == whole["metric_id"] and part["flow"] == whole["flow"] and part["unit"] == whole["unit"]
            same = same and note.get("scope") == inner.get("scope")
            if same and note.get("level") == "省级以上" and inner.get("level") == "国家级" and part["value"] > whole["value"]:
                yield whole, [part]


def _parts(found: list[tuple[pd.Series, list[pd.Series]]]) -> pd.DataFrame:
    if not found:
        return empty()
    rows = pd.DataFrame([whole for whole, _ in found]).reset_index(drop=True)
    rows = rows.assign(evidence=[[whole["indicator_id"], *(part["indicator_id"] for part in some)] for whole, some in found])
    short = pd.Series([sum(part["value"] for part in some) < whole["value"] for whole, some in found])
    columns = per_language(rows, {"own": ""})
    for lang in columns:
        columns[lang] |= {
            "sum": pd.Series([added(some, lang) for _, some in found], dtype="str"),
            "total": pd.Series([total(some, lang) for _, some in found], dtype="str"),
        }
    return shape(rows, "parts", pd.Series(["warning" if each else "info" for each in short], dtype="str"), columns)


def _levels(found: list[tuple[pd.Series, list[pd.Series]]]) -> pd.DataFrame:
    if not found:
        return empty()
    rows = pd.DataFrame([whole for whole, _ in found]).reset_index(drop=True)
    rows = rows.assign(evidence=[[whole["indicator_id"], some[0]["indicator_id"]] for whole, some in found])
    columns = per_language(rows, {"own": ""})
    for lang in columns:
        columns[lang] |= {"part": pd.Series([added(some, lang) for _, some in found], dtype="str")}
    return shape(rows, "levels", "warning", columns)


def added(some: list[pd.Series], lang: str) -> str:
    """Parts with their numbers, joined by +; the names are those of the plan."""
    texts = [
        f"{part['indicator']} {amount(part['comparator'], part['value_exact'], None, part['unit'], lang)}" for part in some
    ]
    return " + ".join(texts)


def last_period(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """What is to be added beside what the plan says was added in the last period: of one definition, or of one that only one of the two
    narrows."""
    rows = session.query(f"""
        SELECT t.*, n.name_zh, n.name_en, {OTHER.format(t="b")}
        FROM lean t JOIN lean b ON t.plan_id = b.plan_id AND t.metric_id = b.metric_id AND t.unit = b.unit
        JOIN names n ON n.metric_id = t.metric_id
        WHERE t.kind = 'target' AND b.kind = 'baseline' AND t.flow = 'new' AND b.flow = 'new' AND n.better = 'higher' AND b.value > 0
              AND t.value_max IS NULL AND b.year < t.year AND t.value >= b.value * {TOLERANCE}
        QUALIFY row_number() OVER (PARTITION BY t.indicator_id ORDER BY b.year DESC, b.facets <> t.facets, b.value_start) = 1""")
    if rows.empty:
        return empty()
    judged = judge_pairs(rows, other(rows, "other_"), registry, ignore=("kind", "year", "status"))
    left, right = (rows[name].fillna("").map(facets_of) for name in ("align_note", "other_align_note"))
    same = [
        verdict == "comparable" or verdict == "conditional" and codes == "scope" and not (a.get("scope") and b.get("scope"))
        for verdict, codes, a, b in zip(judged["verdict"], judged["codes"], left, right, strict=True)
    ]
    rows = rows.assign(codes=judged["codes"], ratio=rows["value"] / rows["other_value"]).loc[same]
    if rows.empty:
        return empty()
    rows = rows.assign(evidence=rows[["indicator_id", "other_id"]].values.tolist())
    columns = per_language(rows, {"own": "", "done": "other_"})
    for lang in columns:
        columns[lang] |= {
            "year": rows["other_year"].astype("str"),
            "ratio": rows["ratio"].map(computed),
            "name": rows["other_name"],
        }
    severity = pd.Series(["warning" if ratio >= MUCH_MORE else "info" for ratio in rows["ratio"]], index=rows.index, dtype="str")
    return shape(rows, "last_period", severity, columns)


def standing(session: Session, registry: registries.Registry, places: Places) -> pd.DataFrame:
    """Targets of a stock, or of what may be one, that what stands already reaches: one past value, or those of several levels together."""
    counts = "', '".join(NOT_COUNTS)
    rows = session.query(f"""
        WITH r AS (SELECT l.*, n.name_zh, n.name_en FROM lean l JOIN names n ON n.metric_id = l.metric_id
                   WHERE l.kind = 'target' AND l.flow IN ('unspecified', 'stock') AND n.better = 'higher' AND l.unit NOT IN ('{counts}')
                         AND l.comparator IN ('ge', 'gt', 'eq') AND l.value_max IS NULL AND NOT contains(l.unit, '/')),
        b AS (SELECT * FROM lean WHERE kind = 'baseline' AND flow = 'stock' AND value_max IS NULL),
        -- what all of them together do not reach no part of them does: few targets are left to look at
        s AS (SELECT plan_id, metric_id, unit, sum(value) AS most FROM b GROUP BY ALL),
        t AS (SELECT r.* FROM r SEMI JOIN s
              ON s.plan_id = r.plan_id AND s.metric_id = r.metric_id AND s.unit = r.unit AND s.most >= r.value)
        SELECT t.*, list({{'indicator_id': b.indicator_id, 'indicator': b.indicator, 'comparator': b.comparator, 'unit': b.unit,
                           'year': b.year, 'value': b.value, 'value_exact': b.value_exact, 'align_note': b.align_note}}
                           ORDER BY b.value_start) AS past
        FROM t JOIN b ON b.plan_id = t.plan_id AND b.metric_id = t.metric_id AND b.unit = t.unit GROUP BY ALL ORDER BY t.indicator_id""")
    found = []
    for _, target in rows.iterrows():
        last = max(part["year"] or 0 for part in target["past"])
        if together := stood(target, [pd.Series(part) for part in target["past"] if (part["year"] or 0) == last]):
            found.append((target, together))
    if not found:
        return empty()
    frame = pd.DataFrame([target for target, _ in found]).reset_index(drop=True)
    frame = frame.assign(evidence=[[target["indicator_id"], *(part["indicator_id"] for part in some)] for target, some in found])
    columns = per_language(frame, {"own": ""})
    for lang in columns:
        sums = [added(some, lang) + (f" = {total(some, lang)}" if len(some) > 1 else "") for _, some in found]
        columns[lang] |= {
            "sum": pd.Series(sums, dtype="str"),
            "year": pd.Series([str(some[0]["year"] or "") for _, some in found], dtype="str"),
        }
    stock = frame["flow"] == "stock"
    return pd.concat(
        [
            shape(
                frame.loc[mask],
                "standing",
                "warning",
                {lang: {name: column[mask] for name, column in values.items()} for lang, values in columns.items()},
                message,
            )
            for mask, message in ((stock, "standing_stock"), (~stock, "standing"))
        ],
        ignore_index=True,
    )


def total(some: list[pd.Series], lang: str) -> str:
    """The sum of parts with its unit."""
    return amount("eq", computed(sum(part["value"] for part in some)), None, some[0]["unit"], lang)


def stood(target: pd.Series, past: list[pd.Series]) -> list[pd.Series]:
    """The past values that reach a target: the one of the same definition (of a stock, that is said elsewhere), or those of the levels that
    the target does not tell apart."""
    own = facets_of(target["align_note"] if isinstance(target["align_note"], str) else "")
    notes = [(row, facets_of(row["align_note"] if isinstance(row["align_note"], str) else "")) for row in past]
    exact = [row for row, note in notes if bare(note) == bare(own)]
    levels = {note["level"]: row for row, note in notes if "level" in note and bare({**note, "level": ""}) == bare(own)}
    for some in ([exact[0]] if exact and target["flow"] != "stock" else [], list(levels.values()) if "level" not in own else []):
        if some and sum(row["value"] for row in some) >= target["value"]:
            return some
    return []


def bare(note: dict[str, str]) -> dict[str, str]:
    """What a definition says beside stock and newly added."""
    return {name: value for name, value in note.items() if value and name not in ("flow", "count")}
