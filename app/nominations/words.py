"""Nominations in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

NEEDS: Mapping[int, object] = {
    3: _l("Urgent: they cannot do their work without it"),
    2: _l("Important: it would help them much"),
    1: _l("Useful: good to have"),
}

PROBLEMS: Mapping[str, object] = {
    "not_of_organisation": _l("This person is not of this organisation any more."),
    "named_twice": _l("This person is named twice."),
    "list_full": _l("That is more people than may be named here."),
    "need_missing": _l("Say how much they need it."),
    "already_over": _l("This day is over already."),
    "after_window": _l("That is after the last day of one of these workshops."),
    "email_taken": _l(
        "Somebody in the network has this address already: choose them, or ask the secretariat."
    ),
    "no_place": _l("Add this person under “Network” first: the organisation has no town yet."),
}

REFUSALS: Mapping[str, object] = {
    "nominations_closed": _l("Nominations for this workshop are closed."),
    "already_answered": _l("This has been answered already."),
    "list_full": _l("Your list is full: take somebody off it first."),
    "people_named": _l("You have named people: take them off the list first."),
    "not_approved": _l("One of these requests is not approved any more."),
    "changed_meanwhile": _l(
        "Somebody else changed this list while you had it open. This is what you sent; save it again"
        " to replace theirs."
    ),
}
