"""Numbers of a text: value, unit, comparator, or the class that says why a number is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.clean import clean
from etl.lexicon import amount_of, base_unit, chinese
from etl.model import Quantity
from etl.quantities import cell, scan


def quantities(text: str) -> list[Quantity]:
    return [number.quantity for number in scan(clean(text).text) if number.quantity]


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("零", "0"),
        ("〇", "0"),
        ("三", "3"),
        ("十", "10"),
        ("十五", "15"),
        ("二十", "20"),
        ("二十一", "21"),
        ("一百", "100"),
        ("一百零五", "105"),
        ("一百二十", "120"),
        ("两千八百", "2800"),
        ("一千零一", "1001"),
        ("一万", "10000"),
        ("三十五万", "350000"),
        ("一万两千", "12000"),
        ("两亿", "200000000"),
        ("一亿三千万", "130000000"),
        ("二〇一五", "2015"),
        ("九十八点五", "98.5"),
        ("三点一四", "3.14"),
        ("百", "100"),
        ("千", "1000"),
        ("万", "10000"),
        ("两", "2"),
    ],
)
def test_chinese_numerals(numeral: str, value: str) -> None:
    assert chinese(numeral) == Decimal(value)


@pytest.mark.parametrize("run", ["十百", "二三", "百千", "三五", "九九"])
def test_runs_of_numerals_that_are_no_number(run: str) -> None:
    assert chinese(run) is None


def test_thousands_separators_and_exactness() -> None:
    assert amount_of("1234567.89") == Decimal("1234567.89")
    assert quantities("投资达到0.1亿元。")[0].value == Decimal("10000000.0")
    assert quantities("投资达到3.3万元。")[0].value * 3 == Decimal("99000")


# A text, then what its one number is: value, upper value, unit and comparator.
TAKEN = [
    ("合格率达到98.5%以上", "98.5", None, "%", "ge"),
    ("合格率达到98.5%", "98.5", None, "%", "eq"),
    ("合格率不低于98%", "98", None, "%", "ge"),
    ("合格率≥98%", "98", None, "%", "ge"),
    ("不合格率控制在2%以内", "2", None, "%", "le"),
    ("不合格率不超过2%", "2", None, "%", "le"),
    ("能耗低于2%", "2", None, "%", "lt"),
    ("产值突破100亿元", "10000000000", None, "元", "gt"),
    ("企业多于240项", "240", None, "项", "gt"),
    ("产值约30亿元", "3000000000", None, "元", "approx"),
    ("产值30亿元左右", "3000000000", None, "元", "approx"),
    ("制定标准40多项", "40", None, "项", "gt"),
    ("培育企业10余家", "10", None, "家", "gt"),
    ("新增企业至少20家", "20", None, "家", "ge"),
    ("新增企业20家及以上", "20", None, "家", "ge"),
    ("满意度达到85分(含)以上", "85", None, "分", "ge"),
    ("增长3%-5%", "3", "5", "%", "range"),
    ("新增企业3～5家", "3", "5", "家", "range"),
    ("新增企业3至5家", "3", "5", "家", "range"),
    ("新增企业3—5家", "3", "5", "家", "range"),
    ("新增企业两千八百家", "2800", None, "家", "eq"),
    ("合格率达到百分之九十八点五以上", "98.5", None, "%", "ge"),
    ("覆盖率达到九成以上", "90", None, "%", "ge"),
    ("覆盖率达到八成半", "85", None, "%", "eq"),
    ("完成三分之二", "66.6667", None, "%", "eq"),
    ("死亡率下降到千分之五", "5", None, "‰", "eq"),
    ("产值翻一番", "2", None, "倍", "eq"),
    ("产值翻两番", "4", None, "倍", "eq"),
    ("实现专利零的突破", "0", None, "", "gt"),
    ("新增小微企业2.6万家", "26000", None, "家", "eq"),
    ("抽检达到5.5批次/千人", "5.5", None, "批次/千人", "eq"),
    ("达到5批次/千人/年", "5", None, "批次/千人/年", "eq"),
    ("专利拥有量8(件/万人)以上", "8", None, "件/万人", "ge"),
    ("死亡率控制在0.6人/百亿元以下", "0.6", None, "人/百亿元", "le"),
    ("绿地12平方千米", "12", None, "平方公里", "eq"),
    ("质量竞争力指数达到86", "86", None, "", "eq"),
    ("提高2.5个百分点", "2.5", None, "个百分点", "eq"),
    ("提高2.5百分点", "2.5", None, "个百分点", "eq"),
    ("投资1,200万元", "12000000", None, "元", "eq"),
    ("检定计量器具12万台(件)", "120000", None, "台(件)", "eq"),
    ("新增企业二十余家", "20", None, "家", "gt"),
    ("优良天数达到300天以上", "300", None, "天", "ge"),
    ("新增就业13万2千人", "132000", None, "人", "eq"),
    ("建设高标准农田3万5千亩", "35000", None, "亩", "eq"),
    ("投资2亿3000万元", "230000000", None, "元", "eq"),
    ("投资1亿零500万元以上", "105000000", None, "元", "ge"),
    ("服务1万2000人", "12000", None, "人", "eq"),
    ("服务群众5千3百人", "5300", None, "人", "eq"),
    ("服务群众十三万二千人", "132000", None, "人", "eq"),
    ("产值达到1.2千亿元", "120000000000", None, "元", "eq"),
    ("产值达到3百亿元", "30000000000", None, "元", "eq"),
    ("碳排放强度变化率为-15%", "-15", None, "%", "eq"),
    ("用地增长率为－3%", "-3", None, "%", "eq"),
    ("煤炭消费量增长-2.5%", "-2.5", None, "%", "eq"),
    ("煤炭消费量增长负2.5%", "-2.5", None, "%", "eq"),
    ("人口自然增长率-1.2‰", "-1.2", None, "‰", "eq"),
    ("人口自然增长率控制在−1.2‰以上", "-1.2", None, "‰", "ge"),
    ("人口自然增长率控制在-2‰至-1‰", "-2", "-1", "‰", "range"),
    ("五至八成小区完成改造", "50", "80", "%", "range"),
    ("覆盖率达到2-3成", "20", "30", "%", "range"),
    ("覆盖率近六成", "60", None, "%", "approx"),
    ("培育两三家龙头企业", "2", "3", "家", "range"),
    ("培育三五家龙头企业", "3", "5", "家", "range"),
    ("引进高层次人才五六十名", "50", "60", "名", "range"),
    ("打造三四十个示范村", "30", "40", "个", "range"),
    ("培育十五六家企业", "15", "16", "家", "range"),
    ("吸引上万名青年人才", "10000", None, "名", "ge"),
    ("服务上百家企业", "100", None, "家", "ge"),
    ("粮食产能达到百万吨以上", "1000000", None, "吨", "ge"),
    ("资金达到伍仟万元", "50000000", None, "元", "eq"),
    ("资金达到叁佰贰拾万元", "3200000", None, "元", "eq"),
    ("污水处理能力达到三万吨/日", "30000", None, "吨/日", "eq"),
    ("基础养老金提高到每人25元/月", "25", None, "元/月", "eq"),
    ("补贴标准达到300元/人·月", "300", None, "元/人/月", "eq"),
    ("土壤有机质含量28克/千克", "28", None, "克/千克", "eq"),
    ("焦油含量降到15毫克/支以下", "15", None, "毫克/支", "le"),
    ("氨氮浓度不高于1.5mg/L", "1.5", None, "毫克/升", "le"),
    ("吞吐量达到300万标箱", "3000000", None, "标准箱", "eq"),
    ("吞吐量突破120万TEU", "1200000", None, "标准箱", "gt"),
    ("装机容量达到500MW", "500", None, "兆瓦", "eq"),
    ("装机容量1.2GW以上", "1.2", None, "吉瓦", "ge"),
    ("储能规模100万kW·h", "1000000", None, "千瓦时", "eq"),
    ("发电量达到3.5TWh", "3.5", None, "太瓦时", "eq"),
    ("公园绿地面积达到15m²", "15", None, "平方米", "eq"),
    ("蓄水能力3万m³", "30000", None, "立方米", "eq"),
    ("保护面积120km²", "120", None, "平方公里", "eq"),
    ("智能算力达到2000P", "2000", None, "PFLOPS", "eq"),
    ("孕产妇死亡率不高于9/10万", "9", None, "/10万", "le"),
    ("发病率低于160/十万", "160", None, "/10万", "lt"),
    ("孕产妇死亡率9/10万以下", "9", None, "/10万", "le"),
    ("发病率控制在5例/10万人以内", "5", None, "例/10万人", "le"),
    ("人均预期寿命达到79.5岁", "79.5", None, "岁", "eq"),
    ("平均受教育年限达到11.3年", "11.3", None, "年", "eq"),
    ("利用率提升5个点", "5", None, "个百分点", "eq"),
    ("利用率提升5个点左右", "5", None, "个百分点", "approx"),
    ("卫星增至144颗", "144", None, "颗", "eq"),
    ("中欧班列开行1000列", "1000", None, "列", "eq"),
    ("产值与农业总产值之比为3.38:1", "3.38", None, "", "eq"),
    ("新增隐性债务为0", "0", None, "", "eq"),
    ("重大事故为零", "0", None, "", "eq"),
    ("办理时限压缩至3个工作日以内", "3", None, "个工作日", "le"),
]


@pytest.mark.parametrize(("text", "value", "most", "unit", "comparator"), TAKEN, ids=[case[0] for case in TAKEN])
def test_a_number_that_counts(text: str, value: str, most: str | None, unit: str, comparator: str) -> None:
    found = quantities(f"{text}。")
    assert len(found) == 1, found
    q = found[0]
    assert (q.value, q.value_max, q.unit, q.comparator) == (Decimal(value), Decimal(most) if most else None, unit, comparator)
    assert q.full_start <= q.start < q.end <= q.full_end


# A full-width or ASCII comma between two figures of a list is a comma; only groups of three digits with nothing else are thousands.
COMMAS = [
    ("得分达到85，2025年达到90分", ["85", "90"]),
    ("拥有量达到12件，100家企业获奖", ["12", "100"]),
    ("投资1,200万元,", ["12000000"]),
    ("指数达到12，100家企业获奖", ["12", "100"]),
]


@pytest.mark.parametrize(("text", "values"), COMMAS, ids=[case[0] for case in COMMAS])
def test_a_comma_between_two_numbers(text: str, values: list[str]) -> None:
    found = [q.value for q in quantities(f"{text}。")]
    assert [value for value in found if value in map(Decimal, values)] == list(map(Decimal, values))
    assert not {Decimal(12100), Decimal(852025)} & set(found)


# (text, the number, its class)
LEFT = [
    ("到2025年,", "2025", "year"),
    ("2021-2025年", "2021", "year"),
    ("二〇二五年", "二〇二五", "year"),
    ("“十四五”时期", "十四五", "period"),
    ("3月15日", "3", "date"),
    ("3月15日", "15", "date"),
    ("\n1.加强监管", "1", "list_number"),
    ("\n(二)加强监管", "二", "list_number"),
    ("《质量强国建设纲要2025》", "2025", "title"),
    ("建设期5年", "5年", "duration"),
    ("24小时服务", "24", "name"),
    ("一系列措施", "一系列", "word"),
    ("推广5G应用", "5", "name"),
    ("打造4K超高清", "4", "name"),
    ("达到1/2", "1", "ratio"),
    ("配比为3:2", "3", "ratio"),
    ("型号A-15", "15", "name"),
    ("将10列入计划", "10", "other"),
    ("进一步加强", "一步", "word"),
    ("双随机、一公开", "一", "word"),
    ("百年老店", "百年", "word"),
    ("培育一批企业", "一批", "word"),
    ("2021.05", "2021.05", "date"),
    ("千方百计", "千方百计", "word"),
    ("第二批", "二", "ordinal"),
]


@pytest.mark.parametrize(("text", "number", "kind"), LEFT, ids=[f"{case[0]}-{case[1]}".strip() for case in LEFT])
def test_a_number_that_does_not_count(text: str, number: str, kind: str) -> None:
    shown = clean(text).text
    assert (number, kind) in [(shown[n.start : n.end], n.kind) for n in scan(shown)]
    assert not [n for n in scan(shown) if n.quantity and shown[n.start : n.end] == number]


# A small Chinese numeral before a general counter opens a name unless something counts it.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("建成三家省级中心,", 3),
        ("培育十家企业,", 10),
        ("获奖两项,", 2),
        ("引进百家以上企业,", 100),
        ("连续两届获奖", None),
        ("三项制度改革", None),
        ("两个维护", None),
        ("四个最严", None),
        ("落实一项制度", None),
        ("每一家企业", None),
    ],
)
def test_small_chinese_numerals(text: str, value: int | None) -> None:
    found = [q.value for q in quantities(text) if q.unit != "届"]
    assert found == ([] if value is None else [Decimal(value)])


@pytest.mark.parametrize(
    ("words", "unit", "value", "base", "comparator"),
    [
        ("98", "%", "98", "%", "eq"),
        ("≥98", "%", "98", "%", "ge"),
        ("98%以上", "", "98", "%", "ge"),
        ("12", "万件", "120000", "件", "eq"),
        ("[150]", "个", "150", "个", "eq"),
        ("3-5", "家", "3", "家", "range"),
        ("86", "指数", "86", "", "eq"),
        ("1.5万", "家", "15000", "家", "eq"),
        ("3.2", "万元/人", "32000", "元/人", "eq"),
        ("累计20", "项", "20", "项", "eq"),
    ],
)
def test_a_whole_cell(words: str, unit: str, value: str, base: str, comparator: str) -> None:
    q = cell(words, 0, len(words), unit)
    assert q is not None
    assert (q.value, q.unit, q.comparator) == (Decimal(value), base, comparator)


@pytest.mark.parametrize("words", ["—", "", "达标", "/"])
def test_a_cell_without_a_number(words: str) -> None:
    assert cell(words, 0, len(words), "%") is None


@pytest.mark.parametrize(("unit", "base"), [("百分点", "个百分点"), ("(件/万人)", "件/万人"), ("㎡", "平方米"), ("个", "个"), ("", "")])
def test_one_word_for_one_unit(unit: str, base: str) -> None:
    assert base_unit(unit) == base


def test_numbers_come_in_order_and_apart() -> None:
    text = clean("到2025年,制定国家标准12项、行业标准3-5项,合格率达到98%以上(含98%),见专栏6。").text
    found = scan(text)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert [n.quantity is not None for n in found] == [False, True, True, True, False, False]
