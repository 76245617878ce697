"""What the browser tests share: tabs that record every complaint of the browser, and a way to wait until a view has settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

expect.set_options(timeout=15_000)
# An app that has not begun its first run is as idle as one that has ended it: the heading must stand, and both for a while.
SETTLED = """() => {
    const idle = document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]');
    const unfinished = document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
    const drawn = idle && !unfinished && document.querySelectorAll("h1").length === 1;
    window.settledSince = drawn ? (window.settledSince || performance.now()) : 0;
    return drawn && performance.now() - window.settledSince > 150;
}"""


def params(address: str) -> dict[str, list[str]]:
    """The query parameters of an address."""
    return parse_qs(urlsplit(address).query)


@dataclass
class Tab:
    """A page of the dashboard in a browser, and what the browser had to complain of."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Page:
        """Go to an address of the dashboard and wait until it is drawn."""
        self.page.goto(f"{self.server}/{path}")
        return self.settle()

    def settle(self) -> Page:
        """Wait until the script has run, the heading stands, nothing of an older run is left and no widget waits for its code."""
        self.page.evaluate("window.settledSince = 0")
        self.page.wait_for_function(SETTLED, timeout=30_000)
        expect(self.page.locator('[data-testid="stException"]')).to_have_count(0)
        return self.page

    def title(self) -> str:
        """The finding at the head of the page."""
        return self.page.locator("h1").inner_text()


@pytest.fixture(scope="session")
def kept(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Browser contexts by their settings, kept so that the scripts of the framework are loaded once each."""
    made: dict[str, BrowserContext] = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def contexts(browser: Browser, server: str, kept: dict[str, BrowserContext]) -> Iterator[Callable[..., Tab]]:
    """Makes tabs with settings of their own; what the browser complained of in any of them fails the test."""
    made: list[Tab] = []

    def make(**settings) -> Tab:
        wanted = {"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **settings}
        context = kept.get(repr(wanted)) or kept.setdefault(repr(wanted), browser.new_context(**wanted))
        tab = Tab(context.new_page(), server)
        tab.page.on("console", lambda message: tab.complaints.append(message.text) if message.type == "error" else None)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        made.append(tab)
        return tab

    yield make
    complaints = [complaint for tab in made for complaint in tab.complaints]
    for tab in made:
        tab.page.close()
    assert complaints == []


@pytest.fixture
def tab(contexts: Callable[..., Tab]) -> Tab:
    """A tab 1280 pixels wide, in Chinese, light."""
    return contexts()
