"""The finding of a comparison in a sentence, from its rows alone: who is highest and lowest of what may be ranked, else the numbers side by
side in the order of the chart.

    title(metric, rows, verdict)         # (Chinese, English); rows of analytics.compare with `comparable`
    title(metric, rows, verdict, "per")  # the same of what a chart of another measure shows
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics import comparability
from analytics import registry as registries
from analytics.frames import as_dicts
from analytics.measures import measure_label, measured
from analytics.messages import amount, both, computed, listing, say, word
from analytics.places import listed

SHOWN = ["comparator", "value_exact", "value_max_exact", "unit"]
MEASURE = ["value", "measure"]


def title(metric: registries.Metric, rows: pd.DataFrame, verdict: comparability.Verdict | None, measure: str = "value") -> tuple[str, str]:
    """The finding in a sentence, Chinese and English, from the rows alone: those that have the measure."""
    rows = rows if measure == "value" else of_measure(metric, rows, measure)
    if rows.empty or verdict is None:
        return _sentence("title.none", name_of(metric, rows["kind"].head(0), measure), {})
    peers = np.flatnonzero(rows["comparable"].to_numpy(dtype=bool))
    if len(rows) == 1:
        code = "title.one" if measure == "value" else "title.one_computed"
        return _sentence(code, name_of(metric, rows["kind"], measure), {}, {"place": named(rows["place"])}, value=row_at(rows, 0))
    if len(peers) < 2:
        code = "title.incomparable" if verdict.verdict == "incomparable" else "title.conditional"
        return _side_by_side(code, name_of(metric, rows["kind"].head(0), measure), rows)
    names, part = name_of(metric, rows["kind"].take(peers), measure), "part" if len(peers) < len(rows) else ""
    counts = {"n": len(peers), "total": len(rows)}
    values = rows["value"].to_numpy(dtype=float)[peers]
    ends = {"high": values.max(), "low": values.min()}
    if ends["high"] == ends["low"]:
        return _sentence(f"title.{part + '_' if part else ''}same", names, counts, value=row_at(rows, peers[0]))
    strict = metric.better == "lower"
    code = {(True, True): "part_strict", (True, False): "part", (False, True): "strictest", (False, False): "highest"}[bool(part), strict]
    at = {name: peers[values == value] for name, value in ends.items()}
    places = {name: named(rows["place"].take(at[end])) for name, end in (("top", "high"), ("bottom", "low"))}
    return _sentence(f"title.{code}", names, counts, places, **{end: row_at(rows, where[0]) for end, where in at.items()})


def of_measure(metric: registries.Metric, rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows that have another measure than the value, in the order of its chart: `value` is what is written at their marks."""
    numbers = [None if pd.isna(number) else float(computed(number)) for number in measured(rows, measure)]
    found = rows[["place", "kind", "comparable", *SHOWN]].assign(value=pd.Series(numbers, rows.index, dtype=float), measure=measure)
    return found.dropna(subset="value").sort_values("value", ascending=metric.better == "lower", kind="stable", ignore_index=True)


def shown_of(rows: pd.DataFrame) -> list[str]:
    """The columns of which a sentence shows a number."""
    return [*SHOWN, *MEASURE] if "measure" in rows else SHOWN


def row_at(rows: pd.DataFrame, at: int) -> Mapping:
    """What a sentence shows of one row."""
    return {name: rows[name].iat[at] for name in shown_of(rows)}


def named(places: pd.Series) -> dict[str, str]:
    """Places in a row in either language, the first two by name."""
    first, rest = places.head(2).tolist(), [""] * (len(places) - 2)
    return {lang: listing([*listed(first, lang), *rest], lang, 2) for lang in ("zh", "en")}


def name_of(metric: registries.Metric, kinds: pd.Series, measure: str) -> dict[str, str]:
    """The name of the metric in either language, with the measure; where all its numbers, of these kinds, were observed it says so."""
    names = {"zh": metric.name_zh, "en": metric.name_en}
    if measure != "value":
        names = {lang: say(f"title.{measure}", lang, metric=name) for lang, name in names.items()}
    if kinds.empty or not kinds.eq("baseline").all():
        return names
    return {lang: say("title.all_observed", lang, metric=name, kind=word("kind", "baseline", lang)) for lang, name in names.items()}


def _sentence(code: str, names: dict[str, str], plain: dict, named: dict | None = None, **amounts: Mapping) -> tuple[str, str]:
    filled = [
        {
            "metric": name,
            **plain,
            **{key: texts[lang] for key, texts in (named or {}).items()},
            **{key: shown(row, lang) for key, row in amounts.items()},
        }
        for lang, name in names.items()
    ]
    return both(code, *filled)


def _side_by_side(code: str, names: Mapping[str, str], rows: pd.DataFrame) -> tuple[str, str]:
    """The first numbers in the order of the chart, which ranks nothing here; the verdict says in what their definitions differ."""
    filled = []
    first = as_dicts(rows[["place", "kind", *shown_of(rows)]].head(4))
    for lang, comma in (("zh", "、"), ("en", ", ")):
        said = zip(listed([row["place"] for row in first], lang), (with_kind(row, lang) for row in first), strict=True)
        values = [("" if lang == "zh" else " ").join(pair) for pair in said]
        filled.append({"metric": names[lang], "values": comma.join([*values, *["…"] * (len(rows) > 4)])})
    return both(code, *filled)


def shown(row: Mapping, lang: str) -> str:
    """Operator, number and unit of a statement: '≥98.5%'; of another measure as at its mark: '≥219件/万人'."""
    if "measure" in row:
        return measure_label(row["comparator"], row["value"], row["unit"], row["measure"], lang)
    value_max = row["value_max_exact"] if isinstance(row["value_max_exact"], str) else None
    return amount(row["comparator"], row["value_exact"], value_max, row["unit"], lang)


def with_kind(row: Mapping, lang: str) -> str:
    """The same; a value that was observed says so."""
    value = shown(row, lang)
    return say("title.observed", lang, value=value, kind=word("kind", row["kind"], lang)) if row["kind"] == "baseline" else value
