"""The pages of accounts: signing in, one's own account, and the coordinator's care of all accounts."""

from __future__ import annotations

from app.accounts.views import administration, profile, reader, sign_in, tokens
from app.accounts.views.blueprint import blueprint

__all__ = ["administration", "blueprint", "profile", "reader", "sign_in", "tokens"]
