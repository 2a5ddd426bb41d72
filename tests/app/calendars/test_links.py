"""Links into calendars, read back as the services at their other end would read them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.calendars.entries import AllDay, Entry, Timed
from app.calendars.links import add_links, subscribe_links

AT = datetime(2026, 11, 20, tzinfo=UTC)
WORKSHOP = Entry(
    uid="3@baraza.example.org",
    sequence=0,
    summary="Leadership & été #1",
    when=AllDay(date(2027, 3, 30), date(2027, 3, 31)),
    created_at=AT,
    modified_at=AT,
    description="Two days.\nBring <ideas> & questions.",
    location="Cotonou, Bénin",
    url="https://baraza.example.org/s/3?l=fr&x=1",
)
WEBINAR = replace(
    WORKSHOP,
    when=Timed(datetime(2027, 3, 4, 23, tzinfo=UTC), datetime(2027, 3, 5, 0, 30, tzinfo=UTC), "Pacific/Apia"),
    location="",
    conference="https://meet.example.org/7",
)
FILE = "https://baraza.example.org/s/3.ics"


def query(link: str) -> dict[str, str]:
    assert "+" not in link  # not every service takes it for a blank
    return dict(parse_qsl(urlsplit(link).query, strict_parsing=True))


def test_ways_to_subscribe() -> None:
    address = "https://baraza.example.org/c/aB-_9.ics?level=full&lang=fr"
    links = subscribe_links(address, "Awa & Diop: été")
    assert links.webcal == "webcal://baraza.example.org/c/aB-_9.ics?level=full&lang=fr"
    assert links.google == (
        "https://calendar.google.com/calendar/u/0/r?"
        "cid=webcal%3A%2F%2Fbaraza.example.org%2Fc%2FaB-_9.ics%3Flevel%3Dfull%26lang%3Dfr"
    )
    assert links.outlook.startswith(
        "https://outlook.live.com/calendar/0/addfromweb/?url=https%3A%2F%2Fbaraza"
    )
    assert links.microsoft365.startswith(
        "https://outlook.office.com/calendar/0/addfromweb/?url=https%3A%2F%2F"
    )
    assert query(links.outlook) == query(links.microsoft365) == {"url": address, "name": "Awa & Diop: été"}
    assert (links.copy, links.download) == (address, address)


def test_a_feed_served_without_tls_is_webcal_too() -> None:
    assert subscribe_links("HTTP://127.0.0.1:8000/c/x.ics", "x").webcal == "webcal://127.0.0.1:8000/c/x.ics"


@pytest.mark.parametrize("address", ["/c/x.ics", "javascript:alert(1)", "ftp://example.org/x.ics"])
def test_only_an_address_on_the_web_can_be_subscribed_to(address: str) -> None:
    with pytest.raises(ValueError, match="subscribe"):
        subscribe_links(address, "x")


def test_whole_days_end_on_the_day_after() -> None:
    links = add_links(WORKSHOP, FILE)
    assert query(links.google) == {
        "action": "TEMPLATE",
        "text": "Leadership & été #1",
        "dates": "20270330/20270401",
        "details": "Two days.\nBring <ideas> & questions.\n\nhttps://baraza.example.org/s/3?l=fr&x=1",
        "location": "Cotonou, Bénin",
    }
    assert query(links.outlook) == {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "startdt": "2027-03-30",
        "enddt": "2027-04-01",
        "allday": "true",
        "subject": "Leadership & été #1",
        "body": "Two days.<br>Bring &lt;ideas&gt; &amp; questions."
        "<br><br>https://baraza.example.org/s/3?l=fr&amp;x=1",
        "location": "Cotonou, Bénin",
    }
    assert links.download == FILE


def test_hours_are_given_in_utc() -> None:
    links = add_links(WEBINAR, FILE)
    google, outlook = query(links.google), query(links.outlook)
    assert (google["dates"], google["ctz"]) == ("20270304T230000Z/20270305T003000Z", "Pacific/Apia")
    assert (outlook["startdt"], outlook["enddt"]) == ("2027-03-04T23:00:00Z", "2027-03-05T00:30:00Z")
    assert "allday" not in outlook


def test_the_way_to_join_is_the_place_and_in_the_details() -> None:
    google = query(add_links(WEBINAR, FILE).google)
    assert google["location"] == "https://meet.example.org/7"
    assert google["details"].endswith(
        "\n\nhttps://meet.example.org/7\n\nhttps://baraza.example.org/s/3?l=fr&x=1"
    )


def test_a_link_is_not_repeated() -> None:
    entry = replace(WEBINAR, description="Join at https://meet.example.org/7", url="")
    assert query(add_links(entry, FILE).google)["details"] == "Join at https://meet.example.org/7"


def test_both_microsofts_differ_in_the_host_alone() -> None:
    links = add_links(WEBINAR, FILE)
    assert links.outlook.startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert links.microsoft365 == links.outlook.replace("outlook.live.com", "outlook.office.com")


def test_a_long_description_is_cut_at_a_word_and_points_to_the_rest() -> None:
    entry = replace(WORKSHOP, description="réunion " * 500)
    links = add_links(entry, FILE)
    assert query(links.google)["details"] == "réunion " * 50 + "…\n\n" + WORKSHOP.url
    assert max(len(links.google), len(links.outlook)) < 2000


def test_a_long_word_is_cut_too() -> None:
    details = query(add_links(replace(WORKSHOP, description="x" * 500, url=""), FILE).google)["details"]
    assert details == "x" * 400 + " …"


def test_empty_fields_are_left_out() -> None:
    bare = replace(WORKSHOP, description="", location="", url="")
    assert set(query(add_links(bare, FILE).google)) == {"action", "text", "dates"}
