"""Accuracy on Data and methods: figures for every plan that people annotated, and each difference with its sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from analytics.accuracy import Accuracy, accuracy
from analytics.messages import OPERATORS
from etl.score import FIELDS, EvaluationError, Miss, Score
from pages.ui import data, evidence, faults, html, statements
from pages.ui.frame import View
from pages.ui.kept import kept

NAMED = 6
COLUMNS = ("found", "false", "precision", "recall", "strict", "goals")


def known() -> Accuracy | EvaluationError:
    """The accuracy of the build at hand, or why an annotation cannot be used."""
    return _known(*data.key())


@kept(2)
def _known(path: str, build_id: str) -> Accuracy | EvaluationError:
    try:
        return accuracy(data.open_store(path))
    except EvaluationError as error:
        return error


def show(view: View) -> None:
    """The finding as the heading, the figures, the differences, and what is not known."""
    t, found = view.t, known()
    if isinstance(found, EvaluationError):
        st.header(t("view_methods.accuracy"), anchor="accuracy")
        st.warning(t("view_methods.accuracy_fault"), icon=":material/rule:")
        st.html(faults.details(t, found))
        return
    total = found.total
    if not found.scores:
        st.header(t("view_methods.accuracy"), anchor="accuracy")
        st.write(t("view_methods.accuracy_none"))
    else:
        counts = {"found": f"{total.found:,}", "required": f"{total.required:,}"}
        title = (
            t("view_methods.accuracy_title", **counts, false=f"{total.false:,}")
            if total.false
            else t("view_methods.accuracy_clean", **counts)
        )
        st.header(title, anchor="accuracy")
        st.write(t("view_methods.accuracy_text"))
        st.html(view.data.once(("accuracy", view.lang), lambda: figures(view, found)))
        fields(view, found)
        differences(view, found)
    if found.unmeasured:
        content = view.data.once(
            ("unmeasured", view.lang), lambda: "".join(unmeasured(view, found, why) for why in ("no_gold", "other_text"))
        )
        st.html(content)


def figures(view: View, found: Accuracy) -> str:
    """One row a plan and one for all together; what each figure means stands below."""
    return rows(view, found, COLUMNS, figure, view.t("view_methods.accuracy")) + meanings(view)


def fields(view: View, found: Accuracy) -> None:
    """For each plan the share of found statements that are right in each field, folded away."""
    title = view.t("view_methods.fields")
    with st.expander(title):
        notes = html.small(html.esc(view.t("view_methods.fields_text")))
        st.html(view.data.once(("fields", view.lang), lambda: notes + rows(view, found, FIELDS, field, title)))


def rows(view: View, found: Accuracy, names: Sequence[str], told: Callable[[Score, str], str], caption: str) -> str:
    """A table of figures: a row a plan, and one for all together where there are several."""
    t = view.t
    cells = [[plan(view, score.name), *(html.esc(told(score, name)) for name in names)] for score in found.scores]
    if len(cells) > 1:
        cells.append([html.esc(t("view_methods.pooled")), *(html.el("strong", html.esc(told(found.total, name))) for name in names)])
    heads = [t("column.plan"), *(t(f"view_methods.figure.{name}") for name in names)]
    return html.table(heads, cells, numeric=range(1, len(heads)), caption=caption)


def figure(score: Score, name: str) -> str:
    """One figure of a plan, or of all, as text."""
    counts = {"found": (score.found, score.required), "goals": (score.goals_found, score.goals)}
    if name in counts:
        return "{:,} / {:,}".format(*counts[name]) if counts[name][1] else ""
    return f"{score.false:,}" if name == "false" else share(score.strict_f1 if name == "strict" else getattr(score, name))


def field(score: Score, name: str) -> str:
    """The share right in one field as text."""
    return share(score.share(name))


def meanings(view: View) -> str:
    """What each figure says, in a line each."""
    t = view.t
    lines = "".join(
        html.el("dt", html.esc(t(f"view_methods.figure.{name}")), "font-weight:600;white-space:nowrap;padding:0")
        + html.el("dd", html.esc(t(f"view_methods.figure_text.{name}")), "margin:0;padding:0")
        for name in COLUMNS
    )
    grid = "display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:.8rem 0 0;padding:0"
    return html.el("dl", lines, f"{grid};font-size:.86rem;line-height:1.5;{html.SOFT}")


def share(value: float) -> str:
    """A share with one decimal, cut and never rounded up: 99.96 % is not 100 %."""
    cut = math.floor(value * 1000 + 1e-9) / 10
    return f"{cut:.0f}%" if cut == 100 else f"{cut:.1f}%"


def plan(view: View, plan_id: str) -> str:
    """A plan as the head of a row: its place with the colour, and its period."""
    found = view.data.plans.loc[view.data.plans["plan_id"] == plan_id].iloc[0]
    return view.dotted(found["place"]) + " " + html.soft(period(found))


def period(row: Mapping) -> str:
    """First and last year of a plan, as far as they are known."""
    return "–".join(year for year in map(statements.whole, (row["horizon_start"], row["horizon_end"])) if year)


def differences(view: View, found: Accuracy) -> None:
    """Every difference: what was annotated, what was read, and the sentence with the way into its plan."""
    title, content = view.data.once(("differences", view.lang), lambda: told(view, found))
    if not content:
        st.write(view.t("view_methods.misses_none"))
        return
    with st.expander(title):
        st.html(content)


def told(view: View, found: Accuracy) -> tuple[str, str]:
    """How many differences there are, and those as HTML; "" for none."""
    t, pairs = view.t, [(score.name, miss) for score in found.scores for miss in score.differences]
    title = t("view_methods.misses", n=len(pairs))
    heads = [t("column.plan"), *(t(f"view_methods.column.{name}") for name in ("what", "expected", "got", "sentence"))]
    return title, html.table(heads, [difference(view, *pair) for pair in pairs], caption=title) if pairs else ""


def difference(view: View, plan_id: str, miss: Miss) -> list[str]:
    """One difference as cells."""
    t, source = view.t, miss.gold or miss.found or {}
    names = t.join([t(f"view_methods.figure.{name}") for name in miss.fields])
    what = t("view_methods.miss_wrong", fields=names) if miss.kind == "wrong" else t(f"view_methods.miss_{miss.kind}")
    address = evidence.source_address(
        view, {"plan_id": plan_id, "indicator_id": (miss.found or {}).get("indicator_id", ""), "quote": source["quote"]}
    )
    sentence = html.el("span", html.link(address, " ".join(source["quote"].split())), lang="zh-CN")
    return [plan(view, plan_id), html.esc(what), side(view, miss.gold, miss), side(view, miss.found, miss), sentence]


def side(view: View, row: Mapping | None, miss: Miss) -> str:
    """What one side says: the fields that differ, or the whole statement where the other side has none."""
    if row is None:
        return html.soft(view.t("view_methods.nothing"))
    if miss.kind == "wrong":
        return "<br>".join(word(view, name, row.get(name)) for name in miss.fields)
    return html.chinese(" ".join(str(row[name]) for name in ("value_text", "indicator") if row.get(name)) or row["quote"])


def word(view: View, name: str, value: object) -> str:
    """The value of a field as the pages write it."""
    if value in (None, ""):
        return html.soft(view.t("view_methods.nothing"))
    if name in ("kind", "flow"):
        return html.esc(view.word(name, str(value)))
    if name == "domain":
        return html.esc(view.t.of("domain_short", str(value)))
    if name == "comparator":
        return html.esc(OPERATORS.get(str(value)) or {"eq": "=", "range": "—"}.get(str(value), str(value)))
    return html.chinese(str(value))


def unmeasured(view: View, found: Accuracy, why: str) -> str:
    """The plans that nothing is known of for one reason; the first of them by name."""
    plans = [plan_id for plan_id, reason in found.unmeasured.items() if reason == why]
    if not plans:
        return ""
    titles = view.t("list.semicolon").join(view.data.titles[view.lang].get(one, one) for one in plans[:NAMED])
    more = view.t("view_methods.titles_more") if len(plans) > NAMED else ""
    return html.small(html.esc(view.t(f"view_methods.unmeasured_{why}", n=len(plans), titles=titles + more)))
