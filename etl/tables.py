"""Tables of every shape to rows: what a reader saw as one, pipe tables, tables aligned with spaces, tables with one cell a line.

A row is a name, its values, the heads above those and a unit; lines that only hold heads or other cells are marked to be skipped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from etl.lexicon import Lexicon
from etl.model import Row, Span
from etl.vocab import load

FOOTNOTE = re.compile(r"\[\d{1,3}\]")


@cache
def furniture() -> re.Pattern:
    """Matches a line that belongs to the page and not to the plan."""
    return re.compile("|".join(f"(?:{line['pattern']})" for line in load("furniture")["line"]))


def find_rows(text: str, lines: list[Span], tables: tuple, lex: Lexicon) -> dict[int, Row | str]:
    """Line numbers that are rows of a table, with what they say; 'skip' for heads and other cells of it."""
    found: dict[int, Row | str] = {}
    for grid in tables:
        _reader_table(text, grid, lines, found, lex)
    _ruled_tables(text, lines, found, lex)
    _stacked_tables(text, lines, found, lex)
    return found


def _value(text: str, span: Span, lex: Lexicon) -> bool:
    return bool(lex.value_cell.fullmatch(text[span[0] : span[1]]))


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t":
        end -= 1
    return start, end


_YEAR_HEAD = re.compile(r"(?:19|20)\d\d")
_VALUE_HEAD = re.compile(r"目标|现状|基期|规划值|完成|实际|数量|数值|指标值|值$|总量|年$|基数|预期|期末")
_UNIT_IN_HEAD = re.compile(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)\s*$")


def _interpret(text: str, cells: list[Span], heads: list[str], lex: Lexicon) -> Row | None:
    """A row of cells as name, unit and values; None when it holds no value with a name. `heads`: the column heads, as many or none."""
    cells = [_trim(text, *cell) for cell in cells]
    under = heads if len(heads) == len(cells) else [""] * len(cells)
    rank = re.compile(r"序号|编号|No\.?")
    values = [
        n
        for n, cell in enumerate(cells)
        if cell[0] < cell[1]
        and _value(text, cell, lex)
        and not rank.match(under[n])
        and not re.match(r"责任|牵头|部门|单位$|属性|备注", under[n])
    ]
    if (
        values
        and values[0] == 0
        and len(cells) > 2
        and re.fullmatch(r"\d{1,2}", text[slice(*cells[0])])
        and not _VALUE_HEAD.search(under[0])
        and not _YEAR_HEAD.search(under[0])
    ):
        values = values[1:]
    if len(values) > load("limits")["text"]["max_row_values"] or not any(any(map(str.isdigit, text[slice(*cells[n])])) for n in values):
        return None
    valued = set(values)
    han = [n for n, (a, b) in enumerate(cells) if b - a >= 2 and n not in valued and re.search(r"[㐀-鿿]", text[a:b])]
    worded = set(han)
    units = [
        n
        for n in han + [m for m in range(len(cells)) if m not in worded]
        if n not in valued
        and cells[n][0] < cells[n][1]
        and lex.unit_cell.fullmatch(text[slice(*cells[n])])
        and (re.search("单位", under[n]) or not under[n])
    ]
    unitary = set(units)
    names = [n for n in han if n not in unitary and not re.match(r"责任|牵头|部门|属性|备注|来源", under[n])]
    before = [n for n in names if n < values[0]]
    if not (before or names):
        return None
    at = (before or names)[-1] if before else names[0]
    label = text[slice(*cells[before[0]])] if len(before) > 1 and cells[before[0]] != cells[at] else ""
    return Row(cells[at], [cells[n] for n in values], [under[n] for n in values], text[slice(*cells[units[0]])] if units else "", label)


def _reader_table(text: str, grid: tuple, lines: list[Span], found: dict, lex: Lexicon) -> None:
    """A grid of the reader. A merged cell stands in each row that it covers, so a row's own line is that of its last cell."""
    heads: list[str] = []
    starts = [start for start, _ in lines]
    for row in grid:
        cells = list(row)
        filled = [cell for cell in dict.fromkeys(cells) if cell[0] < cell[1]]
        if not filled:
            continue
        index = bisect_right(starts, max(start for start, _ in filled)) - 1
        read = _interpret(text, cells, heads, lex)
        if read:
            found[index] = read
        elif not heads or not any(len(text[slice(*cell)]) > 40 for cell in filled):
            heads = _under(heads, [text[slice(*_trim(text, *cell))] for cell in cells])
            found[index] = "skip"


def _under(heads: list[str], words: list[str]) -> list[str]:
    """Column heads of two rows as one: 目标 over 2025年 is 目标 2025年."""
    if not heads or len(heads) != len(words) or any(map(_row_like, words)):
        return words
    return [f"{a} {b}".strip() if a != b else b for a, b in zip(heads, words, strict=True)]


def _row_like(words: str) -> bool:
    return len(words) > 24


def _ruled_tables(text: str, lines: list[Span], found: dict, lex: Lexicon) -> None:
    """Pipe tables and tables aligned with spaces: runs of lines that split into cells, with at least two rows of values."""
    run: list[tuple[int, list[Span]]] = []
    for index in range(len(lines) + 1):
        cells = _split(text, *lines[index]) if index < len(lines) and index not in found else []
        if len(cells) >= 2:
            run.append((index, cells))
            continue
        gap = (
            index < len(lines)
            and run
            and (
                not text[slice(*lines[index])].strip() or len(text[slice(*lines[index])].strip()) <= 24 and _ahead(text, lines, index, lex)
            )
        )
        if gap:
            continue
        _settle(text, run, found, lex)
        run = []


def _ahead(text: str, lines: list[Span], index: int, lex: Lexicon) -> bool:
    """Whether a table goes on within two lines: a group title may stand alone between its rows."""
    return any(
        _interpret(text, cells, [], lex)
        for n in (index + 1, index + 2)
        if n < len(lines)
        for cells in [_split(text, *lines[n])]
        if len(cells) >= 2
    )


def _piped(text: str, start: int, end: int) -> list[Span]:
    """Cells between pipes; the outer pipes open and close the row, empty cells inside it stay."""
    start, end = _trim(text, start, end)
    start += text[start] == "|"
    end -= end > start and text[end - 1] == "|"
    cells, at = [], start
    for m in re.compile(r"\||$").finditer(text, start, end):
        cells.append(_trim(text, at, m.start()))
        at = m.end()
    return cells


_PROSE = re.compile(r"[。;]\s*\S")


def _split(text: str, start: int, end: int) -> list[Span]:
    """Cells of a line: between pipes, else between spaces or tabs when no sentence runs through it."""
    line = text[start:end]
    if "|" in line:
        cells = _piped(text, start, end)
        return [] if any(_PROSE.search(text[a:b]) or b - a > 90 for a, b in cells) else cells
    if (
        " " not in line.strip()
        or FOOTNOTE.match(line.strip())
        or furniture().match(line.strip())
        or _PROSE.search(line)
        or line.rstrip().endswith(("。", ";", ","))
    ):
        return []
    return [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", line)]


def _settle(text: str, run: list[tuple[int, list[Span]]], found: dict, lex: Lexicon) -> None:
    """Read a run of split lines as one table when two rows of it (or one below a head) hold values."""
    heads, rows, skipped = [], {}, []
    for index, cells in run:
        if all(re.fullmatch(r":?-{2,}:?|", text[a:b]) for a, b in cells):
            skipped.append(index)
            continue
        row = _interpret(text, cells, heads, lex)
        if row:
            rows[index] = row
        elif all(b - a <= 24 for a, b in cells) and not re.search(r"\d+(?:\.\d+)?%", text[cells[0][0] : cells[-1][1]]):
            words = [text[a:b] for a, b in cells]
            grouped = sum(map(bool, words)) * 2 <= len(words)  # 一 | 产品质量 | | | |: a group's title, the heads above it stay
            if not heads or any(_YEAR_HEAD.search(w) for w in words) or not rows and not grouped:
                heads = words
            skipped.append(index)
    if len(rows) >= 2 or rows and heads:
        found.update(rows)
        found.update(dict.fromkeys(skipped, "skip"))


_NAME_CELL = re.compile(r"(?=.*[㐀-鿿])[^。;|]{2,60}$")
_COUNT_CELL = re.compile(r"\(\d+[个项]\)$")


def _stacked_tables(text: str, lines: list[Span], found: dict, lex: Lexicon) -> None:
    """Tables flattened to one cell a line, blank lines between: short lines, among them at least three values under names."""
    run: list[int] = []
    for index in range(len(lines) + 1):
        if index < len(lines):
            line = text[slice(*lines[index])].strip()
            if not line or index not in found and len(line) <= 90 and not re.search(r"。|;$|!|[,].*[,].*\d", line) and "|" not in line:
                run.append(index)
                continue
        _stack(text, [n for n in run if text[slice(*lines[n])].strip()], lines, found, lex)
        run = []


def _stack(text: str, run: list[int], lines: list[Span], found: dict, lex: Lexicon) -> None:
    spans = {n: _trim(text, *lines[n]) for n in run}
    cells = {n: text[slice(*spans[n])] for n in run}
    numbered = _row_numbers(run, cells)
    places = [
        at for at, n in enumerate(run) if n not in numbered and lex.value_cell.fullmatch(cells[n]) and not _COUNT_CELL.match(cells[n])
    ]
    above = (_name_above(run, at, cells, lex)[0] for at in places)
    if len(places) < (2 if all(_UNIT_IN_HEAD.search(cells[run[name]]) for name in above if name is not None) else 3):
        return
    first, values = places[0], set(places)
    heads = [
        cells[n]
        for n in run[:first]
        if _YEAR_HEAD.match(cells[n]) or _VALUE_HEAD.search(cells[n]) and len(cells[n]) <= 10 and "指标" not in cells[n][:2]
    ]
    at = first
    while at < len(run):
        group = at
        while group in values:
            group += 1
        if group == at:
            at += 1
            continue
        name, unit = _name_above(run, at, cells, lex)
        if name is not None and group - at <= load("limits")["text"]["max_row_values"]:
            numbers = run[at:group]
            under = heads[-len(numbers) :] if len(heads) >= len(numbers) else [""] * (len(numbers) - len(heads)) + heads
            for n in run[name:at]:
                found[n] = "skip"
            for n in numbers:
                found[n] = "skip"
            found[numbers[0]] = Row(spans[run[name]], [spans[n] for n in numbers], under, unit)
        at = group
    for n in run[:first]:
        if _YEAR_HEAD.match(cells[n]) or cells[n] in ("指标", "类别", "单位", "序号", "目标值"):
            found.setdefault(n, "skip")
    for n in run:
        if n in numbered or _COUNT_CELL.match(cells[n]):
            found.setdefault(n, "skip")


# Whoever answers for a row stands in a cell of its own and names no value.
_AGENCY = re.compile(r"(?:[市省区县州]|^).{1,14}(?:局|委|厅|委员会|办公室)$")


def _row_numbers(run: list[int], cells: dict[int, str]) -> set[int]:
    """Lines that only count the rows: 1, 2, 3, ... in order through the whole run."""
    numbered: list[int] = []
    for n in run:
        if cells[n] == str(len(numbered) + 1):
            numbered.append(n)
    return set(numbered) if len(numbered) >= 3 else set()


def _name_above(run: list[int], at: int, cells: dict[int, str], lex: Lexicon) -> tuple[int | None, str]:
    """The place in `run` of the name line above the values that begin at run[at], and the unit line between, if any."""
    unit = ""
    for n in (at - 1, at - 2):
        if n < 0:
            break
        words = cells[run[n]]
        if lex.unit_cell.fullmatch(words) and not unit:
            unit = words
        elif _NAME_CELL.match(words) and not _YEAR_HEAD.match(words) and not _AGENCY.search(words):
            return n, unit
        else:
            break
    return None, ""
