"""What the pages of the request form offer to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app.access import Actor
from app.i18n import LANGUAGES, country_name, format_money, in_language, language_name, region_name
from app.network.models import Organisation
from app.network.queries import organisations_below
from app.workshops import queries
from app.workshops.forms import MoneyForm, PageForm, WhatForm, WhenForm, WhereForm, WhoForm
from app.workshops.initiatives import queries as initiatives
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Option:
    """A box to tick."""

    value: int
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Boxes under one heading; those `near` are shown before the rest."""

    label: str
    options: Sequence[Option]
    near: bool = False


def offer(db: Session, *, actor: Actor, form: PageForm, workshop: Workshop | None) -> list[OptionGroup]:
    """Give a page's form its choices; returns the groups of boxes that the page shows by itself."""
    if isinstance(form, WhatForm):
        _offer_subjects(db, actor, form, workshop)
        _offer_initiatives(db, actor, form, workshop)
    elif workshop is not None and isinstance(form, WhenForm):
        _offer_earlier_workshops(db, actor, form, workshop)
    elif workshop is not None and isinstance(form, WhereForm):
        return _offer_places(db, form, workshop)
    elif workshop is not None and isinstance(form, WhoForm):
        return _offer_organisations(db, form, workshop)
    elif workshop is not None and isinstance(form, MoneyForm):
        form.fund_ids.choices = [
            SelectChoice(str(fund.id), f"{fund.title} ({fund.organisation.short_name})")
            for fund in queries.funds_to_charge(db, actor=actor, workshop=workshop)
        ]
    return []


def _offer_subjects(db: Session, actor: Actor, form: WhatForm, workshop: Workshop | None) -> None:
    asking = list(queries.requesters(db, actor=actor))
    if workshop is not None and workshop.requested_by not in asking:
        asking.append(workshop.requested_by)
    form.requested_by_id.choices = [SelectChoice(str(body.id), body.name) for body in asking]
    form.topic_id.choices = [
        SelectChoice("", _("Choose a topic")),
        *(
            SelectChoice(str(topic.id), in_language(topic.titles), optgroup=in_language(area.titles))
            for area, topics in queries.topics_by_area(db)
            for topic in topics
        ),
    ]
    form.group_id.choices = [
        SelectChoice("", _("None")),
        *(
            SelectChoice(str(group.id), in_language(group.titles))
            for group in queries.groups(db, actor=actor)
        ),
    ]


def _offer_initiatives(db: Session, actor: Actor, form: WhatForm, workshop: Workshop | None) -> None:
    offered = list(initiatives.offered(db, actor=actor))
    present = workshop.initiative if workshop is not None else None
    if present is not None and present not in offered:
        offered.append(present)
    form.initiative_id.choices = [
        SelectChoice("", _("None")),
        *(
            SelectChoice(str(one.id), f"{in_language(one.titles)} ({one.organisation.short_name})")
            for one in offered
        ),
    ]


def _offer_earlier_workshops(db: Session, actor: Actor, form: WhenForm, workshop: Workshop) -> None:
    form.follows_id.choices = [
        SelectChoice("", _("None")),
        *(
            SelectChoice(str(other.id), in_language(other.titles))
            for other in queries.workshops_to_follow(db, actor=actor, workshop=workshop)
        ),
    ]


def _offer_places(db: Session, form: WhereForm, workshop: Workshop) -> list[OptionGroup]:
    """Venues by place, and languages; those of who asks, and of the organisations below it, first."""
    home = queries.organisations_at_home(db, organisation_id=workshop.requested_by_id)
    spoken = {code for body in home for code in body.languages} | set(LANGUAGES) | set(workshop.languages)
    form.languages.choices = [
        SelectChoice(code, language_name(code), optgroup="near" if code in spoken else "far")
        for code in sorted(
            queries.languages_in_use(db) | spoken, key=lambda code: (code not in spoken, language_name(code))
        )
    ]
    countries = {body.country for body in home}
    groups = [
        OptionGroup(
            f"{place.name}, {country_name(place.country)}",
            [
                Option(
                    venue.id,
                    venue.name,
                    _(
                        "%(seats)s seats, %(cost)s per day",
                        seats=venue.seats,
                        cost=format_money(venue.cost_per_day, _network_currency()),
                    ),
                )
                for venue in place.venues
            ],
            near=place.country in countries,
        )
        for place in queries.venues_by_place(db)
    ]
    form.venue_ids.choices = _choices(groups)
    return groups


def _offer_organisations(db: Session, form: WhoForm, workshop: Workshop) -> list[OptionGroup]:
    """Organisations by region, those of the coalition that asks first."""
    offered = list(queries.organisations_to_invite(db))
    known = {body.id for body in offered}
    offered += [body for body in workshop.invited if body.id not in known]
    offered.sort(key=lambda body: (body.region, body.name))
    below = organisations_below(db, {workshop.requested_by_id})
    form.coalition_ids = frozenset(body.id for body in offered) & below
    groups = [
        OptionGroup(
            region_name(region) or _("Elsewhere"),
            [_organisation(body) for body in bodies],
            near=region == _region(workshop),
        )
        for region, bodies in groupby(offered, key=lambda body: body.region)
    ]
    form.invited_ids.choices = _choices(groups)
    return groups


def _organisation(body: Organisation) -> Option:
    hint = country_name(body.country) if body.country else ""
    return Option(body.id, body.name, hint)


def _network_currency() -> str:
    currency: str = current_app.extensions["baraza.settings"].currency
    return currency


def _region(workshop: Workshop) -> str:
    return workshop.requested_by.region


def _choices(groups: Iterable[OptionGroup]) -> list[SelectChoice]:
    return [SelectChoice(str(option.value), option.label) for group in groups for option in group.options]
