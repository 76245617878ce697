"""Which reader a file needs: its first bytes decide where they can, its ending where they cannot."""
from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import PurePath

from etl.read.errors import ReadError

TEXT_ENDINGS = {"txt": "txt", "text": "txt", "md": "md", "markdown": "md", "html": "html", "htm": "html", "shtml": "html", "xhtml": "html"}
PACKED_ENDINGS = {"docx": "docx", "docm": "docx", "xlsx": "xlsx", "xlsm": "xlsx", "pdf": "pdf"}
# What a name may end in and no reader takes -> what it is, and the way to a type that one takes.
_OTHER_ENDINGS = {
    "doc": ("an old Word document", "open it in Word, WPS or LibreOffice and save it as docx"),
    "wps": ("a WPS document", "open it in WPS and save it as docx"),
    "xls": ("an old Excel workbook", "open it in Excel, WPS or LibreOffice and save it as xlsx"),
    "et": ("a WPS workbook", "open it in WPS and save it as xlsx"),
    "ofd": ("an OFD document", "open it in an OFD viewer and save it as pdf with its text, or as docx"),
    "rtf": ("an RTF document", "open it in Word or LibreOffice and save it as docx"),
    "mht": ("a web archive", "open it in a browser and save the page as html"),
    "zip": ("a zip archive", "unpack it and read the files in it one by one"),
    "rar": ("a rar archive", "unpack it and read the files in it one by one"),
    "7z": ("a 7z archive", "unpack it and read the files in it one by one"),
    "png": ("a picture", "run text recognition (OCR) on it and save the result as txt or docx"),
    "ppt": ("slides", "save the slides as pdf"),
    "odt": ("an OpenDocument file", "open it in LibreOffice or Word and save it as docx"),
}
_ALIKE = {"mhtml": "mht", "jpg": "png", "jpeg": "png", "gif": "png", "bmp": "png", "tif": "png", "tiff": "png", "webp": "png",
          "pptx": "ppt", "dps": "ppt", "dot": "doc", "ods": "odt", "odp": "odt", "gz": "7z", "tar": "7z"}
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "png"), (b"GIF8", "png"), (b"II*\0", "png"), (b"MM\0*", "png"),
    (b"Rar!", "rar"), (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b\x08", "7z"),
)
_PARTS = (
    ("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("OFD.xml", "ofd"), ("ppt/presentation.xml", "ppt"), ("content.xml", "odt"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)[\s>]", re.I | re.S)
_ENDING = re.compile(r"\.([a-z0-9]{1,8})$", re.I)


def sniff(data: bytes, name: str) -> str:
    """The format (txt md html docx pdf xlsx) of a file. Raises ReadError unknown_type, encrypted or broken."""
    ending = _ending(name)
    packed = _packed(data, name, ending)
    if packed:
        return packed
    if ending in TEXT_ENDINGS:
        return TEXT_ENDINGS[ending]
    if ending in PACKED_ENDINGS:
        raise ReadError(name, "broken", f"the name ends in .{ending} but the content is no {PACKED_ENDINGS[ending]}")
    if _MARKUP.match(data[:4096]) and ending not in ("mht", "mhtml"):
        return "html"  # pages are often saved under the name of the attachment (.doc, .aspx, .jsp)
    if ending:
        raise _unknown(name, ending)
    return "txt"


def _ending(name: str) -> str:
    """The ending in lower case; a part after a dot that has no letter (通知2025.6) is no ending."""
    match = _ENDING.search(PurePath(name).name)
    ending = match.group(1).lower() if match else ""
    return "" if ending.isdigit() else ending


def _packed(data: bytes, name: str, ending: str) -> str | None:
    """The format of a file whose first bytes tell; None for what may be text."""
    # The standard lets up to 1,024 bytes stand before the mark; a text may well mention it there.
    if data.startswith(b"%PDF-") or (ending not in TEXT_ENDINGS and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zipped(data, name, ending)
    if data.startswith(_OLE):
        raise _ole_error(data, name, ending)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise _unknown(name, kind)
    return None


def _zipped(data: bytes, name: str, ending: str) -> str:
    """docx or xlsx, told by the parts inside."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise ReadError(name, "broken", f"a zip-based file that cannot be opened ({error})") from error
    for part, kind in _PARTS:
        if part in parts:
            if kind in PACKED_ENDINGS:
                return kind
            raise _unknown(name, kind)
    if ending in ("docx", "xlsx"):  # unusual part names are allowed by the standard; the reader finds the parts by their relations
        return ending
    raise _unknown(name, "zip")


def _ole_error(data: bytes, name: str, ending: str) -> ReadError:
    """Old Office files and encrypted new ones share one container; the directory entry of the encrypted part tells them apart."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return ReadError(name, "encrypted", "an Office file with a password")
    return _unknown(name, ending if ending in _OTHER_ENDINGS else "doc")


def _unknown(name: str, kind: str) -> ReadError:
    what, step = _OTHER_ENDINGS.get(_ALIKE.get(kind, kind), (f"a file of type .{kind}", None))
    return ReadError(name, "unknown_type", f"it is {what}, which no reader takes", step)
