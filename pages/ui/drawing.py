"""A figure that Streamlit takes as it is. It would otherwise check each dictionary and copy it at every run, which takes longer than all
else that a chart needs; what `figures` draws is checked by the tests instead, on what each page sends to the browser."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.io
from plotly.basedatatypes import BaseFigure


class Drawing(BaseFigure):
    """A dictionary with `data` and `layout` that says it is a plotly figure. Never change it: it is shared between sessions."""

    def __init__(self, figure: dict[str, Any]) -> None:
        self._figure = {**figure, "layout": {"template": template(), **figure["layout"]}}

    def to_dict(self) -> dict[str, Any]:
        """The figure with the template of Streamlit's chart theme, in which the browser puts the colours of the page."""
        return self._figure


@cache
def template() -> dict[str, Any]:
    """What a figure looks like where it does not say."""
    return plotly.io.templates["streamlit"].to_plotly_json()
