"""Who the letters of this installation are from."""

from __future__ import annotations

from flask import current_app

from app.mail.message import Mailbox
from config import Settings


def sender(tag: str = "") -> Mailbox:
    """The network's name and its address: From, and the domain of every Message-ID.

    With a `tag` it is the address by which an answer is known: `baraza+tag@example.org`.
    """
    settings: Settings = current_app.extensions["baraza.settings"]
    local_part, _, domain = str(settings.mail_sender).rpartition("@")
    return Mailbox(settings.network_name, f"{local_part}+{tag}@{domain}" if tag else f"{local_part}@{domain}")
