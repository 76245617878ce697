"""The analyses on the command line. `python -m analytics --help` lists the commands, `python -m analytics COMMAND --help` explains one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from analytics import comparability, output
from analytics import registry as registries
from analytics.ambition import WeightError, ambition
from analytics.cascade import cascade
from analytics.compare import compare
from analytics.coverage import ScopeError, coverage
from analytics.diff import diff, pairs
from analytics.export import cli as exports
from analytics.findings import CODES, findings
from analytics.messages import MessageError
from analytics.phrases import WordError
from analytics.questions import answer, read
from analytics.search import resolve_metric, resolve_place, search
from analytics.statements import PAIR_COLUMNS, read_statements, verdicts
from analytics.store import DATABASE, AnalyticsError, Store
from analytics.terms import RegistryError

EXAMPLES = """examples:
  python -m analytics compare food.food_pass_rate
  python -m analytics compare 有效注册商标 --place 日照 --place 泉州 --format csv
  python -m analytics compare "Luban Prize" --year 2025 --format json
  python -m analytics cascade --metric 制造业产品质量合格率
  python -m analytics findings --code conflict
  python -m analytics coverage --domain branding
  python -m analytics ambition
  python -m analytics diff                       (plans of one place that can be held against each other)
  python -m analytics diff OLD_PLAN NEW_PLAN
  python -m analytics search 商标
  python -m analytics ask "哪些城市2025年食品抽检合格率目标高于全国"
  python -m analytics verdicts food.food_pass_rate
  python -m analytics verdicts --statements rows.jsonl --format json
  python -m analytics metrics --domain food
  python -m analytics export --out package       (all tables, Frictionless data package)
  python -m analytics export --metric 食品抽检合格率 --format pptx --out slides
  python -m analytics brief briefing.json --format pptx --format docx --out briefing

METRIC is an id or a Chinese or English name; a name that fits several metrics lists them. Exit code 2 with one line when a command cannot
be carried out."""


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m analytics",
        description="Targets of city plans side by side, with verdicts.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", type=Path, default=DATABASE, help="database file (default: data/citytargets.duckdb)")
    common.add_argument("--format", choices=output.FORMATS, default="table", help="table (default), csv or json")
    common.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of sentences (default: zh)")
    placed = argparse.ArgumentParser(add_help=False)
    placed.add_argument(
        "--place", action="append", metavar="P", help="only this place: full name, part, English name or initials; may be repeated"
    )

    def add(name: str, run: Callable, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text, parents=[common, *parents])
        command.set_defaults(run=run)
        return command

    command = add("compare", run_compare, "One metric side by side, with verdict, benchmarks, baseline and per 10,000 people.", placed)
    command.add_argument("metric", metavar="METRIC")
    command.add_argument("--year", type=int, help="prefer statements for this year")
    command.add_argument("--alternatives", action="store_true", help="list the other statements of each place and why they were not chosen")
    add("cascade", run_cascade, "City against province against nation for the right year.", placed).add_argument(
        "--metric", metavar="METRIC"
    )
    add(
        "findings", run_findings, "Contradictions, targets below baseline or benchmark, pace, scale, outliers, drafts.", placed
    ).add_argument("--code", action="append", choices=CODES, help="only this kind; may be repeated")
    add("coverage", run_coverage, "Who mentions what: metrics × places with three kinds of blank.", placed).add_argument(
        "--domain", choices=registries.DOMAINS
    )
    add("ambition", run_ambition, "Position among comparable peers as an interval, or why there is none.", placed)
    command = add("diff", run_diff, "What changed between two plans of one place; without plans, which can be compared.")
    command.add_argument("plans", nargs="*", metavar="PLAN", help="old plan and new plan")
    command = add("search", run_search, "Search metrics, statements and texts.")
    command.add_argument("query")
    command.add_argument("--limit", type=int, default=20)
    add("ask", run_ask, "A question in Chinese or English becomes filters; the filters and their rows are shown.").add_argument("question")
    command = add("verdicts", run_verdicts, "Which statements of a metric, or of a file, are comparable with which, and why.", placed)
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("metric", metavar="METRIC", nargs="?")
    what.add_argument(
        "--statements", type=Path, metavar="FILE", help="judge these instead: one JSON object a line, in the fields of `etl extract`, "
        "with place, level (such as prefecture, county, district) and status (issued, draft, expired) where known"
    )
    add("metrics", run_metrics, "The metrics of the registry.").add_argument("--domain", choices=registries.DOMAINS)
    exports.add_parsers(commands)
    return top


def chosen_places(store: Store, options: argparse.Namespace) -> list[str] | None:
    """The full names behind --place, or None for all."""
    return [resolve_place(store, place) for place in options.place] if options.place else None


def run_compare(store: Store, options: argparse.Namespace) -> None:
    found = compare(store, resolve_metric(options.metric), places=chosen_places(store, options), year=options.year, quotes=None)
    verdict = "" if found.verdict is None else getattr(found.verdict, f"sentence_{options.lang}")
    head = [getattr(found, f"title_{options.lang}"), verdict]
    if options.alternatives:
        output.write(found.alternatives, output.ALTERNATIVES, options.format, options.lang, head)
    else:
        output.write(
            found.rows, output.COMPARE, options.format, options.lang, head, extra={"verdict": found.verdict, "benchmarks": found.benchmarks}
        )


def run_cascade(store: Store, options: argparse.Namespace) -> None:
    metric = resolve_metric(options.metric) if options.metric else None
    output.write(cascade(store, metric, chosen_places(store, options)), output.CASCADE, options.format, options.lang)


def run_findings(store: Store, options: argparse.Namespace) -> None:
    output.write(findings(store, chosen_places(store, options), options.code), output.FINDINGS, options.format, options.lang)


def run_coverage(store: Store, options: argparse.Namespace) -> None:
    found = coverage(store, places=chosen_places(store, options), domain=options.domain)
    if options.format == "table":
        names = found.metrics.set_index("metric_id")[f"name_{options.lang}"]
        table = found.table().rename(index=names).rename_axis(index="metric", columns=None).reset_index()
        output.write(table, list(table.columns), "table", options.lang)
    else:
        output.write(found.cells, list(found.cells.columns), options.format, options.lang)


def run_ambition(store: Store, options: argparse.Namespace) -> None:
    output.write(ambition(store, places=chosen_places(store, options)).rows, output.AMBITION, options.format, options.lang)


def run_diff(store: Store, options: argparse.Namespace) -> None:
    if not options.plans:
        output.write(pairs(store), ["place", "old_plan", "new_plan"], options.format, options.lang)
    elif len(options.plans) == 2:
        output.write(diff(store, *options.plans), output.DIFF, options.format, options.lang)
    else:
        raise AnalyticsError("diff takes two plans, the old and the new: `python -m analytics diff` lists those that can be compared")


def run_search(store: Store, options: argparse.Namespace) -> None:
    output.write(search(store, options.query, options.limit), output.SEARCH, options.format, options.lang)


def run_ask(store: Store, options: argparse.Namespace) -> None:
    reading = read(store, options.question)
    head = [reading.filters.words(options.lang), *(getattr(problem, f"sentence_{options.lang}") for problem in reading.problems)]
    extra = {
        "filters": reading.filters.plain(),
        "further": reading.filters.further(),
        "problems": [problem.code for problem in reading.problems],
    }
    if reading.refused or not reading.filters.as_dict():
        output.write(pd.DataFrame(), [], options.format, options.lang, head, extra=extra)
        return
    found = answer(store, reading.filters)
    columns = output.STATEMENTS if reading.filters.state is None else output.CELLS
    columns = [*columns, "per_10k"] if reading.filters.per_head else columns
    output.write(found.frame, columns, options.format, options.lang, [*head, getattr(found, f"sentence_{options.lang}")], extra=extra)


def run_verdicts(store: Store, options: argparse.Namespace) -> None:
    registry = registries.load()
    if options.statements:
        output.write(verdicts(read_statements(options.statements, registry), registry), PAIR_COLUMNS, options.format, options.lang)
        return
    rows = compare(store, resolve_metric(options.metric, registry), places=chosen_places(store, options), registry=registry).rows
    verdict = comparability.group(rows, registry)
    matrix = comparability.pairwise(rows, registry)
    names = rows.set_index("indicator_id")["place"]
    matrix = matrix.assign(place_a=matrix["a"].map(names), place_b=matrix["b"].map(names), codes=matrix["codes"].map(";".join))
    output.write(matrix, output.VERDICTS, options.format, options.lang, [getattr(verdict, f"sentence_{options.lang}")])


def run_metrics(store: Store, options: argparse.Namespace) -> None:
    frame = registries.load().frame()
    frame = frame if options.domain is None else frame.loc[frame["domain"] == options.domain]
    output.write(frame, output.METRICS, options.format, options.lang)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 2 with one line on standard error."""
    options = parser().parse_args(arguments)
    try:
        options.run(Store(options.database), options)
    except (AnalyticsError, RegistryError, MessageError, WordError, WeightError, ScopeError) as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of a pipe has seen enough (| head).
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
