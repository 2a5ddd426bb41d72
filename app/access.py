"""Who may do what: deny by default.

Two layers. A *route rule* stands on every view (`@allow(…)`); a view without one answers
403 to everybody, and a test finds it. A *scope* decides within a route which rows a person
sees: queries take the actor and filter by it, so that what one may not see does not exist.

Roles are held at an organisation: `coordinator` at the secretariat (sees and does all),
`officer` at a coalition (its own platforms, their members and its own requests),
`focal_point` at a platform (the platform and its members). Facilitator and participant are
no roles: they are what a person is in workshops.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

RoleName = Literal["coordinator", "officer", "focal_point"]
ROLES: tuple[RoleName, ...] = ("coordinator", "officer", "focal_point")


class Forbidden(Exception):
    """The acting person may not do this."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, as services and queries know them.

    `roles` holds (role, organisation id) pairs. `organisation_ids` are the organisations in
    whose name the actor may act and whose people they look after: those of their roles and
    everything below them in the network. A coordinator's reach is not bounded by it. `group_ids`
    are the groups that the actor co-chairs. `link` is
    the one thing, (purpose, row id), that somebody may answer who came by a personal link.
    """

    account_id: int | None = None
    person_id: int | None = None
    name: str = ""
    roles: frozenset[tuple[RoleName, int]] = frozenset()
    organisation_ids: frozenset[int] = field(default_factory=frozenset)
    group_ids: frozenset[int] = field(default_factory=frozenset)
    link: tuple[str, int] | None = None
    is_system: bool = False

    @property
    def is_signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def is_coordinator(self) -> bool:
        return self.is_system or self.has_role("coordinator")

    @property
    def is_staff(self) -> bool:
        """Holds any role at any organisation."""
        return self.is_system or bool(self.roles)

    def has_role(self, role: RoleName) -> bool:
        return any(held == role for held, _ in self.roles)

    def organisations_as(self, role: RoleName) -> frozenset[int]:
        """The organisations at which the actor holds `role` itself."""
        return frozenset(organisation for held, organisation in self.roles if held == role)

    def acts_for(self, organisation_id: int | None) -> bool:
        """May act in the name of this organisation."""
        return self.is_coordinator or organisation_id in self.organisation_ids

    def chairs(self, group_id: int | None) -> bool:
        """Is a co-chair of this group."""
        return group_id in self.group_ids

    def came_by(self, purpose: str, row_id: int) -> bool:
        """Came by a personal link (`app.personal_links`) to this very row."""
        return self.link == (purpose, row_id)


NOBODY = Actor()


def system(name: str) -> Actor:
    """The service itself, for commands and jobs; `name` is what the audit trail shows."""
    return Actor(name=name, is_system=True)


# -- Route rules: predicates on the actor alone

Rule = Callable[[Actor], bool]


def anybody(actor: Actor) -> bool:
    return True


def signed_in(actor: Actor) -> bool:
    return actor.is_signed_in


def staff(actor: Actor) -> bool:
    return actor.is_signed_in and actor.is_staff


def involved(actor: Actor) -> bool:
    """Staff, and who co-chairs a group."""
    return actor.is_signed_in and (actor.is_staff or bool(actor.group_ids))


def office(actor: Actor) -> bool:
    """Coordinators and coalition officers: may keep funds, and bring requests as a spreadsheet."""
    return actor.is_signed_in and (actor.is_coordinator or actor.has_role("officer"))


def requester(actor: Actor) -> bool:
    """May ask for workshops: the office, and co-chairs for their group."""
    return office(actor) or (actor.is_signed_in and bool(actor.group_ids))


def coordinator(actor: Actor) -> bool:
    return actor.is_signed_in and actor.is_coordinator


View = TypeVar("View", bound=Callable[..., Any])


def allow(rule: Rule) -> Callable[[View], View]:
    """Put a route rule on a view. Goes below the route decorator, above everything else."""

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def rule_of(view: Callable[..., Any] | None) -> Rule | None:
    """The rule that `allow` put on a view, or `None`."""
    return getattr(view, "access_rule", None)


def require(allowed: bool) -> None:
    """Raise `Forbidden` unless `allowed`; the first line of a service's guard."""
    if not allowed:
        raise Forbidden
