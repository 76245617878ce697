"""One target under atheris, in a process of its own: `python -m tests.fuzz.one TARGET [libFuzzer's flags] CORPUS...`.

Modules of the project and the readers' Python packages are imported under instrumentation, so that new branches steer the fuzzer.
"""

from __future__ import annotations

import importlib
import logging
import sys
import warnings

PACKAGES = ["etl", "docx", "openpyxl", "pdfplumber", "pdfminer", "trafilatura", "html5lib"]


def main(words: list[str]) -> None:
    """Fuzz until libFuzzer's limits are reached; the process ends with its exit code."""
    atheris = importlib.import_module("atheris")  # there only after `make fuzz` has installed it
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=PACKAGES):
        targets = importlib.import_module("tests.fuzz.targets")
        target = targets.TARGETS[words[1]]
        target.run(target.seeds()[0])  # the readers import their libraries when they are first called

    def parts(data: bytes, most: int, seed: int) -> bytes:
        return targets.in_a_part(data, most, seed, atheris.Mutate)

    atheris.Setup([words[0], *words[2:]], target.run, **({"custom_mutator": parts} if target.parts else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
