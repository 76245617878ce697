"""The Chromium that the browser tests drive and the Chinese font that it draws with: `python tests/setup_browser.py`.

Looked for in this order: CITYTARGETS_BROWSER, an installed Chromium, Chrome or Edge, Debian's chromium (root or sudo without
a password), Playwright's own download.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge-stable", "microsoft-edge")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
# No sandbox: containers seldom allow one, and only this project's own pages are opened. The rest keeps it offline and off the GPU.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--disable-background-networking")
ADVICE = (
    "No browser for the tests was found and none could be installed: install Chromium or Chrome "
    "(Debian: sudo apt-get install chromium libatomic1), or set CITYTARGETS_BROWSER=/path/to/chrome, then run make test again."
)


def find_browser() -> str | None:
    """The first browser that starts without a window, or None."""
    return next((path for path in candidates() if starts(path)), None)


def candidates() -> list[str]:
    """Existing executables, the one that the user names first."""
    named = [os.environ.get("CITYTARGETS_BROWSER", "")]
    installed = [shutil.which(command) or "" for command in COMMANDS]
    return [path for path in (*named, *installed, *MAC_APPLICATIONS, *downloaded()) if path and Path(path).is_file()]


def downloaded() -> list[str]:
    """What Playwright has downloaded itself, the newest first; found without its driver, which may lack a library."""
    caches = (os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), "~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
    patterns = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")
    folders = [Path(cache).expanduser() for cache in caches if cache]
    return sorted((str(path) for folder in folders for pattern in patterns for path in folder.glob(pattern)), reverse=True)


def starts(path: str) -> bool:
    """Whether the browser prints an empty page; a missing library or Ubuntu's stand-in for its snap does not."""
    command = [path, "--headless", *ARGUMENTS, "--dump-dom", "about:blank"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and "<html>" in answer.stdout


def driver_works() -> bool:
    """Whether Playwright's own node starts; a bare Debian lacks its libatomic."""
    return subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, check=False).returncode == 0


def ready() -> bool:
    return driver_works() and find_browser() is not None


def install() -> bool:
    """Install what is missing by the first way that ends in a browser that starts."""
    ways = (
        ["sh", str(ROOT / ".ci" / "apt"), *([] if driver_works() else ["libatomic1"]), *([] if find_browser() else ["chromium"])],
        [sys.executable, "-m", "playwright", "install", "chromium"],
    )
    for command in ways:
        print("Preparing a browser for the tests: " + " ".join(command[2:]), flush=True)
        if subprocess.run(command, capture_output=True, check=False).returncode == 0 and ready():
            return True
    return False


def write_font_config(folder: Path, chinese: bool = True) -> Path:
    """A fontconfig file for FONTCONFIG_FILE: the machine's own fonts with the Chinese ones of the requirements, or with no Chinese ones."""
    fonts = f"<dir>{escape(str(Path(pylopdf_fonts_zh_cn.__file__).parent))}</dir>"
    no_fonts = '<selectfont><rejectfont><pattern><patelt name="lang"><string>zh-cn</string></patelt></pattern></rejectfont></selectfont>'
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        '  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>\n'
        f"  {fonts if chinese else no_fonts}\n"
        f"  <cachedir>{escape(str(folder / 'cache'))}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return path


def main() -> int:
    """Exit code 0 when a browser is ready; else one line that says what to do."""
    if ready() or install():
        return 0
    print(ADVICE, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
