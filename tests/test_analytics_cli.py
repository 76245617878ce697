"""`python -m analytics`: every command in every format, names of metrics and places, and one line with exit code 2 where it cannot be
done."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.__main__ import EXAMPLES, main
from analytics.export import Briefing, Item
from tests.synthetic import gold_path

COMMANDS = [
    "compare food.food_pass_rate",
    "compare 有效注册商标 --place 日照 --place 泉州",
    "compare 'Luban Prize projects' --year 2025",
    "compare certification.taishan_quality --alternatives",
    "cascade",
    "cascade --metric 制造业产品质量合格率 --place 日照",
    "findings",
    "findings --code conflict --place 烟台",
    "coverage",
    "coverage --domain branding --lang en",
    "ambition",
    "diff",
    "diff rizhao-2021 rizhao-2021",
    "search 商标",
    "search Luban --limit 3",
    "ask 哪些城市2025年食品抽检合格率目标高于全国",
    "ask 'trademark targets above 50 thousand'",
    "verdicts food.food_pass_rate --lang en",
    "metrics",
    "metrics --domain food",
]
REFUSED = [
    ("compare 商标", "ip.registered_trademarks"),
    ("compare nonsense", "metrics"),
    ("compare food.food_pass_rate --place 青岛", "青岛"),
    ("diff rizhao-2021", "two plans"),
    ("diff rizhao-2021 yantai-2023", "one place"),
    ("diff rizhao-2021 gone", "gone"),
    ("verdicts zzzz", "zzzz"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return gold_path(tmp_path_factory.mktemp("gold"))


def run(capsys: pytest.CaptureFixture[str], command: str, database: Path, *more: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main([*shlex.split(command), "--database", str(database), *more])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize("command", COMMANDS)
def test_formats_hold_the_same_rows(capsys: pytest.CaptureFixture[str], database: Path, command: str) -> None:
    code, table, errors = run(capsys, command, database)
    assert (code, errors) == (0, "")
    assert table.rstrip().endswith(("row", "rows"))
    as_csv = list(csv.DictReader(io.StringIO(run(capsys, command, database, "--format", "csv")[1])))
    as_json = json.loads(run(capsys, command, database, "--format", "json")[1])
    assert len(as_csv) == len(as_json["rows"])
    for text, value in zip(as_csv, as_json["rows"], strict=True):
        assert list(text) == list(value)


def test_compare_json_carries_verdict_and_benchmarks(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    found = json.loads(run(capsys, "compare service.public_service_satisfaction", database, "--format", "json")[1])
    assert found["verdict"]["verdict"] == "incomparable"
    assert {row["value_exact"] for row in found["rows"]} == {"81", "92"}
    assert [line["what"] for line in found["benchmarks"]] == ["actual", "actual"]


def test_ask_shows_filters_and_problems(capsys: pytest.CaptureFixture[str], database: Path) -> None:
    found = json.loads(run(capsys, "ask 青岛市的食品抽检合格率目标", database, "--format", "json")[1])
    assert found["filters"] == {"metrics": ["food.food_pass_rate"], "kind": "target"}
    assert found["problems"] == ["unknown_place"]


@pytest.mark.parametrize(("command", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_done_is_said_in_one_line(capsys: pytest.CaptureFixture[str], database: Path, command: str, words: str) -> None:
    code, out, errors = run(capsys, command, database)
    assert (code, out) == (2, "")
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert words in errors


def test_no_database_names_the_command_that_builds_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, errors = run(capsys, "compare food.food_pass_rate", tmp_path / "none.duckdb")
    assert code == 2
    assert "python -m etl build" in errors


@pytest.mark.parametrize(
    "line",
    [
        line.strip().split("   ")[0]
        for line in EXAMPLES.splitlines()
        if line.strip().startswith("python -m analytics") and "OLD_PLAN" not in line
    ],
)
def test_the_examples_of_the_help_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Path, line: str
) -> None:
    basket = Briefing("质量目标").add(Item("compare", {"metric": "food.food_pass_rate", "chart": "dot"}))
    (tmp_path / "briefing.json").write_bytes(basket.to_json())
    food = {"kind": "target", "indicator": "食品抽检合格率", "unit": "%", "year": 2025}
    statements = [{**food, "place": place} for place in ("甲市", "乙区")]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, statements)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # some examples write files where they are run
    code, out, _ = run(capsys, line.removeprefix("python -m analytics "), database)
    assert code == 0
    assert out


def test_usage_errors_and_a_closed_pipe_behave(database: Path) -> None:
    wrong = subprocess.run([sys.executable, "-m", "analytics", "nonsense"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "invalid choice" in wrong.stderr
    script = f"{shlex.quote(sys.executable)} -m analytics metrics --format csv | head -1"
    piped = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert piped.stdout.startswith("metric_id,")
    assert "Traceback" not in piped.stderr
