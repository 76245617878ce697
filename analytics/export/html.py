"""One HTML file that works offline: charts of our own SVG with tooltips, highlighting, sorting; the glyphs that it uses embedded.

A chart library would add 4.5 MB to every file for what page.js does in 5 KB; and these are the same drawings as the pictures. A
content security
policy forbids every request and every script but the one inside, whose checksum it names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from analytics.export import fonts
from analytics.export.common import plain, text
from analytics.export.draw import draw
from analytics.export.plots import colours_of
from analytics.export.tables import displayed
from analytics.export.view import View, filled

HERE = Path(__file__).resolve().parent
LANGUAGES = {"zh": "zh-CN", "en": "en"}
JOINED = "\n"


def page_file(title: str, subtitle: str, views: Sequence[View], findings: Sequence[str], methods: Sequence[str], lang: str) -> bytes:
    """The whole page in UTF-8."""
    body = [f"<h1>{words(title)}</h1>", *(f'<p class="quiet">{words(line)}</p>' for line in subtitle.split("\n") if line)]
    if findings:
        body += [f"<h2>{words(text('deck.findings', lang))}</h2>", *(f"<p>{cited(line)}</p>" for line in findings)]
    body += [f'<p class="quiet">{words(text("page.hint", lang))}</p>', controls(views, lang)]
    for at, view in enumerate(views, 1):
        body.append(section(view, at))
    if methods:
        body += [f"<h2>{words(text('deck.methods', lang))}</h2>", *(f"<p>{words(line)}</p>" for line in methods)]
    body += [f"<h2>{words(text('deck.sources', lang))}</h2>", sources(views, lang)]
    return document(title, lang, JOINED.join(body)).encode()


def view_file(view: View) -> bytes:
    """One view as a page."""
    return page_file(view.title, view.subtitle, [view], (), view.definitions, view.lang)


def document(title: str, lang: str, body: str) -> str:
    """The frame around the body: style, font, script, policy."""
    script = (HERE / "page.js").read_text(encoding="utf-8")
    style = font_face(words(title) + body) + (HERE / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        f"script-src 'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{LANGUAGES[lang]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{words(title)}</title>\n'
        f"<style>{style}</style>\n</head>\n"
        f'<body>\n<main>\n{body}\n</main>\n<div id="tip" role="tooltip" hidden></div>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def font_face(shown: str) -> str:
    """The font, cut to the characters of the page."""
    data = base64.b64encode(fonts.subset("".join(sorted(set(shown))))).decode()
    return f'@font-face {{ font-family: "Exported"; src: url(data:font/woff;base64,{data}) format("woff"); }}\n'


def words(value: object) -> str:
    """Text of a plan or a person as markup that shows it."""
    return escape(plain(value))


def cited(sentence: str) -> str:
    """A sentence whose [n] lead to the sources."""
    parts = words(sentence).split("[")
    found = parts[0]
    for part in parts[1:]:
        number, closed, rest = part.partition("]")
        found += f'<a href="#source-{number}">[{number}]</a>{rest}' if closed and number.isdigit() else f"[{part}"
    return found


def controls(views: Sequence[View], lang: str) -> str:
    """One button a place, and one that hides what is not comparable."""
    places = {
        place: colour
        for view in views
        if view.kind != "table"
        for place, colour in colours_of(view).items()
        if place in set(view.frame["place"])
    }
    buttons = [
        f'<button type="button" data-highlight="{words(place)}" aria-pressed="false">'
        f'<span class="dot" style="background:{colour}"></span>{words(place)}</button>'
        for place, colour in places.items()
    ]
    faded = any(mark.faded for view in views if view.kind in ("dot", "bars", "dumbbell") for mark in view.marks())
    buttons += [f'<button type="button" id="other" aria-pressed="false">{words(text("page.hide", lang))}</button>'] if faded else []
    return f"<p>{''.join(buttons)}</p>" if buttons else ""


def section(view: View, at: int) -> str:
    """One view: title, chart, sentences, table, footer."""
    parts = [f'<section id="view-{at}">', f"<h2>{words(view.title)}</h2>", f'<p class="quiet">{words(view.subtitle)}</p>']
    parts += [f"<p>{words(view.say('deck.remark', text=view.remark))}</p>"] if view.remark else []
    if view.kind != "table":
        parts.append(f"<figure>{draw(view, around=False).svg(view.title, view.title, outlined=False, gathered=False)}</figure>")
    parts += [f"<p>{cited(line)}</p>" for line in view.sentences]
    inner = table(view)
    parts.append(inner if view.kind == "table" else f"<details><summary>{words(text('page.table', view.lang))}</summary>{inner}</details>")
    parts += [f'<p class="quiet">{words(line)}</p>' for line in view.footer(drawn=True)]
    return JOINED.join([*parts, "</section>"])


def table(view: View) -> str:
    """The table of the plotted rows; numbers sort as numbers."""
    heads, rows = displayed(view)
    values = view.frame["value_exact"] if "value_exact" in view.frame and "label" in view.columns else [None] * len(rows)
    label = view.columns.index("label") if "label" in view.columns else -1
    head = "".join(f'<th scope="col"><button type="button">{words(name)}</button></th>' for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td{number(value) if at == label else ''}>{cited(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row, value in zip(rows, values, strict=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def number(value: object) -> str:
    """The attribute that a table is sorted by."""
    return f' data-value="{float(value)}"' if filled(value) else ""


def sources(views: Sequence[View], lang: str) -> str:
    """Every citation in full, each once."""
    found = {source.number: source for view in views for source in view.sources}
    return '<ol class="sources">' + "".join(f'<li id="source-{at}">{words(found[at].full(lang))}</li>' for at in sorted(found)) + "</ol>"
