"""How a stand-in Examplary behaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


def now() -> datetime:
    """The present moment (UTC)."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many calls in so many seconds; beyond them 429 with ``Retry-After``."""

    calls: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ExamplaryConfig:
    """How a stand-in Examplary behaves. The defaults are a workspace in which everything works at once.

    ``browser_host`` is the host name of embed addresses, with the port of the call; ``public_url`` replaces both.
    Files (images, packages) lie at the host that the API was called by, because a server may not know the
    browser's name for it.

    ``exam_files``: exams as ``GET /exams/{id}`` returns them, given in turn instead of generated ones. Addresses
    in them whose base name is a file of ``assets_dir`` are rewritten to this server's ``/uploads/<name>``, so that
    they can really be fetched; other addresses stay.

    ``further_keys`` are API keys of other workspaces, by the workspace; users belong to one.

    ``control`` opens ``/_control`` (faults, journal, clock): for tests and the demo only.
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
