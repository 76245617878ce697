"""The command line: python -m etl build | extract | evaluate | fit | explain. Each command imports what it needs when it runs."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PLANS, GOLD, DATABASE, FLOORS = (ROOT / "data" / name for name in ("plans", "gold", "citytargets.duckdb", "floors.toml"))

_BUILD = """examples:
  python -m etl build
  python -m etl build --plans data/plans --plans more/plans
  python -m etl build --database other.duckdb --full"""
_EXTRACT = """examples:
  python -m etl extract data/plans/rizhao-2021.txt --format table
  python -m etl extract plan.pdf --place 日照市 --horizon 2025 > rows.jsonl
  python -m etl extract plan.docx --text
  cat plan.txt | python -m etl extract - --plan my-plan"""
_EVALUATE = """examples:
  python -m etl evaluate
  python -m etl evaluate --gold data/gold --plans data/plans --misses
  python -m etl evaluate --floors data/floors.toml
  python -m etl evaluate --floors data/floors.toml --raise-floors"""
_FIT = """examples:
  python -m etl fit
  python -m etl fit --check
  python -m etl fit --documents reviewed/"""
_EXPLAIN = """examples:
  python -m etl explain rizhao-2021
  python -m etl explain rizhao-2021 '98%以上'
  python -m etl explain some/plan.docx '合格率'"""


class _Parser(argparse.ArgumentParser):
    """Answers a wrong call in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(prog="python -m etl", description="From plan documents to a table of quantified targets.")
    commands = top.add_subparsers(dest="command", required=True, metavar="build | extract | evaluate | fit | explain", parser_class=_Parser)

    def command(name: str, words: str, examples: str) -> argparse.ArgumentParser:
        layout = argparse.RawDescriptionHelpFormatter
        return commands.add_parser(name, help=words, description=words, epilog=examples, formatter_class=layout)

    one = command("build", "Build or update the database; only changed plans are read again.", _BUILD)
    words = "folder of plans, with a plans.tsv or without; may be given more than once (default data/plans)"
    one.add_argument("--plans", type=Path, action="append", metavar="DIR", help=words)
    one.add_argument("--database", type=Path, default=DATABASE, metavar="FILE", help="database to write (default data/citytargets.duckdb)")
    one.add_argument("--full", action="store_true", help="read every plan again")
    one = command("extract", "Print the indicators of one document.", _EXTRACT)
    one.add_argument("file", metavar="FILE", help="txt, md, html, docx, pdf or xlsx; - for standard input")
    one.add_argument("--plan", metavar="ID", help="plan id (default the file's name without its ending)")
    one.add_argument("--place", metavar="NAME", help="place that the plan governs")
    one.add_argument("--horizon", type=_year, metavar="YEAR", help="year by which its targets are due unless a clause says otherwise")
    one.add_argument("--format", choices=("jsonl", "csv", "table"), default="jsonl")
    one.add_argument("--text", action="store_true", help="print the linear text that offsets count in, instead of indicators")
    one = command("evaluate", "Precision, recall and F1 against annotated plans.", _EVALUATE)
    one.add_argument("--gold", type=Path, default=GOLD, metavar="DIR", help="folder of PLAN.jsonl (default data/gold)")
    one.add_argument("--plans", type=Path, default=PLANS, metavar="DIR", help="folder of the plans' documents (default data/plans)")
    one.add_argument("--misses", action="store_true", help="list what was missed, false or wrong")
    one.add_argument("--floors", type=Path, metavar="FILE", help="check the figures against these floors; exit code 1 when one is lower")
    one.add_argument("--raise-floors", action="store_true", help="write the figures into the floors where they are higher")
    words = "Fit the weights of the evidence for target or fact from annotated documents; print how much is right by document."
    one = command("fit", words, _FIT)
    words = "folder of further NAME.jsonl with NAME.txt beside; may be given more than once"
    one.add_argument("--documents", type=Path, action="append", default=[], metavar="DIR", help=words)
    one.add_argument("--check", action="store_true", help="only compare with data/evidence.toml; exit code 1 when it differs")
    one = command("explain", "Which rules read a place, and why each number in it was taken or left.", _EXPLAIN)
    one.add_argument("plan", metavar="PLAN", help="plan id, or path of a document")
    one.add_argument("quote", metavar="QUOTE", nargs="?", help="words of the plan; without them every number of the plan is listed")
    one.add_argument("--plans", type=Path, default=PLANS, metavar="DIR", help="folder in which a plan id is looked up (default data/plans)")
    return top


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1949 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"{text!r} is no year between 1949 and 2100")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.command == "build":
        from etl.cli import build_command

        return build_command(arguments.plans or [PLANS], arguments.database, arguments.full)
    if arguments.command == "extract":
        from etl.cli import extract_command

        return extract_command(arguments.file, arguments.plan, arguments.place, arguments.horizon, arguments.format, arguments.text)
    if arguments.command == "evaluate":
        from etl.evaluate import evaluate_command

        floors = arguments.floors or (FLOORS if arguments.raise_floors else None)
        return evaluate_command(arguments.gold, arguments.plans, arguments.misses, floors, arguments.raise_floors)
    if arguments.command == "fit":
        from etl.fit import fit_command

        return fit_command(arguments.documents, arguments.check)
    from etl.explain import explain_command

    return explain_command(arguments.plan, arguments.quote, arguments.plans)


def main(words: list[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0, 1 for what went wrong with the data, 2 for a wrong call, 130 when interrupted."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    arguments = parser().parse_args(words)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("interrupted; what was published before is unchanged", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, RuntimeError) as error:  # every error of the project is one of the two, and says what to do
        if type(error) in (ValueError, RuntimeError):
            raise
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    gc.set_threshold(100_000)  # imports make many objects and no garbage: a tenth of a cold build went into looking for some
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a build that is ended cleans up
    sys.exit(main())
