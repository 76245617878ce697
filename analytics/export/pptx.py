"""Slides: one view as a slide, or a briefing as a deck. Charts are native and editable; matrices and tables are native tables.

Sources stand in a footnote, the full sentences in the notes. The same views give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from analytics.export import fonts
from analytics.export.common import EPOCH_DATETIME, PRODUCER, leave_out, plain, refuse, repack, settings, text
from analytics.export.native import add_chart, chinese, parts, rgb
from analytics.export.series import subtitle as chart_subtitle
from analytics.export.tables import BOLD, column_shares, displayed, matrix_text
from analytics.export.view import CHARTS, View

WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, INNER = Inches(0.55), Inches(12.23)
TOP_OF_BODY, TOP_OF_FOOT = Inches(1.72), Inches(6.35)
LINES_OF_TEXT = 15
POINTS, ROOM = 880.0, 330.0  # width and height of a table on a slide, in points
TITLE_SIZES, TITLE_WIDTH, TITLE_HEIGHT = (24, 21, 18, 16, 14), 860.0, 62.0
CELL, CELL_LINE, CELL_MARGINS, CELL_SIDES = 11, 15.0, 8.0, 16.0  # text of a table, in points
FOOTNOTES = 4
PLACES = (12, 14)  # on one slide: marks, bars


def slide_file(view: View) -> bytes:
    """One view as a presentation; a long table goes on over several slides."""
    deck = new_deck(view.title)
    add_view(deck, view)
    return save(deck)


def deck_file(title: str, subtitle: str, views: Sequence[View], findings: Sequence[str], methods: Sequence[str], lang: str) -> bytes:
    """Cover, findings, one slide a chart, methods and definitions, sources."""
    deck = new_deck(title)
    add_cover(deck, title, subtitle)
    add_text(deck, text("deck.findings", lang), findings, lang)
    for view in views:
        add_view(deck, view)
    add_text(deck, text("deck.methods", lang), methods, lang)
    sources = {source.number: source for view in views for source in view.sources}
    add_text(deck, text("deck.sources", lang), [sources[number].full(lang) for number in sorted(sources)], lang, 11)
    return save(deck)


def new_deck(title: str):
    """An empty 16:9 presentation with fixed properties."""
    deck = Presentation()
    leave_out(deck.part.package._rels, deck.part._rels)
    deck.slide_width, deck.slide_height = WIDE, HIGH
    facts = deck.core_properties
    facts.title, facts.author, facts.last_modified_by = plain(title)[:250], PRODUCER, PRODUCER
    facts.created = facts.modified = facts.last_printed = EPOCH_DATETIME
    facts.revision = 1
    return deck


def save(deck) -> bytes:
    """The finished file: Chinese typefaces on every run, fixed dates."""
    for slide in deck.slides:
        chinese(slide._element)
        if slide.has_notes_slide:
            chinese(slide.notes_slide._element)
    target = io.BytesIO()
    deck.save(target)
    return repack(target.getvalue())


def add_box(
    slide,
    box: tuple[int, int, int, int],
    lines: Sequence[str],
    size: float,
    bold: bool = False,
    colour: str = "text",
    anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
):
    """A text box with one paragraph a line."""
    frame = slide.shapes.add_textbox(*(Emu(each) for each in box)).text_frame
    frame.word_wrap, frame.vertical_anchor = True, anchor
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = plain(line), Pt(size), bold
        run.font.color.rgb = rgb(settings().colours[colour])
    return frame


def sized(title: str) -> tuple[str, float]:
    """The title and the largest size at which it fits its box; one that fits at none is cut, the notes hold it whole."""
    for size in TITLE_SIZES:
        if len(fonts.wrap(title, size * BOLD, TITLE_WIDTH)) * size * 1.25 <= TITLE_HEIGHT:
            return title, size
    smallest = TITLE_SIZES[-1]
    return fonts.cut(title, smallest * BOLD, 0.95 * TITLE_WIDTH * (TITLE_HEIGHT // (1.25 * smallest))), smallest


def new_slide(deck, title: str, subtitle: str = ""):
    """A slide with its title in the title placeholder, so that outlines and screen readers find it."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = LEFT, Inches(0.3), INNER, Inches(0.95)
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    words, size = sized(plain(title))
    frame.text = words
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    for run in paragraph.runs:
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), True, rgb(settings().colours["text"])
    if subtitle:
        add_box(slide, (LEFT, Inches(1.25), INNER, Inches(0.4)), [subtitle], 13, colour="quiet")
    return slide


def add_cover(deck, title: str, subtitle: str) -> None:
    """Title and what the deck is made of."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = LEFT, Inches(2.3), INNER, Inches(1.4)
    shape.text_frame.text = plain(title)
    shape.text_frame.word_wrap = True
    run = shape.text_frame.paragraphs[0].runs[0]
    shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
    run.font.size, run.font.bold, run.font.color.rgb = Pt(38), True, rgb(settings().colours["text"])
    line = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, LEFT, Inches(3.8), Inches(1.6), Inches(0.06))
    line.fill.solid()
    line.fill.fore_color.rgb = rgb(settings().colours["accent"])
    line.line.fill.background()
    add_box(slide, (LEFT, Inches(4.0), INNER, Inches(1.4)), [each for each in subtitle.split("\n") if each], 16, colour="quiet")


def add_view(deck, view: View) -> None:
    """The slides of one view."""
    if view.kind in CHARTS and len(view.frame):
        add_charts(deck, view)
        return
    heads, rows = matrix_text(view) if view.kind == "matrix" else displayed(view)
    if view.kind == "table":
        refuse("table_rows", len(rows))
    shares = column_shares(heads, rows, CELL, POINTS)
    for page, part in enumerate(paged(heads, rows, shares), 1):
        slide = new_slide(deck, titled(view, page), view.subtitle)
        if part:
            add_table(slide, heads, part, shares)
        finish(slide, view)


def add_charts(deck, view: View) -> None:
    """A native chart; more places than a slide can name go on to the next, over the same axis."""
    # A remark longer than the line that it has is whole in the notes.
    remark = [fonts.cut(plain(view.say("deck.remark", text=view.remark)), 12, INNER / 12700 - 20)] if view.remark else []
    height = TOP_OF_FOOT - TOP_OF_BODY - (Inches(0.4) if remark else 0)
    for page, (part, plan) in enumerate(parts(view, *PLACES), 1):
        slide = new_slide(deck, titled(view, page), chart_subtitle(view, plan))
        add_chart(slide.shapes, part, plan, (LEFT, TOP_OF_BODY, INNER, height), 13)
        if remark:
            add_box(slide, (LEFT, TOP_OF_BODY + height, INNER, Inches(0.4)), remark, 12)
        finish(slide, view)


def titled(view: View, page: int) -> str:
    """The title of one of the slides of a view."""
    return view.title if page == 1 else view.say("deck.continued", title=view.title, page=page)


def paged(heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> list[list[Sequence[str]]]:
    """The rows in portions that fit a slide below the heads, by the lines that each row takes."""
    pages: list[list[Sequence[str]]] = [[]]
    top = room = row_height(heads, shares)
    for row in rows:
        height = row_height(row, shares)
        if pages[-1] and room + height > ROOM:
            pages.append([])
            room = top
        pages[-1].append(row)
        room += height
    return pages


def row_height(row: Sequence[str], shares: Sequence[float]) -> float:
    """The height of a row of a table, in points."""
    lines = [len(fonts.wrap(plain(words), CELL * BOLD, POINTS * share - CELL_SIDES)) for words, share in zip(row, shares, strict=True)]
    return CELL_MARGINS + CELL_LINE * max(1, *lines)


def add_table(slide, heads: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> None:
    """A native table; columns take `shares` of the width."""
    table = slide.shapes.add_table(len(rows) + 1, len(heads), LEFT, TOP_OF_BODY, INNER, Inches(0.32) * (len(rows) + 1)).table
    for at, share in enumerate(shares):
        table.columns[at].width = Emu(int(INNER * share))
    for down, row in enumerate([heads, *rows]):
        table.rows[down].height = Pt(row_height(row, shares))
        for at, words in enumerate(row):
            cell = table.cell(down, at)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.fill.solid()
            cell.fill.fore_color.rgb = rgb("#EEF2F5" if down == 0 else "#FFFFFF")
            cell.text_frame.text = plain(words)
            for run in cell.text_frame.paragraphs[0].runs:
                run.font.size, run.font.bold, run.font.color.rgb = Pt(CELL), down == 0, rgb(settings().colours["text"])


def finish(slide, view: View) -> None:
    """Footnote: sources in short, filters, version. Notes: everything in full."""
    shown = [
        text("cite.short", view.lang, number=source.number, plan=source.title, where=source.where(view.lang))
        if source.indicator_id
        else text("cite.short_plan", view.lang, number=source.number, plan=f"{source.title} {source.sentence}")
        for source in view.sources
    ]
    more = [view.say("foot.more_sources", n=len(shown))] if len(shown) > FOOTNOTES else []
    sources = view.say("foot.sources") + text("draft.semicolon", view.lang).join(
        [*(fonts.cut(each, 9, 290) for each in shown[:FOOTNOTES]), *more]
    )
    lines = [sources] if shown else []
    lines += [fonts.cut(line, 9, 1750) for line in view.footer()]
    add_box(slide, (LEFT, TOP_OF_FOOT, INNER, HIGH - TOP_OF_FOOT - Inches(0.1)), lines, 9, colour="quiet")
    notes = [
        view.title,
        view.subtitle,
        *([view.say("deck.remark", text=view.remark)] if view.remark else []),
        *view.sentences,
        *view.footer(),
        *view.definitions,
        *(source.full(view.lang) for source in view.sources),
    ]
    slide.notes_slide.notes_text_frame.text = "\n".join(plain(line) for line in notes if line)


def add_text(deck, title: str, lines: Sequence[str], lang: str, size: float = 15) -> None:
    """Paragraphs, over as many slides as they need."""
    pages, room = [[]], 0.0
    for line in lines:
        rows = max(1.0, fonts.width(plain(line), size) / 850) * size / 15 + 0.35
        if pages[-1] and room + rows > LINES_OF_TEXT:
            pages.append([])
            room = 0.0
        pages[-1].append(line)
        room += rows
    for page, part in enumerate(pages, 1):
        slide = new_slide(deck, title if page == 1 else text("deck.continued", lang, title=title, page=page))
        frame = add_box(slide, (LEFT, Inches(1.45), INNER, Inches(5.6)), part or [""], size)
        for paragraph in frame.paragraphs:
            paragraph.space_after = Pt(6)
