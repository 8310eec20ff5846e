"""The sandbox's Canvas with an API key, teachers' accounts at its API, and launches from its course."""

import json
import time

import pytest

from lti_tool.lms.account_access import LmsIdentity, OAuthTokens, Transfer
from lti_tool.lms.canvas import scopes
from lti_tool.models import db
from lti_tool.services.delivery.lms_accounts import AccountOwner
from sandbox.lms.canvas_tokens import Authorization
from sandbox.lms.config import API_KEY_ID, API_KEY_SECRET
from tests.support.canvas_sandbox import EVERY_SCOPE, serve_canvas

TOKEN = "stand-in-access-token"
PEOPLE = {"1": ("teacher", "103"), "2": ("teacher2", "104")}
"""Accounts and Canvas user ids of the teachers, by ``sub``."""


def person(sub):
    """Return account and Canvas user id; teachers beyond the sandbox's own share an account there."""
    return PEOPLE.get(sub) or ("teacher", str(1000 + int(sub)))


class CanvasApi:
    """The sandbox's Canvas for tests of the services."""

    def __init__(self, lms):
        self.lms = lms
        self.behaviour = lms.canvas.behaviour
        self.course = lms.canvas
        self.base_url = lms.base_url
        self._count = 0

    @property
    def quizzes(self):
        return self.course.present_quizzes

    def grant(self, sub="1"):
        return {"base_url": self.base_url, "course": "1", "user": person(sub)[1], "placement": ""}

    def launcher(self, services, platform, make_launch, transfer=Transfer.UPLOAD):
        """Set the key, and return a function that makes launches of teachers who have consented."""
        services.api_keys.set(
            platform,
            family="canvas",
            base_url=self.base_url,
            client_id=API_KEY_ID,
            secret=API_KEY_SECRET,
            optional_scopes=scopes.OPTIONAL,
            transfer=transfer,
            insecure=True,
        )

        def launch(sub="1", **values):
            secret = services.vault.encrypt(json.dumps(self.grant(sub)))
            row = make_launch(sub, family="canvas", import_grant_encrypted=secret, **values)
            self.consent(services, row, sub)
            return row

        return launch

    def consent(self, services, launch, sub="1"):
        """Store tokens for the teacher of ``launch``, as a consent does."""
        account, user_id = person(sub)
        self._count += 1
        token, refresh = f"{TOKEN}-{self._count}", f"refresh-{self._count}"
        expires = time.time() + 3600
        self.lms.canvas_tokens.authorizations.append(
            Authorization(API_KEY_ID, account, EVERY_SCOPE, token, refresh, expires)
        )
        owner = AccountOwner(launch.platform_id, launch.lms_user_id, LmsIdentity(self.base_url, user_id))
        services.lms_accounts.save(owner, OAuthTokens(access_token=token, refresh_token=refresh), EVERY_SCOPE)
        db.session.commit()


@pytest.fixture
def canvas_api():
    """The sandbox's Canvas on a port of its own."""
    with serve_canvas() as lms:
        yield CanvasApi(lms)
