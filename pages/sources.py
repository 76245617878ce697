"""sources"""
from pages.ui import frame

view = frame.open_page("sources")
