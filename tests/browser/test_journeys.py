"""From a question to its evidence, as an analyst walks it; each step is asserted on what is seen."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab

SPOT_CHECK = "product.industrial_spot_check_pass_rate"


def same_visit(tab: Tab) -> bool:
    """Whether the page has not been loaded anew since `mark_visit`."""
    return tab.page.evaluate("window.visited === true")


def mark_visit(tab: Tab) -> None:
    """Leave a sign that a reload would take away."""
    tab.page.evaluate("window.visited = true")


def test_who_aims_higher_and_where_does_it_say_so(tab: Tab) -> None:
    page = tab.open("compare?lang=zh")
    picker = page.get_by_role("combobox", name="指标")
    picker.click()
    picker.fill("工业产品监督抽查合格率")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("工业产品监督抽查合格率")
    expect(page.get_by_role("note")).to_contain_text("可比")
    rows = page.locator("table").first.locator("tbody tr")
    page.wait_for_function(
        "() => document.querySelector('table tbody').rows.length === document.querySelectorAll('.js-plotly-plot .ytick text').length"
    )
    expect(rows.filter(has_text="日照市")).to_contain_text("≥93.5%")
    rows.filter(has_text="日照市").get_by_role("button").click()
    sentence = page.locator("[popover]:popover-open")
    expect(sentence.locator("mark")).to_contain_text("93.5%以上")
    expect(sentence).to_contain_text("日照市“十四五”质量发展规划")


def test_the_sentences_stand_below_the_chart_with_the_quote_marked(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={SPOT_CHECK}")
    cards = page.locator("figure")
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).not_to_have_count(0)
    expect(cards).to_have_count(rows.count())
    for card in cards.all():
        assert re.search(r"\d", card.locator("mark strong").inner_text())


def test_a_click_on_a_dot_names_its_statement_in_the_address(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={SPOT_CHECK}")
    dot = page.locator(".js-plotly-plot .scatterlayer .trace").last.locator("path.point").first
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile("indicator="))
    identity = re.search("indicator=([^&]+)", page.url)[1]
    expect(page.locator(f'[id="s-{identity}"]')).to_have_attribute("style", re.compile("background"))


def test_from_a_finding_to_its_proof_and_to_compare(tab: Tab) -> None:
    page = tab.open("?lang=zh")
    mark_visit(tab)
    card = page.locator("article").filter(has_text="目标不及基期").first
    card.get_by_role("button", name="查看原文").click()
    proof = page.locator("[popover]:popover-open")
    expect(proof.locator("figure")).to_have_count(2)
    page.keyboard.press("Escape")
    card.get_by_role("link", name="进入对比").click()
    expect(page).to_have_url(re.compile(f"/compare.*{SPOT_CHECK}"))
    tab.settle()
    expect(page.locator("h1")).to_contain_text("工业产品监督抽查合格率")
    assert same_visit(tab)


def test_from_the_heat_map_to_a_domain_of_one_place(tab: Tab) -> None:
    page = tab.open("?lang=zh")
    mark_visit(tab)
    page.get_by_role("link", name=re.compile("^烟台市 标准 ")).click()
    expect(page).to_have_url(re.compile("/domain.*domain=standards"))
    tab.settle()
    expect(page.locator("h1")).to_contain_text("标准")
    expect(page.locator('[data-testid="stMain"]').get_by_role("button", name="烟台市 ✕")).to_be_visible()
    assert same_visit(tab)


def test_a_domain_says_which_kind_of_blank(tab: Tab) -> None:
    page = tab.open("domain?lang=zh&domain=service")
    cells = page.locator("table").first.locator("td")
    expect(cells.filter(has_text="未提及")).not_to_have_count(0)
    texts = cells.all_inner_texts()
    assert all(text.strip() not in ("", "0", "None", "nan") for text in texts)
    mention = page.locator("table").first.get_by_role("button", name="未量化").first
    mention.click()
    expect(page.locator("[popover]:popover-open blockquote")).not_to_be_empty()


def test_a_citys_number_leads_to_its_place_in_the_text(tab: Tab) -> None:
    page = tab.open("city?lang=zh&plan=rizhao-2021")
    page.locator("table").first.locator("tbody tr").first.get_by_role("button").click()
    page.locator("[popover]:popover-open").get_by_role("link").click()
    expect(page).to_have_url(re.compile("/sources.*plan=rizhao-2021"))
    tab.settle()
    cited = page.locator("#cited-place")
    expect(cited).to_be_in_viewport(timeout=10_000)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_link_to_a_sentence_survives_other_ids_or_says_that_it_does_not(tab: Tab) -> None:
    words = quote("重点工业产品质量监督抽查合格率93.5%以上")
    page = tab.open(f"sources?lang=zh&plan=rizhao-2021&indicator=rizhao-2021-1-0&quote={words}")
    expect(page.get_by_role("status").first).to_contain_text("重新定位")
    expect(page.locator("#cited-place")).to_be_in_viewport(timeout=10_000)
    tab.open(f"sources?lang=zh&plan=rizhao-2021&indicator=rizhao-2021-1-0&quote={quote('这句话已经不在了')}")
    expect(page.get_by_role("alert")).to_contain_text("找不到")


def test_gaps_can_be_narrowed_to_what_is_below(tab: Tab) -> None:
    page = tab.open("gaps?lang=zh")
    page.locator('[data-testid="stMain"]').get_by_role("button", name="▽ 低于").click()
    expect(page).to_have_url(re.compile("relation=below"))
    tab.settle()
    rows = page.locator("table").nth(1).locator("tbody tr")
    expect(rows.filter(has_not_text="低于")).to_have_count(0)
    expect(rows).not_to_have_count(0)


def test_the_csv_holds_what_is_plotted(tab: Tab) -> None:
    page = tab.open(f"compare?lang=zh&metric={SPOT_CHECK}")
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="数据 CSV").click()
    raw = waiting.value.path().read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    shown = page.locator("table").first.locator("tbody tr")
    expect(shown).to_have_count(len(rows))
    for at, row in enumerate(rows):
        expect(shown.nth(at)).to_contain_text(row["label"])
    assert all(row["sentence"] and row["filters"] and row["data_version"] and row["cite"] for row in rows)


def test_per_head_and_index_views_change_the_axis_and_the_address(tab: Tab) -> None:
    page = tab.open("compare?lang=zh&metric=ip.registered_trademarks")
    labels = page.locator(".js-plotly-plot .annotation-text")
    before = labels.all_text_contents()
    page.get_by_role("radio", name="每万人").click()
    expect(page).to_have_url(re.compile("view=per"))
    expect(labels).not_to_have_text(before)
    expect(page.locator('[data-testid="stMain"]')).to_contain_text("人口来源")


@pytest.mark.parametrize("search", ["满意度", "标准"])
def test_search_marks_its_words_in_the_text(search: str, tab: Tab) -> None:
    page = tab.open("sources?lang=zh&plan=rizhao-2021")
    field = page.locator('[data-testid="stSidebar"]').get_by_role("textbox", name="检索")
    field.fill(search)
    field.press("Enter")
    expect(page).to_have_url(re.compile("q="))
    tab.settle()
    expect(page.locator("#found-place")).to_be_in_viewport(timeout=10_000)
    expect(page.locator("#found-place")).to_have_text(search)


def test_a_question_becomes_filters_that_can_be_taken_away(tab: Tab) -> None:
    page = tab.open("?lang=zh")
    field = page.get_by_role("textbox", name="提问或检索")
    field.fill("哪些城市2025年食品抽检合格率目标高于全国")
    field.press("Enter")
    expect(page).to_have_url(re.compile("ask="))
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).to_have_count(2)
    rows.filter(has_text="日照市").get_by_role("button").click()
    expect(page.locator("[popover]:popover-open mark")).to_contain_text("98.5%")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="高于全国目标 ✕").click()
    expect(page).to_have_url(re.compile("drop=relation"))
    expect(page.get_by_role("button", name="高于全国目标 ✕")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("button", name="高于全国目标 ✕")).to_be_visible()
    page.get_by_role("button", name="返回总览").click()
    expect(page.locator("h1")).to_contain_text("承诺了什么")


@pytest.mark.parametrize(
    ("ask", "said"), [("今天天气", "没有理解"), ("哪些城市没有提食品抽检合格率", "未提及"), ("<script>alert(1)</script>", "没有理解")]
)
def test_a_question_that_data_cannot_answer_says_so(ask: str, said: str, tab: Tab) -> None:
    page = tab.open(f"?lang=zh&ask={quote(ask)}")
    expect(page.locator('[data-testid="stMain"]')).to_contain_text(said)
