"""Whether every step's work grows with the text and no faster: `python -m tests.benchmarks linear [--size 8000] [KIND ...]`.

Each kind of tests/hostile_texts.py is grown from `size` characters to twice, four and eight times that, and goes through the whole
pipeline. Processor time is counted for each step by itself, without the steps that it calls. A step fails where its time per character
at the greatest length is more than GROWTH times the least that it took at a smaller one. The dearest kinds are then read at a million
characters, in a process each, with bars of time and memory. Exit code 1 when a bar was missed.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.extract import Report
from tests.hostile_texts import KINDS, grow

ROOT = Path(__file__).resolve().parents[2]
SIZE, STEPS_UP, GROWTH = 8_000, (1, 2, 4, 8), 1.3
NOTICED = 0.10  # seconds at the greatest length; what takes less is not judged
TRIES = 3
DEAREST, MILLION, SECONDS, MEGABYTES = 6, 1_000_000, 20.0, 1500.0

Times = dict[str, float]


class Meter:
    """Processor seconds of each wrapped function, those of wrapped functions inside it taken off."""

    def __init__(self) -> None:
        self.times: Times = {}
        self._inner: list[float] = []

    def wrap(self, owner: object, name: str, label: str) -> None:
        """Put a measured function in the place of owner.name."""
        work = getattr(owner, name)

        def measured(*words: object, **named: object) -> object:
            begin = time.process_time()
            self._inner.append(0.0)
            try:
                return work(*words, **named)
            finally:
                whole = time.process_time() - begin
                self.times[label] = self.times.get(label, 0.0) + whole - self._inner.pop()
                if self._inner:
                    self._inner[-1] += whole

        setattr(owner, name, measured)


def metered() -> tuple[Meter, Callable[[str], None]]:
    """A meter on every step, and the whole pipeline from raw text to validated rows."""
    from etl import commitments, pipeline, segment, validate
    from etl.model import Document, Plan

    meter = Meter()
    for name in "clean mask segment scan time_words context about bind named_cells column_when audit _reader_layout _section".split():
        meter.wrap(pipeline, name, name.strip("_"))
    meter.wrap(segment, "find_rows", "tables")
    meter.wrap(commitments, "find", "commitments")
    for name in ("enter", "sights"):
        meter.wrap(pipeline.Clock, name, f"clock.{name}")
    meter.wrap(pipeline.Judge, "statement", "evidence")
    for name in ("__init__", "statement", "goal", "finished"):
        meter.wrap(pipeline.RowMaker, name, f"rows.{name.strip('_')}")
    meter.wrap(pipeline, "extract", "pipeline")
    meter.wrap(validate, "validate", "validate")

    def run(text: str) -> None:
        validate.validate([pipeline.extract(Document(text, "txt"), Plan("hostile"))])

    run("到2025年，合格率达到98%以上。")  # imports and patterns are paid once a process
    return meter, run


def measure(meter: Meter, run: Callable[[str], None], kind: str, size: int, best: list[Times]) -> float:
    """Times of one kind at every length into `best`, the smaller of both; returns seconds per character at the greatest length."""
    for at, times in enumerate(STEPS_UP):
        text = grow(kind, size * times)
        meter.times.clear()
        gc.collect()
        run(text)
        for step, taken in meter.times.items():
            best[at][step] = min(taken, best[at].get(step, taken))
    return sum(best[-1].values()) / (size * STEPS_UP[-1])


def grown(best: list[Times]) -> dict[str, float]:
    """Step -> how many times its least time per character it takes at the greatest length, for steps over the bar."""
    found = {}
    for step, taken in best[-1].items():
        least = min(best[at].get(step, 0.0) / times for at, times in enumerate(STEPS_UP[:-1]))
        growth = taken / STEPS_UP[-1] / max(least, 1e-9)
        if taken >= NOTICED and growth > GROWTH:
            found[step] = growth
    return found


def growth(kinds: list[str], size: int) -> tuple[int, list[str]]:
    """Prints the kinds that grow; how many there are, and all kinds, the dearest first."""
    report, cost = Report(), {}
    meter, run = metered()
    gc.disable()  # a collection falls on whichever step is running
    for kind in kinds:
        best: list[Times] = [{} for _ in STEPS_UP]
        for _ in range(TRIES):
            cost[kind] = measure(meter, run, kind, size, best)
            over = grown(best)
            if not over:
                break
        for step, times in over.items():
            report.add(f"{kind}: {step}", f"{best[-1][step]:.2f} s, {times:.2f} x the least per character", f"<= {GROWTH}", False)
    order = sorted(cost, key=cost.get, reverse=True)
    for kind in order[:DEAREST]:
        report.add(f"{kind}: whole pipeline", f"{cost[kind] * 1e6:.1f} microseconds a character")
    return report.print(f"{len(kinds)} kinds of hostile text, {size:,} to {size * STEPS_UP[-1]:,} characters"), order


def million(kind: str) -> None:
    """In a process of its own: prints seconds and peak memory in MB for a million characters of a kind."""
    from tests.benchmarks.extract import _peak_memory

    _, run = metered()
    text, begin = grow(kind, MILLION), time.process_time()
    run(text)
    print(f"{time.process_time() - begin} {_peak_memory()}")


def millions(kinds: list[str]) -> int:
    """Reads a million characters of each kind in a process of its own."""
    report = Report()
    for kind in kinds:
        command = [sys.executable, "-c", f"from tests.benchmarks.linear import million; million({kind!r})"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            report.add(kind, (done.stderr.strip().splitlines() or ["ended"])[-1], "", False)
            continue
        taken, memory = map(float, done.stdout.split())
        report.add(kind, f"{taken:.1f} s", f"<= {SECONDS:.0f} s", taken <= SECONDS)
        report.add("", f"{memory:.0f} MB", f"<= {MEGABYTES:.0f} MB", memory <= MEGABYTES)
    return report.print(f"{MILLION:,} characters of the dearest kinds, a process each")


def main(words: list[str] | None = None) -> int:
    """Both measurements; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks linear", description=__doc__.splitlines()[0])
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="kinds of tests/hostile_texts.py; all when none is named")
    parser.add_argument("--size", type=int, default=SIZE, help=f"characters of the smallest text ({SIZE})")
    given = parser.parse_args(words)
    if unknown := sorted(set(given.kinds) - set(KINDS)):
        parser.error(f"no kind {unknown[0]!r}; there are: {', '.join(KINDS)}")
    missed, order = growth(given.kinds or list(KINDS), given.size)
    return 1 if missed + millions(order[:DEAREST]) else 0


if __name__ == "__main__":
    sys.exit(main())
