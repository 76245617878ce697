"""Builds that are killed or run out of disk: the database stays whole, the next build succeeds, nothing is left. Longer:
`python -m tests.endurance`."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.fixtures.attacks import Siege

pytestmark = pytest.mark.timeout(300)  # each attack takes two builds, which take long beside other tests


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Siege:
    folder: Path = tmp_path_factory.mktemp("siege")
    return Siege(folder, random.Random(3))


def test_kill_9_at_any_moment(siege: Siege):
    tally = siege.run(siege.kill, 4)
    assert tally.faults == [] and set(tally.left) <= {"old", "new"}


def test_a_disk_that_fills_up(siege: Siege):
    tally = siege.run(siege.fill_disk, 3)
    assert tally.faults == [] and set(tally.left) <= {"old", "new"} and tally.left["old"]
