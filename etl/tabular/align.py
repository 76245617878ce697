"""Which column each cell stands in, where a row has fewer or more cells than the head: the best fit of kinds to roles, in order."""

from __future__ import annotations

from etl.model import Column
from etl.tabular.kinds import ATTRIBUTE, EMPTY, TEXT, UNIT, VALUE, VOID, WORDY

# How well a kind of cell fits a role; what is not listed does not fit.
_FIT = {
    (VALUE, "value"): 4.0,
    (VALUE, "number"): 2.0,
    (VALUE, "note"): 0.2,
    (VOID, "value"): 3.0,
    (VOID, "unit"): 1.0,
    (VOID, "note"): 0.5,
    (VOID, "attribute"): 0.5,
    (VOID, "agency"): 0.5,
    (WORDY, "value"): 2.5,
    (WORDY, "name"): 1.5,
    (WORDY, "note"): 1.0,
    (TEXT, "name"): 4.0,
    (TEXT, "category"): 1.5,
    (TEXT, "period"): 1.0,
    (TEXT, "entity"): 2.0,
    (TEXT, "agency"): 1.0,
    (TEXT, "note"): 1.0,
    (TEXT, "attribute"): 0.3,
    (TEXT, "text"): 1.0,
    (TEXT, "value"): 0.1,
    (UNIT, "unit"): 4.0,
    (UNIT, "name"): 0.5,
    (UNIT, "category"): 0.5,
    (ATTRIBUTE, "attribute"): 4.0,
    (ATTRIBUTE, "note"): 1.0,
}
_NO_FIT, _LOST_CELL, _LOST_FIRST, _NEAR = -6.0, -3.0, -0.5, 1.5


def align(kinds: list[str], roles: list[str], distances: list[list[float]] | None = None) -> list[int | None]:
    """The column of each cell, None for a cell that fits none; columns may stay empty. `distances[cell][column]`: in characters."""
    rows, columns = len(kinds), len(roles)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    move = [["column"] * (columns + 1) for _ in range(rows + 1)]
    for i in range(1, rows + 1):
        best[i][0], move[i][0] = best[i - 1][0] + (_LOST_FIRST if i == 1 else _LOST_CELL), "cell"
        for j in range(1, columns + 1):
            near = _NEAR * max(0.0, 1 - distances[i - 1][j - 1] / 12) if distances else 0.0
            options = [
                (best[i - 1][j - 1] + _fit(kinds[i - 1], roles[j - 1]) + near, "both"),
                (best[i][j - 1], "column"),
                (best[i - 1][j] + (_LOST_FIRST if i == 1 else _LOST_CELL), "cell"),
            ]
            best[i][j], move[i][j] = max(options, key=lambda option: option[0])
    found: list[int | None] = [None] * rows
    i, j = rows, columns
    while i:
        step = move[i][j]
        if step == "both":
            found[i - 1] = j - 1
        i, j = i - (step != "column"), j - (step != "cell")
    return found


def _fit(kind: str, role: str) -> float:
    return 0.0 if kind == EMPTY else _FIT.get((kind, role), _NO_FIT)


def undecided(kinds: list[str], columns: list[int | None], values: list[int]) -> bool:
    """Whether fewer cells than columns of values came in order, so that nothing tells which column each stands in."""
    told = [n for n, column in enumerate(columns) if column in values and kinds[n] in (VALUE, VOID, WORDY)]
    return 0 < len(told) < len(values)


UNTOLD = Column()
