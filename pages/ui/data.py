"""What the pages know, from analytics, kept by build id: a new build is seen at the next click, an old one is forgotten.

Frames that come from here are shared between sessions: read them, never change them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analytics import ambition as ambitious
from analytics import cascade as cascading
from analytics import compare as comparing
from analytics import coverage as covering
from analytics import findings as finding
from analytics import registry
from analytics.coverage import Coverage
from analytics.store import DATABASE, ENDS_OF_SENTENCE, PARAGRAPH_LIMIT, SENTENCE_LIMIT, Context, Store, widen
from pages.ui import colours
from pages.ui.state import Known

SHORT = re.compile(r"^.+?[市州盟](?=.+[区县市旗]$)")


@dataclass(frozen=True)
class Catalogue:
    """The choices that a build offers. `metrics` has metric_id, name_zh, name_en, domain, unit, better, family, places, statements;
    `names` is language -> metric_id -> name; `by_length` the places, longest name first."""

    build_id: str
    plans: pd.DataFrame
    metrics: pd.DataFrame
    known: Known
    colours: dict[str, str]
    english: dict[str, str]
    names: dict[str, dict[str, str]]
    by_length: tuple[str, ...]

    def place(self, name: str, lang: str) -> str:
        """A place as shown: 沙坡头区 for 中卫市沙坡头区, Rizhao for 日照市; the full name where no English one is known."""
        return SHORT.sub("", name) if lang == "zh" else self.english.get(name, name)

    def metric(self, metric_id: str, lang: str) -> str:
        """The name of a metric; its id where the registry has dropped it."""
        return self.names[lang].get(metric_id, metric_id)


@st.cache_resource(max_entries=4, show_spinner=False)
def open_store(path: str) -> Store:
    """One Store a file, shared by all sessions."""
    return Store(path)


def store() -> Store:
    """The store of data/citytargets.duckdb, or of the file that CITYTARGETS_DATABASE names."""
    return open_store(os.environ.get("CITYTARGETS_DATABASE") or str(DATABASE))


def build_key(source: Store) -> tuple[str, str]:
    """What a cached answer depends on: the file and its build. Raises NoDatabase and its siblings."""
    return str(source.path), source.build_id


def catalogue() -> Catalogue:
    """The choices of the build at hand. Raises NoDatabase, OtherSchema or DatabaseBusy."""
    return _catalogue(*build_key(store()))


@st.cache_resource(max_entries=3, show_spinner=False)
def _catalogue(path: str, build_id: str) -> Catalogue:
    source = open_store(path)
    plans = source.plans()
    places = ordered(plans["place"].unique(), source.reference("places")["place"])
    metrics = registry.load().frame()
    counts = metric_counts(source)
    metrics = metrics.merge(counts, on="metric_id", how="inner").sort_values(
        ["places", "statements", "metric_id"], ascending=[False, False, True], ignore_index=True
    )
    english = {row.place: row.name_en for row in plans.itertuples() if isinstance(row.name_en, str)}
    known = Known(
        tuple(places),
        registry.DOMAINS,
        tuple(sorted(int(year) for year in plans["horizon_end"].dropna().unique())),
        tuple(metrics["metric_id"]),
        tuple(plans["plan_id"]),
    )
    names = {lang: dict(zip(metrics["metric_id"], metrics[f"name_{lang}"], strict=True)) for lang in ("zh", "en")}
    return Catalogue(
        build_id, plans, metrics, known, colours.of_places(places), english, names, tuple(sorted(places, key=len, reverse=True))
    )


def ordered(places, listed) -> list[str]:
    """Places in the order of the reference file, the others behind them by name: a new plan never changes a colour that is listed."""
    rank = {place: at for at, place in enumerate(listed)}
    return sorted(places, key=lambda place: (rank.get(place, len(rank)), place))


def metric_counts(source: Store) -> pd.DataFrame:
    """How many places give a number for each metric, and in how many statements."""
    rows = source.statements({"kind": ["target", "baseline"]})
    return (
        rows.dropna(subset=["metric_id"])
        .groupby("metric_id")
        .agg(places=("place", "nunique"), statements=("indicator_id", "size"))
        .reset_index()
    )


def comparison(metric_id: str, places: tuple[str, ...]) -> comparing.Comparison:
    """analytics.compare for some places, or all."""
    return _comparison(*build_key(store()), metric_id, places)


@st.cache_resource(max_entries=400, show_spinner=False)
def _comparison(path: str, build_id: str, metric_id: str, places: tuple[str, ...]) -> comparing.Comparison:
    return comparing.compare(open_store(path), metric_id, places=places or None)


@dataclass(frozen=True)
class Body:
    """The text of a plan with what locates a place in it."""

    text: str
    sections: pd.DataFrame
    paged: bool


def body(plan_id: str) -> Body:
    """The text of a plan. Raises UnknownPlan."""
    return _body(*build_key(store()), plan_id)


@st.cache_resource(max_entries=64, show_spinner=False)
def _body(path: str, build_id: str, plan_id: str) -> Body:
    source = open_store(path)
    plans = _catalogue(path, build_id).plans
    return Body(source.text(plan_id), source.sections(plan_id), bool((plans.loc[plans["plan_id"] == plan_id, "page_count"] > 0).any()))


def context(row: Mapping, width: str = "sentence") -> Context:
    """The text around a statement (a row of Store.statements), cut from the plan's text at hand: no query a statement, unless its page
    must be looked up."""
    found = body(row["plan_id"])
    if found.paged:
        return _context(*build_key(store()), row["indicator_id"], width)
    start, end, value_start, value_end = (int(row[name]) for name in ("start", "end", "value_start", "value_end"))
    ends, limit = (ENDS_OF_SENTENCE, SENTENCE_LIMIT) if width == "sentence" else ("\n", PARAGRAPH_LIMIT)
    left, right = widen(found.text, start, end, ends, limit)
    holds = found.sections[(found.sections["start"] <= value_start) & (found.sections["end"] > value_start)]
    headings = tuple(holds["title"]) or tuple(part for part in row["section"].split(" > ") if part)
    return Context(
        row["indicator_id"],
        row["plan_id"],
        found.text[left:right],
        left,
        start - left,
        end - left,
        value_start - left,
        value_end - left,
        None,
        headings,
    )


@st.cache_resource(max_entries=5000, show_spinner=False)
def _context(path: str, build_id: str, indicator_id: str, width: str) -> Context:
    return open_store(path).context(indicator_id, width)


def coverage() -> Coverage:
    """Who mentions what, for all places: analytics.coverage."""
    return _coverage(*build_key(store()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _coverage(path: str, build_id: str) -> Coverage:
    return covering.coverage(open_store(path))


def states(metric_id: str) -> dict[str, str]:
    """Place -> number, baseline, mentioned, absent or not_applicable."""
    cells = coverage().cells
    found = cells[cells["metric_id"] == metric_id]
    return dict(zip(found["place"], found["state"], strict=True))


def mention(metric_id: str, place: str) -> str:
    """The sentence that mentions a metric without a number; "" where there is none."""
    cells = coverage().cells
    found = cells[(cells["metric_id"] == metric_id) & (cells["place"] == place)]
    if found.empty or pd.isna(found.iloc[0]["start"]):
        return ""
    row, text = found.iloc[0], body(found.iloc[0]["plan_id"]).text
    start, end = widen(text, int(row["start"]), int(row["end"]), ENDS_OF_SENTENCE, SENTENCE_LIMIT)
    return text[start:end].strip()


def findings() -> pd.DataFrame:
    """All findings, gravest first: analytics.findings."""
    return _findings(*build_key(store()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _findings(path: str, build_id: str) -> pd.DataFrame:
    return finding.findings(open_store(path))


def cascade() -> pd.DataFrame:
    """Every place and metric against the levels above: analytics.cascade."""
    return _cascade(*build_key(store()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _cascade(path: str, build_id: str) -> pd.DataFrame:
    return cascading.cascade(open_store(path))


def matrix(domain: str, places: tuple[str, ...]) -> pd.DataFrame:
    """The statement that stands for each metric of a domain and each place, with its sentence: analytics.compare.matrix."""
    return _matrix(*build_key(store()), domain, places)


@st.cache_resource(max_entries=60, show_spinner=False)
def _matrix(path: str, build_id: str, domain: str, places: tuple[str, ...]) -> pd.DataFrame:
    source = open_store(path)
    rows = comparing.matrix(source, domain or None, places or None)
    missing = ["section", "responsible", "quote", "start", "end", "value_text", "value_end", "rules"]
    known = source.statements({"indicator_id": list(rows["indicator_id"])})[["indicator_id", *missing]]
    return rows.drop(columns=[name for name in missing if name in rows]).merge(known, on="indicator_id", how="left", validate="one_to_one")


def statements(**filters) -> pd.DataFrame:
    """Store.statements, kept; the filters are those of analytics.store, lists as tuples."""
    return _statements(*build_key(store()), tuple(sorted(filters.items())))


@st.cache_resource(max_entries=200, show_spinner=False)
def _statements(path: str, build_id: str, filters: tuple) -> pd.DataFrame:
    return open_store(path).statements({name: list(value) if isinstance(value, tuple) else value for name, value in filters})


def numbers(plan_id: str) -> pd.DataFrame:
    """The number audit of a plan: start, end, text, class, rule."""
    return _numbers(*build_key(store()), plan_id)


@st.cache_resource(max_entries=16, show_spinner=False)
def _numbers(path: str, build_id: str, plan_id: str) -> pd.DataFrame:
    return open_store(path).numbers(plan_id)


def ambition() -> ambitious.Ambition:
    """Ambition of all places with the basket of data/weights.toml."""
    return _ambition(*build_key(store()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _ambition(path: str, build_id: str) -> ambitious.Ambition:
    return ambitious.ambition(open_store(path))


def issues() -> pd.DataFrame:
    """What validation found and let pass."""
    return _issues(*build_key(store()))


@st.cache_resource(max_entries=2, show_spinner=False)
def _issues(path: str, build_id: str) -> pd.DataFrame:
    return open_store(path).issues()


def table_csv(name: str) -> bytes:
    """A whole table as CSV with a byte order mark, so that a spreadsheet reads the Chinese; made when it is asked for."""
    tables = {"statements": store().statements, "plans": store().plans, "findings": findings, "cascade": cascade}
    return ("\ufeff" + tables[name]().assign(data_version=store().build_id).to_csv(index=False)).encode("utf-8")
