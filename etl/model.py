"""The shapes that pass between the steps. Nothing here reads, decides or computes."""
from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """One table cell: `document.text[start:end]` is its text. A merged cell stands as the same object at each place it covers."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the reader saw as one. `rows` is a rectangular grid; `header_rows` is how many rows at the top the reader knows to be heads."""

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
        from bisect import bisect_right

        return bisect_right(self.pages, offset) or None if self.pages else None


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
