"""Working out, changing, asking, and turning propositions into requests."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor, Forbidden
from app.errors import Conflict, Invalid, NotFound
from app.jobs.worker import run_job
from app.propositions import queries, reporting, served, services, words
from app.propositions.models import Proposition, PropositionSet, workshop_need
from app.propositions.services import Change, Titles
from app.stages import JOBS
from app.workshops.models import Workshop
from tests.app.propositions.season import Season, make_season
from tests.factories import make_actor, make_organisation, make_workshop


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


def test_the_worker_groups_platforms_whose_need_language_and_region_fit(season: Season) -> None:
    (training,) = season.work_out(by=lambda job: run_job(job.id, JOBS))
    assert training.kind == "training_of_trainers"
    assert (training.topic, training.language, training.region) == (season.advocacy, "fr", "West Africa")
    assert {m.organisation.code for m in training.learners} == {"sn", "tg", "bj"}
    assert [person.name for person in training.people] == ["Ama"]
    assert (training.missing, training.reached) == (1, 20 + 25 + 12)
    found = season.db.scalars(select(PropositionSet)).one()
    assert found.points == found.bound


def test_where_few_are_to_learn_members_teach_members(season: Season) -> None:
    for answer in season.call.answers:
        for line in answer.lines:
            line.people = 3
    season.db.flush()
    (exchange,) = season.work_out(platforms_min=3)
    assert exchange.kind == "peer_exchange"
    assert [member.organisation.code for member in exchange.givers] == ["ml"]


def test_each_need_that_is_left_has_its_reason(season: Season) -> None:
    season.work_out()
    left = season.db.scalars(select(PropositionSet)).one().left
    assert {each["reasons"][0]["code"] for each in left} == {"too_few"}
    assert "needs 2" in words.why_left(left[0]["reasons"][0], "EUR")


def test_nothing_is_worked_out_from_a_call_that_nobody_has_answered(season: Season) -> None:
    for answer in season.call.answers:
        answer.state = "begun"
    season.db.flush()
    with pytest.raises(Conflict, match="nothing_asked"):
        season.work_out()


def test_only_a_coordinator_works_out_and_changes(season: Season, db: Session) -> None:
    proposition = season.proposition()
    officer = make_actor(db, "officer", organisation=season.coalition)
    for verb in (services.drop, services.ask_platforms):
        with pytest.raises(Forbidden):
            verb(db, actor=officer, proposition=proposition, now=clock.now())


def test_working_out_anew_keeps_what_was_touched_and_answers_nothing_twice(season: Season) -> None:
    first = season.proposition()
    services.ask_platforms(season.db, actor=season.coordinator, proposition=first, now=clock.now())
    season.db.commit()
    (kept,) = season.work_out()
    assert kept.id == first.id


def test_working_out_anew_replaces_what_nobody_touched(season: Season) -> None:
    season.proposition().cost = 1
    season.db.commit()
    (again,) = season.work_out(budget=100_000)
    assert again.cost > 1


def change(season: Season, *codes: str, **others: object) -> Change:
    lines = season.lines()
    values: dict[str, object] = {
        "kind": "training_of_trainers",
        "language": "fr",
        "venue_id": season.db.scalars(select(Proposition.venue_id)).first(),
        "days": 5,
        "line_ids": [lines[code] for code in codes],
        "giver_ids": [],
    }
    return Change(**{**values, **others})  # type: ignore[arg-type]


def edited(season: Season, proposition: Proposition, made: Change) -> Proposition:
    return services.edit(
        season.db, actor=season.coordinator, proposition=proposition, change=made, now=clock.now()
    )


def test_an_edit_works_the_figures_out_anew(season: Season) -> None:
    proposition = season.proposition()
    cost = proposition.cost
    edited(season, proposition, change(season, "sn", "tg"))
    assert proposition.state == "edited"
    assert (proposition.days, proposition.reached) == (5, 45)
    assert proposition.cost < cost
    assert proposition.reasons[0]["coming"] == 2


@pytest.mark.parametrize(
    ("made", "field"),
    [
        ({"line_ids": []}, "line_ids"),
        ({"line_ids": [9999]}, "line_ids"),
        ({"venue_id": 9999}, "venue_id"),
        ({"giver_ids": [9999]}, "giver_ids"),
    ],
)
def test_an_edit_refuses_what_is_not_there(season: Season, made: dict[str, object], field: str) -> None:
    proposition = season.proposition()
    with pytest.raises(Invalid) as refused:
        edited(season, proposition, change(season, "sn", "tg", **made))
    assert refused.value.field == field


def test_who_has_said_yes_stays_in_through_an_edit_and_a_split(season: Season) -> None:
    proposition = season.proposition()
    services.ask_platforms(season.db, actor=season.coordinator, proposition=proposition, now=clock.now())
    togo = next(m for m in proposition.members if m.organisation.code == "tg")
    services.answer(season.db, actor=season.coordinator, member=togo, said="in", now=clock.now())
    edited(season, proposition, change(season, "sn", "tg", "bj"))
    new = services.split(
        season.db,
        actor=season.coordinator,
        proposition=proposition,
        line_ids=[season.lines()["tg"]],
        now=clock.now(),
    )
    assert {m.organisation_id: m.answer for m in new.members} == {season.platforms["tg"].id: "in"}
    assert {m.organisation_id for m in proposition.learners} == {
        season.platforms["sn"].id,
        season.platforms["bj"].id,
    }


def test_a_need_is_answered_by_one_proposition_alone(season: Season) -> None:
    proposition, lines = season.proposition(), season.lines()
    services.split(
        season.db,
        actor=season.coordinator,
        proposition=proposition,
        line_ids=[lines["tg"]],
        now=clock.now(),
    )
    with pytest.raises(Invalid, match="answered_elsewhere"):
        edited(season, proposition, change(season, "sn", "bj", "tg"))
    edited(season, proposition, change(season, "sn", "bj", "fj"))  # that one is free


def test_two_halves_merge_into_the_whole_again(season: Season) -> None:
    proposition = season.proposition()
    before = (proposition.cost, proposition.reached)
    new = services.split(
        season.db,
        actor=season.coordinator,
        proposition=proposition,
        line_ids=[season.lines()["tg"]],
        now=clock.now(),
    )
    services.merge(season.db, actor=season.coordinator, proposition=proposition, other=new, now=clock.now())
    assert (proposition.cost, proposition.reached) == before
    assert new.state == "dropped"


def test_a_split_leaves_somebody_on_both_sides(season: Season) -> None:
    proposition = season.proposition()
    for lines, reason in (([], "missing"), (list(season.lines().values()), "all")):
        with pytest.raises(Invalid, match=reason):
            services.split(
                season.db,
                actor=season.coordinator,
                proposition=proposition,
                line_ids=lines,
                now=clock.now(),
            )


def test_what_was_dropped_comes_back_unless_its_needs_are_answered_elsewhere(season: Season) -> None:
    proposition = season.proposition()
    services.drop(season.db, actor=season.coordinator, proposition=proposition, now=clock.now())
    assert (
        services.bring_back(
            season.db, actor=season.coordinator, proposition=proposition, now=clock.now()
        ).state
        == "edited"
    )
    services.drop(season.db, actor=season.coordinator, proposition=proposition, now=clock.now())
    season.db.commit()
    assert len(season.work_out()) == 2
    with pytest.raises(Conflict, match="answered_elsewhere"):
        services.bring_back(season.db, actor=season.coordinator, proposition=proposition, now=clock.now())


# -- What platforms see and say


def test_a_platform_sees_what_it_was_asked_about_and_nothing_else(season: Season, db: Session) -> None:
    proposition = season.proposition()
    togo = make_actor(db, "focal_point", organisation=season.platforms["tg"])
    fiji = make_actor(db, "focal_point", organisation=season.platforms["fj"])
    coalition = make_actor(db, "officer", organisation=season.coalition)
    stranger = make_actor(db, "officer", organisation=make_organisation(db, kind="coalition"))
    assert list(queries.propositions_of(db, actor=togo)) == []
    services.ask_platforms(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    for actor, seen in ((togo, 1), (coalition, 1), (fiji, 0), (stranger, 0)):
        assert len(queries.propositions_of(db, actor=actor)) == seen
    with pytest.raises(NotFound):
        queries.proposition_for(db, actor=stranger, proposition_id=proposition.id)
    services.drop(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    assert list(queries.propositions_of(db, actor=togo)) == []


def test_a_platform_answers_for_itself_alone(season: Season, db: Session) -> None:
    proposition = season.proposition()
    services.ask_platforms(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    togo = make_actor(db, "focal_point", organisation=season.platforms["tg"])
    by_code = {m.organisation.code: m for m in proposition.members}
    member = queries.member_for(db, actor=togo, member_id=by_code["tg"].id)
    services.answer(db, actor=togo, member=member, said="in", now=clock.now())
    assert member.answer == "in"
    with pytest.raises(NotFound):
        queries.member_for(db, actor=togo, member_id=by_code["sn"].id)
    with pytest.raises(Forbidden):
        services.answer(db, actor=Actor(link=("needs", member.id)), member=member, said="in", now=clock.now())


def test_once_it_is_a_request_nobody_says_in_or_out_any_more(season: Season, db: Session) -> None:
    proposition = season.proposition()
    services.ask_platforms(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    requested(season, proposition)
    with pytest.raises(Conflict, match="not_open"):
        services.answer(
            db, actor=season.coordinator, member=proposition.members[0], said="out", now=clock.now()
        )


# -- Requests


def requested(season: Season, proposition: Proposition) -> Workshop:
    titles = {"en": "Advocacy: training of trainers"}
    return services.turn_into_requests(
        season.db,
        actor=season.coordinator,
        proposition=proposition,
        requested_by_id=season.coalition.id,
        titles=Titles(titles, {m.organisation_id: {"en": "Advocacy at home"} for m in proposition.learners}),
        now=clock.now(),
    )


def test_a_training_becomes_a_request_with_a_replication_for_each_platform_that_is_not_out(
    season: Season, db: Session
) -> None:
    proposition = season.proposition()
    services.ask_platforms(db, actor=season.coordinator, proposition=proposition, now=clock.now())
    benin = next(m for m in proposition.members if m.organisation.code == "bj")
    services.answer(db, actor=season.coordinator, member=benin, said="out", now=clock.now())
    training = requested(season, proposition)
    assert (training.kind, training.state, training.requested_by) == (
        "training_of_trainers",
        "drafted",
        season.coalition,
    )
    assert {each.code for each in training.invited} == {"sn", "tg"}
    assert training.venues[0].place.country in {"SN", "TG"}
    followers = db.scalars(select(Workshop).where(Workshop.follows_id == training.id)).all()
    assert [each.kind for each in followers] == ["replication"] * 2
    assert {each.invited[0].code for each in followers} == {"sn", "tg"}
    threads = db.execute(select(workshop_need)).all()
    assert len(threads) == 4
    with pytest.raises(Conflict, match="not_open"):
        requested(season, proposition)


def test_the_report_follows_each_need_to_the_seats(
    season: Season, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposition = season.proposition()
    assert stages(season) == {"asked": 2, "proposed": 3}
    training = requested(season, proposition)
    assert stages(season) == {"asked": 2, "requested": 3}
    togo = season.platforms["tg"]
    monkeypatch.setattr(served, "_providers", [lambda db, ids, now: {(training.id, togo.id): 2}])
    assert stages(season) == {"asked": 2, "requested": 2, "served": 1}


def test_the_report_says_how_many_asked_how_far_they_came_and_why_not(season: Season) -> None:
    season.proposition()
    fates = reporting.report(season.db, call=season.call, now=clock.now())
    topics = reporting.by_topic(fates)
    assert [each.topic.code for each in topics] == ["advocacy", "budgets"]
    assert [(len(each.fates), each.count("proposed"), len(each.left)) for each in topics] == [
        (4, 3, 1),
        (1, 0, 1),
    ]
    assert reporting.reasons_counted(fates) == [("too_few", 2)]


def test_a_request_leads_back_to_the_needs_that_its_reader_may_see(season: Season, db: Session) -> None:
    training = requested(season, season.proposition())
    replication = db.scalars(select(Workshop).where(Workshop.follows_id == training.id)).first()
    togo = make_actor(db, "focal_point", organisation=season.platforms["tg"])
    stranger = make_actor(db, "officer", organisation=make_organisation(db, kind="coalition"))

    def seen(actor: Actor, workshop: Workshop | None) -> tuple[int, int, bool]:
        assert workshop is not None
        behind = reporting.needs_behind(db, actor=actor, workshop=workshop)
        assert behind is not None
        return behind.platforms, len(behind.lines), behind.proposition is not None

    assert seen(season.coordinator, training) == (3, 3, True)
    assert seen(season.coordinator, replication) == (1, 1, True)
    assert seen(make_actor(db, "officer", organisation=season.coalition), training) == (3, 3, False)
    assert seen(togo, training) == (3, 1, False)
    assert seen(stranger, training) == (3, 0, False)
    own = make_workshop(db)
    assert reporting.needs_behind(db, actor=season.coordinator, workshop=own) is None


def stages(season: Season) -> dict[str, int]:
    fates = reporting.report(season.db, call=season.call, now=clock.now())
    return {stage: sum(f.stage == stage for f in fates) for stage in sorted({f.stage for f in fates})}


def test_why_is_said_in_every_language(season: Season) -> None:
    from app import i18n

    proposition = season.proposition()
    names = words.Names(
        {v.id: v for v in queries.venues(season.db)},
        {each.id: each for each in season.platforms.values()},
        "EUR",
    )
    for code in i18n.LANGUAGES:
        with i18n.reading(code):
            sentences = words.why(proposition, names)
            assert len(sentences) == len(proposition.reasons)
            assert not any("%(" in sentence for sentence in sentences)
