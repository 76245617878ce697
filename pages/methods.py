"""Data and methods: can I trust and reuse this?"""

from pages.ui import frame
from pages.ui import methods_view as show

view = frame.open_page("methods")
show.heading(view)
show.build(view)
show.plans(view)
show.choice(view)
show.glossary(view)
show.downloads(view)
