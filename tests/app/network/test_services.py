"""Changing the network: who may, what it does, and what the audit trail says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.errors import Invalid
from app.facts import AuditEntry
from app.network.models import MAY_LEAD, Closure, Organisation, VenueClosure
from app.network.services import closures, groups, organisations, people, places, topics
from tests.conftest import NOW
from tests.factories import (
    make_actor,
    make_facilitator,
    make_group,
    make_organisation,
    make_person,
    make_place,
    make_topic,
    make_venue,
)


@pytest.fixture
def coordinator(db: Session) -> Actor:
    return make_actor(db, "coordinator")


@pytest.fixture
def coalition(db: Session) -> Organisation:
    """A coalition with one platform."""
    top = make_organisation(db, kind="coalition")
    make_organisation(db, bodies=[top])
    return top


def last_entry(db: Session) -> AuditEntry:
    return db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


def organisation_details(**changes: Any) -> organisations.OrganisationDetails:
    details = organisations.OrganisationDetails(
        kind="platform",
        name="Plateforme d’Été",
        acronym="PE",
        region="West Africa",
        country="SN",
        place=None,
        languages=["fr"],
        bodies=[],
        note="",
        evidence="",
        source="",
    )
    return replace(details, **changes)


# -- Organisations


def test_a_new_organisation_has_a_code_made_from_its_name(db: Session, coordinator: Actor) -> None:
    made = [
        organisations.add_organisation(db, actor=coordinator, details=organisation_details(), now=NOW)
        for _ in range(2)
    ]
    assert [row.code for row in made] == ["plateforme-d-ete", "plateforme-d-ete-2"]
    assert last_entry(db).fact == "OrganisationAdded"


def test_a_change_is_kept_with_what_was_and_what_is(
    db: Session, coordinator: Actor, coalition: Organisation
) -> None:
    row = organisations.add_organisation(db, actor=coordinator, details=organisation_details(), now=NOW)
    organisations.change_organisation(
        db,
        actor=coordinator,
        organisation=row,
        details=organisation_details(acronym="PÉ", bodies=[coalition]),
        now=NOW,
    )
    entry = last_entry(db)
    assert (entry.subject_kind, entry.subject_id) == ("organisation", row.id)
    assert (entry.before, entry.after) == (
        {"acronym": "PE", "bodies": []},
        {"acronym": "PÉ", "bodies": [coalition.code]},
    )
    assert row in coalition.members


def test_an_organisation_cannot_come_to_belong_to_itself_through_others(
    db: Session, coordinator: Actor, coalition: Organisation
) -> None:
    with pytest.raises(Invalid) as refused:
        organisations.change_organisation(
            db,
            actor=coordinator,
            organisation=coalition,
            details=organisation_details(bodies=[coalition.members[0]]),
            now=NOW,
        )
    assert (refused.value.field, refused.value.reason) == ("bodies", "circle")


# -- People


def person_details(organisation: Organisation, **changes: Any) -> people.PersonDetails:
    details = people.PersonDetails(
        name="Ama Mensah",
        email="ama@example.org",
        organisation=organisation,
        place=organisation.place,  # type: ignore[arg-type]
        languages=["fr"],
    )
    return replace(details, **changes)


def test_an_officer_adds_people_below_their_coalition_and_nowhere_else(
    db: Session, coalition: Organisation
) -> None:
    officer = make_actor(db, "officer", organisation=coalition)
    added = people.add_person(db, actor=officer, details=person_details(coalition.members[0]), now=NOW)
    assert (added.code, added.organisation) == ("ama-mensah", coalition.members[0])
    with pytest.raises(Forbidden):
        people.add_person(db, actor=officer, details=person_details(make_organisation(db)), now=NOW)


def test_a_person_cannot_be_moved_out_of_ones_reach_nor_into_it(db: Session, coalition: Organisation) -> None:
    officer = make_actor(db, "officer", organisation=coalition)
    elsewhere = make_organisation(db)
    for person, target in (
        (make_person(db, organisation=coalition), elsewhere),
        (make_person(db, organisation=elsewhere), coalition),
    ):
        with pytest.raises(Forbidden):
            people.change_person(
                db, actor=officer, person=person, details=person_details(target, email=None), now=NOW
            )


def test_two_people_cannot_have_one_address_but_one_may_keep_theirs(
    db: Session, coordinator: Actor, coalition: Organisation
) -> None:
    ama = people.add_person(db, actor=coordinator, details=person_details(coalition), now=NOW)
    with pytest.raises(Invalid) as refused:
        people.add_person(db, actor=coordinator, details=person_details(coalition), now=NOW)
    assert (refused.value.field, refused.value.reason) == ("email", "email_taken")
    people.change_person(
        db, actor=coordinator, person=ama, details=person_details(coalition, name="Ama M."), now=NOW
    )
    assert last_entry(db).after == {"name": "Ama M."}


def test_skills_and_wants_become_exactly_what_was_said(db: Session, coordinator: Actor) -> None:
    kept, dropped, fresh = (make_topic(db) for _ in range(3))
    person = make_facilitator(db, kept, email=None)
    people.set_skills(person, {kept.id: 2, dropped.id: 2})
    db.flush()
    people.change_person(
        db,
        actor=coordinator,
        person=person,
        details=person_details(
            person.organisation, skills={kept.id: MAY_LEAD, fresh.id: 2}, wants={dropped.id: 3}
        ),
        now=NOW,
    )
    db.expire_all()
    assert {skill.topic_id: skill.level for skill in person.skills} == {kept.id: 3, fresh.id: 2}
    assert {want.topic_id: want.weight for want in person.wants} == {dropped.id: 3}


# -- Places, venues, free days


def test_a_venue_is_closed_on_days_and_opened_again(db: Session, coordinator: Actor) -> None:
    venue = make_venue(db)
    closed = places.close_venue(
        db,
        actor=coordinator,
        venue=venue,
        first_day=date(2027, 3, 1),
        last_day=date(2027, 3, 5),
        note="Repairs",
        now=NOW,
    )
    assert [closure.note for closure in venue.closures] == ["Repairs"]
    places.reopen_venue(db, actor=coordinator, closure=closed, now=NOW)
    db.expire_all()
    assert venue.closures == []
    assert last_entry(db).before["first_day"] == "2027-03-01"


def test_days_that_end_before_they_begin_are_refused(db: Session, coordinator: Actor) -> None:
    first, last = date(2027, 3, 5), date(2027, 3, 1)
    details = closures.ClosureDetails(country="", first_day=first, last_day=last, title={"en": "Break"})
    with pytest.raises(Invalid, match="days_not_in_order"):
        closures.keep_days_free(db, actor=coordinator, details=details, now=NOW)
    with pytest.raises(Invalid, match="days_not_in_order"):
        places.close_venue(
            db,
            actor=coordinator,
            venue=make_venue(db),
            first_day=first,
            last_day=last,
            note="",
            now=NOW,
        )


def test_days_are_kept_free_changed_and_released(db: Session, coordinator: Actor) -> None:
    day = date(2027, 12, 24)
    details = closures.ClosureDetails(country="", first_day=day, last_day=day, title={"fr": "Pause"})
    kept = closures.keep_days_free(db, actor=coordinator, details=details, now=NOW)
    closures.keep_days_free(
        db, actor=coordinator, details=replace(details, country="SN"), now=NOW, closure=kept
    )
    assert last_entry(db).before == {"country": ""}
    closures.release_days(db, actor=coordinator, closure=kept, now=NOW)
    assert db.scalars(select(Closure)).all() == []


# -- Topics and groups


def test_a_topic_is_in_an_area_and_an_area_in_nothing(db: Session, coordinator: Actor) -> None:
    area = topics.add_topic(
        db, actor=coordinator, details=topics.TopicDetails(titles={"en": "Money"}, area=None), now=NOW
    )
    topic = topics.add_topic(
        db, actor=coordinator, details=topics.TopicDetails(titles={"fr": "Récolter"}, area=area), now=NOW
    )
    assert (topic.code, topic.area) == ("recolter", area)
    other = make_topic(db)
    for details, row, reason in (
        (topics.TopicDetails(titles={"en": "x"}, area=topic), other, "not_an_area"),
        (topics.TopicDetails(titles={"en": "x"}, area=other), area, "has_topics"),
        (topics.TopicDetails(titles={"en": "x"}, area=other), other, "has_topics"),
        (topics.TopicDetails(titles={}, area=None), other, "no_title"),
    ):
        with pytest.raises(Invalid, match=reason):
            topics.change_topic(db, actor=coordinator, topic=row, details=details, now=NOW)


def test_people_join_a_group_become_its_chair_and_leave(db: Session, coalition: Organisation) -> None:
    officer = make_actor(db, "officer", organisation=coalition)
    group = groups.add_group(
        db,
        actor=officer,
        details=groups.GroupDetails(titles={"en": "Agenda 2030"}, organisation=coalition),
        now=NOW,
    )
    ama = make_person(db, organisation=coalition)
    for as_chair in (False, True, True):
        groups.add_to_group(db, actor=officer, group=group, person=ama, as_chair=as_chair, now=NOW)
    db.expire_all()
    assert ([person.id for person in group.people], [chair.person_id for chair in group.chairs]) == (
        [ama.id],
        [ama.id],
    )
    groups.add_to_group(db, actor=officer, group=group, person=ama, as_chair=False, now=NOW)
    db.expire_all()
    assert group.chairs == []
    groups.remove_from_group(db, actor=officer, group=group, person=ama, now=NOW)
    db.expire_all()
    assert group.people == []


def test_only_those_who_look_after_a_person_take_them_into_a_group(
    db: Session, coalition: Organisation
) -> None:
    officer = make_actor(db, "officer", organisation=coalition)
    group = make_group(db, organisation=coalition)
    with pytest.raises(Forbidden):
        groups.add_to_group(db, actor=officer, group=group, person=make_person(db), as_chair=False, now=NOW)


# -- Guards


def _verbs(db: Session) -> list[Callable[[Actor], object]]:
    """Every verb that is the secretariat's alone, ready to be called by somebody else."""
    place, venue, topic, row = make_place(db), make_venue(db), make_topic(db), make_organisation(db)
    day = date(2027, 1, 1)
    place_details = places.PlaceDetails(
        name="x",
        country="SN",
        latitude=0,
        longitude=0,
        timezone="UTC",
        languages=[],
        airport="",
    )
    venue_details = places.VenueDetails(name="x", place=place, seats=1, cost_per_day=1)
    topic_details = topics.TopicDetails(titles={"en": "x"}, area=None)
    free = closures.ClosureDetails(country="", first_day=day, last_day=day, title={"en": "x"})
    closure, closed = (
        Closure(country="", first_day=day, last_day=day, title={"en": "x"}),
        VenueClosure(venue=venue, first_day=day, last_day=day),
    )
    db.add_all([closure, closed])
    db.flush()
    details = organisation_details()
    return [
        lambda a: organisations.add_organisation(db, actor=a, details=details, now=NOW),
        lambda a: organisations.change_organisation(db, actor=a, organisation=row, details=details, now=NOW),
        lambda a: places.add_place(db, actor=a, details=place_details, now=NOW),
        lambda a: places.change_place(db, actor=a, place=place, details=place_details, now=NOW),
        lambda a: places.add_venue(db, actor=a, details=venue_details, now=NOW),
        lambda a: places.change_venue(db, actor=a, venue=venue, details=venue_details, now=NOW),
        lambda a: places.close_venue(db, actor=a, venue=venue, first_day=day, last_day=day, note="", now=NOW),
        lambda a: places.reopen_venue(db, actor=a, closure=closed, now=NOW),
        lambda a: topics.add_topic(db, actor=a, details=topic_details, now=NOW),
        lambda a: topics.change_topic(db, actor=a, topic=topic, details=topic_details, now=NOW),
        lambda a: closures.keep_days_free(db, actor=a, details=free, now=NOW),
        lambda a: closures.release_days(db, actor=a, closure=closure, now=NOW),
    ]


@pytest.mark.parametrize("role", ["officer", "focal_point"])
def test_what_is_the_secretariats_is_nobody_elses(db: Session, role: Any) -> None:
    for verb in _verbs(db):
        with pytest.raises(Forbidden):
            verb(make_actor(db, role))


def test_every_verb_leaves_one_entry_in_the_audit_trail(db: Session, coordinator: Actor) -> None:
    for verb in _verbs(db):
        before = db.scalars(select(AuditEntry.id)).all()
        verb(coordinator)
        assert len(db.scalars(select(AuditEntry.id)).all()) == len(before) + 1
