"""What the plans say word for word, kept by build id as in data: statements, their sentences, whole texts, and the record of the build.

What comes from here is shared between sessions: read it, never change it. Errors are those of data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analytics import coverage as covering
from analytics import diff as differing
from analytics import registry
from analytics.frames import as_dicts, light
from analytics.store import Body, Context
from pages.ui import data
from pages.ui.data import frame_size, key, open_store
from pages.ui.kept import kept

SENTENCE_COLUMNS = ("section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules")
BODIES = 100  # texts that are read at once


def told(rows: pd.DataFrame) -> list[dict]:
    """Rows of a comparison as records with their sentences: analytics reads those of the first rows only, the others are read here."""
    found, known = as_dicts(rows), read([rows])
    read_bodies(row["plan_id"] for row in found)
    for row in found:
        if row["indicator_id"] in known:
            row.update({name: known[row["indicator_id"]][name] for name in SENTENCE_COLUMNS})
    return found


def read(frames: Iterable[pd.DataFrame]) -> dict[str, Mapping]:
    """The statements of the rows that have no sentence yet, of several comparisons at once: a query costs the same for one as for four."""
    return records(
        one
        for rows in frames
        for one, quote in zip(rows["indicator_id"].tolist(), rows["quote"].tolist(), strict=True)
        if not isinstance(quote, str)
    )


def mention(metric_id: str, place: str) -> str:
    """The sentence that mentions a metric without a number; "" where there is none."""
    return _mention(*key(), metric_id, place)


@kept(2000)
def _mention(path: str, build_id: str, metric_id: str, place: str) -> str:
    cells = data._coverage(path, build_id).of_place(place)
    found = cells[cells["metric_id"] == metric_id]
    if found.empty or found["state"].iloc[0] != "mentioned":
        return ""
    return covering.proof(open_store(path), found.iloc[0], _body(path, build_id, found["plan_id"].iloc[0]).text)


def statements(plan_id: str) -> pd.DataFrame:
    """The statements of a plan: Store.statements."""
    return _statements(*key(), plan_id)


def begin_statements(plan_id: str) -> None:
    """Have them read while something else is done."""
    _statements.begin(*key(), plan_id)


@kept(200, heavy=frame_size)
def _statements(path: str, build_id: str, plan_id: str) -> pd.DataFrame:
    found = light(open_store(path).statements({"plan_id": plan_id}))
    # Whoever looks at a plan will ask for single statements of it.
    for row in as_dicts(found):
        _record.put(row, path, build_id, row["indicator_id"])
    return found


def records(indicator_ids: Iterable[str]) -> dict[str, Mapping]:
    """indicator_id -> the statement (columns of Store.statements); unknown ones are left out. They will be shown with their sentences, so
    their texts are read along; what is not at hand is read at once, since a query costs the same for one as for fifty."""
    path, build_id = key()
    wanted = sorted(set(indicator_ids))
    if not wanted:
        return {}
    lacking = [one for one in wanted if not _record.ready(path, build_id, one)]
    fresh = as_dicts(open_store(path).statements({"indicator_id": lacking})) if lacking else []
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


@kept(2000, heavy=lambda found: 2 * len(found.text))
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
    """plan_id -> what was counted and checked in it: Store.checks. What is not at hand is read at once."""
    path, build_id = key()
    lacking = [one for one in plan_ids if not _checks.ready(path, build_id, one)]
    for plan_id, found in (open_store(path).checks(lacking) if lacking else {}).items():
        _checks.put(found, path, build_id, plan_id)
    return {one: _checks(path, build_id, one) for one in plan_ids}


@kept(1000)
def _checks(path: str, build_id: str, plan_id: str) -> dict[str, int]:
    return open_store(path).checks([plan_id])[plan_id]


def changes(old_plan: str, new_plan: str) -> pd.DataFrame:
    """What changed between two plans of one place: analytics.diff."""
    return _changes(*key(), old_plan, new_plan)


@kept(60)
def _changes(path: str, build_id: str, old_plan: str, new_plan: str) -> pd.DataFrame:
    old, new = (_statements(path, build_id, plan) for plan in (old_plan, new_plan))
    return differing.between(old, new, registry.load())


def table_csv(name: str) -> bytes:
    """A whole table as CSV with a byte order mark, so that a spreadsheet reads the Chinese; made when it is asked for."""
    source = data.store()
    made = {
        "statements": source.statements,
        "plans": source.plans,
        "findings": lambda: data.findings(()),
        "cascade": lambda: data.cascade(()),
    }
    return ("\ufeff" + made[name]().assign(data_version=source.build_id).to_csv(index=False)).encode("utf-8")
