"""Words around a number that say how it is meant: hedge, flow, and who answers for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from etl.model import Text
from etl.vocab import either, load


@cache
def _hedges() -> tuple[re.Pattern, re.Pattern]:
    cues = load("cues")
    return re.compile(either(cues["hedge"]["words"])), re.compile(rf"{either(cues['hedge_stop']['words'])}")


def hedged(t: Text, full_start: int, previous_end: int, run_start: int, near: bool) -> bool:
    """力争 before this number's clause, or before a list that no new verb has ended."""
    if near:
        return True
    hedge, stop = _hedges()
    own = list(hedge.finditer(t.masked, previous_end, full_start))
    if own:
        return True
    listed = list(hedge.finditer(t.masked, run_start, previous_end))
    if not listed or re.match(r"[\d一二三四五六七八九十]", t.text[listed[-1].end() : listed[-1].end() + 1]):
        return False
    first_verb = stop.search(t.masked, listed[-1].end(), full_start)
    second = stop.search(t.masked, first_verb.end(), full_start) if first_verb else None
    return not second


@cache
def _flow() -> dict[str, re.Pattern]:
    return {name: re.compile(either(words)) for name, words in load("cues")["flow"].items()}


def flow(kind: str, unit: str, name: str, verb: str, tail: str, near: str, change: bool, annual: bool, rate: bool) -> str:
    """level, stock, new, annual, change or unspecified, from the verb that governs the number and the words beside it."""
    words = _flow()
    if annual or re.search(r"年均(?!浓度)|每年|/年", near + unit + ("" if rate else name)) or verb in ("每年",):
        return "annual"
    if change:
        return "change"
    if rate:
        return "level"
    if kind == "incentive":
        return "unspecified"
    if _HELD.search(name + tail + near + verb) and not _ADDED.search(name + near):
        return "stock"
    if not verb.startswith("新") and (_REACHED.search(tail) or _REACHED.search(near)):
        return "stock"
    if verb and (words["new"].search(verb) or verb in load("names")["nominal_verbs"]) or words["new"].match(name):
        return "new"
    if kind == "target" and re.search(r"奖(?:\([^)]*\))?(?:工程)?$|杯|之星$|荣誉$|优质工程|文明工地", name):
        return "new"
    if kind == "baseline":
        return "stock"
    return "unspecified"


# Words that lead up to what is held in all, not to what is added.
_HELD = re.compile("总量|总数|保有量|拥有量|注册量|累计|拥有|现有|共有|在建")
_ADDED = re.compile("新增|新建|查处|受理|挽回")
_REACHED = re.compile(r"(?:达到|达|突破|超过|增至|增加到|发展到|升至|扩大到|累计达|已达)$")

_OPENS = re.compile(r"[(〔](?=责任|牵头|配合|[市区县省州各](?![)〕、]))")
_DUTY = re.compile(r"^(?:责任|牵头|配合)|(?:负责|落实|牵头|配合)[^,。;]{0,6}$")
_SAID = re.compile(r"^(?:责任单位|责任部门|牵头单位|牵头部门|配合单位)[::]?|等?按照?职责分工(?:落实|负责)?$|(?:分工)?负责$")
_LONGEST = 700


@dataclass(frozen=True, slots=True)
class Duty:
    """A bracket that names who answers for what stands before it: its span, and the units."""

    start: int
    end: int
    units: str


def duties(text: str) -> list[Duty]:
    """Every bracket of responsible units, in order: (责任单位:市工业和信息化局、市科技局等), (市农业农村局等按职责分工落实)."""
    found = []
    for m in _OPENS.finditer(text):
        end = _closing(text, m.start())
        words = text[m.end() : end - 1].strip() if end else ""
        if words and "\n" not in words and _DUTY.search(words):
            found.append(Duty(m.start(), end, _SAID.sub("", words).strip(" ,、")))
    return found


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at `start` ends, brackets inside it counted; 0 when it is too long or never closed."""
    depth = 0
    for m in re.compile(r"[(〔]|[)〕]").finditer(text, start, start + _LONGEST):
        depth += 1 if m.group() in "(〔" else -1
        if not depth:
            return m.end()
    return 0
