"""Cleaned text to blocks: prose, table rows, furniture; each with its heading path and role.

Works on half-open offsets of the cleaned text and never changes it.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from etl.lexicon import Lexicon, lexicon
from etl.vocab import load

Span = tuple[int, int]


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
class Row:
    """A table row that holds values: spans of its name, its unit cell, its values, the heads over those, and a group label."""

    name: Span
    values: list[Span]
    heads: list[str]
    unit: str = ""
    label: str = ""


@dataclass(slots=True)
class Block:
    """kind: prose, row, heading, furniture or footnote."""

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


_NUM = "一二三四五六七八九十"
_HEADINGS = [
    (1, re.compile(r"(?:第[一二三四五六七八九十百]+[章编部篇]|附[件表录]\s?[\d一二三四五六七八九十]*[::.、]?)\s*\S?")),
    (2, re.compile(rf"(?:[{_NUM}]{{1,3}}、|第[一二三四五六七八九十百]+节|#{{1,2}} )")),
    (3, re.compile(rf"(?:\([{_NUM}]{{1,3}}\)|### )")),
    (4, re.compile(r"(?:\d{1,2}[.、](?!\d)|#### )")),
    (5, re.compile(r"(?:\(\d{1,2}\)|[①-⑳]|第[一二三四五六七八九十百零\d]+条)")),
]
_BOX = re.compile(r"[【\[(]?专栏\s?[\d一二三四五六七八九十]*[】\])]?[::.、]?\s*[^|。::\n]{0,40}")
_TABLE_TITLE = re.compile(r"表\s?\d{0,2}[^|。,;]{2,40}(?:指标|目标|任务|体系)[^|。,;]{0,10}$|[^|。,;\d]{2,40}(?:主要|发展|核心|量化)(?:指标|目标)(?:表|体系)?$")
_FREE = re.compile(r"《[^》\n]{2,80}》(?:起草说明|编制说明|专家论证意见|政策解读|解读)$|[^。,;:\n]{0,20}(?:起草说明|编制说明|专家论证意见)$|[^。,;|\n\d]{0,12}(?:工作回顾|回顾|重点工作|主要目标|保障措施|奖励办法)$")
_PLAN_TITLE = re.compile(r"[^。,;:|《》\s]{4,40}(?:规划|方案|意见|计划|纲要|要点|办法)$")
_FOOTNOTE = re.compile(r"\[\d{1,3}\]")
_BULLET = re.compile(r"\s*(?:[·*☆★]|——|—|-\s)\s*")
_LEAD = re.compile(r"[^。,;:、|\n]{2,30}[。::]")
_INLINE = re.compile(rf"(?<=[。;))”])\s*(?=\([{_NUM}]{{1,3}}\)[^。,;:\n]{{2,25}}。|[{_NUM}]{{1,2}}、[^。,;、\n(]{{4,20}}\([{_NUM}]\))")
_MENU = re.compile(r"\s*·?\s*([^。,;\n]{2,12})\s*$")


@cache
def _roles() -> list[tuple[str, bool, re.Pattern]]:
    return [(r["name"], r["sticky"], re.compile("|".join(map(re.escape, r["words"])))) for r in load("roles")["role"]]


@cache
def _furniture() -> re.Pattern:
    return re.compile("|".join(f"(?:{line['pattern']})" for line in load("furniture")["line"]))


class _Tree:
    """The stack of open headings while the text is walked."""

    def __init__(self) -> None:
        self.root = Section("", 0, "other", 0)
        self.now = self.root
        self.all: list[Section] = []

    def open(self, title: str, level: int, start: int) -> Section:
        parent = self.now
        while parent.level >= level and parent.parent:
            parent = parent.parent
        node = Section(title, level, parent.role, start, parent, sticky=parent.sticky)
        if not parent.sticky or level == 1:
            for name, sticky, pattern in _roles():
                if pattern.search(title):
                    node.role, node.sticky = name, sticky
                    break
        self.all.append(node)
        self.now = node
        return node

    def close(self, end: int) -> None:
        """Give every section its end: where the next heading of the same or a higher level begins."""
        stack: list[Section] = []
        for node in self.all:
            while stack and stack[-1].level >= node.level:
                stack.pop().end = node.start
            stack.append(node)
        for node in stack:
            node.end = end


def segment(text: str, tables: tuple[tuple[tuple[Span, ...], ...], ...] = (), headings: tuple[tuple[int, int, int], ...] = ()) -> Layout:
    """Blocks and sections of the cleaned text. `tables` (grids of cell spans) and `headings` (start, end, level) are what the reader knew."""
    layout, tree, lex = Layout(), _Tree(), lexicon()
    known = {start: (end, level) for start, end, level in headings}
    lines = list(_lines(text))
    taken = _grids(text, lines, tables, lex)
    for index, (start, end) in enumerate(lines):
        if index in taken:
            found = taken[index]
            if isinstance(found, Row):
                layout.blocks.append(Block("row", start, end, tree.now, found))
                continue
            if found == "skip":
                layout.blocks.append(Block("heading", start, end, tree.now))
                continue
        line = text[start:end].strip()
        if not line:
            continue
        page = _furniture().match(line)
        if page and (stop := text.find("。", start, end)) >= 0 and end - stop > 8:
            layout.blocks.append(Block("furniture", start, stop + 1, tree.now))
            _walk(text, stop + 1, end, layout, tree, known)
            continue
        if page:
            layout.blocks.append(Block("furniture", start, end, tree.now))
            menu = _MENU.match(line)
            if menu and any(sticky and pattern.search(menu[1]) for _, sticky, pattern in _roles()):
                tree.open(menu[1], 1, start)
            continue
        if _FOOTNOTE.match(line):
            layout.blocks.append(Block("footnote", start, end, tree.now))
            continue
        _walk(text, start, end, layout, tree, known)
    tree.close(len(text))
    layout.sections = tree.all
    return layout


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _walk(text: str, start: int, end: int, layout: Layout, tree: _Tree, known: dict[int, Span]) -> None:
    """One line: heading, boxed row, or prose with headings at its start or inside."""
    cuts = [start, *(m.end() for m in _INLINE.finditer(text, start, end)), end]
    for left, right in zip(cuts, cuts[1:]):
        while left < right and text[left] == " ":
            left += 1
        if left < right:
            _piece(text, left, right, layout, tree, known)


def _piece(text: str, start: int, end: int, layout: Layout, tree: _Tree, known: dict[int, Span]) -> None:
    piece = text[start:end]
    if start in known and known[start][0] >= end - 2:
        tree.open(piece.strip(), known[start][1], start)
        layout.blocks.append(Block("heading", start, end, tree.now))
        return
    body = _heading(piece, start, tree, layout)
    if body is None:
        layout.blocks.append(Block("heading", start, end, tree.now))
        return
    if body:
        layout.blocks.append(Block("heading", start, start + body, tree.now))
    if "|" in piece:
        _boxed(text, start + body, end, layout, tree)
        return
    layout.blocks.append(Block("prose", start + body, end, tree.now, label=_lead(text, start + body, end)))


def _heading(piece: str, start: int, tree: _Tree, layout: Layout) -> int | None:
    """Open the heading that `piece` is or begins with. Returns where its body begins, 0 for none, None when it is all heading."""
    box = _BOX.match(piece) if "专栏" in piece[:6] else None
    if box:
        level = min(tree.now.level + 1, 6) if "专栏" not in tree.now.title else tree.now.level
        tree.open(box.group().strip(" |:"), level, start)
        rest = piece[box.end():].strip(" |")
        return box.end() if rest else None
    for level, pattern in _HEADINGS:
        mark = pattern.match(piece)
        if mark:
            title = _title(piece, mark.end())
            if title is None:
                return 0
            if level == 1 and not re.match(r"第", piece) and re.search(r"名单|下载", piece):
                return None
            tree.open(piece[:title].strip(" 。:#"), level, start)
            return title if title < len(piece.rstrip()) else None
    if tree.now.sticky and _PLAN_TITLE.match(piece.strip()):
        tree.now = tree.root
        return None
    free = _FREE.match(piece.strip())
    if free:
        tree.open(piece.strip(), 1, start)
        return None
    if _TABLE_TITLE.match(piece.strip()) and len(piece) < 50:
        tree.open(piece.strip(), max(tree.now.level, 2) if "表" in tree.now.title or "指标" in tree.now.title else tree.now.level + 1, start)
        return None
    return 0


def _title(piece: str, at: int) -> int | None:
    """Where the title that begins at `at` ends: a whole short line, or the words up to the first full stop or colon."""
    stop = re.compile(r"[。::]").search(piece, at)
    if not stop:
        line = piece.strip()
        return len(piece) if len(line) <= 48 and not re.search(r"[;!?]|[,].*\d|\d+(?:\.\d+)?%", line) else None
    if stop.start() - at <= 32 and not re.search(r"[,;|]|\d(?:\.\d+)?[%家个项件]", piece[at:stop.start()]):
        return stop.end()
    return None


def _lead(text: str, start: int, end: int) -> str:
    """The phrase that opens a paragraph or bullet and names its topic (——创新标准供给。), or nothing."""
    bullet = _BULLET.match(text, start, end)
    lead = _LEAD.match(text, bullet.end() if bullet else start, end)
    return lead.group()[:-1] if lead and not re.search(r"\d", lead.group()) and lead.end() < end else ""


def _boxed(text: str, start: int, end: int, layout: Layout, tree: _Tree) -> None:
    """A flattened box row: `label | · items; · items |`. The label joins the heading path of its items."""
    cells = [(m.start(), m.end()) for m in re.compile(r"[^|]+").finditer(text, start, end) if m.group().strip(" -:")]
    label, section = "", tree.now
    for number, (left, right) in enumerate(cells):
        words = text[left:right].strip()
        if number == 0 and len(cells) > 1 and len(words) <= 16 and not re.search(r"\d|。|;", words):
            label = words
            section = Section(label, tree.now.level + 1, tree.now.role, left, tree.now)
            continue
        layout.blocks.append(Block("prose", left, right, section, label=label))


# ---- tables -------------------------------------------------------------------------------------------------------------------

def _grids(text: str, lines: list[Span], tables: tuple, lex: Lexicon) -> dict[int, Row | str]:
    """Line numbers that are rows of a table, with what they say; 'skip' for heads and other cells of it."""
    found: dict[int, Row | str] = {}
    line_of = {start: index for index, (start, _) in enumerate(lines)}
    for grid in tables:
        _reader_table(text, grid, lines, line_of, found, lex)
    _ruled_tables(text, lines, found, lex)
    _stacked_tables(text, lines, found, lex)
    return found


def _value(text: str, span: Span, lex: Lexicon) -> bool:
    return bool(lex.value_cell.fullmatch(text[span[0]:span[1]]))


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
    """A row of cells as name, unit and values; None when it holds no value with a name. `heads` are the column heads, as many as cells or none."""
    cells = [_trim(text, *cell) for cell in cells]
    under = heads if len(heads) == len(cells) else [""] * len(cells)
    rank = re.compile(r"序号|编号|No\.?")
    values = [n for n, cell in enumerate(cells) if cell[0] < cell[1] and _value(text, cell, lex) and not rank.match(under[n])
              and not re.match(r"责任|牵头|部门|单位$|属性|备注", under[n])]
    if values and values[0] == 0 and len(cells) > 2 and re.fullmatch(r"\d{1,2}", text[slice(*cells[0])]) and not _VALUE_HEAD.search(under[0]) and not _YEAR_HEAD.search(under[0]):
        values = values[1:]
    if not any(any(c.isdigit() for c in text[slice(*cells[n])]) for n in values):
        return None
    han = [n for n, (a, b) in enumerate(cells) if b - a >= 2 and re.search(r"[㐀-鿿]", text[a:b]) and n not in values]
    units = [n for n in han + [m for m in range(len(cells)) if m not in han] if n not in values and cells[n][0] < cells[n][1] and lex.unit_cell.fullmatch(text[slice(*cells[n])]) and (re.search("单位", under[n]) or not under[n])]
    names = [n for n in han if n not in units and not re.match(r"责任|牵头|部门|属性|备注|来源", under[n])]
    before = [n for n in names if n < values[0]]
    if not (before or names):
        return None
    at = (before or names)[-1] if before else names[0]
    label = text[slice(*cells[before[0]])] if len(before) > 1 and cells[before[0]] != cells[at] else ""
    return Row(cells[at], [cells[n] for n in values], [under[n] for n in values], text[slice(*cells[units[0]])] if units else "", label)


def _reader_table(text: str, grid: tuple, lines: list[Span], line_of: dict[int, int], found: dict, lex: Lexicon) -> None:
    heads: list[str] = []
    for row in grid:
        cells = list(row)
        filled = [cell for cell in dict.fromkeys(cells) if cell[0] < cell[1]]
        if not filled:
            continue
        index = next((n for n, (a, b) in enumerate(lines) if a <= filled[0][0] <= b), None)
        if index is None:
            continue
        read = _interpret(text, cells, heads, lex)
        if read:
            found[index] = read
        elif not heads or not any(len(text[slice(*cell)]) > 40 for cell in filled):
            words = [text[slice(*_trim(text, *cell))] for cell in cells]
            heads = [f"{a} {b}".strip() if heads and a != b else b for a, b in zip(heads, words)] if heads and len(heads) == len(words) and not any(map(_row_like, words)) else words
            found[index] = "skip"


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
        gap = index < len(lines) and run and (not text[slice(*lines[index])].strip() or len(text[slice(*lines[index])].strip()) <= 24 and _ahead(text, lines, index, lex))
        if gap:
            continue
        _settle(text, run, found, lex)
        run = []


def _ahead(text: str, lines: list[Span], index: int, lex: Lexicon) -> bool:
    """Whether a table goes on within two lines: a group title may stand alone between its rows."""
    return any(_interpret(text, cells, [], lex) for n in (index + 1, index + 2) if n < len(lines) for cells in [_split(text, *lines[n])] if len(cells) >= 2)


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
    if " " not in line.strip() or _FOOTNOTE.match(line.strip()) or _furniture().match(line.strip()) or _PROSE.search(line) or line.rstrip().endswith(("。", ";", ",")):
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
        elif all(b - a <= 24 for a, b in cells) and not re.search(r"\d+(?:\.\d+)?%", text[cells[0][0]:cells[-1][1]]):
            words = [text[a:b] for a, b in cells]
            if not heads or not rows or any(_YEAR_HEAD.search(w) for w in words):
                heads = words
            skipped.append(index)
    if len(rows) >= 2 or rows and heads:
        found.update(rows)
        found.update({index: "skip" for index in skipped})


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
    values = [n for n in run if lex.value_cell.fullmatch(cells[n]) and not _COUNT_CELL.match(cells[n])]
    if len(values) < (2 if all(_UNIT_IN_HEAD.search(cells[name]) for v in values if (name := _name_above(run, run.index(v), cells, lex)[0]) is not None) else 3):
        return
    first = run.index(values[0])
    heads = [cells[n] for n in run[:first] if _YEAR_HEAD.match(cells[n]) or _VALUE_HEAD.search(cells[n]) and len(cells[n]) <= 10 and "指标" not in cells[n][:2]]
    at = first
    while at < len(run):
        group = at
        while group < len(run) and run[group] in set(values):
            group += 1
        if group == at:
            at += 1
            continue
        name, unit = _name_above(run, at, cells, lex)
        if name is not None:
            numbers = run[at:group]
            under = heads[-len(numbers):] if len(heads) >= len(numbers) else [""] * (len(numbers) - len(heads)) + heads
            for n in run[run.index(name):at]:
                found[n] = "skip"
            for n in numbers:
                found[n] = "skip"
            found[numbers[0]] = Row(spans[name], [spans[n] for n in numbers], under, unit)
        at = group
    for n in run[:first]:
        if _YEAR_HEAD.match(cells[n]) or cells[n] in ("指标", "类别", "单位", "序号", "目标值"):
            found.setdefault(n, "skip")
    for n in run:
        if _COUNT_CELL.match(cells[n]):
            found.setdefault(n, "skip")


def _name_above(run: list[int], at: int, cells: dict[int, str], lex: Lexicon) -> tuple[int | None, str]:
    """The name line above the values that begin at run[at], and the unit line between, if any."""
    unit = ""
    for n in (at - 1, at - 2):
        if n < 0:
            break
        words = cells[run[n]]
        if lex.unit_cell.fullmatch(words) and not unit:
            unit = words
        elif _NAME_CELL.match(words) and not _YEAR_HEAD.match(words):
            return run[n], unit
        else:
            break
    return None, ""
