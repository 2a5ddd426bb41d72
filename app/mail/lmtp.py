"""The door for the mail server's messages: LMTP (RFC 2033), with limits on size and time.

It is for the mail server beside us, which has done what keeps strangers out. What has been taken is in the
database before it is acknowledged; where that cannot be, the mail server is told to come again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiosmtpd.lmtp import LMTP

log = logging.getLogger(__name__)

MAX_OCTETS = 32_000_000
"""What is larger is refused at the door; what is smaller is kept, and taken apart if it is small enough."""

IDLE_SECONDS = 60
AT_ONCE = 20
"""How many connections there may be at a time."""

Take = Callable[[bytes, Sequence[str]], object]


class Door:
    """What to do with what comes: hand it to `take` in a thread of its own, one message after another."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="receive-mail")
        self.inside = 0

    async def handle_LHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        octets = envelope.content or b""
        recipients = [str(address) for address in envelope.rcpt_tos]
        try:
            await asyncio.get_running_loop().run_in_executor(self._worker, self._take, octets, recipients)
        except Exception as error:
            log.exception("a message could not be taken in", extra={"error": type(error).__name__})
            return "451 4.3.0 Cannot be kept just now, come again"
        return "250 2.0.0 Kept"

    def close(self) -> None:
        self._worker.shutdown(wait=True)


async def open_door(door: Door, host: str, port: int) -> asyncio.Server:
    """Listen until the server that is returned is closed."""
    return await asyncio.get_running_loop().create_server(lambda: Connection(door), host=host, port=port)


class Connection(LMTP):
    """One connection; those above the limit are told to come again."""

    def __init__(self, door: Door) -> None:
        super().__init__(
            door, data_size_limit=MAX_OCTETS, enable_SMTPUTF8=True, timeout=IDLE_SECONDS, hostname="localhost"
        )
        self._door = door
        self._is_let_in = False

    def connection_made(self, transport: Any) -> None:
        if self._door.inside >= AT_ONCE:
            transport.write(b"421 4.3.2 Too many at once, come again\r\n")
            transport.close()
            return
        self._door.inside += 1
        self._is_let_in = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._is_let_in:
            self._door.inside -= 1
            super().connection_lost(error)
