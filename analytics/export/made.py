"""A briefing made: every item as a view, one list of citations, draft sentences as findings, methods and definitions.

made = build(store, briefing)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from analytics.export.briefing import Briefing, Item
from analytics.export.common import BadSpec, text
from analytics.export.listings import (
    ambition_view,
    cascade_view,
    changes_view,
    coverage_view,
    findings_view,
    question_view,
    statements_view,
)
from analytics.export.view import View
from analytics.export.views import compare_view, domain_view
from analytics.search import resolve_metric, resolve_place
from analytics.store import AnalyticsError, Store

FINDINGS_OF_VIEW = 2


@dataclass(frozen=True)
class Made:
    """A briefing as views with one list of citations, and the text around them."""

    title: str
    subtitle: str
    lang: str
    views: tuple[View, ...]
    findings: tuple[str, ...]
    methods: tuple[str, ...]


def build(store: Store, briefing: Briefing) -> Made:
    """Every item as a view, made into a whole. Raises BadSpec naming the item that cannot be made."""
    return assemble(briefing, [numbered_view(store, item, at, briefing.lang) for at, item in enumerate(briefing.items, 1)])


def assemble(briefing: Briefing, found: Sequence[View]) -> Made:
    """The views of the items with citations numbered through, draft sentences as findings, methods. Raises BadSpec without an item."""
    if not found:
        raise BadSpec("briefing: it has no items; add a chart first")
    views = number_through(found)
    lang = briefing.lang
    version = text("foot.version", lang, build=views[0].version)
    subtitle = "\n".join(part for part in (text("deck.date", lang, date=briefing.date) if briefing.date else "", version) if part)
    findings = [view.sentences[:FINDINGS_OF_VIEW] or (view.title,) for view in views]
    methods = [text(f"deck.method_{at}", lang) for at in (1, 2, 3)]
    methods += list(dict.fromkeys(line for view in views for line in view.definitions)) + [version]
    return Made(
        briefing.title or text("deck.title", lang),
        subtitle,
        lang,
        tuple(views),
        tuple(dict.fromkeys(line for part in findings for line in part)),
        tuple(methods),
    )


def view_of(store: Store, item: Item, lang: str) -> View:
    """One item as a view with its own title and remark. Raises what the view raises."""
    view = MAKERS[item.view](store, resolved(store, item.options), lang)
    return replace(view, title=item.title or view.title, remark=item.remark)


def numbered_view(store: Store, item: Item, at: int, lang: str) -> View:
    """As `view_of`; an error says which item it is."""
    try:
        return view_of(store, item, lang)
    except AnalyticsError as error:
        error.args = (f"briefing item {at} ({item.view}): {error}", *error.args[1:])
        raise


def resolved(store: Store, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options with places and metrics by their full names and ids, however they were written."""
    found = dict(options)
    if found.get("places"):
        found["places"] = [resolve_place(store, place) for place in found["places"]]
    elif "places" in found:
        del found["places"]
    if "metric" in found:
        found["metric_id"] = resolve_metric(found.pop("metric"))
    return found


def statements_of(store: Store, options: dict[str, Any], lang: str) -> View:
    """The statements of an item."""
    words = options.pop("words", "")
    filters = {COLUMN_OF.get(name, name): value for name, value in options.items()}
    return statements_view(store, filters, words=words, lang=lang)


# Options that are columns of the statements under another name.
COLUMN_OF = {"places": "place", "kinds": "kind", "plan": "plan_id"}

MAKERS: dict[str, Callable[[Store, dict[str, Any], str], View]] = {
    "compare": lambda store, options, lang: compare_view(store, options.pop("metric_id"), lang=lang, **options),
    "domain": lambda store, options, lang: domain_view(store, options.pop("domain"), lang=lang, **options),
    "cascade": lambda store, options, lang: cascade_view(store, lang=lang, **options),
    "findings": lambda store, options, lang: findings_view(store, lang=lang, **options),
    "statements": statements_of,
    "coverage": lambda store, options, lang: coverage_view(store, lang=lang, **options),
    "changes": lambda store, options, lang: changes_view(store, options["old"], options["new"], lang=lang),
    "question": lambda store, options, lang: question_view(store, options.pop("ask"), lang=lang, **options),
    "ambition": lambda store, options, lang: ambition_view(store, lang=lang, **options),
}


def number_through(views: Sequence[View]) -> list[View]:
    """The views with one numbering: a passage that several views cite has one number."""
    numbers: dict[Any, int] = {}
    found = []
    for view in views:
        own = {source.number: numbers.setdefault(astuple(replace(source, number=0)), len(numbers) + 1) for source in view.sources}
        found.append(view.with_numbers(own))
    return found
