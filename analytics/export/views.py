"""Views of what the analyses find, ready for `render`: each is made from the database by the same functions that the pages use.

compare_view(store, "food.food_pass_rate", chart="dot", places=["日照市"], year=2025, lang="zh")
comparison_view(store, found, rows, ...)          # from a Comparison at hand and the rows that are shown of it
domain_view(store, "food"), statements_view(store, {"domain": "food"}), cascade_view(store), findings_view(store)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analytics import messages
from analytics import registry as registries
from analytics.compare import PAGE_ROWS, Comparison, compare, drawn, headline, narrow, references
from analytics.coverage import coverage
from analytics.export import sentences
from analytics.export.common import ExportError, refuse, text, word
from analytics.export.rows import plotted
from analytics.export.sources import Sources, reference_label
from analytics.export.view import CHARTS, Line, View, filled
from analytics.matrices import judged, matrix
from analytics.measures import MEASURES, measured
from analytics.narrowing import of_statements
from analytics.places import listed, shown
from analytics.store import Store

COMPARE_COLUMNS = ("place", "label", "year", "kind", "status", "facets", "verdict", "baseline_label", "cite")


def compare_view(
    store: Store,
    metric_id: str,
    *,
    chart: str = "dot",
    places: Iterable[str] | None = None,
    kinds: Sequence[str] = (),
    horizons: Sequence[int | str] = (),
    year: int | None = None,
    lang: str = "zh",
    comparable_only: bool = False,
    measure: str = "value",
    page: int | None = None,
) -> View:
    """One metric side by side. chart: dot, bars or dumbbell. measure: value, per (10,000 people) or index (target of province or
    nation = 100). page: PAGE_ROWS rows from there; all where it is left out.

    Raises UnknownMetric, ExportError for another chart, measure or page, TooLarge.
    """
    wanted = None if places is None else sorted(set(places))
    found = narrow(compare(store, metric_id, places=wanted, year=year, quotes=0), kinds, [int(one) for one in horizons])
    rows = drawn(found, measure, comparable_only)
    said = [text("foot.metric", lang, name=getattr(found.metric, f"name_{lang}")), place_words(wanted, lang)]
    said += narrowing(kinds, horizons, lang)
    said += [text("foot.year", lang, year=year)] if year else []
    said += [text("foot.comparable_only", lang)] if comparable_only else []
    if page is not None:
        if not 0 < page <= max(1, -(-len(rows) // PAGE_ROWS)):
            raise ExportError(f"page {page} of {len(rows)} rows: there are pages 1 to {max(1, -(-len(rows) // PAGE_ROWS))}")
        first, total = (page - 1) * PAGE_ROWS, len(rows)
        rows = rows.iloc[first : first + PAGE_ROWS].reset_index(drop=True)
        said.append(text("foot.rows", lang, first=first + 1, last=first + len(rows), total=total))
    return comparison_view(store, found, rows, chart=chart, lang=lang, measure=measure, filters=text("draft.semicolon", lang).join(said))


def narrowing(kinds: Sequence[str], horizons: Sequence[int | str], lang: str) -> list[str]:
    """The filters of kind and horizon in words."""
    parts = [("kind", [messages.word("kind", kind, lang) for kind in kinds]), ("horizon", [str(one) for one in horizons])]
    return [
        text("foot.other", lang, name=word("column", name, lang), value=text("draft.comma", lang).join(values))
        for name, values in parts
        if values
    ]


def comparison_view(
    store: Store, found: Comparison, rows: pd.DataFrame, *, chart: str = "dot", lang: str = "zh", measure: str = "value", filters: str = ""
) -> View:
    """The view of a Comparison; `rows` are those of its rows that are shown, in their order."""
    if chart not in CHARTS or measure not in MEASURES:
        raise ExportError(f"chart {chart!r}, measure {measure!r}: use {', '.join(CHARTS)} and {', '.join(MEASURES)}")
    rows = rows.loc[measured(rows, measure).notna()]
    refuse("rows", len(rows))
    book = Sources(store, lang, cited_ids(rows))
    frame = plotted(rows, book, {found.metric.metric_id: getattr(found.metric, f"name_{lang}")}, lang, measure)
    lines = benchmark_lines(found.benchmarks, rows, book, lang) if measure == "value" else ()
    verdict = getattr(found.verdict, f"sentence_{lang}") if found.verdict is not None else ""
    definition = (
        f"{found.metric.name_zh}（{found.metric.unit}）：{found.metric.definition}"
        if lang == "zh"
        else f"{found.metric.name_en} ({found.metric.unit}): {found.metric.definition_en}"
    )
    return View(
        chart,
        headline(found, lang, measure),
        frame,
        lang,
        found.build_id,
        subtitle(found, rows, lang, measure),
        filters,
        COMPARE_COLUMNS,
        lines,
        book.listed(),
        notes(rows, lang, measure),
        sentences.draft(rows, found, book, lang),
        verdict,
        (definition,),
        places=known_places(store, lang),
        measure=measure,
    )


def cited_ids(rows: pd.DataFrame) -> list[str]:
    """The statements that rows show: those that stand, what their plans say besides, the baselines."""
    return [*rows["indicator_id"], *(one["indicator_id"] for each in rows["also"] for one in each), *rows["baseline_id"].dropna()]


def benchmark_lines(benchmarks: pd.DataFrame, rows: pd.DataFrame, book: Sources, lang: str) -> tuple[Line, ...]:
    """One line for each region, year and value, in the unit of the rows, with the rows that it is for."""
    if rows.empty:
        return ()
    once = references(benchmarks, rows)
    return tuple(
        Line(
            float(line["value"]),
            f"{reference_label(line, lang)}[{book.cite_reference(line)}]",
            line["value_exact"],
            line["unit"] if filled(line["unit"]) else "",
            book.cite_reference(line),
            line["rows"],
        )
        for line in once
    )


def subtitle(found: Comparison, rows: pd.DataFrame, lang: str, measure: str) -> str:
    """Measure, unit, years and how many places."""
    unit = messages.unit_of(found.metric.unit, lang).strip()
    named = text("foot.per", lang, unit=unit) if measure == "per" else text("foot.unit", lang, unit=unit or "—")
    years = "/".join(str(year) for year in sorted(set(rows["year"].dropna())))
    return text(
        "foot.subtitle",
        lang,
        unit=named,
        years=text("value.year", lang, year=years) if years else "—",
        shown=text("foot.shown", lang, shown=len(rows), total=found.places_total),
    )


def notes(rows: pd.DataFrame, lang: str, measure: str) -> tuple[str, ...]:
    """How rows were chosen, contradictions, where the population is from."""
    said = [text("foot.chosen", lang)]
    if rows["conflict"].any():
        said.append(
            text("foot.conflict", lang, places=messages.listing(listed(rows.loc[rows["conflict"].astype(bool), "place"], lang), lang))
        )
    if measure == "per":
        sources = sorted(
            {
                f"{source} ({year})"
                for source, year in zip(rows["population_source"], rows["population_year"], strict=True)
                if filled(source)
            }
        )
        said.append(text("foot.population", lang, sources=text("draft.comma", lang).join(sources)))
    return tuple(said)


def known_places(store: Store, lang: str) -> tuple[str, ...]:
    """Every place of the database, so that each has one colour whatever is shown."""
    return tuple(listed(store.places(), lang))


def place_words(places: Sequence[str] | None, lang: str) -> str:
    """The filter of places in words."""
    return (
        text("foot.all_places", lang)
        if places is None
        else text("foot.places", lang, names=text("draft.comma", lang).join(listed(places, lang)))
    )


def domain_view(
    store: Store,
    domain: str,
    *,
    places: Iterable[str] | None = None,
    kinds: Sequence[str] = (),
    horizons: Sequence[int | str] = (),
    words: str = "",
    lang: str = "zh",
) -> View:
    """Metrics × places of a domain with the value in each cell and four kinds of blank (the fourth: filtered out by kind, horizon or
    search words, which stand in the metric's name or the indicator).

    Raises ExportError for an unknown domain, TooLarge.
    """
    if domain not in registries.DOMAINS:
        raise ExportError(f"no domain {domain!r}: use one of {', '.join(registries.DOMAINS)}")
    registry = registries.load()
    wanted = None if places is None else sorted(set(places))
    cells = coverage(store, places=wanted, domain=domain, registry=registry).cells
    rows = of_statements(matrix(store, domain, wanted, registry), registry, kinds, horizons, words).reset_index(drop=True)
    said = rows["metric_id"].value_counts()
    cells = cells.loc[cells["metric_id"].isin(said.index)]
    refuse("cells", len(cells))
    rows = judged(rows, registry)
    book = Sources(store, lang, cited_ids(rows))
    named = registry.names(lang)
    frame = with_blanks(plotted(rows, book, named, lang), cells, named, lang)
    # The most shared metric first, the places in the order that they have everywhere.
    order = {name: at for at, name in enumerate([*said.index, *known_places(store, lang)])}
    frame = frame.sort_values(
        ["metric_id", "place"],
        key=lambda column: column.map(order),
        kind="stable",
        ignore_index=True,
    )
    title = text(
        "item.domain",
        lang,
        domain=word("domain", domain, lang),
        metrics=len(said),
        shared=int((rows.groupby("metric_id")["place"].nunique() > 1).sum()),
    )
    parts = [text("foot.domain", lang, name=word("domain", domain, lang)), place_words(wanted, lang), *narrowing(kinds, horizons, lang)]
    filters = text("draft.semicolon", lang).join([*parts, *([text("foot.words", lang, words=words)] if words else [])])
    return View(
        "matrix",
        title,
        frame,
        lang,
        store.build_id,
        text("foot.shown", lang, shown=frame["place"].nunique(), total=len(store.plans()["place"].unique())),
        filters,
        ("metric", "place", "label", "year", "kind", "verdict", "facets", "cite"),
        (),
        book.listed(),
        (text("foot.matrix", lang), text("foot.chosen", lang)),
        definitions=tuple(
            f"{named[metric]}: {registry.metrics[metric].definition if lang == 'zh' else registry.metrics[metric].definition_en}"
            for metric in said.index
        ),
        places=known_places(store, lang),
    )


def with_blanks(frame: pd.DataFrame, cells: pd.DataFrame, named: Mapping[str, str], lang: str) -> pd.DataFrame:
    """The frame with a row for every cell without a number: its state in words as the label."""
    cells = cells.assign(place=shown(cells["place"].astype("str"), lang))
    have = set(zip(frame["place"], frame["metric_id"], strict=True))
    empty = cells.loc[[(place, metric) not in have for place, metric in zip(cells["place"], cells["metric_id"], strict=True)]]
    blanks = pd.DataFrame({"place": empty["place"], "metric_id": empty["metric_id"], "metric": empty["metric_id"].map(named)})
    # What a filter took away is no blank of the plan.
    state = empty["state"].map(lambda state: word("state", "filtered" if state in ("number", "baseline") else state, lang))
    blanks = blanks.assign(
        state=state,
        label=state,
        hedge=False,
        verdict="",
        ranked=False,
        also="",
        plan_level="",
        facets="",
        cite="",
        kind="",
        status="",
        baseline_label="",
        sentence="",
        indicator_id="",
    )
    return pd.concat(
        [
            frame,
            blanks.reindex(columns=frame.columns).astype(
                {
                    name: frame[name].dtype
                    for name in ("plotted", "plotted_max", "page", "year", "baseline_year", "hedge", "ranked", "baseline_plotted")
                }
            ),
        ],
        ignore_index=True,
    )
