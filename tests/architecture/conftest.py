"""The world that tests of the whole service share, built once per test process."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

import config
from app import create_app
from tests.architecture.walk import Visit, walk
from tests.architecture.world import HOME, World, build


class Logs:
    """What an application logged so far: the JSON lines that production writes to standard error."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture(scope="session")
def world_settings(tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    return config.load(
        {},
        environment="production",
        secret_key="w" * 40,
        public_url=HOME,
        mail_server="mail.example.org",
        instance_path=tmp_path_factory.mktemp("world"),
    )


@pytest.fixture(scope="session")
def logs(world_settings: config.Settings) -> Iterator[Logs]:
    """The application as in production, its own log handler writing to memory."""
    root = logging.getLogger()
    level = root.level
    kept = Logs(create_app(world_settings))
    handler = next(handler for handler in root.handlers if handler.get_name() == "baraza")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(kept.stream)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def world(world_settings: config.Settings, logs: Logs) -> World:
    logs.app.config["WTF_CSRF_ENABLED"] = False
    return build(logs.app, world_settings.instance_path)


@pytest.fixture(scope="session")
def visits(world: World) -> list[Visit]:
    """Every route tried by every method as every reader."""
    found = list(walk(world))
    world.restore()
    return found
