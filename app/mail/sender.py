"""Who the letters of this installation are from."""

from __future__ import annotations

from flask import current_app

from app.mail.message import Mailbox
from config import Settings


def sender() -> Mailbox:
    """The network's name and its address: From, and the domain of every Message-ID."""
    settings: Settings = current_app.extensions["baraza.settings"]
    return Mailbox(settings.network_name, str(settings.mail_sender))
