"""Answering a call: by the personal link without an account, or signed in. One set of pages, two doors.

Each page is registered twice: under `/needs/by-link/<token>` and under `/needs/answers/<id>`. The reader of
a link is nobody but who it was made for, whoever is signed in on that device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from app import clock, once
from app.access import NOBODY, Actor, allow, anybody, staff
from app.accounts.identity import current_actor
from app.db import database, unit_of_work
from app.errors import Conflict, Invalid, NotFound
from app.i18n import language_name
from app.needs import letters, queries, services, words
from app.needs.forms import AreaForm, ContactForm, HandInForm, area_form
from app.needs.links import link_path, open_link
from app.needs.models import NeedsAnswer
from app.needs.queries.answers import answer_for, people_to_write_to
from app.needs.queries.calls import Recipient, recipients_of
from app.needs.queries.scope import looks_after, speaks_for_itself
from app.needs.views.blueprint import blueprint
from app.network.models import Topic
from app.personal_links import LinkExpired, opened_by_link

Page = Callable[..., ResponseReturnValue]


@dataclass(slots=True)
class Door:
    """How the reader came in: by a link (`token`), or signed in (`answer_id`)."""

    token: str = ""
    answer_id: int = 0
    actor: Actor = NOBODY
    recipient: Recipient | None = None

    def answer(self, db: Session) -> NeedsAnswer:
        """The answer behind it, for who stands in it. Raises NotFound, LinkExpired."""
        if self.token:
            caller = open_link(db, token=self.token, now=clock.now())
            self.actor, self.recipient = caller.actor, caller.recipient
            return caller.answer
        self.actor = current_actor()
        return answer_for(db, actor=self.actor, answer_id=self.answer_id)

    @property
    def meta(self) -> dict[str, Any]:
        """What a form here is made with: behind a link the address is the secret, and needs no second one."""
        return {"csrf": False} if self.token else {}

    def url(self, page: str, **arguments: Any) -> str:
        """The address of a page of the same answer, by the same door."""
        if self.token:
            return url_for(f"needs.link_{page}", token=self.token, **arguments)
        return url_for(f"needs.{page}", answer_id=self.answer_id, **arguments)


def two_doors(path: str, *methods: str) -> Callable[[Page], Page]:
    """Register a page under the personal link and under the number of the answer."""

    def register(page: Page) -> Page:
        name = page.__name__

        def by_link(token: str, **arguments: Any) -> ResponseReturnValue:
            try:
                return page(Door(token=token), **arguments)
            except LinkExpired:
                return render_template("needs/link_over.html"), 410

        def signed_in(answer_id: int, **arguments: Any) -> ResponseReturnValue:
            return page(Door(answer_id=answer_id), **arguments)

        blueprint.add_url_rule(
            f"/by-link/<token>{path}",
            f"link_{name}",
            allow(anybody)(opened_by_link(by_link)),
            methods=list(methods),
        )
        blueprint.add_url_rule(
            f"/answers/<int:answer_id>{path}", name, allow(staff)(signed_in), methods=list(methods)
        )
        return page

    return register


# -- The first page


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
        **_around(door, found),
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


# -- An area


@two_doors("/area/<code>", "GET", "POST")
def area(door: Door, code: str) -> ResponseReturnValue:
    """One area's topics. POST keeps what is sound and goes on; a script that saves quietly gets JSON."""
    if request.method == "GET":
        found = door.answer(database.session())
        if not found.call.takes_answers(clock.now()):
            return redirect(door.url("answer"), 303)
        form = _area_form(door, found, _topics(found, code), filled=False)
        form.page.data = once.key_of_form()
        return _area_page(door, found, code, form)
    try:
        return _save_area(door, code)
    except Conflict:
        if _wants_json():
            return jsonify(state="closed", message=_("The call is closed: nothing more can be saved.")), 409
        return redirect(door.url("answer"), 303)


def _save_area(door: Door, code: str) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = door.answer(db)
        form = _area_form(door, found, _topics(found, code), filled=True)
        sound = form.validate()
        saved = services.save_answer(
            db,
            actor=door.actor,
            answer=found,
            said=form.said(),
            seen=form.version.data or 0,
            page=form.page.data or "",
            now=clock.now(),
        )
        version = found.version
    if _wants_json():
        return _as_json(form, saved, version), 200
    if not sound or saved.overtaken:
        if saved.overtaken:
            form.version.process_data(version)
            form.version.raw_data = None
        return _area_page(door, found, code, form, saved.overtaken), 409 if saved.overtaken else 422
    return redirect(_onward(door, found, code), 303)


def _as_json(form: AreaForm, saved: services.Saved, version: int) -> Any:
    """What a script needs to know: that all is kept, or which topics need a look."""
    wrong = [f"t{topic_id}" for topic_id, part in form.topics() if part.errors]
    overtaken = [f"t{topic_id}" for topic_id in saved.overtaken]
    return jsonify(
        state="overtaken" if overtaken else "wrong" if wrong else "saved",
        version=version,
        topics=overtaken or wrong,
    )


def _onward(door: Door, found: NeedsAnswer, code: str) -> str:
    """Where the pressed button leads: the first page, or the next area, after the last one the check page."""
    if request.form.get("go") == "leave":
        return door.url("answer")
    codes = [area.code for area, _topics in queries.areas_of(found.call)]
    following = codes.index(code) + 1
    if request.form.get("go") == "check" or following == len(codes):
        return door.url("check")
    return door.url("area", code=codes[following])


def _topics(found: NeedsAnswer, code: str) -> Sequence[Topic]:
    topics = next((topics for area, topics in queries.areas_of(found.call) if area.code == code), None)
    if topics is None:
        raise NotFound
    return topics


def _area_form(door: Door, found: NeedsAnswer, topics: Sequence[Topic], *, filled: bool) -> AreaForm:
    languages = [SelectChoice(code, language_name(code)) for code in found.call.languages]
    return area_form(topics, languages=languages, answer=found, filled=filled, meta=door.meta)


def _area_page(
    door: Door, found: NeedsAnswer, code: str, form: AreaForm, overtaken: Sequence[int] = ()
) -> str:
    areas = queries.areas_of(found.call)
    codes = [area.code for area, _topics in areas]
    here, topics = next((area, topics) for area, topics in areas if area.code == code)
    return render_template(
        "needs/area.html",
        **_around(door, found),
        form=form,
        area=here,
        topics=topics,
        overtaken=frozenset(overtaken),
        lines={line.topic_id: line for line in found.lines},
        offers={offer.topic_id: offer for offer in found.offers},
        labels=[area.titles for area, _topics in areas],
        urls=[door.url("area", code=other) for other in codes],
        current=codes.index(code),
        is_last=code == codes[-1],
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


# -- Handing in, confirming


@two_doors("/check", "GET", "POST")
def check(door: Door) -> ResponseReturnValue:
    """All answers on one page; POST hands them in, once."""
    if request.method == "GET":
        found = door.answer(database.session())
        form = HandInForm(formdata=None, meta=door.meta)
        form.name.data = door.actor.name or found.answered_by
        form.remark.data = found.remark
        return _check_page(door, found, form)
    public_url = current_app.extensions["baraza.settings"].public_url
    form = HandInForm(meta=door.meta)
    try:
        with unit_of_work() as db:
            found = door.answer(db)
            if not form.validate_on_submit():
                return _check_page(door, found, form), 422
            if (earlier := once.earlier_answer(db)) is not None:
                return redirect(earlier, 303)
            services.hand_in(
                db,
                actor=door.actor,
                answer=found,
                name=form.name.data or "",
                remark=form.remark.data,
                now=clock.now(),
            )
            letters.ask_to_confirm(db, actor=door.actor, answer=found, public_url=public_url, now=clock.now())
            answered = once.answered(db, door.url("answer"))
    except Invalid as invalid:
        form.refuse(invalid)
        return _check_page(door, door.answer(database.session()), form), 422
    except Conflict:
        return redirect(door.url("answer"), 303)
    flash(_("Thank you: the answer has been handed in."), "success")
    return answered


def _check_page(door: Door, found: NeedsAnswer, form: HandInForm) -> str:
    return render_template(
        "needs/check.html",
        **_around(door, found),
        form=form,
        areas=[
            (area, topics, door.url("area", code=area.code)) for area, topics in queries.areas_of(found.call)
        ],
        lines={line.topic_id: line for line in found.lines},
        offers={offer.topic_id: offer for offer in found.offers},
    )


@two_doors("/confirm", "POST")
def confirm(door: Door) -> ResponseReturnValue:
    with unit_of_work() as db:
        found = door.answer(db)
        services.confirm_answer(db, actor=door.actor, answer=found, name=door.actor.name, now=clock.now())
    flash(_("Thank you: you have confirmed the answer."), "success")
    return redirect(door.url("answer"), 303)


# -- Letters and contacts


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
            recipients = [one for one in recipients if one.person_id == door.actor.person_id]
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


def _around(door: Door, found: NeedsAnswer) -> dict[str, Any]:
    """What every page of an answer shows."""
    return {
        "door": door,
        "answer": found,
        "call": found.call,
        "words": words,
        "takes_answers": found.call.takes_answers(clock.now()),
        "is_own": speaks_for_itself(door.actor, found),
    }
