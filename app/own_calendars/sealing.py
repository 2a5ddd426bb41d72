"""Keeping what is secret but must be read again: addresses, and the keys of webhooks.

Encrypted (Fernet: AES and HMAC) under a key derived from SECRET_KEY: who can read the database or a backup of
it cannot read people's calendars, nor sign in our name. What SECRET_KEY_FALLBACKS sealed can still be
opened, and is sealed anew the next time that it is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

_PURPOSE = b"baraza address of a calendar"


class Seal:
    """Seals with the first of these secrets, opens with any."""

    def __init__(self, secrets: Sequence[str], purpose: bytes = _PURPOSE) -> None:
        """What is sealed for one purpose cannot be opened for another."""
        self._fernet = MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])

    def close(self, address: str) -> str:
        return self._fernet.encrypt(address.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The address; `None` when the key that sealed it is gone."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def _key(secret: str, purpose: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(secret.encode(), purpose, hashlib.sha256))
