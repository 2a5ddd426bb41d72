"""The list of one organisation: whom it names, in order; yes or no to those who put themselves forward."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.access import Actor, allow, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid
from app.network.models import Organisation
from app.network.services import people as network
from app.nominations import letters, queries, services
from app.nominations.forms import AnswerForm, EntryForm, ListForm
from app.nominations.models import NominationCall
from app.nominations.queries import NamedList
from app.nominations.rules import Named
from app.nominations.views.blueprint import blueprint
from app.nominations.words import NEEDS, PROBLEMS, REFUSALS


@blueprint.route("/<int:workshop_id>/organisations/<int:organisation_id>", methods=["GET", "POST"])
@allow(staff)
def organisation(workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    """The list of one organisation: whom it names, in order."""
    actor = current_actor()
    if request.method == "GET":
        db: Session = database.session()
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        named_by = queries.organisation_for(db, actor=actor, call=call, organisation_id=organisation_id)
        return _list_page(call, named_by, _list_form(db, call, named_by, None))
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            flash(_("Your list is saved. Whoever is new on it gets a letter."), "success")  # it was lost
            return redirect(earlier, 303)
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        named_by = queries.organisation_for(db, actor=actor, call=call, organisation_id=organisation_id)
        form = _list_form(db, call, named_by, request.form)
        is_saved, warning = form.validate_on_submit() and form.validate_entries(), ""
        if is_saved:
            try:
                is_saved = _save(db, actor, call, named_by, form)
            except Conflict as conflict:
                is_saved, warning = False, str(REFUSALS[conflict.reason])
        if not is_saved:
            db.rollback()  # the once key too: what is sent next is new
            call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
            return _list_page(call, named_by, form, warning), 422
        answer = once.answered(
            db,
            url_for("nominations.organisation", workshop_id=workshop_id, organisation_id=organisation_id),
        )
    flash(
        _("Your list is saved. Whoever is new on it gets a letter.")
        if form.filled
        else _("Saved: nobody is on your list."),
        "success",
    )
    return answer


@blueprint.post("/<int:workshop_id>/organisations/<int:organisation_id>/nobody")
@allow(staff)
def name_nobody(workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        call, named_by = _call_and_organisation(db, workshop_id, organisation_id)
        try:
            services.name_nobody(db, actor=current_actor(), call=call, organisation=named_by, now=clock.now())
        except Conflict as conflict:
            return _refused(conflict, workshop_id, organisation_id)
    flash(
        _("Thank you: you are not reminded any more. You can still name people until the closing date."),
        "success",
    )
    return redirect(url_for("nominations.index"), 303)


@blueprint.post("/<int:workshop_id>/organisations/<int:organisation_id>/invite")
@allow(staff)
def invite_forward(workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    """Write to the organisation's people who want the topic that they may put themselves forward."""
    with unit_of_work() as db:
        call, named_by = _call_and_organisation(db, workshop_id, organisation_id)
        now = clock.now()
        try:
            people = services.invite_forward(
                db, actor=current_actor(), call=call, organisation=named_by, now=now
            )
        except Conflict as conflict:
            return _refused(conflict, workshop_id, organisation_id)
        number = letters.write_put_yourself_forward(
            db, call=call, organisation=named_by, people=people, now=now
        )
    flash(ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", number), "success")
    return to_list(workshop_id, organisation_id)


@blueprint.post("/nomination/<int:nomination_id>/answer")
@allow(staff)
def answer(nomination_id: int) -> ResponseReturnValue:
    """Yes or no to somebody who put themselves forward."""
    form = AnswerForm()
    with unit_of_work() as db:
        nomination = queries.nomination_for(db, actor=current_actor(), nomination_id=nomination_id)
        workshop_id, organisation_id = nomination.workshop_id, nomination.organisation_id
        try:
            services.answer_put_forward(
                db,
                actor=current_actor(),
                nomination=nomination,
                yes=request.form.get("answer") == "yes",
                word=(form.word.data or "")[:1000],
                now=clock.now(),
            )
        except Conflict as conflict:
            return _refused(conflict, workshop_id, organisation_id)
    flash(_("Saved. They are told by letter."), "success")
    return to_list(workshop_id, organisation_id)


def _call_and_organisation(
    db: Session, workshop_id: int, organisation_id: int
) -> tuple[NominationCall, Organisation]:
    actor = current_actor()
    call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
    return call, queries.organisation_for(db, actor=actor, call=call, organisation_id=organisation_id)


def _refused(conflict: Conflict, workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    flash(str(REFUSALS[conflict.reason]), "warning")
    return to_list(workshop_id, organisation_id)


def to_list(workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    return redirect(
        url_for("nominations.organisation", workshop_id=workshop_id, organisation_id=organisation_id), 303
    )


def _list_form(db: Session, call: NominationCall, named_by: Organisation, submitted: Any) -> ListForm:
    named = queries.list_of(db, workshop_id=call.workshop_id, organisation_id=named_by.id)
    form = ListForm(submitted, seen=named.stamp)
    quota = queries.quota(call.workshop)
    form.lay_out(
        people=queries.people_to_name(db, organisation_id=named_by.id, today=clock.today()),
        named=[*named.nominees, *named.substitutes],
        nominees=quota,
        substitutes=min(quota, max(2, len(named.substitutes) + 1)),
        submitted=submitted,
    )
    return form


def _save(db: Session, actor: Actor, call: NominationCall, named_by: Organisation, form: ListForm) -> bool:
    """Save what was sent in; else put what is wrong with it beside the fields."""
    filled = form.filled
    try:
        entries = [
            Named(
                _person_in(db, actor, named_by, entry),
                entry.need.data or 0,
                entry.purpose.data or "",
                entry.is_substitute,
            )
            for entry in filled
        ]
    except Invalid as invalid:
        field = invalid.values["entry"][invalid.field]
        field.errors = [str(PROBLEMS[invalid.reason])]
        return False
    problems = services.save_list(
        db,
        actor=actor,
        call=call,
        organisation=named_by,
        entries=entries,
        seen=form.seen.data,
        now=clock.now(),
    )
    for problem in problems:
        field = filled[problem.position]["person_id" if problem.field == "person" else problem.field]
        field.errors = [*field.errors, str(PROBLEMS[problem.reason])]
    return not problems


def _person_in(db: Session, actor: Actor, named_by: Organisation, entry: EntryForm) -> int:
    """The person of an entry; one who is not in the network yet is added to it.

    Raises Invalid, with the entry that it is about.
    """
    if entry.person_id.data:
        return int(entry.person_id.data)
    if named_by.place is None:
        raise Invalid("new_name", "no_place", entry=entry)
    details = network.PersonDetails(
        name=entry.new_name.data,
        email=entry.new_email.data,
        organisation=named_by,
        place=named_by.place,
        languages=list(named_by.languages),
    )
    try:
        return network.add_person(db, actor=actor, details=details, now=clock.now()).id
    except Invalid as invalid:
        raise Invalid("new_email", invalid.reason, entry=entry) from invalid


def _list_page(call: NominationCall, named_by: Organisation, form: ListForm, warning: str = "") -> str:
    db, actor, today = database.session(), current_actor(), clock.today()
    named: NamedList = queries.list_of(db, workshop_id=call.workshop_id, organisation_id=named_by.id)
    if warning == str(REFUSALS["changed_meanwhile"]):
        form.seen.data = named.stamp
    return render_template(
        "nominations/organisation.html",
        call=call,
        workshop=call.workshop,
        organisation=named_by,
        named=named,
        form=form,
        warning=warning,
        quota=queries.quota(call.workshop),
        may_change=actor.is_coordinator or queries.is_open(call, today),
        is_open=queries.is_open(call, today),
        to_invite=len(
            queries.people_to_invite_forward(db, call=call, organisation_id=named_by.id, today=today)
        ),
        answer_form=AnswerForm(formdata=None),
        needs=NEEDS,
    )
