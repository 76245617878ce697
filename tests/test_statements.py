"""Verdicts for statements from a file: what is judged, and how a line that cannot be used is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analytics.__main__ import main
from analytics.registry import load
from analytics.statements import PAIR_COLUMNS, StatementError, read_statements, verdicts

REGISTRY = load()
ROW = {"kind": "target", "indicator": "食品抽检合格率", "unit": "%", "flow": "level", "year": 2025, "value": 98, "place": "日照市"}


def write(folder: Path, *lines: dict | str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_the_command_judges_every_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [ROW, {**ROW, "place": "中卫市沙坡头区", "status": "draft"}, {**ROW, "indicator": "规上工业增加值增长率", "flow": "change"}]
    assert main(["verdicts", "--statements", str(write(tmp_path, *rows)), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["line_a"], row["line_b"], row["verdict"], row["codes"]) for row in found] == [
        (1, 2, "conditional", ["level", "status"]), (1, 3, "incomparable", ["metric"]), (2, 3, "incomparable", ["metric"])]
    assert list(found[0]) == PAIR_COLUMNS and found[0]["sentence_zh"].startswith("有条件可比。地方级别不同：地市 / 市辖区")


def test_ids_name_the_rows_where_they_can(tmp_path: Path) -> None:
    named = [{**ROW, "indicator_id": name} for name in ("x", "y")]
    frame = verdicts(read_statements(write(tmp_path, *named), REGISTRY), REGISTRY)
    assert frame[["a", "b", "verdict"]].values.tolist() == [["x", "y", "comparable"]]
    frame = verdicts(read_statements(write(tmp_path, named[0], "", named[0]), REGISTRY), REGISTRY)
    assert frame[["a", "b"]].values.tolist() == [["line 1", "line 3"]]


@pytest.mark.parametrize(("line", "message"), [
    ("{", "line 2: no JSON"),
    ("[1]", "line 2: '[1]' is no object"),
    ({**ROW, "unit": None}, "line 2: unit: missing"),
    ({**ROW, "kind": "goal"}, "line 2: kind: 'goal'; use one of target, baseline"),
    ({**ROW, "flow": "up"}, "line 2: flow: 'up'; use one of level"),
    ({**ROW, "status": "new"}, "line 2: status: 'new'; use one of issued"),
    ({**ROW, "level": "star"}, "line 2: level: 'star'; use one of national"),
    ({**ROW, "year": "2025"}, "line 2: year: '2025'; write a year such as 2025, or null"),
    ({**ROW, "year": 25}, "line 2: year: 25; write a year"),
    ({**ROW, "indicator": " "}, "line 2: indicator: ' '; write what is measured"),
    ({**ROW, "place": 7}, "line 2: place: 7; write a text"),
])
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: dict | str, message: str) -> None:
    path = write(tmp_path, ROW, line)
    with pytest.raises(StatementError) as error:
        read_statements(path, REGISTRY)
    assert str(path) in str(error.value) and message in str(error.value)


def test_no_file_and_no_statement(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="cannot be read"):
        read_statements(tmp_path / "none.jsonl", REGISTRY)
    with pytest.raises(StatementError, match="no statement in it"):
        read_statements(write(tmp_path, ""), REGISTRY)
