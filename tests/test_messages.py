"""The text of the dashboard: both languages whole, nothing missing, nothing unused."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.cascade import RELATIONS
from analytics.registry import BETTER, DOMAINS
from pages.ui import frame, state, text

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
LITERAL = re.compile(r"""\b(?:t|view\.t)\(\s*(?:"|')([a-z_]+\.[A-Za-z_.=% ]+)(?:"|')""")
GROUP = re.compile(r"""\b(?:t|view\.t)(?:\.of)?\(\s*f?(?:"|')([a-z_]+\.?[a-z_]*?)[._]?(?:\{|(?:"|')\s*(?:\+|,))""")


def used_in_code() -> tuple[set[str], set[str]]:
    """(keys that stand in the code as they are, beginnings of keys that are put together)."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    whole = set(LITERAL.findall(code)) | set(re.findall(r'\(?"(key\.[a-z_]+)",', code))
    return whole, {found.rstrip("._") for found in GROUP.findall(code)}


def test_both_languages_load() -> None:
    chinese, english = text.messages("zh"), text.messages("en")
    assert chinese.table.keys() == english.table.keys()


@pytest.mark.parametrize("key", sorted(used_in_code()[0]))
def test_a_key_in_the_code_has_a_message(key: str) -> None:
    table = text.messages("zh").table
    assert key in table or any(known.startswith(f"{key.rstrip('._')}.") for known in table), f"{key}: add it to data/messages/zh.toml and en.toml"


@pytest.mark.parametrize("key", sorted(text.messages("zh").table))
def test_a_message_is_used(key: str) -> None:
    whole, beginnings = used_in_code()
    assert key in whole or any(key.startswith(start) for start in beginnings), f"{key}: no page uses it; take it out of both files"


@pytest.mark.parametrize(("group", "codes"), [
    ("domain", DOMAINS), ("domain_short", DOMAINS), ("page", frame.PAGES), ("relation", RELATIONS), ("better", BETTER), ("view", state.VIEWS),
    ("verdict", ("comparable", "conditional", "incomparable")), ("missing", ("baseline", "mentioned", "absent", "not_applicable")),
])
def test_every_code_has_a_word(group: str, codes) -> None:
    table = text.messages("zh").table
    assert [code for code in codes if f"{group}.{code}" not in table] == []


@pytest.mark.parametrize(("files", "complaint"), [
    ({"zh": '[a]\nb = "x"\nc = "y"', "en": '[a]\nb = "x"'}, "a.c: in one language only"),
    ({"zh": '[a]\nb = "{n} x"', "en": '[a]\nb = "{m} x"'}, "a.b: fields"),
    ({"zh": '[a]\nb = 3', "en": '[a]\nb = "x"'}, "a.b = 3"),
    ({"zh": '[a]\nb = ""', "en": '[a]\nb = ""'}, "not empty"),
    ({"zh": '[a]\nb = "x"\nb = "y"', "en": '[a]\nb = "x"'}, "zh.toml"),
    ({"zh": '[a]\nb = "x"'}, "en.toml"),
])
def test_bad_files_are_refused(files: dict[str, str], complaint: str, tmp_path: Path) -> None:
    for lang, content in files.items():
        (tmp_path / f"{lang}.toml").write_text(content, encoding="utf-8")
    with pytest.raises(text.MessageError, match=re.escape(complaint)):
        text.messages("zh", tmp_path)


def test_an_unknown_code_of_data_shows_itself() -> None:
    assert text.messages("en").of("number_class", "something_new") == "something_new"
