"""What the room says, in the reader's language: rules that stand in the way, changes by hand, the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import format_list
from app.planning.room.conflicts import GONE, LEFT
from app.planning.words import named

OBSTACLES: Mapping[str, object] = {
    "window": _l("Outside the days that were asked for"),
    "working_days": _l("A weekend or a holiday"),
    "venue": _l("The venue is taken, closed or too small"),
    "start_grid": _l("Does not start on a whole or half hour"),
    "team_size": _l("Too few or too many in the team"),
    "competence": _l("May not lead or teach this topic"),
    "languages": _l("The languages do not meet"),
    "seating": _l("The seats cannot be filled like this"),
    "mix": _l("Too many seats for one organisation, or too few organisations"),
    "available": _l("Not available"),
    "one_place_at_a_time": _l("Elsewhere at that time, or on the way"),
    "load": _l("No workshop, seat or day away left"),
    "follows": _l("Out of order with what it follows, or with what follows it"),
    "waking_hours": _l("In the night at home"),
    "budget": _l("More than the money there is"),
    "pins": _l("Fixed by hand to be otherwise"),
    "once": _l("Held twice"),
    "entry": _l("Cannot enter the country, or not by then"),
    "notice": _l("Too soon after being told"),
    GONE: _l("The request is not planned in this round any more"),
    LEFT: _l("Neither teaches nor learns here any more"),
}
"""Rule -> what stands in the way, in a few words; the people and workshops follow."""


def obstacle(
    rule: str,
    people: Iterable[str],
    others: Iterable[str],
    *,
    names: Mapping[str, str],
    titles: Mapping[str, str],
) -> str:
    """'Not available: Amina and Bo', 'Elsewhere at that time …: Amina (because of A course)'."""
    what = str(OBSTACLES[rule])
    who = named(names.get(each, each) for each in people)
    because = named(titles.get(each, each) for each in others)
    if who and because:
        return str(
            _("%(what)s: %(people)s (because of %(workshops)s)", what=what, people=who, workshops=because)
        )
    if who:
        return str(_("%(what)s: %(people)s", what=what, people=who))
    if because:
        return str(_("%(what)s (because of %(workshops)s)", what=what, workshops=because))
    return what


GROUPS: Mapping[str, object] = {
    "region": _l("Region"),
    "place": _l("Host place"),
    "person": _l("Facilitator"),
    "topic": _l("Topic"),
    "fund": _l("Fund"),
}
ZOOMS: Mapping[str, object] = {
    "year": _l("Whole round"),
    "quarter": _l("Quarter"),
    "month": _l("Month"),
    "week": _l("Week"),
    "day": _l("Day"),
}
WITHOUT: Mapping[str, object] = {
    "region": _l("Without a region"),
    "place": _l("Online"),
    "fund": _l("Without a fund"),
}
"""What a lane is called whose sessions have none of its kind."""


def listed(parts: Iterable[str]) -> str:
    return format_list(list(parts))
