"""What the server answers beside the pages: the first question of a deep link.

A browser that opens /compare asks for the server at /compare/_stcore first, and only then at the root. Streamlit answers the first
question with 404, which the browser reports as an error; the answer here is a plain "not this one" that it accepts in silence.
"""

from __future__ import annotations

from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def not_here(_: Request) -> Response:
    """No server configuration at this address: the browser goes on to the root."""
    return JSONResponse(None)


@cache
def routes() -> tuple[Route, ...]:
    """The routes to give to streamlit.App."""
    return (Route("/{page}/_stcore/health", not_here), Route("/{page}/_stcore/host-config", not_here))
