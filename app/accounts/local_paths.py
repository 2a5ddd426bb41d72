"""Where to go next: only ever to a page of our own."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_CONTROLS_OR_BACKSLASH = re.compile(r"[\x00-\x20\x7f\\]")


def local_path(candidate: str | None, default: str = "/") -> str:
    """`candidate` when it is a path on this site, else `default`.

    '//evil.example' names another host, and so does '/\\evil.example' for browsers, which also leave out tabs
    and line breaks: none of these is a path.
    """
    if not candidate or not candidate.startswith("/") or candidate.startswith("//"):
        return default
    if _CONTROLS_OR_BACKSLASH.search(candidate):
        return default
    parts = urlsplit(candidate)
    return default if parts.scheme or parts.netloc else candidate
