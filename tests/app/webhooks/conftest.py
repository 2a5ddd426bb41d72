"""A program that listens on this machine, and the settings that let it be called."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask

import config


@dataclass
class Listener:
    """What was heard, and what is answered: one status after the other, the last for ever."""

    statuses: list[int] = field(default_factory=lambda: [204])
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    address: str = ""

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = found.answer()
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_port}/hooks?from=baraza"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _may_be_called(app: Flask, settings: config.Settings) -> Iterator[None]:
    app.extensions["baraza.settings"] = settings.model_copy(update={"webhooks_to_loopback": True})
    yield
    app.extensions["baraza.settings"] = settings
