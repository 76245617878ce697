"""The finding of a comparison in a sentence, from its rows alone: who is highest and lowest of what may be ranked, else the numbers side by
side in the order of the chart.

    title(metric, rows, verdict)    # (Chinese, English); rows of analytics.compare with `comparable`
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    found = rows[["place", "kind", "value", "comparable", *SHOWN]].to_dict("records")
    peers = [row for row in found if row["comparable"]]
    if len(found) == 1:
        return _sentence("title.one", name_of(metric, found), {}, {"place": named(found)}, value=found[0])
    if len(peers) < 2:
        code = "title.incomparable" if verdict.verdict == "incomparable" else "title.conditional"
        return _with_codes(code, metric, found, verdict.codes)
    names = name_of(metric, peers)
    part = "part" if len(peers) < len(found) else ""
    counts = {"n": len(peers), "total": len(found)}
    high, low = (most(peers, key=lambda row: row["value"]) for most in (max, min))
    if high["value"] == low["value"]:
        return _sentence(f"title.{part + '_' if part else ''}same", names, counts, value=peers[0])
    strict = metric.better == "lower"
    code = {(True, True): "part_strict", (True, False): "part", (False, True): "strictest", (False, False): "highest"}[bool(part), strict]
    ends = {
        name: named([row for row in peers if row["value"] == end["value"]]) for name, end in (("top", high), ("bottom", low))
    }
    return _sentence(f"title.{code}", names, counts, ends, high=high, low=low)


def named(rows: Sequence[Mapping]) -> dict[str, str]:
    """Their places in a row in either language, the first two by name."""
    places, rest = [row["place"] for row in rows[:2]], [""] * (len(rows) - 2)
    return {lang: listing([*listed(places, lang), *rest], lang, 2) for lang in ("zh", "en")}


def name_of(metric: registries.Metric, rows: Sequence[Mapping]) -> dict[str, str]:
    """The name of the metric in either language; where all its numbers were observed it says so."""
    names = {"zh": metric.name_zh, "en": metric.name_en}
    if any(row["kind"] != "baseline" for row in rows):
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


def _with_codes(code: str, metric: registries.Metric, rows: Sequence[Mapping], codes: Iterable[str]) -> tuple[str, str]:
    """The numbers side by side in the order of the chart, which ranks nothing here, and in what their definitions differ."""
    filled = []
    first = rows[:4]
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
