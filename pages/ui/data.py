"""What the pages know, from analytics, kept by build id: a new build is seen at the next click, an old one is forgotten.

Frames that come from here are shared between sessions: read them, never change them. Each public function asks for the build at
hand and hands on to its kept twin; all of them raise what analytics.store raises (NoDatabase, OtherSchema, DatabaseBusy, ...).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analytics import ambition as ambitious
from analytics import cascade as cascading
from analytics import compare as comparing
from analytics import coverage as covering
from analytics import findings as finding
from analytics import matrices, registry
from analytics import totals as totalling
from analytics.choice import BASELINE_COLUMNS
from analytics.choice import baselines as paired
from analytics.coverage import Coverage
from analytics.frames import as_dicts, light
from analytics.registry import Metric, Registry
from analytics.store import DATABASE, Store, StoreError
from analytics.totals import Totals
from pages.ui import catalogue as listing
from pages.ui.kept import forget_others, kept
from pages.ui.packed import Packed

SMALL = 300  # plans
SCOPE = 60  # places that are analysed at once where there are many
GLANCE = 6  # rows that a small chart has
PORTION = 1000  # places whose findings are worked out at once, ahead
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


def is_at_hand(build_id: str) -> bool:
    """Whether this is still the build to show."""
    try:
        return key()[1] == build_id
    except StoreError:
        return False


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
    return glanced(_comparison(path, build_id, metric_id, places))


def glanced(found: comparing.Comparison) -> comparing.Comparison:
    """The first rows of a comparison."""
    if len(found.rows) <= GLANCE:
        return found
    # By `take`, which copies: a slice would hold on to all of what it was cut from.
    rows = found.rows.take(range(GLANCE))
    return replace(found, rows=rows, alternatives=found.alternatives.take([]), benchmarks=found.benchmarks.take([]))


def comparison(metric_id: str, places: Places) -> comparing.Comparison:
    """analytics.compare for some places, or all where there are none."""
    return _comparison(*key(), metric_id, places)


@kept(240, heavy=comparison_size)
def _comparison(path: str, build_id: str, metric_id: str, places: Places) -> comparing.Comparison:
    if small(path, build_id):
        return comparing.compared(_gathered(path, build_id), metric_id, places or None)
    if not places:
        return _packed(path, build_id, metric_id).open()
    if _packed.ready(path, build_id, metric_id):
        return comparing.among(_comparison(path, build_id, metric_id, ()), places)
    return comparing.compare(open_store(path), metric_id, places=places)


def narrowed(metric_id: str, places: Places, kinds: tuple[str, ...], horizons: tuple[int, ...]) -> comparing.Comparison:
    """The same of some kinds and horizons (none: all), judged anew."""
    return _narrowed(*key(), metric_id, places, kinds, horizons) if kinds or horizons else comparison(metric_id, places)


@kept(60, heavy=comparison_size)
def _narrowed(
    path: str, build_id: str, metric_id: str, places: Places, kinds: tuple[str, ...], horizons: tuple[int, ...]
) -> comparing.Comparison:
    return comparing.narrow(_comparison(path, build_id, metric_id, places), kinds, horizons)


@kept(1000)
def _packed(path: str, build_id: str, metric_id: str) -> Packed:
    """The comparison of all places, where they are many."""
    return Packed(comparing.compare(open_store(path), metric_id), (Registry, Metric))


def compare_ahead(path: str, build_id: str, metrics: Sequence[str]) -> None:
    """Compare several metrics at once where there are many places: it takes half as long as one after the other."""
    lacking = [one for one in metrics if not _packed.ready(path, build_id, one)]
    together = comparing.gather(open_store(path), lacking) if lacking else None
    for metric_id in lacking:
        found = comparing.compared(together, metric_id)
        _packed.put(Packed(found, (Registry, Metric)), path, build_id, metric_id)
        _glance.put(glanced(found), path, build_id, metric_id, ())


@kept(2)
def _gathered(path: str, build_id: str) -> comparing.Gathered:
    """What every metric of every place is compared from, where there are few."""
    found = comparing.gather(open_store(path))
    return replace(found, **{name: light(getattr(found, name)) for name in ("rows", "alternatives", "benchmarks")})


def matrix(domain: str, places: Places) -> pd.DataFrame:
    """The statement that stands for each metric of a domain ("" for all) and each place, with its sentence: analytics.matrices.matrix."""
    return _matrix(*key(), domain, places)


@kept(60, heavy=frame_size)
def _matrix(path: str, build_id: str, domain: str, places: Places) -> pd.DataFrame:
    if small(path, build_id) and (domain or places):
        return of_places(of_domain(_matrix(path, build_id, "", ()), domain), places)
    return matrices.matrix(open_store(path), domain or None, places or None, quotes=True)


def baselines(place: str) -> dict[str, Mapping]:
    """indicator_id -> BASELINE_COLUMNS, of the targets that stand for a place and have a baseline: analytics.choice.baselines."""
    return _baselines(*key(), place)


def begin_baselines(place: str) -> None:
    """Have them read while something else is done; in memory already where there are few plans."""
    if not is_small():
        _baselines.begin(*key(), place)


@kept(200)
def _baselines(path: str, build_id: str, place: str) -> dict[str, Mapping]:
    if small(path, build_id):
        every = of_places(_matrix(path, build_id, "", ()), (place,))
        found = every.loc[every["baseline_value"].notna(), list(BASELINE_COLUMNS)]
    else:
        with open_store(path).session() as session:
            found = paired(session, registry.load(), [place])
    return {row["indicator_id"]: row for row in as_dicts(found)}


def outline(domain: str) -> pd.DataFrame:
    """For every metric of a domain and every place: metric_id, place, kind, horizon_end and indicator of the statement that stands for it;
    enough to choose by, where `matrix` of all places would be long."""
    return _outline(*key(), domain)


@kept(20, heavy=frame_size)
def _outline(path: str, build_id: str, domain: str) -> pd.DataFrame:
    if domain and small(path, build_id):
        return of_domain(_outline(path, build_id, ""), domain)
    found = matrices.outline(open_store(path), domain or None)
    return found.astype({"place": "category", "kind": "category"})


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


def totals(places: Places, domain: str, kinds: tuple[str, ...], horizons: tuple[int, ...], words: str) -> Totals:
    """How much there is under the filters of a view: analytics.totals."""
    return _totals(*key(), places, domain, kinds, horizons, words)


@kept(60)
def _totals(path: str, build_id: str, places: Places, domain: str, kinds: tuple[str, ...], horizons: tuple[int, ...], words: str) -> Totals:
    return totalling.totals(
        open_store(path), registry.load(), places=places, domain=domain, kinds=kinds, horizons=horizons, words=words
    )


def states(metric_id: str) -> dict[str, str]:
    """Place -> number, baseline, mentioned, absent or not_applicable."""
    return _states(*key(), metric_id)


@kept(200)
def _states(path: str, build_id: str, metric_id: str) -> dict[str, str]:
    return _coverage(path, build_id).states("metric_id", metric_id)


def states_of(place: str) -> dict[str, str]:
    """metric_id -> number, baseline, mentioned, absent or not_applicable, in one place."""
    return _states_of(*key(), place)


@kept(400)
def _states_of(path: str, build_id: str, place: str) -> dict[str, str]:
    return _coverage(path, build_id).states("place", place)


def omitted(place: str, domain: str = "") -> list[Mapping]:
    """Metrics (of a domain) that two other places or more put a number to and this one does not: metric_id, state, peers."""
    rows = _omitted(*key(), place)
    names = set(registry.load().of_domain(domain)) if domain else ()
    return [row for row in rows if row["metric_id"] in names] if domain else rows


@kept(200)
def _omitted(path: str, build_id: str, place: str) -> list[Mapping]:
    return as_dicts(_coverage(path, build_id).omitted(place, 2))


def findings(places: Places) -> pd.DataFrame:
    """The findings of some places, or all, gravest first: analytics.findings."""
    found = [of_places(one.findings, places) for one in standing(places)]
    return found[0] if len(found) == 1 else finding.gravest_first(pd.concat(found, ignore_index=True))


def cascade(places: Places) -> pd.DataFrame:
    """Some places, or all, against the levels above: analytics.cascade."""
    found = [of_places(one.rows, places) for one in standing(places)]
    return found[0] if len(found) == 1 else cascading.in_order(pd.concat(found, ignore_index=True))


def standing(places: Places) -> list[Standing]:
    """What together holds some places, or all: portions where those are at hand or all is asked for, else just these places."""
    path, build_id = key()
    wanted = set(places)
    parts = [one for one in portions(path, build_id) if not (wanted and one and wanted.isdisjoint(one))]
    whole = small(path, build_id) or not wanted or all(_standing.ready(path, build_id, one) for one in parts)
    return [_standing(path, build_id, one) for one in (parts if whole else [places])]


@dataclass(frozen=True)
class Standing:
    """How places stand to the levels above, and their findings."""

    rows: pd.DataFrame
    findings: pd.DataFrame


@kept(100, heavy=lambda found: frame_size(found.rows) + frame_size(found.findings))
def _standing(path: str, build_id: str, places: Places) -> Standing:
    source, spread = open_store(path), _spread(path, build_id)
    rows = cascading.cascade(source, places=places or None)
    return Standing(rows, finding.findings(source, places=places or None, peers=spread, cascaded=rows))


def portions(path: str, build_id: str) -> tuple[Places, ...]:
    """All places in portions that are worked out at once: a hundred places take twice as long as one."""
    if small(path, build_id):
        return ((),)
    every = _catalogue(path, build_id).known.places
    return tuple(every[at : at + PORTION] for at in range(0, len(every), PORTION))


@kept(2)
def _spread(path: str, build_id: str) -> pd.DataFrame:
    return finding.spread(open_store(path))


def ambition() -> ambitious.Ambition:
    """Ambition of all places with the basket of data/weights.toml."""
    return _ambition(*key())


@kept(2)
def _ambition(path: str, build_id: str) -> ambitious.Ambition:
    return ambitious.ambition(open_store(path))
