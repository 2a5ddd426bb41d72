"""Working groups: their co-chairs keep them and ask for workshops; who is in one reads its page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.errors import Invalid, NotFound
from app.home import queries as home
from app.network.models import Group, GroupChair, Organisation, Person
from app.network.queries import groups as reading
from app.network.services import groups
from app.workshops import queries, services
from app.workshops.answers import What
from tests.conftest import NOW
from tests.factories import (
    make_account,
    make_actor,
    make_group,
    make_organisation,
    make_person,
    make_topic,
    make_workshop,
)
from tests.pages import Page

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def host(db: Session) -> Organisation:
    return make_organisation(db, kind="secretariat", name="The secretariat")


@pytest.fixture
def ama(db: Session) -> Person:
    return make_person(db, name="Ama")


@pytest.fixture
def group(db: Session, host: Organisation, ama: Person) -> Group:
    """At the secretariat, co-chaired by Ama, with Bea and Chidi of two platforms."""
    made = make_group(
        db,
        code="agenda",
        titles={"en": "Agenda"},
        organisation=host,
        people=[ama, make_person(db, name="Bea"), make_person(db, name="Chidi")],
    )
    made.chairs = [GroupChair(person=ama)]
    db.flush()
    return made


@pytest.fixture
def chair(db: Session, group: Group, ama: Person) -> Actor:
    return actor_of(db, make_account(db, person=ama))


def what(db: Session, group: Group, **other: object) -> What:
    given = {
        "requested_by_id": group.organisation_id,
        "titles": {"en": "Webinar on the goals"},
        "topic_id": make_topic(db).id,
        "kind": "webinar",
        "group_id": group.id,
    }
    return What(**{**given, **other})  # type: ignore[arg-type]


# -- Its requests


def test_a_co_chair_drafts_and_sees_the_requests_of_the_group(
    db: Session, group: Group, chair: Actor
) -> None:
    drafted = services.draft_request(db, actor=chair, what=what(db, group), now=NOW)
    assert (drafted.requested_by, drafted.group) == (group.organisation, group)
    assert queries.may_ask_as(chair, drafted)
    assert queries.workshop_for(db, actor=chair, workshop_id=drafted.id) is drafted
    assert [task.kind for task in home.tasks(db, actor=chair, now=NOW)] == ["request_drafted"]
    assert [body.id for body in queries.requesters(db, actor=chair)] == [group.organisation_id]


def test_a_co_chair_asks_in_no_other_name(db: Session, group: Group, chair: Actor) -> None:
    other = make_group(db, organisation=group.organisation)
    with pytest.raises(Invalid) as refused:
        services.draft_request(db, actor=chair, what=what(db, group, group_id=other.id), now=NOW)
    assert (refused.value.field, refused.value.reason) == ("group_id", "not_your_group")
    with pytest.raises(Invalid):
        services.draft_request(db, actor=chair, what=what(db, group, group_id=None), now=NOW)
    stranger = make_organisation(db, kind="coalition")
    with pytest.raises(Forbidden):
        services.draft_request(db, actor=chair, what=what(db, group, requested_by_id=stranger.id), now=NOW)


def test_what_a_coalition_asks_for_with_the_group_behind_it_the_chair_reads_and_does_not_change(
    db: Session, group: Group, chair: Actor
) -> None:
    theirs = make_workshop(db, group=group, state="drafted")
    assert queries.workshop_for(db, actor=chair, workshop_id=theirs.id) is theirs
    assert not queries.may_ask_as(chair, theirs)
    assert theirs not in queries.earlier_requests(db, actor=chair).items
    with pytest.raises(Forbidden):
        services.submit_request(db, actor=chair, workshop=theirs, now=NOW)


def test_what_is_not_the_groups_does_not_exist_for_its_chair(db: Session, group: Group, chair: Actor) -> None:
    foreign = make_workshop(db, requested_by=group.organisation)
    with pytest.raises(NotFound):
        queries.workshop_for(db, actor=chair, workshop_id=foreign.id)


def test_a_chair_without_a_role_hands_a_request_in_by_the_pages(
    db: Session, group: Group, ama: Person, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make_account(db, person=ama))
    page = Page(client.get(f"/workshops/new?group={group.id}", follow_redirects=True).text)
    assert page.field("group_id") == str(group.id)
    data = {
        "key": page.field("key"),
        "requested_by_id": page.field("requested_by_id"),
        "group_id": str(group.id),
        "title_en": "On the goals",
        "topic_id": str(make_topic(db).id),
        "kind": "webinar",
    }
    db.commit()
    begun = client.post("/workshops/new", data=data)
    assert begun.status_code == 303
    listed = Page(client.get("/workshops").text)
    assert [row[0].split(" Topic")[0] for row in listed.rows()] == ["On the goals"]
    assert client.get("/workshops/funds").status_code == 403
    assert client.get("/network").status_code == 403


# -- Keeping it


def test_a_co_chair_sees_everybody_in_the_group_and_nobody_else(
    db: Session, group: Group, chair: Actor
) -> None:
    make_person(db, name="Dede")
    assert [p.name for p in reading.members(db, actor=chair, group=group).people] == ["Ama", "Bea", "Chidi"]
    bea = actor_of(db, make_account(db, person=group.people[1]))
    assert [p.name for p in reading.members(db, actor=bea, group=group).people] == ["Bea"]


def test_a_co_chair_adds_whom_they_know_and_lets_people_go(db: Session, group: Group, chair: Actor) -> None:
    dede = make_person(db, name="Dede", email="dede@example.org")
    assert groups.add_by_address(db, actor=chair, group=group, address=" Dede@example.org ", now=NOW) is dede
    assert groups.add_by_address(db, actor=chair, group=group, address="no@example.org", now=NOW) is None
    assert dede in group.people
    groups.remove_from_group(db, actor=chair, group=group, person=dede, now=NOW)
    assert dede not in group.people


def test_who_is_a_co_chair_the_organisation_decides(db: Session, group: Group, chair: Actor) -> None:
    bea = group.people[1]
    with pytest.raises(Forbidden):
        groups.add_to_group(db, actor=chair, group=group, person=bea, as_chair=True, now=NOW)
    group.chairs.append(GroupChair(person=bea))
    db.flush()
    with pytest.raises(Forbidden):
        groups.remove_from_group(db, actor=chair, group=group, person=bea, now=NOW)


def test_a_co_chair_renames_the_group_and_leaves_it_where_it_is(
    db: Session, group: Group, chair: Actor
) -> None:
    there = groups.GroupDetails(titles={"en": "Agenda 2030"}, organisation=group.organisation)
    groups.change_group(db, actor=chair, group=group, details=there, now=NOW)
    assert group.titles == {"en": "Agenda 2030"}
    elsewhere = groups.GroupDetails(titles={"en": "X"}, organisation=make_organisation(db))
    with pytest.raises(Forbidden):
        groups.change_group(db, actor=chair, group=group, details=elsewhere, now=NOW)


def test_nobody_else_keeps_the_group(db: Session, group: Group) -> None:
    officer = make_actor(db, "officer")
    member = actor_of(db, make_account(db, person=group.people[1]))
    for actor in (officer, member):
        with pytest.raises(Forbidden):
            groups.add_by_address(db, actor=actor, group=group, address="x@example.org", now=NOW)
        with pytest.raises(Forbidden):
            groups.remove_from_group(db, actor=actor, group=group, person=group.people[2], now=NOW)


# -- Its page


def test_who_is_in_a_group_reads_its_page_and_subscribes_there(
    db: Session, group: Group, sign_in_as: SignIn
) -> None:
    client = sign_in_as(make_account(db, person=group.people[1]))
    assert Page(client.get("/").text).links()["Agenda"] == "/network/groups/agenda"
    page = Page(client.get("/network/groups/agenda").text)
    assert "and 2 people of other organisations" in page.text
    then = "/network/groups/agenda"
    opened = client.post("/calendars", data={"subject": f"group:{group.id}", "then": then})
    assert (opened.status_code, opened.location) == (303, then)
    assert "webcal://" in client.get(then).text
    away = client.post("/calendars", data={"subject": f"group:{group.id}", "then": "//evil.example"})
    assert away.location == "/calendars"


def test_for_who_is_not_in_it_and_no_staff_a_group_does_not_exist(
    db: Session, group: Group, sign_in_as: SignIn
) -> None:
    stranger = sign_in_as(make_account(db, person=make_person(db)))
    assert stranger.get("/network/groups/agenda").status_code == 404
    assert (
        stranger.post("/network/groups/agenda/people", data={"address": "a@example.org"}).status_code == 403
    )


def test_the_pages_of_the_chair_add_and_remove(
    db: Session, group: Group, ama: Person, sign_in_as: SignIn
) -> None:
    make_person(db, name="Dede", email="dede@example.org", code="dede")
    client = sign_in_as(make_account(db, person=ama))
    address = "/network/groups/agenda"
    client.post(f"{address}/people", data={"address": "dede@example.org"})
    assert "Dede" in [row[0].split()[-1] for row in Page(client.get(address).text).rows()]
    client.post(f"{address}/people/remove", data={"person": "dede"})
    assert "Dede" not in client.get(address).text
    missing = client.post(f"{address}/people", data={"address": "no@example.org"}, follow_redirects=True)
    assert "Nobody in the network has this address." in missing.text
