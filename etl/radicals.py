"""Radicals that stand in texts copied from PDF files in the place of the ideographs that look the same."""

from __future__ import annotations

import unicodedata

# Of the supplement those that are whole characters (EquivalentUnifiedIdeograph.txt of the Unicode Character Database); NFKC knows the rest.
_SUPPLEMENT = (
    "⺜日⺝月⺟母⺠民⺩王⺬示⻁虎⻄西⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食"
    "⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟"
)
IDEOGRAPHS: dict[int, str] = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{ord(radical): ideograph for radical, ideograph in zip(_SUPPLEMENT[::2], _SUPPLEMENT[1::2], strict=True)},
}
