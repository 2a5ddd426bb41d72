"""The blueprint, and what all its views ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Blueprint, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.access import Actor
from app.db import unit_of_work
from app.errors import Invalid
from app.i18n import country_name
from app.network.forms.fields import NetworkForm, sort_key

blueprint = Blueprint("network", __name__, url_prefix="/network")

Made = TypeVar("Made")


def acting() -> Actor:
    """Who acts in this request."""
    actor: Actor = g.actor
    return actor


def page_number() -> int:
    return request.args.get("page", 1, type=int)


def asked_for(name: str) -> str:
    """An argument of the address, at most 200 characters of it."""
    return request.args.get(name, "").strip()[:200]


def country_names(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries as a list to choose from, by name in the reader's language."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: sort_key(pair[1]))


def written(form: NetworkForm, write: Callable[[Session], Made]) -> Made | None:
    """What a valid form brings about in a unit of work of its own; `None` when the form was refused.

    What a service refuses comes to stand beside its field.
    """
    if not form.validate_on_submit():
        return None
    try:
        with unit_of_work() as db:
            return write(db)
    except Invalid as invalid:
        form.refuse(invalid)
        return None


def done(message: str, endpoint: str, **values: Any) -> ResponseReturnValue:
    """Say that it is done, and go on to another page."""
    flash(message, "success")
    return redirect(url_for(endpoint, **values), 303)
