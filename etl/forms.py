"""Numbers whose own form and nearest neighbours tell what they are: years, dates, hours, periods, outline and footnote marks."""

from __future__ import annotations

import re

from etl.lexicon import chinese
from etl.model import Number

_YEAR = re.compile(r"(?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2}|[一二]〇[〇零一二三四五六七八九]{2}")
_YEAR_BEHIND = re.compile(r"\s*(?:年(?!均)|[-—~至到]{1,2}\s*(?:19|20)\d\d\s*年?|年度|版|[)〉])|\s*[-—~]{1,2}\s*[一二][〇零九]")
_PERIOD = re.compile(r"十?[一二三四五六]五")
_DATE_LEFT, _DATE_RIGHT = (
    re.compile(r"(?:(?<![每半当全])年|(?<![每当])月|\d{4}[-/.]|[-/.]\d{1,2}[-/.]|月\s*\d{1,2}\s*[-—、至])\s*$"),
    re.compile(r"\s*(?:月(?!度|均|份额)|[日号](?!线|均|常)|[-/]\d{1,2}[-/]\d{1,2})"),
)
_OUTLINE_LEFT = re.compile(r"(?:^|\n|\|\s*|(?<=[。;:]))[ ·—]*[(【\[“]?$")
_OUTLINE_RIGHT = re.compile(r"[)】\]]|[、.](?!\d)|\s+(?=[㐀-鿿]{4,})|是(?=[㐀-鿿])|要(?=[㐀-鿿])")
_BRACKETS = re.compile(r"\($")


_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})+(?=[㐀-鿿]{2})")


def section_mark(text: str, start: int, end: int, before: list[Number]) -> Number | None:
    """2.3 right behind a whole quantity, with nothing between, is the number of the section that a copy has glued to it."""
    glued = before and before[-1].quantity and before[-1].quantity.unit and before[-1].quantity.full_end == start
    mark = _SECTION.match(text, start) if glued else None
    return Number(start, max(end, mark.end()), "list_number", "outline") if mark else None


def own_form(text: str, start: int, end: int, whole: str, left: str) -> tuple[str, str] | None:
    """Class and rule when the number's own form and its nearest neighbours tell what it is."""
    if _YEAR.fullmatch(whole) and (
        _YEAR_BEHIND.match(text, end) or re.search(r"[(〔—~至、-]$", left) and re.match(r"\s*[)〕、-]", text[end : end + 2])
    ):
        return "year", "year"
    if (
        _PERIOD.fullmatch(whole)
        and re.match(r"[”\"]?(?:[时期规末以质目计收开发建纲阶远和、,。)]|”)", text[end : end + 3])
        and whole != "五"
    ):
        return "period", "period"
    if _clock(text, end, whole, left):
        return "date", "date.clock"
    if _DATE_LEFT.search(left) and (
        _DATE_RIGHT.match(text, end) or re.search(r"[-/.]\s*$|(?<![每当])月\s*$", left) and not re.match(r"\s*[%万亿]", text[end : end + 2])
    ):
        return "date", "date"
    if (
        _DATE_RIGHT.match(text, end)
        and whole.isdigit()
        and len(whole) <= 4
        and (len(whole) == 4 or re.match(r"\s*月|:", text[end : end + 2]))
    ):
        return "date", "date"
    if (
        len(whole) <= 3
        and "." not in whole
        and _OUTLINE_RIGHT.match(text, end)
        and (_OUTLINE_LEFT.search(left) or _BRACKETS.search(left) and text[end : end + 1] == ")")
        and (whole[0].isdigit() or chinese(whole) is not None)
    ):
        return "list_number", "outline"
    if re.match(r"(?:19|20)\d\d\.(?:0\d|1[0-2])$", whole):
        return "date", "date.dotted"
    if (
        re.search(r"\[$", left)
        and re.match(r"\]", text[end : end + 1])
        and _OUTLINE_LEFT.search(left)
        and len(whole) <= 3
        and not re.search(r"\|\s*\[$|\n\[$", left)
    ):
        return "footnote", "footnote"
    return None


def _clock(text: str, end: int, whole: str, left: str) -> bool:
    """00:30: an hour of two digits at most and minutes of two."""
    if re.search(r"(?<!\d)[012]?\d:$", left):
        return bool(re.fullmatch(r"[0-5]\d", whole))
    return len(whole) <= 2 and whole.isdigit() and int(whole) < 24 and bool(re.match(r":[0-5]\d(?![\d.])", text[end : end + 4]))
