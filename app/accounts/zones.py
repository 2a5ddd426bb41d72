"""Time zones as people look for them: by part of the world, then by town."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping, Sequence
from functools import lru_cache

from flask_babel import lazy_gettext as _l

from app import i18n

REGIONS: Mapping[str, object] = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Arctic": _l("Arctic Ocean"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic Ocean"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific Ocean"),
}
"""The first part of an IANA name -> what people call it."""


def by_region(chosen: str = i18n.DEFAULT_ZONE) -> dict[str, dict[str, str]]:
    """Region -> zone -> 'town (country)' in the reader's language and in alphabetical order.

    This is how `SelectField` takes groups. `chosen` is among them even when it is an older name of a zone.
    """
    towns = _towns(i18n.language())
    grouped = {str(_l("Everywhere")): {"UTC": "UTC"}}
    for region, label in REGIONS.items():
        grouped[str(label)] = {zone: town for town, zone in towns if zone.startswith(f"{region}/")}
    if not any(chosen in zones for zones in grouped.values()):
        grouped = {str(_l("Chosen now")): {chosen: i18n.zone_city(chosen)}, **grouped}
    return grouped


def zone_of_town(typed: str) -> str | None:
    """The zone of what somebody typed: 'Dakar', 'dakar (senegal)' or 'Africa/Dakar'; `None` when it is
    none."""
    wanted = typed.strip().casefold()
    for town, zone in _towns(i18n.language()):
        if wanted in {town.casefold(), town.partition(" (")[0].casefold(), zone.casefold()}:
            return zone
    return "UTC" if wanted == "utc" else None


def towns() -> list[str]:
    """Every 'town (country)', for a list of suggestions."""
    return [town for town, _ in _towns(i18n.language())]


@lru_cache(maxsize=len(i18n.LANGUAGES))
def _towns(language: str) -> Sequence[tuple[str, str]]:
    """('town (country)', zone) of every zone of the IANA table `zone.tab`, by name; `language` is the
    reader's."""
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return sorted((f"{i18n.zone_city(row[2])} ({i18n.country_name(row[0])})", row[2]) for row in rows)
