"""Repairs in the reader's words: what happened, and what each of the plans offered is."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.i18n import country_name, format_money, format_span
from app.planning.happenings import Happening
from solver import Round

GROUPS: Mapping[str, object] = {
    "person": _l("Somebody is not available"),
    "venue": _l("A venue is lost"),
    "border": _l("A border is closed"),
    "elections": _l("Elections or unrest: nothing is held in a country"),
    "fund": _l("A fund is cut"),
    "request": _l("A request is withdrawn"),
}
"""Kind of happening -> its heading in the form."""

VARIANTS: Mapping[str, object] = {
    "fewest": _l("Fewest changes"),
    "steady": _l("Few changes"),
    "weighed": _l("As the round weighs it"),
    "most": _l("As if starting over"),
}

HINTS: Mapping[str, object] = {
    "fewest": _l("Nothing new is planned; what people have been told stays wherever it can."),
    "steady": _l("A change has to be worth much more than usual."),
    "weighed": _l("Changes count as much as the round says."),
    "most": _l("Whatever serves most, whatever people have been told."),
}


def variant_label(name: str) -> str:
    return str(VARIANTS.get(name, name))


def happening_sentence(happening: Happening, round: Round, titles: Mapping[str, str]) -> str:
    """What happened, in one sentence. `titles`: of workshops by code."""
    days = format_span(happening.first, happening.last) if happening.first and happening.last else ""
    match happening.kind:
        case "person":
            name = round.people[happening.subject].name
            return str(_("%(name)s is not available: %(days)s.", name=name, days=days))
        case "venue":
            name = round.venues[happening.subject].name
            return str(_("%(venue)s cannot be used: %(days)s.", venue=name, days=days))
        case "border":
            country = country_name(happening.subject)
            return str(_("The border is closed: %(country)s, %(days)s.", country=country, days=days))
        case "elections":
            country = country_name(happening.subject)
            return str(_("Nothing is held: %(country)s, %(days)s.", country=country, days=days))
        case "fund":
            fund = round.funds[happening.subject].title
            money = format_money(happening.amount, round.currency)
            return str(_("The fund “%(fund)s” has %(money)s less.", fund=fund, money=money))
        case _:
            title = titles.get(happening.subject, happening.subject)
            return str(_("“%(workshop)s” is not wanted any more.", workshop=title))
