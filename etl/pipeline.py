"""The composer: calls the steps in order and gives rows. The only module that knows them all."""
from __future__ import annotations

import re
from dataclasses import replace

from etl import audit as auditing
from etl import commitments
from etl.bind import Bound, bind
from etl.clean import clean, corrections
from etl.cues import flow, hedged, responsible
from etl.lexicon import lexicon
from etl.model import Block, Cleaned, Document, Extraction, Layout, Plan, Quantity, Text
from etl.names import mask
from etl.normalise import confidence, domain, number, unit_of
from etl.quantities import cell, scan
from etl.segment import segment
from etl.times import Clock, When, context, time_words

_SILENT = ("notes", "consultation", "footnotes")


def extract(document: Document, plan: Plan) -> Extraction:
    """All statements, numbers and sections of one document.

    Raises clean.CorrectionError when a correction for the plan no longer matches.
    """
    cleaned = clean(document.text, corrections().get(plan.plan_id, []))
    t = Text(cleaned.text, cleaned.plain, mask(cleaned.text))
    layout = segment(t.text, *_reader_layout(document, cleaned))
    numbers = scan(t.text)
    words = time_words(t.text)
    known = context(t.text, plan, words)
    clock = Clock(t, known, words)
    found = _statements(t, layout, [n.quantity for n in numbers if n.quantity], clock)
    made = _Maker(document, plan, cleaned, t, known.now)
    for bound, when, year_rule in found:
        made.row(bound, when, year_rule)
    taken = sorted((b.quantity.full_start, b.quantity.full_end) for b, _, _ in found)
    for goal in commitments.find(t, layout.blocks, taken):
        made.goal(goal, known.horizon, clock)
    extraction = Extraction(_completed(plan, known.horizon, t.text), document, made.finished())
    used = {b.quantity.start: b.rules[0] for b, _, _ in found}
    blocks = [(b.start, b.end, "furniture" if b.kind == "furniture" else "footnote" if b.kind == "footnote" else "procedure")
              for b in layout.blocks if b.kind in ("furniture", "footnote") or b.section.role in _SILENT]
    extraction.numbers = [{"plan_id": plan.plan_id, **row} for row in auditing.audit(document.text, cleaned, numbers, used, blocks)]
    extraction.sections = [_section(cleaned, plan, s) for s in layout.sections]
    return extraction


def _reader_layout(document: Document, cleaned: Cleaned) -> tuple[tuple, tuple]:
    """The reader's tables and headings, moved to cleaned offsets."""
    if not document.tables and not document.headings:
        return (), ()
    import numpy as np

    def place(offset: int) -> int:
        return int(np.searchsorted(cleaned.origin, offset))

    tables = tuple(tuple(tuple((place(c.start), place(c.end)) for c in row) for row in table.rows) for table in document.tables)
    return tables, tuple((place(h.start), place(h.end), h.level) for h in document.headings)


def _statements(t: Text, layout: Layout, quantities: list[Quantity], clock: Clock) -> list[tuple[Bound, When, str]]:
    """Bound statements with their time, block by block; nothing from notes, consultations and page furniture."""
    speaking = [b for b in layout.blocks if b.kind in ("prose", "row") and b.section.role not in _SILENT]
    bound = bind(t, speaking, quantities)
    of_block: dict[int, list[Bound]] = {}
    for b in bound:
        of_block.setdefault(id(b.block), []).append(b)
    found = []
    for block in layout.blocks:
        if block.kind in ("prose", "heading") and block.section.role not in _SILENT:
            clock.enter(block)
        if block.kind == "row" and block.section.role not in _SILENT:
            clock.enter(block)
            found += _table_row(t, block, clock)
            continue
        previous, last = 0, None
        for b in of_block.get(id(block), ()):
            if last is not None and last is not b.quantity:
                previous = last.end
            when, last = clock.when(b.quantity.start, b.sentence, previous), b.quantity
            if b.year:
                when = When("baseline" if known_past(clock, b.year) else "target", b.year, "time.step")
            found.append((b, when, when.rule))
    return found


def known_past(clock: Clock, year: int) -> bool:
    """Whether a year lies before the one that the document speaks from."""
    return clock.context.sure and clock.context.now is not None and year < clock.context.now


_COLUMN_YEAR = re.compile(r"((?:19|20)\d\d)")
_BASE_HEAD = re.compile(r"现状|基期|基数|实际|完成|已|上年")
_GOAL_HEAD = re.compile(r"目标|规划|预期|计划")
_SUM = re.compile(r"^[\[【(]")


def _table_row(t: Text, block: Block, clock: Clock) -> list[tuple[Bound, When, str]]:
    """The statements of a table row: one for each value cell, its year and kind from the head of its column."""
    row, found = block.row, []
    name_start, name_end, unit = _row_name(t, block)
    years = [int(m[1]) if (m := _COLUMN_YEAR.search(head)) else None for head in row.heads]
    latest = max((y for y in years if y), default=None)
    for position, (span, head) in enumerate(zip(row.values, row.heads)):
        q = cell(t.text, span[0], span[1], unit or _unit_of_head(head))
        if not q:
            continue
        words = t.text[span[0]:q.full_start]
        change = re.search(r"(年均|每年)?(增长|提高|提升|增加|下降|降低|减少)(?!到|至)$", words)
        name = t.plain[name_start:name_end]
        rules = ["name.cell"]
        b = Bound(q, name, name_start, max(span[1], q.full_end), block, (block.start, block.end), rules=rules, count=q.unit in lexicon().counts, topic=name, tail=words)
        if change:
            down = change[2] in ("下降", "降低", "减少")
            suffix = ("下降" if down else "增长" if q.unit == "%" else "提高") + ("率" if q.unit == "%" else "幅度")
            b.name, b.change, b.annual = f"{name}{change[1] or ''}{suffix}", "change", bool(change[1])
            q.full_start = span[0] + change.start()
        if _SUM.match(t.text[span[0]:span[1]]):
            b.verb = "新增"
        found.append((b, _column_time(clock, block, position, years, latest, head), "time.column"))
    return found


def _column_time(clock: Clock, block: Block, position: int, years: list[int | None], latest: int | None, head: str) -> When:
    year, inherited = years[position], clock.when(block.start, (block.start, block.end))
    if year is None and _BASE_HEAD.search(head) and not _GOAL_HEAD.search(head):
        return When("baseline", inherited.year if inherited.kind == "baseline" else clock.context.now, "time.column")
    if year is None:
        return inherited if not latest else When("target", latest, "time.column")
    now = clock.context.now
    first = year == min(y for y in years if y) and year < latest and (clock.context.horizon is None or year < clock.context.horizon)
    past = not _GOAL_HEAD.search(head) and (_BASE_HEAD.search(head) or (first if now is None or not clock.context.sure else year < latest and year <= now or year < now))
    return When("baseline" if past else "target", year, "time.column")


_UNIT_TAIL = re.compile(r"\s*\(([^()]*(?:\([^()]*\))?[^()]*)\)$")


def _row_name(t: Text, block: Block) -> tuple[int, int, str]:
    """Span of the row's name without number, verb and unit; and the unit: of its own cell, else the last bracket of the name."""
    from etl.names import strip_head, strip_tail

    row = block.row
    start, end = row.name
    m = _UNIT_TAIL.search(t.text[start:end])
    unit = row.unit
    if m and lexicon().unit_cell.fullmatch(m[1]):
        end = start + m.start()
        unit = unit or m[1]
    head = re.match(r"\s*(?:\d{1,2}[.、)]|[(]\d{1,2}[)]|[①-⑳]|其中[::]?|[一二三四五六七八九十]+、)?\s*", t.text[start:end])
    start += head.end() if head else 0
    begin, _ = strip_head(t, start, end)
    stop = strip_tail(t, begin, end)[0] if begin < end else end
    return (begin if begin < end else start), (stop if stop - begin >= 2 else end), unit


def _unit_of_head(head: str) -> str:
    m = re.search(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)", head)
    return m[1] if m and lexicon().unit_cell.fullmatch(m[1]) else ""


class _Maker:
    """Makes rows, re-slices each from the raw text, and numbers those that share a place."""

    def __init__(self, document: Document, plan: Plan, cleaned: Cleaned, t: Text, now: int | None) -> None:
        self.document, self.plan, self.cleaned, self.t, self.now = document, plan, cleaned, t, now
        self.title = plan.title or _completed(plan, None, t.text).title
        self.rows: list[dict] = []
        self._duty: dict[int, str | None] = {}
        self._previous: Bound | None = None

    def row(self, b: Bound, when: When, year_rule: str) -> None:
        q, kind, year = b.quantity, when.kind, when.year
        if b.incentive:
            kind, year = ("incentive", self._horizon(year)) if kind == "target" or not re.search("已|累计|共", b.tail) else (kind, year)
        elif b.origin and kind == "target":
            kind, year = "baseline", year if when.rule == "time.origin" else self._year_before(year)
        simple = self.t.text[b.start:b.end]
        unit = unit_of(_simplified(b.name), q.unit)
        rate = unit in lexicon().rates or "/" in unit or not unit or unit == "天"
        previous = self._previous.quantity.full_end if self._previous and self._previous.sentence == b.sentence else b.sentence[0]
        if not b.verb and not rate and self._previous and self._previous.sentence == b.sentence and re.fullmatch(r"[、和,及与]|以及", self.t.text[previous:b.start]):
            b.verb = self._previous.verb
        verb = b.verb
        near = self.t.text[max(b.sentence[0], previous, q.full_start - 14):q.start]
        which = flow(kind, unit, _simplified(b.name), verb, b.tail, near, bool(b.change), b.annual, rate and q.rules[:1] != ["first"])
        self._emit(kind=kind, form=None, name=b.name, comparator=q.comparator, value=q.value, value_max=q.value_max, unit=unit, flow=which, year=year,
                   hedge=kind != "baseline" and hedged(self.t, q.full_start, min(previous, q.full_start), b.sentence[0], q.hedge), quote=(b.start, b.end), mark=(q.full_start, q.full_end),
                   block=b.block, text=simple, rules=[*b.rules, *q.rules, year_rule])
        self._previous = b

    def goal(self, g: commitments.Goal, horizon: int | None, clock: Clock) -> None:
        clock.enter(g.block)
        when = clock.when(g.mark[0], g.sentence)
        if when.kind != "target":
            return
        self._emit(kind="commitment", form=g.form, name=g.name, comparator=None, value=None, value_max=None, unit="", flow="unspecified", year=when.year or horizon, hedge=False,
                   quote=(g.start, g.end), mark=g.mark, block=g.block, text=self.t.text[g.start:g.end], rules=[f"goal.{g.form}", when.rule])

    def _year_before(self, year: int | None) -> int | None:
        """The year of a from-value without a year of its own: the one the document speaks from, which lies before the target's."""
        return None if year is None else self.now if self.now and self.now < year else year - 1

    def _horizon(self, year: int | None) -> int | None:
        return self.plan.horizon_end or year

    def _emit(self, *, kind, form, name, comparator, value, value_max, unit, flow, year, hedge, quote, mark, block: Block, text: str, rules: list[str]) -> None:
        start, end = self.cleaned.raw_span(min(quote[0], mark[0]), max(quote[1], mark[1]))
        value_start, value_end = self.cleaned.raw_span(*mark)
        raw = self.document.text
        section = " > ".join(s.title for s in block.section.path)
        path = f"{section} > {block.label}" if block.label and block.label not in section else section
        self.rows.append({
            "indicator_id": "", "plan_id": self.plan.plan_id, "kind": kind, "form": form, "indicator": name, "comparator": comparator, "value": value, "value_max": value_max,
            "unit": unit, "flow": flow, "year": year, "hedge": hedge, "domain": domain(_simplified(name), text, block.label + section, self.title), "section": path, "responsible": self._responsible(block),
            "quote": raw[start:end], "start": start, "end": end, "value_text": raw[value_start:value_end], "value_start": value_start, "value_end": value_end,
            "rules": list(dict.fromkeys(rules)), "confidence": confidence(rules), "metric_id": None, "align_how": None, "align_note": None})

    def _responsible(self, block: Block) -> str | None:
        if id(block) not in self._duty:
            start, end = self.cleaned.raw_span(block.start, block.end)
            words = responsible(self.t.text, block.start, block.end)
            self._duty[id(block)] = words
        return self._duty[id(block)]

    def finished(self) -> list[dict]:
        """Rows in order of place, with their ids."""
        self.rows.sort(key=lambda row: (row["value_start"], row["start"]))
        seen: dict[int, int] = {}
        for row in self.rows:
            ordinal = seen.get(row["value_start"], 0)
            seen[row["value_start"]] = ordinal + 1
            row["indicator_id"] = f"{row['plan_id']}-{row['value_start']}-{ordinal}"
        return self.rows


def _simplified(name: str) -> str:
    from etl.clean import simplify

    return simplify(name)


def _section(cleaned: Cleaned, plan: Plan, section) -> dict:
    start, end = cleaned.raw_span(section.start, max(section.end, section.start + 1))
    return {"plan_id": plan.plan_id, "start": start, "end": end, "level": section.level, "title": section.title, "role": section.role}


_TITLE = re.compile(r"^[ #]*(?P<title>[^\n。;]{4,60}?(?:规划|方案|意见|计划|纲要|行动方案|要点|报告|办法|目标|通知|措施))(?:\([^)\n]*\))?\s*$", re.M)


def _completed(plan: Plan, horizon: int | None, text: str) -> Plan:
    """The plan with what its text says of itself where the manifest is silent."""
    title = plan.title or ((m := _TITLE.search(text)) and m["title"]) or text.strip().split("\n")[0][:60] or plan.plan_id
    return replace(plan, title=title, horizon_end=plan.horizon_end or horizon, status=plan.status or "unknown", place=plan.place or plan.plan_id)


def rows_as_json(rows: list[dict]) -> list[dict]:
    """Rows with plain numbers, as `extract` prints them."""
    return [{**row, "value": number(row["value"]), "value_max": number(row["value_max"])} for row in rows]
