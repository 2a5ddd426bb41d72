"""Answers in the form in which real calendar programs send them, written by hand after what is known of them.

Each is a whole mail. `uid`, `attendee` and `organizer` are filled in; the rest is as those programs have it.
"""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

_PARTSTATS = {"accepted": "ACCEPTED", "declined": "DECLINED", "tentative": "TENTATIVE"}


def thunderbird(
    *, uid: str, attendee: str, organizer: str, answer: str, sequence: int, comment: str = ""
) -> bytes:
    """Thunderbird: text beside the calendar, METHOD in the MIME type, everything as it was invited."""
    body = _event(
        ["PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "VERSION:2.0", "METHOD:REPLY"],
        [
            "CREATED:20261121T090000Z",
            "LAST-MODIFIED:20261121T093000Z",
            "DTSTAMP:20261121T093000Z",
            f"UID:{uid}",
            "SUMMARY:Meeting",
            f"ORGANIZER;CN=Baraza:mailto:{organizer}",
            f"ATTENDEE;CN=Chidi;PARTSTAT={_PARTSTATS[answer]};ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:mailto:{attendee}",
            "DTSTART;VALUE=DATE:20270309",
            "DTEND;VALUE=DATE:20270311",
            f"SEQUENCE:{sequence}",
            *([f"COMMENT:{comment}"] if comment else []),
            "TRANSP:OPAQUE",
        ],
    )
    return _mail(attendee, organizer, f"Event Invitation Reply ({answer.title()}): Meeting", body, "REPLY")


def exchange(
    *, uid: str, attendee: str, organizer: str, answer: str, sequence: int, comment: str = ""
) -> bytes:
    """Exchange and Outlook.com: no ORGANIZER, zones by Windows' names, the answer before the summary."""
    prefix = {"accepted": "Accepted", "declined": "Declined", "tentative": "Tentative"}[answer]
    body = _event(
        [
            "METHOD:REPLY",
            "PRODID:Microsoft Exchange Server 2010",
            "VERSION:2.0",
            "BEGIN:VTIMEZONE",
            "TZID:Greenwich Standard Time",
            "BEGIN:STANDARD",
            "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0000",
            "TZOFFSETTO:+0000",
            "END:STANDARD",
            "BEGIN:DAYLIGHT",
            "DTSTART:16010101T000000",
            "TZOFFSETFROM:+0000",
            "TZOFFSETTO:+0000",
            "END:DAYLIGHT",
            "END:VTIMEZONE",
        ],
        [
            f"ATTENDEE;PARTSTAT={_PARTSTATS[answer]};CN=Chidi:MAILTO:{attendee.upper()}",
            f"COMMENT;LANGUAGE=en-US:{comment}\\n",
            f"UID:{uid}",
            f"SUMMARY;LANGUAGE=en-US:{prefix}: Meeting",
            "DTSTART;TZID=Greenwich Standard Time:20270309T000000",
            "DTEND;TZID=Greenwich Standard Time:20270311T000000",
            "CLASS:PUBLIC",
            "PRIORITY:5",
            "DTSTAMP:20261121T093001Z",
            "TRANSP:OPAQUE",
            "STATUS:CONFIRMED",
            f"SEQUENCE:{sequence}",
            "LOCATION;LANGUAGE=en-US:Centre",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:0",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "X-MICROSOFT-DISALLOW-COUNTER:FALSE",
        ],
    )
    return _mail(attendee, organizer, f"{prefix}: Meeting", body, "REPLY", encoding="base64")


def google(
    *, uid: str, attendee: str, organizer: str, answer: str, sequence: int, comment: str = ""
) -> bytes:
    """Google: the calendar twice, once attached; the comment as a parameter; marked as automatic."""
    said = f';X-RESPONSE-COMMENT="{comment}"' if comment else ""
    body = _event(
        [
            "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:REPLY",
        ],
        [
            "DTSTART;VALUE=DATE:20270309",
            "DTEND;VALUE=DATE:20270311",
            "DTSTAMP:20261121T093002Z",
            f"ORGANIZER;CN=Baraza:mailto:{organizer}",
            f"UID:{uid}",
            f"ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={_PARTSTATS[answer]};CN=Chidi;X-NUM-GUESTS=0{said}:mailto:{attendee}",
            "CREATED:20261121T090000Z",
            "DESCRIPTION:",
            "LAST-MODIFIED:20261121T093001Z",
            "LOCATION:",
            f"SEQUENCE:{sequence}",
            "STATUS:CONFIRMED",
            "SUMMARY:Meeting",
            "TRANSP:OPAQUE",
        ],
    )
    message = _message(attendee, organizer, f"{answer.title()}: Meeting", body, "REPLY", "7bit")
    message.add_attachment(body, "application", "ics", filename="invite.ics")
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes(policy=SMTP)


def apple(*, uid: str, attendee: str, organizer: str, answer: str, sequence: int, comment: str = "") -> bytes:
    """Apple: one part and nothing else, METHOD in small letters outside, no SEQUENCE where it is nought."""
    body = _event(
        ["CALSCALE:GREGORIAN", "VERSION:2.0", "METHOD:REPLY", "PRODID:-//Apple Inc.//macOS 15.1//EN"],
        [
            f"UID:{uid}",
            "DTEND;VALUE=DATE:20270311",
            f'ORGANIZER;CN="Baraza":MAILTO:{organizer}',
            "DTSTAMP:20261121T093003Z",
            "DTSTART;VALUE=DATE:20270309",
            *([f"SEQUENCE:{sequence}"] if sequence else []),
            "SUMMARY:Meeting",
            f'ATTENDEE;CN="Chidi";CUTYPE=INDIVIDUAL;PARTSTAT={_PARTSTATS[answer]}:MAILTO:{attendee}',
            *([f"COMMENT:{comment}"] if comment else []),
        ],
    )
    lines = [
        f"From: Chidi <{attendee}>",
        f"To: {organizer}",
        f"Subject: {answer.title()}: Meeting",
        "Mime-Version: 1.0 (Apple Message framework)",
        "Message-ID: <A1@icloud.example>",
        'Content-Type: text/calendar; method=reply; charset=utf-8; name="iCal-1.ics"',
        "Content-Disposition: attachment; filename=iCal-1.ics",
        "Content-Transfer-Encoding: base64",
        "",
        base64.encodebytes(body).decode().strip(),
        "",
    ]
    return "\r\n".join(lines).encode()


CLIENTS = {"thunderbird": thunderbird, "exchange": exchange, "google": google, "apple": apple}


def counter(*, uid: str, attendee: str, organizer: str, sequence: int) -> bytes:
    """A proposal of another time, as Exchange and Google send it."""
    body = _event(
        ["METHOD:COUNTER", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0"],
        [
            f"ATTENDEE;PARTSTAT=TENTATIVE;CN=Chidi:MAILTO:{attendee}",
            "COMMENT:A day later would do",
            f"UID:{uid}",
            "SUMMARY:New Time Proposed: Meeting",
            "DTSTART;TZID=W. Europe Standard Time:20270310T090000",
            "DTEND;TZID=W. Europe Standard Time:20270310T170000",
            "DTSTAMP:20261121T093000Z",
            f"SEQUENCE:{sequence}",
        ],
    )
    return _mail(attendee, organizer, "New Time Proposed: Meeting", body, "COUNTER")


def delegated(*, uid: str, attendee: str, organizer: str, sequence: int) -> bytes:
    body = _event(
        ["VERSION:2.0", "PRODID:-//Mozilla.org//EN", "METHOD:REPLY"],
        [
            f"UID:{uid}",
            "DTSTAMP:20261121T093000Z",
            f"SEQUENCE:{sequence}",
            f"ORGANIZER:mailto:{organizer}",
            f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:other@example.net":mailto:{attendee}',
        ],
    )
    return _mail(attendee, organizer, "Delegated: Meeting", body, "REPLY")


def absence(*, attendee: str, organizer: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = attendee, organizer, "Absence: Invitation"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("I am away until the 8th.")
    return message.as_bytes(policy=SMTP)


def words(*, attendee: str, organizer: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Chidi <{attendee}>", organizer, "Re: Meeting"
    message.set_content("Is there a hotel near by?")
    return message.as_bytes(policy=SMTP)


def came_back(
    *, address: str, to: str, message_id: str, action: str = "failed", status: str = "5.1.1"
) -> bytes:
    """A report that a letter could not be delivered, in the form of RFC 3464, as Postfix writes it."""
    return "\r\n".join(
        [
            "From: Mail Delivery System <MAILER-DAEMON@mail.example.net>",
            f"To: {to}",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
            "",
            "--b1",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            "This is the mail system.",
            "",
            "--b1",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mail.example.net",
            "",
            f"Final-Recipient: rfc822; {address}",
            f"Original-Recipient: rfc822;{address}",
            f"Action: {action}",
            f"Status: {status}",
            "Diagnostic-Code: smtp; 550 5.1.1 No such user",
            "",
            "--b1",
            "Content-Type: message/rfc822",
            "",
            "From: Baraza <baraza@example.org>",
            f"To: {address}",
            f"Message-ID: {message_id}",
            "Content-Type: text/calendar; method=REQUEST",
            "",
            "BEGIN:VCALENDAR",
            "METHOD:REQUEST",
            "END:VCALENDAR",
            "",
            "--b1--",
            "",
        ]
    ).encode()


def _event(head: list[str], lines: list[str]) -> bytes:
    whole = ["BEGIN:VCALENDAR", *head, "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(_folded(line) for line in whole).encode()


def _folded(line: str) -> str:
    pieces = [line[start : start + 70] for start in range(0, len(line), 70)] or [""]
    return "\r\n ".join(pieces)


def _message(
    attendee: str, organizer: str, subject: str, body: bytes, method: str, encoding: str
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = f"Chidi <{attendee}>", organizer, subject
    message.set_content(subject)
    message.add_alternative(body.decode(), subtype="calendar", params={"method": method}, cte=encoding)
    return message


def _mail(
    attendee: str, organizer: str, subject: str, body: bytes, method: str, encoding: str = "8bit"
) -> bytes:
    return _message(attendee, organizer, subject, body, method, encoding).as_bytes(policy=SMTP)
