"""Plain text and Markdown: bytes to text, by strict decoding in a fixed order, each result checked for sense."""
from __future__ import annotations

import codecs
import re

from etl.limits import Limits
from etl.model import Document
from etl.read.errors import ReadError

# Longest mark first: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What Chinese documents are written with: ASCII and its kin, Greek, punctuation, numerals, signs, ideographs, full-width forms, radicals.
# Kana, hangul and private use are left out: they are what text in Big5 or in the wrong UTF-16 order turns into.
_USUAL = re.compile(
    "[\\t\\n\\r\\f -~\u00a0-\u024f\u0370-\u03ff\u2000-\u27bf\u2e80-\u2fdf\u3000-\u303f\u3100-\u312f\u3200-\u33ff\u3400-\u9fff"
    "\uf900-\ufaff\ufe10-\ufe6f\uff00-\uffef"
    "\U0001f000-\U0001faff\U00020000-\U000323af]+"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]+")
_USUAL_SHARE = 0.95
_CONTROL_SHARE, _FEW_CONTROLS, _FEW_SHARE = 0.01, 8, 0.05


def decode(data: bytes, name: str) -> str:
    """The text in `data` (byte order mark, else UTF-8, UTF-16 if there are NUL bytes, GB18030, UTF-16). Raises ReadError encoding."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data[len(mark):], codec, name)
    # Text has no NUL bytes except as halves of UTF-16; Chinese in UTF-16 has them in each line break, digit and Latin letter.
    order = ("utf-16-le", "utf-16-be") if b"\0" in data else ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    for codec in order:
        text = _strictly(data, codec)
        if text is not None and _is_text(text) and (codec == "utf-8" or _is_usual(text)):
            return text
    raise ReadError(name, "encoding", f"its bytes are no text in {', '.join(order)}")


def read_text(data: bytes, name: str, limits: Limits, kind: str) -> Document:
    """A Document of format `kind` (txt or md) whose text is the file's, line breaks as \\n, nothing else changed."""
    text = decode(data, name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError(name, "empty", "no text in it")
    if len(text) > limits.max_chars:
        raise ReadError(name, "too_large", f"{len(text)} characters of text, {limits.max_chars} allowed (max_chars)")
    return Document(text, kind, name)


def _decode_marked(data: bytes, codec: str, name: str) -> str:
    """The mark decides; what does not decode is damaged, not of another encoding."""
    text = _strictly(data, codec)
    if text is None or not _is_text(text):
        raise ReadError(name, "encoding", f"it begins with the mark of {codec} but what follows is not {codec} text")
    return text


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_text(text: str) -> bool:
    """No NUL, and controls (form feeds aside) so few that they are slips."""
    allowed = max(_CONTROL_SHARE * len(text), min(_FEW_CONTROLS, _FEW_SHARE * len(text)))
    return "\0" not in text and _matched(_CONTROLS, text) <= allowed


def _is_usual(text: str) -> bool:
    return _matched(_USUAL, text) >= _USUAL_SHARE * len(text)


def _matched(pattern: re.Pattern[str], text: str) -> int:
    return sum(match.end() - match.start() for match in pattern.finditer(text))
