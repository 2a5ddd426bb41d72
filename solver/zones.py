"""Time zones of the shipped `tzdata` package, asked for before the system's.

Local times decide who may sit in a webinar, so every machine has to read the same
rules; the system's zones are only asked for names that `tzdata` does not know.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib import resources


@cache
def _shipped_names() -> frozenset[str]:
    try:
        listing = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return frozenset()
    return frozenset(listing.split())


@cache
def zone_names() -> frozenset[str]:
    """Every IANA name that `zone` knows."""
    return _shipped_names() | zoneinfo.available_timezones()


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        KeyError: nobody knows a zone of this name.
    """
    if name in _shipped_names():
        file = resources.files("tzdata").joinpath("zoneinfo", *name.split("/"))
        with file.open("rb") as data:
            return zoneinfo.ZoneInfo.from_file(data, key=name)
    if name in zone_names():
        return zoneinfo.ZoneInfo(name)
    raise KeyError(name)
