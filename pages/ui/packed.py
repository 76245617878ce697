"""Answers packed small: of ten thousand plans a comparison weighs ten times what it does packed, and unpacking takes a tenth of working it
out again.

    small = Packed(found, shared=(Registry, Metric))     # objects of these types stay as they are, one for all
    small.open()                                         # as it was; frames are new ones
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import pyarrow as pa

CODEC = "zstd"


class Packed:
    """Anything that can be pickled, compressed in memory."""

    __slots__ = ("content", "size", "whole")

    def __init__(self, value: Any, shared: tuple[type, ...] = ()) -> None:
        self.whole: list[Any] = []
        target = io.BytesIO()
        pickler = pickle.Pickler(target, pickle.HIGHEST_PROTOCOL)
        pickler.persistent_id = lambda one: self.keep(one) if isinstance(one, shared) else None
        pickler.dump(value)
        self.size = target.tell()
        self.content = pa.compress(target.getvalue(), codec=CODEC, asbytes=True)

    def keep(self, one: Any) -> int:
        """The place of an object that is not packed."""
        self.whole.append(one)
        return len(self.whole) - 1

    def open(self) -> Any:
        """What was packed."""
        unpickler = pickle.Unpickler(io.BytesIO(pa.decompress(self.content, self.size, codec=CODEC, asbytes=True)))
        unpickler.persistent_load = self.whole.__getitem__
        return unpickler.load()
