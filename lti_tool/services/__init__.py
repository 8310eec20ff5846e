"""The use cases. Plain classes that are handed what they need; :class:`Services` holds them for the pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from lti_tool.lti import PlatformKeys, ToolKeys
    from lti_tool.security.encryption import Vault
    from lti_tool.security.tokens import Tokens
    from lti_tool.services.delivery.deep_linking_response import Answers
    from lti_tool.services.delivery.packages import Packages
    from lti_tool.services.exams.exam_reader import Library
    from lti_tool.services.generations.collect_exam import Collecting
    from lti_tool.services.generations.generations import Generations
    from lti_tool.services.launches.access import Access
    from lti_tool.services.launches.browser_handover import Handovers
    from lti_tool.services.launches.launch_intake import Launching
    from lti_tool.services.operations.chores import Chores
    from lti_tool.services.operations.health import Health
    from lti_tool.services.operations.heartbeats import Pulses
    from lti_tool.services.operations.metrics import Metrics
    from lti_tool.services.operations.privacy import Privacy
    from lti_tool.services.operations.retention import Retention
    from lti_tool.services.operations.sweeper import Sweeper
    from lti_tool.services.platforms.check import PlatformCheck
    from lti_tool.services.platforms.dynamic_registration import Registration
    from lti_tool.services.platforms.examplary_account import Accounts
    from lti_tool.services.platforms.registrations import Platforms
    from lti_tool.services.ports import Queue


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
