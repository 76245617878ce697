"""What the pages compose from the answers at hand, made ahead. Where there are few plans: the sentence behind every number, small charts,
the tables of every plan, in both languages. Where there are many: the places that stand side by side in each domain. The keys are those
of the pages, which find it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from pages.ui import cards, city_view, domain_view, evidence, small
from pages.ui.catalogue import Catalogue
from pages.ui.frame import View
from pages.ui.overview_view import SHARED
from pages.ui.state import KINDS, State
from pages.ui.text import LANGUAGES, messages

CLICKS = 6  # options of a filter that are gone through
TOGETHER = 20  # sentences that are made in one step


def steps(choices: Catalogue) -> Iterator[Callable[[], object]]:
    """What to do, one language after the other, little at a time."""
    for lang in LANGUAGES:
        view = View(messages(lang), State(lang=lang), choices)
        yield from (partial(overview, View(view.t, state, choices)) for state in narrower(choices, lang))
        for plan_id in choices.known.plans:
            yield from plan(view, plan_id)
        yield from (partial(small.drawn, view, metric) for metric in choices.metrics["metric_id"])


def domains(choices: Catalogue) -> Iterator[Callable[[], object]]:
    """What stands side by side in each domain where no place is chosen, and in the one that the page begins with under each filter."""
    t = messages(LANGUAGES[0])
    for domain in choices.known.domains:
        yield partial(side_by_side, View(t, State(lang=t.lang, domain=domain), choices))
    for state in narrower(choices, t.lang):
        if not state.place:
            yield partial(side_by_side, View(t, state, choices))


def side_by_side(view: View) -> None:
    """The rows of the matrix and the sentences of the small charts below it."""
    found = domain_view.standing(view, view.state.domain or domain_view.fullest(view))
    small.read(view, domain_view.shared_most(found)[0])


def narrower(choices: Catalogue, lang: str) -> Iterator[State]:
    """The filters that one click on the Overview sets, but for those of many options."""
    yield from (State(lang=lang, place=(place,)) for place in choices.known.places[:CLICKS])
    yield from (State(lang=lang, kind=(kind,)) for kind in KINDS)
    yield from (State(lang=lang, horizon=(year,)) for year in choices.known.horizons[:CLICKS])


def overview(view: View) -> None:
    """The findings and the small charts of the Overview under these filters."""
    cards.chosen(view)
    for metric in small.shared(view).head(SHARED)["metric_id"]:
        small.drawn(view, metric)


def plan(view: View, plan_id: str) -> Iterator[Callable[[], object]]:
    """The sentences behind the numbers of a plan, then the tables that open them."""
    known = city_view.row_of(view, plan_id)
    found = city_view.filtered(view, known)
    rows = found.to_dict("records")
    yield from (partial(sentences, view, rows[at : at + TOGETHER]) for at in range(0, len(rows), TOGETHER))
    yield partial(city_view.target_tables, view, known, found)
    yield partial(city_view.other_tables, view, known, found)


def sentences(view: View, rows: Sequence[Mapping]) -> None:
    """The sentences behind some statements."""
    for row in rows:
        evidence.body(view, row)
