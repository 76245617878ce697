"""Tables: one answer whatever the shape, and the shapes that say something else."""

from __future__ import annotations

from itertools import product

import pytest

from etl.model import Document, Plan
from etl.pipeline import extract
from tests.table_shapes import FILES, HEADS, ORDERS, TEXTS, table, wanted

# Half of all pairs, each head and each order in every shape.
PAIRS = [(head, order) for n, (head, order) in enumerate(product(HEADS, ORDERS)) if n % 2 == 0]
GROUPED = [order for order, columns in ORDERS.items() if "group" in columns]


def told(document: Document) -> list[tuple[str, float, str, str, str, int | None]]:
    rows = extract(document, Plan("x", horizon_end=2025)).rows
    return sorted(
        (row["indicator"], float(row["value"]), row["unit"], row["comparator"], row["kind"], row["year"])
        for row in rows
        if row["value"] is not None
    )


def text(shown: str) -> Document:
    return Document(f"某市质量发展规划\n{shown}\n", "txt")


@pytest.mark.parametrize(("shape", "head", "order"), [(shape, *pair) for shape in TEXTS for pair in PAIRS])
def test_every_shape_of_text_says_the_same(shape: str, head: str, order: str) -> None:
    assert told(text(TEXTS[shape](table(head, order)))) == wanted()


@pytest.mark.parametrize(("shape", "order"), list(product(TEXTS, GROUPED)))
def test_a_group_that_stands_in_its_first_row_only(shape: str, order: str) -> None:
    assert told(text(TEXTS[shape](table("years", order, group_once=True)))) == wanted()


@pytest.mark.parametrize(("kind", "head"), list(product(FILES, HEADS)))
def test_files_say_the_same(kind: str, head: str) -> None:
    order = list(ORDERS)[list(HEADS).index(head) % len(ORDERS)]
    assert told(FILES[kind](table(head, order, group_once=True))) == wanted()
