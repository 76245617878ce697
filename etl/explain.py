"""Why the extraction read a plan as it did: the number audit of a document, or of one place in it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from etl.audit import unaccounted
from etl.build import PlanError, read_plan
from etl.cli import SIGNS, shown
from etl.manifest import Source, described, discover
from etl.model import Extraction
from etl.vocab import load

# What a class of the number audit means; rules of data/vocab/exclusions.toml say their own reason.
REASONS = {
    "indicator": "taken: it became a statement",
    "unbound": "left: a quantity for which no rule found a name",
    "year": "left: a year",
    "date": "left: part of a date",
    "period": "left: the number of a planning period",
    "title": "left: part of the title of a document",
    "word": "left: a word or a fixed phrase, no number",
    "list_number": "left: numbers a list or a heading",
    "footnote": "left: a footnote or its mark",
    "page": "left: a page number",
    "furniture": "left: web or page furniture",
    "procedure": "left: stands in notes or a record of the procedure",
    "duration": "left: a length of time",
    "other": "left: no unit behind it",
    "correction": "left: taken out by a correction",
    "pronunciation": "left: pronunciation in brackets",
    "document_number": "left: a document number",
    "name": "left: part of a name",
    "phone": "left: a telephone number",
    "ordinal": "left: a rank",
    "threshold": "left: a condition, no target",
    "ratio": "left: a ratio",
    "repeat": "left: repeats another number",
    "category_count": "left: counts the entries of a category",
}
_AROUND = 14


def explain_command(name: str, quote: str | None, folder: Path) -> int:
    """Prints the audit of a plan, or what was read at a quote; 1 when the quote is not in the text or a number has no class."""
    extraction = read_plan(find(name, folder))
    if quote is None:
        return _audit(extraction)
    places = occurrences(extraction.document.text, quote)
    if not places:
        print(f"{extraction.plan.plan_id}: the text has no {quote!r}; {_suggestion(extraction.document.text, quote)}", file=sys.stderr)
        return 1
    for start, end in places:
        _place(extraction, start, end)
    return 0


def find(name: str, folder: Path) -> Source:
    """The document of a path or, in `folder`, of a plan id. PlanError names the nearest ids."""
    if Path(name).is_file():
        return described(name)
    found = discover([folder]).sources
    for one in found:
        if one.plan_id == name:
            return one
    raise PlanError(f"{name}: neither a file nor a plan of {folder}; plans there: {', '.join(one.plan_id for one in found) or 'none'}")


def occurrences(text: str, quote: str) -> list[tuple[int, int]]:
    """Every place of the quote; where it is not there word for word, those that differ in blanks, line breaks and width only."""
    exact = _all(text, quote)
    if exact or not (key := _squeezed(quote)[0]):
        return exact
    squeezed, origin = _squeezed(text)
    return [(origin[a], origin[b - 1] + 1) for a, b in _all(squeezed, key)]


def _all(text: str, part: str) -> list[tuple[int, int]]:
    places, at = [], text.find(part) if part else -1
    while at >= 0:
        places.append((at, at + len(part)))
        at = text.find(part, at + len(part))
    return places


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Text without blanks and in half width, and the offset of each of its characters."""
    kept = [(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c, at) for at, c in enumerate(text) if not c.isspace()]
    return "".join(c for c, _ in kept), [at for _, at in kept]


def _suggestion(text: str, quote: str) -> str:
    """The part of the text that is most like the quote."""
    from rapidfuzz.fuzz import partial_ratio_alignment

    best = partial_ratio_alignment(quote, text, score_cutoff=40)
    if best is None:
        return "nothing in it is like that"
    return f"the nearest is {text[best.dest_start : best.dest_end]!r} at {best.dest_start}"


def _audit(extraction: Extraction) -> int:
    """The numbers by class, then one by one, then those that no rule accounts for."""
    text, numbers = extraction.document.text, extraction.numbers
    print(f"{extraction.plan.plan_id}: {len(text)} characters, {len(extraction.rows)} statements, {len(numbers)} numbers\n")
    counts = Counter(number["class"] for number in numbers).most_common()
    _print(("class", "numbers", "meaning"), [(kind, count, REASONS.get(kind, "")) for kind, count in counts])
    _print(
        ("at", "number", "class", "rule", "context"),
        [_number(text, number)[:4] + (_marked(text, number["start"], number["end"], _AROUND),) for number in numbers],
    )
    missing = unaccounted(text, numbers)
    print(f"without a class: {len(missing)}" + "".join(f"\n  {text[start:end]} at {start}" for start, end in missing))
    return 1 if missing else 0


def _number(text: str, number: dict[str, Any]) -> tuple[str, ...]:
    whys = {rule["id"]: rule["why"] for rule in load("exclusions")["rule"]}
    reason = REASONS.get(number["class"], number["class"])
    why = f"{reason} ({whys[number['rule']]})" if number["rule"] in whys else reason
    return (f"{number['start']}-{number['end']}", _one_line(number["text"]), number["class"], number["rule"], why)


def _marked(text: str, start: int, end: int, around: int) -> str:
    """A place with the characters around it, on one line."""
    return _one_line(f"{text[max(0, start - around) : start]}【{text[start:end]}】{text[end : end + around]}")


def _one_line(text: str) -> str:
    return text.replace("\n", "⏎")


def _place(extraction: Extraction, start: int, end: int) -> None:
    """Statements and numbers in one place."""
    text = extraction.document.text
    page = extraction.document.page(start)
    where = f", page {page}" if page else ""
    print(f"{extraction.plan.plan_id} {start}-{end}{where}: {_marked(text, start, end, 40)}")
    print(f"section: {_section(extraction.sections, start) or 'none'}\n")
    rows = [row for row in extraction.rows if row["start"] < end and start < row["end"]]
    for row in rows:
        _statement(row)
    if not rows:
        print("no statement was read here")
    numbers = [number for number in extraction.numbers if number["start"] < end and start < number["end"]]
    _print(("at", "number", "class", "rule", "why"), [_number(text, number) for number in numbers])


def _section(sections: Sequence[dict[str, Any]], at: int) -> str:
    """Headings above a place with the role of the lowest."""
    path = sorted((s for s in sections if s["start"] <= at < s["end"]), key=lambda s: s["level"])
    return " > ".join(s["title"] for s in path) + (f" ({path[-1]['role']})" if path else "")


def _statement(row: dict[str, Any]) -> None:
    duty = f"\n  responsible  {row['responsible']}" if row["responsible"] else ""
    print(
        f"{row['kind']}: {row['indicator']} {SIGNS[row['comparator']]} {shown(row)}{row['unit']}\n"
        f"  time         {row['year'] or 'none'}{', softened' if row['hedge'] else ''}; flow {row['flow']}; domain {row['domain']}\n"
        f"  rules        {', '.join(row['rules'])}; confidence {row['confidence']}\n"
        f"  quote        {_one_line(row['quote'])} ({row['start']}-{row['end']})\n"
        f"  value        {_one_line(row['value_text'])} ({row['value_start']}-{row['value_end']})\n"
        f"  id           {row['indicator_id']}{duty}"
    )


def _print(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from etl.cli import console

    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console().print(table)
    print()
