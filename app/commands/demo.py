"""The demonstration network, and links to sign in to it."""

from __future__ import annotations

import json

import click
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.access import system
from app.db import unit_of_work
from app.demo import links as demo_links
from app.demo.load import is_empty, load_demonstration


@click.group()
def demo() -> None:
    """The demonstration network."""


@demo.command("load")
@with_appcontext
def load() -> None:
    """Load the demonstration network into an empty database."""
    with unit_of_work() as db:
        if not is_empty(db):
            raise click.ClickException(
                "The database is not empty: the demonstration is only loaded into an empty one."
            )
        load_demonstration(db, actor=system("demo load"), now=clock.now())
    click.echo("The demonstration network is loaded. Sign-in links: flask --app app demo links")


@demo.command("links")
@click.option("--json", "as_json", is_flag=True, help="Role to name, sign-in link and feed address, as JSON.")
@with_appcontext
def links(as_json: bool) -> None:
    """Print a sign-in link and a feed address for one person of each role."""
    with unit_of_work() as db:
        found = demo_links.links(
            db, public_url=current_app.extensions["baraza.settings"].public_url, now=clock.now()
        )
    if not found:
        raise click.ClickException("The demonstration network is not loaded: flask --app app demo load")
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else demo_links.as_text(found))
