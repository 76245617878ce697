"""The sentence behind a number: the quote marked in its context, the heading path, plan, page, status, and the rules that fired."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.store import Context
from pages.ui import html, numbers, passages
from pages.ui.frame import View
from pages.ui.state import State
from pages.ui.state import address as to

ANCHOR = 60
QUOTE = "margin:.35rem 0;font-size:1.02rem;line-height:1.75"


def source_address(view: View, row: Mapping) -> str:
    """The place in Sources, relative to the address of any page. The words of the quote travel along: they find it when its id has gone."""
    words = " ".join(row["quote"].split())[:ANCHOR]
    return to("sources", State(lang=view.lang), plan=row["plan_id"], indicator=row["indicator_id"], quote=words)


def body(view: View, row: Mapping) -> str:
    """The whole evidence of a statement as HTML, to stand in a popover or on the page; made once a build and language."""
    return view.data.once(("evidence", view.lang, row["indicator_id"]), lambda: compose(view, row))


def compose(view: View, row: Mapping) -> str:
    """Number, heading path, the marked sentence, and the facts under it."""
    found = passages.context(row)
    trail = html.esc(" › ".join(found.headings))
    sentence = html.marked(found.text, found.quote_start, found.quote_end, found.value_start, found.value_end)
    return (
        html.small(
            html.el("strong", html.esc(f"{view.place(row['place'])} · {numbers.amount(row, view.t)}")) + (" · " + trail if trail else "")
        )
        + f'<blockquote lang="zh-CN" style="{QUOTE}">{sentence}</blockquote>'
        + html.small(" · ".join(facts(view, row, found)))
    )


def facts(view: View, row: Mapping, found: Context) -> list[str]:
    """Plan, page, status, confidence, rules and the link to the text, as HTML pieces."""
    t = view.t
    pieces = [html.esc(row["title"])]
    if found.page:
        pieces.append(html.esc(t("evidence.page", page=found.page)))
    pieces.append(html.esc(view.word("status", row["status"])))
    if isinstance(row["responsible"], str) and row["responsible"]:
        pieces.append(html.esc(t("evidence.responsible", units=row["responsible"])))
    pieces.append(html.esc(t("evidence.rules")) + html.esc(t("list.semicolon")).join(rule(view, code) for code in row["rules"]))
    pieces.append(html.esc(t("evidence.confidence", confidence=f"{row['confidence']:.0%}")))
    pieces.append(html.link(source_address(view, row), t("evidence.open")))
    return pieces


def rule(view: View, code: str) -> str:
    """A rule of the extraction in words, as HTML; the name that it has in the code when one stays on it."""
    return html.el("span", html.esc(view.t.of("rule", code)), title=code)


def number(view: View, row: Mapping, shown: str = "", prefix: str = "n") -> str:
    """A number as HTML that opens its sentence; two values of one plan are one button that opens both."""
    rivals = passages.records(one["indicator_id"] for one in row.get("also") or [])
    proof = body(view, row) + "".join(body(view, one) for one in rivals.values())
    return html.popover(f"{prefix}-{row['indicator_id']}", shown or numbers.stated(row, view.t), proof)


def mention(view: View, metric_id: str, place: str, prefix: str) -> str:
    """未量化 as HTML that opens the sentence which names the metric without a number."""
    quote = f'<blockquote lang="zh-CN" style="{QUOTE}">{html.esc(passages.mention(metric_id, place))}</blockquote>'
    return html.popover(f"{prefix}-{metric_id}-{place}", view.t("missing.mentioned"), quote)


def card(view: View, row: Mapping, accent: bool = False, prefix: str = "s") -> str:
    """The evidence on the page itself, with the place's colour at its side."""
    colour = view.data.colours.get(row["place"], "currentColor")
    ground = "background:color-mix(in srgb,#F2B01E 9%,transparent);" if accent else ""
    style = f"margin:0 0 .9rem;border-left:4px solid {colour};padding:.2rem 0 .2rem .9rem;{ground}"
    return html.el("figure", body(view, row), style, id=f"{prefix}-{row['indicator_id']}")
