"""The blueprint, and the two doors to a person's days: signed in, or by a personal link.

Each view about a person is written once, for whoever came in, and registered at both addresses:

    @at_both_doors("POST", "/patterns")
    def add_pattern(visit: Visit) -> ResponseReturnValue: …

is `POST /people/7/availability/patterns` for who is signed in and may answer for that person, and
`POST /when/<token>/patterns` for who has the person's link. `visit.url("add_pattern")` stays behind
the same door.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, allow, anybody, signed_in
from app.accounts.identity import current_actor
from app.accounts.queries import language_of, reader_of
from app.availability import queries
from app.availability.spans import Span
from app.db import database
from app.errors import NotFound
from app.i18n import choose_zone, language, prefer
from app.network.models import Person
from app.personal_links import LinkExpired, opened_by_link, read_link_token

blueprint = Blueprint("availability", __name__)

BY_LINK = "_by_link"


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose days are looked at, by whom, and through which door: `token` is None for who is signed in."""

    actor: Actor
    person_id: int
    token: str | None = None

    @property
    def is_me(self) -> bool:
        return self.actor.person_id == self.person_id

    @property
    def by_link(self) -> bool:
        return self.token is not None

    def person(self, db: Session) -> Person:
        """The person, within this unit of work. Raises NotFound."""
        person = queries.person_for(db, actor=self.actor, person_id=self.person_id)
        if self.by_link and person.left_on is not None and person.left_on <= clock.today():
            raise NotFound
        return person

    def url(self, view: str, **values: Any) -> str:
        """The address of another view about this person, behind the same door."""
        if self.token is not None:
            return url_for(f"availability.{view}{BY_LINK}", token=self.token, **values)
        return url_for(f"availability.{view}", person_id=self.person_id, **values)

    def home(self, **values: Any) -> str:
        """The address of the page itself."""
        if self.is_me and not self.by_link:
            return url_for("availability.mine", **values)
        return self.url("of_person", **values)

    def meta(self) -> dict[str, bool]:
        """How the forms behind this door are made: the link is itself the secret that a form needs."""
        return {"csrf": False} if self.by_link else {}


View = Callable[..., ResponseReturnValue]


def at_both_doors(method: str, path: str = "") -> Callable[[View], View]:
    """Register a view about a person for who is signed in, and for who came by the person's link."""

    def register(view: View) -> View:
        name = view.__name__

        @blueprint.route(f"/people/<int:person_id>/availability{path}", methods=[method], endpoint=name)
        @allow(signed_in)
        def signed(person_id: int, **values: Any) -> ResponseReturnValue:
            return view(Visit(current_actor(), person_id), **values)

        @blueprint.route(f"/when/<token>{path}", methods=[method], endpoint=name + BY_LINK)
        @allow(anybody)
        @opened_by_link
        def by_link(token: str, **values: Any) -> ResponseReturnValue:
            try:
                visit = _visit_by(token)
            except LinkExpired as expired:
                page = render_template("availability/link_over.html", expired_at=expired.expired_at)
                return page, 404
            return view(visit, **values)

        return view

    return register


def _visit_by(token: str) -> Visit:
    """The visit of who has this link. Raises NotFound, LinkExpired."""
    subject = read_link_token(queries.LINK, token, clock.now())
    person_id = int(subject["person"])
    db: Session = database.session()
    person = db.get(Person, person_id)
    if person is None:
        raise NotFound
    prefer(language_of(reader_of(db, person)))
    actor = Actor(name=person.name, person_id=person_id, link=(queries.LINK, person_id))
    return Visit(actor, person_id, token)


def today() -> date:
    """Today where the reader is."""
    return clock.now().astimezone(ZoneInfo(choose_zone())).date()


def horizon() -> Span:
    """From today to the end of the next calendar year: twelve months at the least."""
    first = today()
    return Span(first, date(first.year + 1, 12, 31))


def days_off(db: Session, person: Person, span: Span) -> tuple[queries.DayOff, ...]:
    return queries.days_off(db, person.place.country, span.first, span.last, language())
