"""The operator's settings in one typed and frozen object, read once from the environment.

Each setting is read from ``LTI_TOOL_<NAME>`` (``base_url`` from ``LTI_TOOL_BASE_URL``), from the file named by
``LTI_TOOL_ENV_FILE`` (``.env`` by default), or from a file of that name in ``/run/secrets``. ``config/example.env``
lists all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from config import checks

PREFIX = "LTI_TOOL_"
ENV_FILE = "LTI_TOOL_ENV_FILE"
"""Names the file with settings; read from the environment only."""


class Environment(StrEnum):
    """The kind of deployment. Only ``production`` is strict about addresses and secrets."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    DEMO = "demo"
    TEST = "test"


_SOURCES = SettingsConfigDict(
    env_prefix=PREFIX,
    env_file=os.environ.get(ENV_FILE, ".env"),
    secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
    extra="ignore",
    frozen=True,
    validate_default=True,
)


class ServerSettings(BaseSettings):
    """Settings that gunicorn reads before the tool starts."""

    model_config = _SOURCES

    # Address and port, or unix:/path, at which gunicorn listens.
    bind: str = Field(default="127.0.0.1:5000", pattern=r"^\S+$")
    # Processes, and threads of each: a thread may wait for Examplary.
    web_processes: int = Field(default=2, ge=1, le=256)
    web_threads: int = Field(default=8, ge=1, le=256)


_TEXT_CHECKS: Mapping[str, Callable[[str, str], str]] = MappingProxyType(
    {
        "base_url": checks.public_address,
        "examplary_api_url": checks.web_address,
        "database_url": checks.database_address,
        "queue_url": checks.queue_address,
        "cache_url": checks.cache_address,
        "theme_color": checks.color,
        "synthetic_email_domain": checks.domain,
    }
)


def _is_https(value: object) -> bool:
    return str(value).startswith("https://")


def _outlives_process(value: object) -> bool:
    return str(value).rstrip("/") != "sqlite:" and ":memory:" not in str(value)


def _length(value: object) -> int:
    return len(value.get_secret_value()) if isinstance(value, SecretStr) else 0


PRODUCTION: Mapping[str, tuple[Callable[[object], bool], str]] = MappingProxyType(
    {
        "environment": (
            lambda _value: os.environ.get("FLASK_DEBUG", "0") in ("", "0", "false"),
            "FLASK_DEBUG is for development only",
        ),
        "base_url": (_is_https, "{name} must begin with https://"),
        "examplary_api_url": (_is_https, "{name} must begin with https://"),
        "secret_key": (lambda value: _length(value) >= 32, "{name} must have at least 32 characters"),
        "encryption_keys": (lambda value: _length(value) > 0, "{name} is missing"),
        "examplary_api_key": (lambda value: _length(value) > 0, "{name} is missing"),
        "admin_sso_issuer": (lambda value: not value or _is_https(value), "{name} must begin with https://"),
        "trusted_media_hosts": (lambda value: not value, "{name} is for the stand-ins only"),
        "queue_url": (
            lambda value: not str(value).startswith("memory:"),
            "{name}=memory:// loses jobs and is for tests only",
        ),
        "database_url": (_outlives_process, "{name} must name a database that outlives the process"),
    }
)
"""For each setting that may be unsafe in production: the check for a safe value, and the error message."""


class Settings(ServerSettings):
    """The operator's settings. Names of durations contain their unit; sizes are in bytes."""

    # -- the tool itself ---------------------------------------------------------------------------------------
    environment: Environment = Environment.PRODUCTION
    # The address at which browsers and the LMS reach the tool, without a slash at the end.
    base_url: str = "http://localhost:5000"
    # Signs the links of a launch. At least 32 characters; changing it invalidates open pages.
    secret_key: SecretStr = SecretStr("")
    # Encrypts private keys and API keys at rest: Fernet keys separated by commas, the current one first.
    encryption_keys: SecretStr = SecretStr("")
    # Number of reverse proxies that set X-Forwarded-For (0: none, ignore this header).
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # Languages of the pages; the first one is the default.
    languages: Annotated[tuple[str, ...], NoDecode] = ("en", "nl", "de", "fr", "es", "pt", "it", "ar")

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

    # -- console -----------------------------------------------------------------------------------------------
    # Minutes without a click, and hours in all, after which an administrator is signed out.
    admin_idle_minutes: int = Field(default=30, ge=1, le=1440)
    admin_session_hours: int = Field(default=10, ge=1, le=168)
    # Single sign-on by OpenID Connect: the provider's issuer, and the client that it gave the tool; empty: none.
    admin_sso_issuer: str = ""
    admin_sso_client_id: str = ""
    admin_sso_client_secret: SecretStr = SecretStr("")
    # Claim that lets people in without an account, as name=value; they may look only. Empty: accounts only.
    admin_sso_claim: str = Field(default="", pattern=r"^([A-Za-z0-9_.:/-]+=[^=\s][^\n]*)?$")

    # -- lifetimes ---------------------------------------------------------------------------------------------
    login_minutes: int = Field(default=15, ge=1)
    launch_hours: int = Field(default=12, ge=1)
    # The same where the browser keeps no cookies: the address of a launch then opens it in any frame.
    cookieless_launch_hours: int = Field(default=2, ge=1)
    # Lifetime of package links. Canvas may fetch a package hours later and more than once.
    package_days: int = Field(default=30, ge=7)
    generation_days: int = Field(default=7, ge=1)
    # Days after which data is deleted; 0 keeps it. An exam is deleted with its images and links.
    keep_launch_days: int = Field(default=90, ge=0)
    keep_generation_days: int = Field(default=180, ge=0)
    keep_exam_days: int = Field(default=0, ge=0)
    # Retention of the audit log (python -m lti_tool audit) in days; 0 means forever.
    keep_audit_days: int = Field(default=365, ge=0)
    # Retention of refused launches, for the console's diagnosis; 0 keeps none.
    keep_refusal_days: int = Field(default=14, ge=0, le=90)

    # Days after which signing keys are rotated automatically; 0: only by command.
    signing_key_days: int = Field(default=90, ge=0)

    # -- limits ------------------------------------------------------------------------------------------------
    max_request_bytes: int = Field(default=2_000_000, ge=100_000)
    max_asset_bytes: int = Field(default=10_000_000, ge=0)
    max_assets_bytes: int = Field(default=100_000_000, ge=0)
    # Time for all images and files of an exam while a teacher waits; the rest is downloaded later.
    media_seconds: int = Field(default=20, ge=1, le=120)

    # -- monitoring --------------------------------------------------------------------------------------------
    # Bearer token for /metrics; empty: not available in production.
    metrics_token: SecretStr = SecretStr("")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$")
    log_format: str = Field(default="json", pattern="^(json|console)$")

    @field_validator("trusted_media_hosts", "languages", mode="before")
    @classmethod
    def _split_lists(cls, value: object, info: ValidationInfo) -> object:
        return checks.split_list(_variable(info), value)

    @field_validator("encryption_keys")
    @classmethod
    def _check_encryption_keys(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        return SecretStr(checks.encryption_keys(_variable(info), value.get_secret_value()))

    @field_validator("languages")
    @classmethod
    def _check_languages(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return checks.languages(_variable(info), value)

    @field_validator(*_TEXT_CHECKS)
    @classmethod
    def _check_text(cls, value: str, info: ValidationInfo) -> str:
        return _TEXT_CHECKS[str(info.field_name)](_variable(info), value)

    @field_validator(*PRODUCTION)
    @classmethod
    def _check_production(cls, value: object, info: ValidationInfo) -> object:
        """Refuse what is unsafe in production, which counts as chosen while the environment itself is not valid."""
        is_safe, problem = PRODUCTION[str(info.field_name)]
        environment = (
            value if info.field_name == "environment" else info.data.get("environment", Environment.PRODUCTION)
        )
        if environment is Environment.PRODUCTION and not is_safe(value):
            raise ValueError(problem.format(name=_variable(info)))
        return value

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


def _variable(info: ValidationInfo) -> str:
    return f"{PREFIX}{str(info.field_name).upper()}"


def read_settings() -> Settings:
    """Read the settings from the environment. Invalid ones exit with status 1 and a sentence for each."""
    return _read(Settings)


def read_server_settings() -> ServerSettings:
    """Read what gunicorn needs, in the same way."""
    return _read(ServerSettings)


def problems_of(values: Mapping[str, str]) -> list[str]:
    """Return a line for each problem of ``values``, which are by variable, as if nothing else were set."""
    fields: dict[str, Any] = {"base_url": "", "examplary_api_key": ""}
    fields |= {name.removeprefix(PREFIX).lower(): value for name, value in values.items()}
    try:
        Settings(_env_file=None, **fields)  # type: ignore[call-arg]  # pydantic-settings takes it
    except ValidationError as error:
        return list(map(_in_plain_words, error.errors()))
    return []


S = TypeVar("S", bound=ServerSettings)


def _read(kind: type[S]) -> S:
    problems = [*_unknown_names()]
    try:
        settings = kind()
    except ValidationError as error:
        problems += map(_in_plain_words, error.errors())
    except SettingsError as error:
        problems.append(f"  {error}")
    if problems:
        raise SystemExit("\n".join(("The settings are not valid:", *problems)))
    return settings


def _unknown_names() -> Iterator[str]:
    """Return a line for each name that looks like a setting but isn't one, such as a typing error."""
    variables = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {ENV_FILE}
    for name in sorted({*map(str.upper, _names_in_sources())} - variables):
        if name.startswith(PREFIX):
            nearest = get_close_matches(name, sorted(variables), 1, cutoff=0.6)
            yield f"  {name} is no setting" + (f"; do you mean {nearest[0]}?" if nearest else "")


def _names_in_sources() -> Iterator[str]:
    """Yield the names of all variables and secrets, those of other programs among them."""
    yield from os.environ
    env_file, secrets = (Settings.model_config.get(name) for name in ("env_file", "secrets_dir"))
    if isinstance(env_file, str) and Path(env_file).is_file():
        yield from dotenv_values(env_file)
    if isinstance(secrets, str):
        yield from (file.name for file in Path(secrets).iterdir())


def _in_plain_words(problem: ErrorDetails) -> str:
    """Return one problem as a line, without the value, which may be a secret."""
    sentence = problem["msg"].removeprefix("Value error, ")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    return f"  {sentence}" if problem["type"] == "value_error" else f"  {PREFIX}{name}: {sentence}"
