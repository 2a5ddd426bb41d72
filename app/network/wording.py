"""What the services of the network refuse, and its kinds, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import Invalid

REFUSALS: Mapping[str, Any] = {
    "circle": _l("An organisation cannot belong to itself, also not through others."),
    "email_taken": _l("Somebody else has this e-mail address."),
    "days_not_in_order": _l("The last day is before the first."),
    "no_title": _l("Write the title in at least one language."),
    "not_an_area": _l("Choose an area, not a topic within one."),
    "has_topics": _l("An area that has topics cannot be put into another area."),
}

KINDS: Mapping[str, Any] = {
    "secretariat": _l("Secretariat"),
    "coalition": _l("Coalition"),
    "platform": _l("National platform"),
    "member": _l("Member organisation"),
}

KINDS_COUNTED: Mapping[str, Any] = {
    "secretariat": _l("Secretariats"),
    "coalition": _l("Coalitions"),
    "platform": _l("National platforms"),
    "member": _l("Member organisations"),
}

GENDERS: Mapping[str, Any] = {
    "woman": _l("Woman"),
    "man": _l("Man"),
    "other": _l("Neither, or both"),
    "": _l("Not said"),
}

LEVELS: Mapping[int, Any] = {2: _l("Facilitates"), 3: _l("May lead")}
WEIGHTS: Mapping[int, Any] = {1: _l("Useful"), 2: _l("Important"), 3: _l("Urgent")}


def explain(invalid: Invalid) -> str:
    """Why a service refused a value."""
    return str(REFUSALS[invalid.reason])
