"""What every export shares: settings, texts, errors, safe names and cells, archives that are the same byte for byte.

    settings().limits["rows"]            # data/export.toml
    text("foot.version", "zh", build="0f9a")   # data/messages/export.toml
    refuse("rows", 300000)               # raises TooLarge where the limit is passed
    safe_cell("=1+1")                    # "'=1+1"
    safe_name("食品/抽检: 合格率")        # "食品_抽检_合格率"
    repack(data)                         # a zip archive with fixed dates

Errors: AnalyticsError > ExportError > TooLarge, BadSettings, BadSpec > Unreadable, OtherVersion, LongText.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics import messages
from analytics.store import ROOT, AnalyticsError

SETTINGS = ROOT / "data" / "export.toml"
TEXTS = ROOT / "data" / "messages" / "export.toml"
# The date inside every archive: a file must not differ because it was made on another day.
EPOCH = (1980, 1, 1, 0, 0, 0)
EPOCH_DATETIME = datetime(2000, 1, 1)
PRODUCER = "CityTargets"
# What a spreadsheet takes for the beginning of a formula, full-width forms included (Chinese and Japanese Excel read them as well).
FORMULA = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠]")
NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s.,;:!、。,;:!?《》“”‘’()()\[\]%≥≤—]+')
RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)$", re.I)
# Characters that XML 1.0 cannot hold, surrogates among them.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAME_BYTES = 120
FOREIGN = ("thumbnail", "printerSettings", "extended-properties", "stylesWithEffects")


class ExportError(AnalyticsError):
    """An export that cannot be made."""


class TooLarge(ExportError):
    """A selection beyond a limit of data/export.toml."""


class BadSettings(ExportError):
    """An entry of data/export.toml that cannot be used."""


class BadSpec(ExportError):
    """A briefing file that cannot be used. `code` and `fields` say the same as the text, for pages that say it in their own language:
    what is wrong (a key of `spec` in data/messages), which item (0: the briefing itself), which key, which value, what to use instead."""

    code = ""
    fields: Mapping[str, Any] = {}

    def __init__(self, text: str, code: str = "", **fields: Any) -> None:
        super().__init__(text)
        if code:
            self.code, self.fields = code, {"item": 0, "name": "", "value": "", "use": "", **fields}

    def inside(self, name: str, item: int) -> BadSpec:
        """The same, of an item of a file."""
        return type(self)(f"{name}, item {item}: {self}", self.code, **{**self.fields, "item": item})


class Unreadable(BadSpec):
    """A briefing that is damaged, or no briefing at all."""


class OtherVersion(BadSpec):
    """A briefing in a format that this program does not read."""


class LongText(BadSpec):
    """A title or a remark beyond what a briefing holds."""


@dataclass(frozen=True)
class Settings:
    """data/export.toml, one mapping a table."""

    limits: Mapping[str, int]
    sentences: Mapping[str, Any]
    colours: Mapping[str, Any]
    fonts: Mapping[str, str]


KEYS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "limits": dict.fromkeys("rows sheet_rows marks cells table_rows items spec_bytes".split(), int),
    "sentences": {"differences": list, "smallest_ratio": float},
    "colours": {"places": list, **dict.fromkeys("others pale text quiet grid line shade accent".split(), str)},
    "fonts": dict.fromkeys("latin east_asian document_title heading_1 heading_2 body numerals".split(), str),
}


def settings(path: Path = SETTINGS) -> Settings:
    """The settings as the file holds them now. Raises BadSettings naming file, entry and value."""
    try:
        return _settings(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise BadSettings(f"{path} is missing: restore it from the repository") from None


@lru_cache(maxsize=4)
def _settings(path: Path, _: int) -> Settings:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path.name}: not valid TOML ({error}); correct that line") from error
    if set(data) != set(KEYS):
        raise BadSettings(
            f"{path.name}: tables {', '.join(sorted(set(data) ^ set(KEYS)))} are unknown or missing; it holds exactly {', '.join(KEYS)}"
        )
    for table, keys in KEYS.items():
        if wrong := sorted(set(data[table]) ^ set(keys)):
            raise BadSettings(f"{path.name}: {table}.{wrong[0]} is unknown or missing; use exactly {', '.join(sorted(keys))}")
        for key, kind in keys.items():
            if not isinstance(data[table][key], kind) or (kind is int and data[table][key] < 1):
                raise BadSettings(
                    f"{path.name}: {table}.{key} = {data[table][key]!r}; give it a {getattr(kind, '__name__', kind)}, a number above 0"
                )
    return Settings(**data)


def of_places(places: Sequence[str]) -> dict[str, str]:
    """Place -> colour, in the order given (that of Store.places); places beyond the palette share the grey of the rest."""
    palette, others = settings().colours["places"], settings().colours["others"]
    return {place: palette[at] if at < len(palette) else others for at, place in enumerate(places)}


def text(code: str, lang: str, **values: Any) -> str:
    """The text of `code` in a language with its placeholders filled. Raises MessageError for a code that the file lacks."""
    entries = messages.load(TEXTS)
    if code not in entries:
        raise messages.MessageError(f"{TEXTS.name}: no entry {code!r}; add it with zh and en")
    return messages.filled(entries[code][lang], values) if values else entries[code][lang]


def word(group: str, code: str, lang: str) -> str:
    """A short word such as `verdict.comparable`; the code itself where the file has none."""
    entry = messages.load(TEXTS).get(f"{group}.{code}")
    return entry[lang] if entry else code


def refuse(limit: str, size: int) -> None:
    """Raise TooLarge where `size` passes the limit of that name."""
    most = settings().limits[limit]
    if size > most:
        raise TooLarge(
            f"{size} {limit.replace('_', ' ')} are more than an export holds ({most}): "
            f"narrow the filters, or raise limits.{limit} in {SETTINGS.name}"
        )


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and FORMULA.match(value) and not NUMBER.match(value):
        return "'" + value
    return value


def plain(value: Any) -> str:
    """Text that XML can hold, on one line: whatever a plan contains, a file made of it opens."""
    return " ".join(NOT_XML.sub("", str(value)).split())


def safe_name(title: str, fallback: str = "export") -> str:
    """A file name without suffix that every file system takes: no separators, dots or marks, at most NAME_BYTES bytes."""
    name = UNSAFE_IN_NAMES.sub("_", NOT_XML.sub("", title)).strip("_-")
    name = name.encode()[:NAME_BYTES].decode(errors="ignore").strip("_-")
    return f"{name}_" if RESERVED.match(name) else name or fallback


def leave_out(*relations: MutableMapping[str, Any]) -> None:
    """Drop what the empty files of the libraries bring along and what is not true of ours: a picture of another file, printers, counts of
    pages, a second set of styles."""
    for mapping in relations:
        for name in [name for name, relation in mapping.items() if relation.reltype.rsplit("/", 1)[-1] in FOREIGN]:
            mapping.pop(name)


def repack(data: bytes) -> bytes:
    """The zip archive with the same members in the same order, all dated EPOCH."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return pack([(name, archive.read(name)) for name in archive.namelist()])


def pack(members: list[tuple[str, bytes]]) -> bytes:
    """A zip archive of (name, content) that is the same byte for byte whenever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, content)
    return target.getvalue()
