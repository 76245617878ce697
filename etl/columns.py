"""Kind and year of a value in a table, from the column that it stands in and from its neighbours.

One question after the other, the first that has an answer decides; a year that nothing tells stays None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from etl.model import Column, Row, Sheet, When
from etl.tabular.heads import sense, years_in
from etl.vocab import load

RULE = "time.column"
_SPAN = re.compile(r"(?:19|20)\d\d\s*年?\s*[-—~至]{1,2}\s*(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known outside the table: the plan's horizon, the year that it speaks from (`sure`: told, not inferred), what holds for the
    place where the table stands, and the first year of the plan."""

    horizon: int | None
    now: int | None
    sure: bool
    around: When
    start: int | None = None


def column_when(row: Row, position: int, told: int | None, known: Known) -> When:
    """Kind and year of the value at `position` of a row; `told` is a year that the cell itself names."""
    column, sheet = row.columns[position], row.sheet
    if column.sense == "base":
        return When("baseline", told or _base_year(column, sheet, known), RULE)
    if column.sense == "goal":
        return When("target", told or _goal_year(column, sheet, known), RULE)
    if column.sense in ("growth", "change", "sum"):
        return _of_change(column, row, position, told, known)
    year = told or (max(column.years) if column.years else None)
    if year is not None:
        return When("baseline" if _is_past(year, column, sheet, known) else "target", year, RULE)
    return _untold(row, position, known)


def _base_year(column: Column, sheet: Sheet, known: Known) -> int | None:
    """The year of what was already so: of the head, the title beside the goal's, the text's own base year, the year around the table."""
    if column.years:
        return max(column.years)
    pair = _title_years(sheet)
    shift = next((shift for word, shift in load("times")["relative"].items() if shift < 0 and word in column.words), 0)
    goals = {max(other.years) for other in sheet.columns if other.sense == "goal" and other.years} or set(pair)
    if shift and (goals or known.sure and known.now):
        return (min(goals) if goals else known.now) + shift
    if len(pair) > 1:
        return min(pair)
    if len(pair) == 1 and not any(other.sense == "goal" for other in sheet.columns):
        return pair[0]
    return sheet.base or (known.around.year if known.around.kind == "baseline" else None)


def _goal_year(column: Column, sheet: Sheet, known: Known) -> int | None:
    if column.years:
        return max(column.years)
    pair = _title_years(sheet)
    if pair:
        return max(pair)
    ahead = [year for year in _years(sheet) if known.horizon is None or year >= known.horizon]
    return known.around.year if known.around.kind == "target" and known.around.year else max(ahead, default=known.horizon)


def _of_change(column: Column, row: Row, position: int, told: int | None, known: Known) -> When:
    """Growth, a change or a sum: for the year of its head, else as the goals of the table, else as the column at its left."""
    sheet = row.sheet
    year = told or (max(column.years) if column.years else None)
    if year is not None and not (len(column.years) > 1 and known.horizon and year >= known.horizon):
        return When("baseline" if _is_past(year, column, sheet, known) else "target", year, RULE)
    if year is not None:
        return When("target", year, RULE)
    others = [other for other in sheet.columns if other.sense not in ("growth", "change", "sum")]
    if column.sense == "change":
        others = _left_of(column, sheet) or others
    whens = [column_when(Row(row.name, [row.name], [other], sheet), 0, None, known) for other in others]
    ahead = [when for when in whens if when.kind == "target"]
    if column.sense == "change" and whens:
        return When(whens[-1].kind, whens[-1].year, RULE)
    if ahead or not whens:
        return When("target", max((w.year for w in ahead if w.year), default=known.horizon), RULE)
    return When("baseline", max((w.year for w in whens if w.year), default=None), RULE)


def _left_of(column: Column, sheet: Sheet) -> list[Column]:
    """The columns of plain values before this one."""
    at = next((n for n, other in enumerate(sheet.columns) if other is column), 0)
    return [other for other in sheet.columns[:at] if other.sense not in ("growth", "change", "sum")][-1:]


def _years(sheet: Sheet) -> list[int]:
    return [year for column in sheet.columns for year in column.years]


def _title_years(sheet: Sheet) -> tuple[int, ...]:
    """Years that the title gives the columns; a span (2021-2025年) is the time of the plan and gives its end alone."""
    years = years_in(sheet.title)
    return years[-1:] if _SPAN.search(sheet.title) else tuple(dict.fromkeys(years))


def _is_past(year: int, column: Column, sheet: Sheet, known: Known) -> bool:
    """Whether a year that only stands over its column was over when the document was written."""
    plain = [other for other in sheet.columns if other.years and other.sense not in ("growth", "change", "sum")]
    goals = [max(other.years) for other in plain if other.sense == "goal"]
    bases = [max(other.years) for other in plain if other.sense == "base"]
    years = sorted({max(other.years) for other in plain} | {year})
    if goals and year >= min(goals) or bases and year <= max(bases):
        return not (goals and year >= min(goals))
    if not goals and not bases and known.start == years[0] and len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return False  # each year of the plan has its column
    if not goals and year == years[-1] and _observed(sheet):
        return True
    if known.sure and known.now is not None and year != known.now:
        return year < known.now
    if known.sure and known.now is not None:
        return year < years[-1]
    if goals and bases:
        return year < min(goals) and len(goals) + len(bases) < len(plain)
    named = _title_years(sheet)
    if len(years) > 1 and named and year in named and min(years) < min(named):
        return False
    measured = [y for y in {*sheet.origins, *(y for other in sheet.columns for y in other.origins)} if y in years]
    if measured:
        return year <= max(measured)
    if column.bounded:
        return False
    if named and len(years) > len(named) and set(named) < set(years):
        return year < min(named)
    if known.around.kind == "baseline" and not any(other.bounded for other in plain):
        return True
    bounded = [max(other.years) for other in plain if other.bounded]
    if bounded:
        return year < min(bounded)
    return year == years[0] and year < years[-1] and (known.horizon is None or year < known.horizon)


def _observed(sheet: Sheet) -> bool:
    """Whether a table without goals says itself that it looks back: it counts the change on the year before, or its title says so."""
    changes = any(column.sense == "change" and _relative(column.words) for column in sheet.columns)
    return changes or sense(sheet.title) == "base"


def _relative(words: str) -> bool:
    return any(word in words for word in load("signs")["groups"]["past"])


def _untold(row: Row, position: int, known: Known) -> When:
    """A column without a year or a sense: what holds around the table, when it is the only one of its kind; else nobody tells the year."""
    column, sheet, around = row.columns[position], row.sheet, known.around
    alike = [other for other in sheet.columns if not other.years and not other.sense]
    named = _title_years(sheet)
    if len(alike) > 1 and len(named) == len(alike) and column in alike:
        year = named[alike.index(column)]
        return When("baseline" if year < max(named) else "target", year, RULE)
    if len(alike) == 1 and len(named) == 1 and around.kind == "target":
        return When("target", named[0], RULE)
    latest = max(_years(sheet), default=None)
    if row.name == column.name and len(alike) == len(sheet.columns):
        return When(around.kind, named[-1] if named else around.year, RULE)
    if len(alike) == 1 and latest and len(sheet.columns) > 1:
        return When("target", latest, RULE)
    if len(alike) <= 1 and len(sheet.columns) <= 1 and len(row.columns) <= 1:
        return around
    return When(around.kind, None, RULE)
