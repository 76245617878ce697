"""Floors under the figures of an evaluation: a TOML file with one table a plan and one for all together. They only rise."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path

_HEAD = """# What `python -m etl evaluate --floors data/floors.toml` must reach, a table a plan and one for all together (pooled).
# Floors only rise: `--raise-floors` writes higher figures in, cut to four digits, and never a lower one.
"""
_DIGITS = 10**4
POOLED = "pooled"

Figures = Mapping[str, Mapping[str, float]]


class FloorsError(ValueError):
    """A floors file that cannot be used; the message names the entry and the next step."""


def load_floors(path: Path) -> dict[str, dict[str, float]]:
    """The floors of a file by plan and figure, each 0..1."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FloorsError(
            f"{path}: cannot be read ({error}); restore it from the repository, or make it anew with --raise-floors"
        ) from error
    for plan, floors in data.items():
        if not isinstance(floors, dict):
            raise FloorsError(f"{path}: {plan} = {floors!r}: a table [{plan}] of figures is wanted")
        for name, floor in floors.items():
            if type(floor) not in (int, float) or not 0 <= floor <= 1:
                raise FloorsError(f"{path}: [{plan}] {name} = {floor!r}: a number from 0 to 1 is wanted")
    return data


def under_floors(path: Path, figures: Figures) -> list[str]:
    """A sentence for every figure under its floor. An unknown figure is refused.

    Plans that were not evaluated are not asked for, and the pooled figures only where all plans of the file were.
    """
    known = load_floors(path)
    whole = set(known) - {POOLED} == set(figures) - {POOLED}
    asked = {plan: floors for plan, floors in known.items() if plan in figures and (whole or plan != POOLED)}
    under = []
    for plan, floors in asked.items():
        for name, floor in floors.items():
            if name not in figures[plan]:
                raise FloorsError(f"{path}: [{plan}] {name}: no such figure; use one of {', '.join(figures[plan])}")
            if figures[plan][name] < floor:
                under.append(f"{plan}: {name} is {figures[plan][name]:.4f}, its floor in {path} is {floor}; see --misses")
    return under


def raise_floors(path: Path, figures: Figures) -> int:
    """Writes every figure that is higher than its floor, or has none, into the file; the number of floors written."""
    floors, raised = load_floors(path) if path.exists() else {}, 0
    for plan, values in figures.items():
        table = floors.setdefault(plan, {})
        for name, value in values.items():
            cut = math.floor(value * _DIGITS + 1e-9) / _DIGITS
            if cut > table.get(name, -1):
                table[name], raised = cut, raised + 1
    tables = ("\n".join([f"[{plan}]", *(f"{name} = {floor}" for name, floor in table.items())]) for plan, table in sorted(floors.items()))
    path.write_text(_HEAD + "".join(f"\n{table}\n" for table in tables), encoding="utf-8")
    return raised
