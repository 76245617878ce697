"""The shapes that pass between the steps. Nothing here reads, decides or computes."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: `document.text[start:end]` is its text. A merged cell stands as the same object at each place it covers."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the reader saw as one. `rows` is a rectangular grid; `header_rows` is how many rows at the top are known to be heads."""

    rows: tuple[tuple[Cell, ...], ...]
    header_rows: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that the reader knows by style (docx) or tag (html); level 1 is the highest."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Document:
    """What every reader returns.

    text: the linear text; every offset in the project counts code points of it, half-open.
    format: txt md html docx pdf xlsx.
    tables, headings: what the reader knows beyond the text, in order of place.
    pages: the offset at which each page begins; empty where the format has no pages.
    """

    text: str
    format: str
    name: str = ""
    tables: tuple[Table, ...] = ()
    headings: tuple[Heading, ...] = ()
    pages: tuple[int, ...] = ()

    def page(self, offset: int) -> int | None:
        """The page (from 1) that holds `offset`, or None where there are no pages."""
        return bisect_right(self.pages, offset) or None if self.pages else None


@dataclass(frozen=True, slots=True)
class Cut:
    """Raw text that the cleaned text does not have: raw[start:end], and the rule that took it out."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    plain: str
    origin: np.ndarray
    raw_length: int
    cuts: tuple[Cut, ...]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span that cleaned[start:end] was made from, half-open; an empty span stays empty."""
        if start >= end:
            at = int(self.origin[start]) if start < len(self.origin) else self.raw_length
            return at, at
        return int(self.origin[start]), int(self.origin[end - 1]) + 1


@dataclass(frozen=True, slots=True)
class Text:
    """text: for rules. plain: for names. masked: text with the inside of quotes, titles and brackets made neutral, so that a comma in
    them ends nothing. All of the same length."""

    text: str
    plain: str
    masked: str


@dataclass(slots=True)
class Section:
    """A node of the heading tree. `start` is the heading's offset, `end` where the section ends."""

    title: str
    level: int
    role: str
    start: int
    parent: Section | None = None
    end: int = 0
    sticky: bool = False

    @property
    def path(self) -> list[Section]:
        return ([*self.parent.path, self] if self.parent else [self]) if self.title else []


@dataclass(slots=True)
class Column:
    """A column of values as its head tells it: words, years, sense (goal, base, growth, change, sum or ''), unit, where the head stands,
    which may name an indicator, years that a change is measured from. bounded: its cells have comparators."""

    words: str = ""
    years: tuple[int, ...] = ()
    sense: str = ""
    unit: str = ""
    name: Span | None = None
    origins: tuple[int, ...] = ()
    bounded: bool = False


@dataclass(slots=True)
class Sheet:
    """What all rows of a table share: title, unit and base year told around it, its columns of values, the years that its cells measure a
    change from, the years that its marks stand for."""

    title: str = ""
    unit: str = ""
    base: int | None = None
    columns: list[Column] = field(default_factory=list)
    origins: set[int] = field(default_factory=set)
    marks: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """Values of one name in a table: spans of the name, of its owner where the name stands in a head, of the values; the columns over
    those, the unit of a cell of its own, a group label, and the table."""

    name: Span
    values: list[Span]
    columns: list[Column]
    sheet: Sheet
    unit: str = ""
    label: str = ""
    owner: Span | None = None


@dataclass(slots=True)
class Block:
    """kind: prose, row, cells (heads and other cells of a table), heading, furniture or footnote."""

    kind: str
    start: int
    end: int
    section: Section
    row: Row | None = None
    label: str = ""


@dataclass(slots=True)
class Layout:
    blocks: list[Block] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


@dataclass(slots=True)
class Quantity:
    """start, end: number with unit; full_start, full_end: with comparators too. Values are exact."""

    start: int
    end: int
    full_start: int
    full_end: int
    value: Decimal
    value_max: Decimal | None
    unit: str
    comparator: str
    rules: list[str] = field(default_factory=list)
    hedge: bool = False
    bracketed: bool = False
    year: int | None = None


@dataclass(slots=True)
class Number:
    """A digit run or numeral of the text, its class and the rule that decided."""

    start: int
    end: int
    kind: str
    rule: str
    quantity: Quantity | None = None


@dataclass(slots=True)
class Bound:
    """A statement: its quantity, its name, the span that the quote must cover, and what the words around said."""

    quantity: Quantity
    name: str
    start: int
    end: int
    block: Block
    sentence: Span
    verb: str = ""
    tail: str = ""
    change: str = ""
    annual: bool = False
    origin: bool = False
    incentive: bool = False
    count: bool = False
    rules: list[str] = field(default_factory=list)
    topic: str = ""
    making: str = ""
    part: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class When:
    """Kind and year of a statement, the rule that told its year, and the signs that its kind was weighed by, if it was."""

    kind: str
    year: int | None
    rule: str
    signs: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Goal:
    """start, end: the clause, or the cells from name to goal. mark: the words that make it a goal. name: what it is about. year: of the
    column's head, if it has one."""

    start: int
    end: int
    mark: tuple[int, int]
    name: str
    form: str
    block: Block
    sentence: tuple[int, int]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known about a document beside its text: a row of plans.tsv, or what the text says of itself."""

    plan_id: str
    place: str = ""
    province: str = ""
    level: str = ""
    title: str = ""
    issuer: str = ""
    document_number: str = ""
    issued: str = ""
    horizon_start: int | None = None
    horizon_end: int | None = None
    status: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of a check; the policy decides what follows. severity: error, warning, info."""

    code: str
    severity: str
    message: str
    plan_id: str = ""
    indicator_id: str | None = None


@dataclass(slots=True)
class Extraction:
    """All that was read out of one document."""

    plan: Plan
    document: Document
    rows: list[dict] = field(default_factory=list)
    numbers: list[dict] = field(default_factory=list)
    sections: list[dict] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
