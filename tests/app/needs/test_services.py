"""Calls and answers: who may, what is kept, what is done once, and what another's page may not overwrite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.errors import Conflict, Invalid, NotFound
from app.facts import AuditEntry
from app.needs import services
from app.needs.asking import What, When, Whom
from app.needs.models import NeedsAnswer, NeedsCall
from app.needs.queries.answers import answer_for
from app.needs.queries.calls import call_for, calls, organisations_asked
from app.needs.queries.shared import shared
from app.needs.services import Said, save_answer
from app.network.models import Organisation, Topic
from tests.conftest import NOW
from tests.factories import (
    make_actor,
    make_group,
    make_needs_answer,
    make_needs_call,
    make_organisation,
    make_person,
    make_topic,
)


@dataclass
class Asked:
    """A coalition with a platform that a call about two topics asks, and who acts."""

    coordinator: Actor
    officer: Actor
    focal_point: Actor
    platform: Organisation
    call: NeedsCall
    answer: NeedsAnswer
    governance: Topic
    budgets: Topic

    @property
    def by_link(self) -> Actor:
        return Actor(name="Awa", link=("needs", self.answer.id))


@pytest.fixture
def asked(db: Session) -> Asked:
    coalition = make_organisation(db, kind="coalition")
    platform = make_organisation(db, bodies=[coalition])
    governance, budgets = make_topic(db), make_topic(db)
    call = make_needs_call(db, topics=[governance, budgets], asked=[platform])
    return Asked(
        make_actor(db, "coordinator"),
        make_actor(db, "officer", organisation=coalition),
        make_actor(db, "focal_point", organisation=platform),
        platform,
        call,
        call.answers[0],
        governance,
        budgets,
    )


def facts(db: Session, kind: str) -> int:
    return db.scalar(select(func.count()).where(AuditEntry.fact == kind)) or 0


def save(
    db: Session, asked: Asked, actor: Actor, said: Said, *, seen: int = 0, page: str = "p1"
) -> services.Saved:
    return save_answer(
        db,
        actor=actor,
        answer=asked.answer,
        said={asked.governance.id: said},
        seen=seen,
        page=page,
        now=NOW,
    )


# -- A call


def what(*topics: Topic) -> What:
    return What(titles={"fr": "Nos besoins"}, about={}, topic_ids=frozenset(topic.id for topic in topics))


def test_a_call_is_drafted_filled_in_and_opened(db: Session) -> None:
    coordinator, topic = make_actor(db, "coordinator"), make_topic(db)
    here = [make_organisation(db) for _ in range(3)]
    make_organisation(db, region="Pacific")
    call = services.draft_call(
        db,
        actor=coordinator,
        what=what(topic),
        closes_on=date(2026, 12, 31),
        languages=["fr"],
        now=NOW,
    )
    services.change_call(db, actor=coordinator, call=call, page=Whom(region="West Africa"), now=NOW)
    when = When(closes_on=date(2027, 1, 15), languages=("fr", "en"), remind_every=14)
    services.change_call(db, actor=coordinator, call=call, page=when, now=NOW)
    assert services.open_call(db, actor=coordinator, call=call, now=NOW) == 3
    assert call.code == "nos-besoins"
    assert {answer.organisation for answer in call.answers} == set(here)
    assert call.takes_answers(NOW)
    assert not call.takes_answers(NOW + timedelta(days=60))
    with pytest.raises(Conflict, match="call_open"):
        services.open_call(db, actor=coordinator, call=call, now=NOW)


@pytest.mark.parametrize(
    ("page", "field", "reason"),
    [
        (What(titles={"en": ""}, about={}, topic_ids=frozenset({1})), "titles", "no_title"),
        (What(titles={"en": "Needs"}, about={}, topic_ids=frozenset()), "topic_ids", "no_topic"),
        (What(titles={"en": "Needs"}, about={}, topic_ids=frozenset({9999})), "topic_ids", "unknown"),
        (Whom(group_id=9999), "group_id", "unknown"),
        (When(closes_on=date(2026, 1, 1), languages=("fr",), remind_every=7), "closes_on", "already_over"),
        (When(closes_on=date(2036, 1, 1), languages=("fr",), remind_every=7), "closes_on", "too_far"),
        (When(closes_on=date(2026, 12, 31), languages=(), remind_every=7), "languages", "no_language"),
    ],
)
def test_what_a_call_cannot_be_is_refused_at_its_field(
    db: Session, page: What | Whom | When, field: str, reason: str
) -> None:
    call = make_needs_call(db, state="draft")
    with pytest.raises(Invalid) as refused:
        services.change_call(db, actor=make_actor(db, "coordinator"), call=call, page=page, now=NOW)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_region_group_and_choice_say_who_is_asked(db: Session) -> None:
    dakar, suva = make_organisation(db), make_organisation(db, region="Pacific")
    member = make_organisation(db, kind="member")
    group = make_group(db, people=[make_person(db, organisation=suva)])
    everybody = make_needs_call(db, state="draft")
    assert set(organisations_asked(db, everybody)) >= {dakar, suva}
    assert member not in organisations_asked(db, everybody)
    assert list(organisations_asked(db, make_needs_call(db, state="draft", region="Pacific"))) == [suva]
    assert list(organisations_asked(db, make_needs_call(db, state="draft", group=group))) == [suva]
    chosen = make_needs_call(db, state="draft", chosen=[member])
    assert list(organisations_asked(db, chosen)) == [member]
    both = make_needs_call(db, state="draft", region="Pacific", chosen=[member])
    assert set(organisations_asked(db, both)) == {suva, member}


def test_only_the_secretariat_asks(db: Session, asked: Asked) -> None:
    for actor in (asked.officer, asked.focal_point, asked.by_link):
        with pytest.raises(Forbidden):
            services.close_call(db, actor=actor, call=asked.call, now=NOW)
        with pytest.raises(Forbidden):
            services.draft_call(
                db,
                actor=actor,
                what=what(asked.governance),
                closes_on=date(2027, 1, 1),
                languages=[],
                now=NOW,
            )


def test_a_topic_that_was_answered_stays_in_an_open_call(db: Session, asked: Asked) -> None:
    save(db, asked, asked.by_link, Said(how_much=2))
    with pytest.raises(Invalid, match="answered_topic"):
        services.change_call(db, actor=asked.coordinator, call=asked.call, page=what(asked.budgets), now=NOW)


def test_what_is_begun_counts_when_the_call_closes(db: Session, asked: Asked) -> None:
    silent = make_needs_answer(db, asked.call)
    save(db, asked, asked.by_link, Said(how_much=2))
    assert not shared(db, actor=asked.coordinator, call=asked.call).wishes
    services.close_call(db, actor=asked.coordinator, call=asked.call, now=NOW)
    assert asked.answer.state == "handed_in"
    assert silent.state == "not_begun"
    assert len(shared(db, actor=asked.coordinator, call=asked.call).wishes) == 1
    services.reopen_call(db, actor=asked.coordinator, call=asked.call, closes_on=date(2027, 2, 1), now=NOW)
    assert asked.call.takes_answers(NOW)


def test_one_more_is_asked_once(db: Session, asked: Asked) -> None:
    late = make_organisation(db)
    for _ in range(2):
        services.ask_one_more(db, actor=asked.coordinator, call=asked.call, organisation_id=late.id, now=NOW)
    assert facts(db, "CallWidened") == 1


# -- An answer


def test_saying_the_same_again_changes_nothing(db: Session, asked: Asked) -> None:
    said = Said(
        how_much=3, people=12, languages=("fr",), words="Le conseil", level=2, offer_languages=("fr",)
    )
    first = save(db, asked, asked.by_link, said)
    again = save(db, asked, asked.by_link, said)
    elsewhere = save(db, asked, asked.by_link, said, page="another")
    assert (first.changed, again.changed, elsewhere.changed) == ((asked.governance.id,), (), ())
    assert elsewhere.overtaken == ()
    assert (asked.answer.version, asked.answer.state) == (1, "begun")
    assert facts(db, "AnswerSaved") == 1
    [line], [offer] = asked.answer.lines, asked.answer.offers
    assert (line.how_much, line.people, line.languages, line.words) == (3, 12, ["fr"], "Le conseil")
    assert offer.level == 2


def test_a_page_that_others_have_overtaken_overwrites_nothing(db: Session, asked: Asked) -> None:
    save(db, asked, asked.by_link, Said(how_much=3), page="phone")
    late = save(db, asked, asked.officer, Said(how_much=1), seen=0, page="laptop")
    assert late.overtaken == (asked.governance.id,)
    assert asked.answer.lines[0].how_much == 3
    knowing = save(db, asked, asked.officer, Said(how_much=1), seen=asked.answer.version, page="laptop")
    assert knowing.changed == (asked.governance.id,)
    assert asked.answer.lines[0].how_much == 1


def test_a_page_may_go_on_changing_what_it_brought_itself(db: Session, asked: Asked) -> None:
    """Its answer was lost on the way, so it does not know the new version; another thought follows."""
    save(db, asked, asked.by_link, Said(how_much=3), seen=0, page="phone")
    saved = save(db, asked, asked.by_link, Said(how_much=2), seen=0, page="phone")
    assert saved.overtaken == ()
    assert asked.answer.lines[0].how_much == 2


def test_what_a_page_does_not_say_stays(db: Session, asked: Asked) -> None:
    save(db, asked, asked.by_link, Said(how_much=3, words="Urgent", level=1, offer_words="Ours"))
    save(db, asked, asked.by_link, Said(), seen=1)
    assert asked.answer.lines[0].words == "Urgent"
    assert asked.answer.offers[0].words == "Ours"
    save(db, asked, asked.by_link, Said(level=0), seen=1)
    assert asked.answer.offers == []


def test_a_topic_that_is_not_asked_about_is_refused(db: Session, asked: Asked) -> None:
    with pytest.raises(Invalid, match="unknown"):
        save_answer(
            db,
            actor=asked.by_link,
            answer=asked.answer,
            said={make_topic(db).id: Said(how_much=1)},
            seen=0,
            page="",
            now=NOW,
        )


def test_an_answer_of_a_secretary_is_marked_until_the_focal_point_confirms_it(
    db: Session, asked: Asked
) -> None:
    save(db, asked, asked.officer, Said(how_much=2))
    services.hand_in(db, actor=asked.officer, answer=asked.answer, name="Fatou", remark="", now=NOW)
    assert (asked.answer.answered_for, asked.answer.answered_by) == (True, "Fatou")
    assert asked.answer.awaits_confirmation
    with pytest.raises(Forbidden):
        services.confirm_answer(db, actor=asked.officer, answer=asked.answer, name="", now=NOW)
    for _ in range(2):
        services.confirm_answer(db, actor=asked.by_link, answer=asked.answer, name="Awa", now=NOW)
    assert asked.answer.confirmed_by == "Awa"
    assert facts(db, "AnswerConfirmed") == 1
    save(db, asked, asked.officer, Said(how_much=3), seen=1)
    assert asked.answer.awaits_confirmation  # a new word of the secretary's


@pytest.mark.parametrize("who", ["focal_point", "by_link"])
def test_the_focal_point_speaks_for_itself(db: Session, asked: Asked, who: str) -> None:
    actor: Actor = getattr(asked, who)
    save(db, asked, actor, Said(how_much=2))
    services.hand_in(db, actor=actor, answer=asked.answer, name="Awa", remark=" All ", now=NOW)
    assert not asked.answer.answered_for
    assert asked.answer.remark == "All"
    with pytest.raises(Conflict, match="nothing_to_confirm"):
        services.confirm_answer(db, actor=actor, answer=asked.answer, name="", now=NOW)


def test_nothing_is_handed_in_without_a_name_or_a_word(db: Session, asked: Asked) -> None:
    with pytest.raises(Invalid, match="nothing_said"):
        services.hand_in(db, actor=asked.by_link, answer=asked.answer, name="Awa", remark="", now=NOW)
    with pytest.raises(Invalid, match="missing"):
        services.hand_in(db, actor=asked.by_link, answer=asked.answer, name=" ", remark="", now=NOW)


def test_a_closed_call_takes_nothing(db: Session, asked: Asked) -> None:
    late = asked.call.closes_at
    for what_is_done in (
        lambda: save_answer(db, actor=asked.by_link, answer=asked.answer, said={}, seen=0, page="", now=late),
        lambda: services.hand_in(
            db, actor=asked.by_link, answer=asked.answer, name="Awa", remark="", now=late
        ),
    ):
        with pytest.raises(Conflict, match="call_closed"):
            what_is_done()


def test_one_coalition_s_needs_are_nothing_to_another(db: Session, asked: Asked) -> None:
    stranger = make_actor(db, "officer")
    other_platform = make_actor(db, "focal_point")
    other_link = Actor(link=("needs", asked.answer.id + 1))
    for actor in (stranger, other_platform, other_link, make_actor(db)):
        with pytest.raises(NotFound):
            answer_for(db, actor=actor, answer_id=asked.answer.id)
        with pytest.raises(NotFound):
            call_for(db, actor=actor, call_id=asked.call.id)
        assert calls(db, actor=actor) == []
        with pytest.raises(Forbidden):
            save(db, asked, actor, Said(how_much=1))
    for actor in (asked.coordinator, asked.officer, asked.focal_point, asked.by_link):
        assert answer_for(db, actor=actor, answer_id=asked.answer.id) is asked.answer


def test_a_draft_exists_for_the_secretariat_alone(db: Session, asked: Asked) -> None:
    draft = make_needs_call(db, state="draft")
    assert draft in {standing.call for standing in calls(db, actor=asked.coordinator)}
    with pytest.raises(NotFound):
        call_for(db, actor=asked.officer, call_id=draft.id)


def test_who_looks_after_an_answer_chooses_who_gives_it(db: Session, asked: Asked) -> None:
    somebody, stranger = make_person(db, organisation=asked.platform), make_person(db)
    services.choose_contact(db, actor=asked.officer, answer=asked.answer, person_id=somebody.id, now=NOW)
    assert (asked.answer.contact, asked.answer.link_number) == (somebody, 2)
    with pytest.raises(Invalid, match="unknown"):
        services.choose_contact(db, actor=asked.officer, answer=asked.answer, person_id=stranger.id, now=NOW)
    with pytest.raises(Forbidden):
        services.choose_contact(db, actor=asked.focal_point, answer=asked.answer, person_id=None, now=NOW)


def test_needs_and_offers_come_with_where_they_are_from(db: Session, asked: Asked) -> None:
    make_needs_answer(
        db,
        asked.call,
        organisation=make_organisation(db, languages=["pt"], country="CV"),
        needs={asked.governance: 3, asked.budgets: 0},
        offers={asked.budgets: 2},
    )
    found = shared(db, actor=asked.coordinator, call=asked.call)
    [wish] = [each for each in found.wishes if each.how_much]
    [teacher] = found.teachers
    assert (wish.topic_id, wish.how_much) == (asked.governance.id, 3)
    assert (teacher.topic_id, teacher.level) == (asked.budgets.id, 2)
