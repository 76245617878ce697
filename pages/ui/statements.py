"""One statement as the pages write and draw it: its mark, its label, the small line under a place, its baseline, its higher level.

A row is a dict with the columns of analytics.compare rows.
"""
from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd

from analytics.messages import amount
from analytics.terms import load_vocabulary
from pages.ui import figures, html, numbers
from pages.ui.frame import View


def mark(view: View, row: Mapping, how: str) -> figures.Mark:
    """A row as it is drawn."""
    text = shown_as(view, row, how)
    place = view.place(row["place"])
    hover = f"<b>{html.esc(place)} {html.esc(text)}</b><br>{figures.wrap(row['quote'])}<br>{html.esc(row['title'])}"
    known = how == "value" and pd.notna(row["baseline_value"])
    return figures.Mark(key=row["indicator_id"], name=place, note=note(view, row), value=float(row["shown"]), label=text, hover=hover,
                        colour=view.data.colours[row["place"]], comparator=row["comparator"], hedge=bool(row["hedge"]), observed=row["kind"] == "baseline",
                        value_max=float(row["value_max"]) if how == "value" and pd.notna(row["value_max"]) else None,
                        baseline=float(row["baseline_value"]) if known else None,
                        baseline_label=view.t("compare.baseline_at", year=whole(row["baseline_year"]), value=baseline(view, row)) if known else "",
                        faded=bool(row["faded"]))


def shown_as(view: View, row: Mapping, how: str) -> str:
    """The label of a mark: the plan's number, or the computed one with at most two decimals."""
    if how == "value":
        return numbers.amount(row, view.t)
    text = f"{row['shown']:.{2 if abs(row['shown']) < 100 else 1}f}"
    return amount(row["comparator"], text.rstrip("0").rstrip("."), None, "", view.lang)


def note(view: View, row: Mapping) -> str:
    """Year, what differs, status: the small line under a place."""
    year = whole(row["year"])
    parts = [year if row["kind"] == "target" else f"{year} {view.word('kind', row['kind'])}".strip(), facets(row["facets"], view.lang)]
    if row["status"] not in ("issued", "unknown"):
        parts.append(view.word("status", row["status"]))
    return " · ".join(part for part in parts if part)


def facets(text: str | None, lang: str = "zh") -> str:
    """The values of `method=风险监测;scope=主要农产品`, in English where the vocabulary has them."""
    values = [pair.partition("=")[2] for pair in (text or "").split(";") if "=" in pair]
    return " ".join(values if lang == "zh" else [" + ".join(english().get(one, one) for one in value.split("+")) for value in values])


@cache
def english() -> dict[str, str]:
    """Facet value -> English, from the vocabulary."""
    return {term.value: term.value_en for term in load_vocabulary().classes.values() if term.value and term.value_en}


def whole(value: object) -> str:
    """A year, or nothing."""
    return "" if pd.isna(value) else str(int(value))


def baseline(view: View, row: Mapping) -> str:
    """The baseline as written."""
    return amount(row["baseline_comparator"], row["baseline_exact"], None, row["baseline_unit"], view.lang)


def region(view: View, name: str) -> str:
    """A province in the language of the view."""
    return view.t.of("region", name)


def upper(view: View, row: Mapping, better: str) -> str:
    """How the target stands to the province's for the same year, else to the nation's; 不适用 where neither has one."""
    for scope in ("province", "nation"):
        if pd.notna(row[f"{scope}_value"]):
            side = "equal" if row["value"] == row[f"{scope}_value"] else "above" if row["value"] > row[f"{scope}_value"] else "below"
            text = amount(row[f"{scope}_comparator"], row[f"{scope}_exact"], None, row[f"{scope}_unit"], view.lang)
            return view.t(f"upper.{side}", region=region(view, row[f"{scope}_region"]), value=text)
    return view.t("missing.not_applicable")
