"""The weights of target or fact: the stored ones are what the annotated documents give, and bad ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import evidence, fit
from etl.evidence import EvidenceError, Weights, render


@pytest.fixture(scope="module")
def known() -> list[fit.Example]:
    return [*fit.learned(fit.own_documents()), *fit.short_cases()]


def test_the_stored_weights_are_those_that_the_documents_give(known: list[fit.Example]) -> None:
    stored = evidence.weights()
    made = fit.fitted(known)
    assert made.bias == pytest.approx(stored.bias, abs=0.0011)
    assert set(stored.of) <= set(made.of)
    assert max(abs(made.of[name] - weight) for name, weight in stored.of.items()) <= 0.0011


def test_most_are_right_by_weights_that_never_saw_their_document(known: list[fit.Example]) -> None:
    found = list(fit.cross_validated(known))
    assert sum(right for _, _, right in found) / sum(statements for _, statements, _ in found) >= 0.96


def test_one_kind_alone_teaches_nothing(known: list[fit.Example]) -> None:
    with pytest.raises(fit.FitError, match="no target or no baseline"):
        fit.fitted([one for one in known if one.target])


def test_same_weights_give_the_same_bytes() -> None:
    made = Weights(0.5, {"b.past": -1.0, "a.aim": 2.0, "c.none": 0.0})
    assert render(made, 2, 10, 0.98) == render(Weights(0.5, dict(reversed(made.of.items()))), 2, 10, 0.98)
    assert "c.none" not in render(made, 2, 10, 0.98)


def test_the_signs_that_carried_a_decision_are_told() -> None:
    made = Weights(-0.5, {"clause.past": -2.0, "number.ge": 1.0, "title.plan": 0.1})
    signs = {"clause.past": 1.0, "number.ge": 1.0, "title.plan": 1.0}
    assert made.score(signs) == pytest.approx(-1.4)
    assert made.telling(signs) == ("clause.past",)


@pytest.mark.parametrize("text", ["", "bias = 'x'\n[weights]\n", "bias = 0.1\n", "bias = 0.1\n[weights]\na = 'b'\n", "no toml"])
def test_weights_that_cannot_be_used_are_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "evidence.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(EvidenceError, match=r"data/evidence\.toml can't be used .*etl fit"):
        evidence.weights(path)
