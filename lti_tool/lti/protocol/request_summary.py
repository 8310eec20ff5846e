"""Summary of a login or launch request, for diagnosing a refusal.

Nothing about the person: no user, name, address, role or hint. Values from a token are not verified here.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from lti_tool.errors import LaunchError
from lti_tool.lti.protocol import id_token
from lti_tool.lti.protocol.addresses import origin_of
from lti_tool.lti.protocol.claim_reading import plain_text
from lti_tool.lti.protocol.claims import DEEP_LINKING_SETTINGS, DEPLOYMENT_ID, MESSAGE_TYPE, TARGET_LINK_URI, VERSION

MAX_LENGTH = 255


def describe_login(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return what a login request says (Security Framework 1.0 §5.1.1.1)."""
    values = {
        "issuer": parameters.get("iss", ""),
        "client_id": parameters.get("client_id", ""),
        "deployment_id": parameters.get("lti_deployment_id", ""),
        "target": _without_query(parameters.get("target_link_uri", "")),
    }
    return _texts(values)


def describe_launch(form: Mapping[str, str]) -> dict[str, str]:
    """Return what the form and its token say; little if the token can't be parsed."""
    if "error" in form:
        return _texts({"platform_error": form["error"]})
    try:
        token = id_token.parse(form.get("id_token", ""))
    except LaunchError:
        return {}
    claims = token.claims
    values = {
        "issuer": claims.get("iss"),
        "client_id": _audience(claims.get("aud")),
        "deployment_id": claims.get(DEPLOYMENT_ID),
        "message_type": claims.get(MESSAGE_TYPE),
        "version": claims.get(VERSION),
        "target": _without_query(claims.get(TARGET_LINK_URI)),
        "return_host": _return_host(claims),
        "key_id": token.kid,
        "issued_at": claims.get("iat"),
        "expires_at": claims.get("exp"),
    }
    return _texts(values)


def _audience(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _return_host(claims: Mapping[str, object]) -> str:
    """Return scheme and host of the address to which content is returned; empty if there is none."""
    settings = claims.get(DEEP_LINKING_SETTINGS)
    address = settings.get("deep_link_return_url") if isinstance(settings, Mapping) else None
    return origin_of(address) if isinstance(address, str) else ""


def _without_query(value: object) -> str:
    """Return an address without its query, which may name a person."""
    try:
        return urlsplit(str(value or ""))._replace(query="", fragment="").geturl()
    except ValueError:
        return ""


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    texts = {name: plain_text(str(value), MAX_LENGTH) for name, value in values.items() if value not in (None, "")}
    return {name: text for name, text in texts.items() if text}
