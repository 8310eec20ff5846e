"""Errors of an id_token: signature, audience, times, message, claims.

Each bad payload of the certification guide (§6.1.1) has its own subclass.
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError

ASK = N_("Open Examplary again from your course. If it keeps happening, show this page to your LMS administrator.")


class TokenError(LaunchError):
    """The token can't be trusted or understood."""

    code = "lti.token"
    advice = ASK


class TokenUnreadable(TokenError):
    """Not a signed JWT of JSON objects."""

    code = "lti.token_unreadable"
    sentence = N_("Your LMS's launch is not a signed LTI 1.3 message.")


class AlgorithmRefused(TokenError):
    """Anything but RS256 (Security Framework 1.0 §5.1.3, rule 5)."""

    code = "lti.algorithm"
    sentence = N_("Your LMS signed the launch with an algorithm that isn't allowed. It must use RS256.")


class KeyIdMissing(TokenError):
    """No ``kid`` in the token's header."""

    code = "lti.kid_missing"
    sentence = N_("Your LMS doesn't say which key signed the launch (kid).")


class KeyUnknown(TokenError):
    """The platform's key set has no such key, even after a fresh download."""

    code = "lti.kid_unknown"
    sentence = N_("The key that signed the launch is not among your LMS's public keys.")
    advice = N_(
        "Try again in a minute. If it keeps happening, ask your LMS administrator whether the "
        "public keyset URL belongs to this LMS: production, beta and test sites each have their "
        "own."
    )


class KeyTooWeak(TokenError):
    """An RSA key below 2048 bits."""

    code = "lti.key_too_weak"
    sentence = N_("Your LMS's key is too short to be trusted. It must have at least 2048 bits.")


class SignatureWrong(TokenError):
    """The signature does not match the key."""

    code = "lti.signature"
    sentence = N_("The launch's signature doesn't match your LMS's key.")


class WrongIssuer(TokenError):
    """``iss`` differs from the login's issuer."""

    code = "lti.issuer"
    sentence = N_("The launch comes from a different LMS than the login.")
    advice = N_(
        "Ask your LMS administrator to compare the platform ID (issuer) on both sides; they must match exactly."
    )


class WrongAudience(TokenError):
    """``aud`` lacks our client id or names others as well; or ``azp`` is not our client id."""

    code = "lti.audience"
    sentence = N_("Your LMS's launch is meant for another tool or another registration.")
    advice = N_("Ask your LMS administrator to compare the client ID on both sides.")


class TokenExpired(TokenError):
    """``exp`` has passed by more than the leeway."""

    code = "lti.token_expired"
    sentence = N_("The launch expired %(seconds)d s ago.")
    advice = N_(
        "Open Examplary again from your course. If it happens every time, the clocks of your LMS "
        "and of Examplary's server differ: ask both administrators to set them by network time "
        "(NTP)."
    )


class TokenFromFuture(TokenError):
    """``iat`` or ``nbf`` is ahead of our clock, by more than the leeway."""

    code = "lti.token_from_future"
    sentence = N_("By our clock, the launch was signed %(seconds)d s in the future.")
    advice = N_(
        "The clocks of your LMS and of Examplary's server differ: ask both administrators to set "
        "them by network time (NTP)."
    )


class TokenTooOld(TokenError):
    """``iat`` is older than any launch takes."""

    code = "lti.token_too_old"
    sentence = N_("The launch was signed more than an hour ago.")
    advice = TokenExpired.advice


class NonceWrong(TokenError):
    """The token belongs to another login than its state."""

    code = "lti.nonce"
    sentence = N_("This launch doesn't match the login that was started.")
    advice = N_("Open Examplary again from your course. If it keeps happening, use one tab at a time.")


class WrongVersion(TokenError):
    """A ``version`` other than 1.3.0, or an LTI 1.1 launch."""

    code = "lti.version"
    sentence = N_("Your LMS opened Examplary with another version of LTI. Examplary needs LTI 1.3.")
    advice = N_("Ask your LMS administrator to register Examplary as an LTI 1.3 tool.")


class VersionMissing(WrongVersion):
    """No ``version``."""

    code = "lti.version_missing"
    sentence = N_("Your LMS doesn't say which version of LTI it uses (version).")


class UnknownMessage(TokenError):
    """A ``message_type`` that this tool did not register for."""

    code = "lti.message_type"
    sentence = N_("Your LMS opened Examplary for a purpose that Examplary doesn't support.")
    advice = N_(
        "Ask your LMS administrator to offer Examplary as a link (LtiResourceLinkRequest) or for selecting content."
    )


class DeploymentUnknown(TokenError):
    """An unknown ``deployment_id``, if the operator allows only known ones."""

    code = "lti.deployment_unknown"
    sentence = N_("We don't recognise this installation of Examplary in your LMS.")
    advice = N_("Ask the person who runs Examplary at your school to add the deployment ID %(deployment)s.")
    status = 403


class ClaimMissing(TokenError):
    """A claim that the message must have is absent or empty."""

    code = "lti.claim_missing"
    sentence = N_("Your LMS's launch is incomplete: %(claim)s is missing.")


class MessageTypeMissing(ClaimMissing):
    """No ``message_type``."""

    code = "lti.message_type_missing"
    sentence = N_("Your LMS doesn't say why it opened Examplary (%(claim)s).")


class RolesMissing(ClaimMissing):
    """No ``roles``: an empty list is fine, no list is not (certification guide §6.1.1)."""

    code = "lti.roles_missing"
    sentence = N_("Your LMS doesn't say whether you teach in this course (%(claim)s).")


class DeploymentMissing(ClaimMissing):
    """No ``deployment_id``."""

    code = "lti.deployment_missing"
    sentence = N_("Your LMS doesn't say where Examplary is installed (%(claim)s).")


class LinkMissing(ClaimMissing):
    """No ``id`` of the ``resource_link``."""

    code = "lti.resource_link_missing"
    sentence = N_("Your LMS doesn't say which link opened Examplary (%(claim)s).")


class UserMissing(ClaimMissing):
    """No ``sub``: LTI allows anonymous launches, this tool does not."""

    code = "lti.user_missing"
    sentence = N_("Your LMS doesn't say who you are (%(claim)s).")
    advice = N_("Sign in to your LMS and open Examplary again from your course. Guests can't use it.")


class ClaimMalformed(TokenError):
    """A claim has the wrong type or is too long."""

    code = "lti.claim_malformed"
    sentence = N_("Something in your LMS's launch doesn't follow the LTI standard: %(claim)s.")


class ReturnAddressUnsafe(TokenError):
    """``deep_link_return_url`` is not an absolute https URL."""

    code = "lti.return_address"
    sentence = N_("Your LMS gave no secure address for returning content.")
    advice = N_("Ask your LMS administrator to check that the LMS uses https and knows its own address.")
