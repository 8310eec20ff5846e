"""Whether a launch can import directly, and what its teacher may choose then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import structlog

from lti_tool.errors import N_
from lti_tool.lms import plugin_for_family
from lti_tool.lms.direct_import import Availability, Grant, ImportOption
from lti_tool.lms.teacher_choices import TeacherChoice
from lti_tool.models import Launch, now
from lti_tool.net.connections import host_of
from lti_tool.security.encryption import Vault
from lti_tool.services.delivery.account_keys import account_access
from lti_tool.services.delivery.lms_accounts import LmsAccounts, scopes_to_ask_for
from lti_tool.services.platform_settings import PlatformSettings

log = structlog.get_logger(__name__)

NO_KEY = N_("%(lms)s can't make the quiz for you yet, because its administrator hasn't given Examplary an API key.")
OTHER_HOST = N_(
    "%(lms)s can't make the quiz for you here, because Examplary's API key is for another of its addresses."
)


class ImportAvailability:
    """Tells from a launch's grant, its LMS's API key and the teacher's account what a direct import can do."""

    def __init__(self, vault: Vault, accounts: LmsAccounts) -> None:
        self._vault = vault
        self._accounts = accounts

    def of(self, launch: Launch, at: datetime | None = None) -> Availability | None:
        """Return whether ``launch`` can import directly, now or ``at`` a time; ``None`` if its LMS family never does.

        A tab can't: it has no grant, and its page says that the exam is added in the frame.
        """
        direct = plugin_for_family(launch.family).direct_import
        if direct is None:
            return None
        if launch.tab_of:
            return Availability(False)
        grant = read_grant(self._vault, launch.import_grant_encrypted)
        availability = direct.availability(grant, has_token_url=bool(launch.platform.token_url), now=at or now())
        if direct.account_access is None or not availability.available:
            return availability
        return self._with_account(launch, grant, availability)

    def place(self, launch: Launch) -> Grant | None:
        """Return the grant of ``launch`` if it can import directly now; it names the place in the course."""
        availability = self.of(launch)
        if availability is None or not availability.available:
            return None
        return read_grant(self._vault, launch.import_grant_encrypted)

    def _with_account(self, launch: Launch, grant: Grant | None, availability: Availability) -> Availability:
        """Return whether the API key allows it, too, and whether the person has to consent first."""
        owner = self._accounts.owner(launch, grant)
        key = self._accounts.key(launch.platform_id, launch.family)
        access = account_access(launch.family)
        if key is None or owner is None or access is None:
            return Availability(False, NO_KEY)
        if key.base_url != owner.identity.base_url:
            log.warning("import.other_host", platform=launch.platform_id, host=host_of(owner.identity.base_url))
            return Availability(False, OTHER_HOST)
        account = self._accounts.find(owner)
        asks_again = account is not None and bool(scopes_to_ask_for(account, key, access))
        return replace(availability, needs_consent=account is None or asks_again, asks_again=asks_again)

    def is_connected(self, launch: Launch) -> bool:
        """Return whether the person of ``launch`` has an account at the LMS's API that can be disconnected."""
        owner = self._accounts.owner(launch, read_grant(self._vault, launch.import_grant_encrypted))
        return owner is not None and self._accounts.find(owner) is not None

    def options(self, launch: Launch) -> tuple[ImportOption, ...]:
        """Return the options that the teacher of ``launch`` may tick; none where the administrator withholds them."""
        may_choose = PlatformSettings.of(launch.platform).allows(TeacherChoice.PLACE)
        return self.all_options(launch) if may_choose else ()

    def all_options(self, launch: Launch) -> tuple[ImportOption, ...]:
        """Return the options of a launch, ticked or not."""
        direct = plugin_for_family(launch.family).direct_import
        grant = read_grant(self._vault, launch.import_grant_encrypted)
        if direct is None or grant is None:
            return ()
        scopes = self._scopes(launch, grant) if direct.account_access is not None else frozenset()
        return direct.options(grant, scopes)

    def _scopes(self, launch: Launch, grant: Grant) -> frozenset[str]:
        """Return the scopes of the person's account, or of the key if they have none yet."""
        owner = self._accounts.owner(launch, grant)
        account = self._accounts.find(owner) if owner is not None else None
        if account is not None:
            return frozenset(account.scopes)
        key = self._accounts.key(launch.platform_id, launch.family)
        return frozenset(key.optional_scopes) if key is not None else frozenset()


def read_grant(vault: Vault, encrypted: str | None) -> Grant | None:
    """Return the grant; ``None`` if there is none. Raises :class:`UnreadableSecret`."""
    if not encrypted:
        return None
    grant: dict[str, str] = json.loads(vault.decrypt(encrypted))
    return grant
