"""The metric registry and its vocabulary: every entry valid and working, bad entries refused with the place named."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pandas
import pytest

from analytics.align import align, normalise
from analytics.registry import METRICS, Metric, load
from analytics.terms import FACETS, VOCABULARY, RegistryError

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = load()
GOLD = list(csv.DictReader((ROOT / "data" / "gold" / "alignment.tsv").open(encoding="utf-8"), delimiter="\t"))


def statement(metric: Metric, name: str) -> dict[str, str]:
    return {"kind": "target", "indicator": name, "unit": metric.unit, "flow": metric.flow}


@pytest.mark.parametrize("metric", REGISTRY.metrics.values(), ids=lambda metric: metric.metric_id)
def test_name_and_examples_align_to_their_metric(metric: Metric) -> None:
    frame = pandas.DataFrame([statement(metric, name) for name in (metric.name_zh, *metric.examples)])
    found = align(frame, REGISTRY)
    assert found["metric_id"].tolist() == [metric.metric_id] * len(frame), found["align_how"].tolist()


@pytest.mark.parametrize("row", [row for row in GOLD if row["name_zh"]], ids=lambda row: row["metric"])
def test_gold_metric_stands_in_the_registry_as_annotated(row: dict[str, str]) -> None:
    metric = REGISTRY.metrics[row["metric"]]
    assert (metric.name_zh, metric.name_en, metric.domain, metric.unit, metric.better) == tuple(
        row[key] for key in ("name_zh", "name_en", "domain", "unit", "better"))
    assert not row["family"] or metric.family == row["family"]


def test_registry_goes_well_beyond_the_gold() -> None:
    gold = {row["metric"] for row in GOLD}
    assert len(gold) == 87 and len(REGISTRY.metrics.keys() - gold) >= 500


def test_every_metric_says_what_it_is_not() -> None:
    assert [name for name, metric in REGISTRY.metrics.items() if not metric.not_same] == []


def test_definitions_are_sentences_of_their_own() -> None:
    for metric in REGISTRY.metrics.values():
        assert metric.definition.endswith("。") and metric.definition_en.endswith("."), metric.metric_id
        assert metric.definition_en.isascii(), metric.metric_id
    assert len({metric.definition for metric in REGISTRY.metrics.values()}) == len(REGISTRY.metrics)


def test_every_word_can_be_met_in_a_normalised_name() -> None:
    words = [word.removeprefix("、") for word in REGISTRY.vocabulary.word_owner()]
    assert [word for word, seen in zip(words, normalise(words), strict=True) if word != seen] == []


def test_every_facet_value_has_an_english_name() -> None:
    values = {term.value for term in REGISTRY.vocabulary.classes.values() if term.value}
    values |= {part for metric in REGISTRY.metrics.values() for value in metric.fixed.values() for part in value.split("+")}
    english = REGISTRY.vocabulary.english
    assert [value for value in values if not (english.get(value) and english[value].isascii())] == []


def test_frame_has_one_string_row_a_metric() -> None:
    frame = REGISTRY.frame()
    assert list(frame["metric_id"]) == list(REGISTRY.metrics)
    assert frame.notna().all(axis=None) and set(frame["facets"].str.split(";").explode()) - {""} <= set(FACETS)
    assert frame.set_index("metric_id").loc["product.consumer_noncompliance_rate", "better"] == "lower"


def test_load_is_cached_by_content(tmp_path: Path) -> None:
    copy = tmp_path / "metrics"
    shutil.copytree(METRICS, copy)
    first, file = load(copy), copy / "environment.toml"
    assert load(copy) is first
    file.write_text(file.read_text(encoding="utf-8").replace('name_en = "Forest coverage"', 'name_en = "Forest share"'), encoding="utf-8")
    assert load(copy).metrics["environment.forest_coverage"].name_en == "Forest share"


MINIMAL = '''
[[metric]]
id = "environment.forest_coverage"
name_zh = "森林覆盖率"
name_en = "Forest coverage"
domain = "environment"
definition = "森林面积占土地面积的比例。"
definition_en = "Forest area as a share of land."
unit = "%"
better = "higher"
flow = "level"
match = ["forest coverage"]
examples = ["全市森林覆盖率"]
'''
SECOND = MINIMAL.replace("forest_coverage", "woods").replace("森林覆盖率", "林木覆盖率", 1).replace("Forest coverage", "Woods")

BAD_METRICS = [
    ("unknown key", MINIMAL + 'colour = "green"\n', "environment.forest_coverage: unknown key 'colour'"),
    ("missing key", MINIMAL.replace('unit = "%"\n', ""), "environment.forest_coverage: missing unit"),
    ("no id", MINIMAL.replace('id = "environment.forest_coverage"\n', ""), "an entry without id: missing id"),
    ("duplicate id", MINIMAL + MINIMAL, "environment.forest_coverage: stands twice"),
    ("duplicate name", MINIMAL + SECOND.replace("林木", "森林"), "environment.woods: name '森林覆盖率' is that of"),
    ("overlap", MINIMAL + SECOND, "environment.woods: a match line overlaps environment.forest_coverage"),
    ("overlap in another order", MINIMAL + SECOND.replace("forest coverage", "coverage forest"), "overlaps environment.forest_coverage"),
    ("unknown class", MINIMAL.replace("forest coverage", "forrest coverage"), "no class or group 'forrest'"),
    ("word of a class", MINIMAL.replace("forest coverage", "森林 coverage"), "'森林' is a word of class forest"),
    ("unknown domain word", MINIMAL.replace("forest coverage", "forest @woods"), "no domain '@woods'"),
    ("empty line", MINIMAL.replace('"forest coverage"', '" "'), "an empty match line"),
    ("no line", MINIMAL.replace('["forest coverage"]', "[]"), "match and examples need a line each"),
    ("unknown unit", MINIMAL.replace('unit = "%"', 'unit = "打"'), "unit '打' is in no unit class"),
    ("unknown unit class", MINIMAL + 'units = ["dozen"]\n', "no unit class 'dozen'"),
    ("wrong direction", MINIMAL.replace('"higher"', '"up"'), "better 'up'; use one of higher, lower, neither"),
    ("wrong flow", MINIMAL.replace('"level"', '"steady"'), "flow 'steady'"),
    ("wrong domain", MINIMAL.replace('domain = "environment"', 'domain = "forestry"'), "domain 'forestry'"),
    ("id in another domain", MINIMAL.replace('domain = "environment"', 'domain = "food"'), "the id begins with its domain"),
    ("wrong facet", MINIMAL + 'facets = ["colour"]\n', "facet 'colour'"),
    ("empty text", MINIMAL.replace('"Forest coverage"', '" "'), "name_en is empty"),
    ("dangling not", MINIMAL + 'not = [{ id = "food.x", why = "x" }]\n', "not 'food.x': no other metric"),
    ("not itself", MINIMAL + 'not = [{ id = "environment.forest_coverage", why = "x" }]\n', "no other metric has that id"),
    ("not without reason", MINIMAL + 'not = [{ id = "food.x" }]\n', "environment.forest_coverage: not: missing why"),
    ("top level", MINIMAL.replace("[[metric]]", "[[metrics]]"), "top level: missing metric"),
    ("no TOML", "metric = [", "not valid TOML"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in BAD_METRICS], ids=[case[0] for case in BAD_METRICS])
def test_bad_metric_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "metrics.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegistryError) as error:
        load(path)
    assert message in str(error.value) and "metrics.toml" in str(error.value)


def test_minimal_metric_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "metrics.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    metric = load(path).metrics["environment.forest_coverage"]
    assert (metric.family, metric.facets) == ("", ())


def test_a_metric_added_to_the_file_of_its_domain_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "environment.toml").write_text(MINIMAL, encoding="utf-8")
    assert list(load(folder).metrics) == ["environment.forest_coverage"]


@pytest.mark.parametrize(("name", "message"), [
    ("forestry.toml", "metrics: forestry.toml: no domain has that name; use one of food"),
    ("food.toml", "food.toml: environment.forest_coverage: domain 'environment'; move the entry to environment.toml"),
    ("metrics.txt", "metrics: the folder holds no metrics"),
])
def test_a_metric_in_the_wrong_file_is_refused(tmp_path: Path, name: str, message: str) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / name).write_text(MINIMAL, encoding="utf-8")
    with pytest.raises(RegistryError) as error:
        load(folder)
    assert message in str(error.value)


def term(role: str, words: str = '["远"]', **keys: str) -> str:
    """TOML of a class x; `keys` are quoted texts."""
    return "\n".join(["[class.x]", f'role = "{role}"', f"words = {words}", *(f'{key} = "{value}"' for key, value in keys.items())])


FAR = {"value": "远", "value_en": "far"}
BAD_TERMS = [
    ("shared word", term("object", '["食品"]'), "word '食品' stands in food too"),
    ("unknown role", term("verb"), "class x: role 'verb'"),
    ("facet without value", term("facet", facet="scope"), "class x: role 'facet' with facet 'scope'"),
    ("unknown facet", term("facet", facet="x", **FAR), "class x: facet 'x'"),
    ("neutral with facet", term("neutral", facet="scope", **FAR), "class x: role 'neutral'"),
    ("second place", term("place", "[]"), "class x: role place"),
    ("no words", term("object", "[]"), "class x: words []"),
    ("word twice", term("object", '["远", "远"]'), "class x: words"),
    ("blank in a word", term("object", '["远 "]'), "class x: words"),
    ("unknown key", term("object", typo="1"), "class x: unknown key 'typo'"),
    ("two translations", term("facet", facet="scope", value="主要", value_en="chief"), "use one translation"),
    ("unit twice", '[unit.x]\nwords = ["家"]', "unit x: '家' stands in count too"),
    ("unit accepts unknown", '[unit.x]\nwords = ["远"]\naccepts = ["y"]', "unit x: accepts 'y'"),
    ("class twice", term("object").replace("class.x", "class.food"), "not valid TOML"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in BAD_TERMS], ids=[case[0] for case in BAD_TERMS])
def test_bad_vocabulary_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "facets.toml"
    path.write_text(VOCABULARY.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    with pytest.raises(RegistryError) as error:
        load(METRICS, path)
    assert message in str(error.value) and "facets.toml" in str(error.value)


@pytest.mark.parametrize(("group", "message"), [
    ('food = ["drug"]', "group food: a class has that name"),
    ('x = ["y"]', "group x: no class 'y'"),
])
def test_bad_group_is_refused(tmp_path: Path, group: str, message: str) -> None:
    path = tmp_path / "facets.toml"
    path.write_text(VOCABULARY.read_text(encoding="utf-8").replace("[group]", f"[group]\n{group}"), encoding="utf-8")
    with pytest.raises(RegistryError, match=message):
        load(METRICS, path)


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="metrics.toml: the file is missing; restore it"):
        load(tmp_path / "metrics.toml")
