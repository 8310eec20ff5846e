"""Tidy what an administrator pasted, where its meaning is clear; the rest is left for the checks to refuse."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from lti_tool.lms import plugins
from lti_tool.lti.protocol.addresses import origin_of

ADDRESSES = ("authorization_url", "jwks_url", "token_url")
"""Columns with addresses of the LMS."""
_AROUND = " \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff\"'`“”„‘’«»<>,;"
"""Characters around a pasted value that belong to no value: blanks, invisible ones, quotes, brackets, separators."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Invisible characters, which no value of an LMS contains."""
_LABEL = re.compile(r"^[A-Za-z][A-Za-z /()-]{2,40}:\s+(?=\S)")
"""A label that was copied with its value, such as ``Platform ID: https://…``."""
_KNOWN_LABEL = re.compile(
    r"^(lti[ _-]?1\.3 )?((client|platform|deployment)[ _-]?id|issuer|client|deployment|public key ?set( url)?|"
    r"access token url|authentication request url|api key|colou?r)\s*[:=]\s*(?=\S)(?!//)",
    re.IGNORECASE,
)
"""The same without a blank after the colon."""
_HOST_LIKE = re.compile(r"(?=[^/]*\.)[A-Za-z0-9.-]+(:\d+)?(/\S*)?")

JSON_NAMES = {
    "issuer": ("issuer", "iss", "platform_id", "platformid"),
    "client_id": ("client_id", "clientid"),
    "authorization_url": (
        "authorization_endpoint",
        "authorization_url",
        "auth_login_url",
        "authenticationrequesturl",
        "auth_url",
        "oidc_auth_url",
        "authorize_url",
    ),
    "jwks_url": ("jwks_uri", "jwks_url", "key_set_url", "keyset_url", "publickeyseturl", "public_keyset_url"),
    "token_url": ("token_endpoint", "token_url", "auth_token_url", "accesstokenurl", "access_token_url"),
    "token_audience": ("token_audience", "auth_audience", "audience"),
    "deployment_id": ("deployment_id", "deploymentid"),
}
"""Names by which configurations call our columns (OpenID Connect Discovery, PyLTI1p3's files, pages of LMSs)."""


def tidy_values(values: Mapping[str, str]) -> dict[str, str]:
    """Return the pasted values of a registration in the form in which an LMS sends them.

    A whole JSON in any field fills the empty ones. An issuer with ``http`` gets ``https`` if the login address of the
    same host has it: an LTI 1.3 platform uses TLS (Security Framework 1.0 §3).
    """
    documents = {name: document for name, text in values.items() if (document := _json_object(text)) is not None}
    tidied = {name: "" if name in documents else tidy_text(text) for name, text in values.items()}
    for document in documents.values():
        tidied |= {name: text for name, text in _from_json(document).items() if not tidied.get(name)}
    tidied |= {name: _address(tidied[name]) for name in ("issuer", *ADDRESSES) if name in tidied}
    if "issuer" in tidied:
        tidied["issuer"] = tidy_issuer(tidied["issuer"], tidied.get("family", ""), tidied.get("authorization_url", ""))
    return tidied


def tidy_text(text: str) -> str:
    """Return a value without surrounding blanks, quotes and brackets, a label, or invisible characters."""
    tidied = without_invisible(text).strip(_AROUND)
    return _KNOWN_LABEL.sub("", _LABEL.sub("", tidied)).strip(_AROUND)


def tidy_address(text: str) -> str:
    """Return a pasted address with its scheme."""
    return _address(tidy_text(text))


def without_invisible(text: str) -> str:
    """Return ``text`` without invisible characters."""
    return _INVISIBLE.sub("", text)


def tidy_issuer(issuer: str, family: str, authorization_url: str = "") -> str:
    """Return an issuer without the slash and the page that belong to no issuer of its family.

    Of another family a slash at the end may be meant: it stays.
    """
    secure = issuer.replace("http://", "https://", 1)
    if issuer.startswith("http://") and origin_of(authorization_url) == origin_of(secure):
        issuer = secure
    family = family or _family_of(authorization_url)
    if family not in {plugin.family for plugin in plugins()} - {"generic"}:
        return issuer
    for page in ("/mod/lti/", "/login/", "/admin/", "/my/", "/course/"):
        issuer = issuer.partition(page)[0] if family == "moodle" else issuer
    return issuer.rstrip("/")


def _family_of(authorization_url: str) -> str:
    return "moodle" if authorization_url.endswith("/mod/lti/auth.php") else ""


def _address(text: str) -> str:
    if _HOST_LIKE.fullmatch(text):
        return f"https://{text}"
    scheme, separator, rest = text.partition("://")
    if separator and scheme.lower() in ("http", "https"):
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.lower()}{slash}{path}"
    return text


def _json_object(text: str) -> dict[str, object] | None:
    start = text.strip()[:1]
    if start != "{":
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _from_json(document: dict[str, object]) -> dict[str, str]:
    """Return our columns from a configuration, or from PyLTI1p3's file with one issuer."""
    if len(document) == 1 and isinstance(next(iter(document.values())), (dict, list)):
        issuer, inner = next(iter(document.items()))
        inner = inner[0] if isinstance(inner, list) and inner else inner
        document = {"issuer": issuer, **(inner if isinstance(inner, dict) else {})}
    named_values = {re.sub(r"[^a-z_]", "", str(name).lower()): value for name, value in document.items()}
    values = {}
    for column, names in JSON_NAMES.items():
        value = next((named_values[name] for name in names if isinstance(named_values.get(name), (str, int))), None)
        if value is not None and not isinstance(value, bool):
            values[column] = tidy_text(str(value))
    return values
