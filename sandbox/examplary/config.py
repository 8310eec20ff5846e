"""Configuration of the sandbox's Examplary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Allow this many calls in so many seconds; answer others with 429 and ``Retry-After``."""

    calls: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamplaryConfig:
    """Behaviour of the service. By default everything works and generation takes no time.

    Attributes:
        browser_host: host name of embed URLs, with the request's port; ``public_url`` replaces both. Images and
            packages are served from the host of the request, because a server may not resolve ``browser_host``.
        exam_files: exams as ``GET /exams/{id}`` returns them, served in turn instead of generated ones.
        assets_dir: files that ``exam_files`` refer to. A URL whose last part is the name of such a file is replaced
            by this server's ``/uploads/<name>``; other URLs stay.
        further_keys: API keys of other workspaces, with the workspace's id. Each user belongs to one workspace.
        control: serve ``/_control`` (faults, journal, sessions), for tests and the demo.
        clock: returns the current time.

    """

    api_key: str = "examp_SandboxKey0000000000000000000001"
    owner_id: str = "user_SandboxKeyOwner01"
    workspace_id: str = "org_Sandbox01"
    approved: bool = True
    browser_host: str = "examplary.localhost"
    public_url: str | None = None
    generation_seconds: float = 0.0
    session_days: float = 7.0
    rate_limits: Mapping[str, RateLimit] = field(default_factory=dict)
    exam_files: tuple[Path, ...] = ()
    assets_dir: Path | None = None
    seed: int = 1
    control: bool = False
    further_keys: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = now
