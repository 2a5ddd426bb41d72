"""Groups: the list, one of them with its people, adding and changing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import allow, involved, require, signed_in, staff
from app.db import database, unit_of_work
from app.network.forms.titled import GroupForm
from app.network.models import Person
from app.network.queries import groups as queries
from app.network.queries.organisations import organisations_acted_for
from app.network.queries.people import people_found, person
from app.network.queries.scope import sees_person
from app.network.services import groups as services
from app.network.views.blueprint import acting, asked_for, blueprint, done, written

PEOPLE_OFFERED = 20


@blueprint.get("/groups")
@allow(staff)
def groups() -> ResponseReturnValue:
    db = database.session()
    return render_template(
        "network/groups.html", groups=queries.groups(db), member_counts=queries.member_counts(db)
    )


@blueprint.get("/groups/<code>")
@allow(signed_in)
def group(code: str) -> ResponseReturnValue:
    """One group; with `q`, also the people who could join it."""
    db, actor, sought = database.session(), acting(), asked_for("q")
    found = queries.group(db, actor=actor, code=code)
    may_offer = actor.acts_for(found.organisation_id)
    members = queries.members(db, actor=actor, group=found)
    offered: Sequence[Person] = ()
    if sought and may_offer:
        offered = people_found(db, actor=actor, sought=sought, limit=PEOPLE_OFFERED)
    inside = {member.id for member in members.people}
    chairs = actor.chairs(found.id)
    return render_template(
        "network/group.html",
        group=found,
        members=members,
        may_change=services.keeps(actor, found),
        may_offer=may_offer,
        sought=sought,
        offered=[person for person in offered if person.id not in inside],
        looked_after={member.id for member in members.people if actor.acts_for(member.organisation_id)},
        removable={
            member.id
            for member in members.people
            if (may_offer and actor.acts_for(member.organisation_id))
            or (chairs and member.id not in members.chair_ids)
        },
        seen={member.id for member in members.people if sees_person(actor, member) and actor.is_staff},
    )


@blueprint.route("/groups/new", methods=["GET", "POST"])
@allow(staff)
def new_group() -> ResponseReturnValue:
    db, actor, form = database.session(), acting(), GroupForm()
    organisations = organisations_acted_for(db, None if actor.is_coordinator else actor.organisation_ids)
    form.offer(organisations)
    added = written(
        form,
        lambda db: services.add_group(db, actor=actor, details=form.details(organisations), now=clock.now()),
    )
    if added is not None:
        return done(_("The group has been added."), "network.group", code=added.code)
    return render_template("network/group_form.html", form=form, group=None), 422 if form.errors else 200


@blueprint.route("/groups/<code>/edit", methods=["GET", "POST"])
@allow(involved)
def edit_group(code: str) -> ResponseReturnValue:
    db, actor, form = database.session(), acting(), GroupForm()
    group = queries.group(db, actor=actor, code=code)
    require(services.keeps(actor, group))
    organisations = list(
        organisations_acted_for(db, None if actor.is_coordinator else actor.organisation_ids)
    )
    if group.organisation not in organisations:  # a co-chair leaves it where it is
        organisations = [group.organisation]
    form.offer(organisations)
    if not form.is_submitted():
        form.show(group)
    changed = written(
        form,
        lambda db: services.change_group(
            db, actor=actor, group=group, details=form.details(organisations), now=clock.now()
        ),
    )
    if changed is not None:
        return done(_("The group has been changed."), "network.group", code=code)
    return render_template("network/group_form.html", form=form, group=group), 422 if form.errors else 200


@blueprint.post("/groups/<code>/people")
@allow(involved)
def add_to_group(code: str) -> ResponseReturnValue:
    """Add a person, by `address` too, or make one of the group its co-chair (`chair`=1) or not."""
    address = request.form.get("address", "")
    with unit_of_work() as db:
        group = queries.group(db, actor=acting(), code=code)
        if address:
            added = services.add_by_address(db, actor=acting(), group=group, address=address, now=clock.now())
            if added is None:
                flash(_("Nobody in the network has this address."), "warning")
                return redirect(url_for("network.group", code=code), 303)
        else:
            services.add_to_group(
                db,
                actor=acting(),
                group=group,
                person=person(db, actor=acting(), code=request.form.get("person", "")),
                as_chair=request.form.get("chair") == "1",
                now=clock.now(),
            )
    return done(_("The group has been changed."), "network.group", code=code)


@blueprint.post("/groups/<code>/people/remove")
@allow(involved)
def remove_from_group(code: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        group = queries.group(db, actor=acting(), code=code)
        require(services.keeps(acting(), group))
        services.remove_from_group(
            db,
            actor=acting(),
            group=group,
            person=queries.member(db, group=group, code=request.form.get("person", "")),
            now=clock.now(),
        )
    return done(_("The group has been changed."), "network.group", code=code)
