"""Briefing: the slides, please."""

from pages.ui import briefing_view as show
from pages.ui import frame

view = frame.open_page("briefing")
briefing = show.basket_of(view)
show.heading(view, briefing)
if briefing.items:
    show.about(view, briefing)
    made, broken = show.make(view, briefing)
    show.files(view, briefing, made)
    show.items(view, briefing, made, broken)
    show.sources(view, made)
else:
    show.begin(view)
