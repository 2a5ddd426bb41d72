"""The secret address of a feed: `/calendar/<id>-<signature>.ics`; and UIDs that tell nothing.

The signature is HMAC-SHA256 over the feed's id and nonce, 128 bits of it, under a key
derived from SECRET_KEY; what SECRET_KEY_FALLBACKS signed stays valid when the key changes.
Of everybody is `/calendar/public-<language>.ics`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from app.calendars.models import Feed
from app.calendars.queries import FeedHead

_PURPOSE = b"baraza calendar feed"
_VEILED = b"baraza veiled uid"
VEILED_HOST = "veiled."
_BYTES = 16
_NOT_IN_UIDS = re.compile(r"[^A-Za-z0-9.-]")


def feed_path(feed: Feed) -> str:
    """The path of a feed's present address."""
    if feed.kind == "public":
        return f"/calendar/public-{feed.language}.ics"
    return f"/calendar/{feed.id}-{_signature(feed, next(_keys(current_app.config)))}.ics"


def feed_address(feed: Feed, *, public_url: str) -> str:
    """The whole present address of a feed."""
    return public_url + feed_path(feed)


def is_address_of(feed: FeedHead, signature: str, secrets: Mapping[str, Any] | None = None) -> bool:
    """Whether this signature makes the feed's address; takes as long whatever is wrong with it.

    `secrets` is the configuration of the application; that of the present one, unless it is given.
    """
    keys = _keys(current_app.config if secrets is None else secrets)
    matches = [hmac.compare_digest(_signature(feed, key).encode(), signature.encode()) for key in keys]
    return any(matches)


def veiled_uid(feed: Feed, uid: str, *, public_url: str) -> str:
    """A UID for what a feed shows without its title: the same for as long, and in no other feed.

    By a session's own UID, two feeds beside each other would tell which session it is. It ends in `veiled.`
    and our host, by which we know it for ours where it comes back to us in somebody's own calendar.
    """
    key = hmac.digest(current_app.config["SECRET_KEY"].encode(), _VEILED, hashlib.sha256)
    digest = hmac.digest(key, f"{feed.id}:{uid}".encode(), hashlib.sha256)
    host = _NOT_IN_UIDS.sub("-", urlsplit(public_url).hostname or "")
    return f"{digest[:_BYTES].hex()}@{VEILED_HOST}{host}"


def _signature(feed: Feed | FeedHead, key: bytes) -> str:
    digest = hmac.digest(key, f"{feed.id}:{feed.nonce}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_BYTES]).decode().rstrip("=")


def _keys(secrets: Mapping[str, Any]) -> Iterator[bytes]:
    yield _key(secrets["SECRET_KEY"])
    yield from map(_key, secrets["SECRET_KEY_FALLBACKS"])


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
