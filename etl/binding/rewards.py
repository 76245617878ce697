"""Money promised: who is paid, for what, and how much."""

from __future__ import annotations

import re

from etl.binding.run import Run, add, last_named, segment_start
from etl.binding.steps import AMOUNT, share_comparator
from etl.model import Quantity, Span, Text
from etl.names import phrase, pieces, strip_head
from etl.vocab import load

_REWARD = re.compile(r"奖励|补助|资助|补贴|奖补|奖金|扣除|摊销|扶持资金|贴息|津贴|减免|补偿|资金支持|给予(?=[^,。;]{0,10}元)")


# A remission, a rate of benefit that rises, a fund: money, but promised to no one who has done something.
_NO_REWARD = re.compile(
    r"(?:减免[^,。;]{2,14}|(?:补助|补贴)标准(?:从|由|提高|达|增加|不低于|上调)[^,。;]{0,12}"
    r"|(?:奖补|补助|奖励|补贴|扶持)资金(?:总额|规模|总量)?(?:达到?|为|突破|超过|不低于|共|累计)*)$"
)


_PAYS = "给予|奖励|补助|资助|补贴|贴息|奖补"
_FOR_WHOM = re.compile(rf"(?:^|[,。;:、\s]|条)(?:对于?|凡)(?:(?!{_PAYS})[^。;])*$")
_IS_PAID = re.compile(rf"(?:(?!{_PAYS})[^。;]){{0,40}}?的[^,。;]{{0,14}},(?:(?!{_PAYS})[^。;]){{0,30}}(?:{_PAYS})")


def is_condition(run: Run, q: Quantity) -> bool:
    """Whether a number says who is paid and not how much: 对研发投入超过500万元且占比达到5%以上的企业,给予…."""
    left = run.t.text[max(run.start, q.full_start - 60) : q.full_start]
    return bool(_IS_PAID.match(run.t.text, q.full_end, min(run.end, q.full_end + 100)) and _FOR_WHOM.search(left))


def is_reward(run: Run, chain: list[Quantity]) -> bool:
    """Whether the sums that stand side by side are paid out to someone; what follows the last of them tells."""
    q, end = chain[0], chain[-1].full_end
    if q.unit not in ("元", "%"):
        return False
    t = run.t
    before, after = t.text[max(run.sentence[0], q.full_start - 60) : q.start], t.text[end : min(run.sentence[1], end + 16)]
    if q.unit == "%":
        return bool(re.search(r"按[^,。;]{0,16}$|补贴|补助比例", before) and _REWARD.search(before[-8:] + after[:8])) or bool(
            re.search(r"^[^,。;]{0,6}(?:扣除|摊销)", after)
        )
    if _NO_REWARD.search(before):
        return False
    near = bool(_REWARD.search(re.split(r"[。;]", after)[0][:12])) or bool(_REWARD.search(before))
    return near and not re.search(r"(?:累计|共|已)(?:发放|兑现|拨付|奖励)|兑现|累计安排|投入[^,]{0,6}$|安排[^,。;]{0,12}$", before[-24:])


_CONDITION = re.compile(
    r"(?:对(?:于)?|凡|首次|新)?[^,;。]*?的(?:企业|组织|单位|机构|个人|企业或组织|工业企业|项目|团队|申报单位|区域品牌|产品)?(?=,|,?由|,?(?:分别|依次)|$)"
)


def named_reward(run: Run, index: int, left: int, chain: list[Quantity]) -> int:
    """对获得A、B的组织,分别给予X、Y奖励: name is the condition, one for each sum."""
    t, q = run.t, run.quantities[index]
    condition = _condition(run, left, q)
    word = _reward_word(run, q)
    kind = "比例" if q.unit == "%" else "金额"
    awards = _awards(t, condition, len(chain)) if condition and len(chain) > 1 else []
    share_comparator(chain)
    if awards:
        for item, name in zip(chain, awards, strict=True):
            run.bound.append(
                add(run, item, f"{name}{word}{kind}", (condition[0], item.full_end), "name.reward", incentive=True, topic=name)
            )
        return len(chain)
    last = next((b for b in reversed(run.before + run.bound) if b.incentive), None)
    own = t.plain[slice(*condition)] if condition else ""
    extra = _reward_scope(run, left, q)
    base = (
        own
        or _reward_object(run, left, q)
        or (last.topic if last else (earlier.topic if (earlier := last_named(run)) else run.block.label))
    )
    if own and last and re.match(r"[\d一二三四五六七八九十]", own):
        base = re.sub(r"[\d一二三四五六七八九十百].*$", "", last.topic) + own
    name = re.sub(r"^(?:对于?|凡|给予)|的$", "", base)
    where = (condition[0] if condition else q.full_start, q.full_end)
    for one in _each_paid(run, left, q, name):
        label = f"{one}{extra if extra not in one else ''}{word}{kind}"
        run.bound.append(add(run, q, label, where, "name.reward", incentive=True, topic=one))
    if re.match(r"[^,。;、]{0,8}", t.text[q.full_end : run.end]) and (
        m := re.compile(r"[^,。;、\d]{0,12}(?:奖励|补助|资助|补贴|扣除|摊销)").match(t.text, q.full_end, run.end)
    ):
        run.bound[-1].end = max(run.bound[-1].end, m.end())
    return 1


def _each_paid(run: Run, left: int, q: Quantity, name: str) -> list[str]:
    """国家级奖、省级奖、市级奖一律奖励10万元: each by itself where 一律 or 均 says so, else the one name."""
    said = load("cues")["shared"]
    clause = run.t.text[segment_start(run, left, q.full_start) : q.full_start]
    parts = name.split("、") if any(word in clause for word in [*said["each"], *said["alike"]]) else []
    return parts if len(parts) > 1 and all(3 <= len(part) <= 24 and not re.search(r"[《“(]", part) for part in parts) else [name]


# What stands before the one who is paid: 第三条 对…, 3.市财政对….
_PREFIX = re.compile(r"\s*(?:第[一二三四五六七八九十百]+条\s*|\d{1,2}[.、])?(?:其中)?,?(?:[省市县区]?级?财政)?(?:对于?|凡是?|向)?")


def _condition(run: Run, left: int, q: Quantity) -> Span | None:
    """The clause that says who is paid: ends with 的 or 的组织, in this clause or the one before."""
    t, end = run.t, q.full_start
    while end > left:
        begin = segment_start(run, left, end)
        m = re.compile(
            r"(?:其中)?(?:对(?:于)?|凡|向)?(?P<who>[^,;。]{3,}?)的?(?P<noun>企业或组织|工业企业|企业|组织|单位|机构|个人|项目|团队|申报单位|区域品牌|产品)?(?=$|,)"
        ).match(t.masked, begin, end)
        words = t.text[begin:end]
        if re.match(r"\s*(?:,|再|分别|依次|一次性)*(?:按|在)", words):
            end = begin - 1
            continue
        if m and (
            re.search(r"的(?:企业|组织|单位|机构|个人|项目|团队|产品|区域品牌|工业企业|申报单位|企业或组织)?$", words.rstrip(","))
            or re.match(r"\s*(?:[省市县区]?级?财政)?对", words)
            and "," not in words
        ):
            start = begin + _PREFIX.match(words).end()
            stop = begin + len(words.rstrip(", "))
            if re.search(r"(?:给予|奖励|补助|资助|补贴|最高)", words):
                stop = (
                    begin
                    + re.search(
                        r"(?:,|再|分别|依次|一次性|由[^,]{2,8}"
                        r"|[市省县区]级?财政|每[家项个])*(?:给予|奖励|补助|资助|补贴|最高|按)", words
                    ).start()
                )
            return (start, stop) if stop - start >= 3 else None
        end = begin - 1
    return _plain_condition(run, left, q)


def _plain_condition(run: Run, left: int, q: Quantity) -> Span | None:
    """Without 的: the noun phrase in the clause before the sum (新认定的国家级实验室,每家补助50万元)."""
    begin = segment_start(run, left, q.full_start)
    if begin <= left:
        return None
    found = phrase(run.t, segment_start(run, left, begin - 1), begin - 1, rate=True)
    return (found.start, found.end) if found.end - found.start >= 4 and not _REWARD.search(run.t.text, found.start, found.end) else None


_PAID = re.compile(
    r"(?P<who>[^,。;]{3,40}?)(?:每[家个项张]|一次性|分别|依次|一律|均|都|各|最高|再)*(?:给予)?(?:奖励|补助|资助|补贴|给予|发放)"
)


def _reward_object(run: Run, left: int, q: Quantity) -> str:
    """The noun phrase before the verb of paying in the sum's own clause (市长质量奖提名奖每家奖励10万元)."""
    t = run.t
    begin = segment_start(run, left, q.full_start)
    m = _PAID.match(t.text, begin, q.start)
    if not m:
        return ""
    start, _ = strip_head(t, begin, m.end("who"))
    words = t.plain[start : m.end("who")]
    return words if len(words) >= 3 and not re.match(r"每|单|同一|之后|其后|续|再|市财政|省财政", words) else ""


def _reward_word(run: Run, q: Quantity) -> str:
    t = run.t
    after = re.match(r"[^,。;]{0,14}?(奖励|补助|资助|补贴|贴息|加计扣除|扣除|摊销|奖补)", t.text[q.full_end : run.end])
    before = [m.group() for m in re.finditer(r"奖励|补助|资助|补贴|奖补", t.text[run.start : q.start])]
    return (
        before[-1]
        if before and (not after or t.text[q.start - 2 : q.start] in ("奖励", "补助", "资助", "补贴"))
        else after[1]
        if after
        else before[-1]
        if before
        else "奖励"
    )


def _reward_scope(run: Run, left: int, q: Quantity) -> str:
    """每家企业, 单个项目, 首张证书: what one sum is paid for, where the clause says it."""
    begin = segment_start(run, left, q.full_start)
    m = re.compile(r"(?:每(?:家|个|项|张|增加一[张个项])|单[个项家]|首[张个项次]|同一)[^,。;给奖补资最不]{0,6}").search(
        run.t.text, begin, q.full_start
    )
    return run.t.plain[m.start() : m.end()] if m else ""


_AND = re.compile("、|和|及")
_LISTED_BEHIND = re.compile(r"(?P<verb>[^的]+的)(?P<list>[^的]+)(?P<noun>)$")


def _awards(t: Text, condition: Span, wanted: int) -> list[str]:
    """获得A、B的组织 as two names, verb and noun given to both; empty when the counts differ."""
    words = t.masked[slice(*condition)]
    m = re.match(
        r"(?P<verb>(?:首次|新)?(?:获得|获评|获|荣获|通过|认定|取得|主导制定|参与制定|承担|设立)?)(?P<list>.+?)(?:的(?P<noun>[^的]*))?$",
        words,
    )
    if not m:
        return []
    at = condition[0]
    parts = pieces(t, at + m.start("list"), at + m.end("list"), _AND)
    if len(parts) != wanted and (behind := _LISTED_BEHIND.match(words)):  # 新获批的国家级、省级技术中心
        m, parts = behind, pieces(t, at + behind.start("list"), at + behind.end("list"), _AND)
    if len(parts) != wanted:
        return []
    sums = [AMOUNT.fullmatch(t.plain[slice(*part)]) for part in parts]
    if all(sums) and sums[0]["lead"] and not sums[-1]["lead"]:
        return [f"{sums[0]['lead']}{m['sum']}{sums[-1]['rest']}" for m in sums]
    verb = t.plain[at : at + m.end("verb")]
    noun = t.plain[at + m.start("noun") : at + m.end("noun")] if m["noun"] else ""
    last = t.plain[slice(*parts[-1])]
    names = []
    for part in parts:
        own = t.plain[slice(*part)]
        if own.endswith("级") and len(own) <= 4 and (cut := last.find("级")) >= 0:
            own += last[cut + 1 :]
        names.append(f"{verb}{own}{noun}")
    return names
