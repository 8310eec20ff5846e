"""Hands every use case what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests
from cachelib.base import BaseCache
from limits import RateLimitItemPerMinute

from config.settings import Settings
from lti_tool._version import __version__
from lti_tool.examplary import AddressRules, ExamplaryClient, Fetcher
from lti_tool.lti import PlatformKeys, ToolKeys
from lti_tool.lti.protocol.tool_registration import ToolAddresses
from lti_tool.models import Chore, ChoreKind, Platform, db
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import Tokens
from lti_tool.services import Services
from lti_tool.services.delivery.deep_linking_response import DeepLinkingResponses
from lti_tool.services.delivery.package_cache import PackageCache
from lti_tool.services.delivery.packages import Packages
from lti_tool.services.exams.exam_reader import ExamReader
from lti_tool.services.exams.snapshot_capture import MediaLimits, SnapshotCapture
from lti_tool.services.generations.collect_exam import ExamCollector
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.examplary_limits import LIMIT_FACTORS, ExamplaryLimits, LastSuccess
from lti_tool.services.generations.examplary_users import ExamplaryUsers
from lti_tool.services.generations.generations import Generations
from lti_tool.services.generations.open_embed import EmbedOpener
from lti_tool.services.launches.access import Access
from lti_tool.services.launches.browser_handover import Handovers
from lti_tool.services.launches.launch_intake import LaunchIntake
from lti_tool.services.operations.chores import Chores
from lti_tool.services.operations.health import Health
from lti_tool.services.operations.heartbeats import Heartbeats
from lti_tool.services.operations.metrics import CallMetrics, Metrics, Observers
from lti_tool.services.operations.privacy import Privacy
from lti_tool.services.operations.retention import Retention, RetentionPeriods
from lti_tool.services.operations.shared_cache import shared_cache, shared_rate_limit
from lti_tool.services.operations.sweeper import Sweeper
from lti_tool.services.platforms.check import PlatformCheck
from lti_tool.services.platforms.dynamic_registration import DynamicRegistration
from lti_tool.services.platforms.examplary_account import ExamplaryAccounts
from lti_tool.services.platforms.platform_http import HttpLimits, PlatformHttp, open_rules, strict_rules
from lti_tool.services.platforms.registrations import Platforms
from lti_tool.services.queue import Queue

USER_AGENT = f"examplary-lms/{__version__}"


def build_services(settings: Settings, queue: Queue) -> Services:
    """Return all services, wired by ``settings``."""
    vault = Vault(settings.encryption_keys.get_secret_value())
    tokens = Tokens(settings.secret_key.get_secret_value())
    cache, fetcher, last_seen = shared_cache(settings.cache_url), _fetcher(settings), LastSuccess()
    pulses = Heartbeats(last_seen)
    make_client = _client_maker(settings, fetcher, cache, last_seen)
    clients = ExamplaryClients(make_client, settings.examplary_api_key.get_secret_value(), vault)
    chores = Chores(vault)
    snapshots = SnapshotCapture(fetcher, MediaLimits(settings.max_asset_bytes, settings.max_assets_bytes))
    library, privacy = ExamReader(), Privacy(vault, chores, clients)
    tool_keys, platform_keys = ToolKeys(vault), PlatformKeys(requests.Session(), cache)
    folder = settings.package_cache_dir.resolve()
    packages = Packages(
        exam_reader=library,
        folder=PackageCache(folder, settings.package_cache_bytes),
        base_url=settings.base_url,
        lifetime=timedelta(days=settings.package_days),
    )
    lifetime = timedelta(days=settings.generation_days)
    opening = EmbedOpener(
        base_url=settings.base_url,
        origin=settings.origin,
        theme_color=settings.theme_color,
        lifetime=lifetime,
        vault=vault,
        tokens=tokens,
        clients=clients,
        provisioning=ExamplaryUsers(settings.synthetic_email_domain),
        chores=chores,
    )
    collecting = ExamCollector(
        vault=vault,
        clients=clients,
        opening=opening,
        snapshots=snapshots,
        chores=chores,
        queue=queue,
        delete_exam=settings.delete_exam_at_examplary,
    )
    _teach(chores, clients, snapshots, delete_exam=settings.delete_exam_at_examplary)
    health = Health(vault=vault, queue=queue, heartbeats=pulses, cache=cache, folder=folder)
    retention = Retention(
        RetentionPeriods(
            settings.keep_launch_days,
            settings.keep_generation_days,
            settings.keep_exam_days,
            settings.keep_audit_days,
        )
    )
    return Services(
        settings=settings,
        vault=vault,
        tokens=tokens,
        tool_keys=tool_keys,
        platform_keys=platform_keys,
        registration=_registration(settings, tool_keys, vault),
        platforms=Platforms(privacy),
        accounts=ExamplaryAccounts(clients, vault, settings.examplary_api_url),
        platform_check=PlatformCheck(
            # An operator registered these: they may stand in a private network.
            PlatformHttp(open_rules, HttpLimits(seconds=8.0)),
            tool=ToolAddresses(settings.base_url),
            keys=tool_keys,
            vault=vault,
        ),
        launch_intake=LaunchIntake(timedelta(hours=settings.launch_hours), platform_keys),
        handovers=Handovers(tokens, timedelta(minutes=settings.login_minutes)),
        access=Access(tokens),
        generations=Generations(
            lifetime=lifetime,
            vault=vault,
            chores=chores,
            collector=collecting,
            queue=queue,
            may_ask=_idle_questions(settings),
        ),
        collector=collecting,
        chores=chores,
        exam_reader=library,
        packages=packages,
        deep_linking=DeepLinkingResponses(packages=packages, keys=tool_keys, base_url=settings.base_url),
        queue=queue,
        sweeper=Sweeper(
            chores=chores,
            collector=collecting,
            queue=queue,
            keys=tool_keys,
            heartbeats=pulses,
            retention=retention,
            key_lifetime=timedelta(days=settings.signing_key_days) if settings.signing_key_days else None,
        ),
        retention=retention,
        privacy=privacy,
        heartbeats=pulses,
        health=health,
        metrics=Metrics(queue, pulses, health),
    )


def _registration(settings: Settings, keys: ToolKeys, vault: Vault) -> DynamicRegistration:
    """Strangers' addresses are opened strictly, except where the stand-ins live on this machine."""
    rules = open_rules if settings.stand_ins_allowed else strict_rules
    quick = PlatformHttp(rules, HttpLimits(seconds=4.0))
    look = PlatformCheck(quick, tool=ToolAddresses(settings.base_url), keys=keys, vault=vault).quick_check
    return DynamicRegistration(PlatformHttp(rules), settings.base_url, look, https_only=not settings.stand_ins_allowed)


def _teach(chores: Chores, clients: ExamplaryClients, snapshots: SnapshotCapture, *, delete_exam: bool) -> None:
    """Say how each chore is done."""

    def client_for(chore: Chore) -> ExamplaryClient:
        return clients.for_platform(db.session.get_one(Platform, chore.platform_id))

    def fetch_original(chore: Chore, generation_id: str) -> None:
        examplary_exam_id = snapshots.fetch_original(generation_id, client_for(chore))
        if delete_exam and examplary_exam_id:
            chores.add(ChoreKind.DELETE_EXAM, examplary_exam_id, chore.platform_id)

    chores.register(ChoreKind.DELETE_SESSION, lambda chore, target: client_for(chore).delete_embed_session(target))
    chores.register(ChoreKind.DELETE_EXAM, lambda chore, target: client_for(chore).delete_exam(target))
    chores.register(ChoreKind.FETCH_ORIGINAL, fetch_original)


def _client_maker(
    settings: Settings, fetcher: Fetcher, cache: BaseCache, last_seen: LastSuccess
) -> Callable[[str], ExamplaryClient]:
    window, then = shared_rate_limit(settings.cache_url), Observers(CallMetrics(), last_seen)

    def make(api_key: str) -> ExamplaryClient:
        per_minute = settings.examplary_calls_per_minute
        guard = ExamplaryLimits(api_key, window=window, cache=cache, per_minute=per_minute, then=then)
        return ExamplaryClient(
            settings.examplary_api_url,
            api_key,
            user_agent=USER_AGENT,
            limiter=guard,
            observer=guard,
            fetcher=fetcher,
        )

    return make


def _idle_questions(settings: Settings) -> Callable[[], bool]:
    """Pages that only watch leave half of the limit to those whose teacher says that something has happened."""
    window = shared_rate_limit(settings.cache_url)
    allowed = RateLimitItemPerMinute(settings.examplary_calls_per_minute * LIMIT_FACTORS["GET"] // 2)
    return lambda: window.hit(allowed, "watching")


def _fetcher(settings: Settings) -> Fetcher:
    hosts = frozenset(settings.trusted_media_hosts)
    return Fetcher(AddressRules(trusted_hosts=hosts, allow_insecure=bool(hosts)), user_agent=USER_AGENT)
