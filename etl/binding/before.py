"""A name before its number, and what short names leave out: owners, verbs of making, parts."""

from __future__ import annotations

import re

from etl.binding.rates import named_rates
from etl.binding.run import Run, add, is_rate, last_named, segment_start
from etl.model import Bound, Quantity, Text
from etl.names import Phrase, ends_like_rate, patterns, phrase, process_start
from etl.vocab import load


def named_before(run: Run, index: int, left: int) -> list[Bound]:
    """The name stands before the number: 合格率93.5%以上, 创建国家级示范试点项目15个."""
    t, q = run.t, run.quantities[index]
    begin, rate = segment_start(run, left, q.full_start), is_rate(q)
    found = phrase(t, begin, q.full_start, rate)
    tail = found.tail
    while found.empty and begin > left:
        edge = begin - 1
        begin = segment_start(run, left, edge)
        found = phrase(t, begin, edge, rate)
    words = t.text[found.start : found.end]
    if q.unit == "个百分点" and _REACHED.search(tail):  # a level is told in per cent, whatever the text calls it
        q.unit = "%"
    if last_named(run) and words in load("names")["placeholders"]:
        return _nameless(run, q, tail, "")
    if found.empty or not rate and last_named(run) and (patterns().nominal.fullmatch(words) or patterns().verb.fullmatch(words)):
        return _nameless(run, q, tail, words)
    each = any(word in tail for word in load("cues")["shared"]["each"])
    part = _part_of(run, found, rate) or _like_last(run, found, rate)
    if whole := _of_whole(t, q, found):
        return [add(run, q, whole, (found.start, q.full_end), "name.before", tail=tail, topic=whole)]
    if rate and not part:
        return named_rates(run, q, found, left, begin, each, tail)
    span, simple = (found.start, found.end), t.text[found.start : found.end]
    name = _each_has(run, begin, found) or t.plain[slice(*span)]
    owner, making = _owner(run, found), _making(run, found)
    name = _shared_level(run, found) + name
    name = _dependent(run, found) + (making or owner) + name
    if q.comparator == "eq" and q.unit in ("次", "场", "期") and re.search(r"至少|不少于", tail + t.text[begin : q.full_start]):
        q.comparator = "ge"
    if q.unit in ("次", "场", "期", "届") and index < len(run.quantities):
        name = patterns().light_object.sub("", name)
    name += part
    return [
        add(
            run,
            q,
            name,
            span,
            "name.before",
            verb=found.verb,
            tail=tail,
            count=True,
            topic=owner if owner and simple in load("names")["attributes"] else name,
            making=making,
        )
    ]


_WHOLE = re.compile(r"(?P<part>.{2,}?)(?:力争|争取|要|将|已|均|都)*(?:达到?|占到?|约占|为|相当于|超过)(?P<whole>[^,的]{2,})")


def _of_whole(t: Text, q: Quantity, found: Phrase) -> str:
    """生态控制区面积达到市域面积的75%: a part of a whole."""
    if q.unit != "%" or t.text[q.full_start - 1] != "的":
        return ""
    m = _WHOLE.fullmatch(t.plain[found.start : found.end])
    return f"{m['part']}占{m['whole']}的比例" if m else ""


_REACHED = re.compile(r"达到?|提[高升]到|提[高升]至|[增升降]至")


def _each_has(run: Run, begin: int, found: Phrase) -> str:
    """每个乡镇配备专职协管员: who each has it stays in the name."""
    t = run.t
    m = re.match(
        r"[ ,、]*(每(?:个|家|县|镇|村|所|条|名)[^,。;]{1,12}?)(?:至少)?(?:配备|建成|建有|设有|拥有|设立|有)$", t.text[begin : found.start]
    )
    return t.plain[begin + m.start(1) : begin + m.end(1)] + t.plain[found.start : found.end] if m else ""


def _making(run: Run, found: Phrase) -> str:
    """The verb of making that the first item of an enumeration has and the next ones leave out: 制修订国际标准2项、国家标准60项."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if (
        not last
        or found.verb
        or t.text[last.quantity.full_end : found.start] not in ("、", "和", "、和")
        or not t.text[found.start : found.end].endswith("标准")
    ):
        return ""
    m = patterns().nominal.match(t.text, last.start)
    return t.plain[m.start() : m.end()] if m and m.end() < last.quantity.start else last.making


_LEVEL = re.compile(r"(?:[国省市县区部]|省部|地市)[家级]*以上")
_ANY_LEVEL = re.compile(r"[国省市县区部][家级]|国际|全国|全省|世界|中国")


def _shared_level(run: Run, found: Phrase) -> str:
    """省级以上 of the first item of an enumeration holds for the next ones: 新建省级以上重点实验室5家、中试基地10家."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or found.verb or t.text[last.quantity.full_end : found.start] not in ("、", "和", "、和"):
        return ""
    level = _LEVEL.match(last.name)
    return level.group() if level and not _ANY_LEVEL.search(t.text, found.start, found.end) else ""


_PART = re.compile(r"其中[^,。;]{0,2}$")


def _owner(run: Run, found: Phrase) -> str:
    """What a short name leaves out: the owner of an attribute, or the head of the enumeration that it goes on
    (国家知识产权示范企业40家、优势企业260家; 其中生物医药领域30个)."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or not last.topic:
        return ""
    words, between = t.plain[found.start : found.end], t.text[last.quantity.full_end : found.start]
    simple = t.text[found.start : found.end]
    if simple == "提名奖" and between in ("、", ",", "和"):
        return last.topic
    if simple in load("names")["attributes"] and re.fullmatch(r"[、,和及实现累计共全当年]*", between):
        return _same_tail(last.topic, words) if last.topic.endswith(words[-2:]) else last.topic
    if between == "、" and 2 < len(words) <= 4 and last.topic.endswith(words[-2:]) and len(last.topic) >= len(words) + 3:
        return _same_tail(last.topic, words)
    return ""


def _same_tail(topic: str, words: str) -> str:
    return topic[: -len(words)] if len(topic) > len(words) else ""


def _part_of(run: Run, found: Phrase, rate: bool) -> str:
    """其中学校食堂达到100%: a part of what the rate before it measures; the measure is added."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or not _PART.search(t.text[last.quantity.full_end : found.start]):
        return ""
    if rate and not ends_like_rate(t, (found.start, found.end)):
        return last.topic
    if not rate and re.search(r"(?:领域|方面|行业|产业|类|级|性)$", t.text[found.start : found.end]):
        return last.topic
    return ""


_BARE_LEVEL = re.compile(r".{0,4}(?:级|类)(?:以上)?")
_MEASURED = re.compile(r"[率度比数量重面值分力平]$")


def _like_last(run: Run, found: Phrase, rate: bool) -> str:
    """The measure or the thing that an item of an enumeration shares with the one before it
    (大中型工程合格率100%,其他工程98%以上; 国家级示范区30个、自治区级100个)."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or t.text[last.quantity.full_end : found.start] not in ("、", ",", "和"):
        return ""
    name = t.text[found.start : found.end]
    if not rate:
        if not _BARE_LEVEL.fullmatch(name):
            return ""
        return last.part or re.sub(r"^.{1,4}?(?:级|类)(?:以上)?", "", last.topic)
    if last.quantity.unit != "%" or _MEASURED.search(name) or "的" in name or len(name) > 10:
        return ""
    spot = t.plain.rfind(last.topic, run.sentence[0], found.start)
    cut = process_start(t, (spot, spot + len(last.topic))) if spot >= 0 else -1
    return t.plain[cut : spot + len(last.topic)] if spot >= 0 and ends_like_rate(t, (spot, spot + len(last.topic))) else ""


def _dependent(run: Run, found: Phrase) -> str:
    """What was named before, where the verb ties this count to it: 改造老旧小区26个、惠及居民9600户."""
    last = run.bound[-1] if run.bound else None
    between = run.t.text[last.quantity.full_end : found.start].strip("、,其中并共累计") if last else ""
    short = found.end - found.start <= 4  # 带动高价值发明专利 says enough by itself
    if last and short and found.verb in load("names")["dependent"] and between in ("", found.verb):
        return f"{last.topic or last.name}{between}"
    return ""


_PERIOD = re.compile(r"“?十?[一二三四五六]五”?(?:时期|期间)|(?:19|20)\d\d年")


def _nameless(run: Run, q: Quantity, tail: str, verb: str) -> list[Bound]:
    """A number with nothing but verbs before it: it speaks of what was named last (其中“十三五”期间注册23002件)."""
    last = last_named(run)
    counted = run.t.plain[q.end - 2 : q.end]
    if not verb and counted == "人口":  # 围绕80万人口: the unit says who
        return [add(run, q, counted, (q.full_start, q.full_end), "name.unit", tail=tail, count=True, topic=counted)]
    if not last:
        words = run.block.label or (run.block.section.title if run.block.section.title else "")
        return [add(run, q, words, (q.full_start, q.full_end), "name.section", tail=tail)] if words and q.unit else []
    name = last.topic or last.name
    if q.unit == "%" and tail.endswith("占") and not name.endswith(tuple(load("names")["bare_heads"])):
        name += "占比"
    action = f"{verb}{q.unit}" if q.unit.endswith("学时") else verb if verb and not is_rate(q) else ""
    whole = f"{action}{name}" if action in load("names")["verbs"] else name + action
    if action in load("names")["nominal_verbs"]:
        within = _PERIOD.search(run.t.text, last.quantity.full_end, q.full_start)
        whole = f"{within.group() if within else ''}{action}的{name}"
    return [
        add(
            run, q, whole, (q.full_start, q.full_end), "name.carried", tail=tail, verb=verb or last.verb, count=last.count, topic=last.topic
        )
    ]
