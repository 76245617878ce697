"""What a page does to a sentence: its number, its running head and its notes between the lines, and lines that end inside.

Every function takes the text and returns edits (start, end, replacement, rule), sorted and apart; the text itself stays as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise

from etl.lexicon import lexicon
from etl.spaces import CJK, aligned
from etl.vocab import either, load

STOP = "。；;!?！？：:"

Edit = tuple[int, int, str, str]

_NUMBERED_LINE = re.compile(r"\n *(\d{1,3})[、.](?! ?\d)")
_PAGE_LINE = re.compile(
    r"\n *(?:第 ?\d{1,4} ?页(?: ?[共/] ?\d{1,4} ?页)?|[-—] ?\d{1,4} ?[-—]|Page ?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?"
    r"|\d{1,4} ?/ ?\d{1,4}|·? ?\d{1,4} ?·) *(?=\n|$)",
    re.I,
)
_CONTINUES = re.compile(r" *(?:达到|达|以上|以下|以内|左右|为|在|不低于|不少于|超过|的|和|及|与|、|,|。|%|\d)")


def numbered_pages(text: str) -> list[Edit]:
    """Numbers that a sharing site set before the lines of a sentence, and nothing else that looks like a list."""
    edits = []
    numbered = list(_NUMBERED_LINE.finditer(text))
    broken = [m for m in numbered if _mid_sentence(text, m.start(), m.end())]
    places, run = {m.start() for m in broken}, {int(m[1]) for m in broken}
    paged = len(run) >= 3 and len(broken) * 2 > len(numbered)
    for m in numbered:
        if m.start() in places or (paged and (int(m[1]) - 1 in run or int(m[1]) + 1 in run)):
            keep = _last_sign(text, m.start()) in STOP
            lone = 1 if text[m.end() : m.end() + 1] == "\n" and not keep else 0
            edits.append((m.start() + keep, m.end() + lone, "", "page_mark"))
    return edits


def page_lines(text: str) -> list[Edit]:
    """Lines with a page number, and the running heads and feet beside them: short lines that stand at more than one page."""
    found = list(_PAGE_LINE.finditer(text))
    heads = Counter(line for m in found for line in {_line_before(text, m.start())[1], _line_behind(text, m.end())[1]} if line)
    first = _first_places(text, {line for line, count in heads.items() if count > 1})
    edits: list[Edit] = []
    for m in found:
        start, end = m.span()
        at, head = _line_before(text, start)
        if first.get(head, at) < at and (not edits or at >= edits[-1][1]):
            start = at
        stop, foot = _line_behind(text, end)
        if first.get(foot, end) < end:
            end = stop
        joins = _open_end(text, start) and end < len(text)
        edits.append((start, end + 1 if joins and text[end : end + 1] == "\n" else end, "", "page_line"))
    return edits


def _first_places(text: str, heads: set[str]) -> dict[str, int]:
    """Where each running head stands first: there it is the title."""
    first: dict[str, int] = {}
    if heads:
        for m in re.finditer(r"[^\n]+", text):
            if (line := m.group().strip()) in heads:
                first.setdefault(line, m.start() - 1)
    return first


_RUNNING = re.compile(r"[^。;,|\n]{4,40}")


def _line_before(text: str, at: int) -> tuple[int, str]:
    """Where the line before `at` begins, its line break included, and its words where it may be a running head."""
    start = max(text.rfind("\n", 0, at), 0)
    line = text[start:at].strip()
    return start, line if _RUNNING.fullmatch(line) else ""


def _line_behind(text: str, at: int) -> tuple[int, str]:
    """Where the line behind `at` ends, and its words where it may be a running head."""
    end = text.find("\n", at + 1)
    end = len(text) if end < 0 else end
    line = text[at:end].strip()
    return end, line if _RUNNING.fullmatch(line) else ""


_NOTE_LINE = re.compile(r" *(?P<mark>[①-⑳]|[【\[]\d{1,3}[】\]]|[¹²³⁴⁵⁶⁷⁸⁹]|注 ?\d{0,2} ?[:.])")
# Lines of one note, and notes at one foot.
_LONGEST_NOTE, _MOST_NOTES = 6, 20


def foot_notes(text: str) -> list[Edit]:
    """Footnotes that the foot of a page set inside a sentence, and the marks in it that they explain."""
    if not _NOTE_LINE.search(text):
        return []
    lines, edits, places = text.split("\n"), [], []
    at = 0
    for line in lines:
        places.append(at)
        at += len(line) + 1
    index = 1
    while index < len(lines):
        note = _NOTE_LINE.match(lines[index])
        last = _note_end(lines, index) if note else 0
        if last and _broken_by(lines[index - 1], lines[last + 1]):
            mark = text.rfind(note["mark"], max(0, places[index] - 400), places[index]) if note["mark"] in "①②③④⑤⑥⑦⑧⑨⑩" else -1
            if mark > 0 and re.match(f"[{CJK}”)%]", text[mark - 1]) and (not edits or edits[-1][1] <= mark):
                edits.append((mark, mark + 1, "", "footnote_mark"))
            edits.append((places[index] - 1, places[last] + len(lines[last]), "", "footnote_line"))
            index = last
        index += 1
    return edits


def _note_end(lines: list[str], index: int) -> int:
    """The last line of the note that begins at line `index`: the first that ends a sentence; 0 where none does soon, or no line follows."""
    for last in range(index, min(index + _LONGEST_NOTE, len(lines) - 1)):
        if lines[last].rstrip().endswith(("。", ";", ")")):
            most = min(index + _MOST_NOTES, len(lines) - 2)
            while last < most and _NOTE_LINE.match(lines[last + 1]) and lines[last + 1].rstrip().endswith(("。", ";", ")")):
                last += 1
            return last
    return 0


def _broken_by(line: str, following: str) -> bool:
    """Whether a sentence that `line` leaves open goes on in `following`."""
    line, following = line.rstrip(), following.lstrip()
    return bool(line) and bool(following) and line[-1] not in STOP + "|" and not _LIST_START.match(following) and _bound(line, following)


def _last_sign(text: str, at: int) -> str:
    """The last character before `at` that is no space."""
    while at and text[at - 1].isspace():
        at -= 1
    return text[at - 1 : at]


def _open_end(text: str, at: int) -> bool:
    """Whether the line that ends at `at` stops inside a sentence that began earlier in it."""
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    return len(line) >= 4 and line[-1] not in STOP + "|)》”" and bool(re.search(r"[。;,、]", line)) or line[-1:] in ("、", ",")


def _mid_sentence(text: str, at: int, behind: int) -> bool:
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if not line or line[-1] in STOP + "|":
        return False
    return ("。" in line or ";" in line) and len(line) >= 15 or bool(_CONTINUES.match(text, behind))


_LIST_START = re.compile(
    r" *(?:[(\[]?[一二三四五六七八九十\d]{1,3}[)\]、.](?!\d)|第[一二三四五六七八九十百\d]+[章节条部篇]|[·—\-*#|>①-⑳■●◆☆★]"
    r"|专栏|附[件表录]|表 ?\d|图 ?\d|“?[十一二三四五六七]+五”?时期|注[::])"
)
_OPEN = re.compile(r"[《“(][^》”)\n]*$")


def wraps(text: str) -> list[Edit]:
    """Hard line wraps inside sentences. A line is a wrap when what stands on both sides of the break can't be apart (a comma, an open
    bracket, a number and its unit), or when the whole text is wrapped by a machine and the line's sentence is open."""
    lines = text.split("\n")
    wrapped = _wrapped(lines)
    edits, at = [], 0
    for line, following in pairwise(lines):
        at += len(line) + 1
        if not line.strip() or not following.strip() or "|" in line or _LIST_START.match(following):
            continue
        if aligned(line) and aligned(following):
            continue
        if _bound(line.rstrip(), following.lstrip()) or wrapped and _continues(line) and _width(line) >= 24 and not _headed(line):
            left, right = len(line) - len(line.rstrip()), len(following) - len(following.lstrip())
            edits.append((at - 1 - left, at + right, "", "wrap"))
    return edits


def _wrapped(lines: list[str]) -> bool:
    """Whether a machine wrapped the text: three or more lines of prose, and three in ten of them, end inside a sentence."""
    prose = [line for line in lines if _PUNCTUATED.search(line) and "|" not in line and not _headed(line)]
    open_ended = [line for line in prose if _continues(line) and _width(line) <= 120]
    return len(open_ended) >= 3 and len(open_ended) * 10 >= len(prose) * 3


_PUNCTUATED = re.compile(r"[,。;]")


def _headed(line: str) -> bool:
    """A numbered heading on a line of its own."""
    return bool(_LIST_START.match(line)) and not re.search(r"[。;]", line) and line.count(",") < 2 and _width(line) <= 60


def _width(line: str) -> int:
    return sum(1 if c < "\u0100" else 2 for c in line.rstrip())


def _continues(line: str) -> bool:
    tail = line.rstrip()[-1:]
    return bool(tail) and tail not in STOP + "|)》"


_LONE_NUMBER = re.compile(r"\d++(?:\.\d++)?\s*")


def _bound(line: str, following: str) -> bool:
    """Whether the break between two lines can't be a real one."""
    if line.endswith(("、", ",")):
        return len(line) >= 8 or not re.match(r"\d", following)
    if len(line) < 80 and _OPEN.search(line) and not _LIST_START.match(line) and re.search(r"[》”)]", following):
        return True
    if (
        line.endswith("以")
        and following[0] in "上下内"
        or re.match(r"\((?:件|套|人|次|个)\)", following)
        and re.search(r"[台个项件人批]$", line)
    ):
        return True
    if _LONE_NUMBER.fullmatch(following) and re.search(r"\d", line) and not _PUNCTUATED.search(line):
        return False  # cells of a table, one a line
    return _number_apart(line, following) or _verb_apart(line, following) or _clause_apart(line, following)


@cache
def _breaks() -> tuple[re.Pattern, re.Pattern, re.Pattern, re.Pattern]:
    """What the second line of a broken number begins with; words of reaching at a line's end and at a line's start; governing verbs."""
    cues, lex = load("cues"), lexicon()
    reach = [word for word in cues["level"]["verbs"] if word.endswith(("到", "至", "达"))]
    before = [word for words in cues["comparator_before"].values() for word in words]
    starts = either(word for word in [*reach, *before] if len(word) > 1)
    return (
        re.compile(rf"[%‰‱]|[十百千万亿]*{lex.unit}(?![{CJK}]*$)|[\d.]*%?{lex.behind.pattern}"),
        re.compile(rf"{either([*reach, *before])}$"),
        re.compile(rf"{starts}(?=[\d约近{CJK}]|$)"),
        re.compile(rf"[,;][^。;]*{either(word for word in load('names')['verbs'] if len(word) > 1)}$"),
    )


_NUMBER_END = re.compile(rf"(?P<name>[{CJK}] ?|^)\d[\d.]*$")


def _number_apart(line: str, following: str) -> bool:
    """A number at the end of a line and its unit, sign or comparator on the next (120⏎个,…; 98.5⏎%以上。)."""
    number = _NUMBER_END.search(line)
    rest = _breaks()[0].match(following) if number else None
    # A number that is a line of its own may be the cell of a table, and what follows the next cell's first word.
    return bool(rest) and (bool(number["name"]) or bool(re.match(r"[,。;、]|以[上下内]", following[rest.end() :])))


# How far back a line is looked at for the comma before its verb.
_NEAR = 80


def _verb_apart(line: str, following: str) -> bool:
    """A verb at the end of a line and its object on the next, or a word of reaching on either side of the break."""
    _, ends, starts, governs = _breaks()
    if ends.search(line):
        return bool(re.match(r"[\d约近]", following))
    if starts.match(following):
        return line[-1] not in STOP and bool(re.search(r"[,;、]|[率量数额度]$", line)) and not _LIST_START.match(line)
    return bool(governs.search(line[-_NEAR:])) and bool(re.match(f"[{CJK}“]", following)) and bool(re.search(r"\d|[,。;]", following))


def _clause_apart(line: str, following: str) -> bool:
    """A line that leaves its sentence open, and what ends it."""
    return bool(
        len(line) >= 12
        and line[-1] not in "。;:"
        and re.search(r"[,;。]", line[:-1])
        and re.match(r"[%以达]|[、,。;]|[^\n]{1,20}[,。;]", following)
        and not re.match(r"[一-鿿]{2,12}(?:[::]|$)", following)
    )
