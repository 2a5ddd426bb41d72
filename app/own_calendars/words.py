"""Own calendars in the reader's words: why one was not read and what to do, and what counts."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.own_calendars.models import OwnCalendar

WHY_NOT: Mapping[str, object] = {
    "not_an_address": _l("This is not the address of a calendar. It begins with https:// or webcal://."),
    "scheme": _l("Only addresses that begin with https:// or webcal:// can be read."),
    "credentials": _l(
        "The address holds a name or a password. Take the calendar's secret or public address instead."
    ),
    "port": _l("The address names an unusual port. Calendars are read at the usual ones, 443 and 8443."),
    "not_public": _l(
        "There is no calendar server on the public internet at this address. Is it typed correctly? What is"
        " inside a private network cannot be read; save the calendar as a file instead."
    ),
    "our_own": _l("This is an address of Baraza itself, which knows your sessions already."),
    "there_already": _l("You have given this address already."),
    "no_answer": _l("The server of the calendar did not answer. We go on trying."),
    "slow": _l("The server of the calendar took too long to answer. We go on trying."),
    "certificate": _l(
        "The server of the calendar could not prove that it is the right one: its certificate is not valid."
    ),
    "redirects": _l("The server sent us on too many times, or nowhere. Take the address that it leads to."),
    "not_secure": _l("The server sent us on to an address that is not encrypted, so we stopped."),
    "denied": _l(
        "The server does not let us read the calendar. Has its sharing been switched off? Then take the new"
        " secret address."
    ),
    "gone": _l("There is no calendar at this address any more. Has it been reset? Then take the new one."),
    "trouble": _l("The server of the calendar answered with an error. We go on trying."),
    "too_big": _l("The calendar is too large to be read. Give the address of a smaller one."),
    "encoding": _l("The calendar came packed in a way that we cannot unpack."),
    "web_page": _l(
        "There is a web page at this address, not a calendar. Look for the address in iCal format; it often"
        " ends in .ics."
    ),
    "not_a_calendar": _l("This is not a calendar in iCalendar format (.ics)."),
    "cut_off": _l("The calendar breaks off in the middle. Try again, or save it anew."),
    "too_much": _l(
        "The calendar has so many repetitions that it cannot be worked out. Look for an event that repeats"
        " endlessly."
    ),
    "broken": _l("The calendar is not written in a way that can be read."),
    "address_lost": _l("The address cannot be opened any more. Remove the calendar and connect it again."),
    "crowded": _l("Many calendars are being read just now. Please try again in a minute."),
}
"""Code of a problem -> what it means and what to do."""

REFUSALS: Mapping[str, object] = {
    "too_many_calendars": _l(
        "You have connected five calendars, which is all there can be. Remove one first."
    ),
    "file_is_gone": _l("Of a file nothing is kept but the days. To have other events count, bring it again."),
    "just_read": _l("This calendar was read a moment ago."),
}


def why_not(problem: str) -> str:
    """Why a calendar was not read, and what to do."""
    return str(WHY_NOT.get(problem, WHY_NOT["broken"]))


def refusal(reason: str) -> str:
    return str(REFUSALS[reason])


def what_counts(calendar: OwnCalendar) -> str:
    """Which of its events take a day."""
    if calendar.rule == "all_day":
        return str(_("All-day events count."))
    if calendar.rule == "every":
        return str(_("Every event counts, however short."))
    return str(_("All-day events and events of %(hours)s hours or more count.", hours=calendar.hours))
