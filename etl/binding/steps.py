"""Several values and several names in step, and heads that a whole list shares."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from etl.binding.changes import change_before
from etl.binding.run import Run, add, is_rate, segment_start
from etl.model import Quantity, Span, Text
from etl.names import ends_like_rate, patterns, phrase, pieces, shared_end, strip_head
from etl.vocab import either, load

_LINK = re.compile(r"[、,和及与]{0,2}\s*(?:每[人户亩月年生次位名]){0,3}(?:从|由|自)?$")


@cache
def _to() -> re.Pattern:
    """Between the first values and the last ones of names in step: 分别提高到."""
    c = load("cues")["change"]
    step, verbs = either(load("cues")["shared"]["step"]), either([*c["up"], *c["down"], *c["to"]])
    return re.compile(rf"(?:{step})?{verbs}(?:到|至|为)(?:(?:19|20)\d\d年[底末]?的?)?$")


def chain_from(run: Run, index: int) -> list[Quantity]:
    """The quantity and those that follow it with nothing but marks between."""
    numbers = run.quantities
    if index >= run.linked:
        run.linked = index + 1
        while run.linked < len(numbers):
            between = run.t.text[numbers[run.linked - 1].full_end : numbers[run.linked].full_start]
            if not (_LINK.fullmatch(between) or _to().fullmatch(between)):
                break
            run.linked += 1
    return numbers[index : run.linked]


def named_in_step(run: Run, left: int, chain: list[Quantity]) -> int:
    """分别: as many names as values, in step. Returns how many quantities were bound."""
    t, first = run.t, chain[0]
    begin = segment_start(run, left, first.full_start)
    mark, said = _step_mark(t, left, chain)
    if mark < 0:
        return _in_step_unsaid(run, begin, chain)
    if begin > mark:
        begin = segment_start(run, left, mark)
    turn = next((n for n in range(1, len(chain)) if _to().fullmatch(t.text[chain[n - 1].full_end : chain[n].full_start])), 0)
    wanted = turn or len(chain)
    found = phrase(t, begin, mark, rate=is_rate(first))
    while found.empty and begin > left:
        edge, begin = begin - 1, segment_start(run, left, begin - 1)
        found = phrase(t, begin, edge, rate=is_rate(first))
    if _by_years(run, begin, mark, chain):
        return len(chain)
    parts = pieces(t, found.start, found.end) if not found.empty else []
    earlier = [b.topic for b in run.bound[-wanted:]] if found.empty and wanted > 1 else []
    if len(parts) != wanted and (len(earlier) != wanted or not all(earlier)):
        return 0
    names = _step_names(t, parts) if parts else earlier  # 人次2350万、收入210亿元,分别增长15%和18%
    share_comparator(chain)
    change = change_before(t, mark, first) if not turn else None
    for position, q in enumerate(chain):
        which = position % wanted
        bound = add(
            run,
            q,
            names[which] + (change.suffix if change else ""),
            (found.start if parts else mark, q.full_end),
            "name.step",
            verb=found.verb,
            tail=found.tail,
            count=not is_rate(q),
            topic=names[which],
            change="change" if change else "",
            annual=bool(change and change.annual),
        )
        bound.origin = bool(turn) and position < turn
        if bound.origin and said:
            bound.year = said
        run.bound.append(bound)
    return len(chain)


_SAID_FROM = re.compile(r"(?:由|从|自)(?:((?:19|20)\d\d)年(?:[底末])?的?)?$")


def _step_mark(t: Text, left: int, chain: list[Quantity]) -> tuple[int, int]:
    """Where the names end, and the year that the first values are of where it is said (0 for none): before 分别, or before 从2019年的
    where 分别 stands between the values. The place is -1 where nothing says that names and values go in step."""
    first, last = chain[0], chain[-1]
    steps = load("cues")["shared"]["step"]
    mark = max(t.text.rfind(word, left, first.full_start) for word in steps)
    if mark >= 0:
        said = _SAID_FROM.search(t.text, mark, first.full_start)
        return mark, int(said[1] or 0) if said else 0
    said = _SAID_FROM.search(t.text, left, first.full_start)
    inside = any(t.text.find(word, first.full_end, last.full_start) >= 0 for word in steps)
    return (said.start(), int(said[1] or 0)) if said and inside else (-1, 0)


def _in_step_unsaid(run: Run, begin: int, chain: list[Quantity]) -> int:
    """A率、B率均超过70%、85%: as many rates as values, though nothing says 分别."""
    t, first = run.t, chain[0]
    found = phrase(t, begin, first.full_start, rate=True)
    parts = pieces(t, found.start, found.end) if not found.empty and is_rate(first) else []
    if len(parts) != len(chain) or len(parts) < 2 or not all(ends_like_rate(t, part) for part in parts):
        return 0
    share_comparator(chain)
    for part, q in zip(parts, chain, strict=True):
        name = t.plain[slice(*part)]
        run.bound.append(add(run, q, name, (found.start, q.full_end), "name.step", tail=found.tail, topic=name))
    return len(chain)


def _by_years(run: Run, begin: int, mark: int, chain: list[Quantity]) -> bool:
    """占比2025年、2030年、2035年分别达到52%、55%、60%: one name, a year for each value."""
    t = run.t
    ahead = _YEARS_AHEAD.search(t.text, run.start, mark)
    if ahead and len(told := re.findall(r"(?:19|20)\d\d(?=年)", ahead.group())) == len(chain):
        found = phrase(t, max(begin, ahead.end()), mark, rate=is_rate(chain[0]))
        name = t.plain[found.start : found.end]
        for q, year in zip(chain, told, strict=True):
            run.bound.append(add(run, q, name, (found.start, q.full_end), "name.step_year", tail=found.tail, topic=name, year=int(year)))
        return bool(name)
    parts = pieces(t, begin, mark)
    years = [_BY_YEAR.fullmatch(t.text[slice(*part)]) for part in parts]
    if len(parts) != len(chain) or not all(years) or not years[0][1]:
        return False
    start, _ = strip_head(t, parts[0][0], parts[0][0] + years[0].end(1))
    name = t.plain[start : parts[0][0] + years[0].end(1)]
    for q, year in zip(chain, years, strict=True):
        run.bound.append(add(run, q, name, (start, q.full_end), "name.step_year", topic=name, year=int(year[2])))
    return True


def share_comparator(chain: list[Quantity]) -> None:
    """不低于95%、98%: a comparator before the first value holds for those that have none."""
    first, last = chain[0], chain[-1]
    if last.comparator == "le" and first.comparator == "eq" and "comparator.before" in first.rules:
        first.comparator = "le"  # 分别控制在9/10万、4‰以内
    if "comparator.before" not in first.rules:
        return
    for q in chain[1:]:
        if q.comparator == "eq" and not any(rule.startswith("comparator") for rule in q.rules):
            q.comparator = first.comparator
            q.rules.append("comparator.shared")


AMOUNT = re.compile(r"(?P<lead>.*?)(?P<sum>[\d.,一二两三四五六七八九十百千万亿]+(?:元|%|人|吨|亩))(?P<rest>.*)")


_YEARS_AHEAD = re.compile(r"(?<![一-鿿])(?:到|至)?(?:(?:19|20)\d\d年(?:[底末])?[、和及]){1,4}(?:19|20)\d\d年(?:[底末])?")
_BY_YEAR = re.compile(r"(.*?)(?:到|至)?((?:19|20)\d\d)年底?")


_MEASURE = re.compile(r"(?:次数|人次|人数|面积|金额|数量|里程|总量|产值|总额|产量)$")


def _step_names(t: Text, parts: list[Span]) -> list[str]:
    sums = [AMOUNT.fullmatch(t.plain[slice(*part)]) for part in parts]
    if all(sums) and sums[0]["lead"] and not sums[-1]["lead"] and sums[-1]["rest"]:
        return [f"{sums[0]['lead']}{m['sum']}{sums[-1]['rest']}" for m in sums]
    shared = shared_end(t, parts)
    names = []
    for part in parts:
        words = t.plain[slice(*part)]
        alone = (
            part is parts[-1]
            or ends_like_rate(t, part)
            or not ends_like_rate(t, parts[-1])
            and patterns().noun_end.search(t.text, *part)
            and not _MEASURE.search(t.text, *parts[-1])
        )
        names.append(
            words if alone and not words.endswith(("性", "级", "类", "型")) or part is parts[-1] else words + t.plain[slice(*shared)]
        )
    return names


_LEVEL_ALONE = re.compile(r"(?:国家|国际|省部|省|市|县|区|部)级?(?:以上)?")


def share_head_behind(run: Run) -> None:
    """1500种产品、20800个参数、2300个方法标准的检验能力: a head behind the last item, and a field before the first, hold for all."""
    t, items = run.t, [b for b in run.bound if b.rules[0] == "name.behind"]
    for a, b in pairwise(items):
        own = _LEVEL_ALONE.match(b.topic) if _LEVEL_ALONE.fullmatch(a.name) else None
        if own and t.text[a.end : b.quantity.full_start] in ("、", "和"):
            a.name, a.end = a.name + b.topic[own.end() :], b.end
            a.rules.append("elided.head_behind")
    if len(items) < 2 or "的" not in items[-1].topic[2:-2]:
        return
    for a, b in pairwise(items):
        if t.text[a.end : b.quantity.full_start] not in ("、", "和"):
            return
    noun, _, head = items[-1].topic.rpartition("的")
    prefix = items[0].name[: len(items[0].name) - len(items[0].topic)]
    for b in items:
        own = noun if b is items[-1] else b.topic
        b.name = f"{prefix}{head}覆盖{own}"
        b.end = items[-1].end
        b.rules.append("elided.head_behind")
