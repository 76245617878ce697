"""The store: what it returns is what the file holds, a replaced file is seen at once, threads do not disturb one another, errors say what
to do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from analytics.store import (
    ENDS_OF_SENTENCE,
    BadFilter,
    DatabaseBusy,
    NoDatabase,
    OtherSchema,
    Store,
    StoreError,
    UnknownPlan,
    UnknownStatement,
    page_of,
    widen,
)
from tests.synthetic import gold_path, write_rows

PLAN = {"plan_id": "a-1", "place": "甲市"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(gold_path(tmp_path_factory.mktemp("gold")))


def test_plans_carry_counts_and_population(store: Store) -> None:
    plans = store.plans().set_index("plan_id")
    assert len(plans) == 5
    assert plans.at["rizhao-2021", "population"] == 2968365
    assert plans["targets"].sum() == 225
    assert "text" not in plans


def test_every_quote_and_value_is_a_slice_of_the_text(store: Store) -> None:
    for plan_id, rows in store.statements().groupby("plan_id"):
        text = store.text(plan_id)
        for row in rows.itertuples():
            assert text[row.start : row.end] == row.quote
            assert text[row.value_start : row.value_end] == row.value_text


def test_exact_text_has_every_digit_of_the_database(tmp_path: Path) -> None:
    values = ["98.5", "300", "0.00000001", "12345678901234567890.12345678"]
    rows = [{"plan_id": "a-1", "metric_id": "m", "value": Decimal(value), "value_text": value} for value in values]
    found = Store(write_rows(tmp_path / "x.duckdb", [PLAN], rows)).statements()
    assert list(found["value_exact"]) == values
    assert found["value"].dtype == float


def test_whole_numbers_have_one_type_whether_or_not_some_are_empty(store: Store) -> None:
    assert str(store.statements()["year"].dtype) == "Int64"
    assert str(store.statements({"plan_id": "rizhao-2021", "kind": "target"})["year"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"place": "日照市", "kind": "incentive"}, 0),
        ({"plan_id": "quanzhou-2019", "kind": "incentive"}, 10),
        ({"metric_id": "food.food_pass_rate", "place": ["日照市", "烟台市"]}, 3),
        ({"kind": "commitment", "value_is": None}, None),
        ({"form": None, "plan_id": "hengyang-2018"}, 15),
    ],
)
def test_filters(store: Store, filters: dict, expected: int | None) -> None:
    if expected is None:
        with pytest.raises(BadFilter, match="value_is"):
            store.statements(filters)
    else:
        assert len(store.statements(filters)) == expected


def test_filter_values_are_data_not_sql(store: Store) -> None:
    assert store.statements({"place": "'; DROP TABLE plans; --"}).empty
    assert len(store.plans()) == 5


@pytest.mark.parametrize("width", ["sentence", "paragraph"])
def test_context_holds_quote_and_value_at_the_offsets_it_gives(store: Store, width: str) -> None:
    for row in store.statements({"plan_id": "yantai-2023"}).head(40).itertuples():
        found = store.context(row.indicator_id, width)
        assert found.text[found.quote_start : found.quote_end] == row.quote
        assert found.text[found.value_start : found.value_end] == row.value_text
        assert store.text(found.plan_id)[found.start : found.start + len(found.text)] == found.text


def test_context_ends_with_its_sentence(store: Store) -> None:
    row = store.statements({"plan_id": "quanzhou-2019", "metric_id": "food.food_pass_rate"}).iloc[0]
    found = store.context(row["indicator_id"])
    assert found.text.endswith("。")
    assert found.text.count("。") == 1


def test_a_replaced_file_is_seen_while_an_old_session_is_open(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.duckdb", [PLAN], [])
    store = Store(path)
    with store.session() as session:
        assert session.one("SELECT count(*) FROM plans") == (1,)
        other = write_rows(tmp_path / "y.duckdb", [PLAN, {"plan_id": "b-1", "place": "乙市"}], [])
        os.replace(other, path)
        assert len(store.plans()) == 2
        assert session.one("SELECT count(*) FROM plans") == (1,)
    assert len(store.plans()) == 2


def test_the_file_can_be_written_between_calls(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.duckdb", [PLAN], [])
    store = Store(path)
    for build_id in ("small", "other"):
        with duckdb.connect(str(path)) as connection:
            connection.execute("UPDATE build SET build_id = ?", [build_id])
        assert store.build_id == build_id


def test_threads_get_the_right_rows(store: Store) -> None:
    wanted = {place: len(store.statements({"place": place})) for place in store.plans()["place"]}
    wrong: list[str] = []

    def ask(place: str) -> None:
        for _ in range(8):
            found = store.statements({"place": place})
            if len(found) != wanted[place] or set(found["place"]) != {place}:
                wrong.append(place)

    threads = [threading.Thread(target=ask, args=(place,)) for place in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_sessions_leave_nothing_behind(store: Store) -> None:
    with store.session() as session:
        session.run("CREATE TEMP TABLE scratch AS SELECT 1 AS x")
    with store.session() as session, pytest.raises(duckdb.CatalogException):
        session.query("SELECT * FROM scratch")


def test_an_error_inside_a_session_does_not_spoil_the_next(store: Store) -> None:
    with pytest.raises(duckdb.Error), store.session() as session:
        session.query("SELECT nonsense FROM plans")
    assert len(store.plans()) == 5


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda store: store.text("rizho"), UnknownPlan, "rizhao-2021"),
        (lambda store: store.numbers("nowhere"), UnknownPlan, "nearest"),
        (lambda store: store.statement("x-1"), UnknownStatement, "newer build"),
        (lambda store: store.context("x-1"), UnknownStatement, "x-1"),
        (lambda store: store.context("x-1", "page"), BadFilter, "sentence or paragraph"),
    ],
)
def test_unknown_names_are_refused_with_the_next_step(store: Store, call, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call(store)


def test_no_database(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase, match="python -m etl build"):
        Store(tmp_path / "none.duckdb").plans()


def test_no_database_file(tmp_path: Path) -> None:
    (tmp_path / "junk.duckdb").write_text("not a database " * 500)
    with pytest.raises(OtherSchema, match="no DuckDB database"):
        Store(tmp_path / "junk.duckdb").plans()


def test_another_schema(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "old.duckdb")) as connection:
        connection.execute("CREATE TABLE plans (plan_id VARCHAR)")
    with pytest.raises(OtherSchema, match="lacks plans.document_number"):
        Store(tmp_path / "old.duckdb").plans()


def test_a_file_that_is_being_written(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.duckdb", [PLAN], [])
    script = f"import duckdb, sys; c = duckdb.connect({str(path)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(DatabaseBusy, match="try again"):
            Store(path).plans()
        writer.communicate()
    assert len(Store(path).plans()) == 1


def test_a_broken_reference_table_names_the_file(tmp_path: Path) -> None:
    for name in ("places", "actuals"):
        (tmp_path / f"{name}.tsv").write_text(
            (Path(__file__).parent.parent / "data" / "reference" / f"{name}.tsv").read_text(encoding="utf-8"), encoding="utf-8"
        )
    (tmp_path / "benchmarks.tsv").write_text("document\tyear\tvalue\nx\tsoon\t1\n", encoding="utf-8")
    with pytest.raises(StoreError, match="benchmarks.tsv"):
        Store(tmp_path / "x.duckdb", reference=tmp_path)


def test_reference_values_are_numbers(store: Store) -> None:
    assert store.reference("benchmarks")["value"].between(0, 100).all()
    assert store.reference("places").set_index("place").at["烟台市", "population"] == 7102116


@pytest.mark.parametrize(("start", "end", "expected"), [(2, 3, "乙丙。"), (0, 1, "甲。"), (6, 7, "丁")])
def test_widen(start: int, end: int, expected: str) -> None:
    text = "甲。乙丙。\n丁"
    begin, stop = widen(text, start, end, "。\n", 50)
    assert text[begin:stop] == expected


def test_page_of() -> None:
    assert [page_of([0, 10, 20], at) for at in (0, 9, 10, 25)] == [1, 1, 2, 3]
    assert page_of([], 5) is None


@pytest.mark.parametrize(
    ("text", "quote", "sentence"),
    [
        ("前文。\n标准 | · 制修订多于240项; · 创建企业多于120家。 |\n", "创建企业多于120家", "创建企业多于120家。"),
        ("标准 | · 制修订多于240项; · 创建企业多于120家。", "制修订多于240项", "制修订多于240项"),
        ("合格率 | 98%以上 | 2025年\n", "98%以上", "98%以上"),
        ("· 合格率98%;\n", "合格率98%", "合格率98%;"),
        ("综合利用率\n6、达到75%以上,优良率83%。", "达到75%以上", "达到75%以上,优良率83%。"),
        ("开展“放心消费·诚信日照”建设,挽回损失53万元。", "挽回损失53万元", "开展“放心消费·诚信日照”建设,挽回损失53万元。"),
        ("合格率98%;满意度85分。", "满意度85分", "合格率98%;满意度85分。"),
        ("完成3、4两项,合格率98%。", "合格率98%", "完成3、4两项,合格率98%。"),
    ],
)
def test_a_sentence_holds_nothing_of_the_layout(text: str, quote: str, sentence: str) -> None:
    start = text.index(quote)
    begin, stop = widen(text, start, start + len(quote), ENDS_OF_SENTENCE, 200)
    assert text[begin:stop] == sentence
