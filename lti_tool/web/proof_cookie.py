"""The cookie that proves the browser: the only one there is, and only between login and launch."""

from __future__ import annotations

from werkzeug.wrappers import Response

from lti_tool.lti import BrowserProof, proof_name

PATH = "/lti/"


def set_proof(response: Response, proof: BrowserProof) -> None:
    """Partitioned: kept for this frame in this LMS even where third-party cookies are blocked (facts: moodle-live)."""
    response.set_cookie(
        proof.name,
        proof.value,
        max_age=proof.max_age,
        path=PATH,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def take_back_proof(response: Response, state: str) -> None:
    """Forget the proof of a login that is over."""
    response.delete_cookie(proof_name(state), path=PATH, secure=True, httponly=True, samesite="None", partitioned=True)
