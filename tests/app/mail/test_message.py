"""Letters as they travel, read back with the standard library's parser."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.mail.message import Letter, Mailbox, UnsendableLetter, build, message_id

SENDER = Mailbox("Forus", "baraza@example.org")
LETTER = Letter(
    to=Mailbox("Awa Diop", "awa@example.net"),
    subject="Plaidoyer : votre invitation",
    text="Bonjour Awa,\n\nà bientôt à Cotonou.\n",
    html="<p>Bonjour Awa,</p><p>à bientôt à Cotonou.</p>\n",
    language="fr",
    written_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    message_id="<17.a1b2@example.org>",
)
ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nNAME:é\r\nEND:VCALENDAR\r\n".encode()
INVITATION = replace(LETTER, calendar=ICS, method="REQUEST")


def received(letter: Letter, sender: Mailbox = SENDER) -> EmailMessage:
    return message_from_bytes(build(letter, sender).as_bytes(), policy=policy.default)


def words_of(part: EmailMessage) -> str:
    return part.get_content().replace("\r\n", "\n")


def outline(message: EmailMessage) -> object:
    if message.is_multipart():
        return [message.get_content_type(), *map(outline, message.iter_parts())]
    return message.get_content_type()


def test_a_letter_has_a_text_and_an_html_part() -> None:
    message = received(LETTER)
    assert outline(message) == ["multipart/alternative", "text/plain", "text/html"]
    text, html = message.iter_parts()
    assert (words_of(text), words_of(html)) == (LETTER.text, LETTER.html)


def test_the_headers_of_a_letter() -> None:
    message = received(LETTER)
    assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
        "MIME-Version": "1.0",
        "From": "Forus <baraza@example.org>",
        "To": "Awa Diop <awa@example.net>",
        "Subject": "Plaidoyer : votre invitation",
        "Date": "Fri, 20 Nov 2026 08:00:00 +0000",
        "Message-ID": "<17.a1b2@example.org>",
        "Content-Language": "fr",
        "Auto-Submitted": "auto-generated",
    }


def test_the_headers_of_a_letter_that_follows_up_and_can_be_ended() -> None:
    letter = replace(
        LETTER,
        reply_to=Mailbox("Secretariat", "office@example.org"),
        in_reply_to="<2@example.org>",
        references=("<1@example.org>", "<2@example.org>"),
        list_unsubscribe="https://example.org/stop/" + "x" * 90,
        auto_submitted="",
    )
    message = received(letter)
    assert message["Reply-To"] == "Secretariat <office@example.org>"
    assert message["In-Reply-To"] == "<2@example.org>"
    assert message["References"] == "<1@example.org> <2@example.org>"
    assert message["List-Unsubscribe"] == "<https://example.org/stop/" + "x" * 90 + ">"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] is None


def test_an_invitation_is_the_last_alternative_and_a_file_beside_it() -> None:
    message = received(INVITATION)
    assert outline(message) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", "text/html", "text/calendar"],
        "application/ics",
    ]
    alternative, file = message.iter_parts()
    *_, calendar = alternative.iter_parts()
    assert calendar["Content-Type"].params == {"method": "REQUEST", "charset": "utf-8"}
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert (file.get_content_disposition(), file.get_filename()) == ("attachment", "invite.ics")
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == ICS


def test_a_message_can_pass_any_relay() -> None:
    letter = replace(
        INVITATION, subject="é" * 300, text="é" * 3000 + "\n" + "." * 3000, html="<b>ü</b>" * 999
    )
    data = build(letter, SENDER).as_bytes()
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert words_of(received(letter).get_body(("plain",))) == letter.text + "\n"


@pytest.mark.parametrize("header", ["message_id", "in_reply_to", "list_unsubscribe"])
def test_a_long_word_in_a_header_is_neither_cut_nor_encoded(header: str) -> None:
    address = "https://example.org/" if header == "list_unsubscribe" else ""
    long = f"{address}{'x' * 100}" if address else f"<{'x' * 100}@example.org>"
    data = build(replace(LETTER, **{header: long}), SENDER).as_bytes()
    assert f"{long}>\r\n" in data.decode() or f"{long}\r\n" in data.decode()


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            ["Diop,", "Awa", "é", "<x@evil.org>", '"', "\\", "(", ")", "a;", "nom:", "@", "=?utf-8?q?x?="]
        )
    ).map(" ".join)
)
def test_no_name_adds_an_address(name: str) -> None:
    message = received(replace(LETTER, to=Mailbox(name, "awa@example.net")))
    assert [address.addr_spec for address in message["To"].addresses] == ["awa@example.net"]


@settings(deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])))
def test_subjects_arrive_as_they_were(subject: str) -> None:
    arrived = str(received(replace(LETTER, subject=subject)).get("Subject", ""))
    assert "".join(arrived.split()) == "".join(subject.split())


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0", "\x0b", "\u2028", "\x85"])
@pytest.mark.parametrize("field", ["subject", "to", "reply_to", "sender"])
def test_a_header_is_one_line_or_the_letter_is_refused(field: str, end: str) -> None:
    hostile = f"x{end}Bcc: victim@example.com"
    letter, sender = LETTER, SENDER
    match field:
        case "subject":
            letter = replace(LETTER, subject=hostile)
        case "sender":
            sender = Mailbox(hostile, SENDER.address)
        case _:
            letter = replace(LETTER, **{field: Mailbox(hostile, "awa@example.net")})
    with pytest.raises(UnsendableLetter, match="line break or control character"):
        build(letter, sender)


@pytest.mark.parametrize(
    "address",
    [
        "", "awa", "@example.org", "awa@", "awa@@example.org", "a b@example.org", "awa@exa mple.org",
        "awa@example.org\r\nBcc: x@y.z", "awa@example.org,x@y.z", "<awa@example.org>", ".awa@example.org",
        "awé@example.org", "awa@example..org", "awa@" + "x" * 64 + ".org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UnsendableLetter, match="address"):
        build(replace(LETTER, to=Mailbox("Awa", address)), SENDER)


def test_an_international_domain_travels_in_punycode() -> None:
    message = received(replace(LETTER, to=Mailbox("", "awa@bénin.example")))
    assert message["To"] == "awa@xn--bnin-bpa.example"


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("sender's domain", {"message_id": "<17@elsewhere.example>"}),
        ("sender's domain", {"message_id": "17@example.org"}),
        ("sender's domain", {"message_id": "<17@example.org>\r\nBcc: x@y.z"}),
        ("no Message-ID", {"in_reply_to": "17"}),
        ("no Message-ID", {"references": ("<1@example.org>", "2")}),
        ("no language", {"language": "fr\r\nBcc: x@y.z"}),
        ("no web address", {"list_unsubscribe": "https://example.org/> <mailto:x@y.z"}),
        ("no web address", {"list_unsubscribe": "javascript:x"}),
        ("offset", {"written_at": datetime(2026, 11, 20)}),  # noqa: DTZ001
        ("without a method", {"calendar": ICS}),
        ("without a calendar", {"method": "REQUEST"}),
        ("METHOD:CANCEL", {"calendar": ICS, "method": "CANCEL"}),
    ],
)
def test_a_letter_that_would_not_mean_what_it_should_is_refused(
    fault: str, change: dict[str, object]
) -> None:
    with pytest.raises(UnsendableLetter, match=fault):
        build(replace(LETTER, **change), SENDER)


def test_message_ids_are_of_the_domain_that_sends() -> None:
    assert message_id("invite-7", Mailbox("", "baraza@bénin.example")) == "<invite-7@xn--bnin-bpa.example>"
    build(replace(LETTER, message_id=message_id("invite-7", SENDER)), SENDER)
