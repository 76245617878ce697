"""The text of Word paragraphs.

python-docx leaves out what stands in smart tags, content controls, insertions and equations; Word puts dates and measured numbers of
Chinese documents into smart tags (chsdate, chmetcnv), so here every element is walked and only what is known to be invisible is skipped.
"""
from __future__ import annotations

from collections.abc import Iterator

from docx.oxml.ns import nsmap, qn
from lxml import etree

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"

BOX = qn("w:txbxContent")
SKIPPED = frozenset(
    [qn(f"w:{tag}") for tag in ("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "pPr", "rPr", "sdtPr", "sdtEndPr",
                                "smartTagPr", "customXmlPr", "fldData", "footnoteReference", "endnoteReference", "annotationRef")]
    + [MC + "Fallback", BOX]
)
_FIXED = {
    qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:softHyphen"): "",
}
TEXT, _BREAK, _SYMBOL, _RUN = qn("w:t"), qn("w:br"), qn("w:sym"), qn("w:r")
_RAISED = {"2": "²", "3": "³"}
# Ticks, boxes and comparison signs that documents take from symbol fonts, by font and the low byte of the code.
_SYMBOLS = {
    ("Wingdings", 0xFC): "✓", ("Wingdings", 0xFE): "☑", ("Wingdings", 0xA8): "□", ("Wingdings", 0x6C): "●", ("Wingdings", 0x6E): "■",
    ("Wingdings", 0x75): "◆", ("Wingdings 2", 0x50): "✓", ("Wingdings 2", 0x52): "☑",
    ("Symbol", 0xA3): "≤", ("Symbol", 0xB3): "≥", ("Symbol", 0xB1): "±", ("Symbol", 0xB4): "×", ("Symbol", 0xB0): "°",
    ("Symbol", 0xB7): "·",
}


def paragraph_text(paragraph: etree._Element) -> str:
    """What a reader of the page sees of a w:p, numbering and text boxes aside; line breaks as \\n."""
    return "".join(_pieces(paragraph))


def text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The outermost text box contents anchored in a w:p, each once (files hold a second copy for old programs in mc:Fallback)."""
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        if element.tag == BOX:
            yield element
        elif element.tag not in SKIPPED:
            pending.extend(reversed(element))


def _pieces(root: etree._Element) -> Iterator[str]:
    """Text in document order. A stack, not recursion: damaged files nest deeper than Python does."""
    pending = list(reversed(root))
    last = ""
    while pending:
        element = pending.pop()
        if element.tag in SKIPPED or (element.tag == _RUN and _is_hidden(element)):
            continue
        piece = _own_text(element)
        if piece is None:
            pending.extend(reversed(element))
            continue
        if element.tag == TEXT and piece in _RAISED and last[-1:].isascii() and last[-1:].isalpha() and _is_raised(element):
            piece = _RAISED[piece]  # km2 and m3 with a raised figure
        last = piece or last
        yield piece


def _own_text(element: etree._Element) -> str | None:
    """The text that an element stands for, or None for one that only holds others."""
    tag = element.tag
    if tag in (TEXT, MATH_TEXT):
        return element.text or ""
    if tag in _FIXED:
        return _FIXED[tag]
    if tag == _BREAK:
        return "" if element.get(qn("w:type")) in ("page", "column") else "\n"
    if tag == _SYMBOL:
        return _symbol(element.get(qn("w:font"), ""), element.get(qn("w:char"), ""))
    return None


def _symbol(font: str, code: str) -> str:
    try:
        return _SYMBOLS.get((font, int(code, 16) & 0xFF), "")
    except ValueError:
        return ""


def _is_hidden(run: etree._Element) -> bool:
    mark = run.find("w:rPr/w:vanish", nsmap)
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false", "off")


def _is_raised(text: etree._Element) -> bool:
    mark = text.getparent().find("w:rPr/w:vertAlign", nsmap)
    return mark is not None and mark.get(qn("w:val")) == "superscript"
