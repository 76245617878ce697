"""Answers that are kept: made once for all sessions, so many of each kind, forgotten with the build that they belong to.

    @kept(300)
    def comparison(path, build_id, metric_id): ...     # the first two arguments are always file and build

    @kept(300, heavy=bytes_of)                         # at most 300, and together at most HEAVY bytes

Who asks for an answer that another thread is making waits for it. `Composed` keeps what is made from answers, by any name.

What is kept is moved out of the garbage collector's way: the framework has it look at every object after every run, which costs more than
most runs do.
"""

from __future__ import annotations

import gc
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import update_wrapper
from typing import Any

PAUSE = 3.0  # seconds between two tidyings
HEAVY = 150 * 2**20
MISSING = object()
THAW = 20  # so many tidyings leave the frozen objects alone, then one looks through them too
HELPERS = ThreadPoolExecutor(2, thread_name_prefix="kept")  # for what is begun


class Entry:
    """One answer, or the place of one that is being made."""

    __slots__ = ("lock", "made", "size", "value")

    def __init__(self) -> None:
        self.lock, self.made, self.value, self.size = threading.Lock(), False, None, 0


class Kept:
    """A function whose answers are kept, the `most` that were asked for last. Arguments must be hashable; errors are not kept."""

    everything: list[Kept] = []

    def __init__(self, make: Callable[..., Any], most: int, heavy: Callable[[Any], int] | None = None) -> None:
        self.make, self.most, self.heavy = make, most, heavy
        self.entries: OrderedDict[tuple, Entry] = OrderedDict()
        self.guard = threading.Lock()
        update_wrapper(self, make)
        Kept.everything.append(self)

    def __call__(self, *key: Any) -> Any:
        """The answer for these arguments."""
        entry = self.entry(key)
        if not entry.made:
            with entry.lock:
                if not entry.made:
                    entry.value = self.make(*key)
                    entry.made = True
                    self.weigh(entry)
                    TIDY.ask()
        return entry.value

    def begin(self, *key: Any) -> None:
        """Have the answer worked out by another thread, unless it is at hand; who asks for it in the meantime waits for that. An error is
        met by whoever asks."""
        if not self.ready(*key):
            HELPERS.submit(self, *key)

    def entry(self, key: tuple) -> Entry:
        """The place of an answer, marked as used last; what was not used for longest goes."""
        with self.guard:
            found = self.entries.get(key)
            if found is None:
                found = self.entries[key] = Entry()
                while len(self.entries) > self.most:
                    self.entries.popitem(last=False)
            else:
                self.entries.move_to_end(key)
        return found

    def put(self, value: Any, *key: Any) -> None:
        """Keep an answer that was worked out along with others."""
        entry = self.entry(key)
        with entry.lock:
            entry.value, entry.made = value, True
        self.weigh(entry)
        TIDY.ask()

    def weigh(self, entry: Entry) -> None:
        """Note what a new answer weighs, and drop the oldest others while all of them together are too heavy."""
        if self.heavy is None:
            return
        entry.size = self.heavy(entry.value)
        with self.guard:
            total = sum(one.size for one in self.entries.values())
            for key in [key for key, one in self.entries.items() if one.made and one is not entry]:
                if total <= HEAVY:
                    break
                total -= self.entries.pop(key).size

    def ready(self, *key: Any) -> bool:
        """Whether the answer is at hand."""
        found = self.entries.get(key)
        return found is not None and found.made

    def forget(self, path: str, build_id: str) -> None:
        """Drop the answers of other builds of a file."""
        with self.guard:
            for key in [key for key in self.entries if key[0] == path and len(key) > 1 and key[1] != build_id]:
                del self.entries[key]


def kept(most: int, heavy: Callable[[Any], int] | None = None) -> Callable[[Callable[..., Any]], Kept]:
    """Keep the answers of a function whose first arguments are file and build: so many, and where `heavy` gives the bytes of one, at most
    HEAVY bytes of them."""
    return lambda make: Kept(make, most, heavy)


def forget_others(path: str, build_id: str) -> None:
    """Drop what belongs to other builds of a file."""
    for one in Kept.everything:
        one.forget(path, build_id)


class Composed:
    """Things by name, so many characters of them: two generations, of which the older is dropped when the younger is full. What is asked
    for moves to the younger, so what is in use stays."""

    def __init__(self, most: int, weight_of: Callable[[Any], int]) -> None:
        self.half, self.weight_of = most // 2, weight_of
        self.young: dict[Any, Any] = {}
        self.old: dict[Any, Any] = {}
        self.weight, self.guard = 0, threading.Lock()

    def once(self, name: Any, make: Callable[[], Any]) -> Any:
        """What stands under this name, made now if it must be. Two threads may make the same thing; either will do."""
        found = self.young.get(name, MISSING)
        if found is MISSING:
            found = self.old.get(name, MISSING)
            if found is MISSING:
                found = make()
            self.keep(name, found)
        return found

    def keep(self, name: Any, value: Any) -> None:
        """Add to the younger generation, and begin a new one when that is full."""
        size = self.weight_of(value)
        with self.guard:
            self.young[name] = value
            self.weight += size
            if self.weight > self.half:
                self.old, self.young, self.weight = self.young, {}, 0


class Tidy:
    """Now and then collects garbage and freezes what is left, in a thread of its own, while there is something new to freeze.

    What is frozen while a run is under way may be garbage later; so from time to time everything is thawed, collected and frozen again.
    """

    def __init__(self) -> None:
        self.asked, self.guard, self.thread, self.turns = threading.Event(), threading.Lock(), None, 0

    def ask(self) -> None:
        """There is something new."""
        self.asked.set()
        if self.thread is None:
            with self.guard:
                if self.thread is None:
                    self.thread = threading.Thread(target=self.work, name="tidy", daemon=True)
                    self.thread.start()

    def work(self) -> None:
        """Wait for something new, let more of it come, tidy up."""
        while True:
            self.asked.wait()
            time.sleep(PAUSE)
            self.asked.clear()
            self.tidy()

    def tidy(self) -> None:
        """Collect and freeze."""
        self.turns += 1
        if self.turns % THAW == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()


TIDY = Tidy()
