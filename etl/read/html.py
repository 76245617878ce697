"""Web pages: html_tree parses them, trafilatura chooses the main content, and the text is printed from the page itself.

trafilatura's own output drops merged cells and changes spaces. So each line of the page gets a mark, trafilatura works on the marked
copy, and the lines whose marks it kept are printed from the original.
"""
from __future__ import annotations

import copy
import re

import trafilatura
from lxml import etree
from lxml import html as markup

from etl.limits import Limits
from etl.model import Document
from etl.read.errors import ReadError
from etl.read.html_blocks import Line, PageTable, page_lines
from etl.read.html_tree import page_tree
from etl.read.linear import Linear
from etl.read.text import decode

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-z0-9_-]+)|^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([a-z0-9_-]+)", re.I
)
_CHARSET_WITHIN = 8192
# Browsers read all names of the Chinese national family as its largest member.
_CODECS = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "utf8": "utf-8", "utf-8": "utf-8", "utf-16": "utf-8", "big5": "big5hkscs", "big5-hkscs": "big5hkscs",
}
_DAMAGED_SHARE = 0.005
_MARK = "\u2045{}\u2046"
_MARKED = re.compile("\u2045(\\d+)\u2046")
_NAVIGATION = ("nav", "footer", "menu")
_FURNITURE = (*_NAVIGATION, "header", "aside")
_ENOUGH_KEPT = 0.5


def read_html(data: bytes, name: str, limits: Limits) -> Document:
    """The main content of a page as a Document named by the page's title (or the file); headings by tag, tables with merged cells."""
    out = Linear(name, limits)
    root, flat = page_tree(_decode(data, name), name)
    body = root.find("body")
    if body is None:
        body = root
    blocks = list(page_lines(body, out.reserve_cells))
    # trafilatura takes time by the square in such a page, and its signs of main content are gone with the elements.
    _print(blocks, _rest(blocks) if flat else _chosen(root, blocks), out)
    return out.document("html", _title(root))


def _decode(data: bytes, name: str) -> str:
    """By the declared charset, else as plain text. A few damaged places in a page whose charset is declared become U+FFFD."""
    match = None if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\xfe\xff") else _CHARSET.search(data[:_CHARSET_WITHIN])
    declared = _CODECS.get((match.group(1) or match.group(2)).decode("ascii").lower()) if match else None
    if declared is None:
        return decode(data, name)
    try:
        return data.decode(declared)
    except UnicodeDecodeError:
        pass
    try:
        return decode(data, name)  # pages are converted and keep their old declaration
    except ReadError:
        text = data.decode(declared, errors="replace")
        if text.count("\ufffd") > _DAMAGED_SHARE * len(text):
            raise
        return text


def _title(root: markup.HtmlElement) -> str:
    title = root.find(".//title")
    return " ".join(title.text_content().split()) if title is not None else ""


def _lines(block: Line | PageTable) -> list[Line]:
    return block.lines if isinstance(block, PageTable) else [block]


def _chosen(root: markup.HtmlElement, blocks: list[Line | PageTable]) -> set[int]:
    """Indexes of the blocks that are main content: what trafilatura keeps, or, when that is too little to be it, all but the furniture."""
    rest = _rest(blocks)
    kept = {index for index in _kept(root, blocks) if not all(_stands_in(line, _NAVIGATION) for line in _lines(blocks[index]))}
    if _size(blocks, kept) < _ENOUGH_KEPT * _size(blocks, rest):
        return rest
    return kept | _between(blocks, kept)


def _rest(blocks: list[Line | PageTable]) -> set[int]:
    """All but the furniture; all where there is nothing else."""
    rest = {index for index, block in enumerate(blocks) if not all(_is_furniture(line) for line in _lines(block))}
    return rest or set(range(len(blocks)))


def _kept(root: markup.HtmlElement, blocks: list[Line | PageTable]) -> set[int]:
    """Marks each line, lets trafilatura choose, and takes the marks off again. A table is kept whole."""
    lines = [line for block in blocks for line in _lines(block)]
    owner = [index for index, block in enumerate(blocks) for _ in _lines(block)]
    places = [(line.holder, "tail" if line.tail else "text") for line in lines]
    before = [getattr(holder, side) for holder, side in places]
    for number, ((holder, side), text) in enumerate(zip(places, before, strict=True)):
        setattr(holder, side, _MARK.format(number) + (text or ""))
    try:
        marked = copy.deepcopy(root)
    finally:
        for (holder, side), text in zip(places, before, strict=True):
            setattr(holder, side, text)
    found = trafilatura.extract(marked, include_comments=False, include_tables=True, favor_recall=True) or ""
    numbers = (int(mark) for mark in _MARKED.findall(found))
    return {owner[number] for number in numbers if number < len(owner)}


def _between(blocks: list[Line | PageTable], kept: set[int]) -> set[int]:
    """Lines that trafilatura took out of the midst of the content: between kept ones, in the same element as one of them, no mere link."""
    holders = {id(_container(line)) for index in kept for line in _lines(blocks[index])}
    inner = range(min(kept, default=0), max(kept, default=0))
    return {
        index for index in inner
        if index not in kept and all(id(_container(line)) in holders and not _is_furniture(line) for line in _lines(blocks[index]))
    }


def _container(line: Line) -> etree._Element | None:
    return line.block.getparent()


def _is_furniture(line: Line) -> bool:
    """Stands in an element for what surrounds the content, or is a link for the most part."""
    return 2 * line.linked > len(line.text) or _stands_in(line, _FURNITURE)


def _stands_in(line: Line, tags: tuple[str, ...]) -> bool:
    return line.block.tag in tags or next(line.block.iterancestors(*tags), None) is not None


def _size(blocks: list[Line | PageTable], indexes: set[int]) -> int:
    return sum(len(line.text) for index in indexes for line in _lines(blocks[index]))


def _print(blocks: list[Line | PageTable], chosen: set[int], out: Linear) -> None:
    for index in sorted(chosen):
        block = blocks[index]
        if isinstance(block, Line):
            out.block(block.text, block.level)
            continue
        out.block(block.caption)
        out.table(block.grid, block.header_rows)
