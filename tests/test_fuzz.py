"""What `make fuzz` fuzzes, for seconds and without it: every seed, a few changes of each, and every input that once broke a promise."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from etl.read import read_bytes
from tests.fuzz.targets import ROOT, TARGETS, in_a_part

FOUND = sorted(path for path in (ROOT / "tests" / "fuzz" / "found").rglob("*") if path.is_file())
READERS = [name for name in TARGETS if name != "text"]
CHANGES, BYTES = 40, 60_000


def changed(data: bytes, most: int, chance: random.Random, words: tuple[bytes, ...]) -> bytes:
    """A few places overwritten, doubled or cut out."""
    for _ in range(chance.randint(1, 4)):
        at, gone = chance.randrange(len(data) + 1), chance.choice((0, 0, 1, 3, 40))
        come = chance.choice((chance.choice(words or (b"",)), bytes(chance.choices(range(256), k=2)), data[at : at + 30], b""))
        data = data[:at] + come + data[at + gone :]
    return data[:most]


@pytest.mark.parametrize("name", READERS)
def test_every_seed_is_a_document(name: str):
    for seed in TARGETS[name].seeds()[:30]:
        assert read_bytes(seed, f"a.{name}").text.strip()


@pytest.mark.parametrize("name", TARGETS)
def test_changed_seeds_keep_the_promises(name: str):
    target, chance = TARGETS[name], random.Random(name)
    seeds = target.seeds()
    for number in range(CHANGES):
        seed = chance.choice(seeds)

        def change(data: bytes, most: int) -> bytes:
            return changed(data, most, chance, target.words)

        target.run(in_a_part(seed, BYTES, number, change) if target.parts else change(seed, BYTES))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_keeps_the_promises(path: Path):
    TARGETS[path.parent.name].run(path.read_bytes())


def test_an_unknown_target_is_named():
    done = subprocess.run([sys.executable, "-m", "tests.fuzz", "doc"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no target 'doc'" in done.stderr


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="installed by make fuzz")
def test_a_short_run_under_atheris(tmp_path: Path):
    command = [sys.executable, "-m", "tests.fuzz", "txt", "--minutes", "0.05", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + (tmp_path / "txt" / "log").read_text(errors="replace")[-2000:]
    assert "0 found" in done.stdout
