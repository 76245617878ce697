"""How fast plans are read: beside a plain regex and Microsoft Recognizers-Text, by length, and as a build.

    python -m tests.benchmarks extract      (or tests.benchmarks.extract)

Every figure is taken on one core: the process is bound to one where the system can. Contestants run in turns in one process, so
that a machine that slows down slows all of them; processor time is counted, so that others on the machine don't, and the median of the
turns is given. The build command is measured by the clock on the wall.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import localcontext
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
PLANS = ROOT / "data" / "plans"
SEED = 20251122
TURNS = 5
REPEATS = 4
LENGTHS = (125_000, 250_000, 500_000, 1_000_000)
SPEED, RATIO, LINEAR, MEMORY, COLD, WARM = 300_000, 50, 1.2, 500, 3.0, 1.0

_HAN = "[〇零一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|(?:百分之)?{_HAN}"
_UNIT = "个百分点|平方公里|平方米|批次|人次|公里|亿元|万元|[%％‰个项家件张人名户处所座条种类台套次届场篇部份元亩吨米度分倍天]"
PLAIN = re.compile(rf"(?:不少于|不低于|超过|突破|达到|约|≥|≤)?\s*(?:{_NUMBER})\s*[万亿千百多余]*\s*(?:{_UNIT})(?:以上|以下|以内|左右)?")


@dataclass(slots=True)
class Report:
    """Rows of (what, figure, bar, passed); passed is None where there is no bar."""

    rows: list[tuple[str, str, str, bool | None]] = field(default_factory=list)

    def add(self, what: str, figure: str, bar: str = "", passed: bool | None = None) -> None:
        self.rows.append((what, figure, bar, passed))

    def print(self, title: str) -> int:
        """Prints the table; returns how many bars were missed."""
        table = Table("what", "measured", "bar", "", box=None, header_style="bold", pad_edge=False)
        print(title)
        for what, figure, bar, passed in self.rows:
            table.add_row(what, figure, bar, "" if passed is None else "pass" if passed else "FAIL")
        Console(width=None if sys.stdout.isatty() else 120, highlight=False).print(table)
        print()
        return sum(passed is False for *_, passed in self.rows)


def plans() -> list[tuple[str, object]]:
    """Text and Plan of each document of data/plans, in order of plan id."""
    from etl.manifest import discover
    from etl.read import read

    return [(read(source.path).text, source.plan) for source in discover([PLANS]).sources]


def pipeline(documents: list[tuple[str, object]]) -> int:
    """Raw texts to validated rows, as a build does it in memory; returns how many. AssertionError when validation stops them."""
    from etl.model import Document
    from etl.pipeline import extract
    from etl.policy import policy
    from etl.validate import validate

    extractions = [extract(Document(text, "txt"), plan) for text, plan in documents]
    issues, frame = validate(extractions)
    assert not policy().stops(issues), issues[0]
    return len(frame)


def repeated(documents: list[tuple[str, object]], times: int) -> list[tuple[str, object]]:
    """The documents several times over, each time under ids of their own."""
    from dataclasses import replace

    return [(text, replace(plan, plan_id=f"{plan.plan_id}-{n}")) for n in range(times) for text, plan in documents]


def recognizers(dates: bool) -> Callable[[str], int] | None:
    """The other extractor with the models for what plans state: numbers, percentages, dimensions, money; with `dates` also the years, which
    the pipeline gives with every row. None where it is not installed.

    Its import lowers the precision of decimals for the whole process; here that stays inside its own calls.
    """
    with warnings.catch_warnings(), localcontext() as own:
        warnings.simplefilter("ignore")
        try:
            from recognizers_date_time import recognize_datetime
            from recognizers_number import recognize_number, recognize_percentage
            from recognizers_number_with_unit import recognize_currency, recognize_dimension
            from recognizers_text import Culture
        except ImportError:
            return None
        models = (recognize_number, recognize_percentage, recognize_dimension, recognize_currency, *([recognize_datetime] if dates else []))
        precision = own.prec

    def found(text: str) -> int:
        with localcontext() as context:
            context.prec = precision
            return sum(len(model(text, Culture.Chinese)) for model in models)

    return found


def seconds(work: Callable[[], object]) -> float:
    """Processor time of all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare() -> int:
    """Characters per second of the whole pipeline beside the two others."""
    documents, report = plans(), Report()
    many = repeated(documents, REPEATS)
    texts = [text for text, _ in documents]
    once = sum(map(len, texts))
    length, numbers_only, other = once * REPEATS, recognizers(dates=False), recognizers(dates=True)
    contestants: dict[str, tuple[Callable[[], object], int]] = {
        "whole pipeline": (lambda: pipeline(many), length),
        "plain regex": (lambda: sum(1 for _ in range(REPEATS) for text in texts for _ in PLAIN.finditer(text)), length),
    }
    if other:  # the same documents, each whole, but once: its speed does not depend on how many there are
        contestants["Recognizers-Text"] = (lambda: sum(map(other, texts)), once)
        contestants["Recognizers-Text without dates"] = (lambda: sum(map(numbers_only, texts)), once)
    for work, _ in contestants.values():
        work()
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(TURNS):
        for name, (work, _) in contestants.items():
            times[name].append(seconds(work))
    speed = {name: size / median(times[name]) for name, (_, size) in contestants.items()}
    spread = {name: f"{min(t):.2f}-{max(t):.2f} s for {contestants[name][1]:,} characters" for name, t in times.items()}
    for name, figure in speed.items():
        bar = (f">= {SPEED:,}", figure >= SPEED) if name == "whole pipeline" else ("", None)
        report.add(f"{name}, characters a second", f"{figure:,.0f}  ({spread[name]})", *bar)
    report.add("plain regex / pipeline", f"{speed['plain regex'] / speed['whole pipeline']:.1f}")
    if other:
        ratio = speed["whole pipeline"] / speed["Recognizers-Text"]
        report.add("pipeline / Recognizers-Text", f"{ratio:.0f}", f">= {RATIO}", ratio >= RATIO)
        partial = speed["whole pipeline"] / speed["Recognizers-Text without dates"]
        report.add("pipeline / Recognizers-Text without dates", f"{partial:.0f}")
    else:
        report.add(
            "pipeline / Recognizers-Text",
            "NOT MEASURED: recognizers-text-suite is not installed (tests/requirements.txt)",
            f">= {RATIO}",
            False,
        )
    return report.print(f"Raw text to validated rows, five plans x {REPEATS}, one core, median of {TURNS} turns")


def long_text(length: int) -> str:
    """`length` characters out of the plans' own sections, shuffled by a fixed seed."""
    chance, parts = random.Random(SEED), []
    sections = [
        part
        for text, _ in plans()
        for part in re.split(r"\n(?=[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十]+章)", text)
    ]
    size = 0
    while size < length:
        chance.shuffle(sections)
        parts += sections
        size += sum(map(len, sections)) + len(sections)
    return "\n".join(parts)[:length]


def one_length(length: int) -> None:
    """In a process of its own: prints seconds (best of three), peak memory in MB and rows for a text of `length` characters."""
    from etl.model import Plan

    text, rows = long_text(length), 0
    pipeline([(long_text(20_000), Plan("warm"))])  # patterns, vocabularies and imports are paid once a process
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        rows = pipeline([(text, Plan("long", horizon_end=2025))])
        best = min(best, time.process_time() - start)
    print(f"{best} {_peak_memory()} {rows}")


def _peak_memory() -> float:
    """The largest resident size of this process in MB. The unit is kB on Linux and bytes on macOS."""
    try:
        import resource
    except ImportError:
        return float("nan")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _python(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def linearity() -> int:
    """Time and memory by length of the text."""
    report, per_character = Report(), {}
    for length in LENGTHS:
        run = _python("-c", f"from tests.benchmarks.extract import one_length; one_length({length})")
        if run.returncode:
            report.add(f"{length:,} characters", run.stderr.strip().splitlines()[-1], "", False)
            continue
        time_taken, memory, rows = map(float, run.stdout.split())
        per_character[length] = time_taken / length
        growth = per_character[length] / min(per_character.values())  # the cheapest so far: a dear short text must not hide growth
        report.add(
            f"{length:,} characters",
            f"{time_taken:.2f} s, {rows:.0f} rows, {growth:.2f} x the lowest time per character so far",
            f"<= {LINEAR}",
            growth <= LINEAR,
        )
        if length == LENGTHS[-1]:
            report.add("peak memory", f"{memory:.0f} MB", f"<= {MEMORY} MB", memory <= MEMORY)
    return report.print("By length, sections of the plans in random order, a process each, best of three")


def builds() -> int:
    """Wall time of the build command, everything new and nothing changed."""
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "etl", "build", "--database", str(Path(folder) / "one.duckdb")]
        for what, bar, wipe in (("cold", COLD, True), ("nothing changed", WARM, False)):
            taken = []
            for _ in range(3):
                if wipe:
                    Path(command[-1]).unlink(missing_ok=True)
                start = time.perf_counter()
                run = _python(*command)
                taken.append(time.perf_counter() - start)
                if run.returncode:
                    report.add(f"etl build, {what}", (run.stderr or run.stdout).strip().splitlines()[-1], f"<= {bar} s", False)
                    break
            else:
                report.add(
                    f"etl build, {what}", f"{median(taken):.2f} s ({min(taken):.2f}-{max(taken):.2f})", f"<= {bar} s", median(taken) <= bar
                )
    return report.print("The build command, wall time, median of three")


def main() -> int:
    """All three; 1 when a bar was missed."""
    missed = builds()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if (load := os.getloadavg()[0] if hasattr(os, "getloadavg") else 0) > 1:
        print(f"note: the machine is busy (load {load:.1f}); figures are lower than on an idle one\n")
    return 1 if missed + compare() + linearity() else 0


if __name__ == "__main__":
    sys.exit(main())
