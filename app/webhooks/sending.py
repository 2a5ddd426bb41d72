"""One call: a signed POST to an address that was checked, and what came back.

Signed as Standard Webhooks (standardwebhooks.com) says, so that libraries exist: `webhook-signature` is
`v1,` and the base64 of HMAC-SHA256 over `webhook-id.webhook-timestamp.body`, under the key that follows
`whsec_` in base64. Whoever checks it refuses a timestamp that is more than a few minutes off.

The guard is that of `busy_times`: https at a public address, the socket goes to the one that was checked, no
redirect is followed. Of the answer nothing but its status is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from busy_times import Refused
from busy_times.addresses import read_address
from busy_times.fetching import Clock, connected

KEY_PREFIX = "whsec_"
SECONDS = 20.0
"""For a call as a whole, however slowly the answer comes."""
SILENCE = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call: the status that came back, or why none did (a code of `busy_times.REASONS`)."""

    status: int | None
    problem: str = ""

    @property
    def is_heard(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def body_of(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, separators=(",", ":"), sort_keys=True).encode()


def signature(key: str, message_id: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`."""
    secret = base64.b64decode(key.removeprefix(KEY_PREFIX))
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def send(
    address: str,
    *,
    key: str,
    message_id: str,
    payload: Mapping[str, Any],
    now: datetime,
    agent: str,
    own_host: str = "",
    loopback: bool = False,
) -> Outcome:
    """Tell an address once."""
    body = body_of(payload)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": agent,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(key, message_id, now, body),
    }
    clock = Clock(time.monotonic() + SECONDS, SILENCE)
    try:
        target = read_address(address, loopback=loopback, typed_by_person=False)
        if own_host and target.host == own_host and not loopback:
            raise Refused("our_own")
        with closing(connected(target, clock, loopback=loopback)) as connection:
            connection.sock.settimeout(clock.step())
            connection.request("POST", target.path, body=body, headers=headers)
            connection.sock.settimeout(clock.step())
            return Outcome(connection.getresponse().status)
    except Refused as refused:
        return Outcome(None, refused.reason)
    except TimeoutError:
        return Outcome(None, "slow")
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome(None, "no_answer")
