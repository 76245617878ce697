"""Runs the measurements: `python -m tests.benchmarks` for all, `python -m tests.benchmarks extract` for one, and
`python -m tests.benchmarks dashboard load --users 10` for one with arguments of its own (dashboard, analytics).

Each module of this folder is one. It runs in a process of its own, so that none works with what another has warmed up, prints its
tables and ends with an exit code other than 0 when a bar was missed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if not path.stem.startswith("_"))


def run(words: list[str]) -> int:
    """1 when a bar was missed, 2 for a name that is none. What follows the first name and is no name goes to that measurement."""
    own = words[1:] if words and words[0] in NAMES and any(word not in NAMES for word in words[1:]) else []
    names = words[: len(words) - len(own)]
    if unknown := [name for name in names if name not in NAMES]:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    root = FOLDER.parents[1]
    codes = [
        subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *own], cwd=root, check=False).returncode
        for name in names or NAMES
    ]
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
