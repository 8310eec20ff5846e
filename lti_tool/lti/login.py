"""The login that an LMS begins (Security Framework 1.0 §5.1.1): PyLTI1p3's, with our own state and nonce.

What is ours (facts: pylti1p3 §2.4): the registration is found by issuer and client; state, nonce and the browser's
proof are random and live in one row; an authorization address may have a query of its own; nothing is put in a
session; ``login_hint`` and ``lti_message_hint`` go back as they came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from sqlalchemy import Connection

from lti_tool.lti.launch_message import reject_lti_1p1
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import storable
from lti_tool.lti.protocol.errors import LoginIncomplete
from lti_tool.lti.pylti1p3_adapters import FormRequest, NoCookies, NoSession
from lti_tool.lti.store import logins
from lti_tool.lti.store.logins import BrowserProof, proof_name
from lti_tool.lti.store.tool_conf import PlatformRegistration, ToolConf
from lti_tool.models import connection, retry_on_conflict

TARGET_LENGTH = 2000
ALWAYS = "scope=openid&response_type=id_token&response_mode=form_post&prompt=none"
"""What every authentication request says."""


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where the browser goes next, and what it must bring back.

    Set ``cookie`` as Secure; HttpOnly; SameSite=None; Partitioned; path ``/lti/``. If ``storage_target`` is not
    empty, also put it into the platform's storage (``lti.put_data`` to that frame, at ``storage_origin``) before going.
    """

    url: str
    state: str
    cookie: BrowserProof
    storage_target: str = ""
    storage_origin: str = ""


@retry_on_conflict
def begin_login(
    params: Mapping[str, str], *, redirect_uri: str, lifetime: timedelta, handover_id: str = ""
) -> LoginRedirect:
    """Begin a login from the parameters of a GET or a POST.

    ``redirect_uri`` is the one that is registered; ``lifetime`` is how long the person may take to sign in;
    ``handover_id`` names the frame that waits for the launch, if it is made in a window of its own. Raises
    :class:`LoginIncomplete`, :class:`UnknownPlatform`, :class:`ClientIdNeeded` or :class:`PlatformInactive`.
    """
    reject_lti_1p1(params)
    with connection() as rows:
        begun = _Login(params, rows).begin(redirect_uri, lifetime, handover_id)
        rows.commit()
    return begun


def resume_login(params: Mapping[str, str], cookies: Mapping[str, str], *, state: str, redirect_uri: str) -> str:
    """Return the address at the LMS for a login that was begun with ``params``, if this browser kept its proof.

    Raises :class:`ProofMissing` or :class:`ProofWrong` if it did not, :class:`LaunchUsed` if the login is over, and
    what :func:`begin_login` raises.
    """
    with connection() as rows:
        return _Login(params, rows).resume(state, cookies.get(proof_name(state), ""), redirect_uri)


class _Login(OIDCLogin[FormRequest, ToolConf, NoSession, NoCookies, str]):
    def __init__(self, params: Mapping[str, str], rows: Connection) -> None:
        super().__init__(
            request=FormRequest(params),
            tool_config=ToolConf(rows),
            session_service=NoSession(),
            cookie_service=NoCookies(),
        )
        self._rows = rows

    def begin(self, redirect_uri: str, lifetime: timedelta, handover_id: str) -> LoginRedirect:
        registration = self.validate_oidc_login()
        target = self._get_request_param("target_link_uri")
        storage = logins.storage_target(self._get_request_param("lti_storage_target"))
        begun = logins.begin(
            self._rows,
            registration.facts.id,
            target_link_uri=target if storable(target) and len(target) <= TARGET_LENGTH else "",
            storage_target=storage,
            handover_id=handover_id,
            lifetime=lifetime,
        )
        url = self._address(registration, redirect_uri, begun.state, begun.nonce)
        origin = origin_of(registration.facts.authorization_url) if storage else ""
        return LoginRedirect(url, begun.state, begun.proof, storage, origin)

    def resume(self, state: str, proof: str, redirect_uri: str) -> str:
        registration = self.validate_oidc_login()
        nonce = logins.nonce_of(state, proof, registration.facts.id)
        return self._address(registration, redirect_uri, state, nonce)

    def validate_oidc_login(self) -> PlatformRegistration:
        """Find the registration; two names for the deployment are in use (facts: lms-behaviour §1.5)."""
        for parameter in ("iss", "login_hint"):
            value = self._get_request_param(parameter)
            if not value or not storable(value):
                raise LoginIncomplete(parameter=parameter)
        deployment = self._get_request_param("lti_deployment_id") or self._get_request_param("deployment_id")
        return self._tool_config.find_registration_by_params(
            self._get_request_param("iss"), self._get_request_param("client_id"), deployment_id=deployment
        )

    def get_redirect(self, url: str) -> Redirect[str]:
        """Refuse: redirects are HTTP, and HTTP is done by the pages."""
        raise NotImplementedError

    def _address(self, registration: PlatformRegistration, redirect_uri: str, state: str, nonce: str) -> str:
        """Return the authentication request (Security Framework 1.0 §5.1.1.2)."""
        parameters = {
            "client_id": registration.facts.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        hint = self._get_request_param("lti_message_hint")
        return _join(registration.facts.authorization_url, parameters | ({"lti_message_hint": hint} if hint else {}))


def _join(address: str, parameters: Mapping[str, str]) -> str:
    """Append to an address that may have a query of its own."""
    separator = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{separator}{ALWAYS}&{urlencode(parameters, errors='replace')}"
