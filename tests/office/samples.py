"""Views and briefings of every kind, made from the real database, and those that it does not happen to hold: a range, many places, none."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analytics import export
from analytics.export.view import View
from analytics.store import Store

MANY = 60
CHARTS = (
    *("dot", "dot_en", "bars", "per_capita", "dumbbell", "dumbbell_en"),
    *("unlike", "one", "range", "many_dots", "many_bars", "many_dumbbells"),
)
TABLES = ("matrix", "matrix_en", "statements", "findings", "cascade", "empty")


def views(store: Store) -> dict[str, View]:
    """Every kind of view by name."""
    marks = "ip.registered_trademarks"
    found = {
        "dot": export.compare_view(store, "product.industrial_spot_check_pass_rate"),
        "dot_en": export.compare_view(store, "product.industrial_spot_check_pass_rate", lang="en"),
        "bars": export.compare_view(store, marks, chart="bars"),
        "per_capita": export.compare_view(store, marks, chart="bars", measure="per"),
        "dumbbell": export.compare_view(store, marks, chart="dumbbell"),
        "dumbbell_en": export.compare_view(store, marks, chart="dumbbell", lang="en"),
        "unlike": export.compare_view(store, "management.chief_quality_officers"),
        "one": export.compare_view(store, marks, places=["日照市"]),
        "empty": export.compare_view(store, "food.food_pass_rate", places=["衡阳市"], year=2016),
        "matrix": export.domain_view(store, "food"),
        "matrix_en": export.domain_view(store, "product", lang="en"),
        "statements": export.statements_view(store, {"place": ["泉州市"]}),
        "findings": export.findings_view(store),
        "cascade": export.cascade_view(store, lang="en"),
    }
    found["range"] = ranged(found["dot"])
    found |= {f"many_{name}": repeated(found[kind]) for name, kind in (("dots", "dot"), ("bars", "bars"), ("dumbbells", "dumbbell"))}
    return found


def repeated(view: View) -> View:
    """The view with its places over and over under other names, MANY of them."""
    rows = [view.frame.assign(place=view.frame["place"] + str(turn)) for turn in range(MANY)]
    return replace(view, frame=pd.concat(rows, ignore_index=True).head(MANY))


def ranged(view: View) -> View:
    """The view with a range of two in its first row."""
    first = [True] + [False] * (len(view.frame) - 1)
    high = view.frame["plotted"].where(first) + 2
    return replace(
        view,
        frame=view.frame.assign(
            comparator=view.frame["comparator"].mask(first, "range"),
            plotted_max=high,
            value_max_exact=high.map("{:g}".format).where(first, None),
        ),
    )


def briefing(store: Store, lang: str, remark: str = "") -> export.Made:
    """A whole briefing in a language, with every kind of item."""
    items = (
        export.Item("compare", {"metric": "product.industrial_spot_check_pass_rate"}, remark=remark),
        export.Item("compare", {"metric": "ip.registered_trademarks", "chart": "dumbbell"}),
        export.Item("compare", {"metric": "ip.registered_trademarks", "chart": "bars"}),
        export.Item("compare", {"metric": "ip.registered_trademarks", "places": ["日照市"]}),
        export.Item("domain", {"domain": "food"}),
        export.Item("findings"),
        export.Item("statements", {"domain": "food", "places": ["日照市"]}),
    )
    title = "质量目标对比" if lang == "zh" else "Quality targets"
    return export.build(store, export.Briefing(title=title, lang=lang, date="2026-11-22", items=items))
