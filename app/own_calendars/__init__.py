"""Own calendars: people's calendars elsewhere, of which nothing is read but when they are busy."""
