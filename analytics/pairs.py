"""Verdicts for rows side by side, without sentences: a statement against a benchmark, a target against its baseline, old against new.

    judge_pairs(left, right, registry, ignore=("kind", "year"))    # frame on the index of left: verdict, codes ("method;scope")
    severity_matrix(texts)                                         # n × n: 0 comparable, 1 conditional, 2 not, from comparability.texts

Both work on distinct values of each facet, so a hundred thousand pairs cost little more than a hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from analytics import comparability
from analytics import registry as registries
from analytics.verdicts import VERDICTS, Rule, load_rules

COLUMNS = ["metric_id", "align_note", "unit", "flow", "year", "kind", "status"]


def judge_pairs(left: pd.DataFrame, right: pd.DataFrame, registry: registries.Registry, ignore: Collection[str] = ()) -> pd.DataFrame:
    """Row i of `left` against row i of `right`; both have COLUMNS. Codes in `ignore` do not count. verdict: comparable, conditional,
    incomparable."""
    first, second = (comparability.facets(frame[COLUMNS].reset_index(drop=True), registry) for frame in (left, right))
    gravest = np.zeros(len(first), dtype=int)
    reasons = pd.Series("", index=first.index, dtype="str")
    for rule in load_rules():
        if rule.code in ignore:
            continue
        found = _severities(rule, first[rule.name], second[rule.name])
        gravest = np.maximum(gravest, found)
        fresh = (found > 0) & ~reasons.str.contains(rule.code, regex=False)
        reasons = reasons.where(~fresh, reasons + ";" + rule.code)
    verdict = pd.Series(np.array(VERDICTS)[gravest], index=left.index, dtype="str")
    return pd.DataFrame({"verdict": verdict, "codes": reasons.str.strip(";").set_axis(left.index)})


def _severities(rule: Rule, first: pd.Series, second: pd.Series) -> np.ndarray:
    codes, values = pd.factorize(pd.concat([first, second], ignore_index=True))
    pairs = codes[: len(first)] * len(values) + codes[len(first) :]
    distinct, inverse = np.unique(pairs, return_inverse=True)
    judged = [rule.severity(values[pair // len(values)], values[pair % len(values)]) for pair in distinct]
    return np.array(judged, dtype=int)[inverse]


def severity_matrix(rows: Sequence[tuple[str, ...]]) -> np.ndarray:
    """How gravely every two rows of comparability.texts differ; the diagonal is what a row has against itself (a draft, say)."""
    gravest = np.zeros((len(rows), len(rows)), dtype=int)
    for at, rule in enumerate(load_rules()):
        place = {value: number for number, value in enumerate(dict.fromkeys(row[at] for row in rows))}
        codes = np.array([place[row[at]] for row in rows], dtype=int)
        judged = np.array([[rule.severity(a, b) for b in place] for a in place], dtype=int)
        gravest = np.maximum(gravest, judged[np.ix_(codes, codes)])
    return gravest
