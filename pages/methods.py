"""Data and methods: can I trust and reuse this?"""

from pages.ui import accuracy_view, frame, sql_view
from pages.ui import methods_view as show

with frame.opened("methods") as view:
    show.heading(view)
    accuracy_view.show(view)
    show.record(view)
    show.checks(view)
    show.downloads(view)
    sql_view.show(view)
    show.choice(view)
    show.glossary(view)
