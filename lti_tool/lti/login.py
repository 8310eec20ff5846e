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

from lti_tool.lti import logins
from lti_tool.lti.addresses import origin_of
from lti_tool.lti.errors import LoginIncomplete
from lti_tool.lti.logins import BrowserProof
from lti_tool.lti.message import refuse_lti_1p1
from lti_tool.lti.pylti import FormRequest, NoCookies, NoSession
from lti_tool.lti.reading import storable
from lti_tool.lti.tool_conf import PlatformRegistration, ToolConf

TARGET_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where the browser goes next, and what it must bring back.

    Set ``cookie`` as Secure; HttpOnly; SameSite=None; Partitioned; path ``/lti/``. If ``storage_target`` is not
    empty, also put it into the platform's storage (``lti.put_data`` to that frame, at ``storage_origin``) before going.
    """

    url: str
    cookie: BrowserProof
    storage_target: str = ""
    storage_origin: str = ""


def begin_login(params: Mapping[str, str], *, redirect_uri: str, lifetime: timedelta) -> LoginRedirect:
    """Begin a login from the parameters of a GET or a POST.

    ``redirect_uri`` is the one that is registered; ``lifetime`` is how long the person may take to sign in. Raises
    :class:`LoginIncomplete`, :class:`UnknownPlatform`, :class:`ClientIdNeeded` or :class:`PlatformInactive`.
    """
    refuse_lti_1p1(params)
    return _Login(params, lifetime).begin(redirect_uri)


class _Login(OIDCLogin[FormRequest, ToolConf, NoSession, NoCookies, str]):
    def __init__(self, params: Mapping[str, str], lifetime: timedelta) -> None:
        super().__init__(
            request=FormRequest(params),
            tool_config=ToolConf(),
            session_service=NoSession(),
            cookie_service=NoCookies(),
        )
        self._lifetime = lifetime

    def begin(self, redirect_uri: str) -> LoginRedirect:
        registration = self.validate_oidc_login()
        target = self._get_request_param("target_link_uri")
        storage = logins.storage_target(self._get_request_param("lti_storage_target"))
        begun = logins.begin(
            registration.facts.id,
            target_link_uri=target if storable(target) and len(target) <= TARGET_LENGTH else "",
            storage_target=storage,
            lifetime=self._lifetime,
        )
        address = registration.facts.authorization_url
        url = _join(address, self._authentication_request(registration, redirect_uri, begun))
        return LoginRedirect(url, begun.proof, storage, origin_of(address) if storage else "")

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

    def _authentication_request(
        self, registration: PlatformRegistration, redirect_uri: str, begun: logins.BegunLogin
    ) -> dict[str, str]:
        """Return the parameters of the authentication request (Security Framework 1.0 §5.1.1.2)."""
        parameters = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": registration.facts.client_id,
            "redirect_uri": redirect_uri,
            "state": begun.state,
            "nonce": begun.nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        hint = self._get_request_param("lti_message_hint")
        return parameters | ({"lti_message_hint": hint} if hint else {})


def _join(address: str, parameters: Mapping[str, str]) -> str:
    """Append to an address that may have a query of its own."""
    separator = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return address + separator + urlencode(parameters, errors="replace")
