"""Evolution's calendars without its windows: what it keeps and shows is evolution-data-server's.

Runs under Debian's own Python, which has its bindings. Takes one JSON list a line, a command and what it is
about, and answers each with one line of JSON.
"""

import json
import sys
from datetime import UTC, date, datetime, timezone

import gi

for name, version in (("EDataServer", "1.2"), ("ECal", "2.0"), ("ICalGLib", "3.0")):
    gi.require_version(name, version)
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402

AT_ONCE = 2**32 - 1
"""Do not wait for a connection: what is asked next waits behind the first fetch anyhow."""
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2026, 2030))


class Reader:
    def __init__(self):
        self.registry = EDataServer.SourceRegistry.new_sync(None)
        self.feeds = 0
        self.source = self.calendar = None

    def subscribe(self, address):
        """As "New calendar, On the web" does."""
        if self.source is not None:
            self.source.remove_sync(None)
        self.feeds += 1
        source = EDataServer.Source.new_with_uid(f"feed-{self.feeds}", None)
        source.set_display_name(source.get_uid())
        source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("webcal")
        web = source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND)
        web.set_uri(GLib.Uri.parse(address, GLib.UriFlags.NONE))
        self.registry.commit_source_sync(source, None)
        self.source = self.registry.ref_source(source.get_uid())
        self.calendar = ECal.Client.connect_sync(self.source, ECal.ClientSourceType.EVENTS, AT_ONCE, None)

    def refresh(self):
        """Comes back at once; the server answers what is asked next when it has fetched."""
        return self.calendar.refresh_sync(None)

    def shows(self, zone_name):
        zone = ICalGLib.Timezone.get_builtin_timezone(zone_name)
        self.calendar.set_default_timezone(zone)
        found = []

        def one(event, starts, ends, *_rest):
            is_cancelled = event.get_status() == ICalGLib.PropertyStatus.CANCELLED
            found.append(
                [event.get_uid(), event.get_summary(), is_cancelled, shown(starts, zone), shown(ends, zone)]
            )
            return True

        self.calendar.generate_instances_sync(FIRST, LAST, None, one)
        return found


def shown(moment, zone):
    if moment.is_date():
        return date.fromisoformat(moment.as_ical_string()).isoformat()
    there = moment.convert_to_zone(zone)
    clock = datetime.strptime(there.as_ical_string()[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    away = clock - datetime.fromtimestamp(there.as_timet_with_zone(zone), UTC)
    return clock.replace(tzinfo=timezone(away)).isoformat()


reader = Reader()
for line in sys.stdin:
    command, *about = json.loads(line)
    sys.stdout.write(json.dumps(getattr(reader, command)(*about)) + "\n")
    sys.stdout.flush()
