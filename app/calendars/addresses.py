"""The secret address of a feed: `/calendar/<id>-<signature>.ics`.

The signature is HMAC-SHA256 over the feed's id and nonce, 128 bits of it, under a key
derived from SECRET_KEY; what SECRET_KEY_FALLBACKS signed stays valid when the key changes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator

from flask import current_app

from app.calendars.models import Feed
from app.calendars.queries import FeedHead

_PURPOSE = b"baraza calendar feed"
_BYTES = 16


def feed_path(feed: Feed) -> str:
    """The path of a feed's present address."""
    return f"/calendar/{feed.id}-{_signature(feed, next(_keys()))}.ics"


def feed_address(feed: Feed, *, public_url: str) -> str:
    """The whole present address of a feed."""
    return public_url + feed_path(feed)


def is_address_of(feed: Feed | FeedHead, signature: str) -> bool:
    """Whether this signature makes the feed's address; takes as long whatever is wrong with it."""
    matches = [hmac.compare_digest(_signature(feed, key).encode(), signature.encode()) for key in _keys()]
    return any(matches)


def _signature(feed: Feed | FeedHead, key: bytes) -> str:
    digest = hmac.digest(key, f"{feed.id}:{feed.nonce}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _keys() -> Iterator[bytes]:
    for secret in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]):
        yield hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
