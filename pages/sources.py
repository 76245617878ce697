"""Sources: where does it say so?"""

from pages.ui import city_view, frame
from pages.ui import sources_view as show

with frame.opened("sources") as view:
    plan = city_view.picker(view)
    rows = show.rows(view, plan)
    target = show.anchor(view, plan, rows)
    show.heading(view, plan, rows)
    show.minimap(view, plan)
    show.text(view, plan, rows, target)
