"""Rates: one value for one name or for several, shared ends and elided subjects restored."""

from __future__ import annotations

import re

from etl.binding.run import Run, add, is_rate, segment_start
from etl.model import Bound, Quantity, Span, Text
from etl.names import Phrase, ends_like_rate, only_process, patterns, pieces, process_start, shared_end, strip_head
from etl.vocab import load


def named_rates(run: Run, q: Quantity, found: Phrase, left: int, begin: int, each: bool, tail: str) -> list[Bound]:
    """One value for one rate or for several: joined rates split; with 均 the subjects of one rate split too."""
    t = run.t
    start = _back_over_commas(run, left, begin, found) if each else found.start
    parts = pieces(t, start, found.end)
    whole = [(start, found.end)] if start == found.start else [(found.start, found.end)]
    spans = _split_rates(t, parts, each) if len(parts) > 1 else None
    made = []
    for head, end in spans or [(whole[0], None)]:
        name, rules = _rate_name(run, head, end, made[-1].name if made else "")
        made.append(
            add(run, q, name, (head[0], q.full_end), "name.shared" if spans else "name.before", verb=found.verb, tail=tail, topic=name)
        )
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
    for part, rate in zip(parts, rated, strict=True):
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
        between = t.text[merged[-1][1] : part[0]]
        if "、" not in between and "," not in between:
            merged[-1] = (merged[-1][0], part[1])
        else:
            merged.append(part)
    return merged


def _back_over_commas(run: Run, left: int, begin: int, found: Phrase) -> int:
    """With 均 the names reach back over commas, as long as the clauses before are rates without a value of their own."""
    start = found.start
    while begin > left:
        edge = begin - 1
        if run.t.text[edge] != ",":
            break
        earlier = segment_start(run, left, edge)
        head, _ = strip_head(run.t, earlier, edge)
        if head >= edge or not ends_like_rate(run.t, (head, edge)):
            break
        start, begin = head, earlier
    return start


def _rate_name(run: Run, span: Span, shared: Span | None, sibling: str) -> tuple[str, list[str]]:
    """Name of a rate with the words that the sentence left out: the shared end, or the subject of the rate before it."""
    t = run.t
    start, _ = strip_head(t, *span)
    if start >= span[1]:
        start = span[0]
    name = t.plain[start : span[1]] + (t.plain[slice(*shared)] if shared else "")
    last = run.bound[-1] if run.bound else None
    if last and last.topic and not sibling and name.startswith("占"):
        whole = "" if name.endswith(tuple(load("names")["bare_heads"])) else "的比重"
        return last.topic + name + whole, ["elided.subject"]  # 数字经济规模达到1.8万亿元、占GDP比重突破45%
    if shared or not only_process(t, (start, span[1])):
        return name, ["elided.head"] if shared else []
    topic = _subject_of(t, sibling, span[0], run) if sibling else topic_of(run, start)
    return (topic + name, ["elided.subject"]) if topic and not name.startswith(topic) else (name, [])


_CARE = re.compile(r"(?:的?(?:保护|管理|监管|治理|建设|提升|监督|整治|管控|工作))+$")


_BACK = 20  # statements; a subject that far back is no longer meant


def topic_of(run: Run, at: int) -> str:
    """The subject that a bare rate leaves out: of the rate before it, or the object of the clause before it, or the label of its row."""
    t, last = run.t, run.bound[-1] if run.bound else None
    if patterns().place_end.search(t.text, max(run.start, at - 6), at):
        return ""
    if last and last.topic and any(t.text.startswith(word, at) for word in load("names")["bare_heads"]):
        return last.topic
    for b in run.bound[: -_BACK - 1 : -1]:
        measured = is_rate(b.quantity) or b.quantity.unit in ("批次", "批", "次", "样次")
        if measured and b.topic and (subject := _subject_of(t, b.topic, at, run)):
            return subject
    if last:
        return ""
    if at > run.start and t.text[at - 1] == ",":
        begin = segment_start(run, run.start, at - 1)
        start, _ = strip_head(t, begin, at - 1)
        words = re.sub(r"^(?:加强|强化|做好|落实|推进|深化|完善|严格|抓好|提升|健全)", "", t.plain[start : at - 1])
        words = patterns().manner.split(_CARE.sub("", words))[0] or words
        return words if 2 <= len(words) <= 20 else ""
    label = run.block.label or _inline_heading(run)
    return label if 2 <= len(label) <= 8 and not label.endswith(("工程", "建设", "目标")) else ""


def _inline_heading(run: Run) -> str:
    """The heading that opens the paragraph itself (3.服务质量:满意度85分以上), without its number."""
    section = run.block.section
    if not section.title or run.block.start - section.start > len(section.title) + 4:
        return ""
    return re.sub(r"^[\W\d一二三四五六七八九十]*[、.)]", "", section.title).removesuffix("方面")


def _subject_of(t: Text, name: str, before: int, run: Run) -> str:
    """The subject of a rate that was named before: what is left of its name without the words of procedure."""
    spot = t.plain.rfind(name, run.sentence[0], before)
    span = (spot, spot + len(name))
    if spot < 0 or only_process(t, span):
        return ""
    cut = process_start(t, span, bare=True)
    # 失业率 is one word: its first half is the subject of nothing else.
    whole = cut - span[0] < 4 and patterns().rate_end.fullmatch(t.text, cut, span[1])
    return t.plain[span[0] : cut] if cut - span[0] >= 2 and not whole else ""
