"""What the pages compose from the answers at hand, made ahead. Where there are few plans: the sentence behind every number, small charts,
the tables of every plan, in both languages. Where there are many: the places that stand side by side in each domain, and the Overview.
The keys are those of the pages, which find it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from analytics.frames import as_dicts
from pages.ui import cards, city_view, domain_view, evidence, overview_view, small
from pages.ui.catalogue import Catalogue
from pages.ui.frame import View
from pages.ui.state import KINDS, State
from pages.ui.text import LANGUAGES, messages

CLICKS = 6  # options of a filter that are gone through
SENTENCES = 20  # sentences that are made in one step


def steps(choices: Catalogue) -> Iterator[Callable[[], object]]:
    """What to do where there are few plans, one language after the other, little at a time."""
    for lang in LANGUAGES:
        view = View(messages(lang), State(lang=lang), choices)
        states = [*(State(lang=lang, place=(place,)) for place in choices.known.places[:CLICKS]), *narrower(choices, lang)]
        yield from (partial(overview, View(view.t, state, choices)) for state in states)
        for plan_id in choices.known.plans:
            yield from plan(view, plan_id)
        yield from (partial(small.drawn, view, metric) for metric in choices.metrics["metric_id"])


def many(choices: Catalogue) -> Iterator[Callable[[], object]]:
    """The same where there are many: what stands side by side in each domain, and in the one that the page begins with under each filter;
    then the Overview."""
    for lang in LANGUAGES:
        for state in narrower(choices, lang):
            view = View(messages(lang), state, choices)
            if lang == LANGUAGES[0]:  # what stands side by side is the same in each
                yield partial(side_by_side, view)
            yield partial(overview, view)


def side_by_side(view: View) -> None:
    """The rows of the matrix and the sentences of the small charts below it."""
    found = domain_view.standing(view, view.state.domain or domain_view.fullest(view))
    small.read(view, domain_view.shared_most(found)[0])


def narrower(choices: Catalogue, lang: str) -> Iterator[State]:
    """The filters that one click sets wherever the page begins, but for places."""
    yield from (State(lang=lang, domain=domain) for domain in choices.known.domains)
    yield from (State(lang=lang, kind=(kind,)) for kind in KINDS)
    yield from (State(lang=lang, horizon=(year,)) for year in choices.known.horizons[:CLICKS])


def overview(view: View) -> None:
    """The findings and the small charts of the Overview under these filters."""
    cards.made(view, cards.chosen(view), overview_view.CARDS, overview_view.PREFIX)
    metrics = list(small.shared(view).head(overview_view.SHARED)["metric_id"])
    small.read(view, metrics)
    for metric in metrics:
        small.drawn(view, metric)


def plan(view: View, plan_id: str) -> Iterator[Callable[[], object]]:
    """The sentences behind the numbers of a plan, then the tables that open them."""
    known = city_view.row_of(view, plan_id)
    found = city_view.filtered(view, known)
    rows = as_dicts(found)
    yield from (partial(sentences, view, rows[at : at + SENTENCES]) for at in range(0, len(rows), SENTENCES))
    yield partial(city_view.target_tables, view, known, found)
    yield partial(city_view.other_tables, view, known, found)


def sentences(view: View, rows: Sequence[Mapping]) -> None:
    """The sentences behind some statements."""
    for row in rows:
        evidence.body(view, row)
