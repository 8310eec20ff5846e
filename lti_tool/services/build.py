"""Hands every use case what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import requests
from cachelib import RedisCache, SimpleCache
from cachelib.base import BaseCache
from limits.storage import Storage, storage_from_string

from config.settings import Settings
from lti_tool.errors import SettingsError
from lti_tool.examplary import AddressRules, ExamplaryClient, Fetcher
from lti_tool.lti import PlatformKeys, ToolKeys
from lti_tool.models import Chore, ChoreKind, Platform, db
from lti_tool.security.encryption import Vault
from lti_tool.security.tokens import Tokens
from lti_tool.services import Services
from lti_tool.services.access import Access
from lti_tool.services.answers import Answers
from lti_tool.services.chores import Chores
from lti_tool.services.clients import Clients
from lti_tool.services.collecting import Collecting
from lti_tool.services.generations import Generations
from lti_tool.services.guard import Guard
from lti_tool.services.launching import Launching
from lti_tool.services.library import Library
from lti_tool.services.packages import Packages
from lti_tool.services.ports import Queue
from lti_tool.services.privacy import Privacy
from lti_tool.services.provisioning import Provisioning
from lti_tool.services.retention import Keep, Retention
from lti_tool.services.snapshots import MediaLimits, Snapshots
from lti_tool.services.sweeping import Sweeper

CACHE_ENTRIES = 50_000
"""cachelib keeps 500 by default and throws keys away under load (facts: libraries)."""


def build_services(settings: Settings, queue: Queue) -> Services:
    """Return all services, wired by ``settings``."""
    vault = Vault(settings.encryption_keys.get_secret_value())
    tokens = Tokens(settings.secret_key.get_secret_value())
    cache, fetcher = _cache(settings), _fetcher(settings)
    make_client = _client_maker(settings, fetcher, cache)
    clients = Clients(make_client, settings.examplary_api_key.get_secret_value(), vault)
    chores = Chores(vault)
    snapshots = Snapshots(fetcher, MediaLimits(settings.max_asset_bytes, settings.max_assets_bytes))
    library = Library()
    tool_keys = ToolKeys(vault)
    packages = Packages(
        library=library,
        folder=settings.package_cache_dir.resolve(),
        base_url=settings.base_url,
        lifetime=timedelta(days=settings.package_days),
    )
    generations = Generations(
        base_url=settings.base_url,
        origin=settings.origin,
        theme_color=settings.theme_color,
        lifetime=timedelta(days=settings.generation_days),
        vault=vault,
        tokens=tokens,
        clients=clients,
        provisioning=Provisioning(settings.synthetic_email_domain),
        chores=chores,
        queue=queue,
    )
    collecting = Collecting(
        vault=vault,
        clients=clients,
        snapshots=snapshots,
        chores=chores,
        queue=queue,
        delete_exam=settings.delete_exam_at_examplary,
    )
    _teach(chores, clients, snapshots, delete_exam=settings.delete_exam_at_examplary)
    return Services(
        settings=settings,
        vault=vault,
        tokens=tokens,
        tool_keys=tool_keys,
        platform_keys=PlatformKeys(requests.Session(), cache),
        launching=Launching(timedelta(hours=settings.launch_hours)),
        access=Access(tokens),
        generations=generations,
        collecting=collecting,
        chores=chores,
        library=library,
        packages=packages,
        answers=Answers(packages=packages, keys=tool_keys, base_url=settings.base_url),
        queue=queue,
        sweeper=Sweeper(chores=chores, queue=queue),
        retention=Retention(Keep(settings.keep_launch_days, settings.keep_generation_days, settings.keep_exam_days)),
        privacy=Privacy(vault, chores),
    )


def _teach(chores: Chores, clients: Clients, snapshots: Snapshots, *, delete_exam: bool) -> None:
    """Say how each chore is done."""

    def client_for(chore: Chore) -> ExamplaryClient:
        return clients.of(db.session.get_one(Platform, chore.platform_id))

    def fetch_original(chore: Chore, generation_id: str) -> None:
        examplary_exam_id = snapshots.fetch_original(generation_id, client_for(chore))
        if delete_exam and examplary_exam_id:
            chores.owe(ChoreKind.DELETE_EXAM, examplary_exam_id, chore.platform_id)

    chores.teach(ChoreKind.DELETE_SESSION, lambda chore, target: client_for(chore).delete_embed_session(target))
    chores.teach(ChoreKind.DELETE_EXAM, lambda chore, target: client_for(chore).delete_exam(target))
    chores.teach(ChoreKind.FETCH_ORIGINAL, fetch_original)


def _client_maker(settings: Settings, fetcher: Fetcher, cache: BaseCache) -> Callable[[str], ExamplaryClient]:
    storage = storage_from_string(settings.cache_url)
    if not isinstance(storage, Storage):
        raise SettingsError("LTI_TOOL_CACHE_URL must begin with memory:// or redis://")

    def make(api_key: str) -> ExamplaryClient:
        guard = Guard(api_key, storage=storage, cache=cache)
        return ExamplaryClient(settings.examplary_api_url, api_key, limiter=guard, observer=guard, fetcher=fetcher)

    return make


def _fetcher(settings: Settings) -> Fetcher:
    hosts = frozenset(settings.trusted_media_hosts)
    return Fetcher(AddressRules(trusted_hosts=hosts, allow_insecure=bool(hosts)))


def _cache(settings: Settings) -> BaseCache:
    if settings.cache_url.startswith("memory://"):
        return SimpleCache(threshold=CACHE_ENTRIES)
    import redis  # noqa: PLC0415 -- an extra: needed only where the cache is shared

    return RedisCache(host=redis.Redis.from_url(settings.cache_url), key_prefix="examplary_lms:")
