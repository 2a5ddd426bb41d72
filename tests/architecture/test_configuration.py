"""The start-up check: every bad value at once, and no production without its secrets."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import config

PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "p" * 40,
    "PUBLIC_URL": "https://baraza.example.org",
    "MAIL_SERVER": "mail.example.org",
}


def problems_of(variables: dict[str, str]) -> list[str]:
    with pytest.raises(config.BadConfiguration) as refused:
        config.load(variables)
    return refused.value.problems


def test_every_bad_value_is_listed_at_once() -> None:
    problems = problems_of(
        {
            "PORT": "many",
            "MAIL_PORT": "70000",
            "DATABASE_URL": "mysql://somewhere",
            "QUEUE_URL": "amqp://somewhere",
            "PUBLIC_URL": "baraza.example.org",
            "CONTACT_ADDRESS": "the office",
            "SECRET_KEY_FILE": "/nowhere/at/all",
        }
    )
    named = {line.partition(":")[0] for line in problems}
    assert named == {
        "PORT",
        "MAIL_PORT",
        "DATABASE_URL",
        "QUEUE_URL",
        "PUBLIC_URL",
        "CONTACT_ADDRESS",
        "SECRET_KEY_FILE",
    }


@pytest.mark.parametrize("missing", ["SECRET_KEY", "PUBLIC_URL", "MAIL_SERVER"])
def test_production_refuses_to_start_without_what_it_needs(missing: str) -> None:
    variables = {name: value for name, value in PRODUCTION.items() if name != missing}
    assert [line.partition(":")[0] for line in problems_of(variables)] == [missing]


def test_production_names_everything_that_is_missing_together() -> None:
    named = [line.partition(":")[0] for line in problems_of({"ENVIRONMENT": "production"})]
    assert named == ["SECRET_KEY", "PUBLIC_URL", "MAIL_SERVER"]


def test_production_refuses_a_short_key() -> None:
    assert problems_of(PRODUCTION | {"SECRET_KEY": "p" * 31}) == [
        "SECRET_KEY: production needs one of at least 32 characters"
    ]


def test_what_is_refused_never_shows_a_secret() -> None:
    with pytest.raises(config.BadConfiguration) as refused:
        config.load(PRODUCTION | {"SECRET_KEY": "a-short-secret", "MAIL_PASSWORD": "hunter22", "PORT": "x"})
    assert "a-short-secret" not in str(refused.value)
    assert "hunter22" not in str(refused.value)


def test_a_secret_may_come_from_a_file_and_a_value_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("f" * 40 + "\n")
    assert config.load({"SECRET_KEY_FILE": str(file)}).secret_key == "f" * 40
    assert config.load({"SECRET_KEY_FILE": str(file), "SECRET_KEY": "v" * 40}).secret_key == "v" * 40


def test_development_keeps_a_key_of_its_own_that_others_cannot_read(tmp_path: Path) -> None:
    settings = config.load({}, instance_path=tmp_path / "instance")
    first = settings.flask()["SECRET_KEY"]
    assert settings.flask()["SECRET_KEY"] == first
    assert len(str(first)) == 64
    assert stat.S_IMODE((tmp_path / "instance" / "secret_key").stat().st_mode) == 0o600


def test_two_ways_of_encrypting_mail_are_one_too_many() -> None:
    assert problems_of({"MAIL_USE_TLS": "true", "MAIL_USE_SSL": "true"}) == [
        "MAIL_USE_TLS and MAIL_USE_SSL: only one of them"
    ]


def test_a_command_with_bad_settings_lists_them_and_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "init"],
        cwd=config.PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "INSTANCE_PATH": str(tmp_path / "instance"),
            "PORT": "x",
            "MAIL_PORT": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "  - PORT: " in done.stderr
    assert "  - MAIL_PORT: " in done.stderr
    assert not (tmp_path / "instance").exists()
