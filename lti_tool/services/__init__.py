"""The use cases. Plain classes that are handed what they need; :class:`Services` holds them for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from lti_tool.lti import PlatformKeys, ToolKeys
    from lti_tool.security.encryption import Vault
    from lti_tool.security.tokens import Tokens
    from lti_tool.services.access import Access
    from lti_tool.services.accounts import Accounts
    from lti_tool.services.answers import Answers
    from lti_tool.services.chores import Chores
    from lti_tool.services.collecting import Collecting
    from lti_tool.services.generations import Generations
    from lti_tool.services.handovers import Handovers
    from lti_tool.services.health import Health
    from lti_tool.services.launching import Launching
    from lti_tool.services.library import Library
    from lti_tool.services.metrics import Metrics
    from lti_tool.services.packages import Packages
    from lti_tool.services.platform_check import PlatformCheck
    from lti_tool.services.platforms import Platforms
    from lti_tool.services.ports import Queue
    from lti_tool.services.privacy import Privacy
    from lti_tool.services.pulses import Pulses
    from lti_tool.services.registration import Registration
    from lti_tool.services.retention import Retention
    from lti_tool.services.sweeping import Sweeper


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that pages, jobs and commands call."""

    settings: Settings
    vault: Vault
    tokens: Tokens
    tool_keys: ToolKeys
    platform_keys: PlatformKeys
    registration: Registration
    platforms: Platforms
    accounts: Accounts
    platform_check: PlatformCheck
    launching: Launching
    handovers: Handovers
    access: Access
    generations: Generations
    collecting: Collecting
    chores: Chores
    library: Library
    packages: Packages
    answers: Answers
    queue: Queue
    sweeper: Sweeper
    retention: Retention
    privacy: Privacy
    pulses: Pulses
    health: Health
    metrics: Metrics
