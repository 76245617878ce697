"""City: what does this plan promise?"""

from pages.ui import city_view as show
from pages.ui import frame

view = frame.open_page("city")
plan = show.picker(view)
rows = show.rows(view, plan)
show.heading(view, plan, rows)
show.findings(view, plan)
show.targets(view, plan, rows)
show.others(view, plan, rows)
show.omissions(view, plan)
