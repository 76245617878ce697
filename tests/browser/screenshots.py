"""The pictures of the README, taken from the dashboard over the project's own plans: `python -m tests.browser.screenshots`.

Each is a page at 1280 pixels in Chinese and light, cut off below the part that matters. A complaint of the browser, a picture without
the part that it is for, or one that stays heavier than LIMIT ends the run and leaves the old files as they are.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from analytics.export import Briefing
from tests.browser.conftest import SETTLED
from tests.conftest import ROOT, free_port, launch, wait_until_healthy

FOLDER = ROOT / ".readme"
LIMIT = 250_000
WIDTH, MARGIN = 1280, 16
COLOURS = (256, 128, 64, 32)
BRIEFING = ROOT / "data" / "briefings" / "quality.toml"
METRIC = "product.industrial_spot_check_pass_rate"


@dataclass(frozen=True)
class Picture:
    """A page to photograph: its address, the link to follow from there, the element that ends the picture, the least window height."""

    address: str
    until: str
    follow: str = ""
    height: int = 900


PICTURES = {
    "compare.png": Picture(f"compare?lang=zh&metric={METRIC}", "figure >> nth=0", height=2400),
    "overview.png": Picture("?lang=zh", ".js-plotly-plot >> nth=1", height=2400),
    "briefing.png": Picture(
        f"briefing?lang=zh&basket={Briefing.load(BRIEFING).token()}", '[data-testid="stImage"] img >> nth=0', height=2400
    ),
    "sources.png": Picture(f"compare?lang=zh&metric={METRIC}", "", follow="figure a[data-in] >> nth=0"),
}


@contextmanager
def dashboard() -> Iterator[str]:
    """The address of a dashboard over the freshly built database, stopped afterwards."""
    environment = {name: value for name, value in os.environ.items() if name != "CITYTARGETS_DATABASE"}
    subprocess.run([sys.executable, "-m", "etl", "build"], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port := free_port())]
    with tempfile.TemporaryDirectory() as folder, open(log := Path(folder) / "log.txt", "w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            wait_until_healthy(address := f"http://localhost:{port}", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def settle(page: Page) -> None:
    """Wait until the script has run, the charts are drawn and the fonts are there."""
    page.wait_for_function(SETTLED, timeout=30_000)
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(800)


def take(browser: Browser, server: str, picture: Picture) -> bytes:
    """One picture as the browser gives it. Raises RuntimeError where the browser complains."""
    page = browser.new_page(locale="zh-CN", color_scheme="light", viewport={"width": WIDTH, "height": picture.height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server}/{picture.address}")
    settle(page)
    if picture.follow:
        page.goto(page.locator(picture.follow).evaluate("link => link.href"))
        settle(page)
    bottom = picture.height
    if picture.until:
        box = page.locator(picture.until).bounding_box()
        bottom = min(picture.height, int(box["y"] + box["height"]) + MARGIN)
    raw = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": bottom})
    page.close()
    if complaints:
        raise RuntimeError(f"{picture.address}: the browser complains: {complaints[0]}")
    return raw


def packed(raw: bytes) -> bytes:
    """The same picture with as many of COLOURS as LIMIT allows. Raises RuntimeError where none is light enough."""
    whole = Image.open(io.BytesIO(raw)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        whole.quantize(colours, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LIMIT:
            return out.getvalue()
    raise RuntimeError(f"{out.tell():,} bytes with {colours} colours, {LIMIT:,} at most: cut the picture off further up")


def main() -> None:
    """Take all pictures, then write them."""
    with dashboard() as server, tempfile.TemporaryDirectory() as fonts, sync_playwright() as driver:
        browser = launch(driver, Path(fonts))
        made = {name: packed(take(browser, server, picture)) for name, picture in PICTURES.items()}
        browser.close()
    FOLDER.mkdir(exist_ok=True)
    for name, content in made.items():
        (FOLDER / name).write_bytes(content)
        print(f"{(FOLDER / name).relative_to(ROOT)}\t{len(content):,} bytes")


if __name__ == "__main__":
    main()
