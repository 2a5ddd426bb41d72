"""Requests as a spreadsheet: drafts by the rules of the form, within reach, there and back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Actor
from app.facts import AuditEntry
from app.network.models import Organisation
from app.spreadsheets import queries, services
from app.spreadsheets.csv_files import read_csv, write_csv
from app.spreadsheets.plan import Plan, make_plan
from app.spreadsheets.problems import say
from app.workshops.imports import REQUESTS
from app.workshops.models import Workshop
from tests.app.workshops.requests import make_coalition, make_request
from tests.conftest import NOW
from tests.counting import queries_made
from tests.factories import (
    make_actor,
    make_fund,
    make_group,
    make_initiative,
    make_topic,
    make_venue,
    make_workshop,
)

SOUND = {
    "code": "year-one",
    "title_fr": "Plaidoyer",
    "requested_by": "coal",
    "topic": "advocacy",
    "kind": "peer_exchange",
    "days": "3",
    "window_first": "2027-03-01",
    "window_last": "2027-04-30",
    "languages": "fr",
    "venues": "hall",
    "invited": "plat1;plat2",
    "seats_min": "4",
    "seats_max": "6",
}


@pytest.fixture
def coalition(db: Session) -> Organisation:
    """The coalition 'coal' with 'plat1' and 'plat2'; the topic 'advocacy' and the venue 'hall'."""
    made = make_coalition(db, code="coal")
    for number, platform in enumerate(made.members, start=1):
        platform.code = f"plat{number}"
    make_topic(db, code="advocacy")
    make_venue(db, code="hall")
    return made


@pytest.fixture
def officer(db: Session, coalition: Organisation) -> Actor:
    return make_actor(db, "officer", organisation=coalition)


def rows(*changes: dict[str, str]) -> bytes:
    """A file with one row per dict, each the sound request but for these values."""
    merged = [{**SOUND, **change} for change in changes]
    names = list(dict.fromkeys(name for row in merged for name in row))
    return write_csv([names, *([row.get(name, "") for name in names] for row in merged)])


def plan(db: Session, actor: Actor, *changes: dict[str, str]) -> Plan:
    return make_plan(REQUESTS, read_csv(rows(*changes)), REQUESTS.open(db, actor))


def brought(db: Session, actor: Actor, *changes: dict[str, str]) -> Plan:
    upload = services.keep_upload(
        db, actor=actor, sheet=REQUESTS, filename="x", table=read_csv(rows(*changes)), now=NOW
    )
    seen = queries.plan_of(db, actor=actor, upload=upload, sheet=REQUESTS).fingerprint()
    outcome = services.apply_upload(db, actor=actor, upload=upload, sheet=REQUESTS, fingerprint=seen, now=NOW)
    assert isinstance(outcome, services.Applied)
    db.expire_all()
    return outcome.plan


def request_of(db: Session, code: str) -> Workshop:
    return db.scalars(select(Workshop).where(Workshop.code == code)).one()


def test_a_row_becomes_a_draft_with_all_that_it_says(db: Session, officer: Actor) -> None:
    made = brought(db, officer, {})
    assert made.counts()["new"] == 1
    drafted = request_of(db, "year-one")
    assert (drafted.state, drafted.mode, drafted.days, drafted.minutes) == ("drafted", "in_person", 3, None)
    assert (drafted.titles, drafted.requested_by.code) == ({"fr": "Plaidoyer"}, "coal")
    assert [venue.code for venue in drafted.venues] == ["hall"]
    assert sorted(invited.code for invited in drafted.invited) == ["plat1", "plat2"]
    assert drafted.priority == 3


def test_each_request_has_the_import_in_its_story_with_what_changed(db: Session, officer: Actor) -> None:
    brought(db, officer, {})
    brought(db, officer, {"days": "4"})
    entries = db.scalars(select(AuditEntry).where(AuditEntry.fact == "RequestsImported")).all()
    drafted = request_of(db, "year-one")
    assert [(entry.subject_kind, entry.subject_id) for entry in entries] == [("workshop", drafted.id)] * 2
    assert (entries[1].before, entries[1].after) == ({"days": 3}, {"days": 4})


def test_a_webinar_is_online_without_saying_so(db: Session, officer: Actor) -> None:
    made = brought(db, officer, {"kind": "webinar", "days": "", "minutes": "90", "venues": ""})
    assert (made.entries[0].state, request_of(db, "year-one").mode) == ("new", "online")


def test_a_file_brings_a_request_and_the_one_that_follows_it(db: Session, officer: Actor) -> None:
    brought(db, officer, {"code": "second", "title_fr": "Suite", "follows": "year-one"}, {})
    followed = request_of(db, "second").follows
    assert followed is not None
    assert followed.code == "year-one"


def test_requests_that_follow_each_other_in_a_circle_are_refused(db: Session, officer: Actor) -> None:
    made = plan(db, officer, {"follows": "second"}, {"code": "second", "follows": "year-one"})
    assert [entry.problems[0].reason for entry in made.entries] == ["circle", "circle"]


@pytest.mark.parametrize(
    ("change", "column", "sentence"),
    [
        ({"title_fr": ""}, "title_en", "Give a title in at least one language."),
        ({"minutes": "90"}, "minutes", "A workshop in person has days, not minutes."),
        ({"days": ""}, "days", "Give from 1 to 10 days."),
        ({"window_last": "2027-02-01"}, "window_last", "The last day is before the first day."),
        ({"window_last": "2027-03-02"}, "window_last", "3 days do not fit between these dates."),
        ({"seats_max": "3"}, "seats_max", "The most cannot be below the least, which is 4."),
        ({"topic": "nothing"}, "topic", "there is nothing with the code “nothing”"),
        ({"invited": "plat1;nobody"}, "invited", "there is nothing with the code “nobody”"),
        ({"follows": "nothing"}, "follows", "there is nothing with the code “nothing”"),
        ({"priority": "6"}, "priority", "6 is not between 1 and 5"),
        ({"kind": "party"}, "kind", "“party” is not one of: " + "peer_exchange, training_of_trainers, "),
    ],
)
def test_what_the_form_would_refuse_is_refused_with_its_words(
    db: Session, officer: Actor, change: dict[str, str], column: str, sentence: str
) -> None:
    problems = plan(db, officer, change).entries[0].problems
    assert [problem.column for problem in problems] == [column]
    assert say(problems[0], REQUESTS.sentences).startswith(sentence)


def test_everything_that_is_wrong_with_a_row_is_told_at_once(db: Session, officer: Actor) -> None:
    wrong = {
        "title_fr": "",
        "topic": "nothing",
        "window_first": "March",
        "priority": "6",
        "seats_max": "3",
        "venues": "nowhere",
    }
    problems = plan(db, officer, wrong).entries[0].problems
    assert sorted(problem.column or "" for problem in problems) == [
        "priority",
        "seats_max",
        "title_en",
        "topic",
        "venues",
        "window_first",
    ]


def test_what_a_wrong_cell_leaves_open_is_not_guessed_at(db: Session, officer: Actor) -> None:
    problems = plan(db, officer, {"kind": "party", "days": "", "team_min": "x"}).entries[0].problems
    assert [problem.column for problem in problems] == ["kind", "team_min"]


def test_a_row_says_to_which_initiative_it_belongs(
    db: Session, officer: Actor, coalition: Organisation
) -> None:
    initiative = make_initiative(db, organisation=coalition, code="voice")
    make_initiative(db, code="of-others")
    brought(db, officer, {"initiative": "voice"})
    assert request_of(db, "year-one").initiative is initiative
    refused = plan(db, officer, {"initiative": "of-others"}).entries[0].problems
    assert [problem.column for problem in refused] == ["initiative"]
    brought(db, officer, {"initiative": ""})
    assert request_of(db, "year-one").initiative is None


def test_what_is_only_missing_may_wait_in_a_draft(db: Session, officer: Actor) -> None:
    made = plan(db, officer, {"venues": "", "languages": "", "invited": ""})
    assert made.entries[0].state == "new"


def test_a_request_that_is_handed_in_is_a_coordinators_to_change_and_stays_complete(
    db: Session, officer: Actor
) -> None:
    brought(db, officer, {})
    request_of(db, "year-one").state = "submitted"
    db.flush()
    coordinator = make_actor(db, "coordinator")
    for actor, change, problems in (
        (officer, {}, []),
        (officer, {"days": "4"}, ["not_open"]),
        (coordinator, {"days": "4"}, []),
        (coordinator, {"venues": ""}, ["rule"]),
    ):
        found = plan(db, actor, change).entries[0].problems
        assert [problem.reason for problem in found] == problems


def test_one_asks_in_the_name_of_ones_own_organisations_and_with_ones_own_money(
    db: Session, officer: Actor, coalition: Organisation
) -> None:
    make_coalition(db, code="others")
    make_fund(db, code="theirs")
    make_fund(db, code="ours", organisation=coalition)
    made = plan(
        db,
        officer,
        {"requested_by": "others"},
        {"code": "b", "funds": "theirs"},
        {"code": "c", "funds": "ours"},
    )
    reasons = [[problem.reason for problem in entry.problems] for entry in made.entries]
    assert reasons == [["not_yours"], ["unknown_code"], []]


def test_requests_of_others_are_neither_taken_away_nor_followed_nor_overwritten(
    db: Session, officer: Actor
) -> None:
    make_workshop(db, code="secret", state="drafted")
    exported = queries.exported(db, actor=officer, sheet=REQUESTS)
    assert len(exported) == 1
    made = plan(db, officer, {"code": "secret"}, {"code": "b", "follows": "secret"})
    reasons = [[problem.reason for problem in entry.problems] for entry in made.entries]
    assert reasons == [["code_taken"], ["unknown_code"]]


def test_changing_a_request_keeps_what_it_follows_also_when_that_is_out_of_sight(
    db: Session, officer: Actor, coalition: Organisation
) -> None:
    secret = make_workshop(db, code="secret", state="drafted")
    brought(db, officer, {})
    request_of(db, "year-one").follows = secret
    db.flush()
    brought(db, officer, {"days": "4", "follows": "secret"})
    changed = request_of(db, "year-one")
    assert (changed.days, changed.follows) == (4, secret)


def test_what_is_taken_away_comes_back_as_the_same(
    db: Session, officer: Actor, coalition: Organisation
) -> None:
    first = make_request(db, coalition, funds=[make_fund(db, organisation=coalition)], budget=1000)
    make_request(db, coalition, follows=first, group=make_group(db), about="One.\nTwo.", priority=5)
    make_request(db, coalition, mode="online", titles={"fr": "Plaider\N{NO-BREAK SPACE}: à plusieurs"})
    db.flush()
    taken = write_csv(queries.exported(db, actor=officer, sheet=REQUESTS))
    made = make_plan(REQUESTS, read_csv(taken), REQUESTS.open(db, officer))
    assert made.counts() == {"new": 0, "changed": 0, "same": 3, "refused": 0}


def test_the_number_of_queries_does_not_grow_with_the_requests(
    db: Session, officer: Actor, coalition: Organisation
) -> None:
    def sent(count: int) -> int:
        for _ in range(count):
            values: dict[str, Any] = {"group": make_group(db), "funds": [make_fund(db)]}
            make_request(db, coalition, **values)
        db.commit()
        taken = write_csv(queries.exported(db, actor=officer, sheet=REQUESTS))
        db.expunge_all()
        with queries_made() as statements:
            make_plan(REQUESTS, read_csv(taken), REQUESTS.open(db, officer))
        return len(statements)

    assert sent(1) == sent(29)
