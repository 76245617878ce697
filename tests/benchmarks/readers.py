"""Whether reading a document takes time by its length and no more: `python -m tests.benchmarks readers [KIND ...]`.

Each kind of document is made with SIZE pieces (paragraphs, cells, runs, tags) and with TIMES as many, read, and its statements found.
Fails where one of the two took more than GROWTH times as long for each piece. Processor time, the least of TRIES.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

import openpyxl

from tests.benchmarks.extract import Report
from tests.fixtures import documents as make

SIZE, TIMES, GROWTH, TRIES = 6_000, 4, 1.3, 3
NOTICED = 0.2  # seconds at the greater size; what takes less is not judged
_CELL = "<w:tc>{}</w:tc>"


def _page(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def _grid(rows: int, merged: bool) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["指标", *(f"{2000 + year}年" for year in range(9))])
    for _ in range(rows):
        book.active.append(["合格率(%)", *[95] * 9])
    for row in range(2, rows if merged else 0, 2):
        book.active.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)
    return make.saved(book)


def _word_table(rows: int, properties: str = "") -> bytes:
    cells = f"<w:tc>{properties}{make.paragraph('合格率')}</w:tc>" + _CELL.format(make.paragraph("95%")) * 9
    return make.docx_of(f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * rows}</w:tbl>")


_NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'

# name -> the ending of the file and a document of about n pieces
DOCUMENTS: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "txt lines": ("txt", lambda n: ("合格率95%\r\n" * n).encode("gb18030")),
    "html table": ("html", lambda n: _page(f"<table>{('<tr><td>合格率(%)' + '<td>95' * 9) * (n // 10)}</table>")),
    "html tables": ("html", lambda n: _page("<p>注</p><table><tr><td>合格率<td>95%</table>" * (n // 2))),
    "html wide rows": ("html", lambda n: _page(f"<table>{('<tr>' + '<td>95%' * (n // 4)) * 4}</table>")),
    "html spans": ("html", lambda n: _page(f"<table><tr><td rowspan={n // 2}>率<td>1{'<tr><td>1' * (n // 2)}</table>")),
    "html paragraphs": ("html", lambda n: _page("<p>合格率95%。</p>" * n)),
    "html inline": ("html", lambda n: _page(f"<p>{'<b>合格</b>率' * n}</p>")),
    "html breaks": ("html", lambda n: _page("合格率<br>" * n)),
    "html items": ("html", lambda n: _page(f"<ul>{'<li>合格率95%' * n}</ul>")),
    "html unclosed": ("html", lambda n: _page("<b><i>合格率" * (n // 100))),
    "html angles": ("html", lambda n: _page("<p>合格率95%</p>" + "<" * n)),
    "html attributes": ("html", lambda n: _page(f"<p {'a=1 ' * n}>合格率95%</p>")),
    "html comments": ("html", lambda n: _page("<p>合格率95%</p>" + "<!--" * n)),
    "docx paragraphs": ("docx", lambda n: make.docx_of(*[make.paragraph("合格率95%。")] * n)),
    "docx numbered": ("docx", lambda n: make.docx_of(*[make.paragraph("建设5个中心", _NUMBERED)] * n)),
    "docx runs": ("docx", lambda n: make.docx_of(f"<w:p>{'<w:r><w:t>合格</w:t></w:r>' * n}</w:p>")),
    "docx table": ("docx", lambda n: _word_table(n // 10)),
    "docx merged": ("docx", lambda n: _word_table(n // 10, "<w:tcPr><w:vMerge/></w:tcPr>")),
    "xlsx table": ("xlsx", lambda n: _grid(n // 10, merged=False)),
    "xlsx merged": ("xlsx", lambda n: _grid(n // 10, merged=True)),
    "pdf pages": ("pdf", lambda n: make.pdf([([(60, 700 - 20 * at, "合格率95%。") for at in range(30)], [])] * (n // 100))),
}


def seconds(name: str, pieces: int) -> tuple[float, float]:
    """Processor time of reading a document and of finding its statements."""
    from etl.model import Plan
    from etl.pipeline import extract
    from etl.read import ReadError, read_bytes

    ending, made = DOCUMENTS[name]
    data, begin = made(pieces), time.process_time()
    try:
        document = read_bytes(data, f"a.{ending}")
    except ReadError:  # refused by name, which takes time as well
        return time.process_time() - begin, 0.0
    read = time.process_time()
    extract(document, Plan("hostile"))
    return read - begin, time.process_time() - read


def main(words: list[str]) -> int:
    """Every kind that is named, or all; 1 when one grows."""
    if unknown := [word for word in words if word not in DOCUMENTS]:
        print(f"no kind {unknown[0]!r}; there are: {', '.join(DOCUMENTS)}", file=sys.stderr)
        return 2
    report = Report()
    gc.disable()  # a collection falls on whichever step is running
    for name in words or DOCUMENTS:
        seconds(name, 100)  # imports and patterns are paid once a process
        small, big = [float("inf")] * 2, [float("inf")] * 2
        for _ in range(TRIES):
            small = [min(pair) for pair in zip(small, seconds(name, SIZE), strict=True)]
            big = [min(pair) for pair in zip(big, seconds(name, SIZE * TIMES), strict=True)]
            growth = [more / TIMES / max(less, 1e-6) if more >= NOTICED else 0.0 for less, more in zip(small, big, strict=True)]
            if max(growth) <= GROWTH:
                break
        for step, taken, times in zip(("read", "statements"), big, growth, strict=True):
            figure = f"{taken:.2f} s" + (f", {times:.2f} x the time of a smaller one for each piece" if times else "")
            report.add(f"{name}: {step}", figure, f"<= {GROWTH}" if times else "", times <= GROWTH if times else None)
    return 1 if report.print(f"Documents of {SIZE:,} and {SIZE * TIMES:,} pieces") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
