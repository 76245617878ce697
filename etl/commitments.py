"""Goals without a number: clauses that bind the place to a higher plan, a direction, a rank, a title or to everything at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from etl.goal_cells import find_in_cells
from etl.model import Block, Goal, Span, Text
from etl.names import phrase, strip_head
from etl.sentences import sentences
from etl.vocab import either, filled, load

_BRACKET = re.compile(r"\s*(?:\([^()]*\))?")
_CLAUSE = re.compile(r"[^,;。!?！？\n|]+")
_SILENT = ("background", "notes", "consultation", "footnotes")
_SHORTEST, _LONGEST, _SHORTEST_NAME = 5, 70, 2


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to word a goal: `pattern` with the groups `mark` and, where what it is about has a place of its own, `about`."""

    name: str
    anywhere: bool
    pattern: re.Pattern
    about: bool


@cache
def _forms() -> list[_Form]:
    made = [(f, re.compile(filled("commitments", f["pattern"]))) for f in load("commitments")["form"]]
    return [_Form(f["name"], f["anywhere"], pattern, "about" in pattern.groupindex) for f, pattern in made]


@cache
def _marks() -> re.Pattern:
    vocab = load("commitments")
    return re.compile(either([*vocab["marks"], *vocab["words"]["manner"], *vocab["words"]["firm"]]))


@cache
def _any_of(entry: str) -> re.Pattern:
    return re.compile("|".join(load("commitments")[entry]))


def find(t: Text, blocks: list[Block], taken: list[Span]) -> list[Goal]:
    """Goals in prose and in the cells of tables, in order; not in clauses that hold a number (`taken`: spans of quantities, sorted)."""
    speaking = [block for block in blocks if block.section.role not in _SILENT]
    return sorted([*_in_prose(t, speaking, taken), *find_in_cells(t, speaking)], key=lambda goal: goal.mark)


def _in_prose(t: Text, blocks: list[Block], taken: list[Span]) -> list[Goal]:
    goals: list[Goal] = []
    at = 0
    for block in blocks:
        if block.kind != "prose":
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
    """Whether the paragraph states aims: it stands in a section of targets, or says so itself."""
    return block.section.role == "targets" or bool(_any_of("openings").search(t.text, block.start, block.end))


def _read(t: Text, block: Block, sentence: Span, clause: re.Match, targets: bool) -> Goal | None:
    """The goal that a clause is, by the first form that fits."""
    start, end = _trimmed(t, *clause.span())
    words = t.text[start:end]
    if not _SHORTEST <= len(words) <= _LONGEST or not _marks().search(words) or _any_of("negations").search(words):
        return None
    for form in _forms():
        m = form.pattern.search(words) if form.anywhere or targets else None
        if not m or not m.start("mark") and _is_topic(t, block, clause.end()):
            continue
        mark = (start + m.start("mark"), start + m.end("mark"))
        name = _about(t, start + m.start("about"), start + m.end("about")) if form.about and m["about"] else _name(t, start, end, mark)
        if len(name) >= _SHORTEST_NAME:
            return Goal(start, end, mark, name, form.name, block, sentence)
    return None


def _is_topic(t: Text, block: Block, end: int) -> bool:
    """Whether a clause that begins with its verb is said of nobody: the subject of what follows, or a line without a full stop."""
    return bool(_any_of("topics").search(t.text[end : end + 4])) or end >= block.end and not t.text[end : end + 1].strip()


def _trimmed(t: Text, start: int, end: int) -> Span:
    """A clause without its bullet, the bracket in front and blanks around."""
    start += len(_BRACKET.match(t.text[start:end]).group())
    while start < end and t.text[start] in " ·—、":
        start += 1
    while end > start and t.text[end - 1] in " 、":
        end -= 1
    return start, end


# What of a mark is its verb and the one who sets the task: 完成国家下达的|减排任务.
_DUTY = re.compile(r"^(?:均|全部|全面)?(?:符合|完成|达到|满足)(?:国家|省|自治区|市|上级)[^的]{0,6}的?")


def _about(t: Text, start: int, end: int) -> str:
    """The name that a form gives a place of its own."""
    head, _ = strip_head(t, start, end)
    return t.plain[head:end].strip(" 、")


def _name(t: Text, start: int, end: int, mark: Span) -> str:
    """What the goal is about: what stands before its mark, or behind it for duties (完成国家下达的减排任务)."""
    before = phrase(t, start, mark[0], rate=True)
    name = t.plain[before.start : before.end]
    if len(name) >= _SHORTEST_NAME:
        return name
    behind, inside = _about(t, mark[1], end), _DUTY.sub("", t.plain[mark[0] : mark[1]])
    return behind if len(behind) >= 4 else inside if len(inside) >= 4 else name or behind
