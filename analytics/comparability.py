"""Whether statements may be set side by side: a verdict, reason codes and a sentence in Chinese and English.

Each statement is reduced to one short text a reason (method, scope, ..., year, status). Two statements are then compared text by
text with the rules of `data/vocab/facets_verdicts.toml`; the gravest rule that fires gives the verdict. Rules work on distinct
values, never on rows, so the cost grows with how many ways of counting there are and not with how many statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, repeat

import numpy
import pandas

from analytics.registry import Metric, Registry
from analytics.standing import in_context
from analytics.terms import FACETS
from analytics.verdicts import POOLING, VERDICTS, WITHIN, Rule, load_rules

VERDICT_NAMES = {
    "comparable": ("可比", "Comparable"),
    "conditional": ("有条件可比", "Comparable with notes"),
    "incomparable": ("不可比", "Not comparable"),
}
PAIR_COLUMNS = ["a", "b", "verdict", "codes", "sentence_zh", "sentence_en"]
# The columns that are looked at; what holds where a frame lacks one, of those that it may lack.
_READ = ("metric_id", "align_note", "unit", "flow", "year", "kind", "status", "place_level")
_USUAL = {"align_note": "", "status": "issued", "place_level": ""}
_SCALES = {"%": "percent", "分": "score"}
_COUNTS = ("count", "certificate", "person", "person_times", "bare")
"""Unit classes that facet count tells apart, so that one difference is not reported twice."""
_SHOWN = 4
"""So many differing values stand in a sentence; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for a set of statements; `codes` in the order of the rules, empty only where the set is comparable."""

    verdict: str
    codes: tuple[str, ...]
    sentence_zh: str
    sentence_en: str

    def reasons(self, lang: str) -> str:
        """The sentence without the verdict that opens it, for where that stands beside it already."""
        zh, en = VERDICT_NAMES[self.verdict]
        return self.sentence_zh.removeprefix(f"{zh}。") if lang == "zh" else self.sentence_en.removeprefix(f"{en}: ")


def texts(frame: pandas.DataFrame, registry: Registry) -> list[tuple[str, ...]]:
    """What the rules look at in each row, one text a rule (metric, unit, method, ..., status; "" where not stated) in their order.

    Columns used: metric_id, align_note, unit, flow, year, kind; where there are such, status of the plan (else all count as issued), place
    and level of the place (else no level is compared), and plan_id (analytics.standing says what holds inside one plan).
    """
    frame = in_context(frame, registry)
    names = [rule.name for rule in load_rules()]
    absent = {name: repeat(usual, len(frame)) for name, usual in _USUAL.items() if name not in frame}
    columns = [absent[name] if name in absent else frame[name].tolist() for name in _READ]
    known: dict[tuple, tuple[str, ...]] = {}
    rows = []
    for row in zip(*columns, strict=True):
        if row not in known:
            read = _texts(*("" if pandas.isna(value) else str(value) for value in row), registry)
            known[row] = tuple(read[name] for name in names)
        rows.append(known[row])
    return rows


def _texts(
    metric: str, note: str, unit: str, flow: str, year: str, kind: str, status: str, place_level: str, registry: Registry
) -> dict[str, str]:
    """Rule -> what it looks at in a row with these values, of which any may be ""."""
    found = dict.fromkeys(FACETS, "") | dict(pair.split("=", 1) for pair in note.split(";") if "=" in pair)
    joined = (found[facet] for facet in POOLING if "+" in found[facet])
    entry = registry.metrics.get(metric)
    printed = registry.vocabulary.units.get(unit, unit)
    # Of a metric with facet scale, % and 分 are told apart by the scale and not once more by the unit.
    scaled = entry is not None and "scale" in entry.facets
    if flow in ("", "unspecified"):
        # Of a metric that is a level anyway, an unspecified flow is a level; elsewhere it is not stated.
        flow = "level" if entry is not None and entry.flow == "level" else ""
    return found | {
        "metric": metric,
        "pooled": found["pooled"] or next(joined, ""),
        "unit": "" if scaled and printed in (*_SCALES.values(), "bare") else _unit_class(printed, entry, registry),
        "scale": _SCALES.get(found["scale"], printed if printed in _SCALES.values() else "") if scaled else "",
        "flow": flow,
        "year": year.removesuffix(".0"),
        "kind": kind,
        "status": "" if status == "unknown" else status,
        "place_level": place_level,
    }


def _unit_class(printed: str, entry: Metric | None, registry: Registry) -> str:
    """Class of a unit; one that the class of the metric's own unit takes in (a bare 12 for 12家) counts as that class."""
    if entry is None:
        return printed
    own = registry.vocabulary.units[entry.unit]
    taken_in = printed in registry.vocabulary.accepts.get(own, ()) or ("count" in entry.facets and printed in _COUNTS)
    return own if taken_in else printed


def pairwise(frame: pandas.DataFrame, registry: Registry) -> pandas.DataFrame:
    """Every unordered pair of rows: a, b (indicator_id, or the index label without one), verdict, codes (list of str), sentence_zh,
    sentence_en. Columns used: those of `texts`."""
    rows = texts(frame, registry)
    ids = (frame["indicator_id"] if "indicator_id" in frame else frame.index.to_series()).to_numpy()
    kinds = {row: at for at, row in enumerate(dict.fromkeys(rows))}
    place = numpy.array([kinds[row] for row in rows], dtype=int)
    first, second = numpy.triu_indices(len(rows), 1)
    keys, inverse = numpy.unique(place[first] * len(kinds) + place[second], return_inverse=True)
    judge = _Judge(list(kinds), registry)
    verdicts = [judge.pair(int(key) // len(kinds), int(key) % len(kinds)) for key in keys]
    columns = {name: pandas.array([getattr(verdict, name) for verdict in verdicts], dtype="str").take(inverse)
               for name in ("verdict", "sentence_zh", "sentence_en")}
    codes = numpy.empty(len(verdicts), dtype=object)
    codes[:] = [list(verdict.codes) for verdict in verdicts]
    return pandas.DataFrame({"a": ids[first], "b": ids[second], **columns, "codes": codes[inverse]})[PAIR_COLUMNS]


def group(frame: pandas.DataFrame, registry: Registry) -> Verdict:
    """The verdict on a set of statements: the gravest difference between any two of them. Columns used: those of `texts`."""
    return verdict_on(texts(frame, registry), len(frame), registry)


def verdict_on(rows: Sequence[tuple[str, ...]], count: int, registry: Registry) -> Verdict:
    """As `group`, from the texts of `count` statements; those that say the same need not be repeated."""
    judge = _Judge(list(dict.fromkeys(rows)), registry)
    return judge.single(count) if count < 2 else judge.whole()


class _Judge:
    """Applies the rules to distinct rows of texts."""

    def __init__(self, rows: list[tuple[str, ...]], registry: Registry) -> None:
        self.registry, self.rules, self.rows = registry, load_rules(), rows

    def pair(self, a: int, b: int) -> Verdict:
        return self._verdict(self._reasons(self.rows[a], self.rows[b]), [self.rows[a], self.rows[b]])

    def whole(self) -> Verdict:
        """Reasons over all pairs of distinct values, rule by rule; other rules count within one metric only."""
        metrics = {row[0] for row in self.rows}
        if len(metrics) > 1 or "" in metrics:
            return self._verdict([(self.rules[0], 2, sorted(metrics))] + self._fixed(sorted(metrics)), self.rows)
        reasons = []
        for position, rule in enumerate(self.rules):
            values = list(dict.fromkeys(row[position] for row in self.rows))
            grave = max([rule.severity(a, b) for a, b in combinations(values, 2)] + [rule.severity(value, value) for value in values])
            if grave:
                reasons.append((rule, grave, values))
        return self._verdict(reasons, self.rows)

    def single(self, count: int) -> Verdict:
        """Fewer than two statements: nothing to compare with, and that is said."""
        zh, en = ("只有一条表述，没有可比对象", "only one statement, nothing to compare it with") if count else ("没有表述", "no statement")
        return Verdict("incomparable", ("metric",), f"不可比。{zh}。", f"Not comparable: {en}.")

    def _reasons(self, a: tuple[str, ...], b: tuple[str, ...]) -> list[tuple[Rule, int, Sequence[str]]]:
        if grave := self.rules[0].severity(a[0], b[0]):
            return [(self.rules[0], grave, (a[0], b[0]))] + self._fixed((a[0], b[0]))
        return [(rule, grave, (x, y)) for rule, x, y in zip(self.rules, a, b, strict=True) if (grave := rule.severity(x, y))]

    def _fixed(self, metrics: Sequence[str]) -> list[tuple[Rule, int, Sequence[str]]]:
        """Where metrics of one family differ by definition (国家 counted with 行业), the facet that does so is a reason too."""
        entries = [self.registry.metrics[name] for name in metrics if name in self.registry.metrics]
        if len(entries) < 2 or len({entry.family for entry in entries}) > 1 or not entries[0].family:
            return []
        found = []
        for rule in self.rules[1:]:
            values = list(dict.fromkeys(entry.fixed.get(rule.name, "") for entry in entries))
            if len(values) > 1:
                found.append((rule, 2, values))
        return found

    def _verdict(self, reasons: Sequence[tuple[Rule, int, Sequence[str]]], rows: Sequence[tuple[str, ...]]) -> Verdict:
        verdict = VERDICTS[max((grave for _, grave, _ in reasons), default=0)]
        zh, en = VERDICT_NAMES[verdict]
        if not reasons:
            return Verdict(verdict, (), *self._agreement(rows[0], zh, en))
        codes = tuple(dict.fromkeys(rule.code for rule, _, _ in reasons))
        parts = [self._part(rule, values) for rule, _, values in reasons]
        return Verdict(verdict, codes, f"{zh}。{'；'.join(part[0] for part in parts)}。", f"{en}: {'; '.join(part[1] for part in parts)}.")

    def _part(self, rule: Rule, values: Sequence[str]) -> tuple[str, str]:
        labels = list(dict.fromkeys(self._label(rule, value.partition(WITHIN)[0]) for value in values))
        zh, en = (" / ".join(label[language] for label in labels[:_SHOWN]) for language in (0, 1))
        if len(labels) > _SHOWN:
            zh, en = f"{zh} 等{len(labels)}种", f"{en} and {len(labels) - _SHOWN} more"
        return f"{rule.zh}：{zh}{self._why(values) if rule.name == 'metric' else ''}", f"{rule.en} ({en})"

    def _why(self, values: Sequence[str]) -> str:
        """What the registry says of two metrics that are taken for one another, in brackets, or ""."""
        for name, other in ((values[0], values[-1]), (values[-1], values[0])):
            if name in self.registry.metrics and (why := self.registry.metrics[name].not_same.get(other)):
                return f"（{self.registry.metrics[other].name_zh}：{why}）"
        return ""

    def _label(self, rule: Rule, value: str) -> tuple[str, str]:
        if value in rule.labels:
            return rule.labels[value]
        if not value:
            return rule.unstated
        if rule.name == "metric" and value in self.registry.metrics:
            return self.registry.metrics[value].name_zh, self.registry.metrics[value].name_en
        if rule.name == "year":
            return f"{value}年", value
        return value, self.registry.vocabulary.translate(value)

    def _agreement(self, row: tuple[str, ...], zh: str, en: str) -> tuple[str, str]:
        value = {rule.name: text for rule, text in zip(self.rules, row, strict=True)}
        metric = self.registry.metrics[value["metric"]]
        when = (f"{value['year']}年", value["year"]) if value["year"] else ("未注明", "not stated")
        return (f"{zh}。同一指标（{metric.name_zh}）、同一单位、同一口径，期限相同（{when[0]}）。",
                f"{en}: same metric ({metric.name_en}), unit, definition and year ({when[1]}).")
