"""The briefing basket as a value, as a file and in a link; what bad files are told; the command line."""

from __future__ import annotations

import argparse
import json
import zipfile
import zlib
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics import export
from analytics.export import cli
from analytics.export.common import BadSettings, settings
from analytics.export.docx import chinese_number
from analytics.store import Store
from tests.synthetic import write_rows

ITEM = export.Item("compare", {"metric": "food.food_pass_rate"})
OTHER = export.Item("domain", {"domain": "ip"})
THIRD = export.Item("findings")
TITLES = some.text(max_size=40)
ITEMS = some.builds(
    export.Item,
    some.just("compare"),
    some.fixed_dictionaries(
        {"metric": some.text(min_size=1, max_size=20)}, optional={"year": some.integers(2015, 2035), "comparable_only": some.just(True)}
    ),
    TITLES,
    TITLES,
)


def test_items_are_added_once_moved_retitled_and_removed() -> None:
    basket = export.Briefing().add(ITEM).add(OTHER).add(THIRD).add(export.Item("domain", {"domain": "ip"}, title="again"))
    assert basket.items == (ITEM, OTHER, THIRD)
    assert basket.move(2, 0).items == (THIRD, ITEM, OTHER)
    assert basket.move(0, 99).items == (OTHER, THIRD, ITEM)
    changed = basket.retitle(1, "标题").remark(1, "备注")
    assert (changed.items[1].title, changed.items[1].remark) == ("标题", "备注")
    assert basket.items[1] == OTHER
    assert basket.remove(1).items == (ITEM, THIRD)
    with pytest.raises(export.BadSpec, match="no item 7"):
        basket.remove(7)


@given(
    basket=some.builds(
        export.Briefing, TITLES, some.sampled_from(("zh", "en")), some.text(max_size=10), some.lists(ITEMS, max_size=5).map(tuple)
    )
)
def test_file_and_link_restore_a_briefing(basket: export.Briefing) -> None:
    assert export.Briefing.from_json(basket.to_json()) == basket
    assert export.Briefing.from_token(basket.token()) == basket


@given(token=some.text(max_size=60))
def test_a_damaged_link_is_refused(token: str) -> None:
    with pytest.raises(export.BadSpec):
        export.Briefing.from_token(token)


def test_a_file_nested_without_end_is_refused() -> None:
    with pytest.raises(export.BadSpec, match="not valid JSON"):
        export.Briefing.from_json(b"[" * 50_000)


def test_a_link_that_unpacks_to_too_much_is_refused() -> None:
    bomb = urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode().rstrip("=")
    with pytest.raises(export.TooLarge, match="spec_bytes"):
        export.Briefing.from_token(bomb)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": "other"}, "no briefing"),
        ({"version": 9}, "version 9"),
        ({"colour": 1}, "unknown key 'colour'"),
        ({"lang": "fr"}, "lang 'fr'"),
        ({"title": 3}, "title = 3 must be text"),
        ({"items": {}}, "items is no list"),
        ({"items": [{"view": "pie"}]}, "view 'pie'"),
        ({"items": [{"view": "compare"}]}, "metric is missing"),
        ({"items": [{"view": "compare", "metric": "x", "chart": "pie"}]}, "chart = 'pie'"),
        ({"items": [{"view": "compare", "metric": "x", "year": "2025"}]}, "year = '2025'"),
        ({"items": [{"view": "compare", "metric": "x", "year": True}]}, "year = True"),
        ({"items": [{"view": "compare", "metric": "x", "year": 10**40}]}, "year = 1000"),
        ({"items": [{"view": "compare", "metric": "x", "page": 0}]}, "page = 0"),
        ({"items": [{"view": "compare", "metric": "x", "horizons": ["soon"]}]}, "horizons = "),
        ({"items": [{"view": "domain", "domain": "ip", "places": [1]}]}, "places = "),
        ({"items": [{"view": "domain", "domain": "ip", "metric": "x"}]}, "unknown option 'metric'"),
    ],
)
def test_a_bad_file_names_entry_and_value(change: dict, complaint: str) -> None:
    body = {**json.loads(export.Briefing("t").to_json()), **change}
    with pytest.raises(export.BadSpec, match=complaint):
        export.Briefing.from_json(json.dumps(body).encode())


def test_too_many_items_are_refused() -> None:
    with pytest.raises(export.TooLarge, match="limits.items"):
        export.Briefing(items=(ITEM,) * (settings().limits["items"] + 1))


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        (export.Item("compare", {"metric": "no such metric at all"}), r"item 1 \(compare\)"),
        (export.Item("domain", {"domain": "sport"}), "no domain 'sport'"),
        (export.Item("findings", {"places": ["亚特兰蒂斯"]}), r"item 1 \(findings\)"),
        (export.Item("findings", {"plan": "atlantis-2021"}), "no plan 'atlantis-2021'"),
        (export.Item("cascade", {"domain": "sport"}), "no domain 'sport'"),
        (export.Item("coverage", {"domain": "sport"}), "no domain 'sport'"),
        (export.Item("compare", {"metric": "food.food_pass_rate", "page": 9}), "page 9 of "),
        (export.Item("question", {"ask": "今天天气"}), "nothing in it can be turned into a filter"),
    ],
)
def test_an_item_that_cannot_be_made_is_named(item: export.Item, complaint: str, database: Path) -> None:
    with pytest.raises(Exception, match=complaint):
        export.build(Store(database), export.Briefing(items=(item,)))


@pytest.mark.parametrize(
    ("item", "said", "rows"),
    [
        (export.Item("statements", {"plan": "rizhao-2021", "kinds": ["target"], "words": "合格率"}), "检索：合格率", "all have 合格率"),
        (export.Item("cascade", {"domain": "food", "relations": ["below"]}), "关系：▽ 低于", "relation is 低于"),
        (export.Item("domain", {"domain": "food", "kinds": ["target"], "words": "合格"}), "性质：目标", "some"),
        (export.Item("compare", {"metric": "food.food_pass_rate", "horizons": ["2025"], "page": 1}), "规划期末：2025", "year is 2025"),
        (export.Item("coverage", {"places": ["日照"]}), "地区：日照市", "one"),
        (export.Item("ambition"), "全部地区", "some"),
        (export.Item("question", {"ask": "2025年食品抽检合格率目标高于全国"}), "高于全国；食品抽检合格率", "year is 2025"),
        (export.Item("question", {"ask": "食品抽检合格率目标", "drop": ["kind"], "places": ["日照"]}), "日照市；食品抽检合格率", "some"),
        (export.Item("question", {"ask": "哪些城市没有提食品抽检合格率"}), "未提及", "some"),
    ],
)
def test_the_filters_of_an_item_narrow_it_and_are_spelled_out(item: export.Item, said: str, rows: str, database: Path) -> None:
    view = export.build(Store(database), export.Briefing(items=(item,))).views[0]
    assert said in view.filters
    checks = {
        "all have 合格率": lambda: all("合格率" in f"{row.indicator}{row.sentence}" for row in view.frame.itertuples()),
        "relation is 低于": lambda: set(view.frame["relation"]) == {"▽ 低于"},
        "year is 2025": lambda: set(view.frame["year"].dropna()) == {2025},
        "one": lambda: len(view.frame) == 1,
        "some": lambda: True,
    }
    assert len(view.frame) and checks[rows]()


def test_the_changes_between_two_plans_are_an_item(tmp_path: Path) -> None:
    plans = [{"plan_id": "old", "place": "甲市", "horizon_end": 2020}, {"plan_id": "new", "place": "甲市"}]
    rows = [
        {"plan_id": plan, "metric_id": "food.food_pass_rate", "value": value, "year": year}
        for plan, value, year in (("old", 97, 2020), ("new", 98.5, 2025))
    ]
    store = Store(write_rows(tmp_path / "two.duckdb", plans, rows))
    view = export.build(store, export.Briefing(items=(export.Item("changes", {"old": "old", "new": "new"}),))).views[0]
    (row,) = view.frame.to_dict("records")
    assert (row["change"], row["old_label"], row["new_label"], row["cite"]) == ("提高", "≥97%", "≥98.5%", "[1][2]")
    assert [source.number for source in view.sources] == [1, 2] and "提高1" in view.title.replace(" ", "")
    with pytest.raises(export.BadSpec, match="new is missing"):
        export.Item("changes", {"old": "old"})


def run(arguments: list[str], store: Store) -> None:
    parser = argparse.ArgumentParser()
    cli.add_parsers(parser.add_subparsers(required=True))
    options = parser.parse_args(arguments)
    options.run(store, options)


def test_brief_writes_every_format_twice_alike(database: Path, tmp_path: Path) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text(
        'format = "citytargets-briefing"\nversion = 1\ntitle = "两市/对比"\ndate = "2026-11-22"\n'
        '[[items]]\nview = "compare"\nmetric = "有效注册商标"\nplaces = ["日照", "泉州"]\nremark = "=1+1"\n'
        '[[items]]\nview = "findings"\nplaces = ["日照"]\n',
        encoding="utf-8",
    )
    for folder in ("one", "two"):
        run(["brief", str(spec), "--out", str(tmp_path / folder)], Store(database))
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert set(files) == {f"两市_对比.{fmt}" for fmt in export.BRIEFING_FORMATS}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    with zipfile.ZipFile(tmp_path / "one" / "两市_对比.zip") as archive:
        assert [Path(name).suffix for name in archive.namelist()] == [".png", ".svg"] * 2
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_export_writes_one_chart_or_the_package(database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(
        [
            "export",
            "--metric",
            "食品抽检合格率",
            "--place",
            "日照",
            "--place",
            "烟台",
            "--format",
            "csv",
            "--format",
            "svg",
            "--out",
            str(tmp_path / "a"),
        ],
        Store(database),
    )
    assert sorted(path.suffix for path in (tmp_path / "a").iterdir()) == [".csv", ".svg"]
    run(["export", "--out", str(tmp_path / "b")], Store(database))
    assert (tmp_path / "b" / "datapackage.json").exists()
    assert str(tmp_path / "b" / "README.md") in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("rows = 200000", "rows = 0", "limits.rows = 0"),
        ("rows = 200000", "rows = 'x'", "limits.rows = 'x'"),
        ("rows = 200000", "", "limits.rows is unknown or missing"),
        ("[limits]", "[limits]\nother = 1", "limits.other"),
        ("[fonts]", "[faces]", "faces"),
        ("[limits]", "[limits", "not valid TOML"),
    ],
)
def test_bad_settings_name_the_entry(old: str, new: str, complaint: str, root: Path, tmp_path: Path) -> None:
    path = tmp_path / "export.toml"
    path.write_text((root / "data" / "export.toml").read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSettings, match=complaint):
        settings(path)


@pytest.mark.parametrize(("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五")])
def test_headings_count_in_chinese(number: int, words: str) -> None:
    assert chinese_number(number) == words
