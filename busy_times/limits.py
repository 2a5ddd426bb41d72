"""What one calendar may take. Far above what people's calendars need, far below what would hurt."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading; seconds are of the clock unless they say otherwise."""

    seconds: float = 30.0
    """For asking and being answered, redirects and all, however often a little arrives."""
    silence: float = 10.0
    """For one step of it: a connection, a piece of the answer."""
    redirects: int = 3
    bytes_sent: int = 10 * MEGABYTE
    """Of the answer as it comes over the line."""
    bytes_unpacked: int = 20 * MEGABYTE
    """Of the calendar once unpacked."""
    lines: int = 1_000_000
    line_length: int = 100_000
    """A longer line is passed over, with the property that it holds."""
    depth: int = 10
    events: int = 50_000
    zones: int = 50
    occurrences: int = 50_000
    cpu_seconds: int = 20
    """Of the processor's time, for all of it."""
    cpu_seconds_each: float = 1.0
    """For the repetitions of one event; one that takes more is left out."""
    memory: int = 1024 * MEGABYTE


DEFAULT = Limits()
