"""The launch: PyLTI1p3's order of validation, every step ours (facts: pylti1p3 §2.4, D1 to D13)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

import requests
from pylti1p3.message_launch import MessageLaunch
from sqlalchemy import Connection

from lti_tool.errors import LaunchError
from lti_tool.lti.launch_message import deployment_of, read_message, reject_lti_1p1
from lti_tool.lti.protocol import id_token
from lti_tool.lti.protocol.claim_reading import IDENTIFIER_LENGTH, plain_text, storable
from lti_tool.lti.protocol.claims import DEPLOYMENT_ID
from lti_tool.lti.protocol.errors import (
    LaunchIncomplete,
    LaunchOutdated,
    LaunchUsed,
    NotSignedIn,
    PlatformKeysError,
    PlatformRefused,
)
from lti_tool.lti.protocol.verified_launch import VerifiedLaunch
from lti_tool.lti.pylti1p3_adapters import FormRequest, NoCookies, NoSession
from lti_tool.lti.store import logins
from lti_tool.lti.store.logins import StorageLookup, proof_name
from lti_tool.lti.store.platform_keys import PlatformKeys
from lti_tool.lti.store.tool_conf import ToolConf
from lti_tool.models import now as this_moment

_UNUSED = requests.Session()
"""PyLTI1p3 makes one for each launch, which takes a tenth of a millisecond; :class:`PlatformKeys` fetches the keys."""

_E_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_REFUSALS: Mapping[str, type[LaunchError]] = {
    "login_required": NotSignedIn,
    "interaction_required": NotSignedIn,
    "account_selection_required": NotSignedIn,
    "launch_no_longer_valid": LaunchOutdated,
}


def verify_launch(
    form: Mapping[str, str],
    cookies: Mapping[str, str],
    *,
    rows: Connection,
    keys: PlatformKeys,
    trust_first_deployment: bool,
    administrators_may_author: bool = True,
    stored_proof: str = "",
    now: datetime | None = None,
) -> VerifiedLaunch:
    """Verify what the platform posted to the redirect URI, once; raise a leaf of :class:`LaunchError`.

    Commit ``rows`` once the launch is kept: then its login is used up. A refused launch uses it up at once, unless the
    platform's keys could not be had: then the same launch may be posted again.

    ``stored_proof`` is the browser's proof out of the platform's storage, for browsers whose cookie did not come
    back. Pass it only from a request whose ``Origin`` is our own: any other page could have made it up.
    """
    reject_lti_1p1(form)
    _refuse_errors(form)
    launch = _Launch(
        form,
        cookies,
        rows=rows,
        keys=keys,
        conf=ToolConf(rows, trust_first_deployment=trust_first_deployment),
        administrators_may_author=administrators_may_author,
        stored_proof=stored_proof,
        now=now or this_moment(),
    )
    return launch.verified()


def storage_lookup(form: Mapping[str, str], cookies: Mapping[str, str]) -> StorageLookup | None:
    """Return how the browser may still find its proof, if its cookie did not come back. Uses nothing up."""
    state = form.get("state", "")
    if cookies.get(proof_name(state)) or "error" in form:
        return None
    return logins.storage_lookup(state)


def waiting_handover(form: Mapping[str, str], refusal: LaunchError) -> str:
    """Return which frame waits for the launch that was refused, and must hear of it; empty if none does."""
    return refusal.handover_id or (logins.handover_of(form.get("state", "")) if "error" in form else "")


def _refuse_errors(form: Mapping[str, str]) -> None:
    """Put the platform's own refusal into plain words; its text goes to the log only."""
    if "error" in form:
        code = plain_text(form["error"], 60)
        description = _E_MAIL.sub("…", plain_text(form.get("error_description", ""), 200))
        raise _REFUSALS.get(code, PlatformRefused)(f"platform says {code!r}: {description!r}")


class _Launch(MessageLaunch[FormRequest, ToolConf, NoSession, NoCookies]):
    """Each step keeps PyLTI1p3's name and place; :meth:`validate` runs them in its order."""

    _login: logins.OpenLogin
    _token: id_token.Unverified
    _verified: VerifiedLaunch

    def __init__(
        self,
        form: Mapping[str, str],
        cookies: Mapping[str, str],
        *,
        rows: Connection,
        keys: PlatformKeys,
        conf: ToolConf,
        administrators_may_author: bool,
        stored_proof: str,
        now: datetime,
    ) -> None:
        super().__init__(
            request=FormRequest(form),
            tool_config=conf,
            session_service=NoSession(),
            cookie_service=NoCookies(),
            requests_session=_UNUSED,
        )
        self.set_auto_validation(enable=False)
        self._cookies, self._stored_proof = cookies, stored_proof
        self._rows, self._keys, self._now = rows, keys, now
        self._administrators_may_author = administrators_may_author
        self._handover_id = ""

    def verified(self) -> VerifiedLaunch:
        """Run all steps and return the launch."""
        try:
            self.validate()
        except PlatformKeysError as failure:
            failure.handover_id = self._handover_id
            raise
        except LaunchError as refusal:
            refusal.handover_id = refusal.handover_id or self._handover_id
            self._give_up()
            raise
        return self._verified

    def _give_up(self) -> None:
        """Use the login of a refused launch up; nothing else that was written stays."""
        self._rows.rollback()
        with suppress(LaunchUsed):
            logins.use_up(self._rows, self._get_request_param("state"))
        self._rows.commit()

    def validate_state(self) -> _Launch:
        """Find the login, and ask for this browser's proof (D8). What the token names is looked up along with it."""
        state = self._needed("state")
        self._token = id_token.parse(self._needed("id_token"))
        proof = self._cookies.get(proof_name(state), "") or self._stored_proof
        named = {"deployment_id": self._named(DEPLOYMENT_ID), "sub": self._named("sub")}
        self._login = logins.find(self._rows, state, proof, self._now, **named)
        self._handover_id = self._login.handover_id
        self._tool_config.hold(self._login.platform, self._login.deployment_id)
        return self

    def validate_jwt_format(self) -> _Launch:
        """Nothing is left to do: the token was taken apart, and not believed, when its login was looked for (D13)."""
        return self

    def validate_nonce(self) -> _Launch:
        """Bind the token to this very login (D4)."""
        id_token.check_nonce(self._token.claims, self._login.nonce)
        return self

    def get_iss(self) -> str:
        """Return the issuer of the login, not what the token says of itself."""
        return self._login.platform.issuer

    def get_client_id(self) -> str:
        """Return the client of the login, not ``aud[0]`` (D7)."""
        return self._login.platform.client_id

    def validate_jwt_signature(self) -> _Launch:
        """Check by whom, for whom and when the token was made, and that it was (D5 to D7, D10 to D12).

        The signature comes last: a token of the beta site then says "another LMS", not "unknown key".
        """
        platform = self._login.platform
        id_token.check_claims(self._token.claims, issuer=platform.issuer, client_id=platform.client_id, now=self._now)
        key = self._keys.find(platform.jwks_url, self._token.kid)
        id_token.check_signature(self._get_request_param("id_token"), key)
        return self

    def validate_message(self) -> _Launch:
        """Read the claims by our own table (D2, D16): PyLTI1p3 refuses Canvas's migration launches."""
        self._verified = read_message(
            self._token.claims, self._login, administrators_may_author=self._administrators_may_author
        )
        return self

    def save_launch_data(self) -> _Launch:
        """Use the login up (D1, D3). Nothing is kept here (D9): services keep the minimum in a row."""
        logins.use_up(self._rows, self._get_request_param("state"))
        return self

    def _get_deployment_id(self) -> str:
        return deployment_of(self._token.claims)

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def _named(self, claim: str) -> str:
        """Return an id that the token names, if a column can hold it; the claims themselves are checked later."""
        value = self._token.claims.get(claim)
        fits = isinstance(value, str) and len(value) <= IDENTIFIER_LENGTH and storable(value)
        return str(value) if fits else ""

    def _needed(self, parameter: str) -> str:
        value = self._get_request_param(parameter)
        if not value:
            raise LaunchIncomplete(parameter=parameter)
        return value
