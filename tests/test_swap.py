"""Publication: whatever fails between the first byte of a new database and its name, the old one stands and the message says why."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

import etl.load
import etl.swap
from etl.build import build
from etl.swap import LoadError, beside, confirm, locked, settled, state
from tests.fixtures.builds import TOWN, leftovers, query


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder with one small plan."""
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "town.txt").write_text(TOWN, encoding="utf-8")
    return folder


@pytest.fixture
def database(plans: Path, tmp_path: Path) -> Path:
    """The database of that plan; a second plan has come since."""
    file = tmp_path / "out" / "targets.duckdb"
    build([plans], file)
    (plans / "village.txt").write_text(TOWN * 400, encoding="utf-8")
    return file


@contextmanager
def full_from(size: int) -> Iterator[None]:
    """Lets no file of this process grow beyond `size` bytes, as a disk that is full then."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 2, 4096, 12_288, 20_000, 100_000, 262_144, 400_000, 1_000_000])
def test_a_full_disk_leaves_the_old_database_and_is_named(size: int, plans: Path, database: Path):
    before = database.read_bytes()
    with full_from(size), pytest.raises(LoadError) as caught:
        build([plans], database)
    assert "File too large" in str(caught.value) and database.name in str(caught.value)
    assert "\n" not in str(caught.value)
    assert database.read_bytes() == before and leftovers(database) == []
    assert build([plans], database).read == ["village"]
    assert query(database, "SELECT plan_id FROM plans") == [("town",), ("village",)]


def test_a_disk_that_fills_at_the_checkpoint_is_noticed(tmp_path: Path):
    """The commit fits into the log; only the checkpoint meets the full disk, and closing says nothing of it."""
    new = tmp_path / "new.duckdb"
    with duckdb.connect(str(new)) as connection:
        connection.execute("CREATE TABLE t AS SELECT i, md5(i::VARCHAR) AS text FROM range(2000) r (i)")
        with full_from(new.stat().st_size), pytest.raises(duckdb.Error, match="File too large"):
            settled(connection)


def cut(new: Path) -> None:
    new.write_bytes(new.read_bytes()[: new.stat().st_size // 2])


def blur(new: Path) -> None:
    data = bytearray(new.read_bytes())
    for place in range(12_288, len(data), 4096):
        data[place] ^= 0xFF
    new.write_bytes(data)


def lose_a_row(new: Path) -> None:
    with duckdb.connect(str(new)) as connection:
        connection.execute("DELETE FROM numbers WHERE start = (SELECT max(start) FROM numbers)")


def change_a_word(new: Path) -> None:
    with duckdb.connect(str(new)) as connection:
        connection.execute("UPDATE issues SET message = message || '!'; UPDATE build SET rules_sha256 = '0'")


def drop_a_table(new: Path) -> None:
    with duckdb.connect(str(new)) as connection:
        connection.execute("DROP TABLE issues")


def leave_a_log(new: Path) -> None:
    new.with_name(f"{new.name}.wal").write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, blur, lose_a_row, change_a_word, drop_a_table, leave_a_log], ids=lambda one: one.__name__)
def test_a_new_database_that_is_not_whole_is_not_published(damage, plans: Path, database: Path, monkeypatch: pytest.MonkeyPatch):
    before = database.read_bytes()

    def damaged(new: Path, wanted: etl.swap.State) -> None:
        damage(new)
        confirm(new, wanted)

    monkeypatch.setattr(etl.load, "confirm", damaged)
    with pytest.raises(LoadError, match="old one is unchanged"):
        build([plans], database)
    assert database.read_bytes() == before and leftovers(database) == []


def test_a_state_tells_values_and_counts_apart():
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (a VARCHAR[], b DECIMAL(28, 8)); INSERT INTO t VALUES (['x'], 1.5), (['x'], 1.5), (NULL, NULL)")
        first = state(connection)
        connection.execute("DELETE FROM t WHERE a IS NOT NULL; INSERT INTO t VALUES (['y'], 2.5), (['y'], 2.5)")
        assert state(connection)["t"][0] == first["t"][0] == 3
        assert state(connection) != first


def test_the_log_of_another_program_does_not_shut_the_new_database(plans: Path, database: Path):
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute('PRAGMA disable_checkpoint_on_shutdown')\n"
        "c.execute('CREATE TABLE mine AS SELECT 1 AS x'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(database)], check=True)
    assert leftovers(database) == [f"{database.name}.wal"]
    assert build([plans], database).read == ["village"]
    assert query(database, "SELECT count(*) FROM plans") == [(2,)]
    assert leftovers(database) == []


def test_a_link_stays_a_link(plans: Path, database: Path, tmp_path: Path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(database)
    assert build([plans], link).read == ["village"]
    assert link.is_symlink() and link.readlink() == database
    assert query(database, "SELECT count(*) FROM plans") == [(2,)]
    assert leftovers(database) == [] and sorted(path.name for path in tmp_path.iterdir()) == ["link.duckdb", "out", "plans"]


def test_a_link_to_a_file_not_there_yet_is_followed(plans: Path, tmp_path: Path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(tmp_path / "far" / "real.duckdb")
    build([plans], link)
    assert link.is_symlink() and query(tmp_path / "far" / "real.duckdb", "SELECT plan_id FROM plans") == [("town",)]


def test_a_link_to_itself_is_named(plans: Path, tmp_path: Path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(link)
    with pytest.raises(LoadError, match=r"link\.duckdb"):
        build([plans], link)


def test_two_names_of_one_file_share_the_lock(plans: Path, database: Path, tmp_path: Path):
    link = tmp_path / "link.duckdb"
    link.symlink_to(database)
    with locked(database), pytest.raises(LoadError, match="another build"):
        build([plans], link)


def test_what_a_killed_build_left_is_removed(plans: Path, database: Path):
    new = beside(database)
    for name in (new.name, f"{new.name}.wal", f".{database.name}.lock"):
        database.with_name(name).write_bytes(b"left")
    spilled = database.with_name(f"{new.name}.tmp")
    spilled.mkdir()
    (spilled / "duckdb_temp_storage-0.tmp").write_bytes(b"left")
    build([plans], database)
    assert leftovers(database) == []
