"""Writes: signing in and out, passwords, one's own profile, and the coordinator's care of accounts and
roles."""

from app.accounts.services.accounts import (
    deactivate_account,
    grant_role,
    make_coordinator,
    open_account,
    reactivate_account,
    revoke_role,
)
from app.accounts.services.passwords import remove_password, set_password, sign_in_with_password
from app.accounts.services.profile import change_profile, choose_letters, note_export
from app.accounts.services.sign_in import (
    ask_for_code,
    enter_code,
    issue_link,
    sign_out,
    sign_out_everywhere,
    use_link,
)
from app.accounts.services.tokens import issue_token, revoke_token

__all__ = [
    "ask_for_code",
    "change_profile",
    "choose_letters",
    "deactivate_account",
    "enter_code",
    "grant_role",
    "issue_link",
    "issue_token",
    "make_coordinator",
    "note_export",
    "open_account",
    "reactivate_account",
    "remove_password",
    "revoke_role",
    "revoke_token",
    "set_password",
    "sign_in_with_password",
    "sign_out",
    "sign_out_everywhere",
    "use_link",
]
