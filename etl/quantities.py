"""Every number of the text in one class, and those that are quantities with value, unit and comparator.

Reads the cleaned text; knows nothing of names, years or tables. Numbers inside 《》 are titles. A number's class is decided in this
order: its own form (year, date, outline mark, period), the rules of exclusions.toml, then whether unit and surroundings make it a quantity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from etl.han import TIMED, han_counts, real_numeral
from etl.lexicon import Lexicon, base_unit, chinese, decimal, lexicon, scale
from etl.model import Number, Quantity
from etl.vocab import either, load


@cache
def _rules() -> list[tuple[str, str, re.Pattern | None, re.Pattern | None]]:
    return [
        (r["id"], r["class"], re.compile(f"(?:{r['left']})$") if r["left"] else None, re.compile(r["right"]) if r["right"] else None)
        for r in load("exclusions")["rule"]
    ]


_YEAR = re.compile(r"(?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2}|[一二]〇[〇零一二三四五六七八九]{2}")
_YEAR_BEHIND = re.compile(r"\s*(?:年(?!均)|[-—~至到]{1,2}\s*(?:19|20)\d\d\s*年?|年度|版|[)〉])|\s*[-—~]{1,2}\s*[一二][〇零九]")
_PERIOD = re.compile(r"十?[一二三四五六]五")
_DATE_LEFT, _DATE_RIGHT = (
    re.compile(r"(?:年|月|\d{4}[-/.]|[-/.]\d{1,2}[-/.]|月\s*\d{1,2}\s*[-—、至])\s*$"),
    re.compile(r"\s*(?:月(?!度|均|份额)|[日号](?!线|均|常)|[-/]\d{1,2}[-/]\d{1,2})"),
)
_OUTLINE_LEFT = re.compile(r"(?:^|\n|\|\s*|(?<=[。;:]))[ ·—]*[(【\[“]?$")
_OUTLINE_RIGHT = re.compile(r"[)】\]]|[、.](?!\d)|\s+(?=[㐀-鿿]{4,})|是(?=[㐀-鿿])|要(?=[㐀-鿿])")
_BRACKETS = re.compile(r"\($")
_TITLE = re.compile(r"《[^》\n]{0,200}》")


@cache
def _words() -> re.Pattern:
    """Words that hold a numeral and count nothing."""
    vocab = load("words")
    return re.compile(rf"{either(vocab['words'])}|{either(vocab['articles'])}(?!以上)")


def scan(text: str) -> list[Number]:
    """All numbers of `text` in order of place, each with class and rule; those of class 'quantity' carry a Quantity."""
    lex, numbers = lexicon(), []
    titles = [m.span() for m in _TITLE.finditer(text)]
    words = _words()
    at, title = 0, 0
    anchor = lex.anchor.search(text)
    while anchor:
        start, end = anchor.span()
        while title < len(titles) and titles[title][1] <= start:
            title += 1
        first = text[start]
        if title < len(titles) and titles[title][0] <= start:
            number = Number(start, end, "title", "title")
        elif (
            not first.isdigit()
            and (
                word := words.match(text, start)
                or (
                    words.match(text, start - 1)
                    if start and words.match(text, start - 1) and words.match(text, start - 1).end() > start
                    else None
                )
            )
            and word.end() >= min(end, start + 1)
            and not real_numeral(text, start, end)
        ):
            number = Number(start, max(word.end(), end) if word.start() == start else end, "word", "word")
        else:
            number = _classify(text, start, end, lex)
        numbers.append(number)
        at = max(number.end, end)
        anchor = lex.anchor.search(text, at)
    return numbers


def _classify(text: str, start: int, end: int, lex: Lexicon) -> Number:
    left = text[max(0, start - 24) : start]
    whole = text[start:end]
    own = _own_form(text, start, end, whole, left)
    if own:
        return Number(start, end, *own)
    timed = bool(TIMED.search(left))
    for rule, kind, before, behind in _rules():
        if timed and rule == "threshold.people":
            continue
        if (behind is None or behind.match(text, end)) and (before is None or before.search(left)):
            whole_number = lex.quantity.match(text, start)
            return Number(start, max(end, whole_number.end("magnitude")) if whole_number else end, kind, rule)
    return _quantity(text, start, left, lex) or Number(start, end, "other" if whole[0].isdigit() else "word", "no_unit")


def _own_form(text: str, start: int, end: int, whole: str, left: str) -> tuple[str, str] | None:
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
        _DATE_RIGHT.match(text, end) or re.search(r"[-/.]\s*$|月\s*$", left) and not re.match(r"\s*[%万亿]", text[end : end + 2])
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


def _quantity(text: str, start: int, left: str, lex: Lexicon) -> Number | None:
    m = lex.quantity.match(text, start)
    if not m:
        return None
    value, unit, rules = _value(m)
    if value is None:
        return None
    end, value_max, bracketed = m.end(), None, bool(m["unit"]) and m["unit"].startswith("(")
    upper = lex.range_to.match(text, end)
    if upper and not (upper["sign"] in "至到" and text[start - 1 : start] in "由从"):
        second, unit2, _ = _value_of(upper["rest"], lex)
        if second is not None and (not unit or unit == unit2) and (unit2 or unit or text[upper.end() : upper.end() + 1] in "|\n]"):
            factor = scale(lex.quantity.match(upper["rest"])["magnitude"]) if not m["magnitude"] and not unit else 1
            low = value * factor
            if low < second:
                value, value_max, unit, end = low, second, unit or unit2, upper.end()
                rules.append("range")
    han = not (text[start].isdigit() or "分之" in m["number"])
    if han and not rules and not han_counts(text, start, end, m, unit, left):
        return None
    if unit in lex.times and not TIMED.search(left):
        return Number(start, end, "duration", "duration")
    q = Quantity(
        start, end, start, end, value, value_max, base_unit(unit), "range" if value_max is not None else "eq", rules, False, bracketed
    )
    _compare(text, q, m, left, lex)
    if not q.unit and not _bare(text, q, left):
        return None
    return Number(start, end, "quantity", rules[0] if rules else "unit" if q.unit else "bare", q)


def _value_of(text: str, lex: Lexicon) -> tuple[Decimal | None, str, list[str]]:
    m = lex.quantity.match(text)
    return _value(m) if m else (None, "", [])


def _value(m: re.Match) -> tuple[Decimal | None, str, list[str]]:
    """Value in the base unit, unit and rules of a matched quantity."""
    numerals, number, unit = load("numerals"), m["number"], m["unit"] or ""
    if number in numerals["multiples"]:
        return Decimal(numerals["multiples"][number]), "倍", ["multiple"]
    if number in numerals["firsts"]["words"]:
        return Decimal(0), "", ["first"]
    for word, sign in numerals["fractions"].items():
        if number.startswith(word):
            rest = number[len(word) :]
            return (decimal(rest) if rest[0].isdigit() else Decimal(100) if rest == "百" else chinese(rest)), sign, ["fraction"]
    if "分之" in number:
        below, above = (chinese(part) for part in number.split("分之"))
        return (None, "", []) if not below or not above else (round(above * 100 / below, 4), "%", ["part"])
    value = decimal(number) if number[0].isdigit() else chinese(number)
    if value is None:
        return None, "", []
    if unit.startswith("成"):
        return value * 10 + (5 if unit.endswith("半") else 0), "%", ["tenths"]
    return value * scale(m["magnitude"]), unit, []


def _compare(text: str, q: Quantity, m: re.Match, left: str, lex: Lexicon) -> None:
    """Comparator words on both sides; the words behind win over a level verb, words before win over 余 and 多."""
    kind, numerals = lex.comparator_of, load("numerals")
    if q.rules == ["first"]:
        q.comparator = "gt"
        return
    inside = m["first"] or m["second"]
    if inside and q.comparator == "eq":
        q.comparator = "gt"
        q.rules.append("comparator.inside")
    behind = lex.behind.match(text, q.end) if m["number"] not in numerals["multiples"] else None
    if behind and not (behind.group() == "内" and re.match(r"内[部外容]", text[q.end : q.end + 2])) and not _of_name(text, q, behind):
        q.full_end = behind.end()
        comparator = kind[f"behind:{behind.group()}"]
        if q.comparator != "range":
            q.comparator = comparator
        q.hedge = comparator == "approx"
        q.rules.append("comparator.behind")
        after = re.match(r"\(含[^)]{0,8}\)", text[q.full_end : q.full_end + 12])
        if after:
            q.full_end += after.end()
    before = lex.before.search(left)
    if before and not _part_of_word(before["word"], left[: before.start()]):
        q.full_start = q.start - (len(left) - before.start())
        if not behind or q.comparator in ("eq", "gt"):
            word = before["word"]
            q.comparator = q.comparator if q.comparator == "range" else kind[f"before:{word}"]
            if word == "控制在" and behind is None:
                q.comparator = "eq" if q.comparator != "range" else "range"
            q.hedge = q.hedge or q.comparator == "approx" and word in ("约", "大约", "大概", "约为")
        q.rules.append("comparator.before")
    told = _YEAR_TOLD.match(text, q.full_end)
    if told:
        q.year, q.full_end = int(told[1]), told.end()
    if not behind and not before and q.unit in ("%", "分") and re.match(r"\s*\([^)]{0,6}以上\)", text[q.end : q.end + 10]):
        q.comparator = "ge"


def _part_of_word(word: str, left: str) -> bool:
    """附近, 最近, 突破 and 赶超 end like comparators."""
    return word in ("超", "逾", "近", "约", "破", "优于") and bool(re.search(r"[赶附亲邻最突反高]$", left))


def _of_name(text: str, q: Quantity, behind: re.Match) -> bool:
    """`省级以上` has no number, but `20项余` or `5家多` before a noun would: 多 and 余 behind a unit must end the phrase."""
    return behind.group() in ("多", "余") and bool(re.match(r"[㐀-鿿]", text[behind.end() : behind.end() + 1]))


# 94%(2025年): the year of this value alone.
_YEAR_TOLD = re.compile(r"\((?:到|至)?((?:19|20)\d\d)年(?:[底末])?\)")
# 指数从83.2提升到86.5: what stands before the first value names the second one too.
_FROM_TO = re.compile(
    r"(?:由|从)?(?:(?:19|20)\d\d年[底末]?的?)?"
    r"(?:\d+(?:\.\d+)?(?:提高|提升|增加|上升|增长|下降|降低|增|升|降)(?:到|至)(?:(?:19|20)\d\d年[底末]?的?)?)?$"
)
_INDEX = re.compile(
    r"(?:指数|满意度|评价|得分|评分|总分|分值|测评|系数|率|比重|比例|占比|程度|度|贡献|水平|强度|浓度)(?:得分)?[^,。;、\d]{0,10}$"
)


def _bare(text: str, q: Quantity, left: str) -> bool:
    """A number without a unit counts where an index or a rate stands before it, or it is a first (零的突破)."""
    left = _FROM_TO.sub("", left)
    return q.rules[:1] == ["first"] or bool(_INDEX.search(left)) and not re.match(r"[A-Za-z\d年月日]", text[q.full_end : q.full_end + 1])


def cell(text: str, start: int, end: int, unit: str) -> Quantity | None:
    """The quantity that a whole table cell holds; `unit` is what row or head say where the cell says none."""
    lex = lexicon()
    anchor = lex.anchor.search(text, start, end)
    if not anchor:
        return None
    m = lex.quantity.match(text, anchor.start(), end)
    value, own, rules = _value(m) if m else (None, "", [])
    if value is None:
        return None
    at, stop, value_max = m.start(), m.end(), None
    upper = lex.range_to.match(text, stop, end)
    given, factor = _head_unit(unit)
    if upper:
        second, own2, _ = _value_of(upper["rest"], lex)
        if second is not None and second > value:
            value_max, own, stop = second, own or own2, upper.end()
    if not own:
        own, value, value_max = given, value * factor, None if value_max is None else value_max * factor
        rules.append("unit.head")
    q = Quantity(at, stop, at, stop, value, value_max, base_unit(own), "range" if value_max is not None else "eq", ["cell", *rules])
    _compare(text, q, m, text[start:at], lex)
    q.full_end = min(q.full_end, end)
    return q


def _head_unit(unit: str) -> tuple[str, int]:
    """Unit and factor of a unit cell such as 万件, (%) or 家/人."""
    words = unit.strip("()[] ")
    m = re.fullmatch(rf"(十万|百万|千万|万亿|万|亿|千|百)(?!人口)({lexicon().unit})", words)
    if m and not lexicon().unit_cell.fullmatch(words.replace(m[1], "", 1)):
        return words, 1
    if m and words not in lexicon().measures:
        return m[2], scale(m[1])
    return ("" if words in ("-", "—", "/", "无量纲", "指数") else words), 1
