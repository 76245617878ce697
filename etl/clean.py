"""The one step that changes text, and keeps a map back to the raw offsets.

A `Cleaned` holds two strings of the same length: `text`, which rules read (half-width, simplified), and `plain`, which names are
cut from (half-width, in the script of the plan). `origin[i]` is the raw offset of character i. What was cut out is listed in `cuts`
with the rule that did it, so that the number audit can account for digits in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from etl.lines import foot_notes, numbered_pages, page_lines, wraps
from etl.model import Cleaned, Cut
from etl.radicals import IDEOGRAPHS
from etl.spaces import CJK, stray_spaces
from etl.tabular.tabs import fold_tabs
from etl.vocab import DATA, VocabularyError


class CorrectionError(ValueError):
    """A correction whose error is not in the plan's text (any more)."""


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDE |= {ord(c): " " for c in "\u3000\u00a0\u2002\u2003\u2009\u202f"}
_WIDE |= str.maketrans("∶﹪‒–−―•‧∙・●■◆「」『』﹣∼﹤﹥｡､〜⩾≧⩽≦", ":%---—·······“”“”-~<>。、~≥≥≤≤")
_WIDE |= dict.fromkeys(map(ord, "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), "\n")  # the ends of pages, lines and records
_WIDE |= IDEOGRAPHS
_WIDE_SET = frozenset(map(chr, _WIDE))
# Marks of direction and joining, controls, and code points that are no characters.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]+")


class _Draft:
    """Text under change, its map, and the cuts so far."""

    def __init__(self, raw: str) -> None:
        self.text, self.raw_length = raw, len(raw)
        self.origin = np.arange(len(raw), dtype=np.int32)
        self.cuts: list[Cut] = []

    def edit(self, edits: list[tuple[int, int, str, str]]) -> None:
        """Apply (start, end, replacement, rule), sorted and apart. Characters beyond the old length map to the last one replaced."""
        if not edits:
            return
        pieces, maps, last = [], [], 0
        for start, end, new, rule in edits:
            pieces += [self.text[last:start], new]
            maps.append(self.origin[last:start])
            if new:
                kept = min(len(new), end - start)
                where = self.origin[start : start + kept]
                maps.append(np.concatenate([where, np.repeat(where[-1:], len(new) - kept)]) if len(new) > kept else where)
            if len(new) < end - start:
                self.cuts.append(Cut(int(self.origin[start + len(new)]), int(self.origin[end - 1]) + 1, rule))
            last = end
        pieces.append(self.text[last:])
        maps.append(self.origin[last:])
        self.text, self.origin = "".join(pieces), np.concatenate(maps)


def corrections(path: Path | None = None) -> dict[str, list[dict]]:
    """Corrections by plan id: find, replace, reason. The file is checked on loading."""
    path = path or DATA / "corrections.toml"
    found: dict[str, list[dict]] = {}
    for number, entry in enumerate(tomllib.loads(path.read_text("utf-8")).get("correction", []), 1):
        if set(entry) != {"plan", "find", "replace", "reason"} or not all(isinstance(v, str) for v in entry.values()) or not entry["find"]:
            raise VocabularyError(f"{path.name}, correction {number}: plan, find, replace and reason are wanted, all words")
        found.setdefault(entry["plan"], []).append(entry)
    return found


def _correct(draft: _Draft, entries: list[dict]) -> None:
    for entry in entries:
        places = [m.start() for m in re.finditer(re.escape(entry["find"]), draft.text)]
        if len(places) != 1:
            raise CorrectionError(
                f"corrections.toml, plan {entry['plan']}: {entry['find']!r} stands {len(places)} times in the text, once is wanted. "
                "If a new copy of the plan has mended it, remove the entry; else make the find longer."
            )
        draft.edit([(places[0], places[0] + len(entry["find"]), entry["replace"], "correction")])


# A comma of the other width between two groups of figures (1，200人) is one of thousands too, but where a bare level may stand before it.
_MIXED = re.compile(r"(?<![\d.,，])\d{1,3}(?:，\d{3})+(?![\d.])(?= ?[^\s。，、；;])")
_LEVEL_LEADS = re.compile(
    r"(?:指数|满意度|评价|得分|评分|总分|分值|系数|率"
    r"|比重|比例|占比|程度|度|贡献|水平|强度|浓度|第|前|\d)[^，。；、\d]{0,6}$"
)
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)|(?<![０-９．，])[０-９]{1,3}(?:，[０-９]{3})+(?![０-９])")
_VALUE_LEADS = re.compile(r"(?:达到?|为|至|到|是|于|≥|>|超过|突破)\s*$")
_ASCII_COMMA = re.compile(rf"[{CJK}],[{CJK}]")


def _join_thousands(draft: _Draft) -> None:
    """Commas between thousands taken out, as long as commas still show their width. Where the text parts its clauses with the same
    comma, a number right behind a verb of level ends at it (指数达到86,100家企业)."""
    mixed = [m for m in _MIXED.finditer(draft.text) if not _LEVEL_LEADS.search(draft.text[max(0, m.start() - 14) : m.start()])]
    draft.edit([(c.start(), c.end(), "", "thousands") for m in mixed for c in re.compile("，").finditer(draft.text, *m.span())])
    if not _THOUSANDS.search(draft.text):
        return
    parts = "，" not in draft.text and len(_ASCII_COMMA.findall(draft.text)) >= 3
    edits = []
    for m in _THOUSANDS.finditer(draft.text):
        if not (parts and "," in m.group() and _VALUE_LEADS.search(draft.text[max(0, m.start() - 4) : m.start()])):
            edits += [(c.start(), c.end(), "", "thousands") for c in re.compile("[,，]").finditer(draft.text, *m.span())]
    draft.edit(edits)


def _fold_width(draft: _Draft) -> None:
    if not _WIDE_SET.isdisjoint(draft.text):
        draft.text = draft.text.translate(_WIDE)
    if "\t" in draft.text:
        draft.text = "\n".join(fold_tabs(draft.text.split("\n")))
    draft.edit([(m.start(), m.end(), "", "invisible") for m in _INVISIBLE.finditer(draft.text)])


_RUBY = re.compile(rf"(?<=[{CJK}])\([a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ][a-zü]*\)")
_FOOTNOTE = re.compile(r"(?<=[^\s\[|])(?:\[\d{1,3}\])+|(?<=[^\s\[m⁰¹²³⁴⁵⁶⁷⁸⁹])[⁰¹²³⁴⁵⁶⁷⁸⁹]++(?=[,。;、])")
_EMPHASIS = re.compile(r"`+|\*{2,3}|(?<![\w])__(?=\S)|(?<=\S)__(?!\w)")
# Not the sign of a cell that stands alone on its line (>98).
_QUOTE_MARK = re.compile(r"^ *(?:> ?)+(?!\d[\d.,]*[%‰]?$)", re.M)


def _strip_marks(draft: _Draft) -> None:
    if "(" in draft.text:
        draft.edit([(m.start(), m.end(), "", "ruby") for m in _RUBY.finditer(draft.text)])
    draft.edit([(m.start(), m.end(), "", "footnote_mark") for m in _FOOTNOTE.finditer(draft.text)])
    if any(mark in draft.text for mark in ("**", "__", "`")):
        draft.edit([(m.start(), m.end(), "", "emphasis") for m in _EMPHASIS.finditer(draft.text)])
    if ">" in draft.text:
        draft.edit([(m.start(), m.end(), "", "quote_mark") for m in _QUOTE_MARK.finditer(draft.text)])


# A whole run of digits and of letters that look like some, and where the number in it begins.
_MISREAD = re.compile(r"(?<![\dlIO|.,])[\dlIO|.,]++(?= ?[%年万亿家个项件分月日天名人户张处所批台次条])")
_MISREAD_START = re.compile(r"(?<![A-Za-z0-9])[\dlIO|]")
_LIKE_DIGITS = str.maketrans("lI|O", "1110")
# Needed characters, pattern, replacement, rule. A pattern is searched for only in texts that have one of its characters.
_OCR = [
    ("lI", re.compile(rf"(?<=[{CJK}])[lI](?=[个家项件名])"), "1", "ocr.digit"),
    ("虬", re.compile(r"(?<=\d)虬(?=[,。;、\s]|$)"), "%", "ocr.percent"),
    ("虬", re.compile(r"(?<=\d)虬"), "%。", "ocr.percent_stop"),
    ("-", re.compile(r"^ *\(-\)", re.M), "(一)", "ocr.one"),
    ("-", re.compile(r"(?<=[。:建施])\(-\)"), "(一)", "ocr.one"),
    ("山川", re.compile(r"[山川](?=类(?:或|水|及|以上|标准))|(?<=优于)[山川](?=类)"), "Ⅲ", "ocr.class_three"),
    ("．·。", re.compile(r"(?<=\d)[．。·](?=\d+ ?%)"), ".", "ocr.point"),
]
_PERMILLE = re.compile(r"(?<!\d)(\d++(?:\.\d++)?)(%[oO])(?=(.)?)", re.S)


def _mend_ocr(draft: _Draft) -> None:
    """Slips of optical reading that can be told from the characters around them."""
    draft.edit(list(_misread(draft.text)))
    for needed, pattern, new, rule in _OCR:
        if any(character in draft.text for character in needed):
            draft.edit([(m.start(), m.end(), new, rule) for m in pattern.finditer(draft.text)])
    if "%o" in draft.text or "%O" in draft.text:
        draft.edit(_permilles(draft.text))


def _misread(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Numbers with letters in them that were digits (84.l%)."""
    for m in _MISREAD.finditer(text):
        left = max(m.start(), text.rfind("|", *m.span()) + 1) if _parted(text, m.start()) else m.start()
        begin = _MISREAD_START.search(text, left, m.end())
        found = text[begin.start() : m.end()] if begin else ""
        if not found.isdecimal() and any(c.isdecimal() for c in found) and any(c in "lIO|" for c in found):
            yield begin.start(), m.end(), found.translate(_LIKE_DIGITS), "ocr.digit"


def _parted(text: str, at: int) -> bool:
    """Whether pipes part the cells of the line around `at`; looks at a hundred characters on either side."""
    left, right = max(0, at - 100), min(len(text), at + 100)
    end = text.find("\n", at, right)
    return text.count("|", max(left, text.rfind("\n", left, at) + 1), right if end < 0 else end) > 1


def _permilles(text: str) -> list[tuple[int, int, str, str]]:
    """`99.3%o` is 99.3% and a lost full stop, `5.2%o` is 5.2‰: nobody writes a rate of over 20 per cent in per mille."""
    edits = []
    for m in _PERMILLE.finditer(text):
        stops = m[3] and re.match(rf"[{CJK}]", m[3]) and m[3] not in "以左的"
        new = "‰" if float(m[1]) <= 20 else "%。" if stops else "%"
        edits.append((m.start(2), m.end(2), new, "ocr.permille"))
    return edits


@cache
def _simplified() -> dict[int, str]:
    """Code point of every character that has another simplified form, one to one."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    wide = [chr(code) for code in range(0x4E00, 0x9FA6)]
    return {ord(a): b for a, b in zip(wide, convert("\n".join(wide)).split("\n"), strict=True) if a != b and len(b) == 1}


@cache
def _traditional() -> frozenset[str]:
    return frozenset(map(chr, _simplified()))


def simplify(text: str) -> str:
    """Traditional characters read as simplified, one to one, so that offsets stay."""
    present = _traditional().intersection(text)
    return text.translate({ord(c): _simplified()[ord(c)] for c in present}) if present else text


def clean(raw: str, fixes: list[dict] = ()) -> Cleaned:
    """Cleaned text of a plan, and the way back. `fixes` are the corrections for this plan.

    Raises CorrectionError when a correction does not match just once.
    """
    draft = _Draft(raw)
    _correct(draft, fixes)
    _join_thousands(draft)
    _fold_width(draft)
    _strip_marks(draft)
    _mend_ocr(draft)
    for find in (numbered_pages, page_lines, foot_notes, wraps, stray_spaces):
        draft.edit(find(draft.text))
    return Cleaned(simplify(draft.text), draft.text, draft.origin, draft.raw_length, tuple(sorted(draft.cuts, key=lambda cut: cut.start)))
