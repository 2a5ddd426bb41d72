"""The waiting list in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.network.models import Person
from app.seats.waiting import Waiting

NEEDS: Mapping[int, object] = {
    3: _l("needs it urgently"),
    2: _l("it is important to them"),
    1: _l("it would be useful to them"),
}

BARS: Mapping[str, object] = {
    "language": _l("speaks none of its languages"),
    "online_only": _l("takes part online only"),
    "unavailable": _l("cannot on these days"),
    "notice": _l("needs more notice than is left"),
    "entry": _l("cannot enter the country by then"),
    "elsewhere": _l("is in another session on these days"),
    "organisation_full": _l("their organisation has as many seats as it may have"),
    "seats_enough": _l("has as many seats already as they wished"),
}

REFUSALS: Mapping[str, object] = {
    "session_over": _l("This session is over, or has been cancelled."),
    "no_seat": _l("There is no seat to give up."),
    "offer_over": _l("This offer has passed on to somebody else."),
    "elsewhere": _l("You are in another session on these days. Give that seat up first."),
}


def reasons(waiting: Waiting, person: Person) -> list[str]:
    """Why somebody stands where they stand, the weightiest first."""
    each = waiting.candidate
    names = {"organisation": person.organisation.short_name, "place": each.place}
    if waiting.comes_first:
        first = _("substitute of %(organisation)s, whose seat it is", **names)
    elif each.place is None:
        first = _("%(organisation)s has named nobody; wants to learn about the topic", **names)
    elif each.is_substitute:
        first = _("substitute, place %(place)s on the list of %(organisation)s", **names)
    else:
        first = _("place %(place)s on the list of %(organisation)s", **names)
    found = [first]
    found.append(str(NEEDS[each.need]))
    found.append(
        ngettext("their organisation has %(num)s seat", "their organisation has %(num)s seats", waiting.share)
    )
    return found


def obstacles(waiting: Waiting) -> list[str]:
    """Why somebody is passed over."""
    return [str(BARS[bar]) for bar in sorted(waiting.candidate.bars)]
