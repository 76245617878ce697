"""What the pages know, from analytics, kept by build id: a new build is seen at the next click, an old one is forgotten.

Frames that come from here are shared between sessions: read them, never change them. Each public function asks for the build at
hand and hands on to its kept twin; all of them raise what analytics.store raises (NoDatabase, OtherSchema, DatabaseBusy, ...).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from analytics import ambition as ambitious
from analytics import cascade as cascading
from analytics import compare as comparing
from analytics import coverage as covering
from analytics import diff as differing
from analytics import findings as finding
from analytics import registry
from analytics.coverage import Coverage
from analytics.store import DATABASE, Body, Context, Store
from pages.ui import catalogue as listing
from pages.ui.kept import forget_others, kept

SENTENCE_COLUMNS = ("section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules")
SMALL = 300  # plans
SCOPE = 60  # places that are analysed at once where there are many
GLANCE = 6  # rows that a small chart has
TOGETHER = 12  # places whose metrics are read all at once
BODIES = 100  # texts that are read at once
CELL = 16  # bytes of a cell, texts and numbers taken together
Places = tuple[str, ...]
_builds: dict[str, str] = {}  # file -> the build last seen


@kept(4)
def open_store(path: str) -> Store:
    """One Store a file, shared by all sessions."""
    return Store(path)


def store() -> Store:
    """The store of data/citytargets.duckdb, or of the file that CITYTARGETS_DATABASE names."""
    return open_store(os.environ.get("CITYTARGETS_DATABASE") or str(DATABASE))


def key() -> tuple[str, str]:
    """What a kept answer depends on: the file and its build."""
    source = store()
    path, build_id = str(source.path), source.build_id
    if _builds.get(path) != build_id:
        _builds[path] = build_id
        forget_others(path, build_id)
    return path, build_id


def small(path: str, build_id: str) -> bool:
    """Whether a database is so small that everything is worked out once for all places, and answers for some are cut from that."""
    return len(_catalogue(path, build_id).plans) <= SMALL


def is_small() -> bool:
    """Whether the database at hand is so small; see `small`."""
    return small(*key())


def of_places(rows: pd.DataFrame, places: Places) -> pd.DataFrame:
    """The rows of some places, or all where there are none."""
    return rows[rows["place"].isin(places)].reset_index(drop=True) if places else rows


def of_domain(rows: pd.DataFrame, domain: str) -> pd.DataFrame:
    """The rows whose metric belongs to a domain, or all where there is none."""
    return rows[rows["metric_id"].isin(registry.load().of_domain(domain))] if domain else rows


def frame_size(frame: pd.DataFrame) -> int:
    """Bytes of a frame, more or less: to count them exactly takes longer than to make a small one."""
    return frame.size * CELL


def comparison_size(found: comparing.Comparison) -> int:
    """Bytes of a comparison."""
    return frame_size(found.rows) + frame_size(found.alternatives)


def catalogue() -> listing.Catalogue:
    """The choices of the build at hand."""
    return _catalogue(*key())


@kept(3)
def _catalogue(path: str, build_id: str) -> listing.Catalogue:
    return listing.build(open_store(path))


def glance(metric_id: str, places: Places) -> comparing.Comparison:
    """A comparison with the first GLANCE of its rows, for a small chart: kept for every metric, however many places there are."""
    return _glance(*key(), metric_id, places)


@kept(1000)
def _glance(path: str, build_id: str, metric_id: str, places: Places) -> comparing.Comparison:
    found = _comparison(path, build_id, metric_id, places)
    if len(found.rows) <= GLANCE:
        return found
    # By `take`, which copies: a slice would hold on to all of what it was cut from.
    return replace(
        found, rows=found.rows.take(range(GLANCE)), alternatives=found.alternatives.take([]), benchmarks=found.benchmarks.take([])
    )


def comparison(metric_id: str, places: Places) -> comparing.Comparison:
    """analytics.compare for some places, or all where there are none."""
    return _comparison(*key(), metric_id, places)


@kept(600, heavy=comparison_size)
def _comparison(path: str, build_id: str, metric_id: str, places: Places) -> comparing.Comparison:
    few = small(path, build_id)
    if few or 0 < len(places) <= TOGETHER:
        return comparing.compared(_gathered(path, build_id, () if few else places), metric_id, places or None)
    return comparing.compare(open_store(path), metric_id, places=places or None)


@kept(12)
def _gathered(path: str, build_id: str, places: tuple[str, ...]) -> comparing.Gathered:
    """What every metric is compared from: of all places where there are few, else of those chosen, who look at one metric after another."""
    return comparing.gather(open_store(path), places=places or None)


def matrix(domain: str, places: Places) -> pd.DataFrame:
    """The statement that stands for each metric of a domain ("" for all) and each place, with its sentence: analytics.compare.matrix."""
    return _matrix(*key(), domain, places)


@kept(60, heavy=frame_size)
def _matrix(path: str, build_id: str, domain: str, places: Places) -> pd.DataFrame:
    source = open_store(path)
    if small(path, build_id) and (domain or places):
        return of_places(of_domain(_matrix(path, build_id, "", ()), domain), places)
    rows = comparing.matrix(source, domain or None, places or None)
    sentences = source.statements({"indicator_id": list(rows["indicator_id"])})[["indicator_id", *SENTENCE_COLUMNS]]
    bare = rows.drop(columns=[name for name in SENTENCE_COLUMNS if name in rows])
    return bare.merge(sentences, on="indicator_id", how="left", validate="one_to_one")


def outline(domain: str) -> pd.DataFrame:
    """For every metric of a domain and every place: metric_id, place, kind, horizon_end and indicator of the statement that stands for it;
    enough to choose by, where `matrix` of all places would be long."""
    return _outline(*key(), domain)


@kept(20, heavy=frame_size)
def _outline(path: str, build_id: str, domain: str) -> pd.DataFrame:
    if domain and small(path, build_id):
        return of_domain(_outline(path, build_id, ""), domain)
    found = comparing.outline(open_store(path), domain or None)
    return found.astype({"place": "category", "kind": "category"})


def told(rows: pd.DataFrame) -> list[dict]:
    """Rows of a comparison as records with their sentences: analytics reads those of the first rows only, the others are read here."""
    found = rows.to_dict("records")
    read_bodies(row["plan_id"] for row in found)
    silent = [row["indicator_id"] for row in found if not isinstance(row.get("quote"), str)]
    if silent:
        known = records(silent)
        for row in found:
            if row["indicator_id"] in known:
                row.update({name: known[row["indicator_id"]][name] for name in SENTENCE_COLUMNS})
    return found


def coverage() -> Coverage:
    """Who mentions what, for all places: analytics.coverage."""
    return _coverage(*key())


@kept(2)
def _coverage(path: str, build_id: str) -> Coverage:
    return covering.coverage(open_store(path))


def domain_counts(metrics: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """(place, domain) -> how many of the metrics have a target with a number."""
    return _domain_counts(*key(), metrics)


@kept(20)
def _domain_counts(path: str, build_id: str, metrics: tuple[str, ...]) -> dict[tuple[str, str], int]:
    return covering.numbers_by_domain(open_store(path), metrics)


def states(metric_id: str) -> dict[str, str]:
    """Place -> number, baseline, mentioned, absent or not_applicable."""
    return _states(*key(), metric_id)


@kept(200)
def _states(path: str, build_id: str, metric_id: str) -> dict[str, str]:
    found = _coverage(path, build_id).of_metric(metric_id)
    return dict(zip(found["place"], found["state"], strict=True))


def states_of(place: str) -> dict[str, str]:
    """metric_id -> number, baseline, mentioned, absent or not_applicable, in one place."""
    return _states_of(*key(), place)


@kept(400)
def _states_of(path: str, build_id: str, place: str) -> dict[str, str]:
    found = _coverage(path, build_id).of_place(place)
    return dict(zip(found["metric_id"], found["state"], strict=True))


def omitted(place: str, domain: str = "") -> list[Mapping]:
    """Metrics (of a domain) that two other places or more put a number to and this one does not: metric_id, state, peers."""
    rows = _omitted(*key(), place)
    names = set(registry.load().of_domain(domain)) if domain else ()
    return [row for row in rows if row["metric_id"] in names] if domain else rows


@kept(200)
def _omitted(path: str, build_id: str, place: str) -> list[Mapping]:
    return _coverage(path, build_id).omitted(place, 2).to_dict("records")


def mention(metric_id: str, place: str) -> str:
    """The sentence that mentions a metric without a number; "" where there is none."""
    return _mention(*key(), metric_id, place)


@kept(2000)
def _mention(path: str, build_id: str, metric_id: str, place: str) -> str:
    cells = _coverage(path, build_id).of_place(place)
    found = cells[cells["metric_id"] == metric_id]
    if found.empty or found["state"].iloc[0] != "mentioned":
        return ""
    return covering.proof(open_store(path), found.iloc[0], _body(path, build_id, found["plan_id"].iloc[0]).text)


def findings(places: Places) -> pd.DataFrame:
    """The findings of some places, or all, gravest first: analytics.findings."""
    return _findings(*key(), places)


@kept(40, heavy=frame_size)
def _findings(path: str, build_id: str, places: Places) -> pd.DataFrame:
    if places and (small(path, build_id) or _findings.ready(path, build_id, ())):
        return of_places(_findings(path, build_id, ()), places)
    spread, cascaded = _spread(path, build_id), _cascade(path, build_id, places)
    return finding.findings(open_store(path), places=places or None, peers=spread, cascaded=cascaded)


@kept(2)
def _spread(path: str, build_id: str) -> pd.DataFrame:
    return finding.spread(open_store(path))


def cascade(places: Places) -> pd.DataFrame:
    """Some places, or all, against the levels above: analytics.cascade."""
    return _cascade(*key(), places)


@kept(40, heavy=frame_size)
def _cascade(path: str, build_id: str, places: Places) -> pd.DataFrame:
    if places and small(path, build_id):
        return of_places(_cascade(path, build_id, ()), places)
    return cascading.cascade(open_store(path), places=places or None)


def ambition() -> ambitious.Ambition:
    """Ambition of all places with the basket of data/weights.toml."""
    return _ambition(*key())


@kept(2)
def _ambition(path: str, build_id: str) -> ambitious.Ambition:
    return ambitious.ambition(open_store(path))


def statements(**filters) -> pd.DataFrame:
    """Store.statements; lists as tuples."""
    return _statements(*key(), tuple(sorted(filters.items())))


@kept(200, heavy=frame_size)
def _statements(path: str, build_id: str, filters: tuple) -> pd.DataFrame:
    return open_store(path).statements({name: list(value) if isinstance(value, tuple) else value for name, value in filters})


def records(indicator_ids: Iterable[str]) -> dict[str, Mapping]:
    """indicator_id -> the statement (columns of Store.statements); unknown ones are left out. They will be shown with their sentences, so
    their texts are read along; what is not at hand is read at once, since a query costs the same for one as for fifty."""
    path, build_id = key()
    wanted = sorted(set(indicator_ids))
    lacking = [one for one in wanted if not _record.ready(path, build_id, one)]
    fresh = open_store(path).statements({"indicator_id": lacking}).to_dict("records") if lacking else []
    for row in fresh:
        _record.put(row, path, build_id, row["indicator_id"])
    found = {row["indicator_id"]: row for row in fresh}
    found |= {one: _record(path, build_id, one) for one in set(wanted) - set(lacking)}
    read_bodies(row["plan_id"] for row in found.values())
    return found


@kept(4000)
def _record(path: str, build_id: str, indicator_id: str) -> Mapping:
    return open_store(path).statement(indicator_id).to_dict()


def numbers(plan_id: str) -> pd.DataFrame:
    """The number audit of a plan: start, end, text, class, rule."""
    return _numbers(*key(), plan_id)


@kept(16)
def _numbers(path: str, build_id: str, plan_id: str) -> pd.DataFrame:
    return open_store(path).numbers(plan_id)


def issues() -> pd.DataFrame:
    """What validation found and let pass."""
    return _issues(*key())


@kept(2)
def _issues(path: str, build_id: str) -> pd.DataFrame:
    return open_store(path).issues()


def body(plan_id: str) -> Body:
    """The text of a plan. Raises UnknownPlan."""
    return _body(*key(), plan_id)


@kept(400)
def _body(path: str, build_id: str, plan_id: str) -> Body:
    source = open_store(path)
    return source.bodies([plan_id]).get(plan_id) or Body(source.text(plan_id))


def read_bodies(plan_ids: Iterable[str]) -> None:
    """Read the texts of several plans at once, those that are not at hand: each query costs the same for one as for fifty."""
    path, build_id = key()
    lacking = sorted({one for one in plan_ids if not _body.ready(path, build_id, one)})[:BODIES]
    if len(lacking) > 1:
        for plan_id, found in open_store(path).bodies(lacking).items():
            _body.put(found, path, build_id, plan_id)


def context(row: Mapping) -> Context:
    """The sentence around a statement (a row of Store.statements), cut from the plan's text at hand: no query."""
    return body(row["plan_id"]).around(row)


def build() -> Mapping:
    """The row of table build."""
    return _build(*key())


@kept(2)
def _build(path: str, build_id: str) -> Mapping:
    return open_store(path).build()


def checks(plan_ids: tuple[str, ...]) -> dict[str, dict[str, int]]:
    """plan_id -> what was counted and checked in it: Store.checks."""
    return _checks(*key(), plan_ids)


@kept(60)
def _checks(path: str, build_id: str, plan_ids: tuple[str, ...]) -> dict[str, dict[str, int]]:
    return open_store(path).checks(plan_ids)


def changes(old_plan: str, new_plan: str) -> pd.DataFrame:
    """What changed between two plans of one place: analytics.diff."""
    return _changes(*key(), old_plan, new_plan)


@kept(60)
def _changes(path: str, build_id: str, old_plan: str, new_plan: str) -> pd.DataFrame:
    return differing.diff(open_store(path), old_plan, new_plan)


def table_csv(name: str) -> bytes:
    """A whole table as CSV with a byte order mark, so that a spreadsheet reads the Chinese; made when it is asked for."""
    made = {"statements": store().statements, "plans": store().plans, "findings": lambda: findings(()), "cascade": lambda: cascade(())}
    return ("\ufeff" + made[name]().assign(data_version=store().build_id).to_csv(index=False)).encode("utf-8")
