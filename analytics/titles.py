"""The finding of a comparison in a sentence, from its rows alone: who is highest and lowest of what may be ranked, else the numbers side by
side in the order of the chart.

    title(metric, rows, verdict)    # (Chinese, English); rows of analytics.compare with `comparable`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analytics import comparability
from analytics import registry as registries
from analytics.frames import as_dicts
from analytics.messages import amount, both, listing, say, word
from analytics.places import listed

SHOWN = ["comparator", "value_exact", "value_max_exact", "unit"]


def title(metric: registries.Metric, rows: pd.DataFrame, verdict: comparability.Verdict | None) -> tuple[str, str]:
    """The finding in a sentence, Chinese and English, from the rows alone."""
    if rows.empty or verdict is None:
        return both("title.none", {"metric": metric.name_zh}, {"metric": metric.name_en})
    peers = np.flatnonzero(rows["comparable"].to_numpy(dtype=bool))
    if len(rows) == 1:
        return _sentence("title.one", name_of(metric, rows["kind"]), {}, {"place": named(rows["place"])}, value=row_at(rows, 0))
    if len(peers) < 2:
        code = "title.incomparable" if verdict.verdict == "incomparable" else "title.conditional"
        return _with_codes(code, metric, rows, verdict.codes)
    names, part = name_of(metric, rows["kind"].take(peers)), "part" if len(peers) < len(rows) else ""
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


def row_at(rows: pd.DataFrame, at: int) -> Mapping:
    """What a sentence shows of one row."""
    return {name: rows[name].iat[at] for name in SHOWN}


def named(places: pd.Series) -> dict[str, str]:
    """Places in a row in either language, the first two by name."""
    first, rest = places.head(2).tolist(), [""] * (len(places) - 2)
    return {lang: listing([*listed(first, lang), *rest], lang, 2) for lang in ("zh", "en")}


def name_of(metric: registries.Metric, kinds: pd.Series) -> dict[str, str]:
    """The name of the metric in either language; where all its numbers, of these kinds, were observed it says so."""
    names = {"zh": metric.name_zh, "en": metric.name_en}
    if not kinds.eq("baseline").all():
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


def _with_codes(code: str, metric: registries.Metric, rows: pd.DataFrame, codes: Iterable[str]) -> tuple[str, str]:
    """The numbers side by side in the order of the chart, which ranks nothing here, and in what their definitions differ."""
    filled = []
    first = as_dicts(rows[["place", "kind", *SHOWN]].head(4))
    for lang, name, comma in (("zh", metric.name_zh, "、"), ("en", metric.name_en, ", ")):
        said = zip(listed([row["place"] for row in first], lang), (with_kind(row, lang) for row in first), strict=True)
        values = [("" if lang == "zh" else " ").join(pair) for pair in said]
        values += ["…"] * (len(rows) > 4)
        filled.append(
            {"metric": name, "n": len(rows), "values": comma.join(values), "codes": comma.join(word("code", each, lang) for each in codes)}
        )
    return both(code, *filled)


def shown(row: Mapping, lang: str) -> str:
    """Operator, number and unit of a statement: '≥98.5%'."""
    value_max = row["value_max_exact"] if isinstance(row["value_max_exact"], str) else None
    return amount(row["comparator"], row["value_exact"], value_max, row["unit"], lang)


def with_kind(row: Mapping, lang: str) -> str:
    """The same; a value that was observed says so."""
    value = shown(row, lang)
    return say("title.observed", lang, value=value, kind=word("kind", row["kind"], lang)) if row["kind"] == "baseline" else value
