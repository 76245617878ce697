"""The last steps of a build: one lock, a new file beside the published one, proof that it is whole, and the swap.

    with locked(database) as target:     # target: the file itself, where `database` is a link to it
        new = beside(target)
        ...                              # fill it through a connection; before closing that: wanted = settled(connection)
        confirm(new, wanted)
        swap(new, target)

A reader sees the old file or the new one, never a half. A build that is killed leaves the old one, and what it left behind is removed by
the next.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


class LoadError(RuntimeError):
    """The database cannot be written; the message names the file and the next step."""


def beside(target: Path) -> Path:
    """Where the new database is built: in the same folder, so that it can be renamed onto the old one."""
    return target.with_name(f".{target.name}.new")


@contextmanager
def locked(database: Path) -> Iterator[Path]:
    """Holds the one lock for building `database` and gives the file behind it: a link stays a link, two names of one file share the lock.

    LoadError when another build has the lock, or where the folder cannot be written. What a killed build left is removed.
    """
    target = _behind(database)
    path = target.with_name(f".{target.name}.lock")
    descriptor = _lock(path, database)
    try:
        _sign(descriptor, path)
        clear(target)
        yield target
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _behind(database: Path) -> Path:
    try:
        return database.resolve()
    except (OSError, RuntimeError) as error:  # a link to itself
        raise LoadError(f"{database}: a link that leads nowhere ({error}); remove it, or name another database with --database") from error


def clear(target: Path) -> None:
    """Removes what stands beside `target` of a build that is over: the new file, its log, its folder of spilled rows."""
    for left in target.parent.glob(f"{beside(target).name}*"):
        with suppress(OSError):
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def _lock(path: Path, database: Path) -> int:
    """A descriptor of the lock file, locked. The holder removes the file as it ends, so one that is gone by then is taken anew."""
    import fcntl

    while True:
        descriptor = _open_lock(path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with suppress(FileNotFoundError):
                if os.fstat(descriptor).st_ino == path.stat().st_ino:
                    return descriptor
        except BlockingIOError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            raise LoadError(f"{database}: another build is under way (process {holder}); wait for its end, then build again") from error
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise _unwritable(path, error) from error


def _sign(descriptor: int, path: Path) -> None:
    """Writes who holds the lock."""
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> LoadError:
    return LoadError(f"{path}: cannot be written ({error.strerror}); check the folder, or name another database with --database")


def _holder(descriptor: int) -> str:
    return os.pread(descriptor, 32, 0).decode() or "unknown"


State = Mapping[str, tuple[int, int]]
"""Of each table of a database: how many rows, and a checksum of them that does not depend on their order."""


def state(connection: duckdb.DuckDBPyConnection) -> State:
    """What the tables hold, read in full. Duplicate rows count, so two that are lost together are missed by neither figure."""
    sql = "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database() ORDER BY 1"
    tables = [name for (name,) in connection.execute(sql).fetchall()]
    found = {}
    for table in tables:
        sql = f'SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::HUGEINT FROM "{table}" t'
        rows, checksum = connection.execute(sql).fetchall()[0]
        found[table] = (rows, int(checksum))
    return found


def settled(connection: duckdb.DuckDBPyConnection) -> State:
    """The state of what was committed, all of it written to the database file.

    The checkpoint is asked for: the one that closing makes fails without a word when the disk is full, and leaves an empty file.
    """
    wanted = state(connection)
    connection.execute("CHECKPOINT")
    return wanted


def confirm(new: Path, wanted: State) -> None:
    """Opens the new file as a reader does and compares. LoadError where it is not whole; duckdb.Error where it is none."""
    import duckdb

    if new.with_name(f"{new.name}.wal").exists():
        raise LoadError("part of the new database is still in its log")
    with duckdb.connect(str(new), read_only=True) as connection:
        found = state(connection)
    for table in sorted({*wanted, *found}):
        if found.get(table) != wanted.get(table):
            held, written = _rows(found, table), _rows(wanted, table)
            raise LoadError(f"the new database does not hold what was written: table {table} has {held}, {written} were written")


def _rows(state: State, table: str) -> str:
    return f"{state[table][0]} rows" if table in state else "no table"


def swap(new: Path, target: Path) -> None:
    """Renames `new` onto `target`; both the file and its name are on the disk when it returns. OSError leaves the old file.

    A log beside the old file is of a program that wrote into it and was killed. It goes first: beside the new one it would keep every
    reader from opening that.
    """
    _sync(new)
    target.with_name(f"{target.name}.wal").unlink(missing_ok=True)
    os.replace(new, target)
    with suppress(OSError):  # the name is in place; a file system that cannot sync a folder is no reason to call the build failed
        _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
