"""Make `.venv` hold what the named requirement files ask for: `setup.py requirements.txt [tests/requirements.txt]`.

Runs on the machine's own Python with nothing installed. When the stamp in `.venv` matches the files, nothing is done and
nothing is fetched. A `.venv` whose last installation was cut short, or whose interpreter is gone, is made anew.
"""
from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 14)
UV = "uv==0.13.9"  # from pip: installs the same wheels in 3 s where pip takes 41 s


def main(files: list[str]) -> int:
    """Bring `.venv` up to date with `files` (paths from the project's folder); returns an exit code."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        found = f"{sys.executable} is {sys.version.split()[0]}"
        return complain(f"Python 3.11 to 3.14 is needed, {found}; name another one: make run PYTHON=/path/to/python3.11")
    with open(__file__) as lock:  # two runs at once would install over each other: the second waits, then finds all done
        fcntl.flock(lock, fcntl.LOCK_EX)
        return update(ROOT / ".venv", files)


def update(venv: Path, files: list[str]) -> int:
    """Install `files` into `venv` unless its stamp says that they are there."""
    stamp, unfinished = venv / ".ready", venv / ".unfinished"
    wanted = {fingerprint(name) for name in files}
    usable = works(venv / "bin" / "python") and not unfinished.exists()
    present = set(stamp.read_text().splitlines()) if usable and stamp.exists() else set()
    if wanted <= present:
        link_fonts(venv)
        return 0
    if not usable and not create(venv, unfinished):
        return 1
    unfinished.touch()
    stamp.unlink(missing_ok=True)
    print("Installing " + ", ".join(files) + " into .venv ...", flush=True)
    if not install(venv / "bin" / "python", files):
        return complain("The packages could not be installed (see above). Check the network or the package index, then run make again.")
    link_fonts(venv)
    others = {line for line in present if line.split()[0] not in files}
    stamp.write_text("\n".join(sorted(others | wanted)) + "\n")
    unfinished.unlink()
    return 0


def fingerprint(name: str) -> str:
    """`name` and a checksum of the file with the constraints that it is read with."""
    content = (ROOT / name).read_bytes() + (ROOT / ".constraints.txt").read_bytes()
    return f"{name} {hashlib.sha256(content).hexdigest()}"


def works(python: Path) -> bool:
    """Whether the interpreter of a virtual environment starts and is the version that is running this."""
    if not python.exists():
        return False
    probe = subprocess.run([str(python), "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
    return probe.stdout.split() == [str(part) for part in sys.version_info[:2]]


def create(venv: Path, unfinished: Path) -> bool:
    """Make an empty virtual environment, marked as unfinished before its first file."""
    if importlib.util.find_spec("ensurepip") is None and not add_venv_module():
        return False
    shutil.rmtree(venv, ignore_errors=True)
    venv.mkdir()
    unfinished.touch()
    if subprocess.run([sys.executable, "-m", "venv", str(venv)]).returncode:
        complain(f"{sys.executable} could not make a virtual environment (see above).")
        return False
    return True


def add_venv_module() -> bool:
    """Debian and Ubuntu keep Python's venv module in a package of its own."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if subprocess.run(["sh", str(ROOT / ".ci" / "apt"), package]).returncode:
        complain(f"{sys.executable} cannot make virtual environments; install {package} as root, then run make again.")
        return False
    return True


def install(python: Path, files: list[str]) -> bool:
    """Install with uv; where uv cannot be had or fails (an index or proxy that only pip is set up for), with pip."""
    environment = {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    requirements = [part for name in files for part in ("-r", str(ROOT / name))]

    def run(*arguments: str) -> bool:
        return subprocess.run([str(python), "-m", *arguments], env=environment).returncode == 0

    if run("pip", "install", "--quiet", UV):
        environment.update(uv_index(python, environment))
        if run("uv", "pip", "install", "--python", str(python), *requirements):
            return True
        print("uv failed, trying pip ...", flush=True)
    return run("pip", "install", *requirements)


def link_fonts(venv: Path) -> None:
    """Point `static`, the only folder that Streamlit serves files from, at the Chinese font for browsers without one."""
    for package in venv.glob("lib/python*/site-packages/pylopdf_fonts_zh_cn"):
        static, target = venv.parent / "static", package.relative_to(venv.parent)
        if static.is_symlink() and static.readlink() != target:
            static.unlink()
        if not static.exists():
            static.symlink_to(target, target_is_directory=True)


def uv_index(python: Path, environment: dict[str, str]) -> dict[str, str]:
    """uv does not read pip's configuration; a mirror that is set there is passed on."""
    if "UV_DEFAULT_INDEX" in environment or "UV_INDEX_URL" in environment:
        return {}
    for key in (":env:.index-url", "install.index-url", "global.index-url"):
        asked = subprocess.run([str(python), "-m", "pip", "config", "get", key], env=environment, capture_output=True, text=True)
        if asked.returncode == 0 and asked.stdout.strip():
            return {"UV_DEFAULT_INDEX": asked.stdout.strip()}
    return {}


def complain(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
