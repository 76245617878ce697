"""`python -m analytics export` and `python -m analytics brief`.

export --out DIR                                  the data package
export --metric 食品抽检合格率 --format pptx --out DIR    one chart (also --domain food, --findings, ...)
brief SPEC --format pptx --format docx --out DIR   a briefing file (.json or .toml) in one or more formats, all of them by default

The libraries behind the formats are imported by the commands that need them: they take most of a second.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analytics.export.briefing import Briefing, Item
from analytics.export.made import build, view_of
from analytics.export.view import CHARTS
from analytics.measures import MEASURES
from analytics.registry import DOMAINS
from analytics.store import DATABASE, Store

LISTINGS = {
    "findings": "what a reader should be told",
    "cascade": "places against province and nation",
    "coverage": "places × domains: how many metrics have a target",
    "ambition": "how ambitious each place is, as an interval",
    "statements": "every statement",
}


def add_parsers(commands) -> None:
    """Add `export` and `brief` to the subparsers of the command line; each sets `run(store, options)`."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--database", type=Path, default=DATABASE, help="database file (default: data/citytargets.duckdb)")
    common.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write into; made if need be")
    command = commands.add_parser(
        "export",
        parents=[common],
        help="The whole data package, or one chart in any format.",
        description="Without a selection: every table as CSV and Parquet, datapackage.json, rebuild.sql. With one: that chart or table.",
    )
    command.set_defaults(run=run_export)
    what = command.add_mutually_exclusive_group()
    what.add_argument("--metric", metavar="METRIC", help="one metric side by side: id or name")
    what.add_argument("--domain", choices=DOMAINS, help="metrics × places of a domain")
    for name, told in LISTINGS.items():
        what.add_argument(f"--{name}", action="store_true", help=told)
    command.add_argument(
        "--format",
        action="append",
        dest="formats",
        metavar="F",
        help="png, svg, pdf, csv, parquet, xlsx, pptx or html; may be repeated (default: pptx)",
    )
    command.add_argument("--chart", choices=CHARTS, default="dot", help="with --metric (default: dot)")
    command.add_argument("--measure", choices=MEASURES, default="value", help="with --metric (default: value)")
    command.add_argument("--place", action="append", metavar="P", help="only this place; may be repeated")
    command.add_argument("--year", type=int, help="with --metric: prefer statements for this year")
    command.add_argument("--lang", choices=("zh", "en"), default="zh")
    command = commands.add_parser(
        "brief",
        parents=[common],
        help="A briefing file as slides, document, page, workbook, pictures.",
        description="A briefing file as saved by the dashboard (.json), or written by hand (.toml).",
    )
    command.set_defaults(run=run_brief)
    command.add_argument("spec", type=Path, metavar="SPEC")
    command.add_argument(
        "--format", action="append", dest="formats", metavar="F", help="pptx, docx, html, xlsx or zip; may be repeated (default: all)"
    )


def run_export(store: Store, options: argparse.Namespace) -> None:
    """The data package, or one view in the formats asked for."""
    from analytics.export.datapackage import package, write
    from analytics.export.formats import render

    item = selected(options)
    if item is None:
        report(package(store, options.out))
    else:
        view = view_of(store, item, options.lang)
        made = [render(view, fmt) for fmt in options.formats or ["pptx"]]
        report([write(options.out / each.file_name, each.data) for each in made])


def selected(options: argparse.Namespace) -> Item | None:
    """The view that the options name, None where they name none."""
    places = {"places": options.place} if options.place else {}
    if options.metric:
        year = {"year": options.year} if options.year else {}
        return Item("compare", {"metric": options.metric, "chart": options.chart, "measure": options.measure, **year, **places})
    if options.domain:
        return Item("domain", {"domain": options.domain, **places})
    return next((Item(name, places) for name in LISTINGS if getattr(options, name)), None)


def run_brief(store: Store, options: argparse.Namespace) -> None:
    """A briefing in the formats asked for."""
    from analytics.export.datapackage import write
    from analytics.export.formats import BRIEFING_FORMATS, render_made

    made = build(store, Briefing.load(options.spec))
    files = [render_made(made, fmt) for fmt in options.formats or BRIEFING_FORMATS]
    report([write(options.out / each.file_name, each.data) for each in files])


def report(paths: list[Path]) -> None:
    """Print what was written."""
    sys.stdout.writelines(f"{path}\n" for path in paths)
