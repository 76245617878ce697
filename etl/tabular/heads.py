"""What a column holds, told by the words of its head: a role, and for values their years, sense and unit."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from etl.lexicon import chinese, lexicon
from etl.model import Column, Span
from etl.vocab import either, load

YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_PERIOD = re.compile(r"“?([一二三四五六七八九十]{1,2})五”?")
_IN_BRACKETS = re.compile(r"\(([^()]*(?:\([^()]*\))?[^()]*)\)|\[([^\[\]]*)\]")
# 较2020年增长: the year is what the change is measured from.
_MEASURED_FROM = re.compile(rf"(?:较|比|与|对比|以)“?({YEAR}|[十一二三四五六七八九]+五)")
_TIMES = re.compile(rf"(?:到|至|截至)?{YEAR}\s*(?:[-—~至]+\s*{YEAR})?\s*年?[底末]?|“?[一二三四五六七八九十]{{1,2}}五”?(?:时期|期间|期)?末?")
_HAN = re.compile(r"[㐀-鿿]")


def period_end(period: str) -> int:
    """The last year of a five-year period: 十三 is 2016-2020."""
    return 1955 + 5 * int(chinese(period) or 0)


def years_in(words: str) -> tuple[int, ...]:
    """The years that a head or a title names, in order; of a five-year period its last."""
    found = [(m.start(), int(m[0])) for m in re.finditer(YEAR, words)]
    if not found:
        found = [(m.start(), period_end(m[1])) for m in _PERIOD.finditer(words) if chinese(m[1])]
    return tuple(year for _, year in found)


def unit_in(words: str) -> str:
    """The unit in the last bracket of a head that holds one."""
    for m in reversed(list(_IN_BRACKETS.finditer(words))):
        if is_unit(m[1] or m[2] or ""):
            return m[1] or m[2]
    return ""


_COMPOSED = re.compile(r"[十百千万亿]*[㐀-鿿A-Za-z·]{1,6}(?:[/·][十百千万亿\d]*[㐀-鿿A-Za-z²³]{1,5}){1,2}")
_PER = re.compile(r"\d{0,2}/\d*[十百千万亿]+[㐀-鿿]{0,3}")
_LATIN = re.compile(r"[A-Za-zμ%‰°][A-Za-z%‰°·/²³\d]{0,7}")
_MAGNITUDE = re.compile(r"[十百千万亿]{1,2}")


@lru_cache(maxsize=16384)
def is_unit(words: str) -> bool:
    """Whether words in a bracket or a unit column are a unit (万件, 微克/立方米, 册/人, MW), or a magnitude alone (亿)."""
    lex = lexicon()
    shapes = (lex.unit_cell, _COMPOSED, _MAGNITUDE, _PER, _LATIN)
    return bool(words) and any(shape.fullmatch(words) for shape in shapes)


@cache
def _roles() -> list[tuple[str, re.Pattern, re.Pattern | None]]:
    return [
        (name, re.compile(either(words["exact"])), re.compile(either(words["part"])) if words["part"] else None)
        for name, words in load("tables")["role"].items()
    ]


@cache
def _senses() -> dict[str, re.Pattern]:
    return {name: re.compile(either(words)) for name, words in load("tables")["sense"].items()}


@cache
def _plain() -> re.Pattern:
    return re.compile(either(load("tables")["plain"]["words"]))


def bare(words: str) -> str:
    """A head without brackets, spaces and footnote figures."""
    return re.sub(r"[\s:*]|(?<=[㐀-鿿])\d{1,2}$", "", _IN_BRACKETS.sub("", words))


@lru_cache(maxsize=16384)
def role(words: str) -> str:
    """number, unit, agency, attribute, note, category, period, entity, name; value for heads of values; '' for what tells nothing."""
    core = bare(words)
    if not core:
        return "value" if years_in(words) else "unit" if is_unit(words.strip("() ")) else ""
    dated = bool(re.search(YEAR, core)) or bool(_PERIOD.search(core))
    for name, exact, part in _roles():
        if exact.fullmatch(core) or part and part.search(core):
            return "" if dated and name in ("name", "attribute", "category") else name  # a title, not a head
    spare = len(own_name(words))  # a title names a year too, and much else
    if dated and spare <= 6 or _plain().fullmatch(core) or sense(words) and spare <= 3:
        return "value"
    return ""


@lru_cache(maxsize=16384)
def sense(words: str) -> str:
    """goal, base, growth, change, sum or '': what the numbers below a head are."""
    found = {name: bool(pattern.search(_senses()["spare"].sub("", words))) for name, pattern in _senses().items()}
    if found["growth"] and not (found["sum"] and re.search(r"[/、或]", words)):
        return "growth"
    if found["change"]:
        return "change"
    if found["sum"]:
        return "sum"
    return "goal" if found["goal"] else "base" if found["base"] else ""


@lru_cache(maxsize=16384)
def own_name(words: str) -> str:
    """What is left of a head of values without times, senses and plain words: the indicator that it names, or ''."""
    left = _TIMES.sub("", bare(words))
    for pattern in (*(found for name, found in _senses().items() if name != "spare"), _plain()):
        left = pattern.sub("", left)
    return left if len(_HAN.findall(left)) >= 2 else ""


def origins_in(words: str) -> tuple[int, ...]:
    """The years that words measure a change from: 比2015年提高2个百分点."""
    return tuple(year for m in _MEASURED_FROM.finditer(words) for year in years_in(m[1]))


@cache
def _title_end() -> re.Pattern:
    return re.compile(rf"(?:(?:{_senses()['goal'].pattern}|{_senses()['base'].pattern})值?)+$")


def is_total(words: str) -> bool:
    """Whether a line of owners is that of all together: 合计, 全市."""
    return bool(_plain().fullmatch(bare(words)) or _senses()["sum"].fullmatch(bare(words)))


def named(words: str) -> tuple[int, int]:
    """Where the indicator that a head names stands in its words: behind times, before the unit and the words for aims."""
    stop = min([m.start() for m in _IN_BRACKETS.finditer(words) if is_unit(m[1] or m[2] or "")], default=len(words))
    start = _TIMES.match(words).end() if _TIMES.match(words) else 0
    end = _title_end().search(words[:stop])
    return start, end.start() if end and end.start() > start + 1 else stop


def column(words: str, name: Span | None = None) -> Column:
    """A column of values, told by its head; `name` is where that stands when it may name an indicator."""
    origins = origins_in(words)
    years = tuple(year for year in years_in(words) if year not in origins)
    return Column(words, years, sense(words), unit_in(words), name, origins)
