"""Calendars: secret feed addresses, invitations by mail, adding a session to one's own calendar."""
