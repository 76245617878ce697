"""Works out ahead, in a thread of its own, what the pages will ask for first: once a server and build.

    prepare.begin()        # when the server starts: a browser needs some seconds until it asks for anything
    prepare.asked()        # at every visit: whoever is at work goes first, and a build that came since is prepared too
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from analytics.store import AnalyticsError
from pages.ui import data

MOST = 2000  # statements
LEADING = 4  # metrics that a page draws small at first
BREATH = 0.02  # seconds between two looks
QUIET, PATIENCE = 0.15, 5.0  # seconds without a visit that the next step waits for, at most so long
_begun: dict[str, str] = {}  # file -> the build that was prepared last
_guard = threading.Lock()
_last = [0.0]  # when a page was asked for


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
    threading.Thread(target=work, args=(path, build_id), name="prepare", daemon=True).start()


def work(path: str, build_id: str) -> None:
    """Work out what every page shows at first, the first page first; then the rest that takes long. Ends when there is a newer build."""
    try:
        for step in steps(path, build_id):
            make_way()
            step()
            if data.key() != (path, build_id):
                return
    except AnalyticsError as error:
        logging.getLogger(__name__).warning("not prepared: %s", error)


def make_way() -> None:
    """Wait while pages are being drawn: two threads at work take each other's time."""
    until = time.monotonic() + PATIENCE
    while (now := time.monotonic()) < until and now - _last[0] < QUIET:
        time.sleep(BREATH)


def steps(path: str, build_id: str) -> Iterator[Callable[[], object]]:
    """The answers to prepare, those that most pages need first."""
    few, choices = data.small(path, build_id), data._catalogue(path, build_id)
    places = () if few else choices.known.places[: data.SCOPE]
    first = list(choices.metrics["metric_id"].head(LEADING))
    yield from (partial(data._glance, path, build_id, metric, ()) for metric in first)
    yield partial(data._findings, path, build_id, places)
    yield partial(data._domain_counts, path, build_id, tuple(choices.metrics["metric_id"]))
    yield partial(data._comparison, path, build_id, first[0], ()) if first else partial(data._spread, path, build_id)
    yield partial(data._cascade, path, build_id, places)
    yield partial(data._ambition, path, build_id)
    yield partial(data._issues, path, build_id)
    yield partial(data._coverage, path, build_id)
    if few:
        yield partial(data._matrix, path, build_id, "", ())
        yield partial(data._outline, path, build_id, "")
        yield partial(proofs, path, build_id)
    else:
        yield partial(data._omitted, path, build_id, choices.known.places[0])
        yield from (partial(data._states, path, build_id, metric) for metric in first[:1])
        yield from (partial(data._outline, path, build_id, domain) for domain in choices.known.domains)
        leading = choices.metrics.groupby("domain", sort=False)["metric_id"].head(LEADING)
        yield from (partial(data._glance, path, build_id, metric, ()) for metric in leading)
    if few and choices.plans["targets"].sum() <= MOST:
        # Not at the head of this file: the pages stand on it.
        from pages.ui import ahead

        yield from ahead.steps(choices)
    yield from (partial(data._glance, path, build_id, metric, ()) for metric in choices.metrics["metric_id"])
    # Those of the first page once more: they are what filters narrow, and may have had to go for others.
    yield from (partial(data._comparison, path, build_id, metric, ()) for metric in first)


def proofs(path: str, build_id: str) -> None:
    """The statements behind the findings and the cascade, with the texts of their plans."""
    cited = [one for proof in data._findings(path, build_id, ())["evidence"] for one in proof]
    data.records([*dict.fromkeys([*cited, *data._cascade(path, build_id, ())["indicator_id"].dropna()])][:MOST])
