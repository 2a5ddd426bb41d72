"""The life of a request: every step, who may take it, and what each refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.errors import Conflict, Invalid, NotFound
from app.facts import AuditEntry
from app.network.models import Organisation, Topic
from app.workshops import queries, services
from app.workshops.answers import What, answers_of
from app.workshops.models import STATES, Fund, Workshop
from tests.app.workshops.requests import make_coalition, make_request
from tests.conftest import NOW
from tests.factories import make_actor, make_fund, make_organisation, make_topic, make_venue, make_workshop


@pytest.fixture
def coalition(db: Session) -> Organisation:
    return make_coalition(db, languages=["fr", "en"])


@pytest.fixture
def officer(db: Session, coalition: Organisation) -> Actor:
    return make_actor(db, "officer", organisation=coalition)


@pytest.fixture
def secretariat(db: Session) -> Actor:
    return make_actor(db, "coordinator")


@pytest.fixture
def topic(db: Session) -> Topic:
    return make_topic(db)


@pytest.fixture
def request_(db: Session, coalition: Organisation) -> Workshop:
    return make_request(db, coalition)


def what(coalition: Organisation, topic: Topic, **values: Any) -> What:
    given = {
        "requested_by_id": coalition.id,
        "titles": {"en": "Storytelling for advocacy", "fr": "L’art du récit"},
        "topic_id": topic.id,
        "kind": "peer_exchange",
    }
    return What(**{**given, **values})


def facts(db: Session) -> list[str]:
    return list(db.scalars(select(AuditEntry.fact).order_by(AuditEntry.id)))


# -- Drafting


def test_a_draft_starts_from_defaults_that_contradict_nothing(
    db: Session, coalition: Organisation, officer: Actor, topic: Topic
) -> None:
    drafted = services.draft_request(db, actor=officer, what=what(coalition, topic), now=NOW)
    assert (drafted.state, drafted.code, drafted.mode, drafted.days) == (
        "drafted",
        "storytelling-for-advocacy",
        "in_person",
        2,
    )
    assert drafted.languages == ["fr"]
    found = queries.problems_with(db, workshop=drafted, answers=answers_of(drafted), today=NOW.date())
    assert {problem.reason for problem in found} == {"no_venue", "nobody_invited"}
    assert all(problem.is_missing for problem in found)
    assert facts(db) == ["RequestDrafted"]


def test_a_webinar_is_drafted_online(
    db: Session, coalition: Organisation, officer: Actor, topic: Topic
) -> None:
    drafted = services.draft_request(db, actor=officer, what=what(coalition, topic, kind="webinar"), now=NOW)
    assert (drafted.mode, drafted.days, drafted.minutes) == ("online", None, 90)


def test_two_requests_of_one_title_have_codes_of_their_own(
    db: Session, coalition: Organisation, officer: Actor, topic: Topic
) -> None:
    codes = [
        services.draft_request(db, actor=officer, what=what(coalition, topic), now=NOW).code for _ in range(3)
    ]
    assert codes == [
        "storytelling-for-advocacy",
        "storytelling-for-advocacy-2",
        "storytelling-for-advocacy-3",
    ]


def test_a_form_sent_twice_begins_one_request(
    db: Session, coalition: Organisation, officer: Actor, topic: Topic
) -> None:
    sent = what(coalition, topic)
    first = services.draft_request(db, actor=officer, what=sent, key="0a1b2c3d", now=NOW)
    assert services.draft_request(db, actor=officer, what=sent, key="0a1b2c3d", now=NOW) is first
    other = services.draft_request(db, actor=officer, what=sent, key="99999999", now=NOW)
    assert other is not first
    assert facts(db) == ["RequestDrafted", "RequestDrafted"]


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        ({"titles": {}}, "titles", "no_title"),
        ({"kind": "party"}, "kind", "unknown"),
        ({"topic_id": 999}, "topic_id", "unknown"),
        ({"group_id": 999}, "group_id", "unknown"),
    ],
)
def test_a_draft_needs_a_title_and_a_topic_that_exists(
    db: Session,
    coalition: Organisation,
    officer: Actor,
    topic: Topic,
    values: dict[str, Any],
    field: str,
    reason: str,
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.draft_request(db, actor=officer, what=what(coalition, topic, **values), now=NOW)
    assert (refusal.value.field, refusal.value.reason) == (field, reason)


def test_a_focal_point_does_not_ask_for_workshops(db: Session, coalition: Organisation, topic: Topic) -> None:
    platform = coalition.members[0]
    focal = make_actor(db, "focal_point", organisation=platform)
    with pytest.raises(Forbidden):
        services.draft_request(db, actor=focal, what=what(platform, topic), now=NOW)


# -- Answering


def answer(
    db: Session, actor: Actor, workshop: Workshop, step: str, *, complete: bool = False, **values: Any
) -> list[str]:
    page = replace(getattr(answers_of(workshop), step), **values)
    problems = services.answer_page(db, actor=actor, workshop=workshop, page=page, complete=complete, now=NOW)
    return [problem.reason for problem in problems]


def test_each_page_is_stored_and_read_back(
    db: Session, coalition: Organisation, officer: Actor, request_: Workshop
) -> None:
    earlier, fund, venue = make_request(db, coalition), make_fund(db, organisation=coalition), make_venue(db)
    topic = make_topic(db)
    pages: dict[str, dict[str, Any]] = {
        "what": {"titles": {"pt": "Narrativas"}, "topic_id": topic.id, "about": "Para todos"},
        "when": {
            "days": 4,
            "window_last": date(2027, 5, 31),
            "follows_id": earlier.id,
            "follows_graduates": 2,
        },
        "where": {"venue_ids": frozenset({venue.id}), "languages": ("es", "pt")},
        "who": {"team_max": 3, "seats_max": 20, "invited_ids": frozenset({coalition.members[0].id})},
        "money": {"fund_ids": frozenset({fund.id}), "budget": 9000, "priority": 5},
    }
    for step, values in pages.items():
        assert answer(db, officer, request_, step, complete=step != "who", **values) == []
    db.commit()
    db.expire_all()
    stored = answers_of(queries.workshop_for(db, actor=officer, workshop_id=request_.id))
    for step, values in pages.items():
        for name, value in values.items():
            assert getattr(getattr(stored, step), name) == value
    assert facts(db) == ["RequestChanged"] * 5


def test_a_contradiction_is_not_stored(db: Session, officer: Actor, request_: Workshop) -> None:
    assert answer(db, officer, request_, "who", team_min=4) == ["most_below_least"]
    db.expire_all()
    assert request_.team_min == 1
    assert facts(db) == []


def test_what_is_missing_may_wait_when_one_leaves(db: Session, officer: Actor, request_: Workshop) -> None:
    nowhere = {"venue_ids": frozenset[int]()}
    assert answer(db, officer, request_, "where", complete=True, **nowhere) == ["no_venue"]
    assert answer(db, officer, request_, "where", complete=False, **nowhere) == []
    assert request_.venues == []


def test_a_page_is_not_held_up_by_another(db: Session, officer: Actor, request_: Workshop) -> None:
    request_.venues = []
    assert answer(db, officer, request_, "money", complete=True, priority=5) == []


def test_going_online_is_stored_without_venues_and_days(
    db: Session, officer: Actor, request_: Workshop
) -> None:
    assert answer(db, officer, request_, "when", mode="online", days=None, minutes=120) == []
    db.expire_all()
    assert (request_.venues, request_.days, request_.minutes) == ([], None, 120)


def test_the_same_answers_again_change_and_record_nothing(
    db: Session, officer: Actor, request_: Workshop
) -> None:
    assert answer(db, officer, request_, "money", priority=5) == []
    changed_at = request_.changed_at
    page = answers_of(request_).money
    services.answer_page(
        db, actor=officer, workshop=request_, page=page, complete=True, now=NOW + timedelta(hours=1)
    )
    assert request_.changed_at == changed_at
    assert facts(db) == ["RequestChanged"]


def test_the_trail_keeps_what_differs(db: Session, officer: Actor, request_: Workshop) -> None:
    answer(db, officer, request_, "money", priority=5)
    (entry,) = db.scalars(select(AuditEntry))
    assert (entry.facts, entry.before, entry.after) == (
        {"step": "money"},
        {"priority": 3},
        {"priority": 5},
    )


def test_a_workshop_cannot_follow_itself_nor_one_that_follows_it(
    db: Session, coalition: Organisation, officer: Actor, request_: Workshop
) -> None:
    second = make_request(db, coalition, follows=request_)
    third = make_request(db, coalition, follows=second)
    for later in (request_, second, third):
        assert answer(db, officer, request_, "when", follows_id=later.id) == ["follows_in_a_circle"]
    assert answer(db, officer, third, "when", follows_id=request_.id) == []


def test_one_follows_only_what_one_sees(db: Session, officer: Actor, request_: Workshop) -> None:
    foreign = make_workshop(db)
    with pytest.raises(Invalid) as refusal:
        answer(db, officer, request_, "when", follows_id=foreign.id)
    assert refusal.value.field == "follows_id"


def test_nobody_promises_the_money_of_others(db: Session, officer: Actor, request_: Workshop) -> None:
    foreign = make_fund(db)
    with pytest.raises(Forbidden):
        answer(db, officer, request_, "money", fund_ids=frozenset({foreign.id}))


def test_a_fund_of_others_that_was_granted_stays(db: Session, officer: Actor, request_: Workshop) -> None:
    granted = make_fund(db)
    request_.funds = [granted]
    db.flush()
    assert answer(db, officer, request_, "money", priority=4) == []
    assert request_.funds == [granted]


def test_a_request_cannot_be_handed_to_a_coalition_one_does_not_act_for(
    db: Session, officer: Actor, request_: Workshop
) -> None:
    foreign = make_organisation(db, kind="coalition")
    with pytest.raises(Forbidden):
        answer(db, officer, request_, "what", requested_by_id=foreign.id)


@pytest.mark.parametrize("state", ["submitted", "approved", "withdrawn"])
def test_who_asks_changes_a_request_only_while_it_is_in_their_hands(
    db: Session, coalition: Organisation, officer: Actor, state: str
) -> None:
    with pytest.raises(Conflict, match="not_open_to_change"):
        answer(db, officer, make_request(db, coalition, state=state), "money", priority=5)


def test_the_secretariat_may_correct_an_approved_request_but_not_break_it(
    db: Session, coalition: Organisation, secretariat: Actor
) -> None:
    approved = make_request(db, coalition, state="approved")
    assert answer(db, secretariat, approved, "money", priority=5) == []
    nowhere = {"venue_ids": frozenset[int]()}
    assert answer(db, secretariat, approved, "where", complete=False, **nowhere) == ["no_venue"]
    assert len(approved.venues) == 1


# -- Its life


def test_a_request_goes_from_draft_to_approval_and_the_trail_tells_it(
    db: Session, officer: Actor, secretariat: Actor, request_: Workshop
) -> None:
    assert services.submit_request(db, actor=officer, workshop=request_, now=NOW) == ()
    services.return_request(db, actor=secretariat, workshop=request_, word=" Which venue? ", now=NOW)
    assert (request_.state, request_.word) == ("returned", "Which venue?")
    assert services.submit_request(db, actor=officer, workshop=request_, now=NOW) == ()
    assert request_.word == ""
    services.approve_request(db, actor=secretariat, workshop=request_, now=NOW)
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.fact, entry.before, entry.after) for entry in entries] == [
        ("RequestSubmitted", {"state": "drafted"}, {"state": "submitted"}),
        ("RequestReturned", {"state": "submitted"}, {"state": "returned"}),
        ("RequestSubmitted", {"state": "returned"}, {"state": "submitted"}),
        ("RequestApproved", {"state": "submitted"}, {"state": "approved"}),
    ]
    assert entries[1].facts == {"word": "Which venue?"}


def test_an_incomplete_request_is_not_handed_in(db: Session, officer: Actor, request_: Workshop) -> None:
    request_.venues, request_.invited = [], []
    problems = services.submit_request(db, actor=officer, workshop=request_, now=NOW)
    assert [(problem.step, problem.reason) for problem in problems] == [
        ("where", "no_venue"),
        ("who", "nobody_invited"),
    ]
    assert request_.state == "drafted"
    assert facts(db) == []


def test_a_request_whose_predecessor_was_withdrawn_is_not_handed_in(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    gone = make_request(db, coalition, state="withdrawn")
    problems = services.submit_request(
        db, actor=officer, workshop=make_request(db, coalition, follows=gone), now=NOW
    )
    assert [problem.reason for problem in problems] == ["follows_withdrawn"]


Verb = Callable[[Session, Actor, Workshop], object]

VERBS: dict[str, Verb] = {
    "submit": lambda db, actor, it: services.submit_request(db, actor=actor, workshop=it, now=NOW),
    "approve": lambda db, actor, it: services.approve_request(db, actor=actor, workshop=it, now=NOW),
    "return": lambda db, actor, it: services.return_request(db, actor=actor, workshop=it, word="No", now=NOW),
    "withdraw": lambda db, actor, it: services.withdraw_request(db, actor=actor, workshop=it, now=NOW),
}

ALLOWED = {
    ("drafted", "submit"): "submitted",
    ("returned", "submit"): "submitted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("drafted", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("approved", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(
    db: Session, coalition: Organisation, secretariat: Actor, state: str, verb: str
) -> None:
    request_ = make_request(db, coalition, state=state)
    if (state, verb) in ALLOWED:
        VERBS[verb](db, secretariat, request_)
        assert request_.state == ALLOWED[state, verb]
        assert len(facts(db)) == 1
    else:
        with pytest.raises(Conflict):
            VERBS[verb](db, secretariat, request_)
        assert request_.state == state
        assert facts(db) == []


def test_only_the_secretariat_decides(db: Session, coalition: Organisation, officer: Actor) -> None:
    submitted = make_request(db, coalition, state="submitted")
    for verb in ("approve", "return"):
        with pytest.raises(Forbidden):
            VERBS[verb](db, officer, submitted)


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_acts_on_the_request_of_another_coalition(db: Session, request_: Workshop, verb: str) -> None:
    stranger = make_actor(db, "officer")
    with pytest.raises(Forbidden):
        VERBS[verb](db, stranger, request_)
    with pytest.raises(Forbidden):
        answer(db, stranger, request_, "money", priority=5)
    with pytest.raises(Forbidden):
        services.copy_request(db, actor=stranger, workshop=request_, now=NOW)
    with pytest.raises(NotFound):
        queries.workshop_for(db, actor=stranger, workshop_id=request_.id)


def test_a_request_is_returned_with_a_word(db: Session, coalition: Organisation, secretariat: Actor) -> None:
    submitted = make_request(db, coalition, state="submitted")
    with pytest.raises(Invalid, match="missing"):
        services.return_request(db, actor=secretariat, workshop=submitted, word="  ", now=NOW)
    assert submitted.state == "submitted"


def test_last_years_request_is_copied_into_the_next_year_without_what_it_followed(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    old = make_request(
        db,
        coalition,
        state="approved",
        window_first=date(2024, 2, 29),
        window_last=date(2024, 5, 31),
        follows=make_request(db, coalition),
        funds=[make_fund(db, organisation=coalition)],
        priority=5,
    )
    copy = services.copy_request(db, actor=officer, workshop=old, now=NOW)
    assert (copy.state, copy.follows_id, copy.priority, copy.titles) == ("drafted", None, 5, old.titles)
    assert (copy.window_first, copy.window_last) == (date(2027, 2, 28), date(2027, 5, 31))
    assert (copy.venues, copy.invited, copy.funds) == (old.venues, old.invited, old.funds)
    assert copy.code != old.code
    (entry,) = db.scalars(select(AuditEntry))
    assert (entry.fact, entry.facts) == ("RequestDrafted", {"copied_from": old.id})


def test_a_copy_of_what_is_still_to_come_keeps_its_dates(
    db: Session, officer: Actor, request_: Workshop
) -> None:
    copy = services.copy_request(db, actor=officer, workshop=request_, now=NOW)
    assert (copy.window_first, copy.window_last) == (request_.window_first, request_.window_last)


# -- Funds


def keep(db: Session, actor: Actor, owner: Organisation, fund: Fund | None = None, **values: Any) -> Fund:
    given = {"title": "Voice 2027", "amount": 10_000, "currency": "EUR", **values}
    if fund is None:
        return services.add_fund(db, actor=actor, organisation_id=owner.id, now=NOW, **given)
    return services.change_fund(db, actor=actor, fund=fund, organisation_id=owner.id, now=NOW, **given)


def test_officers_keep_the_funds_of_their_coalition(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    fund = keep(db, officer, coalition)
    assert (fund.code, fund.organisation, fund.amount) == ("voice-2027", coalition, 10_000)
    keep(db, officer, coalition, fund, amount=12_000)
    keep(db, officer, coalition, fund, amount=12_000)
    assert facts(db) == ["FundAdded", "FundChanged"]
    entry = db.scalars(select(AuditEntry).where(AuditEntry.fact == "FundChanged")).one()
    assert (entry.before, entry.after) == ({"amount": 10_000}, {"amount": 12_000})


def test_officers_neither_take_nor_give_funds_across_coalitions(
    db: Session, coalition: Organisation, officer: Actor
) -> None:
    foreign = make_fund(db)
    own = make_fund(db, organisation=coalition)
    for fund, owner in ((None, foreign.organisation), (foreign, coalition), (own, foreign.organisation)):
        with pytest.raises(Forbidden):
            keep(db, officer, owner, fund)
    with pytest.raises(NotFound):
        queries.fund_for(db, actor=officer, fund_id=foreign.id)
    assert [balance.fund for balance in queries.funds(db, actor=officer)] == [own]
