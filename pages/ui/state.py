"""The state of the view, which is the query string and nothing else.

    state, notices = read(st.query_params, known)     # hostile or stale values fall back, each with a notice
    st.selectbox(..., key=..., on_change=...)          # through pages.ui.controls, which write the query string
    link(state, metric="food.food_pass_rate")          # parameters of a link to another page

Codes stand in the address, never labels, so a link works in both languages. A value that equals its default is left out, apart from
the language: a copied link opens in the language it was copied in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlencode

from analytics.cascade import RELATIONS
from analytics.measures import MEASURES
from analytics.questions import FIELDS

KINDS = ("target", "baseline", "incentive", "commitment")
TEXT_LIMIT = 120
ASK_LIMIT = 120
SQL_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Known:
    """What the data at hand offers; a parameter that names anything else falls back."""

    places: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    horizons: tuple[int, ...] = ()
    metrics: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # any name of a place, in lower case -> its full name


@dataclass(frozen=True, slots=True)
class State:
    """Field names are the parameters. Empty means no restriction, or the page's own choice."""

    lang: str = "zh"
    place: tuple[str, ...] = ()
    domain: str = ""
    kind: tuple[str, ...] = ()
    horizon: tuple[int, ...] = ()
    q: str = ""
    metric: str = ""
    indicator: str = ""
    plan: str = ""
    against: str = ""
    quote: str = ""
    view: str = "value"
    relation: tuple[str, ...] = ()
    others: bool = True
    page: int = 1
    sql: str = ""
    ask: str = ""
    drop: tuple[str, ...] = ()


FRAME = ("lang", "place", "domain", "kind", "horizon", "q")
FILTERS = ("place", "domain", "kind", "horizon", "q")
DEFAULT = State()
# What to change in a state for no filter at all; the choice of metric, plan and view stays.
CLEARED = {name: getattr(DEFAULT, name) for name in FILTERS}


@dataclass(frozen=True, slots=True)
class Notice:
    """A parameter that was set aside, the value that it had, and why where the words for all others do not fit."""

    name: str
    value: str
    why: str = ""


def one_of(options: Callable[[Known], Sequence]) -> Callable:
    """A parser of a single value; the options may be numbers."""

    def parse(values: list[str], known: Known) -> tuple[Any, list[str]]:
        allowed = {str(option): option for option in options(known)}
        return allowed.get(values[-1]), [value for value in values[-1:] if value not in allowed]

    return parse


def any_of(options: Callable[[Known], Sequence]) -> Callable:
    """A parser of a repeated value, in the order of the options; all of them is the same as none."""

    def parse(values: list[str], known: Known) -> tuple[tuple, list[str]]:
        wanted, allowed = set(values), options(known)
        chosen = tuple(option for option in allowed if str(option) in wanted)
        bad = sorted(wanted - {str(option) for option in chosen})
        return (() if len(chosen) == len(allowed) else chosen), bad

    return parse


def places(values: list[str], known: Known) -> tuple[tuple, list[str]]:
    """A parser of places by any of their names: 沙坡头区, 日照, Rizhao."""
    return any_of(lambda known: known.places)([known.names.get(value.strip().lower(), value) for value in values], known)


def free(values: list[str], known: Known) -> tuple[str, list[str]]:
    """A parser of text: control characters are dropped, and what is longer than TEXT_LIMIT is refused."""
    text = "".join(character for character in values[-1] if character.isprintable()).strip()
    return (text, []) if len(text) <= TEXT_LIMIT else ("", [text])


def lines(values: list[str], known: Known) -> tuple[str, list[str]]:
    """A parser of a query in SQL: line breaks stay, other control characters are dropped, longer than SQL_LIMIT is refused."""
    text = "".join(character for character in values[-1].replace("\t", " ") if character.isprintable() or character == "\n").strip()
    return (text, []) if len(text) <= SQL_LIMIT else ("", [text])


def flag(values: list[str], known: Known) -> tuple[bool | None, list[str]]:
    """A parser of 0 and 1."""
    return {"0": False, "1": True}.get(values[-1]), [value for value in values[-1:] if value not in ("0", "1")]


def number(values: list[str], known: Known) -> tuple[int | None, list[str]]:
    """A parser of a page number from 1 to 99,999."""
    text = values[-1]
    good = text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0
    return (int(text), []) if good else (None, [text])


PARSERS: dict[str, Callable] = {
    "lang": one_of(lambda known: ("zh", "en")),
    "place": places,
    "domain": one_of(lambda known: known.domains),
    "kind": any_of(lambda known: KINDS),
    "horizon": any_of(lambda known: known.horizons),
    "q": free,
    "metric": one_of(lambda known: known.metrics),
    "indicator": free,
    "plan": one_of(lambda known: known.plans),
    "against": one_of(lambda known: known.plans),
    "quote": free,
    "view": one_of(lambda known: MEASURES),
    "relation": any_of(lambda known: RELATIONS),
    "others": flag,
    "page": number,
    "ask": free,
    "drop": any_of(lambda known: FIELDS),
    "sql": lines,
}


def read(params: Mapping[str, list[str]], known: Known, lang: str = "zh") -> tuple[State, list[Notice]]:
    """The state that a query string asks for, and what of it could not be honoured. `lang` is the language where none is asked for."""
    values: dict[str, Any] = {"lang": lang}
    notices: list[Notice] = []
    for name, parse in PARSERS.items():
        given = [value for value in params.get(name, []) if value != ""]
        if not given:
            continue
        value, bad = parse(given, known)
        notices += [Notice(name, value[:60]) for value in bad]
        if value is not None:
            values[name] = value
    return State(**values), notices


def to_params(state: State, names: Sequence[str] | None = None) -> dict[str, str | list[str]]:
    """The query parameters of a state, defaults left out; `names` limits them."""
    found: dict[str, str | list[str]] = {}
    for each in fields(State):
        value = getattr(state, each.name)
        if (names is None or each.name in names) and (value != getattr(DEFAULT, each.name) or each.name == "lang"):
            found[each.name] = (
                [str(one) for one in value] if isinstance(value, tuple) else str(int(value)) if isinstance(value, bool) else str(value)
            )
    return found


def link(state: State, **changes: Any) -> dict[str, str | list[str]]:
    """Parameters for another page: the frame's own, and `changes`."""
    kept = replace(DEFAULT, **{name: getattr(state, name) for name in FRAME})
    return to_params(replace(kept, **changes))


def address(page: str, state: State, **changes: Any) -> str:
    """The same as an address, relative to that of any page."""
    return f"{page}?{urlencode(link(state, **changes), doseq=True)}"


def active(state: State) -> list[tuple[str, Any]]:
    """(parameter, value) of every filter that narrows the view, one entry a value of a repeated one."""
    found: list[tuple[str, Any]] = []
    for name in FILTERS:
        value = getattr(state, name)
        found += [(name, one) for one in value] if isinstance(value, tuple) else [(name, value)] if value else []
    return found


def without(state: State, name: str, value: Any) -> dict[str, Any]:
    """What to change in the state to take one filter value away."""
    current = getattr(state, name)
    return {name: tuple(one for one in current if one != value) if isinstance(current, tuple) else getattr(DEFAULT, name)}
