"""What can be wrong with an id_token: signature, audience, clock, message, claims.

The list of the certification guide (§6.1.1: "bad payloads") is here, one leaf a refusal.
"""

from __future__ import annotations

from lti_tool.errors import N_, LaunchError

ASK = N_("Open Examplary again from your course. If it stays so, show this page to the administrator of your LMS.")


class TokenError(LaunchError):
    """The token cannot be trusted or understood."""

    code = "lti.token"
    advice = ASK


class TokenUnreadable(TokenError):
    """Not a signed JWT of JSON objects."""

    code = "lti.token_unreadable"
    sentence = N_("The launch of your LMS is not a signed LTI 1.3 message.")


class AlgorithmRefused(TokenError):
    """Anything but RS256 (Security Framework 1.0 §5.1.3, rule 5)."""

    code = "lti.algorithm"
    sentence = N_("Your LMS signed the launch in a way that is not allowed. It must use RS256.")


class KeyIdMissing(TokenError):
    """No ``kid`` in the token's header."""

    code = "lti.kid_missing"
    sentence = N_("Your LMS does not say with which key it signed the launch (kid).")


class KeyUnknown(TokenError):
    """The platform's key set, fetched anew, has no such key."""

    code = "lti.kid_unknown"
    sentence = N_("The key with which the launch was signed is not among the public keys of your LMS.")
    advice = N_(
        "Try again in a minute. If it stays so, ask the administrator whether the public keyset URL belongs to this "
        "LMS: production, beta and test sites have their own."
    )


class KeyTooWeak(TokenError):
    """An RSA key below 2048 bits."""

    code = "lti.key_too_weak"
    sentence = N_("The key of your LMS is too short to be trusted. It must have 2048 bits or more.")


class SignatureWrong(TokenError):
    """The signature does not fit the key."""

    code = "lti.signature"
    sentence = N_("The signature of the launch does not fit the key of your LMS.")


class WrongIssuer(TokenError):
    """``iss`` is another one than that of the login."""

    code = "lti.issuer"
    sentence = N_("The launch comes from another LMS than the login did.")
    advice = N_("Ask the administrator to compare the platform ID (issuer) on both sides: every character counts.")


class WrongAudience(TokenError):
    """``aud`` lacks our client id or names somebody whom we do not know; or ``azp`` is not us."""

    code = "lti.audience"
    sentence = N_("The launch of your LMS is meant for another tool or another registration.")
    advice = N_("Ask the administrator to compare the client ID on both sides.")


class TokenExpired(TokenError):
    """``exp`` is past, by more than the leeway."""

    code = "lti.token_expired"
    sentence = N_("The launch ran out %(seconds)d seconds ago.")
    advice = N_(
        "Open Examplary again from your course. If it happens each time, the clock of your LMS and the clock of "
        "Examplary's server differ: ask both administrators to set theirs by network time (NTP)."
    )


class TokenFromFuture(TokenError):
    """``iat`` or ``nbf`` is ahead of our clock, by more than the leeway."""

    code = "lti.token_from_future"
    sentence = N_("By our clock, the launch was signed %(seconds)d seconds in the future.")
    advice = N_(
        "The clock of your LMS and the clock of Examplary's server differ: ask both administrators to set theirs by "
        "network time (NTP)."
    )


class TokenTooOld(TokenError):
    """``iat`` is further back than a launch can take."""

    code = "lti.token_too_old"
    sentence = N_("The launch was signed more than an hour ago.")
    advice = TokenExpired.advice


class NonceWrong(TokenError):
    """The token answers another login than its state."""

    code = "lti.nonce"
    sentence = N_("This launch does not belong to the login that was begun.")
    advice = N_("Open Examplary again from your course, in one tab at a time if it stays so.")


class WrongVersion(TokenError):
    """Another ``version`` than 1.3.0, or a launch in the form of LTI 1.1."""

    code = "lti.version"
    sentence = N_("Your LMS opened Examplary with another version of LTI. Examplary needs LTI 1.3.")
    advice = N_("Ask the administrator of your LMS to register Examplary as an LTI 1.3 tool.")


class VersionMissing(WrongVersion):
    """No ``version``."""

    code = "lti.version_missing"
    sentence = N_("Your LMS does not say with which version of LTI it opened Examplary (version).")


class UnknownMessage(TokenError):
    """A ``message_type`` that this tool did not register for."""

    code = "lti.message_type"
    sentence = N_("Your LMS opened Examplary for something that Examplary does not do.")
    advice = N_(
        "Ask the administrator of your LMS to offer it as a link (LtiResourceLinkRequest) or for selecting content."
    )


class DeploymentUnknown(TokenError):
    """A ``deployment_id`` that nobody has registered, where the operator allows only known ones."""

    code = "lti.deployment_unknown"
    sentence = N_("Examplary is not known to be installed in this part of your LMS.")
    advice = N_("Ask whoever runs Examplary for your school to add this deployment ID.")
    status = 403


class ClaimMissing(TokenError):
    """A claim that the message must have is absent or empty."""

    code = "lti.claim_missing"
    sentence = N_("The launch of your LMS is not complete: it lacks %(claim)s.")


class MessageTypeMissing(ClaimMissing):
    """No ``message_type``."""

    code = "lti.message_type_missing"
    sentence = N_("Your LMS does not say for what it opened Examplary (%(claim)s).")


class RolesMissing(ClaimMissing):
    """No ``roles``: an empty list is fine, no list is not (certification guide §6.1.1)."""

    code = "lti.roles_missing"
    sentence = N_("Your LMS does not say whether you teach in this course (%(claim)s).")


class DeploymentMissing(ClaimMissing):
    """No ``deployment_id``."""

    code = "lti.deployment_missing"
    sentence = N_("Your LMS does not say where in it Examplary was installed (%(claim)s).")


class LinkMissing(ClaimMissing):
    """No ``id`` of the ``resource_link``."""

    code = "lti.resource_link_missing"
    sentence = N_("Your LMS does not say from which link it opened Examplary (%(claim)s).")


class UserMissing(ClaimMissing):
    """No ``sub``: an anonymous launch, which LTI allows and this tool has no use for."""

    code = "lti.user_missing"
    sentence = N_("Your LMS does not say who you are (%(claim)s).")
    advice = N_("Sign in to your LMS and open Examplary again from your course. Guests cannot use it.")


class ClaimMalformed(TokenError):
    """A claim has another type, or is longer, than the specification says."""

    code = "lti.claim_malformed"
    sentence = N_("Something in the launch of your LMS is not as LTI says: %(claim)s.")


class ReturnAddressUnsafe(TokenError):
    """``deep_link_return_url`` is not a whole address with https."""

    code = "lti.return_address"
    sentence = N_("Your LMS did not give a safe address to which content can be returned.")
    advice = N_("Ask the administrator whether the LMS runs with https and knows its own address.")
