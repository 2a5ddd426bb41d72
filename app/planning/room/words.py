"""What the room says, in the reader's language: rules that stand in the way, changes by hand, the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import format_moments, format_money, format_number, format_span
from app.planning.room.conflicts import GONE, LEFT
from app.planning.room.opened import read_start
from app.planning.words import WEIGHTS, named, points
from solver import Round
from solver.derived import days_of
from solver.round import Pin

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

MOVES: Mapping[str, object] = {
    "free": _l("Free"),
    "possible": _l("Possible with other people"),
    "impossible": _l("Not possible"),
}
"""State of a move -> its words, the best first."""


# -- Changes by hand


def what_was_done(kind: str, people: Iterable[str], after: Mapping[str, Any], *, round: Round) -> str:
    """'Moved to Dakar, The hall: 3–5 Mar 2027': one change of the history, without who made it and where."""
    names = [round.people[each].name if each in round.people else each for each in people]
    session = after["session"]
    match kind:
        case "move":
            return str(_("Moved to %(slot)s", slot=slot_of(round, session)))
        case "hold":
            return str(_("Put into the plan: %(slot)s", slot=slot_of(round, session)))
        case "drop":
            return str(_("Left out of the plan"))
        case "swap":
            return str(_("%(new)s in the team instead of %(old)s", new=names[1], old=names[0]))
        case "seat":
            return str(_("%(name)s on a seat", name=names[0]))
        case "unseat":
            return str(_("%(name)s off the seat", name=names[0]))
        case "pin":
            return str(_("Fixed where and when it is"))
        case _:
            return str(_("Nothing fixed by hand any more"))


def slot_of(round: Round, session: Mapping[str, Any]) -> str:
    """'Dakar, The hall: 3–5 Mar 2027' of a session as the documents write it."""
    start = read_start(round, session["workshop"], session["start"])
    return slot(round, session["workshop"], session["venue"], start)


def slot(round: Round, workshop: str, venue: str | None, start: date | datetime) -> str:
    return f"{where(round, venue)}: {when(round, workshop, start)}"


def when(round: Round, workshop: str, start: date | datetime) -> str:
    """The days of a session from a start, or online its hours."""
    terms = round.workshops[workshop]
    if isinstance(start, datetime):
        return format_moments(start, start + timedelta(minutes=terms.minutes))
    days = days_of(terms, start)
    return format_span(days.first, days.last)


def where(round: Round, venue: str | None) -> str:
    if venue is None:
        return str(_("Online"))
    host = round.venues[venue]
    return f"{round.places[host.place].name}, {host.name}"


FIGURES: Mapping[str, object] = {
    "objective": _l("Value"),
    "cost": _l("Cost"),
    "held": _l("Sessions"),
    "seats": _l("Seats"),
    "needs": _l("Needs served"),
}


def effects(before: Mapping[str, int], after: Mapping[str, int], currency: str) -> list[tuple[str, str, str]]:
    """What a change does to the draft's figures: name, the figure now, and by how much it differs."""
    return [
        (
            str(label),
            _figure(name, after[name], currency),
            difference(name, after[name] - before[name], currency),
        )
        for name, label in FIGURES.items()
    ]


def difference(name: str, amount: int, currency: str) -> str:
    """'+3.20', '−€400', or '±0' where nothing differs."""
    if amount == 0:
        return "±0"
    return ("+" if amount > 0 else "−") + _figure(name, abs(amount), currency)


def _figure(name: str, amount: int, currency: str) -> str:
    if name == "cost":
        return format_money(amount, currency)
    return points(amount) if name == "objective" else format_number(amount)


def refusal(reason: str) -> str:
    """Why a change by hand was not made; `reason` is the code of its Conflict."""
    sentences = {
        "round_closed": _l("This round is closed. Open it again first."),
        "nothing_to_undo": _l("There is nothing to undo."),
        "nothing_to_redo": _l("There is nothing to do again."),
    }
    return str(sentences[reason])


def terms_in_words(terms: Mapping[str, int]) -> list[str]:
    """What a change brings and takes, term by term: 'Money −1.20'."""
    return [f"{WEIGHTS[name].label} {difference('objective', amount, '')}" for name, amount in terms.items()]


def fixed(pin: Pin, round: Round) -> list[str]:
    """What a pin fixes, one phrase each."""
    if pin.held is False:
        return [str(_("it is left out"))]
    found = []
    if pin.venue is not None:
        found.append(where(round, pin.venue))
    if pin.start is not None:
        found.append(when(round, pin.workshop, pin.start))
    if pin.team:
        found.append(str(_("team: %(names)s", names=named(round.people[each].name for each in pin.team))))
    if pin.seats:
        found.append(str(_("seats: %(names)s", names=named(round.people[each].name for each in pin.seats))))
    return found or [str(_("that it is held"))]
