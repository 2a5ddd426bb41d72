"""Confirmations in the reader's words: standings, reasons, channels, refusals, what silence means."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.confirmations.models import Asking
from app.i18n import format_money, format_number
from app.planning.substituting import Substitution
from app.planning.words import WEIGHTS

STANDINGS: Mapping[str, tuple[str, object]] = {
    "open": ("awaiting", _l("No answer yet")),
    "unsure": ("tentative", _l("Not sure yet")),
    "declined": ("declined", _l("Declined")),
    "changed": ("rescheduled", _l("Said yes, but it has changed since")),
    "accepted": ("confirmed", _l("Accepted")),
    "replaced": ("superseded", _l("Declined, somebody else was asked")),
    "dropped": ("cancelled", _l("Not in the plan any more")),
}
"""Standing -> the state whose tone and icon it has, and its words."""

REASONS: Mapping[str, object] = {
    "dates": _l("The dates do not suit me"),
    "travel": _l("I cannot make the journey"),
    "topic": _l("The topic is not mine"),
    "too_much": _l("I have too much to do already"),
    "terms": _l("The fee or the conditions do not suit me"),
    "personal": _l("A personal reason"),
    "other": _l("Something else"),
}

HOST_REASONS = ("dates", "terms", "other")
"""Those that make sense for a room."""

CHANNELS: Mapping[str, object] = {
    "link": _l("by the link in the letter"),
    "calendar": _l("from their calendar"),
    "telephone": _l("by telephone"),
    "account": _l("signed in"),
    "silence": _l("by silence until the date"),
}

REFUSALS: Mapping[str, object] = {
    "not_proposed": _l("The plan goes on without this: there is nothing to answer any more."),
    "session_over": _l("This session is over."),
    "changed_meanwhile": _l(
        "This has changed since you opened the page. Please look again before you answer."
    ),
    "replaced": _l("Somebody else has been asked in the meantime. Please write to us if you can after all."),
    "already_over": _l("This day is over. Choose one that is to come."),
    "too_late": _l("Choose a day before answers close."),
    "not_declined": _l("There is nothing to replace: this was not declined."),
    "plan_changed": _l("The plan has changed since these people were found. Have them looked for again."),
    "not_a_substitute": _l("This person cannot take the place any more."),
    "round_closed": _l("The round is closed."),
    "asking_is_open": _l(
        "Another draft of this round is being asked about. End that first, or go on with this draft there."
    ),
    "asking_is_closed": _l("This asking has been ended."),
    "other_round": _l("This draft is of another round."),
}

FAILURES: Mapping[str, object] = {
    "no_plan": _l("There is no plan in which to look."),
    "not_in_plan": _l("The plan goes on without this person already."),
    "plan_unreadable": _l("The planner cannot read this plan any more. Plan the round again."),
}


def silence(asking: Asking) -> str:
    """What no answer means, for the secretariat."""
    sentences = {
        "substitute": _("No answer in time counts as a no, and the best substitute is asked at once."),
        "declined": _("No answer in time counts as a no."),
        "accepted": _("No answer in time counts as a yes."),
    }
    return str(sentences[asking.silence])


def reasons_of(part: str) -> list[tuple[str, str]]:
    """The reasons to choose from, as (code, words)."""
    return [(code, str(text)) for code, text in REASONS.items() if part == "team" or code in HOST_REASONS]


def answer_in_words(answer: str) -> str:
    """An answer as somebody gave it."""
    return str({"accepted": _("yes"), "declined": _("no"), "unsure": _("not sure yet")}[answer])


def notice(days: int) -> str:
    """How much notice a withdrawal left."""
    if days <= 0:
        return str(_("no notice at all"))
    return str(ngettext("%(num)s day before it begins", "%(num)s days before it begins", days))


def money(found: Substitution, currency: str) -> str:
    """What a substitute costs more or less."""
    amount = format_money(abs(found.cost), currency)
    if found.cost == 0:
        return str(_("costs the same"))
    if found.cost > 0:
        return str(_("costs %(amount)s more", amount=amount))
    return str(_("costs %(amount)s less", amount=amount))


def differences(found: Substitution) -> list[str]:
    """What else becomes better and worse, in points, the heaviest first: 'Preferred days: +2.00'."""
    return [
        f"{WEIGHTS[name].label}: {'+' if change > 0 else '−'}{format_number(abs(change) / 100, 2)}"
        for name, change in sorted(found.terms.items(), key=lambda each: -abs(each[1]))
        if name in WEIGHTS and name != "cost"
    ]


def refusal(reason: str) -> str:
    """Why something was refused; `reason` is the code of a Conflict or an Invalid."""
    return str(REFUSALS[reason])
