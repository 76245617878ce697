"""Texts that nobody writes: one thing over and over, of any length, for finding work that grows faster than the text.

    for kind in KINDS: text = grow(kind, 100_000)

A kind is a PIECE repeated without end ("pctlist"), the same with a full stop every 40 characters ("pctlist.stops"), one of the FRAMES
("one name, then values"), or a soup of all pieces under a seed ("soup 3"). The same kind and length give the same text.
"""

from __future__ import annotations

import random
from collections.abc import Callable

# name -> what is repeated. In one line each, so that one line is all that a kind takes.
PIECES = {
    "level": "达到98%",
    "points": "3.",
    "letters": "l3.",
    "pctlist": "1%、",
    "percent": "%",
    "percents": "5%",
    "space": " ",
    "spaced": "1 ",
    "one": "一",
    "hundreds": "三百",
    "myriad": "万",
    "digit": "1",
    "decimals": "1.1",
    "thousands": "123,",
    "open": "(",
    "close": ")",
    "brackets": "()",
    "quote": "“",
    "quotes": "“”",
    "title": "《",
    "titles": "《a》",
    "square": "[",
    "footmark": "[1]",
    "number sign": "〔2021〕66号",
    "all open": "([《“",
    "pause": "、",
    "comma": ",",
    "wide comma": "，",
    "semicolon": "；",
    "stop": "。",
    "colon": "：",
    "break": "\n",
    "breaks": "\n\n",
    "return": "\r\n",
    "tab": "\t",
    "pipe": "|",
    "piped": "1|",
    "hyphen": "-",
    "dash": "—",
    "star": "*",
    "quoted": "> ",
    "underline": "_",
    "hash": "#",
    "wave": "~",
    "ranging": "1~",
    "range": "5-6%",
    "year": "2025年",
    "due": "到2025年,",
    "year and value": "2025年达到5%、",
    "month": "2025年1月",
    "date": "2025-01-02 ",
    "clock": "00:30",
    "bare year": "2025",
    "this year": "今年",
    "period": "十四五",
    "end of period": "“十四五”末",
    "past": "过去5年",
    "coming": "未来五年",
    "heading": "一、目标\n",
    "subheading": "（一）建设\n",
    "chapter": "第一章 总则\n",
    "outline": "第一章 a\n一、a\n(一)a\n1.a\n(1)a\n",
    "table title": "发展主要目标\n",
    "box": "专栏1 ",
    "boxes": "专栏1 建设\n",
    "inline": "。(一)加强建设。",
    "note": "[1]注\n",
    "pipe row": "| 合格率 | 95% |\n",
    "stack": "合格率\n95%\n",
    "cell a line": "合格率\n",
    "value a line": "95%\n",
    "aligned": "合格率  95%\n",
    "tabbed": "合格率\t95%\n",
    "group and row": "质量\n合格率  95%\n",
    "heads by turns": "| 2024年 | 2025年 |\n| 2025年 | 2024年 |\n",
    "rule": "| --- | --- |\n",
    "menu": "首页 ",
    "page mark": "\n12、达到75%以上",
    "page line": "\n第1页",
    "wrap": "工业固废综合利用率,达到\n",
    "enumeration": "建设、",
    "duty": "(责任单位:市局)",
    "open duty": "(责任单位:",
    "reward": "对获得A的企业,给予10万元奖励,",
    "rewards": "奖励10万元、",
    "give": "给予",
    "in step": "A率、B率分别达到5%、6%,",
    "respectively": "分别",
    "change": "较2015年提高1%,",
    "rise": "由5%提高到6%,",
    "shared": "A率均达到",
    "names": "合格率、",
    "joined names": "合格率和",
    "before": "不低于",
    "behind": "以上",
    "at least": "5%以上",
    "hedge": "力争",
    "hedged": "力争5%、",
    "verb": "建设",
    "build": "建设5个、",
    "counted": "5个企业",
    "counted with verb": "5家企业导入体系,",
    "around": "满足95%以上的需求,",
    "among": "其中",
    "each has": "每个乡镇配备2名,",
    "each": "每",
    "goal": "不出现质量安全事件,",
    "relative goal": "高于全国平均水平,",
    "index": "指数达到86",
    "of": "的",
    "office": "局",
    "tail": "达到",
    "place": "全市",
    "province": "山东省",
    "rate": "率",
    "grade": "国家级",
    "third": "三分之一",
    "in a hundred": "百分之",
    "tenths": "九成",
    "doubled": "翻一番",
    "first": "零的突破",
    "annual": "每年5%",
    "cumulative": "累计5个",
    "per head": "5件/",
    "under a stroke": "件/万人",
    "pieces": "5个",
    "unit in brackets": "(万件)",
    "ideograph": "中",
    "letter": "a",
    "word": "ab ",
    "picture": "\U0001f600",
    "invisible": "\u200b",
    "wide digit": "１",
    "hard space": "\u00a0",
    "raised": "⁰",
    "circled": "①",
    "ruby": "中(zhōng)",
    "per mille": "5%o",
    "misread percent": "虬",
    "misread one": "(-)",
    "misread class": "山类",
    "list item": "10、牵头\n",
    "plan title": "实施方案",
    "control": "\x0c",
}
_STOPPED = 40

# name -> a text of about n characters.
FRAMES: dict[str, Callable[[int], str]] = {
    "one row of values": lambda n: f"| 指标{'| 2025年' * (n // 12)}|\n| 产值{'| 95%' * (n // 12)}|\n",
    "wide head": lambda n: "| 指标" + "| 2025年" * (n // 14) + "|\n" + "| 合格率 | 95% |\n" * (n // 28),
    "wide head of words": lambda n: "指标" + "  目标值" * (n // 10) + "\n" + "合格率  95%  96%\n" * (n // 26),
    "stacked heads": lambda n: "指标\n" + "2025年\n" * (n // 12) + "合格率(%)\n95\n" * (n // 20),
    "spaced columns": lambda n: "指标       2020年    2025年\n" + ("合格率" + " " * 40 + "95%   96%\n") * (n // 53),
    "one name, then values": lambda n: "指标\n2025年\n合格率(%)\n" + "95\n" * (n // 3),
    "one line": lambda n: "建设国家级质检中心5家，合格率达到98%以上" * (n // 22),
    "names for one value": lambda n: "产品合格率、" * (n // 6) + "均达到98%",
    "values for one name": lambda n: "合格率分别达到" + "98%、" * (n // 4),
    "years in step": lambda n: "2025年、" * (n // 6) + "分别达到5%、6%",
    "one section, one line": lambda n: "一、目标\n" + "到2025年，合格率达到98%以上，" * (n // 18),
    "one section": lambda n: "一、目标\n" + "到2025年，合格率达到98%以上。\n" * (n // 18),
    "headings with years": lambda n: ("第一章 " + "到2025年" * 8 + "\n合格率5%。\n") * (n // 60),
    "nested brackets": lambda n: "(" * (n // 2) + "5%" + ")" * (n // 2),
    "nested quotes": lambda n: "“" * (n // 2) + "”" * (n // 2),
    "long number": lambda n: "达到" + "1" * n + "件以上",
    "long thousands": lambda n: "达到1" + ",111" * (n // 4) + "件以上",
    "long numeral": lambda n: "达到" + "一亿" * (n // 2) + "件以上",
    "long decimals": lambda n: "达到1." + "1" * n + "件以上",
    "long part": lambda n: "一" * (n // 2) + "分之" + "一" * (n // 2),
    "long space": lambda n: "合格率" + " " * n + "达到98%",
    "lines that end in spaces": lambda n: ("合格率" + " " * 50 + "\n") * (n // 54),
    "open titles": lambda n: ("《" + "中" * 150) * (n // 151),
    "long name": lambda n: "中" * n + "达到98%以上",
    "long end": lambda n: "达到98%以上" + "中" * n,
    "one comma": lambda n: "1、" + "中" * (n // 2) + "," + "中" * (n // 2),
    "counted list": lambda n: "".join(f"\n{at % 999}、建设" for at in range(n // 6)),
    "page marks": lambda n: "".join(f"工业固废综合利用率。建设，\n{at % 999}、达到75%以上" for at in range(n // 26)),
    "duties": lambda n: "建设5个。(责任单位:市局)" * (n // 16),
    "rewards of one": lambda n: "对获得A的组织，" + "给予10万元、" * (n // 7),
    "wide rows": lambda n: "\n".join("|".join(["合格率", "95%"] * 10) for _ in range(n // 70)),
    "stack with heads": lambda n: "指标\n2025年\n" + "合格率(%)\n95\n" * (n // 10),
    "numbered rows": lambda n: "\n".join(map(str, range(1, n // 6))),
    "box rows": lambda n: "专栏1 建设\n" + "标准 | · 承担多于240项; · 承担5项; |\n" * (n // 26),
    "quote marks": lambda n: " " + "> " * (n // 2) + "中",
}
SOUPS = 6
KINDS = (
    *PIECES,
    *(f"{name}.stops" for name, piece in PIECES.items() if not set(piece) & set("\r\n")),
    *FRAMES,
    *(f"soup {seed}" for seed in range(SOUPS)),
)


def grow(kind: str, length: int) -> str:
    """A text of `kind` of about `length` characters."""
    if kind in FRAMES:
        return FRAMES[kind](length)
    if kind.startswith("soup "):
        return _soup(int(kind.split()[1]), length)
    name, _, stops = kind.partition(".")
    piece = PIECES[name]
    if stops:
        piece = piece * (_STOPPED // len(piece) + 1) + "。"
    return (piece * (length // len(piece) + 1))[:length]


def _soup(seed: int, length: int) -> str:
    """Pieces by chance; every other seed without line breaks and stops."""
    chance, parts, size = random.Random(seed), [], 0
    pieces = [piece for piece in PIECES.values() if seed % 2 or not set(piece) & set("\r\n。；")]
    while size < length:
        parts.append(chance.choice(pieces) * chance.choice((1, 1, 1, 2, 3)))
        size += len(parts[-1])
    return "".join(parts)[:length]
