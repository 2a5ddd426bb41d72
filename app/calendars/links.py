"""Addresses that put a feed or one entry into somebody's own calendar.

None of these forms is specified by who serves them; they are the ones in general use, checked against what
calendar services accept in 2026. People get their values in the query, so each is percent-encoded whole.
"""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno

from app.calendars.entries import AllDay, Entry, Timed

_HTTP = re.compile(r"https?://", re.IGNORECASE)

# Servers and proxies cut addresses of more than some 2,000 characters, and percent-encoding may treble text.
_MAX_DETAILS = 400


@dataclass(frozen=True, slots=True)
class SubscribeLinks:
    """Ways to subscribe to a feed, so that changes arrive by themselves.

    Attributes:
        webcal: opens the calendar program of the device (Apple, Outlook for desktop, Thunderbird).
        google: Google Calendar, which reads a feed again every 4 to 24 hours.
        outlook: Outlook.com.
        microsoft365: Outlook on the web at work or school.
        copy: the plain address, for any other program and for Android.
        download: the same as a file, which will not change any more.
    """

    webcal: str
    google: str
    outlook: str
    microsoft365: str
    copy: str
    download: str


@dataclass(frozen=True, slots=True)
class AddLinks:
    """Ways to add one entry once; later changes do not arrive."""

    google: str
    outlook: str
    microsoft365: str
    download: str


def subscribe_links(address: str, name: str) -> SubscribeLinks:
    """Links to subscribe to the feed at `address`, called `name` where a service asks for one.

    Raises:
        ValueError: the address is not absolute over http or https.
    """
    if not _HTTP.match(address):
        raise ValueError(f"nobody can subscribe to {address!r}")
    webcal = _HTTP.sub("webcal://", address, count=1)
    added = _query(url=address, name=name)
    return SubscribeLinks(
        webcal=webcal,
        google=f"https://calendar.google.com/calendar/u/0/r?{_query(cid=webcal)}",
        outlook=f"https://outlook.live.com/calendar/0/addfromweb/?{added}",
        microsoft365=f"https://outlook.office.com/calendar/0/addfromweb/?{added}",
        copy=address,
        download=address,
    )


def code_of(address: str) -> str:
    """`address` as a QR code: an SVG element, black on white whatever the page's colours."""
    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return drawn


def add_links(entry: Entry, download: str) -> AddLinks:
    """Links to add `entry`, which as a file is found at the address `download`."""
    compose = _query(
        path="/calendar/action/compose", rru="addevent", **_outlook_span(entry.when),
        subject=entry.summary, body=_as_html(_details(entry)), location=_place(entry),
    )  # fmt: skip
    template = _query(
        action="TEMPLATE", text=entry.summary, **_google_span(entry.when),
        details=_details(entry), location=_place(entry),
    )  # fmt: skip
    return AddLinks(
        google=f"https://calendar.google.com/calendar/render?{template}",
        outlook=f"https://outlook.live.com/calendar/0/deeplink/compose?{compose}",
        microsoft365=f"https://outlook.office.com/calendar/0/deeplink/compose?{compose}",
        download=download,
    )


def _google_span(when: AllDay | Timed) -> dict[str, str]:
    """Whole days without zone and with exclusive end, or instants in UTC with the zone to show them in."""
    if isinstance(when, AllDay):
        return {"dates": f"{when.first_day:%Y%m%d}/{when.day_after:%Y%m%d}"}
    return {"dates": f"{when.start:%Y%m%dT%H%M%SZ}/{when.end:%Y%m%dT%H%M%SZ}", "ctz": when.zone}


def _outlook_span(when: AllDay | Timed) -> dict[str, str]:
    if isinstance(when, AllDay):
        return {"startdt": f"{when.first_day}", "enddt": f"{when.day_after}", "allday": "true"}
    return {"startdt": f"{when.start:%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{when.end:%Y-%m-%dT%H:%M:%SZ}"}


def _place(entry: Entry) -> str:
    return entry.location or entry.conference


def _details(entry: Entry) -> str:
    """The description, cut short where long, with the page that has all of it and the way to join."""
    text = entry.description
    if len(text) > _MAX_DETAILS:
        text = text[: _MAX_DETAILS + 1].rsplit(maxsplit=1)[0][:_MAX_DETAILS] + " …"
    links = (link for link in (entry.conference, entry.url) if link and link not in text)
    return "\n\n".join(filter(None, (text, *links)))


def _as_html(text: str) -> str:
    """Plain text as Outlook wants it, which reads the body as HTML."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def _query(**parameters: str) -> str:
    """Parameters that are not empty, blanks as %20: not every service reads a plus sign as a blank."""
    given = {name: value for name, value in parameters.items() if value}
    return urlencode(given, quote_via=quote, safe="", errors="replace")
