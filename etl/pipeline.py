"""The composer: calls the steps in order and gives rows. The only module that knows them all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from etl import commitments
from etl.about import about
from etl.audit import audit
from etl.bind import bind
from etl.binding.cells import named_cells
from etl.clean import clean, corrections
from etl.clock import Clock
from etl.columns import Known, column_when
from etl.evidence import Judge
from etl.model import Block, Bound, Cleaned, Document, Extraction, Layout, Plan, Quantity, Section, Text, When
from etl.names import mask
from etl.quantities import cell, scan
from etl.rows import RowMaker
from etl.segment import segment
from etl.signs import Signs
from etl.times import context, time_words

# Sections that speak of the document and not of the place: their numbers are no statements.
_SILENT = ("notes", "consultation", "footnotes")


def extract(document: Document, plan: Plan, weighed: list[tuple[dict, Signs]] | None = None) -> Extraction:
    """All statements, numbers and sections of one document; the plan completed from its text where the manifest is silent.

    weighed: takes up each row with a number whose kind was weighed, with its signs. Raises clean.CorrectionError when a correction for the
    plan no longer matches.
    """
    cleaned = clean(document.text, corrections().get(plan.plan_id, []))
    t = Text(cleaned.text, cleaned.plain, mask(cleaned.text))
    layout = segment(t.text, *_reader_layout(document, cleaned))
    numbers, words = scan(t.text), time_words(t.text)
    known = context(t.text, plan, words)
    plan = about(t.text, plan, known.horizon)
    clock = Clock(t, known, words)
    quantities = [n.quantity for n in numbers if n.quantity]
    judge = Judge(t, clock, quantities)
    made = RowMaker(document, plan, cleaned, t)
    used, taken = {}, []
    for bound, when in _statements(t, layout, quantities, clock, judge):
        if bound.quantity.rules[:1] == ["first"] and when.kind == "baseline":
            continue  # a first that was achieved says nothing that can be counted
        row = made.statement(bound, when)
        if weighed is not None and when.signs:
            weighed.append((row, when.signs))
        used[bound.quantity.start] = bound.rules[0]
        taken.append((bound.quantity.full_start, bound.quantity.full_end))
    for goal in commitments.find(t, layout.blocks, sorted(taken)):
        clock.enter(goal.block)
        when = judge.goal(goal.block, goal.mark, goal.sentence, goal.year)
        if when.kind == "target":
            made.goal(goal, when)
    accounted = audit(document.text, cleaned, numbers, used, _apart(layout))
    sections = [_section(cleaned, plan, section) for section in layout.sections]
    return Extraction(plan, document, made.finished(), [{"plan_id": plan.plan_id, **row} for row in accounted], sections)


def _reader_layout(document: Document, cleaned: Cleaned) -> tuple[tuple, tuple]:
    """The reader's tables and headings, moved to cleaned offsets."""

    def place(offset: int) -> int:
        return int(np.searchsorted(cleaned.origin, cleaned.origin.dtype.type(offset)))  # of another type, the whole map is copied

    tables = tuple(tuple(tuple((place(c.start), place(c.end)) for c in row) for row in table.rows) for table in document.tables)
    return tables, tuple((place(h.start), place(h.end), h.level) for h in document.headings)


def _statements(t: Text, layout: Layout, quantities: list[Quantity], clock: Clock, judge: Judge) -> Iterator[tuple[Bound, When]]:
    """Bound statements with their kind and time, block by block; nothing from silent sections and page furniture."""
    speaking = [b for b in layout.blocks if b.section.role not in _SILENT and b.kind in ("prose", "row", "heading")]
    of_block: dict[int, list[Bound]] = {}
    for bound in bind(t, speaking, quantities):
        of_block.setdefault(id(bound.block), []).append(bound)
    for block in speaking:
        clock.enter(block)
        if block.kind == "row":
            c = clock.context
            known = Known(c.horizon, c.now, c.told, judge.around(block), c.start)
            for bound, position in named_cells(t, block, cell):
                yield bound, judge.statement(bound, told=column_when(block.row, position, bound.quantity.year, known))
            continue
        previous, last = 0, None
        for bound in of_block.get(id(block), ()):
            if last is not None and last is not bound.quantity:
                previous = last.end
            last = bound.quantity
            yield bound, judge.statement(bound, previous)


def _apart(layout: Layout) -> list[tuple[int, int, str]]:
    """Spans whose numbers the audit puts in a class of their own: page furniture, footnotes, the document's own procedure."""
    return [(b.start, b.end, _class_of(b)) for b in layout.blocks if b.kind in ("furniture", "footnote") or b.section.role in _SILENT]


def _class_of(block: Block) -> str:
    return block.kind if block.kind in ("furniture", "footnote") else "procedure"


def _section(cleaned: Cleaned, plan: Plan, section: Section) -> dict:
    start, end = cleaned.raw_span(section.start, max(section.end, section.start + 1))
    return {"plan_id": plan.plan_id, "start": start, "end": end, "level": section.level, "title": section.title, "role": section.role}
