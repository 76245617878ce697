"""The one rule of what may be ranked, for titles, sentences, the order of a chart, shades and signs: a row is ranked where it belongs to
the largest group of comparable rows, its plan gives one value and not two, that value is no range, and its bound points the way of the
others.

    rows = ranked(rows, lower=False)     # with `ranked` (bool); rows of one metric with comparable, conflict, comparator, value_max
    order(rows, lower=False)             # positions: ranked rows first, the most demanding at the head; then the others by their names
    order(rows, False, "shown")          # the same by another column

Two rows at least are ranked, or none. Where nothing is ranked the order is that of the names, which says nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

FLOORS, CAPS = ("ge", "gt"), ("le", "lt")


def ranked(rows: pd.DataFrame, lower: bool, value: str = "value") -> np.ndarray:
    """Which rows may be set above or below one another (bool, one a row). `lower`: less is better; then caps go before floors where both
    are as many. Rows without `value` are not ranked."""
    usable = rows["comparable"].astype(bool) & ~rows["conflict"].astype(bool) & rows["value_max"].isna() & rows[value].notna()
    floors, caps = ((usable & ~rows["comparator"].isin(other)).to_numpy(dtype=bool) for other in (CAPS, FLOORS))
    chosen = caps if (caps.sum(), lower) > (floors.sum(), not lower) else floors
    return chosen if chosen.sum() > 1 else np.zeros(len(rows), dtype=bool)


def order(rows: pd.DataFrame, lower: bool, value: str = "value") -> np.ndarray:
    """The positions of the rows, which have `ranked`, in their order; what was observed stands behind what is aimed for."""
    size = rows[value].astype(float).where(rows["ranked"], 0).to_numpy()
    observed = rows["kind"].eq("baseline").to_numpy(dtype=bool)
    return np.lexsort((rows["place"].astype("str").to_numpy(), size if lower else -size, observed, ~rows["ranked"].to_numpy(dtype=bool)))
