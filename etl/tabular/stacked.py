"""Tables that came out with one cell a line: names, and under each its values."""

from __future__ import annotations

import re
from collections import Counter

from etl.model import Column, Row, Sheet, Span
from etl.tabular.align import UNTOLD
from etl.tabular.furniture import FOOTNOTE, furniture
from etl.tabular.heads import column, is_unit, role, unit_in, years_in
from etl.tabular.kinds import ATTRIBUTE, TEXT, UNIT, VALUE, VOID, WORDY, YEAR, kind_of, year_like
from etl.tabular.lines import trim
from etl.tabular.sheets import AGENCY, Found, group_title
from etl.vocab import load

_ENDS = re.compile(r"。|;$|!|[,].*[,].*\d")
_NAME = re.compile(r"(?=.*[㐀-鿿A-Za-z])[^。;|]{2,60}$")
_COUNT = re.compile(r"\(\d+[个项]\)$")
_LONGEST = 90


def stacks(text: str, lines: list[Span], taken: set[int]) -> list[list[int]]:
    """Runs of short lines that could be cells; blank lines between them do not count."""
    found: list[list[int]] = []
    run: list[int] = []
    for index in range(len(lines) + 1):
        line = text[slice(*lines[index])].strip() if index < len(lines) else ""
        if index < len(lines) and not line:
            continue
        short = index < len(lines) and index not in taken and len(line) <= _LONGEST and "|" not in line and not _ENDS.search(line)
        if short and not (furniture().match(line) and not FOOTNOTE.match(line)):
            run.append(index)
            continue
        if short:
            continue
        found += [run] if len(run) > 1 else []
        run = []
    return found


class Stack:
    """Reads one run of lines as a table."""

    def __init__(self, text: str, lines: list[Span], run: list[int], sheet: Sheet) -> None:
        self.text, self.run, self.sheet = text, run, sheet
        self.spans = [trim(text, *lines[n]) for n in run]
        self.words = [text[slice(*span)] for span in self.spans]
        self.kinds = [kind_of(words) for words in self.words]
        self.found: Found = {}

    def read(self) -> Found:
        """What each line says, as sheets.Grid.read; empty when the run is no table."""
        numbered = self._row_numbers()
        groups = self._groups(numbered)
        if not groups:
            return {}
        bracketed = all(unit_in(self.words[name]) for name, _, _ in groups)
        if sum(len(values) for _, _, values in groups) < (2 if bracketed else 3):
            return {}
        first = min(groups[0][0], groups[0][2][0])
        columns, start = self._columns(first, numbered, Counter(len(values) for _, _, values in groups).most_common(1)[0][0])
        if not columns and not self._regular(groups):
            return {}
        label = ""
        for at in range(start, len(self.run)):
            self.found[self.run[at]] = []
        previous = start
        for name, unit, values in groups:
            label = self._label(previous, name, numbered) or label
            self._row(name, unit, values, columns, label)
            previous = max(name, values[-1]) + 1
        self._tail(previous)
        return self.found

    def _regular(self, groups: list) -> bool:
        """Without heads: a table when its names have units, or each has as many values as the others."""
        sizes = Counter(len(values) for _, _, values in groups)
        return len(groups) >= 2 and sizes.most_common(1)[0][1] * 3 >= len(groups) * 2

    def _row_numbers(self) -> set[int]:
        """Lines that only count the rows: 1, 2, 3, ... each right before a text."""
        numbered: list[int] = []
        for at, words in enumerate(self.words[:-1]):
            if words == str(len(numbered) + 1) and self.kinds[at + 1] in (TEXT, WORDY):
                numbered.append(at)
        return set(numbered) if len(numbered) >= 3 or len(numbered) == 2 and self._headed_by_number() else set()

    def _headed_by_number(self) -> bool:
        return any(role(words) == "number" for words in self.words)

    def _groups(self, numbered: set[int]) -> list[tuple[int, str, list[int]]]:
        """Name, unit and values of each row, as places in the run."""
        found, at, behind = [], 0, self._names_behind()
        while at < len(self.run):
            values = self._values_from(at, numbered)
            if not any(self.kinds[n] == VALUE for n in values):
                at += max(1, len(values))
                continue
            name, unit = self._name_below(at + len(values)) if behind else self._name_above(at)
            if not unit and at + len(values) < len(self.run) and self.kinds[at + len(values)] == UNIT:
                unit = self.words[at + len(values)].strip("()[]")
            if name is not None and len(values) <= load("limits")["text"]["max_row_values"]:
                found.append((name, unit, values))
            at += len(values)
        return found

    def _values_from(self, at: int, numbered: set[int]) -> list[int]:
        """The values that stand in a row from `at` on; aims in words between or before numbers are of them."""
        values = []
        while at < len(self.run) and at not in numbered and self._may_be_value(at):
            values.append(at)
            at += 1
        while values and self.kinds[values[-1]] == WORDY and not self._aim(values[-1]):
            values.pop()
        return values

    def _may_be_value(self, at: int) -> bool:
        kind = self.kinds[at]
        if kind == VALUE:
            return not _COUNT.search(self.words[at]) and not (year_like(self.words[at]) and self._among_years(at))
        return kind == VOID or kind == WORDY and self._aim(at)

    def _among_years(self, at: int) -> bool:
        """A bare year beside another, or below the head of a column, is a head."""
        near = self.words[max(0, at - 1) : at] + self.words[at + 1 : at + 2]
        return any(year_like(words) or role(words) in ("unit", "name", "value", "category", "number") for words in near)

    def _aim(self, at: int) -> bool:
        """An aim in words stands beside a value or a void, and is no name of values below it."""
        return self.kinds[at - 1] in (VALUE, VOID) if at else False

    def _name_above(self, at: int) -> tuple[int | None, str]:
        """The name above the values that begin at `at`, and the unit between, if any."""
        unit = ""
        for n in range(at - 1, max(-1, at - 4), -1):
            words, kind = self.words[n], self.kinds[n]
            if kind == ATTRIBUTE:
                continue
            if not unit and (kind == UNIT or is_unit(words.strip("()[]")) and kind != VALUE):
                unit = words.strip("()[]")
            elif kind in (TEXT, WORDY) and self._may_name(words):
                return n, unit
            else:
                break
        return None, ""

    def _names_behind(self) -> bool:
        """Whether the heads say that names stand below their values: 2025年, then 指标."""
        first = next((n for n, kind in enumerate(self.kinds) if kind == VALUE and not self._among_years(n)), 0)
        roles = [role(words) or ("value" if year_like(words) else "") for words in self.words[:first]]
        told = [name for name in roles if name]
        return told[-1:] == ["name"] and "value" in told

    def _name_below(self, at: int) -> tuple[int | None, str]:
        """The name below values that end before `at`, and the unit between, if any."""
        unit = self.words[at].strip("()[]") if at < len(self.run) and self.kinds[at] == UNIT else ""
        at += bool(unit)
        return (at, unit) if at < len(self.run) and self.kinds[at] in (TEXT, WORDY) and self._may_name(self.words[at]) else (None, "")

    @staticmethod
    def _may_name(words: str) -> bool:
        return bool(_NAME.match(words)) and not AGENCY.search(words) and role(words) not in ("name", "unit", "value", "number")

    def _columns(self, first: int, numbered: set[int], width: int) -> tuple[list[Column], int]:
        """Columns of values from the heads above the first row, and where those heads begin."""
        top = min([first, *(n for n in numbered if n < first)])
        roles = [role(self.words[n]) or ("value" if self.kinds[n] == YEAR or year_like(self.words[n]) else "") for n in range(top)]
        known = {n for n in range(top) if roles[n]}
        if not known:
            return [], self._start(first, numbered)
        begin = max(known)
        while begin - 1 in known or begin - 2 in known and len(self.words[begin - 1]) <= 12 and begin - 1 not in known and begin - 1 > 0:
            begin -= 1 if begin - 1 in known else 2
        values = [self.words[n] for n in range(begin, top) if roles[n] == "value" or roles[n] == "unit" and not self.words[n].strip("()")]
        heads = _as_many(values, width)
        columns = [column(words) for words in heads] if heads else []
        self.sheet.columns = columns or [column(words) for words in values[: load("limits")["text"]["max_row_values"]]]
        if begin and not self.sheet.title and len(self.words[begin - 1]) <= 50:
            self.sheet.title = self.words[begin - 1]
        return columns or [UNTOLD] * width, begin

    def _start(self, first: int, numbered: set[int]) -> int:
        return first - 1 if first - 1 in numbered else first

    def _label(self, left: int, right: int, numbered: set[int]) -> str:
        """The group that stands on a line of its own before a row."""
        for at in range(right - 1, left - 1, -1):
            told = role(self.words[at]) in ("name", "value", "unit", "number", "attribute", "agency", "category")
            if self.kinds[at] == TEXT and at not in numbered and not AGENCY.search(self.words[at]) and not told:
                return group_title(self.words[at])
        return ""

    def _row(self, name: int, unit: str, values: list[int], columns: list[Column], label: str) -> None:
        told = [n for n in values if self.kinds[n] == VALUE]
        of = dict(zip(values, columns if len(columns) == len(values) else [UNTOLD] * len(values), strict=True))
        line = self.run[told[0]]
        self.found[line] = [Row(self.spans[name], [self.spans[n] for n in told], [of[n] for n in told], self.sheet, unit, label)]

    def _tail(self, at: int) -> None:
        """What stands below the last values is of the table only while it is a word for an attribute or whoever answers for the row."""
        for n in range(at, len(self.run)):
            if self.kinds[n] not in (ATTRIBUTE, UNIT) and not (n == at and AGENCY.search(self.words[n])):
                for rest in self.run[n:]:
                    self.found.pop(rest, None)
                break


def _as_many(words: list[str], width: int) -> list[str]:
    """Heads of `width` columns from the lines that they came in: a line each, or a year and what it is on two lines; else none."""
    if len(words) == width:
        return words
    for dated_first in (True, False):
        heads: list[str] = []
        for word in words:
            dated = bool(years_in(word))
            joins = heads and (not dated and _open(heads[-1], True) if dated_first else dated and _open(heads[-1], False))
            heads[-1:] = [f"{heads[-1]} {word}"] if joins else [*heads[-1:], word]
        if len(heads) == width:
            return heads
    return []


def _open(head: str, dated: bool) -> bool:
    """Whether a head still wants its other half: a year without a sense, a sense without a year."""
    return " " not in head and bool(years_in(head)) == dated
