"""Gaps and ambition: who is ambitious, against what?"""

from pages.ui import frame
from pages.ui import gaps_view as show

view = frame.open_page("gaps")
rows = show.rows(view)
show.heading(view, rows)
show.counts(view, rows)
show.cascade(view, rows)
show.findings(view)
show.ambition(view)
