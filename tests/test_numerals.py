"""Numerals and units in every way of writing them: what is written is what is read, for any number and any unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.clean import clean
from etl.lexicon import amount_of, base_unit, chinese, spread
from etl.model import Quantity
from etl.quantities import scan
from etl.vocab import load

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans({usual: formal for formal, usual in load("numerals")["formal"].items()})
UNITS = [entry for entry in load("units")["unit"] if entry["kind"] in ("rate", "count", "measure")]
WRITTEN = [(word, entry["name"]) for entry in UNITS for word in (entry["name"], *entry.get("same", []))]


def in_words(n: int) -> str:
    """A whole number below 10^12 in Chinese numerals, as grammars print it."""
    if n < 10:
        return DIGITS[n]
    for size, word in ((10**8, "亿"), (10**4, "万"), (10**3, "千"), (10**2, "百"), (10, "十")):
        if n >= size:
            head, rest = divmod(n, size)
            gap = "零" if rest and rest < size // 10 else ""
            return ("" if size == 10 and head == 1 else in_words(head)) + word + gap + (in_words(rest) if rest else "")
    raise AssertionError


def quantities(text: str) -> list[Quantity]:
    return [number.quantity for number in scan(clean(text).text) if number.quantity]


@given(st.integers(1, 10**12 - 1))
def test_a_number_in_words(n: int) -> None:
    assert chinese(in_words(n)) == n


@given(st.integers(11, 10**8 - 1))
def test_a_number_in_capitals(n: int) -> None:
    written = in_words(n).translate(FORMAL)
    assert amount_of(written) == n


@given(st.integers(1, 9999), st.integers(1, 9))
def test_two_magnitudes(high: int, low: int) -> None:
    found = [amount_of(text) for text in (f"{high}万{low}千", f"{high}万{in_words(low)}千", f"{high}亿{low}千万", f"{high}亿{low}000万")]
    assert found == [high * 10**4 + low * 10**3] * 2 + [high * 10**8 + low * 10**7] * 2
    [q] = quantities(f"全年新增就业{high}万{low}千人。")
    assert (q.value, q.unit) == (high * 10**4 + low * 10**3, "人")


@given(st.integers(1, 8), st.sampled_from(["", "十", "百", "千"]), st.sampled_from(["", "十", "二十"]))
def test_two_neighbouring_digits_are_a_range(low: int, tail: str, head: str) -> None:
    if head and tail:
        return
    ends = spread(f"{head}{DIGITS[low]}{DIGITS[low + 1]}{tail}")
    size = {"": 1, "十": 10, "百": 100, "千": 1000}[tail]
    base = chinese(head) if head else 0
    assert ends == (base + low * size, base + (low + 1) * size)


@pytest.mark.parametrize("run", ["一三", "四二", "二〇二三", "九十", "五五", "十百", "三", "十"])
def test_other_digits_are_no_range(run: str) -> None:
    assert spread(run) is None


@given(st.decimals("0.01", "999", places=2), st.sampled_from(["为-", "增长-", "控制在－", "下降到−", "增长率-", "达到负"]))
def test_a_sign_behind_a_word_of_level(value: Decimal, lead: str) -> None:
    [q] = quantities(f"人口自然增长{lead}{value}‰。")
    assert q.value == -value


@given(st.integers(2, 99999), st.sampled_from(["(", "产品-", "型号A-", "方案—", "20-"]))
def test_a_stroke_elsewhere_is_no_sign(value: int, lead: str) -> None:
    assert all(q.value >= 0 for q in quantities(f"制定{lead}{value}%。"))


@pytest.mark.parametrize(("word", "name"), WRITTEN, ids=[word for word, _ in WRITTEN])
def test_every_unit_behind_a_number(word: str, name: str) -> None:
    [q] = quantities(f"全年总规模达到12.5万{word}。")
    assert (q.value, q.unit) == (Decimal("125000.0"), name)


@given(st.sampled_from(WRITTEN), st.sampled_from(WRITTEN), st.sampled_from(["", "万", "10万", "百", "千"]))
def test_units_with_a_stroke(head: tuple[str, str], under: tuple[str, str], size: str) -> None:
    if not head[0][-1].isalnum() or "/" in head[0] + under[0] or "·" in head[0] + under[0] or size and under[0][0] in "万千百十克瓦米个公":
        return
    unit = f"{head[0]}/{size}{under[0]}"
    [q] = quantities(f"全年平均水平达到12.5{unit}以上。")
    assert (q.value, q.comparator) == (Decimal("12.5"), "ge")
    assert q.unit == base_unit(unit) == f"{head[1]}/{size}{under[1]}"


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from(["至", "到", "-", "~"]))
def test_a_range_of_tenths_shares_its_unit(low: int, more: int, sign: str) -> None:
    high = min(low + more, 10)
    if low >= high or high == 10:
        return
    for written in (f"{low}{sign}{high}成", f"{DIGITS[low]}{sign}{DIGITS[high]}成"):
        [q] = quantities(f"全市覆盖面达到{written}。")
        assert (q.value, q.value_max, q.unit) == (low * 10, high * 10, "%")
