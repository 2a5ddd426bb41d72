"""Accounts on the command line: the first coordinator has nobody to be made one by."""

from __future__ import annotations

from datetime import timedelta

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import with_appcontext

from app import clock
from app.accounts import services
from app.db import unit_of_work
from config import Settings

LINK_LASTS = timedelta(hours=24)


@click.command("create-admin")
@click.argument("email")
@click.option("--name", default="", help="The person's name; default: what stands before the @.")
@with_appcontext
def create_admin(email: str, name: str) -> None:
    """Make EMAIL a coordinator at the secretariat, and print a link to sign in.

    An account that there is already gets the role; run twice, only another link is made.
    """
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from None
    settings: Settings = current_app.extensions["baraza.settings"]
    with unit_of_work() as db:
        account = services.make_coordinator(
            db,
            email=address,
            name=name or address.partition("@")[0],
            secretariat_name=settings.network_name,
            now=clock.now(),
        )
        link = services.issue_link(db, account=account, now=clock.now(), valid_for=LINK_LASTS)
    click.echo(f"{account.name} <{account.email}> is a coordinator.")
    click.echo(f"Sign in within 24 hours, once: {settings.public_url}{link}")
