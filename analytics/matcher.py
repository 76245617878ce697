"""A registry compiled for alignment: word classes as bits, match lines as masks, and every decision made once and kept.

A name becomes a bit mask of the word classes in it. Which metric it belongs to depends on that mask, the kind, unit and flow, and on
whether it holds characters that no class knows; so a decision is made once for each such combination.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analytics.registry import Metric, Pattern, Registry
from analytics.terms import FACETS, Scanner

_COUNT = "count"
"""The class of units of things that are counted: their name alone says what is measured."""

_SCALE_WORDS = {"score_word": "分", "sat_rate": "%"}
"""Classes whose words say on what scale a number without a unit is."""

_TOKEN = "\x01"
"""Stands for unknown characters while a decision is cached."""
_MARKS = "、()-:+.%0123456789"
"""Say nothing where they stand beside unknown characters."""

_PLACE_HEAD = re.compile(r"[\u4e00-\u9fff]{1,7}?(?:自治州|自治县|省|市|县|区|州|旗|盟)$")
_WHOLE, _AREA = frozenset("全我本"), frozenset("省市县区州")
"""全市, 我省, 本区 at the head of a name; a 市 after the name of the place."""
_NOT_A_PLACE_END = ("市级", "县级", "区级", "省级", "市区", "市政府", "市长", "县长", "区长", "省长")

Decision = tuple[str | None, str, str | None]
"""Metric id, how, note."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A match line of a metric as bit masks over the classes. `defining`: classes without alternative, so no news about a name.

    `needs_unit`: the words do not say what is measured, and only the unit tells the metric from others (食品, in 批次/千人)."""

    metric: Metric
    groups: tuple[int, ...]
    line: int
    defining: int
    allowed: int
    never: int
    goal_only: bool
    needs_unit: bool = False

    def held(self, mask: int) -> bool:
        return all(mask & group for group in self.groups)


class Matcher:
    """Reads names and decides. Threads may share one: at worst two make the same decision and both keep it."""

    def __init__(self, registry: Registry) -> None:
        self.vocabulary = registry.vocabulary
        self.ids = list(self.vocabulary.classes)
        self.bit = {name: 1 << position for position, name in enumerate(self.ids)}
        self.local = self.bit.get("local", 0)
        self.provinces = frozenset(self.vocabulary.classes["province"].words) if "province" in self.vocabulary.classes else frozenset()
        self.scanner = Scanner(self.vocabulary.word_owner())
        terms = self.vocabulary.classes.items()
        self.content = self._mask(name for name, term in terms if term.role in ("object", "measure"))
        self.facet_only = self._mask(name for name, term in terms if term.role == "facet")
        self.facet_bits = {facet: self._mask(name for name, term in terms if term.facet == facet) for facet in FACETS}
        lines = [self._line(metric, pattern, goal) for metric in registry.metrics.values()
                 for goal, patterns in ((False, metric.match), (True, metric.goal)) for pattern in patterns]
        measures = self._mask(name for name, term in terms if term.role == "measure")
        self.lines = [replace(line, needs_unit=_needs_unit(line, measures, lines)) for line in lines]
        self.by_anchor = self._index()
        self.scales = [(self.bit[name], scale) for name, scale in _SCALE_WORDS.items() if name in self.bit]
        self.leads = sorted((word for _, term in terms if term.lead for word in term.words), key=len, reverse=True)
        self.domains = {name[1:]: bit for name, bit in self.bit.items() if name.startswith("@")}
        self._decided: dict[tuple[int, bool, str, str, str], Decision] = {}

    def _mask(self, names: Iterable[str]) -> int:
        mask = 0
        for name in names:
            mask |= self.bit[name]
        return mask

    def _line(self, metric: Metric, pattern: Pattern, goal: bool) -> _Line:
        groups = tuple(self._mask(group) for group in pattern)
        line = self._mask(name for group in pattern for name in group)
        defining = sum({group for group in groups if group.bit_count() == 1})
        return _Line(metric, groups, line, defining, line | self._mask(metric.may), self._mask(metric.never), goal)

    def _index(self) -> dict[int, list[_Line]]:
        """Lines under the bits of their rarest group, so that few lines are tried for a name."""
        uses: dict[int, int] = defaultdict(int)
        for line in self.lines:
            for group in line.groups:
                for bit in _bits(group):
                    uses[bit] += 1
        index: dict[int, list[_Line]] = defaultdict(list)
        for line in self.lines:
            for bit in _bits(min(line.groups, key=lambda group: sum(uses[bit] for bit in _bits(group)))):
                index[bit].append(line)
        return index

    def read(self, name: str, stem: str, domain: str = "") -> tuple[int, str]:
        """Of a normalised name: classes found as a bit mask, and the characters that no class knows."""
        bit, mask = self.bit, self.domains.get(domain, 0)
        if name[:1] in _WHOLE and name[1:2] in _AREA:
            name = name[2:]
        if stem and name.startswith(stem) and len(name) > len(stem) and stem not in self.provinces:
            mask, name = mask | self.local, name[len(stem):]
            name = name[1:] if name[0] in _AREA and not name.startswith(_NOT_A_PLACE_END) else name
        text, covered, unknown = "、" + name, 0, []
        for start, end, class_id in self.scanner.scan(text):
            if start > covered:
                unknown.append((covered, text[covered:start]))
            mask |= bit[class_id]
            covered = end
        if covered < len(text):
            unknown.append((covered, text[covered:]))
        return self._residue(mask, unknown) if unknown else (mask, "")

    def _residue(self, mask: int, unknown: Sequence[tuple[int, str]]) -> tuple[int, str]:
        """Unknown pieces without marks and digits; what looks like the name of a place at the head is one."""
        residue = []
        for start, piece in unknown:
            piece = piece.strip(_MARKS)
            if start <= 1 and _PLACE_HEAD.fullmatch(piece):
                mask |= self.local
            elif piece:
                residue.append(piece)
        return mask, "、".join(residue)

    def decide(self, mask: int, residue: str, kind: str, unit: str, flow: str) -> Decision:
        """(metric id, how, note) for what `read` gave, and kind, unit and flow of the statement."""
        key = (mask, bool(residue), kind, unit, flow)
        found = self._decided.get(key)
        if found is None:
            found = self._decided[key] = self._decide(*key)
        metric, how, note = found
        return metric, how.replace(_TOKEN, residue) if residue else how, note

    def _decide(self, mask: int, unknown: bool, kind: str, unit: str, flow: str) -> Decision:
        lines = {id(line): line for bit in _bits(mask) for line in self.by_anchor.get(bit, ())}.values()
        held = [line for line in lines if line.held(mask) and (kind == "commitment" or not line.goal_only)]
        judged = [(line, self._refusal(line, mask, unknown, kind, unit, flow)) for line in held]
        fits = [line for line, reason in judged if not reason]
        if not fits:
            return None, self._none(mask, judged), None
        best = max(_weight(line, mask) for line in fits)
        winners = {line.metric.metric_id: line for line in fits if _weight(line, mask) == best}
        if len(winners) > 1:
            return None, f"none: ambiguous; near: {', '.join(winners)}", None
        line = next(iter(winners.values()))
        words = " ".join(self._label(bit) for group in line.groups for bit in _bits(group & mask))
        return line.metric.metric_id, f"match: {words}", self._note(line, mask, unit, flow) or None

    def _refusal(self, line: _Line, mask: int, unknown: bool, kind: str, unit: str, flow: str) -> str:
        """Why a metric whose line holds must not take the name, or ""."""
        metric = line.metric
        if kind == "incentive":
            return "incentive, money and no level"
        if excluded := mask & line.never:
            return f"excluded word {self._labels(excluded)}"
        if foreign := mask & self.content & ~line.allowed:
            return f"also about {self._labels(foreign)}"
        if (others := mask & self.facet_only & ~line.allowed) and (undeclared := self._undeclared(metric, others)):
            return f"facet not of this metric {undeclared}"
        if unknown:
            return f"unknown words {_TOKEN}"
        if kind == "commitment":
            return "a goal without unit, and only the unit would tell" if line.needs_unit else ""
        if flow == "change" and metric.flow != "change":
            return "a change, not a level"
        unit_class = self.vocabulary.units.get(unit)
        return "" if unit_class in metric.units else f"unit {unit or 'missing'}"

    def _undeclared(self, metric: Metric, others: int) -> str:
        terms = [self.vocabulary.classes[self.ids[bit.bit_length() - 1]] for bit in _bits(others)]
        return " ".join(f"{term.facet}={term.value}" for term in terms if term.facet not in metric.facets)

    def _none(self, mask: int, judged: Sequence[tuple[_Line, str]]) -> str:
        if judged:
            best, reason = max(judged, key=lambda pair: _weight(pair[0], mask))
            near = dict.fromkeys(line.metric.metric_id for line in [best, *(line for line, _ in judged)])
            return f"none: {reason}; near: {', '.join(near)}"
        near: dict[str, float] = defaultdict(float)
        for line in self.lines:
            content = [group for group in line.groups if group & mask & self.content]
            if content:
                near[line.metric.metric_id] = max(near[line.metric.metric_id], len(content) / len(line.groups))
        best = sorted(near, key=lambda name: -near[name])[:3]
        return "none: no metric has these words" + (f"; near: {', '.join(best)}" if best else "")

    def _note(self, line: _Line, mask: int, unit: str, flow: str) -> str:
        pairs, told = dict(line.metric.fixed), mask & ~(line.defining & self.facet_bits["scope"])
        for facet in line.metric.facets:
            if value := self._facet(facet, told, unit, flow):
                pairs[facet] = value
        return ";".join(f"{facet}={pairs[facet]}" for facet in FACETS if facet in pairs)

    def _facet(self, facet: str, mask: int, unit: str, flow: str) -> str:
        if facet == "flow":
            return flow if flow in ("stock", "new", "annual") else ""
        if facet in ("count", "scale"):
            return self._from_unit(facet, mask, unit)
        terms = [self.vocabulary.classes[self.ids[bit.bit_length() - 1]] for bit in _bits(mask & self.facet_bits[facet])]
        values = dict.fromkeys(term.value for term in terms)
        return ("+" if terms and all(term.pool for term in terms) else "、").join(values)

    def _from_unit(self, facet: str, mask: int, unit: str) -> str:
        unit_class = self.vocabulary.units.get(unit, "")
        if facet == "scale":
            printed = {"percent": "%", "score": "分"}.get(unit_class) or next((scale for bit, scale in self.scales if mask & bit), "未注明")
            return printed if unit_class in ("percent", "score", "bare") else ""
        if mask & self.bit.get("cert_doc", 0) or unit_class == "certificate":
            return "证书"
        return {"person": "人", "person_times": "人次"}.get(unit_class, "企业" if unit == "家" else "")

    def _label(self, bit: int) -> str:
        name = self.ids[bit.bit_length() - 1]
        return (self.vocabulary.classes[name].words or (name,))[0]

    def _labels(self, mask: int) -> str:
        return " ".join(self._label(bit) for bit in _bits(mask))


def _needs_unit(line: _Line, measures: int, lines: Sequence[_Line]) -> bool:
    """Whether a line of a metric that is no count names no measure, and all of its words stand in a line of another metric too."""
    if line.goal_only or line.line & measures or _COUNT in line.metric.units:
        return False
    return any(other.metric is not line.metric and all(any(group & each for each in other.groups) for group in line.groups)
               for other in lines)


def _weight(line: _Line, mask: int) -> tuple[int, int]:
    return (line.line & mask).bit_count(), len(line.groups)


def _bits(mask: int) -> Iterable[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low
