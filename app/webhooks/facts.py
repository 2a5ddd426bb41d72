"""What happens to webhooks themselves. No fact holds an address or a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.facts import Fact


@dataclass(frozen=True, slots=True)
class WebhookFact(Fact):
    subject: ClassVar[str] = "webhook"


class WebhookRegistered(WebhookFact):
    """A coordinator gave an address that is to be told of events."""


class WebhookStarted(WebhookFact):
    """One that had stopped is called again."""


class WebhookStopped(WebhookFact):
    """A coordinator stopped it, or it failed for so long that it was given up."""


class WebhookRemoved(WebhookFact):
    pass


@dataclass(frozen=True, slots=True)
class WebhookCalledAgain(WebhookFact):
    """Somebody had one call made again."""

    call_id: int
