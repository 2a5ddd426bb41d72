"""Programs, and a season that they look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Account
from tests.app.api.programs import Program
from tests.app.schedule.seasons import Season, make_season
from tests.factories import make_account

MakeProgram = Callable[..., Program]


@pytest.fixture
def program_of(app: Flask, db: Session) -> MakeProgram:
    """`program_of(account, scopes=("read",))`."""

    def made(account: Account, **options: object) -> Program:
        return Program(app, db, account, **options)  # type: ignore[arg-type]

    return made


@pytest.fixture
def season(db: Session) -> Season:
    return make_season(db)


@pytest.fixture
def coordinator(db: Session, season: Season) -> Account:
    return make_account(db, role="coordinator")


@pytest.fixture
def program(program_of: MakeProgram, coordinator: Account) -> Program:
    """The program of a coordinator, for everything."""
    return program_of(coordinator)
