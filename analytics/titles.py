"""The finding of a comparison in a sentence, from its rows alone: who is highest and lowest of what may be ranked, else the numbers side by
side in the order of the chart.

    title(metric, rows, verdict)         # (Chinese, English); rows of analytics.compare with `ranked`
    title(metric, rows, verdict, "per")  # the same of what a chart of another measure shows
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics import comparability, ranking
from analytics import registry as registries
from analytics.frames import as_dicts
from analytics.measures import measure_label, measured
from analytics.messages import LANGUAGES, both, computed, listing, say, word
from analytics.places import listed
from analytics.stated import softened
from analytics.stated import stated as said_all

SHOWN = ["comparator", "value_exact", "value_max_exact", "unit", "hedge"]
MEASURE = ["value", "measure"]
REASONS = 3  # that a title names


def title(metric: registries.Metric, rows: pd.DataFrame, verdict: comparability.Verdict | None, measure: str = "value") -> tuple[str, str]:
    """The finding in a sentence, Chinese and English, from the rows alone: those that have the measure, in the order of its chart."""
    rows = rows if measure == "value" else of_measure(metric, rows, measure)
    if rows.empty or verdict is None:
        return _sentence("title.none", name_of(metric, rows["kind"].head(0), measure), {})
    peers = np.flatnonzero(rows["ranked"].to_numpy(dtype=bool))
    if len(rows) == 1:
        code = "title.one" if measure == "value" else "title.one_computed"
        return _sentence(code, name_of(metric, rows["kind"], measure), {}, {"place": named(rows["place"]), "value": stated(rows)})
    if len(peers) < 2:
        return _side_by_side(name_of(metric, rows["kind"].head(0), measure), rows, verdict)
    found, counts = rows.take(peers), {"n": len(peers), "total": len(rows)}
    names, part = name_of(metric, found["kind"], measure), "part" if len(peers) < len(rows) else ""
    values = found["value"].to_numpy(dtype=float)
    if values.max() == values.min():
        return _sentence(f"title.{part + '_' if part else ''}same", names, counts, {"value": stated(found)})
    strict = metric.better == "lower"
    code = {(True, True): "part_strict", (True, False): "part", (False, True): "strictest", (False, False): "highest"}[bool(part), strict]
    ends = {"top": ("high", values.max()), "bottom": ("low", values.min())}
    said = {name: named(found.loc[values == value, "place"]) for name, (_, value) in ends.items()}
    said |= {name: stated(found.loc[values == value]) for name, value in ends.values()}
    return _sentence(f"title.{code}", names, counts, said)


def of_measure(metric: registries.Metric, rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows that have another measure than the value, in the order of its chart: `value` is what is written at their marks."""
    numbers = [None if pd.isna(number) else float(computed(number)) for number in measured(rows, measure)]
    found = rows[["place", "kind", "comparable", "conflict", "also", "value_max", *SHOWN]].assign(measure=measure)
    found = found.assign(value=pd.Series(numbers, rows.index, dtype=float)).dropna(subset="value").reset_index(drop=True)
    found, lower = found.assign(ranked=ranking.ranked(found, metric.better == "lower")), metric.better == "lower"
    return found.take(ranking.order(found, lower)).reset_index(drop=True)


def shown_of(rows: pd.DataFrame) -> list[str]:
    """The columns of which a sentence shows a number."""
    return [*SHOWN, "also", *(MEASURE if "measure" in rows else ["value_text"] if "value_text" in rows else [])]


def stated(rows: pd.DataFrame) -> dict[str, str]:
    """What rows of one number say, in either language: each way of saying it once (≥98%、力争≥98%)."""
    said = as_dicts(rows[shown_of(rows)])
    return {lang: say("title.or", lang).join(dict.fromkeys(shown(row, lang) for row in said)) for lang in LANGUAGES}


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


def _sentence(code: str, names: dict[str, str], plain: dict, named: dict | None = None) -> tuple[str, str]:
    said = (named or {}).items()
    filled = [{"metric": name, **plain, **{key: texts[lang] for key, texts in said}} for lang, name in names.items()]
    return both(code, *filled)


def _side_by_side(names: Mapping[str, str], rows: pd.DataFrame, verdict: comparability.Verdict) -> tuple[str, str]:
    """The first numbers in the order of the chart, which ranks nothing here, and why: what differs, or that one plan says two things."""
    first = as_dicts(rows[["place", "kind", *shown_of(rows)]].head(4))
    filled = []
    for lang, comma in (("zh", "、"), ("en", ", ")):
        said = zip(listed([row["place"] for row in first], lang), (with_kind(row, lang) for row in first), strict=True)
        values = [("" if lang == "zh" else " ").join(pair) for pair in said]
        named = [word("code", code, lang) for code in verdict.codes[:REASONS]]
        why = comma.join(named) + (say("title.and_more", lang) if len(verdict.codes) > REASONS else "")
        filled.append({"metric": names[lang], "values": comma.join([*values, *["…"] * (len(rows) > 4)]), "why": why})
    if verdict.codes:
        return both(f"title.{verdict.verdict}", *filled)
    return both("title.contradicting" if rows["conflict"].any() else "title.bounds", *filled)


def shown(row: Mapping, lang: str) -> str:
    """Operator, number and unit of a statement, with what softens it: '力争≥98.5%'; two values of one plan as two; of another measure as at
    its mark: '≥219件/万人'."""
    if "measure" in row:
        return softened(measure_label(row["comparator"], row["value"], row["unit"], row["measure"], lang), row, lang)
    return said_all(row, lang)


def with_kind(row: Mapping, lang: str) -> str:
    """The same; a value that was observed says so."""
    value = shown(row, lang)
    return say("title.observed", lang, value=value, kind=word("kind", row["kind"], lang)) if row["kind"] == "baseline" else value
