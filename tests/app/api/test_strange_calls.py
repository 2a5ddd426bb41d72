"""Whatever a program sends: an answer of the kind that the description promises, and never an error of ours.

The description is turned into requests, right ones and wrong ones, by schemathesis; each operation is called
with ids of what is there and of what is not.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.api import spec
from app.jobs.models import Job
from app.planning.models import Question
from tests.app.api.programs import Program
from tests.app.planning.rounds import make_small_round
from tests.app.schedule.seasons import Season
from tests.conftest import NOW

DESCRIPTION = json.loads(spec.committed())
OPERATIONS = [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods]
EXAMPLES = 12
"""Of each operation, right and wrong: it is about what the description leaves open, not about luck."""

ANSWER = {
    "format": "explanation/1",
    "workshop": "webinar",
    "held": False,
    "alone": True,
    "obstacles": [],
    "offer": None,
    "relaxations": [],
    "alternatives": [],
}

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def there(db: Session, season: Season, coordinator: Account) -> dict[str, int]:
    """Argument of an address -> the id of something that is there."""
    version = season.publish(season.meets())
    draft = season.draft(season.meets("2027-03-16"), season.webinar_at())
    small = make_small_round(db).planning_round
    job = Job(kind="plan_document", subject_id=coordinator.id, state="failed", error="stopped", queued_at=NOW)
    db.add_all((job, Job(kind="plan_round", subject_id=small.id, state="failed", queued_at=NOW)))
    question = Question(
        round_id=draft.round_id,
        draft_id=draft.id,
        kind="explain",
        topic=season.webinar.code,
        answer=ANSWER,
        asked_at=NOW,
    )
    db.add(question)
    db.flush()
    return {
        "round_id": small.id,
        "draft_id": draft.id,
        "version_id": version.id,
        "session_id": season.session_of(season.meeting).id,
        "plan_id": job.id,
        "explanation_id": question.id,
    }


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: str(part))
def test_every_operation_answers_as_it_is_described(
    app: Flask, program: Program, there: dict[str, int], path: str, method: str
) -> None:
    headers = {"Authorization": f"Bearer {program.secret}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema[path][method.upper()]
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, is_there=st.booleans())
    def call(case: Any, is_there: bool) -> None:
        if is_there:
            case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    call()
