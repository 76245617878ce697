"""Work grows with the text and no faster, and what is too long costs its own statement only. Finer figures: tests/benchmarks/linear.py."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl.model import Document, Plan
from etl.pipeline import extract
from etl.sentences import sentences, stretches
from etl.vocab import load
from tests.hostile_texts import KINDS, grow

LONGEST = load("limits")["text"]["max_sentence"]
SHORT, TIMES, MOST, TRIES = 4_000, 4, 9, 3  # a square would make four times the length sixteen times the work
# One kind for each place that once took a square: scans of the whole line, of the run before, of the paragraph, of the row.
GROWN = """level; points; pctlist; comma; piped; raised; one comma; stack; value a line; one name, then values; one row of values;
 one section, one line; headings with years; values for one name; long numeral; list item; counted; index; tenths; soup 2""".split(";")


def read(text: str) -> list[dict]:
    return extract(Document(text, "txt"), Plan("any", horizon_end=2025)).rows


def seconds(kind: str, length: int) -> float:
    text, begin = grow(kind, length), time.process_time()
    read(text)
    return time.process_time() - begin


@pytest.mark.parametrize("kind", [kind.strip() for kind in GROWN])
def test_four_times_the_text_is_about_four_times_the_work(kind: str):
    small = big = float("inf")
    for _ in range(TRIES):
        small, big = min(small, seconds(kind, SHORT)), min(big, seconds(kind, SHORT * TIMES))
        if big <= MOST * small or big < 0.05:
            return
    pytest.fail(f"{kind}: {small:.3f} s for {SHORT} characters, {big:.3f} s for {TIMES} times as many")


def test_the_benchmark_finds_every_step():
    command = "from tests.benchmarks.linear import growth; print(growth(['pipe row', 'duties'], 200))"
    done = subprocess.run([sys.executable, "-c", command], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "2 kinds of hostile text" in done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read(kind: str):
    text = grow(kind, 600)
    for row in read(text):
        assert text[row["start"] : row["end"]] == row["quote"]
        assert row["start"] <= row["value_start"] < row["value_end"] <= row["end"]


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("中" * 5000, LONGEST),
        ("合格率达到98%，" * 800, LONGEST),
        ("合格率、" * 2000, LONGEST),
        ("一二三" * 400 + "，" + "四" * 900, LONGEST),
        ("短。" * 2000, 1),
        ("一句，两句；三句。\n四句", 8),
    ],
)
def test_a_sentence_has_a_longest_length_and_nothing_is_lost(text: str, most: int):
    found = list(sentences(text, 0, len(text)))
    assert max(end - start for start, end in found) <= most
    assert "".join(text[start:end] for start, end in found) == text.translate(dict.fromkeys(map(ord, "。\n")))
    assert all(a[1] <= b[0] for a, b in zip(found, found[1:], strict=False))


def test_a_long_sentence_is_cut_behind_a_comma():
    text = ("高质量发展取得新的成效" * 5 + "，") * 60
    pieces = [text[start:end] for start, end in sentences(text, 0, len(text))]
    assert len(pieces) > 1
    assert all(piece.endswith("，") for piece in pieces)


def test_stretches_end_at_semicolons():
    assert list(stretches("一；二;三", (0, 5))) == [(0, 1), (2, 3), (4, 5)]


# (text, what its value is or None where no exact value can be kept); the sentence behind it must always be read
NUMERALS = [
    ("马德里商标有效注册量达到11111111111111111111件以上", "11111111111111111111"),
    ("马德里商标有效注册量达到111111111111111111111件以上", None),
    ("马德里商标有效注册量达到1111111111111111万件以上", "11111111111111110000"),
    ("马德里商标有效注册量达到11111111111111111万件以上", None),
    ("马德里商标有效注册量达到" + "1" * 400 + "件以上", None),
    ("马德里商标有效注册量达到" + "九" * 400 + "件以上", None),
    ("马德里商标有效注册量达到" + "一亿" * 40 + "件以上", None),
    ("马德里商标有效注册量达到" + "一亿" * 4 + "件以上", None),
    ("产品合格率达到98.12345678%", "98.12345678"),
    ("产品合格率达到98.123456789%", None),
    ("产品合格率达到百分之九十八点一二三四五六七八九", None),
    ("产品占比达到" + "亿" * 9 + "分之一", None),
    ("马德里商标有效注册量达到5-111111111111111111111件", None),
]


@pytest.mark.parametrize(("text", "value"), NUMERALS)
def test_a_number_too_long_costs_its_own_statement(text: str, value: str | None):
    rows = read(f"到2025年，{text}。食品抽检合格率达到97%以上。")
    assert [str(row["value"]) for row in rows if row["indicator"] == "食品抽检合格率"] == ["97"]
    assert [str(row["value"]) for row in rows if row["indicator"] != "食品抽检合格率"] == ([value] if value else [])


@pytest.mark.parametrize("cell", ["1" * 21, "1" * 400, "0.123456789", "1" * 17 + "万"])
def test_a_cell_too_long_costs_its_own_statement(cell: str):
    rows = read(f"| 指标 | 2025年 |\n| --- | --- |\n| 商标有效注册量(件) | {cell} |\n| 抽检合格率(%) | 97 |\n| 产品合格率(%) | 96 |\n")
    assert [str(row["value"]) for row in rows] == ["97", "96"]
