"""The vocabulary files: every one loads and is used, what is wrong in one is refused by name, and every rule in them can fire."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from etl import vocab
from etl.model import Document, Extraction, Plan
from etl.pipeline import extract
from etl.segment import segment
from etl.tabular.furniture import furniture

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(path.stem for path in vocab.FOLDER.glob("*.toml"))


def read(text: str) -> Extraction:
    return extract(Document(text, "txt"), Plan("any", horizon_end=2025))


def test_every_file_is_known_or_has_a_loader_of_its_own() -> None:
    sources = "\n".join(path.read_text("utf-8") for folder in ("etl", "analytics") for path in (ROOT / folder).rglob("*.py"))
    others = [name for name in FILES if name not in vocab.SHAPES]
    assert set(vocab.SHAPES) <= set(FILES)
    assert [name for name in others if f'"{name}.toml"' not in sources] == []


@pytest.mark.parametrize("name", sorted(vocab.SHAPES))
def test_every_file_loads_and_is_asked_for(name: str) -> None:
    assert vocab.read(name)
    users = [path for path in (ROOT / "etl").rglob("*.py") if f'load("{name}")' in path.read_text("utf-8")]
    assert users, f"data/vocab/{name}.toml is loaded by nothing"


def spoilt(folder: Path, name: str, find: str, replace: str) -> Path:
    """A copy of the vocabulary with one change in one file."""
    shutil.copytree(vocab.FOLDER, folder / "vocab")
    path = folder / "vocab" / f"{name}.toml"
    text = path.read_text("utf-8")
    assert find in text, "the file has changed; choose another place to spoil"
    path.write_text(text.replace(find, replace, 1), "utf-8")
    return path.parent


@pytest.mark.parametrize(
    ("name", "find", "replace", "entry", "problem"),
    [
        ("exclusions", 'class = "name"', 'class = "name"\ncolour = "red"', r"rule\[\d+\]", "unknown key 'colour'"),
        ("exclusions", 'right = "\\\\s*号?"\n', "", r"rule\[1\]", "key 'right' is missing"),
        ("exclusions", 'id = "document.year"', 'id = "document.number"', "rule", "'document.number' stands twice"),
        ("exclusions", 'id = "document.year"', "id = 5", r"rule\[2\].id", "str is wanted, 5 found"),
        ("roles", "sticky = true", 'sticky = "yes"', r"role\[1\].sticky", "bool is wanted, 'yes' found"),
        ("roles", '"起草说明", "编制说明"', '"起草说明", "起草说明"', r"role\[1\].words", "'起草说明' stands twice"),
        ("units", 'kind = "rate" }', 'kind = "ratio" }', r"unit\[\d+\].kind", "one of rate, count, .* 'ratio' found"),
        ("units", 'same = ["百分点"]', 'same = ["百分点", 3]', r"unit\[\d+\].same", "non-empty words"),
        ("units", 'same = ["百分点"]', 'same = ["‰"]', "unit", "'‰' stands twice"),
        ("units", 'en = "item|items"', 'word = "item|items"', r"unit\[\d+\]", "unknown key 'word'"),
        ("units", 'name = "项", ', "", r"unit\[\d+\]", "key 'name' is missing"),
        ("numerals", '"十" = 10', '"十" = "ten"', "places.十", "int is wanted, 'ten' found"),
        ("numerals", '"百分之" = "%"', '"百分之" = 5', "fractions.百分之", "str is wanted, 5 found"),
        ("cues", "[hedge_stop]", "[hedge_halt]", "top level", "unknown key 'hedge_halt'"),
        ("times", "[relative]", '[relative]\n"后年" = 2.5', "relative.后年", "int is wanted, 2.5 found"),
        ("commitments", "anywhere = true", "anywhere = 1", r"form\[1\].anywhere", "bool is wanted, 1 found"),
        ("confidence", "base = ", 'base = "high" #', "base", "float is wanted, 'high' found"),
        (
            "words",
            "words = [",
            "words = {a = 1}\nothers = [",
            "words",
            "a list of non-empty words is wanted|list of non-empty|unknown key 'others'",
        ),
        ("furniture", "pattern = ", "patern = ", r"line\[1\]", "unknown key 'patern'"),
    ],
)
def test_a_bad_entry_is_refused_by_name(tmp_path: Path, name: str, find: str, replace: str, entry: str, problem: str) -> None:
    with pytest.raises(vocab.VocabularyError) as caught:
        vocab.read(name, spoilt(tmp_path, name, find, replace))
    assert re.match(rf"data/vocab/{name}\.toml, {entry}[^:]*: ", str(caught.value)), caught.value
    assert re.search(problem, str(caught.value))
    assert "Mend the entry" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "damage"),
    [("roles", b"\nwords = [\n"), ("units", b"\n[more]\n[more]\n"), ("times", b"\n\xff\xfe\n"), ("words", b'\nwords = ["x"]\n')],
)
def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path, name: str, damage: bytes) -> None:
    shutil.copytree(vocab.FOLDER, tmp_path / "vocab")
    with open(tmp_path / "vocab" / f"{name}.toml", "ab") as file:
        file.write(damage)
    with pytest.raises(vocab.VocabularyError, match=rf"data/vocab/{name}\.toml can't be read"):
        vocab.read(name, tmp_path / "vocab")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(vocab.VocabularyError, match=r"data/vocab/units\.toml can't be read"):
        vocab.read("units", tmp_path)


def test_a_list_of_tables_and_a_table_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "roles.toml").write_text('role = "none"\n', "utf-8")
    with pytest.raises(vocab.VocabularyError, match="a list of tables is wanted"):
        vocab.read("roles", tmp_path)
    (tmp_path / "cues.toml").write_text("level = 3\n", "utf-8")
    with pytest.raises(vocab.VocabularyError, match="level: a table is wanted, int found"):
        vocab.read("cues", tmp_path)


# rule id -> (text, the number that it takes)
FIRES = {
    "threshold.definition": ("本办法所称小企业,是指从业人员300人以下的企业", "300"),
    "name.radius": ("公园绿地500米服务半径覆盖率达到90%", "500"),
    "name.system": ("举办3人制篮球赛", "3"),
    "name.specification": ("研制全球首台25兆瓦风电机组", "25"),
    "name.graded": ("研制10米级转台", "10"),
    "name.running": ("工业用电量连续7个月回升", "7"),
    "name.field_of": ("在全国15座城市中排首位", "15"),
    "name.year_days": ("按全年365天计算", "365"),
    "threshold.height": ("海拔3000米以上乡镇全部供暖", "3000"),
    "threshold.dwelling": ("行政村和20户以上自然村全部通硬化路", "20"),
    "threshold.project": ("培育营收超50亿元工业集团", "50亿"),
    "name.stage": ("工业产值跨越3千亿、4千亿两个关口", "3千亿"),
    "name.stages": ("经济总量连上3个台阶", "3"),
    "document.number": ("根据国发〔2021〕66号文件要求", "66"),
    "document.year": ("根据国发[2021]66号文件要求", "2021"),
    "document.numbered": ("按照省政府令第一批66号文件", "66"),
    "standard.code": ("企业通过ISO9001认证", "9001"),
    "name.latin": ("推广A-1系列产品", "1"),
    "name.latin_behind": ("建设5G基站", "5"),
    "name.plus": ("构建1+4+5产业体系", "4"),
    "name.plus_behind": ("构建9+N产业体系", "9"),
    "phone.dialling": ("联系电话:83282000", "83282000"),
    "phone.area": ("可致 0757—83282000", "0757"),
    "phone.line": ("可致 0757—83282000", "83282000"),
    "phone.hotlines": ("畅通12315、12365等渠道", "12365"),
    "name.hotline": ("开通96333电梯应急平台", "96333"),
    "ordinal.list": ("牵头第6、8项任务", "8"),
    "name.category": ("产品质量(3项)", "3"),
    "name.listed": ("推动生态环境、建工等8个领域发展", "8"),
    "name.deputies": ("会上8家企业代表作了发言", "8"),
    "ordinal.front": ("居全省前10位", "10"),
    "list.caption": ("见专栏6质量工程", "6"),
    "name.strong": ("中国企业500强", "500"),
    "name.industry": ("发展2.5产业", "2.5"),
    "policy.articles": ("出台15条措施", "15"),
    "name.one_of": ("成为全省4个市之一", "4"),
    "name.scope": ("围绕16条重点产业链", "16"),
    "repeat.including": ("满意度不低于90分(含90分)", "90"),
    "threshold.of": ("营业面积超过500平方米的商场", "500"),
    "threshold.case": ("对投入300万元(含)至1000万元的,按8%补助", "300万"),
    "threshold.upper": ("对投入300万元以上至1000万元的,予以奖励", "1000万"),
    "threshold.people": ("服务60周岁以上老人", "60"),
    "procedure.opinions": ("共收到意见建议49条。", "49"),
    "web.counter": ("阅读量:1286次", "1286"),
    "threshold.measure": ("推动5000吨标准煤以上重点用能单位改造", "5000"),
    "name.parts": ("提出5个方面重点工作", "5"),
    "name.joint": ("推广“332211工作法”", "332211"),
    "name.day": ("开展3·15活动", "15"),
    "name.day_first": ("开展3·15活动", "3"),
    "ratio": ("按1:2配套", "2"),
    "ratio.front": ("按1:2配套", "1"),
    "meeting": ("贯彻十八届三中全会精神", "十八"),
    "law.multiple": ("处三倍以上五倍以下罚款", "三"),
    "law.multiple_upper": ("处3倍以上5倍以下罚款", "5"),
    "condition.applicant": ("申报单位须具备3名专家", "3"),
    "rate.base": ("每10万人口拥有检验机构3.5家", "10万"),
    "ratio.stroke": ("占比达到1/2", "1"),
    "ratio.stroke_behind": ("占比达到1/2", "2"),
    "threshold.above": ("产值超10亿元企业32家", "10亿"),
    "threshold.band": ("评价得分60分以下为不合格", "60"),
    "name.layout": ("全文共分二十条,", "二十"),
    "name.attributes": ("其中约束性8项", "8"),
    "name.superlative": ("入选中国500最具价值品牌", "500"),
}
# The same surface where the rule must not fire: it counts.
COUNTS = {
    "name.specification": "全球首台套装备,装机容量25兆瓦",
    "name.graded": "风电装机达到100兆瓦",
    "name.running": "优良天数达到7个月",
    "name.field_of": "建设全国示范城市15座",
    "threshold.height": "供暖乡镇达到30个",
    "threshold.dwelling": "新增农户20户以上",
    "threshold.project": "设立总规模50亿元的产业基金",
    "document.numbered": "新增标准66项",
    "rate.base": "新增就业人口10万人",
    "ratio.stroke": "抽检量达到5批次/千人",
    "threshold.above": "产值超过10亿元",
    "threshold.band": "满意度达到85分以上",
    "threshold.measure": "总投资500亿元以上",
    "name.parts": "新增标准5项",
    "name.attributes": "新增指导性标准8项",
    "name.latin_behind": "新建管网5km",
    "phone.dialling": "12345热线办结率98%",
    "name.hotline": "新增平台12个",
    "ordinal.list": "承担国家标准6项、行业标准8项",
    "name.category": "新增名牌产品(省级)3项",
    "name.listed": "新增省级质检中心等8个",
    "ordinal.front": "新增企业10家",
    "list.caption": "质量竞争力指数表现提升6%",
    "name.strong": "新增五大类产品500种",
    "name.industry": "新增产业园3个",
    "policy.articles": "制定标准15项",
    "name.scope": "新增重点产业链16条",
    "repeat.including": "新增专利(发明)90件",
    "threshold.of": "主营业务收入超过500亿元",
    "threshold.people": "服务60名老人",
    "procedure.opinions": "征集合理化建议1000条以上",
    "ratio": "产值比例提升2%",
    "law.multiple": "产值增长三倍以上",
    "meeting": "新建实验室十九个",
}


def rules() -> list[str]:
    return [rule["id"] for rule in vocab.load("exclusions")["rule"]]


def test_every_exclusion_has_a_case_that_fires_it() -> None:
    assert sorted(FIRES) == sorted(rules())
    assert set(COUNTS) <= set(FIRES)


@pytest.mark.parametrize("rule", FIRES)
def test_an_exclusion_fires(rule: str) -> None:
    text, number = FIRES[rule]
    wanted = {one["id"]: one["class"] for one in vocab.load("exclusions")["rule"]}
    found = [(row["text"], row["class"]) for row in read(text).numbers if row["rule"] == rule]
    assert (number, wanted.get(rule)) in found, read(text).numbers


@pytest.mark.parametrize("rule", COUNTS)
def test_an_exclusion_leaves_the_opposite(rule: str) -> None:
    extraction = read(f"到2025年,{COUNTS[rule]}。")
    assert extraction.rows, extraction.numbers
    assert rule not in {row["rule"] for row in extraction.numbers}


LINES = {
    "web.reposted": [
        "文章内容来自网络",
        "本文来源于网站",
        "免责声明",
        "版权所有:某局",
        "Copyright 2021",
        "ICP备12345号",
        "网站标识码123",
        "技术支持:某公司",
    ],
    "web.share": [
        "《质量规划.docx》由会员分享",
        "更多相关《规划》",
        "扫一扫 手机看",
        "附件下载",
        "分享到",
        "打印本页",
        "关闭窗口",
        "字号:大",
        "浏览次数 300",
    ],
    "web.menu": ["首页 > 政务公开", "当前位置:首页", "您的位置:公开", "上一篇:规划", "下一篇:无", "返回顶部", ">>更多"],
    "web.steps": ["决策启动", "公众参与", "专家论证", "•风险评估", "集体讨论", "决策公布", "执行评估"],
    "web.source": ["来源:市监局", "发布日期:2021-03-01", "索引号:1234", "主题分类:综合", "有效性:有效"],
    "web.stamp": ["政策文件 2021-03-01", "2021-03-01 12:30"],
    "contents": ["第一章 发展基础........3", "二、主要目标……12"],
}


def test_every_furniture_line_has_cases() -> None:
    assert sorted(LINES) == sorted(line["id"] for line in vocab.load("furniture")["line"])


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in LINES.items() for line in lines])
def test_a_line_of_the_page_says_nothing(name: str, line: str) -> None:
    own = re.compile(next(entry["pattern"] for entry in vocab.load("furniture")["line"] if entry["id"] == name))
    assert own.match(line)
    text = f"一、主要目标\n合格率达到98%。\n{line}\n"
    blocks = segment(text).blocks
    assert [text[b.start : b.end] for b in blocks if b.kind == "furniture"] == [line]
    assert [row["value_text"] for row in read(text).rows] == ["98%"]


@pytest.mark.parametrize(
    "line",
    ["加强来源管理,合格率达到98%", "产品质量首页推荐率98%", "公众参与率达到98%", "合格率98%", "扩大附件下载量98%", "专家论证通过率98%"],
)
def test_a_line_of_the_plan_is_no_furniture(line: str) -> None:
    assert not furniture().match(line)
    assert [row["value"] for row in read(f"一、主要目标\n到2025年,{line}。").rows] == [98]


ROLE_WORDS = [(role["name"], word) for role in vocab.load("roles")["role"] for word in role["words"]]


@pytest.mark.parametrize(("role", "word"), ROLE_WORDS, ids=[f"{role}-{number}" for number, (role, _) in enumerate(ROLE_WORDS)])
def test_every_role_word_gives_its_role(role: str, word: str) -> None:
    """The role of the first word in the file's order that the heading holds; a word that an earlier one always hides is dead."""
    title = f"一、{word}"
    assert [s.role for s in segment(f"{title}\n正文在此。").sections] == [role]


def test_sticky_roles_hold_for_what_follows_and_others_do_not() -> None:
    for role in vocab.load("roles")["role"]:
        text = f"一、{role['words'][0]}\n(一)其他事项\n正文。\n二、另外事项\n正文。"
        assert [s.role for s in segment(text).sections] == [role["name"], role["name"], "other"]
