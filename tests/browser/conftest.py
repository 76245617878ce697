"""What the browser tests share: tabs that record every complaint of the browser, and a way to wait until a view has settled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


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
        """Wait until the script has run and the heading stands."""
        expect(self.page.locator(IDLE)).to_have_count(1, timeout=30_000)
        expect(self.page.locator("h1")).to_have_count(1, timeout=30_000)
        expect(self.page.locator('[data-testid="stException"]')).to_have_count(0)
        return self.page

    def title(self) -> str:
        """The finding at the head of the page."""
        return self.page.locator("h1").inner_text()


@pytest.fixture
def contexts(browser: Browser, server: str) -> Iterator[Callable[..., Tab]]:
    """Makes tabs with settings of their own; what the browser complained of in any of them fails the test."""
    made: list[tuple[BrowserContext, Tab]] = []

    def make(**settings) -> Tab:
        context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 900}, **settings})
        tab = Tab(context.new_page(), server)
        tab.page.on("console", lambda message: tab.complaints.append(message.text) if message.type == "error" else None)
        tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
        made.append((context, tab))
        return tab

    yield make
    complaints = [complaint for _, tab in made for complaint in tab.complaints]
    for context, _ in made:
        context.close()
    assert complaints == []


@pytest.fixture
def tab(contexts: Callable[..., Tab]) -> Tab:
    """A tab 1280 pixels wide, in Chinese, light."""
    return contexts()
