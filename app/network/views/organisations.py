"""Organisations: the list, one of them, adding and changing."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, coordinator, staff
from app.db import database
from app.i18n import region_name
from app.network.forms.organisations import OrganisationForm
from app.network.queries import organisations as queries
from app.network.queries.people import people_of
from app.network.queries.places import places_to_choose
from app.network.services import organisations as services
from app.network.views.blueprint import (
    acting,
    asked_for,
    blueprint,
    country_names,
    done,
    page_number,
    written,
)
from app.network.wording import KINDS

PEOPLE_SHOWN = 25


@blueprint.get("/organisations")
@allow(staff)
def organisations() -> ResponseReturnValue:
    db = database.session()
    wanted = queries.OrganisationFilter(
        name=asked_for("name"),
        kind=asked_for("kind"),
        region=asked_for("region"),
        country=asked_for("country"),
    )
    return render_template(
        "network/organisations.html",
        page=queries.organisations(db, wanted=wanted, page=page_number()),
        wanted=wanted,
        kinds=KINDS,
        regions=[(region, region_name(region)) for region in queries.regions(db)],
        countries=country_names(queries.countries(db)),
    )


@blueprint.get("/organisations/<code>")
@allow(staff)
def organisation(code: str) -> ResponseReturnValue:
    db, actor = database.session(), acting()
    found = queries.organisation(db, code)
    return render_template(
        "network/organisation.html",
        organisation=found,
        people=people_of(db, actor=actor, organisation=found, limit=PEOPLE_SHOWN + 1),
        people_shown=PEOPLE_SHOWN,
        kinds=KINDS,
    )


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@allow(coordinator)
def new_organisation() -> ResponseReturnValue:
    db, form = database.session(), OrganisationForm()
    places, bodies = places_to_choose(db), queries.bodies_to_choose(db)
    form.offer(places=places, bodies=bodies)
    added = written(
        form,
        lambda db: services.add_organisation(
            db, actor=acting(), details=form.details(places=places, bodies=bodies), now=clock.now()
        ),
    )
    if added is not None:
        return done(_("The organisation has been added."), "network.organisation", code=added.code)
    page = render_template("network/organisation_form.html", form=form, organisation=None)
    return page, 422 if form.errors else 200


@blueprint.route("/organisations/<code>/edit", methods=["GET", "POST"])
@allow(coordinator)
def edit_organisation(code: str) -> ResponseReturnValue:
    db, form = database.session(), OrganisationForm()
    organisation = queries.organisation(db, code)
    places = places_to_choose(db)
    bodies = [body for body in queries.bodies_to_choose(db) if body is not organisation]
    form.offer(places=places, bodies=bodies)
    if not form.is_submitted():
        form.show(organisation)
    changed = written(
        form,
        lambda db: services.change_organisation(
            db,
            actor=acting(),
            organisation=organisation,
            details=form.details(places=places, bodies=bodies),
            now=clock.now(),
        ),
    )
    if changed is not None:
        return done(_("The organisation has been changed."), "network.organisation", code=code)
    page = render_template("network/organisation_form.html", form=form, organisation=organisation)
    return page, 422 if form.errors else 200
