"""How fast the dashboard answers: first visits, filter changes, many analysts at once, and what a browser shows.

    python -m tests.benchmarks dashboard                                  # all four over the project's own plans
    python -m tests.benchmarks dashboard reruns --plans 10000             # over invented plans (tests/synthetic.py)
    python -m tests.benchmarks dashboard load --users 30 --seconds 120
    python -m tests.benchmarks dashboard start reruns --database FILE     # several, over a database at hand

Each measure starts servers of its own, as `make run` does, and talks to them by the protocol that a browser speaks; `start` drives a real
one. `visits` starts one for each page, so that nothing is warm. Server and client share the machine. Prints a table a measure and exits
with 1 when a bar was missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import mean

from tests import synthetic
from tests.benchmarks._analyst import Analyst, Run, RunFailed, analyst
from tests.benchmarks._server import Server, dashboard
from tests.benchmarks.extract import Report

PAGES = ("", "compare", "domain", "city", "gaps", "sources", "methods")
FEW = 60  # plans up to which the bars of a small database hold
RERUN, RERUN_MANY = 0.080, 0.250
VISIT_MANY = 2.0
LOAD, SESSION_MB, GROWTH_MB = 0.700, 5.0, 20.0
CLICK, FIRST_CHART, RELOAD = 0.700, 7.0, 2.0
SEED = 20251122
PAUSE = (1.0, 2.0)
SAMPLES = 40
EVERY = 5.0
LANGUAGE = "lang=zh"


def name(page: str) -> str:
    """A page as a reader knows it."""
    return page or "overview"


def spread(times: Sequence[float]) -> str:
    """Percentiles of seconds, in words."""
    return f"p50 {at(times, 0.5) * 1000:5.0f}   p95 {at(times, 0.95) * 1000:5.0f}   max {max(times) * 1000:5.0f} ms   ({len(times)})"


def at(times: Sequence[float], share: float) -> float:
    """The percentile of some times, the nearest rank."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


async def settled(one: Analyst, page: str) -> Run:
    """The second of two visits: what a visit costs when the first has warmed everything up."""
    await one.visit(page, LANGUAGE)
    return await one.visit(page, LANGUAGE)


def visits(database: Path | None, few: bool, rest: float = 0, pages: Sequence[str] = PAGES) -> int:
    """The first visit of each page of a server that has run for so many seconds, and the next one."""
    report = Report()
    for page in pages:
        with dashboard(database) as server:
            time.sleep(rest)
            first, again = asyncio.run(two_visits(server, page))
        report.add(
            f"{name(page)}, first visit",
            f"{first.seconds:5.2f} s, then {again.seconds * 1000:4.0f} ms; {first.size // 1024} kB in {first.messages} messages",
            f"<= {VISIT_MANY:.0f} s",
            first.seconds <= VISIT_MANY,
        )
    return report.print(f"First visits, a server for each page, {rest:.0f} s after it answers")


async def two_visits(server: Server, page: str) -> tuple[Run, Run]:
    """The first visit of a page and the second."""
    async with analyst(server.address) as one:
        return await one.visit(page, LANGUAGE), await one.visit(page, LANGUAGE)


def reruns(database: Path | None, few: bool, rest: float = 0, pages: Sequence[str] = PAGES) -> int:
    """Filter changes by one user, a page at a time: what nobody has asked for yet, and the way back to the whole. The server runs for
    `rest` seconds before: it prepares what is asked for first, which takes longer than the first visit where there are many plans."""
    report, bar = Report(), RERUN if few else RERUN_MANY
    for page in pages:
        with dashboard(database) as server:
            time.sleep(rest)
            fresh, back, busy = asyncio.run(changes(server, page))
            complaints = server.complaints()
        p95 = at([*fresh, *back], 0.95)
        report.add(f"{name(page)}, first use", spread(fresh))
        report.add(f"{name(page)}, back again", spread(back))
        report.add(
            f"{name(page)}, all",
            f"p95 {p95 * 1000:.0f} ms; processor time of the server {busy * 1000:.0f} ms a rerun",
            f"<= {bar * 1000:.0f} ms",
            p95 <= bar and not complaints,
        )
    return report.print("Reruns after a filter change, one user, a server for each page, from question to end of the script")


async def changes(server: Server, page: str) -> tuple[list[float], list[float], float]:
    """(seconds of changes to something new, of taking each back, processor time a rerun)."""
    chance, fresh, back = random.Random(SEED), [], []
    async with analyst(server.address) as one:
        await settled(one, page)
        # Whoever reads the page gives the server a moment before the first click.
        await asyncio.sleep(PAUSE[1])
        plan, busy = choices(one, chance), server.busy()
        for key, option in plan:
            fresh.append((await one.choose(key, option)).seconds)
            back.append((await one.visit(page, LANGUAGE)).seconds)
    return fresh, back, (server.busy() - busy) / (2 * len(plan))


def choices(one: Analyst, chance: random.Random) -> list[tuple[str, int]]:
    """Filters to set, no setting twice: every filter of the page in turn, an option of it by chance."""
    left = {
        key: chance.sample(free, len(free))
        for key, widget in sorted(one.widgets.items())
        if (free := [option for option in range(len(widget.options)) if option not in widget.chosen])
    }
    found: list[tuple[str, int]] = []
    while left and len(found) < SAMPLES:
        for key in list(left):
            found.append((key, left[key].pop()))
            if not left[key]:
                del left[key]
    return found[:SAMPLES]


def load(database: Path | None, few: bool, users: int = 30, seconds: float = 120, rest: float = 0) -> int:
    """Many analysts on one process who change filters every one to two seconds and go from page to page; the server runs for `rest` seconds
    before."""
    report = Report()
    with dashboard(database) as server:
        time.sleep(rest)
        asyncio.run(warm(server))
        before = server.memory()
        runs, failures, sizes = asyncio.run(crowd(server, users, seconds))
        complaints = server.complaints()
    each = [run.seconds for run in runs]
    share = (sizes[0] - before) / users
    late = sizes[len(sizes) // 2 :]
    growth = late[-1] - late[0]
    report.add(
        "errors", f"{len(failures) + len(complaints)} {' '.join([*failures, *complaints])[:200]}", "0", not failures and not complaints
    )
    report.add("reruns", spread(each), f"p95 <= {LOAD * 1000:.0f} ms", at(each, 0.95) <= LOAD)
    report.add("reruns a second", f"{len(each) / seconds:.1f}, {mean(run.size for run in runs) / 1024:.0f} kB each")
    report.add(
        "memory",
        f"{before:.0f} MB before, {sizes[0]:.0f} MB with all sessions open, {max(sizes):.0f} MB at most, {sizes[-1]:.0f} at the end",
    )
    report.add("memory a session", f"{share:.1f} MB", f"<= {SESSION_MB:.0f} MB", share <= SESSION_MB)
    report.add("growth, second half", f"{growth:+.0f} MB", f"<= {GROWTH_MB:.0f} MB", growth <= GROWTH_MB)
    return report.print(f"{users} analysts, {seconds:.0f} s, a change every {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s")


async def warm(server: Server) -> None:
    """One visit of every page, so that what is shared by all sessions is not counted as theirs."""
    async with analyst(server.address) as one:
        for page in PAGES:
            await settled(one, page)


async def crowd(server: Server, users: int, seconds: float) -> tuple[list[Run], list[str], list[float]]:
    """(runs, failures in words, memory by time) of so many analysts for so long."""
    runs: list[Run] = []
    failures: list[str] = []
    async with AsyncExitStack() as open_now:
        everyone = [await open_now.enter_async_context(analyst(server.address)) for _ in range(users)]
        for number, one in enumerate(everyone):
            await one.visit(PAGES[number % len(PAGES)], LANGUAGE)
        sizes, end = [server.memory()], time.perf_counter() + seconds
        working = [asyncio.create_task(work(one, random.Random(SEED + number), end, runs, failures)) for number, one in enumerate(everyone)]
        while time.perf_counter() < end:
            await asyncio.sleep(EVERY)
            sizes.append(server.memory())
        await asyncio.gather(*working)
    return runs, failures, sizes


async def work(one: Analyst, chance: random.Random, end: float, runs: list[Run], failures: list[str]) -> None:
    """One analyst at work: mostly sets a filter by chance, now and then clears them or goes to another page."""
    await asyncio.sleep(chance.uniform(0, PAUSE[1]))
    while time.perf_counter() < end:
        try:
            runs.append(await step(one, chance))
        except (RunFailed, TimeoutError, OSError) as error:
            failures.append(f"{type(error).__name__} {error}")
            return
        await asyncio.sleep(chance.uniform(*PAUSE))


async def step(one: Analyst, chance: random.Random) -> Run:
    """One thing that an analyst does."""
    luck = chance.random()
    if luck < 0.15 or not one.widgets:
        return await one.visit(chance.choice(PAGES), LANGUAGE)
    if luck < 0.3:
        return await one.visit(one.page, LANGUAGE)
    key = chance.choice(sorted(one.widgets))
    return await one.choose(key, chance.randrange(len(one.widgets[key].options)))


def start(database: Path | None, few: bool) -> int:
    """A real browser: from the start of the server to the first chart, reloads, and from a click to the chart that it changes."""
    from tests.benchmarks._browser import watch

    report, seen = Report(), watch(database)
    report.add(
        "server start to first chart, empty cache",
        f"{seen.first:.1f} s ({seen.first_visit:.1f} s of it in the browser)",
        f"<= {FIRST_CHART:.0f} s",
        seen.first <= FIRST_CHART,
    )
    report.add("reload to first chart", spread(seen.reloads), f"<= {RELOAD:.0f} s", max(seen.reloads) <= RELOAD)
    report.add(
        "click to updated chart",
        spread(seen.clicks),
        f"p95 <= {CLICK * 1000:.0f} ms" if few else "",
        at(seen.clicks, 0.95) <= CLICK if few else None,
    )
    return report.print("In a browser")


MEASURES = {"visits": visits, "reruns": reruns, "load": load, "start": start}


def measure(options: argparse.Namespace, database: Path | None) -> int:
    """The measures that were asked for; how many bars were missed."""
    few, missed = options.plans <= FEW and not options.database, 0
    for one in options.measures or MEASURES:
        if (busy := os.getloadavg()[0] if hasattr(os, "getloadavg") else 0) > 1:
            print(f"note: the machine is busy (load {busy:.1f}); figures are worse than on an idle one\n")
        rest = {"rest": options.rest, "pages": [page for page in PAGES if name(page) in options.page] or PAGES}
        many = {"users": options.users, "seconds": options.seconds, "rest": options.rest}
        extra = {"load": many, "visits": rest, "reruns": rest}.get(one, {})
        missed += MEASURES[one](database, few, **extra)
    return missed


def main() -> int:
    """Measure the dashboard; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks dashboard", description=main.__doc__)
    parser.add_argument(
        "measures", nargs="*", metavar="MEASURE", choices=[*MEASURES, []], help=f"some of {', '.join(MEASURES)}; all by default"
    )
    parser.add_argument("--plans", type=int, default=0, help="how many invented plans; by default the project's own database is used")
    parser.add_argument("--database", type=Path, help="a file that tests/synthetic.py has made")
    parser.add_argument("--users", type=int, default=30, help="analysts of load")
    parser.add_argument("--seconds", type=float, default=120, help="how long load lasts")
    parser.add_argument("--rest", type=float, default=0, help="seconds that a server runs before it is visited (not for start)")
    parser.add_argument("--page", action="append", default=[], choices=[name(page) for page in PAGES], help="these pages only")
    options = parser.parse_args()
    if not options.plans or options.database:
        return 1 if measure(options, options.database and options.database.resolve()) else 0
    from analytics import registry

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "synthetic.duckdb"
        synthetic.make(path, registry.load().frame(), options.plans, options.plans * 200)
        return 1 if measure(options, path) else 0


if __name__ == "__main__":
    sys.exit(main())
