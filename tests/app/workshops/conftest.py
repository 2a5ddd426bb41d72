"""A coalition with its officer and a request, and the secretariat."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.network.models import Organisation
from app.workshops.models import Workshop
from tests.app.workshops.requests import make_coalition, make_request
from tests.factories import make_account

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def coalition(db: Session) -> Organisation:
    return make_coalition(db, name="Coalition of the West", languages=["fr"])


@pytest.fixture
def officer(db: Session, coalition: Organisation, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="officer", organisation=coalition))


@pytest.fixture
def secretariat(db: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(make_account(db, role="coordinator"))


@pytest.fixture
def request_(db: Session, coalition: Organisation) -> Workshop:
    made = make_request(db, coalition, titles={"en": "Storytelling", "fr": "Récits"})
    db.commit()
    return made
