"""Launch validation: PyLTI1p3's order, with our own steps.

See docs/reference/pylti1p3.md#extension-points, D1 to D13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import requests
from pylti1p3.message_launch import MessageLaunch
from sqlalchemy import Connection

from lti_tool.errors import LaunchError
from lti_tool.lti.protocol import id_token
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, plain_text, storable
from lti_tool.lti.protocol.claims import DEPLOYMENT_ID
from lti_tool.lti.protocol.errors import (
    LaunchExpired,
    LaunchIncomplete,
    LaunchOutdated,
    LaunchUsed,
    NotSignedIn,
    PlatformKeysError,
    PlatformRefused,
)
from lti_tool.lti.protocol.launch_message import deployment_of, read_message, reject_lti_1p1
from lti_tool.lti.protocol.login_state import LoginState, LoginStates, proof_name
from lti_tool.lti.protocol.verified_launch import VerifiedLaunch
from lti_tool.lti.pylti1p3_adapters import FormRequest, NoCookies, NoSession
from lti_tool.lti.store import used_states
from lti_tool.lti.store.platform_keys import PlatformKeys
from lti_tool.lti.store.tool_conf import (
    PlatformRegistration,
    StoredContext,
    ToolConf,
    add_deployment,
    has_named_deployments,
    require_active,
    stored_context,
    unknown_deployment,
)
from lti_tool.models import now as current_time

_UNUSED_SESSION = requests.Session()
"""PyLTI1p3 creates a session for each launch unless it gets one; keys are fetched by :class:`PlatformKeys`."""

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_PLATFORM_ERRORS: Mapping[str, type[LaunchError]] = {
    "login_required": NotSignedIn,
    "interaction_required": NotSignedIn,
    "account_selection_required": NotSignedIn,
    "launch_no_longer_valid": LaunchOutdated,
}


def verify_launch(
    form: Mapping[str, str],
    cookies: Mapping[str, str],
    *,
    connection: Connection,
    states: LoginStates,
    keys: PlatformKeys,
    trust_first_deployment: bool,
    administrators_may_author: bool = True,
    stored_proof: str = "",
    now: datetime | None = None,
) -> VerifiedLaunch:
    """Verify what the platform posted to the redirect URI; raise a subclass of :class:`LaunchError`.

    The state is used in the transaction of ``connection``: commit it together with the launch. A rejected launch uses
    its state at once and commits that alone, unless the platform's keys were not available: then the same launch may
    be posted again.

    ``stored_proof`` is the browser's proof from the platform's storage, for browsers whose cookie did not come back.
    Pass it only for a request whose ``Origin`` is our own: any other page could have made it up.
    """
    reject_lti_1p1(form)
    _raise_platform_error(form)
    launch = _Launch(
        form,
        cookies,
        connection=connection,
        states=states,
        keys=keys,
        trust_first_deployment=trust_first_deployment,
        administrators_may_author=administrators_may_author,
        stored_proof=stored_proof,
        now=now or current_time(),
    )
    return launch.verified()


def _raise_platform_error(form: Mapping[str, str]) -> None:
    """Raise the platform's own error in plain words; its text goes to the log only."""
    if "error" in form:
        code = plain_text(form["error"], 60)
        description = _EMAIL.sub("…", plain_text(form.get("error_description", ""), 200))
        raise _PLATFORM_ERRORS.get(code, PlatformRefused)(f"platform says {code!r}: {description!r}")


class _Launch(MessageLaunch[FormRequest, ToolConf, NoSession, NoCookies]):
    """Every step keeps PyLTI1p3's name; :meth:`validate` runs them in its order."""

    _token: id_token.Unverified
    _stored: StoredContext
    _verified: VerifiedLaunch

    def __init__(
        self,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        *,
        connection: Connection,
        states: LoginStates,
        keys: PlatformKeys,
        trust_first_deployment: bool,
        administrators_may_author: bool,
        stored_proof: str,
        now: datetime,
    ) -> None:
        super().__init__(
            request=FormRequest(form),
            tool_config=ToolConf(connection),
            session_service=NoSession(),
            cookie_service=NoCookies(),
            requests_session=_UNUSED_SESSION,
        )
        self.set_auto_validation(enable=False)
        self._connection = connection
        self._cookies = cookies
        self._stored_proof = stored_proof
        self._states = states
        self._keys = keys
        self._now = now
        self._trust_first_deployment = trust_first_deployment
        self._administrators_may_author = administrators_may_author
        self._state: LoginState | None = None
        self._signature_verified = False

    def verified(self) -> VerifiedLaunch:
        """Run all steps and return the launch."""
        try:
            self.validate()
        except (LaunchUsed, LaunchExpired, PlatformKeysError) as error:
            self._connection.rollback()
            self._name_waiting_frame(error)
            raise
        except LaunchError as error:
            self._use_state_of_rejected_launch()
            self._name_waiting_frame(error)
            error.token_verified = self._signature_verified
            raise
        return self._verified

    def _use_state_of_rejected_launch(self) -> None:
        """Commit that the state was used; roll everything else back."""
        self._connection.rollback()
        if self._state is not None:
            with suppress(LaunchUsed):
                used_states.use(self._connection, self._state.nonce, self._state.expires_at)
                self._connection.commit()

    def _name_waiting_frame(self, error: LaunchError) -> None:
        if self._state is not None and not isinstance(error, LaunchUsed):
            error.handover_id = self._state.handover_id

    def validate_state(self) -> _Launch:
        """Check that this browser began the login (D8), and find the login's platform."""
        state = self._required("state")
        self._state = self._states.read(state)
        self._token = id_token.parse(self._required("id_token"))
        self._stored = stored_context(
            self._connection,
            self._state,
            self._now,
            deployment_id=self._claimed(DEPLOYMENT_ID),
            sub=self._claimed("sub"),
        )
        self._state.check(self._cookies.get(proof_name(state), "") or self._stored_proof, self._now)
        require_active(self._stored.platform)
        return self

    def validate_jwt_format(self) -> _Launch:
        """Nothing to do: :meth:`validate_state` has parsed the token (D13)."""
        return self

    def validate_nonce(self) -> _Launch:
        """Bind the token to this login (D4)."""
        id_token.check_nonce(self._token.claims, self._open_state.nonce)
        return self

    def validate_registration(self) -> _Launch:
        """Use the registration of the login, not the one that the token names (D7)."""
        self._registration = PlatformRegistration(self._stored.platform)
        return self

    def validate_jwt_signature(self) -> _Launch:
        """Check issuer, audience, times and signature of the token (D5 to D7, D10 to D12).

        The signature comes last: a token of Canvas's beta site is then reported as "another LMS", not "unknown key".
        """
        platform = self._stored.platform
        id_token.check_claims(self._token.claims, issuer=platform.issuer, client_id=platform.client_id, now=self._now)
        key = self._keys.find(platform.jwks_url, self._token.kid)
        id_token.check_signature(self._get_request_param("id_token"), key)
        self._signature_verified = True
        return self

    def validate_deployment(self) -> _Launch:
        """Check the deployment, or add it if first deployments are trusted and the operator has named none."""
        deployment_id = deployment_of(self._token.claims)
        platform = self._stored.platform
        if not self._stored.deployment_known:
            if not self._trust_first_deployment or has_named_deployments(self._connection, platform):
                raise unknown_deployment(platform, deployment_id)
            add_deployment(self._connection, platform, deployment_id)
        return self

    def validate_message(self) -> _Launch:
        """Read the claims with our own rules (D2, D16): PyLTI1p3 rejects Canvas's migration launches."""
        self._verified = read_message(
            self._token.claims,
            self._stored.platform,
            handover_id=self._open_state.handover_id,
            administrators_may_author=self._administrators_may_author,
            person=self._stored.person,
        )
        return self

    def save_launch_data(self) -> _Launch:
        """Use the state (D1, D3). No claims are stored here (D9): the launch service keeps the minimum."""
        state = self._open_state
        used_states.use(self._connection, state.nonce, state.expires_at)
        return self

    @property
    def _open_state(self) -> LoginState:
        if self._state is None:
            raise LaunchUsed
        return self._state

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def _claimed(self, claim: str) -> str:
        """Return an id in the token if a column can hold it, otherwise an empty text. It is checked later."""
        value = self._token.claims.get(claim)
        fits = isinstance(value, str) and len(value) <= IDENTIFIER_LENGTH and storable(value)
        return str(value) if fits else ""

    def _required(self, parameter: str) -> str:
        value = self._get_request_param(parameter)
        if not value:
            raise LaunchIncomplete(parameter=parameter)
        return value
