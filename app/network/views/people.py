"""People: the list, one of them, adding and changing."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, require, signed_in, staff
from app.db import database
from app.network.forms.people import person_form
from app.network.queries import people as queries
from app.network.queries.organisations import organisations_acted_for
from app.network.queries.places import countries, places_to_choose
from app.network.queries.scope import looks_after
from app.network.queries.topics import topics
from app.network.services import people as services
from app.network.views.blueprint import (
    acting,
    asked_for,
    blueprint,
    country_names,
    done,
    page_number,
    written,
)
from app.network.wording import LEVELS, WEIGHTS


@blueprint.get("/people")
@allow(staff)
def people() -> ResponseReturnValue:
    db, actor = database.session(), acting()
    wanted = queries.PersonFilter(
        name=asked_for("name"),
        organisation=asked_for("organisation"),
        country=asked_for("country"),
        part=asked_for("part"),
    )
    return render_template(
        "network/people.html",
        page=queries.people(db, actor=actor, wanted=wanted, page=page_number()),
        wanted=wanted,
        countries=country_names(countries(db)),
    )


@blueprint.get("/people/<code>")
@allow(signed_in)
def person(code: str) -> ResponseReturnValue:
    """One person: for those who look after them, and for themselves."""
    actor = acting()
    found = queries.person(database.session(), actor=actor, code=code)
    return render_template(
        "network/person.html",
        person=found,
        may_change=looks_after(actor, found),
        levels=LEVELS,
        weights=WEIGHTS,
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@allow(staff)
def new_person() -> ResponseReturnValue:
    db, actor = database.session(), acting()
    places = places_to_choose(db)
    organisations = organisations_acted_for(db, None if actor.is_coordinator else actor.organisation_ids)
    all_topics = topics(db)
    form = person_form(all_topics)
    form.offer(organisations=organisations, places=places)
    if not form.is_submitted() and (wanted := asked_for("organisation")):
        form.organisation.data = wanted
    added = written(
        form,
        lambda db: services.add_person(
            db,
            actor=actor,
            details=form.details(organisations=organisations, places=places),
            now=clock.now(),
        ),
    )
    if added is not None:
        return done(_("The person has been added."), "network.person", code=added.code)
    page = render_template("network/person_form.html", form=form, person=None, topics=all_topics)
    return page, 422 if form.errors else 200


@blueprint.route("/people/<code>/edit", methods=["GET", "POST"])
@allow(staff)
def edit_person(code: str) -> ResponseReturnValue:
    db, actor = database.session(), acting()
    person = queries.person(db, actor=actor, code=code)
    require(looks_after(actor, person))
    places = places_to_choose(db)
    organisations = organisations_acted_for(db, None if actor.is_coordinator else actor.organisation_ids)
    all_topics = topics(db)
    form = person_form(all_topics)
    form.offer(organisations=organisations, places=places)
    if not form.is_submitted():
        form.show(person)
    changed = written(
        form,
        lambda db: services.change_person(
            db,
            actor=actor,
            person=person,
            details=form.details(organisations=organisations, places=places),
            now=clock.now(),
        ),
    )
    if changed is not None:
        return done(_("The person has been changed."), "network.person", code=code)
    page = render_template("network/person_form.html", form=form, person=person, topics=all_topics)
    return page, 422 if form.errors else 200
