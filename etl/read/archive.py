"""Looks into docx and xlsx before a parser does: no zip bombs, no entity bombs, no passwords."""
from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO

from etl.limits import Limits
from etl.read.errors import ReadError

_ENCRYPTED = 0x1
_PIECE = 1 << 20
_STORED = re.compile(rb"<(?:\w+:)?c[\s>/]")
_RANGES = re.compile(rb"<(?:\w+:)?(?:mergeCell|hyperlink)\s[^>]*?\bref\s*=\s*[\"']([^\"']*)")
_RANGE = re.compile(rb"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_WHOLE_SHEET = 16384 * 1048576


def check_archive(data: bytes, name: str, limits: Limits) -> None:
    """Raises ReadError when an Office file is too large unpacked, encrypted, damaged, or declares XML entities."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > limits.max_members:
            raise ReadError(name, "too_large", f"{len(members)} parts, {limits.max_members} allowed (max_members)")
        for member in members:
            _check_packing(member, name)
        scales = _Scales(name, limits)
        cells = sum(_check_markup(content, part, name) for part, content in scales.unpacked(archive, members))
    if cells > limits.max_sheet_cells:
        raise ReadError(name, "too_large", f"{cells} cells in its sheets, {limits.max_sheet_cells} allowed (max_sheet_cells)")


def _check_packing(member: zipfile.ZipInfo, name: str) -> None:
    """Office files know two ways of packing. Of the others that zipfile knows, bzip2 unpacks a few bytes to a gigabyte in one go."""
    if member.flag_bits & _ENCRYPTED:
        raise ReadError(name, "encrypted", "a part of it is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        how = zipfile.compressor_names.get(member.compress_type, f"method {member.compress_type}")
        raise ReadError(name, "broken", f"its part {member.filename} is packed by {how}, which Office files never are")


class _Scales:
    """Unpacks piece by piece and weighs each: the sizes that an archive declares may be lies."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.left = {"max_unpacked_bytes": limits.max_unpacked_bytes, "max_xml_bytes": limits.max_xml_bytes}
        self.limits = limits

    def unpacked(self, archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
        """(name, content) of each part that is markup; the others are weighed only."""
        for member in members:
            markup = member.filename.lower().endswith((".xml", ".rels", ".vml"))
            pieces = []
            with archive.open(member) as part:
                while piece := part.read(_PIECE):
                    self._weigh(len(piece), markup)
                    if markup:
                        pieces.append(piece)
            if markup:
                yield member.filename, b"".join(pieces)

    def _weigh(self, size: int, markup: bool) -> None:
        for limit in ("max_unpacked_bytes", "max_xml_bytes")[: 1 + markup]:
            self.left[limit] -= size
            if self.left[limit] < 0:
                raise ReadError(self.name, "too_large", f"over {getattr(self.limits, limit)} bytes unpacked ({limit})")


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
