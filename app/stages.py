"""The journey of a workshop, stage by stage: what is registered, in story order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.access import Actor, Rule, coordinator, involved, signed_in, staff

STAGES: Sequence[str] = (
    "app.network",
    "app.accounts",
    "app.needs",
    "app.workshops",
    "app.propositions",
    "app.nominations",
    "app.availability",
    "app.travel",
    "app.planning",
    "app.schedule",
    "app.own_calendars",
    "app.confirmations",
    "app.seats",
    "app.calendars",
    "app.mail",
    "app.api",
    "app.webhooks",
    "app.home",
)
"""Packages with a `views.blueprint`. A later one may import an earlier one, never the reverse
(`mail` is a utility: it imports none of the others)."""

JOBS: Mapping[str, str] = {
    "propose": "app.propositions.jobs:work_out",
    "plan_round": "app.planning.jobs:run_planning_round",
    "plan_document": "app.planning.jobs:plan_document",
    "assist_planning": "app.planning.jobs.assisting:assist_planning",
    "answer_question": "app.planning.jobs.answering:answer_question",
    "find_substitutes": "app.confirmations.jobs:find",
    "write_feeds": "app.calendars.jobs:write_stale_feeds",
    "send_invitations": "app.calendars.jobs:send_invitations",
    "read_calendar": "app.own_calendars.jobs:read_due_calendar",
    "call_webhook": "app.webhooks.jobs:call_webhook",
}
"""Job kind -> its handler."""

JOBS_ALONE: Sequence[Sequence[str]] = (
    ("plan_round", "plan_document", "assist_planning"),
    ("read_calendar",),
    ("call_webhook",),
    ("write_feeds",),
)
"""Of each group a worker process does one at a time: they take an hour, or wait for others' servers, and
letters must not wait."""

JOBS_OPTIONAL = frozenset({"assist_planning"})
"""Nobody waits for these: that no worker has begun one is no sign of trouble."""

CHORES: Sequence[str] = (
    "app.reactions:sweep",
    "app.calendars.answers.jobs:look_into_mailbox",
    "app.calendars.jobs:queue_waiting",
    "app.mail.delivery:deliver_due",
    "app.own_calendars.jobs:queue_due",
    "app.spreadsheets.jobs:discard_expired",
    "app.nominations.jobs:remind",
    "app.needs.jobs:look_after_calls",
    "app.confirmations.jobs:look_after",
    "app.seats.jobs:hand_on",
    "app.jobs.forgetting:forget_sent_forms",
    "app.api.jobs:forget_old_answers",
    "app.webhooks.jobs:queue_due",
    "app.availability.jobs:write_due_letters",
)
"""What a worker does every minute, besides giving the jobs of dead workers to others."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu: its own stage lies under it, and what else it names.

    `pages` are endpoints that lie here and nowhere else, `stages` whole stages without an entry of their own.
    """

    label: object
    endpoint: str
    rule: Rule
    pages: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()


MENU: Sequence[MenuItem] = (
    MenuItem(_l("Home"), "home.home", signed_in),
    MenuItem(_l("Network"), "network.index", staff, stages=frozenset({"travel"})),
    MenuItem(_l("Needs"), "needs.index", staff),
    MenuItem(_l("Propositions"), "propositions.index", staff),
    MenuItem(_l("Workshops"), "workshops.index", involved),
    MenuItem(_l("Nominations"), "nominations.index", signed_in),
    MenuItem(
        _l("My availability"),
        "availability.mine",
        lambda actor: actor.person_id is not None,
        pages=frozenset({"travel.mine"}),
        stages=frozenset({"own_calendars"}),
    ),
    MenuItem(
        _l("When people can"),
        "availability.asks",
        staff,
        pages=frozenset(
            f"availability.{page}"
            for page in (
                "ask",
                "asks",
                "new_ask",
                "school_holidays",
                "new_school_holiday",
                "edit_school_holiday",
            )
        ),
    ),
    MenuItem(_l("Rounds"), "planning.index", coordinator, stages=frozenset({"confirmations"})),
    MenuItem(
        _l("Schedule"),
        "schedule.index",
        signed_in,
        pages=frozenset({"confirmations.mine"}),
        stages=frozenset({"seats"}),
    ),
    MenuItem(_l("Calendars"), "calendars.index", signed_in),
)

__all__ = ["CHORES", "JOBS", "JOBS_ALONE", "JOBS_OPTIONAL", "MENU", "STAGES", "menu_for", "register"]


def register(app: Flask) -> None:
    """Register every stage's blueprint."""
    for stage in STAGES:
        app.register_blueprint(import_module(f"{stage}.views").blueprint)


def menu_for(actor: Actor, url_for: Callable[[str], str], endpoint: str | None) -> list[dict[str, object]]:
    """The menu as the actor sees it: label, url and whether it is where they are."""
    here = _entry_of(endpoint or "")
    return [
        {"label": item.label, "url": url_for(item.endpoint), "current": item is here}
        for item in MENU
        if item.rule(actor)
    ]


def _entry_of(endpoint: str) -> MenuItem | None:
    """The entry under which a page lies: the one that names it, else the first of its stage."""
    stage = endpoint.partition(".")[0]
    named = (item for item in MENU if endpoint in item.pages)
    of_stage = (item for item in MENU if stage in {item.endpoint.partition(".")[0], *item.stages})
    return next(named, None) or next(of_stage, None)
