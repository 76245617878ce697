"""Statements that stand for places as the rows of a chart: the columns PLOTTED, with what is drawn and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics import messages
from analytics import registry as registries
from analytics.export.common import text, word
from analytics.export.sources import Sources
from analytics.export.view import PLOTTED, filled, label
from analytics.frames import as_dicts
from analytics.measures import measure_label, measured
from analytics.places import shown
from analytics.stated import written


def plotted(rows: pd.DataFrame, book: Sources, names: Mapping[str, str], lang: str, measure: str = "value") -> pd.DataFrame:
    """The columns PLOTTED (and baseline_plotted) of statements that stand for places, in their order."""
    if rows.empty:
        rows = rows.assign(verdict="", ranked=False, value=rows["value"].astype(float))
    known = [book.rows[each] for each in rows["indicator_id"]]
    facts = rows.assign(value_text=[row["value_text"] for row in known])
    before = baseline_parts(rows, book)
    out = pd.DataFrame(
        {
            "place": shown(rows["place"], lang),
            "metric": rows["metric_id"].map(names),
            "metric_id": rows["metric_id"],
            "indicator": rows["indicator"],
            "state": text("state.number", lang),
            "label": labels(facts, lang, measure),
            "plotted": measured(rows, measure),
            "plotted_max": rows["value_max"] if measure == "value" else None,
            **{name: rows[name] for name in ("comparator", "value_exact", "value_max_exact", "unit", "year", "ranked")},
            "also": [text("draft.comma", lang).join(written(one, lang) for one in each) for each in rows["also"]],
            "kind": rows["kind"].map(lambda kind: messages.word("kind", kind, lang)),
            "hedge": rows["hedge"].astype(bool),
            "status": rows["status"].map(lambda status: messages.word("status", status, lang)),
            "plan_level": [plan_level(code, lang) for code in rows["level"]],
            "verdict": [verdict_word(*pair, lang) for pair in zip(rows["verdict"], rows["kind"], strict=True)],
            "facets": rows["facets"].map(lambda facets: facet_words(facets, lang)),
            "baseline_label": [label(row, lang) for row in before],
            **{name: rows[name] for name in ("baseline_exact", "baseline_comparator", "baseline_unit", "baseline_year")},
            **{name: [row[name] for row in known] for name in ("plan_id", "title", "section", "page", "sentence")},
            "cite": [f"[{book.cite(each)}]" for each in rows["indicator_id"]],
            "indicator_id": rows["indicator_id"],
            "baseline_id": rows["baseline_id"],
        }
    )
    out["cite"] += ["".join(f"[{book.cite(one['indicator_id'])}]" for one in each) for each in rows["also"]]
    out["cite"] += [f"[{book.cite(each)}]" if filled(each) else "" for each in rows["baseline_id"]]
    out["baseline_plotted"] = rows["baseline_value"].where(rows["baseline_unit"] == rows["unit"]) if measure == "value" else None
    return out.reset_index(drop=True).astype({"baseline_plotted": float, "plotted_max": float, "page": "Int64"})[
        [*PLOTTED, "baseline_plotted"]
    ]


def plan_level(code: str, lang: str) -> str:
    """What a plan is that is not of a city, in words."""
    return "" if code == "prefecture" else messages.word("plan_level", code, lang)


def verdict_word(verdict: str, kind: str, lang: str) -> str:
    """The verdict on a row in words; what was observed is no target and is never called comparable with targets."""
    return messages.word("kind", kind, lang) if kind == "baseline" and verdict != "incomparable" else word("verdict", verdict, lang)


def baseline_parts(rows: pd.DataFrame, book: Sources) -> list[dict[str, Any]]:
    """What `label` needs of the baselines."""
    return [
        {
            "comparator": row["baseline_comparator"],
            "value_exact": row["baseline_exact"],
            "unit": row["baseline_unit"],
            "value_text": book.rows[row["baseline_id"]]["value_text"] if filled(row["baseline_id"]) else "",
        }
        for row in as_dicts(rows)
    ]


def labels(rows: pd.DataFrame, lang: str, measure: str) -> list[str]:
    """How each mark is written; a computed number stands before the plan's own."""
    own = [label(row, lang) for row in as_dicts(rows)]
    if measure == "value":
        return own
    return [
        f"{measure_label(comparator, value, unit, measure, lang)} ({plan})"
        for comparator, value, unit, plan in zip(rows["comparator"], measured(rows, measure), rows["unit"], own, strict=True)
    ]


def facet_words(facets: Any, lang: str) -> str:
    """method=抽检;scope=重点 as 方法:抽检;范围:重点."""
    pairs = [pair.split("=", 1) for pair in str(facets).split(";") if "=" in pair] if filled(facets) else []
    return text("draft.semicolon", lang).join(
        text(
            "foot.other",
            lang,
            name=messages.word("code", name, lang),
            value=value if lang == "zh" else registries.load().vocabulary.translate(value),
        )
        for name, value in pairs
    )
