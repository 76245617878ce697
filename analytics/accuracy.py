"""How good the extraction is: the statements of the database beside the plans that were annotated by hand (data/gold).

    found = accuracy(store)
    found.scores, found.total        # etl.score.Score of each plan with gold, and of all together
    found.unmeasured                 # plan_id -> why nothing is known: "no_gold", or "other_text" (its text is not the annotated one)

The figures are of the rows that the pages show, not of another run of the extraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analytics.reference import ROOT
from analytics.store import Session, Store
from etl.evaluate import against_gold
from etl.score import OtherText, Score, pooled

GOLD = ROOT / "data" / "gold"
_COLUMNS = """indicator_id, kind, form, indicator, comparator, value, value_max, unit, flow, year, domain, quote, start, "end", value_text,
    value_start, value_end"""


@dataclass(frozen=True)
class Accuracy:
    """scores: one a plan with gold, in order of plan; total: all of them as one; unmeasured: plan_id -> no_gold or other_text."""

    scores: tuple[Score, ...]
    total: Score
    unmeasured: dict[str, str]


def accuracy(store: Store, gold: Path = GOLD) -> Accuracy:
    """The plans of the database beside their gold files. Raises what Store raises, and EvaluationError for a gold file that is broken."""
    scores, unmeasured = [], {}
    with store.session() as session:
        for plan in session.query("SELECT plan_id FROM plans ORDER BY plan_id")["plan_id"]:
            path = gold / f"{plan}.jsonl"
            found = measured(session, plan, path) if path.is_file() else "no_gold"
            if isinstance(found, Score):
                scores.append(found)
            else:
                unmeasured[plan] = found
    return Accuracy(tuple(scores), pooled(scores), unmeasured)


def measured(session: Session, plan: str, path: Path) -> Score | str:
    """The Score of one plan; "other_text" where the gold quotes what the plan does not say (another document under the same name)."""
    (text,) = session.one("SELECT text FROM plans WHERE plan_id = $plan", {"plan": plan}) or ("",)
    rows = session.arrow(f"SELECT {_COLUMNS} FROM indicators WHERE plan_id = $plan ORDER BY value_start, indicator_id", {"plan": plan})
    try:
        return against_gold(path, rows.to_pylist(), text)
    except OtherText:
        return "other_text"
