"""Looks into docx and xlsx before a parser does: no zip bombs, no entity bombs, no passwords."""
from __future__ import annotations

import re
import zipfile
from io import BytesIO

from etl.limits import Limits
from etl.read.errors import ReadError

_ENCRYPTED = 0x1
_STORED = re.compile(rb"<(?:\w+:)?c[\s>/]")
_RANGES = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)")
_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_WHOLE_SHEET = 16384 * 1048576


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
    return 0 if part.startswith("word/") else _sheet_cells(plain)


def _sheet_cells(sheet: bytes) -> int:
    """Cells as stored, and the places of merged and linked ranges: openpyxl makes an object for each, also for all of A1:XFD1048576."""
    return sum(1 for _ in _STORED.finditer(sheet)) + sum(_area(area) for area in _RANGES.findall(sheet))


def _area(area: bytes) -> int:
    """The places of a range such as A1:C5; one place for A1; whole columns, and what is no plain range, count as a whole sheet."""
    match = _RANGE.fullmatch(area)
    if match is None:
        return _WHOLE_SHEET if b":" in area or b"&" in area else 1
    left, top, right, bottom = match.groups()
    return max(1, int(bottom) - int(top) + 1) * max(1, _column(right) - _column(left) + 1)


def _column(letters: bytes) -> int:
    """A -> 1, Z -> 26, AA -> 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
