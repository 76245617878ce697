"""Picks the reader, and makes sure that nothing but ReadError leaves the package."""
from __future__ import annotations

from pathlib import Path

from etl.model import Document
from etl.read.errors import ReadError
from etl.read.limits import Limits, default_limits
from etl.read.sniff import sniff
from etl.read.text import read_text


def read(path: Path | str, *, limits: Limits | None = None) -> Document:
    """The document in a file. The text's offsets count from 0 in code points. Raises ReadError (and nothing else) for any file."""
    limits = limits or default_limits()
    return read_bytes(_load(Path(path), limits), Path(path).name, limits=limits)


def read_bytes(data: bytes, name: str, *, limits: Limits | None = None) -> Document:
    """The document in `data`, an upload or standard input. `name` gives the type by its ending; without one the content does.

    Raises ReadError (and nothing else) for any bytes and any name.
    """
    limits = limits or default_limits()
    if len(data) > limits.max_bytes:
        raise ReadError(name, "too_large", f"{len(data)} bytes, {limits.max_bytes} allowed (max_bytes)")
    if not data.strip():
        raise ReadError(name, "empty", "no content in it")
    try:
        return _dispatch(data, name, limits)
    except ReadError:
        raise
    except Exception as error:  # parsers answer damaged files with exceptions of every type; to the caller all mean the same
        raise ReadError(name, "broken", f"its content cannot be parsed ({type(error).__name__}: {str(error)[:200]})") from error


def _dispatch(data: bytes, name: str, limits: Limits) -> Document:
    """Imports a reader's library only when a file needs it: pdfplumber and trafilatura together cost half a second."""
    kind = sniff(data, name)
    if kind in ("txt", "md"):
        return read_text(data, name, limits, kind)
    if kind == "html":
        from etl.read.html import read_html as reader
    elif kind == "docx":
        from etl.read.docx import read_docx as reader
    elif kind == "xlsx":
        from etl.read.xlsx import read_xlsx as reader
    else:
        from etl.read.pdf import read_pdf as reader
    return reader(data, name, limits)


def _load(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file, never more than the limit allows (one more, so that the caller can tell)."""
    try:
        if not path.exists():
            raise ReadError(str(path), "missing", "there is no such file")
        if not path.is_file():  # a folder, or a device or pipe that would never end
            raise ReadError(str(path), "unreadable", "it is no regular file")
        if path.stat().st_size > limits.max_bytes:
            raise ReadError(str(path), "too_large", f"{path.stat().st_size} bytes, {limits.max_bytes} allowed (max_bytes)")
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(str(path), "unreadable", f"it cannot be opened ({error})") from error
