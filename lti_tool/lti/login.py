"""The OIDC login that an LMS initiates (Security Framework 1.0 §5.1.1), based on PyLTI1p3's.

Changed from PyLTI1p3 (see docs/reference/pylti1p3.md#extension-points): the registration is found by issuer and client;
the state is a signed token and the nonce random; an authorization URL may have a query; nothing is stored in a session
or in the database; ``login_hint`` and ``lti_message_hint`` are returned unmodified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from sqlalchemy import Connection, select

from lti_tool.errors import LaunchError
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import storable
from lti_tool.lti.protocol.errors import LaunchUsed, LoginIncomplete
from lti_tool.lti.protocol.launch_message import reject_lti_1p1
from lti_tool.lti.protocol.login_state import BrowserProof, LoginState, LoginStates, proof_name
from lti_tool.lti.protocol.platform_record import PlatformRecord
from lti_tool.lti.pylti1p3_adapters import FormRequest, NoCookies, NoSession
from lti_tool.lti.store import used_states
from lti_tool.lti.store.tool_conf import PlatformRegistration, ToolConf
from lti_tool.models import Platform, connect_for_reading, now

_FIXED_PARAMETERS = "scope=openid&response_type=id_token&response_mode=form_post&prompt=none"
_FRAME_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where the browser goes next, and the proof that it must bring back.

    Set ``cookie`` as Secure; HttpOnly; SameSite=None; Partitioned; path ``/lti/``. If ``storage_target`` is not
    empty, also put it into the platform's storage (``lti.put_data`` to that frame, at ``storage_origin``) before going.
    """

    url: str
    state: str
    cookie: BrowserProof
    storage_target: str = ""
    storage_origin: str = ""


@dataclass(frozen=True, slots=True)
class StorageLookup:
    """How to ask the platform for the proof if the cookie did not come back (``lti.get_data``)."""

    target: str
    """Name of the frame, or ``_parent``; empty: the platform offers no storage."""
    origin: str
    """Origin of the platform's authorization URL, to which the message is posted."""
    key: str


def begin_login(
    params: Mapping[str, str],
    *,
    states: LoginStates,
    redirect_uri: str,
    lifetime: timedelta,
    handover_id: str = "",
) -> LoginRedirect:
    """Begin a login from the parameters of a GET or a POST. Writes nothing.

    ``redirect_uri`` is the registered one; ``lifetime`` limits how long signing in may take; ``handover_id`` names the
    frame that waits for the launch if the login runs in a window. Raises :class:`LoginIncomplete`,
    :class:`UnknownPlatform`, :class:`ClientIdNeeded` or :class:`PlatformInactive`.
    """
    reject_lti_1p1(params)
    login, platform = _read(params)
    storage_target = _frame_name(params.get("lti_storage_target", ""))
    state, contents, proof = states.issue(
        platform.id, lifetime=lifetime, now=now(), storage_target=storage_target, handover_id=handover_id
    )
    url = login.authentication_request(platform, redirect_uri, state, contents.nonce)
    storage_origin = origin_of(platform.authorization_url) if storage_target else ""
    return LoginRedirect(url, state, proof, storage_target, storage_origin)


def resume_login(
    params: Mapping[str, str], cookies: Mapping[str, str], *, states: LoginStates, state: str, redirect_uri: str
) -> str:
    """Return the authentication request for a login begun with ``params``, if this browser kept its proof.

    Raises :class:`ProofMissing` or :class:`ProofWrong` if it did not, :class:`LaunchUsed` if the login is over, and
    the errors of :func:`begin_login`.
    """
    login, platform = _read(params)
    contents = _open_state(states, state)
    if contents is None or contents.platform_id != platform.id:
        raise LaunchUsed
    contents.check(cookies.get(proof_name(state), ""), now())
    return login.authentication_request(platform, redirect_uri, state, contents.nonce)


def storage_lookup(form: Mapping[str, str], cookies: Mapping[str, str], states: LoginStates) -> StorageLookup | None:
    """Return how the browser may still find its proof if its cookie did not come back; ``None`` if it can't."""
    state = form.get("state", "")
    if cookies.get(proof_name(state)) or "error" in form:
        return None
    contents = _open_state(states, state)
    if contents is None:
        return None
    query = select(Platform.authorization_url).where(Platform.id == contents.platform_id)
    with connect_for_reading() as connection:
        authorization_url = connection.scalar(query)
    if authorization_url is None:
        return None
    return StorageLookup(contents.storage_target, origin_of(authorization_url), proof_name(state))


def waiting_handover(form: Mapping[str, str], error: LaunchError, states: LoginStates) -> str:
    """Return the id of the frame that waits for the rejected launch, so that it can be informed; empty: none."""
    if error.handover_id or "error" not in form:
        return error.handover_id
    contents = _open_state(states, form.get("state", ""))
    return contents.handover_id if contents else ""


def _open_state(states: LoginStates, state: str) -> LoginState | None:
    """Return the contents of a state that is valid, has not expired and was not used."""
    try:
        contents = states.read(state)
    except LaunchUsed:
        return None
    if not contents.is_open(now()):
        return None
    with connect_for_reading() as connection:
        return None if used_states.is_used(connection, contents) else contents


def _read(params: Mapping[str, str]) -> tuple[_Login, PlatformRecord]:
    """Return the login request and its platform."""
    with connect_for_reading() as connection:
        login = _Login(params, connection)
        return login, login.validate_oidc_login().platform


def _frame_name(name: str) -> str:
    """Return the name of a frame, such as ``_parent``; empty for anything else."""
    return name if _FRAME_NAME.fullmatch(name) else ""


class _Login(OIDCLogin[FormRequest, ToolConf, NoSession, NoCookies, str]):
    def __init__(self, params: Mapping[str, str], connection: Connection) -> None:
        super().__init__(
            request=FormRequest(params),
            tool_config=ToolConf(connection),
            session_service=NoSession(),
            cookie_service=NoCookies(),
        )

    def validate_oidc_login(self) -> PlatformRegistration:
        """Find the registration; the deployment comes under either of two names.

        See docs/reference/lms-behaviour.md#canvas-launch-and-registration.
        """
        for parameter in ("iss", "login_hint"):
            value = self._get_request_param(parameter)
            if not value or not storable(value):
                raise LoginIncomplete(parameter=parameter)
        deployment = self._get_request_param("lti_deployment_id") or self._get_request_param("deployment_id")
        return self._tool_config.find_registration_by_params(
            self._get_request_param("iss"), self._get_request_param("client_id"), deployment_id=deployment
        )

    def get_redirect(self, url: str) -> Redirect[str]:
        """Not used: redirects are made by the web pages."""
        raise NotImplementedError

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def authentication_request(self, platform: PlatformRecord, redirect_uri: str, state: str, nonce: str) -> str:
        """Return the URL of the authentication request (Security Framework 1.0 §5.1.1.2)."""
        parameters = {
            "client_id": platform.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "nonce": nonce,
            "login_hint": self._get_request_param("login_hint"),
        }
        message_hint = self._get_request_param("lti_message_hint")
        if message_hint:
            parameters["lti_message_hint"] = message_hint
        return _join(platform.authorization_url, parameters)


def _join(url: str, parameters: Mapping[str, str]) -> str:
    """Append ``parameters`` to a URL that may already have a query."""
    separator = "" if url.endswith(("?", "&")) else "&" if "?" in url else "?"
    return f"{url}{separator}{_FIXED_PARAMETERS}&{urlencode(parameters, errors='replace')}"
