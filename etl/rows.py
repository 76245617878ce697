"""Statements and goals to rows of the table, re-sliced from the raw text and numbered in order of place."""

from __future__ import annotations

import re
from bisect import bisect_left
from decimal import Decimal

from etl.clean import simplify
from etl.cues import duties, flow, hedged
from etl.lexicon import lexicon
from etl.model import Block, Bound, Cleaned, Document, Goal, Plan, Span, Text, When
from etl.normalise import confidence, domain, unit_of
from etl.vocab import load

# Between two items of an enumeration, so that the verb of the first holds for the second.
_NEXT_ITEM = re.compile(r"[、和,及与]|以及")


class RowMaker:
    """Collects the rows of one document. `plan` is completed from the text."""

    def __init__(self, document: Document, plan: Plan, cleaned: Cleaned, t: Text) -> None:
        self.document, self.plan, self.cleaned, self.t = document, plan, cleaned, t
        self._traditional = t.text != t.plain
        self._rows: list[dict] = []
        self._duties = duties(t.text)
        self._duty_starts = [duty.start for duty in self._duties]
        self._previous: Bound | None = None
        self._end = 0

    def statement(self, b: Bound, when: When) -> dict:
        """Add the row of a bound statement; the row."""
        q, kind = b.quantity, when.kind
        simple = self._simple(b.name)
        unit = unit_of(simple, q.unit)
        rate = unit in lexicon().rates or "/" in unit or not unit or unit == "天"
        last = self._previous if self._previous and self._previous.sentence == b.sentence else None
        since = last.quantity.full_end if last else b.sentence[0]
        if not b.verb and not rate and last and _NEXT_ITEM.fullmatch(self.t.text[self._end : b.start]):
            b.verb = last.verb
        near = self.t.text[max(b.sentence[0], since, q.full_start - 14) : q.start]
        which = flow(kind, unit, simple, b.verb, b.tail, near, bool(b.change), b.annual, rate and q.rules[:1] != ["first"])
        hedge = kind != "baseline" and hedged(self.t, q.full_start, min(since, q.full_start), b.sentence[0], q.hedge)
        made = {"kind": kind, "form": None, "indicator": b.name, "comparator": q.comparator, "value": q.value, "value_max": q.value_max}
        made |= {"unit": unit, "flow": which, "year": when.year, "hedge": hedge}
        self._add(made, (b.start, b.end), (q.full_start, q.full_end), b.block, [*b.rules, *q.rules, when.rule])
        self._previous, self._end = b, max(b.end, q.full_end)
        return self._rows[-1]

    def goal(self, g: Goal, when: When) -> None:
        """Add the row of a goal without a number."""
        made = {"kind": "commitment", "form": g.form, "indicator": g.name, "comparator": None, "value": None, "value_max": None}
        made |= {"unit": "", "flow": "unspecified", "year": when.year, "hedge": False}
        self._add(made, (g.start, g.end), g.mark, g.block, [f"goal.{g.form}", when.rule])

    def finished(self) -> list[dict]:
        """Rows in order of place, with their ids."""
        self._rows.sort(key=lambda row: (row["value_start"], row["start"]))
        seen: dict[int, int] = {}
        for row in self._rows:
            ordinal = seen.get(row["value_start"], 0)
            seen[row["value_start"]] = ordinal + 1
            row["indicator_id"] = f"{row['plan_id']}-{row['value_start']}-{ordinal}"
        return self._rows

    def _simple(self, name: str) -> str:
        """A name in simplified characters; as it is in a plan that has no others."""
        return simplify(name) if self._traditional else name

    def _add(self, made: dict[str, str | int | bool | Decimal | None], quote: Span, mark: Span, block: Block, rules: list[str]) -> None:
        around = load("limits")["text"]["max_quote"] // 2
        quote = max(min(quote[0], mark[0]), mark[0] - around), min(max(quote[1], mark[1]), mark[1] + around)
        start, end = self.cleaned.raw_span(*quote)
        value_start, value_end = self.cleaned.raw_span(*mark)
        raw, headings = self.document.text, " > ".join(s.title for s in block.section.path)
        told = domain(self._simple(made["indicator"]), self.t.text[slice(*quote)], block.label + headings, self.plan.title)
        path = f"{headings} > {block.label}" if block.label and block.label not in headings else headings
        self._rows.append(
            {"indicator_id": "", "plan_id": self.plan.plan_id}
            | made
            | {"domain": told, "section": path, "responsible": self._responsible(quote[1], block)}
            | {"quote": raw[start:end], "start": start, "end": end}
            | {"value_text": raw[value_start:value_end], "value_start": value_start, "value_end": value_end}
            | {"rules": list(dict.fromkeys(rules)), "confidence": confidence(rules)}
            | {"metric_id": None, "align_how": None, "align_note": None}
        )

    def _responsible(self, end: int, block: Block) -> str | None:
        """The units in the first bracket of duties behind a statement, in its paragraph or before its section ends."""
        at = bisect_left(self._duty_starts, end)
        within = max(block.end, block.section.end if block.section.title else 0)
        return self._duties[at].units if at < len(self._duties) and self._duties[at].start < within else None
