"""A grid of cells to rows: where the head ends, what each column holds, and name, unit and values of every line."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache

from etl.model import Column, Row, Sheet, Span
from etl.tabular.align import UNTOLD, align, undecided
from etl.tabular.heads import bare, column, is_total, is_unit, origins_in, own_name, role, unit_in, years_in
from etl.tabular.kinds import ATTRIBUTE, EMPTY, TEXT, UNIT, VALUE, VOID, WORDY, kind_of, year_like
from etl.vocab import either, load

Found = dict[int, list[Row | Span]]


@dataclass(slots=True)
class Line:
    """One line of a grid: the number of the text line, its cells, and whether they stand at places that are comparable (characters)."""

    index: int
    cells: list[Span]
    places: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Head:
    """The words over each column, where the last line of each stands, and the places of the columns."""

    words: list[str]
    spans: list[Span | None]
    places: list[int] = field(default_factory=list)


class Grid:
    """Reads the lines of one table. `known` lines at its top are heads for sure; `fixed`: every line has all its cells."""

    def __init__(self, text: str, lines: list[Line], sheet: Sheet, known: int = 0, fixed: bool = False) -> None:
        self.text, self.lines, self.sheet, self.known, self.fixed = text, lines, sheet, known, fixed
        self.found: Found = {}
        self.head: Head | None = None
        self.roles: list[str] = []
        self.label, self.name, self.rows = "", None, 0

    def read(self, head: Head | None = None) -> Found:
        """What each line says: its rows, nothing for heads and for cells without values; lines that are missing are of no table."""
        self.head = head
        at = self._read_heads(0)
        self._settle(at)
        while at < len(self.lines):
            line = self.lines[at]
            if self._is_head(line) and (self.rows or self.head is None):
                at = self._read_heads(at)
                self._settle(at)
                continue
            self._body(line)
            at += 1
        return self.found

    # Heads

    def _words(self, span: Span) -> str:
        return self.text[slice(*span)].strip()

    def _kinds(self, line: Line) -> list[str]:
        return [kind_of(self._words(cell)) for cell in line.cells]

    def _alone(self, line: Line) -> str | None:
        """The words of a line that has but one cell filled, or the same cell all over."""
        filled = {cell for cell in line.cells if self._words(cell)}
        return self._words(next(iter(filled))) if len(filled) == 1 else None

    def _is_head(self, line: Line, known: bool = False) -> bool:
        words = [self._words(cell) for cell in line.cells]
        filled = [w for w in words if w]
        if len(set(filled)) < 2 or any(len(w) > 40 for w in filled):
            return False
        kinds = [kind_of(w) for w in filled]
        years = sum(map(year_like, filled))
        values = sum(kind == VALUE for kind in kinds) - sum(kind == VALUE and year_like(w) for kind, w in zip(kinds, filled, strict=True))
        if values or VOID in kinds and not years:
            return False
        told = sum(bool(role(w)) or year_like(w) for w in filled)
        if self.head is None and not self.rows and told and {*kinds} <= {TEXT, UNIT} and role(words[0]):
            return True
        return known or told * 2 >= len(filled) and (years != 1 or told > 1) and not (kinds.count(WORDY) and told < len(filled) - 1)

    def _read_heads(self, at: int) -> int:
        """Takes the lines of a head that begins at line `at`; returns the first line behind it."""
        fresh: Head | None = None
        last = min(len(self.lines), at + _MOST_HEADS)
        while at < last:
            line = self.lines[at]
            words = self._alone(line)
            if words is not None and fresh is None and kind_of(words) in (TEXT, UNIT, ATTRIBUTE):
                self._solo(line, words)
            elif words is None and not any(self._words(cell) for cell in line.cells):
                self.found[line.index] = []
            elif self._is_head(line, known=at < self.known) or fresh is not None and self._goes_on(fresh, line):
                fresh = self._under(fresh, line)
                self.found[line.index] = []
            else:
                break
            at += 1
        self.head = fresh or self.head
        return at

    def _goes_on(self, head: Head, line: Line) -> bool:
        """Whether a line below a head has the rest of its words: (实际) and (目标) below the years."""
        words = [self._words(cell) for cell in line.cells]
        filled = [w for w in words if w]
        if not filled or any(kind_of(w) in (VALUE, VOID) and not year_like(w) for w in filled):
            return False
        return all(role(w.strip("()")) in ("value", "unit") or year_like(w) or is_unit(w.strip("()")) for w in filled)

    def _under(self, head: Head | None, line: Line) -> Head:
        words, spans = [self._words(cell) for cell in line.cells], list(line.cells)
        if head is None:
            return Head(words, spans, line.places)
        if len(words) == len(head.words):
            if any(head.words) and words[0] != head.words[0] and not any(head.words[n] for n in range(1, len(words))):
                return Head(words, spans, line.places)
            upper = self._filled_right(head.words, words)
            joined = [f"{a} {b}".strip() if a != b else b for a, b in zip(upper, words, strict=True)]
            kept = [old if self._words(old) and own_name(self._words(old)) else new for old, new in zip(head.spans, spans, strict=True)]
            return Head(joined, kept, head.places)
        return self._spread(head, words, line)

    def _filled_right(self, upper: list[str], lower: list[str]) -> list[str]:
        """An empty cell of the upper line belongs to the filled one at its left where the lower line has words below both."""
        done = list(upper)
        for n in range(1, len(done)):
            if not done[n] and lower[n] and lower[n - 1] and done[n - 1] and lower[n] != lower[n - 1]:
                done[n] = done[n - 1]
        return done

    def _spread(self, head: Head, words: list[str], line: Line) -> Head:
        """A lower line with cells for the columns of values alone: one for each, or several below one."""
        over = [n for n, w in enumerate(head.words) if role(w) == "value"] or [
            n for n, w in enumerate(head.words) if role(w) == "" and n
        ]
        if not over or len(words) % len(over):
            return head
        each, lower = len(words) // len(over), iter(zip(words, line.cells, line.places or [0] * len(words), strict=False))
        made = Head([], [], [])
        for n, upper in enumerate(head.words):
            for _ in range(each if n in over else 1):
                below = next(lower) if n in over else None
                made.words.append(f"{upper} {below[0]}" if below else upper)
                made.spans.append(head.spans[n])
                made.places.append(below[2] if below and line.places else head.places[n] if head.places else 0)
        return made

    # Columns

    def _settle(self, at: int) -> None:
        """Decides what each column holds, from its head and from what stands in it."""
        lines = self.lines[at : at + _LOOKED_AT]
        body = [self._kinds(line) for line in lines]
        width = len(self.head.words) if self.head else Counter(map(len, body)).most_common(1)[0][0] if body else 0
        pairs = zip(body, lines, strict=True)
        full = [(kinds, line) for kinds, line in pairs if len(kinds) == width and self._alone(line) is None]
        told = [role(w) for w in self.head.words] if self.head else [""] * width
        self.roles = [self._role(n, told[n], full) for n in range(width)]
        self._choose_name(full)
        words = self.head.words if self.head else [""] * width
        spans = self.head.spans if self.head else [None] * width
        columns = {n: column(words[n], spans[n]) for n in range(width) if self.roles[n] == "value"}
        for n, made in columns.items():
            texts = [self._words(line.cells[n]) for kinds, line in full if kinds[n] == VALUE]
            self.sheet.origins.update(year for words in texts for year in origins_in(words))
            made.bounded = any(_bound().search(words) for words in texts)
            made.unit = made.unit or (self.head.words[n].split()[-1] if self.head and _unit_row(self.head.words[n]) else "")
        self.columns, self.sheet.columns = columns, list(columns.values())
        self.across = self._across(words)

    def _role(self, n: int, told: str, full: list[tuple[list[str], Line]]) -> str:
        """The role of a column: that of its head unless the cells are of another kind."""
        kinds = Counter(kinds[n] for kinds, _ in full if kinds[n] != EMPTY)
        total = sum(kinds.values())
        values = kinds[VALUE] + kinds[VOID] + kinds[WORDY]
        if told == "value":
            return "value" if not total or kinds[VALUE] or kinds[TEXT] * 2 < total else "note" if years_in(self.head.words[n]) else "text"
        if told:
            return "category" if told == "attribute" and total and not kinds[ATTRIBUTE] and n == 0 else told
        if not total:
            return "text"
        if kinds[VALUE] and values * 2 > total:
            return "number" if n == 0 and self._counts(n, full) else "value"
        if kinds[ATTRIBUTE] * 2 > total:
            return "attribute"
        if kinds[UNIT] * 2 > total:
            return "unit"
        return "agency" if self._agencies(n, full) else "text"

    def _counts(self, n: int, full: list[tuple[list[str], Line]]) -> bool:
        """Whether a first column only counts the lines."""
        figures = [self._words(line.cells[n]) for _, line in full if self._words(line.cells[n])]
        return len(self.columns_of_values(full)) > 1 and all(f.isdigit() for f in figures) and figures == [
            str(int(figures[0]) + k) for k in range(len(figures))
        ]

    def columns_of_values(self, full: list[tuple[list[str], Line]]) -> list[int]:
        """Columns in which most cells are values."""
        width = len(full[0][0]) if full else 0
        return [n for n in range(width) if sum(kinds[n] == VALUE for kinds, _ in full) * 2 > len(full)]

    def _agencies(self, n: int, full: list[tuple[list[str], Line]]) -> bool:
        texts = [self._words(line.cells[n]) for _, line in full if self._words(line.cells[n])]
        return bool(texts) and sum(bool(AGENCY.search(words)) for words in texts) * 3 > len(texts) * 2

    def _choose_name(self, full: list[tuple[list[str], Line]]) -> None:
        """One column has the names: that whose head says so, else the text nearest to the values with the most different words."""
        texts = [n for n, found in enumerate(self.roles) if found in ("name", "text", "category", "entity", "period")]
        named = [n for n in texts if self.roles[n] == "name"] or [n for n in texts if self.roles[n] == "text"] or texts
        if not named:
            return
        first = next((n for n, found in enumerate(self.roles) if found == "value"), len(self.roles))
        chosen = max(named, key=lambda n: (n < first, len({self._words(line.cells[n]) for _, line in full}), n))
        self.kind = self.roles[chosen] if self.roles[chosen] in ("entity", "period") else ""
        self.roles = ["category" if n in texts and n != chosen and n < first else found for n, found in enumerate(self.roles)]
        self.roles[chosen] = "name"

    kind = ""
    times: list[Column] | None = None  # in a table whose lines are times: one column for each

    def _across(self, words: list[str]) -> bool:
        """Whether the heads name the indicators and the lines only times or owners."""
        values = [n for n, found in enumerate(self.roles) if found == "value"]
        named = [own_name(words[n]) for n in values]
        return bool(values) and all(named) and (bool(self.kind) or len(set(named)) > 1 and "name" not in map(role, words))

    # Body

    def _solo(self, line: Line, words: str) -> None:
        """A line with one cell filled: a title, a unit or a group."""
        self.found[line.index] = []
        unit = _unit_told().search(words)
        if unit and is_unit(unit[1]):
            self.sheet.unit = unit[1]
        elif self.rows or self.head:
            self.label = group_title(words)
        elif not self.sheet.title:
            self.sheet.title = words

    def _body(self, line: Line) -> None:
        if max(len(line.cells), len(self.roles)) > load("limits")["text"]["max_row_values"]:
            return
        words = self._alone(line)
        if words is not None and kind_of(words) in (TEXT, WORDY, ATTRIBUTE) and len(line.cells) > 1:
            if len(words) <= 40:
                self._solo(line, words)
            return
        kinds = self._kinds(line)
        places = list(range(len(kinds))) if len(kinds) == len(self.roles) else align(kinds, self.roles, self._distances(line))
        at = {column: n for n, column in enumerate(places) if column is not None}
        values = [n for n, found in enumerate(self.roles) if found == "value"]
        lost = len(kinds) != len(self.roles) and not line.places and undecided(kinds, places, values)
        self._take(line, kinds, at, [n for n in values if n in at], lost)

    def _distances(self, line: Line) -> list[list[float]] | None:
        if not (line.places and self.head and len(self.head.places) == len(self.roles)):
            return None
        return [[abs(place - other) for other in self.head.places] for place in line.places]

    def _take(self, line: Line, kinds: list[str], at: dict[int, int], values: list[int], lost: bool) -> None:
        """One line of the body to rows."""
        name = self._cell(line, at, "name")
        extra = next((cell for n, cell in enumerate(line.cells) if n not in at.values() and kinds[n] == TEXT), None)
        group = self._cell(line, at, "category") or (extra if extra != name else None)
        if group and group != name:
            self.label = group_title(self._words(group))
        self.name = name = name or self.name
        told = [n for n in values if kinds[at[n]] == VALUE]
        if name is None or not told or not any(c.isalpha() or c.isdigit() for c in self._words(name)):
            if not any(kind == TEXT and _TOLD.search(self._words(line.cells[n])) for n, kind in enumerate(kinds)):
                self.found[line.index] = []
            return
        self.rows += 1
        unit = self._cell(line, at, "unit")
        unit_words = self._words(unit).strip("()[]") if unit else ""
        if kind_of(unit_words) == VOID:
            unit_words = ""
        of = {n: UNTOLD if lost else self.columns.get(n, UNTOLD) for n in told}
        cells = {n: line.cells[at[n]] for n in told}
        if self.across:
            self.found[line.index] = [self._by_head(name, cells[n], of[n], unit_words) for n in told]
        else:
            made = Row(name, list(cells.values()), list(of.values()), self.sheet, unit_words, self.label)
            self.found[line.index] = [made]

    def _by_head(self, name: Span, cell: Span, of, unit: str) -> Row:
        """A value whose head is the indicator; the line's own words are its time or its owner."""
        when = column(self._words(name))
        if self.kind == "period" or when.years or when.sense in ("goal", "base"):
            of = replace(of, words=f"{when.words} {of.words}", years=when.years or of.years, sense=when.sense or of.sense)
            if self.times is None:
                self.times = self.sheet.columns = []
            if not any(other.years == of.years and other.sense == of.sense for other in self.times):
                self.times.append(of)
            return Row(of.name or name, [cell], [of], self.sheet, unit, self.label)
        owner = None if is_total(self._words(name)) else name
        return Row(of.name or name, [cell], [of], self.sheet, unit, self.label, owner)

    def _cell(self, line: Line, at: dict[int, int], wanted: str) -> Span | None:
        """The filled cell of a role nearest to the values."""
        found = None
        for n, held in enumerate(self.roles):
            if held == wanted and n in at and self._words(line.cells[at[n]]):
                found = line.cells[at[n]]
        return found


_MOST_HEADS = 20  # lines of one head
_LOOKED_AT = 60  # lines below a head that tell what its columns hold
AGENCY = re.compile(r"(?:局|委|厅|委员会|办公室|办|院|政府|中心|部)(?:[等、,].*)?$")
# A cell of prose that holds numbers of its own.
_TOLD = re.compile(r"\d[^|]{0,4}[%㐀-鿿]")
_NUM = "一二三四五六七八九十"
_ORDINAL = re.compile(rf"^\s*(?:[{_NUM}]{{1,3}}[、.]|[(][{_NUM}\d]{{1,3}}[)]|\d{{1,2}}[.、]|[①-⑳]|第[{_NUM}]+[类章节])\s*")


@cache
def _bound() -> re.Pattern:
    sides = [load("cues")["comparator_before"], load("cues")["comparator_behind"]]
    words = [word for side in sides for name in ("ge", "le", "gt", "lt") for word in side.get(name, [])]
    return re.compile(either(word for word in words if word not in ("多", "余", "内", "有余")))


@cache
def _unit_told() -> re.Pattern:
    return re.compile(rf"{either(load('tables')['around']['unit'])}\s*[::]\s*\(?([^,。;()\s]{{1,10}})")


def _unit_row(words: str) -> bool:
    """Whether the last line of a head is a unit alone: 抽检合格率 over %."""
    parts = words.split()
    return len(parts) > 1 and is_unit(parts[-1].strip("()")) and not unit_in(words)


def group_title(words: str) -> str:
    """The words of a group without its number and its count: 二、质量基础(3个)."""
    return re.sub(r"\(?共?\d+[个项]?\)?$|[::]$", "", _ORDINAL.sub("", bare(words) if "(" not in words else words)).strip(" |·") or words
