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
STANDING = ["plan_id", "place", "level"]


def judge_pairs(left: pd.DataFrame, right: pd.DataFrame, registry: registries.Registry, ignore: Collection[str] = ()) -> pd.DataFrame:
    """Row i of `left` against row i of `right`; both have COLUMNS, and where both have STANDING, plan and place count too. Codes in
    `ignore` do not count. verdict: comparable, conditional, incomparable."""
    if left.empty:
        return pd.DataFrame({name: pd.Series(index=left.index, dtype="str") for name in ("verdict", "codes")})
    columns = [*COLUMNS, *(name for name in STANDING if name in left and name in right)]
    texts = comparability.texts(pd.concat([left[columns], right[columns]], ignore_index=True), registry)
    pairs = list(zip(texts[: len(left)], texts[len(left) :], strict=True))
    rules = [(at, rule) for at, rule in enumerate(load_rules()) if rule.code not in ignore]
    judged = {pair: _judged(rules, *pair) for pair in set(pairs)}
    found = zip(*(judged[pair] for pair in pairs), strict=True)
    return pd.DataFrame(
        {name: pd.array(values, dtype="str") for name, values in zip(("verdict", "codes"), found, strict=True)}, index=left.index
    )


def _judged(rules: Sequence[tuple[int, Rule]], first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, str]:
    """(verdict, codes) of two rows of texts under the rules at these places."""
    found = [(rule.code, grave) for at, rule in rules if (grave := rule.severity(first[at], second[at]))]
    return VERDICTS[max((grave for _, grave in found), default=0)], ";".join(dict.fromkeys(code for code, _ in found))


def severity_matrix(rows: Sequence[tuple[str, ...]]) -> np.ndarray:
    """How gravely every two rows of comparability.texts differ; the diagonal is what a row has against itself (a draft, say)."""
    gravest = np.zeros((len(rows), len(rows)), dtype=int)
    for at, rule in enumerate(load_rules()):
        place = {value: number for number, value in enumerate(dict.fromkeys(row[at] for row in rows))}
        codes = np.array([place[row[at]] for row in rows], dtype=int)
        judged = np.array([[rule.severity(a, b) for b in place] for a in place], dtype=int)
        gravest = np.maximum(gravest, judged[np.ix_(codes, codes)])
        alone = np.array([rule.alone(row[at]) for row in rows], dtype=int)
        np.fill_diagonal(gravest, np.maximum(gravest.diagonal(), alone))
    return gravest
