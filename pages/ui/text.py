"""Interface text in Chinese and English, from data/messages/zh.toml and en.toml.

    t = text.messages("zh")
    t("compare.shown", shown=4, total=5)   # one message, fields filled in
    t.of("domain", "food")                 # a message of a group whose keys are data
    plain("[x](https://y)")                # text of a plan or an address, for where Markdown is read

Both files hold the same keys with the same fields; loading refuses anything else and names file and key. A word that depends on a number
gives both of its forms: `{n} {n:plan|plans}`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.messages import filled, placeholders

FOLDER = Path(__file__).resolve().parents[2] / "data" / "messages"
LANGUAGES = ("zh", "en")
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:])")
# What the browser makes something of even where it is escaped: a link of an address, a sign of a name or of two signs.
REMADE = re.compile(r"https?:(?=//)|ftp:(?=//)|www(?=\.)|@(?=\w)|:(?=material/|streamlit:)|[-<>~](?=[-=>])", re.I)
JOINER = "\u2060"  # takes no room and is no place to break a line


class MessageError(ValueError):
    """A message file that cannot be used; the text names file, key and what to do."""


@dataclass(frozen=True)
class Messages:
    """The messages of one language: dotted key -> template with {named} fields."""

    lang: str
    table: dict[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The message with its fields filled in. Raises KeyError for an unknown key or a missing field."""
        return filled(self.table[key], fields) if fields else self.table[key]

    def of(self, group: str, code: str, **fields: object) -> str:
        """The message `group.code`; the code itself where data holds one that has no message yet."""
        template = self.table.get(f"{group}.{code}")
        return code if template is None else filled(template, fields)

    def join(self, parts: list[str]) -> str:
        """An enumeration in the manner of the language: 甲、乙 or A, B."""
        return self.table["list.comma"].join(parts)


def plain(text: str) -> str:
    """Text that shows as it is where Markdown is read: no link, no sign and no style is made of it."""
    return MARKDOWN.sub(r"\\\1", REMADE.sub(rf"\g<0>{JOINER}", text))


@cache
def messages(lang: str, folder: Path = FOLDER) -> Messages:
    """The messages of `lang`; read once, with both files checked against each other."""
    tables = {name: read(folder / f"{name}.toml") for name in LANGUAGES}
    check_same(tables["zh"], tables["en"])
    return Messages(lang, tables[lang])


def read(path: Path) -> dict[str, str]:
    """Dotted key -> template. TOML itself refuses a key that stands twice."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, tomllib.TOMLDecodeError) as error:
        raise MessageError(f"{path}: {error}; correct the file or restore it from the repository") from error
    return dict(flatten(path, data))


def flatten(path: Path, data: dict, prefix: str = ""):
    """Yields (dotted key, template) of nested tables; refuses values that are no text."""
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from flatten(path, value, f"{name}.")
        elif isinstance(value, str) and value:
            yield name, value
        else:
            raise MessageError(f"{path}: {name} = {value!r}: a message is text that is not empty")


def check_same(first: dict[str, str], second: dict[str, str]) -> None:
    """Refuses keys or fields that stand in one language only."""
    if lonely := sorted(first.keys() ^ second.keys()):
        raise MessageError(f"data/messages: {', '.join(lonely[:5])}: in one language only; add it to the other file or take it out")
    for key, template in first.items():
        zh, en = placeholders(template), placeholders(second[key])
        if zh != en:
            raise MessageError(f"data/messages: {key}: fields {sorted(zh)} in zh, {sorted(en)} in en; use the same")
