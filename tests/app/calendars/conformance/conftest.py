"""The engines of others, each made ready once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.calendars.conformance import engines
from tests.app.calendars.conformance.engines import Engine
from tests.app.calendars.readers import is_ci, missing_icaljs

ENGINES = ("python", "vobject", "ical.js", "libical", "khal")


def need(*programs: str) -> None:
    """Skip without these programs; fail where everything is to be run."""
    for program in programs:
        if shutil.which(program) is None:
            (pytest.fail if is_ci() else pytest.skip)(f"{program} is not installed")


@pytest.fixture(scope="session")
def _icaljs() -> Iterator[Engine]:
    if missing := missing_icaljs():
        (pytest.fail if is_ci() else pytest.skip)(missing)
    with engines.icaljs() as engine:
        yield engine


@pytest.fixture(scope="session")
def libical(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    need("cc")
    if not Path("/usr/include/libical/ical.h").exists():
        (pytest.fail if is_ci() else pytest.skip)("libical is not installed (apt-get install libical-dev)")
    return engines.libical(engines.compile_libical(tmp_path_factory.mktemp("libical")))


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Each of the five in turn."""
    name = request.param
    if name == "ical.js":
        return request.getfixturevalue("_icaljs")
    if name == "libical":
        return request.getfixturevalue("libical")
    if name == "khal":
        need("khal")
        return engines.khal(tmp_path_factory.mktemp("khal") / "run")
    return {"python": engines.with_python, "vobject": engines.with_vobject}[name]
