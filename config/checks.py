"""Checks of single settings. Each raises :class:`ValueError` with a sentence that begins with the setting's name.

Nothing is contacted: an unreachable service is not a wrong setting.
"""

from __future__ import annotations

import json
import os
import re
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from lti_tool.languages import CATALOGUES

_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_COLOR = re.compile("#[0-9a-fA-F]{6}")
_DOMAIN = re.compile(r"(?=.{1,200}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?")

OWN_PATHS = frozenset(
    {"admin", "consent", "embed", "healthz", "help", "l", "language", "lti", "metrics", "packages", "readyz"}
    | {"register", "static", "tab", "theme"}
)
"""First segments of the tool's own addresses, which a path in front of them may not begin with."""

DATABASES = ("sqlite", "postgresql", "mariadb", "mysql")
QUEUES = ("sqlite", "redis", "rediss", "postgresql", "memory")
CACHES = ("memory", "redis", "rediss")


def split_list(name: str, value: object) -> object:
    """Return the parts of a text with commas, or of a JSON list; any other value unchanged."""
    if not isinstance(value, str):
        return value
    if not value.lstrip().startswith("["):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    try:
        parts = json.loads(value)
    except ValueError:
        parts = None
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise ValueError(f"{name} must be values separated by commas, or a JSON list of texts")
    return tuple(part.strip() for part in parts if part.strip())


def web_address(name: str, value: str) -> str:
    """Check an address such as https://tools.example.org/examplary, and return it without a slash at the end."""
    parts = _split(value)
    valid = parts is not None and parts.scheme in ("http", "https") and parts.hostname and value.isprintable()
    if parts is None or not valid or " " in value:
        raise ValueError(f"{name} must be an address like https://tool.example.org")
    if parts.query or parts.fragment or "?" in value or "#" in value or "@" in parts.netloc:
        raise ValueError(f"{name} must have no user name, no “?” and no “#”")
    if not _PATH.fullmatch(parts.path.rstrip("/")) or {".", ".."} & set(parts.path.split("/")):
        raise ValueError(f"{name} has a path that can't be used: only letters, digits and . _ ~ - between slashes")
    return f"{parts.scheme}://{_serialised_host(name, parts)}{parts.path.rstrip('/')}"


def _serialised_host(name: str, parts: SplitResult) -> str:
    """Return host and port as browsers serialise them in an origin (RFC 6454 §6.2)."""
    host = parts.hostname or ""
    try:
        host = host.encode("ascii" if host.isascii() else "idna").decode()
    except UnicodeError:
        raise ValueError(f"{name} must be an address like https://tool.example.org") from None
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"[{host}]{port}" if ":" in host else f"{host}{port}"


def public_address(name: str, value: str) -> str:
    """Check the tool's own address: as :func:`web_address`, and its path must not look like one of the tool's."""
    address = web_address(name, value)
    first = urlsplit(address).path.strip("/").partition("/")[0]
    if first in OWN_PATHS:
        raise ValueError(f"{name} may not have the path /{first}, because the tool has pages there")
    script_name = os.environ.get("SCRIPT_NAME", "").rstrip("/")
    if script_name not in ("", urlsplit(address).path):
        raise ValueError(f"{name} must have the path of SCRIPT_NAME, {script_name}")
    return address


def encryption_keys(name: str, value: str) -> str:
    """Check Fernet keys, and return them separated by commas."""
    keys = split_list(name, value)
    for key in keys if isinstance(keys, tuple) else ():
        try:
            Fernet(key)
        except ValueError:
            raise ValueError(f"{name} must be Fernet keys: config/example.env says how to make one") from None
    return ",".join(keys) if isinstance(keys, tuple) else value


def languages(name: str, value: tuple[str, ...]) -> tuple[str, ...]:
    """Check that there is a translation for each language, and at least one."""
    available = sorted({"en", *(folder.name for folder in CATALOGUES.iterdir() if folder.is_dir())})
    unknown = [language for language in value if language not in available]
    if not value or unknown:
        problem = f"has no translation for {', '.join(unknown)}" if unknown else "must name a language"
        raise ValueError(f"{name} {problem}; there are {', '.join(available)}")
    return tuple(dict.fromkeys(value))


def database_address(name: str, value: str) -> str:
    """Check SQLAlchemy's address of the database, and that its driver is installed."""
    forms = "sqlite:///…, postgresql+psycopg://… or mariadb+pymysql://…"
    try:
        url = make_url(value)
        backend = url.get_backend_name()
        dialect = url.get_dialect() if backend in DATABASES else None
    except (ArgumentError, NoSuchModuleError, ValueError):
        dialect = None
    if dialect is None:
        raise ValueError(f"{name} must be an address like {forms}")
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise ValueError(f"{name} needs {error.name}: pip install -r requirements-extras.txt") from None
    return value


def queue_address(name: str, value: str) -> str:
    """Check the address of the job queue."""
    return _storage_address(name, value, QUEUES, "sqlite:///…, redis://… or postgresql://…")


def cache_address(name: str, value: str) -> str:
    """Check the address of the shared cache."""
    return _storage_address(name, value, CACHES, "memory:// or redis://…")


def color(name: str, value: str) -> str:
    """Check a colour."""
    if not _COLOR.fullmatch(value):
        raise ValueError(f"{name} must be a colour such as #4f46e5")
    return value


def domain(name: str, value: str) -> str:
    """Check a domain name."""
    if not _DOMAIN.fullmatch(value.lower()):
        raise ValueError(f"{name} must be a domain such as users.example.org")
    return value.lower()


def _storage_address(name: str, value: str, schemes: tuple[str, ...], forms: str) -> str:
    parts = _split(value)
    if parts is None or parts.scheme not in schemes or "://" not in value:
        raise ValueError(f"{name} must be an address like {forms}")
    if parts.scheme == "sqlite" and (not value.startswith("sqlite:///") or value == "sqlite:///"):
        raise ValueError(f"{name} must name a file: sqlite:///…")
    if parts.scheme in ("redis", "rediss", "postgresql"):
        _check_server(name, parts)
    return value


def _check_server(name: str, parts: SplitResult) -> None:
    if not parts.hostname:
        raise ValueError(f"{name} must name a server: {parts.scheme}://host/…")
    if parts.scheme != "postgresql" and not re.fullmatch(r"/?|/\d+", parts.path):
        raise ValueError(f"{name} must end in the number of a Redis database, such as /0")
    driver = "psycopg" if parts.scheme == "postgresql" else "redis"
    try:
        __import__(driver)
    except ImportError:
        raise ValueError(f"{name} needs {driver}: pip install -r requirements-extras.txt") from None


def _split(value: str) -> SplitResult | None:
    """Return the parts of an address with a valid port, or ``None``."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return None
    return parts if port != 0 else None
