"""Read-only access to the database that the extraction publishes, for pages, command line and every other module here.

    store = Store("data/citytargets.duckdb")
    store.build_id                       # data version; cache results by this, never by a connection
    store.plans()                        # one row a plan, without its text
    store.statements({"metric_id": "food.food_pass_rate", "kind": ["target", "baseline"]})
    store.statement(indicator_id)        # one Series
    store.context(indicator_id, "sentence")   # Context: text around the quote, offsets of quote and value in it, page, headings
    store.build(), store.checks(plan_ids), store.bodies(plan_ids)   # the row of the build, what was checked, whole texts with headings
    store.text(plan_id), store.numbers(plan_id), store.sections(plan_id), store.issues(), store.reference("places")
    with store.session() as session:     # several queries that see one and the same version
        session.query("SELECT ... WHERE place = $place", {"place": "日照市"})

Frames have `value` and `value_max` as float (base unit) and `value_exact`, `value_max_exact` as text with every digit of the database.
Inside SQL the tables plans, indicators, numbers, sections, issues, build stand beside the reference tables places, benchmarks, actuals.

How files are opened is explained in session.py; what other modules need of errors, columns, context and reference is here by name too.

Errors: AnalyticsError > StoreError > NoDatabase, OtherSchema, DatabaseBusy, UnknownPlan, UnknownStatement, BadFilter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.columns import DETAIL_SQL, FILTERABLE, LEAN_SQL, STATEMENT_SQL, TABLES, Condition, exact, where
from analytics.context import ENDS_OF_SENTENCE, PARAGRAPH_LIMIT, SENTENCE_LIMIT, Body, Context, around, page_of, reach, widen
from analytics.errors import (
    AnalyticsError,
    BadFilter,
    DatabaseBusy,
    NoDatabase,
    OtherSchema,
    StoreError,
    UnknownPlan,
    UnknownStatement,
)
from analytics.frames import as_dicts
from analytics.reference import REFERENCE, REFERENCE_TYPES, ROOT, read_reference, reference_frame
from analytics.session import ENGINE, Engines, Session

__all__ = [
    "DATABASE", "DETAIL_SQL", "ENDS_OF_SENTENCE", "ENGINE", "FILTERABLE", "LEAN_SQL", "PARAGRAPH_LIMIT", "REFERENCE", "REFERENCE_TYPES",
    "ROOT", "SENTENCE_LIMIT", "STATEMENT_SQL", "TABLES", "AnalyticsError", "BadFilter", "Body", "Condition", "Context", "DatabaseBusy",
    "NoDatabase", "OtherSchema", "Session", "Store", "StoreError", "UnknownPlan", "UnknownStatement", "exact", "page_of", "read_reference",
    "where", "widen",
]

DATABASE = ROOT / "data" / "citytargets.duckdb"


class Store:
    """One database file, read-only, safe to share between threads. `reference` is the folder of places, benchmarks and actuals."""

    def __init__(self, path: str | Path = DATABASE, reference: str | Path = REFERENCE) -> None:
        self.path = Path(path)
        self._reference = {name: read_reference(Path(reference) / f"{name}.tsv") for name in REFERENCE_TYPES}
        self._engines = Engines(self.path, self._reference)

    @property
    def build_id(self) -> str:
        """Version of the data, printed under every chart; changes when a new build has been published."""
        return self._engines.build_id()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open the file as it is now, for as long as the `with` lasts. Raises NoDatabase, OtherSchema or DatabaseBusy."""
        with self._engines.session() as session:
            yield session

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """One query in a session of its own."""
        with self.session() as session:
            return session.query(sql, params)

    def build(self) -> dict[str, Any]:
        """The row of table build: its id, rules and counts."""
        return as_dicts(self.query("SELECT * FROM build"))[0]

    def checks(self, plan_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        """plan_id -> counts: statements, those whose quote stands verbatim at its place, numbers, those read as statements, warnings."""
        found = self.query(
            """
            SELECT p.plan_id,
                (SELECT count(*) FROM indicators i WHERE i.plan_id = p.plan_id) AS statements,
                (SELECT count(*) FROM indicators i
                 WHERE i.plan_id = p.plan_id AND substr(p.text, i.start + 1, i."end" - i.start) = i.quote) AS verbatim,
                (SELECT count(*) FROM numbers n WHERE n.plan_id = p.plan_id) AS numbers,
                (SELECT count(*) FROM numbers n WHERE n.plan_id = p.plan_id AND n.class = 'indicator') AS taken,
                (SELECT count(*) FROM issues s WHERE s.plan_id = p.plan_id AND s.severity = 'warning') AS warnings
            FROM plans p WHERE list_contains($plans, p.plan_id)""",
            {"plans": list(plan_ids)},
        )
        return found.set_index("plan_id").to_dict("index")

    def plans(self) -> pd.DataFrame:
        """One row a plan, without text: the columns of `plans`, population with year and source, and counts of targets, baselines,
        commitments."""
        return self.query("""
            SELECT p.* EXCLUDE (text, pages), length(p.text) AS characters, len(p.pages) AS page_count,
                   coalesce(c.targets, 0) AS targets, coalesce(c.baselines, 0) AS baselines, coalesce(c.commitments, 0) AS commitments,
                   coalesce(c.aligned, 0) AS aligned, r.name_en, r.population, r.population_year, r.source AS population_source
            FROM plans p
            LEFT JOIN (SELECT plan_id, count(*) FILTER (kind = 'target') AS targets, count(*) FILTER (kind = 'baseline') AS baselines,
                              count(*) FILTER (kind = 'commitment') AS commitments, count(metric_id) AS aligned
                       FROM indicators GROUP BY plan_id) c USING (plan_id)
            LEFT JOIN places r ON r.place = p.place
            ORDER BY p.place, p.plan_id""")

    def places(self) -> list[str]:
        """Every place with a plan, in the order of the reference file, the others behind them by name: it decides the colour of a place
        everywhere, and a new plan never changes one that is listed."""
        found = self.query("SELECT DISTINCT place FROM plans")["place"]
        rank = {place: at for at, place in enumerate(self.reference("places")["place"])}
        return sorted(found, key=lambda place: (rank.get(place, len(rank)), place))

    def statements(self, filters: Mapping[str, Any] | Condition | None = None, limit: int | None = None) -> pd.DataFrame:
        """Statements with what is known of their plan, in the order of plan and text.

        filters: column -> value, or -> list of values (any of them), or -> None (empty); or an object with `where()`.
        Raises BadFilter for a column that is not in FILTERABLE.
        """
        condition, params = where(filters)
        tail = "" if limit is None else f" LIMIT {int(limit)}"
        return self.query(
            f"SELECT {STATEMENT_SQL} FROM indicators i JOIN plans p USING (plan_id) WHERE {condition} "
            f"ORDER BY i.plan_id, i.value_start, i.indicator_id{tail}",
            params,
        )

    def statement(self, indicator_id: str) -> pd.Series:
        """One statement as a Series of the columns of `statements`. Raises UnknownStatement."""
        frame = self.statements({"indicator_id": indicator_id})
        if frame.empty:
            raise UnknownStatement(
                f"no statement {indicator_id!r} in {self.path} (build {self.build_id}): "
                "it may have changed with a newer build, search for its words"
            )
        return frame.iloc[0]

    def text(self, plan_id: str) -> str:
        """The raw text that all offsets of the plan count in. Raises UnknownPlan."""
        return self._one_of_plan("text", plan_id)

    def place(self, plan_id: str) -> str:
        """The place of a plan. Raises UnknownPlan."""
        return self._one_of_plan("place", plan_id)

    def bodies(self, plan_ids: Sequence[str]) -> dict[str, Body]:
        """plan_id -> text, pages and headings, of several plans at once; unknown ones are left out."""
        wanted = {"plans": list(plan_ids)}
        with self.session() as session:
            texts = session.query("SELECT plan_id, text, pages FROM plans WHERE list_contains($plans, plan_id)", wanted)
            heads = session.query(
                'SELECT plan_id, start, "end", title FROM sections WHERE list_contains($plans, plan_id) ORDER BY plan_id, level, start',
                wanted,
            )
        sections: dict[str, list[tuple[int, int, str]]] = {}
        for plan_id, *head in zip(*(heads[name].tolist() for name in ("plan_id", "start", "end", "title")), strict=True):
            sections.setdefault(plan_id, []).append(tuple(head))
        return {
            plan_id: Body(text, tuple(map(int, pages)), tuple(sections.get(plan_id, ())))
            for plan_id, text, pages in zip(texts["plan_id"], texts["text"], texts["pages"], strict=True)
        }

    def numbers(self, plan_id: str) -> pd.DataFrame:
        """The number audit of a plan in the order of the text: start, end, text, class, rule."""
        return self._of_plan("numbers", plan_id)

    def sections(self, plan_id: str) -> pd.DataFrame:
        """The headings of a plan in the order of the text: start, end, level, title, role."""
        return self._of_plan("sections", plan_id)

    def issues(self) -> pd.DataFrame:
        """What validation found and let pass: plan_id, indicator_id, code, severity, message."""
        return self.query("SELECT * FROM issues ORDER BY plan_id, code, indicator_id")

    def reference(self, name: str) -> pd.DataFrame:
        """places, benchmarks or actuals; values as float. Needs no database. Raises KeyError for another name."""
        return reference_frame(self._reference[name])

    def context(self, indicator_id: str, width: str = "sentence") -> Context:
        """The sentence or the paragraph around a statement; `width` is "sentence" or "paragraph". Raises UnknownStatement, BadFilter."""
        reach(width)
        row = self.statement(indicator_id)
        with self.session() as session:
            text, pages = session.one("SELECT text, pages FROM plans WHERE plan_id = $plan", {"plan": row["plan_id"]}) or ("", [])
            heads = session.query(
                'SELECT title FROM sections WHERE plan_id = $plan AND start <= $at AND $at < "end" ORDER BY level, start',
                {"plan": row["plan_id"], "at": int(row["value_start"])},
            )
        return around(row, text, pages, list(heads["title"]), width)

    def _one_of_plan(self, column: str, plan_id: str) -> str:
        with self.session() as session:
            row = session.one(f"SELECT {column} FROM plans WHERE plan_id = $plan", {"plan": plan_id})
            if row is None:
                raise UnknownPlan(self._unknown_plan(session, plan_id))
        return row[0]

    def _of_plan(self, table: str, plan_id: str) -> pd.DataFrame:
        with self.session() as session:
            if session.one("SELECT 1 FROM plans WHERE plan_id = $plan", {"plan": plan_id}) is None:
                raise UnknownPlan(self._unknown_plan(session, plan_id))
            return session.query(f"SELECT * EXCLUDE (plan_id) FROM {table} WHERE plan_id = $plan ORDER BY start", {"plan": plan_id})

    def _unknown_plan(self, session: Session, plan_id: str) -> str:
        near = session.query(
            "SELECT plan_id FROM plans ORDER BY jaro_winkler_similarity(plan_id, $plan) DESC, plan_id LIMIT 5", {"plan": plan_id}
        )
        return f"no plan {plan_id!r} in {self.path}; nearest: {', '.join(near['plan_id']) or 'none'}"
