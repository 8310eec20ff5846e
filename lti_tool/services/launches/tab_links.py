"""One-time links that open a launch, or one exam of it, in a tab of its own.

A tab has other cookies than the LMS's frame, so it can't show that it belongs to the frame's browser. The frame asks
for a link, which works once and for a minute, and the tab that opens it is bound like a launch of its own. Neither
learns anything from the other: what happened in the tab, the frame asks the server.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import insert, inspect

from lti_tool.errors import N_, AccessError
from lti_tool.lti.protocol.errors import LaunchUsed
from lti_tool.lti.store import used_states
from lti_tool.models import Launch, db, new_id, now, retry_on_conflict
from lti_tool.security.tokens import LinkExpired, LinkSigner, Purpose
from lti_tool.services.launches.access import Access
from lti_tool.services.launches.browser_binding import Binding, LaunchLifetimes

log = structlog.get_logger(__name__)

SECONDS = 60
"""How long a link works."""


class TabLinkOver(AccessError):
    """The link was used, or not in time."""

    code = "access.tab_link_over"
    sentence = N_("This link to a new tab works only once, and only for a minute.")
    advice = N_("Close this tab, go back to your course and open the tab there again.")
    status = 410


@dataclass(frozen=True, slots=True)
class OpenedTab:
    """A tab of a launch, and where it begins."""

    launch_id: str
    path: str
    """Path below the address of the launch."""
    binding: Binding


class TabLinks:
    """Makes and opens one-time links."""

    def __init__(self, tokens: LinkSigner, access: Access, lifetimes: LaunchLifetimes) -> None:
        self._tokens = tokens
        self._access = access
        self._lifetimes = lifetimes

    def code(self, launch: Launch, path: str, *, only_exam_id: str = "") -> str:
        """Return the code of a link to the page ``path`` of ``launch``, or to one exam only."""
        contents = [launch.id, secrets.token_urlsafe(24), path, only_exam_id or launch.only_exam_id]
        return self._tokens.sign(Purpose.TAB, json.dumps(contents))

    def check(self, code: str) -> None:
        """Raise :class:`TabLinkOver` for a link that is too old, or :class:`LinkInvalid`; don't use the link."""
        self._read(code)

    def open(self, code: str, *, keeps_cookies: bool) -> OpenedTab:
        """Use the link and bind the tab that opened it. Commits.

        Raises :class:`TabLinkOver`, or the errors of :meth:`Access.active_launch`.
        """
        launch_id, nonce, path, only_exam_id = self._read(code)
        launch = self._access.active_launch(launch_id)
        binding = self._lifetimes.bind(now(), keeps_cookies=keeps_cookies)
        tab_id = _save(launch, nonce, binding, only_exam_id)
        log.info("tab.opened", launch=launch_id, tab=tab_id, only_exam=only_exam_id, keeps_cookies=keeps_cookies)
        return OpenedTab(tab_id, path, binding)

    def _read(self, code: str) -> tuple[str, str, str, str]:
        try:
            launch_id, nonce, path, only_exam_id = json.loads(self._tokens.read(Purpose.TAB, code, SECONDS))
        except LinkExpired as error:
            raise TabLinkOver from error
        return launch_id, nonce, path, only_exam_id


@retry_on_conflict
def _save(launch: Launch, nonce: str, binding: Binding, only_exam_id: str) -> str:
    """Mark the link as used and store the tab as a launch of its own; return its id. Commits."""
    copied = {column.key: getattr(launch, column.key) for column in inspect(Launch).column_attrs}
    tab = {
        "id": new_id(),
        "created_at": now(),
        "tab_of": launch.tab_of or launch.id,
        "only_exam_id": only_exam_id,
        "browser_hash": binding.browser_hash,
        "expires_at": min(binding.expires_at, launch.expires_at),
        # The frame sends the exam.
        "import_grant_encrypted": None,
    }
    try:
        used_states.use(db.session(), nonce, now() + timedelta(seconds=SECONDS))
    except LaunchUsed as error:
        raise TabLinkOver from error
    db.session.execute(insert(Launch), copied | tab)
    db.session.commit()
    return str(tab["id"])
