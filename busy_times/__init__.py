"""Busy times: from the address or the file of a calendar to the days on which its owner is busy.

Whoever gives an address may mean harm, and so may whoever answers at it. So all of this runs in a
process of its own (`python -m busy_times`, see `__main__`), which the service starts with limits on time,
memory and size; it knows nothing of the service and has no access to what that stores.

    addresses   what may be asked for: https at a public address, whatever its name resolves to
    fetching    one answer, within limits, connected to the address that was checked
    trimming    the lines that say when, and none of those that say what, where and with whom
    expanding   repetitions, exceptions and time zones -> the times taken
    days        the times taken -> whole days, by the rule that the owner chose
"""

from busy_times.limits import Limits
from busy_times.refusals import REASONS, Refused

__all__ = ["REASONS", "Limits", "Refused"]
