"""Every number that leaves is in the database, and its citation shows it: tests over random filters, read from finished files."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pptx import Presentation

from analytics import export
from analytics.comparability import pairwise
from analytics.compare import compare
from analytics.export import sentences
from analytics.export.sources import Sources
from analytics.export.view import View
from analytics.export.views import cited_ids
from analytics.registry import load
from analytics.store import Store

FEW = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACES = ("日照市", "烟台市", "泉州市", "衡阳市", "中卫市沙坡头区")
METRICS = tuple(load().metrics)


@dataclass(frozen=True, repr=False)
class World:
    """What exports are held against: statements by id, texts on one line, metrics with numbers in several plans."""

    store: Store
    facts: pd.DataFrame
    texts: dict[str, str]
    shared: list[str]


METRIC = some.sampled_from(METRICS)
CHOSEN = some.one_of(some.none(), some.sets(some.sampled_from(PLACES), min_size=1).map(sorted))


SHARED = """SELECT metric_id FROM indicators WHERE value IS NOT NULL AND metric_id IS NOT NULL
            GROUP BY metric_id HAVING count(DISTINCT plan_id) > 1 ORDER BY 1"""


@pytest.fixture(scope="session")
def world(database: Path) -> World:
    store = Store(database)
    texts = {plan: " ".join(store.text(plan).split()) for plan in store.plans()["plan_id"]}
    return World(store, store.statements().set_index("indicator_id"), texts, list(store.query(SHARED)["metric_id"]))


def check_sources(view: View, facts: pd.DataFrame, texts: dict[str, str]) -> None:
    """Every citation of a statement is a passage of its plan that holds the number as printed."""
    for source in view.sources:
        if source.indicator_id:
            row = facts.loc[source.indicator_id]
            assert source.sentence.strip("…") in texts[row["plan_id"]]
            assert " ".join(row["value_text"].split()) in source.sentence
            assert source.title == row["title"]


def check_rows(frame: pd.DataFrame, view: View, facts: pd.DataFrame) -> None:
    """Every row of a table of data is a row of the database, and its citation is that of the statement."""
    by_number = {f"[{source.number}]": source for source in view.sources}
    for row in frame.loc[frame["indicator_id"].fillna("") != ""].to_dict("records"):
        fact = facts.loc[row["indicator_id"]]
        for name in ("value_exact", "value_max_exact"):
            if name in row and str(row[name]) not in ("", "nan", "None"):
                assert Decimal(str(row[name])) == Decimal(fact[name])
        cited = [by_number[found].indicator_id for found in re.findall(r"\[\d+\]", row["cite"])]
        assert row["indicator_id"] in cited
        if "baseline_id" in row and row["baseline_id"]:
            assert Decimal(row["baseline_exact"]) == Decimal(facts.loc[row["baseline_id"], "value_exact"])
            assert row["baseline_id"] in cited


def read_csv(view: View) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(export.render(view, "csv").data), dtype=str, keep_default_na=False, encoding="utf-8-sig")


@FEW
@given(data=some.data(), places=CHOSEN, chart=some.sampled_from(("dot", "bars", "dumbbell")), lang=some.sampled_from(("zh", "en")))
def test_comparisons(data, places, chart, lang, world) -> None:
    metric = data.draw(some.one_of(some.sampled_from(world.shared), METRIC))
    view = export.compare_view(world.store, metric, chart=chart, places=places, lang=lang)
    check_sources(view, world.facts, world.texts)
    check_rows(read_csv(view), view, world.facts)
    check_chart(view, world.facts)
    check_benchmarks(view, world.store)


def check_chart(view: View, facts: pd.DataFrame) -> None:
    """The numbers of the native chart, multiplied by its unit, are those of the statements in the order of the places."""
    if view.frame.empty:
        return
    slide = Presentation(io.BytesIO(export.render(view, "pptx").data)).slides[0]
    plot = next(shape.chart for shape in slide.shapes if shape.has_chart).plots[0]
    lines = {float(line.value) for line in view.lines}
    for at, row in enumerate(view.frame.to_dict("records")):
        known = {
            float(facts.loc[each, name])
            for each in (row["indicator_id"], row["baseline_id"])
            if isinstance(each, str)
            for name in ("value", "value_max")
        }
        drawn = [series.values[at] for series in plot.series if series.values[at] is not None]
        assert drawn
        for value in drawn:
            assert any(value * factor == pytest.approx(each) for factor in (1, 10_000) for each in known | lines)


def check_benchmarks(view: View, store: Store) -> None:
    """Every benchmark is a row of the reference table."""
    listed = store.reference("benchmarks")
    for line in view.lines:
        source = next(source for source in view.sources if source.number == line.number)
        same = listed.loc[(listed["document"] == source.title) & (listed["metric"] == view.frame["metric_id"].iloc[0])]
        assert float(line.value_exact) in set(same["value"])


@FEW
@given(places=CHOSEN, kind=some.sampled_from(("target", "baseline", "commitment", None)), hedge=some.sampled_from((True, False, None)))
def test_statements(places, kind, hedge, world) -> None:
    filters = {name: value for name, value in (("place", places), ("kind", kind), ("hedge", hedge)) if value is not None}
    view = export.statements_view(world.store, filters)
    check_sources(view, world.facts, world.texts)
    check_rows(read_csv(view), view, world.facts)
    assert len(view.frame) == len(world.store.statements(filters))


@FEW
@given(domain=some.sampled_from(("food", "product", "service", "branding", "standards", "ip")), places=CHOSEN)
def test_matrices(domain, places, world) -> None:
    view = export.domain_view(world.store, domain, places=places)
    check_sources(view, world.facts, world.texts)
    frame = read_csv(view)
    check_rows(frame, view, world.facts)
    numbers = frame.loc[frame["indicator_id"] != ""]
    assert set(frame.loc[frame["indicator_id"] == "", "label"]) <= {"未提及", "未量化", "不适用", "只有基期"}
    assert not numbers.duplicated(["place", "metric_id"]).any()


@FEW
@given(places=CHOSEN, lang=some.sampled_from(("zh", "en")))
def test_findings_and_cascade(places, lang, world) -> None:
    for view in (export.findings_view(world.store, places=places, lang=lang), export.cascade_view(world.store, places=places, lang=lang)):
        check_sources(view, world.facts, world.texts)
        if "indicator_id" in view.frame:
            check_rows(read_csv(view), view, world.facts)


@FEW
@given(data=some.data(), places=CHOSEN, lang=some.sampled_from(("zh", "en")))
def test_draft_sentences_say_what_is_cited_and_rank_only_what_compares(data, places, lang, world) -> None:
    metric = data.draw(some.sampled_from(world.shared))
    found = compare(world.store, metric, places=places, quotes=0)
    if found.rows.empty:
        return
    book = Sources(world.store, lang, cited_ids(found.rows))
    lines = sentences.draft(found.rows, found, book, lang)
    sources = {source.number: source for source in book.listed()}
    assert all(int(number) in sources for line in lines for number in re.findall(r"\[(\d+)\]", line))
    pairs = {frozenset((row["a"], row["b"])): row for row in pairwise(found.rows, load()).to_dict("records")}
    for line in lines:
        ranked = re.search(r"为.+?的([\d.]+)倍|高([\d.]+)个百分点|sets ([\d.]+) times|lies ([\d.]+) percentage points", line)
        if ranked:
            ends = [sources[int(number)].indicator_id for number in re.findall(r"\[(\d+)\]", line)[:2]]
            pair = pairs[frozenset(ends)]
            assert pair["verdict"] != "incomparable"
            assert set(pair["codes"]) <= {"year", "status"}
            check_arithmetic(ranked, [Decimal(world.facts.loc[each, "value_exact"]) for each in ends])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_draft_gives_the_reasons_that_the_page_gives(lang: str, world: World) -> None:
    """Not only that years or statuses differ, but which."""
    for metric in world.shared:
        found = compare(world.store, metric, quotes=0)
        book = Sources(world.store, lang, cited_ids(found.rows))
        said = " ".join(sentences.draft(found.rows, found, book, lang))
        refused = ("不作高低比较", "ranked")[lang == "en"]
        assert refused not in said or found.verdict.reasons(lang).rstrip("。.") in said
        assert found.verdict.reasons(lang) in getattr(found.verdict, f"sentence_{lang}")


def check_arithmetic(ranked: re.Match[str], ends: list[Decimal]) -> None:
    """A ratio or a difference follows from the two numbers."""
    ratio, points = ranked[1] or ranked[3], ranked[2] or ranked[4]
    if ratio:
        assert abs(ends[0] / ends[1] - Decimal(ratio)) <= (Decimal("0.5") if ends[0] / ends[1] >= 10 else Decimal("0.05"))
    else:
        assert ends[0] - ends[1] == Decimal(points)


def test_a_briefing_says_the_same_in_every_format(world: World) -> None:
    items = [
        export.Item("compare", {"metric": "ip.registered_trademarks"}),
        export.Item("compare", {"metric": "food.food_pass_rate"}),
        export.Item("domain", {"domain": "ip"}),
    ]
    made = export.build(world.store, export.Briefing(items=tuple(items)))
    sources = {source.number: source for view in made.views for source in view.sources}
    assert sorted(sources) == list(range(1, len(sources) + 1))
    assert len({source.indicator_id for source in sources.values() if source.indicator_id}) == sum(
        bool(source.indicator_id) for source in sources.values()
    )
    lines = [source.full("zh") for source in sources.values()]
    paper = "\n".join(line.text for line in Document(io.BytesIO(export.render_made(made, "docx").data)).paragraphs)
    deck = Presentation(io.BytesIO(export.render_made(made, "pptx").data))
    slides = "\n".join(shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame)
    book = openpyxl.load_workbook(io.BytesIO(export.render_made(made, "xlsx").data))
    sheet = {row[0].value: row for row in list(book["资料来源"].iter_rows())[1:]}
    for line in lines:
        assert line in paper
        assert line in slides
    for number, source in sources.items():
        assert sheet[f"[{number}]"][6].value.lstrip("'") == source.sentence
    for view in made.views:
        for row in view.frame.loc[view.frame["indicator_id"] != ""].to_dict("records"):
            assert sources[int(re.findall(r"\d+", row["cite"])[0])].indicator_id == row["indicator_id"]
            assert Decimal(row["value_exact"]) == Decimal(world.facts.loc[row["indicator_id"], "value_exact"])
