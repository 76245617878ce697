"""The briefing: from a chart into the basket, in order, retitled, saved and opened again, out as files that hold what was seen."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect
from pptx import Presentation

from analytics.export import Briefing, Item
from tests.browser.conftest import Tab, params

METRICS = ("product.industrial_spot_check_pass_rate", "food.food_pass_rate")
PICTURES = '[data-testid="stImage"] img'
TITLES = ("工业产品监督抽查合格率", "食品抽检合格率")


def fill(tab: Tab) -> Page:
    """Two charts from the Compare page in the basket, and its page open."""
    for metric in METRICS:
        page = tab.open(f"compare?lang=zh&metric={metric}") if metric == METRICS[0] else go(tab, metric)
        page.get_by_role("button", name="加入简报").click()
        expect(page.get_by_role("button", name="已在简报中")).to_be_disabled()
    page.get_by_role("link", name="简报（2）").click()
    expect(page).to_have_url(re.compile("/briefing.*basket="))
    return tab.settle()


def go(tab: Tab, metric: str) -> Page:
    """Choose another metric on the Compare page, by hand."""
    picker = tab.page.get_by_role("combobox", name="指标")
    picker.click()
    picker.fill(TITLES[METRICS.index(metric)])
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("h1")).to_contain_text(TITLES[METRICS.index(metric)])
    return tab.settle()


def titles(page: Page) -> list[str]:
    """The findings of the items, in order."""
    return page.locator(PICTURES).evaluate_all("images => images.map((image) => image.alt)")


def linked(address: str) -> Briefing:
    """The briefing that an address holds."""
    return Briefing.from_token(params(address)["basket"][0])


def saved(page: Page, name: str | re.Pattern) -> tuple[str, bytes]:
    """What a button saves."""
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_role("button", name=name).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_two_charts_go_in_change_places_and_come_out_as_slides(tab: Tab) -> None:
    page = fill(tab)
    expect(page.locator(PICTURES)).to_have_count(2)
    assert all(title.startswith(name) for title, name in zip(titles(page), TITLES, strict=True))
    page.get_by_role("button", name="下移").first.click()
    expect(page.locator(PICTURES).first).to_have_attribute("alt", re.compile(TITLES[1]))
    page.get_by_label("第1项的标题").fill("食品抽检:各地要求")
    page.keyboard.press("Enter")
    page.get_by_label("第1项的备注").fill("供讨论")
    page.get_by_label("简报标题").fill("质量目标对比")
    page.keyboard.press("Enter")
    expect(page.locator(PICTURES).first).to_have_attribute("alt", "食品抽检:各地要求")
    # No word on the page tells that the title has arrived; the link does.
    page.wait_for_url(lambda address: linked(address).title == "质量目标对比", wait_until="commit")
    tab.settle()
    name, data = saved(page, "PowerPoint 幻灯片")
    assert name == "质量目标对比.pptx"
    deck = Presentation(io.BytesIO(data))
    words = "\n".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    assert "质量目标对比" in words and "食品抽检:各地要求" in words and "供讨论" in words
    assert sum(shape.has_chart for slide in deck.slides for shape in slide.shapes) == 2
    name, data = saved(page, "Word 文稿")
    assert "食品抽检:各地要求" in "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)
    name, data = saved(page, "图片压缩包")
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == 4


def test_a_link_and_a_reload_and_a_file_restore_the_briefing(tab: Tab, contexts, tmp_path: Path) -> None:
    page = fill(tab)
    expect(page.locator(PICTURES)).to_have_count(2)
    found = titles(page)
    other = contexts(viewport={"width": 1000, "height": 800}, locale="zh-CN")
    copy = other.open(page.url.split("/", 3)[3])
    expect(copy.locator(PICTURES).first).to_have_attribute("alt", found[0])
    expect(copy.locator(PICTURES)).to_have_count(2)
    assert titles(copy) == found
    _, data = saved(page, "保存简报文件")
    assert [item["metric"] for item in json.loads(data)["items"]] == list(METRICS)
    page.get_by_role("link", name="总览").click()
    expect(page).not_to_have_url(re.compile("basket="))
    page.reload()
    expect(page.get_by_role("link", name="简报（2）")).to_be_visible()
    expect(page).not_to_have_url(re.compile("basket="))
    file = tmp_path / "saved.json"
    file.write_bytes(data)
    empty = contexts(viewport={"width": 1001, "height": 800}, locale="zh-CN").open("briefing?lang=zh")
    empty.locator('input[type="file"]').set_input_files(file)
    empty.get_by_role("button", name=re.compile("换成")).click()
    expect(empty.locator(PICTURES).first).to_have_attribute("alt", found[0])


def test_back_takes_a_step_of_the_basket_back(tab: Tab) -> None:
    page = fill(tab)
    page.get_by_role("button", name="移除").first.click()
    expect(page.locator("h1")).to_have_text("简报：1项内容")
    page.go_back()
    expect(page.locator("h1")).to_have_text("简报：2项内容")


def test_an_empty_basket_offers_a_draft(tab: Tab) -> None:
    page = contextless(tab)
    page.get_by_role("button", name="自动起草一份").click()
    expect(page.locator("h1")).to_have_text("简报：6项内容", timeout=60_000)
    expect(page.get_by_role("button", name="PowerPoint 幻灯片")).to_be_enabled()


def contextless(tab: Tab) -> Page:
    """The page with nothing in the basket."""
    page = tab.open("briefing?lang=zh")
    expect(page.locator("h1")).to_have_text("简报还没有内容")
    return page


@pytest.mark.parametrize("content", ["", "{}", "no json", '{"format": "citytargets-briefing", "version": 1, "items": [{"view": "pie"}]}'])
def test_a_file_that_is_no_briefing_is_refused_in_words(content: str, tab: Tab, tmp_path: Path) -> None:
    page = contextless(tab)
    file = tmp_path / "other.json"
    file.write_text(content)
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("other.json")


@pytest.mark.parametrize("token", ["x", "eJwDAAAAAAE", "%3Cscript%3E"])
def test_a_damaged_link_is_said_to_be_one(token: str, tab: Tab) -> None:
    page = tab.open(f"briefing?lang=zh&basket={token}")
    expect(page.get_by_role("alert").first).to_contain_text("链接里的简报没有载入")


def test_an_item_that_the_data_no_longer_has_can_be_taken_out(tab: Tab) -> None:
    token = Briefing(items=(Item("compare", {"metric": "gone.metric"}), Item("compare", {"metric": METRICS[1]}))).token()
    page = tab.open(f"briefing?lang=zh&basket={token}")
    expect(page.get_by_role("alert").first).to_contain_text("没有放进文件")
    expect(page.get_by_role("alert").last).to_contain_text("第1项做不出来")
    deck = Presentation(io.BytesIO(saved(page, "PowerPoint 幻灯片")[1]))
    assert sum(shape.has_chart for slide in deck.slides for shape in slide.shapes) == 1
    page.get_by_role("button", name="移除").first.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_role("button", name="PowerPoint 幻灯片")).to_be_enabled()
