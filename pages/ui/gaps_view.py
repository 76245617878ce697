"""The parts of Gaps and ambition: city against province and nation, what stands out, and ambition as an interval or a refusal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics.ambition import Ambition
from analytics.cascade import RELATIONS
from analytics.frames import as_dicts
from analytics.messages import amount
from analytics.narrowing import of_cascade
from analytics.reference import CITED, cited
from pages.ui import cards, controls, data, evidence, exports, figures, html, passages, statements
from pages.ui.drawing import Drawing
from pages.ui.frame import View, apart, footer, head, scope_of, scoped
from pages.ui.state import address as to
from pages.ui.toolbar import toolbar

ROWS, CARDS, PLACES = 60, 60, 30
WHOLE = "word-break:keep-all"  # a name or an amount is not broken between Chinese characters


def rows(view: View) -> pd.DataFrame:
    """The cascade under the filters of the frame."""
    state = view.state
    return view.once(
        "cascade rows",
        lambda: of_cascade(
            data.store(), data.of_domain(data.cascade(view.scope()), state.domain), state.kind, state.horizon, state.q
        ),
    )


def heading(view: View, found: pd.DataFrame) -> None:
    """How the targets stand to the levels above."""
    if found.empty:
        head(view.t("view_gaps.title_none"), "")
        scoped(view)
        return
    numbers = dict(view.once("relations", lambda: tuple((name, int((found["relation"] == name).sum())) for name in RELATIONS)))
    beyond = numbers.pop("not_comparable")
    later = view.once("later", lambda: int(found["later"].sum()))
    subtitle = view.t("view_gaps.subtitle", not_comparable=beyond) + (view.t("view_gaps.later", later=later) if later else "")
    head(view.t("view_gaps.title", **numbers), subtitle)
    scoped(view)


def counts(view: View, found: pd.DataFrame) -> None:
    """Places × relations: how many."""
    t = view.t
    if found.empty:
        st.info(t("view_gaps.none"), icon=":material/filter_alt_off:")
        return
    st.html(view.once("relation counts", lambda: count_table(view, found)))


def count_table(view: View, found: pd.DataFrame) -> str:
    """The counts as HTML."""
    t, table = view.t, found.groupby(["place", "relation"]).size().to_dict()
    most = max(table.values())
    present = set(found["place"])
    places = [place for place in view.places() if place in present][:PLACES]
    body = [
        (
            view.dotted(place),
            [
                (str(table[place, name]), table[place, name] / most) if (place, name) in table else (html.soft("—"), None)
                for name in RELATIONS
            ],
        )
        for place in places
    ]
    heads = [html.relation(name, t(f"relation.{name}")) for name in RELATIONS]
    return html.grid(heads, body, t("view_gaps.counts"), wide=7, colours=[html.RELATIONS[name][1] for name in RELATIONS])


def cascade(view: View, found: pd.DataFrame) -> None:
    """Each target beside the target above it, the gravest first."""
    t = view.t
    if found.empty:
        return
    controls.several(
        view.state,
        "relation",
        t("view_gaps.relation"),
        RELATIONS,
        lambda name: f"{html.RELATIONS[name][0]} {t('relation.' + name)}",
        t("filter.all"),
        at="main",
    )
    content, shown, total, sources = view.once("cascade", lambda: table(view, found))
    st.html(content)
    controls.pages(view.state, total, ROWS)
    state = scope_of(view)
    toolbar(
        view,
        exports.item(
            "cascade", state, domain=state.domain, relations=list(state.relation), words=state.q, **exports.narrowing(state)
        ),
        t("view_gaps.table"),
        "cascade",
    )
    footer(view, sources, [t("view_gaps.note")], shown, total, unit="statements")


def table(view: View, found: pd.DataFrame) -> tuple[str, int, int, tuple[str, ...]]:
    """The targets of one page as HTML, how many they are, of how many, and the documents above. What a plan could not know goes last among
    its like."""
    t = view.t
    chosen = found[found["relation"].isin(view.state.relation)] if view.state.relation else found
    rank = {name: at for at, name in enumerate(("below", "omitted", "above", "equal", "not_comparable"))}
    chosen = chosen.assign(rank=chosen["relation"].map(rank)).sort_values(["rank", "later", "metric_id", "place", "scope"], kind="stable")
    shown = controls.on_page(view.state, chosen, ROWS)
    known, rows = passages.records(shown["indicator_id"].dropna()), as_dicts(shown)
    heads = [t(f"column.{name}") for name in ("place", "metric", "target", "upper_target", "relation", "gap", "document")]
    content = html.table(
        heads,
        [cells(view, row, known, at) for at, row in enumerate(rows)],
        numeric=(2, 3),
        caption=t("view_gaps.table"),
        wrap=True,
    )
    return content, len(shown), len(chosen), tuple(sorted({document(view, row) for row in rows}))


def cells(view: View, row: Mapping, known: Mapping, at: int) -> list[str]:
    """One line of the cascade."""
    t = view.t
    address = to("compare", view.state, metric=row["metric_id"], place=(), domain="", q="")
    own = (
        evidence.number(view, known[row["indicator_id"]], prefix=f"g{at}")
        if row["indicator_id"] in known
        else html.soft(t("missing.absent"))
    )
    above = (
        html.soft(f"{statements.region(view, row['reference_region'])} {statements.whole(row['reference_year'])}")
        + "<br>"
        + html.esc(amount(row["reference_comparator"], row["reference_exact"], None, row["reference_unit"], view.lang))
    )
    codes = row[f"codes_{view.lang}"] if isinstance(row[f"codes_{view.lang}"], str) else ""
    relation = html.relation(row["relation"], t(f"relation.{row['relation']}"))
    relation += f"<br>{html.soft(codes)}" if codes else ""
    return [
        html.el("span", view.dotted(row["place"]), f"{WHOLE};display:inline-block;min-width:6.5em"),
        html.link(address, row[f"metric_{view.lang}"]),
        own,
        above,
        relation,
        html.el("span", html.esc(difference(view, row)), WHOLE),
        html.soft(document(view, row)),
    ]


def document(view: View, row: Mapping) -> str:
    """The document above, with who issued it and when."""
    return cited(*(row[f"reference_{name}"] for name in CITED), view.lang)


def difference(view: View, row: Mapping) -> str:
    """Own target less the one above, in percentage points for shares; nothing where they cannot be compared."""
    if pd.isna(row["gap"]) or row["relation"] not in ("below", "equal", "above"):
        return "—"
    text = f"{abs(row['gap']):.4f}".rstrip("0").rstrip(".")
    sign = "+" if row["gap"] > 0 else "−" if row["gap"] < 0 else ""
    return sign + amount("eq", text, None, "个百分点" if row["unit"] == "%" else row["unit"], view.lang)


def findings(view: View) -> None:
    """Everything that a reader should be told first."""
    found = cards.chosen(view)
    st.header(view.t("view_gaps.findings", n=len(found)), anchor=False)
    if found.empty:
        st.html(html.small(html.esc(view.t("view_gaps.no_findings"))))
    else:
        cards.show(view, found, CARDS, "f")


def ambition(view: View) -> None:
    """Intervals of ambition on one axis from 0 to 1; a place with too much missing gets its reason instead."""
    t, found = view.t, data.ambition()
    st.header(t("view_gaps.ambition"), anchor=False)
    apart(view, "ambition", "domain", "kind", "horizon", "q")
    figure, described, refused, shown, total, sources = view.once("ambition", lambda: drawn(view, found.rows))
    if figure is not None:
        st.plotly_chart(figure, key="ambition", config=figures.CONFIG, alt=described)
    if refused:
        st.html(refused)
    toolbar(view, exports.item("ambition", scope_of(view)), t("view_gaps.ambition"), "ambition")
    with st.expander(t("view_gaps.weights", n=len(found.weights))):
        st.html(view.once("weights", lambda: weights(view, found)))
    footer(view, sources, [t("view_gaps.ambition_note", limit=f"{found.missing_limit:.0%}", spread=f"{found.spread:.0%}")], shown, total)


def drawn(view: View, rows: pd.DataFrame) -> tuple[Drawing | None, str, str, int, int, tuple[str, ...]]:
    """The chart and the same in words, the refusals as HTML, how many places are drawn, of how many, and the plans of all of them."""
    t, places = view.t, view.scope()
    rows = data.of_places(rows, places)
    given = rows[~rows["refused"]].sort_values("high", ascending=False).head(PLACES)
    marks = [interval(view, row) for row in as_dicts(given)]
    ticks = [0, 0.25, 0.5, 0.75, 1]
    figure = Drawing(figures.dot_plot(marks, [], ticks, [f"{tick:g}" for tick in ticks], (-0.05, 1.08), row_height=50)) if marks else None
    described = t("list.semicolon").join(f"{one.name} {one.label}" for one in marks)
    refused = rows[rows["refused"]].head(PLACES)
    plans = view.data.plans
    sources = statements.sources(view, plans.loc[plans["place"].isin(rows["place"]), "plan_id"])
    described = t("compare.alt", title=t("view_gaps.ambition"), rows=described)
    return figure, described, refusals(view, refused), len(given), len(rows), sources


def refusals(view: View, refused: pd.DataFrame) -> str:
    """The places that get a reason instead of an interval, as HTML; "" for none."""
    if refused.empty:
        return ""
    lines = "".join(html.el("li", html.esc(text)) for text in refused[f"reason_{view.lang}"])
    content = html.el("strong", html.esc(view.t("view_gaps.refused", n=len(refused))))
    content += html.el("ul", lines, "margin:.3rem 0;padding-left:1.2rem")
    ground = "border-left:4px solid #85898F;background:color-mix(in srgb,currentColor 5%,transparent)"
    return html.el("div", content, f"{ground};padding:.4rem .9rem")


def interval(view: View, row: Mapping) -> figures.Mark:
    """A place's interval as a bar with its rank range."""
    label = f"{row['low']:.2f}—{row['high']:.2f}"
    ranks = view.t("view_gaps.ranks", low=statements.whole(row["rank_low"]), high=statements.whole(row["rank_high"]))
    return figures.Mark(
        key=row["place"],
        name=view.place(row["place"]),
        note=ranks,
        value=float(row["low"]),
        value_max=float(row["high"]),
        label=label,
        hover=f"{html.esc(view.place(row['place']))} {label}",
        colour=view.data.colours[row["place"]],
        comparator="range",
    )


def weights(view: View, found: Ambition) -> str:
    """The basket, open: weight and state of each metric in each place, as HTML."""
    t, places = view.t, view.places()[:10]
    parts = found.parts[found.parts["place"].isin(places)]
    state = {(row.metric_id, row.place): row.state for row in parts.itertuples()}
    body = [
        (
            html.esc(view.data.metric(metric, view.lang)),
            [(f"{weight:g}", None), *((html.soft(t("part." + state.get((metric, place), "missing"))), None) for place in places)],
        )
        for metric, weight in found.weights.items()
    ]
    heads = [html.esc(t("column.weight")), *(html.esc(view.place(place)) for place in places)]
    return html.grid(heads, body, t("view_gaps.weights", n=len(found.weights)), wide=5)
