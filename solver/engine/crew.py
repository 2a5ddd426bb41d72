"""The processes of a planning run, and the pipes to them."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from types import TracebackType

from solver.engine.messages import FromWorker, Task, ToWorker


class Crew:
    """Started workers; a context manager that leaves none behind.

    They are spawned, not forked: a solver library must not be cloned in mid-flight, and a web
    worker may have threads. All start at once and are sent their tasks, rounds of megabytes, when they
    listen. A worker that dies is simply no longer heard of.
    """

    def __init__(self, tasks: list[Task]) -> None:
        spawning = multiprocessing.get_context("spawn")
        self.pipes: list[Connection] = []
        self.processes: list[multiprocessing.process.BaseProcess] = []
        self.outboxes: list[_Outbox] = []
        for task in tasks:
            ours, theirs = spawning.Pipe()
            process = spawning.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
            theirs.close()
            self.pipes.append(ours)
            self.processes.append(process)
            self.outboxes.append(_Outbox(ours))
            self.outboxes[-1].put(task)
        self.open = set(range(len(tasks)))

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self.processes:
            process.kill()
        for process, pipe, outbox in zip(self.processes, self.pipes, self.outboxes, strict=True):
            process.join()
            outbox.close()
            pipe.close()

    def hear(self, seconds: float) -> Iterator[tuple[int, FromWorker]]:
        """Messages that come within some seconds, with the number of the worker that sent them."""
        by_pipe = {self.pipes[n]: n for n in self.open}
        for pipe in wait(list(by_pipe), timeout=max(0.0, seconds)):
            n = by_pipe[pipe]  # type: ignore[index]
            try:
                yield n, self.pipes[n].recv()
            except (EOFError, OSError):
                self.open.discard(n)

    def tell(self, n: int, message: ToWorker) -> None:
        """Send a message to a worker, when it next listens; a newer one of its kind replaces it."""
        self.outboxes[n].put(message)


class _Outbox:
    """Sends to one worker from a thread of its own: who is in mid-solve does not read, and pipes fill up."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self.waiting: dict[type, Task | ToWorker] = {}
        self.changed = threading.Condition()
        self.closed = False
        self.thread = threading.Thread(target=self._send, daemon=True)
        self.thread.start()

    def put(self, message: Task | ToWorker) -> None:
        with self.changed:
            self.waiting[type(message)] = message
            self.changed.notify()

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify()
        self.thread.join()

    def _send(self) -> None:
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.closed or self.waiting)
                if self.closed:
                    return
                message = self.waiting.pop(next(iter(self.waiting)))
            try:
                self.pipe.send(message)
            except OSError:
                return  # the worker is gone


def _work(pipe: Connection) -> None:
    """Entry point of a worker: the engine is loaded there, and not by whoever starts it."""
    from solver.engine.worker import main

    main(pipe)
