"""The number audit: every digit run and numeral of the raw text, in exactly one class, with the rule that decided."""

from __future__ import annotations

import re

from etl.model import Cleaned, Number

_DIGITS = re.compile(r"[0-9０-９]+")
# What a rule of the cleaning step took out, as a class.
_CUTS = {
    "page_mark": "page",
    "page_line": "page",
    "footnote_mark": "footnote",
    "footnote_line": "footnote",
    "ruby": "pronunciation",
    "correction": "correction",
}


def audit(raw: str, cleaned: Cleaned, numbers: list[Number], used: dict[int, str], where: list[tuple[int, int, str]]) -> list[dict]:
    """Rows start, end, text, class, rule in order of place.

    used: cleaned offset of a number that became a statement -> its rule. where: (start, end, kind) of furniture and footnote blocks.
    """
    rows = []
    block = 0
    for number in numbers:
        while block < len(where) and where[block][1] <= number.start:
            block += 1
        kind, rule = number.kind, number.rule
        if number.start in used:
            kind, rule = "indicator", used[number.start]
        elif block < len(where) and where[block][0] <= number.start:
            kind, rule = where[block][2], f"block.{where[block][2]}"
        elif kind == "quantity":
            kind, rule = "unbound", "no_name"
        start, end = cleaned.raw_span(number.start, number.end)
        rows.append({"start": start, "end": end, "text": raw[start:end], "class": kind, "rule": rule})
    for cut in cleaned.cuts:
        told = {"class": _CUTS.get(cut.rule, cut.rule), "rule": f"clean.{cut.rule}"}
        rows += [{"start": m.start(), "end": m.end(), "text": m.group(), **told} for m in _DIGITS.finditer(raw, cut.start, cut.end)]
    rows.sort(key=lambda row: (row["start"], -row["end"]))
    rows = [row for at, row in enumerate(rows) if not at or row["end"] > max(r["end"] for r in rows[max(0, at - 3) : at])]
    return rows


def unaccounted(raw: str, rows: list[dict]) -> list[tuple[int, int]]:
    """Digit runs of the raw text that no row of the audit covers."""
    spans = [(row["start"], row["end"]) for row in rows]
    missing, at = [], 0
    for m in _DIGITS.finditer(raw):
        while at < len(spans) and spans[at][1] <= m.start():
            at += 1
        if at == len(spans) or spans[at][0] > m.start():
            missing.append(m.span())
    return missing
