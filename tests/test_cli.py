"""The command line: what each command prints, its exit codes, and errors in one line."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from etl.__main__ import main, parser
from etl.cli import FIELDS
from tests.conftest import ROOT
from tests.fixtures.documents import pdf_of
from tests.fixtures.hostile import FORM_LOOP

PLANS = ROOT / "data" / "plans"
PLAN = PLANS / "shapotou-2022.txt"
TEXT = "某市质量提升方案\n\n到2025年，产品抽检合格率达到98.5%以上，新增名牌产品2至3个，质量总体水平显著提升。\n"
TYPES = {
    "value": (float, type(None)), "value_max": (float, type(None)), "year": (int, type(None)), "hedge": (bool,), "start": (int,),
    "end": (int,), "value_start": (int,), "value_end": (int,), "rules": (list,), "confidence": (float,),
}  # fmt: skip
NULLABLE = {"form", "comparator", "responsible", "metric_id", "align_how", "align_note"}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Runs a command in this process: exit code, standard output, standard error."""

    def call(*words: object) -> tuple[int, str, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as exit_:
            code = exit_.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "town.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


# extract


def test_rows_have_the_fields_of_the_contract_in_order(run):
    code, out, err = run("extract", PLAN)
    assert (code, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert {tuple(row) for row in rows} == {FIELDS}
    for row in rows:
        for name, value in row.items():
            assert type(value) in (TYPES.get(name) or ((str, type(None)) if name in NULLABLE else (str,))), name


def test_fields_are_the_columns_of_the_database(database: Path):
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = [column[0] for column in connection.execute("DESCRIBE indicators").fetchall()]
    assert columns == list(FIELDS)


def test_offsets_count_in_the_text_that_is_printed(run, tmp_path: Path):
    from docx import Document

    document = Document()
    document.add_heading("某市质量提升方案", 1)
    document.add_paragraph("到2025年，产品抽检合格率达到98.5%以上。")
    document.save(path := tmp_path / "town.docx")
    text = run("extract", path, "--text")[1]
    (row,) = [json.loads(line) for line in run("extract", path)[1].splitlines()]
    assert text[row["start"] : row["end"]] == row["quote"]
    assert text[row["value_start"] : row["value_end"]] == row["value_text"]


def test_text_is_printed_as_it_is(run):
    assert run("extract", PLAN, "--text") == (0, PLAN.read_text("utf-8"), "")


def test_extract_gives_what_the_database_holds(run, database: Path):
    rows = [json.loads(line) for line in run("extract", PLAN)[1].splitlines()]
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = "* REPLACE (value::DOUBLE AS value, value_max::DOUBLE AS value_max)"
        found = connection.execute(f"SELECT {columns} FROM indicators WHERE plan_id = 'shapotou-2022'").fetchall()
    assert sorted(tuple(row.values()) for row in rows) == sorted(found)


def test_chinese_is_written_as_chinese(run, plan: Path):
    assert "产品抽检合格率" in run("extract", plan)[1]


def test_options_stand_in_for_the_manifest(run, plan: Path):
    plan.write_text("产品抽检合格率达到98.5%以上。\n", encoding="utf-8")
    (row,) = [json.loads(line) for line in run("extract", plan, "--plan", "other-1", "--place", "某市", "--horizon", 2031)[1].splitlines()]
    assert (row["plan_id"], row["year"], row["indicator_id"].startswith("other-1-")) == ("other-1", 2031, True)


def test_standard_input_is_read(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode("gb18030"))))
    code, out, _ = run("extract", "-")
    assert code == 0
    assert {json.loads(line)["plan_id"] for line in out.splitlines()} == {"stdin"}


class _Endless(io.RawIOBase):
    """A stream of ideographs that has no end."""

    taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.taken += len(buffer)
        buffer[:] = ("市".encode() * (len(buffer) // 3 + 1))[: len(buffer)]
        return len(buffer)


def test_standard_input_has_a_limit(run, monkeypatch: pytest.MonkeyPatch):
    stream = _Endless()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(stream)))
    code, out, err = run("extract", "-")
    assert (code, out) == (1, "") and "standard input: too_large" in err and "max_bytes" in err
    assert stream.taken < 60_000_000


@pytest.mark.parametrize("words", [["extract"], ["extract", "--text"], ["explain"]], ids=" ".join)
def test_a_pipe_is_not_waited_for(run, words: list[str], tmp_path: Path):
    os.mkfifo(tmp_path / "town.txt")
    code, out, err = run(*words, tmp_path / "town.txt")
    assert (code, out) == (1, "") and "town.txt: " in err and err.count("\n") == 1


def test_what_takes_a_reader_down_is_one_line(run, tmp_path: Path):
    (tmp_path / "loop.pdf").write_bytes(pdf_of(FORM_LOOP))
    code, out, err = run("extract", tmp_path / "loop.pdf")
    assert (code, out) == (1, "") and "loop.pdf: too_large: " in err and "limits.toml" in err and err.count("\n") == 1


def test_bytes_that_are_no_document_get_one_line(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\0\1\2\3" * 50)))
    code, out, err = run("extract", "-")
    assert (code, out) == (1, "")
    assert err.startswith("standard input: ")
    assert len(err.splitlines()) == 1


def test_csv_holds_the_same_rows_unchanged(run, plan: Path):
    plan.write_text(TEXT + "=SUM(A1)产品合格率达到97%以上。\n", encoding="utf-8")
    rows = [json.loads(line) for line in run("extract", plan)[1].splitlines()]
    lines = list(csv.DictReader(io.StringIO(run("extract", plan, "--format", "csv")[1])))
    assert [line["quote"] for line in lines] == [row["quote"] for row in rows]
    for line, row in zip(lines, rows, strict=True):
        assert tuple(line) == FIELDS
        assert line["rules"].split(";") == row["rules"]
        assert (float(line["value"]) if line["value"] else None) == row["value"]


def test_the_table_shows_every_row(run, plan: Path):
    rows = [json.loads(line) for line in run("extract", plan)[1].splitlines()]
    out = run("extract", plan, "--format", "table")[1]
    assert len(out.splitlines()) == len(rows) + 1
    assert "98.5" in out
    assert "2~3" in out


# build


def test_build_prints_a_summary_and_says_when_nothing_changed(run, plan: Path, tmp_path: Path):
    words = ("build", "--plans", plan.parent, "--database", tmp_path / "t.duckdb")
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert re.search(r"^town .* read\s*$", out, re.M)
    code, out, err = run(*words)
    assert (code, err) == (0, "")
    assert "nothing changed" in out
    assert "\x1b" not in out


def test_build_names_the_file_that_cannot_be_read(run, plan: Path, tmp_path: Path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    code, out, err = run("build", "--plans", tmp_path, "--database", tmp_path / "t.duckdb")
    assert code == 1
    assert err.startswith(str(tmp_path / "scan.pdf"))
    assert len(err.splitlines()) == 1
    assert "town" in out


def test_build_takes_several_folders(run, plan: Path, tmp_path: Path):
    other = tmp_path / "more"
    other.mkdir()
    shutil.copy(plan, other / "village.txt")
    code, out, _ = run("build", "--plans", plan.parent, "--plans", other, "--database", tmp_path / "t.duckdb")
    assert code == 0
    assert ": 2 plans" in out


# Errors are one line, and the exit code tells whose fault it is.


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        ((), 2, "--help"),
        (("extract",), 2, "FILE"),
        (("extract", "x.txt", "--format", "xml"), 2, "xml"),
        (("extract", "x.txt", "--horizon", "soon"), 2, "soon"),
        (("build", "--fast"), 2, "--fast"),
        (("fly",), 2, "fly"),
        (("extract", "nowhere.txt"), 1, "nowhere.txt"),
        (("build", "--plans", "nowhere", "--database", "{tmp}/t.duckdb"), 1, "nowhere"),
        (("build", "--plans", "{tmp}", "--database", "{tmp}/t.duckdb"), 1, "no plan in it"),
        (("evaluate", "--gold", "nowhere"), 1, "nowhere"),
        (("evaluate", "--plans", "nowhere"), 1, "nowhere"),
        (("explain", "nowhere-2020"), 1, "hengyang-2018"),
    ],
)
def test_errors_are_one_line(run, words: tuple[str, ...], code: int, named: str, tmp_path: Path):
    found, out, err = run(*(word.format(tmp=tmp_path) for word in words))
    assert (found, out) == (code, "")
    assert named in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", ["build", "extract", "evaluate", "explain"])
def test_help_has_examples_that_parse(run, command: str):
    code, out, _ = run(command, "--help")
    assert code == 0
    examples = re.findall(rf"python -m etl ({command}\b.*)", out.split("examples:")[1])
    assert len(examples) >= 3
    for example in examples:
        parser().parse_args([word.strip("'") for word in example.split(" >")[0].split()])


def test_the_module_runs_as_a_program(tmp_path: Path):
    """Through a pipe that closes early, and with a locale that knows no Chinese."""
    command = f"{sys.executable} -m etl extract {PLAN} | head -n 1"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["plan_id"] == "shapotou-2022"
