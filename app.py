"""Overview: what is here, what stands out? Start with `make run`, or `streamlit run app.py`.

Streamlit reads this file twice: once as the server, which finds `app`, and at every visit as the page.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# Each reads what it needs: the server answers a second earlier when it does not wait for what only pages need.
if get_script_run_ctx(suppress_warning=True) is None:
    from pages.ui import web

    app = st.App(__file__, routes=web.routes(), middleware=web.middleware(), on_script_error=web.unforeseen)
    web.get_ready()
else:
    from pages.ui import frame, question_view
    from pages.ui import overview_view as show

    with frame.opened("overview") as view:
        question_view.field(view)
        if view.state.ask:
            question_view.show(view)
        else:
            show.heading(view)
            show.stands_out(view)
            show.shared(view)
            show.heat_map(view)
