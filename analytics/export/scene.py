"""A picture as a list of simple nodes, written as SVG with text as text or with text as outlines.

scene = Scene(1000)
scene.rect(0, 0, 10, 10, fill="#fff"); scene.text(20, 30, "食品", 14); scene.height = 400
scene.svg(title, description)                     # text as outlines: looks the same on every machine
scene.svg(title, description, outlined=False)     # text as text in the font of fonts.FAMILY
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from xml.sax.saxutils import escape, quoteattr

from analytics.export import fonts
from analytics.export.common import plain

# What drawings share: width and margin of a picture and sizes of text, in pixels.
WIDTH, MARGIN = 1000, 28
TITLE, SUBTITLE, BODY, SMALL = 23, 14.5, 14, 12
BOLD = 0.035  # of the size: the font has one weight, a stroke makes the other


class Scene:
    """Nodes in drawing order. Lengths in pixels, y down; colours as CSS."""

    def __init__(self, width: float, height: float = 0) -> None:
        self.width, self.height = width, height
        self._nodes: list[tuple[str, dict[str, object], str]] = []

    def rect(self, x: float, y: float, width: float, height: float, **style: object) -> None:
        """A rectangle; style: fill, stroke, rx, opacity, ..."""
        self._add("rect", {"x": x, "y": y, "width": max(width, 0), "height": height, **style})

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, **style: object) -> None:
        """A line; style: stroke_width, stroke_dasharray, ..."""
        self._add("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": stroke, **style})

    def circle(self, x: float, y: float, radius: float, **style: object) -> None:
        """A circle."""
        self._add("circle", {"cx": x, "cy": y, "r": radius, **style})

    def path(self, data: str, **style: object) -> None:
        """A path of SVG commands."""
        self._add("path", {"d": data, **style})

    def text(self, x: float, y: float, words: str, size: float, fill: str = "#1B2530", anchor: str = "start", bold: bool = False) -> None:
        """One line of text; y is its base line, anchor start, middle or end."""
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * fonts.width(plain(words), size)
        self._add("text", {"x": left, "y": y, "font_size": size, "fill": fill, "bold": bold}, plain(words))

    def lines(self, x: float, y: float, rows: list[str], size: float, leading: float, **style: object) -> float:
        """Several lines of text; the base line behind the last."""
        for at, row in enumerate(rows):
            self.text(x, y + at * leading, row, size, **style)
        return y + len(rows) * leading

    @contextmanager
    def group(self, **attributes: object) -> Iterator[None]:
        """Nodes that belong together; data_ attributes become data- attributes of the group."""
        self._add("g", attributes)
        yield
        self._add("/g", {})

    def behind(self, ground: str) -> Scene:
        """The same picture with a ground of one colour behind it."""
        self._nodes.insert(0, ("rect", {"x": 0, "y": 0, "width": self.width, "height": self.height, "fill": ground}, ""))
        return self

    def words(self) -> str:
        """All text of the picture."""
        return "".join(words for _, _, words in self._nodes)

    def svg(self, title: str, description: str, outlined: bool = True, gathered: bool = True) -> str:
        """The picture as an SVG document with an accessible name and description.

        gathered: text as text in one element, else line by line in its group.
        """
        behind = not outlined and gathered
        body = "".join(self._node(*node, outlined) for node in self._nodes if not behind or node[0] != "text")
        body += self._texts() if behind else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{show(self.width)}" height="{show(self.height)}" '
            f'viewBox="0 0 {show(self.width)} {show(self.height)}" '
            f'role="img" aria-label={quoteattr(plain(title))}><title>{escape(plain(title))}</title>'
            f"<desc>{escape(plain(description))}</desc>{body}</svg>"
        )

    def _add(self, tag: str, attributes: dict[str, object], words: str = "") -> None:
        self._nodes.append((tag, attributes, words))

    def _texts(self) -> str:
        """All text in one element: a renderer then reads the font once and not once a line."""
        parts = "".join(plain_text(attributes, words) for tag, attributes, words in self._nodes if tag == "text" and words)
        return f'<text font-family="{fonts.FAMILY}">{parts}</text>'

    def _node(self, tag: str, attributes: dict[str, object], words: str, outlined: bool) -> str:
        if tag == "text":
            return outlined_text(attributes, words) if outlined else f"<text>{plain_text(attributes, words)}</text>"
        if tag in ("g", "/g"):
            return "</g>" if tag == "/g" else f"<g{attribute_text(attributes)}>"
        return f"<{tag}{attribute_text(attributes)}/>"


def attribute_text(attributes: dict[str, object]) -> str:
    """Attributes as written in a tag; _ stands for -."""
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(plain(show(value) if isinstance(value, float | int) else value))}"
        for name, value in ((key.rstrip("_"), each) for key, each in attributes.items())
        if value is not None
    )


def show(value: float) -> str:
    """A number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def plain_text(attributes: dict[str, object], words: str) -> str:
    """A line of text as text."""
    weight = f' stroke="{attributes["fill"]}" stroke-width="{show(attributes["font_size"] * BOLD)}"' if attributes["bold"] else ""
    return (
        f'<tspan x="{show(attributes["x"])}" y="{show(attributes["y"])}" font-size="{show(attributes["font_size"])}" '
        f'fill="{attributes["fill"]}"{weight}>'
        f"{escape(fonts.drawable(words))}</tspan>"
    )


def outlined_text(attributes: dict[str, object], words: str) -> str:
    """A line of text as one group of outlines, named for screen readers."""
    scale = attributes["font_size"] / fonts.units()
    weight = f' stroke="{attributes["fill"]}" stroke-width="{round(fonts.units() * BOLD)}"' if attributes["bold"] else ""
    glyphs = "".join(
        f'<path d="{path}"/>' if not at else f'<path transform="translate({at})" d="{path}"/>' for at, path in fonts.outline(words)
    )
    return (
        f'<g transform="translate({show(attributes["x"])} {show(attributes["y"])}) scale({scale:.5f})" fill="{attributes["fill"]}"{weight} '
        f"aria-label={quoteattr(words)}>{glyphs}</g>"
    )
