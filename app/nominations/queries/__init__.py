"""Reading calls and nominations, each by what the acting person may see.

Whom an organisation names is known to those who act for it, to coordinators, and to each of the people
named; the coalition that asked for the workshop sees who has answered, and how many were named.
"""

from app.nominations.queries.beyond import (
    ForPlanning,
    in_charge,
    named_for_planning,
    without_reminders,
)
from app.nominations.queries.calls import (
    LINK,
    Answer,
    CallAtAGlance,
    acted_for,
    call_for,
    call_of_link,
    calls,
    glance_at,
    is_open,
    opened_at,
    organisation_for,
    oversees,
    quota,
    workshops_to_open,
)
from app.nominations.queries.lists import (
    NamedList,
    is_about,
    list_of,
    nomination_for,
    nomination_of,
    own_nominations,
    people_to_invite_forward,
    people_to_name,
    person_of,
)

__all__ = [
    "LINK",
    "Answer",
    "CallAtAGlance",
    "ForPlanning",
    "NamedList",
    "acted_for",
    "call_for",
    "call_of_link",
    "calls",
    "glance_at",
    "in_charge",
    "is_about",
    "is_open",
    "list_of",
    "named_for_planning",
    "nomination_for",
    "nomination_of",
    "opened_at",
    "organisation_for",
    "oversees",
    "own_nominations",
    "people_to_invite_forward",
    "people_to_name",
    "person_of",
    "quota",
    "without_reminders",
    "workshops_to_open",
]
