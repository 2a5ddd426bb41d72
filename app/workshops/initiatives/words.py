"""Initiatives in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.errors import Invalid
from app.facts import AuditEntry
from app.i18n import format_list, format_money
from app.workshops.words import Moment

STATES: Mapping[str, Any] = {
    "proposed": _l("Proposed"),
    "running": _l("Running"),
    "ended": _l("Ended"),
    "stopped": _l("Stopped"),
}

_STORY: Mapping[str, tuple[Any, str]] = {
    "InitiativeBegun": (_l("Begun"), ""),
    "InitiativeChanged": (_l("Changed"), ""),
    "InitiativesImported": (_l("Written by a spreadsheet"), ""),
    "FundPromised": (_l("A part of a fund was promised"), "success"),
}


def money_of(amounts: Mapping[str, int]) -> str:
    """'€5,000 and XOF 200,000', from amounts by currency; '–' where there is none."""
    return format_list([format_money(amount, currency) for currency, amount in amounts.items()]) or "–"


def refusal(invalid: Invalid) -> str:
    """Why a value of an initiative or a promise was refused."""
    sentences: dict[str, Callable[..., str]] = {
        "no_title": lambda: _("Give a title in at least one language."),
        "window_ends_before_it_starts": lambda: _("The last day is before the first day."),
        "unknown": lambda: _("This is not one of the choices any more."),
        "out_of_range": lambda least, most: _("Give an amount from 0 up."),
        "less_than_used": lambda used, currency: _(
            "Its workshops take %(used)s of it already.", used=format_money(used, currency)
        ),
        "more_than_left": lambda most, currency: _(
            "Of this fund %(most)s can be promised at most.", most=format_money(most, currency)
        ),
    }
    return sentences[invalid.reason](**invalid.values)


def story_of(entries: Sequence[AuditEntry]) -> list[Moment]:
    """What happened to an initiative, newest first."""
    told = []
    for entry in entries:
        title, tone = _STORY.get(entry.fact, ("", ""))
        if not title:
            continue
        state = str(entry.after.get("state", "")) if entry.fact == "InitiativeChanged" else ""
        text = str(STATES.get(state, ""))
        if entry.fact == "FundPromised":
            text = str(entry.after.get("fund") or entry.before.get("fund") or "")
        told.append(Moment.of(entry, title=title, text=text, tone=tone))
    return told
