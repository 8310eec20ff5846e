"""Builds the services from the settings, package by package.

Each function returns the services of one package, for :class:`Services` and for the packages that build on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import requests
from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute

from config.settings import Settings
from lti_tool._version import USER_AGENT
from lti_tool.examplary import AddressRules, ExamplaryClient, Fetcher
from lti_tool.lti import LoginStates, PlatformKeys, ToolKeys
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.lti.service_connector import ServiceParts
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.models import ChoreKind
from lti_tool.net.connections import Pinned, Pooled, pooled_session
from lti_tool.net.reader import HttpReader
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import LinkSigner
from lti_tool.services import Services
from lti_tool.services.administration.accounts import AdminAccounts
from lti_tool.services.administration.sessions import AdminSessions
from lti_tool.services.administration.sign_in import SignIn
from lti_tool.services.administration.single_sign_on import SignOnSettings, SingleSignOn
from lti_tool.services.chores import Chores
from lti_tool.services.delivery.consents import CALLBACK, Consents
from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponses
from lti_tool.services.delivery.direct_imports import DirectImports
from lti_tool.services.delivery.import_availability import ImportAvailability
from lti_tool.services.delivery.import_job import ImportJob
from lti_tool.services.delivery.import_orders import ImportOrders
from lti_tool.services.delivery.lms_accounts import LmsAccounts
from lti_tool.services.delivery.package_cache import PackageCache
from lti_tool.services.delivery.package_links import PackageLinks
from lti_tool.services.delivery.packages import Packages
from lti_tool.services.exams.exam_changes import ExamChanges
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.exam_reports import ExamReports
from lti_tool.services.exams.snapshot_capture import MediaLimits, SnapshotCapture
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.examplary_chores import ExamplaryChores
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.examplary_limits import LIMIT_FACTORS, ExamplaryLimits, LastSuccess
from lti_tool.services.generations.examplary_users import ExamplaryUsers
from lti_tool.services.generations.generations import Generations
from lti_tool.services.generations.open_embed import EmbedOpener
from lti_tool.services.launches.access import Access
from lti_tool.services.launches.browser_binding import LaunchLifetimes
from lti_tool.services.launches.browser_handover import Handovers
from lti_tool.services.launches.launch_intake import LaunchIntake
from lti_tool.services.launches.launch_tests import LaunchTests
from lti_tool.services.launches.refusals import Refusals
from lti_tool.services.launches.tab_links import TabLinks
from lti_tool.services.operations.exam_actions import ExamActions
from lti_tool.services.operations.exam_history import ExamHistoryReader
from lti_tool.services.operations.health import Health
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.operations.metrics import CallMetrics, Metrics, Observers
from lti_tool.services.operations.privacy import Privacy
from lti_tool.services.operations.proxies import ProxyWatch
from lti_tool.services.operations.retention import Retention, RetentionPeriods
from lti_tool.services.operations.sweeper import Sweeper
from lti_tool.services.platform_http import HttpLimits, PlatformHttp, open_rules, strict_rules
from lti_tool.services.platform_settings import ExamDeletion
from lti_tool.services.platforms.api_keys import ApiKeys
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.dynamic_registration import DynamicRegistration
from lti_tool.services.platforms.examplary_account import ExamplaryAccounts
from lti_tool.services.platforms.full_check import FullCheck
from lti_tool.services.platforms.launch_check import LaunchCheck
from lti_tool.services.platforms.launch_failures import LaunchFailures
from lti_tool.services.platforms.platform_states import PlatformStates
from lti_tool.services.platforms.refusal_corrections import RefusalCorrections
from lti_tool.services.platforms.registrations import Platforms
from lti_tool.services.queue import Queue
from lti_tool.services.shared_cache import SharedRateLimit, shared_cache, shared_rate_limit


def build_services(settings: Settings, queue: Queue) -> Services:
    """Build all services for ``settings``."""
    shared = _shared(settings)
    launches = _launches(settings, shared)
    generations = _generations(settings, queue, shared)
    delivery = _delivery(settings, queue, shared, launches.access)
    operations = _operations(settings, queue, shared, launches=launches, generations=generations, delivery=delivery)
    platforms = _platforms(settings, shared, delivery)
    administration = _administration(settings, shared)
    return Services(
        settings=settings,
        queue=queue,
        vault=shared.vault,
        tokens=shared.tokens,
        login_states=shared.login_states,
        tool_keys=shared.tool_keys,
        platform_keys=shared.platform_keys,
        chores=shared.chores,
        heartbeats=shared.heartbeats,
        privacy=shared.privacy,
        lms_accounts=shared.lms_accounts,
        exam_reader=shared.exam_reader,
        exam_reports=shared.exam_reports,
        exam_changes=ExamChanges(shared.exam_reader),
        launch_tests=launches.launch_tests,
        launch_intake=launches.launch_intake,
        handovers=launches.handovers,
        access=launches.access,
        tab_links=launches.tab_links,
        refusals=launches.refusals,
        generations=generations.generations,
        collector=generations.collector,
        packages=delivery.packages,
        package_links=delivery.package_links,
        deep_linking=delivery.deep_linking,
        import_availability=delivery.import_availability,
        direct_imports=delivery.direct_imports,
        import_job=delivery.import_job,
        consents=delivery.consents,
        registration=platforms.registration,
        platforms=platforms.platforms,
        refusal_corrections=platforms.refusal_corrections,
        api_keys=platforms.api_keys,
        examplary_accounts=platforms.examplary_accounts,
        platform_check=platforms.platform_check,
        full_check=platforms.full_check,
        platform_states=platforms.platform_states,
        launch_failures=platforms.launch_failures,
        exam_history=operations.exam_history,
        exam_actions=operations.exam_actions,
        sweeper=operations.sweeper,
        retention=operations.retention,
        proxy_watch=operations.proxy_watch,
        health=operations.health,
        metrics=operations.metrics,
        admin_accounts=administration.accounts,
        admin_sessions=administration.sessions,
        sign_in=administration.sign_in,
        single_sign_on=administration.single_sign_on,
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    """Dependencies shared by the services of several packages."""

    vault: Vault
    tokens: LinkSigner
    login_states: LoginStates
    tool_keys: ToolKeys
    platform_keys: PlatformKeys
    cache: BaseCache
    rate_limit: SharedRateLimit
    fetcher: Fetcher
    heartbeats: Heartbeats
    clients: ExamplaryClients
    chores: Chores
    lms_accounts: LmsAccounts
    privacy: Privacy
    exam_reader: ExamReader
    exam_reports: ExamReports


def _shared(settings: Settings) -> _Shared:
    vault = Vault(settings.encryption_keys.get_secret_value())
    secret_key = settings.secret_key.get_secret_value()
    cache = shared_cache(settings.cache_url, secret_key, settings.key_prefix)
    rate_limit = shared_rate_limit(settings.cache_url, settings.key_prefix)
    fetcher = Fetcher(_public_addresses(settings), user_agent=USER_AGENT)
    last_success = LastSuccess()
    make_client = _client_factory(settings, fetcher, cache, rate_limit, last_success)
    clients = ExamplaryClients(make_client, settings.examplary_api_key.get_secret_value(), vault)
    chores = Chores(vault)
    # The operator pins the hosts of these APIs, so they may be in a private network.
    lms_accounts = LmsAccounts(vault, chores, HttpReader(Pooled(pooled_session()), USER_AGENT))
    exam_reader = ExamReader()
    return _Shared(
        vault=vault,
        tokens=LinkSigner(secret_key),
        login_states=LoginStates(secret_key),
        tool_keys=ToolKeys(vault),
        platform_keys=PlatformKeys(requests.Session(), cache),
        cache=cache,
        rate_limit=rate_limit,
        fetcher=fetcher,
        heartbeats=Heartbeats(last_success),
        clients=clients,
        chores=chores,
        lms_accounts=lms_accounts,
        privacy=Privacy(chores, clients, lms_accounts),
        exam_reader=exam_reader,
        exam_reports=ExamReports(exam_reader),
    )


@dataclass(frozen=True, slots=True)
class _Launches:
    access: Access
    launch_intake: LaunchIntake
    launch_tests: LaunchTests
    handovers: Handovers
    tab_links: TabLinks
    refusals: Refusals


def _launches(settings: Settings, shared: _Shared) -> _Launches:
    access = Access(shared.tokens)
    secret_key = settings.secret_key.get_secret_value()
    lifetimes = LaunchLifetimes(
        timedelta(hours=settings.launch_hours), timedelta(hours=settings.cookieless_launch_hours)
    )
    return _Launches(
        access=access,
        launch_intake=LaunchIntake(lifetimes, shared.login_states, shared.platform_keys, shared.vault),
        launch_tests=LaunchTests(),
        handovers=Handovers(shared.tokens, timedelta(minutes=settings.login_minutes)),
        tab_links=TabLinks(shared.tokens, access, lifetimes),
        refusals=Refusals(shared.login_states, secret=secret_key, days=settings.keep_refusal_days),
    )


@dataclass(frozen=True, slots=True)
class _Generations:
    collector: ExamCollector
    generations: Generations


def _generations(settings: Settings, queue: Queue, shared: _Shared) -> _Generations:
    lifetime = timedelta(days=settings.generation_days)
    deletion = ExamDeletion(settings.delete_exam_at_examplary)
    media_limits = MediaLimits(settings.max_asset_bytes, settings.max_assets_bytes, settings.media_seconds)
    snapshots = SnapshotCapture(shared.fetcher, media_limits)
    examplary_chores = ExamplaryChores(shared.chores, shared.clients, snapshots, deletion)
    examplary_chores.register()
    opener = EmbedOpener(
        base_url=settings.base_url,
        origin=settings.origin,
        theme_color=settings.theme_color,
        lifetime=lifetime,
        vault=shared.vault,
        tokens=shared.tokens,
        clients=shared.clients,
        users=ExamplaryUsers(settings.synthetic_email_domain),
        chores=shared.chores,
    )
    collector = ExamCollector(
        vault=shared.vault,
        clients=shared.clients,
        opener=opener,
        snapshots=snapshots,
        reports=shared.exam_reports,
        chores=shared.chores,
        examplary_chores=examplary_chores,
        queue=queue,
    )
    generations = Generations(
        lifetime=lifetime,
        vault=shared.vault,
        chores=shared.chores,
        collector=collector,
        queue=queue,
        may_poll=_background_poll_limit(settings, shared.rate_limit),
        deletion=deletion,
    )
    return _Generations(collector, generations)


@dataclass(frozen=True, slots=True)
class _Delivery:
    packages: Packages
    package_links: PackageLinks
    deep_linking: DeepLinkingResponses
    import_availability: ImportAvailability
    direct_imports: DirectImports
    import_job: ImportJob
    consents: Consents


def _delivery(settings: Settings, queue: Queue, shared: _Shared, access: Access) -> _Delivery:
    shared.chores.register(ChoreKind.REVOKE_TOKENS, shared.lms_accounts.revoke)
    packages = Packages(
        exam_reader=shared.exam_reader,
        cache=PackageCache(_package_folder(settings), settings.package_cache_bytes),
        base_url=settings.base_url,
        lifetime=timedelta(days=settings.package_days),
    )
    availability = ImportAvailability(shared.vault, shared.lms_accounts)
    direct_imports = DirectImports(availability, queue)
    orders = ImportOrders(
        exam_reader=shared.exam_reader,
        reports=shared.exam_reports,
        packages=packages,
        public_http=HttpReader(Pinned(_public_addresses(settings)), USER_AGENT),
    )
    service_parts = ServiceParts(ServiceHttp(pooled_session()), shared.cache, shared.vault, shared.tool_keys)
    return _Delivery(
        packages=packages,
        package_links=PackageLinks(),
        deep_linking=DeepLinkingResponses(
            exam_reader=shared.exam_reader, packages=packages, keys=shared.tool_keys, base_url=settings.base_url
        ),
        import_availability=availability,
        direct_imports=direct_imports,
        import_job=ImportJob(
            vault=shared.vault, parts=service_parts, orders=orders, accounts=shared.lms_accounts, queue=queue
        ),
        consents=Consents(
            vault=shared.vault,
            accounts=shared.lms_accounts,
            direct_imports=direct_imports,
            access=access,
            redirect_uri=f"{settings.base_url}{CALLBACK}",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Platforms:
    registration: DynamicRegistration
    platforms: Platforms
    refusal_corrections: RefusalCorrections
    api_keys: ApiKeys
    examplary_accounts: ExamplaryAccounts
    platform_check: PlatformCheck
    full_check: FullCheck
    platform_states: PlatformStates
    launch_failures: LaunchFailures


def _platforms(settings: Settings, shared: _Shared, delivery: _Delivery) -> _Platforms:
    platforms = Platforms(shared.privacy, shared.lms_accounts)
    api_keys = ApiKeys(shared.vault, shared.lms_accounts, delivery.consents.redirect_uri)
    examplary_accounts = ExamplaryAccounts(shared.clients, shared.vault, settings.examplary_api_url)
    platform_states = PlatformStates(shared.platform_keys)
    platform_check = PlatformCheck(
        # An operator has registered these addresses, so they may be in a private network.
        PlatformHttp(open_rules, HttpLimits(seconds=8.0)),
        tool=ToolAddresses(settings.base_url),
        keys=shared.tool_keys,
        vault=shared.vault,
    )
    launch_check = LaunchCheck(platform_states, delivery.import_availability, settings.base_url)
    return _Platforms(
        registration=_registration(settings, shared.tool_keys, shared.vault),
        platforms=platforms,
        refusal_corrections=RefusalCorrections(platforms),
        api_keys=api_keys,
        examplary_accounts=examplary_accounts,
        platform_check=platform_check,
        full_check=FullCheck(platform_check, launch_check, examplary_accounts, api_keys),
        platform_states=platform_states,
        launch_failures=LaunchFailures(shared.login_states),
    )


@dataclass(frozen=True, slots=True)
class _Operations:
    exam_history: ExamHistoryReader
    exam_actions: ExamActions
    sweeper: Sweeper
    retention: Retention
    proxy_watch: ProxyWatch
    health: Health
    metrics: Metrics


def _operations(
    settings: Settings,
    queue: Queue,
    shared: _Shared,
    *,
    launches: _Launches,
    generations: _Generations,
    delivery: _Delivery,
) -> _Operations:
    proxy_watch = ProxyWatch(settings.trusted_proxies, secure=settings.secure)
    health = Health(
        vault=shared.vault,
        queue=queue,
        heartbeats=shared.heartbeats,
        cache=shared.cache,
        folder=_package_folder(settings),
        proxy_watch=proxy_watch,
    )
    periods = RetentionPeriods(
        settings.keep_launch_days,
        settings.keep_generation_days,
        settings.keep_exam_days,
        settings.keep_audit_days,
    )
    retention = Retention(periods, shared.lms_accounts, launches.refusals)
    sweeper = Sweeper(
        chores=shared.chores,
        collector=generations.collector,
        direct_imports=delivery.direct_imports,
        import_job=delivery.import_job,
        consents=delivery.consents,
        queue=queue,
        keys=shared.tool_keys,
        heartbeats=shared.heartbeats,
        retention=retention,
        key_lifetime=timedelta(days=settings.signing_key_days) if settings.signing_key_days else None,
    )
    return _Operations(
        exam_history=ExamHistoryReader(shared.vault),
        exam_actions=ExamActions(generations.generations, delivery.package_links, queue),
        sweeper=sweeper,
        retention=retention,
        proxy_watch=proxy_watch,
        health=health,
        metrics=Metrics(queue, shared.heartbeats, health),
    )


@dataclass(frozen=True, slots=True)
class _Administration:
    accounts: AdminAccounts
    sessions: AdminSessions
    sign_in: SignIn
    single_sign_on: SingleSignOn


def _administration(settings: Settings, shared: _Shared) -> _Administration:
    accounts = AdminAccounts(settings.base_url)
    sessions = AdminSessions(
        timedelta(minutes=settings.admin_idle_minutes), timedelta(hours=settings.admin_session_hours)
    )
    # The operator has named the identity provider, so it may be in a private network.
    provider_http = PlatformHttp(open_rules, HttpLimits(seconds=8.0))
    return _Administration(
        accounts=accounts,
        sessions=sessions,
        sign_in=SignIn(sessions, shared.rate_limit),
        single_sign_on=SingleSignOn(_sign_on_settings(settings), provider_http, accounts),
    )


def _sign_on_settings(settings: Settings) -> SignOnSettings:
    return SignOnSettings(
        issuer=settings.admin_sso_issuer,
        client_id=settings.admin_sso_client_id,
        client_secret=settings.admin_sso_client_secret.get_secret_value(),
        claim=settings.admin_sso_claim,
        redirect_uri=f"{settings.base_url}/admin/sign-on/answer",
    )


def _registration(settings: Settings, keys: ToolKeys, vault: Vault) -> DynamicRegistration:
    """Anyone may send an address here, so only public ones are allowed, except for the sandbox."""
    rules = open_rules if settings.stand_ins_allowed else strict_rules
    quick_http = PlatformHttp(rules, HttpLimits(seconds=4.0))
    check = PlatformCheck(quick_http, tool=ToolAddresses(settings.base_url), keys=keys, vault=vault).quick_check
    return DynamicRegistration(
        PlatformHttp(rules),
        settings.base_url,
        check,
        secret_key=settings.secret_key.get_secret_value(),
        https_only=not settings.stand_ins_allowed,
    )


def _client_factory(
    settings: Settings, fetcher: Fetcher, cache: BaseCache, rate_limit: SharedRateLimit, last_success: LastSuccess
) -> Callable[[str], ExamplaryClient]:
    observers = Observers(CallMetrics(), last_success)

    def make(api_key: str) -> ExamplaryClient:
        per_minute = settings.examplary_calls_per_minute
        limits = ExamplaryLimits(api_key, rate_limit=rate_limit, cache=cache, per_minute=per_minute, observer=observers)
        return ExamplaryClient(
            settings.examplary_api_url,
            api_key,
            user_agent=USER_AGENT,
            limiter=limits,
            observer=limits,
            fetcher=fetcher,
        )

    return make


def _background_poll_limit(settings: Settings, rate_limit: SharedRateLimit) -> Callable[[], bool]:
    """Return the limit for polls without a hint: half of all calls, so that hints from teachers always get through."""
    limit = RateLimitItemPerMinute(settings.examplary_calls_per_minute * LIMIT_FACTORS["GET"] // 2)
    return lambda: rate_limit.hit(limit, "watching")


def _public_addresses(settings: Settings) -> AddressRules:
    """Return the rules for addresses that strangers name."""
    hosts = frozenset(settings.trusted_media_hosts)
    return AddressRules(trusted_hosts=hosts, allow_insecure=bool(hosts))


def _package_folder(settings: Settings) -> Path:
    return settings.package_cache_dir.resolve()
