"""A needs call that West African platforms have answered: what propositions are worked out from in tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.access import Actor
from app.accounts.models import Account
from app.jobs.models import Job
from app.needs.models import NeedsAnswer, NeedsCall, NeedsLine, NeedsOffer
from app.network.models import Organisation, Topic
from app.propositions import queries, services
from app.propositions.models import Proposition
from app.propositions.terms import Terms
from solver.propositions import propose, read_call, write_propositions
from tests.factories import (
    make_account,
    make_actor,
    make_facilitator,
    make_organisation,
    make_place,
    make_topic,
    make_venue,
)


@dataclass
class Season:
    db: Session
    call: NeedsCall
    advocacy: Topic
    budgets: Topic
    platforms: Mapping[str, Organisation]
    coalition: Organisation
    coordinator: Actor
    secretariat: Account

    def work_out(self, *, by: Callable[[Job], None] | None = None, **changes: object) -> list[Proposition]:
        """Work propositions out, here or as the worker does (`by`), and read them back."""
        settled: dict[str, object] = {"platforms_min": 2, **changes}
        terms = Terms(**settled)  # type: ignore[arg-type]
        job = services.work_out(
            self.db,
            actor=self.coordinator,
            call=self.call,
            terms=terms,
            now=clock.now(),
            wake=lambda job_id: None,
        )
        self.db.commit()
        (by or self._here)(job)
        self.db.expire_all()
        return list(queries.propositions_of(self.db, actor=self.coordinator, call=self.call))

    def _here(self, job: Job) -> None:
        """What the worker does, without a process of its own."""
        call = read_call(json.dumps(job.parameters["call"]).encode())
        found = json.loads(write_propositions(call, propose(call)))
        job.state, job.attempts = "running", 1
        self.db.flush()
        services.keep_what_was_worked_out(
            self.db,
            actor=self.coordinator,
            set_id=job.subject_id,
            job_id=job.id,
            found=found,
            now=clock.now(),
        )
        job.state = "done"
        self.db.commit()

    def proposition(self) -> Proposition:
        """The first that is worked out."""
        return self.work_out()[0]

    def focal_point(self, name: str) -> Account:
        return make_account(self.db, role="focal_point", organisation=self.platforms[name])

    def lines(self) -> dict[str, int]:
        """The number of the line of each platform on advocacy."""
        rows = self.db.execute(
            select(Organisation.code, NeedsLine.id)
            .join(NeedsAnswer, NeedsAnswer.organisation_id == Organisation.id)
            .join(NeedsLine, NeedsLine.answer_id == NeedsAnswer.id)
            .where(NeedsLine.topic_id == self.advocacy.id)
        )
        return dict(rows.all())


def make_season(db: Session) -> Season:
    """Four platforms need advocacy in French, one offers it; one elsewhere needs it alone."""
    now = clock.now()
    advocacy, budgets = make_topic(db, code="advocacy"), make_topic(db, code="budgets")
    coalition = make_organisation(db, kind="coalition", code="repaoc")
    places = {
        "sn": make_place(db),
        "tg": make_place(db, country="TG", latitude=6.1, longitude=1.2),
        "bj": make_place(db, country="BJ", latitude=6.4, longitude=2.4),
        "ml": make_place(db, country="ML", latitude=12.6, longitude=-8.0),
        "fj": make_place(db, country="FJ", latitude=-18.1, longitude=178.4),
    }
    platforms = {
        code: make_organisation(
            db,
            code=code,
            name=f"Platform of {code.upper()}",
            country=place.country,
            place=place,
            languages=["en"] if code == "fj" else ["fr"],
            region="Pacific" if code == "fj" else "West Africa",
            bodies=[coalition],
        )
        for code, place in places.items()
    }
    make_venue(db, place=places["sn"], name="Hall")
    make_venue(db, place=places["tg"], name="House")
    make_facilitator(db, advocacy, level=3, organisation=coalition, name="Ama")
    call = NeedsCall(
        code="needs-2027",
        titles={"en": "Needs of 2027", "fr": "Besoins de 2027"},
        languages=["fr", "en"],
        closes_on=(now + timedelta(days=20)).date(),
        state="open",
        opened_at=now,
        created_at=now,
        changed_at=now,
        topics=[advocacy, budgets],
    )
    db.add(call)
    db.flush()
    people = {"sn": 20, "tg": 25, "bj": 12, "fj": 9}
    for code, platform in platforms.items():
        answer = NeedsAnswer(
            call_id=call.id,
            organisation_id=platform.id,
            state="handed_in",
            asked_at=now,
            handed_in_at=now,
        )
        if code in people:
            answer.lines.append(
                NeedsLine(topic_id=advocacy.id, how_much=3, people=people[code], words="Our own words")
            )
        if code == "ml":
            answer.lines.append(NeedsLine(topic_id=budgets.id, how_much=1, people=2))
            answer.offers.append(NeedsOffer(topic_id=advocacy.id, level=2))
        db.add(answer)
    db.flush()
    db.expire(call, ["answers"])
    secretariat = make_account(db, role="coordinator")
    return Season(
        db,
        call,
        advocacy,
        budgets,
        platforms,
        coalition,
        make_actor(db, "coordinator"),
        secretariat,
    )
