"""A briefing as a document in the style of official papers: headings 一、(一)1., figures that Word itself draws, three-line tables,
numbered citations.

Charts are the native charts of native.py, moved with their workbooks into the document: they stay editable. The same briefing gives
the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from pptx import Presentation

from analytics.export.common import EPOCH_DATETIME, PRODUCER, leave_out, plain, refuse, repack, settings, text
from analytics.export.native import add_chart, parts
from analytics.export.series import Plan
from analytics.export.tables import column_shares, displayed, matrix_text
from analytics.export.view import CHARTS, View
from analytics.frames import as_dicts

NUMERALS = "零一二三四五六七八九"
CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH, HEIGHT = Cm(15.6), Cm(8.6)
BODY, TABLE, SMALL = 16, 9, 10.5
LEADING = 28
PLACES = (8, 10)  # in one figure: marks, bars


def document_file(title: str, subtitle: str, views: Sequence[View], findings: Sequence[str], methods: Sequence[str], lang: str) -> bytes:
    """Findings, comparisons with figures and tables, methods, sources."""
    paper = Paper(title, lang)
    paper.heading(1, text("deck.findings", lang))
    for at, line in enumerate(findings, 1):
        paper.body(f"{at}. {line}")
    paper.heading(1, text("deck.charts", lang))
    for view in views:
        add_view(paper, view)
    paper.heading(1, text("deck.methods", lang))
    for line in methods:
        paper.body(line)
    paper.heading(1, text("deck.sources", lang))
    for _, source in sorted({source.number: source for view in views for source in view.sources}.items()):
        paper.note(source.full(lang), hanging=True)
    for line in subtitle.split("\n"):
        paper.note(line, right=True)
    return paper.bytes()


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals: 一, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else NUMERALS[tens] + "十") + (NUMERALS[ones] if ones or not tens else "")


class Paper:
    """An open document and its counters."""

    def __init__(self, title: str, lang: str) -> None:
        self.document, self.lang = Document(), lang
        leave_out(self.document.part.package.rels, self.document.part.rels)
        self.counts = {1: 0, 2: 0, 3: 0}
        self.counted = {"figure": 0, "table": 0}
        self._properties(title)
        self._page()
        self._styles()
        line = self.document.add_paragraph(style="Title")
        line.add_run(plain(title))

    def heading(self, level: int, words: str) -> None:
        """A heading with its number: 一、, （一）, 1. (English: 1, 1.1, 1.1.1)."""
        self.counts[level] += 1
        for lower in range(level + 1, 4):
            self.counts[lower] = 0
        own = self.counts[level]
        number = (
            {1: f"{chinese_number(own)}、", 2: f"（{chinese_number(own)}）", 3: f"{own}. "}[level]
            if self.lang == "zh"
            else ".".join(str(self.counts[each]) for each in range(1, level + 1)) + " "
        )
        self.document.add_paragraph(number + plain(words), style=f"Heading {level}")

    def body(self, words: str) -> None:
        """A paragraph of text."""
        self.document.add_paragraph(plain(words), style="Normal")

    def note(self, words: str, hanging: bool = False, right: bool = False) -> None:
        """A small paragraph: a note, a citation, the date."""
        line = self.document.add_paragraph(plain(words), style="Caption")
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
        if hanging:
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(24), Pt(-24)

    def caption(self, kind: str, title: str) -> None:
        """图1 … below a figure, 表1 … above a table."""
        self.counted[kind] += 1
        number = self.counted[kind]
        line = self.document.add_paragraph(text(f"deck.{kind}", self.lang, number=number, title=plain(title)), style="Caption")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.keep_with_next = kind == "table"

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table with three lines; its head is repeated on every page."""
        table = self.document.add_table(len(rows) + 1, len(heads))
        table.autofit = False
        for column, share in zip(table.columns, column_shares(heads, rows, TABLE, WIDTH.pt), strict=True):
            column.width = int(WIDTH * share)
            for cell in column.cells:
                cell.width = int(WIDTH * share)
        for down, row in enumerate([heads, *rows]):
            for cell, words in zip(table.rows[down].cells, row, strict=True):
                line = cell.paragraphs[0]
                line.style = self.document.styles["Caption"]
                line.alignment = WD_ALIGN_PARAGRAPH.LEFT
                run = line.add_run(plain(words))
                run.font.size, run.bold = Pt(TABLE), down == 0
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        three_lines(table)

    def charts(self, view: View) -> None:
        """A native chart with its caption; more places than one can name go on in the next, over the same axis."""
        for part, plan in parts(view, *PLACES):
            self.chart(part, plan)
            self.caption("figure", view.title)

    def chart(self, view: View, plan: Plan) -> None:
        """A native chart in a line of its own."""
        slide = Presentation()
        shapes = slide.slides.add_slide(slide.slide_layouts[6]).shapes
        found = add_chart(shapes, view, plan, (0, 0, WIDTH, HEIGHT), 10).chart.part
        at, package = self.counted["figure"] + 1, self.document.part.package
        sheet = Part(PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{at}.xlsx"), SHEET_TYPE, found.chart_workbook.xlsx_part.blob, package)
        chart = Part(PackURI(f"/word/charts/chart{at}.xml"), CHART_TYPE, found.blob, package)
        # The chart names its workbook by this id; a new part gives its first relation the same one.
        wanted = found._element.find(qn("c:externalData")).get(qn("r:id"))
        chart.load_rel(RT.PACKAGE, sheet, wanted)
        inline(self.document.add_paragraph(style="Figure"), self.document.part.relate_to(chart, RT.CHART), at, view)

    def bytes(self) -> bytes:
        """The finished file."""
        target = io.BytesIO()
        self.document.save(target)
        return repack(target.getvalue())

    def _properties(self, title: str) -> None:
        facts = self.document.core_properties
        facts.title, facts.author, facts.last_modified_by, facts.comments = plain(title)[:250], PRODUCER, PRODUCER, ""
        facts.created = facts.modified = facts.last_printed = EPOCH_DATETIME
        facts.revision = 1

    def _page(self) -> None:
        page = self.document.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
        line = page.footer.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for words, field in (("— ", None), ("", "PAGE"), (" —", None)):
            run = line.add_run(words)
            run.font.size = Pt(14)
            if field:
                for kind in ("begin", "instr", "end"):
                    run._r.append(field_part(kind, field))

    def _styles(self) -> None:
        fonts, styles = settings().fonts, self.document.styles
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
        styles.add_style("Figure", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
        look = {
            "Normal": (fonts["body"], BODY, False, 2),
            "Title": (fonts["document_title"], 22, False, 0),
            "Heading 1": (fonts["heading_1"], BODY, False, 2),
            "Heading 2": (fonts["heading_2"], BODY, False, 2),
            "Heading 3": (fonts["body"], BODY, True, 2),
            "Caption": (fonts["body"], SMALL, False, 0),
            "Figure": (fonts["body"], SMALL, False, 0),
        }
        for name, (face, size, bold, indent) in look.items():
            set_style(styles[name], face, fonts["numerals"], size, bold, indent)
        styles["Title"].paragraph_format.alignment = styles["Figure"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        styles["Title"].paragraph_format.space_after = Pt(LEADING)
        styles["Figure"].paragraph_format.space_before, styles["Figure"].paragraph_format.keep_with_next = Pt(6), True
        for border in styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)


def set_style(style, face: str, numerals: str, size: float, bold: bool, indent: int) -> None:
    """Typefaces, size and line spacing of a style; indent in characters of the first line."""
    style.font.name, style.font.size, style.font.bold, style.font.italic = numerals, Pt(size), bold, False
    style.font.color.rgb = None
    for colour in list(style.element.iter(qn("w:color"))):
        colour.getparent().remove(colour)
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(faces.attrib):
        if name.endswith("Theme"):
            del faces.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        faces.set(qn(name), numerals)
    faces.set(qn("w:eastAsia"), face)
    form = style.paragraph_format
    form.first_line_indent, form.space_before, form.space_after = Pt(size * indent), Pt(0), Pt(0 if size == BODY else 4)
    if size == BODY:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LEADING)
    else:
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE


def field_part(kind: str, field: str):
    """A part of a field such as the page number."""
    if kind == "instr":
        part = OxmlElement("w:instrText")
        part.text = field
        return part
    part = OxmlElement("w:fldChar")
    part.set(qn("w:fldCharType"), kind)
    return part


def three_lines(table) -> None:
    """Lines above and below the table and below its head."""
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="12" w:space="0" w:color="000000"/>' if edge in ("top", "bottom") else f'<w:{edge} w:val="nil"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    facts = table._tbl.tblPr
    facts.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{edges}</w:tblBorders>"))
    layout = facts.find(qn("w:tblLayout"))
    if layout is not None:  # the schema wants the borders before the layout
        facts.remove(layout)
        facts.append(layout)
    look = facts.find(qn("w:tblLook"))
    if look is not None:
        facts.remove(look)
        facts.append(look)
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(OxmlElement("w:tblHeader"))
    for cell in table.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(
            parse_xml(f'<w:tcBorders {nsdecls("w")}><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:tcBorders>')
        )


def inline(paragraph, relation: str, number: int, view: View) -> None:
    """The place of a chart in the text."""
    words = plain("; ".join(f"{row['place']} {row['label']}" for row in as_dicts(view.frame)))[:2000]
    drawing = parse_xml(
        f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{int(WIDTH)}" cy="{int(HEIGHT)}"/>'
        f'<wp:docPr id="{number}" name="Chart {number}"/><wp:cNvGraphicFramePr/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        f'<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    drawing.find(".//" + qn("wp:docPr")).set("descr", words)
    paragraph.add_run()._r.append(drawing)


def add_view(paper: Paper, view: View) -> None:
    """One view: sentences, figure, table, notes."""
    paper.heading(2, view.title)
    for line in [*([view.say("deck.remark", text=view.remark)] if view.remark else []), *view.sentences]:
        paper.body(line)
    if view.kind in CHARTS and len(view.frame):
        paper.charts(view)
    heads, rows = matrix_text(view) if view.kind == "matrix" else displayed(view)
    refuse("table_rows", len(rows))
    paper.caption("table", view.title)
    paper.table(heads, rows)
    for line in view.footer():
        paper.note(line)
