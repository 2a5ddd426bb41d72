"""The command line: `flask --app app …`."""

from __future__ import annotations

from flask import Flask

from app.commands import accounts, demo, receiving, running, upkeep


def register(app: Flask) -> None:
    """Add every command."""
    for command in (
        running.init,
        running.up,
        running.serve,
        running.worker,
        receiving.receive_mail,
        demo.demo,
        accounts.create_admin,
        upkeep.backup,
        upkeep.restore,
        upkeep.send_test_mail,
        upkeep.doctor,
        upkeep.purge,
    ):
        app.cli.add_command(command)
