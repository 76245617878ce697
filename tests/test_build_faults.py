"""The build when something goes wrong: what is named, what is published all the same, and what stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import etl.build
import etl.checksum
import etl.pipeline
from etl.build import BuildError, PlanError, attempt, build
from etl.manifest import described
from etl.swap import LoadError, locked
from tests.fixtures.builds import ROOT, TOWN, add_a_target, exported, leftovers, query, real_plans


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with three of the project's plans and their manifest."""
    return real_plans(tmp_path / "plans")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "out" / "targets.duckdb"


def test_an_unreadable_plan_is_named_and_the_others_are_published(plans: Path, database: Path):
    (plans / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (plans / "empty.txt").write_bytes(b"")
    outcome = build([plans], database)
    assert [failure.split(":")[0] for failure in outcome.failures] == [str(plans / "broken.pdf"), str(plans / "empty.txt")]
    assert len(query(database, "FROM plans")) == 3
    again = build([plans], database)
    assert (again.changed, again.failures) == (False, outcome.failures)
    (plans / "empty.txt").write_text(TOWN, encoding="utf-8")
    assert build([plans], database).read == ["empty"]


def test_a_correction_that_no_longer_matches_fails_its_plan_only(plans: Path, database: Path):
    path = plans / "rizhao-2021.txt"
    path.write_text(path.read_text("utf-8").replace("示范示范", "示范"), encoding="utf-8")
    outcome = build([plans], database)
    assert outcome.read == ["hengyang-2018", "shapotou-2022"]
    (failure,) = outcome.failures
    assert "rizhao-2021.txt" in failure
    assert "corrections.toml" in failure


def broken_extraction(change: Callable[[dict], None]) -> Callable:
    """The real extraction of all plans, with one row of shapotou-2022 changed after it."""
    real = etl.build.in_order

    def in_order(*how):
        for extraction in real(*how):
            if extraction.plan.plan_id == "shapotou-2022":
                change(extraction.rows[0])
            yield extraction

    return in_order


def test_a_row_that_is_not_in_the_text_stops_the_build(plans: Path, database: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    build([plans], database)
    before = exported(database, tmp_path / "first")
    monkeypatch.setattr(etl.build, "in_order", broken_extraction(lambda row: row.update(start=row["start"] - 1)))
    with pytest.raises(BuildError, match="shapotou-2022: quote_moved"):
        build([plans], database, full=True)
    assert exported(database, tmp_path / "second") == before
    assert leftovers(database) == []


def test_a_row_that_the_policy_refuses_keeps_its_plan_out(plans: Path, database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.build, "in_order", broken_extraction(lambda row: row.update(domain="sport")))
    outcome = build([plans], database)
    assert outcome.read == ["hengyang-2018", "rizhao-2021"]
    assert "shapotou-2022.txt" in outcome.failures[0]
    assert "domain_unknown" in outcome.failures[0]


def test_a_remark_is_stored_with_its_plan_and_kept(plans: Path, database: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.build, "in_order", broken_extraction(lambda row: row.update(indicator="质" * 90)))
    build([plans], database)
    remarks = query(database, "SELECT plan_id, code, severity FROM issues WHERE code = 'name_long'")
    assert remarks == [("shapotou-2022", "name_long", "warning")]
    (plans / "hengyang-2018.txt").unlink()
    build([plans], database)
    assert query(database, "SELECT plan_id, code, severity FROM issues WHERE code = 'name_long'") == remarks


def test_a_fault_of_the_code_in_one_plan_is_told_of_that_plan(plans: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(etl.pipeline, "extract", lambda document, plan: document.tables[7])
    error = attempt(described(plans / "shapotou-2022.txt"))
    assert isinstance(error, PlanError)
    assert "shapotou-2022.txt: the extraction failed (IndexError" in str(error)


def test_a_killed_build_leaves_the_old_database_and_the_next_cleans_up(plans: Path, database: Path, tmp_path: Path):
    build([plans], database)
    before = exported(database, tmp_path / "first")
    add_a_target(plans)
    code = (
        "import os, signal; from pathlib import Path; from etl.build import build\n"
        "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"build([Path({str(plans)!r})], Path({str(database)!r}))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == -9
    assert exported(database, tmp_path / "second") == before
    assert any(".new" in name for name in leftovers(database))
    assert build([plans], database).read == ["hengyang-2018"]
    assert leftovers(database) == []


def test_a_second_build_at_the_same_time_is_refused(plans: Path, database: Path):
    with locked(database), pytest.raises(LoadError, match=f"process {os.getpid()}"):
        build([plans], database)
    assert build([plans], database).changed


def test_a_reader_sees_the_old_version_until_it_opens_the_file_again(plans: Path, database: Path):
    build([plans], database)
    reader = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True)\n"
        "input(); print(c.sql('from build').fetchall()[0][2])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", reader, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "open\n"
        (plans / "shapotou-2022.txt").unlink()
        assert build([plans], database).changed
        assert process.communicate("\n", timeout=20)[0] == "3\n"
    assert query(database, "SELECT plans FROM build") == [(2,)]


def test_a_file_that_is_no_database_is_not_overwritten(plans: Path):
    victim = plans / "rizhao-2021.txt"
    before = victim.read_bytes()
    with pytest.raises(LoadError, match="no DuckDB database"):
        build([plans], victim)
    assert victim.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\0" * 8 + b"DUCK" + b"\0" * 400], ids=["empty", "damaged"])
def test_a_damaged_database_is_built_anew(plans: Path, database: Path, content: bytes):
    database.parent.mkdir()
    database.write_bytes(content)
    assert len(build([plans], database).read) == 3


def test_nothing_is_published_when_nothing_can_be_read(tmp_path: Path, database: Path):
    (tmp_path / "empty.txt").write_bytes(b"")
    with pytest.raises(BuildError, match=r"empty\.txt"):
        build([tmp_path], database)
    assert not database.exists()
