"""PDF with a text layer: pdfium gives the text, page by page; ruled tables are found by pdf_tables and printed in place."""
from __future__ import annotations

import threading
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from etl.limits import Limits
from etl.model import Document
from etl.radicals import IDEOGRAPHS
from etl.read.errors import ReadError
from etl.read.linear import Linear
from etl.read.pdf_columns import column_tables, may_have_columns
from etl.read.pdf_tables import RuledPages, has_rulings, lost_glyphs, page_chars, page_objects, print_page, with_lost
from etl.read.pdf_whole import refuse_lost_parts

# pdfium keeps global state and may run in one thread at a time; the dashboard reads uploads in several.
_ONE_AT_A_TIME = threading.Lock()
_SCANNED_SHARE = 0.5
_FEW_CHARACTERS = 20
_SAMPLED_GLYPHS = 50  # of each page; asking pdfium for all of them would double the time of a document
# Fonts may name the radical that shares a glyph with an ideograph; 0x2 and 0xFFFE stand for a hyphen at the end of a line.
_MENDED = {**IDEOGRAPHS, 0x2: "-", 0xFFFE: "-"}
_UNREADABLE_SHARE = 0.3


@dataclass(slots=True)
class _Tally:
    """What the pages came to: how many are pictures, glyphs looked at, and those whose font does not say what they stand for."""

    pages: int
    pictures: int = 0
    glyphs: int = 0
    unknown: int = 0


def read_pdf(data: bytes, name: str, limits: Limits) -> Document:
    """A PDF as a Document with page offsets. Lines end where they end on the page. Scans, encrypted and damaged files are refused."""
    with _ONE_AT_A_TIME, _open(data, name) as book, RuledPages(data) as ruled:
        if len(book) > limits.max_pages:
            raise ReadError(name, "too_large", f"{len(book)} pages, {limits.max_pages} allowed (max_pages)")
        refuse_lost_parts(data, len(book), name)
        out, tally = Linear(name, limits), _Tally(pages=len(book))
        for number in range(len(book)):
            _page(book, number, ruled, out, tally)
    _refuse_scan(tally, name)
    return _checked(out, tally, name)


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise ReadError(name, "encrypted", "it opens only with a password") from error
        raise ReadError(name, "broken", f"pdfium cannot open it ({error})") from error


def _page(book: pdfium.PdfDocument, number: int, ruled: RuledPages, out: Linear, tally: _Tally) -> None:
    """Adds one page."""
    out.page()
    page = book[number]
    try:
        textpage = page.get_textpage()
        try:
            text = readable(textpage.get_text_bounded())
            _count_glyphs(textpage, tally)
            tally.pictures += len(text.strip()) < _FEW_CHARACTERS and _has_picture(page)
            tables = ruled.tables(number) if text.strip() and has_rulings(page) else []
            if tables or may_have_columns(text):
                chars = list(page_chars(textpage, readable))
                if lost := lost_glyphs(page):
                    chars = with_lost(chars, ruled.glyphs(number), lost, readable)
                tables = tables or column_tables(chars)
                print_page(chars, tables, out)
            else:
                out.block(text)
        finally:
            textpage.close()
    finally:
        page.close()


def readable(text: str) -> str:
    """`text` with ideographs for radicals, and hyphens for what pdfium gives for one at the end of a line."""
    return text.translate(_MENDED)


def _has_picture(page: pdfium.PdfPage) -> bool:
    return next(page_objects(page, pdfium_c.FPDF_PAGEOBJ_IMAGE), None) is not None


def _count_glyphs(textpage: pdfium.PdfTextPage, tally: _Tally) -> None:
    count = textpage.count_chars()
    sample = range(0, count, max(1, count // _SAMPLED_GLYPHS))
    tally.glyphs += len(sample)
    for index in sample:
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        private = code == 0 or 0xE000 <= code <= 0xF8FF or code == 0xFFFD
        tally.unknown += private or pdfium_c.FPDFText_HasUnicodeMapError(textpage, index) == 1


def _refuse_scan(tally: _Tally, name: str) -> None:
    """A scan often has a typed cover, stamps or page numbers; half the pages being pictures decides."""
    if tally.pictures and tally.pictures >= _SCANNED_SHARE * tally.pages:
        raise ReadError(name, "no_text_layer", f"{tally.pictures} of its {tally.pages} pages are pictures without text")


def _checked(out: Linear, tally: _Tally, name: str) -> Document:
    """Refuses what has no text, or a text layer that does not say what its glyphs are."""
    if tally.unknown > _UNREADABLE_SHARE * tally.glyphs:
        raise ReadError(name, "no_text_layer", f"for {tally.unknown} of {tally.glyphs} glyphs looked at, the fonts name no character")
    try:
        return out.document("pdf")
    except ReadError as error:
        if error.reason != "empty":
            raise
        raise ReadError(name, "no_text_layer", "no page has any text") from error
