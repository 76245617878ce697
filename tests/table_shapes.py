"""The same indicators laid out in every shape that tables come in, so that one answer serves them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import docx
import openpyxl

from etl.model import Document
from etl.read import read_bytes

# name, unit as printed, base and goal as printed, then as read: unit, base, comparator and goal.
INDICATORS = [
    ("制造业产品质量合格率", "%", "94.2", "≥96", "%", 94.2, "ge", 96),
    ("有效发明专利拥有量", "万件", "1.2", "2", "件", 12000, "eq", 20000),
    ("PM2.5平均浓度", "微克/立方米", "42", "35以下", "微克/立方米", 42, "le", 35),
    ("公共服务质量满意度", "分", "81.5", "84左右", "分", 81.5, "approx", 84),
    ("居民人均可支配收入", "元", "31000", ">42000", "元", 31000, "gt", 42000),
    ("劳动年龄人口平均受教育年限", "年", "10.6", "11.3", "年", 10.6, "eq", 11.3),
    ("每千人口执业医师数", "人", "2.9", "3.2", "人/千人", 2.9, "eq", 3.2),
    ("粮食综合生产能力", "万吨", "120", "保持120", "吨", 1200000, "eq", 1200000),
]
GROUPS = ["质量效益", "创新驱动", "绿色发展", "民生福祉", "民生福祉", "民生福祉", "民生福祉", "安全保障"]
KINDS = ["约束性", "预期性", "约束性", "预期性", "预期性", "预期性", "预期性", "约束性"]
AGENCIES = ["市市场监管局", "市科技局", "市生态环境局", "市市场监管局", "市发展改革委", "市教育局", "市卫生健康委", "市农业农村局"]

# Title over the table, then one or two lines of heads for base and goal.
HEADS = {
    "years": ("主要指标", [("2020年", "2025年")]),
    "bare years": ("主要指标", [("2020", "2025")]),
    "years and senses": ("主要指标", [("2020年实际", "2025年目标")]),
    "senses and years": ("主要指标", [("现状值(2020年)", "目标值(2025年)")]),
    "base and goal": ("主要指标", [("2020年基期值", "2025年规划值")]),
    "two lines": ("主要指标", [("2020年", "2025年"), ("基期值", "目标值")]),
    "two lines, years below": ("主要指标", [("现状", "目标"), ("2020年", "2025年")]),
    "periods": ("主要指标", [("“十三五”末", "“十四五”末")]),
    "years in the title": ("2020年、2025年主要指标", [("现状", "目标")]),
    "to the year": ("主要指标", [("2020年完成", "到2025年")]),
}
ORDERS = {
    "name, unit, values": ["name", "unit", "base", "goal"],
    "numbered": ["number", "name", "unit", "base", "goal"],
    "bracket": ["name+", "base", "goal"],
    "bracket, attribute": ["number", "name+", "base", "goal", "kind"],
    "category": ["group", "name", "unit", "base", "goal", "kind"],
    "category, number": ["group", "number", "name+", "base", "goal"],
    "unit behind": ["name", "base", "goal", "unit"],
    "attribute first": ["number", "name", "kind", "unit", "base", "goal"],
    "agency": ["name+", "base", "goal", "agency"],
    "values first": ["base", "goal", "name+"],
    "everything": ["number", "group", "name", "unit", "base", "goal", "kind", "agency"],
}
WORDS = {"number": "序号", "group": "类别", "name": "指标名称", "name+": "指标", "unit": "单位", "kind": "属性", "agency": "责任单位"}


@dataclass(frozen=True)
class Table:
    """title, heads (lines of cells), rows (lines of cells) and the place of the name in a line."""

    title: str
    heads: list[list[str]]
    rows: list[list[str]]
    order: list[str]


def table(head: str, order: str, group_once: bool = False) -> Table:
    """The indicators under one of HEADS in one of ORDERS."""
    title, lines = HEADS[head]
    columns = ORDERS[order]
    heads = [
        [{"base": base, "goal": goal}.get(column, WORDS.get(column, "") if n == 0 else "") for column in columns]
        for n, (base, goal) in enumerate(lines)
    ]
    rows = []
    for n, (name, unit, base, goal, *_) in enumerate(INDICATORS):
        cells = {"number": str(n + 1), "group": GROUPS[n], "name": name, "name+": f"{name}({unit})", "unit": unit}
        cells |= {"base": base, "goal": goal, "kind": KINDS[n], "agency": AGENCIES[n]}
        if group_once and n and GROUPS[n] == GROUPS[n - 1]:
            cells["group"] = ""
        rows.append([cells[column] for column in columns])
    return Table(title, heads, rows, columns)


def wanted() -> list[tuple[str, float, str, str, str, int]]:
    """What every shape says: indicator, value, unit, comparator, kind and year."""
    found = []
    for name, _, _, _, unit, base, comparator, goal in INDICATORS:
        found += [(name, base, unit, "eq", "baseline", 2020), (name, goal, unit, comparator, "target", 2025)]
    return sorted(found)


def framed(t: Table) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(line) + " |" for line in [*t.heads, *t.rows]]
    return "\n".join([t.title, "", *lines[: len(t.heads)], "|" + "---|" * len(t.order), *lines[len(t.heads) :]])


def piped(t: Table) -> str:
    return "\n".join([t.title, *(" | ".join(line) for line in [*t.heads, *t.rows])])


def tight(t: Table) -> str:
    return "\n".join([t.title, *("|" + "|".join(line) + "|" for line in [*t.heads, *t.rows])])


def tabbed(t: Table) -> str:
    return "\n".join([t.title, *("\t".join(line) for line in [*t.heads, *t.rows])])


def aligned(t: Table) -> str:
    """Columns of even width, two spaces between."""
    lines = [*t.heads, *t.rows]
    widths = [max(_width(line[n]) for line in lines) + 2 for n in range(len(t.order))]
    shown = ["".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([t.title, *shown])


def _width(words: str) -> int:
    return sum(2 if c > "\u2e80" else 1 for c in words)


def single(t: Table) -> str:
    """One space between cells, empty ones lost."""
    return "\n".join([t.title, *(" ".join(filter(None, line)) for line in [*t.heads, *t.rows])])


def stacked(t: Table) -> str:
    """One cell a line, empty ones lost; a head of two lines goes column by column."""
    heads = [cell for n in range(len(t.order)) for cell in dict.fromkeys(line[n] for line in t.heads) if cell]
    return "\n".join([t.title, *heads, *(cell for line in t.rows for cell in line if cell)])


def spaced_out(t: Table) -> str:
    return stacked(t).replace("\n", "\n\n")


TEXTS: dict[str, Callable[[Table], str]] = {
    "framed": framed,
    "piped": piped,
    "tight": tight,
    "tabs": tabbed,
    "aligned": aligned,
    "single spaces": single,
    "stacked": stacked,
    "stacked, blank lines": spaced_out,
}


def html(t: Table) -> Document:
    lines = "".join(
        "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in line) + "</tr>"
        for tag, block in (("th", t.heads), ("td", t.rows))
        for line in block
    )
    return read_bytes(f"<html><body><p>{t.title}</p><table>{lines}</table><p>以上。</p></body></html>".encode(), "plan.html")


def word(t: Table) -> Document:
    """A Word document whose equal neighbours in a column of groups and in heads are merged."""
    made = docx.Document()
    made.add_paragraph(t.title)
    lines = [*t.heads, *t.rows]
    grid = made.add_table(len(lines), len(t.order))
    for r, line in enumerate(lines):
        for c, cell in enumerate(line):
            if r and not cell and lines[r - 1][c]:
                grid.cell(r - 1, c).merge(grid.cell(r, c))
            elif cell:
                grid.cell(r, c).text = cell
    data = BytesIO()
    made.save(data)
    return read_bytes(data.getvalue(), "plan.docx")


def sheet(t: Table) -> Document:
    book = openpyxl.Workbook()
    page = book.active
    page.append([t.title])
    for line in [*t.heads, *t.rows]:
        page.append([float(cell) if cell.replace(".", "").isdigit() else cell or None for cell in line])
    data = BytesIO()
    book.save(data)
    return read_bytes(data.getvalue(), "plan.xlsx")


FILES: dict[str, Callable[[Table], Document]] = {"html": html, "docx": word, "xlsx": sheet}
