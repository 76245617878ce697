"""Picks the reader, and makes sure that nothing but ReadError (or MemoryError) leaves the package."""
from __future__ import annotations

import os
from pathlib import Path

from etl.files import open_regular
from etl.limits import Limits, limits_of
from etl.model import Document
from etl.read.errors import ReadError
from etl.read.sniff import sniff
from etl.read.text import read_text


def read(path: Path | str, *, limits: Limits | None = None) -> Document:
    """The document in a file. The text's offsets count from 0 in code points. Raises ReadError for any file."""
    limits = limits or limits_of(Limits)
    return read_bytes(_load(Path(path), limits), Path(path).name, limits=limits)


def read_bytes(data: bytes, name: str, *, limits: Limits | None = None) -> Document:
    """The document in `data`, an upload or standard input. `name` gives the type by its ending; without one the content does.

    Raises ReadError for any bytes and any name, and nothing else but MemoryError.
    """
    limits = limits or limits_of(Limits)
    if len(data) > limits.max_bytes:
        raise ReadError(name, "too_large", f"{len(data)} bytes, {limits.max_bytes} allowed (max_bytes)")
    if not data.strip():
        raise ReadError(name, "empty", "no content in it")
    try:
        return _dispatch(data, name, limits)
    except (ReadError, MemoryError):  # lack of memory is no fault of the file; the process that reads says which limit it met
        raise
    except Exception as error:  # parsers answer damaged files with exceptions of every type; to the caller all mean the same
        raise _told(error, name) from error


def _told(error: Exception, name: str) -> Exception:
    """What a parser's exception means."""
    words = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    if "Memory allocation failed" in words:  # libxml2 calls it an error of syntax
        return MemoryError(words)
    if "Excessive depth" in words:
        step = "open it in Word or Excel and save it anew"
        return ReadError(name, "too_large", f"its markup is nested deeper than 255 elements ({words})", step)
    return ReadError(name, "broken", f"its content cannot be parsed ({words})")


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
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > limits.max_bytes:
                raise ReadError(str(path), "too_large", f"{size} bytes, {limits.max_bytes} allowed (max_bytes)")
            return file.read(limits.max_bytes + 1)
    except ReadError:
        raise
    except (FileNotFoundError, ValueError) as error:  # no file has a name with NUL in it
        raise ReadError(str(path), "missing", "there is no such file") from error
    except OSError as error:
        raise ReadError(str(path), "unreadable", f"it cannot be opened ({error.strerror})") from error
