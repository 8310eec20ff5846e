"""The operator's settings in one typed and frozen object, read once from the environment.

Each setting is read from ``LTI_TOOL_<NAME>`` (``base_url`` from ``LTI_TOOL_BASE_URL``), from the file named by
``LTI_TOOL_ENV_FILE`` (``.env`` by default), or from a file of that name in ``/run/secrets``. ``config/example.env``
lists all of them.
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
    """The kind of deployment. Only ``production`` is strict about addresses and secrets."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"


class Settings(BaseSettings):
    """The operator's settings. Names of durations contain their unit; sizes are in bytes."""

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
    # Signs the links of a launch. At least 32 characters; changing it invalidates open pages.
    secret_key: SecretStr = SecretStr("")
    # Encrypts private keys and API keys at rest: Fernet keys separated by commas, the current one first.
    encryption_keys: SecretStr = SecretStr("")
    # Number of reverse proxies that set X-Forwarded-* headers (0: none, ignore these headers).
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # Languages of the pages; the first one is the default.
    languages: tuple[str, ...] = ("en", "nl")

    # -- storage -----------------------------------------------------------------------------------------------
    # sqlite:///…, postgresql+psycopg://… or mariadb+pymysql://…
    database_url: str = "sqlite:///instance/tool.sqlite3"
    # Job queue: sqlite:///… (threads of the web processes), redis://… or postgresql://… (separate workers).
    queue_url: str = "sqlite:///instance/queue.sqlite3"
    # Whether the web processes also run jobs.
    embedded_worker: bool = True
    # Cache for packages, which can be rebuilt on any machine.
    package_cache_dir: Path = Path("instance/packages")
    # Size of this cache in bytes; the least recently used packages are deleted first.
    package_cache_bytes: int = Field(default=2_000_000_000, ge=0)
    # Shared cache and rate limits: memory:// (this process only) or redis://…
    cache_url: str = "memory://"
    # Prefix of our names in the queue and the cache, for a Redis or PostgreSQL that several tools share.
    key_prefix: str = Field(default="examplary_lms", pattern="^[A-Za-z0-9_.-]{1,40}$")

    # -- Examplary ---------------------------------------------------------------------------------------------
    examplary_api_url: str = "https://api.examplary.ai"
    examplary_api_key: SecretStr = SecretStr("")
    # Calls per minute of one kind (creating users, opening embeds) with one API key, for all machines together.
    examplary_calls_per_minute: int = Field(default=200, ge=1)
    # Hosts that may serve exam images although they are not public (only the sandbox needs this).
    trusted_media_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    # Delete the exam at Examplary once our snapshot is stored. The embed session is always deleted.
    delete_exam_at_examplary: bool = False
    # Domain for synthetic addresses of people whose e-mail the LMS withholds; it must not deliver mail.
    synthetic_email_domain: str = "users.examplary-lms.invalid"
    # Colour of the embed, unless the platform has its own.
    theme_color: str = "#4f46e5"

    # -- trust -------------------------------------------------------------------------------------------------
    # Accept an unknown deployment_id of a registered platform at its first correctly signed launch.
    trust_first_deployment: bool = True
    # Whether institution and system administrators who are not in the course may author.
    administrators_may_author: bool = True

    # -- lifetimes ---------------------------------------------------------------------------------------------
    login_minutes: int = Field(default=15, ge=1)
    launch_hours: int = Field(default=12, ge=1)
    # Lifetime of package links. Canvas may fetch a package hours later and more than once.
    package_days: int = Field(default=30, ge=7)
    generation_days: int = Field(default=7, ge=1)
    # Days after which data is deleted; 0 keeps it. An exam is deleted with its images and links.
    keep_launch_days: int = Field(default=90, ge=0)
    keep_generation_days: int = Field(default=180, ge=0)
    keep_exam_days: int = Field(default=0, ge=0)
    # Retention of the audit log (python -m lti_tool audit) in days; 0 means forever.
    keep_audit_days: int = Field(default=365, ge=0)

    # Days after which signing keys are rotated automatically; 0: only by command.
    signing_key_days: int = Field(default=90, ge=0)

    # -- limits ------------------------------------------------------------------------------------------------
    max_request_bytes: int = 2_000_000
    max_asset_bytes: int = 10_000_000
    max_assets_bytes: int = 100_000_000
    # Time for all images and files of an exam while a teacher waits; the rest is downloaded later.
    media_seconds: int = Field(default=20, ge=1, le=120)

    # -- monitoring --------------------------------------------------------------------------------------------
    # Bearer token for /metrics; empty: not available in production.
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
    def _check_production(self) -> Settings:
        if self.environment is Environment.PRODUCTION:
            problems = list(self._production_problems())
            if problems:
                raise ValueError("; ".join(problems))
        return self

    def _production_problems(self) -> list[str]:
        """Return a sentence for each setting that is unsafe in production."""
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
        return [sentence for is_safe, sentence in checks if not is_safe]

    @cached_property
    def secure(self) -> bool:
        """Whether browsers use TLS."""
        return self.base_url.startswith("https://")

    @cached_property
    def origin(self) -> str:
        """The tool's origin, as browsers serialise it."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def stand_ins_allowed(self) -> bool:
        """Whether the sandbox may be used."""
        return self.environment in (Environment.DEMO, Environment.TEST)


def read_settings() -> Settings:
    """Read the settings from the environment. Invalid ones exit with status 1 and a sentence for each."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit("\n".join(("The settings are not valid:", *map(_in_plain_words, error.errors())))) from None


def _in_plain_words(problem: ErrorDetails) -> str:
    """Return one problem as a line, without the value, which may be a secret."""
    sentence = problem["msg"].removeprefix("Value error, ").replace("; ", "\n  ")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    return f"  LTI_TOOL_{name}: {sentence}" if name else f"  {sentence}"
