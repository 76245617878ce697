"""Whether a PDF is whole: as many pages as its page tree holds, and contents that unpack to their end.

pdfium trusts the count that a page tree declares, and shows of a damaged stream what comes before the damage, both without a word. So the
tree is walked and the page contents are unpacked once more, by pdfminer and zlib. What these cannot read at all proves nothing.
"""
from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from io import BytesIO

from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import (
    LITERAL_CRYPT,
    LITERALS_ASCII85_DECODE,
    LITERALS_ASCIIHEX_DECODE,
    LITERALS_FLATE_DECODE,
    LITERALS_LZW_DECODE,
    LITERALS_RUNLENGTH_DECODE,
    PDFStream,
    resolve1,
)

from etl.read.errors import ReadError

_PIECE = 1 << 20
_KNOWN = frozenset((*LITERALS_FLATE_DECODE, *LITERALS_LZW_DECODE, *LITERALS_ASCII85_DECODE, *LITERALS_ASCIIHEX_DECODE,
                    *LITERALS_RUNLENGTH_DECODE, LITERAL_CRYPT))  # of those for pictures, no page is made


def refuse_lost_parts(data: bytes, pages: int, name: str) -> None:
    """Raises ReadError broken when the file holds more than the `pages` that pdfium sees, or contents that end in damage."""
    found = 0
    for page in _pages(data):
        found += 1
        if not all(map(_is_whole, page)):
            raise ReadError(name, "broken", f"what stands on its page {found} is damaged")
    if found > pages:
        raise ReadError(name, "broken", f"its page tree holds {found} pages and declares {pages}")


def _pages(data: bytes) -> Iterator[list[object]]:
    """The contents of each page; no page where pdfminer cannot follow, no contents where they are encrypted."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        document = PDFDocument(PDFParser(BytesIO(data)))
        plain = document.encryption is None
        for page in PDFPage.create_pages(document):
            yield [resolve1(item) for item in page.contents] if plain else []
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - pdfminer answers damaged files with exceptions of every type
        return


def _is_whole(stream: object) -> bool:
    """Whether a part of a page is there, packed in a way that is known, and unpacks without damage.

    A wrong checksum or none is no damage: some programs write it so, and all that stands before it was unpacked.
    """
    if not isinstance(stream, PDFStream):
        return False
    filters = [name for name, _ in stream.get_filters()]
    if not _KNOWN.issuperset(filters):
        return False
    unpacker, packed = zlib.decompressobj(), stream.get_rawdata() if len(filters) == 1 and filters[0] in LITERALS_FLATE_DECODE else b""
    try:
        while packed and not unpacker.eof:
            unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
    except zlib.error as error:
        return "incorrect data check" in str(error)
    return True
