"""What the pages know, from analytics, kept by build id: a new build is seen at the next click, an old one is forgotten.

Frames that come from here are shared between sessions: read them, never change them. Each public function asks for the build at
hand and hands on to its kept twin; all of them raise what analytics.store raises (NoDatabase, OtherSchema, DatabaseBusy, ...).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics import ambition as ambitious
from analytics import cascade as cascading
from analytics import compare as comparing
from analytics import coverage as covering
from analytics import findings as finding
from analytics.coverage import Coverage
from analytics.store import DATABASE, ENDS_OF_SENTENCE, PARAGRAPH_LIMIT, SENTENCE_LIMIT, Context, Store, widen
from pages.ui import catalogue as listing

SENTENCE_COLUMNS = ("section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules")
Places = tuple[str, ...]


@st.cache_resource(max_entries=4, show_spinner=False)
def open_store(path: str) -> Store:
    """One Store a file, shared by all sessions."""
    return Store(path)


def store() -> Store:
    """The store of data/citytargets.duckdb, or of the file that CITYTARGETS_DATABASE names."""
    return open_store(os.environ.get("CITYTARGETS_DATABASE") or str(DATABASE))


def key() -> tuple[str, str]:
    """What a kept answer depends on: the file and its build."""
    source = store()
    return str(source.path), source.build_id


def catalogue() -> listing.Catalogue:
    """The choices of the build at hand."""
    return _catalogue(*key())


@st.cache_resource(max_entries=3, show_spinner=False)
def _catalogue(path: str, build_id: str) -> listing.Catalogue:
    return listing.build(open_store(path), _coverage(path, build_id).cells)


def comparison(metric_id: str, places: Places) -> comparing.Comparison:
    """analytics.compare for some places, or all where there are none."""
    return _comparison(*key(), metric_id, places)


@st.cache_resource(max_entries=300, show_spinner=False)
def _comparison(path: str, build_id: str, metric_id: str, places: Places) -> comparing.Comparison:
    return comparing.compare(open_store(path), metric_id, places=places or None)


def matrix(domain: str, places: Places) -> pd.DataFrame:
    """The statement that stands for each metric of a domain ("" for all) and each place, with its sentence: analytics.compare.matrix."""
    return _matrix(*key(), domain, places)


@st.cache_resource(max_entries=60, show_spinner=False)
def _matrix(path: str, build_id: str, domain: str, places: Places) -> pd.DataFrame:
    source = open_store(path)
    rows = comparing.matrix(source, domain or None, places or None)
    sentences = source.statements({"indicator_id": list(rows["indicator_id"])})[["indicator_id", *SENTENCE_COLUMNS]]
    bare = rows.drop(columns=[name for name in SENTENCE_COLUMNS if name in rows])
    return bare.merge(sentences, on="indicator_id", how="left", validate="one_to_one")


def told(rows: pd.DataFrame) -> list[dict]:
    """Rows of a comparison as records with their sentences: analytics reads those of the first rows only, the others are read here."""
    records = rows.to_dict("records")
    silent = tuple(sorted(row["indicator_id"] for row in records if not isinstance(row.get("quote"), str)))
    if silent:
        known = {row["indicator_id"]: row for row in statements(indicator_id=silent).to_dict("records")}
        for row in records:
            if row["indicator_id"] in known:
                row.update({name: known[row["indicator_id"]][name] for name in SENTENCE_COLUMNS})
    return records


def coverage() -> Coverage:
    """Who mentions what, for all places: analytics.coverage."""
    return _coverage(*key())


@st.cache_resource(max_entries=2, show_spinner=False)
def _coverage(path: str, build_id: str) -> Coverage:
    return covering.coverage(open_store(path))


def domain_counts() -> dict[tuple[str, str], int]:
    """(place, domain) -> how many metrics have a target with a number."""
    return _domain_counts(*key())


@st.cache_resource(max_entries=2, show_spinner=False)
def _domain_counts(path: str, build_id: str) -> dict[tuple[str, str], int]:
    found = _coverage(path, build_id)
    domains = dict(zip(found.metrics["metric_id"], found.metrics["domain"], strict=True))
    numbers = found.cells.loc[found.cells["state"] == "number", ["place", "metric_id"]].astype("str")
    return numbers.groupby([numbers["place"], numbers["metric_id"].map(domains)]).size().to_dict()


def states(metric_id: str) -> dict[str, str]:
    """Place -> number, baseline, mentioned, absent or not_applicable."""
    return _states(*key(), metric_id)


@st.cache_resource(max_entries=200, show_spinner=False)
def _states(path: str, build_id: str, metric_id: str) -> dict[str, str]:
    cells = _coverage(path, build_id).cells
    found = cells[cells["metric_id"] == metric_id]
    return dict(zip(found["place"], found["state"], strict=True))


def omitted(place: str) -> pd.DataFrame:
    """Metrics that two other places or more put a number to and this one does not: metric_id, state, peers."""
    return _omitted(*key(), place)


@st.cache_resource(max_entries=200, show_spinner=False)
def _omitted(path: str, build_id: str, place: str) -> pd.DataFrame:
    return _coverage(path, build_id).omitted(place, 2)


def mention(metric_id: str, place: str) -> str:
    """The sentence that mentions a metric without a number; "" where there is none."""
    return _mention(*key(), metric_id, place)


@st.cache_resource(max_entries=2000, show_spinner=False)
def _mention(path: str, build_id: str, metric_id: str, place: str) -> str:
    cells = _coverage(path, build_id).cells
    found = cells[(cells["metric_id"] == metric_id) & (cells["place"] == place)]
    return "" if found.empty else covering.proof(open_store(path), found.iloc[0])


def findings(places: Places) -> pd.DataFrame:
    """The findings of some places, or all, gravest first: analytics.findings."""
    return _findings(*key(), places)


@st.cache_resource(max_entries=20, show_spinner=False)
def _findings(path: str, build_id: str, places: Places) -> pd.DataFrame:
    return finding.findings(open_store(path), places=places or None)


def cascade(places: Places) -> pd.DataFrame:
    """Some places, or all, against the levels above: analytics.cascade."""
    return _cascade(*key(), places)


@st.cache_resource(max_entries=20, show_spinner=False)
def _cascade(path: str, build_id: str, places: Places) -> pd.DataFrame:
    return cascading.cascade(open_store(path), places=places or None)


def ambition() -> ambitious.Ambition:
    """Ambition of all places with the basket of data/weights.toml."""
    return _ambition(*key())


@st.cache_resource(max_entries=2, show_spinner=False)
def _ambition(path: str, build_id: str) -> ambitious.Ambition:
    return ambitious.ambition(open_store(path))


def statements(**filters) -> pd.DataFrame:
    """Store.statements; lists as tuples."""
    return _statements(*key(), tuple(sorted(filters.items())))


@st.cache_resource(max_entries=100, show_spinner=False)
def _statements(path: str, build_id: str, filters: tuple) -> pd.DataFrame:
    return open_store(path).statements({name: list(value) if isinstance(value, tuple) else value for name, value in filters})


def numbers(plan_id: str) -> pd.DataFrame:
    """The number audit of a plan: start, end, text, class, rule."""
    return _numbers(*key(), plan_id)


@st.cache_resource(max_entries=16, show_spinner=False)
def _numbers(path: str, build_id: str, plan_id: str) -> pd.DataFrame:
    return open_store(path).numbers(plan_id)


def issues() -> pd.DataFrame:
    """What validation found and let pass."""
    return _issues(*key())


@st.cache_resource(max_entries=2, show_spinner=False)
def _issues(path: str, build_id: str) -> pd.DataFrame:
    return open_store(path).issues()


@dataclass(frozen=True)
class Body:
    """The text of a plan, its headings (start, end, title), and whether it has pages."""

    text: str
    sections: tuple[tuple[int, int, str], ...]
    paged: bool


def body(plan_id: str) -> Body:
    """The text of a plan. Raises UnknownPlan."""
    return _body(*key(), plan_id)


@st.cache_resource(max_entries=200, show_spinner=False)
def _body(path: str, build_id: str, plan_id: str) -> Body:
    source = open_store(path)
    plans = _catalogue(path, build_id).plans
    heads = source.sections(plan_id)
    sections = tuple(zip(heads["start"].tolist(), heads["end"].tolist(), heads["title"].tolist(), strict=True))
    return Body(source.text(plan_id), sections, bool((plans.loc[plans["plan_id"] == plan_id, "page_count"] > 0).any()))


def context(row: Mapping, width: str = "sentence") -> Context:
    """The text around a statement (a row of Store.statements), cut from the plan's text at hand: no query, unless its page is needed."""
    found = body(row["plan_id"])
    if found.paged:
        return _context(*key(), row["indicator_id"], width)
    start, end, value_start, value_end = (int(row[name]) for name in ("start", "end", "value_start", "value_end"))
    ends, limit = (ENDS_OF_SENTENCE, SENTENCE_LIMIT) if width == "sentence" else ("\n", PARAGRAPH_LIMIT)
    left, right = widen(found.text, start, end, ends, limit)
    heads = tuple(title for first, last, title in found.sections if first <= value_start < last)
    heads = heads or tuple(part for part in row["section"].split(" > ") if part)
    quote, value = (start - left, end - left), (value_start - left, value_end - left)
    return Context(row["indicator_id"], row["plan_id"], found.text[left:right], left, *quote, *value, None, heads)


@st.cache_resource(max_entries=2000, show_spinner=False)
def _context(path: str, build_id: str, indicator_id: str, width: str) -> Context:
    return open_store(path).context(indicator_id, width)


def table_csv(name: str) -> bytes:
    """A whole table as CSV with a byte order mark, so that a spreadsheet reads the Chinese; made when it is asked for."""
    made = {"statements": store().statements, "plans": store().plans, "findings": lambda: findings(()), "cascade": lambda: cascade(())}
    return ("\ufeff" + made[name]().assign(data_version=store().build_id).to_csv(index=False)).encode("utf-8")
