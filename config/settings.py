"""Everything an operator can set, in one typed and frozen object, read once from the environment.

Every name below is read from ``LTI_TOOL_<NAME>`` (``base_url`` from ``LTI_TOOL_BASE_URL``), from the file that
``LTI_TOOL_ENV_FILE`` names (``.env`` if it does not), or from a file of that name in ``/run/secrets``.
``config/example.env`` lists them with the same words.
"""

from __future__ import annotations

import os
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    """Where the tool runs. Only ``production`` is strict about addresses and secrets."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """The operator's settings. Durations are in the unit their name says; sizes are in bytes."""

    model_config = SettingsConfigDict(
        env_prefix="LTI_TOOL_",
        env_file=os.environ.get("LTI_TOOL_ENV_FILE", ".env"),
        secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
        extra="ignore",
        frozen=True,
    )

    # -- the tool itself ---------------------------------------------------------------------------------------
    environment: Environment = Environment.PRODUCTION
    # The address at which browsers and the LMS reach the tool, without a slash at the end.
    base_url: str = "http://localhost:5000"
    # Signs the links of a launch. At least 32 characters; changing it ends the pages that are open.
    secret_key: SecretStr = SecretStr("")
    # Encrypts private keys and API keys at rest: Fernet keys, the current one first, older ones behind commas.
    encryption_keys: SecretStr = SecretStr("")
    # How many reverse proxies in front of the tool set X-Forwarded-* (0: none, believe no such header).
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # Languages in which the pages are offered, the first is the one for everybody else.
    languages: tuple[str, ...] = ("en", "nl")

    # -- where things are kept ---------------------------------------------------------------------------------
    # sqlite:///…, postgresql+psycopg://… or mariadb+pymysql://…
    database_url: str = "sqlite:///instance/tool.sqlite3"
    # Jobs: sqlite:///… (a thread of this process), redis://… or postgresql://… (workers of their own).
    queue_url: str = "sqlite:///instance/queue.sqlite3"
    # Whether this process also works off the queue.
    embedded_worker: bool = True
    # Where packages are kept once they are built (they can be built again on any machine).
    package_cache_dir: Path = Path("instance/packages")
    # How many bytes of them one machine keeps; the longest unused go first.
    package_cache_bytes: int = Field(default=2_000_000_000, ge=0)
    # Shared cache and rate limits: memory:// (this process only) or redis://…
    cache_url: str = "memory://"

    # -- Examplary ---------------------------------------------------------------------------------------------
    examplary_api_url: str = "https://api.examplary.ai"
    examplary_api_key: SecretStr = SecretStr("")
    # How many calls of one kind (making users, opening embeds) one API key makes in a minute, by all machines together.
    examplary_calls_per_minute: int = Field(default=200, ge=1)
    # Hosts from which exam images may come although they are not public (only the stand-ins need this).
    trusted_media_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    # Delete the exam at Examplary once our snapshot is kept. The embed session is always deleted.
    delete_exam_at_examplary: bool = False
    # Domain for the addresses of people whose e-mail the LMS withholds; mail to it must reach nobody.
    synthetic_email_domain: str = "users.examplary-lms.invalid"
    # Colour of the embed where the platform has none of its own.
    theme_color: str = "#4f46e5"

    # -- trust -------------------------------------------------------------------------------------------------
    # Accept an unknown deployment_id of a registered platform at its first correctly signed launch.
    trust_first_deployment: bool = True
    # Whether institution and system administrators who are not in the course may author.
    administrators_may_author: bool = True

    # -- how long things live ----------------------------------------------------------------------------------
    login_minutes: int = Field(default=15, ge=1)
    launch_hours: int = Field(default=12, ge=1)
    # Links behind which the LMS fetches a package. Canvas may come hours later and more than once.
    package_days: int = Field(default=30, ge=7)
    generation_days: int = Field(default=7, ge=1)
    # After how many days things are forgotten altogether; 0 keeps them. An exam goes with its images and its links.
    keep_launch_days: int = Field(default=90, ge=0)
    keep_generation_days: int = Field(default=180, ge=0)
    keep_exam_days: int = Field(default=0, ge=0)
    # How long it is known who did what (python -m lti_tool audit); 0 is for ever.
    keep_audit_days: int = Field(default=365, ge=0)

    # After how many days the next signing key takes over by itself; 0: only by command.
    signing_key_days: int = Field(default=90, ge=0)

    # -- limits ------------------------------------------------------------------------------------------------
    max_request_bytes: int = 2_000_000
    max_asset_bytes: int = 10_000_000
    max_assets_bytes: int = 100_000_000

    # -- watching ----------------------------------------------------------------------------------------------
    # Whoever shows it (Authorization: Bearer …) may read /metrics; empty: nobody in production.
    metrics_token: SecretStr = SecretStr("")
    log_level: str = "INFO"
    log_format: str = Field(default="json", pattern="^(json|console)$")

    @field_validator("trusted_media_hosts", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("base_url", "examplary_api_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address like https://tool.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        if self.environment is Environment.PRODUCTION:
            problems = list(self._unfit())
            if problems:
                raise ValueError("; ".join(problems))
        return self

    def _unfit(self) -> list[str]:
        """Return what is wrong for a tool that real people use, a sentence each."""
        checks = (
            (self.base_url.startswith("https://"), "LTI_TOOL_BASE_URL must begin with https://"),
            (
                self.examplary_api_url.startswith("https://"),
                "LTI_TOOL_EXAMPLARY_API_URL must begin with https://",
            ),
            (
                len(self.secret_key.get_secret_value()) >= 32,
                "LTI_TOOL_SECRET_KEY must have at least 32 characters",
            ),
            (bool(self.encryption_keys.get_secret_value()), "LTI_TOOL_ENCRYPTION_KEYS is missing"),
            (bool(self.examplary_api_key.get_secret_value()), "LTI_TOOL_EXAMPLARY_API_KEY is missing"),
            (not self.trusted_media_hosts, "LTI_TOOL_TRUSTED_MEDIA_HOSTS is for the stand-ins only"),
            (not self.queue_url.startswith("memory:"), "LTI_TOOL_QUEUE_URL=memory:// loses jobs and is for tests only"),
            (
                self.database_url.rstrip("/") != "sqlite:" and ":memory:" not in self.database_url,
                "LTI_TOOL_DATABASE_URL must name a database that outlives the process",
            ),
            (os.environ.get("FLASK_DEBUG", "0") in ("", "0", "false"), "FLASK_DEBUG is for development only"),
        )
        return [sentence for fine, sentence in checks if not fine]

    @cached_property
    def secure(self) -> bool:
        """Whether browsers reach the tool over TLS."""
        return self.base_url.startswith("https://")

    @cached_property
    def origin(self) -> str:
        """The tool's own origin, as browsers write it."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def stand_ins_allowed(self) -> bool:
        """Whether the sandbox may run beside this tool."""
        return self.environment in (Environment.DEMO, Environment.TEST)


def read_settings() -> Settings:
    """Read the settings from the environment; if they do not fit, say which and why, and stop with status 1."""
    try:
        return Settings()
    except ValidationError as refused:
        raise SystemExit("\n".join(("The settings are not valid:", *map(_in_plain_words, refused.errors())))) from None


def _in_plain_words(problem: ErrorDetails) -> str:
    """Return one problem as a line; a value is never shown, it may be a secret."""
    sentence = problem["msg"].removeprefix("Value error, ").replace("; ", "\n  ")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    return f"  LTI_TOOL_{name}: {sentence}" if name else f"  {sentence}"
