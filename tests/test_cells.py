"""Cells: what a document does to the process that reads it costs that document alone, is told with the limit, and leaves no process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import etl.cells
from etl.cells import CellError, alone, in_order
from etl.limits import CellLimits, limits_of
from tests.fixtures.builds import ROOT
from tests.fixtures.work import double, lost, misbehave, pid

SMALL = replace(limits_of(CellLimits), max_cpu_seconds=1, max_idle_seconds=3, max_memory_bytes=400_000_000)


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[etl.cells._Shelf]:
    """Cells of its own for each test, with small limits."""
    own = etl.cells._Shelf()
    monkeypatch.setattr(etl.cells, "_shelf", own)
    monkeypatch.setattr(etl.cells, "limits_of", lambda kind: SMALL)
    monkeypatch.setattr(etl.cells, "ITEMS_A_WORKER", 1)
    yield own
    own.clear()


WRONG = {
    "memory": "max_memory_bytes",
    "memory bit by bit": "max_memory_bytes",
    "processor": "1 seconds of processor time (max_cpu_seconds)",
    "hang": "max_idle_seconds",
    "fault": "SIGSEGV",
    "exit": "exit code 3",
}


@pytest.mark.parametrize("how", WRONG)
def test_what_takes_a_worker_down_costs_its_item_only(how: str):
    start = time.monotonic()
    items = ["a", how, "b", "c", "d", "e", "f"]
    results = list(in_order(misbehave, items, lost))
    assert results[1].startswith(f"{how}: ") and WRONG[how] in results[1]
    assert [*results[:1], *results[2:]] == ["a", "b", "c", "d", "e", "f"]
    assert time.monotonic() - start < 20


def test_several_in_a_row_and_several_workers():
    items = ["fault", "a", "exit", "exit", "b", "memory", "c", "fault"] * 3
    results = list(in_order(misbehave, items, lost, workers=3))
    assert [result.partition(":")[0] for result in results] == items
    assert [":" in result for result in results] == [item in WRONG for item in items]


def test_results_come_in_order():
    assert list(in_order(double, range(500), lost, workers=2)) == list(range(0, 1000, 2))
    assert list(in_order(double, [], lost, workers=2)) == []


def test_large_items_and_large_answers_do_not_block_one_another():
    items = [bytes([number]) * 3_000_000 for number in range(8)]
    assert list(in_order(double, items, lost, workers=2)) == [item * 2 for item in items]


def test_what_work_raises_is_raised_and_the_next_round_is_clean(shelf: etl.cells._Shelf):
    with pytest.raises(ValueError, match="the rules are wrong") as caught:
        list(in_order(misbehave, ["a", "raise", "b"], lost))
    assert "fixtures/work.py" in caught.value.__notes__[0]
    assert list(in_order(misbehave, ["a", "b"], lost)) == ["a", "b"]


def test_a_worker_is_kept_and_replaced_when_it_is_dead_or_spent(shelf: etl.cells._Shelf):
    first = alone(pid, None, lost)
    assert alone(pid, None, lost) == first
    os.kill(first, signal.SIGKILL)
    second = alone(pid, None, lost)
    assert second != first
    assert alone(misbehave, "large", lost) == "large"
    assert alone(pid, None, lost) != second
    shelf.clear()
    assert not running(first) and not running(second)


def test_a_round_that_is_left_ends_its_workers(shelf: etl.cells._Shelf):
    round_ = in_order(pid, range(50), lost, workers=2)
    seen = next(round_)
    round_.close()
    shelf.clear()
    assert not running(seen)


def test_threads_have_workers_of_their_own():
    results: list[list[int]] = []
    threads = [threading.Thread(target=lambda: results.append(list(in_order(double, range(60), lost, workers=2)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [list(range(0, 120, 2))] * 3


def test_a_forked_process_has_its_own_workers():
    mine = alone(pid, None, lost)
    if not (child := os.fork()):
        os._exit(0 if alone(pid, None, lost) != mine else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert alone(pid, None, lost) == mine


def test_meanwhile_runs_beside_the_workers_once():
    calls = []
    assert list(in_order(double, [1, 2, 3], lost, 1, lambda: calls.append(threading.current_thread()))) == [2, 4, 6]
    assert len(calls) == 1 and calls[0] is not threading.main_thread()


def test_a_program_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.cells.sys, "executable", str(ROOT / "nowhere"))
    with pytest.raises(CellError, match="No such file"):
        alone(pid, None, lost)


@pytest.mark.parametrize("how", ["processor", "hang", "a"])
def test_a_worker_dies_with_its_parent(how: str, tmp_path: Path):
    """kill -9 of the parent while its worker is deep in a library, asleep, or idle."""
    code = (
        "import sys, time; from etl.cells import in_order, alone; from tests.fixtures.work import *\n"
        "print(alone(pid, None, lost), flush=True)\n"
        f"list(in_order(misbehave, [{how!r}], lost)); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        assert running(worker)
        time.sleep(0.3)
        parent.kill()
    deadline = time.monotonic() + 5
    while running(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(worker)


def running(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
