"""One view as a picture: SVG with text as outlines, PNG at twice the size, PDF with text that can be searched and copied.

resvg (in vl-convert) turns the SVG into the other two; the only font is that of the requirements, so that a machine without Chinese
fonts draws the same.
"""

from __future__ import annotations

import re
import struct
import threading
import zlib
from functools import lru_cache

import vl_convert

from analytics.export import fonts
from analytics.export.draw import describe, draw
from analytics.export.scene import Scene
from analytics.export.view import View

PIXELS = 2.0
TEXT_GLYPHS = 1800
SIGNATURE = b"\x89PNG\r\n\x1a\n"
RESOURCES = re.compile(rb"(/(?:ExtGState|XObject|Font|Pattern|ColorSpace|Shading) <<\n)((?: +/\S+ \d+ 0 R\n)+)")
LOCK = threading.Lock()


def svg(view: View) -> bytes:
    """SVG, self-contained, on white; title and description hold the same facts as the picture."""
    return outlined(view, scene(view)).encode()


def png(view: View, pixels: float = PIXELS) -> bytes:
    """PNG of twice the nominal size, or of `pixels` times that size."""
    return to_png(outlined(view, scene(view)), pixels)


def pdf(view: View) -> bytes:
    """PDF of one page as large as the picture, with the glyphs that it uses embedded."""
    return pdf_of(view, scene(view))


def scene(view: View) -> Scene:
    """The picture on a white ground."""
    return draw(view).behind("#ffffff")


def pdf_of(view: View, picture: Scene) -> bytes:
    """With text as text up to TEXT_GLYPHS; the renderer takes half a millisecond a glyph, so a longer picture is drawn with outlines."""
    return to_pdf(picture.svg(view.title, describe(view), outlined=len(picture.words()) > TEXT_GLYPHS))


def outlined(view: View, picture: Scene) -> str:
    """The SVG with text as outlines."""
    return picture.svg(view.title, describe(view))


def to_png(source: str, pixels: float = PIXELS) -> bytes:
    """Rendered at so many times the size."""
    with LOCK:
        return smaller(vl_convert.svg_to_png(source, scale=pixels))


def smaller(data: bytes) -> bytes:
    """The same PNG with its pixels packed harder: the renderer packs for speed."""
    chunks, at = [], len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    pixels = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), 6)
    packed = [(kind, body) for kind, body in chunks if kind not in (b"IDAT", b"IEND")] + [(b"IDAT", pixels), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in packed
    )


def to_pdf(source: str) -> bytes:
    """With embedded subset fonts. The renderer lists resources in the order of a hash table: sorted, two runs give the same bytes."""
    register()
    with LOCK:
        data = vl_convert.svg_to_pdf(source)
    # Lines change places, nothing changes its length, so that every offset of the file stays right.
    return RESOURCES.sub(lambda found: found[1] + b"".join(sorted(found[2].splitlines(keepends=True))), data)


@lru_cache(maxsize=1)
def register() -> None:
    """Let the renderer find the font, once a process."""
    vl_convert.register_font_directory(str(fonts.folder()))
