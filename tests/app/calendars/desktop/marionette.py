"""Mozilla's remote control, as far as a test needs it: scripts run inside the program, with its rights.

Each message is its length in octets, a colon, and JSON: [0, number, command, parameters] one way, and
[1, number, error, result] the other.
"""

from __future__ import annotations

import json
import socket
from typing import Any

SECONDS = 60
"""How long one answer may take."""


class Marionette:
    """A connection to the program that listens on `port` of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._receive()  # what it says of itself
        self._send("WebDriver:NewSession", {})
        self._send("Marionette:SetContext", {"value": "chrome"})

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a JavaScript function returns, or the promise that it returns comes to."""
        return self._send("WebDriver:ExecuteScript", {"script": script, "args": arguments})["value"]

    def quit(self) -> None:
        """End the program."""
        self._send("Marionette:Quit", {"flags": ["eForceQuit"]})
        self._answers.close()
        self._socket.close()

    def _send(self, command: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _kind, _number, error, result = self._receive()
        assert error is None, f"{command}: {error['message']}\n{error['stacktrace']}"
        return result

    def _receive(self) -> Any:
        length = b""
        while (octet := self._answers.read(1)) not in (b":", b""):
            length += octet
        return json.loads(self._answers.read(int(length)))
