"""The briefing: a list of charts and tables in an order, with titles and remarks, that can be saved, loaded, put in a link and rendered.

    basket = Briefing(title="质量目标对比", lang="zh")
    basket = basket.add(Item("compare", {"metric": "food.food_pass_rate", "chart": "dot"}))
    basket = basket.move(3, 0).retitle(0, "…").remark(0, "…").remove(2)
    basket.to_json(), Briefing.from_json(data), Briefing.load(path)     # .json or .toml
    basket.token(), Briefing.from_token(token)                          # for a link

Nothing is changed in place: every step gives a new Briefing. Errors are BadSpec, which names the item and the key, and TooLarge.
"""

from __future__ import annotations

import base64
import json
import re
import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from reprlib import Repr
from typing import Any

from analytics.export.common import BadSpec, LongText, OtherVersion, Unreadable, refuse, settings
from analytics.export.view import CHARTS
from analytics.measures import MEASURES
from analytics.messages import LANGUAGES

FORMAT = "citytargets-briefing"
VERSION = 1
TEXT_MOST = 4000
MOST_NUMBER = 100_000  # years and pages
SURROGATE = re.compile("[\ud800-\udfff]")
QUOTED = Repr()
QUOTED.maxstring = QUOTED.maxother = QUOTED.maxlong = 60
# What an item may ask for: view -> option -> type. Lists are of text.
OPTIONS: dict[str, dict[str, type]] = {
    "compare": {
        "metric": str,
        "chart": str,
        "measure": str,
        "year": int,
        "comparable_only": bool,
        "places": list,
        "kinds": list,
        "horizons": list,
        "page": int,
    },
    "domain": {"domain": str, "places": list, "kinds": list, "horizons": list, "words": str},
    "statements": {"plan": str, "domain": str, "kinds": list, "status": str, "metric": str, "year": int, "places": list, "words": str},
    "cascade": {
        "metric": str,
        "domain": str,
        "relations": list,
        "places": list,
        "kinds": list,
        "horizons": list,
        "words": str,
    },
    "findings": {"codes": list, "domain": str, "plan": str, "places": list, "kinds": list, "horizons": list, "words": str},
    "coverage": {"domain": str, "places": list, "words": str},
    "ambition": {"places": list},
    "changes": {"old": str, "new": str},
    "question": {"ask": str, "drop": list, "places": list, "domain": str},
}
NEEDED = {"compare": ("metric",), "domain": ("domain",), "changes": ("old", "new"), "question": ("ask",)}
CHOICES = {"chart": CHARTS, "measure": MEASURES}


@dataclass(frozen=True)
class Item:
    """One entry of a briefing: which view with which options, a title of one's own ("" keeps the finding), a remark."""

    view: str
    options: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    remark: str = ""

    def __post_init__(self) -> None:
        check_item(self)


@dataclass(frozen=True)
class Briefing:
    """Title, language, date (as text; "" leaves it out) and items."""

    title: str = ""
    lang: str = "zh"
    date: str = ""
    items: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            use = " or ".join(LANGUAGES)
            raise BadSpec(f"briefing: lang {brief(self.lang)}; use {use}", "value", name="lang", value=brief(self.lang), use=use)
        for name in ("title", "date"):
            check_text("briefing", name, getattr(self, name))
        refuse("items", len(self.items))

    def add(self, item: Item) -> Briefing:
        """With one more item at the end; one that is there already is not added twice."""
        return self if any(same(item, each) for each in self.items) else replace(self, items=(*self.items, item))

    def remove(self, at: int) -> Briefing:
        """Without the item at a position."""
        self._check(at)
        return replace(self, items=self.items[:at] + self.items[at + 1 :])

    def move(self, at: int, to: int) -> Briefing:
        """With the item at one position moved to another; positions beyond the ends mean the ends."""
        rest = self.remove(at).items
        to = max(0, min(to, len(rest)))
        return replace(self, items=(*rest[:to], self.items[at], *rest[to:]))

    def retitle(self, at: int, title: str) -> Briefing:
        """With another title of one item; "" gives it back its own."""
        return self._change(at, title=title)

    def remark(self, at: int, remark: str) -> Briefing:
        """With another remark on one item."""
        return self._change(at, remark=remark)

    def redraw(self, at: int, chart: str) -> Briefing:
        """With another kind of chart (one of CHARTS) for an item of the view `compare`."""
        self._check(at)
        return self._change(at, options={**self.items[at].options, "chart": chart})

    def to_json(self) -> bytes:
        """The file that `from_json` reads; the same briefing gives the same bytes."""
        items = [
            {
                name: value
                for name, value in {
                    "view": item.view,
                    **dict(sorted(item.options.items())),
                    "title": item.title,
                    "remark": item.remark,
                }.items()
                if value not in ("", [], None)
            }
            for item in self.items
        ]
        body = {"format": FORMAT, "version": VERSION, "title": self.title, "lang": self.lang, "date": self.date, "items": items}
        return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()

    @classmethod
    def from_json(cls, data: bytes, name: str = "briefing") -> Briefing:
        """What `to_json` wrote. Raises BadSpec, TooLarge."""
        refuse("spec_bytes", len(data))
        try:
            return cls.from_mapping(json.loads(data), name)
        except (ValueError, RecursionError) as error:  # a number of too many digits is a ValueError too
            raise Unreadable(f"{name}: not valid JSON ({error}); save the briefing again") from None

    @classmethod
    def load(cls, path: Path) -> Briefing:
        """A briefing file, .json or .toml. Raises BadSpec, TooLarge."""
        try:
            return cls.from_file(path.read_bytes(), path.name)
        except OSError as error:
            raise BadSpec(f"{path}: cannot be read ({error.strerror}); give the path of a briefing file") from None

    @classmethod
    def from_file(cls, data: bytes, name: str) -> Briefing:
        """The content of a briefing file; its name says whether it is .json or .toml. Raises BadSpec, TooLarge."""
        if not name.endswith(".toml"):
            return cls.from_json(data, name)
        refuse("spec_bytes", len(data))
        try:
            return cls.from_mapping(tomllib.loads(data.decode()), name)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{name}: not valid TOML ({error}); correct that line") from None

    @classmethod
    def from_mapping(cls, body: Any, name: str = "briefing") -> Briefing:
        """A briefing from the mapping of a file. Raises BadSpec naming entry and value."""
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            raise Unreadable(f'{name}: no briefing; a briefing file holds format = "{FORMAT}"')
        if (version := body.get("version")) != VERSION or not isinstance(version, int) or isinstance(version, bool):
            raise OtherVersion(f"{name}: version {brief(version)}; this program reads version {VERSION}")
        if unknown := sorted(set(body) - {"format", "version", "title", "lang", "date", "items"}):
            use = "title, lang, date, items"
            raise BadSpec(f"{name}: unknown key {brief(unknown[0])}; use {use}", "option", name=brief(unknown[0]), use=use)
        entries = body.get("items", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise BadSpec(f"{name}: items is no list of tables; give each item a view and its options", "items")
        refuse("items", len(entries))
        return cls(
            body.get("title", ""),
            body.get("lang", "zh"),
            body.get("date", ""),
            tuple(item_of(entry, name, at) for at, entry in enumerate(entries, 1)),
        )

    def token(self) -> str:
        """The briefing in characters that a link may hold."""
        return base64.urlsafe_b64encode(zlib.compress(self.to_json(), 9)).decode().rstrip("=")

    @classmethod
    def from_token(cls, token: str) -> Briefing:
        """What `token` wrote. Raises BadSpec for anything else, TooLarge for what unpacks to more than the limit."""
        most = settings().limits["spec_bytes"]
        if not re.fullmatch(r"[A-Za-z0-9_-]*", token):
            raise Unreadable("link: the briefing in it is damaged; copy the link again")
        try:
            worker = zlib.decompressobj()
            data = worker.decompress(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), most + 1)
        except (ValueError, zlib.error):
            raise Unreadable("link: the briefing in it is damaged; copy the link again") from None
        return cls.from_json(data, "link")

    def _check(self, at: int) -> None:
        if not 0 <= at < len(self.items):
            raise BadSpec(f"briefing: no item {at}; it has {len(self.items)}")

    def _change(self, at: int, **changes: Any) -> Briefing:
        self._check(at)
        return replace(self, items=(*self.items[:at], replace(self.items[at], **changes), *self.items[at + 1 :]))


def same(one: Item, other: Item) -> bool:
    """Whether two items show the same."""
    return one.view == other.view and dict(one.options) == dict(other.options)


def item_of(entry: Mapping[str, Any], name: str, at: int) -> Item:
    """One item of a file. Raises BadSpec naming the file and the item."""
    options = {key: value for key, value in entry.items() if key not in ("view", "title", "remark")}
    try:
        return Item(entry.get("view", ""), options, entry.get("title", ""), entry.get("remark", ""))
    except BadSpec as error:
        raise error.inside(name, at) from None


def check_item(item: Item) -> None:
    """Raise BadSpec where an item has an unknown view, an unknown option or a value of another type."""
    if not isinstance(item.view, str) or item.view not in OPTIONS:
        use = ", ".join(OPTIONS)
        raise BadSpec(f"briefing item: view {brief(item.view)}; use one of {use}", "view", value=brief(item.view), use=use)
    owner, known = f"briefing item {item.view}", OPTIONS[item.view]
    for name, value in item.options.items():
        if name not in known:
            use = ", ".join(known)
            raise BadSpec(f"{owner}: unknown option {brief(name)}; use one of {use}", "option", name=brief(name), use=use)
        if not fits(name, value, known[name]):
            use = " or ".join(CHOICES.get(name, (known[name].__name__,)))
            raise BadSpec(f"{owner}: {name} = {brief(value)}; give it {use}", "value", name=name, value=brief(value), use=use)
    for needed in NEEDED.get(item.view, ()):
        if needed not in item.options:
            raise BadSpec(f"{owner}: {needed} is missing; add it", "missing", name=needed)
    for name in ("title", "remark"):
        check_text(owner, name, getattr(item, name))


def fits(name: str, value: Any, kind: type) -> bool:
    """Whether an option has a value of its type and range."""
    texts = value if kind is list else [value] if kind is str else []
    if not isinstance(value, kind) or not all(isinstance(each, str) and writable(each) for each in texts):
        return False
    if kind is int and (isinstance(value, bool) or not 0 < value < MOST_NUMBER):
        return False
    if name == "horizons" and not all(re.fullmatch(r"[0-9]{4}", each) for each in value):
        return False
    return name not in CHOICES or value in CHOICES[name]


def check_text(owner: str, name: str, value: Any) -> None:
    """Raise BadSpec for anything but text that a file can hold, LongText for more of it than TEXT_MOST."""
    if not isinstance(value, str) or not writable(value):
        raise BadSpec(
            f"{owner}: {name} = {brief(value)} must be text of at most {TEXT_MOST} characters", "text", name=name, value=brief(value)
        )
    if len(value) > TEXT_MOST:
        raise LongText(f"{owner}: {name} has {len(value)} characters; shorten it to {TEXT_MOST}")


def writable(text: str) -> bool:
    """Whether text can be written to a file: half of a pair of UTF-16, which JSON can spell, cannot."""
    return not SURROGATE.search(text)


def brief(value: Any) -> str:
    """A value as an error shows it: escaped, and cut where it is long."""
    shown = ascii(value) if isinstance(value, str) and not writable(value) else QUOTED.repr(value)
    return shown if len(shown) <= QUOTED.maxother else f"{shown[: QUOTED.maxother]}…"
