"""One colour a place, the same on every page and in both themes.

The hues are those of Okabe and Ito, with the light ones darkened so that each keeps at least 3:1 against the white and against the
dark page (relative luminance 0.12 to 0.30). Text never takes these colours: it keeps the colour of the theme.
"""

from __future__ import annotations

from collections.abc import Sequence

PALETTE = ("#0072B2", "#3F9BD8", "#C77F00", "#009E73", "#C4659A", "#D55E00", "#8A6FD1", "#7A7F00")
OTHERS = "#85898F"

# Placeholders that the Streamlit chart theme turns into colours of the page that is shown, light or dark.
SECOND_TEXT, TEXT, PAGE, GRID = "#000036", "#000037", "#000038", "#000039"


def of_places(places: Sequence[str]) -> dict[str, str]:
    """Place -> colour, in the order given; places beyond the palette share the grey of the rest."""
    return {place: PALETTE[at] if at < len(PALETTE) else OTHERS for at, place in enumerate(places)}
