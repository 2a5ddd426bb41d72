"""Propositions in the reader's words: why each is there, what is left and why, what requests are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as in_number

from app import i18n
from app.i18n import format_list, format_money, in_language, language_name, region_name
from app.network.models import Organisation, Venue
from app.propositions.models import Proposition, PropositionMember
from app.propositions.services import Titles
from app.workshops.words import KINDS


def _(text: str, **values: Any) -> str:
    return str(gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    return str(in_number(one, many, num, **values))


STATES: Mapping[str, Any] = {
    "proposed": _l("Proposed"),
    "edited": _l("Changed by hand"),
    "dropped": _l("Dropped"),
    "requested": _l("In requests"),
}

STAGES: Mapping[str, Any] = {
    "served": _l("Served"),
    "requested": _l("In a request"),
    "proposed": _l("In a proposition"),
    "asked": _l("Not yet answered"),
}

ANSWERS: Mapping[str, Any] = {"": _l("No answer yet"), "in": _l("We are in"), "out": _l("Not this time")}

REFUSALS: Mapping[str, Any] = {
    "nothing_asked": _l("No needs have been handed in yet, so there is nothing to work out."),
    "not_open": _l("This proposition has been dropped or is in requests already."),
    "not_dropped": _l("This proposition has not been dropped."),
    "answered_elsewhere": _l("Another proposition answers these needs by now."),
    "another_topic": _l("Only propositions on the same topic can be merged."),
    "nobody_in": _l("Every platform has said that it is not in."),
    "missing": _l("Choose at least one platform."),
    "all": _l("Leave at least one platform in this proposition."),
    "learns_too": _l("A platform cannot teach and learn in the same group."),
    "unknown": _l("This is not one of the choices any more."),
}

FAILURES: Mapping[str, Any] = {
    "stopped": _l("It was stopped."),
    "nothing_found": _l("No answer came in time. A smaller budget or larger groups make it easier."),
    "worker_died": _l("The worker broke off three times. Look at its log."),
}


def failure(code: str) -> str:
    return str(FAILURES.get(code, _("The planner broke off. Its log says more.")))


REMARKS: Mapping[str, Any] = {
    "no_host": _l("It has no venue any more."),
    "changed_since": _l("Some of these needs have been taken back since."),
    "fit": _l("Not everybody here asked for this language, or is in the region of the venue."),
    "group": _l("It has fewer or more platforms than you wanted groups to have."),
    "seats": _l("The venue, or one group, has too few seats for them."),
    "team": _l("The team is not as large as it should be, or somebody in it does not fit."),
    "givers": _l("In a peer exchange at least one platform teaches that does not learn there."),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in reasons stand for."""

    venues: Mapping[int, Venue]
    organisations: Mapping[int, Organisation]
    currency: str

    def venue(self, id: object) -> str:
        venue = self.venues.get(int(str(id)))
        return f"{venue.name}, {venue.place.name}" if venue else _("a venue that is gone")

    def list_of(self, ids: Iterable[object]) -> str:
        named = [self.organisations.get(int(str(id))) for id in ids]
        return format_list([each.short_name for each in named if each is not None])

    def money(self, amount: int) -> str:
        return format_money(amount, self.currency)


# -- Why a proposition is there


def why(proposition: Proposition, names: Names) -> list[str]:
    """The reasons of a proposition as sentences, in order; a reason of another kind is left out."""
    return [
        _WHY[reason["code"]](reason, proposition, names)
        for reason in proposition.reasons
        if reason["code"] in _WHY
    ]


def _shared(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    return _(
        "%(asking)s of %(platforms)s platforms of %(region)s that answered ask for %(topic)s, %(important)s "
        "of them as important or urgent, %(speaking)s in %(language)s; %(coming)s come together here.",
        asking=reason["asking"],
        platforms=reason["platforms"],
        region=region_name(proposition.region),
        topic=in_language(proposition.topic.titles),
        important=reason["important"],
        speaking=reason["speaking"],
        language=language_name(proposition.language),
        coming=reason["coming"],
    )


def _members_teach(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    if not reason["givers"]:
        return _("Members learn from members here, but none that could teach has been chosen.")
    return _(
        "%(givers)s can teach it to %(learners)s: members learn from members.",
        givers=names.list_of(reason["givers"]),
        learners=names.list_of(reason["learners"]),
    )


def _replications(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    return _(
        "%(trainers)s trainers then teach it at home: %(replications)s national replications reach "
        "%(people)s people, more than could travel.",
        trainers=reason["trainers"],
        replications=reason["replications"],
        people=reason["people"],
    )


def _host(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    here = names.venue(reason["host"])
    if reason["next"] is None:
        return _("%(venue)s is the only venue of the region with enough seats.", venue=here)
    if reason["rank"] == 1:
        return _(
            "%(venue)s costs least of %(hosts)s venues; %(next)s would cost %(more)s more.",
            venue=here,
            hosts=reason["hosts"],
            next=names.venue(reason["next"]),
            more=names.money(reason["more"]),
        )
    return _(
        "%(venue)s is number %(rank)s of %(hosts)s venues by cost.",
        venue=here,
        rank=reason["rank"],
        hosts=reason["hosts"],
    )


def _team(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    if reason["missing"] == 0 and reason["known"] < reason["found"]:  # members give, whom nobody has listed
        return _("The team is found: %(found)s.", found=reason["found"])
    if reason["missing"] == 0:
        return _(
            "The team is found: %(found)s, of %(known)s people known to teach this in the language.",
            found=reason["found"],
            known=reason["known"],
        )
    return ngettext(
        "%(found)s of the team found, %(num)s facilitator is still to be found.",
        "%(found)s of the team found, %(num)s facilitators are still to be found.",
        reason["missing"],
        found=reason["found"],
    )


def _worth(reason: Mapping[str, Any], proposition: Proposition, names: Names) -> str:
    return _(
        "It reaches %(people)s people for about %(cost)s, %(each)s for each.",
        people=reason["people"],
        cost=names.money(reason["cost"]),
        each=names.money(reason["per_person"]),
    )


_WHY: Mapping[str, Callable[[Mapping[str, Any], Proposition, Names], str]] = {
    "shared_need": _shared,
    "members_teach": _members_teach,
    "replications_reach": _replications,
    "host": _host,
    "team": _team,
    "worth": _worth,
}


# -- Why a need is left


def why_left(reason: Mapping[str, Any] | None, currency: str) -> str:
    """Why nothing answers a need; '' where nobody has looked."""
    if reason is None or reason.get("code") not in _LEFT:
        return ""
    values = {name: value for name, value in reason.items() if name != "code"}
    if "region" in values:
        values["region"] = region_name(values["region"])
    for name in ("cost", "left"):
        if name in values:
            values[name] = format_money(values[name], currency)
    return _LEFT[reason["code"]]() % values


_LEFT: Mapping[str, Callable[[], str]] = {
    "too_few": lambda: _("Only %(platforms)s of %(region)s ask for it; a group needs %(least)s."),
    "language": lambda: _(
        "%(asking)s ask for it, but at most %(platforms)s of them in a language that this platform gave."
    ),
    "no_host": lambda: _("There is no venue in %(region)s."),
    "nobody_teaches": lambda: _("Nobody offers to teach it."),
    "turns": lambda: _("The platform takes part in %(most)s others already."),
    "too_few_left": lambda: _(
        "The others who ask are served elsewhere: %(platforms)s are left, a group needs %(least)s."
    ),
    "budget": lambda: _("It would cost about %(cost)s; %(left)s of the budget is left."),
    "better_elsewhere": lambda: _("What it would take answers more where it is."),
}


LEFT_IN_SHORT: Mapping[str, Any] = {
    "too_few": _l("Too few of the region ask for it"),
    "language": _l("Too few ask for it in the same language"),
    "no_host": _l("There is no venue in the region"),
    "nobody_teaches": _l("Nobody offers to teach it."),
    "turns": _l("The platform takes part in as many others as it may"),
    "too_few_left": _l("The others who ask are served elsewhere"),
    "budget": _l("The budget does not reach so far"),
    "better_elsewhere": _l("What it would take answers more where it is."),
    "": _l("Not looked at since it was handed in."),
}
"""The same without figures, by which needs are counted."""


# -- What requests are called


def titles_of(proposition: Proposition, members: Iterable[PropositionMember]) -> Titles:
    """Titles of the workshop and of each replication, in every language."""
    workshop: dict[str, str] = {}
    replications: dict[int, dict[str, str]] = {member.organisation_id: {} for member in members}
    named = {member.organisation_id: member.organisation.short_name for member in proposition.members}
    for code in i18n.LANGUAGES:
        with i18n.reading(code):
            topic = in_language(proposition.topic.titles)
            kind = str(KINDS[proposition.kind])
            workshop[code] = f"{topic}{i18n.colon()} {kind.lower()}, {region_name(proposition.region)}"[:200]
            for id, titles in replications.items():
                titles[code] = f"{topic}{i18n.colon()} {str(KINDS['replication']).lower()}, {named[id]}"[:200]
    return Titles(workshop, replications)


def title_of(proposition: Proposition) -> str:
    """What a proposition is called on pages and in letters."""
    return _(
        "%(topic)s, %(region)s, in %(language)s",
        topic=in_language(proposition.topic.titles),
        region=region_name(proposition.region),
        language=language_name(proposition.language),
    )
