"""The first page of an answer: what has been said, where one left off, and who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock
from app.access import allow, staff
from app.db import database, unit_of_work
from app.needs import letters, queries, services
from app.needs.forms import ContactForm
from app.needs.links import link_path
from app.needs.models import NeedsAnswer
from app.needs.queries.answers import people_to_write_to
from app.needs.queries.calls import recipients_of
from app.needs.queries.scope import looks_after
from app.needs.views.blueprint import blueprint
from app.needs.views.doors import Door, around, two_doors
from app.network.models import Topic


@two_doors("", "GET")
def answer(door: Door) -> ResponseReturnValue:
    """What this is, what has been answered, and where one left off."""
    return answer_page(door)


def answer_page(door: Door, contact: ContactForm | None = None) -> str:
    db = database.session()
    found = door.answer(db)
    cares = not door.token and looks_after(door.actor, found)
    contact = contact or ContactForm(formdata=None)
    recipients = recipients_of(db, [found]).get(found.id, ())
    if cares:
        _offer_contacts(db, contact, found)
        if not contact.is_submitted():
            contact.person_id.data = found.contact_id
    public_url = current_app.extensions["baraza.settings"].public_url
    return render_template(
        "needs/answer.html",
        **around(door, found),
        contact=contact if cares else None,
        recipients=recipients,
        link=public_url + link_path(found, recipients[0]) if cares and recipients else "",
        areas=[_standing(door, found, area, topics) for area, topics in queries.areas_of(found.call)],
    )


@dataclass(frozen=True, slots=True)
class AreaStanding:
    """An area as the first page lists it: how many of its topics have been answered."""

    title: Mapping[str, str]
    url: str
    answered: int
    topics: int


def _standing(door: Door, found: NeedsAnswer, area: Topic, topics: Sequence[Topic]) -> AreaStanding:
    said = {line.topic_id for line in found.lines}
    return AreaStanding(
        area.titles,
        door.url("area", code=area.code),
        sum(topic.id in said for topic in topics),
        len(topics),
    )


@two_doors("/send-link", "POST")
def send_link(door: Door) -> ResponseReturnValue:
    """Send the link: to whom it was made for, or, by somebody who looks after the answer, to its contacts."""
    public_url = current_app.extensions["baraza.settings"].public_url
    sent = 0
    with unit_of_work() as db:
        found = door.answer(db)
        recipients = recipients_of(db, [found]).get(found.id, ())
        if door.token:
            recipients = [door.recipient] if door.recipient else []
        elif not looks_after(door.actor, found):
            own = {f"a{door.actor.account_id}", f"p{door.actor.person_id}"}
            recipients = [one for one in recipients if one.key in own]
        for recipient in recipients:
            sent += letters.send_link(
                db,
                actor=door.actor,
                answer=found,
                recipient=recipient,
                public_url=public_url,
                now=clock.now(),
            )
    if sent:
        flash(_("The link is on its way by e-mail."), "success")
    else:
        flash(_("No letter was sent: there is no address, or one was sent a moment ago."), "info")
    return redirect(door.url("answer"), 303)


@blueprint.post("/answers/<int:answer_id>/contact")
@allow(staff)
def choose_contact(answer_id: int) -> ResponseReturnValue:
    """Who is to answer for the organisation."""
    form, door = ContactForm(), Door(answer_id=answer_id)
    with unit_of_work() as db:
        found = door.answer(db)
        _offer_contacts(db, form, found)
        if not form.validate_on_submit():
            return answer_page(door, form), 422
        services.choose_contact(
            db, actor=door.actor, answer=found, person_id=form.person_id.data, now=clock.now()
        )
    flash(_("Letters about this answer go to the person you chose; earlier links no longer work."), "success")
    return redirect(door.url("answer"), 303)


def _offer_contacts(db: Session, form: ContactForm, found: NeedsAnswer) -> None:
    form.person_id.choices = [
        SelectChoice("", _("The focal point by role")),
        *(SelectChoice(str(person.id), person.name) for person in people_to_write_to(db, answer=found)),
    ]
