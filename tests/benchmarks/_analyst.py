"""A user without a browser: speaks the dashboard's own protocol over a websocket, sees the filters that a page draws, and changes them.

    async with analyst(address) as one:
        run = await one.visit("compare", "lang=zh")     # Run: seconds until the script had finished, bytes and messages received
        run = await one.choose("side_domain", 3)        # the fourth entry of that list, as a click on it sends it

Messages that the server knows to be kept are asked for by their hash, as a browser does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from pages.ui.faults import UNFORESEEN

PATIENCE = 120
KEPT_RUNS = 2  # global.maxCachedMessageAge of the server: how many runs a browser keeps a message that is not used


class RunFailed(RuntimeError):
    """The server ended a run with an exception on the page, or not at all."""


@dataclass(frozen=True)
class Run:
    """One run of a page's script as its user sees it: seconds from the question to the end, bytes and messages received."""

    seconds: float
    size: int
    messages: int


@dataclass
class Widget:
    """A filter as the page last drew it: its id, the words of its options, those that are chosen, and whether several may be."""

    identity: str
    options: list[str]
    chosen: list[int]
    several: bool


@dataclass
class Analyst:
    """One session. `widgets` are the filters of the page by key (side_domain, main_metric, ...); `query` is the address' query."""

    socket: ClientConnection
    address: str
    query: str = ""
    page_hash: str = ""
    page: str = ""
    widgets: dict[str, Widget] = field(default_factory=dict)
    kept: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    runs: int = 0

    async def visit(self, page: str, query: str = "") -> Run:
        """Go to a page ("" is the first) with a query string, as a link of ours or a step back does."""
        self.query, self.page, self.page_hash, self.widgets = query, page, "", {}
        return await self.ask(ClientState(query_string=query, page_name=page, is_history_navigation=True))

    async def choose(self, key: str, option: int | None) -> Run:
        """Set a filter to one of its options, or to none of them."""
        widget = self.widgets[key]
        words = [] if option is None else [widget.options[option]]
        state = WidgetState(id=widget.identity)
        if widget.several:
            state.string_array_value.data.extend(words)
        elif words:
            state.string_value = words[0]
        asked = ClientState(query_string=self.query, page_script_hash=self.page_hash)
        asked.widget_states.widgets.append(state)
        return await self.ask(asked)

    async def ask(self, state: ClientState) -> Run:
        """Send a question and take in everything up to the end of the run that answers it. Raises RunFailed."""
        state.cached_message_hashes.extend(self.kept)
        state.context_info.url = f"{self.address}/{self.page}"
        state.context_info.locale = "zh-CN"
        size = messages = 0
        start = time.perf_counter()
        await self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            data = await asyncio.wait_for(self.socket.recv(decode=False), PATIENCE)
            size, messages = size + len(data), messages + 1
            message = ForwardMsg.FromString(data)
            if message.WhichOneof("type") == "script_finished" and self.over(message):
                break
            self.take(message, data)
        seconds = time.perf_counter() - start
        self.runs += 1
        self.kept = {key: value for key, value in self.kept.items() if self.runs - value[1] <= KEPT_RUNS}
        return Run(seconds, size, messages)

    def over(self, message: ForwardMsg) -> bool:
        """Whether this is the end of the run; one that a callback cut short for another run is not."""
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise RunFailed(f"{self.page}?{self.query}: the script cannot be compiled")
        return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def take(self, message: ForwardMsg, data: bytes) -> None:
        """Learn from a message: the page, the address, the filters; keep it if it is to be kept."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            data, _ = self.kept[message.ref_hash]
            self.kept[message.ref_hash] = (data, self.runs)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self.kept[message.hash] = (data, self.runs)
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self.see(message.delta.new_element)

    def see(self, element: Element) -> None:
        """Remember a filter that was drawn. Raises RunFailed for an exception, told in our words or in the framework's."""
        kind = element.WhichOneof("type")
        if kind == "alert" and element.alert.icon == UNFORESEEN:
            raise RunFailed(f"{self.page}?{self.query}: {element.alert.body}")
        if kind == "exception":
            raise RunFailed(f"{self.page}?{self.query}: {element.exception.type} {element.exception.message}")
        if kind == "selectbox":
            drawn = element.selectbox
            at = [list(drawn.options).index(drawn.raw_value)] if drawn.raw_value in drawn.options else [drawn.default]
            self.widgets[key_of(drawn.id)] = Widget(drawn.id, list(drawn.options), at, False)
        elif kind in ("button_group", "multiselect"):
            drawn = getattr(element, kind)
            options = [one.content for one in drawn.options] if kind == "button_group" else list(drawn.options)
            at = [place for place, word in enumerate(options) if word in set(drawn.raw_values)]
            self.widgets[key_of(drawn.id)] = Widget(drawn.id, options, at, True)


def key_of(identity: str) -> str:
    """The key that the page gave a widget, which is the last part of its id."""
    return identity.rpartition("-")[2]


@asynccontextmanager
async def analyst(address: str) -> AsyncIterator[Analyst]:
    """A new session at a dashboard's address."""
    stream = address.replace("http://", "ws://") + "/_stcore/stream"
    async with connect(stream, subprotocols=["streamlit"], origin=address, max_size=None, open_timeout=PATIENCE) as socket:
        yield Analyst(socket, address)
