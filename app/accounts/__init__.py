"""Accounts: signing in by e-mail, roles held at organisations, the person behind the account."""
