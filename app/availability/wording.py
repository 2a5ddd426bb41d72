"""What people say about their time, in the reader's words."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import format_date
from flask_babel import gettext as _

from app.availability.models import AvailabilityPattern
from app.availability.spans import Spans
from app.errors import Invalid
from app.i18n import format_day, format_list, format_span

A_MONDAY = date(2024, 1, 1)


def weekday_name(digit: str) -> str:
    """'5' -> 'Friday', in the reader's language."""
    return str(format_date(A_MONDAY + timedelta(days=int(digit) - 1), "EEEE"))


def pattern_in_words(pattern: AvailabilityPattern) -> str:
    """'Every Friday and Saturday, from 1 Mar 2027'."""
    if pattern.kind == "weekly":
        words = str(
            _("Every %(days)s", days=format_list([weekday_name(digit) for digit in pattern.weekdays]))
        )
    elif pattern.kind == "ramadan":
        words = str(_("In Ramadan"))
    else:
        words = str(_("In the school holidays"))
    if pattern.first_day and pattern.last_day:
        return f"{words}, {format_span(pattern.first_day, pattern.last_day)}"
    if pattern.first_day:
        return str(_("%(what)s, from %(day)s", what=words, day=format_day(pattern.first_day, weekday=False)))
    if pattern.last_day:
        return str(_("%(what)s, until %(day)s", what=words, day=format_day(pattern.last_day, weekday=False)))
    return words


def in_words(spans: Spans) -> str:
    """'3-5 Mar 2027 and 9 Mar 2027'; empty for no days."""
    return format_list([format_span(span.first, span.last) for span in spans])


def refusal(invalid: Invalid) -> str:
    """What a service refused, in words."""
    words = {
        "ends_before_it_starts": lambda: _("The last day is before the first day."),
        "too_long": lambda: _("That is more than three years: is the year right?"),
        "too_far": lambda: _("That is more than five years ahead: is the year right?"),
        "already_over": lambda: _("These days are already over: is the year right?"),
        "no_weekday": lambda: _("Choose at least one weekday."),
        "too_many": lambda: _("There are twenty already: remove one first."),
        "unreadable": lambda: _("What was painted could not be read. Nothing was changed."),
        "after_the_season": lambda: _("The closing date is after the season."),
        "nobody": lambda: _("Nobody fits this: there is nobody to ask."),
    }
    return str(words[invalid.reason]())
