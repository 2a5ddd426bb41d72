"""Roles and refusals in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.access import RoleName
from app.accounts.models import RoleGrant

ROLE_LABELS: Mapping[str, object] = {
    "coordinator": _l("Coordinator"),
    "officer": _l("Coalition officer"),
    "focal_point": _l("Focal point"),
}

ROLE_MEANINGS: Mapping[str, object] = {
    "coordinator": _l("sees and does everything, publishes schedules"),
    "officer": _l("asks for workshops of the coalition, looks after its platforms and their people"),
    "focal_point": _l("looks after the people of the platform and of its members"),
}


def role_in_words(grant: RoleGrant) -> str:
    """'Coalition officer at the Pacific coalition'."""
    role: RoleName = grant.role  # type: ignore[assignment]  # the table allows no other
    organisation = grant.organisation.name
    sentences = {
        "coordinator": _("Coordinator at %(organisation)s", organisation=organisation),
        "officer": _("Coalition officer at %(organisation)s", organisation=organisation),
        "focal_point": _("Focal point at %(organisation)s", organisation=organisation),
    }
    return str(sentences[role])


def refusal_in_words(reason: str) -> str:
    """Why a code was not taken, or a password not good enough; `reason` is a code of the services."""
    sentences = {
        "wrong": _("This is not the code that we sent. Look at the newest letter."),
        "too_many_tries": _("This code was mistyped too often. Ask for a new one."),
        "used": _("This code has been used already. Ask for a new one."),
        "expired": _("This code is too old. Ask for a new one."),
        "unknown": _("This code cannot be used. Ask for a new one."),
        "too_short": _("Use at least 12 characters. Several words are easier to remember."),
        "too_long": _("Use at most 200 characters."),
        "too_plain": _("This is too easy to guess: do not use your name, and use more characters."),
    }
    return str(sentences[reason])
