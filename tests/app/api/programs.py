"""A program that calls the API with a token, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import clock
from app.accounts.identity import actor_of
from app.accounts.models import Account
from app.accounts.services import issue_token


class Program:
    """`Program(app, db, account)("GET", "/rounds")`; commits what the test made so far."""

    def __init__(
        self, app: Flask, db: Session, account: Account, scopes: Iterable[str] = ("read", "plan", "publish")
    ) -> None:
        issued = issue_token(
            db,
            actor=actor_of(db, account),
            account=account,
            name="A notebook",
            scopes=list(scopes),
            valid_for=timedelta(days=1),
            now=clock.now(),
        )
        db.commit()
        self.token, self.secret, self._app = issued.token, issued.secret, app

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """`headers` with _ for -."""
        sent = {"Authorization": f"Bearer {self.secret}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        client = self._app.test_client()
        return client.open(f"/api/v1{path}", method=method, json=body, headers=sent)
