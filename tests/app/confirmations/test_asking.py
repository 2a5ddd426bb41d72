"""A draft is put to the people in it: who gets which letter, when the reminders stop, what silence means."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access import Forbidden
from app.confirmations import asking as services
from app.confirmations.asking import AskingTerms
from app.confirmations.models import AskedPerson
from app.confirmations.silence import ends_at
from app.db import unit_of_work
from app.errors import Conflict, Invalid
from app.facts import AuditEntry
from app.schedule.services import publish_draft
from tests.app.confirmations.plans import CLOSES, SECRETARIAT, Asked, ask, draft_of, make_asked
from tests.app.mail.stopping import stop_letters
from tests.app.mail.test_rendering import words, words_of_html
from tests.app.schedule.seasons import make_season
from tests.conftest import NOW
from tests.factories import make_actor, make_organisation, make_person

DAY = timedelta(days=1)
OVER = ends_at(CLOSES)


@pytest.fixture
def asked(db: Session) -> Asked:
    return make_asked(db)


def facts(db: Session, like: str) -> list[str]:
    found = select(AuditEntry.fact).where(AuditEntry.fact.like(like)).order_by(AuditEntry.id)
    return list(db.scalars(found))


def test_each_gets_one_letter_with_all_that_is_proposed_in_their_own_words(db: Session) -> None:
    season = make_season(db)
    abroad = make_organisation(db, name="Plataforma del Perú")
    abroad.place.name, abroad.place.country = "Lima", "PE"
    abroad.place.latitude, abroad.place.longitude, abroad.place.timezone = -12.05, -77.04, "America/Lima"
    season.ama.place, season.ama.languages, season.ama.fee_per_day = abroad.place, ["es"], 100
    asked = ask(
        season,
        draft_of(season, season.meets("2027-03-09", team=[season.ama, season.binta]), season.webinar_at()),
    )
    assert sorted(asked.write()) == ["Ama", "Binta"]
    letter = next(each for each in asked.letters() if each.to_name == "Ama")
    assert letter.language == "es"
    assert letter.text.index("Meeting") < letter.text.index("Webinar")
    assert "09:00" in letter.text  # 14:00 UTC
    assert "(Lima)" in letter.text
    assert "7–12" in letter.text  # with the journey
    assert "Binta (" in letter.text
    assert str(season.binta.email) not in letter.text + letter.html
    assert letter.text.count("answer=accepted") == 2
    assert words_of_html(letter.html) == words(letter.text)
    assert asked.write() == []


def test_the_letter_says_until_when_and_what_silence_means(db: Session) -> None:
    season = make_season(db)
    season.ama.languages = ["en"]
    asked = ask(season, silence="substitute", message="It will be a good one.")
    asked.write()
    [letter] = asked.letters()
    assert letter.subject == "Can you say yes? 2 sessions are proposed to you"
    assert "Answer until Tue 1 Dec 2026." in letter.text
    assert "we take it as a no and ask somebody else" in letter.text
    assert "It will be a good one." in letter.text


def test_reminders_come_every_so_many_days_and_stop_when_the_answers_are_there(asked: Asked) -> None:
    ama = asked.season.ama
    asked.write()
    assert asked.write(NOW + 2 * DAY) == []
    assert asked.write(NOW + 3 * DAY) == ["Ama"]
    assert asked.letters()[-1].text.count("answer=accepted") == 2
    asked.says(ama, "accepted")
    assert asked.write(NOW + 6 * DAY) == ["Ama"]
    assert asked.letters()[-1].text.count("answer=accepted") == 1
    asked.says(ama, "declined", asked.season.webinar)
    assert asked.write(NOW + 9 * DAY) == []
    assert asked.talk(ama).letters == 3


def test_who_does_not_want_reminders_is_asked_and_told_of_changes_but_not_reminded(
    asked: Asked, db: Session
) -> None:
    ama = asked.season.ama
    stop_letters(db, str(ama.email), "confirmation_reminder")
    assert asked.write() == ["Ama"]
    asked.write(NOW + 3 * DAY)
    assert [(letter.kind, letter.state) for letter in asked.letters()] == [
        ("confirmation", "queued"),
        ("confirmation_reminder", "unwanted"),
    ]
    assert asked.talk(ama).letters == 1
    with unit_of_work() as work:
        assert services.remind(work, actor=SECRETARIAT, asking=asked.asking, now=NOW + 4 * DAY) == 0


def test_who_is_not_sure_until_a_day_is_not_reminded_before_it(asked: Asked) -> None:
    ama = asked.season.ama
    asked.write()
    for workshop in (asked.season.meeting, asked.season.webinar):
        asked.says(ama, "unsure", workshop, until=date(2026, 11, 28))
    assert asked.write(datetime(2026, 11, 27, 12, tzinfo=UTC)) == []
    assert asked.write(datetime(2026, 11, 28, 12, tzinfo=UTC)) == ["Ama"]


@pytest.mark.parametrize(("silence", "meant"), [("declined", "declined"), ("accepted", "accepted")])
def test_silence_means_what_was_said_once_the_last_day_is_over_everywhere(
    db: Session, silence: str, meant: str
) -> None:
    asked = make_asked(db, silence=silence, remind_every=0)
    ama = asked.season.ama
    asked.write()
    asked.says(ama, "unsure", asked.season.webinar)
    asked.write(OVER - timedelta(minutes=1))
    assert asked.place(ama).answer == ""
    asked.write(OVER)
    db.expire_all()
    for workshop in (asked.season.meeting, asked.season.webinar):
        said = asked.place(ama, workshop).answers[0]
        assert (said.answer, said.via) == (meant, "silence")
    entries = db.scalars(
        select(AuditEntry).where(AuditEntry.fact.in_(("PlaceAccepted", "PlaceDeclined")))
    ).all()
    assert [entry.facts["via"] for entry in entries] == ["silence", "silence"]
    asked.write(OVER + DAY)
    assert len(asked.place(ama).answers) == 1


def test_who_has_no_address_is_not_written_to_and_their_silence_means_nothing(db: Session) -> None:
    season = make_season(db)
    season.ama.email = None
    asked = ask(season)
    assert asked.write() == []
    asked.write(OVER + DAY)
    assert asked.place(season.ama).answer == ""


def test_another_draft_is_heard_of_by_those_whom_it_touches_alone(db: Session) -> None:
    season = make_season(db)
    for person in (season.ama, season.binta):
        person.languages = ["en"]
    first = draft_of(season, season.meets(), season.webinar_at(team=[season.binta]))
    asked = ask(season, first)
    asked.write()
    asked.says(season.ama, "accepted")
    asked.says(season.binta, "accepted", season.webinar)
    moved = draft_of(season, season.meets("2027-03-23"), season.webinar_at(team=[season.binta]))
    db.commit()
    later = NOW + DAY
    with unit_of_work() as work:
        touched = services.move_to_draft(work, actor=SECRETARIAT, asking=asked.asking, draft=moved, now=later)
    assert touched == 1
    assert asked.write(later) == ["Ama"]
    assert "The date has changed." in asked.letters()[-1].text
    assert asked.place(season.ama).answer == ""
    assert asked.place(season.binta, season.webinar).answer == "accepted"
    without = draft_of(season, season.webinar_at(team=[season.binta]))
    db.commit()
    with unit_of_work() as work:
        services.move_to_draft(work, actor=SECRETARIAT, asking=asked.asking, draft=without, now=later)
    assert asked.write(later) == ["Ama"]
    assert "The plan goes on without these" in asked.letters()[-1].text
    assert asked.write(later + DAY) == []


def test_who_said_yes_to_the_very_same_is_not_asked_again(db: Session) -> None:
    season = make_season(db)
    draft = draft_of(season)
    asked = ask(season, draft)
    asked.write()
    for workshop in (season.meeting, season.webinar):
        asked.says(season.ama, "accepted", workshop)
    with unit_of_work() as work:
        services.close_asking(work, actor=SECRETARIAT, asking=asked.asking, now=NOW)
    again = ask(season, draft, now=NOW + DAY)
    assert again.write(NOW + DAY) == []
    assert facts(db, "Asking%") == ["AskingOpened", "AskingClosed", "AskingOpened"]


def test_a_host_is_asked_for_the_room_in_the_same_letter(db: Session) -> None:
    season = make_season(db)
    season.esi.languages = ["en"]
    asked = ask(season, hosts={season.dakar.id: season.esi.id})
    assert sorted(asked.write()) == ["Ama", "Esi"]
    letter = next(each for each in asked.letters() if each.to_name == "Esi")
    assert "You have the room: is it free?" in letter.text
    asked.says(season.esi, "accepted", part="host")
    assert asked.place(season.esi, part="host").answer == "accepted"
    elsewhere = draft_of(season, season.meets(venue=season.lome), season.webinar_at())
    db.commit()
    with unit_of_work() as work:
        services.move_to_draft(work, actor=SECRETARIAT, asking=asked.asking, draft=elsewhere, now=NOW)
    assert sorted(asked.write()) == ["Ama", "Esi"]
    letter = next(each for each in reversed(asked.letters()) if each.to_name == "Esi")
    assert "The plan goes on without these" in letter.text


def test_reminding_now_leaves_out_who_was_just_written_to(asked: Asked, db: Session) -> None:
    def remind(now: datetime) -> int:
        with unit_of_work() as work:
            return services.remind(work, actor=SECRETARIAT, asking=work.merge(asked.asking), now=now)

    asked.write()
    assert remind(NOW + timedelta(hours=1)) == 0
    assert remind(NOW + DAY) == 1
    assert asked.write(NOW + DAY) == ["Ama"]


def test_asking_is_for_the_secretariat_and_one_at_a_time(asked: Asked, db: Session) -> None:
    draft = draft_of(asked.season)
    terms = AskingTerms(closes_on=CLOSES)
    with pytest.raises(Forbidden):
        services.open_draft_to_answers(db, actor=make_actor(db, "officer"), draft=draft, terms=terms, now=NOW)
    with pytest.raises(Conflict, match="asking_is_open"):
        services.open_draft_to_answers(db, actor=SECRETARIAT, draft=draft, terms=terms, now=NOW)
    with pytest.raises(Invalid, match="already_over"):
        services.check_terms(AskingTerms(closes_on=NOW.date()), NOW)
    asked.season.round.state = "closed"
    db.flush()
    with pytest.raises(Conflict, match="round_closed"):
        services.open_draft_to_answers(db, actor=SECRETARIAT, draft=draft, terms=terms, now=NOW)


def test_what_is_published_from_the_draft_stands_for_what_was_proposed(asked: Asked, db: Session) -> None:
    ama = asked.season.ama
    asked.write()
    asked.says(ama, "accepted")
    with unit_of_work() as work:
        publish_draft(work, actor=SECRETARIAT, draft=work.merge(asked.asking.draft), note="", now=NOW + DAY)
    asked.says(ama, "declined", now=NOW + 2 * DAY)
    said = asked.place(ama).answers[0]
    assert said.was_announced
    assert asked.place(ama).answers[1].was_announced is False


def test_letters_that_fail_keep_none_of_the_others_back(db: Session) -> None:
    season = make_season(db)
    extra = [make_person(db, name=f"Extra {n}", teaches={season.meeting.topic: 3}) for n in range(30)]
    asked = ask(season, draft_of(season, season.meets(team=[season.ama, *extra])))
    assert len(asked.write()) == 31
    assert len(set(db.scalars(select(AskedPerson.letters)))) == 1
