"""Every page in both languages, both themes and two widths: drawn, no complaint, nothing serious for axe, nothing cut off."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PATHS = {
    "overview": "",
    "compare": "compare",
    "domain": "domain",
    "city": "city",
    "gaps": "gaps",
    "sources": "sources",
    "briefing": "briefing",
    "methods": "methods",
}
DARK, LIGHT = "rgb(18, 23, 29)", "rgb(255, 255, 255)"


def serious(page: Page) -> list[str]:
    """Rules of axe that are broken gravely, each with the first element."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0].get('failureSummary', '')[:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PATHS)
def test_wide(name: str, lang: str, theme: str, contexts) -> None:
    tab = contexts(color_scheme=theme, locale={"zh": "zh-CN", "en": "en-GB"}[lang])
    page = tab.open(PATHS[name])
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[lang])
    assert (
        page.locator('[data-testid="stApp"]').evaluate("element => getComputedStyle(element).backgroundColor")
        == {"light": LIGHT, "dark": DARK}[theme]
    )
    assert serious(page) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PATHS)
def test_narrow(name: str, lang: str, contexts) -> None:
    tab = contexts(viewport={"width": 390, "height": 844}, locale={"zh": "zh-CN", "en": "en-GB"}[lang])
    page = tab.open(PATHS[name])
    main = page.locator('[data-testid="stMain"]')
    assert main.evaluate("element => element.scrollWidth - element.clientWidth") <= 1, "the page scrolls sideways"
    for text in page.locator(".js-plotly-plot .annotation-text, .js-plotly-plot .ytick text, .js-plotly-plot .xtick text").all():
        box = text.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 390), f"cut off: {text.text_content()}"
