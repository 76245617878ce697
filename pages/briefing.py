"""Briefing: the slides, please."""

from pages.ui import briefing_view as show
from pages.ui import frame

with frame.opened("briefing") as view:
    briefing = show.basket_of(view)
    show.heading(view, briefing)
    if briefing.items:
        show.about(view, briefing)
        sound, made, broken = show.make(view, briefing)
        show.left_out(view, briefing, broken)
        show.files(view, briefing, sound)
        show.items(view, briefing, made, broken)
        show.sources(view, made)
    else:
        show.begin(view)
