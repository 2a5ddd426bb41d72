"""Why a calendar was not read: one exception with a code; the service has the words."""

from __future__ import annotations

REASONS = (
    # about the address
    "not_an_address",
    "scheme",
    "credentials",
    "port",
    "not_public",
    "our_own",
    # on the way
    "no_answer",
    "slow",
    "certificate",
    "redirects",
    "not_secure",
    "denied",
    "gone",
    "trouble",
    # about what came
    "too_big",
    "encoding",
    "web_page",
    "not_a_calendar",
    "cut_off",
    "too_much",
    "broken",
)
"""Every code of a refusal."""


class Refused(Exception):
    """Not read. `reason` is one of `REASONS`, `wait` the seconds that the server asked us to wait."""

    def __init__(self, reason: str, *, wait: int = 0) -> None:
        assert reason in REASONS, reason  # noqa: S101 - a slip in our own code
        self.reason = reason
        self.wait = wait
        super().__init__(reason)
