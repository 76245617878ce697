"""What a page says when something cannot be shown: no data, a broken briefing, an empty result, a plan beside the filters."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from analytics.export import Briefing, Item
from analytics.export.briefing import OPTIONS, TEXT_MOST
from analytics.sql import SqlError
from analytics.store import AnalyticsError, StoreError
from pages.ui import exports, faults, text
from tests.fixtures.pages import opened

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize(("content", "name", "command"), [(None, "NoDatabase", "make build"), (b"x", "OtherSchema", "etl build --full")])
def test_without_data_the_page_says_what_to_do(
    content: bytes | None, name: str, command: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "none.duckdb"
    if content:
        path.write_bytes(content)
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(path))
    app, t = opened("overview", lang), text.messages(lang)
    assert app.title[0].value == t.of("no_data", name)
    assert [code.value.endswith(command) for code in app.code] == [True]
    shown = " ".join(one.value for one in app.markdown) + " ".join(one.proto.body for one in app.get("html"))
    assert "none.duckdb" in shown and str(tmp_path) not in shown and name in shown


def kinds_of_error(kind: type = AnalyticsError) -> list[type]:
    """An error of analytics and all below it."""
    return [kind, *(one for each in kind.__subclasses__() for one in kinds_of_error(each))]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("kind", [one for one in kinds_of_error() if one is not SqlError], ids=lambda kind: kind.__name__)
def test_every_error_has_words(kind: type, lang: str) -> None:
    t = text.messages(lang)
    assert f"fault.{kind.__name__}" in t.table or kind.__mro__[1] is StoreError
    assert faults.told(t, kind.__new__(kind))
    assert ("数据" in t("fault.AnalyticsError")) == (lang == "zh")


def test_a_path_is_told_from_the_project_on() -> None:
    assert faults.file_name(ROOT / "data" / "x.duckdb") == "data/x.duckdb" and faults.file_name(Path("/far/x.duckdb")) == "x.duckdb"


def link_of(body: dict) -> str:
    """A mapping as the link of a briefing holds it, whatever it says."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(body).encode())).decode().rstrip("=")


def why(t: text.Messages, name: str) -> str:
    """What is said of a broken briefing; of one that holds an unknown view, which view."""
    pie = {"where": t("spec.item", n=1), "value": "'pie'", "use": ", ".join(OPTIONS)}
    return text.plain(t("spec.view", **pie) if name == "BadSpec" else t.of("fault", name))


BARE = {"format": "citytargets-briefing", "version": 1}


@pytest.mark.parametrize(
    ("token", "name"),
    [
        ("x", "Unreadable"),
        (link_of({"items": []}), "Unreadable"),
        (link_of({**BARE, "version": 2}), "OtherVersion"),
        (link_of({**BARE, "title": "x" * 300_000}), "TooLarge"),
        (link_of({**BARE, "items": [{"view": "findings", "remark": "x" * 4001}]}), "LongText"),
        (link_of({**BARE, "items": [{"view": "pie"}]}), "BadSpec"),
    ],
)
def test_a_link_with_a_broken_briefing_says_what_is_wrong_and_keeps_the_rest(
    token: str, name: str, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    app, t = opened("overview", basket=token, place="日照市"), text.messages("zh")
    assert [one.value for one in app.warning] == [t("notice.basket", why=why(t, name))]
    assert "日照市 ✕" in [one.label for one in app.button]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_an_item_that_cannot_be_made_is_left_out_of_the_files(lang: str, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    gone, good = Item("compare", {"metric": "gone.metric"}), Item("findings", {})
    app, t = opened("briefing", lang, basket=Briefing(items=(gone, good)).token()), text.messages(lang)
    assert t("view_briefing.left_out", n=1, what=f"{t('item.compare')} gone.metric", why=t("fault.UnknownMetric")) in [
        one.value.replace("\\", "") for one in app.warning
    ]
    assert len(app.get("download_button")) == len(exports.BRIEFING_FORMATS) + 1
    app = opened("briefing", lang, basket=Briefing(items=(gone,)).token())
    assert len(app.get("download_button")) == 1


def test_a_remark_that_is_too_long_is_cut_and_that_is_said(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    app = opened("briefing", basket=Briefing(items=(Item("findings", {}),)).token())
    app.text_area[0].set_value("长" * (TEXT_MOST + 100)).run()
    assert not app.exception and len(app.text_area[0].value) == TEXT_MOST
    assert "4,100" in app.toast[0].value


@pytest.mark.parametrize(
    ("page", "params"),
    [("compare", {"q": "没有这样"}), ("compare", {"kind": "commitment"}), ("domain", {"q": "没有这样"}), ("city", {"q": "没有这样"})],
)
def test_an_empty_page_has_a_heading_and_one_way_out(page: str, params: dict, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    app, t = opened(page, **params), text.messages("zh")
    assert len(app.title) == 1 and len(app.info) == 1
    assert [one.label for one in app.button].count(t("filter.reset")) == 1


@pytest.mark.parametrize(("params", "told"), [({}, 0), ({"place": "日照市"}, 0), ({"place": "烟台市"}, 1), ({"horizon": "2020"}, 1)])
def test_a_plan_beside_the_filters_is_said_to_be_so(params: dict, told: int, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(database))
    for page in ("city", "sources"):
        assert len(opened(page, plan="rizhao-2021", **params).info) == told
