"""Signing in by e-mail, through the services: codes, links, who gets in, and what is stored."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.accounts import identity, services
from app.accounts.models import Account, Login, SignInCode
from app.accounts.services.sign_in import (
    CODE_LASTS,
    MAX_CODES,
    MAX_TRIES,
    CodeAsked,
    Refusal,
    SignIn,
    state_of_link,
)
from app.facts import AuditEntry
from tests.app.accounts.conftest import wrong
from tests.conftest import NOW
from tests.factories import make_account, make_actor, make_organisation, make_person, make_place


def ask(db: Session, email: str, now=NOW) -> CodeAsked:
    asked = services.ask_for_code(db, email=email, now=now)
    assert asked is not None
    return asked


def enter(db: Session, asked: CodeAsked, typed: str, now=NOW) -> SignIn | Refusal:
    return services.enter_code(db, handle=asked.handle, typed=typed, device="", zone="", now=now)


def follow(db: Session, asked: CodeAsked, now=NOW) -> SignIn | Refusal:
    return services.use_link(db, token=token_of(asked.link), device="", zone="", now=now)


def token_of(link: str) -> str:
    return link.removeprefix("/sign-in/link/")


@pytest.mark.parametrize("spaced", ["{0}{1}", "{0} {1}", " {0}-{1}\n", "{0}\N{NO-BREAK SPACE}{1}"])
def test_a_code_signs_in_however_it_is_pasted(db: Session, spaced: str) -> None:
    account = make_account(db, email="ama@example.org")
    asked = ask(db, " Ama@Example.org ")
    outcome = enter(db, asked, spaced.format(asked.code[:3], asked.code[3:]))
    assert isinstance(outcome, SignIn)
    assert outcome.account is account
    assert identity.account_of_login(db, token=outcome.token, now=NOW) is account


def test_a_link_signs_in(db: Session) -> None:
    account = make_account(db, email="ama@example.org")
    outcome = follow(db, ask(db, "ama@example.org"))
    assert isinstance(outcome, SignIn)
    assert outcome.account is account


def test_code_and_link_are_used_up_together(db: Session) -> None:
    make_account(db, email="ama@example.org")
    by_code, by_link = ask(db, "ama@example.org"), ask(db, "ama@example.org")
    assert isinstance(enter(db, by_code, by_code.code), SignIn)
    assert isinstance(follow(db, by_link), SignIn)
    assert (enter(db, by_code, by_code.code), follow(db, by_code)) == ("used", "used")
    assert (enter(db, by_link, by_link.code), follow(db, by_link)) == ("used", "used")


def test_code_and_link_live_for_fifteen_minutes(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked, in_time = ask(db, "ama@example.org"), ask(db, "ama@example.org")
    late = NOW + CODE_LASTS
    assert enter(db, asked, asked.code, now=late) == "expired"
    assert follow(db, asked, now=late) == "expired"
    assert isinstance(enter(db, in_time, in_time.code, now=late - timedelta(seconds=1)), SignIn)


def test_five_wrong_codes_kill_the_code_but_not_the_link(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    answers = [enter(db, asked, wrong(asked.code)) for _ in range(MAX_TRIES)]
    assert answers == ["wrong"] * (MAX_TRIES - 1) + ["too_many_tries"]
    assert enter(db, asked, asked.code) == "too_many_tries"
    assert isinstance(follow(db, asked), SignIn)


def test_the_fifth_try_may_still_be_right(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    for _ in range(MAX_TRIES - 1):
        enter(db, asked, wrong(asked.code))
    assert isinstance(enter(db, asked, asked.code), SignIn)


def test_a_code_is_of_no_use_in_a_browser_that_did_not_ask_for_it(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    stolen = CodeAsked(
        asked.code_id, f"{asked.code_id}.guessed", asked.code, asked.link, asked.expires_at, None
    )
    assert enter(db, stolen, asked.code) == "wrong"


@pytest.mark.parametrize("handle", ["", "x", "1", "99.abc", "9" * 30 + ".a", "-1.a", "²"])
def test_a_made_up_handle_is_refused(db: Session, handle: str) -> None:
    outcome = services.enter_code(db, handle=handle, typed="123456", device="", zone="", now=NOW)
    assert outcome == "unknown"


def test_a_made_up_link_is_refused(db: Session) -> None:
    assert services.use_link(db, token="made-up", device="", zone="", now=NOW) == "unknown"


def test_neither_code_nor_link_nor_login_can_be_read_from_the_database(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    outcome = enter(db, asked, asked.code)
    assert isinstance(outcome, SignIn)
    row, login = db.scalars(select(SignInCode)).one(), db.scalars(select(Login)).one()
    stored = {row.code_hash, row.link_hash, login.token_hash}
    secret = asked.handle.partition(".")[2]
    assert not stored & {asked.code, token_of(asked.link), outcome.token, secret}
    assert identity.hash_of(asked.code) not in stored  # a million codes are quickly tried


def test_six_codes_in_an_hour_are_too_many_for_known_and_unknown_addresses_alike(db: Session) -> None:
    make_account(db, email="ama@example.org")
    for email in ("ama@example.org", "nobody@example.org"):
        for minute in range(MAX_CODES):
            ask(db, email, now=NOW + timedelta(minutes=minute))
        assert services.ask_for_code(db, email=email.upper(), now=NOW + timedelta(minutes=59)) is None
        assert services.ask_for_code(db, email=email, now=NOW + timedelta(minutes=60)) is not None


def test_an_unknown_address_gets_a_code_that_opens_nothing(db: Session) -> None:
    asked = ask(db, "nobody@example.org")
    assert asked.reader is None
    assert enter(db, asked, asked.code) == "unknown"
    assert db.scalars(select(Login)).all() == []


def test_a_person_of_the_network_gets_an_account_by_signing_in(db: Session) -> None:
    person = make_person(
        db,
        name="Ama",
        email="ama@example.org",
        languages=["wo", "pt", "fr"],
        place=make_place(db, timezone="Africa/Bissau"),
    )
    outcome = follow(db, ask(db, "ama@example.org"))
    assert isinstance(outcome, SignIn)
    account = outcome.account
    assert (account.person, account.name, account.email) == (person, "Ama", "ama@example.org")
    assert (account.language, account.timezone) == ("pt", "Africa/Bissau")
    assert [entry.fact for entry in db.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
        "CodeRequested",
        "AccountOpened",
        "SignedIn",
    ]
    again = follow(db, ask(db, "ama@example.org"))
    assert isinstance(again, SignIn)
    assert again.account is account


def test_asking_alone_opens_no_account(db: Session) -> None:
    make_person(db, email="ama@example.org")
    ask(db, "ama@example.org")
    assert db.scalars(select(Account)).all() == []


def test_a_person_who_has_left_gets_no_account(db: Session) -> None:
    make_person(db, email="gone@example.org", left_on=date(2026, 11, 1))
    make_person(db, email="going@example.org", left_on=date(2026, 12, 1))
    assert ask(db, "gone@example.org").reader is None
    assert ask(db, "going@example.org").reader is not None


def test_changing_a_persons_address_does_not_open_their_account(db: Session) -> None:
    person = make_person(db, email="ama@example.org")
    make_account(db, role="coordinator", person=person, email="ama@example.org")
    person.email = "attacker@example.org"
    db.flush()
    assert ask(db, "attacker@example.org").reader is None


def test_a_closed_account_gets_no_letter_and_its_link_opens_nothing(db: Session) -> None:
    account = make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    account.is_active = False
    db.flush()
    assert ask(db, "ama@example.org").reader is None
    assert state_of_link(db, token=token_of(asked.link), now=NOW) == "unknown"
    assert follow(db, asked) == "unknown"


def test_the_first_sign_in_takes_over_the_zone_of_the_device_and_later_ones_do_not(db: Session) -> None:
    account = make_account(db, email="ama@example.org")
    for zone in ("Pacific/Apia", "Europe/Paris"):
        token = token_of(ask(db, "ama@example.org").link)
        services.use_link(db, token=token, device="", zone=zone, now=NOW)
    assert account.timezone == "Pacific/Apia"


def test_looking_at_a_link_changes_nothing(db: Session) -> None:
    make_account(db, email="ama@example.org")
    asked = ask(db, "ama@example.org")
    token = token_of(asked.link)
    assert [state_of_link(db, token=token, now=NOW) for _ in range(3)] == ["valid"] * 3
    assert isinstance(follow(db, asked), SignIn)
    assert state_of_link(db, token=token, now=NOW) == "used"


def test_an_issued_link_lives_as_long_as_asked_and_works_once(db: Session) -> None:
    account = make_account(db)
    link = services.issue_link(db, account=account, now=NOW, valid_for=timedelta(days=2))
    use = {"token": token_of(link), "device": "", "zone": "", "now": NOW + timedelta(days=1)}
    outcome = services.use_link(db, **use)
    assert isinstance(outcome, SignIn)
    assert outcome.account is account
    assert services.use_link(db, **use) == "used"
    with pytest.raises(Forbidden):
        services.issue_link(
            db, account=account, now=NOW, valid_for=timedelta(days=2), actor=make_actor(db, "officer")
        )


def test_signing_out_ends_that_login_alone_and_everywhere_ends_all(db: Session) -> None:
    account = make_account(db)
    actor = identity.actor_of(db, account)
    tokens = [identity.sign_in(db, account=account, device=str(n), now=NOW) for n in range(3)]
    login = db.scalars(select(Login).where(Login.device == "1")).one()
    services.sign_out(db, actor=actor, login=login, now=NOW)
    held = [identity.account_of_login(db, token=token, now=NOW) is not None for token in tokens]
    assert held == [True, False, True]
    services.sign_out_everywhere(db, actor=actor, account=account, now=NOW)
    assert db.scalars(select(Login)).all() == []
    assert [e.fact for e in db.scalars(select(AuditEntry))] == ["SignedOut", "SignedOutEverywhere"]


def test_nobody_signs_out_somebody_else(db: Session) -> None:
    account = make_account(db)
    identity.sign_in(db, account=account, device="", now=NOW)
    login = db.scalars(select(Login)).one()
    with pytest.raises(Forbidden):
        services.sign_out(db, actor=make_actor(db, "coordinator"), login=login, now=NOW)
    with pytest.raises(Forbidden):
        services.sign_out_everywhere(db, actor=make_actor(db, "coordinator"), account=account, now=NOW)


def test_a_login_ends_after_thirty_days(db: Session) -> None:
    account = make_account(db)
    token = identity.sign_in(db, account=account, device="", now=NOW)
    last = NOW + identity.SIGNED_IN_FOR
    assert identity.account_of_login(db, token=token, now=last - timedelta(seconds=1)) is account
    assert identity.account_of_login(db, token=token, now=last) is None


def test_the_audit_trail_says_who_signed_in_how_and_no_address(db: Session) -> None:
    account = make_account(db, email="ama@example.org", name="Ama", organisation=make_organisation(db))
    asked = ask(db, "ama@example.org")
    enter(db, asked, wrong(asked.code))
    enter(db, asked, asked.code)
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.fact, e.actor_name, e.subject_kind, e.subject_id, e.facts) for e in entries] == [
        ("CodeRequested", "", "sign_in_code", asked.code_id, {}),
        ("CodeRefused", "", "sign_in_code", asked.code_id, {}),
        ("SignedIn", "Ama", "account", account.id, {"by": "code"}),
    ]
