"""What runs inside a cell: reads the limits, then (work, item) after (work, item) from its channel, and answers. See etl.cells.

    serve(channel, lifeline)        # file descriptors

An answer is (how, what, spent): done and the result, raised and the exception, or refused and the limit that was passed; spent, when
it holds so much memory that it should not be given another document.
"""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from etl.limits import CellLimits


def serve(channel: int, lifeline: int) -> None:
    """Answers until the other end closes."""
    _die_with(lifeline)
    connection = Connection(channel)
    limits = pickle.loads(connection.recv_bytes())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what ends
    gc.set_threshold(100_000)
    _limit(resource.RLIMIT_CORE, 0)
    with suppress(EOFError, ConnectionError):
        while True:
            task = connection.recv_bytes()
            _limit(resource.RLIMIT_CPU, int(time.process_time()) + limits.max_cpu_seconds)
            _limit(resource.RLIMIT_AS, _held() + limits.max_memory_bytes)
            connection.send_bytes(_answer(task, limits))


def _die_with(lifeline: int) -> None:
    """Has the system end this process when the parent closes its end of `lifeline`, or dies.

    The signal comes from the kernel, so that it also ends a worker that is deep in a library and would look at no pipe for a minute.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    watch = select.poll()
    watch.register(lifeline, select.POLLIN)
    if watch.poll(0):  # it closed before the signal was asked for
        os._exit(1)


def _limit(kind: int, value: int) -> None:
    """Lowers a limit of this process, where the system has it; the hard one stays, so that it can be set again."""
    with suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _held() -> int:
    """Bytes of address space that this process has; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _answer(task: bytes, limits: CellLimits) -> bytes:
    """The answer to one task, pickled."""
    refusal = f"over {limits.max_memory_bytes} bytes of memory (max_memory_bytes)"
    try:
        how, what = _done(task)
        return pickle.dumps((how, what, _held() > limits.max_memory_bytes // 2), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("refused", refusal, True))


def _done(task: bytes) -> tuple[str, Any]:
    work: Callable[[Any], Any]
    try:
        work, item = pickle.loads(task)
        return "done", work(item)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised at the other end
        error.add_note("in the process that reads:\n" + traceback.format_exc())
        return "raised", error
