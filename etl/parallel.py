"""One function over many items, in order, in one process or several; an item that takes its process down costs no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# Below this many items a worker would idle while another starts.
ITEMS_A_WORKER = 20


def in_order(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    lost: Callable[[Item], Result],
    meanwhile: Callable[[], None],
) -> Iterator[Result]:
    """`work` of every item, in the order of the items, in at most `workers` processes beside this one.

    `lost` gives the result of an item whose process ended; `meanwhile` is called once while the processes work. `work` and the items
    must be known by name to a fresh process.
    """
    workers = max(1, min(workers, len(items) // ITEMS_A_WORKER))
    try:
        pool = _pool(workers)
    except (OSError, ImportError):  # a system without shared semaphores
        yield from map(work, items)
        return
    done = 0
    try:
        with pool:
            results = pool.map(work, items, chunksize=min(16, len(items) // (workers * 4) + 1))
            meanwhile()
            for result in results:
                done += 1
                yield result
    except BrokenProcessPool:  # one item took its process down: the rest one by one, to find it and to spare the others
        yield from (_alone(work, item, lost) for item in items[done:])


def _pool(workers: int) -> ProcessPoolExecutor:
    """Fresh processes on every system: a forked one would inherit the locks of the progress bar's and the database's threads."""
    return ProcessPoolExecutor(workers, get_context("spawn"))


def _alone(work: Callable[[Item], Result], item: Item, lost: Callable[[Item], Result]) -> Result:
    """`work` of one item in a process of its own."""
    try:
        with _pool(1) as pool:
            return pool.submit(work, item).result()
    except BrokenProcessPool:
        return lost(item)
