"""Goals without a number: clauses that bind the place to a higher plan, a direction, a rank, a title or to everything at once."""

from __future__ import annotations

import re
from functools import cache

from etl.model import Block, Goal, Text
from etl.names import phrase, strip_head
from etl.sentences import sentences
from etl.vocab import either, load

_BRACKET = re.compile(r"\s*(?:\([^()]*\))?")
_EVENTS = re.compile("事件|事故")
_CLAUSE = re.compile(r"[^,;。!?！？\n|]+")


@cache
def _forms() -> list[tuple[str, bool, re.Pattern]]:
    return [(f["name"], f["anywhere"], re.compile(f["pattern"])) for f in load("commitments")["form"]]


@cache
def _subjects() -> re.Pattern:
    return re.compile(either(load("commitments")["subjects"]))


@cache
def _marks() -> re.Pattern:
    return re.compile(either(load("commitments")["marks"]))


@cache
def _negations() -> re.Pattern:
    return re.compile("|".join(load("commitments")["negations"]))


def find(t: Text, blocks: list[Block], taken: list[tuple[int, int]]) -> list[Goal]:
    """Goals in the prose blocks, without the clauses that hold a number (`taken`: spans of quantities, sorted)."""
    goals: list[Goal] = []
    at = 0
    for block in blocks:
        if block.kind != "prose" or block.section.role in ("background", "notes", "consultation", "footnotes"):
            continue
        targets = _sets_targets(t, block)
        for sentence in sentences(t.masked, block.start, block.end):
            for clause in _CLAUSE.finditer(t.masked, *sentence):
                while at < len(taken) and taken[at][1] <= clause.start():
                    at += 1
                if at < len(taken) and taken[at][0] < clause.end() and taken[at][1] > clause.start():
                    continue
                goal = _read(t, block, sentence, clause, targets)
                if goal:
                    goals.append(goal)
    return goals


def _sets_targets(t: Text, block: Block) -> bool:
    """Whether the paragraph states aims: it stands in a section of targets, or begins with a year to reach."""
    return block.section.role == "targets" or bool(re.search(r"到(?:19|20)\d\d年|到“?十.五”?末|期末", t.text[block.start : block.end]))


def _read(t: Text, block: Block, sentence: tuple[int, int], clause: re.Match, targets: bool) -> Goal | None:
    words = t.text[clause.start() : clause.end()]
    if len(words) < 6 or len(words) > 70 or not _marks().search(words) or _negations().search(words):
        return None
    for form, anywhere, pattern in _forms():
        if not (anywhere or targets):
            continue
        m = pattern.search(words)
        if not m:
            continue
        start, end = clause.span()
        mark = (start + m.start("mark"), start + m.end("mark"))
        if form in ("direction",) and not _subjects().search(words[: m.start("mark")] + (m["mark"] if _EVENTS.search(m["mark"]) else "")):
            continue
        start += len(_BRACKET.match(words).group())
        name = _name(t, start, end, mark, form)
        if len(name) >= 4:
            begin, _ = _lead(t, start, end)
            return Goal(min(begin, mark[0]), end, mark, name, form, block, sentence)
    return None


# What of a mark is its verb and the one who sets the task: 完成国家下达的|减排任务, 不出现|质量安全事件.
_OBJECT = re.compile(
    r"^(?:均|全部|全面)?(?:不出现|不发生|零发生|未发生|杜绝|坚决遏制|有效遏制|(?:符合|完成|达到|满足)(?:国家|省|自治区|市|上级)[^的]{0,6}的?)|发生$"
)


def _lead(t: Text, start: int, end: int) -> tuple[int, int]:
    while start < end and t.text[start] in " ·—、":
        start += 1
    return start, end


def _name(t: Text, start: int, end: int, mark: tuple[int, int], form: str) -> str:
    """What the goal is about: what stands before its mark, or behind it for titles and duties."""
    before = phrase(t, start, mark[0], rate=True)
    name = t.plain[before.start : before.end]
    if len(name) >= 4 and form != "designation":
        return name
    head, _ = strip_head(t, mark[1] if form != "designation" else start, end)
    behind = t.plain[head:end].strip(" 、")
    inside = _OBJECT.sub("", t.plain[mark[0] : mark[1]])
    return behind if len(behind) >= 4 else inside if len(inside) >= 4 else name or behind
