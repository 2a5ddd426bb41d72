"""The independent readers that calendars are held against, and a server for programs that subscribe."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

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


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()
