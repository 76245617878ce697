"""Domain: how do cities differ across one domain, who says nothing?"""

from pages.ui import domain_view as show
from pages.ui import frame

with frame.opened("domain") as view:
    domain = show.picker(view)
    rows = show.rows(view, domain)
    show.heading(view, domain, rows)
    show.matrix(view, domain, rows)
    show.multiples(view, domain, rows)
    show.omissions(view, domain)
