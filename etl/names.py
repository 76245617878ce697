"""Noun phrases: what is left of a stretch of text when verbs, times, places and comparators are taken off its ends.

Everything here works on spans of a `Text`, so that names stay traceable to the characters that they are made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from etl.lexicon import lexicon, numeral_class
from etl.model import Span, Text
from etl.vocab import either, guarded, load

_INSIDE = re.compile(r"《[^《》\n]{1,160}》|“[^“”\n]{1,60}”|\([^()\n]{1,60}\)|〔[^〔〕\n]{1,40}〕")


def mask(text: str) -> str:
    """`text` with every character inside quotes, titles and brackets replaced, the marks themselves kept."""
    return _INSIDE.sub(lambda m: m[0][0] + "Q" * (len(m[0]) - 2) + m[0][-1], text)


@dataclass(frozen=True, slots=True)
class _Patterns:
    whole: re.Pattern
    head: re.Pattern
    verb: re.Pattern
    nominal: re.Pattern
    acquiring: re.Pattern
    tail: re.Pattern
    rate_end: re.Pattern
    process_tail: re.Pattern
    bare_process_tail: re.Pattern
    only_process: re.Pattern
    noun_end: re.Pattern
    predicate: re.Pattern
    generic: re.Pattern
    light: re.Pattern
    light_object: re.Pattern
    inner_verb: re.Pattern
    process_noun: re.Pattern
    noun: re.Pattern
    next_item: re.Pattern
    place_end: re.Pattern
    stage: re.Pattern
    governed: re.Pattern
    density: re.Pattern
    inner_time: re.Pattern
    share_verb: re.Pattern
    kind: re.Pattern
    mean_of: frozenset[str]
    manner: re.Pattern
    predicate_end: re.Pattern


# Words of procedure that are a subject as well: 产品抽样总体合格率 says of what.
_SUBJECTS = frozenset(
    {
        "产品",
        "工程",
        "项目",
        "设备",
        "国家",
        "省级",
        "市级",
        "省部级",
        "顾客",
        "群众",
        "社会",
        "标准化",
        "收入",
        "增加值",
        "总值",
        "投资",
        "产值",
    }
)
_YEAR = r"(?:(?:19|20)\d\d|[一二]〇[〇零一二三四五六七八九]{2}|[一二][〇零九][〇零一二三四五六七八九]{2})"


def _unless(words: list[str], stays: dict[str, list[str]]) -> str:
    """A pattern for any of `words`, but not where one is followed by what makes it a part of a name."""
    return guarded({word: f"(?!{either(stays[word])})" if word in stays else "" for word in words})


@cache
def patterns() -> _Patterns:
    vocab, cues = load("names"), load("cues")
    when = (
        rf"(?:力争|争取|计划|预计)?(?:截至|截止|到|至|在|于|自|从)?(?:{_YEAR}\s*年?度?(?:[-—~至]{_YEAR}年?)?(?:上半年|下半年)?\s*(?:\d{{1,2}}月)?(?:年?[底末初])?(?:以?前|以来|间|期间|起)?|“?十?[一二三四五六]五”?(?:时期|期间|末期?|以来|期末|规划期)?"
        rf"|(?:近|过去|未来|今后|连续)?[{numeral_class()}\d]{{1,2}}年(?:来|内|间|期间)?|“?规划期末?”?)(?:,|以来)?"
    )
    verbs, adverbs = (_unless(vocab[words], vocab["verb_stays"]) for words in ("verbs", "adverbs"))
    before = either(word for words in cues["comparator_before"].values() for word in words)
    tail = either([*vocab["tails"], *cues["level"]["verbs"], *cues["hedge"]["words"]])
    process, noun = either([*vocab["processes"], *vocab["heads"]]), either(vocab["nouns"])
    verb = f"{verbs}(?![率性度者]|的(?=[一-鿿]))(?:了|或|和|并|、(?={either(vocab['verbs'])}))?"
    return _Patterns(
        whole=re.compile(rf"(?:[\s,、;:。·\-—|!]+|{when}|{either(vocab['places'])}|其中|至少|每年|累计|共计?)"),
        head=re.compile(
            rf"(?:第[{numeral_class()}]+条|\d{{1,2}}(?:\.\d{{1,2}})+(?=[㐀-鿿])|[{numeral_class()}]是|[①-⑳]|\d{{1,2}}[、.](?!\d)|[\s,、;:。·\-—|!]+|{when}|{either(vocab['places'])}|{adverbs}(?![性化务率度])|\([^)]{{1,4}}\)(?=[一-鿿“])|各项|项(?!目))"
        ),
        verb=re.compile(verb),
        nominal=re.compile(f"{either(vocab['nominal_verbs'])}"),
        acquiring=re.compile(either(vocab["acquiring"])),
        tail=re.compile(
            rf"(?:{tail}|{before}|\s|[,:]|\([十百千万亿]*{lexicon().unit}\)|(?:由|从|自|较|比)?(?:{_YEAR}年(?:[底末])?|上年|去年|上一年|年初|基期)的?|由|从|(?:每(?:[人户亩月年生次位名天]|平方米|公里|公顷|吨))+|(?:迈|跨|跃|站|登|突破|跨越)[上过入]?[^,。;、]{{1,8}}(?:台阶|大关|关口)|[两二三四五]年(?:来|间|内)?|(?:继续)?(?:保持|位居|居|稳居|位列|列)[^,。;、]{{0,6}}(?:第[一二三四五\d]+位?|前列|首位|前茅))$"
        ),
        rate_end=re.compile(rf"{either(vocab['heads'])}[”)]?$"),
        process_tail=re.compile(rf"(?:{process})*{either(vocab['heads'])}$"),
        bare_process_tail=re.compile(rf"(?:{either({*vocab['processes'], *vocab['heads']} - _SUBJECTS)})*{either(vocab['heads'])}$"),
        only_process=re.compile(rf"(?:{either({*vocab['processes'], *vocab['heads']} - _SUBJECTS)})+"),
        noun_end=re.compile(rf"(?:{noun}|[”)])$"),
        predicate=re.compile(either(vocab["predicates"])),
        generic=re.compile(rf"(?:{either(vocab['generic_nouns'])})(?=[^,的])"),
        light=re.compile(f"{either(vocab['light_verbs'])}"),
        light_object=re.compile(f"(?:{either(vocab['light_verbs'])})$"),
        process_noun=re.compile(rf"(?:{either(vocab['processes'])})*{noun}(?:数量|总数)?$"),
        noun=re.compile(noun),
        next_item=re.compile(rf"(?:[、和及与并且\s]|以及|或)(?:{verb}|\s)*$|[、\s]$"),
        place_end=re.compile(f"{either(vocab['places'])}$"),
        stage=re.compile(either(vocab["stages"])),
        governed=re.compile(rf"(?:{verb}|均|都|各|至少|建有|设有|拥有|配备|有)$"),
        inner_verb=re.compile(_unless(vocab["inner_verbs"], vocab["verb_stays"])),
        inner_time=re.compile(either(vocab["inner_times"])),
        share_verb=re.compile(either(vocab["share_verbs"])),
        density=re.compile(rf"(?:平均)?每\d*[十百千万亿]+(?:{lexicon().unit}|常住人口|人口)"),
        manner=re.compile(either(vocab["manners"])),
        mean_of=frozenset(vocab["mean_of"]),
        kind=re.compile(f"{either(vocab['kinds'])}$"),
        predicate_end=re.compile(f"{either(vocab['predicate_ends'])}$"),
    )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: its span, the governing verb that was taken off its front, and the words taken off its end."""

    start: int
    end: int
    verb: str
    tail: str

    @property
    def empty(self) -> bool:
        return self.start >= self.end


def strip_tail(t: Text, start: int, end: int) -> tuple[int, str]:
    """New end of a stretch that leads up to a number, and the words that were taken off."""
    stop, at = end, end
    pattern = patterns().tail
    while at > start:
        m = pattern.search(t.text, start, at)
        if not m or m.start() == m.end():
            break
        if m.group()[0] == "为" and m.start() > start and t.text[m.start() - 1] in "行作认":
            break
        if m.group() == "均" and m.start() > start and t.text[m.start() - 1] in patterns().mean_of:
            break
        if (
            m.group() in ("总数", "总量", "总计", "总额")
            and 0 < m.start() - start < 4
            and not patterns().head.fullmatch(t.text, start, m.start())
        ):
            break
        if m.start() == start and m.end() == at and re.fullmatch(r"[一-鿿]{1,2}", m.group()) and m.group() in ("面", "量", "度"):
            break
        at = m.start()
    return at, t.text[at:stop]


def strip_head(t: Text, start: int, end: int) -> tuple[int, str]:
    """New start of a stretch, without times, places, adverbs and governing verbs; and the last verb taken off."""
    p, verb = patterns(), ""
    while start < end:
        m = p.nominal.match(t.text, start, end)
        if m and m.end() < end and not re.match(r"[机人单的]", t.text[m.end() : m.end() + 1]):
            return start, verb or m.group()
        m = p.acquiring.match(t.text, start, end)
        if m and _relative(t, m.end(), end):
            return start, verb
        m = p.verb.match(t.text, start, end)
        if m and m.end() < end and m.end() - m.start() != end - start:
            verb, start = m.group(), m.end()
            continue
        m = p.head.match(t.text, start, end)
        if not m or m.end() == m.start():
            break
        if m.end() >= end and not p.whole.fullmatch(m.group()):
            break
        start = m.end()
    return start, verb


def _relative(t: Text, at: int, end: int) -> bool:
    """Whether a verb of getting opens a clause that describes the noun at the end (获得认证的企业; 入围中国品牌价值榜单企业)."""
    rest = t.masked[at:end]
    if "的" in rest:
        return len(rest) - rest.rindex("的") > 2
    return bool(re.search(r"[^的]{3,}(?:企业|单位|机构|组织|产品|高校|县|街道|乡镇|人员)(?:数量?|总数)?$", rest)) and not re.match(
        r"(?:[^a-z]{0,4}级|[省市区县])", rest
    )


def phrase(t: Text, start: int, end: int, rate: bool = False) -> Phrase:
    """The noun phrase in text[start:end] where that leads up to a number. A rate keeps verbs that belong to its name."""
    stop, tail = strip_tail(t, start, end)
    if density := patterns().density.search(t.text, start, stop):
        return Phrase(density.start(), stop, "", tail)
    if (time := patterns().inner_time.search(t.masked, start + 1, stop)) and stop - time.end() >= 2:
        start = time.end()
    begin, verb = strip_head(t, start, stop)
    if not rate and begin < stop:
        inner = next(iter(reversed(list(patterns().inner_verb.finditer(t.masked, begin, stop)))), None)
        if (
            inner
            and inner.start() > begin
            and inner.end() < stop - 2
            and "的" not in t.masked[inner.end() : stop]
            and not re.search(r"的$|[,、和]$", t.masked[begin : inner.start()])
            and not patterns().noun_end.fullmatch(t.masked[inner.start() : stop])
        ):
            begin, verb2 = strip_head(t, inner.start(), stop)
            verb = verb2 or inner.group()
    while stop > begin and t.text[stop - 1] in " 、,;:的和及与":
        stop -= 1
    if not rate and 0 < stop - begin <= 2 and verb and t.text[begin - len(verb) : begin] == verb:
        begin -= len(verb)
    return Phrase(begin, stop, verb, tail)


_JOIN = re.compile(r"、|,|以及|(?<![普涉危波顾推惠])及(?!时|以上|其|格)|和(?![谐])|(?<!参)与(?!国|生|度|率)|/")


def pieces(t: Text, start: int, end: int, marks: re.Pattern = _JOIN) -> list[Span]:
    """text[start:end] cut at enumeration marks outside brackets and quotes; empty pieces dropped."""
    cuts, found, at = [m.span() for m in marks.finditer(t.masked, start, end)], [], start
    for left, right in [*cuts, (end, end)]:
        if left > at:
            found.append((at, left))
        at = right
    return found


def ends_like_rate(t: Text, span: Span) -> bool:
    return bool(patterns().rate_end.search(t.text, *span))


def only_process(t: Text, span: Span) -> bool:
    """Whether a name says how something is measured but not of what (一次竣工验收合格率)."""
    return bool(patterns().only_process.fullmatch(t.text, *span))


def process_start(t: Text, span: Span, bare: bool = False) -> int:
    """Where the words of procedure at the end of a rate's name begin (化妆品|抽检不合格处置率); at its last head word otherwise.

    With `bare`, words that are a subject too stay in front (房屋建筑工程|质量监督覆盖率).
    """
    m = (patterns().bare_process_tail if bare else patterns().process_tail).search(t.text, *span)
    if m and m.start() > span[0]:
        return m.start()
    m = patterns().rate_end.search(t.text, *span)
    return m.start() if m and m.start() > span[0] else span[1]


# 第二、第三产业占比: what follows the last ordinal is shared.
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+")


def shared_end(t: Text, parts: list[Span]) -> Span:
    """The end of the last piece that the pieces before it share; an empty span when they share none."""
    last, first = parts[-1], parts[0]
    closing = t.text[first[1] - 1]
    ordinal = _ORDINAL.fullmatch(t.text, *first) and _ORDINAL.match(t.text, *last)
    if ordinal:
        return ordinal.end(), last[1]
    if closing in "性级类型" and (at := t.text.find(closing, last[0], last[1])) >= 0:
        return at + 1, last[1]
    if ends_like_rate(t, last):
        start = process_start(t, last)
        kind = patterns().kind.search(t.text, last[0] + 1, start)
        return (kind.start() if kind and not any(t.text.endswith(kind.group(), *part) for part in parts[:-1]) else start), last[1]
    m = patterns().process_noun.search(t.text, *last)
    return (m.start(), last[1]) if m and m.start() > last[0] else (last[1], last[1])


def behind(t: Text, start: int, end: int) -> tuple[Span, Span | None]:
    """The noun phrase that follows a number, and its predicate if one opens behind the noun (企业 | 导入…体系). Ends with the clause."""
    stop = re.compile(r"[,;。:!?|\n]").search(t.masked, start, end)
    end = stop.start() if stop else end
    while start < end and t.text[start] in " 的":
        start += 1
    end = _trim_right(t, start, end)
    generic = patterns().generic.match(t.text, start, end)
    verb = next(
        (m for m in patterns().predicate.finditer(t.masked, start + 1, end) if m.start() - start >= 2 and not _in_noun(t, m, end)), None
    )
    if verb:
        return (start, verb.start()), (verb.start(), end)
    if (
        generic
        and generic.end() < end
        and not patterns().noun.match(t.text, generic.end(), end)
        and end - generic.end() >= 4
        and patterns().predicate_end.search(t.text, start, end)
    ):
        return (start, generic.end()), (generic.end(), end)
    return (start, end), None


def _in_noun(t: Text, verb: re.Match, end: int) -> bool:
    """A verb that is part of the noun phrase: before 的, or with nothing behind it that it could govern (标准化建设)."""
    rest = t.masked[verb.end() : end]
    if re.match(r"[的性型化率度了]", rest) or len(rest) < 2 and verb.group() not in ("落户", "上榜", "投产", "上云"):
        return True
    if verb.group() in ("落户", "上榜", "投产", "上云"):
        return True
    if re.search(r"的$|[省市国]级$|首$", t.masked[max(0, verb.start() - 3) : verb.start()]):
        return True
    if verb.group() in (
        "获得",
        "荣获",
        "入选",
        "荣登",
        "获评",
        "上榜",
        "入围",
        "通过",
        "参与",
        "参加",
        "导入",
        "掌握",
        "实现",
        "享受",
        "接入",
        "进入",
        "成为",
    ):
        return False
    return (
        bool(re.search(r"(?:企业|单位|项目|平台|机构|基地|中心|示范|工程|突破|体系|站|园区|示范区)$", rest))
        and "的" not in rest
        and not re.search(r"[榜单名录体系认证]$", rest)
    )


def _trim_right(t: Text, start: int, end: int) -> int:
    """Drop enumeration marks, and a verb behind one, that belong to the next item (智能化项目、培育)."""
    p = patterns()
    while end > start:
        m = p.next_item.search(t.masked, start, end)
        if not m or m.start() == end:
            break
        end = m.start()
    return end
