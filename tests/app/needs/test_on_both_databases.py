"""A call from the first word to the grid, and two who save at the same instant, on SQLite and PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import config
from app import clock, create_app
from app.access import system
from app.accounts.identity import sign_in
from app.db import Base, database, unit_of_work
from app.facts import AuditEntry
from app.mail.models import OutboxLetter
from app.needs import services
from app.needs.asking import What
from app.needs.jobs import look_after_calls
from app.needs.links import link_path
from app.needs.models import NeedsAnswer, NeedsCall
from app.needs.queries.calls import recipients_of
from app.needs.queries.shared import shared
from tests.architecture.databases import scratch_database
from tests.factories import make_account, make_organisation, make_topic


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    with scratch_database(request.param, tmp_path) as url:
        made = create_app(
            config.load(
                {}, environment="testing", secret_key="s" * 40, instance_path=tmp_path, database_url=url
            )
        )
        made.config["WTF_CSRF_ENABLED"] = False
        with made.app_context():
            Base.metadata.create_all(database.engine)
        yield made
        with made.app_context():
            database.session.remove()
            database.engine.dispose()


def asked(service: Flask) -> tuple[str, int, int]:
    """Open a call to one platform; returns its link, its answer's id and the topic's."""
    now = clock.now()
    with service.app_context(), unit_of_work() as db:
        platform, topic = make_organisation(db), make_topic(db, code="governance")
        make_account(db, role="focal_point", organisation=platform)
        call = services.draft_call(
            db,
            actor=system("test"),
            what=What(titles={"en": "Needs"}, about={}, topic_ids=frozenset({topic.id})),
            closes_on=clock.today() + timedelta(days=9),
            languages=["fr"],
            now=now,
        )
        services.open_call(db, actor=system("test"), call=call, now=now)
        [answer] = db.scalars(select(NeedsAnswer)).all()
        [recipient] = recipients_of(db, [answer])[answer.id]
        return link_path(answer, recipient), answer.id, topic.id


def test_a_call_goes_all_the_way(service: Flask) -> None:
    link, answer_id, topic_id = asked(service)
    client = service.test_client()
    with service.app_context():
        look_after_calls(clock.now())
    form = {f"t{topic_id}-how_much": "3", f"t{topic_id}-level": "1", "version": "0", "page": "a" * 32}
    assert client.get(f"{link}/area/governance").status_code == 200
    assert client.post(f"{link}/area/governance", data=form).status_code == 303
    assert client.post(f"{link}/check", data={"name": "Awa", "remark": ""}).status_code == 303
    with service.app_context(), unit_of_work() as db:
        call = db.scalars(select(NeedsCall)).one()
        found = shared(db, actor=system("test"), call=call)
        assert [wish.how_much for wish in found.wishes] == [3]
        assert [teacher.level for teacher in found.teachers] == [1]
        assert db.scalars(select(OutboxLetter.kind)).all() == ["needs_invitation"]
        account = make_account(db, role="coordinator")
        token, call_id = sign_in(db, account=account, device="test", now=clock.now()), call.id
    with client.session_transaction() as cookie:
        cookie["login"] = token
    for address in (
        "/needs",
        f"/needs/calls/{call_id}",
        f"/needs/calls/{call_id}/shared",
        f"/needs/calls/{call_id}/shared?by=language",
        f"/needs/calls/{call_id}/shared?by=platform",
        f"/needs/calls/{call_id}/shared/{topic_id}",
        f"/needs/calls/{call_id}/answers.csv",
        f"/needs/answers/{answer_id}",
    ):
        assert client.get(address).status_code == 200, address


def test_the_same_form_sent_twice_at_once_is_saved_once(service: Flask) -> None:
    link, answer_id, topic_id = asked(service)
    form = {f"t{topic_id}-how_much": "2", "version": "0", "page": "b" * 32}
    statuses: list[int] = []
    together = threading.Barrier(4)

    def send() -> None:
        client = service.test_client()
        together.wait()
        statuses.append(client.post(f"{link}/area/governance", data=form).status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 4
    with service.app_context():
        db = database.session()
        answer = db.get_one(NeedsAnswer, answer_id)
        assert (answer.version, len(answer.lines)) == (1, 1)
        assert db.scalar(select(func.count()).where(AuditEntry.fact == "AnswerSaved")) == 1
