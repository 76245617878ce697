"""Every number of the text in one class, and those that are quantities with value, unit and comparator.

Reads the cleaned text; knows nothing of names, years or tables. Numbers inside 《》 are titles. A number's class is decided in this
order: its own form (year, date, outline mark, period), the rules of exclusions.toml, then whether unit and surroundings make it a quantity.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from etl.forms import own_form, section_mark
from etl.han import han_counts, real_numeral, timed
from etl.lexicon import Lexicon, amount_of, base_unit, chinese, exact, lexicon, scale, spread
from etl.model import Number, Quantity
from etl.vocab import either, load


@cache
def _rules() -> list[tuple[str, str, re.Pattern | None, re.Pattern | None]]:
    return [
        (r["id"], r["class"], re.compile(f"(?:{r['left']})$") if r["left"] else None, re.compile(r["right"]) if r["right"] else None)
        for r in load("exclusions")["rule"]
    ]


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
            number = section_mark(text, start, end, numbers) or _classify(text, start, end, lex)
        numbers.append(number)
        at = max(number.end, end)
        anchor = lex.anchor.search(text, at)
    return numbers


def _classify(text: str, start: int, end: int, lex: Lexicon) -> Number:
    left = text[max(0, start - 36) : start]
    whole = text[start:end]
    if len(whole) > load("limits")["text"]["max_numeral"]:
        return _too_long(text, start, end, lex)
    own = own_form(text, start, end, whole, left)
    if own:
        return Number(start, end, *own)
    spared = _spared(text, start, end, left, lex)
    for rule, kind, before, behind in _rules():
        if rule not in spared and (behind is None or behind.match(text, end)) and (before is None or before.search(left)):
            whole_number = lex.quantity.match(text, start)
            return Number(start, max(end, whole_number.end("magnitude")) if whole_number else end, kind, rule)
    return _quantity(text, start, left, lex) or Number(start, end, "other" if whole[0].isdigit() else "word", "no_unit")


def _too_long(text: str, start: int, end: int, lex: Lexicon) -> Number:
    """A number of which no exact value can be kept, with its magnitude, so that 万 is none by itself."""
    m = lex.quantity.match(text, start)
    return Number(start, max(end, m.end("magnitude")) if m else end, "other", "too_long")


def _spared(text: str, start: int, end: int, left: str, lex: Lexicon) -> tuple[str, ...]:
    """Rules of exclusion that this number is beyond: an age where a duration is the indicator (人均预期寿命79.5岁), letters or a stroke
    that are its unit (500MW, 9/10万) and no name (5G, 1/2), a ratio to one (产值之比为3.38:1)."""
    found = ("threshold.people",) if timed().search(left) else ()
    if _RATIO.match(text, end) and _RATIO_LEFT.search(left):
        found += ("ratio.front",)
    m = lex.quantity.match(text, start)
    if m and m["unit"] and (m["unit"][0] == "/" or m["unit"][0].isascii() and not text[m.end() : m.end() + 1].isdigit()):
        found += ("name.latin_behind", "ratio.stroke")
    return found


def _quantity(text: str, start: int, left: str, lex: Lexicon) -> Number | None:
    m = lex.quantity.match(text, start)
    if not m:
        return None
    sign = lex.minus.search(left)
    value, unit, rules, value_max = _value(m)
    if value is None:
        return _too_long(text, start, m.end("number"), lex) if m["magnitude"] and _meant(m)[0] else None
    end, bracketed = m.end(), bool(m["unit"]) and m["unit"].startswith("(")
    if not unit and (ratio := _RATIO.match(text, end)) and _RATIO_LEFT.search(left):
        end, rules = ratio.end(), ["ratio.to_one"]
    if sign:
        value, value_max = (-value, None) if value_max is None else (-value_max, -value)
        rules.append("minus")
    upper = _upper(text, m, value, unit, lex)
    if upper and value_max is None:
        value, value_max, unit, end = upper
        rules.append("range")
    han = not (text[start].isdigit() or "分之" in m["number"])
    if not unit and (head := _HEAD_UNIT.search(left)) and lex.unit_cell.fullmatch(head[1]):
        unit, factor = _head_unit(head[1])
        value, value_max, left = value * factor, value_max and value_max * factor, left[: head.start()]
        rules.append("unit.head")
    if not unit and m["magnitude"] and (told := _unit_told(text, m, left, lex)):
        unit = told
        rules.append("unit.told")
    if not unit and not m["magnitude"] and (listed := lex.listed.match(text, end)) and _in_step().search(left):
        unit = listed["unit"]
        rules.append("unit.listed")
    sure = not value and not unit or bool({"multiple", "first", "fraction"} & set(rules))
    if han and not sure and not han_counts(text, start, end, m, unit, left, "range" in rules):
        return None
    if unit in lex.times and not timed().search(left):
        return Number(start, end, "duration", "duration")
    low, left = (start - (len(left) - sign.start("sign")), left[: sign.start("sign")]) if sign else (start, left)
    if unit == "个" and (spoken := lex.spoken.match(text, m.start("unit"))) and lex.changed.search(left):
        unit, end = _spoken()[spoken.group()], spoken.end()
    q = Quantity(low, end, low, end, value, value_max, base_unit(unit), "range" if value_max is not None else "eq", rules, False, bracketed)
    _compare(text, q, m, left, lex)
    if not q.unit and not _bare(text, q, left):
        return None
    return Number(low, end, "quantity", rules[0] if rules else "unit" if q.unit else "bare", q)


@cache
def _in_step() -> re.Pattern:
    """Values in step lead up to the number: 分别回落2.16和1.66个百分点."""
    return re.compile(either(load("cues")["shared"]["step"]))


@cache
def _telling() -> tuple[re.Pattern, re.Pattern]:
    """The end of a name that tells the unit: 人次, 户数; and amounts of money."""
    counts = either(word for word in lexicon().counts if "(" not in word)
    level = rf"\s?(?:{either(load('cues')['level']['verbs'])}|{either(load('cues')['comparator_before']['gt'])})*$"
    return re.compile(f"(?P<unit>人次|(?P<base>{counts})数){level}"), re.compile(f"{either(load('cues')['money']['heads'])}{level}")


def _unit_told(text: str, m: re.Match, left: str, lex: Lexicon) -> str:
    """诊疗人次95.5亿 is in 人次, 进出口5.95万亿 in 元: the name says what the number counts, where nothing else does."""
    if re.match(r"[一-鿿A-Za-z]", text[m.end() : m.end() + 1]) and not lex.behind.match(text, m.end()):
        return ""
    counted, money = (pattern.search(left) for pattern in _telling())
    if counted:
        return counted["base"] or counted["unit"]
    return "元" if money and m["magnitude"].endswith("亿") else ""


# 工业增加值(亿元)500.00: the unit stands in brackets behind the name.
_HEAD_UNIT = re.compile(r"(?<=[㐀-鿿])(\([^()\d]{1,8}\))(?:达到?|为|:)?$")
# 与农业总产值之比为3.38:1 is a number; 1:1 and 3:2 are none.
_RATIO = re.compile(r":1(?![\d.:])")
_RATIO_LEFT = re.compile(r"(?:之比|比例|比值|比重|比)(?:达到?|为|是|提高到|提升到|提高至|提升至)?$")


@cache
def _spoken() -> dict[str, str]:
    return {word: entry["name"] for entry in load("units")["unit"] for word in entry.get("spoken", [])}


def _upper(text: str, m: re.Match, value: Decimal, unit: str, lex: Lexicon) -> tuple[Decimal, Decimal, str, int] | None:
    """Both ends, unit and end of place of a range that begins with the matched number; None where it is none."""
    upper = lex.range_to.match(text, m.end())
    if not upper or upper["sign"] in "至到" and text[m.start() - 1 : m.start()] in ("由", "从"):
        return None
    rest = lex.quantity.match(upper["rest"])
    second, unit2, rules, _ = _value(rest) if rest else (None, "", [], None)
    shared = unit2 or unit or text[upper.end() : upper.end() + 1] in "|\n]"
    if second is None or unit not in ("", unit2) or not shared:
        return None
    if not m["magnitude"] and not unit:
        value *= 10 if "tenths" in rules else scale(rest["magnitude"])
    second = -second if upper["minus"] else second
    return (value, second, unit or unit2, upper.end()) if value < second and exact(value) else None


_Value = tuple[Decimal | None, str, list[str], Decimal | None]


def _value(m: re.Match) -> _Value:
    """Value in the base unit, unit, rules and, of two neighbouring digits (两三家), the upper value of a matched quantity.

    No value where the database could not hold it exactly.
    """
    if len(m["number"]) > load("limits")["text"]["max_numeral"]:
        return None, "", [], None
    found = _meant(m)
    return found if all(value is None or exact(value) for value in (found[0], found[3])) else (None, "", [], None)


def _meant(m: re.Match) -> _Value:
    numerals, number, unit = load("numerals"), m["number"], m["unit"] or ""
    if number in numerals["multiples"]:
        return Decimal(numerals["multiples"][number]), "倍", ["multiple"], None
    if number in numerals["firsts"]["words"]:
        return Decimal(0), "", ["first"], None
    for word, sign in numerals["fractions"].items():
        if number.startswith(word):
            rest = number[len(word) :]
            return (Decimal(100) if rest == "百" else amount_of(rest)), sign, ["fraction"], None
    if "分之" in number:
        below, above = (chinese(part) for part in number.split("分之"))
        known = below and above and exact(below) and exact(above)
        return (round(above * 100 / below, 4), "%", ["part"], None) if known else (None, "", [], None)
    ends = spread(number)
    value, most, rules = (*ends, ["spread"]) if ends else (amount_of(number), None, [])
    if value is None:
        return None, "", [], None
    factor = 10 if unit.startswith("成") else scale(m["magnitude"])
    if unit.startswith("成"):
        value, unit, rules = value + (Decimal("0.5") if unit.endswith("半") else 0), "%", [*rules, "tenths"]
    return value * factor, unit, rules, None if most is None else most * factor


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
    if m["number"] in load("numerals")["magnitudes"] and lex.least.search(left) and q.comparator == "eq":
        q.comparator, q.full_start = "ge", q.full_start - 1
        q.rules.append("comparator.least")
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
    r"(?:指数|满意度|评价|得分|评分|总分|分值|测评|系数|比值|之比|收入比|率|比重|比例|占比|程度|度|贡献|水平|强度|浓度)(?:得分)?[^,。;、\d]{0,10}$"
)


def _bare(text: str, q: Quantity, left: str) -> bool:
    """A number without a unit counts where an index or a rate stands before it, or it is a first (零的突破), a ratio or a zero (为零)."""
    left = _FROM_TO.sub("", left)
    if not q.value and not q.rules and re.search(r"[㐀-鿿]{2}为$", left):
        return bool(re.match(r"[,。;、\n]|$", text[q.end : q.end + 1]))
    if q.rules[:1] in (["first"], ["ratio.to_one"]):
        return True
    return bool(_INDEX.search(left)) and not re.match(r"[A-Za-z\d年月日]", text[q.full_end : q.full_end + 1])


def cell(text: str, start: int, end: int, unit: str) -> Quantity | None:
    """The quantity that a whole table cell holds; `unit` is what row or head say where the cell says none."""
    lex = lexicon()
    anchor = lex.anchor.search(text, start, end)
    if not anchor:
        return None
    m = lex.quantity.match(text, anchor.start(), end)
    value, own, rules, value_max = _value(m) if m else (None, "", [], None)
    if value is None:
        return None
    at, stop = m.start(), m.end()
    upper = lex.range_to.match(text, stop, end)
    given, factor = _head_unit(unit)
    if upper:
        second, own2, _, _ = _value(lex.quantity.match(upper["rest"]))
        if second is not None and second > value:
            value_max, own, stop = second, own or own2, upper.end()
    if text[start:at].lstrip(" ([").endswith("-") and value_max is None:
        at, value = text.rindex("-", start, at), -value
    if not own:
        own, value, value_max = given, value * factor, None if value_max is None else value_max * factor
        rules.append("unit.head")
    if not exact(value if value_max is None else value_max):
        return None
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
