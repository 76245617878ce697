"""What counts as a plan in a folder, and plans.tsv: what is taken from it and what is refused."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.build import build
from etl.load import published
from etl.manifest import ManifestError, described, discover, read_manifest, with_options
from tests.conftest import ROOT

HEAD = "plan\tplace\tlevel\ttitle\tissued\thorizon_start\thorizon_end\tstatus\n"
TOWN = "新城市质量提升方案\n\n一、主要目标\n\n到2025年，产品抽检合格率达到98.12345%以上。\n"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "out" / "targets.duckdb"


def test_what_is_no_plan_is_left_out(tmp_path: Path):
    for name in ("README.md", "readme.txt", "LICENSES.md", "index.html", ".hidden.txt", "~$town.docx", "plans.tsv", "data.json"):
        (tmp_path / name).write_text("plan\n", encoding="utf-8")
    (tmp_path / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "sub.txt").mkdir()
    (tmp_path / "readmeplan.txt").write_text(TOWN, encoding="utf-8")
    found = discover([tmp_path])
    assert [source.plan_id for source in found.sources] == ["readmeplan"]
    assert "old.doc" in found.notes[0]


def test_a_name_that_is_no_text_is_refused(tmp_path: Path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text(TOWN, encoding="utf-8")
    (source,) = discover([tmp_path]).sources
    assert source.problem.isascii()
    assert "rename" in source.problem


@pytest.mark.parametrize("name", ["it's", "[bold]town", "a b", "新城市"])
def test_odd_names_are_ids(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]):
    (tmp_path / f"{name}.txt").write_text(TOWN, encoding="utf-8")
    database = tmp_path / f"{name}.duckdb"
    words = ["build", "--plans", str(tmp_path), "--database", str(database)]
    assert main(words) == 0
    assert name in capsys.readouterr().out
    (tmp_path / "other.txt").write_text(TOWN, encoding="utf-8")
    assert main(words) == 0
    assert set(published(database).keys) == {name, "other"}


def test_two_files_with_one_id_are_refused_by_name(tmp_path: Path, database: Path):
    for name in ("a/town.txt", "b/town.txt", "b/village.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TOWN, encoding="utf-8")
    outcome = build([tmp_path / "a", tmp_path / "b"], database)
    assert outcome.read == ["town", "village"]
    assert str(tmp_path / "a" / "town.txt") in outcome.failures[0]
    assert str(tmp_path / "b" / "town.txt") in outcome.failures[0]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("town\t某市\tcity\t方案\t\t2021\t2025\tissued", "level 'city'"),
        ("town\t某市\tprefecture\t方案\t\t2021\t2025\tvalid", "status 'valid'"),
        ("town\t某市\tprefecture\t方案\t12.3.2021\t2021\t2025\tissued", "issued '12.3.2021'"),
        ("town\t某市\tprefecture\t方案\t\t21\t2025\tissued", "horizon_start '21'"),
        ("town\t某市\tprefecture\t方案\t\t2025\t2021\tissued", "horizon_start 2025"),
        ("town\t某市\tprefecture\t方案\t\t2021\t2025\tissued\tmore", "more cells"),
        ("town\t某市\t\t\t\t\t\t\ntown\t某市\t\t\t\t\t\t", "stands twice"),
    ],
)
def test_a_wrong_row_fails_its_plan_and_names_the_line(tmp_path: Path, database: Path, row: str, named: str):
    for name in ("town", "village"):
        (tmp_path / f"{name}.txt").write_text(TOWN, encoding="utf-8")
    (tmp_path / "plans.tsv").write_text(HEAD + row + "\n", encoding="utf-8")
    outcome = build([tmp_path], database)
    assert outcome.read == ["village"]
    (failure,) = outcome.failures
    assert "plans.tsv, line " in failure
    assert named in failure


@pytest.mark.parametrize("text", ["place\ttitle\n", "plan\tcolour\n", "plan\tplan\n", ""])
def test_a_manifest_with_wrong_columns_is_refused(tmp_path: Path, text: str):
    (tmp_path / "plans.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(ManifestError, match=r"plans\.tsv"):
        read_manifest(tmp_path / "plans.tsv")


def pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, outside: Path) -> None:
    path.symlink_to("/dev/zero")


def plug(path: Path, outside: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = os.open(path.parent, os.O_RDONLY)
        one.bind(f"/proc/self/fd/{here}/{path.name}")  # a path may be too long for a socket
        os.close(here)


def folder(path: Path, outside: Path) -> None:
    path.mkdir()


def link_out(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "secret.txt")


def link_up(path: Path, outside: Path) -> None:
    path.symlink_to(Path("..") / outside.name / "secret.txt")


def link_to_a_link_out(path: Path, outside: Path) -> None:
    (path.parent / ".hidden.txt").symlink_to(outside / "secret.txt")
    path.symlink_to(path.parent / ".hidden.txt")


def link_to_nothing(path: Path, outside: Path) -> None:
    path.symlink_to(outside / "gone.txt")


def link_to_itself(path: Path, outside: Path) -> None:
    path.symlink_to(path)


KINDS = {
    pipe: "pipe",
    device: "device",
    plug: "socket",
    folder: "folder",
    link_out: "link out of the folder",
    link_up: "link out of the folder",
    link_to_a_link_out: "link out of the folder",
    link_to_nothing: "leads nowhere",
    link_to_itself: "leads nowhere",
}


@pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)
def test_what_is_no_file_of_the_folder_is_named_and_skipped(make: Callable, tmp_path: Path, database: Path):
    plans, outside = tmp_path / "plans", tmp_path / "outside"
    for made in (plans, outside):
        made.mkdir()
    (outside / "secret.txt").write_text(TOWN, encoding="utf-8")
    (plans / "village.txt").write_text(TOWN, encoding="utf-8")
    make(plans / "town.txt", outside)
    found = discover([plans])
    assert [source.plan_id for source in found.sources] == ["village"]
    (note,) = found.notes
    assert note.startswith(f"{plans / 'town.txt'}: left out, ") and KINDS[make] in note


def test_a_link_within_the_folder_and_a_folder_that_is_a_link_are_followed(tmp_path: Path):
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "town.txt").write_text(TOWN, encoding="utf-8")
    (plans / "village.txt").symlink_to("town.txt")
    (tmp_path / "link").symlink_to(plans)
    found = discover([tmp_path / "link"])
    assert [source.plan_id for source in found.sources] == ["town", "village"] and found.notes == []


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path):
    with (tmp_path / "town.txt").open("wb") as file:
        file.truncate(10**12)
    (source,) = discover([tmp_path]).sources
    assert source.sha256 == "" and "max_bytes" in source.problem


@pytest.mark.parametrize("make", [pipe, device, folder], ids=lambda make: make.__name__)
def test_a_manifest_that_is_no_file_is_refused(make: Callable, tmp_path: Path):
    make(tmp_path / "plans.tsv", tmp_path)
    with pytest.raises(ManifestError, match=r"plans\.tsv: cannot be read \((?:it is no regular file|Is a directory)\)"):
        discover([tmp_path])


@pytest.mark.parametrize(
    ("rows", "line", "named"),
    [
        (["town\t" + "市" * 2001], 2, "place has 2001 characters, 2000 allowed (max_cell_chars)"),
        (["town\t" + "市" * 200_000], 2, "max_cell_chars"),
        (["", "", "town\t某市\t" + "x" * 150_000], 4, "level has 150000 characters"),
        (["town\t某\x0c市"], 2, "control character"),
        (["town\t某\x00市"], 2, "control character"),
        (["village\t某市", "", "town\t某市", "town\t某市"], 5, "stands twice, first in line 4"),
        (["town\t\t\t\t\t" + "9" * 500], 2, "is no year"),
        (["town\t某\u2028市\tcity"], 2, "level 'city'"),
    ],
)
def test_a_row_that_is_too_much_is_told_with_its_line(rows: list[str], line: int, named: str, tmp_path: Path):
    for name in ("town", "village"):
        (tmp_path / f"{name}.txt").write_text(TOWN, encoding="utf-8")
    (tmp_path / "plans.tsv").write_text(HEAD + "\n".join(rows), encoding="utf-8")
    town, village = discover([tmp_path]).sources
    assert f"plans.tsv, line {line}" in town.problem and named in town.problem and len(town.problem) < 500
    assert village.problem == ""


@pytest.mark.parametrize(
    ("data", "named"), [(b"plan\tplace\n\ntown\t\xff\n", "line 3 is no UTF-8"), (b"x" * 20_000_000, "max_manifest_bytes")]
)
def test_a_manifest_that_is_no_text_or_too_long_is_refused(data: bytes, named: str, tmp_path: Path):
    (tmp_path / "plans.tsv").write_bytes(data)
    with pytest.raises(ManifestError, match=named):
        discover([tmp_path])


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(ManifestError, match="nowhere"):
        discover([tmp_path / "nowhere"])


def test_the_manifest_of_the_project_fits_its_plans():
    found = discover([ROOT / "data" / "plans"])
    assert found.notes == []
    assert all(source.plan.place and not source.problem for source in found.sources)


def test_one_document_gets_its_row_and_what_the_caller_says(tmp_path: Path):
    (tmp_path / "town.txt").write_text(TOWN, encoding="utf-8")
    (tmp_path / "plans.tsv").write_text(HEAD + "town\t某市\tcounty\t方案\t\t2021\t2025\tissued\n", encoding="utf-8")
    plan = described(tmp_path / "town.txt").plan
    assert (plan.place, plan.level, plan.horizon_end) == ("某市", "county", 2025)
    changed = with_options(plan, None, "别市", 2030)
    assert (changed.plan_id, changed.place, changed.horizon_end, changed.title) == ("town", "别市", 2030, "方案")
