"""What the pages compose from the answers at hand, made ahead where there are few plans: the sentence behind every number, small charts,
the tables of every plan, in both languages. The keys are those of the pages, which find it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from pages.ui import city_view, small
from pages.ui.catalogue import Catalogue
from pages.ui.frame import View
from pages.ui.state import State
from pages.ui.text import LANGUAGES, messages

LEADING = 4  # metrics that the Overview shows


def steps(choices: Catalogue) -> Iterator[Callable[[], object]]:
    """What to do, one language after the other, little at a time."""
    for lang in LANGUAGES:
        view = View(messages(lang), State(lang=lang), choices)
        yield from (partial(small.drawn, view, metric) for metric in choices.metrics["metric_id"])
        yield from (partial(plan, view, plan_id) for plan_id in choices.known.plans)
        leading = choices.metrics["metric_id"].head(LEADING)
        alone = (replace(view, state=State(lang=lang, place=(place,))) for place in choices.known.places)
        yield from (partial(small.drawn, one, metric) for one in alone for metric in leading)


def plan(view: View, plan_id: str) -> None:
    """The tables of a plan, with the sentences that they open."""
    known = city_view.row_of(view, plan_id)
    found = city_view.filtered(view, known)
    city_view.target_tables(view, known, found)
    city_view.other_tables(view, known, found)
