"""Fixtures that every test file may use: the project's folder, the built database, the running dashboard, a browser and a page in it."""
from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.setup_browser import ADVICE, ARGUMENTS, find_browser, write_font_config

ROOT = Path(__file__).resolve().parent.parent
STARTUP_SECONDS = 60

# The same examples on every machine; no deadline, since two workers share the cores.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the project's own plans, brought up to date once for all workers."""
    with open(tmp_path_factory.getbasetemp().parent / "build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = subprocess.run([sys.executable, "-m", "etl", "build"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    return ROOT / "data" / "citytargets.duckdb"


@pytest.fixture(scope="session")
def served(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a dashboard over `database`, as `make run` starts it but on a free port, and the file that its log goes to."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    address = f"http://localhost:{(port := free_port())}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with open(log, "w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_healthy(address, process, log)
        yield address, log
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(served: tuple[str, Path]) -> str:
    """The address of that dashboard."""
    return served[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def wait_until_healthy(address: str, process: subprocess.Popen, log: Path) -> None:
    """Return when the server answers; fail with its log when it ends or stays silent."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address + "/_stcore/health", timeout=5).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the dashboard did not start on {address}:\n{log.read_text()}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, one for each worker."""
    with sync_playwright() as driver:
        yield driver


def launch(playwright: Playwright, fonts: Path, chinese: bool = True) -> Browser:
    """A headless Chromium that has a Chinese font, or has none; `fonts` is a folder of its own for the font settings."""
    executable = find_browser()
    assert executable, ADVICE
    environment = {**os.environ, "FONTCONFIG_FILE": str(write_font_config(fonts, chinese))}
    return playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS), env=environment)


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium that can draw Chinese."""
    chromium = launch(playwright, tmp_path_factory.mktemp("fonts"))
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def fontless_browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium on a machine without any Chinese font."""
    chromium = launch(playwright, tmp_path_factory.mktemp("fonts"), chinese=False)
    yield chromium
    chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab of its own session, 1280 x 900, in Chinese."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
