"""Cleaned text to blocks: prose, table rows, furniture; each with its heading path and role.

Works on half-open offsets of the cleaned text and never changes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from etl.model import Block, Layout, Row, Section, Span
from etl.tables import find_rows
from etl.tabular.furniture import FOOTNOTE, furniture
from etl.vocab import load

_NUM = "一二三四五六七八九十"
_HEADINGS = [
    (1, re.compile(r"(?:第[一二三四五六七八九十百]+[章编部篇]|附[件表录]\s?[\d一二三四五六七八九十]*[::.、]?)\s*\S?")),
    (2, re.compile(r"(?:第[一二三四五六七八九十百]+节|# )")),
    (3, re.compile(rf"(?:[{_NUM}]{{1,3}}、|## )")),
    (4, re.compile(rf"(?:\([{_NUM}]{{1,3}}\)|### )")),
    (5, re.compile(r"(?:\d{1,2}[.、](?!\d)|#### )")),
    (6, re.compile(r"(?:\(\d{1,2}\)|[①-⑳]|第[一二三四五六七八九十百零\d]+条)")),
]
_BOX = re.compile(r"[【\[(]?专栏\s?[\d一二三四五六七八九十]*[】\])]?[::.、]?\s*[^|。::\n]{0,40}")
_BOX_MARK = re.compile(r"[【\[(]?专栏\s?[\d一二三四五六七八九十]*[】\])]?[::.、]?\s*")
_BOX_SAYS = re.compile(r",[^,]*\d|\d(?:\.\d+)?(?:%|[万亿]*[家个项件人名张])")
_TABLE_TITLE = re.compile(
    r"表\s?\d{0,2}[^|。,;]{2,40}(?:指标|目标|任务|体系)[^|。,;]{0,10}$|[^|。,;\d]{2,40}(?:主要|发展|核心|量化)(?:指标|目标)(?:表|体系)?$"
)
_FREE = re.compile(
    r"《[^》\n]{2,80}》(?:起草说明|编制说明|专家论证意见|政策解读|解读)$|[^。,;:\n]{0,20}(?:起草说明|编制说明|专家论证意见)$|[^。,;|\n\d]{0,12}(?:工作回顾|回顾|重点工作|主要目标|保障措施|奖励办法)$"
)
_PLAN_TITLE = re.compile(r"[^。,;:|《》\s]{4,40}(?:规划|方案|意见|计划|纲要|要点|办法)$")
_BULLET = re.compile(r"\s*(?:[·*☆★]|——|—|-\s)\s*")
_LEAD = re.compile(r"[^。,;:、|\n]{2,30}[。::]")
_INLINE = re.compile(rf"(?<=[。;))”])\s*(?=\([{_NUM}]{{1,3}}\)[^。,;:\n]{{2,25}}。|[{_NUM}]{{1,2}}、[^。,;、\n(]{{4,20}}\([{_NUM}]\))")
_MENU = re.compile(r"\s*·?\s*([^。,;\n]{2,12})\s*$")


@cache
def _roles() -> list[tuple[str, bool, re.Pattern]]:
    return [(r["name"], r["sticky"], re.compile("|".join(map(re.escape, r["words"])))) for r in load("roles")["role"]]


class _Tree:
    """The stack of open headings while the text is walked."""

    def __init__(self) -> None:
        self.root = Section("", 0, "other", 0)
        self.now = self.root
        self.all: list[Section] = []

    def open(self, title: str, level: int, start: int) -> Section:
        parent = self.now
        while parent.level >= level and parent.parent:
            parent = parent.parent
        node = Section(title, level, parent.role, start, parent, sticky=parent.sticky)
        if not parent.sticky or level == 1:
            for name, sticky, pattern in _roles():
                if pattern.search(title):
                    node.role, node.sticky = name, sticky
                    break
        self.all.append(node)
        self.now = node
        return node

    def close(self, end: int) -> None:
        """Give every section its end: where the next heading of the same or a higher level begins."""
        stack: list[Section] = []
        for node in self.all:
            while stack and stack[-1].level >= node.level:
                stack.pop().end = node.start
            stack.append(node)
        for node in stack:
            node.end = end


def segment(text: str, tables: tuple[tuple[tuple[Span, ...], ...], ...] = (), headings: tuple[tuple[int, int, int], ...] = ()) -> Layout:
    """Blocks and sections of the cleaned text. The reader knew of `tables` (grids of cell spans) and `headings` (start, end, level)."""
    layout, tree = Layout(), _Tree()
    known = {start: (end, level) for start, end, level in headings}
    lines = list(_lines(text))
    taken, listed = find_rows(text, lines, tables)
    for index, (start, end) in enumerate(lines):
        if index in taken:
            _tabled(text, taken[index], start, end, layout, tree)
            continue
        if index in listed:
            layout.blocks.append(Block("furniture", start, end, tree.now))
            continue
        line = text[start:end].strip()
        if not line:
            continue
        page = furniture().match(line)
        if page and (stop := text.find("。", start, end)) >= 0 and end - stop > 8:
            layout.blocks.append(Block("furniture", start, stop + 1, tree.now))
            _walk(text, stop + 1, end, layout, tree, known)
            continue
        if page:
            layout.blocks.append(Block("furniture", start, end, tree.now))
            menu = _MENU.match(line)
            if menu and any(sticky and pattern.search(menu[1]) for _, sticky, pattern in _roles()):
                tree.open(menu[1], 1, start)
            continue
        if FOOTNOTE.match(line):
            layout.blocks.append(Block("footnote", start, end, tree.now))
            continue
        _walk(text, start, end, layout, tree, known)
    tree.close(len(text))
    layout.sections = tree.all
    return layout


def _tabled(text: str, items: list[Row | Span], start: int, end: int, layout: Layout, tree: _Tree) -> None:
    """A line of a table: its rows, the stretches of prose in its cells, or nothing but cells."""
    for item in items:
        if isinstance(item, Row):
            left, right = (start, end) if len(items) == 1 else (item.values[0][0], item.values[-1][1])
            layout.blocks.append(Block("row", left, right, tree.now, item, item.label))
        else:
            layout.blocks.append(Block("prose", *item, tree.now))
    if not items and text[start:end].strip():
        layout.blocks.append(Block("cells", start, end, tree.now))


def _lines(text: str) -> Iterator[Span]:
    at = 0
    for line in text.split("\n"):
        yield at, at + len(line)
        at += len(line) + 1


def _walk(text: str, start: int, end: int, layout: Layout, tree: _Tree, known: dict[int, Span]) -> None:
    """One line: heading, boxed row, or prose with headings at its start or inside."""
    cuts = [start, *(m.end() for m in _INLINE.finditer(text, start, end)), end]
    for left, right in pairwise(cuts):
        while left < right and text[left] == " ":
            left += 1
        if left < right:
            _piece(text, left, right, layout, tree, known)


def _piece(text: str, start: int, end: int, layout: Layout, tree: _Tree, known: dict[int, Span]) -> None:
    piece = text[start:end]
    if start in known and known[start][0] >= end - 2 and end - start <= load("limits")["text"]["max_heading"]:
        tree.open(piece.strip(), known[start][1], start)
        layout.blocks.append(Block("heading", start, end, tree.now))
        return
    body = _heading(piece, start, tree, layout)
    if body is None:
        layout.blocks.append(Block("heading", start, end, tree.now))
        return
    if body:
        layout.blocks.append(Block("heading", start, start + body, tree.now))
    if "|" in piece:
        _boxed(text, start + body, end, layout, tree)
        return
    layout.blocks.append(Block("prose", start + body, end, tree.now, label=_lead(text, start + body, end)))


def _heading(piece: str, start: int, tree: _Tree, layout: Layout) -> int | None:
    """Open the heading that `piece` is or begins with. Returns where its body begins, 0 for none, None when it is all heading."""
    box = _BOX.match(piece) if "专栏" in piece[:6] else None
    if box and _BOX_SAYS.search(box.group()):  # a statement on the line of its box: the title is the mark alone
        box = _BOX_MARK.match(piece)
    if box:
        level = min(tree.now.level + 1, 7) if "专栏" not in tree.now.title else tree.now.level
        tree.open(box.group().strip(" |:"), level, start)
        rest = piece[box.end() :].strip(" |")
        return box.end() if rest else None
    for level, pattern in _HEADINGS:
        mark = pattern.match(piece)
        if mark:
            title = _title(piece, mark.end())
            if title is None:
                return 0
            if level == 1 and not re.match(r"第", piece) and re.search(r"名单|下载", piece):
                return None
            words = piece[:title].strip(" 。:#")
            if not words:
                return 0
            tree.open(words, level, start)
            return title if title < len(piece.rstrip()) else None
    if tree.now.sticky and _PLAN_TITLE.match(piece.strip()):
        tree.now = tree.root
        return None
    free = _FREE.match(piece.strip())
    if free:
        tree.open(piece.strip(), 1, start)
        return None
    if _TABLE_TITLE.match(piece.strip()) and len(piece) < 50:
        tree.open(
            piece.strip(),
            max(tree.now.level, 2) if "表" in tree.now.title or "指标" in tree.now.title else min(tree.now.level + 1, 7),
            start,
        )
        return None
    return 0


def _title(piece: str, at: int) -> int | None:
    """Where the title that begins at `at` ends: a whole short line, or the words up to the first full stop or colon."""
    stop = re.compile(r"[。::]").search(piece, at)
    if not stop:
        line = piece.strip()
        return len(piece) if len(line) <= 48 and not re.search(r"[;!?]|[,].*\d|\d+(?:\.\d+)?%", line) else None
    if stop.start() - at <= 32 and not re.search(r"[,;|]|\d(?:\.\d+)?[%家个项件]", piece[at : stop.start()]):
        return stop.end()
    return None


def _lead(text: str, start: int, end: int) -> str:
    """The phrase that opens a paragraph or bullet and names its topic (——创新标准供给。), or nothing."""
    bullet = _BULLET.match(text, start, end)
    lead = _LEAD.match(text, bullet.end() if bullet else start, end)
    return lead.group()[:-1] if lead and not re.search(r"\d", lead.group()) and lead.end() < end else ""


def _boxed(text: str, start: int, end: int, layout: Layout, tree: _Tree) -> None:
    """A flattened box row: `label | · items; · items |`. The label joins the heading path of its items."""
    cells = [(m.start(), m.end()) for m in re.compile(r"[^|]+").finditer(text, start, end) if m.group().strip(" -:")]
    label, section = "", tree.now
    for number, (left, right) in enumerate(cells):
        words = text[left:right].strip()
        if number == 0 and len(cells) > 1 and len(words) <= 16 and not re.search(r"\d|。|;", words):
            label = words
            section = Section(label, tree.now.level + 1, tree.now.role, left, tree.now)
            continue
        layout.blocks.append(Block("prose", left, right, section, label=label))
