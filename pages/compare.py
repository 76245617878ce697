"""Compare: who aims higher on one metric, is that comparable, where does it say so?"""

from pages.ui import compare_chart, frame
from pages.ui import compare_view as show

with frame.opened("compare") as view:
    metric_id = show.picker(view)
    found = show.comparison(view, metric_id)
    rows = show.visible(view, found)
    show.heading(view, found)
    show.verdict(view, found)
    show.toggles(view, found)
    compare_chart.chart(view, found, rows)
    show.pages(view, rows)
    show.toolbar(view, found, rows)
    show.table(view, found, rows)
    show.sentences(view, rows)
    show.alternatives(view, found)
