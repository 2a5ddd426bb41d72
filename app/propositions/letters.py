"""The letter that asks a platform whether it is in, and the link in it that needs no account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import i18n
from app.access import Actor
from app.errors import NotFound
from app.mail.models import OutboxLetter
from app.mail.rendering import path_for, render
from app.mail.services import queue_letter
from app.mail.subscriptions import stop_path
from app.needs.queries.calls import Recipient, recipient_named
from app.personal_links import link_token, read_link_token
from app.propositions import queries, words
from app.propositions.models import Proposition, PropositionMember

GOOD_FOR = timedelta(days=180)


def link_of(member: PropositionMember, recipient: Recipient, asked_at: datetime) -> str:
    """The path of a platform's own page about a proposition."""
    subject: dict[str, int | str] = {
        "proposition": member.proposition_id,
        "organisation": member.organisation_id,
        "to": recipient.key,
    }
    token = link_token(queries.PURPOSE, subject, asked_at + GOOD_FOR)
    return path_for("propositions.by_link", token=token)


def write_are_you_in(
    db: Session, *, proposition: Proposition, members: Iterable[PropositionMember], now: datetime
) -> tuple[int, list[PropositionMember]]:
    """Ask the platforms; returns how many letters, and the platforms that are not reached by any: nobody
    answers for them, or whoever does wants no such letters.

    Nobody is written to twice on one day.
    """
    members = list(members)
    found = queries.recipients(db, members)
    keys = {
        (
            member.id,
            each.key,
        ): f"propositions/{proposition.id}/{member.organisation_id}/{each.key}/{now:%Y%m%d}"
        for member in members
        for each in found.get(member.id, ())
    }
    written = set(
        db.scalars(
            select(OutboxLetter.key).where(
                OutboxLetter.key.in_(keys.values()), OutboxLetter.state != "unwanted"
            )
        )
    )
    letters, unreached = 0, []
    for member in members:
        is_reached = False
        for recipient in found.get(member.id, ()):
            key = keys[member.id, recipient.key]
            if key in written:
                is_reached = True
                continue
            with i18n.reading(recipient.language):
                title = words.title_of(proposition)
            rendered = render(
                "proposition",
                language=recipient.language,
                name=recipient.name,
                title=title,
                proposition=proposition,
                member=member,
                path=link_of(member, recipient, now),
                stop_path=stop_path(
                    db, kind="proposition", address=recipient.email, language=recipient.language, now=now
                ),
            )
            letter = queue_letter(
                db,
                key=key,
                kind="proposition",
                to_name=recipient.name,
                to_address=recipient.email,
                language=recipient.language,
                now=now,
                **asdict(rendered),
            )
            if not letter.is_unwanted:
                letters, is_reached = letters + 1, True
        if not is_reached:
            unreached.append(member)
    return letters, unreached


@dataclass(frozen=True, slots=True)
class Caller:
    """Who came by a link, and for which platform."""

    actor: Actor
    member: PropositionMember


def open_link(db: Session, *, token: str, now: datetime) -> Caller:
    """Who holds this link, and what it is about: after a split or a merge, where the platform is now.

    Raises NotFound, LinkExpired.
    """
    subject = read_link_token(queries.PURPOSE, token, now)
    try:
        proposition_id, organisation_id = int(subject["proposition"]), int(subject["organisation"])
    except (KeyError, ValueError) as strange:
        raise NotFound from strange
    asked = db.get(Proposition, proposition_id)
    if asked is None:
        raise NotFound
    places = db.scalars(
        select(PropositionMember)
        .join(PropositionMember.proposition)
        .where(
            Proposition.set_id == asked.set_id,
            Proposition.topic_id == asked.topic_id,
            PropositionMember.organisation_id == organisation_id,
            PropositionMember.asked_at.is_not(None),
        )
        .options(
            joinedload(PropositionMember.proposition).joinedload(Proposition.topic),
            joinedload(PropositionMember.organisation),
        )
        .order_by(PropositionMember.id.desc())
    ).all()
    if not places:
        raise NotFound
    member = min(
        places,
        key=lambda each: (each.proposition.state == "dropped", each.proposition_id != proposition_id),
    )
    recipient = recipient_named(db, str(subject.get("to", "")))
    name = recipient.name if recipient else member.organisation.name
    person_id = recipient.person_id if recipient else None
    return Caller(Actor(name=name, person_id=person_id, link=(queries.PURPOSE, member.id)), member)
