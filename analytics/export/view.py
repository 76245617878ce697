"""What is exported: one view, whole in itself, and how its numbers and citations are written.

    View       title, the plotted rows, filters in words, sources with their sentences, notes, data version
    Source     one numbered citation
    Line       a benchmark across a chart
    Mark       one row of a chart as it is drawn

A frame of a chart (dot, bars, dumbbell, matrix) has the columns PLOTTED, one row a mark or cell; a frame of a table has what `columns`
names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analytics import messages
from analytics.export.common import ExportError, plain, text
from analytics.frames import as_dicts
from analytics.stated import stated

CHARTS = ("dot", "bars", "dumbbell")
KINDS = (*CHARTS, "matrix", "table")
PLOTTED = [
    "place",
    "metric",
    "metric_id",
    "indicator",
    "state",
    "label",
    "plotted",
    "plotted_max",
    "comparator",
    "value_exact",
    "value_max_exact",
    "unit",
    "also",
    "ranked",
    "year",
    "kind",
    "hedge",
    "status",
    "plan_level",
    "verdict",
    "facets",
    "baseline_label",
    "baseline_exact",
    "baseline_comparator",
    "baseline_unit",
    "baseline_year",
    "plan_id",
    "title",
    "section",
    "page",
    "sentence",
    "cite",
    "indicator_id",
    "baseline_id",
]


@dataclass(frozen=True, slots=True)
class Source:
    """One citation. A statement of a plan has indicator_id, section and sentence; a reference document has none but what it says."""

    number: int
    title: str
    about: str
    sentence: str
    place: str = ""
    section: str = ""
    page: int | None = None
    plan_id: str = ""
    indicator_id: str = ""
    value_text: str = ""

    def full(self, lang: str) -> str:
        """Number, place, document, section, page and the sentence in quotation marks."""
        plan = text("cite.plan", lang, title=self.title, about=self.about) if self.about else self.title
        if not self.indicator_id:
            return text("cite.reference", lang, number=self.number, plan=plan, sentence=self.sentence)
        return text("cite.full", lang, number=self.number, place=self.place, plan=plan, where=self.where(lang), sentence=self.sentence)

    def where(self, lang: str) -> str:
        """Section and page."""
        page = text("value.page", lang, page=self.page) if self.page else ""
        return " ".join(part for part in (self.section, page) if part)


@dataclass(frozen=True, slots=True)
class Line:
    """A benchmark: its place on the axis, how it is written, the number of its citation, the positions of the rows that it is for."""

    value: float
    label: str
    value_exact: str
    unit: str
    number: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of a chart. `value` and `baseline` are in base units on the axis; `note` is what the reader must know beside the name."""

    place: str
    label: str
    note: str
    value: float
    value_max: float | None
    comparator: str
    hedge: bool
    faded: bool
    baseline: float | None
    baseline_label: str
    cite: str
    sentence: str
    indicator_id: str


@dataclass(frozen=True)
class View:
    """One chart or table with everything that it needs to be defended. Raises ExportError where kind or columns do not fit."""

    kind: str
    title: str
    frame: pd.DataFrame
    lang: str
    version: str
    subtitle: str = ""
    filters: str = ""
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    verdict: str = ""
    definitions: tuple[str, ...] = ()
    remark: str = ""
    places: tuple[str, ...] = ()
    measure: str = "value"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ExportError(f"view kind {self.kind!r}: use one of {', '.join(KINDS)}")
        if self.lang not in messages.LANGUAGES:
            raise ExportError(f"view language {self.lang!r}: use one of {', '.join(messages.LANGUAGES)}")
        wanted = PLOTTED if self.kind != "table" else self.columns
        if lacking := [name for name in wanted if name not in self.frame]:
            raise ExportError(
                f"view {self.title!r} of kind {self.kind} lacks the columns {', '.join(lacking)}; make it with analytics.export.views"
            )

    def say(self, code: str, **values: Any) -> str:
        """A text in the language of the view."""
        return text(code, self.lang, **values)

    def marks(self) -> list[Mark]:
        """The rows of a chart as marks, in the order of the frame."""
        return [mark(row, self.lang) for row in as_dicts(self.frame)]

    def footer(self, drawn: bool = False) -> list[str]:
        """What stands under every chart beside its sources: filters, verdict, notes, version; of our own drawings also what their marks
        mean, which the legend of an Office chart says."""
        lines = [self.say("foot.filters", text=self.filters)] if self.filters else []
        marks = self.say("foot.marks") + self.say("draft.stop").strip() if drawn and self.kind in CHARTS else ""
        notes = [note for note in (self.verdict, *self.notes, marks) if note]
        lines += [self.say("foot.notes", text=" ".join(notes))] if notes else []
        return [*lines, self.say("foot.version", build=self.version)]

    def with_numbers(self, numbers: Mapping[int, int]) -> View:
        """The same view with its citations renumbered (old number -> new), for a document with one list of sources."""
        cells = self.frame.assign(cite=self.frame["cite"].map(lambda cell: renumber(cell, numbers))) if "cite" in self.frame else self.frame
        return replace(
            self,
            frame=cells,
            sources=tuple(replace(source, number=numbers[source.number]) for source in self.sources),
            sentences=tuple(renumber(sentence, numbers) for sentence in self.sentences),
            lines=tuple(replace(line, number=numbers[line.number], label=renumber(line.label, numbers)) for line in self.lines),
        )


def renumber(words: str, numbers: Mapping[int, int]) -> str:
    """A text with each [n] replaced."""
    return re.sub(r"\[(\d+)\]", lambda found: f"[{numbers.get(int(found[1]), int(found[1]))}]", words)


def mark(row: Mapping[str, Any], lang: str) -> Mark:
    """One row of a frame as a mark."""
    return Mark(
        row["place"],
        row["label"],
        " · ".join([*standing(row, lang), *([row["facets"]] if row["facets"] else [])]),
        number(row["plotted"]) or 0.0,
        number(row["plotted_max"]),
        row["comparator"] or "eq",
        bool(row["hedge"]),
        row["verdict"] == text("verdict.incomparable", lang),
        number(row.get("baseline_plotted")),
        baseline(row, lang),
        row["cite"],
        row["sentence"],
        row["indicator_id"],
    )


def baseline(row: Mapping[str, Any], lang: str) -> str:
    """The baseline as it stands at its mark, with its year: 2020年 96.49%."""
    dated = row["baseline_label"] and filled(row["baseline_year"])
    return f"{text('value.year', lang, year=row['baseline_year'])} {row['baseline_label']}" if dated else row["baseline_label"]


def standing(row: Mapping[str, Any], lang: str) -> list[str]:
    """What a number is worth: its year, that it was observed, what its plan is where that is not simply in force and of a city."""
    year = text("value.year", lang, year=row["year"]) if filled(row["year"]) else ""
    kind = row["kind"] if row["kind"] != messages.word("kind", "target", lang) else ""
    status = row["status"] if row["status"] != messages.word("status", "issued", lang) else ""
    return [part for part in (year, kind, status, row["plan_level"]) if part]


def filled(value: Any) -> bool:
    """Whether a cell holds something."""
    return not (value is None or value is pd.NA or value != value)


def number(value: Any) -> float | None:
    """A cell as a float, None where it is empty."""
    return float(value) if filled(value) else None


def label(row: Mapping[str, Any], lang: str) -> str:
    """≥98.5%, >6.5万件, 1—3项, 力争≥80%, two values of one plan as two: analytics.stated; "" without a number."""
    return plain(stated(row, lang))
