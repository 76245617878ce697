"""The finding of a comparison in a sentence, from its rows alone: who is highest and lowest of what may be ranked, else the numbers side by
side in the order of the chart.

    title(metric, rows, verdict)    # (Chinese, English); rows of analytics.compare with `comparable`
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analytics import comparability
from analytics import registry as registries
from analytics.messages import amount, both, listing, say, word
from analytics.places import listed

SHOWN = ["comparator", "value_exact", "value_max_exact", "unit"]


def title(metric: registries.Metric, rows: pd.DataFrame, verdict: comparability.Verdict | None) -> tuple[str, str]:
    """The finding in a sentence, Chinese and English, from the rows alone."""
    if rows.empty or verdict is None:
        return both("title.none", {"metric": metric.name_zh}, {"metric": metric.name_en})
    peers = rows.loc[rows["comparable"], ["place", "kind", "value", *SHOWN]]
    if len(rows) == 1:
        return _sentence("title.one", name_of(metric, rows), {}, {"place": named(rows["place"])}, value=rows.iloc[0])
    if len(peers) < 2:
        code = "title.incomparable" if verdict.verdict == "incomparable" else "title.conditional"
        return _with_codes(code, metric, rows, verdict.codes)
    names = name_of(metric, peers)
    part = "part" if len(peers) < len(rows) else ""
    counts = {"n": len(peers), "total": len(rows)}
    if peers["value"].nunique() == 1:
        return _sentence(f"title.{part + '_' if part else ''}same", names, counts, value=peers.iloc[0])
    high, low = peers.loc[peers["value"].idxmax()], peers.loc[peers["value"].idxmin()]
    strict = metric.better == "lower"
    code = {(True, True): "part_strict", (True, False): "part", (False, True): "strictest", (False, False): "highest"}[bool(part), strict]
    ends = {name: named(peers.loc[peers["value"] == row["value"], "place"]) for name, row in (("top", high), ("bottom", low))}
    return _sentence(f"title.{code}", names, counts, ends, high=high, low=low)


def named(places: pd.Series) -> dict[str, str]:
    """Places in a row in either language, the first two by name."""
    rest = [""] * (len(places) - 2)
    return {lang: listing([*listed(places.head(2), lang), *rest], lang, 2) for lang in ("zh", "en")}


def name_of(metric: registries.Metric, rows: pd.DataFrame) -> dict[str, str]:
    """The name of the metric in either language; where all its numbers were observed it says so."""
    names = {"zh": metric.name_zh, "en": metric.name_en}
    if not rows["kind"].eq("baseline").all():
        return names
    return {lang: say("title.all_observed", lang, metric=name, kind=word("kind", "baseline", lang)) for lang, name in names.items()}


def _sentence(code: str, names: dict[str, str], plain: dict, named: dict | None = None, **amounts: pd.Series) -> tuple[str, str]:
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
    first = rows[["place", "kind", *SHOWN]].head(4)
    for lang, name, comma in (("zh", metric.name_zh, "、"), ("en", metric.name_en, ", ")):
        said = zip(listed(first["place"], lang), (with_kind(row, lang) for _, row in first.iterrows()), strict=True)
        values = [("" if lang == "zh" else " ").join(pair) for pair in said]
        values += ["…"] * (len(rows) > 4)
        filled.append(
            {"metric": name, "n": len(rows), "values": comma.join(values), "codes": comma.join(word("code", each, lang) for each in codes)}
        )
    return both(code, *filled)


def shown(row: pd.Series, lang: str) -> str:
    """Operator, number and unit of a statement: '≥98.5%'."""
    value_max = row["value_max_exact"] if isinstance(row["value_max_exact"], str) else None
    return amount(row["comparator"], row["value_exact"], value_max, row["unit"], lang)


def with_kind(row: pd.Series, lang: str) -> str:
    """The same; a value that was observed says so."""
    value = shown(row, lang)
    return say("title.observed", lang, value=value, kind=word("kind", row["kind"], lang)) if row["kind"] == "baseline" else value
