"""The independent readers that calendars are held against."""

from collections.abc import Iterator

import pytest

from tests.app.calendars import readers


@pytest.fixture(scope="session")
def icaljs() -> Iterator[readers.Reader]:
    if missing := readers.missing_icaljs():
        (pytest.fail if readers.is_ci() else pytest.skip)(missing)
    with readers.icaljs() as read:
        yield read


@pytest.fixture(scope="session", params=["python-icalendar", "vobject", "ical.js"])
def reader(request: pytest.FixtureRequest) -> readers.Reader:
    """Each of the three in turn."""
    if request.param == "ical.js":
        return request.getfixturevalue("icaljs")
    return {"python-icalendar": readers.with_python_icalendar, "vobject": readers.with_vobject}[request.param]
