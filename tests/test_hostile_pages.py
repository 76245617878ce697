"""Whatever an address, a link or a file says, a page shows what was wrong with it, and nothing fails without being provided for."""

from __future__ import annotations

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.export.briefing import Briefing
from analytics.export.common import ExportError
from pages.ui import faults, text
from pages.ui.frame import PAGES
from tests import hostile
from tests.benchmarks._analyst import RunFailed, analyst
from tests.fixtures.pages import opened
from tests.synthetic import write_rows

ROOT = Path(__file__).resolve().parent.parent
MARKED = "A https://evil.example B www.evil.example C a@evil.example D [k](http://evil.example) :material/home: -> --"


async def visited(address: str, pairs: list[tuple[str, str]]) -> list[str]:
    """What failed of so many visits in one session."""
    failed = []
    async with analyst(address) as one:
        for page, query in pairs:
            try:
                await one.visit(page, query)
            except RunFailed as error:
                failed.append(str(error))
    return failed


def test_no_address_and_no_link_brings_up_an_exception(served: tuple[str, Path]) -> None:
    address, log = served
    before = len(log.read_text(encoding="utf-8"))
    pairs = [*hostile.addresses(110), *(("briefing", f"basket={token}") for token in hostile.links(50)), ("methods", "q=zzz")]
    assert asyncio.run(visited(address, pairs)) == []
    assert "Error: " not in log.read_text(encoding="utf-8")[before:]


def test_what_nothing_provides_for_is_said_in_the_words_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(faults.st, "error", lambda body, icon: shown.append(body))
    monkeypatch.setattr(faults.st, "html", shown.append)
    for lang in text.LANGUAGES:
        monkeypatch.setattr(faults.st, "query_params", {"lang": lang})
        assert faults.unforeseen(KeyError("secret")) is True
        assert "KeyError" in shown[-2] and "secret" not in "".join(shown) and f"?lang={lang}" in shown[-1]
        assert text.messages(lang)("fault.unforeseen", kind="KeyError") == shown[-2]


@pytest.mark.parametrize("path", ["/", "/compare", "/_stcore/health", "/app/static/NotoSansSC-Regular.otf", "/_stcore/metrics", "/none.js"])
def test_every_answer_says_what_a_browser_may_do_with_it(path: str, server: str) -> None:
    try:
        answer = urllib.request.urlopen(server + path)
    except urllib.error.HTTPError as error:
        answer = error
    assert (answer.status == 404) == (path == "/_stcore/metrics") and b"# TYPE" not in answer.read(2000)
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Referrer-Policy"] == "same-origin"


# --- files


@pytest.fixture(scope="module")
def loader(database: Path) -> AppTest:
    """The briefing page, open with an empty basket."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.run()
    app.switch_page(PAGES["briefing"]).run()
    return app


@pytest.mark.parametrize(("name", "content"), [pytest.param(*one, id=one[0]) for one in hostile.briefings(60)])
def test_a_file_is_taken_over_or_the_page_says_what_is_wrong_with_it(name: str, content: bytes, loader: AppTest) -> None:
    loader.file_uploader[0].set_value((name, content, "application/json")).run()
    assert not loader.exception
    try:
        Briefing.from_file(content, name)
    except ExportError as error:
        told = faults.told(text.messages("zh"), error)
        assert [one.value for one in loader.error] == [f"{text.plain(name)}：{told}"] and "{" not in told.replace(r"\{", "")
    else:
        assert not loader.error and "basket_take" in [one.key for one in loader.button]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"view": {}}, ("第1项", "view", "compare")),
        ({"view": "pie"}, ("第1项", "pie", "compare")),
        ({"view": "compare"}, ("第1项", "metric")),
        ({"view": "compare", "metric": "x", "nonsense": 1}, ("第1项", "nonsense", "metric")),
        ({"view": "compare", "metric": "x", "chart": "pie"}, ("第1项", "chart", "pie", "dumbbell")),
        ({"view": "findings", "title": "\ud800"}, ("第1项", "title", "ud800")),
        ({"view": "findings", "words": "\ud800"}, ("第1项", "words", "ud800")),
    ],
)
def test_what_is_wrong_with_an_item_is_named(body: dict, said: tuple[str, ...]) -> None:
    with pytest.raises(ExportError) as caught:
        Briefing.from_json(json.dumps({"format": "citytargets-briefing", "version": 1, "items": [body]}).encode())
    told = faults.told(text.messages("zh"), caught.value)
    assert all(word in told for word in said) and "请" in told


# --- titles


@pytest.mark.parametrize("words", [MARKED, "HTTPS://EVIL.EXAMPLE", "见 http://a.cn/x?y=1&z=2 。", "www.a.cn", "<b>x</b>", "$x$ `y` ~~z~~"])
def test_text_shows_as_it_is_where_markdown_is_read(words: str) -> None:
    shown = text.plain(words)
    assert shown.replace("\\", "").replace(text.JOINER, "") == words
    assert not any(one in shown for one in ("://", "www.", "[k](", "-->"))


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("plans", [0, 1], ids=["a plan without a statement", "one statement"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_next_to_nothing_has_its_words(
    name: str, plans: int, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"plan_id": "a", "metric_id": "food.food_pass_rate", "value": 98, "year": 2025}][:plans]
    monkeypatch.setenv("CITYTARGETS_DATABASE", str(write_rows(tmp_path / "one.duckdb", [{"plan_id": "a", "place": "甲市"}], rows)))
    app = opened(name, lang)
    assert not app.exception and len(app.title) == 1
