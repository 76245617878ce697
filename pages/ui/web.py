"""What the server does beside the pages: it answers the first question of a deep link, sends small messages at once, tells browsers what
the pages may load, and keeps its own figures to itself.

A browser that opens /compare asks for the server at /compare/_stcore first, and only then at the root. Streamlit answers the first
question with 404, which the browser reports as an error; the answer here is a plain "not this one" that it accepts in silence.

A run sends many small messages. Python's event loop has the system pass each on at once (TCP_NODELAY), but only for sockets that name
their protocol, and Streamlit's does not: the second message then waits until the first is acknowledged, 40 ms and more at every click.

And it loads what the pages need while it answers: a browser takes seconds to load its own part.
"""

from __future__ import annotations

import socket
import sys
import threading
from functools import cache
from importlib import import_module
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Seconds that a thread works while others wait. A run lets go at every message that it sends, some seventy times, and would wait Python's
# own 5 ms as often for a thread that prepares or for another user's run.
TURN = 0.0005
METRICS = "/_stcore/metrics"
# The framework's page has a script in it, and so have ours (pages.ui.frame.SCRIPT): scripts and styles inside a page are allowed, those of
# other servers are not. Charts and pictures come as data and blobs.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


async def not_here(_: Request) -> Response:
    """No server configuration at this address: the browser goes on to the root."""
    return JSONResponse(None)


no_figures = PlainTextResponse("not found", 404)


@cache
def routes() -> tuple[Route, ...]:
    """The routes to give to streamlit.App."""
    return (Route("/{page}/_stcore/health", not_here), Route("/{page}/_stcore/host-config", not_here))


class AtOnce:
    """Middleware: what is written to a websocket leaves at once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            hurry(receive)
        await self.app(scope, receive, send)


class Guarded:
    """Middleware: HEADERS stand on every answer, and the figures of the server are not given out (no option switches them off, and a
    route of ours may not begin with the framework's own prefix)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        app = no_figures if scope["path"].rstrip("/").endswith(METRICS) else self.app
        await app(scope, receive, guarded)


def unforeseen(error: Exception) -> bool:
    """What a page shows in place of the framework's own words where something failed; pages.ui.faults."""
    return import_module("pages.ui.faults").unforeseen(error)


def hurry(receive: Receive) -> None:
    """Switch on TCP_NODELAY for the connection that `receive` belongs to; nothing happens where the server does not show it."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport is not None else None
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@cache
def chart_code() -> str:
    """The name of the file in which the browser finds what draws charts, a few MB, for those who want it fetched before the first chart
    arrives; "" where Streamlit no longer has it."""
    found = sorted((Path(streamlit.__file__).parent / "static" / "static" / "js").glob("PlotlyChart.*.js"))
    return found[0].name if found else ""


@cache
def middleware() -> tuple[Middleware, ...]:
    """The middleware to give to streamlit.App."""
    return (Middleware(AtOnce), Middleware(Guarded))


def get_ready() -> None:
    """Load what the pages need and work out what they will ask for first, in a thread of its own."""
    sys.setswitchinterval(TURN)
    threading.Thread(target=load, name="load", daemon=True).start()


def load() -> None:
    """Load, then prepare. What is being loaded twice is waited for, so a page that comes early only waits."""
    import_module("pages.ui.frame")
    import_module("pages.ui.kept").TIDY.ask()  # what was imported need not be looked through again
    import_module("pages.ui.prepare").begin()
