"""Every setting of the service, grouped, typed and read from the environment only.

`load()` returns one frozen `Settings` or raises `BadConfiguration`, which lists every
bad value at once. A secret may also come from a file: `SECRET_KEY_FILE=/run/secrets/key`
stands for `SECRET_KEY`. In development everything has a default, and a secret key is
made once and kept in the instance folder; production refuses to start without its own.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import EmailStr, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent


class BadConfiguration(Exception):
    """The environment does not make a usable configuration; `.problems` lists why."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(
            "The configuration cannot be used:\n" + "\n".join(f"  - {line}" for line in problems)
        )


class Settings(BaseSettings):
    """One typed value per environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    # -- What this installation is
    environment: Literal["development", "production", "testing"] = "development"
    public_url: str = "http://127.0.0.1:8000"
    """The address people use; links in mails and feeds are built from it."""
    port: int = Field(default=8000, ge=1, le=65535)
    instance_path: Path = PROJECT / "instance"
    """Where the embedded database, queue and development secret live."""
    network_name: str = "Baraza"
    """The name that mails and feeds carry as their sender."""
    contact_address: EmailStr | None = None
    """Whom people ask for help; shown on every page when set."""
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    """What venues and fees are priced in; new rounds and funds begin with it."""
    session_hours: str = Field(
        default="09:00-17:00", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
    )
    """From when to when people meet on a day in person, where calendars tell the hours."""

    # -- Secrets
    secret_key: str = ""
    secret_key_fallbacks: Annotated[tuple[str, ...], NoDecode] = ()
    """Earlier keys, comma-separated: what they signed stays valid."""
    metrics_token: str = ""
    """Bearer token that may read /metrics; without one only this machine may."""

    # -- Stores
    database_url: str = ""
    """Default: SQLite in the instance folder. `postgresql://…` for several machines."""
    queue_url: str = ""
    """Default: SQLite in the instance folder. `redis://…` or `postgresql://…` otherwise."""
    rate_limit_url: str = "memory://"
    """`redis://…` when more than one web process must share the count."""

    # -- Mail
    mail_server: str = ""
    """Without one, mail stays in the outbox and can be read in the browser in development."""
    mail_port: int = Field(default=25, ge=1, le=65535)
    mail_username: str = ""
    mail_password: str = ""
    mail_use_tls: bool = False
    mail_use_ssl: bool = False
    mail_sender: EmailStr = "baraza@example.org"
    mail_per_minute: int = Field(default=120, ge=1)
    mail_reply_tags: bool = False
    """Whether what is sent to `name+anything@domain` of `mail_sender` reaches us: then answers are signed."""
    imap_server: str = ""
    """A mailbox that answers come to; looked into every minute, over TLS. Without one, none is."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_username: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"
    letters_wait_minutes: int = Field(default=60, ge=0, le=24 * 60)
    """So long nothing may have changed about a session before people are written to about it."""

    # -- The planner
    planner_seconds: int = Field(default=60, ge=1, le=3600)
    planner_workers: int = Field(default=2, ge=1, le=64)
    planner_helpers: int = Field(default=0, ge=0, le=32)
    """How many other worker processes may help with a large round."""

    # -- Own calendars
    calendars_from_loopback: bool = False
    """For tests: calendars may also be read from this machine itself, over plain http and at any port."""

    # -- Webhooks
    webhooks_to_loopback: bool = False
    """For tests: programs on this machine itself may be told too, over plain http and at any port."""

    # -- Web
    proxies: int = Field(default=0, ge=0, le=5)
    """How many reverse proxies stand in front and set X-Forwarded-*."""
    api_per_minute: int = Field(default=300, ge=1)
    """So many requests a program may make with one token."""
    web_threads: int = Field(default=8, ge=1, le=64)
    max_upload_megabytes: int = Field(default=10, ge=1, le=100)
    log_format: Literal["json", "console"] | None = None
    """Default: console in development, JSON otherwise."""
    keep_months: int = Field(default=24, ge=1)
    """After so long `purge` removes sent mail, spent codes and old audit entries."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)  # `load` gathers the environment; nothing is read behind its back

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _split_keys(cls, value: object) -> object:
        return (
            tuple(part.strip() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _is_known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("must be a sqlite: or postgresql: address")
        return value

    @field_validator("queue_url")
    @classmethod
    def _is_known_queue(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "redis:", "rediss:", "postgresql:")):
            raise ValueError("must be a sqlite:, redis: or postgresql: address")
        return value

    @field_validator("session_hours")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        begins, _dash, ends = value.partition("-")
        if begins >= ends:
            raise ValueError("must end after it begins, on the same day")
        return value

    @model_validator(mode="after")
    def _is_consistent(self) -> Settings:
        problems = []
        if self.environment == "production":
            if len(self.secret_key) < 32:
                problems.append("SECRET_KEY: production needs one of at least 32 characters")
            if "public_url" not in self.model_fields_set:
                problems.append("PUBLIC_URL: production needs the address that people use")
            if self.calendars_from_loopback:
                problems.append("CALENDARS_FROM_LOOPBACK: for tests; production reads public addresses only")
            if self.webhooks_to_loopback:
                problems.append("WEBHOOKS_TO_LOOPBACK: for tests; production tells public addresses only")
            if not self.mail_server:
                problems.append("MAIL_SERVER: production needs one, or nobody can sign in")
        if self.mail_use_tls and self.mail_use_ssl:
            problems.append("MAIL_USE_TLS and MAIL_USE_SSL: only one of them")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def database(self) -> str:
        """The SQLAlchemy address in use."""
        return self.database_url or f"sqlite:///{self.instance_path / 'baraza.db'}"

    @property
    def queue(self) -> str:
        """The address of the queue in use."""
        return self.queue_url or f"sqlite:///{self.instance_path / 'queue.db'}"

    @property
    def logs(self) -> Literal["json", "console"]:
        return self.log_format or ("console" if self.environment == "development" else "json")

    @property
    def hours_of_a_day(self) -> tuple[time, time]:
        begins, ends = self.session_hours.split("-")
        return time.fromisoformat(begins), time.fromisoformat(ends)

    def flask(self) -> dict[str, object]:
        """These settings as Flask and its extensions name them."""
        secure = self.public_url.startswith("https://")
        return {
            "SECRET_KEY": self.secret_key or development_secret(self.instance_path),
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            "TESTING": self.environment == "testing",
            "MAX_CONTENT_LENGTH": self.max_upload_megabytes * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "SESSION_COOKIE_NAME": "baraza",
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": secure,
            "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
            "SQLALCHEMY_DATABASE_URI": self.database,
            "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},  # they would stand in logged errors
            "BABEL_DEFAULT_LOCALE": "en",
            "BABEL_TRANSLATION_DIRECTORIES": str(PROJECT / "app" / "translations"),
            "WTF_CSRF_TIME_LIMIT": None,  # a form filled in over a slow week still counts
            "MAIL_SERVER": self.mail_server,
            "MAIL_PORT": self.mail_port,
            "MAIL_USERNAME": self.mail_username or None,
            "MAIL_PASSWORD": self.mail_password or None,
            "MAIL_USE_TLS": self.mail_use_tls,
            "MAIL_USE_SSL": self.mail_use_ssl,
            "MAIL_DEFAULT_SENDER": self.mail_sender,
            "RATELIMIT_STORAGE_URI": self.rate_limit_url,
            "RATELIMIT_HEADERS_ENABLED": True,
        }


def load(variables: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read the settings from `variables` (default: the process's own).

    `overrides` win over it. Raises `BadConfiguration` with every problem found.
    """
    variables = os.environ if variables is None else variables
    values: dict[str, object] = {}
    problems: list[str] = []
    for name in Settings.model_fields:
        variable = name.upper()
        if variables.get(variable):
            values[name] = variables[variable]
        elif path := variables.get(f"{variable}_FILE"):
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"{variable}_FILE: cannot read {path} ({type(error).__name__})")
    if "public_url" not in values and "port" in values and variables.get("ENVIRONMENT") != "production":
        values["public_url"] = f"http://127.0.0.1:{values['port']}"
    try:
        settings = Settings(**{**values, **overrides})  # type: ignore[arg-type]
    except ValidationError as invalid:
        for problem in invalid.errors():
            text = problem["msg"].removeprefix("Value error, ")
            where = ".".join(str(part) for part in problem["loc"]).upper()
            problems += [f"{where}: {line}" if where else line for line in text.split("\n")]
        raise BadConfiguration(problems) from None
    if problems:
        raise BadConfiguration(problems)
    return settings


def development_secret(instance_path: Path) -> str:
    """The secret kept in the instance folder, made at first use, so that sign-ins outlive a restart."""
    instance_path.mkdir(parents=True, exist_ok=True)
    keyfile = instance_path / "secret_key"
    try:
        with keyfile.open("x", encoding="utf-8") as new:
            keyfile.chmod(0o600)
            new.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return keyfile.read_text(encoding="utf-8")
