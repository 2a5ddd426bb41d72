"""Pages on which organisations name people, and people put themselves forward."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from app import clock, once
from app.access import Actor, allow, anybody, requester, signed_in, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid, NotFound
from app.i18n import format_span, in_language
from app.network.models import Organisation, Person
from app.network.services import people as network
from app.nominations import letters, queries, services
from app.nominations.forms import AnswerForm, CallForm, EntryForm, ForwardForm, ListForm, OpenForm
from app.nominations.models import NominationCall
from app.nominations.queries import NamedList
from app.nominations.rules import Named
from app.nominations.words import NEEDS, PROBLEMS, REFUSALS
from app.personal_links import LinkExpired, opened_by_link, read_link_token
from app.workshops import queries as workshops
from app.workshops.models import Workshop

blueprint = Blueprint("nominations", __name__, url_prefix="/nominations")

SHOWN_AFTER = timedelta(days=60)
"""So long a call stays on the list after its last day."""

PROPOSED_WEEKS = 3
"""How long a call stays open, if nobody says otherwise."""


# -- What there is


@blueprint.get("")
@allow(signed_in)
def index() -> ResponseReturnValue:
    return _index(OpenForm(formdata=None, closes_on=clock.today() + timedelta(weeks=PROPOSED_WEEKS)))


def _index(form: OpenForm) -> str:
    db, actor, today = database.session(), current_actor(), clock.today()
    glances = queries.calls(db, actor=actor, since=today - SHOWN_AFTER)
    to_open = queries.workshops_to_open(db, actor=actor, today=today) if requester(actor) else ()
    form.offer(to_open, _title_and_window)
    return render_template(
        "nominations/index.html",
        glances=glances,
        is_open=lambda call: queries.is_open(call, today),
        oversees=lambda workshop: queries.oversees(actor, workshop),
        mine=queries.own_nominations(db, person_id=actor.person_id, today=today) if actor.person_id else (),
        form=form,
        to_open=to_open,
    )


@blueprint.post("/open")
@allow(requester)
def open_several() -> ResponseReturnValue:
    form = OpenForm()
    with unit_of_work() as db:
        if (earlier := once.earlier_answer(db)) is not None:
            return redirect(earlier, 303)
        actor = current_actor()
        offered = {w.id: w for w in queries.workshops_to_open(db, actor=actor, today=clock.today())}
        form.offer(offered.values(), _title_and_window)
        if not form.validate_on_submit():
            return _index(form), 422
        now = clock.now()
        try:
            for workshop_id in form.workshop_ids.data:
                services.open_nominations(
                    db,
                    actor=actor,
                    workshop=offered[workshop_id],
                    closes_on=form.closes_on.data,
                    note=form.note.data or "",
                    now=now,
                )
        except Invalid as invalid:
            db.rollback()
            form[invalid.field].errors = [str(PROBLEMS[invalid.reason])]
            return _index(form), 422
        answer = once.answered(db, url_for("nominations.index"))
    flash(
        ngettext(
            "Nominations for %(num)s workshop are open. The organisations are written to.",
            "Nominations for %(num)s workshops are open. The organisations are written to.",
            len(form.workshop_ids.data),
        ),
        "success",
    )
    return answer


@blueprint.get("/<int:workshop_id>")
@allow(signed_in)
def show(workshop_id: int) -> ResponseReturnValue:
    db, actor = database.session(), current_actor()
    call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
    acted_for = queries.acted_for(actor, call)
    if (
        len(acted_for) == 1
        and not queries.oversees(actor, call.workshop)
        and not _is_invited(db, actor, call)
    ):
        return redirect(
            url_for("nominations.organisation", workshop_id=workshop_id, organisation_id=acted_for[0].id)
        )
    return _page(call, ForwardForm(formdata=None), CallForm(formdata=None, obj=call))


@blueprint.post("/<int:workshop_id>/call")
@allow(requester)
def change_call(workshop_id: int) -> ResponseReturnValue:
    """Open the nominations of one workshop, or move their closing date."""
    form = CallForm()
    with unit_of_work() as db:
        actor = current_actor()
        workshop = workshops.workshop_for(db, actor=actor, workshop_id=workshop_id)
        try:
            if form.validate_on_submit():
                services.open_nominations(
                    db,
                    actor=actor,
                    workshop=workshop,
                    closes_on=form.closes_on.data,
                    note=form.note.data or "",
                    now=clock.now(),
                )
        except Invalid as invalid:
            form[invalid.field].errors = [str(PROBLEMS[invalid.reason])]
        if form.errors:
            db.rollback()
            call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
            return _page(call, ForwardForm(formdata=None), form), 422
    flash(_("Saved."), "success")
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


@blueprint.post("/<int:workshop_id>/remind")
@allow(requester)
def remind(workshop_id: int) -> ResponseReturnValue:
    """Write now to those who have not answered."""
    now = clock.now()
    with unit_of_work() as db:
        actor = current_actor()
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        glance = queries.glance_at(db, actor=actor, call=call)
        late = [answer.organisation for answer in glance.answers if answer.state == "open"]
        services.count_reminders(
            db, actor=actor, call=call, organisation_ids=[each.id for each in late], now=now
        )
        number = letters.write_names_wanted(db, wanted=[(call, late)], is_reminder=True, now=now)
    flash(
        ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", number),
        "success" if number else "info",
    )
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


def _page(call: NominationCall, forward: ForwardForm, form: CallForm) -> str:
    db, actor, today = database.session(), current_actor(), clock.today()
    is_invited = _is_invited(db, actor, call)
    return render_template(
        "nominations/show.html",
        call=call,
        workshop=call.workshop,
        quota=queries.quota(call.workshop),
        is_open=queries.is_open(call, today),
        oversees=queries.oversees(actor, call.workshop),
        glance=queries.glance_at(db, actor=actor, call=call),
        acts_for={each.id for each in queries.acted_for(actor, call)},
        is_invited=is_invited,
        mine=queries.nomination_of(db, workshop_id=call.workshop_id, person_id=actor.person_id or 0)
        if is_invited
        else None,
        forward=forward,
        form=form,
        needs=NEEDS,
    )


def _is_invited(db: Session, actor: Actor, call: NominationCall) -> bool:
    """Whether the reader's own organisation is asked: then they may put themselves forward."""
    if actor.person_id is None:
        return False
    person = db.get(Person, actor.person_id)
    return person is not None and person.organisation_id in {each.id for each in call.workshop.invited}


def _title_and_window(workshop: Workshop) -> str:
    when = format_span(workshop.window_first, workshop.window_last)
    return f"{in_language(workshop.titles)}, {workshop.requested_by.short_name} ({when})"


# -- An organisation's list


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
    return _to_list(workshop_id, organisation_id)


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
    return _to_list(workshop_id, organisation_id)


def _call_and_organisation(
    db: Session, workshop_id: int, organisation_id: int
) -> tuple[NominationCall, Organisation]:
    actor = current_actor()
    call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
    return call, queries.organisation_for(db, actor=actor, call=call, organisation_id=organisation_id)


def _refused(conflict: Conflict, workshop_id: int, organisation_id: int) -> ResponseReturnValue:
    flash(str(REFUSALS[conflict.reason]), "warning")
    return _to_list(workshop_id, organisation_id)


def _to_list(workshop_id: int, organisation_id: int) -> ResponseReturnValue:
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


# -- Oneself


@blueprint.post("/<int:workshop_id>/mine")
@allow(signed_in)
def put_forward(workshop_id: int) -> ResponseReturnValue:
    form = ForwardForm()
    with unit_of_work() as db:
        actor = current_actor()
        call = queries.call_for(db, actor=actor, workshop_id=workshop_id)
        if not form.validate_on_submit():
            return _page(call, form, CallForm(formdata=None, obj=call)), 422
        _put_forward(db, actor, call, form)
    return redirect(url_for("nominations.show", workshop_id=workshop_id), 303)


@blueprint.post("/nomination/<int:nomination_id>/withdraw")
@allow(signed_in)
def withdraw(nomination_id: int) -> ResponseReturnValue:
    with unit_of_work() as db:
        actor = current_actor()
        nomination = queries.nomination_for(db, actor=actor, nomination_id=nomination_id)
        services.withdraw(db, actor=actor, nomination=nomination, now=clock.now())
        workshop_id, organisation_id = nomination.workshop_id, nomination.organisation_id
        about_me = queries.is_about(actor, nomination)
    flash(_("The nomination has been taken back."), "success")
    if about_me:
        return redirect(url_for("nominations.index"), 303)
    return _to_list(workshop_id, organisation_id)


@blueprint.route("/by-link/<token>", methods=["GET", "POST"])
@allow(anybody)
@opened_by_link
def by_link(token: str) -> ResponseReturnValue:
    """One person's own page about one workshop, without an account."""
    form = ForwardForm(meta={"csrf": False})
    db: Session = database.session()
    try:
        actor, call = _come_by(db, token)
    except LinkExpired:
        return render_template("nominations/link_over.html"), 404
    status = 200
    if request.method == "POST":
        with unit_of_work() as db:
            actor, call = _come_by(db, token)
            if request.form.get("answer") == "withdraw":
                nomination = queries.nomination_of(
                    db, workshop_id=call.workshop_id, person_id=actor.person_id or 0
                )
                if nomination is not None:
                    services.withdraw(db, actor=actor, nomination=nomination, now=clock.now())
                return redirect(url_for("nominations.by_link", token=token), 303)
            if form.validate_on_submit():
                _put_forward(db, actor, call, form)
                return redirect(url_for("nominations.by_link", token=token), 303)
            status = 422
    return (
        render_template(
            "nominations/by_link.html",
            call=call,
            workshop=call.workshop,
            person=queries.person_of(db, actor.person_id),
            mine=queries.nomination_of(db, workshop_id=call.workshop_id, person_id=actor.person_id or 0),
            is_open=queries.is_open(call, clock.today()),
            forward=form,
            form=form,
            needs=NEEDS,
            here=url_for("nominations.by_link", token=token),
        ),
        status,
    )


def _come_by(db: Session, token: str) -> tuple[Actor, NominationCall]:
    """Who came by this link, and to what. Raises NotFound, LinkExpired."""
    subject = read_link_token(queries.LINK, token, clock.now())
    workshop_id, person_id = int(subject["workshop"]), int(subject["person"])
    person = queries.person_of(db, person_id)
    actor = Actor(name=person.name, person_id=person_id, link=(queries.LINK, workshop_id))
    return actor, queries.call_of_link(db, actor=actor, workshop_id=workshop_id)


def _put_forward(db: Session, actor: Actor, call: NominationCall, form: ForwardForm) -> None:
    """Put the actor forward, and say what comes of it."""
    person = queries.person_of(db, actor.person_id)
    if person.organisation not in call.workshop.invited:
        raise NotFound
    try:
        services.put_forward(
            db,
            actor=actor,
            call=call,
            person=person,
            need=form.need.data or 0,
            purpose=form.purpose.data or "",
            now=clock.now(),
        )
        flash(
            _(
                "Thank you. %(organisation)s decides, and you are told by letter.",
                organisation=person.organisation.name,
            ),
            "success",
        )
    except Conflict as conflict:
        flash(str(REFUSALS[conflict.reason]), "warning")


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """What pages of other stages say about nominations."""

    def call_of(workshop: Workshop) -> NominationCall | None:
        try:
            return queries.call_for(database.session(), actor=current_actor(), workshop_id=workshop.id)
        except NotFound:
            return None

    return {"nominations_of": call_of}
