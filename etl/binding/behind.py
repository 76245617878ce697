"""A name behind its number or around it."""

from __future__ import annotations

import re
from functools import cache

from etl.binding.run import Run, add, is_rate, segment_start
from etl.lexicon import lexicon
from etl.model import Bound, Quantity, Span, Text
from etl.names import Phrase, behind, patterns, phrase, strip_head
from etl.vocab import either, load

_RIGHT = re.compile(r"[㐀-鿿“《A-Za-z]")


_NOT_RIGHT = re.compile(
    r"以[上下内]|和(?![美谐睦])|及(?!格)|与|并|或|等|左右|上下|且|其中|的|为|是|占|较|比|同比|在|之|提高|提升|增加|下降|增长|降低|到|至|用于|作为|每年|分别|均|都|全部|达到"
)


def _not_right(run: Run, left: int, q: Quantity) -> bool:
    """Whether what follows the number can't open its name; 的 can, behind a verb (改造了10万公里的管道)."""
    m = _NOT_RIGHT.match(run.t.text, q.full_end)
    if not m or m.group() != "的":
        return bool(m)
    begin = segment_start(run, left, q.full_start)
    return q.full_start == begin or not _open_left().search(run.t.text[begin : q.full_start])


@cache
def _rises() -> re.Pattern:
    """A verb of change with its end: what follows the number is no noun (由3天压缩到1天)."""
    c = load("cues")["change"]
    return re.compile(rf"{either([*c['up'], *c['down'], *c['to']])}(?:到|至|为)")


@cache
def _open_left() -> re.Pattern:
    """A stretch that ends with a governing verb, a preposition or nothing: the name of what is counted comes behind the number."""
    names, cues = load("names"), load("cues")
    words = either(
        [
            *names["verbs"],
            *names["light_verbs"],
            *names["adverbs"],
            *names["tails"],
            *cues["hedge"]["words"],
            *names["nominal_verbs"],
            *names["acquiring"],
            *names["openers"],
        ]
    )
    return re.compile(rf"(?:^|[,:;·|、\s]|{words}|——)(?:了|或|和)?\s*$")


def named_behind(run: Run, index: int, left: int) -> list[Bound]:
    """The name stands behind the number: 建设3所应用型本科高校, 500家小微企业导入…体系."""
    t, q = run.t, run.quantities[index]
    if is_rate(q) or not _RIGHT.match(t.text, q.full_end) or _not_right(run, left, q) or _rises().match(t.text, q.full_end):
        return []
    begin = segment_start(run, left, q.full_start)
    if not _open_left().search(t.text[begin : q.full_start]):
        noun, _ = behind(t, q.full_end, run.end)
        found = phrase(t, begin, q.full_start)
        closes = q.unit in lexicon().counts and patterns().noun_end.search(t.text, *noun)
        if not found.empty and not closes and not _verbal(t, found, noun):
            return []
    limit = run.quantities[index + 1].full_start if index + 1 < len(run.quantities) else run.end
    noun, predicate = behind(t, q.full_end, limit)
    if limit < run.end and (comma := t.masked.find("、", *noun)) >= 0 and t.text[noun[1] - 1] == "等":
        noun, predicate = (noun[0], comma), None  # 4个过五千亿、北斗应用等|4个…: the list goes with the next number
    if noun[0] >= noun[1] or patterns().stage.fullmatch(t.text, *noun):
        return []
    subject = _subject(run, begin, q)
    name, last = _noun_name(t, noun, predicate)
    if q.unit in ("次", "场") and len(t.text[slice(*noun)]) <= 12:
        object_ = phrase(t, begin, q.full_start)
        words = patterns().light_object.sub("", t.plain[object_.start : object_.end])
        words = "" if patterns().verb.fullmatch(t.text, object_.start, object_.end) else words
        if q.comparator == "eq" and re.search(r"至少|不少于", t.text[begin : q.full_start]):
            q.comparator = "ge"
        return [
            add(
                run,
                q,
                f"{words}{name}次数",
                (object_.start if words else q.full_start, last),
                "name.around",
                annual=True,
                count=True,
                verb=object_.verb,
                topic=name,
            )
        ]
    found = phrase(t, begin, q.full_start)
    start = subject[1] if subject[0] else q.full_start
    verb = next((m.group() for m in reversed(list(patterns().verb.finditer(t.text, begin, q.full_start)))), "")
    return [add(run, q, subject[0] + name, (start, last), "name.behind", verb=verb, tail=found.tail, count=True, topic=name)]


def _verbal(t: Text, found: Phrase, noun: Span) -> bool:
    """Whether two characters before a number that a noun follows are a verb that no list has (铺设120公里供水管网)."""
    nouns = patterns().noun_end.search(t.text, found.start, found.end) or patterns().rate_end.search(t.text, found.start, found.end)
    return found.end - found.start == 2 and noun[1] - noun[0] >= 3 and not nouns


def _noun_name(t: Text, noun: Span, predicate: Span | None) -> tuple[str, int]:
    """Name and end of what is counted behind a number: 导入…体系的小微企业."""
    words = t.plain[slice(*noun)]
    if not predicate:
        return words, noun[1]
    light = patterns().light.match(t.text, *predicate)
    start = light.end() if light and light.end() < predicate[1] else predicate[0]
    rest = t.plain[start : predicate[1]]
    return (words + rest if len(rest) <= 2 else f"{rest}的{words}"), predicate[1]


_FIELD = re.compile(r"(?:领域|方面|环节|行业|产业|产业链|区域)$")


def _subject(run: Run, begin: int, q: Quantity) -> tuple[str, int]:
    """Words before the verb that limit what is counted: a field (制造业领域1500种产品) or who each has it (每个乡镇配备2名)."""
    t = run.t
    end = q.full_start
    for _ in range(4):
        cut = patterns().governed.search(t.text, begin, end)
        if not cut:
            break
        end = cut.start()
    words = t.text[end : q.full_start]
    start, _ = strip_head(t, begin, end)
    rest = t.plain[start:end]
    if len(rest) >= 2 and end == q.full_start and _FIELD.search(rest):
        return rest, start
    if len(rest) >= 2 and not words and re.match(r"\s*每[个家县镇村]", t.text[begin:end].lstrip(" ,")):
        return f"{rest}的", start
    if len(rest) >= 2 and words and (re.search(r"均|都|各", words) or re.match(r"\s*每[个家县镇村]", t.text[begin:end].lstrip(" ,"))):
        return f"{rest}{re.sub('均|都|各|至少', '', words)}的", start
    return "", q.full_start


def _done(t: Text, start: int, end: int) -> int:
    """Where the verb of a clause about a share begins (八成以上乡镇|建成综合养老服务中心); 0 where it has none."""
    verb = next((m for m in patterns().predicate.finditer(t.masked, start + 2, end) if end - m.end() >= 2), None)
    return verb.start() if verb and not re.match(r"[的性型化率度区]", t.masked[verb.end() : verb.end() + 1]) else 0


def named_around(run: Run, index: int, left: int) -> list[Bound]:
    """A share in the middle of its name: 满足社会95%以上的量值传递需求, 完成《目录》中90%的项目建设, 九成以上的企业建立…."""
    t, q = run.t, run.quantities[index]
    joined = t.text[q.full_end : q.full_end + 1] == "的"
    if q.unit not in ("%", "‰") or not joined and not _RIGHT.match(t.text, q.full_end):
        return []
    limit = run.quantities[index + 1].full_start if index + 1 < len(run.quantities) else run.end
    listed = joined and bool(re.search(r"[、和及与]$", t.text[q.full_end : limit]))
    noun, predicate = behind(t, q.full_end + joined, limit if listed else run.end)
    if not joined and not predicate and (verb := _done(t, *noun)):
        noun, predicate = (noun[0], verb), (verb, noun[1])
    if noun[1] - noun[0] < 2:
        return []
    begin = segment_start(run, left, q.full_start)
    found = phrase(t, begin, q.full_start, rate=True)
    last = run.bound[-1] if run.bound else None
    if joined and last and last.part and t.text[last.end : q.full_start] in ("、", "和", "及", "与", "以及"):
        name = last.part + t.plain[slice(*noun)]  # 贡献了60%的税收、80%的就业: one verb for all
        return [add(run, q, name, (q.full_start, noun[1]), "name.around", topic=name, part=last.part)]
    opens = patterns().predicate.match(t.text, noun[0])
    if not joined and opens and not found.empty:
        name = f"{t.plain[slice(*noun)]}的{t.plain[found.start : found.end]}占比"
        return [add(run, q, name, (found.start, noun[1]), "name.around", tail=found.tail, topic=name)]
    whole = t.text[begin : q.full_start].endswith("的") and patterns().share_verb.match(t.text, noun[0])
    if not joined and not whole and not (predicate and (found.empty or t.text[begin : q.full_start].endswith("有"))):
        return []
    words, last = t.plain[found.start : found.end], (predicate or noun)[1]
    object_ = t.plain[slice(*noun)]
    if whole:
        last = (predicate or noun)[1]
        name = f"{words}{t.plain[noun[0] : last]}的比例"
        return [add(run, q, name, (found.start, last), "name.around", tail=found.tail, topic=name)]
    if "满足" in words[1:]:
        who, _, whose = words.partition("满足")
        name = f"{who}对{whose}{object_}的满足率"
    elif re.search(r"[中里内]$", words):
        name = f"{words[:-1]}{object_}完成率"
    elif found.empty or not joined or words == "有":
        name = f"{_noun_name(t, noun, predicate)[0]}占比"
    else:
        name = words + object_
    return [
        add(
            run,
            q,
            name,
            (found.start if not found.empty else q.full_start, last),
            "name.around",
            verb=found.verb,
            tail=found.tail,
            topic=name,
            part=words if listed else "",
        )
    ]
