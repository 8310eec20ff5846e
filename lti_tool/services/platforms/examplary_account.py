"""The Examplary workspace of one LMS: an API key of its own, set and removed by the operator."""

from __future__ import annotations

from sqlalchemy import func, select, update

from lti_tool.errors import N_, ExamplaryError, SettingsError
from lti_tool.examplary import ApiKeyRejected, Difference, NoDescription, Unavailable, compare_description
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.models import OPERATOR, AuditAction, Generation, LmsUser, Platform, add_audit_entry, db
from lti_tool.security.encryption import Vault
from lti_tool.services.chores import pending_chores_for
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.generations import ACTIVE_STATES
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus, unreachable
from lti_tool.services.platforms.pasted_values import tidy_text
from lti_tool.services.platforms.setting_changes import change_of
from lti_tool.services.platforms.value_errors import InvalidValue

_NO_ACCOUNT = {"examplary_user_id": None, "examplary_email": ""}
_REACH = N_("Check LTI_TOOL_EXAMPLARY_API_URL and whether this machine can reach it (firewall, DNS name, certificate).")
_OPERATORS_KEY = N_("Check LTI_TOOL_EXAMPLARY_API_KEY. You can create keys at app.examplary.ai/account/developer.")
_OWN_KEY = N_("Set another key for the LMS, or none: python -m lti_tool platforms account --help")


class WorkspaceUnclear(RegistrationError):
    """People keep their accounts only within one workspace, and Examplary does not say which one it is."""

    code = "registration.workspace_unclear"
    sentence = N_("Examplary doesn't say whether the new API key belongs to the same workspace as the current one.")
    advice = N_(
        "Specify one: --same-workspace keeps everyone's account, --other-workspace gives everyone a new account there."
    )
    status = 409


class AccountInUse(RegistrationError):
    """Work started in one workspace can only be finished with its key."""

    code = "registration.account_in_use"
    sentence = N_("The current workspace is still in use (exams in progress: %(exams)d, pending chores: %(chores)d).")
    advice = N_("They need its API key. Wait until they're done (chores list), or give them up: --anyway")
    status = 409


class ExamplaryAccounts:
    """Sets the API key of an LMS, and checks that it works."""

    def __init__(self, clients: ExamplaryClients, vault: Vault, api_url: str) -> None:
        self._clients = clients
        self._vault = vault
        self._api_url = api_url

    def set_api_key(
        self,
        row: Platform,
        api_key: str,
        *,
        same_workspace: bool | None = None,
        anyway: bool = False,
        actor: str = OPERATOR,
    ) -> bool:
        """Set the API key of ``row``, or remove it if empty; return whether the workspace has changed.

        ``same_workspace`` says whether the old and the new key belong to one workspace; ``None`` asks Examplary. If
        they don't, people get new accounts at their next exam, and the old accounts stay in the old workspace. Raises
        :class:`AccountInUse` while work is under way there, unless ``anyway``.

        Raises :class:`InvalidValue` or subclasses of :class:`ExamplaryError` for a key that does not work, and
        :class:`WorkspaceUnclear`. After any error nothing has changed.
        """
        api_key = tidy_text(api_key)
        new_workspace = self._workspace_of(api_key)
        is_moved = not (self._is_same(row, new_workspace) if same_workspace is None else same_workspace)
        if is_moved:
            if not anyway:
                _refuse_if_in_use(row)
            db.session.execute(update(LmsUser).where(LmsUser.platform_id == row.id).values(**_NO_ACCOUNT))
        change = change_of("api_key", _whose(row.api_key_encrypted), _whose(api_key))
        row.api_key_encrypted = self._vault.encrypt(api_key) if api_key else None
        add_audit_entry(AuditAction.PLATFORM_CHANGED, actor, subject=row.id, platform_id=row.id, detail=change)
        db.session.commit()
        return is_moved

    def check(self, row: Platform) -> CheckResult:
        """Check the API key with Examplary's cheapest call."""
        name, has_own_key = N_("Examplary"), row.api_key_encrypted is not None
        try:
            self._clients.for_platform(row).me()
        except Unavailable as error:
            return unreachable(name, self._api_url, error, _REACH)
        except ExamplaryError as error:
            advice = (
                (_OWN_KEY if has_own_key else _OPERATORS_KEY) if isinstance(error, ApiKeyRejected) else error.advice
            )
            return CheckResult(
                name=name, status=CheckStatus.WRONG, sentence=error.sentence, advice=advice, facts=error.facts
            )
        sentence = N_("It accepts this LMS's API key.") if has_own_key else N_("It accepts this tool's API key.")
        return CheckResult(name=name, sentence=sentence)

    def check_calls(self) -> list[CheckResult]:
        """Compare Examplary's public description of its API with the calls that the tool makes."""
        name = N_("Examplary's API")
        try:
            differences = compare_description(self._clients.for_key("").description())
        except (ExamplaryError, SettingsError, NoDescription):
            return [
                CheckResult(
                    name=name,
                    status=CheckStatus.NOTE,
                    sentence=N_("%(url)s has no description that can be read: the tool's calls can't be compared."),
                    advice=_REACH,
                    facts={"url": f"{self._api_url}/openapi"},
                )
            ]
        results = [_missing(name, difference) for difference in differences]
        return results or [CheckResult(name=name, sentence=N_("It offers all calls that the tool makes."))]

    def _workspace_of(self, api_key: str) -> str | None:
        """Check the key; return the id of its workspace if Examplary reveals it."""
        try:
            return self._clients.for_key(api_key).me().workspace_id
        except SettingsError as error:
            raise InvalidValue(what="api_key", problem=N_("it contains invalid characters")) from error

    def _is_same(self, row: Platform, workspace_id: str | None) -> bool:
        """Return whether changing to ``workspace_id`` loses no accounts: there are none yet, or they are in it."""
        if not _has_accounts(row):
            return True
        try:
            current = self._clients.for_platform(row).me().workspace_id
        except (ExamplaryError, SettingsError):
            # The current key is revoked, or can't be decrypted.
            current = None
        if current is None or workspace_id is None:
            raise WorkspaceUnclear
        return current == workspace_id


def _missing(name: str, difference: Difference) -> CheckResult:
    sentence = (
        N_("%(call)s now needs %(field)s, which this version of the tool doesn't send.")
        if difference.field
        else N_("%(call)s no longer exists.")
    )
    return CheckResult(
        name=name,
        status=CheckStatus.WRONG,
        sentence=sentence,
        advice=N_("Install the newest version of the tool; if it is the newest, report this to its developers."),
        facts={"call": difference.call, "field": difference.field},
    )


def _whose(api_key: str | None) -> str:
    return "its own" if api_key else "the operator's"


def _has_accounts(row: Platform) -> bool:
    query = select(LmsUser.id).where(LmsUser.platform_id == row.id, LmsUser.examplary_user_id.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def _refuse_if_in_use(row: Platform) -> None:
    active = select(func.count()).where(Generation.platform_id == row.id, Generation.state.in_(ACTIVE_STATES))
    exams, chores = db.session.scalar(active) or 0, pending_chores_for(row.id)
    if exams or chores:
        raise AccountInUse(exams=exams, chores=chores)
