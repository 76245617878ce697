"""The set-up: pins that agree and are installed, make targets, the installer's stamp, a browser that draws Chinese."""
from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from playwright.sync_api import Browser, Page

from tests import setup_browser

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT_FILES = ("requirements.txt", "tests/requirements.txt")


def requirements(file: str) -> list[Requirement]:
    """The requirements that a file lists and that apply to this machine."""
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    listed = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return [requirement for requirement in listed if requirement.marker is None or requirement.marker.evaluate()]


def installed(name: str) -> str:
    """The version that is installed; 0 for none."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


@pytest.mark.parametrize("file", [*REQUIREMENT_FILES, ".constraints.txt"])
def test_every_requirement_is_one_exact_version(file: str):
    loose = [str(requirement) for requirement in requirements(file) if not re.fullmatch(r"==[\w.]+", str(requirement.specifier))]
    assert requirements(file) and not loose


@pytest.mark.parametrize("file", [*REQUIREMENT_FILES, ".constraints.txt"])
def test_installed_versions_are_the_pins(file: str):
    found = {requirement: installed(requirement.name) for requirement in requirements(file)}
    others = {str(requirement): present for requirement, present in found.items() if present not in requirement.specifier}
    assert not others, f"installed otherwise than {file} says: {others}"


def test_direct_and_transitive_pins_agree():
    locked = {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements(".constraints.txt")}
    direct = [requirement for file in REQUIREMENT_FILES for requirement in requirements(file)]
    assert not [str(requirement) for requirement in direct if locked.get(canonicalize_name(requirement.name)) != requirement.specifier]


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    outer = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON", "PORT", "ADDRESS", "ARGS"}
    inherited = {name: value for name, value in os.environ.items() if name not in outer}
    return subprocess.run(["make", *arguments], cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("target", "in_order"),
    [
        ("run", [".ci/setup.py requirements.txt", "-m etl build", "-m streamlit run app.py"]),
        ("test", [".ci/setup.py requirements.txt tests/requirements.txt", "setup_browser.py", "-m pytest"]),
        ("lint", [".ci/setup.py requirements.txt tests/requirements.txt", "-m ruff check"]),
        ("benchmark", [".ci/setup.py requirements.txt tests/requirements.txt", "-m tests.benchmarks"]),
        ("fuzz", [".ci/setup.py requirements.txt tests/requirements.txt tests/fuzz/requirements.txt", "-m tests.fuzz"]),
        ("audit", [".ci/setup.py requirements.txt", "pip-audit==", "-r .constraints.txt"]),
    ],
)
def test_make_targets_set_up_first(target: str, in_order: list[str]):
    plan = make("-n", target).stdout
    places = [plan.find(step) for step in in_order]
    assert -1 not in places and places == sorted(places), plan


def test_port_and_address_can_be_chosen():
    assert "--server.port 8600 --server.address 0.0.0.0" in make("-n", "run", "PORT=8600", "ADDRESS=0.0.0.0").stdout


def test_make_without_a_python_says_so_in_one_line(tmp_path: Path):
    for tool in ("make", "sh"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    refused = make("run", PATH=str(tmp_path))
    assert refused.returncode != 0
    assert len(refused.stderr.splitlines()) == 1 and "Python 3.11 to 3.14 was not found" in refused.stderr


def test_help_lists_every_target():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    listed = [line.split("\t")[0] for line in make("help").stdout.splitlines()]
    assert listed == targets


def test_ci_runs_make_test_and_nothing_else():
    script = ROOT / ".ci" / "run"
    lines = [line for line in script.read_text().splitlines() if not line.startswith(("#", "set ", "cd "))]
    assert lines == ["exec make test"] and os.access(script, os.X_OK)


def test_the_dashboard_is_served_for_production():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["headless"] and settings["server"]["port"] == 8501
    assert not settings["browser"]["gatherUsageStats"]
    assert not settings["runner"]["fastReruns"] and not settings["runner"]["postScriptGC"]
    assert {"toolbarMode": "viewer", "showErrorDetails": "none"}.items() <= settings["client"].items()


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """.ci/setup.py over a small project; `calls` gets the files of each installation, `succeeds` decides how it ends."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    for name in ("requirements.txt", "tests/requirements.txt", ".constraints.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# nothing\n")
    module = runpy.run_path(str(tmp_path / ".ci" / "setup.py"))
    state = SimpleNamespace(root=tmp_path, venv=tmp_path / ".venv", calls=[], created=0, succeeds=True)

    def create(venv: Path, unfinished: Path) -> bool:
        shutil.rmtree(venv, ignore_errors=True)
        (venv / "bin").mkdir(parents=True)
        unfinished.touch()
        (venv / "bin" / "python").symlink_to(sys.executable)
        state.created += 1
        return True

    def install(python: Path, files: list[str]) -> bool:
        state.calls.append(files)
        if state.succeeds is None:
            raise KeyboardInterrupt
        return state.succeeds

    update = module["update"]
    update.__globals__.update(create=create, install=install)
    state.update = lambda *files: update(state.venv, list(files))
    return state


def test_nothing_is_installed_twice(installer: SimpleNamespace):
    assert [installer.update("requirements.txt") for _ in range(3)] == [0, 0, 0]
    assert installer.calls == [["requirements.txt"]]


def test_test_tools_are_added_and_then_enough_for_a_run(installer: SimpleNamespace):
    installer.update("requirements.txt")
    installer.update(*REQUIREMENT_FILES)
    installer.update("requirements.txt")
    assert installer.calls == [["requirements.txt"], list(REQUIREMENT_FILES)] and installer.created == 1


@pytest.mark.parametrize("changed", ["requirements.txt", ".constraints.txt"])
def test_a_changed_pin_is_installed_and_so_is_its_return(installer: SimpleNamespace, changed: str):
    for text in ("# nothing\n", "# other\n", "# nothing\n"):
        (installer.root / changed).write_text(text)
        installer.update("requirements.txt")
    assert len(installer.calls) == 3 and installer.created == 1


@pytest.mark.parametrize("ending", [False, None], ids=["failed", "interrupted"])
def test_a_cut_short_installation_is_made_anew(installer: SimpleNamespace, ending: bool | None, capsys: pytest.CaptureFixture[str]):
    installer.succeeds = ending
    if ending is None:
        with pytest.raises(KeyboardInterrupt):
            installer.update("requirements.txt")
    else:
        assert installer.update("requirements.txt") == 1
        assert len(capsys.readouterr().err.splitlines()) == 1
    installer.succeeds = True
    assert installer.update("requirements.txt") == 0
    assert len(installer.calls) == 2 and installer.created == 2


def test_an_environment_without_its_interpreter_is_made_anew(installer: SimpleNamespace):
    installer.update("requirements.txt")
    (installer.venv / "bin" / "python").unlink()
    installer.update("requirements.txt")
    assert installer.created == 2


@pytest.mark.parametrize("static", ["missing", "elsewhere", "a folder of the user's"])
def test_the_font_is_linked_whenever_it_is_not(installer: SimpleNamespace, static: str):
    installer.update("requirements.txt")
    package, link = installer.venv / "lib" / "python3.11" / "site-packages" / "pylopdf_fonts_zh_cn", installer.root / "static"
    package.mkdir(parents=True)
    if static == "elsewhere":
        link.symlink_to("gone")
    elif static != "missing":
        link.mkdir()
    for _ in range(2):
        assert installer.update("requirements.txt") == 0
        assert (link.resolve() == package.resolve()) is (static != "a folder of the user's")
    assert len(installer.calls) == 1


def test_font_configuration_survives_odd_folder_names(tmp_path: Path):
    from xml.etree import ElementTree

    config = ElementTree.parse(setup_browser.write_font_config(tmp_path / "a & b <c>"))
    assert any(Path(folder.text or "").joinpath("NotoSansSC-Regular.otf").is_file() for folder in config.iter("dir"))


def test_a_file_that_is_no_browser_is_refused(tmp_path: Path):
    pretender = tmp_path / "chromium"
    pretender.write_text("#!/bin/sh\necho install the snap; exit 1\n")
    pretender.chmod(0o755)
    assert not setup_browser.starts(str(pretender))


CHARACTERS = "质量标准城市目标强国食品安全率℃㎡‰"
DRAW = "(text, font) => { document.body.innerHTML = [...text].map(c => `<p style='width: 60px; font: 40px ${font}'>${c}</p>`).join(''); }"


def drawings(page: Page, font: str) -> set[bytes]:
    """How many different pictures CHARACTERS and a character that no font has give."""
    page.evaluate(f"([text, font]) => ({DRAW})(text, font)", [CHARACTERS + "\U000e0fff", font])
    page.evaluate("document.fonts.ready")
    return {paragraph.screenshot() for paragraph in page.locator("p").all()}


def test_the_browser_draws_chinese(page: Page):
    """Without a font every character is the same empty box; with one no two drawings are equal."""
    assert len(drawings(page, "sans-serif")) == len(set(CHARACTERS)) + 1


def test_the_dashboard_brings_its_own_chinese_font(fontless_browser: Browser, server: str):
    """A browser without a Chinese font draws boxes by itself, and Chinese in the dashboard."""
    page = fontless_browser.new_page()
    assert len(drawings(page, "sans-serif")) < len(set(CHARACTERS))
    page.goto(server)
    page.locator("h1").first.wait_for()
    assert len(drawings(page, page.evaluate("getComputedStyle(document.body).fontFamily"))) == len(set(CHARACTERS)) + 1


def test_a_browser_with_a_chinese_font_downloads_none(page: Page, server: str):
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(server)
    page.locator("h1").first.wait_for()
    page.evaluate("document.fonts.ready")
    assert fetched and not [url for url in fetched if "NotoSansSC" in url]
