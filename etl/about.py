"""What a document says of itself: title, place, number, date of issue, whether it is a draft. Only fills what the manifest leaves empty."""

from __future__ import annotations

import re
from dataclasses import replace

from etl.model import Plan

_HEAD = 1500
_TITLE = re.compile(
    r"^[ #]*(?P<title>(?!附件)[^\n。;:|]{4,70}?(?:规划|方案|意见|计划|纲要|要点|报告|办法|目标|指标|措施|通知))(?P<tail>\([^)\n]*\))?\s*$",
    re.M,
)
_PLACE = re.compile(r"(?P<place>[一-鿿]{2,7}?(?:特别行政区|自治区|自治州|自治县|省|市|州|盟|县|旗|区))(?!域|间|级|场|委|政府工作|直)")
_NUMBER = re.compile(r"[一-鿿]{1,8}[〔\[](?:19|20)\d\d[〕\]]\s*第?\d{1,4}号")
_NUMBERED_TITLE = re.compile(r"[^。,;]{4,60}\s(?P<number>[一-鿿]{1,8}[〔\[](?:19|20)\d\d[〕\]]\s*第?\d{1,4}号)")
_DATE = re.compile(r"((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日")
_DRAFT = re.compile(r"征求意见稿|公开征求意见|草案|送审稿|讨论稿")
_LEVELS = (("provincial", ("省", "自治区")), ("county", ("县", "旗", "区")), ("prefecture", ("市", "州", "盟")))


def about(text: str, plan: Plan, horizon: int | None) -> Plan:
    """The plan with title, place, level, number, date, horizon and status, each from the manifest or else from the text's first page."""
    head = text[:_HEAD]
    title = plan.title or _title(head) or plan.plan_id
    place = plan.place or _place(title) or _place(head) or plan.plan_id
    return replace(
        plan,
        title=title,
        place=place,
        level=plan.level or next((level for level, ends in _LEVELS if place.endswith(ends)), ""),
        document_number=plan.document_number or own_number(head),
        issued=plan.issued or _issued(head),
        horizon_end=plan.horizon_end or horizon,
        status=plan.status or ("draft" if _DRAFT.search(head) else "unknown"),
    )


def _title(head: str) -> str:
    """The first line that reads as the name of a plan, else the first line."""
    m = _TITLE.search(head)
    if m:
        return m["title"].strip()
    return next((line.strip(" #")[:60] for line in head.split("\n") if line.strip()), "")


def _place(words: str) -> str:
    m = _PLACE.search(re.sub(r"^(?:中共|关于印发|关于|国务院|《)+", "", words.strip()))
    return m["place"] if m else ""


def own_number(head: str) -> str:
    """The document's number: alone on a line, or right behind the title. Numbers inside sentences are of documents that it cites."""
    for line in head.split("\n")[:30]:
        m = _NUMBER.fullmatch(line.strip()) or _NUMBERED_TITLE.fullmatch(line.strip())
        if m:
            return m.groupdict().get("number") or m.group()
    return ""


def _issued(head: str) -> str:
    """The date of the first page that stands alone on a line, as yyyy-mm-dd."""
    for line in head.split("\n"):
        m = _DATE.fullmatch(line.strip())
        if m:
            return f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}"
    return ""
