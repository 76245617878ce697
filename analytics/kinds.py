"""Statements sorted into kinds: rows that count the same way, for the same year, with the same standing. Comparability looks at kinds only.

    kinds = Kinds.of(rows, registry)        # rows of one metric or of many, numbered as they come
    kinds.of_rows(at)                       # the kinds of some of the rows, at next to no cost
    gravity, verdict = kinds.judged()       # of rows of one metric: how far each is from the largest comparable group, and all in a verdict

Sorting takes milliseconds however few the rows are, judging what was sorted a tenth of that: whoever looks at one choice of places after
another sorts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics import comparability
from analytics.pairs import severity_matrix
from analytics.registry import Registry
from analytics.standing import in_context
from analytics.verdicts import WITHIN, load_rules

SIGNATURE = ["facets", "unit", "flow", "year", "kind", "status", "place_level"]
NOWHERE = np.empty(0, dtype=int)  # the places of rows that there are none of
STATUS_ORDER = {"issued": 0, "unknown": 1, "draft": 2, "expired": 3}


@dataclass(frozen=True)
class Kinds:
    """The kind of each row, and what comparability reads in each kind (comparability.texts). Kinds are numbered so that of two that are
    equally frequent the lower one speaks first: plans in force before drafts, then later years; targets always before baselines."""

    number: np.ndarray
    texts: Sequence[tuple[str, ...]]
    registry: Registry

    @classmethod
    def of(cls, rows: pd.DataFrame, registry: Registry) -> Kinds:
        """Sort rows with the columns metric_id, align_note and SIGNATURE; place_level and what holds inside one plan are found from place,
        level and plan_id."""
        rows = in_context(rows, registry)
        found = rows.groupby(["metric_id", *SIGNATURE], dropna=False, sort=False).ngroup().to_numpy()
        first = np.flatnonzero(~pd.Series(found).duplicated().to_numpy())
        unique = rows[["metric_id", "align_note", *SIGNATURE]].take(first).reset_index(drop=True)
        worth = unique["status"].str.split(WITHIN).str[0].map(STATUS_ORDER).fillna(len(STATUS_ORDER))
        order = unique.assign(worth=worth).sort_values(["worth", "year", *SIGNATURE], ascending=[True, False, *[True] * len(SIGNATURE)])
        place = np.empty(len(unique), dtype=int)
        place[order.index] = np.arange(len(unique))
        return cls(place[found], comparability.texts(unique.take(order.index), registry), registry)

    def of_rows(self, at: np.ndarray) -> Kinds:
        """The kinds of the rows at these places, in this order."""
        known, number = np.unique(self.number[at], return_inverse=True)
        return Kinds(number, [self.texts[kind] for kind in known], self.registry)

    @property
    def reached(self) -> np.ndarray:
        """Which kinds are baselines."""
        at = [rule.name for rule in load_rules()].index("kind")
        return np.array([texts[at] == "baseline" for texts in self.texts], dtype=bool)

    def judged(self) -> tuple[np.ndarray, comparability.Verdict | None]:
        """(how gravely each row differs from the largest comparable group: 0 in it, 1 comparable with notes, 2 not; the verdict on all of
        them), where all are of one metric. No verdict on nothing."""
        if not len(self.number):
            return self.number, None
        order = np.lexsort((-np.bincount(self.number), self.reached))
        texts, reached = [self.texts[kind] for kind in order], self.reached[order]
        gravity = np.empty(len(order), dtype=int)
        gravity[order] = against_group(severity_matrix(texts), np.flatnonzero(~reached | reached.all()))
        return gravity[self.number], comparability.verdict_on(texts, len(self.number), self.registry)


def against_group(severities: np.ndarray, fit: Sequence[int]) -> np.ndarray:
    """How gravely each row differs from the largest comparable group, which is made of the rows `fit`: 0 in it, 1 comparable with notes, 2
    not.

    The group is found greedily from the first row, so rows come by frequency, and among equals plans in force and later years come first.
    Where there is a target, baselines are not fit: they stand beside the group and never in it.
    """
    chosen: list[int] = []
    for at in fit:
        if not severities[at, [*chosen, at]].any():
            chosen.append(at)
    outside = np.maximum(severities[:, chosen or [0]].max(axis=1), 1)
    outside[chosen] = 0
    return outside
