"""Which words name a number: the noun phrase before it, behind it or around it, one for each number or one for several.

Reads masked text, blocks and quantities; returns a Bound for each statement. Times, kinds and domains are decided elsewhere.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from etl.lexicon import lexicon
from etl.names import (Phrase, Span, Text, behind, ends_like_rate, only_process, patterns, phrase, pieces, process_start, shared_end, strip_head)
from etl.quantities import Quantity
from etl.segment import Block
from etl.vocab import either, load


@dataclass(slots=True)
class Bound:
    """A statement: its quantity, its name, the span that the quote must cover, and what the words around said."""

    quantity: Quantity
    name: str
    start: int
    end: int
    block: Block
    sentence: Span
    verb: str = ""
    tail: str = ""
    change: str = ""
    annual: bool = False
    origin: bool = False
    incentive: bool = False
    count: bool = False
    rules: list[str] = field(default_factory=list)
    topic: str = ""
    making: str = ""
    year: int | None = None


@dataclass(slots=True)
class _Run:
    """The stretch between two full stops or semicolons, its quantities, and what was bound in it so far."""

    t: Text
    block: Block
    sentence: Span
    start: int
    end: int
    quantities: list[Quantity]
    bound: list[Bound] = field(default_factory=list)
    before: list[Bound] = field(default_factory=list)


_SENTENCE = re.compile(r"[^。!?！？\n]+")
_RUN = re.compile(r"[^;；]+")
_EDGE = re.compile(r"[,:;·|]|——")


@cache
def _change() -> re.Pattern:
    c = load("cues")["change"]
    strong, weak = either([*c["up"], *c["down"]]), either(c["compared"])
    return re.compile(rf"(?P<base>(?:{either(c['base'])})[^,。;、\d]{{0,10}}?(?:\d{{4}}年?(?:底|末)?|“[^”]+”(?:时期|末|期末)?)?[^,。;、\d]{{0,8}}?)?(?P<annual>{either(c['annual'])})?"
                      rf"(?:(?P<strong>{strong})|(?P<weak>{weak}))(?:率|幅度)?(?:了|约|近|达到?|为|在|不低于|不少于|超过|左右)?$")


_REWARD = re.compile(r"奖励|补助|资助|补贴|奖补|奖金|扣除|摊销|扶持资金|贴息|津贴|减免|补偿|资金支持|给予(?=[^,。;]{0,10}元)")
_RIGHT = re.compile(r"[㐀-鿿“《A-Za-z]")
_NOT_RIGHT = re.compile(r"以[上下内]|和|及(?!格)|与|并|或|等|左右|上下|且|其中|的|为|是|占|较|比|同比|在|之|提高|提升|增加|下降|增长|降低|到|至|用于|作为|每年|分别|均|都|全部|达到")


@cache
def _open_left() -> re.Pattern:
    """A stretch that ends with a governing verb, a preposition or nothing: the name of what is counted comes behind the number."""
    names, cues = load("names"), load("cues")
    words = either([*names["verbs"], *names["light_verbs"], *names["adverbs"], *names["tails"], *cues["hedge"]["words"], *names["nominal_verbs"], *names["acquiring"], "有", "共有", "为", "对", "向", "为全市", "引导", "促进", "推动", "组织", "支持", "建有", "吸引", "选派", "吸纳", "新招引", "帮助", "召开", "设有", "扶持", "完善"])
    return re.compile(rf"(?:^|[,:;·|、\s]|{words}|——)(?:了|或|和)?\s*$")


def bind(t: Text, blocks: list[Block], quantities: list[Quantity]) -> list[Bound]:
    """Statements of all prose blocks, in order of place. `quantities` are sorted."""
    found: list[Bound] = []
    at = 0
    for block in blocks:
        while at < len(quantities) and quantities[at].start < block.start:
            at += 1
        last = at
        while last < len(quantities) and quantities[last].start < block.end:
            last += 1
        if block.kind == "prose" and last > at:
            found += _block(t, block, quantities[at:last])
        at = last
    return found


def _block(t: Text, block: Block, quantities: list[Quantity]) -> Iterator[Bound]:
    for run in _runs(t, block, quantities):
        for bound in _bind_run(run):
            yield bound


def _runs(t: Text, block: Block, quantities: list[Quantity]) -> Iterator[_Run]:
    before: list[Bound] = []
    for sentence in _SENTENCE.finditer(t.masked, block.start, block.end):
        inside = [q for q in quantities if sentence.start() <= q.start < sentence.end()]
        if not inside:
            continue
        for part in _RUN.finditer(t.masked, *sentence.span()):
            mine = [q for q in inside if part.start() <= q.start < part.end()]
            if mine:
                run = _Run(t, block, sentence.span(), part.start(), part.end(), mine, before=before)
                yield run
                before = run.bound or before


def _bind_run(run: _Run) -> list[Bound]:
    index = 0
    while index < len(run.quantities):
        index += _bind_at(run, index)
    if len(run.bound) > 1:
        _share_head_behind(run)
    return run.bound


def _bind_at(run: _Run, index: int) -> int:
    """Bind the quantity at `index`, and those that go with it; returns how many."""
    t, q = run.t, run.quantities[index]
    left = run.quantities[index - 1].full_end if index else run.start
    chain = _chain(run, index)
    if _is_reward(run, q):
        return _reward(run, index, left, chain)
    if len(chain) > 1 and (steps := _in_step(run, left, chain)):
        return steps
    for rule in (_by_change, _same_again, _around, _behind, _before):
        made = rule(run, index, left)
        if made:
            run.bound += made
            return 1
    return 1


def _add(run: _Run, q: Quantity, name: str, span: Span, rule: str, **more) -> Bound:
    return Bound(q, name, min(span[0], q.full_start), max(span[1], q.full_end), run.block, run.sentence, rules=[rule], **more)


def _is_rate(q: Quantity) -> bool:
    return q.unit in lexicon().rates or "/" in q.unit or not q.unit


def _segment_start(run: _Run, left: int, right: int) -> int:
    """Where the clause that leads up to `right` begins: behind the last comma or bullet, or at `left`."""
    edge = None
    for edge in _EDGE.finditer(run.t.masked, left, right):
        pass
    return edge.end() if edge else left


def _earlier(run: _Run) -> Bound | None:
    return run.bound[-1] if run.bound else run.before[-1] if run.before else None


# ---- one value, one name ------------------------------------------------------------------------------------------------------

def _before(run: _Run, index: int, left: int) -> list[Bound]:
    """The name stands before the number: 合格率93.5%以上, 创建国家级示范试点项目15个."""
    t, q = run.t, run.quantities[index]
    begin, rate = _segment_start(run, left, q.full_start), _is_rate(q)
    found = phrase(t, begin, q.full_start, rate)
    tail = found.tail
    while found.empty and begin > left:
        edge = begin - 1
        begin = _segment_start(run, left, edge)
        found = phrase(t, begin, edge, rate)
    words = t.text[found.start:found.end]
    if found.empty or not rate and _earlier(run) and (patterns().nominal.fullmatch(words) or patterns().verb.fullmatch(words)):
        return _nameless(run, q, tail, words)
    each = any(word in tail for word in load("cues")["shared"]["each"])
    part = _part_of(run, found, rate)
    if rate and not part:
        return _rates(run, q, found, left, begin, each, tail)
    span, simple = (found.start, found.end), t.text[found.start:found.end]
    name = _each_has(run, begin, found) or t.plain[slice(*span)]
    owner, making = _owner(run, found), _making(run, found)
    name = _dependent(run, found) + (making or owner) + name
    if q.comparator == "eq" and q.unit in ("次", "场", "期") and re.search(r"至少|不少于", tail + t.text[begin:q.full_start]):
        q.comparator = "ge"
    if q.unit in ("次", "场", "期", "届") and index < len(run.quantities):
        name = patterns().light_object.sub("", name)
    name += part
    return [_add(run, q, name, span, "name.before", verb=found.verb, tail=tail, count=True, topic=owner if owner and simple in load("names")["attributes"] else name, making=making)]


def _each_has(run: _Run, begin: int, found: Phrase) -> str:
    """每个乡镇配备专职协管员: who each has it stays in the name."""
    t = run.t
    m = re.match(r"[ ,、]*(每(?:个|家|县|镇|村|所|条|名)[^,。;]{1,12}?)(?:至少)?(?:配备|建成|建有|设有|拥有|设立|有)$", t.text[begin:found.start])
    return t.plain[begin + m.start(1):begin + m.end(1)] + t.plain[found.start:found.end] if m else ""


def _making(run: _Run, found: Phrase) -> str:
    """The verb of making that the first item of an enumeration has and the next ones leave out: 制修订国际标准2项、国家标准60项."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or found.verb or t.text[last.quantity.full_end:found.start] not in ("、", "和", "、和") or not t.text[found.start:found.end].endswith("标准"):
        return ""
    m = patterns().nominal.match(t.text, last.start)
    return t.plain[m.start():m.end()] if m and m.end() < last.quantity.start else last.making


_PART = re.compile(r"其中[^,。;]{0,2}$")


def _owner(run: _Run, found: Phrase) -> str:
    """What a short name leaves out: the owner of an attribute, or the head of the enumeration that it goes on
    (国家知识产权示范企业40家、优势企业260家; 其中生物医药领域30个)."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or not last.topic:
        return ""
    words, between = t.plain[found.start:found.end], t.text[last.quantity.full_end:found.start]
    simple = t.text[found.start:found.end]
    if simple == "提名奖" and between in ("、", ",", "和"):
        return last.topic
    if simple in load("names")["attributes"] and re.fullmatch(r"[、,和及实现累计共年]*", between):
        return _same_tail(last.topic, words) if last.topic.endswith(words[-2:]) else last.topic
    if between == "、" and 2 < len(words) <= 4 and last.topic.endswith(words[-2:]) and len(last.topic) >= len(words) + 3:
        return _same_tail(last.topic, words)
    return ""


def _same_tail(topic: str, words: str) -> str:
    return topic[:-len(words)] if len(topic) > len(words) else ""


def _part_of(run: _Run, found: Phrase, rate: bool) -> str:
    """其中学校食堂达到100%: a part of what the rate before it measures; the measure is added."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if not last or not _PART.search(t.text[last.quantity.full_end:found.start]):
        return ""
    if rate and not ends_like_rate(t, (found.start, found.end)):
        return last.topic
    if not rate and re.search(r"(?:领域|方面|行业|产业)$", t.text[found.start:found.end]):
        return last.topic
    return ""


def _dependent(run: _Run, found: Phrase) -> str:
    """What was named before, where the verb ties this count to it: 改造老旧小区26个、惠及居民9600户."""
    last = run.bound[-1] if run.bound else None
    between = run.t.text[last.quantity.full_end:found.start].strip("、,其中并共累计") if last else ""
    if last and found.verb in load("names")["dependent"] and between in ("", found.verb):
        return f"{last.topic or last.name}{between}"
    return ""


def _nameless(run: _Run, q: Quantity, tail: str, verb: str) -> list[Bound]:
    """A number with nothing but verbs before it: it speaks of what was named last (其中“十三五”期间注册23002件)."""
    last = _earlier(run)
    if not last:
        words = run.block.label or (run.block.section.title if run.block.section.title else "")
        return [_add(run, q, words, (q.full_start, q.full_end), "name.section", tail=tail)] if words and q.unit else []
    name = last.topic or last.name
    action = f"{verb}{q.unit}" if q.unit.endswith("学时") else verb if verb and not _is_rate(q) else ""
    whole = f"{action}{name}" if action in load("names")["verbs"] else name + action
    return [_add(run, q, whole, (q.full_start, q.full_end), "name.carried", tail=tail, verb=verb or last.verb, count=last.count, topic=last.topic)]


def _rates(run: _Run, q: Quantity, found: Phrase, left: int, begin: int, each: bool, tail: str) -> list[Bound]:
    """One value for one rate or for several: joined rates split; with 均 the subjects of one rate split too."""
    t = run.t
    start = _back_over_commas(run, left, begin, found) if each else found.start
    parts = pieces(t, start, found.end)
    whole = [(start, found.end)] if start == found.start else [(found.start, found.end)]
    spans = _split_rates(t, parts, each) if len(parts) > 1 else None
    made = []
    for head, end in spans or [(whole[0], None)]:
        name, rules = _rate_name(run, head, end, made[-1].name if made else "")
        made.append(_add(run, q, name, (head[0], q.full_end), "name.shared" if spans else "name.before", verb=found.verb, tail=tail, topic=name))
        made[-1].rules += rules
    return made


def _split_rates(t: Text, parts: list[Span], each: bool) -> list[tuple[Span, Span | None]] | None:
    """(piece, shared end) for each name in an enumeration, or None when it is one pooled name."""
    rated = [ends_like_rate(t, part) for part in parts]
    if all(rated):
        return [(part, None) for part in parts]
    if not rated[-1]:
        return None
    groups: list[list[Span]] = [[]]
    for part, rate in zip(parts, rated):
        groups[-1].append(part)
        if rate:
            groups.append([])
    groups = [group for group in groups if group]
    if not each:
        whole = [((group[0][0], group[-1][1]), None) for group in groups]
        return whole if len(groups) > 1 else None
    found: list[tuple[Span, Span | None]] = []
    for group in groups:
        joined = _keep_and(t, group)
        end = shared_end(t, joined) if len(joined) > 1 else None
        found += [(part, end if part is not joined[-1] else None) for part in joined]
    return found


def _keep_and(t: Text, group: list[Span]) -> list[Span]:
    """Pieces joined by 和 or 及 stay one subject when the group also has 、 (水产品孔雀石绿和硝基呋喃)."""
    merged = [group[0]]
    for part in group[1:]:
        between = t.text[merged[-1][1]:part[0]]
        if "、" not in between and "," not in between:
            merged[-1] = (merged[-1][0], part[1])
        else:
            merged.append(part)
    return merged


def _back_over_commas(run: _Run, left: int, begin: int, found: Phrase) -> int:
    """With 均 the names reach back over commas, as long as the clauses before are rates without a value of their own."""
    start = found.start
    while begin > left:
        edge = begin - 1
        if run.t.text[edge] != ",":
            break
        earlier = _segment_start(run, left, edge)
        head, _ = strip_head(run.t, earlier, edge)
        if head >= edge or not ends_like_rate(run.t, (head, edge)):
            break
        start, begin = head, earlier
    return start


def _rate_name(run: _Run, span: Span, shared: Span | None, sibling: str) -> tuple[str, list[str]]:
    """Name of a rate with the words that the sentence left out: the shared end, or the subject of the rate before it."""
    t = run.t
    start, _ = strip_head(t, *span)
    if start >= span[1]:
        start = span[0]
    name = t.plain[start:span[1]] + (t.plain[slice(*shared)] if shared else "")
    if shared or not only_process(t, (start, span[1])):
        return name, ["elided.head"] if shared else []
    topic = _subject_of(t, sibling, span[0], run) if sibling else _topic(run, start)
    return (topic + name, ["elided.subject"]) if topic and not name.startswith(topic) else (name, [])


_CARE = re.compile(r"(?:的?(?:保护|管理|监管|治理|建设|提升|监督|整治|管控|工作))+$")


def _topic(run: _Run, at: int) -> str:
    """The subject that a bare rate leaves out: that of the rate before it, or the object of the clause before it, or the label of the row."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if re.search(rf"{either(load('names')['places'])}$", t.text[max(run.start, at - 6):at]):
        return ""
    if last and last.quantity.full_end <= at and last.topic:
        return _subject_of(t, last.topic, at, run)
    if at > run.start and t.text[at - 1] == ",":
        begin = _segment_start(run, run.start, at - 1)
        start, _ = strip_head(t, begin, at - 1)
        words = re.sub(r"^(?:加强|强化|做好|落实|推进|深化|完善|严格|抓好|提升|健全)", "", t.plain[start:at - 1])
        words = _CARE.sub("", words)
        return words if 2 <= len(words) <= 20 else ""
    label = run.block.label
    return label if 2 <= len(label) <= 8 and not label.endswith(("工程", "建设", "目标", "质量")) else ""


def _subject_of(t: Text, name: str, before: int, run: _Run) -> str:
    """The subject of a rate that was named before: what is left of its name without the words of procedure."""
    spot = t.plain.rfind(name, run.sentence[0], before)
    span = (spot, spot + len(name))
    if spot < 0 or only_process(t, span):
        return ""
    cut = process_start(t, span)
    return t.plain[span[0]:cut] if cut - span[0] >= 2 else ""


def _behind(run: _Run, index: int, left: int) -> list[Bound]:
    """The name stands behind the number: 建设3所应用型本科高校, 500家小微企业导入…体系."""
    t, q = run.t, run.quantities[index]
    if _is_rate(q) or not _RIGHT.match(t.text, q.full_end) or _NOT_RIGHT.match(t.text, q.full_end):
        return []
    begin = _segment_start(run, left, q.full_start)
    if not _open_left().search(t.text[begin:q.full_start]):
        noun, _ = behind(t, q.full_end, run.end)
        if not phrase(t, begin, q.full_start).empty and not (q.unit in lexicon().counts and patterns().noun_end.search(t.text, *noun)):
            return []
    limit = run.quantities[index + 1].full_start if index + 1 < len(run.quantities) else run.end
    noun, predicate = behind(t, q.full_end, limit)
    if noun[0] >= noun[1] or re.fullmatch(either(load("names")["stages"]), t.text[slice(*noun)]):
        return []
    subject = _subject(run, begin, q)
    name, last = _noun_name(t, noun, predicate)
    if q.unit in ("次", "场") and len(t.text[slice(*noun)]) <= 12:
        object_ = phrase(t, begin, q.full_start)
        words = patterns().light_object.sub("", t.plain[object_.start:object_.end])
        if q.comparator == "eq" and re.search(r"至少|不少于", t.text[begin:q.full_start]):
            q.comparator = "ge"
        return [_add(run, q, f"{words}{name}次数", (object_.start if words else q.full_start, last), "name.around", annual=True, count=True, verb=object_.verb, topic=name)]
    found = phrase(t, begin, q.full_start)
    start = subject[1] if subject[0] else q.full_start
    verb = next((m.group() for m in reversed(list(patterns().verb.finditer(t.text, begin, q.full_start)))), "")
    return [_add(run, q, subject[0] + name, (start, last), "name.behind", verb=verb, tail=found.tail, count=True, topic=name)]


def _noun_name(t: Text, noun: Span, predicate: Span | None) -> tuple[str, int]:
    """Name and end of what is counted behind a number: 导入…体系的小微企业."""
    words = t.plain[slice(*noun)]
    if not predicate:
        return words, noun[1]
    light = patterns().light.match(t.text, *predicate)
    start = light.end() if light and light.end() < predicate[1] else predicate[0]
    rest = t.plain[start:predicate[1]]
    return (words + rest if len(rest) <= 2 else f"{rest}的{words}"), predicate[1]


_FIELD = re.compile(r"(?:领域|方面|环节|行业|产业|产业链|区域)$")


def _subject(run: _Run, begin: int, q: Quantity) -> tuple[str, int]:
    """Words before the verb that limit what is counted: a field (制造业领域1500种产品) or who each has it (每个乡镇配备2名)."""
    t = run.t
    end = q.full_start
    for _ in range(4):
        cut = re.compile(rf"(?:{patterns().verb.pattern}|均|都|各|至少|建有|设有|拥有|配备|有)$").search(t.text, begin, end)
        if not cut:
            break
        end = cut.start()
    words = t.text[end:q.full_start]
    start, _ = strip_head(t, begin, end)
    rest = t.plain[start:end]
    if len(rest) >= 2 and end == q.full_start and _FIELD.search(rest):
        return rest, start
    if len(rest) >= 2 and words and (re.search(r"均|都|各", words) or re.match(r"\s*每[个家县镇村]", t.text[begin:end].lstrip(" ,"))):
        return f"{rest}{re.sub('均|都|各|至少', '', words)}的", start
    return "", q.full_start


def _around(run: _Run, index: int, left: int) -> list[Bound]:
    """A share in the middle of its name: 满足社会95%以上的量值传递需求, 完成《目录》中90%的项目建设, 九成以上的企业建立…."""
    t, q = run.t, run.quantities[index]
    joined = t.text[q.full_end:q.full_end + 1] == "的"
    if q.unit not in ("%", "‰") or not joined and not _RIGHT.match(t.text, q.full_end):
        return []
    noun, predicate = behind(t, q.full_end + joined, run.end)
    if noun[1] - noun[0] < 2:
        return []
    begin = _segment_start(run, left, q.full_start)
    found = phrase(t, begin, q.full_start, rate=True)
    if not joined and not (predicate and (found.empty or t.text[begin:q.full_start].endswith("有"))):
        return []
    words, last = t.plain[found.start:found.end], (predicate or noun)[1]
    object_ = t.plain[slice(*noun)]
    if "满足" in words[1:]:
        who, _, whose = words.partition("满足")
        name = f"{who}对{whose}{object_}的满足率"
    elif re.search(r"[中里内]$", words):
        name = f"{words[:-1]}{object_}完成率"
    elif found.empty or not joined or words == "有":
        name = f"{_noun_name(t, noun, predicate)[0]}占比"
    else:
        name = words + object_
    return [_add(run, q, name, (found.start if not found.empty else q.full_start, last), "name.around", verb=found.verb, tail=found.tail, topic=name)]


# ---- changes and repeated names -----------------------------------------------------------------------------------------------

def _by_change(run: _Run, index: int, left: int) -> list[Bound]:
    """The number is an increase or a decrease: 较2015年提高16.1个百分点, 年均增长8.2%, 驰名商标总量较“十一五”末翻一番."""
    t, q = run.t, run.quantities[index]
    multiple = "multiple" in q.rules
    m = None if multiple else _change().search(t.text, max(left, q.full_start - 40), q.full_start)
    if not multiple and (not m or m["weak"] and not m["base"] or q.unit in ("分", "") and not m["base"]):
        return []
    if m and not m["strong"] and not m["weak"]:
        return []
    stop = q.full_start if multiple else m.start()
    if m and m["strong"] in load("cues")["change"]["up"] and m["strong"] != "净增" and q.unit in lexicon().counts and not m["base"]:
        return []
    found, name = _changed(run, left, stop)
    base = m["base"] if m else ""
    suffix = _suffix(q, m, multiple)
    where = (found.start if found and not found.empty else q.full_start, q.full_end)
    q.full_start = min(q.full_start, m.start("annual") if m and m["annual"] else m.start("strong") if m and m["strong"] else q.full_start)
    label = f"{name}{suffix}" + (f"({base})" if base and re.search(r"\d{4}|“", base) else "")
    return [_add(run, q, label, where, "name.change", change="change", annual=bool(m and m["annual"]), topic=name)] if name else []


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


def _changed(run: _Run, left: int, stop: int) -> tuple[Phrase | None, str]:
    """What changes: the noun phrase before the comparison, in this clause or an earlier one, or what was named last."""
    t, end = run.t, stop
    while end > left:
        begin = _segment_start(run, left, end)
        found = phrase(t, begin, end, rate=True)
        if not found.empty and found.end - found.start >= 2:
            name = t.plain[found.start:found.end]
            if only_process(t, (found.start, found.end)):
                name = _topic(run, found.start) + name
            return found, name
        end = begin - 1
    last = _earlier(run)
    return None, (last.topic or last.name) if last else ""


_AGAIN = re.compile(r"[、,;和及与]?(?:到|至)?(?:其中)?(?:(?:19|20)\d\d年(?:[底末])?的?)?$")
_ROSE = re.compile(r"[、,]?(?:提高|增加|提升|增长|上升|扩大|发展|下降|降低|减少|降|增|升|调整|压减|压缩|缩短|缩减)(?:到|至|为)(?:(?:19|20)\d\d年(?:[底末])?的?)?(?:.{0,3})$")


def _same_again(run: _Run, index: int, left: int) -> list[Bound]:
    """A second value of the same name: 由2016年的1388家增至2019年的4873家, 2025年的82分、2035年的88分以上."""
    t, q, last = run.t, run.quantities[index], run.bound[-1] if run.bound else None
    if not last or not index or run.quantities[index - 1] is not last.quantity or last.quantity.unit != q.unit:
        return []
    between = t.text[left:q.full_start]
    rose = bool(_ROSE.fullmatch(between))
    if not rose and not (_AGAIN.fullmatch(between) and re.search(r"\d{4}年", between)):
        return []
    same = [b for b in run.bound if b.quantity is last.quantity]
    if rose:
        for b in same:
            b.origin = True
    return [_add(run, q, b.name, (b.start, q.full_end), "name.again", verb=b.verb, tail=between, count=b.count, topic=b.topic) for b in same]


# ---- several values, several names --------------------------------------------------------------------------------------------

_LINK = re.compile(r"[、,和及与]{0,2}\s*(?:从|由|自)?$")
_TO = re.compile(r"(?:分别)?(?:增加|提高|提升|增长|发展|上升|降低|下降|减少|增|升|降)(?:到|至|为)$")


def _chain(run: _Run, index: int) -> list[Quantity]:
    """The quantity and those that follow it with nothing but marks between."""
    chain = [run.quantities[index]]
    for q in run.quantities[index + 1:]:
        between = run.t.text[chain[-1].full_end:q.full_start]
        if not (_LINK.fullmatch(between) or _TO.fullmatch(between)):
            break
        chain.append(q)
    return chain


def _in_step(run: _Run, left: int, chain: list[Quantity]) -> int:
    """分别: as many names as values, in step. Returns how many quantities were bound."""
    t, first = run.t, chain[0]
    begin = _segment_start(run, left, first.full_start)
    mark = t.text.rfind("分别", left, first.full_start)
    if mark < 0:
        return 0
    if begin > mark:
        begin = _segment_start(run, left, mark)
    turn = next((n for n in range(1, len(chain)) if _TO.fullmatch(t.text[chain[n - 1].full_end:chain[n].full_start])), 0)
    wanted = turn or len(chain)
    found = phrase(t, begin, mark, rate=_is_rate(first))
    while found.empty and begin > left:
        edge, begin = begin - 1, _segment_start(run, left, begin - 1)
        found = phrase(t, begin, edge, rate=_is_rate(first))
    if _by_years(run, begin, mark, chain):
        return len(chain)
    parts = pieces(t, found.start, found.end) if not found.empty else []
    if len(parts) != wanted:
        return 0
    names = _step_names(t, parts)
    _share_comparator(chain)
    for position, q in enumerate(chain):
        which = position % wanted
        bound = _add(run, q, names[which], (found.start, q.full_end), "name.step", verb=found.verb, tail=found.tail, count=not _is_rate(q), topic=names[which])
        bound.origin = bool(turn) and position < turn
        run.bound.append(bound)
    return len(chain)


def _by_years(run: _Run, begin: int, mark: int, chain: list[Quantity]) -> bool:
    """占比2025年、2030年、2035年分别达到52%、55%、60%: one name, a year for each value."""
    t = run.t
    parts = pieces(t, begin, mark)
    years = [_BY_YEAR.fullmatch(t.text[slice(*part)]) for part in parts]
    if len(parts) != len(chain) or not all(years) or not years[0][1]:
        return False
    start, _ = strip_head(t, parts[0][0], parts[0][0] + years[0].end(1))
    name = t.plain[start:parts[0][0] + years[0].end(1)]
    for q, year in zip(chain, years):
        run.bound.append(_add(run, q, name, (start, q.full_end), "name.step_year", topic=name, year=int(year[2])))
    return True


def _share_comparator(chain: list[Quantity]) -> None:
    """不低于95%、98%: a comparator before the first value holds for those that have none."""
    first = chain[0]
    if "comparator.before" not in first.rules:
        return
    for q in chain[1:]:
        if q.comparator == "eq" and not any(rule.startswith("comparator") for rule in q.rules):
            q.comparator = first.comparator
            q.rules.append("comparator.shared")


_AMOUNT = re.compile(r"(?P<lead>.*?)(?P<sum>[\d.,一二两三四五六七八九十百千万亿]+(?:元|%|人|吨|亩))(?P<rest>.*)")


_BY_YEAR = re.compile(r"(.*?)(?:到|至)?((?:19|20)\d\d)年底?")
_MEASURE = re.compile(r"(?:次数|人次|人数|面积|金额|数量|里程|总量|产值|总额|产量)$")


def _step_names(t: Text, parts: list[Span]) -> list[str]:
    sums = [_AMOUNT.fullmatch(t.plain[slice(*part)]) for part in parts]
    if all(sums) and sums[0]["lead"] and not sums[-1]["lead"] and sums[-1]["rest"]:
        return [f"{sums[0]['lead']}{m['sum']}{sums[-1]['rest']}" for m in sums]
    shared = shared_end(t, parts)
    names = []
    for part in parts:
        words = t.plain[slice(*part)]
        alone = part is parts[-1] or ends_like_rate(t, part) or not ends_like_rate(t, parts[-1]) and patterns().noun_end.search(t.text, *part) and not _MEASURE.search(t.text, *parts[-1])
        names.append(words if alone and not words.endswith(("性", "级", "类", "型")) or part is parts[-1] else words + t.plain[slice(*shared)])
    return names


def _share_head_behind(run: _Run) -> None:
    """1500种产品、20800个参数、2300个方法标准的检验能力: a head behind the last item, and a field before the first, hold for all."""
    t, items = run.t, [b for b in run.bound if b.rules[0] == "name.behind"]
    if len(items) < 2 or "的" not in items[-1].topic[2:-2]:
        return
    for a, b in zip(items, items[1:]):
        if t.text[a.end:b.quantity.full_start] not in ("、", "和"):
            return
    noun, _, head = items[-1].topic.rpartition("的")
    prefix = items[0].name[:len(items[0].name) - len(items[0].topic)]
    for b in items:
        own = noun if b is items[-1] else b.topic
        b.name = f"{prefix}{head}覆盖{own}"
        b.end = items[-1].end
        b.rules.append("elided.head_behind")


# ---- money promised -----------------------------------------------------------------------------------------------------------

def _is_reward(run: _Run, q: Quantity) -> bool:
    if q.unit not in ("元", "%"):
        return False
    t = run.t
    before, after = t.text[max(run.sentence[0], q.full_start - 60):q.start], t.text[q.full_end:min(run.sentence[1], q.full_end + 16)]
    if q.unit == "%":
        return bool(re.search(r"按[^,。;]{0,16}$|补贴|补助比例", before) and _REWARD.search(before[-8:] + after[:8])) or bool(re.search(r"^[^,。;]{0,6}(?:扣除|摊销)", after))
    near = bool(_REWARD.search(re.split(r"[。;]", after)[0][:12])) or bool(_REWARD.search(before))
    return near and not re.search(r"(?:累计|共|已)(?:发放|兑现|拨付|奖励)|兑现|累计安排|投入[^,]{0,6}$|安排[^,。;]{0,12}$", before[-24:])


_CONDITION = re.compile(r"(?:对(?:于)?|凡|首次|新)?[^,;。]*?的(?:企业|组织|单位|机构|个人|企业或组织|工业企业|项目|团队|申报单位|区域品牌|产品)?(?=,|,?由|,?分别|$)")


def _reward(run: _Run, index: int, left: int, chain: list[Quantity]) -> int:
    """对获得A、B的组织,分别给予X、Y奖励: name is the condition, one for each sum."""
    t, q = run.t, run.quantities[index]
    condition = _condition(run, left, q)
    word = _reward_word(run, q)
    kind = "比例" if q.unit == "%" else "金额"
    awards = _awards(t, condition, len(chain)) if condition and len(chain) > 1 else []
    _share_comparator(chain) if len(chain) > 1 else None
    if awards:
        for item, name in zip(chain, awards):
            run.bound.append(_add(run, item, f"{name}{word}{kind}", (condition[0], item.full_end), "name.reward", incentive=True, topic=name))
        return len(chain)
    last = next((b for b in reversed(run.before + run.bound) if b.incentive), None)
    own = t.plain[slice(*condition)] if condition else ""
    extra = _reward_scope(run, left, q)
    base = own or _reward_object(run, left, q) or (last.topic if last else (earlier.topic if (earlier := _earlier(run)) else run.block.label))
    if own and last and re.match(r"[\d一二三四五六七八九十]", own):
        base = re.sub(r"[\d一二三四五六七八九十百].*$", "", last.topic) + own
    name = re.sub(r"^(?:对于?|凡|给予)|的$", "", base)
    label = f"{name}{extra if extra not in name else ''}{word}{kind}" if name else f"{extra}{word}{kind}"
    run.bound.append(_add(run, q, label, (condition[0] if condition else q.full_start, q.full_end), "name.reward", incentive=True, topic=name))
    if re.match(r"[^,。;、]{0,8}", t.text[q.full_end:run.end]) and (m := re.compile(r"[^,。;、\d]{0,12}(?:奖励|补助|资助|补贴|扣除|摊销)").match(t.text, q.full_end, run.end)):
        run.bound[-1].end = max(run.bound[-1].end, m.end())
    return 1


def _condition(run: _Run, left: int, q: Quantity) -> Span | None:
    """The clause that says who is paid: ends with 的 or 的组织, in this clause or the one before."""
    t, end = run.t, q.full_start
    while end > left:
        begin = _segment_start(run, left, end)
        m = re.compile(r"(?:其中)?(?:对(?:于)?|凡|向)?(?P<who>[^,;。]{3,}?)的?(?P<noun>企业或组织|工业企业|企业|组织|单位|机构|个人|项目|团队|申报单位|区域品牌|产品)?(?=$|,)").match(t.masked, begin, end)
        words = t.text[begin:end]
        if re.match(r"\s*(?:,|再)?(?:按|在)", words):
            end = begin - 1
            continue
        if m and (re.search(r"的(?:企业|组织|单位|机构|个人|项目|团队|产品|区域品牌|工业企业|申报单位|企业或组织)?$", words.rstrip(",")) or re.match(r"\s*对", words) and "," not in words):
            start = begin + len(re.match(r"\s*(?:第[一二三四五六七八九十百]+条\s*)?(?:其中)?,?(?:对于?|凡是?|向)?", words).group())
            stop = begin + len(words.rstrip(", "))
            if re.search(r"(?:给予|奖励|补助|资助|补贴|最高)", words):
                stop = begin + re.search(r"(?:,|再|分别|一次性|由[^,]{2,8}|[市省县区]级?财政|每[家项个])*(?:给予|奖励|补助|资助|补贴|最高|按)", words).start()
            return (start, stop) if stop - start >= 3 else None
        end = begin - 1
    return _plain_condition(run, left, q)


def _plain_condition(run: _Run, left: int, q: Quantity) -> Span | None:
    """Without 的: the noun phrase in the clause before the sum (新认定的国家级实验室,每家补助50万元)."""
    begin = _segment_start(run, left, q.full_start)
    if begin <= left:
        return None
    found = phrase(run.t, _segment_start(run, left, begin - 1), begin - 1, rate=True)
    return (found.start, found.end) if found.end - found.start >= 4 and not _REWARD.search(run.t.text, found.start, found.end) else None


def _reward_object(run: _Run, left: int, q: Quantity) -> str:
    """The noun phrase before the verb of paying in the sum's own clause (市长质量奖提名奖每家奖励10万元)."""
    t = run.t
    begin = _segment_start(run, left, q.full_start)
    m = re.compile(r"(?P<who>[^,。;]{3,40}?)(?:每[家个项张]|一次性|分别|最高|再)*(?:给予)?(?:奖励|补助|资助|补贴|给予|发放)").match(t.text, begin, q.start)
    if not m:
        return ""
    start, _ = strip_head(t, begin, m.end("who"))
    words = t.plain[start:m.end("who")]
    return words if len(words) >= 3 and not re.match(r"每|单|同一|之后|其后|续|再|市财政|省财政", words) else ""


def _reward_word(run: _Run, q: Quantity) -> str:
    t = run.t
    after = re.match(r"[^,。;]{0,14}?(奖励|补助|资助|补贴|加计扣除|扣除|摊销|奖补)", t.text[q.full_end:run.end])
    before = [m.group() for m in re.finditer(r"奖励|补助|资助|补贴|奖补", t.text[run.start:q.start])]
    return before[-1] if before and (not after or t.text[q.start - 2:q.start] in ("奖励", "补助", "资助", "补贴")) else after[1] if after else before[-1] if before else "奖励"


def _reward_scope(run: _Run, left: int, q: Quantity) -> str:
    """每家企业, 单个项目, 首张证书: what one sum is paid for, where the clause says it."""
    begin = _segment_start(run, left, q.full_start)
    m = re.compile(r"(?:每(?:家|个|项|张|增加一[张个项])|单[个项家]|首[张个项次]|同一)[^,。;给奖补资最不]{0,6}").search(run.t.text, begin, q.full_start)
    return run.t.plain[m.start():m.end()] if m else ""


def _awards(t: Text, condition: Span, wanted: int) -> list[str]:
    """获得A、B的组织 as two names, verb and noun given to both; empty when the counts differ."""
    words = t.masked[slice(*condition)]
    m = re.match(r"(?P<verb>(?:首次|新)?(?:获得|获评|获|荣获|通过|认定|取得|主导制定|参与制定|承担|设立)?)(?P<list>.+?)(?:的(?P<noun>[^的]*))?$", words)
    if not m:
        return []
    at = condition[0]
    parts = pieces(t, at + m.start("list"), at + m.end("list"), re.compile("、|和|及"))
    if len(parts) != wanted:
        return []
    sums = [_AMOUNT.fullmatch(t.plain[slice(*part)]) for part in parts]
    if all(sums) and sums[0]["lead"] and not sums[-1]["lead"]:
        return [f"{sums[0]['lead']}{m['sum']}{sums[-1]['rest']}" for m in sums]
    verb = t.plain[at:at + m.end("verb")]
    noun = t.plain[at + m.start("noun"):at + m.end("noun")] if m["noun"] else ""
    last = t.plain[slice(*parts[-1])]
    names = []
    for part in parts:
        own = t.plain[slice(*part)]
        if own.endswith("级") and len(own) <= 4 and (cut := last.find("级")) >= 0:
            own += last[cut + 1:]
        names.append(f"{verb}{own}{noun}")
    return names
