"""The use cases, as plain classes that get their dependencies; :class:`Services` holds them for the entry points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.settings import Settings
    from lti_tool.lti import LoginStates, PlatformKeys, ToolKeys
    from lti_tool.security.encryption import Vault
    from lti_tool.security.tokens import LinkSigner
    from lti_tool.services.administration.accounts import AdminAccounts
    from lti_tool.services.administration.sessions import AdminSessions
    from lti_tool.services.administration.sign_in import SignIn
    from lti_tool.services.administration.single_sign_on import SingleSignOn
    from lti_tool.services.chores import Chores
    from lti_tool.services.delivery.consents import Consents
    from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponses
    from lti_tool.services.delivery.direct_imports import DirectImports
    from lti_tool.services.delivery.import_availability import ImportAvailability
    from lti_tool.services.delivery.import_job import ImportJob
    from lti_tool.services.delivery.lms_accounts import LmsAccounts
    from lti_tool.services.delivery.package_links import PackageLinks
    from lti_tool.services.delivery.packages import Packages
    from lti_tool.services.exams.exam_changes import ExamChanges
    from lti_tool.services.exams.exam_reader import ExamReader
    from lti_tool.services.exams.exam_reports import ExamReports
    from lti_tool.services.generations.collect_exam import ExamCollector
    from lti_tool.services.generations.generations import Generations
    from lti_tool.services.launches.access import Access
    from lti_tool.services.launches.browser_handover import Handovers
    from lti_tool.services.launches.launch_intake import LaunchIntake
    from lti_tool.services.launches.launch_tests import LaunchTests
    from lti_tool.services.launches.refusals import Refusals
    from lti_tool.services.launches.tab_links import TabLinks
    from lti_tool.services.operations.exam_actions import ExamActions
    from lti_tool.services.operations.exam_history import ExamHistoryReader
    from lti_tool.services.operations.health import Health
    from lti_tool.services.operations.heartbeats import Heartbeats
    from lti_tool.services.operations.metrics import Metrics
    from lti_tool.services.operations.privacy import Privacy
    from lti_tool.services.operations.proxies import ProxyWatch
    from lti_tool.services.operations.retention import Retention
    from lti_tool.services.operations.sweeper import Sweeper
    from lti_tool.services.platforms.api_keys import ApiKeys
    from lti_tool.services.platforms.check import PlatformCheck
    from lti_tool.services.platforms.dynamic_registration import DynamicRegistration
    from lti_tool.services.platforms.examplary_account import ExamplaryAccounts
    from lti_tool.services.platforms.full_check import FullCheck
    from lti_tool.services.platforms.launch_failures import LaunchFailures
    from lti_tool.services.platforms.platform_states import PlatformStates
    from lti_tool.services.platforms.refusal_corrections import RefusalCorrections
    from lti_tool.services.platforms.registrations import Platforms
    from lti_tool.services.queue import Queue


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that pages, jobs and commands call."""

    settings: Settings
    vault: Vault
    tokens: LinkSigner
    login_states: LoginStates
    tool_keys: ToolKeys
    platform_keys: PlatformKeys
    registration: DynamicRegistration
    platforms: Platforms
    api_keys: ApiKeys
    examplary_accounts: ExamplaryAccounts
    platform_check: PlatformCheck
    full_check: FullCheck
    platform_states: PlatformStates
    launch_failures: LaunchFailures
    refusals: Refusals
    refusal_corrections: RefusalCorrections
    launch_intake: LaunchIntake
    launch_tests: LaunchTests
    handovers: Handovers
    access: Access
    tab_links: TabLinks
    generations: Generations
    collector: ExamCollector
    chores: Chores
    exam_history: ExamHistoryReader
    exam_actions: ExamActions
    exam_reader: ExamReader
    exam_changes: ExamChanges
    exam_reports: ExamReports
    packages: Packages
    package_links: PackageLinks
    deep_linking: DeepLinkingResponses
    import_availability: ImportAvailability
    direct_imports: DirectImports
    import_job: ImportJob
    lms_accounts: LmsAccounts
    consents: Consents
    queue: Queue
    sweeper: Sweeper
    retention: Retention
    privacy: Privacy
    heartbeats: Heartbeats
    proxy_watch: ProxyWatch
    health: Health
    metrics: Metrics
    admin_accounts: AdminAccounts
    admin_sessions: AdminSessions
    sign_in: SignIn
    single_sign_on: SingleSignOn
