"""Citations from the database: for statements their document, section, page and full sentence; for benchmarks the document and what it
says.

book = Sources(store, "zh", ids)     # reads all statements at once
book.cite("rizhao-2021-4321-0")      # 3: the number of the citation, given out in the order in which they are asked for
book.listed()                        # the Source of every number, in order
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analytics import messages
from analytics.export.common import plain, text
from analytics.export.view import Source, filled
from analytics.frames import as_dicts
from analytics.places import listed
from analytics.reference import issue_words
from analytics.store import ENDS_OF_SENTENCE, SENTENCE_LIMIT, Store, page_of, widen


class Sources:
    """The citations of one export."""

    def __init__(self, store: Store, lang: str, ids: Iterable[str]) -> None:
        self.lang = lang
        self.rows = read(store, sorted(set(ids)))
        self._numbers: dict[str, int] = {}
        self._found: list[Source] = []

    def cite(self, indicator_id: str) -> int:
        """The number of a statement's citation. Raises KeyError for an id that was not read."""
        if indicator_id not in self._numbers:
            self._add(indicator_id, statement_source(len(self._found) + 1, self.rows[indicator_id], self.lang))
        return self._numbers[indicator_id]

    def cite_reference(self, line: Mapping[str, Any]) -> int:
        """The number of a benchmark's citation: region, what (target, actual), year, comparator, value_exact, unit, document, issuer, and
        issued where the issuer does not say it."""
        key = f"{line['document']}|{line['region']}|{line['what']}|{line['year']}|{line['value_exact']}"
        if key not in self._numbers:
            about = plain(issue_words(line["issuer"], line.get("issued", ""), self.lang))
            self._add(key, Source(len(self._found) + 1, plain(line["document"]), about, reference_label(line, self.lang)))
        return self._numbers[key]

    def listed(self) -> tuple[Source, ...]:
        """Every citation given out, by number."""
        return tuple(self._found)

    def _add(self, key: str, source: Source) -> None:
        self._numbers[key] = source.number
        self._found.append(source)


def read(store: Store, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Statement by id: its columns with `sentence`, `page` and the plan's `issuer`, from one version of the data."""
    if not ids:
        return {}
    with store.session() as session:
        rows = session.query(
            """
            SELECT i.indicator_id, i.plan_id, p.place, p.title, p.issuer, p.document_number, p.issued, p.status, i.section, i.quote,
            i.start, i."end", i.value_text
            FROM indicators i JOIN plans p USING (plan_id) WHERE list_contains($ids, i.indicator_id)""",
            {"ids": ids},
        )
        texts = session.query(
            "SELECT plan_id, text, pages FROM plans WHERE list_contains($plans, plan_id)", {"plans": sorted(set(rows["plan_id"]))}
        )
    known = {plan: (body, pages) for plan, body, pages in texts.itertuples(index=False)}
    return {row["indicator_id"]: {**row, **passage(row, *known[row["plan_id"]])} for row in as_dicts(rows)}


ITEMS = "|·;；、"  # what parts the items of a flattened table or list


def passage(row: Mapping[str, Any], body: str, pages: Any) -> dict[str, Any]:
    """The sentence around a statement on one line, … where it was cut, and its page."""
    begin, end = widen(body, int(row["start"]), int(row["end"]), ENDS_OF_SENTENCE, SENTENCE_LIMIT)
    left = "…" if body[:begin].rstrip(" ")[-1:] not in ("", *ENDS_OF_SENTENCE, *ITEMS) else ""
    right = "…" if body[end:].lstrip(" ")[:1] not in ("", "\n", *ITEMS) and body[end - 1] not in ENDS_OF_SENTENCE else ""
    return {"sentence": left + plain(body[begin:end]) + right, "page": page_of(pages, int(row["start"]))}


def statement_source(number: int, row: Mapping[str, Any], lang: str) -> Source:
    """The citation of a statement."""
    issued = str(row["issued"])[:10] if filled(row["issued"]) else text("cite.undated", lang)
    parts = [row["issuer"], row["document_number"], issued, messages.word("status", row["status"], lang)]
    (place,) = listed([row["place"]], lang)
    return Source(
        number,
        plain(row["title"]),
        ("，", ", ")[lang == "en"].join(plain(part) for part in parts if filled(part) and part),
        row["sentence"],
        plain(place),
        plain(row["section"]),
        row["page"],
        row["plan_id"],
        row["indicator_id"],
        plain(row["value_text"]),
    )


def reference_label(line: Mapping[str, Any], lang: str) -> str:
    """全国2025年目标 ≥98% / China 2025 target ≥98%."""
    region = messages.word("region", line["region"], lang)
    value = messages.amount(line["comparator"], line["value_exact"], None, line["unit"] if isinstance(line["unit"], str) else "", lang)
    return text("foot.reference", lang, region=region, year=line["year"], what=text(f"foot.{line['what']}", lang), value=value)
