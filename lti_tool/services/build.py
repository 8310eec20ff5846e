"""Builds the services from the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests
from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute

from config.settings import Settings
from lti_tool._version import __version__
from lti_tool.examplary import AddressRules, ExamplaryClient, Fetcher
from lti_tool.lti import LoginStates, PlatformKeys, ToolKeys
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.lti.service_connector import ServiceParts
from lti_tool.lti.service_http import ServiceHttp
from lti_tool.models import Chore, ChoreKind, Platform, db
from lti_tool.net.connections import Pinned, Pooled, pooled_session
from lti_tool.net.reader import HttpReader
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import Tokens
from lti_tool.services import Services
from lti_tool.services.administration.accounts import AdminAccounts
from lti_tool.services.administration.sessions import AdminSessions
from lti_tool.services.administration.sign_in import SignIn
from lti_tool.services.administration.single_sign_on import SignOnSettings, SingleSignOn
from lti_tool.services.delivery.consents import CALLBACK, Consents
from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponses
from lti_tool.services.delivery.direct_imports import DirectImports
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
from lti_tool.services.launches.tab_links import TabLinks
from lti_tool.services.operations.chores import Chores
from lti_tool.services.operations.exam_actions import ExamActions
from lti_tool.services.operations.exam_history import ExamHistoryReader
from lti_tool.services.operations.health import Health
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.operations.metrics import CallMetrics, Metrics, Observers
from lti_tool.services.operations.privacy import Privacy
from lti_tool.services.operations.proxies import ProxyWatch
from lti_tool.services.operations.retention import Retention, RetentionPeriods
from lti_tool.services.operations.shared_cache import shared_cache, shared_rate_limit
from lti_tool.services.operations.sweeper import Sweeper
from lti_tool.services.platforms.api_keys import ApiKeys
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.dynamic_registration import DynamicRegistration
from lti_tool.services.platforms.examplary_account import ExamplaryAccounts
from lti_tool.services.platforms.full_check import FullCheck
from lti_tool.services.platforms.launch_check import LaunchCheck
from lti_tool.services.platforms.launch_failures import LaunchFailures
from lti_tool.services.platforms.platform_http import HttpLimits, PlatformHttp, open_rules, strict_rules
from lti_tool.services.platforms.platform_states import PlatformStates
from lti_tool.services.platforms.refusals import Refusals
from lti_tool.services.platforms.registrations import Platforms
from lti_tool.services.platforms.settings import ExamDeletion
from lti_tool.services.queue import Queue

USER_AGENT = f"examplary-lms/{__version__}"


def build_services(settings: Settings, queue: Queue) -> Services:
    """Build all services for ``settings``."""
    vault = Vault(settings.encryption_keys.get_secret_value())
    secret_key = settings.secret_key.get_secret_value()
    tokens, login_states = Tokens(secret_key), LoginStates(secret_key)
    cache = shared_cache(settings.cache_url, secret_key, settings.key_prefix)
    fetcher, last_success = _fetcher(settings), LastSuccess()
    heartbeats = Heartbeats(last_success)
    make_client = _client_factory(settings, fetcher, cache, last_success)
    clients = ExamplaryClients(make_client, settings.examplary_api_key.get_secret_value(), vault)
    chores = Chores(vault)
    snapshots = SnapshotCapture(
        fetcher, MediaLimits(settings.max_asset_bytes, settings.max_assets_bytes, settings.media_seconds)
    )
    # The operator pins the hosts of these APIs, so they may be in a private network.
    lms_accounts = LmsAccounts(vault, chores, HttpReader(Pooled(pooled_session()), USER_AGENT))
    exam_reader, privacy = ExamReader(), Privacy(vault, chores, clients, lms_accounts)
    exam_reports = ExamReports(exam_reader)
    tool_keys, platform_keys = ToolKeys(vault), PlatformKeys(requests.Session(), cache)
    package_folder = settings.package_cache_dir.resolve()
    packages = Packages(
        exam_reader=exam_reader,
        cache=PackageCache(package_folder, settings.package_cache_bytes),
        base_url=settings.base_url,
        lifetime=timedelta(days=settings.package_days),
    )
    lifetime = timedelta(days=settings.generation_days)
    opener = EmbedOpener(
        base_url=settings.base_url,
        origin=settings.origin,
        theme_color=settings.theme_color,
        lifetime=lifetime,
        vault=vault,
        tokens=tokens,
        clients=clients,
        users=ExamplaryUsers(settings.synthetic_email_domain),
        chores=chores,
    )
    deletion = ExamDeletion(settings.delete_exam_at_examplary)
    collector = ExamCollector(
        vault=vault,
        clients=clients,
        opener=opener,
        snapshots=snapshots,
        reports=exam_reports,
        chores=chores,
        queue=queue,
        deletion=deletion,
    )
    chores.register(ChoreKind.REVOKE_TOKENS, lms_accounts.revoke)
    _register_chore_handlers(chores, clients, snapshots, deletion)
    admin_accounts = AdminAccounts(settings.base_url)
    admin_sessions = AdminSessions(
        timedelta(minutes=settings.admin_idle_minutes), timedelta(hours=settings.admin_session_hours)
    )
    access, launch_lifetimes = Access(tokens), _launch_lifetimes(settings)
    direct_imports = DirectImports(vault, queue, lms_accounts)
    import_job = ImportJob(
        vault=vault,
        parts=ServiceParts(ServiceHttp(pooled_session()), cache, vault, tool_keys),
        orders=ImportOrders(
            exam_reader=exam_reader,
            reports=exam_reports,
            packages=packages,
            public_http=HttpReader(Pinned(_public_addresses(settings)), USER_AGENT),
        ),
        accounts=lms_accounts,
        queue=queue,
    )
    generations = Generations(
        lifetime=lifetime,
        vault=vault,
        chores=chores,
        collector=collector,
        queue=queue,
        may_poll=_background_poll_limit(settings),
        deletion=deletion,
    )
    package_links = PackageLinks()
    consents = Consents(
        vault=vault,
        accounts=lms_accounts,
        direct_imports=direct_imports,
        access=access,
        redirect_uri=f"{settings.base_url}{CALLBACK}",
    )
    proxy_watch = ProxyWatch(settings.trusted_proxies, secure=settings.secure)
    health = Health(
        vault=vault,
        queue=queue,
        heartbeats=heartbeats,
        cache=cache,
        folder=package_folder,
        proxy_watch=proxy_watch,
    )
    platforms = Platforms(privacy, lms_accounts)
    refusals = Refusals(
        login_states, platforms, secret=settings.secret_key.get_secret_value(), days=settings.keep_refusal_days
    )
    retention = Retention(
        RetentionPeriods(
            settings.keep_launch_days,
            settings.keep_generation_days,
            settings.keep_exam_days,
            settings.keep_audit_days,
        ),
        lms_accounts,
        refusals,
    )
    accounts, platform_states = (
        ExamplaryAccounts(clients, vault, settings.examplary_api_url),
        PlatformStates(platform_keys),
    )
    api_keys = ApiKeys(vault, lms_accounts, consents.redirect_uri)
    platform_check = PlatformCheck(
        # An operator has registered these addresses, so they may be in a private network.
        PlatformHttp(open_rules, HttpLimits(seconds=8.0)),
        tool=ToolAddresses(settings.base_url),
        keys=tool_keys,
        vault=vault,
    )
    launch_check = LaunchCheck(platform_states, direct_imports, settings.base_url)
    return Services(
        settings=settings,
        vault=vault,
        tokens=tokens,
        login_states=login_states,
        tool_keys=tool_keys,
        platform_keys=platform_keys,
        registration=_registration(settings, tool_keys, vault),
        platforms=platforms,
        refusals=refusals,
        api_keys=api_keys,
        accounts=accounts,
        platform_check=platform_check,
        full_check=FullCheck(platform_check, launch_check, accounts, api_keys),
        platform_states=platform_states,
        launch_failures=LaunchFailures(login_states),
        launch_tests=LaunchTests(),
        launch_intake=LaunchIntake(launch_lifetimes, login_states, platform_keys, vault),
        handovers=Handovers(tokens, timedelta(minutes=settings.login_minutes)),
        access=access,
        tab_links=TabLinks(tokens, access, launch_lifetimes),
        generations=generations,
        collector=collector,
        chores=chores,
        exam_history=ExamHistoryReader(vault),
        exam_actions=ExamActions(generations, package_links, queue),
        exam_reader=exam_reader,
        exam_changes=ExamChanges(exam_reader),
        exam_reports=exam_reports,
        packages=packages,
        package_links=package_links,
        deep_linking=DeepLinkingResponses(
            exam_reader=exam_reader, packages=packages, keys=tool_keys, base_url=settings.base_url
        ),
        direct_imports=direct_imports,
        import_job=import_job,
        lms_accounts=lms_accounts,
        consents=consents,
        queue=queue,
        sweeper=Sweeper(
            chores=chores,
            collector=collector,
            direct_imports=direct_imports,
            import_job=import_job,
            consents=consents,
            queue=queue,
            keys=tool_keys,
            heartbeats=heartbeats,
            retention=retention,
            key_lifetime=timedelta(days=settings.signing_key_days) if settings.signing_key_days else None,
        ),
        retention=retention,
        privacy=privacy,
        heartbeats=heartbeats,
        proxy_watch=proxy_watch,
        health=health,
        metrics=Metrics(queue, heartbeats, health),
        admin_accounts=admin_accounts,
        admin_sessions=admin_sessions,
        sign_in=SignIn(admin_sessions, shared_rate_limit(settings.cache_url, settings.key_prefix)),
        single_sign_on=SingleSignOn(_sign_on_settings(settings), _provider_http(), admin_accounts),
    )


def _sign_on_settings(settings: Settings) -> SignOnSettings:
    return SignOnSettings(
        issuer=settings.admin_sso_issuer,
        client_id=settings.admin_sso_client_id,
        client_secret=settings.admin_sso_client_secret.get_secret_value(),
        claim=settings.admin_sso_claim,
        redirect_uri=f"{settings.base_url}/admin/sign-on/answer",
    )


def _provider_http() -> PlatformHttp:
    """The operator has named the identity provider, so it may be in a private network."""
    return PlatformHttp(open_rules, HttpLimits(seconds=8.0))


def _launch_lifetimes(settings: Settings) -> LaunchLifetimes:
    hours = (settings.launch_hours, settings.cookieless_launch_hours)
    return LaunchLifetimes(*(timedelta(hours=each) for each in hours))


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


def _register_chore_handlers(
    chores: Chores, clients: ExamplaryClients, snapshots: SnapshotCapture, deletion: ExamDeletion
) -> None:
    """Register a handler for each kind of chore that an API call can do."""

    def client_for(chore: Chore) -> ExamplaryClient:
        return clients.for_platform(db.session.get_one(Platform, chore.platform_id))

    def delete_if_complete(chore: Chore, generation_id: str, examplary_exam_id: str | None) -> None:
        deletes = deletion.applies_to(db.session.get_one(Platform, chore.platform_id))
        if deletes and examplary_exam_id and snapshots.is_complete(generation_id):
            chores.add(ChoreKind.DELETE_EXAM, examplary_exam_id, chore.platform_id)

    def fetch_original(chore: Chore, generation_id: str) -> None:
        delete_if_complete(chore, generation_id, snapshots.fetch_original(generation_id, client_for(chore)))

    def fetch_media(chore: Chore, generation_id: str) -> None:
        delete_if_complete(chore, generation_id, snapshots.fetch_late_media(generation_id))

    chores.register(ChoreKind.DELETE_SESSION, lambda chore, target: client_for(chore).delete_embed_session(target))
    chores.register(ChoreKind.DELETE_EXAM, lambda chore, target: client_for(chore).delete_exam(target))
    chores.register(ChoreKind.FETCH_ORIGINAL, fetch_original)
    chores.register(ChoreKind.FETCH_MEDIA, fetch_media)


def _client_factory(
    settings: Settings, fetcher: Fetcher, cache: BaseCache, last_success: LastSuccess
) -> Callable[[str], ExamplaryClient]:
    rate_limit, observers = (
        shared_rate_limit(settings.cache_url, settings.key_prefix),
        Observers(CallMetrics(), last_success),
    )

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


def _background_poll_limit(settings: Settings) -> Callable[[], bool]:
    """Return the limit for polls without a hint: half of all calls, so that hints from teachers always get through."""
    rate_limit = shared_rate_limit(settings.cache_url, settings.key_prefix)
    limit = RateLimitItemPerMinute(settings.examplary_calls_per_minute * LIMIT_FACTORS["GET"] // 2)
    return lambda: rate_limit.hit(limit, "watching")


def _fetcher(settings: Settings) -> Fetcher:
    return Fetcher(_public_addresses(settings), user_agent=USER_AGENT)


def _public_addresses(settings: Settings) -> AddressRules:
    """Return the rules for addresses that strangers name."""
    hosts = frozenset(settings.trusted_media_hosts)
    return AddressRules(trusted_hosts=hosts, allow_insecure=bool(hosts))
