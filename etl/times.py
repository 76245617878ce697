"""Times in a text: the words that name a year, the sense that each gives it, and what a document says of its own time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from etl.about import own_number
from etl.lexicon import chinese, numeral_class
from etl.model import Plan
from etl.vocab import either, load


@dataclass(frozen=True, slots=True)
class Mention:
    """A year in the text. sense: due (to be reached by), observed (counted then), origin (risen from), of (describes one number), bare, or
    base (only compared with). begin: the first year where a planning period is named, whose last is `year`."""

    start: int
    end: int
    year: int
    sense: str
    begin: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the whole document: its horizon, the year it speaks from, whether it sets targets at all, when its period starts.

    sure: some date in it lies before what is due. told: the year it speaks from is told by a date of issue, a count or the period.
    """

    horizon: int | None
    now: int | None
    plans: bool
    start: int | None
    sure: bool = True
    told: bool = True

    def review(self, background: bool) -> int | None:
        """The year of facts that name none: that before the plan begins in its `background` and where it is as old as its period, else
        the year that the document speaks from, or the one before where that is also what it plans for. None where no date tells."""
        if self.now is None or self.plans and not self.told:
            return None
        if self.start and (background and self.now >= self.start or self.now == self.start):
            return self.start - 1
        return self.now - 1 if self.plans and self.now == self.horizon else self.now


_YEAR = r"(?P<year>(?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2})"


@cache
def _core() -> re.Pattern:
    """A time word from its first character; what stands before it is looked at apart, which is many times faster than an optional start."""
    relative, current = either(load("times")["relative"]), either(load("times")["current"]["words"])
    return re.compile(
        rf"{_YEAR}\s*年(?!度?[)〉”》])(?:度)?(?P<month>\d{{1,2}}月)?(?P<behind>年?[底末]前?|以?前|上半年)?(?P<comma>[,,]?)"
        rf"|“?(?P<period>十[一二三四五六七八]?五|(?<![十\d])[一二三四五六七八九]五)”?(?P<part>时期|期间|末|期末|以来|规划)(?P<pcomma>[,,]?)"
        rf"|(?P<relative>{relative})(?P<rcomma>[,,]?)|(?P<past>(?:过去|近)[{numeral_class()}\d]+年(?:来|间)?|[一二两三四五]年来)|(?P<ahead>(?:未来|今后)[{numeral_class()}\d]+年)|(?P<current>{current})"
    )


@cache
def _before() -> tuple[re.Pattern, dict[str, str]]:
    """The words that may stand before a year, and the sense that each gives it."""
    sense = {word: name for name, words in load("times")["before"].items() for word in words}
    return re.compile(rf"{either(sense)}(?:“十[一二三四五六]五”末[(,]?)?$"), sense


@dataclass(frozen=True, slots=True)
class Found:
    """A time word as it stands, before anyone knows which year it means."""

    match: re.Match
    start: int
    before: str


def time_words(text: str) -> list[Found]:
    """Every time word of `text`, in order."""
    words = []
    for m in _core().finditer(text):
        before = _before()[0].search(text, max(0, m.start() - 12), m.start())
        words.append(Found(m, before.start() if before else m.start(), re.sub("“.*", "", before.group()) if before else ""))
    return words


def mentions(text: str, words: list[Found], context: Context, this_year: int | None = None) -> list[Mention]:
    """The mentions that time words make in `context`. `this_year` is what 今年 means there, where the heading says so."""
    found = []
    for word in words:
        m = word.match
        year = this_year + load("times")["relative"][m["relative"]] if m["relative"] and this_year else _year_of(m, context)
        if year:
            found.append(Mention(word.start, m.end(), year, _sense(word, text), year - 4 if m["period"] else None))
    return found


def _year_of(m: re.Match, context: Context) -> int | None:
    if m["year"]:
        return int(m["year"]) if m["year"].isdigit() else int(chinese(m["year"]) or 0) or None
    if m["period"]:
        return _period_end(m["period"])
    if m["relative"] and context.now:
        shift = load("times")["relative"][m["relative"]]
        near = context.horizon is not None and context.horizon - context.now in (0, 1)
        return (context.horizon if shift >= 0 else context.horizon + shift) if near else context.now + shift
    if m["past"] and context.now:
        return context.start - 1 if context.start and context.now >= context.start else context.now
    if m["current"]:
        return context.now
    return context.horizon if m["ahead"] else None


def _period_end(period: str) -> int | None:
    """The last year of a five-year period: 十三五 is 2016-2020."""
    digits = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
    if period == "十五":
        return 2005
    number = 10 + digits[period[1]] if period.startswith("十") else digits[period[0]]
    return 1955 + 5 * number


def _sense(word: Found, text: str) -> str:
    """due, observed, origin, base, of (describes one number) or bare."""
    m, told = word.match, _before()[1].get(word.before, "")
    if told in ("base", "observed", "origin"):
        return told
    if m["past"] or m["current"]:
        return "observed"
    if told == "due" and _ROSE_TO.search(text, max(0, word.start - 3), word.start):
        return "of"
    if m["ahead"] or (m["behind"] or "").endswith("前") or told == "due" and not _DATED.search(text, max(0, word.start - 2), word.start):
        return "due"
    if re.match(r"的\d+(?:\.\d+)?倍", text[m.end() : m.end() + 8]):
        return "base"
    behind = text[m.end() : m.end() + 1]
    clear = m["comma"] or m["behind"] or m["period"] or m["relative"] or re.match(r"[㐀-鿿“]", behind) and behind not in "的分"
    return "bare" if clear else "of"


# 增加到2019年的52件: the year describes the number. 2021年至2025年: a span, nothing is due.
_ROSE_TO = re.compile(r"(?:增加|提高|提升|增长|上升|扩大|发展|下降|降低|减少|增|降|升|调整|压缩|缩短)$")
_DATED = re.compile(r"[\d年]\s*$")


@cache
def _planning() -> re.Pattern:
    return re.compile(either(load("times")["planning"]["words"]))


@cache
def _report_title() -> re.Pattern:
    return re.compile(either(load("times")["planning"]["reports"]))


@cache
def _plan_title() -> re.Pattern:
    return re.compile(either(load("times")["planning"]["titles"]))


def context(text: str, plan: Plan, words: list[Found]) -> Context:
    """What the document says of its own time; `plan` holds what is known from outside and wins."""
    due, dated = [], []
    probe = Context(None, None, True, None)
    for m in mentions(text, words, probe):
        if m.sense in ("due", "observed", "origin", "bare") or m.sense == "of" and text[m.end : m.end + 1] == "的":
            (due if m.sense == "due" else dated).append(m)
    issued = int(plan.issued[:4]) if plan.issued[:4].isdigit() else None
    number = re.search(r"[〔\[]((?:19|20)\d\d)", own_number(text[:800]))
    span = re.search(r"((?:19|20)\d\d)\s*[-—~至]{1,2}\s*((?:19|20)\d\d)\s*年?", text[:600])
    horizon = plan.horizon_end or (int(span[2]) if span else None) or _horizon(text, due)
    observed = [m.year for m in dated if m.sense == "observed"]
    title = plan.title or text.lstrip().split("\n", 1)[0][:60]
    period = _PERIOD.search(title) if _plan_title().search(title) else None
    start = plan.horizon_start or (int(span[1]) if span else _period_end(period[1]) - 4 if period else None)
    now = issued or (int(number[1]) if number and (not horizon or int(number[1]) <= horizon) else None)
    plans = (
        bool(due)
        or bool(_plan_title().search(text[:160]))
        or bool(_planning().search(text))
        or not (dated or _report_title().search(text[:160]))
    )
    if now is None and observed and max(observed) >= (start or 0) - 1:
        now = max(observed)
    if now is None and start and start != horizon:
        now = start
    told = now is not None
    first = min((m.year for m in due), default=0)
    sure = told or any(m.year < first or horizon and m.year < horizon for m in dated)
    if now is None:
        now = _inferred_now(due, dated, horizon, plans)
    plans = plans or not sure and not _report_title().search(text[:160])
    return Context(horizon, now, plans, start, sure, told)


_PERIOD = re.compile(r"“?(十[一二三四五六]?五)”?")


def _horizon(text: str, due: list[Mention]) -> int | None:
    """The year that most targets name, or the end of the period in the title."""
    period = _PERIOD.search(text[:200])
    if due:
        years = [m.year for m in due]
        return max(set(years), key=lambda y: (years.count(y), -years.index(y)))
    if period:
        return _period_end(period[1])
    years = [int(y) for y in re.findall(r"((?:19|20)\d\d)\s*年", text[:600])]
    return max(years) if years else None


def _inferred_now(due: list[Mention], dated: list[Mention], horizon: int | None, plans: bool) -> int | None:
    """Without any date of issue: the year before the first due year, or the horizon itself where nothing is due."""
    if due:
        first = min(m.year for m in due)
        known = [m.year for m in dated if m.sense in ("bare", "origin") and m.year < first]
        return max(known) if known else first - 1
    bare = [m.year for m in dated if horizon and m.year < horizon]
    return max(bare) if bare else horizon if not plans else horizon - 1 if horizon else None
