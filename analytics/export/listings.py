"""Tables as views: statements behind any filter, the cascade against higher plans, findings. Each row carries its citation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analytics import messages
from analytics import registry as registries
from analytics.cascade import cascade
from analytics.choice import english
from analytics.export.common import refuse, text, word
from analytics.export.rows import facet_words
from analytics.export.sources import Sources
from analytics.export.view import View, filled, label
from analytics.export.views import place_words
from analytics.findings import codes as finding_codes
from analytics.findings import findings
from analytics.store import Store

STATEMENT_COLUMNS = ("place", "indicator", "label", "year", "kind", "status", "cite")
CASCADE_COLUMNS = ("place", "metric", "scope", "relation", "label", "reference_label", "document", "facets", "cite")
FINDING_COLUMNS = ("severity", "code", "place", "finding", "cite")


def statements_view(store: Store, filters: Mapping[str, Any] | None = None, *, lang: str = "zh", limit: str = "rows") -> View:
    """Every statement that a filter of `Store.statements` lets through, in the order of plan and text. Raises BadFilter, TooLarge."""
    rows = store.statements(filters)
    refuse(limit, len(rows))
    book = Sources(store, lang, rows["indicator_id"])
    names = {name: getattr(metric, f"name_{lang}") for name, metric in registries.load().metrics.items()}
    known = [book.rows[each] for each in rows["indicator_id"]]
    frame = pd.DataFrame(
        {
            "place": in_language(rows["place"], lang),
            "indicator": rows["indicator"],
            "label": [label(row, lang) or text("state.mentioned", lang) for row in rows.to_dict("records")],
            **{name: rows[name] for name in ("comparator", "value_exact", "value_max_exact", "unit", "year")},
            "kind": words("kind", rows["kind"], lang),
            "hedge": rows["hedge"],
            "status": words("status", rows["status"], lang),
            "metric": rows["metric_id"].map(names),
            "metric_id": rows["metric_id"],
            "facets": rows["align_note"].map(lambda note: facet_words(note, lang)),
            **{name: [row[name] for row in known] for name in ("plan_id", "title", "section", "page", "sentence")},
            "cite": [f"[{book.cite(each)}]" for each in rows["indicator_id"]],
            "indicator_id": rows["indicator_id"],
        }
    ).astype({"page": "Int64"})
    return table(
        store, text("item.statements", lang, n=len(frame)), frame, lang, STATEMENT_COLUMNS, book, filter_words(filters or {}, lang)
    )


def cascade_view(store: Store, *, metric_id: str | None = None, places: Iterable[str] | None = None, lang: str = "zh") -> View:
    """City against province against nation, in words and numbers."""
    wanted = None if places is None else sorted(set(places))
    rows = cascade(store, metric_id, wanted)
    refuse("rows", len(rows))
    book = Sources(store, lang, rows["indicator_id"].dropna())
    listed = rows.to_dict("records")
    cites = [
        (f"[{book.cite(row['indicator_id'])}]" if filled(row["indicator_id"]) else "") + f"[{book.cite_reference(reference(row))}]"
        for row in listed
    ]
    frame = pd.DataFrame(
        {
            "place": in_language(rows["place"], lang),
            "metric": rows[f"metric_{lang}"],
            "metric_id": rows["metric_id"],
            "scope": rows["scope"].map(lambda code: word("scope", code, lang)),
            "relation": rows["relation"].map(lambda code: word("relation", code, lang)),
            "label": [
                label({**row, "value_max_exact": None, "hedge": False, "value_text": told(book, row["indicator_id"])}, lang)
                for row in listed
            ],
            "reference_label": [label(reference(row) | {"hedge": False}, lang) for row in listed],
            "document": rows["reference_document"],
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
    counts = rows["relation"].value_counts()
    title = text("item.cascade", lang, **{name: int(counts.get(name, 0)) for name in ("above", "equal", "below", "omitted")})
    return table(store, title, frame, lang, CASCADE_COLUMNS, book, place_words(wanted, lang))


def reference(row: Mapping[str, Any]) -> dict[str, Any]:
    """The higher target of a row of the cascade as `Sources.cite_reference` and `label` want it."""
    return {
        "document": row["reference_document"],
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


def findings_view(store: Store, *, codes: Iterable[str] | None = None, places: Iterable[str] | None = None, lang: str = "zh") -> View:
    """What a reader should be told, gravest first, each with the statements that show it."""
    wanted = None if places is None else sorted(set(places))
    rows = findings(store, wanted, codes)
    refuse("rows", len(rows))
    book = Sources(store, lang, {each for evidence in rows["evidence"] for each in evidence})
    named = finding_codes(lang)
    frame = pd.DataFrame(
        {
            "severity": rows["severity"].map(lambda code: word("severity", code, lang)),
            "code": rows["code"].map(lambda code: named.get(code, code)),
            "place": in_language(rows["place"], lang),
            "finding": rows[f"sentence_{lang}"],
            "metric_id": rows["metric_id"],
            "plan_id": rows["plan_id"],
            "evidence": rows["evidence"].map(";".join),
            "cite": ["".join(f"[{book.cite(each)}]" for each in evidence) for evidence in rows["evidence"]],
            "finding_id": rows["finding_id"],
        }
    )
    kinds = [text("foot.code", lang, names=text("draft.comma", lang).join(named.get(code, code) for code in codes))] if codes else []
    said = text("draft.semicolon", lang).join([place_words(wanted, lang), *kinds])
    gravest = tuple(
        f"{sentence}{cite}{text('draft.stop', lang).strip()}"
        for sentence, cite in zip(frame["finding"].head(3), frame["cite"].head(3), strict=True)
    )
    return replace(table(store, text("item.findings", lang, n=len(frame)), frame, lang, FINDING_COLUMNS, book, said), sentences=gravest)


def table(store: Store, title: str, frame: pd.DataFrame, lang: str, columns: tuple[str, ...], book: Sources, filters: str) -> View:
    """The view of a table."""
    return View(
        "table", title, frame, lang, store.build_id, text("foot.shown_rows", lang, shown=len(frame)), filters, columns, (), book.listed()
    )


def in_language(places: pd.Series, lang: str) -> pd.Series:
    """Names of places in a language."""
    return places if lang == "zh" or places.empty else english(places)


def words(group: str, codes: pd.Series, lang: str) -> pd.Series:
    """Codes of the analyses in words."""
    return codes.map(lambda code: messages.word(group, code, lang))


def filter_words(filters: Mapping[str, Any], lang: str) -> str:
    """A filter of `Store.statements` in words: 地区:日照市;领域:食品."""
    parts = []
    for name, wanted in filters.items():
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
