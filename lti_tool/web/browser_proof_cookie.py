"""The cookie that proves the browser: the only one there is, and only between login and launch."""

from __future__ import annotations

from werkzeug.wrappers import Response

from lti_tool.lti import BrowserProof, proof_name

PATH = "/lti/"

# Written here: name and value have only characters that need no quotes, and the rest is always the same.
_ATTRIBUTES = f"Secure; HttpOnly; Path={PATH}; SameSite=None; Partitioned"
_OVER = "Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0"


def set_proof(response: Response, proof: BrowserProof) -> None:
    """Partitioned: kept for this frame in this LMS even where third-party cookies are blocked (facts: moodle-live)."""
    response.headers.add("Set-Cookie", f"{proof.name}={proof.value}; Max-Age={proof.max_age}; {_ATTRIBUTES}")


def take_back_proof(response: Response, state: str) -> None:
    """Forget the proof of a login that is over."""
    response.headers.add("Set-Cookie", f"{proof_name(state)}=; {_OVER}; {_ATTRIBUTES}")
