"""When a Chinese numeral counts something: 一 is mostly an article, 两个 and 三项 mostly open a name, 百 and 千 stand in titles."""

from __future__ import annotations

import re
from functools import cache

from etl.lexicon import amount_of, lexicon, spread
from etl.vocab import either, load


@cache
def _han_units() -> tuple[frozenset[str], frozenset[str]]:
    """Units that a small Chinese numeral may stand before without more ado, and those that need a cue (个 and 项 serve names too)."""
    units = load("units")["unit"]
    plain = frozenset(entry["name"] for entry in units if entry.get("alone"))
    return plain, lexicon().counts - plain


_CREATED = re.compile(r"(?:建设|建成|新建|创建|打造|培育|设立|组建|获批|争创|力争|和|、|中心|基地|平台)$")


_CREATES = re.compile(
    r"[^,。;、的“]{2,14}?(?:中心|基地|园区|平台|示范区|实验室|工厂|研究院|服务站|工作站)(?=[和、,。;及]|$)|(?=[和、,。;及]|$)"
)


def real_numeral(text: str, start: int, end: int) -> bool:
    """A numeral of two or more places with a counting unit behind it is a number even where it begins like a word (十一件, 两千万元)."""
    if (
        end - start == 1
        and text[end : end + 1] in "个家项"
        and _CREATED.search(text[max(0, start - 6) : start])
        and _CREATES.match(text, end + 1)
    ):
        return True
    return (
        end - start >= 2
        and text[end : end + 1] in "家件名张户座个项所亩元分"
        and text[start:end] not in ("一一", "十一")
        or text[start:end] == "十一"
        and text[end : end + 1] in "件家名所"
    )


_CUE_WORDS = (
    r"突破|达到|达|超过|至少|不少于|不低于|为|和|、|至|共有|拥有|现有|分别|有|发展到|增加到|约|近|力争|实现|推动|组织|引导"
    r"|动员|辅导|面向|获|[,;:。品标]"
)


@cache
def _cue_left() -> re.Pattern:
    return re.compile(rf"(?:{either(load('names')['verbs'])}|{_CUE_WORDS})\s*$")


_NOT_HAN = re.compile(r"[第每各这那某同任如唯该哪几首整逐周入走惠]$|(?<![促引改推])进$|[“+]$")


def han_counts(text: str, start: int, end: int, m: re.Match, unit: str, left: str, ranged: bool) -> bool:
    """Whether a Chinese numeral counts something here. One is the indefinite article, and 两个 or 三项 mostly open a name."""
    plain, cautious = _han_units()
    if unit in lexicon().times:
        return bool(timed().search(left))
    if (
        not unit
        or _NOT_HAN.search(left)
        or unit not in plain
        and unit not in cautious
        and unit not in lexicon().measures
        and unit not in ("成", "成半", "%", "个百分点", "分", "倍")
        and "/" not in unit
        and "(" not in unit
    ):
        return False
    ends = spread(m["number"])
    value = ends[0] if ends else amount_of(m["number"])
    if value is None:
        return False
    lex, alone = lexicon(), m["number"] in load("numerals")["magnitudes"]
    comparator = bool(lex.behind.match(text, end) or lex.before.search(left) or m["first"] or alone and lex.least.search(left))
    if ranged and unit in plain:
        return True
    if value == 1 and not m["magnitude"]:
        return (
            comparator
            or real_numeral(text, start, start + 1)
            or bool(re.match(r"[、,]", text[end : end + 1]))
            and bool(_cue_left().search(left))
            and unit in plain
        )
    if alone or m["number"] == "十":
        return comparator or unit in ("家", "名", "件", "户", "个") and bool(_cue_left().search(left))
    if unit in plain:
        return (
            comparator
            or bool(_cue_left().search(left))
            or value >= 10
            or bool(re.search(r"[㐀-鿿]$", left))
            and bool(re.match(r"[,;。、\s)]|$", text[end : end + 1]))
        )
    return (
        comparator
        or real_numeral(text, start, start + len(m["number"]))
        or value >= 10
        and m["number"] not in ("十", "百", "千", "万")
        or value >= 2
        and bool(re.match(r"[、和及,;。]", text[end : end + 1]))
        and bool(re.search(r"[㐀-鿿”)]$", left))
        and not re.search(r"[的把是]$", left)
    )


@cache
def timed() -> re.Pattern:
    """A stretch that leads up to a duration which counts: 办理时限压缩至…, 人均预期寿命…."""
    words = either(load("cues")["timed"]["words"])
    return re.compile(rf"{words}(?:[^,。;、]{{0,12}}|(?:由|从)[^,。;、]{{0,26}})$")
