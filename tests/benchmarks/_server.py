"""A dashboard of its own for a measurement, and what it costs: memory and processor time as the system counts them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, free_port, wait_until_healthy

MB = 2**20


@dataclass(frozen=True)
class Server:
    """A running dashboard: its address without a slash, and its process."""

    address: str
    process: subprocess.Popen
    log: Path

    def memory(self) -> float:
        """Resident size in MB; not a number where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except OSError:
            return float("nan")
        return pages * os.sysconf("SC_PAGE_SIZE") / MB

    def busy(self) -> float:
        """Seconds of processor time so far; not a number where the system does not tell."""
        try:
            ticks = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        except OSError:
            return float("nan")
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def complaints(self) -> list[str]:
        """Lines of the log that tell of an error."""
        return [line for line in self.log.read_text(encoding="utf-8").splitlines() if "Error" in line or "Traceback" in line]


@contextmanager
def dashboard(database: Path | None, port: int = 0) -> Iterator[Server]:
    """A dashboard over a database (None: the project's own), as `make run` starts it but on a free port; ended with the block."""
    address = f"http://localhost:{(port := port or free_port())}"
    environment = {**os.environ, **({"CITYTARGETS_DATABASE": str(database)} if database else {})}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        with open(log, "w") as output:
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_healthy(address, process, log)
            yield Server(address, process, log)
        finally:
            process.terminate()
            process.wait(timeout=20)
