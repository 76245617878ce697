"""How long the analyses take over 10,000 invented plans with 2 million statements: `python -m tests.benchmarks.analytics [--database
FILE]`.

Bars: p95 of comparing one metric 200 ms, the whole coverage matrix 2 s. Prints one line a measure and exits with 1 when a bar is missed.
Without --database the file is made first (half a minute) and thrown away.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from analytics import registry as registries
from analytics.ambition import ambition
from analytics.cascade import cascade
from analytics.compare import compare
from analytics.coverage import coverage
from analytics.findings import findings
from analytics.search import search
from analytics.store import Store
from tests import synthetic

COMPARE_P95, COVERAGE = 0.200, 2.0
REPEATS = 3


def seconds(run: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def measure(store: Store) -> bool:
    """Print every measure; True when the bars are met."""
    metrics = list(registries.load().metrics)
    compare(store, metrics[0])  # imports and caches are not part of the measure
    load, busy = os.getloadavg()[0], time.process_time()
    times = sorted(seconds(lambda metric=metric: compare(store, metric)) for metric in metrics)
    busy = (time.process_time() - busy) / len(times)
    p95 = times[int(len(times) * 0.95)]
    whole = sorted(seconds(lambda: coverage(store, texts=False)) for _ in range(REPEATS))[REPEATS // 2]
    print(
        f"compare one metric   median {times[len(times) // 2] * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms   "
        f"(bar {COMPARE_P95 * 1000:.0f} ms, {len(metrics)} metrics)   CPU mean {busy * 1000:.0f} ms   load of the machine {load:.1f}"
    )
    print(
        f"coverage matrix      median {whole:6.2f} s   "
        f"(bar {COVERAGE:.0f} s, {len(metrics)} metrics x {store.plans()['place'].nunique()} places)"
    )
    for name, run in (
        ("findings, all", lambda: findings(store)),
        ("cascade, all", lambda: cascade(store)),
        ("ambition", lambda: ambition(store)),
        ("search 商标", lambda: search(store, "商标")),
    ):
        print(f"{name:<20} {seconds(run):13.2f} s")
    return p95 <= COMPARE_P95 and whole <= COVERAGE


def main() -> int:
    """Make the database if none is given, and measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.analytics", description=main.__doc__)
    parser.add_argument("--database", type=Path, help="a file that tests/synthetic.py has made")
    options = parser.parse_args()
    if options.database:
        return 0 if measure(Store(options.database)) else 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.duckdb"
        print(f"made {path.name} in {seconds(lambda: synthetic.make(path, registries.load().frame())):.0f} s")
        return 0 if measure(Store(path)) else 1


if __name__ == "__main__":
    sys.exit(main())
