"""Word documents: python-docx opens the package and knows the styles; the body is walked element by element (docx_text says why)."""
from __future__ import annotations

import re
from io import BytesIO

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import parse_xml
from lxml import etree

from etl.limits import Limits
from etl.model import Document
from etl.read.archive import check_archive
from etl.read.docx_numbers import Numbering, integer, read_numbering
from etl.read.docx_text import MATH_TEXT, MC, SKIPPED, TEXT, paragraph_text, text_boxes
from etl.read.errors import ReadError
from etl.read.linear import Grid, Linear, Slot
from etl.read.package import mended

_PARAGRAPH, _TABLE, _ROW, _CELL, _EMBEDDED = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:altChunk")
# Wrappers around blocks, rows or cells: content controls, insertions, custom markup.
_WRAPPERS = frozenset(
    [qn(f"w:{tag}") for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")] + [MC + "AlternateContent", MC + "Choice"]
)
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.I)
_BODY_TEXT_LEVEL = 9


def read_docx(data: bytes, name: str, limits: Limits) -> Document:
    """A docx as a Document: headings by style or outline level, automatic numbers, tables, text boxes, then the notes as `[1] ...`."""
    check_archive(data, name, limits)
    package = docx.Document(BytesIO(mended(data)))
    part = package.part
    reader = _Walker(Linear(name, limits), _styles(part), read_numbering(_related(part, RELATIONSHIP_TYPE.NUMBERING)))
    reader.blocks(package.element.body, 0)
    for kind, tag in ((RELATIONSHIP_TYPE.FOOTNOTES, "w:footnote"), (RELATIONSHIP_TYPE.ENDNOTES, "w:endnote")):
        reader.notes(_related(part, kind), tag)
    return reader.out.document("docx")


def _related(part: object, kind: str) -> etree._Element | None:
    """The root of a part that the main one refers to by relation type, or None."""
    for relation in part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            return parse_xml(relation.target_part.blob)
    return None


class _Style:
    """What a paragraph style says here: heading level (from 1, or None) and list (numId, level) or None; inherited where not stated."""

    __slots__ = ("level", "numbers")

    def __init__(self, level: int | None, numbers: tuple[str, int] | None) -> None:
        self.level = level
        self.numbers = numbers


def _styles(part: object) -> dict[str, _Style]:
    """Paragraph styles by id."""
    root = _related(part, RELATIONSHIP_TYPE.STYLES)
    elements = {} if root is None else {style.get(qn("w:styleId"), ""): style for style in root.iterfind("w:style", nsmap)}
    return {style_id: _resolve(style_id, elements) for style_id in elements}


def _resolve(style_id: str, elements: dict[str, etree._Element]) -> _Style:
    """Follows w:basedOn until level and list are known (each style once: damaged files have cycles)."""
    level, numbers, seen = None, None, set()
    while style_id in elements and style_id not in seen:
        seen.add(style_id)
        element = elements[style_id]
        level = level or _style_level(element)
        numbers = numbers or _numbers(element.find("w:pPr", nsmap))
        base = element.find("w:basedOn", nsmap)
        style_id = "" if base is None else base.get(qn("w:val"), "")
    return _Style(level, numbers)


def _style_level(style: etree._Element) -> int | None:
    label = style.find("w:name", nsmap)
    label_text = "" if label is None else label.get(qn("w:val"), "")
    if label_text.lower() == "title":
        return 1
    match = _HEADING_NAME.match(label_text)
    return int(match.group(1)) if match else _outline(style.find("w:pPr", nsmap))


def _outline(properties: etree._Element | None) -> int | None:
    """The heading level in w:outlineLvl, where 9 means body text."""
    mark = None if properties is None else properties.find("w:outlineLvl", nsmap)
    level = _BODY_TEXT_LEVEL if mark is None else integer(mark.get(qn("w:val")), _BODY_TEXT_LEVEL)
    return level + 1 if level < _BODY_TEXT_LEVEL else None


def _numbers(properties: etree._Element | None) -> tuple[str, int] | None:
    """(w:numId, level) of a paragraph or style that is numbered; ("0", 0) switches an inherited number off."""
    mark = None if properties is None else properties.find("w:numPr", nsmap)
    if mark is None:
        return None
    list_id, level = mark.find("w:numId", nsmap), mark.find("w:ilvl", nsmap)
    return ("" if list_id is None else list_id.get(qn("w:val"), ""), 0 if level is None else integer(level.get(qn("w:val"))))


class _Walker:
    """Lays the body out block by block."""

    def __init__(self, out: Linear, styles: dict[str, _Style], numbering: Numbering) -> None:
        self.out = out
        self.styles = styles
        self.numbering = numbering

    def blocks(self, parent: etree._Element, depth: int) -> None:
        """Paragraphs and tables below `parent`, in order."""
        for block in self._inner(parent):
            if block.tag == _PARAGRAPH:
                text, level = self._paragraph(block)
                self.out.block(text, level)
            elif block.tag == _TABLE:
                self._table(block, depth)
                continue
            for box in text_boxes(block):
                self._nested(box, depth)

    def notes(self, root: etree._Element | None, tag: str) -> None:
        """Notes as blocks of their own after the text; separators carry a w:type and are none."""
        notes = [] if root is None else [note for note in root.iterfind(tag, nsmap) if note.get(qn("w:type")) in (None, "normal")]
        for number, note in enumerate(notes, 1):
            text = " ".join(filter(None, (self._paragraph(block)[0].strip() for block in note.iter(_PARAGRAPH))))
            self.out.block(f"[{number}] {text}" if text else "")

    def _inner(self, parent: etree._Element):
        """Blocks, rows or cells below `parent`, seen through wrappers."""
        pending = list(reversed(parent))
        while pending:
            element = pending.pop()
            if element.tag in _WRAPPERS:
                pending.extend(reversed(element))
            elif element.tag in (_PARAGRAPH, _TABLE, _ROW, _CELL):
                yield element
            elif element.tag not in SKIPPED:
                self._refuse_text(element)

    def _refuse_text(self, element: etree._Element) -> None:
        """Nothing is left out unsaid: an element that is not known may hold no text, and no document of its own."""
        if element.tag == _EMBEDDED or any((text.text or "").strip() for text in element.iter(TEXT, MATH_TEXT)):
            tag = etree.QName(element).localname
            step = "open it in Word and save it anew as docx"
            raise ReadError(self.out.name, "broken", f"its element {tag} holds text in a way that is not known", step)

    def _nested(self, parent: etree._Element, depth: int) -> None:
        self._check_depth(depth)
        self.blocks(parent, depth + 1)

    def _check_depth(self, depth: int) -> None:
        if depth >= (most := self.out.limits.max_nesting):
            self.out.refuse_size(f"its tables and text boxes are nested over {most} deep (max_nesting)")

    def _paragraph(self, paragraph: etree._Element) -> tuple[str, int | None]:
        """Text with its automatic number, and the heading level."""
        properties = paragraph.find("w:pPr", nsmap)
        style_mark = None if properties is None else properties.find("w:pStyle", nsmap)
        style = self.styles.get("" if style_mark is None else style_mark.get(qn("w:val"), "")) or _Style(None, None)
        text = paragraph_text(paragraph)
        if not text.strip():
            return "", None
        list_id, level = self._list(_numbers(properties), style.numbers)
        return self.numbering.label(list_id, level) + text.strip(), _outline(properties) or style.level

    @staticmethod
    def _list(own: tuple[str, int] | None, inherited: tuple[str, int] | None) -> tuple[str, int]:
        """A paragraph that states only its level takes the list of its style."""
        if own is None:
            return inherited or ("", 0)
        return own if own[0] or inherited is None else (inherited[0], own[1])

    def _table(self, table: etree._Element, depth: int) -> None:
        """The grid, then what no grid can hold: tables and text boxes inside its cells, as blocks after it."""
        grid: Grid = []
        cells: list[etree._Element] = []
        header_rows = 0
        for row in self._inner(table):
            if row.tag != _ROW:
                continue
            header_rows += header_rows == len(grid) and row.find("w:trPr/w:tblHeader", nsmap) is not None
            grid.append(self._row(row, grid[-1] if grid else [], cells))
        self.out.table(grid, header_rows)
        for cell in cells:
            for block in self._inner(cell):
                if block.tag == _TABLE:
                    self._nested_table(block, depth)
                for box in text_boxes(block) if block.tag == _PARAGRAPH else ():
                    self._nested(box, depth)

    def _nested_table(self, table: etree._Element, depth: int) -> None:
        self._check_depth(depth)
        self._table(table, depth + 1)

    def _row(self, row: etree._Element, above: list[Slot | None], cells: list[etree._Element]) -> list[Slot | None]:
        """One row of the grid; a cell merged downwards (w:vMerge) takes the Slot above it."""
        slots: list[Slot | None] = []
        before = row.find("w:trPr/w:gridBefore", nsmap)
        self._extend(slots, None, 0 if before is None else integer(before.get(qn("w:val"))))
        for cell in self._inner(row):
            if cell.tag != _CELL:
                continue
            span, merge = cell.find("w:tcPr/w:gridSpan", nsmap), cell.find("w:tcPr/w:vMerge", nsmap)
            continued = merge is not None and merge.get(qn("w:val")) != "restart" and len(slots) < len(above)
            slot = above[len(slots)] if continued else None
            if slot is None:
                slot = Slot("\n".join(filter(None, (self._paragraph(block)[0] for block in self._inner(cell) if block.tag == _PARAGRAPH))))
                cells.append(cell)
            self._extend(slots, slot, max(1, 1 if span is None else integer(span.get(qn("w:val")), 1)))
        return slots

    def _extend(self, slots: list[Slot | None], slot: Slot | None, count: int) -> None:
        self.out.reserve_cells(count)  # a span of 99,999 in each of a thousand rows must not be built first
        slots.extend([slot] * count)
