"""The Chinese font of the requirements: widths of text, outlines of text, and a subset to embed. Nothing depends on the machine's own
fonts.

width("食品 98%", 14)     # in the unit of the size
wrap("…", 14, 300, 3)     # lines, the last one cut with … where there are more
outline("≥98.5%", 14)     # (SVG path data in font units, scale)
subset("城标 ≥98%")        # a WOFF font with these characters only
missing("☃")              # characters that the font lacks
"""

from __future__ import annotations

import io
import re
import threading
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset as subsetter
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from analytics.export.common import ExportError

FAMILY = "Noto Sans SC"
FILE = "NotoSansSC-Regular.otf"
# What stands for a character that the font lacks (a rare ideograph): visible, and no empty box.
STAND_IN = "〓"
NO_BREAK_BEFORE = set(",。;:、!?)》”’」』】%‰,.;:!?)]}")
PARTIAL = re.compile(r"[\d.,]+$")
# Reading a font is not safe in two threads at once: glyphs are decoded when they are asked for.
LOCK = threading.Lock()


@lru_cache(maxsize=1)
def folder() -> Path:
    """The folder of the font package. Raises ExportError where it is not installed."""
    spec = find_spec("pylopdf_fonts_zh_cn")
    if spec is None or spec.origin is None:
        raise ExportError("the font package pylopdf-fonts-zh-cn is not installed: run `make build`")
    return Path(spec.origin).parent


@lru_cache(maxsize=1)
def font() -> TTFont:
    """The font, read once."""
    return TTFont(folder() / FILE, lazy=True)


@lru_cache(maxsize=1)
def characters() -> dict[int, str]:
    """Code point -> glyph name."""
    return font().getBestCmap()


def missing(text: str) -> str:
    """The characters of a text that the font cannot draw, each once."""
    return "".join(dict.fromkeys(each for each in text if ord(each) not in characters() and not each.isspace()))


def drawable(text: str) -> str:
    """The text with STAND_IN for every character that the font lacks."""
    return "".join(each if ord(each) in characters() else " " if each.isspace() else STAND_IN for each in text)


@lru_cache(maxsize=1)
def advances() -> dict[str, tuple[int, int]]:
    """Glyph name -> (advance, left bearing), in font units."""
    return font()["hmtx"].metrics


@lru_cache(maxsize=1)
def units() -> int:
    """Font units to the em."""
    return font()["head"].unitsPerEm


def width(text: str, size: float) -> float:
    """The width of a text in one line."""
    with LOCK:
        return sum(advances()[characters()[ord(each)]][0] for each in drawable(text)) * size / units()


def wrap(text: str, size: float, most: float, lines: int = 99) -> list[str]:
    """The text in lines no wider than `most`, broken at blanks or between Chinese characters, at most `lines` of them."""
    found, line = [], ""
    for piece in pieces(text):
        if line and width((line + piece).rstrip(), size) > most:
            found.append(line)
            line = ""
        line += piece if line else piece.lstrip()
    found = [*found, line] if line.strip() else found
    bare = [each.rstrip() for each in found]
    return bare if len(bare) <= lines else [*bare[: lines - 1], cut(found[lines - 1] + bare[lines], size, most)]


def pieces(text: str) -> list[str]:
    """Where a line may break: behind a blank, around Chinese characters, never before a closing mark."""
    found: list[str] = []
    for each in text:
        wide = ord(each) > 0x2E7F
        joins = found and (
            each in NO_BREAK_BEFORE
            or (not wide and not found[-1].endswith(" ") and ord(found[-1][-1]) <= 0x2E7F)
            or found[-1][-1] in "《(“‘「『【(["
        )
        if joins:
            found[-1] += each
        else:
            found.append(each)
    return [part[at : at + 60] for part in found for at in range(0, len(part), 60)]


def cut(text: str, size: float, most: float) -> str:
    """The text, or as much of it as fits with … behind it; a number is kept whole or left out, for the beginning of one is another."""
    if width(text, size) <= most:
        return text
    kept = text
    while kept and width(kept + "…", size) > most:
        kept = kept[:-1]
    return PARTIAL.sub("", kept) + "…"


@lru_cache(maxsize=4096)
def shape(character: str) -> tuple[str, int]:
    """(path data in font units with the y axis down, advance) of one character."""
    glyphs, name = font().getGlyphSet(), characters()[ord(character)]
    pen = SVGPathPen(glyphs, ntos=lambda value: str(round(value)))
    glyphs[name].draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
    return pen.getCommands(), advances()[name][0]


def outline(text: str) -> list[tuple[int, str]]:
    """(x in font units, path data) of each character that leaves ink."""
    found, at = [], 0
    with LOCK:
        for each in drawable(text):
            path, advance = shape(each)
            if path:
                found.append((at, path))
            at += advance
    return found


def subset(text: str) -> bytes:
    """A WOFF font with the characters of the text and no dates in it."""
    with LOCK, TTFont(folder() / FILE, lazy=True, recalcTimestamp=False) as whole:
        options = subsetter.Options(
            layout_features=[], hinting=False, desubroutinize=True, notdef_outline=True, name_IDs=[1, 2], name_languages=[0x409]
        )
        worker = subsetter.Subsetter(options)
        worker.populate(text=text + STAND_IN + " …")
        worker.subset(whole)
        whole.flavor = "woff"
        target = io.BytesIO()
        whole.save(target, reorderTables=None)
        return target.getvalue()
