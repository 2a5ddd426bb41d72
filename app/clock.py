"""The only place that asks what time it is; and which rules of local time hold.

Those of the `tzdata` package that we pin, on every machine: what the system has may be older,
and then planner, pages and calendars would not agree.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime

zoneinfo.reset_tzpath(())


def now() -> datetime:
    """This instant, timezone-aware, in UTC, to the second (calendars know no smaller unit)."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """Today's date in UTC; for what is shown to a person use their own zone."""
    return now().date()
