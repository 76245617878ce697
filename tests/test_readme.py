"""Every command in the README runs, every file and page that it names is there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)\n```", README, re.S)
# Make targets would run these tests again, or for minutes: that make knows them and what they call is checked in test_setup.
MADE = [command for command in COMMANDS if command.startswith("make ")]
RUN = [command for command in COMMANDS if not command.startswith("make ")]


def test_readme_has_commands() -> None:
    assert len(RUN) >= 6
    assert MADE


@pytest.mark.parametrize("command", RUN)
def test_command_runs(command: str, database: Path) -> None:
    environment = {**os.environ, "CITYTARGETS_DATABASE": str(database), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(shlex.split(command), cwd=ROOT, capture_output=True, text=True, timeout=110, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()


@pytest.mark.parametrize("command", MADE)
def test_make_knows_the_target(command: str) -> None:
    done = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:data|tests|etl|analytics|pages)/[\w./-]+)`|\]\((\.readme/[\w.-]+)\)", README)))
)
def test_named_file_is_there(path: tuple[str, str]) -> None:
    name = path[0] or path[1]
    assert (ROOT / name).exists() or name.endswith(".duckdb"), f"README names {name}, which is not there"
