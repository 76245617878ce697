"""Compare: who aims higher on one metric, is that comparable, where does it say so?"""

from analytics.compare import PAGE_ROWS
from pages.ui import compare_chart, controls, frame
from pages.ui import compare_view as show

view = frame.open_page("compare")
metric_id = show.picker(view)
found = show.comparison(view, metric_id)
rows = show.visible(view, found)
show.heading(view, found, rows)
show.verdict(view, found)
show.toggles(view, found)
compare_chart.chart(view, found, controls.on_page(view.state, rows, PAGE_ROWS))
show.pages(view, rows)
show.toolbar(view, found, rows)
show.table(view, found, rows)
show.sentences(view, rows)
show.alternatives(view, found)
