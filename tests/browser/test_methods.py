"""Data and methods in a browser: figures of the accuracy, the way from a difference to its sentence, downloads, and SQL."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from analytics import sql
from analytics.accuracy import accuracy
from analytics.store import Store
from tests.browser.conftest import Tab, params
from tests.browser.test_every_page import serious


def open_query(tab: Tab, text: str, lang: str = "zh") -> Page:
    """The page with a query in its address, answered."""
    return tab.open(f"methods?lang={lang}&sql={quote(text)}")


def asked(page: Page) -> str:
    """The query in the address."""
    return params(page.url).get("sql", [""])[0]


def result(page: Page):
    return page.get_by_role("region", name="查询结果").locator("tbody tr")


# --- can I trust this?


def test_the_accuracy_is_that_of_the_data(tab: Tab, database: Path) -> None:
    found = accuracy(Store(database))
    page = tab.open("methods?lang=zh")
    heading = page.get_by_role("heading", name=re.compile("人工标注的"))
    expect(heading).to_contain_text(str(found.total.required))
    expect(heading).to_contain_text(str(found.total.found))
    rows = page.get_by_role("region", name="提取准确度").locator("tbody tr")
    expect(rows).to_have_count(len(found.scores) + 1)
    for score, row in zip([*found.scores, found.total], rows.all(), strict=True):
        expect(row).to_contain_text(f"{score.found} / {score.required}")
        expect(row.locator("td").nth(5)).to_have_text(f"{score.goals_found} / {score.goals}")


def test_a_difference_leads_to_its_sentence(tab: Tab, database: Path) -> None:
    differences = [miss for score in accuracy(Store(database)).scores for miss in score.differences]
    title = f"与标注不一致之处（{len(differences)}）"
    for index in (0, len(differences) - 1):
        page = tab.open("methods?lang=zh")
        page.get_by_text(title, exact=True).click()
        rows = page.get_by_role("region", name=title).locator("tbody tr")
        expect(rows).to_have_count(len(differences))
        words = "".join(rows.nth(index).locator("a").inner_text().split())
        rows.nth(index).locator("a").click()
        expect(page).to_have_url(re.compile("/sources"))
        tab.settle()
        cited = page.locator("#cited-place, .cited-place").first
        expect(cited).to_be_in_viewport()
        assert words.startswith("".join(cited.inner_text().split()))


def test_the_record_names_the_version_and_every_quote_is_verbatim(tab: Tab, database: Path) -> None:
    store = Store(database)
    page = tab.open("methods?lang=en")
    record = page.get_by_role("list", name="Build record")
    expect(record).to_contain_text(store.build_id)
    rows = page.get_by_role("region", name="Plans", exact=True).locator("tbody tr")
    expect(rows).to_have_count(len(store.plans()))
    for row in rows.all():
        same, total = row.locator("td").nth(2).inner_text().split(" / ")
        assert same == total


def test_the_contents_lead_to_the_parts(tab: Tab) -> None:
    page = tab.open("methods?lang=zh")
    for name, at in (("SQL 查询", "sql"), ("提取准确度", "accuracy"), ("下载", "downloads")):
        page.get_by_role("navigation", name="本页内容").get_by_role("link", name=name).click()
        expect(page.locator(f"#{at}")).to_be_in_viewport()
        tab.settle()


# --- downloads


def test_the_package_is_whole(tab: Tab, tmp_path: Path, database: Path) -> None:
    page = tab.open("methods?lang=zh")
    with page.expect_download() as download:
        page.get_by_role("button", name="全部数据（zip）").click()
    assert download.value.suggested_filename == f"citytargets-{Store(database).build_id[:12]}.zip"
    download.value.save_as(tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as archive:
        names = set(archive.namelist())
        assert {"datapackage.json", "README.md", "rebuild.sql", "data/indicators.csv", "data/plans.parquet"} <= names
        for resource in json.loads(archive.read("datapackage.json"))["resources"]:
            kind, _, checksum = resource["hash"].rpartition(":")
            assert hashlib.new(kind or "md5", archive.read(resource["path"])).hexdigest() == checksum


# --- SQL


@pytest.mark.parametrize("name", ["targets", "columns"])
def test_an_example_is_put_into_the_address_and_answered(name: str, tab: Tab) -> None:
    page = tab.open("methods?lang=zh")
    expect(result(page)).to_have_count(0)
    page.get_by_role("button", name={"targets": "各地目标数", "columns": "表结构"}[name]).click()
    expect(result(page)).not_to_have_count(0)
    assert asked(page) == sql.EXAMPLES[name]
    expect(page.get_by_label("查询", exact=True)).to_have_value(sql.EXAMPLES[name])


def test_a_query_is_typed_run_shared_and_saved(tab: Tab, contexts, tmp_path: Path) -> None:
    text = "SELECT place, '=1+1' AS formula,\n  98.50::DECIMAL(9, 4) AS share FROM places ORDER BY place"
    page = tab.open("methods?lang=zh")
    page.get_by_label("查询", exact=True).fill(text)
    page.get_by_role("button", name="运行").click()
    expect(result(page)).not_to_have_count(0)
    assert asked(page) == text
    with page.expect_download() as download:
        page.get_by_role("button", name="结果 CSV").click()
    download.value.save_as(tmp_path / "result.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "result.csv").read_text("utf-8-sig"))))
    assert rows[0] == ["place", "formula", "share"] and {tuple(row[1:]) for row in rows[1:]} == {("'=1+1", "98.5")}
    copy = contexts(locale="en-GB").open(page.url.split("/", 3)[3])
    expect(result(copy)).to_have_count(len(rows) - 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DROP TABLE plans", "只能查询"),
        ("SELECT 1; SELECT 2", "一次只能运行一条查询"),
        ("FROM read_text('/etc/passwd')", "不能读写文件"),
        ("FROM nothing", "Table with name nothing does not exist"),
        ("SELECT length(repeat('x', 1000000000))", "内存超过限额"),
        ("SELECT '<img src=x onerror=alert(1)>' FROM \"<script>\"", "DuckDB 的说明"),
    ],
)
def test_what_is_refused_is_said_in_a_sentence(text: str, words: str, tab: Tab) -> None:
    page = open_query(tab, text)
    expect(page.locator('[data-testid="stMain"]')).to_contain_text(words)
    expect(page.locator('[data-testid="stMain"]')).not_to_contain_text("Traceback")
    expect(result(page)).to_have_count(0)
    expect(page.get_by_role("heading", name="指标定义")).to_be_attached()


def test_an_endless_query_ends_and_the_page_goes_on(tab: Tab, contexts) -> None:
    page = open_query(tab, "SELECT 1")
    page.get_by_label("查询", exact=True).fill("SELECT sleep_ms(600000)")
    page.get_by_role("button", name="运行").click()
    other = contexts(locale="en-GB").open("methods?lang=en")
    expect(other.get_by_role("heading", name=re.compile("Definitions"))).to_be_attached()
    expect(page.get_by_text("查询超过时限")).to_be_visible(timeout=20_000)


def test_values_of_a_result_are_text_and_nothing_else(tab: Tab) -> None:
    page = open_query(tab, "SELECT '<b>bold</b><script>alert(1)</script>' AS \"<i>x</i>\", NULL AS n, repeat('长', 400) AS long")
    cells = result(page).first.locator("th, td")
    expect(cells.nth(0)).to_have_text("<b>bold</b><script>alert(1)</script>")
    expect(cells.nth(1)).to_have_text("空")
    expect(cells.nth(2)).to_have_text("长" * 160 + "…")


def test_a_query_that_is_too_long_for_an_address_is_set_aside(tab: Tab) -> None:
    page = open_query(tab, "SELECT 1 -- " + "x" * 2500)
    expect(page.locator('[data-testid="stAlert"]')).to_contain_text("sql=")
    expect(result(page)).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_with_a_result_and_all_opened_nothing_is_serious(theme: str, width: int, contexts) -> None:
    tab = contexts(color_scheme=theme, viewport={"width": width, "height": 900})
    page = open_query(tab, sql.EXAMPLES["metric"])
    page.get_by_text("各字段正确率", exact=True).click()
    page.get_by_text(re.compile(r"^与标注不一致之处（\d+）$")).click()
    page.locator("details summary", has_text="indicators").click()
    expect(page.get_by_text("原文逐字片段", exact=False)).to_be_visible()
    assert serious(page) == []
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 1, "the page scrolls sideways"
