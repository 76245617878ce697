"""What a chart shows of a comparison: the values as they are, for 10,000 people, or with the target of the level above as 100.

    measured(rows, "per")                            # the numbers, missing where there is none
    measure_label("ge", 219.0, "件", "per", "zh")    # one of them as it is written at its mark
"""

from __future__ import annotations

import pandas as pd

from analytics.messages import amount, computed, say

MEASURES = ("value", "per", "index")


def measured(rows: pd.DataFrame, measure: str) -> pd.Series:
    """The value, the value for 10,000 people, or the value with the province's target (the nation's where it has none) as 100."""
    if measure == "per":
        return rows["per_10k"]
    return rows["index_province"].fillna(rows["index_nation"]) if measure == "index" else rows["value"]


def measure_label(comparator: str | None, value: float, unit: str, measure: str, lang: str) -> str:
    """How a computed measure is written at its mark: ≥219件/万人, ≥219 per 10,000 people, ≥104.2 of an index."""
    shown = amount(comparator, computed(value), None, unit if measure == "per" and lang == "zh" else "", lang)
    return say(f"measure.{measure}", lang, value=shown)
