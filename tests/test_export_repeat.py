"""The same export made by another process, on another day's clock and with another order of hash tables, is the same byte for byte."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import hashlib, json, sys
from pathlib import Path
from analytics import export
from analytics.store import Store

store = Store(Path(sys.argv[1]))
items = [export.Item("compare", {"metric": "ip.registered_trademarks", "chart": "dumbbell"}, remark="!"),
         export.Item("domain", {"domain": "product"}), export.Item("findings", {"places": ["日照市"]})]
made = export.build(store, export.Briefing(items=tuple(items), lang="en"))
files = {fmt: export.render_made(made, fmt) for fmt in export.BRIEFING_FORMATS}
files |= {f"{name}.{fmt}": export.render(made.views[at], fmt) for at, name in enumerate(("chart", "matrix")) for fmt in export.FORMATS}
print(json.dumps({name: hashlib.sha256(file.data).hexdigest() for name, file in files.items()}))
"""
ELSEWHERE = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONUTF8": "1", "USER": "somebody", "SOURCE_DATE_EPOCH": "0"},
)


def test_other_processes_make_the_same_bytes(database: Path, root: Path) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(database)], cwd=root, env={**os.environ, **changed}, stdout=subprocess.PIPE, text=True
        )
        for changed in ELSEWHERE
    ]
    first, second = (json.loads(run.communicate(timeout=100)[0]) for run in runs)
    assert [name for name in first if first[name] != second[name]] == []
    assert len(first) > 15
