"""Increases and decreases, and second values of the same name."""

from __future__ import annotations

import re
from functools import cache

from etl.binding.rates import topic_of
from etl.binding.run import Run, add, last_named, segment_start
from etl.lexicon import lexicon
from etl.model import Bound, Quantity, Text
from etl.names import Phrase, only_process, phrase
from etl.vocab import either, load


@cache
def _change() -> re.Pattern:
    c = load("cues")["change"]
    strong, weak = either([*c["up"], *c["down"]]), either(c["compared"])
    return re.compile(
        rf"(?P<base>(?:{either(c['base'])})[^,。;、\d]{{0,10}}?(?:\d{{4}}年?(?:底|末)?|“[^”]+”(?:时期|末|期末)?)?[^,。;、\d]{{0,8}}?)?(?P<annual>{either(c['annual'])})?"
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
    if m and m["strong"] in load("cues")["change"]["up"] and m["strong"] != "净增" and q.unit in lexicon().counts and not m["base"]:
        return []
    found, name = _changed(run, left, stop)
    base = m["base"] if m else ""
    suffix = _suffix(q, m, multiple)
    where = (found.start if found and not found.empty else q.full_start, q.full_end)
    q.full_start = min(q.full_start, m.start("annual") if m and m["annual"] else m.start("strong") if m and m["strong"] else q.full_start)
    label = f"{name}{suffix}" + (f"({base})" if base and re.search(r"\d{4}|“", base) else "")
    return [add(run, q, label, where, "name.change", change="change", annual=bool(m and m["annual"]), topic=name)] if name else []


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
    if q.unit == "%":
        return f"{kind}增长率"
    return f"{kind}{'净增' if word == '净增' else '提高幅度'}"


def _changed(run: Run, left: int, stop: int) -> tuple[Phrase | None, str]:
    """What changes: the noun phrase before the comparison, in this clause or an earlier one, or what was named last."""
    t, end = run.t, stop
    while end > left:
        begin = segment_start(run, left, end)
        found = phrase(t, begin, end, rate=True)
        if not found.empty and found.end - found.start >= 2:
            name = t.plain[found.start : found.end]
            if only_process(t, (found.start, found.end)):
                name = topic_of(run, found.start) + name
            return found, name
        end = begin - 1
    last = last_named(run)
    return None, (last.topic or last.name) if last else ""


_AGAIN = re.compile(r"[、,;和及与]?(?:到|至)?(?:其中)?(?:(?:19|20)\d\d年(?:[底末])?的?)?$")


_ROSE = re.compile(
    r"[、,]?(?:提高|增加|提升|增长|上升|扩大|发展|下降|降低|减少|降|增|升|调整|压减|压缩|缩短|缩减)(?:到|至|为)(?:(?:19|20)\d\d年(?:[底末])?的?)?(?:.{0,3})$"
)


def named_again(run: Run, index: int, left: int) -> list[Bound]:
    """A second value of the same name: 由2016年的1388家增至2019年的4873家, 2025年的82分、2035年的88分以上."""
    t, q, last = run.t, run.quantities[index], run.bound[-1] if run.bound else None
    if not last or not index or run.quantities[index - 1] is not last.quantity or last.quantity.unit != q.unit:
        return []
    between = t.text[left : q.full_start]
    rose = bool(_ROSE.fullmatch(between))
    own_year = q.year is not None and between in ("、", ",", "和")
    if not rose and not own_year and not (_AGAIN.fullmatch(between) and re.search(r"\d{4}年", between)):
        return []
    same = [b for b in run.bound if b.quantity is last.quantity]
    if rose:
        for b in same:
            b.origin = True
    return [add(run, q, b.name, (b.start, q.full_end), "name.again", verb=b.verb, tail=between, count=b.count, topic=b.topic) for b in same]
