"""What the words of a question that leave out or deny refer to, and the filters that come of everything that was read.

    除了日照, outside Shandong, 不是征求意见稿     what stands beside must not hold: excluded (not hedged is a filter of its own)
    没有森林覆盖率目标, no target for              the metric is missing: state absent
    烟台有而日照没有, that Rizhao does not have    missing in one place, there in the other: has

A cue belongs to the nearest thing beside it, with nothing between them but words that carry nothing. One that belongs to nothing is said,
and the answer refused: without it the answer could be the opposite.
"""

from __future__ import annotations

import re

from analytics.conditions import directed
from analytics.phrases import GONE, Found, Known, Parts, alternation
from analytics.wordings import chinese_wordings

THINGS = ("places", "provinces", "metrics", "domain", "kind", "status", "flow", "level", "hedge")
MEASURED = ("metrics", "domain", "kind")
LISTED = ("places", "provinces", "metrics")
# A part of so many other words that it counts as a cue only where it finds what it belongs to.
WEAK = ("无", "缺", "外", "除", "non")


class Sentence:
    """The things that were found, in their order, with what stands between them."""

    def __init__(self, parts: Parts, known: Known) -> None:
        self.parts, self.known = parts, known
        self.things = sorted((each for each in parts.found if each.field in THINGS and each.end), key=lambda each: each.start)
        self.stop = re.compile(f"{known.words.pattern('stop')}|{known.words.pattern('verb')}|{known.words.pattern('negation', 'between')}")
        self.joins = re.compile(rf"(?:{known.words.pattern('and', 'words')}|\s)*")
        self.lists = re.compile(rf"(?:{known.words.pattern('and')}|\s)*")

    def idle(self, start: int, end: int) -> bool:
        """Whether nothing that counts stands in a stretch."""
        if any(start <= each.start < end for each in self.parts.found):
            return False
        return not re.sub(rf"[\s{GONE},.;:!、,;:()\-\"]", "", self.stop.sub("", self.parts.left[start:end]))

    def verb_before(self, cue: Found) -> bool:
        """Whether an auxiliary stands just before a cue."""
        return bool(re.search(rf"(?:{self.known.words.pattern('verb')})\s*$", self.parts.text[: cue.start]))

    def after(self, at: int) -> list[Found]:
        """The thing behind a place in the text and those joined to it."""
        first = next((each for each in self.things if each.start >= at), None)
        if first is None or not self.idle(at, first.start):
            return []
        return self._chain(first, [each for each in self.things if each.start >= first.end], forward=True)

    def before(self, at: int) -> list[Found]:
        """The thing before a place in the text and those joined to it."""
        first = next((each for each in reversed(self.things) if each.end <= at), None)
        if first is None or not self.idle(first.end, at):
            return []
        return self._chain(first, [each for each in reversed(self.things) if each.end <= first.start], forward=False)

    def _chain(self, first: Found, others: list[Found], forward: bool) -> list[Found]:
        chain = [first]
        for each in others:
            left, right = (chain[-1], each) if forward else (each, chain[-1])
            between = self.parts.text[left.end : right.start]
            same = each.field == first.field or {each.field, first.field} == {"places", "provinces"}
            if not between.strip() or not (self.lists if same else self.joins).fullmatch(between):
                break
            chain.append(each)
        return chain


def cues(parts: Parts, known: Known) -> None:
    """Note every word that leaves out or denies."""
    for found in parts.take_all(known.words.pattern("cue", "except", "behind", "absent", "not")):
        parts.note(f"cue.{known.words.code('cue', found[0])}", [found[0]], found.start(), found.end())
    for found in parts.take_all(known.words.pattern("cue", "number")):
        parts.note("number", [], found.start(), found.end())


def settle(parts: Parts, known: Known) -> None:
    """Turn what was found into the values of filters."""
    sentence = Sentence(parts, known)
    excluded: set[int] = set()
    for cue in sorted((each for each in parts.found if each.field.startswith("cue.")), key=lambda each: each.start):
        _resolve(cue, sentence, excluded)
    for bare in re.findall(known.words.pattern("cue", "bare"), parts.text_of("ignored")):
        parts.problem("condition", bare)
    codes = (code for code in known.words.tables["compare"] if code != "meet")  # 要达到多少 compares nothing
    compared = tuple(each for code in codes for each in known.words.tables["compare"][code] if len(each) > 1)
    for word in re.findall(rf"{alternation(compared)}|\d[\d.,]*%?", parts.text_of("ignored")):
        parts.problem("condition", word)
    _of_unknown(parts, sentence)
    kept = [each for each in parts.found if id(each) not in excluded]
    _absent(parts, sentence, kept)
    _of_whom(parts, sentence)
    _set(parts, kept)
    _leave_out(parts, [each for each in parts.found if id(each) in excluded])
    _together(parts)
    _incentives(parts, known)
    _direct(parts, known)


def _of_unknown(parts: Parts, sentence: Sentence) -> None:
    """A number that belongs to a word which was not understood is none of a metric."""
    for number in (each for each in parts.found if each.field == "value"):
        owners = [each for each in parts.found if each.field in ("ignored", *MEASURED) and each.end <= number.start]
        owner = max(owners, key=lambda each: each.end, default=None)
        if owner and owner.field == "ignored" and sentence.idle(owner.end, number.start):
            for name in ("comparator", "value", "value_max", "unit"):
                parts.values.pop(name, None)
            parts.problem("condition", parts.text[owner.start : number.end])


def _resolve(cue: Found, sentence: Sentence, excluded: set[int]) -> None:
    kind, word = cue.field.removeprefix("cue."), cue.values[0]
    unknown = min((each for each in sentence.parts.found if each.start >= cue.end), key=lambda each: each.start, default=None)
    if kind != "behind" and unknown and unknown.field == "ignored" and sentence.idle(cue.end, unknown.start):
        sentence.parts.problem("condition", f"{word} {unknown.values[0]}" if word.isascii() else f"{word}{unknown.values[0]}")
        return
    after, before = sentence.after(cue.end), sentence.before(cue.start)
    if kind == "not" and after and after[0].field == "places" and sentence.after(after[-1].end) and sentence.verb_before(cue):
        kind, before, after = "absent", after, sentence.after(after[-1].end)  # does not Rizhao mention
    if kind == "not":
        kind = "absent" if _denies_having(cue, sentence, after) else "except"
    if kind == "absent" and after and after[0].field in ("status", "hedge", "flow", "level"):
        kind = "except"
    if kind == "absent" and unknown and unknown.field == "number" and sentence.idle(cue.end, unknown.start):
        sentence.parts.note("state", ["mentioned"], cue.start, cue.end)  # 没有写数字的品牌目标
        return
    targets = before if kind == "behind" else after if kind == "except" else []
    if targets:
        excluded.update(map(id, targets))
    elif kind == "absent" and (before or after):
        state = "mentioned" if any(each.field == "number" and each.start > cue.start for each in sentence.parts.found) else "absent"
        sentence.parts.note("state", [state], cue.start, cue.end)
    elif kind == "except" and _behind_too(cue, sentence, before):
        excluded.update(map(id, before))
    elif word not in WEAK:
        sentence.parts.problem("condition", word)


def _behind_too(cue: Found, sentence: Sentence, before: list[Found]) -> bool:
    """Whether 不算 and its like stand behind what they leave out: 日照不算, Rizhao excluded."""
    return bool(before) and not sentence.parts.text[cue.end :].strip(" ,.;的") and before[-1].field in ("places", "provinces", "status")


def _denies_having(cue: Found, sentence: Sentence, after: list[Found]) -> bool:
    """Whether "not" denies that something is set (do not have X, that Rizhao does not) and not what it is (not drafts)."""
    verbs = sentence.known.words.pattern("verb")
    if after and after[0].field not in MEASURED:
        return False
    follows = sentence.parts.text[cue.end : after[0].start] if after else ""
    return sentence.verb_before(cue) or bool(re.search(verbs, follows))


def _absent(parts: Parts, sentence: Sentence, kept: list[Found]) -> None:
    """A place that lacks what another has: the one beside the cue lacks it."""
    for state in [each for each in parts.found if each.field == "state"]:
        lacking = [each for each in sentence.before(state.start) if each.field == "places"]
        others = [each for each in kept if each.field == "places" and each not in lacking]
        if state.values[0] == "absent" and lacking and others:
            parts.values["has"] = tuple(sorted({value for each in others for value in each.values}))
            for each in others:
                kept.remove(each)


def _of_whom(parts: Parts, sentence: Sentence) -> None:
    """Of several metrics, one there and another missing is what no statement and no cell says; a missing metric has no number."""
    states = [each for each in parts.found if each.field == "state" and each.values[0] == "absent"]
    metrics = [each for each in parts.found if each.field == "metrics"]
    missing = [each for state in states for each in sentence.after(state.end) or sentence.before(state.start)]
    if states and any(each in missing for each in metrics) and any(each not in missing for each in metrics):
        parts.problem("condition", parts.text[states[0].start : states[0].end])
    if states and {"comparator", "relation"} & set(parts.values):
        parts.problem("condition", parts.text[states[0].start : states[0].end])


def _set(parts: Parts, kept: list[Found]) -> None:
    """Values of what must hold; of a field with one value two different ones cancel out."""
    for name in (*LISTED, "domain", "kind", "status", "level", "flow", "hedge", "state", "aggregate"):
        values = {value for each in kept if each.field == name for value in each.values}
        if name in LISTED and values:
            parts.values[name] = tuple(sorted(values))
        elif len(values) == 1:
            parts.values[name] = values.pop()
        elif values and name != "kind":
            parts.problem("condition", ", ".join(sorted(map(str, values))))
    if "metrics" in parts.values:
        parts.values.pop("domain", None)
    if "state" in parts.values:
        parts.values.pop("kind", None)


def _leave_out(parts: Parts, left_out: list[Found]) -> None:
    """Values of what must not hold."""
    excluded = set()
    for each in left_out:
        if each.field == "hedge":
            parts.values["hedge"] = not each.values[0]
        else:
            excluded |= {f"{each.field}={value}" for value in each.values}
    gone = {value for each in left_out if each.field == "metrics" for value in each.values}
    domain = parts.values.get("domain")
    others = "metrics" in parts.values and not gone & set(parts.values["metrics"])
    if gone and (others or domain and not any(each.startswith(f"{domain}.") for each in gone)):
        # Places with the one metric and without the other: no statement says that.
        parts.problem("condition", next(parts.text[each.start : each.end] for each in left_out if each.field == "metrics"))
    elif excluded:
        parts.values["excluded"] = tuple(sorted(excluded))


def _together(parts: Parts) -> None:
    """What all of the named places have, where no metric says what that is."""
    named = parts.values.get("places", ())
    words = [parts.text[each.start : each.end] for each in parts.found if each.field == "together"]
    if words and len(named) > 1 and "metrics" not in parts.values:
        parts.values["has"] = named
    elif words and len(named) < 2 and len(parts.values.get("metrics", ())) > 1:
        parts.problem("condition", words[0])  # places that have each of several metrics


def _incentives(parts: Parts, known: Known) -> None:
    """Incentives have no metric: what they are given for stands in their name."""
    metrics = parts.values.get("metrics")
    if parts.values.get("kind") == "incentive" and metrics:
        words = next((parts.text[each.start : each.end] for each in parts.found if each.field == "metrics"), "")
        chinese = bool(words) and not words[0].isascii()
        text = (words,) if chinese and len(metrics) > 1 else chinese_wordings(words, metrics, known.registry)
        if text:
            parts.values.pop("metrics")
            parts.values["text"] = text


def _direct(parts: Parts, known: Known) -> None:
    """What depends on whether less of the metric is better."""
    metrics = [known.registry.metrics[each].better for each in parts.values.get("metrics", ()) if each in known.registry.metrics]
    lower = bool(metrics) and set(metrics) == {"lower"}
    values = parts.values
    if "comparator" in values:
        values["comparator"] = directed(values["comparator"], lower)
    if "relation" in values:
        values["relation"] = RELATION_OF[directed(values["relation"], lower)]
    if values.get("sort") in ("best", "worst"):
        values["sort"] = "asc" if (values["sort"] == "worst") != lower else "desc"
    if values.get("per_head") and not metrics:
        values.pop("per_head")
        parts.problem("metric_needed", "")
    if values.get("per_head") and "value" in values:
        parts.problem("condition", next(parts.text[each.start : each.end] for each in parts.found if each.field == "per_head"))


RELATION_OF = {"gt": "above", "ge": "not_below", "lt": "below", "le": "not_above", "eq": "equal"}
