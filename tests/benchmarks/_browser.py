"""What a person sees, by the clock of a real browser: the first chart after a start, after a reload, and after a click."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks._server import dashboard
from tests.conftest import free_port, launch

METRIC = "product.industrial_spot_check_pass_rate"
RELOADS, CLICKS = 5, 20
CHART = ".js-plotly-plot .ytick text"
# From the click to the frame after the one in which the chart stands with other labels and the script has ended.
CLICKED = """([pick, chart]) => new Promise((done, fail) => {
    const told = () => [...document.querySelectorAll(chart)].map((one) => one.textContent).join();
    const idle = () => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
    const before = told(), start = performance.now();
    const look = () => {
        if (performance.now() - start > 20000) fail(new Error("the chart stayed as it was"));
        else if (told() && told() !== before && idle()) requestAnimationFrame(() => done((performance.now() - start) / 1000));
        else requestAnimationFrame(look);
    };
    [...document.querySelectorAll('[data-testid="stSidebar"] button')].find((one) => one.textContent.includes(pick)).click();
    look();
})"""


@dataclass(frozen=True)
class Seen:
    """Seconds: server start to first chart, the browser's part of it, each reload, each click."""

    first: float
    first_visit: float
    reloads: list[float]
    clicks: list[float]


def watch(database: Path | None) -> Seen:
    """Start a browser, then a dashboard, and look at its charts."""
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as fonts:
        browser = launch(driver, Path(fonts))
        try:
            return look(browser, database)
        finally:
            browser.close()


def look(browser: Browser, database: Path | None) -> Seen:
    """All measures in one tab with an empty cache."""
    page = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900}).new_page()
    start, port = time.perf_counter(), free_port()
    with dashboard(database, port) as server:
        ready = time.perf_counter()
        page.goto(f"{server.address}/?lang=zh")
        page.wait_for_selector(CHART)
        first = time.perf_counter()
        reloads = [reload(page) for _ in range(RELOADS)]
        page.goto(f"{server.address}/compare?lang=zh&metric={METRIC}")
        page.wait_for_selector(CHART)
        clicks = click_places(page)
    return Seen(first - start, first - ready, reloads, clicks)


def reload(page: Page) -> float:
    """Seconds from a reload to the first chart."""
    start = time.perf_counter()
    page.reload(wait_until="commit")
    page.wait_for_selector(CHART)
    return time.perf_counter() - start


def click_places(page: Page) -> list[float]:
    """Seconds from each click on a place of the sidebar to the chart without the others, and with them again."""
    drawn = " ".join(page.locator(CHART).all_text_contents())
    offered = [one.strip(" ●") for one in page.locator('[data-testid="stSidebar"] button').all_text_contents()]
    places = [one for one in offered if len(one) > 1 and one in drawn]
    return [page.evaluate(CLICKED, [places[number // 2 % len(places)], CHART]) for number in range(CLICKS)]
