"""Taking in the mail that people and mail servers send us."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Sequence

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.calendars.answers.jobs import take_in


@click.command("receive-mail")
@click.option("--listen", default="127.0.0.1:8024", show_default=True, help="Address and port.")
@with_appcontext
def receive_mail(listen: str) -> None:
    """Take in answers that the mail server hands over by LMTP. Ends cleanly on Ctrl-C or SIGTERM."""
    from app.mail.lmtp import Door

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.BadParameter("must be an address and a port, as in 127.0.0.1:8024", param_hint="--listen")
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def take(octets: bytes, recipients: Sequence[str]) -> None:
        with app.app_context():
            take_in(octets, recipients, "lmtp")

    door = Door(take)
    try:
        asyncio.run(_serve(door, host.strip("[]"), int(port)))
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {listen}: {error.strerror}") from None
    finally:
        door.close()


async def _serve(door: object, host: str, port: int) -> None:
    from app.mail.lmtp import open_door

    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = await open_door(door, host, port)  # type: ignore[arg-type]
    click.echo(f"Mail is taken in on {host}:{port} by LMTP (Ctrl-C ends it).")
    await stopped.wait()
    server.close()
