"""The text of the dashboard: both languages whole, nothing missing, nothing unused."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from analytics import messages
from analytics.cascade import RELATIONS
from analytics.export.common import TEXTS
from analytics.measures import MEASURES
from analytics.registry import BETTER, DOMAINS
from etl.audit import _CUTS
from etl.explain import REASONS
from etl.vocab import load
from pages.ui import frame, text

# A count and a noun in the plural behind it, with a word between them or not; not one that was given both forms.
COUNTS = "n total places plans metrics targets domains statements characters classes rows columns required shown used given".split()
PLURAL = re.compile(rf"\{{(?:{'|'.join(COUNTS)})\}} (?:[a-z-]+ )?(?!is\b|has\b)[a-z]+s\b")
# Where the count is always two or more, or stands for names.
ALWAYS_SEVERAL = set(
    "title.same title.highest title.strictest title.part title.part_strict title.part_same title.conditional title.incomparable "
    "finding.outlier draft.count notice.scope view_methods.item_text.metrics view_methods.sql_text foot.ambition "
    "draft.conflict draft.count_one footer.conflict".split()
)
ENGLISH = {
    **text.messages("en").table,
    **{key: entry["en"] for path in (messages.VOCABULARY, TEXTS) for key, entry in messages.load(path).items()},
}
ROOT = Path(__file__).resolve().parent.parent
SOURCES = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


@cache
def used_in_code() -> tuple[set[str], set[str]]:
    """(keys asked for as they stand, beginnings of keys that are put together with a code) in all pages."""
    whole, beginnings = set(), set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                owner = getattr(getattr(node.func, "value", None), "attr", getattr(getattr(node.func, "value", None), "id", ""))
                read_argument(node.args[0], name == "t", name == "of" and owner == "t", whole, beginnings)
            elif (
                isinstance(node, ast.Tuple)
                and node.elts
                and isinstance(node.elts[0], ast.Constant)
                and str(node.elts[0].value).startswith("key.")
            ):
                whole.add(node.elts[0].value)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and getattr(node.value, "attr", "") == "table":
                whole.add(node.slice.value)
    return whole, beginnings


def read_argument(argument: ast.expr, asked: bool, grouped: bool, whole: set[str], beginnings: set[str]) -> None:
    """Sort the first argument of t(...) or t.of(...): a key, a choice between keys, or the beginning of one."""
    if isinstance(argument, ast.IfExp) and asked:
        read_argument(argument.body, asked, grouped, whole, beginnings)
        read_argument(argument.orelse, asked, grouped, whole, beginnings)
    elif isinstance(argument, ast.Constant) and (asked or grouped):
        (beginnings if grouped else whole).add(f"{argument.value}." if grouped else argument.value)
    elif isinstance(argument, ast.JoinedStr) and asked:
        beginnings.add(argument.values[0].value)
    elif isinstance(argument, ast.BinOp) and asked:
        beginnings.add(argument.left.value)


def test_both_languages_load() -> None:
    chinese, english = text.messages("zh"), text.messages("en")
    assert chinese.table.keys() == english.table.keys()


@pytest.mark.parametrize("key", sorted(used_in_code()[0]))
def test_a_key_in_the_code_has_a_message(key: str) -> None:
    assert key in text.messages("zh").table, f"{key}: add it to data/messages/zh.toml and en.toml"


@pytest.mark.parametrize("key", sorted(text.messages("zh").table))
def test_a_message_is_used(key: str) -> None:
    whole, beginnings = used_in_code()
    assert key in whole or any(key.startswith(start) for start in beginnings), f"{key}: no page uses it; take it out of both files"


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("domain", DOMAINS),
        ("domain_short", DOMAINS),
        ("page", frame.PAGES),
        ("relation", RELATIONS),
        ("better", BETTER),
        ("view", MEASURES),
        ("verdict", ("comparable", "conditional", "incomparable")),
        ("missing", ("baseline", "mentioned", "absent", "not_applicable")),
    ],
)
def test_every_code_has_a_word(group: str, codes) -> None:
    table = text.messages("zh").table
    assert [code for code in codes if f"{group}.{code}" not in table] == []


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"zh": '[a]\nb = "x"\nc = "y"', "en": '[a]\nb = "x"'}, "a.c: in one language only"),
        ({"zh": '[a]\nb = "{n} x"', "en": '[a]\nb = "{m} x"'}, "a.b: fields"),
        ({"zh": "[a]\nb = 3", "en": '[a]\nb = "x"'}, "a.b = 3"),
        ({"zh": '[a]\nb = ""', "en": '[a]\nb = ""'}, "not empty"),
        ({"zh": '[a]\nb = "x"\nb = "y"', "en": '[a]\nb = "x"'}, "zh.toml"),
        ({"zh": '[a]\nb = "x"'}, "en.toml"),
    ],
)
def test_bad_files_are_refused(files: dict[str, str], complaint: str, tmp_path: Path) -> None:
    for lang, content in files.items():
        (tmp_path / f"{lang}.toml").write_text(content, encoding="utf-8")
    with pytest.raises(text.MessageError, match=re.escape(complaint)):
        text.messages("zh", tmp_path)


# --- the rules of the extraction

RULE = re.compile(r"(?:name|time|elided|comparator|unit|date)\.[a-z_]+")
# Rules with other names, by the module that gives them.
OTHERS = {
    "etl/quantities.py": set(
        "multiple first fraction part tenths range cell title word no_unit duration year period date outline footnote"
        " minus spread ratio.to_one".split()
    ),
    "etl/audit.py": {"no_name", "block.furniture", "block.footnote", "block.procedure", *(f"clean.{cut}" for cut in _CUTS)},
}


def emitted() -> set[str]:
    """Every rule that the extraction can name: literals of its code, entries of its vocabulary, and OTHERS."""
    found = set().union(*OTHERS.values())
    for path in (ROOT / "etl").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and RULE.fullmatch(str(node.value))}
    found |= {f"time.{sense}" for sense in ("observed", "origin")}
    found |= {f"goal.{form['name']}" for form in load("commitments")["form"]}
    return found | {rule["id"] for rule in load("exclusions")["rule"]} | set(load("confidence")["rule"])


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_rule_of_the_extraction_has_words(lang: str) -> None:
    known = {key.removeprefix("rule.") for key in text.messages(lang).table if key.startswith("rule.")}
    assert emitted() - known == set() and known - emitted() == set()


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_rule_and_class_of_the_data_has_words(lang: str, database: Path) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        rules = connection.execute("SELECT DISTINCT unnest(rules) FROM indicators UNION SELECT rule FROM numbers").fetchall()
        classes = connection.execute("SELECT DISTINCT class FROM numbers").fetchall()
    table = text.messages(lang).table
    assert [rule for (rule,) in rules if f"rule.{rule}" not in table] == []
    assert [name for (name,) in classes if f"number_class.{name}" not in table] == []


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_class_of_numbers_has_a_word(lang: str) -> None:
    given = set(REASONS) | {rule["class"] for rule in load("exclusions")["rule"]}
    assert [name for name in given if f"number_class.{name}" not in text.messages(lang).table] == []


def counted(tables: dict[str, str]) -> list[tuple[str, str]]:
    """(key, template) of English messages in which a number stands before a word that has a plural."""
    return [(key, template) for key, template in tables.items() if PLURAL.search(template)]


def test_one_of_a_thing_is_not_several() -> None:
    """`1 items` is no English: {n} {n:item|items}."""
    found = counted({"a": "{n} plans", "b": "{total} small plans", "c": "{n} {n:plan|plans}"})
    assert [key for key, _ in found] == ["a", "b"]
    assert [key for key, _ in counted(ENGLISH) if key not in ALWAYS_SEVERAL] == []


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 plan shown"), ("1", "1 plan shown"), (0, "0 plans shown"), (21, "21 plans shown"), ("1,000", "1,000 plans shown")],
)
def test_a_word_goes_with_its_number(number: object, words: str) -> None:
    assert messages.filled("{n} {n:plan|plans} shown", {"n": number}) == words
    assert messages.placeholders("{n:plan|plans} of {place}") == {"place"}


@pytest.mark.parametrize(("value", "most", "words"), [("1", None, "≥1 item"), ("1", "3", "≥1–3 items"), ("10", None, "≥10 items")])
def test_a_unit_goes_with_its_number(value: str, most: str | None, words: str) -> None:
    assert messages.amount("ge", value, most, "项", "en") == words


def test_an_unknown_code_of_data_shows_itself() -> None:
    assert text.messages("en").of("number_class", "something_new") == "something_new"


# A degree or a kilowatt hour: only its name tells.
AMBIGUOUS = {"度"}
UNITS = [entry["name"] for entry in load("units")["unit"] if entry["kind"] in ("rate", "count", "measure")]


@pytest.mark.parametrize("unit", sorted(set(UNITS) - {"%", "‰"} - AMBIGUOUS))
def test_every_unit_has_an_english_word(unit: str) -> None:
    assert messages.english(unit, "2")


@pytest.mark.parametrize(
    ("unit", "one", "more"),
    [
        ("个(人)", "item/person", "items/persons"),
        ("台(件)", "instrument", "instruments"),
        ("人/万户", "person per 10,000 households", "persons per 10,000 households"),
        ("元/亩", "yuan per mu", "yuan per mu"),
        ("吨/百亿元", "t per 10 billion yuan", "t per 10 billion yuan"),
        ("例/百万人", "case per 1 million people", "cases per 1 million people"),
        ("件/人", "item per person", "items per person"),
        ("次/人/年", "time per person per year", "times per person per year"),
        ("件/万人", "per 10,000 people", "per 10,000 people"),
        ("件/万常住人口", "item per 10,000 residents", "items per 10,000 residents"),
        ("例/10万人", "case per 100,000 people", "cases per 100,000 people"),
        ("/10万", "per 100,000", "per 100,000"),
        ("吨/日", "t per day", "t per day"),
        ("克/千克", "g per kg", "g per kg"),
        ("兆瓦", "MW", "MW"),
        ("度", None, None),
        ("度/人", None, None),
        ("个/度", None, None),
        ("个(度)", None, None),
    ],
)
def test_units_that_are_put_together(unit: str, one: str | None, more: str | None) -> None:
    assert (messages.english(unit, "1"), messages.english(unit, "12")) == (one, more)
    assert messages.unit_of(unit, "en", "12") == f" {more or unit}" and messages.unit_of(unit, "zh", "12") == unit
