"""Which Examplary workspace pays for one LMS: its own API key, given and taken back by the operator."""

from __future__ import annotations

from sqlalchemy import func, select, update

from lti_tool.errors import N_, ExamplaryError, SettingsError
from lti_tool.examplary import KeyRefused, Unavailable
from lti_tool.lti.protocol.registration_errors import RegistrationError
from lti_tool.models import OPERATOR, AuditAction, Generation, LmsUser, Platform, add_audit_entry, db
from lti_tool.security.encryption import Vault
from lti_tool.services.generations.examplary_clients import ExamplaryClients
from lti_tool.services.generations.generations import ACTIVE_STATES
from lti_tool.services.operations.chores import pending_chores_for
from lti_tool.services.platforms.check_results import CheckResult, CheckStatus
from lti_tool.services.platforms.registrations import InvalidValue
from lti_tool.services.platforms.unreachable import unreachable


class WorkspaceUnclear(RegistrationError):
    """Whether people keep their accounts hangs on it, and Examplary does not say it."""

    code = "registration.workspace_unclear"
    sentence = N_("Examplary doesn't say whether the new API key belongs to the same workspace as the current one.")
    advice = N_(
        "Specify one: --same-workspace keeps everyone's account, --other-workspace gives everyone a new account there."
    )
    status = 409


class AccountInUse(RegistrationError):
    """What was begun with one workspace can only be ended with its key."""

    code = "registration.account_in_use"
    sentence = N_("The current workspace still has %(exams)d exams in progress and %(chores)d pending chores.")
    advice = N_("They need its API key. Wait until they're done (chores list), or give them up: --anyway")
    status = 409


class ExamplaryAccounts:
    """Gives an LMS an Examplary workspace of its own, and looks whether its key works."""

    def __init__(self, clients: ExamplaryClients, vault: Vault, api_url: str) -> None:
        self._clients, self._vault, self._api_url = clients, vault, api_url

    def set_api_key(
        self, row: Platform, api_key: str, *, same_workspace: bool | None = None, anyway: bool = False
    ) -> bool:
        """Let ``api_key`` pay for ``row``; an empty one gives it back to the operator's. Return whether people moved.

        ``same_workspace`` says whether both keys belong to one; if it is None, Examplary is asked. Where they don't,
        everybody's account is forgotten and made anew there at their next exam; the old ones stay where they are.
        That is refused while something is under way in the old workspace, unless ``anyway``.

        Raises :class:`InvalidValue` and leaves of :class:`ExamplaryError` for a key that does not work,
        :class:`WorkspaceUnclear` and :class:`AccountInUse`; then nothing is changed.
        """
        theirs = self._workspace_of(api_key)
        moved = not (self._same(row, theirs) if same_workspace is None else same_workspace)
        if moved:
            if not anyway:
                _refuse_if_in_use(row)
            db.session.execute(update(LmsUser).where(LmsUser.platform_id == row.id).values(**_NO_ACCOUNT))
        row.api_key_encrypted = self._vault.encrypt(api_key) if api_key else None
        add_audit_entry(AuditAction.PLATFORM_CHANGED, OPERATOR, subject=row.id, platform_id=row.id, detail="api_key")
        db.session.commit()
        return moved

    def check(self, row: Platform) -> CheckResult:
        """Ask Examplary whose key it is, as the cheapest way to see that it works."""
        what, own = N_("Examplary"), row.api_key_encrypted is not None
        try:
            self._clients.for_platform(row).me()
        except Unavailable as error:
            return unreachable(what, self._api_url, error, _REACH)
        except ExamplaryError as error:
            advice = (_OWN_KEY if own else _OPERATORS_KEY) if isinstance(error, KeyRefused) else error.advice
            return CheckResult(
                what=what, verdict=CheckStatus.WRONG, sentence=error.sentence, advice=advice, facts=error.facts
            )
        sentence = N_("It accepts this LMS's API key.") if own else N_("It accepts this tool's API key.")
        return CheckResult(what=what, sentence=sentence)

    def _workspace_of(self, api_key: str) -> str | None:
        """Try the key; return the workspace to which it belongs, where Examplary says it."""
        try:
            return self._clients.for_key(api_key).me().workspace_id
        except SettingsError as error:
            raise InvalidValue(what="api_key", problem="it contains characters that no key has") from error

    def _same(self, row: Platform, workspace_id: str | None) -> bool:
        """Return whether nobody has an account yet that could be lost, or all are in ``workspace_id``."""
        if not _has_accounts(row):
            return True
        try:
            ours = self._clients.for_platform(row).me().workspace_id
        except (ExamplaryError, SettingsError):
            # Withdrawn, or no longer to be read: nobody can be asked with it.
            ours = None
        if ours is None or workspace_id is None:
            raise WorkspaceUnclear
        return ours == workspace_id


_NO_ACCOUNT = {"examplary_user_id": None, "examplary_email": ""}
_REACH = N_("Check LTI_TOOL_EXAMPLARY_API_URL and whether this machine can reach it (firewall, DNS name, certificate).")
_OPERATORS_KEY = N_("Check LTI_TOOL_EXAMPLARY_API_KEY. You can create keys at app.examplary.ai/account/developer.")
_OWN_KEY = N_("Set another key for the LMS, or none: python -m lti_tool platforms account --help")


def _has_accounts(row: Platform) -> bool:
    query = select(LmsUser.id).where(LmsUser.platform_id == row.id, LmsUser.examplary_user_id.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def _refuse_if_in_use(row: Platform) -> None:
    under_way = select(func.count()).where(Generation.platform_id == row.id, Generation.state.in_(ACTIVE_STATES))
    exams, chores = db.session.scalar(under_way) or 0, pending_chores_for(row.id)
    if exams or chores:
        raise AccountInUse(exams=exams, chores=chores)
