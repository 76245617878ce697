"""What the steps of the PDF reader pass to one another: the signs of a page with their places."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]  # left, top, right, bottom, as pdfplumber counts


@dataclass(frozen=True, slots=True)
class PageChar:
    """A code point of a page with its middle in PDF coordinates, None where pdfium made it up (spaces and line ends between words); and the
    size of its box."""

    sign: str
    middle: tuple[float, float] | None
    width: float = 0.0
    height: float = 0.0
