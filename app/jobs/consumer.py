"""The process that works: huey's consumer, ending the way our jobs need."""

from __future__ import annotations

import signal
from types import FrameType

from huey.consumer import Consumer

from app.jobs import worker


class Worker(Consumer):  # type: ignore[misc]
    """Huey's consumer; SIGINT and SIGTERM alike let running jobs hand back what they have.

    Huey by itself drops the running task on SIGTERM.
    """

    def _handle_signal(self, signum: int, frame: FrameType | None) -> None:
        worker.stopping.set()
        super()._handle_signal(signal.SIGINT, frame)
