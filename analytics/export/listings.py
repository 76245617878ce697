"""Tables as views: statements behind any filter, the cascade against higher plans, findings. Each row carries its citation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analytics import messages
from analytics import registry as registries
from analytics.ambition import ambition
from analytics.cascade import RELATIONS, cascade
from analytics.coverage import coverage
from analytics.diff import CHANGES, diff
from analytics.export.common import ExportError, plain, refuse, text, word
from analytics.export.rows import facet_words
from analytics.export.sources import Sources
from analytics.export.view import View, filled, label
from analytics.export.views import narrowing, place_words
from analytics.findings import codes as finding_codes
from analytics.findings import findings
from analytics.frames import as_dicts
from analytics.narrowing import holding, of_cascade, of_findings
from analytics.places import shown
from analytics.questions import answer, read, remaining
from analytics.reference import CITED, cited
from analytics.store import Store, UnknownPlan

STATEMENT_COLUMNS = ("place", "indicator", "label", "year", "kind", "status", "cite")
CASCADE_COLUMNS = ("place", "metric", "scope", "relation", "label", "reference_label", "document", "facets", "cite")
FINDING_COLUMNS = ("severity", "code", "place", "finding", "cite")
CHANGE_COLUMNS = ("change", "metric", "old_label", "new_label", "finding", "cite")
GAP_COLUMNS = ("place", "metric", "state")
AMBITION_COLUMNS = ("place", "low", "high", "rank_low", "rank_high", "missing", "finding")


def statements_view(store: Store, filters: Mapping[str, Any] | None = None, *, words: str = "", lang: str = "zh") -> View:
    """Every statement that a filter of `Store.statements` lets through and whose indicator or quote holds every search word, in the order
    of plan and text. Raises BadFilter, TooLarge."""
    rows = holding(store.statements(filters), words, "indicator", "quote").reset_index(drop=True)
    return statement_table(store, rows, said([filter_words(store, filters or {}, lang)], words, lang), lang)


def question_view(
    store: Store, ask: str, *, drop: Iterable[str] = (), places: Sequence[str] = (), domain: str = "", lang: str = "zh"
) -> View:
    """What a question leaves, without the filters that were taken away: statements, or metrics that places do not have. Raises ExportError
    where the question gives no filters."""
    reading = read(store, ask)
    filters = remaining(reading.filters, drop, places, domain)
    if reading.refused:
        raise ExportError(f"question {ask!r}: what it limits was not understood; put it in other words")
    if not filters.as_dict():
        raise ExportError(f"question {ask!r}: nothing in it can be turned into a filter; name a metric, a place or a year")
    found = answer(store, filters)
    spelled = text("draft.semicolon", lang).join([text("foot.question", lang, ask=plain(ask)), filters.words(lang)])
    if filters.state is None:
        return replace(statement_table(store, found.frame, spelled, lang), title=getattr(found, f"sentence_{lang}"))
    refuse("rows", len(found.frame))
    names = registries.load().names(lang)
    frame = pd.DataFrame(
        {
            "place": shown(found.frame["place"].astype("str"), lang),
            "metric": found.frame["metric_id"].astype("str").map(names),
            "state": found.frame["state"].astype("str").map(lambda code: word("state", code, lang)),
            "metric_id": found.frame["metric_id"].astype("str"),
        }
    )
    return table(store, getattr(found, f"sentence_{lang}"), frame, lang, GAP_COLUMNS, Sources(store, lang, []), spelled)


def statement_table(store: Store, rows: pd.DataFrame, filters: str, lang: str) -> View:
    """The view of statements (columns of `Store.statements`), with the filters in words. Raises TooLarge."""
    refuse("rows", len(rows))
    book = Sources(store, lang, rows["indicator_id"])
    names = registries.load().names(lang)
    known = [book.rows[each] for each in rows["indicator_id"]]
    frame = pd.DataFrame(
        {
            "place": shown(rows["place"], lang),
            "indicator": rows["indicator"],
            "label": [label(row, lang) or text("state.mentioned", lang) for row in as_dicts(rows)],
            **{name: rows[name] for name in ("comparator", "value_exact", "value_max_exact", "unit", "year")},
            "kind": in_words("kind", rows["kind"], lang),
            "hedge": rows["hedge"],
            "status": in_words("status", rows["status"], lang),
            "metric": rows["metric_id"].map(names),
            "metric_id": rows["metric_id"],
            "facets": rows["align_note"].map(lambda note: facet_words(note, lang)),
            **{name: [row[name] for row in known] for name in ("plan_id", "title", "section", "page", "sentence")},
            "cite": [f"[{book.cite(each)}]" for each in rows["indicator_id"]],
            "indicator_id": rows["indicator_id"],
        }
    ).astype({"page": "Int64"})
    return table(
        store,
        text("item.statements", lang, n=len(frame)),
        frame,
        lang,
        STATEMENT_COLUMNS,
        book,
        filters,
    )


def said(parts: Sequence[str], words: str, lang: str) -> str:
    """Filters in words, the search words last."""
    return text("draft.semicolon", lang).join(
        [*(part for part in parts if part), *([text("foot.words", lang, words=words)] if words else [])]
    )


def metrics_of(domain: str) -> list[str]:
    """The metrics of a domain. Raises ExportError for an unknown one."""
    if domain not in registries.DOMAINS:
        raise ExportError(f"no domain {domain!r}: use one of {', '.join(registries.DOMAINS)}")
    return registries.load().of_domain(domain)


def plan_words(store: Store, plan_id: str, lang: str) -> str:
    """The filter of a plan in words, "" without one. Raises UnknownPlan."""
    if not plan_id:
        return ""
    plans = store.plans()
    found = plans.loc[plans["plan_id"] == plan_id, "title"]
    if found.empty:
        raise UnknownPlan(f"no plan {plan_id!r}: use one of {', '.join(plans['plan_id'].head(5))}")
    return text("foot.other", lang, name=word("column", "title", lang), value=plain(found.iloc[0]))


def domain_words(domain: str, lang: str) -> str:
    """The filter of a domain in words, "" without one."""
    return text("foot.domain", lang, name=word("domain", domain, lang)) if domain else ""


def cascade_view(
    store: Store,
    *,
    metric_id: str | None = None,
    domain: str = "",
    relations: Sequence[str] = (),
    places: Iterable[str] | None = None,
    kinds: Sequence[str] = (),
    horizons: Sequence[int | str] = (),
    words: str = "",
    lang: str = "zh",
) -> View:
    """City against province against nation, in words and numbers; of a domain, of relations, narrowed as in analytics.narrowing."""
    wanted = None if places is None else sorted(set(places))
    rows = of_cascade(store, cascade(store, metric_id, wanted), kinds, horizons, words)
    if domain:
        rows = rows[rows["metric_id"].isin(metrics_of(domain))]
    # The title counts all of them, also where only some relations are listed below it.
    counts = rows["relation"].value_counts()
    if relations:
        rows = rows[rows["relation"].isin(set(relations))]
    rows = rows.reset_index(drop=True)
    refuse("rows", len(rows))
    book = Sources(store, lang, rows["indicator_id"].dropna())
    listed = as_dicts(rows)
    cites = [
        (f"[{book.cite(row['indicator_id'])}]" if filled(row["indicator_id"]) else "") + f"[{book.cite_reference(reference(row))}]"
        for row in listed
    ]
    frame = pd.DataFrame(
        {
            "place": shown(rows["place"], lang),
            "metric": rows[f"metric_{lang}"],
            "metric_id": rows["metric_id"],
            "scope": rows["scope"].map(lambda code: word("scope", code, lang)),
            "relation": rows["relation"].map(lambda code: word("relation", code, lang)),
            "label": [
                label({**row, "value_max_exact": None, "hedge": False, "value_text": told(book, row["indicator_id"])}, lang)
                for row in listed
            ],
            "reference_label": [label(reference(row) | {"hedge": False}, lang) for row in listed],
            "document": [cited(*each, lang) for each in zip(*(rows[f"reference_{name}"] for name in CITED), strict=True)],
            "facets": rows[f"codes_{lang}"],
            **{
                name: rows[name]
                for name in (
                    "comparator",
                    "value_exact",
                    "unit",
                    "year",
                    "reference_comparator",
                    "reference_exact",
                    "reference_unit",
                    "reference_year",
                    "reference_region",
                )
            },
            "cite": cites,
            "indicator_id": rows["indicator_id"],
        }
    )
    title = text("item.cascade", lang, **{name: int(counts.get(name, 0)) for name in RELATIONS})
    named = text("draft.comma", lang).join(word("relation", code, lang) for code in relations)
    chosen = text("foot.other", lang, name=word("column", "relation", lang), value=named) if named else ""
    filters = said([place_words(wanted, lang), domain_words(domain, lang), *narrowing(kinds, horizons, lang), chosen], words, lang)
    return table(store, title, frame, lang, CASCADE_COLUMNS, book, filters)


def reference(row: Mapping[str, Any]) -> dict[str, Any]:
    """The higher target of a row of the cascade as `Sources.cite_reference` and `label` want it."""
    return {
        "document": row["reference_document"],
        "issuer": row["reference_issuer"],
        "issued": row["reference_issued"],
        "region": row["reference_region"],
        "what": "target",
        "year": row["reference_year"],
        "comparator": row["reference_comparator"],
        "value_exact": row["reference_exact"],
        "unit": row["reference_unit"] if filled(row["reference_unit"]) else "",
    }


def told(book: Sources, indicator_id: Any) -> str:
    """The number of a statement as the plan prints it, "" without a statement."""
    return book.rows[indicator_id]["value_text"] if filled(indicator_id) else ""


def findings_view(
    store: Store,
    *,
    codes: Iterable[str] | None = None,
    domain: str = "",
    plan: str = "",
    places: Iterable[str] | None = None,
    kinds: Sequence[str] = (),
    horizons: Sequence[int | str] = (),
    words: str = "",
    lang: str = "zh",
) -> View:
    """What a reader should be told, gravest first, each with the statements that show it; of a domain, of one plan, narrowed as in
    analytics.narrowing."""
    wanted = None if places is None else sorted(set(places))
    rows = of_findings(store, findings(store, wanted, codes), kinds, horizons, words)
    if domain:
        rows = rows[rows["metric_id"].isin(metrics_of(domain))]
    if plan:
        rows = rows[rows["plan_id"] == plan]
    rows = rows.reset_index(drop=True)
    refuse("rows", len(rows))
    book = Sources(store, lang, {each for evidence in rows["evidence"] for each in evidence})
    named = finding_codes(lang)
    frame = pd.DataFrame(
        {
            "severity": rows["severity"].map(lambda code: word("severity", code, lang)),
            "code": rows["code"].map(lambda code: named.get(code, code)),
            "place": shown(rows["place"], lang),
            "finding": rows[f"sentence_{lang}"],
            "metric_id": rows["metric_id"],
            "plan_id": rows["plan_id"],
            "evidence": rows["evidence"].map(";".join),
            "cite": ["".join(f"[{book.cite(each)}]" for each in evidence) for evidence in rows["evidence"]],
            "finding_id": rows["finding_id"],
        }
    )
    coded = [text("foot.code", lang, names=text("draft.comma", lang).join(named.get(code, code) for code in codes))] if codes else []
    chosen = [domain_words(domain, lang), plan_words(store, plan, lang), *narrowing(kinds, horizons, lang), *coded]
    filters = said([place_words(wanted, lang), *chosen], words, lang)
    gravest = tuple(
        f"{sentence}{cite}{text('draft.stop', lang).strip()}"
        for sentence, cite in zip(frame["finding"].head(3), frame["cite"].head(3), strict=True)
    )
    return replace(table(store, text("item.findings", lang, n=len(frame)), frame, lang, FINDING_COLUMNS, book, filters), sentences=gravest)


def coverage_view(store: Store, *, domain: str = "", places: Iterable[str] | None = None, words: str = "", lang: str = "zh") -> View:
    """Places × domains: how many metrics (with the search words in their name) have a target with a number. Places as they stand in the
    database."""
    wanted = None if places is None else sorted(set(places))
    if domain:
        metrics_of(domain)
    counts = coverage(store, places=wanted).named(words).by_domain()
    domains = [domain] if domain else [code for code in registries.DOMAINS if code in set(counts["domain"])]
    wide = counts.pivot(index="place", columns="domain", values="number").reindex(columns=domains, fill_value=0).fillna(0).astype(int)
    named = [word("domain", code, lang) for code in domains]
    frame = pd.DataFrame({"place": shown(wide.index.to_series().reset_index(drop=True), lang)})
    for code, name in zip(domains, named, strict=True):
        frame[name] = wide[code].to_numpy()
    refuse("cells", frame.size)
    filters = said([place_words(wanted, lang), domain_words(domain, lang)], words, lang)
    title = text("item.coverage", lang, places=len(frame), domains=len(domains))
    book = Sources(store, lang, [])
    return replace(table(store, title, frame, lang, ("place", *named), book, filters), notes=(text("foot.coverage", lang),))


def ambition_view(store: Store, *, places: Iterable[str] | None = None, lang: str = "zh") -> View:
    """The interval of each place with its ranks, or why there is none."""
    found = ambition(store)
    wanted = None if places is None else set(places)
    rows = found.rows if wanted is None else found.rows[found.rows["place"].isin(wanted)]
    refuse("rows", len(rows))
    rows = rows.sort_values(["refused", "high", "place"], ascending=[True, False, True], ignore_index=True)
    given = ~rows["refused"]
    frame = pd.DataFrame(
        {
            "place": shown(rows["place"], lang),
            **{name: rows[name].round(2).where(given) for name in ("low", "high")},
            **{name: rows[name].where(given) for name in ("rank_low", "rank_high")},
            "missing": [f"{share:.0%}" for share in rows["missing"]],
            "finding": rows[f"reason_{lang}"],
        }
    )
    title = text("item.ambition", lang, given=int(given.sum()), refused=int((~given).sum()))
    notes = text("foot.ambition", lang, limit=f"{found.missing_limit:.0%}", spread=f"{found.spread:.0%}", metrics=len(found.weights))
    filters = place_words(sorted(wanted) if wanted else None, lang)
    return replace(table(store, title, frame, lang, AMBITION_COLUMNS, Sources(store, lang, []), filters), notes=(notes,))


def changes_view(store: Store, old: str, new: str, *, lang: str = "zh") -> View:
    """What changed between two plans of one place, each change with both statements. Raises UnknownPlan, OtherPlace."""
    rows = diff(store, old, new)
    refuse("rows", len(rows))
    book = Sources(store, lang, {*rows["old_id"].dropna(), *rows["new_id"].dropna()})
    names = registries.load().names(lang)
    listed = as_dicts(rows)
    frame = pd.DataFrame(
        {
            "change": rows["change"].map(lambda code: word("change", code, lang)),
            "metric": rows["metric_id"].map(names).fillna(rows["new_indicator"]).fillna(rows["old_indicator"]),
            **{f"{which}_label": [one_side(row, which, book, lang) for row in listed] for which in ("old", "new")},
            "finding": rows[f"sentence_{lang}"],
            "metric_id": rows["metric_id"],
            **{
                f"{which}_{name}": rows[f"{which}_{name}"]
                for which in ("old", "new")
                for name in ("indicator", "comparator", "exact", "unit", "year", "id")
            },
            "cite": ["".join(f"[{book.cite(row[name])}]" for name in ("old_id", "new_id") if filled(row[name])) for row in listed],
        }
    )
    counts = rows["change"].value_counts()
    counted = [f"{word('change', code, lang)} {counts[code]}" for code in CHANGES if code in counts]
    title = text("item.changes", lang, counts=text("draft.comma", lang).join(counted) or "—")
    filters = text("draft.semicolon", lang).join(plan_words(store, plan, lang) for plan in (old, new))
    return table(store, title, frame, lang, CHANGE_COLUMNS, book, filters)


def one_side(row: Mapping[str, Any], which: str, book: Sources, lang: str) -> str:
    """The number of one of two plans, "" where it has none."""
    if not filled(row[f"{which}_id"]):
        return ""
    known = {"comparator": row[f"{which}_comparator"], "value_exact": row[f"{which}_exact"], "unit": row[f"{which}_unit"]}
    return label({**known, "value_text": told(book, row[f"{which}_id"])}, lang)


def table(store: Store, title: str, frame: pd.DataFrame, lang: str, columns: tuple[str, ...], book: Sources, filters: str) -> View:
    """The view of a table."""
    return View(
        "table", title, frame, lang, store.build_id, text("foot.shown_rows", lang, shown=len(frame)), filters, columns, (), book.listed()
    )


def in_words(group: str, codes: pd.Series, lang: str) -> pd.Series:
    """Codes of the analyses in words."""
    return codes.map(lambda code: messages.word(group, code, lang))


def filter_words(store: Store, filters: Mapping[str, Any], lang: str) -> str:
    """A filter of `Store.statements` in words: 地区:日照市;领域:食品. Raises UnknownPlan."""
    parts = []
    for name, wanted in filters.items():
        if name == "plan_id" and isinstance(wanted, str):
            parts.append(plan_words(store, wanted, lang))
            continue
        values = sorted(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        shown = [
            word("domain", str(each), lang)
            if name == "domain"
            else messages.word(name, str(each), lang)
            if name in ("kind", "status")
            else "—"
            if each is None
            else str(each)
            for each in values
        ]
        parts.append(text("foot.other", lang, name=word("column", name, lang), value=text("draft.comma", lang).join(shown)))
    return text("draft.semicolon", lang).join(parts) or text("foot.all_places", lang)
