"""What every check of the findings needs: rows become findings, pairs of statements become columns, names of levels are told apart."""

from __future__ import annotations

import pandas as pd

from analytics.coverage import words
from analytics.messages import amounts, fill
from analytics.pairs import COLUMNS as PAIR_COLUMNS
from analytics.places import shown

COLUMNS = ["finding_id", "code", "severity", "place", "plan_id", "metric_id", "sentence_zh", "sentence_en", "evidence"]
Places = list[str] | None  # None: all of them; each check looks at the table `lean`, which holds the statements of these places
# The second statement of a pair, with the columns that messages and judge_pairs need.
OTHER = """{t}.indicator_id AS other_id, {t}.comparator AS other_comparator, {t}.value_exact AS other_exact,
           {t}.value AS other_value, {t}.unit AS other_unit, {t}.indicator AS other_name,
           {t}.year AS other_year, {t}.align_note AS other_align_note, {t}.flow AS other_flow, {t}.kind AS other_kind, {t}.status AS
           other_status"""


def empty() -> pd.DataFrame:
    """A frame of findings without rows, with the right types."""
    return pd.DataFrame({name: pd.Series(dtype="object" if name == "evidence" else "str") for name in COLUMNS})


def shape(
    rows: pd.DataFrame, code: str, severity: str | pd.Series, columns: dict[str, dict[str, pd.Series]], message: str | None = None
) -> pd.DataFrame:
    """Rows with place, plan_id, metric_id and evidence as findings; `columns` holds the values of the message for each language."""
    if rows.empty:
        return empty()
    sentences = {f"sentence_{lang}": fill(f"finding.{message or code}", lang, columns[lang]) for lang in ("zh", "en")}
    ids = [f"{code}:{evidence[0] if evidence else plan}" for evidence, plan in zip(rows["evidence"], rows["plan_id"], strict=True)]
    return rows.assign(code=code, severity=severity, finding_id=pd.array(ids, dtype="str"), **sentences)[COLUMNS]


def per_language(rows: pd.DataFrame, values: dict[str, str]) -> dict[str, dict[str, pd.Series]]:
    """Place, metric name and amounts for a message: `values` maps a placeholder to the prefix of its columns ("" or "other_")."""
    return {
        lang: {
            "place": shown(rows["place"], lang),
            "metric": rows[f"name_{lang}"],
            **{name: amounts(rows, lang, prefix) for name, prefix in values.items()},
        }
        for lang in ("zh", "en")
    }


def other(rows: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """The columns of a pair's second half under the names of the first, as judge_pairs wants them."""
    return pd.DataFrame({name: rows["metric_id"] if name == "metric_id" else rows[f"{prefix}{name}"] for name in PAIR_COLUMNS})


def words_sql(table: str, group: str) -> str:
    """SQL for the words of a group that a name holds beside its own place: 国家级/省级 counts other things than 省级."""
    bare = f"replace(replace({table}.indicator, {table}.place, ''), coalesce({table}.province, ''), '省')"
    return f"list_sort(list_distinct(regexp_extract_all({bare}, '{'|'.join(words(group))}')))"


def facets_of(note: str) -> dict[str, str]:
    """Facet -> value of an alignment note, method=抽检;scope=重点."""
    return dict(pair.split("=", 1) for pair in note.split(";") if "=" in pair)
