"""Addresses and briefings that nobody means well with, by a seeded generator: the same on every machine.

    for page, query in addresses(1500): ...        # page as in an address, "" is the first
    for name, content in briefings(60): ...        # files; `links(60)` gives tokens for an address
"""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Iterator
from urllib.parse import quote_from_bytes

from analytics.export.briefing import FORMAT, OPTIONS, VERSION
from pages.ui.frame import PAGES
from pages.ui.state import PARSERS

SEED = 20261129
PAGE_NAMES = tuple("" if name == "overview" else name for name in PAGES)
NAMES = (*PARSERS, "basket", "embed", "utm_source", "__proto__", "theme", "f", "")
# What is right on some page, so that what is wrong stands beside it.
SOUND = {
    "lang": ("zh", "en"),
    "place": ("日照市", "泉州", "Yantai", "沙坡头区"),
    "domain": ("food", "ip", "governance"),
    "kind": ("target", "baseline", "incentive", "commitment"),
    "horizon": ("2020", "2025"),
    "q": ("率", "zzz", "质量"),
    "metric": ("food.food_pass_rate", "ip.registered_trademarks", "engineering.one_time_acceptance_rate"),
    "plan": ("rizhao-2021", "quanzhou-2019"),
    "against": ("yantai-2023", "rizhao-2021"),
    "view": ("value", "per", "index"),
    "relation": ("above", "below", "incomparable"),
    "others": ("0", "1"),
    "page": ("1", "2", "9999"),
    "ask": ("日照和烟台的食品抽检合格率", "which places have no target for trademarks", "哪些地方2025年专利超过10件"),
    "sql": ("SELECT * FROM plans", "SELECT count(*) FROM indicators", "SELECT place FROM plans WHERE 1=0"),
    "drop": ("place", "metric"),
}
UNSOUND = (
    "",
    " ",
    "\x00",
    "\x00\x1b[31m",
    "zzz",
    "-1",
    "0",
    "1e309",
    "NaN",
    "9" * 400,
    "٣",
    "²",
    "true",
    "null",
    "[]",
    "{}",
    "' OR 1=1 --",
    "1; DROP TABLE plans",
    "); ATTACH '/etc/passwd' AS x; --",
    "%' ESCAPE '%",
    "\\",
    "[](",
    "(",
    "*",
    "a{9999}",
    "(a+)+$",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](https://evil.example)",
    "https://evil.example www.evil.example a@evil.example",
    ":material/home: :red[x] $\\frac{1}{0}$ -> --",
    "{0.__class__}",
    "{n:plan|plans}",
    "%s%n",
    "../../../etc/passwd",
    "file:///etc/passwd",
    "\u202eevil",
    "\u200b",
    "\u2028\u2029",
    "é" * 130,
    "字" * 121,
    "字" * 5000,
    "\U0001f600" * 60,
    "\ufffe\uffff",
    "A" * 3000,
    "食品",
    "２０２５",
    "没有这个指标",
    "2025年之前2030年之后到底哪个高？？？",
    "SELECT",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT 1/0, 'a'::INT",
    "COPY plans TO 'x.csv'",
    "PRAGMA database_list; SELECT 1",
    "WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT 1 FROM r) SELECT count(*) FROM r",
    "SELECT NULL, [1, 2], {'a': 1}, 'x'::BLOB, TIMESTAMP '1-1-1'",
)
BYTES = (b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"%", b"%zz", b"a\x00b")


def addresses(count: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """(page, query): one to six parameters each, some of them sound, every page in turn; each unsound value meets each parameter once
    before chance decides."""
    chance = random.Random(seed)
    every = [(name, value) for name in NAMES for value in UNSOUND]
    chance.shuffle(every)
    for at in range(count):
        first = every[at % len(every)]
        rest = [parameter(chance) for _ in range(chance.choice((0, 1, 1, 2, 3, 5)))]
        pairs = [first, *rest]
        chance.shuffle(pairs)
        yield PAGE_NAMES[at % len(PAGE_NAMES)], "&".join(f"{spelled(chance, name)}={spelled(chance, value)}" for name, value in pairs)


def parameter(chance: random.Random) -> tuple[str, str | bytes]:
    """A parameter with a value that is sound, sound for another parameter, unsound, or no text at all."""
    name = chance.choice(NAMES)
    kind = chance.random()
    if kind < 0.55:
        return name, chance.choice(SOUND.get(name, UNSOUND))
    if kind < 0.7:
        return name, chance.choice(SOUND[chance.choice(list(SOUND))])
    return name, chance.choice(UNSOUND if kind < 0.9 else BYTES)


def spelled(chance: random.Random, value: str | bytes) -> str:
    """A name or a value as an address holds it: escaped, now and then in part only."""
    content = value if isinstance(value, bytes) else value.encode()
    return quote_from_bytes(content, safe="" if chance.random() < 0.9 else "/:<>'()*;")


VALUES = (
    None, True, False, 0, -1, 1, 1.5, 1e308, 2025, 10**30, "", "x", "zzz", [], [1], [None], ["x"], ["\ud800"], {}, {"a": 1}, [[[]]],
    "\ud800", "\x00", "x" * 5000, "<b>&", "[a](https://evil.example)", "' OR 1=1", ["2025"], ["20２5"], "food.food_pass_rate", "dot",
    "index", "food", "rizhao-2021", ["日照市"], ["target"], ["below"], "日照的食品抽检合格率", "{0}", "\u202e",
)  # fmt: skip


def bodies(count: int, seed: int = SEED) -> Iterator[dict]:
    """Briefings of which something is wrong: a key, a type, a value, a text."""
    chance = random.Random(seed)
    for _ in range(count):
        body = {"format": FORMAT, "version": VERSION, "title": "标题", "lang": chance.choice(("zh", "en"))}
        body["items"] = [entry(chance) for _ in range(chance.choice((0, 1, 1, 2, 3)))]
        if chance.random() < 0.4:
            body[chance.choice(("format", "version", "title", "lang", "date", "items", "extra", "\ud800"))] = chance.choice(VALUES)
        yield body


def entry(chance: random.Random) -> dict:
    """An item with some of its options, sound or not, and now and then one of another view."""
    view = chance.choice(list(OPTIONS))
    names = [*OPTIONS[view], "title", "remark", *(("nonsense", "places") if chance.random() < 0.2 else ())]
    found = {name: chance.choice(VALUES) if chance.random() < 0.5 else sound(chance, name) for name in names if chance.random() < 0.5}
    return found | {"view": view if chance.random() < 0.9 else chance.choice(VALUES)}


def sound(chance: random.Random, name: str) -> object:
    """A value of the type that an option takes; it need not fit the others."""
    lists = {"places": "place", "kinds": "kind", "horizons": "horizon", "relations": "relation"}
    if name in lists:
        return [chance.choice(SOUND[lists[name]]) for _ in range(chance.choice((0, 1, 2)))]
    kinds = {
        "chart": ("dot", "bars", "dumbbell"),
        "measure": SOUND["view"],
        "metric": (*SOUND["metric"], "合格率", "食品抽检合格率", "zzz"),
        "domain": (*SOUND["domain"], "zzz"),
        "year": (1, 2025, 99999),
        "page": (1, 2, 99999),
        "comparable_only": (True, False),
        "plan": SOUND["plan"],
        "old": SOUND["plan"],
        "new": SOUND["against"],
        "ask": SOUND["ask"],
        "status": ("issued", "zzz"),
        "codes": (["zzz"], []),
        "drop": (["place"], ["zzz"]),
        "words": ("率", "[", "zzz"),
    }
    return chance.choice(kinds.get(name, ("题", "x" * 4000, "a\nb")))


RAW = (
    b"", b"\x00", b"\xff\xfe\x00", b"null", b"[]", b"0", b'"x"', b"{", b"[" * 50_000, b'{"format":' * 2000, b"{" + b'"a":1,' * 3000,
    b'{"format":"citytargets-briefing","version":' + b"9" * 5000 + b"}", b'{"format":"citytargets-briefing","version":1e999}',
    b'{"format":"citytargets-briefing","version":1,"items":NaN}', "\ufeff{}".encode(), "{}".encode("utf-16"), b" " * 300_000,
)  # fmt: skip
TOML = (
    b"", b"=", b"a=" + b"[" * 10_000, b"a = " + b"9" * 5000, b"\xff", b'format = "citytargets-briefing"\nversion = 1\nitems = 1979-05-27',
    b'format = "citytargets-briefing"\nversion = 1\n[[items]]\nview = inf',
    b'format = "citytargets-briefing"\nversion = 1\n[items]\nview = "x"',
)  # fmt: skip


def briefings(count: int, seed: int = SEED) -> list[tuple[str, bytes]]:
    """(file name, content): what is no briefing at all, then `bodies`."""
    fixed = [(f"{at}.json", content) for at, content in enumerate(RAW)] + [(f"{at}.toml", content) for at, content in enumerate(TOML)]
    made = [(f"made{at}.json", json.dumps(body).encode()) for at, body in enumerate(bodies(count - len(fixed), seed))]
    return [*fixed, *made]


def links(count: int, seed: int = SEED) -> list[str]:
    """Tokens as the address of a briefing holds them: packed `briefings`, and such as cannot be unpacked."""
    packed = [token(content) for _, content in briefings(count - 6, seed)]
    whole = token(b'{"format":"citytargets-briefing","version":1}')
    return [*packed, "x", "%", "=" * 9, whole[:-4], whole + "AAAA", token(b" " * 50_000_000)]


def token(content: bytes) -> str:
    """Bytes as a link holds a briefing."""
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).decode().rstrip("=")
