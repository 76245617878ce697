"""Increases and decreases, and second values of the same name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from etl.binding.rates import topic_of
from etl.binding.run import Run, add, last_named, segment_start
from etl.lexicon import lexicon
from etl.model import Bound, Quantity, Text
from etl.names import Phrase, only_process, phrase, pieces
from etl.vocab import either, load


@cache
def _change() -> re.Pattern:
    c = load("cues")["change"]
    strong, weak = either([*c["up"], *c["down"]]), either(c["compared"])
    return re.compile(
        rf"(?P<base>(?<!占)(?:{either(c['base'])})(?![重例值率])[^,。;、\d]{{0,10}}?(?:\d{{4}}年?(?:底|末)?|“[^”]+”(?:时期|末|期末)?)?[^,。;、\d]{{0,8}}?)?(?P<annual>{either(c['annual'])})?"
        rf"(?:(?P<strong>{strong})|(?P<weak>{weak}))(?:率|幅度)?(?:了|约|近|达到?|为|在|不低于|不少于|超过|左右)?$"
    )


def named_change(run: Run, index: int, left: int) -> list[Bound]:
    """The number is an increase or a decrease: 较2015年提高16.1个百分点, 年均增长8.2%, 驰名商标总量较“十一五”末翻一番."""
    t, q = run.t, run.quantities[index]
    multiple = "multiple" in q.rules
    m = None if multiple else _change().search(t.text, max(left, q.full_start - 40), q.full_start)
    if not multiple and (not m or m["weak"] and not m["base"] or q.unit in ("分", "") and not m["base"] and not _alone(t, left, m.start())):
        return []
    if m and not m["strong"] and not m["weak"]:
        return []
    stop = _before_base(t, left, q.full_start) if multiple else m.start()
    found, name = _changed(run, left, stop)
    plain = m and m["strong"] in load("cues")["change"]["up"] and m["strong"] != "净增" and q.unit in lexicon().counts and not m["base"]
    if plain and not (found and found.end == stop and found.end - found.start <= 8 and m["strong"] == "增加"):
        return []  # 新增 and the like count what is new; 床位增加4.9万张 says by how many
    base = m["base"] if m else ""
    suffix = _suffix(q, m, multiple)
    where = (found.start if found and not found.empty else q.full_start, q.full_end)
    q.full_start = min(q.full_start, m.start("annual") if m and m["annual"] else m.start("strong") if m and m["strong"] else q.full_start)
    behind = suffix + (f"({base})" if base and re.search(r"\d{4}|“", base) else "")
    names = _each_changes(run, found, q) or [name] if found else [name]
    annual = bool(m and m["annual"])
    return [add(run, q, one + behind, where, "name.change", change="change", annual=annual, topic=one) for one in names if one]


def _each_changes(run: Run, found: Phrase, q: Quantity) -> list[str]:
    """A、B、C均增长6%: every name by itself, where 均 says so; an empty list where they are one."""
    each = any(word in found.tail for word in load("cues")["shared"]["each"])
    parts = pieces(run.t, found.start, found.end) if each else []
    return [run.t.plain[slice(*part)] for part in parts] if len(parts) > 1 and all(b - a >= 3 for a, b in parts) else []


@dataclass(frozen=True, slots=True)
class Change:
    """How a change is called behind the name of what changes: 年均增长率."""

    suffix: str
    annual: bool


def change_before(t: Text, start: int, q: Quantity) -> Change | None:
    """The verb of change between `start` and a number that is a rate (分别增长|84.8%), if there is one."""
    m = _change().search(t.text, start, q.full_start) if q.unit in lexicon().rates else None
    return Change(_suffix(q, m, False), bool(m["annual"])) if m and m["strong"] else None


# 高于全国平均水平0.5个: how far something lies from another is told of what was named before.
_COMPARED = re.compile(
    r"[\s、]*(?:均|都|分别|也|已)?(?P<how>高于|低于|快于|慢于|多于|少于|优于|好于|领先于?|落后于?|高出|超出)"
    r"(?=[^,]{0,8}(?:平均|水平|全国|全省|全市|全区|上年|去年|同期|预期|目标|计划|增速))"
)


def named_compared(run: Run, index: int, left: int) -> list[Bound] | None:
    """The distance from another place or year: a statement of change in points, per cent or places, of a count none. None elsewhere."""
    q, last = run.quantities[index], last_named(run)
    begin = segment_start(run, left, q.full_start)
    m = _COMPARED.match(run.t.text, begin, q.full_start)
    if not m:
        return None
    start = m.start("how")
    if not last or q.unit not in ("个百分点", "%", "‰", "位", "倍"):
        return []
    name = f"{last.topic or last.name}{run.t.plain[start : q.full_start].strip()}的幅度"
    return [add(run, q, name, (start, q.full_end), "name.change", change="change", topic=last.topic)]


def _alone(t: Text, left: int, right: int) -> bool:
    """Whether a verb of change stands right behind the number before it (81.5分,提高1.5分)."""
    return t.text[left:right].strip(" ,、") == "" and left > 0 and t.text[left - 1] in "分%个点"


def _before_base(t: Text, left: int, right: int) -> int:
    """Where a comparison before a multiple begins (证书数|较2022年翻一番)."""
    m = re.compile(r"(?:较|比)[^,。;、]{1,20}$").search(t.text, left, right)
    return m.start() if m else right


def _suffix(q: Quantity, m: re.Match | None, multiple: bool) -> str:
    if multiple:
        return "增长倍数"
    c, word = load("cues")["change"], m["strong"] or ""
    kind = "年均" if m["annual"] else ""
    if word in ("增幅", "增速"):
        return word
    if m["weak"]:
        return f"{m['base'].replace('比', '').replace('较', '')}{m['weak']}的幅度"
    if word in c["down"]:
        return f"{kind}{'缩短' if word in ('缩短', '压缩') else '下降'}{'率' if q.unit == '%' else '幅度'}"
    if q.unit in ("%", "‰"):
        return f"{kind}增长率"
    return f"{kind}{'净增' if word == '净增' else '提高幅度'}"


def _changed(run: Run, left: int, stop: int) -> tuple[Phrase | None, str]:
    """What changes: the noun phrase before the comparison, in this clause or an earlier one, or what was named last."""
    t, end = run.t, stop
    while end > left:
        begin = segment_start(run, left, end)
        found = phrase(t, begin, end, rate=True)
        name = t.plain[found.start : found.end]
        if name in load("names")["placeholders"]:
            break
        if not found.empty and found.end - found.start >= 2 and not name.endswith(tuple(load("names")["reckonings"])):
            if only_process(t, (found.start, found.end)):
                name = topic_of(run, found.start) + name
            return found, name
        end = begin - 1
    last = last_named(run)
    return None, (last.topic or last.name) if last else ""


_AGAIN = re.compile(r"[、,;和及与]?(?:到|至)?(?:其中)?(?:(?:19|20)\d\d年(?:[底末])?的?)?$")


@cache
def _rose() -> re.Pattern:
    """Between the two values of one name: 提高到, 增至2019年的."""
    c = load("cues")["change"]
    verbs = either([*c["up"], *c["down"], *c["to"]])
    return re.compile(rf"[、,]?(?:{verbs})(?:到|至|为)(?:(?:19|20)\d\d年(?:[底末])?的?)?(?:.{{0,3}})$")


def named_again(run: Run, index: int, left: int) -> list[Bound]:
    """A second value of the same name: 由2016年的1388家增至2019年的4873家, 2025年的82分、2035年的88分以上."""
    t, q, last = run.t, run.quantities[index], run.bound[-1] if run.bound else None
    if not last or not index or run.quantities[index - 1] is not last.quantity or last.quantity.unit != q.unit:
        return []
    between = t.text[left : q.full_start]
    rose = bool(_rose().fullmatch(between))
    own_year = q.year is not None and between in ("、", ",", "和")
    if not rose and not own_year and not (_AGAIN.fullmatch(between) and re.search(r"\d{4}年", between)):
        return []
    same = [b for b in run.bound if b.quantity is last.quantity]
    if rose:
        for b in same:
            b.origin = True
    return [add(run, q, b.name, (b.start, q.full_end), "name.again", verb=b.verb, tail=between, count=b.count, topic=b.topic) for b in same]
