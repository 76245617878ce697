"""Colours of the pages. Those of the places stand in data/export.toml, one for pages and exports: each keeps at least 3:1 against the white
and against the dark page (relative luminance 0.12 to 0.30). Text never takes them: it keeps the colour of the theme.
"""

# Placeholders that the Streamlit chart theme turns into colours of the page that is shown, light or dark.
SECOND_TEXT, TEXT, PAGE, GRID = "#000036", "#000037", "#000038", "#000039"
