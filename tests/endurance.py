"""What it takes to lose data or to hang: hostile documents, a full disk, kill -9.

    python -m tests.endurance [--files 1000] [--folder DIR] [--disks 40] [--kills 100] [--seed 7]

Hostile documents: each is read as `etl extract` reads it; those of --folder beside those of the generator. Full disk: builds on a file
system that fills up (a small tmpfs where that may be mounted, a bound on the size of files elsewhere). kill -9: builds that are killed at
moments drawn by chance, half of them after the new file is whole. After each the database must open, hold what it held before or what the
build would have made, the next build must succeed, and no process and no file may be left.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.extract import Report
from tests.fixtures.attacks import Siege, read_hostile
from tests.fixtures.hostile import Hostile, everything

SECONDS, BYTES = 20, 1_500_000_000


def hostile(report: Report, files: int, folder: Path | None) -> None:
    """Reads hostile documents one after the other."""
    own = [Hostile(path.name, path.read_bytes(), False) for path in sorted(folder.iterdir())] if folder else []
    given = [*own, *list(everything())[:files]]
    slowest, wrong, refused = (0.0, ""), [], 0
    for one in given:
        start = time.monotonic()
        outcome = read_hostile(one)
        slowest = max(slowest, (time.monotonic() - start, one.name))
        refused += outcome.refused
        if outcome.fault:
            wrong.append(f"{one.name}: {outcome.fault}")
            print(wrong[-1], file=sys.stderr, flush=True)
    peak = 1024 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    report.add("hostile documents", f"{len(given)}, {refused} refused", "", None)
    report.add("neither read right nor refused", str(len(wrong)), "0", not wrong)
    report.add("slowest", f"{slowest[0]:.1f} s ({slowest[1]})", f"{SECONDS} s", slowest[0] <= SECONDS)
    report.add("memory of both processes, at most", f"{peak / 1e9:.2f} GB", f"{BYTES / 1e9} GB", peak <= BYTES)


def main() -> int:
    """Runs all three and prints the table; how many bars were missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("files", 1000), ("disks", 40), ("kills", 100), ("seed", 7)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    report, chance = Report(), random.Random(options.seed)
    hostile(report, options.files, options.folder)
    with tempfile.TemporaryDirectory() as folder:
        siege = Siege(Path(folder), chance)
        for what, count, attack in (("full disk", options.disks, siege.fill_disk), ("kill -9", options.kills, siege.kill)):
            tally = siege.run(attack, count)
            report.add(what, f"{count}: {tally}", "0 lost", not tally.faults)
            print(*tally.faults, sep="\n", file=sys.stderr)
    return report.print("Endurance")


if __name__ == "__main__":
    sys.exit(main())
