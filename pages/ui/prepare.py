"""Works out ahead, in a thread of its own, what the pages will ask for first: once a server and build.

    prepare.begin()        # when the server starts: a browser needs some seconds until it asks for anything
    prepare.asked()        # at every visit: whoever is at work goes first, and a build that came since is prepared too
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from analytics.store import AnalyticsError
from pages.ui import data, passages
from pages.ui.catalogue import Catalogue

MOST = 2000  # statements
LEADING = 4  # metrics that a page draws small at first
BREATH = 0.02  # seconds between two looks
METRICS = 8  # metrics that are compared at once
QUIET, PATIENCE = 0.15, 5.0  # seconds without a visit that the next step waits for, at most so long
_begun: dict[str, str] = {}  # file -> the build that was prepared last
_guard = threading.Lock()
_last = [0.0]  # when a page was asked for
_threads: list[threading.Thread] = []
_ending = threading.Event()


def asked() -> None:
    """A page is being drawn."""
    _last[0] = time.monotonic()
    begin()


def begin() -> None:
    """Begin with the build at hand, unless that was done."""
    try:
        path, build_id = data.key()
    except AnalyticsError:
        return  # the pages say so
    if _begun.get(path) == build_id:
        return
    with _guard:
        if _begun.get(path) == build_id:
            return
        _begun[path] = build_id
    thread = threading.Thread(target=work, args=(path, build_id), name="prepare", daemon=True)
    _threads[:] = [*(one for one in _threads if one.is_alive()), thread]
    thread.start()


@atexit.register
def end() -> None:
    """The process ends, and the preparation with the step at hand: a thread that is cut off inside the engine takes the process down with
    a fault."""
    _ending.set()
    for thread in _threads:
        thread.join(PATIENCE)


def work(path: str, build_id: str) -> None:
    """Work out what every page shows at first, the first page first; then the rest that takes long. Ends when there is a newer build."""
    try:
        for step in steps(path, build_id):
            make_way()
            step()
            if _ending.is_set() or not data.is_at_hand(build_id):
                return
    except Exception:
        # Half of what a step reads may be of the newer build.
        if data.is_at_hand(build_id):
            logging.getLogger(__name__).exception("build %s was not prepared to the end", build_id)


def make_way() -> None:
    """Wait while pages are being drawn: two threads at work take each other's time."""
    until = time.monotonic() + PATIENCE
    while (now := time.monotonic()) < until and now - _last[0] < QUIET and not _ending.wait(BREATH):
        pass


def steps(path: str, build_id: str) -> Iterator[Callable[[], object]]:
    """The answers to prepare, those that most pages need first."""
    few, choices = data.small(path, build_id), data._catalogue(path, build_id)
    places = () if few else choices.known.places[: data.SCOPE]
    first = list(choices.metrics["metric_id"].head(LEADING))
    if few:
        yield from (partial(data._glance, path, build_id, metric, ()) for metric in first)
    else:
        yield partial(data.compare_ahead, path, build_id, first)
    yield partial(data._standing, path, build_id, places)
    yield partial(data._domain_counts, path, build_id, tuple(choices.metrics["metric_id"]))
    yield partial(data._comparison, path, build_id, first[0], ()) if first else partial(data._spread, path, build_id)
    yield partial(data._ambition, path, build_id)
    yield partial(passages._issues, path, build_id)
    yield partial(data._coverage, path, build_id)
    yield from (few_plans if few else many_plans)(path, build_id, choices)


def few_plans(path: str, build_id: str, choices: Catalogue) -> Iterator[Callable[[], object]]:
    """The rest where there are few: everything for all places, and what pages compose from it."""
    yield partial(data._matrix, path, build_id, "", ())
    yield partial(data._outline, path, build_id, "")
    yield partial(proofs, path, build_id)
    yield partial(passages.checks, choices.known.plans)
    if choices.plans["targets"].sum() <= MOST:
        # Not at the head of this file: the pages stand on it.
        from pages.ui import ahead

        yield from ahead.steps(choices)
    yield from (partial(data._glance, path, build_id, metric, ()) for metric in choices.metrics["metric_id"])


def many_plans(path: str, build_id: str, choices: Catalogue) -> Iterator[Callable[[], object]]:
    """The rest where there are many: what takes long whichever places are chosen."""
    metrics = choices.metrics
    yield partial(data._omitted, path, build_id, choices.known.places[0])
    yield from (partial(data._states, path, build_id, metric) for metric in metrics["metric_id"].head(1))
    leading = list(metrics.groupby("domain", sort=False)["metric_id"].head(LEADING))
    yield from (partial(data._outline, path, build_id, domain) for domain in choices.known.domains)
    ordered = list(dict.fromkeys([*leading, *metrics["metric_id"]]))
    yield from compared(path, build_id, ordered[: len(leading)])
    yield from (partial(data._standing, path, build_id, one) for one in data.portions(path, build_id))
    yield from compared(path, build_id, ordered[len(leading) :])
    # Not at the head of this file: the pages stand on it.
    from pages.ui import ahead

    yield from ahead.many(choices)


def compared(path: str, build_id: str, metrics: Sequence[str]) -> Iterator[Callable[[], object]]:
    """Compare these metrics, and read the sentences of the rows that small charts show."""
    for at in range(0, len(metrics), METRICS):
        yield partial(data.compare_ahead, path, build_id, metrics[at : at + METRICS])
        yield partial(first_rows, path, build_id, metrics[at : at + METRICS])


def first_rows(path: str, build_id: str, metrics: Sequence[str]) -> None:
    """The sentences of the rows that small charts show."""
    passages.read(data._glance(path, build_id, metric, ()).rows for metric in metrics)


def proofs(path: str, build_id: str) -> None:
    """The statements behind the findings and the cascade, with the texts of their plans."""
    found = data._standing(path, build_id, ())
    cited = [one for proof in found.findings["evidence"] for one in proof]
    passages.records([*dict.fromkeys([*cited, *found.rows["indicator_id"].dropna()])][:MOST])
