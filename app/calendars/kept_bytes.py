"""The bytes of feeds asked for of late, in the memory of one process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

Key = tuple[str, bool]
"""The entity tag, which is the hash of the bytes (so what is kept is never wrong), and whether gzipped."""


class KeptBytes:
    """As many as have room, in octets; those not asked for the longest make way."""

    def __init__(self, room: int) -> None:
        self._room, self._taken, self._lock = room, 0, Lock()
        self._kept: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key) -> bytes | None:
        with self._lock:
            body = self._kept.get(key)
            if body is not None:
                self._kept.move_to_end(key)
            return body

    def put(self, key: Key, body: bytes) -> None:
        """Keep these bytes, unless they alone would take more than a quarter of the room."""
        if len(body) > self._room // 4:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = body
            self._taken += len(body)
            while self._taken > self._room:
                self._taken -= len(self._kept.popitem(last=False)[1])
