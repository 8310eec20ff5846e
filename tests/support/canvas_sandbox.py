"""The sandbox's Canvas on a port of its own, with an API key for the tool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lti_tool.lms.canvas import scopes
from sandbox.lms import LmsConfig, create_lms, lms_of
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET, ApiKey
from sandbox.lms.state import Lms
from sandbox.serve import serve

EVERY_SCOPE = (*scopes.REQUIRED, *scopes.OPTIONAL)


@contextmanager
def serve_canvas(redirect_uris: tuple[str, ...] = ()) -> Iterator[Lms]:
    """Run the sandbox; its key has every scope and allows these redirect URIs."""
    app = create_lms(LmsConfig(canvas_key=ApiKey(API_KEY_ID, API_KEY_SECRET, redirect_uris, scopes=EVERY_SCOPE)))
    with serve(app, "127.0.0.1") as server:
        lms = lms_of(app)
        lms.base_url = server.base_url
        yield lms
