"""A web page as a tree of lxml: parsed by lexbor as browsers parse it, to its last character.

libxml2, which lxml parses with, leaves out whatever stands in more than 255 open elements, without a word; pages whose tags are never
closed reach that easily. lexbor has no such bound, so the tree is built from its result. Elements beyond a depth that later steps can
bear are left out of it, never their text: it stays in its place, on lines of its own where a block began or ended.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml import html as markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from etl.read.errors import ReadError
from etl.read.html_blocks import BLOCKS, INVISIBLE

# From this depth on elements that only arrange or colour are left out, from the next all; trees of libxml2 may be 255 deep.
_DEEP, _DEEPEST = 60, 200
_MOST_ATTRIBUTES = 100  # of an element; none of them is text, and libxml2 looks at all before it adds one
_PLAIN = frozenset("font span b i u em strong big small tt s strike nobr center div section article main form label ins bdo bdi".split())
_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_UNXML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_END = "\u2045\u2046"  # put behind the page; where it comes out tells whether something swallowed the end
_SWALLOWED = 20  # ideographs; fewer are a remark of a script, not a part of a text
_Step = tuple[LexborNode | None, markup.HtmlElement, int]


def page_tree(text: str, name: str) -> tuple[markup.HtmlElement, bool]:
    """The html element of a page, and whether elements that mean something were left out of it for their depth.

    Raises ReadError broken where an element or comment that is never closed hides the rest of the page.
    """
    text = _UNXML.sub(_blank, text).replace("\u2045", "[").replace("\u2046", "]")
    source = LexborHTMLParser(text + _END).root
    builder = _Builder()
    builder.build(source)
    if not builder.ended:
        _refuse_hidden(source, text, name)
    return builder.root, builder.flat


def _blank(match: re.Match[str]) -> str:
    """A form feed parts words in a page; other controls are nothing."""
    return "\n" if match.group() == "\x0c" else ""


class _Builder:
    """Copies a tree in order of reading. ended: whether the mark behind the page has come, in a place that shows. flat: see page_tree."""

    def __init__(self) -> None:
        self.root: markup.HtmlElement = markup.Element("html")
        self.ended = self.flat = False
        self._pieces: list[str] = []  # text that goes to the end of `_into`
        self._into = self.root

    def build(self, source: LexborNode) -> None:
        """Copies everything below `source`."""
        _copy_attributes(source, self.root)
        # A node and the element that takes it, with the depth of that; None for the end of a line.
        pending: list[_Step] = [*_children(source, self.root, 0)]
        while pending:
            node, into, depth = pending.pop()
            if node is None:
                self._add("br", into)
            elif node.is_text_node:
                self._text(node.text_content or "", into)
            elif node.is_element_node:
                pending.extend(self._element(node, into, depth))
        self._flush()

    def _element(self, node: LexborNode, into: markup.HtmlElement, depth: int) -> Iterator[_Step]:
        """Adds an element, or leaves it out for its depth; what is to be done below it, last first."""
        tag = node.tag if _NAME.fullmatch(node.tag) else "span"  # Word writes o:p and st1:date
        shown = tag in ("head", "title") or tag not in INVISIBLE
        if depth < _DEEP or (depth < _DEEPEST and tag not in _PLAIN):
            element = self._add(tag, into)
            _copy_attributes(node, element)
            if shown:
                yield from _children(node, element, depth + 1)
            return
        self.flat = self.flat or tag not in _PLAIN
        if shown and "hidden" not in node.attributes:
            block = tag in BLOCKS or tag == "br"
            if block:
                self._add("br", into)
                yield None, into, depth
            yield from _children(node, into, depth)

    def _add(self, tag: str, into: markup.HtmlElement) -> markup.HtmlElement:
        self._flush()
        return etree.SubElement(into, tag)

    def _text(self, text: str, into: markup.HtmlElement) -> None:
        if _END in text:
            self.ended = into.tag != "title"
            text = text.replace(_END, "")
        if into is not self._into:
            self._flush()
            self._into = into
        self._pieces.append(_UNXML.sub(_blank, text))  # &#1; stands for a control

    def _flush(self) -> None:
        """Sets the text that has been gathered, at once: piece by piece it would be copied as often as there are pieces."""
        text, self._pieces = "".join(self._pieces), []
        if not text:
            return
        try:
            last = self._into[-1]
        except IndexError:
            self._into.text = (self._into.text or "") + text
        else:
            last.tail = (last.tail or "") + text


def _copy_attributes(node: LexborNode, element: markup.HtmlElement) -> None:
    for name, value in islice(node.attributes.items(), _MOST_ATTRIBUTES):
        if _NAME.fullmatch(name):
            element.set(name, _UNXML.sub("", value or ""))


def _children(node: LexborNode, into: markup.HtmlElement, depth: int) -> Iterator[_Step]:
    """The children of a node, last first."""
    child = node.last_child
    while child is not None:
        yield child, into, depth
        child = child.prev


def _refuse_hidden(source: LexborNode, text: str, name: str) -> None:
    """Raises ReadError where text is hidden together with the end of the page. A footer that ends in a script is no loss."""
    last = next((node for node in _below(source) if _END in _content(node)), None)
    holder = last and _holder(last)
    if last is None:  # a tag that is not closed is not in the tree, nor is what stands beside frames
        what, lost = "tag or a set of frames", _signs(text) - sum(_signs(_content(node)) for node in _below(source))
    elif holder.tag in ("script", "style") and "</" not in _content(last):
        return
    else:
        what, lost = f"<{holder.tag}>", sum(_signs(_content(node)) for node in [holder, *_below(holder)])
    if lost >= _SWALLOWED:
        detail = f"a {what.replace('<-comment>', 'comment')} that is never closed hides the rest of the page, {lost} ideographs"
        raise ReadError(name, "broken", detail, "open it in a browser, and save as html or txt what it shows")


def _holder(node: LexborNode) -> LexborNode:
    """The outermost element around a node that hides what is in it; the node itself where there is none."""
    found = node
    while node is not None:
        if node.is_element_node and node.tag in INVISIBLE and node.tag != "head":
            found = node
        node = node.parent
    return found


def _below(source: LexborNode) -> Iterator[LexborNode]:
    pending = [source]
    while pending:
        node = pending.pop()
        yield node
        child = node.child
        while child is not None:
            pending.append(child)
            child = child.next


def _content(node: LexborNode) -> str:
    """A node's own characters: text, a comment, the values of attributes."""
    if node.is_text_node:
        return node.text_content or ""
    if node.is_comment_node:
        return node.comment_content or ""
    return "".join(value or "" for value in node.attributes.values()) if node.is_element_node else ""


def _signs(text: str) -> int:
    """How many ideographs."""
    return sum(1 for _ in _HAN.finditer(text))
