"""Draft sentences of a comparison: what the statements say, each with its citation, and nothing besides.

    draft(rows, found, book, "zh")
    ("5个地区中有2个就有效注册商标给出数值:泉州市30万件以上[1]、日照市超过6.5万件[2]。",
    "口径不同,不作高低比较(年份不同:2025年 / 2020年)。")

Two numbers are set against one another only where analytics.ranking ranks them, as in the title, the order and the shades beside them.
Ratios are of counts, differences of shares and scores.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from analytics import messages
from analytics.compare import Comparison, references
from analytics.export.common import settings, text
from analytics.export.sources import Sources
from analytics.export.view import filled
from analytics.frames import as_dicts
from analytics.places import shown
from analytics.stated import decimals, operator, printed, stated, values_of

VALUED = 6  # so many values stand in one sentence


def draft(rows: pd.DataFrame, found: Comparison, book: Sources, lang: str) -> tuple[str, ...]:
    """The sentences in the order in which a reader wants them: who says what, who asks more, from where, against which higher target."""
    metric = getattr(found.metric, f"name_{lang}")
    if rows.empty:
        return (text("draft.none", lang, metric=metric) + text("draft.stop", lang).strip(),)
    said = [
        {
            **row,
            "name": name,
            "cite": "".join(f"[{book.cite(one['indicator_id'])}]" for one in values_of(row)),
            "spoken": observed(row, spoken({**row, "value_text": book.rows[row["indicator_id"]]["value_text"]}, lang), lang),
        }
        for row, name in zip(as_dicts(rows), shown(rows["place"], lang), strict=True)
    ]
    clauses = [[counted(said, found, metric, lang), *conflicting(said, lang)], against(said, found, lang)]
    clauses += [[since(row, book, lang)] for row in said if filled(row["baseline_id"])]
    clauses += [[higher(line, book, lang)] for line in references(found.benchmarks, rows)]
    semicolon, stop = text("draft.semicolon", lang), text("draft.stop", lang).strip()
    return tuple(capital(semicolon.join(parts)) + stop for parts in clauses if parts)


def capital(sentence: str) -> str:
    """The sentence with a capital letter at its head."""
    return sentence[:1].upper() + sentence[1:]


def spoken(row: Mapping[str, Any], lang: str) -> str:
    """A value as a sentence says it: 98.5%以上, 超过6.5万件, 力争80%以上; two values of one plan as two."""
    return stated(row, lang, spoken_one)


def observed(row: Mapping[str, Any], value: str, lang: str) -> str:
    """A value; one that was observed says so."""
    kind = messages.word("kind", row["kind"], lang)
    return messages.say("title.observed", lang, value=value, kind=kind) if row["kind"] == "baseline" else value


def spoken_one(row: Mapping[str, Any], lang: str) -> str:
    """One value in words."""
    places, sort = decimals(row.get("value_text")), operator(row)
    high = printed(row["value_max_exact"], places) if filled(row.get("value_max_exact")) else None
    value = text(f"value.{sort}", lang, value=messages.amount("eq", printed(row["value_exact"], places), high, row["unit"], lang))
    return text("value.hedged", lang, value=value) if row["hedge"] and sort != "approx" else value


def counted(said: list[dict[str, Any]], found: Comparison, metric: str, lang: str) -> str:
    """How many places give a number, and the numbers in the order of the names, which says nothing of rank."""
    shown = sorted(said, key=lambda row: row["name"])[:VALUED]
    values = [
        text("draft.named_year", lang, place=row["name"], value=row["spoken"], year=row["year"], cite=row["cite"])
        if filled(row["year"])
        else text("draft.named", lang, place=row["name"], value=row["spoken"], cite=row["cite"])
        for row in shown
    ]
    values += ["…"] if len(said) > VALUED else []
    listed = text("draft.comma", lang).join(values)
    if len(said) == 1:
        return text("draft.count_one", lang, total=found.places_total, places=said[0]["name"], metric=metric, values=listed)
    return text("draft.count", lang, total=found.places_total, n=len(said), metric=metric, values=listed)


def conflicting(said: list[dict[str, Any]], lang: str) -> list[str]:
    """That a plan contradicts itself."""
    names = [row["name"] for row in said if row["conflict"]]
    return [text("draft.conflict", lang, places=messages.listing(names, lang))] if names else []


def against(said: list[dict[str, Any]], found: Comparison, lang: str) -> list[str]:
    """The highest beside the lowest of the places that are ranked (analytics.ranking), and why the others are not: the reasons of the
    verdict, as the page says them."""
    if len(said) < 2 or found.verdict is None:
        return []
    peers = [row for row in said if row["ranked"]]
    reasons = found.verdict.reasons(lang).rstrip("。.") if found.verdict.codes else ""
    if len(peers) < 2:
        return [text("draft.unranked_all", lang, reasons=reasons)] if reasons else []
    parts = [ranked(peers, lang)]
    if len(peers) < len(said) and reasons:
        parts.append(text("draft.unranked", lang, reasons=reasons))
    return [part for part in parts if part]


def ranked(peers: list[dict[str, Any]], lang: str) -> str:
    """The two ends: a ratio of counts, a difference of shares and scores, or that all are the same."""
    exact = {row["indicator_id"]: Decimal(row["value_exact"]) for row in peers}
    high, low = max(peers, key=lambda row: exact[row["indicator_id"]]), min(peers, key=lambda row: exact[row["indicator_id"]])
    top, bottom = exact[high["indicator_id"]], exact[low["indicator_id"]]
    if top == bottom:
        if len({row["spoken"] for row in peers}) > 1:
            return ""
        names = text("draft.comma", lang).join(row["name"] for row in peers)
        return text("draft.same", lang, places=names, value=high["spoken"], cites="".join(row["cite"] for row in peers))
    ends = {
        "high": high["name"],
        "high_value": high["spoken"],
        "high_cite": high["cite"],
        "low": low["name"],
        "low_value": low["spoken"],
        "low_cite": low["cite"],
    }
    if high["unit"] in settings().sentences["differences"]:
        return text("draft.difference", lang, **ends, gap=gap(top - bottom, high["unit"], lang))
    if bottom <= 0 or top / bottom < Decimal(str(settings().sentences["smallest_ratio"])):
        return ""
    return text("draft.ratio", lang, **ends, ratio=ratio(top, bottom))


def gap(distance: Decimal, unit: str, lang: str) -> str:
    """A difference: of shares in percentage points, of scores in their unit."""
    shown = format(distance.normalize(), "f")
    return (
        text("draft.percentage_points", lang, value=shown)
        if unit == "%"
        else text("draft.points", lang, value=shown, unit=messages.unit_of(unit, lang, shown))
    )


def ratio(top: Decimal, bottom: Decimal) -> str:
    """top / bottom rounded to one decimal (to whole numbers from 10): 4.6, 12, 2."""
    digits = Decimal("1") if top / bottom >= 10 else Decimal("0.1")
    return format((top / bottom).quantize(digits, ROUND_HALF_UP).normalize(), "f")


def since(row: dict[str, Any], book: Sources, lang: str) -> str:
    """Where the place stood, beside its target; no judgement, definitions may have changed."""
    before = {
        "comparator": row["baseline_comparator"],
        "value_exact": row["baseline_exact"],
        "unit": row["baseline_unit"],
        "hedge": False,
        "value_text": book.rows[row["baseline_id"]]["value_text"],
    }
    year = row["baseline_year"] if filled(row["baseline_year"]) else "—"
    return text(
        "draft.baseline",
        lang,
        place=row["name"],
        year=year,
        before=spoken(before, lang),
        before_cite=f"[{book.cite(row['baseline_id'])}]",
        value=row["spoken"],
        cite=row["cite"],
    )


def higher(line: dict[str, Any], book: Sources, lang: str) -> str:
    """What a higher plan asks for."""
    said = {**line, "hedge": False, "value_text": "", "unit": line["unit"] if filled(line["unit"]) else ""}
    return text(
        "draft.reference",
        lang,
        region=messages.word("region", line["region"], lang),
        year=line["year"],
        value=spoken(said, lang),
        document=line["document"],
        cite=f"[{book.cite_reference(line)}]",
    )
