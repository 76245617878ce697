"""Names of places: one shown everywhere, and every other one understood in an address."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.export.briefing import Item
from analytics.export.made import view_of
from analytics.places import aliases, listed, shown
from analytics.store import Store
from pages.ui.catalogue import build
from pages.ui.state import Known, read
from tests.synthetic import gold_path

SHOWN = [
    ("中卫市沙坡头区", "沙坡头区", "Shapotou (Zhongwei)"),
    ("日照市", "日照市", "Rizhao"),
    ("宁夏回族自治区", "宁夏回族自治区", "Ningxia"),
    ("全国", "全国", "China"),
    ("温州市鹿城区", "鹿城区", "温州市鹿城区"),
    ("郑州市中原区", "中原区", "郑州市中原区"),
    ("荆州市沙市区", "沙市区", "荆州市沙市区"),
    ("大兴安岭地区呼玛县", "呼玛县", "大兴安岭地区呼玛县"),
    ("延边朝鲜族自治州敦化市", "敦化市", "延边朝鲜族自治州敦化市"),
    ("德州市", "德州市", "德州市"),
]
KNOWN = [("日照市", "Rizhao"), ("中卫市沙坡头区", "Shapotou (Zhongwei)"), ("北京市朝阳区", ""), ("长春市朝阳区", "")]


@pytest.mark.parametrize(("place", "zh", "en"), SHOWN)
def test_a_place_is_shown_by_one_name(place: str, zh: str, en: str) -> None:
    assert (listed([place], "zh"), listed([place], "en")) == ([zh], [en])


def test_exports_show_the_names_of_the_pages_whatever_name_was_asked_for(tmp_path: Path) -> None:
    store = Store(gold_path(tmp_path))
    item = Item("compare", {"metric": "food.agri_product_pass_rate", "places": ["沙坡头区", "rizhao"]})
    catalogue = build(store)
    for lang in ("zh", "en"):
        view = view_of(store, item, lang)
        assert set(view.frame["place"]) == {catalogue.place("中卫市沙坡头区", lang), catalogue.place("日照市", lang)}
        assert "中卫市沙坡头区" not in "".join([view.title, *view.sentences, view.filters])


def test_empty_columns_stay_empty() -> None:
    assert shown(pd.Series([], dtype="str"), "zh").tolist() == listed([], "en") == []


@pytest.mark.parametrize(
    ("names", "places", "refused"),
    [
        (["沙坡头区"], ("中卫市沙坡头区",), []),
        (["中卫市沙坡头区"], ("中卫市沙坡头区",), []),
        (["沙坡头"], ("中卫市沙坡头区",), []),
        (["shapotou", "RIZHAO "], ("日照市", "中卫市沙坡头区"), []),
        (["Shapotou (Zhongwei)", "日照"], ("日照市", "中卫市沙坡头区"), []),
        (["长春市朝阳区"], ("长春市朝阳区",), []),
        (["朝阳区"], (), ["朝阳区"]),
        (["青岛市", "日照"], ("日照市",), ["青岛市"]),
    ],
)
def test_an_address_may_name_a_place_by_any_of_its_names(names: list[str], places: tuple[str, ...], refused: list[str]) -> None:
    known = Known(places=tuple(place for place, _ in KNOWN), names=aliases(KNOWN))
    state, notices = read({"place": names}, known)
    assert (state.place, [notice.value for notice in notices]) == (places, refused)
