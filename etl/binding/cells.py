"""Table rows: the name stands in one cell, each value in another, the unit in either or in a cell of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from etl.lexicon import lexicon
from etl.model import Block, Bound, Column, Quantity, Row, Span, Text
from etl.names import only_process, strip_head, strip_tail
from etl.tabular.heads import is_unit, named, unit_in
from etl.vocab import either, load

_BRACKET_AT_END = re.compile(r"\s*(?:\(([^()]*(?:\([^()]*\))?[^()]*)\)|\[([^\[\]]*)\])\s*(?:[①-⑳*※△▲†]|\d(?!\d))?\s*$")
_MARK_AT_END = re.compile(r"(?:[①-⑳*※△▲†]+|(?<=[㐀-鿿)])\d{1,2}|\[\d{1,2}\]|[:])\s*$")
_ORDINAL = re.compile(r"\s*(?:\d{1,2}[.、)]|[(]\d{1,2}[)]|[①-⑳]|其中[::]?|[一二三四五六七八九十]+、|\d{1,2} (?=[㐀-鿿]))?\s*[·*-]?\s*")
_GROWTH = re.compile(r"(?P<annual>年均|每年)?(?P<verb>增长|提高|提升|增加|上升|下降|降低|减少)(?!到|至)[^\d]{0,6}$")
# [150] is a sum over the years of the plan.
_SUM = re.compile(r"^[\[【(〔]")
_NEGATIVE = re.compile(r"[-−↓]\s*$")
_NOTED_ANNUAL = re.compile(r"^\([^()]*年均")
# What the years of a cell say of its number stands before it: 比2015年提高2个百分点.
_TIMES = re.compile(r"(?:19|20)\d\d年[底末]?(?=[^()]*\d)|“?[一二三四五六七八九十]{1,2}五”?(?:时期|期间|期末|末)(?=[^()]*\d)")
_CELL_YEAR = re.compile(r"\([^()]*?((?:19|20)\d\d)年?[^()]*\)")

Read = Callable[[str, int, int, str], Quantity | None]


def named_cells(t: Text, block: Block, read: Read) -> list[tuple[Bound, int]]:
    """The statements of a table row, each with the position of its column among the row's values.

    `read` gives the quantity of a cell: text, start, end and the unit that the row or the head names.
    """
    row, found = block.row, []
    start, end, own, verb = _name(t, row)
    if start >= end:
        return []
    name = _full_name(t, row, start, end)
    own = own or row.sheet.unit or _unit_of_another(t, row)
    for position, (span, column) in enumerate(zip(row.values, row.columns, strict=True)):
        q = _quantity(t, span, _unit(own, column, row), read)
        if q is None:
            continue
        words = t.text[span[0] : q.full_start]
        bound = Bound(q, name, start, max(span[1], q.full_end), block, (block.start, block.end), verb=verb, tail=words, topic=name)
        bound.rules, bound.count = ["name.cell"], q.unit in lexicon().counts
        _mean(bound, column, span[0], words, t.text[q.full_end : span[1]])
        if _SUM.match(t.text[slice(*span)].lstrip()):
            bound.verb = "新增"
        q.year = q.year or _year_beside(t.text[slice(*span)], row)
        if _is_promised(row, column, q):
            _promise(bound, row)
        found.append((bound, position))
    return found


def _quantity(t: Text, span: Span, unit: str, read: Read) -> Quantity | None:
    """The number of a cell: behind the words that lead up to it, a sign counted, a magnitude alone in the head multiplied out."""
    start = span[0] + max((m.end() for m in _TIMES.finditer(t.text[slice(*span)])), default=0)
    factor = _MAGNITUDES.get(unit.strip("()[] "), 1)
    q = read(t.text, start, span[1], "" if factor > 1 else unit)
    if q is None:
        return None
    if factor > 1 and not q.unit:
        q.value, q.value_max = q.value * factor, None if q.value_max is None else q.value_max * factor
    sign = _NEGATIVE.search(t.text[span[0] : q.start])
    if sign and q.value_max is None:
        q.value, q.full_start = -q.value, min(q.full_start, span[0] + sign.start())
    return q


_MAGNITUDES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}


def _unit(own: str, column: Column, row: Row) -> str:
    """The unit of a value without one: its head's for growth and changes, else the row's, the head's, the table's."""
    if column.sense in ("growth", "change"):
        return column.unit or "%"
    return own or column.unit or row.sheet.unit


def _unit_of_another(t: Text, row: Row) -> str:
    """The unit that one of the plain values of a row carries for all of them: 94.2 | 96%."""
    plain = [span for span, column in zip(row.values, row.columns, strict=True) if column.sense not in ("growth", "change")]
    found = {m[1] for span in plain if (m := _unit_behind().match(t.text[slice(*span)]))}
    return found.pop() if len(found) == 1 and not any(column.unit for column in row.columns) else ""


@cache
def _unit_behind() -> re.Pattern:
    return re.compile(rf"[^\d(]{{0,8}}\d+(?:\.\d+)?([十百千万亿]*(?:{lexicon().unit}))(?!\d)")


def _mean(bound: Bound, column: Column, start: int, words: str, behind: str) -> None:
    """A head or a cell that speaks of change makes the row's name one of a change: 下降13%, 年均增长15%左右."""
    growth = _GROWTH.search(words)
    named = _named_change().search(bound.name)
    if growth:
        _grow(bound, growth, bool(named))
        bound.quantity.full_start = start + growth.start()
    elif column.sense in ("growth", "change"):
        down = any(word in column.words for word in load("cues")["change"]["down"])
        annual = column.sense == "growth"
        suffix = ("下降" if down else "增长" if bound.quantity.unit == "%" else "变化") + ("率" if bound.quantity.unit == "%" else "幅度")
        bound.name += ("年均" if annual else "") + suffix
        bound.change, bound.annual = "change", annual
    elif named:
        bound.change, bound.annual = "change", bool(re.search("年均|每年", bound.name)) or bool(_NOTED_ANNUAL.match(behind))


@cache
def _named_change() -> re.Pattern:
    return re.compile(rf"{either(load('tables')['around']['moved'])}$")


def _grow(bound: Bound, growth: re.Match, named: bool) -> None:
    percent, down = bound.quantity.unit == "%", growth["verb"] in load("cues")["change"]["down"]
    if not named:
        bound.name += (growth["annual"] or "") + ("下降" if down else "增长" if percent else "提高") + ("率" if percent else "幅度")
    bound.change, bound.annual = "change", bool(growth["annual"])


def _name(t: Text, row: Row) -> tuple[int, int, str, str]:
    """Span of the row's name without number, verb and unit; the unit, of its own cell or else of the last bracket; the verb."""
    start, end = row.name
    unit = row.unit
    while m := _MARK_AT_END.search(t.text, start, end) or _BRACKET_AT_END.search(t.text, start, end):
        if m.re is _BRACKET_AT_END:
            words = m[1] or m[2] or ""
            if not is_unit(words) and not (told := _unit_before(t.text[start : m.start()])):
                break
            words = words if is_unit(words) else told
            unit = unit or words
        if m.start() <= start:
            break
        end = m.start()
    if row.columns and row.columns[0].name == row.name:
        unit = unit or unit_in(t.text[slice(*row.name)])
        start, end = (row.name[0] + at for at in named(t.text[slice(*row.name)]))
    start += _ORDINAL.match(t.text[start:end]).end()
    begin, verb = strip_head(t, start, end)
    stop = strip_tail(t, begin, end)[0] if begin < end else end
    verb = verb or ("累计" if "累计" in t.text[start:begin] else "")
    return (begin if begin < end else start), (stop if stop - begin >= 2 else end), unit, verb


def _unit_before(words: str) -> str:
    """The unit in a bracket that only other brackets follow: 能耗(吨标准煤/万元)(2015年可比价)."""
    m = _BRACKET_AT_END.search(words)
    return (m[1] or m[2] or "") if m and is_unit(m[1] or m[2] or "") else ""


def _full_name(t: Text, row: Row, start: int, end: int) -> str:
    """The name with its owner before it, or with the group's when the cell says how but not what is measured."""
    name = t.plain[start:end]
    if row.owner is not None:
        return t.plain[slice(*row.owner)].strip() + name
    return row.label + name if row.label and end - start <= 5 and only_process(t, (start, end)) else name


def _year_beside(words: str, row: Row) -> int | None:
    """The year that a note in the cell's brackets or a mark behind its number tells."""
    told = _CELL_YEAR.search(words)
    return int(told[1]) if told else next((year for mark, year in row.sheet.marks.items() if words.rstrip().endswith(mark)), None)


def _is_promised(row: Row, column: Column, q: Quantity) -> bool:
    return q.unit == "元" and bool(_reward().search(column.words) or _reward().search(row.sheet.title))


@cache
def _reward() -> re.Pattern:
    return re.compile(either(load("tables")["around"]["reward"]))


def _promise(bound: Bound, row: Row) -> None:
    bound.incentive, bound.verb = True, ""
    if not _reward().search(bound.name):
        bound.name += "奖励金额"

