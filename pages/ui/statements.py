"""One statement as the pages write and draw it: its mark, its label, the small line under a place, its baseline, its higher level.

A row is a dict with the columns of analytics.compare rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from analytics import registry
from analytics.measures import measure_label
from analytics.messages import amount, say, step
from analytics.reference import cited
from pages.ui import data, figures, html, numbers
from pages.ui.frame import View

NAMED = 10  # plans that a footer names


def mark(view: View, row: Mapping, how: str, brief: bool = False) -> figures.Mark:
    """A row as it is drawn; `brief` leaves out what differs, for small plots."""
    text = shown_as(view, row, how)
    place = view.place(row["place"])
    hover = f"<b>{html.esc(place)} {html.esc(text)}</b><br>{figures.wrap(row['quote'])}<br>{html.esc(row['title'])}"
    known = how == "value" and pd.notna(row["baseline_value"])
    return figures.Mark(
        key=row["indicator_id"],
        name=place,
        note=note(view, row, brief),
        value=float(row["shown"]),
        label=text,
        hover=hover,
        colour=view.data.colours[row["place"]],
        comparator=row["comparator"],
        hedge=bool(row["hedge"]),
        observed=row["kind"] == "baseline",
        value_max=float(row["value_max"]) if how == "value" and pd.notna(row["value_max"]) else None,
        baseline=float(row["baseline_value"]) if known else None,
        baseline_label=view.t("compare.baseline_at", year=whole(row["baseline_year"]), value=baseline_mark(view, row)) if known else "",
        faded=bool(row["faded"]),
        also=tuple(float(one["value_exact"]) for one in row["also"]) if how == "value" else (),
    )


def shown_as(view: View, row: Mapping, how: str) -> str:
    """The label of a mark: the plan's number, or the computed one."""
    if how == "value":
        return numbers.stated(row if short(row["unit"], view.lang) else bare(row), view.t)
    return measure_label(row["comparator"], row["shown"], row["unit"], how, view.lang)


def bare(row: Mapping) -> Mapping:
    """A statement, and what its plan says besides, without units."""
    return {**row, "unit": "", "also": [{**one, "unit": ""} for one in row.get("also") or []]}


def sources(view: View, plan_ids: Iterable[str]) -> tuple[str, ...]:
    """Some plans for a footer, each once; of many the first, and how many there are."""
    plans = list(dict.fromkeys(plan_ids))
    return (*(plan_words(view, one) for one in plans[:NAMED]), *([view.t("footer.more", n=len(plans))] if len(plans) > NAMED else []))


def plan_words(view: View, plan_id: str) -> str:
    """Title and status of a plan."""

    def found() -> str:
        plans = view.data.plans
        title, status = plans.loc[plans["plan_id"] == plan_id, ["title", "status"]].iloc[0]
        return view.t("footer.plan", title=title, status=view.word("status", status))

    return view.data.once(("plan for a footer", view.lang, plan_id), found)


def short(unit: str, lang: str) -> bool:
    """Whether a unit is short enough to stand at a mark; a long one stands in the subtitle alone."""
    return len(unit) <= (2 if lang == "zh" else 0) or unit in ("%", "‰")


def note(view: View, row: Mapping, brief: bool = False) -> str:
    """Year, what differs, status, level: the small line under a place."""
    year = whole(row["year"])
    parts = [
        year if row["kind"] == "target" else f"{year} {view.word('kind', row['kind'])}".strip(),
        "" if brief else facets(row["facets"], view.lang),
    ]
    if row["status"] != "issued":
        parts.append(view.word("status", row["status"]))
    parts.append(level(view, row["level"]))
    return " · ".join(part for part in parts if part)


def level(view: View, code: str) -> str:
    """What a plan is that is not of a city."""
    return "" if code == "prefecture" else view.word("plan_level", code)


def facets(text: str | None, lang: str = "zh") -> str:
    """The values of `method=风险监测;scope=主要农产品`, in English where the vocabulary has them."""
    values = [pair.partition("=")[2] for pair in (text or "").split(";") if "=" in pair]
    return " ".join(values if lang == "zh" else map(registry.load().vocabulary.translate, values))


def whole(value: object) -> str:
    """A year, or nothing."""
    return "" if pd.isna(value) else str(int(value))


def baseline(view: View, row: Mapping) -> str:
    """The baseline as written."""
    return amount(row["baseline_comparator"], row["baseline_exact"], None, row["baseline_unit"], view.lang)


def baseline_mark(view: View, row: Mapping) -> str:
    """The baseline as it stands at its mark: without a long unit."""
    return baseline(view, row if short(row["baseline_unit"], view.lang) else {**row, "baseline_unit": ""})


def region(view: View, name: str) -> str:
    """A province in the language of the view."""
    return view.t.of("region", name)


def upper(view: View, row: Mapping) -> str:
    """The province's target for the same year, else the nation's, and how this one stands to it by the rules of analytics.cascade, as HTML
    with the document to rest on; 不适用 where neither has one."""
    for scope in ("province", "nation"):
        if pd.notna(row[f"{scope}_value"]):
            relation = view.data.once(("relations", view.scope()), lambda: relations(view)).get((row["indicator_id"], scope))
            where = f"{region(view, row[f'{scope}_region'])} {benchmark(view, row, scope)}"
            told = html.relation(relation, view.t.of("relation", relation)) + "<br>" if relation else ""
            shown = told + html.el("span", html.esc(where), title=cited(row[f"{scope}_document"], row[f"{scope}_issuer"], "", view.lang))
            return shown + (f"<br>{html.soft(later(view, row, scope))}" if row[f"{scope}_later"] else "")
    return html.esc(view.t("missing.not_applicable"))


def relations(view: View) -> dict[tuple[str, str], str]:
    """(indicator_id, scope) -> relation, of the statements that stand for the places of the view."""
    rows = data.cascade(view.scope())
    return dict(zip(zip(rows["indicator_id"], rows["scope"], strict=True), rows["relation"], strict=True))


def later(view: View, row: Mapping, scope: str) -> str:
    """That the document above is later than the plan, in the words of Gaps and ambition."""
    return say("cascade.later", view.lang, above=row[f"{scope}_since"], own=f"{row['issued']:%Y-%m-%d}")


def benchmark(view: View, row: Mapping, scope: str) -> str:
    """The target of the nation or the province as written."""
    return amount(row[f"{scope}_comparator"], row[f"{scope}_exact"], None, row[f"{scope}_unit"], view.lang)


def pace(view: View, row: Mapping) -> str:
    """The yearly step from baseline to target, in percentage points for shares; "" where years are missing or the units differ."""
    if pd.isna(row["year"]) or pd.isna(row["baseline_year"]) or row["year"] <= row["baseline_year"] or row["unit"] != row["baseline_unit"]:
        return ""
    each = (row["value"] - row["baseline_value"]) / float(row["year"] - row["baseline_year"])
    sign = "−" if each < 0 else "+" if each else ""
    return sign + step(abs(each), row["unit"] if short(row["unit"], view.lang) else "", view.lang)
