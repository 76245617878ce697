"""Lines that belong to the page and not to the plan: menus, page marks, footnotes, tables of contents."""

from __future__ import annotations

import re
from functools import cache

from etl.model import Span
from etl.vocab import either, load

FOOTNOTE = re.compile(r"\[\d{1,3}\]")
_ENTRY = re.compile(r"\s*(?P<title>\S.{1,60}?)[\s.…·_|-]*[\s.…·|](?P<page>\d{1,3})\s*\|?\s*$")
_NUM = "一二三四五六七八九十"
_NUMBERED = re.compile(
    rf"\s*\|?\s*(?:第[{_NUM}百\d]+[章节部分篇编]|[{_NUM}]{{1,3}}、|[(][{_NUM}]{{1,3}}[)]|\d{{1,2}}(?:\.\d{{1,2}})*[、. ]"
    r"|附[件表录]|专栏|前言)"
)
_LEADERS = re.compile(r"[.…·_]{3,}|\t")


@cache
def furniture() -> re.Pattern:
    """Matches a line that belongs to the page and not to the plan."""
    return re.compile("|".join(f"(?:{line['pattern']})" for line in load("furniture")["line"]))


def contents(text: str, lines: list[Span]) -> set[int]:
    """The lines of tables of contents: titles with page numbers that never fall, under the word for contents or with outline marks."""
    found: set[int] = set()
    run: list[tuple[int, int, str]] = []
    opened = False
    for index in range(len(lines) + 1):
        line = text[slice(*lines[index])] if index < len(lines) else "."
        entry = _ENTRY.match(line) if line.strip() else None
        if entry and (not run or int(entry["page"]) >= run[-1][1]):
            run.append((index, int(entry["page"]), line))
            continue
        if not line.strip() and index < len(lines):
            continue
        if _is_contents(run, opened):
            found.update(n for n, _, _ in run)
        opened = bool(_title().match(line)) or opened and not run and len(line) < 30
        run = [(index, int(entry["page"]), line)] if entry else []
    return found


@cache
def _title() -> re.Pattern:
    words = either(load("tables")["around"]["contents"])
    return re.compile(rf"\s*(?:{words}|{'|'.join(' *'.join(word) for word in load('tables')['around']['contents'])})\s*$")


def _is_contents(run: list[tuple[int, int, str]], opened: bool) -> bool:
    """Two entries under the title will do; without it, most of at least three must be numbered and leaders lead to the page."""
    if len(run) < (2 if opened else 3) or run[0][1] == run[-1][1] and len(run) < 3:
        return False
    numbered = sum(bool(_NUMBERED.match(line)) for _, _, line in run)
    led = sum(bool(_LEADERS.search(line)) for _, _, line in run)
    return opened or numbered * 3 >= len(run) * 2 and (led * 2 >= len(run) or numbered == len(run))
