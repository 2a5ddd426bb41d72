"""Desktop clients, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.calendars.desktop import evolution, thunderbird
from tests.app.calendars.desktop.seen import Client
from tests.app.calendars.readers import is_ci

CLIENTS = {
    "Evolution": (evolution.missing, evolution.Evolution),
    "Thunderbird": (thunderbird.missing, thunderbird.Thunderbird),
}


@pytest.fixture(scope="session", params=CLIENTS)
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Evolution, then Thunderbird."""
    missing, program = CLIENTS[request.param]
    if what := missing():
        (pytest.fail if is_ci() else pytest.skip)(what)
    with program(tmp_path_factory.mktemp("client") / "home") as running:
        yield running
