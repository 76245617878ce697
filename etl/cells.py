"""Documents are read in processes of their own: what takes one down costs its document, never the program or the other documents.

    for result in in_order(work, items, lost, workers, meanwhile): ...     # in the order of the items
    result = alone(work, item, lost, meanwhile)                            # one item

A cell is a worker (etl.worker) that is kept for the next item and replaced when it dies. The worker holds itself to the limits of
memory and processor time in data/vocab/limits.toml; one that neither works nor answers is ended from here. None outlives this process.
"""

from __future__ import annotations

import atexit
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Pipe, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from etl.limits import CellLimits, limits_of

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this many items a second worker would cost more than it saves: each imports for more than a second.
ITEMS_A_WORKER = 20
# Items that a worker has in hand, so that it never waits for the next.
_IN_HAND = 4
_SMALL = 16_384  # bytes of an item that may wait in the channel
_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from etl.worker import serve; serve(int(sys.argv[2]), int(sys.argv[3]))"
# A worker is one of several and reads one document at a time: threads of numpy would only take memory.
_SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_SOME_WORK = 0.02  # seconds of processor time that tell a slow worker from one that hangs
_MUCH = 0.6  # share of the memory limit from which the death of a worker is put down to it


class CellError(RuntimeError):
    """No process can be started to read in; the message says why."""


class Cell:
    """One worker and what it has in hand as (number, item), oldest first; it works on the oldest."""

    def __init__(self) -> None:
        self.limits = limits_of(CellLimits)
        self.in_hand: deque[tuple[int, Any]] = deque()
        self._seen = (time.monotonic(), 0.0)
        self.channel, theirs = Pipe()
        lifeline, self._lifeline = os.pipe()  # nothing is ever written into it: when this end closes, the system ends the worker
        command = [sys.executable, "-P", "-c", _START, str(_ROOT), str(theirs.fileno()), str(lifeline)]
        quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        try:
            self._process = subprocess.Popen(command, pass_fds=(theirs.fileno(), lifeline), env=os.environ | _SETTINGS, **quiet)
        except OSError as error:
            self.let_go()
            raise CellError(f"no process can be started to read documents in ({error.strerror}); end other programs, then retry") from error
        finally:
            theirs.close()
            os.close(lifeline)
        self._send(pickle.dumps(self.limits))

    def _send(self, task: bytes) -> None:
        """A worker that is dead by now is found out when its answer is taken."""
        with suppress(OSError):
            self.channel.send_bytes(task)

    def give(self, work: Callable[[Item], Any], number: int, item: Item) -> bool:
        """Puts an item into the worker's hand; False where it has to wait.

        Only what fits into the channel may wait there: a large item, while the worker sends a large answer, would stop both for ever.
        """
        if len(self.in_hand) == _IN_HAND:
            return False
        task = pickle.dumps((work, item), pickle.HIGHEST_PROTOCOL)
        if self.in_hand and len(task) > _SMALL:
            return False
        if not self.in_hand:
            self._seen = (time.monotonic(), self._worked())
        self.in_hand.append((number, item))
        self._send(task)
        return True

    def take(self) -> tuple[str, Any, bool]:
        """How the oldest item went (done, raised, refused), its result, and whether the worker is spent. EOFError when it has died."""
        try:
            answer = pickle.loads(self.channel.recv_bytes())
        except OSError as error:  # reset by its death
            raise EOFError from error
        self._seen = (time.monotonic(), self._worked())
        return answer

    def alive(self) -> bool:
        return self._process.poll() is None

    def hangs(self) -> bool:
        """Whether it has been silent for as long as is allowed without using the processor meanwhile."""
        since, before = self._seen
        if time.monotonic() - since < self.limits.max_idle_seconds or self.channel.poll():
            return False
        self._seen = (time.monotonic(), self._worked())
        return self._seen[1] - before < _SOME_WORK

    def _worked(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def let_go(self) -> None:
        """Closes what the worker hangs by."""
        self.channel.close()
        os.close(self._lifeline)

    def end(self) -> None:
        """Ends the worker."""
        self._process.kill()
        self.let_go()
        self._process.wait()

    def cause(self, hung: bool) -> str:
        """Why the worker died, or is ended now because it hung: the limit that it passed, if that can be told."""
        if hung:
            self.end()
            return f"no answer and no work in {self.limits.max_idle_seconds} seconds (max_idle_seconds)"
        _, status, usage = os.wait4(self._process.pid, 0)
        code = self._process.returncode = os.waitstatus_to_exitcode(status)
        self.let_go()
        if code == -signal.SIGXCPU:
            return f"over {self.limits.max_cpu_seconds} seconds of processor time (max_cpu_seconds)"
        # A child's peak begins with that of its parent.
        if usage.ru_maxrss > max(_MUCH * self.limits.max_memory_bytes / 1024, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss):
            return f"over {self.limits.max_memory_bytes} bytes of memory (max_memory_bytes)"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"reading it ends the process ({how}): memory beyond max_memory_bytes at once, or a fault of a library"


class _Shelf:
    """Workers that wait for the next item. Any thread may take one; a forked process begins with none."""

    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._lock = threading.Lock()

    def take(self) -> Cell:
        """A worker that lives, a new one if need be."""
        while True:
            with self._lock:
                cell = self._cells.pop() if self._cells else None
            if cell is None:
                return Cell()
            if cell.alive():
                return cell
            cell.end()

    def put(self, cell: Cell) -> None:
        """Keeps a worker with empty hands; one that is still at work, or would be one too many, is ended."""
        with self._lock:
            keep = not cell.in_hand and len(self._cells) < (os.cpu_count() or 1)
            if keep:
                self._cells.append(cell)
        if not keep:
            cell.end()

    def clear(self) -> None:
        while self._cells:
            self._cells.pop().end()

    def forget(self) -> None:
        """In a forked process: the workers are its parent's."""
        self._lock = threading.Lock()
        for cell in self._cells:
            cell.let_go()
        self._cells.clear()


_shelf = _Shelf()
atexit.register(lambda: _shelf.clear())
os.register_at_fork(after_in_child=lambda: _shelf.forget())


class _Round(Generic[Item, Result]):
    """The items of one call: to do, in hand, done."""

    def __init__(self, work: Callable[[Item], Result], items: Sequence[Item], lost: Callable[[Item, str], Result]) -> None:
        self.work, self.lost = work, lost
        self.to_do = deque(enumerate(items))
        self.done: dict[int, Result] = {}
        self.cells: list[Cell] = []

    def open(self, workers: int) -> None:
        for _ in range(workers):
            self._feed(_shelf.take())

    def close(self) -> None:
        for cell in self.cells:
            _shelf.put(cell)

    def step(self) -> None:
        """Takes what has been answered; waits a second at most for something to be."""
        busy = {cell.channel: cell for cell in self.cells if cell.in_hand}
        ready = wait(list(busy), timeout=1)
        for channel in ready:
            self._answer(busy[channel])
        for channel, cell in busy.items():
            if channel not in ready and cell.hangs():
                self._bury(cell, hung=True)

    def _answer(self, cell: Cell) -> None:
        try:
            how, what, spent = cell.take()
        except EOFError:
            self._bury(cell)
            return
        number, item = cell.in_hand.popleft()
        if how == "raised":
            raise what
        self.done[number] = self.lost(item, what) if how == "refused" else what
        if spent:
            cell.end()
            self._replace(cell)
        else:
            self._feed(cell)

    def _bury(self, cell: Cell, hung: bool = False) -> None:
        """The oldest item in hand is the one that it died of; the others are as good as not begun."""
        number, item = cell.in_hand.popleft()
        self.done[number] = self.lost(item, cell.cause(hung))
        self._replace(cell)

    def _replace(self, cell: Cell) -> None:
        self.cells.remove(cell)
        self.to_do.extendleft(reversed(cell.in_hand))
        if self.to_do:
            self._feed(Cell())

    def _feed(self, cell: Cell) -> None:
        if cell not in self.cells:
            self.cells.append(cell)
        while self.to_do and cell.give(self.work, *self.to_do[0]):
            self.to_do.popleft()


def in_order(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    lost: Callable[[Item, str], Result],
    workers: int = 1,
    meanwhile: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """`work` of every item, in the order of the items, in at most `workers` processes beside this one.

    `lost` gives the result of an item that passed a limit or ended its process, and is told why. `meanwhile` is called once, in a thread,
    while the processes work. `work` and the items are pickled; what `work` raises is raised here. CellError where no process starts.
    """
    turn = _Round(work, items, lost)
    beside = threading.Thread(target=meanwhile, daemon=True) if meanwhile else None
    try:
        turn.open(max(1, min(workers, len(items) // ITEMS_A_WORKER)))
        if beside:
            beside.start()
        for number in range(len(items)):
            while number not in turn.done:
                turn.step()
            yield turn.done.pop(number)
    finally:
        turn.close()
        if beside and beside.ident:
            beside.join()


def alone(
    work: Callable[[Item], Result], item: Item, lost: Callable[[Item, str], Result], meanwhile: Callable[[], None] | None = None
) -> Result:
    """`work` of one item, as `in_order` does it."""
    (result,) = in_order(work, [item], lost, 1, meanwhile)
    return result
