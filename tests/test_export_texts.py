"""Every number that a reader sees in a finished file is one of the database, of the document that is cited for it, or of the file's own
order (citations, counts, ticks of an axis): HTML, SVG, PDF, slides and sheets of random filters, read back as text."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from lxml import etree, html
from pptx import Presentation

from analytics import export
from analytics.export.plots import scale, shared_unit
from analytics.export.view import CHARTS, View
from analytics.store import Store

# No search for a smaller example: it costs minutes, and the message names format and numbers.
FEW = settings(max_examples=3, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACES = ("日照市", "烟台市", "泉州市", "衡阳市", "中卫市沙坡头区")
CHOSEN = some.one_of(some.none(), some.sets(some.sampled_from(PLACES), min_size=1).map(sorted))
LANGUAGES = some.sampled_from(("zh", "en"))
SHARED = """SELECT metric_id FROM indicators WHERE value IS NOT NULL AND metric_id IS NOT NULL
            GROUP BY metric_id HAVING count(DISTINCT plan_id) > 1 ORDER BY 1"""
NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
# A number with its operator as a label writes it; the > between the headings of a section has a blank behind it.
SIGNED = re.compile(r"([≥>≤<≈])(\d[\d,]*(?:\.\d+)?)(万|亿)?")
# What the draft sentences and the findings compute; tests of theirs check the arithmetic.
COMPUTED = re.compile(
    r"的[\d.]+倍|高[\d.]+[^\d,;。]*|sets [\d.]+ times|lies [\d.]+|[\d.,]+ (?:percentage points|times)"
    r"|[\d.]+个百分点|\([\d.]+(?:倍| times)\)|年均增加[\d.]+|needs [\d.,]+|brought [\d.,]+"
    r"|= [\d.,]+|合[\d.,]+|makes [\d.,]+"
)
SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "approx": "≈"}
FACTORS = {"": 1, "万": 10**4, "亿": 10**8}
CITED = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, repr=False)
class World:
    """What texts are held against: statements by id, plans by id, texts of plans, reference rows, metrics of several plans."""

    store: Store
    facts: pd.DataFrame
    plans: pd.DataFrame
    texts: dict[str, str]
    references: pd.DataFrame
    shared: list[str]


@pytest.fixture(scope="session")
def world(database: Path) -> World:
    store = Store(database)
    plans = store.plans().set_index("plan_id")
    texts = {plan: flat(store.text(plan)) for plan in plans.index}
    references = pd.concat([store.reference("benchmarks"), store.reference("actuals")])
    return World(store, store.statements().set_index("indicator_id"), plans, texts, references, list(store.query(SHARED)["metric_id"]))


def flat(text: str) -> str:
    """A text in one line, compatibility characters as their plain ones."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_html(data: bytes) -> str:
    """What a browser shows, and what page.js shows of a mark."""
    page = html.fromstring(data.decode())
    for node in page.xpath("//script | //style"):
        node.drop_tree()
    marks = [value for node in page.xpath("//*[@data-label]") for name, value in node.attrib.items() if name in SHOWN]
    return " \n ".join([*page.itertext(), *marks])


SHOWN = ("data-place", "data-label", "data-note", "data-sentence", "data-cite")


def read_svg(data: bytes) -> str:
    """Title, description and the text that each group of outlines draws."""
    drawing = etree.fromstring(data)
    return " \n ".join([*drawing.itertext(), *(node.get("aria-label") for node in drawing.iter("{*}g") if node.get("aria-label"))])


def read_pdf(data: bytes) -> str:
    """The text that can be searched and copied."""
    return " \n ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(data))


def read_pptx(data: bytes) -> str:
    """Boxes, tables, notes."""
    found = []
    for slide in Presentation(io.BytesIO(data)).slides:
        found += [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        found += [cell.text for shape in slide.shapes if shape.has_table for cell in shape.table.iter_cells()]
        found.append(slide.notes_slide.notes_text_frame.text)
    return " \n ".join(found)


def read_xlsx(data: bytes) -> str:
    """The cells that hold text or the numbers of statements; ids are not for readers."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return " \n ".join(f"{cell:.15g}" if isinstance(cell, float) else str(cell) for cell in cells if not is_id(cell))


def is_id(cell: object) -> bool:
    return isinstance(cell, str) and bool(re.fullmatch(r"[\w.;:-]*[a-z][\w.;:-]*", cell, re.ASCII))


READERS: dict[str, Callable[[bytes], str]] = {"html": read_html, "svg": read_svg, "pdf": read_pdf, "pptx": read_pptx, "xlsx": read_xlsx}


def amounts(words: str) -> set[Decimal]:
    """Every number of a text."""
    return {Decimal(found.replace(",", "")) for found in NUMBER.findall(words)}


def bounds(words: str) -> set[tuple[str, Decimal]]:
    """Every number of a text that has an operator, with it, in base units."""
    return {(sign, Decimal(number.replace(",", "")) * FACTORS[factor]) for sign, number, factor in SIGNED.findall(words)}


def check_texts(view: View, world: World, formats: Iterable[str]) -> None:
    """Every format shows nothing but what is known of the statements cited in it."""
    cited = {source.number: source for source in view.sources}
    rows = world.facts.loc[sorted({source.indicator_id for source in view.sources if source.indicator_id})]
    known, signed = known_of(view, world, rows)
    for fmt in formats:
        words = flat(READERS[fmt](export.render(view, fmt).data)).replace(view.version, "")
        assert {int(number) for number in CITED.findall(words)} <= set(cited), fmt
        rest = COMPUTED.sub(" ", CITED.sub(" ", words))
        assert amounts(rest) <= known, f"{fmt}: {sorted(amounts(rest) - known)}"
        assert bounds(rest) <= signed, f"{fmt}: {sorted(bounds(rest) - signed)}"


def known_of(view: View, world: World, rows: pd.DataFrame) -> tuple[set[Decimal], set[tuple[str, Decimal]]]:
    """The numbers that a view may show, and those that it may show with an operator, all from the database."""
    metrics = set(view.frame["metric_id"].dropna()) if "metric_id" in view.frame else set()
    references = world.references.loc[world.references["metric"].isin(metrics)]
    exact = [Decimal(value) for name in ("value_exact", "value_max_exact") for value in rows[name] if isinstance(value, str) and value]
    higher = [Decimal(str(value)) for value in references["value"]]
    words = [*rows["indicator"], *rows["section"], *view.definitions]
    words += [source.sentence for source in view.sources if in_plan(source, world)]
    words += [" ".join(map(str, row)) for row in world.plans.loc[sorted(set(rows["plan_id"]))].itertuples()]
    words += [" ".join(map(str, row)) for row in references.itertuples(index=False)]
    years = {Decimal(int(year)) for table in (rows, references) for year in table["year"].dropna()}
    # Counts of places and rows, and "per 10,000 people" and "index 100".
    own = {Decimal(number) for number in (*range(max(len(PLACES), len(view.frame), len(view.sources)) + 1), 100, 1000, 10_000)}
    scaled = {value / factor for value in (*exact, *higher) for factor in FACTORS.values()}
    signs = {
        (SIGNS[sign], Decimal(str(value)))
        for table, column in ((rows, "value_exact"), (references, "value"))
        for sign, value in zip(table["comparator"], table[column], strict=True)
        if sign in SIGNS and isinstance(value, str | float)
    }
    signs |= {("≈", Decimal(value)) for value in rows["value_exact"] if isinstance(value, str) and Decimal(value) in (100, 1000, 10_000)}
    said = {pair for text in words for pair in bounds(flat(text))}
    return scaled | years | own | ticks(view) | {number for text in words for number in amounts(flat(text))}, signs | said


def in_plan(source, world: World) -> bool:
    """Whether a quoted sentence is one of the plan that is cited for it."""
    return not source.indicator_id or flat(source.sentence.strip("…")) in world.texts[world.facts.loc[source.indicator_id, "plan_id"]]


def ticks(view: View) -> set[Decimal]:
    """The numbers along the axis of a drawing."""
    if view.kind not in CHARTS or view.frame.empty:
        return set()
    values = [value for mark in view.marks() for value in (mark.value, mark.value_max, mark.baseline) if value is not None]
    marks = scale([*values, *(line.value for line in view.lines)], view.kind == "bars", shared_unit(view) == "%")[2]
    return {Decimal(f"{mark:.10g}") / factor for mark in marks for factor in FACTORS.values()}


def check_page(view: View, world: World) -> None:
    """Each row of the page's table shows the number of its statement with its operator, and leads to the sentence that holds it."""
    page = html.fromstring(export.render(view, "html").data.decode())
    listed = {node.get("id"): flat(node.text_content()) for node in page.xpath("//li[@id]")}
    rows = page.xpath("//table/tbody/tr")
    label, cite = view.columns.index("label"), view.columns.index("cite")
    assert len(rows) == len(view.frame)
    for row, identity in zip(rows, view.frame["indicator_id"], strict=True):
        if not isinstance(identity, str) or not identity or pd.isna(world.facts.loc[identity, "value"]):
            continue
        fact, cells = world.facts.loc[identity], [flat(cell.text_content()) for cell in row]
        shown = re.search(r"([≥>≤<≈]?)([\d,]+(?:\.\d+)?)(万|亿)?", cells[label].replace(" ", ""))
        bare = re.fullmatch("[百千万]+\\D*", fact["value_text"]) and fact["comparator"] == "eq"  # 千家: nobody means it to the unit
        assert shown[1] == ("≈" if bare else SIGNS.get(fact["comparator"], ""))
        assert Decimal(shown[2].replace(",", "")) * FACTORS[shown[3] or ""] == Decimal(fact["value_exact"])
        sentences = [listed[link.get("href").removeprefix("#")] for link in row[cite].iter("a")]
        assert any(flat(fact["value_text"]) in sentence for sentence in sentences)


@settings(FEW, max_examples=6)
@given(data=some.data(), places=CHOSEN, chart=some.sampled_from(CHARTS), lang=LANGUAGES)
def test_comparisons(data, places, chart, lang, world) -> None:
    view = export.compare_view(world.store, data.draw(some.sampled_from(world.shared)), chart=chart, places=places, lang=lang)
    check_texts(view, world, READERS)
    check_page(view, world)


@FEW
@given(domain=some.sampled_from(("food", "product", "service", "branding", "standards", "ip")), places=CHOSEN, lang=LANGUAGES)
def test_matrices(domain, places, lang, world) -> None:
    view = export.domain_view(world.store, domain, places=places, lang=lang)
    check_texts(view, world, ("html", "svg", "pptx"))
    check_page(view, world)


@FEW
@given(place=some.sampled_from(PLACES), kind=some.sampled_from(("target", "baseline", "commitment")), lang=LANGUAGES)
def test_statements(place, kind, lang, world) -> None:
    view = export.statements_view(world.store, {"place": [place], "kind": [kind]}, lang=lang)
    check_texts(view, world, ("html", "pptx", "xlsx"))
    check_page(view, world)


@FEW
@given(places=CHOSEN, lang=LANGUAGES)
def test_findings(places, lang, world) -> None:
    check_texts(export.findings_view(world.store, places=places, lang=lang), world, ("html", "pdf", "xlsx"))


def test_a_number_that_nobody_set_is_found(world) -> None:
    view = export.compare_view(world.store, "ip.registered_trademarks")
    for label in (">6.6万件", "≥6.5万件"):
        wrong = replace(view, frame=view.frame.assign(label=label))
        for fmt in ("html", "svg", "pdf"):
            with pytest.raises(AssertionError):
                check_texts(wrong, world, [fmt])
