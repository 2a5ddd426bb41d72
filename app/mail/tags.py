"""Tags in our own address, by which we know from whom an answer comes: `baraza+17.k3v...@example.org`.

A tag stands for one person and is signed, so that who knows somebody's address cannot answer for them. It
is the same in every letter to that person: calendar programs take an organiser whose address changes for
another one. It survives servers that write addresses in small letters.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from flask import current_app

_TAG = re.compile(r"([1-9][0-9]{0,9})\.([a-z2-7]{16})")


def tag_of(person_id: int) -> str:
    """The tag of a person's answers, signed with the present key."""
    return f"{person_id}.{_mark(current_app.config['SECRET_KEY'], person_id)}"


def person_of(address: str, *, ours: str) -> int | None:
    """Whom an address of ours stands for; `None`: nobody, or the signature is not one of ours.

    `ours` is our address without a tag. What earlier keys signed stays valid.
    """
    local_part, _, domain = address.strip().casefold().rpartition("@")
    own_part, _, own_domain = ours.casefold().rpartition("@")
    if domain != own_domain or not local_part.startswith(f"{own_part}+"):
        return None
    found = _TAG.fullmatch(local_part.removeprefix(f"{own_part}+"))
    if found is None:
        return None
    person_id, mark = int(found[1]), found[2]
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    known = [hmac.compare_digest(mark, _mark(key, person_id)) for key in keys]
    return person_id if any(known) else None


def _mark(key: str, person_id: int) -> str:
    signed = hmac.new(key.encode(), f"baraza.mail.tag {person_id}".encode(), hashlib.sha256).digest()
    return base64.b32encode(signed[:10]).decode().lower()
