"""Who sees whom in the network."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import NOBODY, Actor, system
from app.errors import NotFound
from app.network.models import Organisation, Person
from app.network.queries import organisations_below, people_seen_by, sees_person
from app.network.queries.groups import members
from app.network.queries.people import person
from tests.factories import make_actor, make_group, make_organisation, make_person


@pytest.fixture
def coalition(db: Session) -> Organisation:
    """A coalition with one platform, which has one member organisation."""
    top = make_organisation(db, kind="coalition")
    platform = make_organisation(db, kind="platform", bodies=[top])
    make_organisation(db, kind="member", bodies=[platform])
    return top


def names(db: Session, actor: Actor) -> list[str]:
    return list(db.scalars(select(Person.name).where(people_seen_by(actor)).order_by(Person.name)))


def test_what_belongs_to_a_body_through_another_is_below_it_too(db: Session, coalition: Organisation) -> None:
    platform = coalition.members[0]
    below = organisations_below(db, {coalition.id})
    assert below == {coalition.id, platform.id, platform.members[0].id}
    assert organisations_below(db, set()) == frozenset()


def test_everybody_sees_those_they_look_after_and_themselves(db: Session, coalition: Organisation) -> None:
    platform = coalition.members[0]
    inside = make_person(db, name="Ama", organisation=platform.members[0])
    outside = make_person(db, name="Bea")
    officer = make_actor(db, "officer", organisation=coalition, person=outside)
    assert names(db, officer) == ["Ama", "Bea"]
    assert names(db, make_actor(db, "focal_point", organisation=platform)) == ["Ama"]
    assert names(db, make_actor(db, "officer")) == []
    assert names(db, make_actor(db, person=inside)) == ["Ama"]
    assert names(db, make_actor(db, "coordinator")) == ["Ama", "Bea"]
    assert names(db, system("test")) == ["Ama", "Bea"]
    assert names(db, NOBODY) == []


def test_seeing_one_person_agrees_with_seeing_many(db: Session, coalition: Organisation) -> None:
    people = [make_person(db, organisation=coalition), make_person(db)]
    actors = [
        NOBODY,
        make_actor(db, "coordinator"),
        make_actor(db, "officer", organisation=coalition),
        make_actor(db, person=people[1]),
    ]
    for actor in actors:
        seen = set(names(db, actor))
        assert {one.name for one in people if sees_person(actor, one)} == seen


def test_whom_one_may_not_see_does_not_exist(db: Session) -> None:
    stranger = make_person(db)
    with pytest.raises(NotFound):
        person(db, actor=make_actor(db, "officer"), code=stranger.code)


def test_of_a_group_one_sees_those_one_looks_after_and_how_many_there_are(
    db: Session, coalition: Organisation
) -> None:
    own = make_person(db, name="Ama", organisation=coalition)
    group = make_group(db, people=[own, make_person(db, name="Bea")])
    found = members(db, actor=make_actor(db, "officer", organisation=coalition), group=group)
    assert ([one.name for one in found.people], found.total) == (["Ama"], 2)
