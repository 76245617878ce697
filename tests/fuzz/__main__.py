"""Fuzzes the readers and the text layer, one after the other: `python -m tests.fuzz [TARGET ...] [--minutes 1] [--folder .fuzz]`.

What the fuzzer learned stays in FOLDER/TARGET/corpus and is where the next run begins; inputs that broke a promise, took too long or
too much memory lie in FOLDER/TARGET/found. Prints a line a target; exit code 1 when something was found.

A found input goes into tests/fuzz/found/TARGET, where the tests read it from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import ROOT, TARGETS

SECONDS_AN_INPUT, MEGABYTES = 20, 2048
BYTES, BYTES_PACKED = 4_000, 100_000  # of one input


def fuzz(name: str, folder: Path, seconds: int) -> bool:
    """Fuzz one target for about `seconds`; prints what came of it, and tells whether all promises held."""
    corpus, found = folder / name / "corpus", folder / name / "found"
    for place in (corpus, found):
        place.mkdir(parents=True, exist_ok=True)
    for seed in TARGETS[name].seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = folder / name / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word)}"\n' for word in TARGETS[name].words if word))
    before = set(found.iterdir())
    longest = BYTES_PACKED if TARGETS[name].parts else BYTES
    flags = [f"-max_total_time={seconds}", f"-timeout={SECONDS_AN_INPUT}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={longest}"]
    command = [sys.executable, "-m", "tests.fuzz.one", name, *flags, f"-artifact_prefix={found}/", f"-dict={words}", "-print_final_stats=1"]
    log = folder / name / "log"
    with log.open("w") as output:
        code = subprocess.run([*command, str(corpus)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
    told = log.read_text(errors="replace")
    runs = re.search(r"number_of_executed_units: (\d+)", told) or re.search(r"#(\d+)[^#]*$", told)
    reached = re.findall(r"\bft: (\d+)", told)
    fresh = sorted(set(found.iterdir()) - before)
    print(
        f"{name:6}{int(runs[1]) if runs else 0:>10,} inputs, {reached[-1] if reached else '?'} features, {len(fresh)} found"
        + ("" if code in (0, 1) or fresh else f", ended with code {code}")
    )
    for path in fresh:
        print(f"       {path}")
    if code:
        print(f"       what happened: {log}")
    return not code and not fresh


def main(words: list[str] | None = None) -> int:
    """Every target that is named, or all; 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target (1)")
    parser.add_argument("--folder", type=Path, default=ROOT / ".fuzz", help="where corpora and findings are kept (.fuzz)")
    given = parser.parse_args(words)
    if unknown := sorted(set(given.targets) - set(TARGETS)):
        parser.error(f"no target {unknown[0]!r}; there are: {', '.join(TARGETS)}")
    held = [fuzz(name, given.folder.resolve(), int(given.minutes * 60)) for name in given.targets or TARGETS]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
