"""The API about itself, and about whoever calls it."""

from __future__ import annotations

from flask import Response, g, request

from app.access import allow, anybody, signed_in
from app.accounts.identity import cookieless
from app.api import shapes
from app.api.spec import committed
from app.api.views.blueprint import blueprint
from app.api.views.operations import Asked, operation


@blueprint.get("/openapi.json")
@allow(anybody)
@cookieless
def openapi() -> Response:
    """The description of this API, for tools that read OpenAPI 3.1."""
    response = Response(committed(), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=600"
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/me")
@allow(signed_in)
@operation("Whom the token stands for", answers=shapes.Me)
def me(asked: Asked) -> shapes.Me:
    account, token = g.account, g.api_token
    return shapes.Me(
        name=account.name,
        language=account.language,
        timezone=account.timezone,
        roles=[
            shapes.Role(role=role, organisation_id=organisation)
            for role, organisation in sorted(asked.actor.roles)
        ],
        scopes=token.scopes,
        expires_at=token.expires_at,
    )
