"""Gaps and ambition: who is ambitious, against what?"""

from pages.ui import frame
from pages.ui import gaps_view as show

with frame.opened("gaps") as view:
    rows = show.rows(view)
    show.heading(view, rows)
    show.counts(view, rows)
    show.cascade(view, rows)
    show.findings(view)
    show.ambition(view)
