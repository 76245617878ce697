"""City: what does this plan promise?"""

from pages.ui import changes_view, frame
from pages.ui import city_view as show

with frame.opened("city") as view:
    plan = show.picker(view)
    rows = show.rows(view, plan)
    show.heading(view, plan, rows)
    show.findings(view, plan)
    show.targets(view, plan, rows)
    show.others(view, plan, rows)
    changes_view.show(view, plan)
    show.omissions(view, plan)
