"""A chart as series of an Office chart: one series an operator, so that the label of every point is its own value with the operator
before it.

    plan = chart_plan(view)
    plan.categories       places, in order            plan.series      Series(name, values, format, marker, role)
    plan.factor, plan.unit_label                       values are divided by factor (10,000 in Chinese where all are that large: 6.5万件)

Labels are number formats ("≥"General"%"), not texts: they follow when a cell of the sheet is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from analytics import messages
from analytics.export.common import ExportError, plain, refuse
from analytics.export.plots import scale
from analytics.export.view import CHARTS, Line, View, filled, standing
from analytics.frames import as_dicts
from analytics.measures import measure_label
from analytics.stated import softened

# Shapes that both python-pptx and XlsxWriter know; a bound points to where it leaves room.
SHAPES = {
    "ge": "triangle",
    "gt": "triangle",
    "eq": "circle",
    "le": "diamond",
    "lt": "diamond",
    "approx": "square",
    "low": "long_dash",
    "high": "long_dash",
    "baseline": "circle",
}
TEN_THOUSAND = 10_000
PLAIN, GROUPED = "General", "#,##0"


@dataclass(frozen=True)
class Series:
    """One series; values by category, None where the place belongs to another. role: mark, upper (end of a range), baseline or line.
    faded: of another definition than the others."""

    name: str
    values: tuple[float | None, ...]
    number_format: str
    shape: str
    hollow: bool
    role: str
    faded: bool = False


@dataclass(frozen=True)
class Plan:
    """All that an Office chart needs besides its colours. joined: how many series, from the first on, a line joins at each place."""

    kind: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    factor: int
    axis_format: str
    least: float
    most: float
    unit: float
    joined: int = 0

    def carriers(self) -> list[int]:
        """The series from whose marks the joining lines are drawn: one mark a place."""
        return [at for at, series in enumerate(self.series[: self.joined]) if series.role == "mark"]

    def reach(self, at: int, row: int) -> tuple[float, float]:
        """How far the joining line of a series goes up and down from its mark at a place."""
        own = self.series[at].values[row]
        ends = [series.values[row] for series in self.series[: self.joined] if series.values[row] is not None]
        return (0.0, 0.0) if own is None else (max(ends) - own, own - min(ends))

    def part(self, start: int, end: int) -> Plan:
        """The places from `start` to before `end`, over the same axis."""
        series = tuple(replace(each, values=each.values[start:end]) for each in self.series)
        return replace(self, categories=self.categories[start:end], series=series)


def portions(size: int, most: int) -> list[tuple[int, int]]:
    """(start, end) of as few portions of at most `most` as hold `size`, all of nearly the same length."""
    count = max(1, -(-size // most))
    return list(pairwise(size * at // count for at in range(count + 1)))


def chart_plan(view: View) -> Plan:
    """The series of a dot plot, bars or a dumbbell. Raises ExportError for another kind, TooLarge."""
    if view.kind not in CHARTS:
        raise ExportError(f"a view of kind {view.kind} has no Office chart; use one of {', '.join(CHARTS)}")
    refuse("marks", len(view.frame))
    rows = as_dicts(view.frame)
    factor = factor_of(view)
    marks = mark_series(view, rows, factor)
    series = [*marks, *(baseline_series(view, rows, factor) if view.kind != "bars" else [])]
    ranges = len(marks) if view.kind == "dot" and any(each.role == "upper" for each in marks) else 0
    joined = len(series) if view.kind == "dumbbell" else ranges
    if view.kind == "dot":
        series += [
            Series(plain(line.label), across(line, len(rows), factor), PLAIN, "none", False, "line") for line in view.lines
        ]
    values = [value for each in series for value in each.values if value is not None]
    units = {unit_label(unit, factor, view) for unit in view.frame["unit"]}
    suffix = units.pop() if len(units) == 1 and view.measure == "value" else ""
    least, most, ticks = scale(values, view.kind == "bars", suffix == "%")
    if view.measure != "value":
        computed = "0.0" if most >= 100 else "0.00"
        series = [replace(each, number_format=each.number_format.replace(PLAIN, computed)) for each in series]
    elif all(value == int(value) for value in values) and max(values, default=0) >= TEN_THOUSAND:
        series = [replace(each, number_format=each.number_format.replace(PLAIN, GROUPED)) for each in series]
    # The numbers of a sheet stand under what they count in.
    counted = view.say("foot.worth", worth=suffix) if factor > 1 and suffix else ""
    series = [each if each.role == "line" else replace(each, name=f"{each.name}{counted}") for each in series]
    axis = number_format("", suffix if suffix.strip() in ("%", "‰") or factor > 1 else "", GROUPED if most >= TEN_THOUSAND else PLAIN)
    return Plan(
        view.kind,
        tuple(category(row, view.lang) for row in rows),
        tuple(series),
        factor,
        axis,
        least,
        most,
        ticks[1] - ticks[0] if len(ticks) > 1 else 1.0,
        joined,
    )


def subtitle(view: View, plan: Plan) -> str:
    """The subtitle over a chart, in the unit that its numbers count in."""
    own = {view.say("foot.unit", unit=messages.unit_of(unit, view.lang).strip()) for unit in view.frame["unit"]}
    found = view.subtitle
    for line in own if plan.factor > 1 else ():
        found = found.replace(line, line.replace(view.say("foot.unit", unit=""), view.say("foot.unit", unit="万")), 1)
    return found


def across(line: Line, size: int, factor: int) -> tuple[float | None, ...]:
    """A benchmark at the rows that it is for."""
    return tuple(scaled(line.value_exact, factor) if row in line.rows else None for row in range(size))


def category(row: dict, lang: str) -> str:
    """A place with what its number is worth, what its plan says besides, and its citation, as the axis names it."""
    also = messages.say("amount.also", lang, values=row["also"]) if row["also"] else ""
    return " ".join(part for part in (plain(row["place"]), " · ".join(standing(row, lang)), also, row["cite"]) if part)


def factor_of(view: View) -> int:
    """10,000 where every number of a Chinese chart has at most two decimals then and the largest has more than four digits; else 1."""
    drawn_columns = ("value_exact", "value_max_exact", *(("baseline_exact",) if view.kind != "bars" else ()))
    exact = [Decimal(value) for name in drawn_columns for value in view.frame[name] if filled(value)]
    exact += [Decimal(line.value_exact) for line in view.lines]
    fits = all(value % (TEN_THOUSAND // 100) == 0 for value in exact) and max(exact, default=Decimal(0)) >= TEN_THOUSAND
    return TEN_THOUSAND if view.lang == "zh" and fits and view.measure == "value" else 1


def scaled(exact: str, factor: int) -> float:
    """An exact decimal text divided by the factor."""
    return float(Decimal(exact) / factor)


def unit_label(unit: str, factor: int, view: View, number: str = "") -> str:
    """The unit behind a number of the chart, or behind numbers in general: 万件, %, items, 件/万人."""
    if view.measure != "value":
        return measure_label("eq", 0, unit, view.measure, view.lang).lstrip("0")
    return ("万" if factor > 1 else "") + messages.unit_of(unit if filled(unit) else "", view.lang, number)


def number_format(before: str, unit: str, digits: str = PLAIN, one: str = "") -> str:
    """A number format with literal text around: "≥"General"%"; `one` is the unit behind 1, where it is another (item, items)."""
    if one and one != unit:
        return f"[=1]{number_format(before, one, digits)};{number_format(before, unit, digits)}"
    quoted = ['"' + plain(part).replace('"', "") + '"' if part.strip() else "" for part in (before, unit)]
    space = '" "' if unit.startswith(" ") else ""
    return f"{quoted[0]}{digits}{space}{quoted[1]}"


def mark_series(view: View, rows: list[dict], factor: int) -> list[Series]:
    """One series for each operator, hedge, unit and definition that occurs; a range has its bounds in two."""
    alike = [(row["comparator"], bool(row["hedge"]), row["unit"], row["verdict"] == view.say("verdict.incomparable")) for row in rows]
    found = []
    for comparator, hedge, unit, faded in dict.fromkeys(alike):
        own = [key == (comparator, hedge, unit, faded) for key in alike]
        hedged = softened("\0", {"hedge": hedge, "comparator": comparator}, view.lang).replace("\0", "")
        label, one = unit_label(unit, factor, view), unit_label(unit, factor, view, "1")
        parts = (
            [("low", "plotted", "value_exact"), ("high", "plotted_max", "value_max_exact")]
            if comparator == "range"
            else [(comparator, "plotted", "value_exact")]
        )
        for code, column, exact in parts:
            values = tuple(drawn(row, column, exact, factor, view) if mine else None for row, mine in zip(rows, own, strict=True))
            name = view.say(f"operator.{code}")
            name = view.say("operator.hedged", name=name) if hedge else name
            name = view.say("operator.faded", name=name) if faded else name
            name = f"{name} · {messages.unit_of(unit, view.lang).strip()}" if len({key[2] for key in alike}) > 1 and unit else name
            form = number_format(hedged + messages.OPERATORS.get(comparator, ""), label, one=one)
            found.append(Series(plain(name), values, form, SHAPES[code], hedge, "upper" if code == "high" else "mark", faded))
    return found


def drawn(row: dict, column: str, exact: str, factor: int, view: View) -> float | None:
    """The number of a row on the chart."""
    if not filled(row[column]):
        return None
    return scaled(row[exact], factor) if view.measure == "value" else float(row[column])


def baseline_series(view: View, rows: list[dict], factor: int) -> list[Series]:
    """The baselines in the unit of their targets, as one hollow series."""
    values = tuple(scaled(row["baseline_exact"], factor) if filled(row.get("baseline_plotted")) else None for row in rows)
    units = {row["unit"] for row in rows if filled(row.get("baseline_plotted"))}
    unit = units.pop() if len(units) == 1 else ""
    form = number_format("", unit_label(unit, factor, view), one=unit_label(unit, factor, view, "1")) if unit else PLAIN
    return (
        [Series(view.say("operator.baseline"), values, form, "circle", True, "baseline")]
        if any(value is not None for value in values)
        else []
    )
