"""Frames of few rows: whichever way they are handled, they hold the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics import compare, matrices
from analytics.frames import as_dicts, light
from analytics.store import Store

COLUMNS = {
    "text": some.none() | some.text(),
    "whole": some.none() | some.integers(-(2**31), 2**31),
    "number": some.floats(allow_nan=True),
    "flag": some.booleans(),
}
KINDS = {"text": "str", "whole": "Int64", "number": float, "flag": bool}
ROWS = some.lists(some.fixed_dictionaries(COLUMNS), max_size=8)


def framed(rows: list[dict]) -> pd.DataFrame:
    """Rows as a frame of the types that queries give, with lists."""
    found = pd.DataFrame(rows, columns=list(COLUMNS)).astype(KINDS)
    return found.assign(rules=pd.Series([np.array(["a"], dtype=object)] * len(found), index=found.index, dtype=object))


def bare(rows: list[dict]) -> list[dict]:
    """Rows in which what is missing equals itself, and lists are lists."""
    return [{name: "NaN" if value != value else value for name, value in row.items() if name != "rules"} for row in rows]


def types(rows: list[dict]) -> list[list[type]]:
    return [[type(value) for value in row.values()] for row in rows]


@given(rows=ROWS)
def test_dictionaries_are_those_of_pandas(rows: list[dict]) -> None:
    frame = framed(rows)
    expected = frame.to_dict("records")
    for found in (as_dicts(frame), as_dicts(light(frame))):
        assert bare(found) == bare(expected)
        assert types(found) == types(expected)


@given(rows=ROWS, at=some.integers(0, 7))
def test_a_light_frame_holds_the_same(rows: list[dict], at: int) -> None:
    frame = framed(rows)
    found = light(frame)
    assert found["text"].dtype == object and list(found.columns) == list(frame.columns)
    pd.testing.assert_frame_equal(found.astype({"text": "str"}), frame)
    taken = [at] if at < len(frame) else []
    pd.testing.assert_frame_equal(found.take(taken).astype({"text": "str"}), frame.take(taken))


def test_frames_without_text_or_rows() -> None:
    for frame in (pd.DataFrame(), pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": pd.Series(dtype="str")})):
        assert light(frame).shape == frame.shape
        assert as_dicts(frame) == frame.to_dict("records")


@pytest.mark.parametrize("places", [["日照市"], ["烟台市", "泉州市"], ["衡阳市", "日照市", "烟台市"]])
def test_the_comparison_of_some_places_is_cut_from_that_of_all(places: list[str], database: Path) -> None:
    store = Store(database)
    shared = matrices.outline(store)["metric_id"].value_counts().head(8).index
    for metric_id in shared:
        whole, alone = compare.compare(store, metric_id), compare.compare(store, metric_id, places=places)
        found = compare.among(whole, places)
        for frame in ("rows", "alternatives", "benchmarks"):
            pd.testing.assert_frame_equal(getattr(found, frame), getattr(alone, frame))
        for name in ("verdict", "title_zh", "title_en", "places_with", "places_total", "build_id"):
            assert getattr(found, name) == getattr(alone, name), (metric_id, name)
