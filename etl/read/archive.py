"""Looks into docx and xlsx before a parser does: no zip bombs, no entity bombs, no passwords."""
from __future__ import annotations

import re
import zipfile
from io import BytesIO

from etl.read.errors import ReadError
from etl.read.limits import Limits

_ENCRYPTED = 0x1
_STORED = re.compile(rb"<(?:\w+:)?c[\s>/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def check_archive(data: bytes, name: str, limits: Limits) -> None:
    """Raises ReadError when an Office file is too large unpacked, encrypted, damaged, or declares XML entities."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise ReadError(name, "encrypted", "a part of it is encrypted")
        # zipfile never unpacks a member beyond the size that its entry declares, so the declared sizes bound the real ones.
        _check_size(sum(member.file_size for member in members), limits.max_unpacked_bytes, "max_unpacked_bytes", name)
        markup = [member for member in members if member.filename.lower().endswith((".xml", ".rels", ".vml"))]
        _check_size(sum(member.file_size for member in markup), limits.max_xml_bytes, "max_xml_bytes", name)
        cells = sum(_check_markup(archive.read(member), member.filename, name) for member in markup)
    if cells > limits.max_sheet_cells:
        raise ReadError(name, "too_large", f"{cells} cells in its sheets, {limits.max_sheet_cells} allowed (max_sheet_cells)")


def _check_size(size: int, allowed: int, limit: str, name: str) -> None:
    if size > allowed:
        raise ReadError(name, "too_large", f"{size} bytes unpacked, {allowed} allowed ({limit})")


def _check_markup(markup: bytes, part: str, name: str) -> int:
    """Refuses document type declarations (Office files have none; bombs need one). Returns the number of sheet cells."""
    plain = markup.replace(b"\0", b"") if markup[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<") else markup
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise ReadError(name, "broken", f"its part {part} declares XML entities, which Office files never do")
    return _sheet_cells(plain) if part.startswith("xl/worksheets/") else 0


def _sheet_cells(sheet: bytes) -> int:
    """Cells as stored, and the places of merged ranges: openpyxl makes an object for each, also for the 17 billion of A1:XFD1048576."""
    merged = (
        (int(bottom) - int(top) + 1) * (_column(right) - _column(left) + 1)
        for left, top, right, bottom in _MERGED.findall(sheet)
    )
    return sum(1 for _ in _STORED.finditer(sheet)) + sum(max(0, area) for area in merged)


def _column(letters: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
