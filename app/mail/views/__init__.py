"""The outbox, and the page on which a reader stops letters that are not essential."""

from app.mail.views import subscriptions  # noqa: F401 (views register themselves)
from app.mail.views.outbox import LETTER_POLICY, blueprint

__all__ = ["LETTER_POLICY", "blueprint"]
