"""Opening nominations, naming people, putting oneself forward, and the letters that follow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, Forbidden
from app.errors import Conflict, Invalid, NotFound
from app.facts import AuditEntry
from app.mail.models import OutboxLetter
from app.nominations import jobs, queries, services
from app.nominations.models import Nomination
from app.nominations.rules import Named
from app.reactions import react_to
from tests.app.nominations.halls import CLOSES, Hall, make_hall
from tests.conftest import NOW


@pytest.fixture
def hall(db: Session) -> Hall:
    return make_hall(db)


def letters_after(db: Session) -> list[tuple[str, str]]:
    """Do what follows from what was recorded; (to, subject) of the letters there then are."""
    db.commit()
    for entry in db.scalars(select(AuditEntry.id).where(AuditEntry.reactions_pending)).all():
        react_to(entry)
    return [
        (each.to_name, each.subject) for each in db.scalars(select(OutboxLetter).order_by(OutboxLetter.id))
    ]


def test_who_answers_for_an_invited_organisation_is_asked_for_names(hall: Hall, db: Session) -> None:
    hall.opened()
    subject = "Whom does your organisation send?"
    assert letters_after(db) == [
        (hall.other_officer.name, subject),  # Fiji has nobody of its own
        (hall.focal_point.name, subject),
    ]


def test_only_coordinators_and_who_asked_for_the_workshop_open_nominations(hall: Hall, db: Session) -> None:
    for account in (hall.focal_point, hall.other_officer):
        with pytest.raises(Forbidden):
            services.open_nominations(
                db, actor=hall.actor(account), workshop=hall.workshop, closes_on=CLOSES, now=NOW
            )
    services.open_nominations(
        db, actor=hall.actor(hall.officer), workshop=hall.workshop, closes_on=CLOSES, now=NOW
    )


@pytest.mark.parametrize(
    ("day", "reason"), [(date(2026, 11, 1), "already_over"), (date(2027, 8, 1), "after_window")]
)
def test_a_closing_date_is_neither_over_nor_after_the_workshop(hall: Hall, day: date, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        services.open_nominations(
            hall.db, actor=hall.actor(hall.coordinator), workshop=hall.workshop, closes_on=day, now=NOW
        )


def test_a_list_is_kept_in_its_order_and_those_named_are_told_once(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Binta", "Ama", substitutes=("Chidi",))
    named = queries.list_of(db, workshop_id=hall.workshop.id, organisation_id=hall.togo.id)
    assert [(n.person.name, n.rank) for n in named.nominees] == [("Binta", 1), ("Ama", 2)]
    assert [n.person.name for n in named.substitutes] == ["Chidi"]
    told = letters_after(db)[2:]
    assert sorted(told) == [
        ("Ama", told[0][1]),
        ("Binta", told[0][1]),
        ("Chidi", told[0][1]),
    ]
    hall.names(call, "Ama", "Binta", substitutes=("Chidi",))  # another order is no news to them
    assert len(letters_after(db)) == 5


def test_who_is_left_out_of_a_list_is_withdrawn_and_told(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Ama", "Binta")
    letters_after(db)
    hall.names(call, "Binta")
    assert (hall.of("Ama").state, hall.of("Ama").rank, hall.of("Binta").rank) == ("withdrawn", None, 1)
    assert letters_after(db)[-1][0] == "Ama"


def test_a_list_made_of_an_older_one_is_refused(hall: Hall, db: Session) -> None:
    call = hall.opened()
    stamp = queries.list_of(db, workshop_id=hall.workshop.id, organisation_id=hall.togo.id).stamp
    hall.names(call, "Ama")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        services.save_list(
            db,
            actor=hall.actor(hall.focal_point),
            call=call,
            organisation=hall.togo,
            entries=[Named(hall.people["Binta"].id, 2, "")],
            seen=stamp,
            now=NOW,
        )


def test_nobody_names_people_of_another_coalition(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Ama")
    with pytest.raises(Forbidden):
        services.save_list(
            db, actor=hall.actor(hall.other_officer), call=call, organisation=hall.togo, entries=[], now=NOW
        )
    with pytest.raises(NotFound):
        queries.organisation_for(
            db, actor=hall.actor(hall.other_officer), call=call, organisation_id=hall.togo.id
        )
    with pytest.raises(NotFound):
        queries.nomination_for(db, actor=hall.actor(hall.other_officer), nomination_id=hall.of("Ama").id)
    glance = queries.glance_at(db, actor=hall.actor(hall.other_officer), call=call)
    assert [answer.organisation.name for answer in glance.answers] == ["Platform of Fiji"]


def test_after_the_closing_date_only_coordinators_change_a_list_and_anybody_named_may_withdraw(
    hall: Hall, db: Session
) -> None:
    call = hall.opened()
    hall.names(call, "Ama")
    later = NOW + timedelta(days=60)
    entries = [Named(hall.people["Binta"].id, 2, "")]
    arguments = {"call": call, "organisation": hall.togo, "entries": entries, "now": later}
    with pytest.raises(Conflict, match="nominations_closed"):
        services.save_list(db, actor=hall.actor(hall.focal_point), **arguments)
    services.withdraw(db, actor=hall.actor(hall.focal_point), nomination=hall.of("Ama"), now=later)
    assert hall.of("Ama").state == "withdrawn"
    assert services.save_list(db, actor=hall.actor(hall.coordinator), **arguments) == []


def put_forward(hall: Hall, name: str) -> Nomination:
    person = hall.people[name]
    call = queries.call_for(hall.db, actor=hall.actor(hall.coordinator), workshop_id=hall.workshop.id)
    by_link = Actor(name=name, person_id=person.id, link=(queries.LINK, hall.workshop.id))
    return services.put_forward(
        hall.db, actor=by_link, call=call, person=person, need=3, purpose="My work", now=NOW
    )


def test_who_puts_themselves_forward_is_decided_on_by_their_organisation(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Ama")
    letters_after(db)
    nomination = put_forward(hall, "Binta")
    assert letters_after(db)[-1] == (hall.focal_point.name, "Binta would like to go: Meeting")
    with pytest.raises(Forbidden):
        services.answer_put_forward(
            db, actor=hall.actor(hall.other_officer), nomination=nomination, yes=True, now=NOW
        )
    services.answer_put_forward(
        db, actor=hall.actor(hall.focal_point), nomination=nomination, yes=True, now=NOW
    )
    assert (nomination.state, nomination.rank, nomination.is_substitute) == ("nominated", 2, False)
    assert letters_after(db)[-1][0] == "Binta"


def test_a_yes_beyond_the_quota_makes_a_substitute(hall: Hall, db: Session) -> None:
    hall.names(hall.opened(), "Ama", "Binta")
    nomination = put_forward(hall, "Chidi")
    services.answer_put_forward(db, actor=hall.actor(hall.officer), nomination=nomination, yes=True, now=NOW)
    assert (nomination.rank, nomination.is_substitute) == (1, True)


def test_a_no_is_told_with_its_word(hall: Hall, db: Session) -> None:
    hall.opened()
    nomination = put_forward(hall, "Chidi")
    services.answer_put_forward(
        db, actor=hall.actor(hall.focal_point), nomination=nomination, yes=False, word="Next year.", now=NOW
    )
    letters_after(db)
    letter = db.scalars(select(OutboxLetter).where(OutboxLetter.to_name == "Chidi")).one()
    assert "Next year." in letter.text
    with pytest.raises(Conflict, match="already_answered"):
        put_forward(hall, "Chidi")


def test_a_link_lets_its_owner_answer_for_nobody_and_nothing_else(hall: Hall, db: Session) -> None:
    call = hall.opened()
    hall.names(call, "Ama")
    somebody = Actor(name="Binta", person_id=hall.people["Binta"].id, link=(queries.LINK, hall.workshop.id))
    with pytest.raises(Forbidden):
        services.withdraw(db, actor=somebody, nomination=hall.of("Ama"), now=NOW)
    elsewhere = Actor(name="Ama", person_id=hall.people["Ama"].id, link=(queries.LINK, 999))
    with pytest.raises(Forbidden):
        services.withdraw(db, actor=elsewhere, nomination=hall.of("Ama"), now=NOW)


def test_reminders_go_to_who_has_not_answered_and_stop_by_themselves(hall: Hall, db: Session) -> None:
    call = hall.opened()
    letters_after(db)
    assert jobs.remind(NOW + timedelta(days=20)) == 0  # too early
    week_before = NOW + timedelta(days=34)
    hall.names(call, "Ama")
    db.commit()
    assert jobs.remind(week_before) == 1
    assert jobs.remind(week_before + timedelta(minutes=1)) == 0
    reminded = select(OutboxLetter.to_name).where(OutboxLetter.key.contains("/reminder/"))
    assert db.scalars(reminded).all() == [hall.other_officer.name]
    call = queries.call_for(db, actor=hall.actor(hall.other_officer), workshop_id=hall.workshop.id)
    services.name_nobody(db, actor=hall.actor(hall.other_officer), call=call, organisation=hall.fiji, now=NOW)
    db.commit()
    assert jobs.remind(week_before + timedelta(days=5)) == 0


def test_planning_gets_the_nominees_with_needs_in_order_and_no_substitutes(hall: Hall, db: Session) -> None:
    call = hall.opened()
    people = hall.people
    services.save_list(
        db,
        actor=hall.actor(hall.focal_point),
        call=call,
        organisation=hall.togo,
        entries=[
            Named(people["Ama"].id, 1, ""),
            Named(people["Binta"].id, 3, ""),
            Named(people["Chidi"].id, 3, "", is_substitute=True),
        ],
        now=NOW,
    )
    found = queries.named_for_planning(db, workshop_ids=[hall.workshop.id])[hall.workshop.id]
    assert found.organisation_ids == {hall.togo.id}
    assert found.needs == {people["Ama"].id: 1, people["Binta"].id: 1}


def test_the_list_of_calls_takes_as_many_statements_however_many_there_are(
    hall: Hall, db: Session, counted_statements: list[str]
) -> None:
    hall.opened()
    db.commit()
    actor = hall.actor(hall.officer)
    counted = []
    for more in (0, 12):
        for _ in range(more):
            other = make_hall(db)
            other.workshop.requested_by = hall.west
            db.flush()
            other.opened()
        db.commit()
        db.expire_all()
        counted_statements.clear()
        glances = queries.calls(db, actor=actor, since=clock.today() - timedelta(days=999))
        assert len(glances) == more + 1
        counted.append(len(counted_statements))
    assert counted[0] == counted[1]
