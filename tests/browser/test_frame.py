"""The frame and the address: the same frame everywhere, links that restore a view, hostile links, states that say what to do."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Tab, params
from tests.conftest import free_port, wait_until_healthy

ROOT = Path(__file__).resolve().parents[2]
FILTERS = ["地区", "领域", "类型", "规划期末", "检索", "语言"]
LINKS = ["总览", "指标对比", "领域", "城市", "差距与力度", "原文", "简报", "数据与方法"]
METRIC = "product.industrial_spot_check_pass_rate"
# Draws two characters in the font of the page; a machine without glyphs draws the same box for both.
GLYPHS = """async (pair) => {
    await document.fonts.load("32px " + getComputedStyle(document.body).fontFamily, pair);
    await document.fonts.ready;
    const draw = (text) => {
        const canvas = document.createElement("canvas"); canvas.width = canvas.height = 48;
        const pen = canvas.getContext("2d"); pen.font = "32px " + getComputedStyle(document.querySelector("h1")).fontFamily;
        pen.fillText(text, 4, 36); return canvas.toDataURL();
    };
    return draw(pair[0]) !== draw(pair[1]);
}"""


def frame(tab: Tab) -> list[str]:
    """What the side bar holds: links, then labels of the filters."""
    side = tab.page.locator('[data-testid="stSidebar"]')
    expect(side.locator('[data-testid="stPageLink"]')).to_have_count(len(LINKS))
    expect(side.locator('[data-testid="stWidgetLabel"]')).to_have_count(len(FILTERS))
    return [text for part in ("stPageLink", "stWidgetLabel") for text in side.locator(f'[data-testid="{part}"]').all_inner_texts()]


def test_a_cold_deep_link_on_a_new_server_shows_the_frame(tab: Tab, database: Path, tmp_path: Path) -> None:
    address = f"http://localhost:{(port := free_port())}"
    with open(log := tmp_path / "log.txt", "w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)], cwd=ROOT, stdout=output, stderr=output
        )
    try:
        wait_until_healthy(address, process, log)
        warm = tab.server
        tab.server = address
        tab.open("domain?lang=zh&domain=product")
        assert frame(tab) == [*LINKS, *FILTERS]
        assert "工业与消费品" in tab.title()
        cold, tab.server = frame(tab), warm
        # A tab that still shows a server when it ends asks for it, and the browser complains.
        tab.open()
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text()
    assert frame(tab) == cold


@pytest.mark.parametrize("path", ["", "compare", "domain", "city", "gaps", "sources", "briefing", "methods"])
def test_every_page_has_the_same_frame(path: str, tab: Tab) -> None:
    tab.open(path)
    labels = frame(tab)
    assert labels == [*LINKS, *FILTERS]
    expect(tab.page.locator('[data-testid="stSidebarNav"]')).to_have_count(0)


def test_a_copied_link_restores_the_view_in_a_new_browser(tab: Tab, contexts) -> None:
    page = tab.open("compare")
    page.locator('[data-testid="stSidebar"]').get_by_role("button", name="日照市").click()
    tab.settle()
    page.locator('[data-testid="stSidebar"]').get_by_role("button", name="泉州市").click()
    tab.settle()
    picker = page.get_by_role("combobox", name="指标")
    picker.click()
    picker.fill("工业产品监督抽查合格率")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("工业产品监督抽查合格率")
    tab.settle()
    asked = params(page.url)
    assert asked["metric"] == [METRIC] and sorted(asked["place"]) == ["日照市", "泉州市"] and asked["lang"] == ["zh"]
    other = contexts(locale="en-GB")
    copy = other.open(page.url.split("/", 3)[3])
    assert other.title() == tab.title()
    expect(copy.locator("table").first).to_have_text(page.locator("table").first.text_content())
    assert params(copy.url) == asked


def test_back_and_forward_walk_through_the_views(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={METRIC}")
    first = tab.title()
    page.get_by_role("radio", name="上级目标 = 100").click()
    expect(page).to_have_url(re.compile("view=index"))
    page.get_by_role("link", name="城市").click()
    expect(page).to_have_url(re.compile("/city"))
    tab.settle()
    page.go_back()
    expect(page).to_have_url(re.compile("compare.*view=index"))
    expect(page.locator("h1")).to_contain_text("上级目标为100")
    page.go_back()
    expect(page).not_to_have_url(re.compile("view=index"))
    expect(page.locator("h1")).to_have_text(first)
    expect(page.get_by_role("radio", name="数值")).to_be_checked()
    page.go_forward()
    expect(page).to_have_url(re.compile("view=index"))


@pytest.mark.parametrize(
    "query",
    [
        "metric=gone.metric",
        "place=%E7%81%AB%E6%98%9F",
        "domain=%3Cscript%3Ealert(1)%3C/script%3E",
        "page=-7",
        "view=pie",
        "horizon=99999",
        "kind=x%27%20OR%201=1",
    ],
)
@pytest.mark.parametrize("path", ["compare", "sources"])
def test_a_hostile_link_falls_back_with_a_notice(path: str, query: str, tab: Tab) -> None:
    page = tab.open(f"{path}?lang=zh&{query}")
    expect(page.get_by_role("alert").first).to_contain_text("已恢复默认")
    assert tab.title()


def test_one_click_changes_the_language_and_keeps_the_view(tab: Tab) -> None:
    page = tab.open(f"compare?metric={METRIC}")
    page.get_by_role("radio", name="English").click()
    expect(page.locator("h1")).to_contain_text("Industrial product spot-check pass rate")
    asked = params(page.url)
    assert asked["lang"] == ["en"] and asked["metric"] == [METRIC]


@pytest.mark.parametrize(("locale", "word"), [("zh-TW", "总览"), ("en-GB", "Overview"), ("de-DE", "Overview")])
def test_the_browser_chooses_the_first_language(locale: str, word: str, contexts) -> None:
    page = contexts(locale=locale).open()
    expect(page.locator('[data-testid="stSidebar"]').get_by_role("link", name=word)).to_be_visible()
    expect(page).to_have_url(re.compile("lang="))


def test_filters_stand_as_chips_and_go_with_one_click(tab: Tab) -> None:
    page = tab.open("domain?lang=zh&domain=food&place=日照市&place=烟台市")
    main = page.locator('[data-testid="stMain"]')
    main.get_by_role("button", name="烟台市 ✕").click()
    expect(page).not_to_have_url(re.compile("%E7%83%9F%E5%8F%B0"))
    main.get_by_role("button", name="全部清除").click()
    expect(main.get_by_role("button", name="全部清除")).to_have_count(0)
    assert set(params(page.url)) == {"lang"}


def test_an_empty_result_says_what_to_do(tab: Tab) -> None:
    page = tab.page
    page.goto(f"{tab.server}/compare?lang=zh&q=没有这样的指标")
    expect(page.get_by_role("status").first).to_contain_text("没有符合条件的指标")
    page.locator('[data-testid="stMain"]').get_by_role("button", name="全部清除").last.click()
    expect(page.locator("h1")).to_have_count(1)


def test_a_single_place_says_that_there_is_nothing_to_compare(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={METRIC}&place=日照市")
    expect(page.get_by_role("note")).to_contain_text("只有一个地区")


def test_chinese_is_drawn_on_a_machine_without_chinese_fonts(fontless_browser: Browser, server: str) -> None:
    page = fontless_browser.new_page(locale="zh-CN")
    page.goto(f"{server}/compare?lang=zh")
    expect(page.locator("h1")).to_have_count(1, timeout=30_000)
    assert page.evaluate(GLYPHS, "质量") is True
    page.close()


def test_the_keyboard_reaches_a_sentence(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={METRIC}")
    number = page.locator("table button").first
    number.focus()
    assert number.evaluate("element => getComputedStyle(element).outlineStyle") != "none" or page.evaluate(
        "document.activeElement.matches(':focus')"
    )
    page.keyboard.press("Enter")
    sentence = page.locator("[popover]:popover-open")
    expect(sentence).to_contain_text("合格率")
    page.keyboard.press("Escape")
    expect(sentence).to_have_count(0)
