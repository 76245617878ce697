"""When a statement holds: the year it is for, and whether it is a target or what was already so.

A time mention rules what follows it in its sentence; a sentence without one takes the last of its paragraph, then what the section's
opening says, then the horizon of the plan.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

from etl.lexicon import chinese, numeral_class
from etl.model import Block, Plan, Section, Text, When
from etl.vocab import either, load


@dataclass(frozen=True, slots=True)
class Mention:
    """A year in the text. sense: due (to be reached by), observed (counted then), bare, base (only compared with)."""

    start: int
    end: int
    year: int
    sense: str


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the whole document: horizon, the year it speaks from, and whether it sets targets at all."""

    horizon: int | None
    now: int | None
    plans: bool
    start: int | None
    sure: bool = True
    issued: bool = True


_YEAR = r"(?P<year>(?:19|20)\d\d|[一二][〇零九][〇零一二三四五六七八九]{2})"


@cache
def _core() -> re.Pattern:
    """A time word from its first character; what stands before it is looked at apart, which is many times faster than an optional start."""
    relative = either(load("times")["relative"])
    return re.compile(
        rf"{_YEAR}\s*年(?!度?[)〉”》])(?:度)?(?P<month>\d{{1,2}}月)?(?P<behind>年?[底末]前?|以?前|上半年)?(?P<comma>[,,]?)"
        rf"|“?(?P<period>十[一二三四五六七八]?五|(?<![十\d])[一二三四五六七八九]五)”?(?P<part>时期|期间|末|期末|以来|规划)(?P<pcomma>[,,]?)"
        rf"|(?P<relative>{relative})(?P<rcomma>[,,]?)|(?P<past>(?:过去|近)[{numeral_class()}\d]+年(?:来|间)?)|(?P<ahead>(?:未来|今后)[{numeral_class()}\d]+年)"
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
            found.append(Mention(word.start, m.end(), year, _sense(word, text)))
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
    if m["past"]:
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
    number = re.search(r"[〔\[]((?:19|20)\d\d)[〕\]]\s*\d+\s*号", text[:800])
    span = re.search(r"((?:19|20)\d\d)\s*[-—~至]{1,2}\s*((?:19|20)\d\d)\s*年?", text[:600])
    horizon = plan.horizon_end or (int(span[2]) if span else None) or _horizon(text, due)
    observed = [m.year for m in dated if m.sense == "observed"]
    start = plan.horizon_start or (int(span[1]) if span else None)
    now = issued or (int(number[1]) if number and (not horizon or int(number[1]) <= horizon) else None)
    plans = (
        bool(due)
        or bool(_plan_title().search(text[:160]))
        or bool(_planning().search(text))
        or not (dated or _report_title().search(text[:160]))
    )
    if now is None and observed:
        now = max(observed)
    if now is None and start and start != horizon:
        now = start
    known = now is not None
    first = min((m.year for m in due), default=0)
    sure = known or any(m.year < first or horizon and m.year < horizon for m in dated)
    if now is None:
        now = _inferred_now(due, dated, horizon, plans)
    plans = plans or not sure and not _report_title().search(text[:160])
    return Context(horizon, now, plans, start, sure, known)


def _horizon(text: str, due: list[Mention]) -> int | None:
    """The year that most targets name, or the end of the period in the title."""
    period = re.search(r"“?(十[一二三四五六]?五)”?", text[:200])
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


class Clock:
    """Walks the blocks in order and tells for each place which time rules it."""

    def __init__(self, t: Text, context: Context, words: list[Found]) -> None:
        self.t, self.context, self._words = t, context, words
        self._starts = [word.start for word in words]
        self._of_section: dict[int, When] = {}
        self._block: Block | None = None
        self._mentions: list[Mention] = []
        self._ruling: list[Mention] = []

    def enter(self, block: Block) -> None:
        """Begin a block; an opening paragraph that only sets a time (到2025年,努力实现以下目标:) rules its section."""
        self._block = block
        self._mentions = [
            m for m in mentions(self.t.text, self._inside(block), self.context, self._this_year(block.section)) if m.sense != "base"
        ]
        self._ruling = [m for m in self._mentions if m.sense in ("due", "observed") or m.start - block.start <= 16]
        words = self.t.text[block.start : block.end]
        first = next((m for m in self._mentions if m.sense in ("due", "observed", "bare")), None)
        if first and (words.rstrip().endswith((":", ":")) or first.start - block.start <= 12 and _opens(words)):
            self._of_section[id(block.section)] = self._resolve(first, block)

    def _inside(self, block: Block) -> list[Found]:
        return self._words[bisect_left(self._starts, block.start) : bisect_left(self._starts, block.end)]

    def _this_year(self, section: Section) -> int | None:
        """The year of a work report's part, from its heading (二、2022年重点工作)."""
        for node in reversed(section.path):
            found = re.findall(r"(?:19|20)\d\d(?=年)", node.title)
            if found:
                return int(found[-1])
        return None

    def when(self, start: int, sentence: tuple[int, int], previous: int = 0) -> When:
        """Kind and year for a statement whose number begins at `start` in `sentence`; `previous` is where the number before it ends.

        A year that only describes one number (由2016年的1388家) rules no number behind that one.
        """
        block = self._block
        words = self.t.text[sentence[0] : start]
        if inside := _last(self._mentions, sentence[0], start, previous):
            return self._with_cues(self._resolve(inside, block), words, block, True)
        if earlier := _last(self._ruling, block.start, start, previous):
            return self._with_cues(self._resolve(earlier, block), words, block, False)
        return self._with_cues(self._inherited(block), words, block, False)

    def of_year(self, year: int) -> When:
        """A statement whose own words name its year (2025年、2030年分别达到…)."""
        c = self.context
        return When("baseline" if c.sure and c.now is not None and year < c.now else "target", year, "time.step")

    def _resolve(self, m: Mention, block: Block) -> When:
        c = self.context
        if m.sense == "due":
            past = c.start and m.year < c.start or c.now and (m.year < c.now or m.year == c.now and block.section.role == "background")
            return When("baseline", m.year, "time.past") if past else When("target", m.year, "time.due")
        if m.sense in ("observed", "origin"):
            return When("baseline", m.year, f"time.{m.sense}")
        past = c.now is not None and (m.year < c.now or m.year == c.now and not self._ahead(m, block))
        return When("baseline" if past else "target", m.year, "time.bare")

    def _ahead(self, m: Mention, block: Block) -> bool:
        """Whether a year without a preposition, the year the document speaks from, is spoken of as still to come."""
        c = self.context
        if block.section.role == "background" or not c.plans:
            return False
        if not (c.sure and c.issued):
            return not c.sure
        told = block.section.role == "targets" or re.search(r"重点|安排|任务|计划", block.section.title)
        return bool(told) or _future(self.t.text[m.end : m.end + 30])

    def _inherited(self, block: Block) -> When:
        section: Section | None = block.section
        c = self.context
        while section is not None and section.title:
            if id(section) in self._of_section:
                return self._of_section[id(section)]
            found = [m for m in mentions(section.title + " ", time_words(section.title + " "), c) if m.sense != "base"]
            if found and section.role != "other" or found and re.search(r"重点|计划|安排|任务", section.title):
                year = found[-1].year
                return When(
                    "baseline" if section.role == "background" or c.now is not None and year < c.now else "target", year, "time.heading"
                )
            section = section.parent
        if block.section.role == "background":
            past = (
                c.now
                if c.now and c.horizon and c.now < c.horizon and not (c.start and c.now >= c.start)
                else (c.start - 1 if c.start else c.now)
            )
            return When("baseline", past, "time.background")
        root = self._of_section.get(id(block.section)) if not block.section.title else None
        return root or When("target" if c.plans else "baseline", c.horizon, "time.horizon")

    def _with_cues(self, when: When, words: str, block: Block, own: bool) -> When:
        """Words of the sentence that overrule an inherited time: 力争 makes a target, 已 and 累计 in a retrospect make a baseline."""
        if when.rule in ("time.due", "time.observed", "time.origin", "time.past") and own:
            return when
        if (
            when.kind == "baseline"
            and own
            and re.search(r"力争|争取|确保|目标|计划|将达到|预期", words)
            and self.context.now
            and (when.year or 0) >= self.context.now
        ):
            return When("target", when.year, "cue.future")
        if when.kind == "target" and block.section.role not in ("targets",) and _past().search(words) and not _future(words):
            year = (
                when.year
                if own and when.rule == "time.bare"
                else self.context.now
                if self.context.now != self.context.horizon or not self.context.plans
                else when.year
            )
            return When("baseline", year, "cue.past")
        return when


def _last(mentions: list[Mention], left: int, right: int, previous: int) -> Mention | None:
    """The last mention that begins in text[left:right] and rules there; `previous` is where the number before ends."""
    for at in range(bisect_left(mentions, right, key=lambda m: m.start) - 1, -1, -1):
        m = mentions[at]
        if m.start < left:
            break
        if not (m.end < previous and m.sense in ("origin", "of")):
            return m
    return None


def _opens(words: str) -> bool:
    """An opening sentence without a number of its own beyond the year."""
    return not re.search(r"(?<!\d)\d++(?:\.\d++)?(?:%|[万亿]?[个家项件分元])", words)


@cache
def _past() -> re.Pattern:
    return re.compile(either(load("times")["past"]["words"]))


@cache
def _to_come() -> re.Pattern:
    return re.compile(either(load("times")["future"]["words"]))


def _future(words: str) -> bool:
    return bool(_to_come().search(words))
