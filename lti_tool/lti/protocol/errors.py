"""Errors before a token is read: of the login, the platform, the browser, and the platform's keys.

Errors of the token itself are in :mod:`lti_tool.lti.protocol.token_errors`. Details name the issuer and the client for
the log; they never hold a state, a token or a person.

::

    LaunchError
    ├── LoginIncomplete, UnknownPlatform, ClientIdNeeded, PlatformInactive      the LMS begins a login
    ├── NotSignedIn, LaunchOutdated, PlatformRefused                            the LMS rejects the login
    ├── LaunchIncomplete, LaunchUsed, LaunchExpired, ProofMissing, ProofWrong   the browser comes back
    ├── KeysUnreachable, KeysUnreadable                                         the LMS's keys
    └── TokenError …                                                            lti_tool.lti.protocol.token_errors
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError


class LoginIncomplete(LaunchError):
    """The login request lacks ``iss`` or ``login_hint`` (Security Framework 1.0 §5.1.1.1)."""

    code = "lti.login_incomplete"
    sentence = N_("Examplary was opened without the information that an LMS sends (%(parameter)s is missing).")
    advice = N_("Open Examplary from your course, not from a bookmark or a copied address.")


class UnknownPlatform(LaunchError):
    """This issuer is not registered with this client id."""

    code = "lti.unknown_platform"
    sentence = N_("This LMS isn't registered with Examplary yet.")
    advice = N_(
        "Ask your LMS administrator to register Examplary, or to check that the platform ID "
        "(issuer) and client ID match the registration exactly."
    )
    status = 403


class ClientIdNeeded(LaunchError):
    """Several registrations share the issuer, and the login names no client."""

    code = "lti.client_id_needed"
    sentence = N_("Your LMS didn't say which registration of Examplary it uses.")
    advice = N_("Ask your LMS administrator to send the client ID with the login (parameter client_id).")


class PlatformInactive(LaunchError):
    """The registration is switched off, or not yet activated."""

    code = "lti.platform_inactive"
    sentence = N_("This LMS's registration is not active.")
    advice = N_("Ask the person who runs Examplary at your school to activate it.")
    status = 403


class DeploymentInactive(PlatformInactive):
    """The deployment is switched off, while the registration is active."""

    code = "lti.deployment_inactive"


class NotSignedIn(LaunchError):
    """``login_required`` from the platform: Canvas says "Must have an active user session".

    Either the session in the LMS has expired, or the browser withholds the LMS's own cookies because the LMS is
    embedded in another site. A teacher can't move a tool dialog into another tab, but they can open the LMS in one.
    """

    code = "lti.not_signed_in"
    sentence = N_("Your LMS says you're not signed in.")
    advice = N_(
        "Reload your course page, sign in if you're asked to, and open Examplary again. If you're "
        "already signed in, allow cookies for your LMS's address in this browser. If your LMS is "
        "shown inside another site, open it in a separate tab and start there."
    )
    status = 401


class LaunchOutdated(LaunchError):
    """``launch_no_longer_valid`` from the platform: its own part of the launch was used or has expired."""

    code = "lti.launch_outdated"
    sentence = N_("Your LMS says this launch has expired or was already used.")
    advice = N_("Reload the page of your course and open Examplary again.")


class PlatformRefused(LaunchError):
    """Any other ``error`` of OpenID Connect from the platform."""

    code = "lti.platform_refused"
    sentence = N_("Your LMS refused to open Examplary for you.")
    advice = N_(
        "Open it again from your course. If it keeps happening, ask your LMS administrator whether "
        "Examplary is installed in this course and whether its redirect URI is registered exactly."
    )


class LaunchIncomplete(LaunchError):
    """The form lacks ``state`` or ``id_token``."""

    code = "lti.launch_incomplete"
    sentence = N_("Your LMS's launch arrived without %(parameter)s.")
    advice = N_("Open Examplary from your course, not from a bookmark, and don't reload this page.")


class LaunchUsed(LaunchError):
    """The state was used before, or this tool did not issue it."""

    code = "lti.launch_used"
    sentence = N_("This launch was already used, or it took too long.")
    advice = N_("Reloading won't help. Open Examplary again from your course.")


class LaunchExpired(LaunchError):
    """The login has expired."""

    code = "lti.launch_expired"
    sentence = N_("Signing in took too long.")
    advice = N_("Open Examplary again from your course.")


class ProofMissing(LaunchError):
    """The browser did not return the proof of its login: cookies in frames are blocked."""

    code = "lti.cookie_missing"
    sentence = N_("Your browser didn't keep the cookie that Examplary just set.")
    advice = N_(
        "Allow cookies for this site or update your browser. Blocking third-party cookies is fine, "
        "but blocking all cookies isn't. Then open Examplary again from your course."
    )
    status = 403


class ProofWrong(LaunchError):
    """The launch arrived in another browser than the one that began the login."""

    code = "lti.other_browser"
    sentence = N_("This launch was started in another browser.")
    advice = N_("Open Examplary again from your course, in this browser.")
    status = 403


class PlatformKeysError(LaunchError):
    """The platform's keys are not available."""

    code = "lti.keys"
    status = 502


class KeysUnreachable(PlatformKeysError):
    """The platform's key set can't be downloaded and none is cached."""

    code = "lti.keys_unreachable"
    sentence = N_("Examplary couldn't reach your LMS to verify the launch.")
    advice = N_(
        "Try again in a minute. If it keeps happening, ask your LMS administrator to check that "
        "the LMS's public keyset URL is correct and that Examplary's server can reach it."
    )


class KeysUnreadable(PlatformKeysError):
    """The key set URL returned something else."""

    code = "lti.keys_unreadable"
    sentence = N_("Your LMS didn't provide its public keys.")
    advice = N_(
        'Ask your LMS administrator to check the public keyset URL: it must return JSON that begins with "keys".'
    )
