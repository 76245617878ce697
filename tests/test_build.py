"""The build: what it publishes, that the same inputs give the same tables, and what it reads again."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import etl.build
import etl.cells
import etl.checksum
import etl.pipeline
from etl.build import build
from etl.checksum import RULE_FILES, build_id, input_key, rules_sha256
from etl.load import published
from etl.manifest import Source
from etl.model import Plan
from tests.fixtures.builds import HEAD, NAMES, ROOT, TOWN, add_a_target, exported, query, real_plans


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with three of the project's plans and their manifest."""
    return real_plans(tmp_path / "plans")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "out" / "targets.duckdb"


# What is published.


def test_every_span_is_what_stands_in_the_text(plans: Path, database: Path):
    build([plans], database)
    sql = """SELECT count(*), count(*) FILTER (substring(text, start + 1, "end" - start) = quote
             AND substring(text, value_start + 1, value_end - value_start) = value_text) FROM indicators JOIN plans USING (plan_id)"""
    ((rows, right),) = query(database, sql)
    assert rows == right > 100
    sql = 'SELECT count(*) FROM numbers n JOIN plans p USING (plan_id) WHERE substring(p.text, n.start + 1, n."end" - n.start) <> n.text'
    assert query(database, sql) == [(0,)]


def test_every_column_has_a_comment_and_the_counts_are_right(plans: Path, database: Path):
    outcome = build([plans], database)
    assert query(database, "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL") == []
    counts = query(database, "SELECT (SELECT count(*) FROM plans), (SELECT count(*) FROM indicators), (SELECT count(*) FROM numbers)")
    assert query(database, "SELECT plans, indicators, numbers FROM build") == counts
    assert query(database, "SELECT build_id, rules_sha256 FROM build") == [(outcome.build_id, rules_sha256())]


def test_most_statements_have_their_metric(plans: Path, database: Path):
    build([plans], database)
    ((share,),) = query(database, "SELECT avg((metric_id IS NOT NULL)::INT) FROM indicators WHERE kind = 'target'")
    assert share > 0.8
    assert query(database, "SELECT count(*) FROM indicators WHERE align_how IS NULL") == [(0,)]


def test_numbers_are_exact_to_the_last_digit(tmp_path: Path, database: Path):
    (tmp_path / "town.txt").write_text(TOWN, encoding="utf-8")
    build([tmp_path], database)
    values = {str(value) for (value,) in query(database, "SELECT value FROM indicators WHERE value IS NOT NULL")}
    assert values == {"98.12345000", "53207900.00000000"}


def test_the_manifest_tells_what_the_text_does_not(tmp_path: Path, database: Path):
    (tmp_path / "town.txt").write_text(TOWN, encoding="utf-8")
    (tmp_path / "other.txt").write_text(TOWN, encoding="utf-8")
    row = "town\t新城市\tprefecture\t某方案\t2021-03-04\t2021\t2026\tissued\n"
    (tmp_path / "plans.tsv").write_text(HEAD + row, encoding="utf-8")
    build([tmp_path], database)
    known = query(database, "SELECT place, level, title, issued::VARCHAR, horizon_end, status FROM plans WHERE plan_id = 'town'")
    assert known == [("新城市", "prefecture", "某方案", "2021-03-04", 2026, "issued")]
    assert query(database, "SELECT title, horizon_end, status FROM plans WHERE plan_id = 'other'") == [
        ("新城市质量提升方案", 2025, "unknown")
    ]


def test_documents_of_other_types_are_read(tmp_path: Path, database: Path):
    from docx import Document

    document = Document()
    document.add_heading("新城市质量提升方案", 1)
    document.add_paragraph("到2025年，产品抽检合格率达到98%以上。")
    document.save(tmp_path / "town.docx")
    (tmp_path / "page.html").write_text(f"<html><body><h1>方案</h1><p>{TOWN}</p></body></html>", encoding="utf-8")
    build([tmp_path], database)
    assert query(database, "SELECT plan_id, source_file, format FROM plans") == [
        ("page", "page.html", "html"),
        ("town", "town.docx", "docx"),
    ]
    assert query(database, "SELECT DISTINCT plan_id FROM indicators WHERE value = 98") == [("town",)]


# The same inputs give the same tables.


def test_two_builds_export_the_same_bytes(plans: Path, database: Path, tmp_path: Path):
    build([plans], database)
    first = exported(database, tmp_path / "first")
    build([plans], database, full=True)
    assert exported(database, tmp_path / "second") == first
    moved = shutil.copytree(plans, tmp_path / "elsewhere")
    build([moved], other := tmp_path / "other.duckdb")
    assert exported(other, tmp_path / "third") == first


def test_a_partial_build_gives_what_a_full_one_gives(plans: Path, database: Path, tmp_path: Path):
    build([plans], database)
    with (plans / "rizhao-2021.txt").open("a", encoding="utf-8") as file:
        file.write("\n到2025年，产品抽检合格率达到98.5%以上。\n")
    outcome = build([plans], database)
    assert outcome.read == ["rizhao-2021"]
    assert outcome.kept == ["hengyang-2018", "shapotou-2022"]
    build([plans], fresh := tmp_path / "fresh.duckdb")
    assert exported(database, tmp_path / "first") == exported(fresh, tmp_path / "second")


def test_many_documents_in_several_processes_give_the_same(tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(12):
        (folder / f"town-{number:02}.txt").write_text(TOWN.replace("98", str(80 + number)), encoding="utf-8")
    (folder / "town-05.txt").write_bytes(b"")
    monkeypatch.setattr(etl.cells, "ITEMS_A_WORKER", 4)
    pooled = build([folder], database, workers=2)
    single = build([folder], other := tmp_path / "other.duckdb")
    assert (pooled.read, pooled.failures) == (single.read, single.failures)
    assert len(pooled.read) == 11
    assert exported(database, tmp_path / "first") == exported(other, tmp_path / "second")


def test_a_document_that_ends_its_process_is_named_and_the_others_are_published(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
):
    folder, hook = tmp_path / "many", tmp_path / "hook"
    for made in (folder, hook):
        made.mkdir()
    for number in range(6):
        (folder / f"town-{number}.txt").write_text(TOWN, encoding="utf-8")
    # Processes that are started from now on end when they open one of the documents.
    code = "import os, sys\nsys.addaudithook(lambda event, args: event == 'open' and str(args[0]).endswith('town-3.txt') and os._exit(1))\n"
    (hook / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(hook))
    monkeypatch.setattr(etl.cells, "_shelf", etl.cells._Shelf())
    outcome = build([folder], database, workers=2)
    assert outcome.read == ["town-0", "town-1", "town-2", "town-4", "town-5"]
    assert "town-3.txt" in outcome.failures[0]


# What is read again.


def change_nothing(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del plans, monkeypatch


def change_a_text(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_a_target(plans)


def change_a_manifest_row(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plans / "plans.tsv"
    path.write_text(path.read_text("utf-8").replace("中卫市沙坡头区\t", "沙坡头区\t", 1), encoding="utf-8")


def change_a_correction(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plans.parent / "corrections.toml"
    path.write_text(etl.checksum.CORRECTIONS.read_text("utf-8").replace("reason = ", 'reason = "Mended." #'), encoding="utf-8")
    monkeypatch.setattr(etl.checksum, "CORRECTIONS", path)


def change_the_rules(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etl.build, "rules_sha256", lambda: "0" * 64)


def remove_a_plan(plans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (plans / "shapotou-2022.txt").unlink()


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (change_nothing, []),
        (change_a_text, ["hengyang-2018"]),
        (change_a_manifest_row, ["shapotou-2022"]),
        (change_a_correction, ["rizhao-2021"]),
        (change_the_rules, sorted(NAMES)),
        (remove_a_plan, []),
    ],
)
def test_only_what_changed_is_read(
    change: Callable[[Path, pytest.MonkeyPatch], None], read: list[str], plans: Path, database: Path, monkeypatch: pytest.MonkeyPatch
):
    before = build([plans], database)
    stamp = database.stat().st_ino
    change(plans, monkeypatch)
    outcome = build([plans], database)
    assert outcome.read == read
    assert outcome.changed == (change is not change_nothing) == (outcome.build_id != before.build_id) == (database.stat().st_ino != stamp)
    assert published(database).build_id == outcome.build_id


def test_a_plan_whose_file_is_gone_leaves_the_database(plans: Path, database: Path):
    build([plans], database)
    (plans / "shapotou-2022.txt").unlink()
    outcome = build([plans], database)
    assert outcome.removed == ["shapotou-2022"]
    assert "shapotou-2022" in outcome.notes[0]
    for table in ("plans", "indicators", "numbers", "sections", "inputs"):
        assert query(database, f"SELECT DISTINCT plan_id FROM {table} ORDER BY 1") == [("hengyang-2018",), ("rizhao-2021",)]


def test_the_progress_counts_what_is_read(plans: Path, database: Path):
    seen: list[tuple[int, int, str]] = []
    build([plans], database, progress=lambda *state: seen.append(state))
    assert seen == [(1, 3, "hengyang-2018.txt"), (2, 3, "rizhao-2021.txt"), (3, 3, "shapotou-2022.txt")]


def test_nothing_heavy_is_imported_when_nothing_changed(plans: Path, database: Path):
    build([plans], database)
    code = (
        "import sys; from pathlib import Path; from etl.build import build; "
        f"build([Path({str(plans)!r})], Path({str(database)!r})); "
        "print([m for m in ('pandas', 'pandera', 'pyarrow', 'opencc', 'streamlit', 'etl.pipeline', 'etl.read') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_rule_files_hold_every_module_that_aligns():
    listed = {path for pattern in RULE_FILES for path in ROOT.glob(pattern)}
    wanted, seen = ["analytics.align"], set()
    while wanted:
        path = ROOT / (wanted.pop().replace(".", "/") + ".py")
        if path in seen or not path.exists():
            continue
        seen.add(path)
        nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
        wanted += [node.module for node in nodes if (node.module or "").startswith(("analytics.", "etl."))]
    assert seen <= listed


def test_keys_differ_by_each_part_of_the_input():
    one = Source(Path("a.txt"), Plan("a"), "1")
    others = [replace(one, sha256="2"), replace(one, plan=Plan("a", place="某市")), replace(one, path=Path("a.md"))]
    keys = [input_key(source, "rules") for source in [one, *others]] + [input_key(one, "other rules")]
    assert len(set(keys)) == len(keys)
    assert build_id([("a", "1"), ("b", "2")], "r") == build_id([("b", "2"), ("a", "1")], "r") != build_id([("a", "1")], "r")
