"""The two doors to an answer: the personal link without an account, and signed in. One set of pages.

Each page is registered twice: under `/needs/by-link/<token>` and under `/needs/answers/<id>`. The reader of
a link is nobody but who it was made for, whoever is signed in on that device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import clock
from app.access import NOBODY, Actor, allow, anybody, staff
from app.accounts.identity import current_actor
from app.needs import words
from app.needs.links import open_link
from app.needs.models import NeedsAnswer
from app.needs.queries.answers import answer_for
from app.needs.queries.calls import Recipient
from app.needs.queries.scope import speaks_for_itself
from app.needs.views.blueprint import blueprint
from app.personal_links import LinkExpired, opened_by_link

Page = Callable[..., ResponseReturnValue]


@dataclass(slots=True)
class Door:
    """How the reader came in: by a link (`token`), or signed in (`answer_id`)."""

    token: str = ""
    answer_id: int = 0
    actor: Actor = NOBODY
    recipient: Recipient | None = None

    def answer(self, db: Session) -> NeedsAnswer:
        """The answer behind it, for who stands in it. Raises NotFound, LinkExpired."""
        if self.token:
            caller = open_link(db, token=self.token, now=clock.now())
            self.actor, self.recipient = caller.actor, caller.recipient
            return caller.answer
        self.actor = current_actor()
        return answer_for(db, actor=self.actor, answer_id=self.answer_id)

    @property
    def meta(self) -> dict[str, Any]:
        """What a form here is made with: behind a link the address is the secret, and needs no second one."""
        return {"csrf": False} if self.token else {}

    def url(self, page: str, **arguments: Any) -> str:
        """The address of a page of the same answer, by the same door."""
        if self.token:
            return url_for(f"needs.link_{page}", token=self.token, **arguments)
        return url_for(f"needs.{page}", answer_id=self.answer_id, **arguments)


def two_doors(path: str, *methods: str) -> Callable[[Page], Page]:
    """Register a page under the personal link and under the number of the answer."""

    def register(page: Page) -> Page:
        name = page.__name__

        def by_link(token: str, **arguments: Any) -> ResponseReturnValue:
            try:
                return page(Door(token=token), **arguments)
            except LinkExpired:
                return render_template("needs/link_over.html"), 410

        def signed_in(answer_id: int, **arguments: Any) -> ResponseReturnValue:
            return page(Door(answer_id=answer_id), **arguments)

        blueprint.add_url_rule(
            f"/by-link/<token>{path}",
            f"link_{name}",
            allow(anybody)(opened_by_link(by_link)),
            methods=list(methods),
        )
        blueprint.add_url_rule(
            f"/answers/<int:answer_id>{path}", name, allow(staff)(signed_in), methods=list(methods)
        )
        return page

    return register


def around(door: Door, found: NeedsAnswer) -> dict[str, Any]:
    """What every page of an answer shows."""
    return {
        "door": door,
        "answer": found,
        "call": found.call,
        "words": words,
        "takes_answers": found.call.takes_answers(clock.now()),
        "is_own": speaks_for_itself(door.actor, found),
    }
