"""Each rule of cleaning with its opposite: what it mends, and the same surface where it must keep its hands off."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl.clean import CorrectionError, clean, corrections, simplify
from etl.vocab import VocabularyError

LONG = "到2025年,全市产品质量监督抽查合格率稳步提高。工业固废综合利用率"
WRAPPED = """全市质量发展基础进一步夯实,产品质量水平明显提升,新
增小微企业2.6万家,规模以上工业企业全部建立首席质量官制
度,公共服务质量满意度持续提高,工程质量总体水平稳步提
升,群众满意。"""
# Lines that nothing but the look of the whole text tells to be wrapped: no comma stands near the breaks.
MACHINE = """规模以上工业企业普遍推行首席质量官制度,在重点行业之中开展质量管理体系升级的企业
群体不断壮大并且逐步形成了覆盖全部重点产业链条的质量技术服务网络,支持各类检验检测
机构面向中小企业开放仪器设备并且持续降低企业在研发过程中的检验成本,鼓励行业协会牵头
组织企业开展质量攻关活动和质量改进活动并且及时推广其中的先进经验做法。"""
ONE_OPEN = MACHINE.split("\n")[0] + "\n" + "群体不断壮大并且逐步形成了覆盖全部重点产业链条的质量技术服务网络。\n" * 8

# (text as it stands, text that rules read, name of the rule that cut; "" where nothing may be cut)
PAGES = [
    (f"{LONG}\n6、达到75%以上。", f"{LONG}达到75%以上。", "page_mark"),
    ("新增食品检验参数1,200项以上。", "新增食品检验参数1200项以上。", "thousands"),
    ("质量指数达到86，100家以上企业获奖。", "质量指数达到86,100家以上企业获奖。", ""),
    (
        "强化落实,推动任务按期完成,明确分工。由市发改委\n10、牵头,各部门配合。",
        "强化落实,推动任务按期完成,明确分工。由市发改委牵头,各部门配合。",
        "page_mark",
    ),
    ("重点任务:\n6、达到国家标准。", None, ""),
    ("一、任务。\n1、强化监管。\n2、健全制度。\n3、优化服务。", None, ""),
    ("加强以下工作\n1、强化监管。\n2、健全制度。", None, ""),
    ("占比\n6.5%以上", None, ""),
    ("加快标准化建设,推动企业对标\n- 12 -\n达标,合格率98%。", "加快标准化建设,推动企业对标达标,合格率98%。", "page_line"),
    (
        "到2025年,发明专利拥有量①达\n① 指有效发明专利,2020年为15件。\n到12件,培育企业35家。",
        "到2025年,发明专利拥有量达到12件,培育企业35家。",
        "footnote_line",
    ),
    (
        "质量规划\n到2025年,建成市场120个,合格率达\n质量规划\n- 2 -\n到98%以上,培育企业35家。\n质量规划\n- 3 -",
        "质量规划\n到2025年,建成市场120个,合格率达到98%以上,培育企业35家。",
        "page_line",
    ),
    ("加快建设。\n第 3 页 共 20 页\n一、目标", "加快建设。\n一、目标", "page_line"),
    ("加快建设。\n3/20\n一、目标", "加快建设。\n一、目标", "page_line"),
    ("加快建设。\nPage 3 of 20\n一、目标", "加快建设。\n一、目标", "page_line"),
    ("加快建设。\n—3—\n一、目标", "加快建设。\n一、目标", "page_line"),
    ("加快建设。\n-3万吨\n一、目标", None, ""),
    ("加快建设。\n第3页说明\n一、目标", None, ""),
]
WRAPS = [
    ("打造质量品牌,推动国家标准、\n行业标准制修订。", "打造质量品牌,推动国家标准、行业标准制修订。", "wrap"),
    ("实施《质量强国\n建设纲要》。", "实施《质量强国建设纲要》。", "wrap"),
    ("产品合格率达到98\n%以上。", "产品合格率达到98%以上。", "wrap"),
    ("产品合格率98%以\n上。", "产品合格率98%以上。", "wrap"),
    (WRAPPED, WRAPPED.replace("\n", ""), "wrap"),
    (MACHINE, MACHINE.replace("\n", ""), "wrap"),
    (ONE_OPEN, None, ""),
    ("加强质量管理,推动企业提升,\n(二)加强监管。", None, ""),
    ("序号 名称 指标、\n甲 合格率 95%", None, ""),
    ("一、总体要求\n坚持质量第一。", None, ""),
    ("合格率达到98%。\n新增企业20家。", None, ""),
    ("主要任务\n(一)加强监管。", None, ""),
    ("建设内容,包括\n1.加强监管。\n2.健全制度。", None, ""),
    ("| 指标、\n| 合格率 |", None, ""),
    ("指标  2020年  2025年\n合格率  95%  98%", None, ""),
    ("到2025年,质量水平提升。\n\n二、任务", None, ""),
]
OCR = [
    ("合格率达到84.l%。", "合格率达到84.1%。", ""),
    ("到2O17年,", "到2017年,", ""),
    ("获奖l项", "获奖1项", ""),
    ("国家AI项目", None, ""),
    ("IO项目", None, ""),
    ("LED灯5l", None, ""),
    ("覆盖率100虬国家电线", "覆盖率100%。国家电线", ""),
    ("覆盖率100虬,", "覆盖率100%,", ""),
    ("虬龙路建成", None, ""),
    ("合格率98．96%", "合格率98.96%", ""),
    ("合格率98。96%", "合格率98.96%", ""),
    ("共38。96家", None, ""),
    ("\n(-)总体要求", "\n(一)总体要求", ""),
    ("增速(-)0.5", None, ""),
    ("水质达到山类或优于山类", "水质达到Ⅲ类或优于Ⅲ类", ""),
    ("登山类活动", None, ""),
    ("合格率99.3%o在服务质量上", "合格率99.3%。在服务质量上", ""),
    ("合格率99.3%o以上", "合格率99.3%以上", "ocr.permille"),
    ("出生率5.2%o,", "出生率5.2‰,", "ocr.permille"),
    ("出生率5.2%,其他", None, ""),
]
MARKS = [
    ("满意度达到85分以上[94],合格", "满意度达到85分以上,合格", "footnote_mark"),
    ("质量[1][2]强市", "质量强市", "footnote_mark"),
    ("质量强市¹²,", "质量强市,", "footnote_mark"),
    ("\n[94]张三:质量", None, ""),
    ("[1]张三", None, ""),
    ("面积5平方米m²", None, ""),
    ("鄞(yín)州区质量", "鄞州区质量", "ruby"),
    ("质量(quality)提升", None, ""),
    ("江苏(jiangsu)", None, ""),
    ("> 合格率98%", "合格率98%", "quote_mark"),
    ("正文\n > > 合格率98%", "正文\n合格率98%", "quote_mark"),
    ("合格率>98%", None, ""),
    ("**主要目标**:__合格率__,", "主要目标:合格率,", "emphasis"),
    ("建成站`12`个。", "建成站12个。", "emphasis"),
    ("获奖*5项,5*3", None, ""),
]
SPACES = [
    ("到 2025 年,合格率达到 98% 以上。", "到2025年,合格率达到98%以上。", "space"),
    ("新 增小微企业 2.6 万家,", "新增小微企业2.6万家,", "space"),
    ("检测 5.5 批次/千人,", "检测5.5批次/千人,", "space"),
    ("投资 12 000 万元,", "投资12000万元,", "space"),
    ("ISO 9001 quality mark,", None, ""),
    ("排名 3 5 7,", "排名3 5 7,", "space"),
    ("指标  2020年  2025年\n合格率  95%  98%", None, ""),
    ("指标  2020年  2025年\n合格率  95 %  98 %以上", "指标  2020年  2025年\n合格率  95%  98%以上", "space"),
]
WIDTH = [
    ("达到９８．５％以上，力争２０家；", "达到98.5%以上,力争20家;", ""),
    ("（一）目标：", "(一)目标:", ""),
    ("１∶１", "1:1", ""),
    ("３～５家", "3~5家", ""),
    ("3–5家", "3-5家", ""),
    ("3〜5家", "3~5家", ""),
    ("≧98%", "≥98%", ""),
    ("●项目", "·项目", ""),
    ("「好品」", "“好品”", ""),
    ("质\u200b量\ufeff强\u00ad市", "质量强市", "invisible"),
    ("质量、强市。《办法》", None, ""),
]
ALL = [*PAGES, *WRAPS, *OCR, *MARKS, *SPACES, *WIDTH]


@pytest.mark.parametrize(("raw", "wanted", "rule"), ALL)
def test_a_rule_and_its_opposite(raw: str, wanted: str | None, rule: str) -> None:
    cleaned = clean(raw)
    assert cleaned.text == (raw if wanted is None else wanted)
    if rule:
        assert rule in {cut.rule for cut in cleaned.cuts}
    elif wanted is None:
        assert not cleaned.cuts


@pytest.mark.parametrize(("raw", "wanted", "rule"), [case for case in ALL if case[1] is not None])
def test_what_was_mended_leads_back(raw: str, wanted: str, rule: str) -> None:
    """Cleaned characters that were not made new stand in the raw text at their origin; what is cut is nowhere an origin."""
    cleaned = clean(raw)
    kept = [int(at) for at in cleaned.origin]
    assert kept == sorted(kept)
    same = sum(raw[at] == c for at, c in zip(kept, cleaned.text, strict=True))
    assert same >= len(wanted) - sum(not c.isalnum() or c.isascii() or c in "一Ⅲ" for c in wanted)
    for cut in cleaned.cuts:
        if cut.rule not in ("ocr.permille",):
            assert not any(cut.start <= at < cut.end for at in kept), cut


def test_every_rule_that_cuts_has_a_case() -> None:
    etl = Path(__file__).resolve().parent.parent / "etl"
    source = "".join((etl / name).read_text("utf-8") for name in ("clean.py", "lines.py", "spaces.py"))
    named = set(re.findall(r'"", "([a-z_.]+)"\)', source))
    assert len(named) >= 8
    # The ocr rules put as many characters as they take, all but one.
    assert named | {"ocr.permille"} == {cut.rule for raw, *_ in ALL for cut in clean(raw).cuts}


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("產品質量監督抽查合格率達到98%以上", "产品质量监督抽查合格率达到98%以上"),
        ("鄉鎮(街道)覆蓋率", "乡镇(街道)覆盖率"),
        ("萬人", "万人"),
        ("質量強市", "质量强市"),
        ("合格率", "合格率"),
        ("", ""),
    ],
)
def test_traditional_characters_are_read_as_simplified_one_to_one(traditional: str, simplified: str) -> None:
    assert simplify(traditional) == simplified
    cleaned = clean(traditional)
    assert cleaned.text == simplified
    assert cleaned.plain == traditional


def entry(find: str, replace: str) -> dict:
    return {"plan": "one-2021", "find": find, "replace": replace, "reason": "A slip."}


def test_a_correction_is_applied_and_leads_back() -> None:
    raw = "合格率达到9 5%。建设示范示范项目3个。"
    cleaned = clean(raw, [entry("示范示范", "示范")])
    assert "示范项目3个" in cleaned.text and "示范示范" not in cleaned.text
    at = cleaned.text.index("3个")
    assert raw[slice(*cleaned.raw_span(at, at + 2))] == "3个"
    assert [raw[cut.start : cut.end] for cut in cleaned.cuts if cut.rule == "correction"] == ["示范"]


def test_a_correction_may_be_longer_than_the_error() -> None:
    raw = "建设示范3个。"
    cleaned = clean(raw, [entry("示范", "示范项目")])
    assert cleaned.text == "建设示范项目3个。"
    assert raw[slice(*cleaned.raw_span(2, 6))] == "示范"


@pytest.mark.parametrize(("raw", "times"), [("没有错误。", 0), ("示范示范和示范示范。", 2)])
def test_a_correction_that_does_not_match_once_is_an_error(raw: str, times: int) -> None:
    with pytest.raises(CorrectionError, match=f"one-2021.*示范示范.*stands {times} times"):
        clean(raw, [entry("示范示范", "示范")])


def test_a_correction_that_a_new_copy_has_mended_fails_through_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    from etl import pipeline
    from etl.model import Document, Plan

    monkeypatch.setattr(pipeline, "corrections", lambda: {"one-2021": [entry("示范示范", "示范")]})
    with pytest.raises(CorrectionError, match="示范示范"):
        pipeline.extract(Document("一切都好。", "txt"), Plan("one-2021"))
    assert pipeline.extract(Document("一切都好。", "txt"), Plan("other-2021")).rows == []


GOOD = '[[correction]]\nplan = "a"\nfind = "b"\nreplace = ""\nreason = "c"\n'


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace('reason = "c"\n', ""),
        GOOD.replace('find = "b"', 'find = ""'),
        GOOD + 'more = "d"\n',
        GOOD.replace('"b"', "5"),
    ],
)
def test_a_bad_entry_of_corrections_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(GOOD.replace('"a"', '"z"') + text, "utf-8")
    with pytest.raises(VocabularyError, match="corrections.toml, correction 2"):
        corrections(path)


def test_the_corrections_of_the_project_match_their_plans() -> None:
    plans = Path(__file__).resolve().parent.parent / "data" / "plans"
    for plan, entries in corrections().items():
        raw = (plans / f"{plan}.txt").read_text("utf-8")
        assert len([cut for cut in clean(raw, entries).cuts if cut.rule == "correction"]) <= len(entries)
        assert all(one["reason"].strip() for one in entries)


@pytest.mark.parametrize("sign", "\x00\x01\x08\x0e\x1b\x1f\x7f\x80\x9f\u200b\ufdd0\ufffe\uffff", ids=lambda sign: f"{ord(sign):04x}")
def test_what_is_no_character_is_cut_out_of_words_and_numbers(sign: str) -> None:
    raw = f"到20{sign}25年，产品{sign}合格率达到9{sign}8.5%以上{sign}。{sign}"
    cleaned = clean(raw, [])
    assert cleaned.text == "到2025年,产品合格率达到98.5%以上。"
    start = cleaned.text.index("98.5%")
    assert raw[slice(*cleaned.raw_span(start, start + 5))] == f"9{sign}8.5%"


@pytest.mark.parametrize("sign", "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", ids=lambda sign: f"{ord(sign):04x}")
def test_the_ends_of_pages_and_lines_are_line_breaks(sign: str) -> None:
    raw = f"一、主要目标{sign}到2025年，产品合格率达到98%以上。{sign}二、保障措施\n"
    assert clean(raw, []).text == clean(raw.replace(sign, "\n"), []).text
