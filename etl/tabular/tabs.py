"""Tabs that part the cells of a table, and tabs that only make room."""

from __future__ import annotations

from itertools import pairwise


def fold_tabs(lines: list[str]) -> list[str]:
    """Tabs stay where lines with tabs follow one another: they part cells, and two of them hold an empty one. Elsewhere they are spaces."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    tabbed = {n for n in filled if "\t" in lines[n].strip("\t ") and "。" not in lines[n]}
    kept = {n for a, b in pairwise(filled) if a in tabbed and b in tabbed for n in (a, b)}
    return [line if n in kept else line.replace("\t", " ") for n, line in enumerate(lines)]
