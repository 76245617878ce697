"""Overview: what is here, what stands out? Start with `make run`, or `streamlit run app.py`.

Streamlit reads this file twice: once as the server, which finds `app`, and at every visit as the page.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.ui import frame, prepare, question_view, web
from pages.ui import overview_view as show
from pages.ui.kept import TIDY

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=web.routes(), middleware=web.middleware())
    TIDY.ask()  # what was imported need not be looked through again
    prepare.begin()
else:
    view = frame.open_page("overview")
    question_view.field(view)
    if view.state.ask:
        question_view.show(view)
    else:
        show.heading(view)
        show.stands_out(view)
        show.shared(view)
        show.heat_map(view)
