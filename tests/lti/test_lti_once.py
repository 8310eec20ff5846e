"""Concurrent posts of the same launch: exactly one opens."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from lti_tool.lti import ToolKeys
from lti_tool.lti.protocol.errors import LaunchUsed
from lti_tool.models import Deployment, ToolKey, db, now
from tests.lti.conftest import verified
from tests.support.databases import DATABASES
from tests.support.threads import run_at_once

THREADS = 8


@pytest.fixture(params=DATABASES)
def database_url(request, empty_database):
    """``DELETE … RETURNING`` and unique keys must do it on every database."""
    return empty_database(request.param)


def at_once(app, work):
    """Call ``work(index)`` in eight threads at once; return the result or refusal of each."""

    def run(index):
        with app.app_context():
            try:
                return work(index)
            except LaunchUsed as refusal:
                return refusal
            finally:
                db.session.remove()

    return run_at_once([partial(run, index) for index in range(THREADS)])


def test_one_token_posted_by_eight_threads_opens_once(app, lms):
    form = lms.form()
    db.session.remove()
    results = at_once(app, lambda _: verified(form, lms.cookies, keys=lms.keys, trust_first_deployment=False))
    assert sum(not isinstance(result, LaunchUsed) for result in results) == 1


def test_eight_first_launches_record_one_deployment(app, lms, jwks_server):
    forms = [lms.form(deployment_id="new", sub=str(index)) for index in range(THREADS)]
    db.session.remove()
    results = at_once(
        app,
        lambda index: verified(forms[index], lms.cookies, keys=lms.keys, trust_first_deployment=True),
    )
    assert sorted(result.sub for result in results) == [str(index) for index in range(THREADS)]
    assert db.session.query(Deployment).filter_by(deployment_id="new").count() == 1
    assert len(jwks_server.requests) == 1


def test_one_of_eight_machines_rotates_the_key(app, tool_keys):
    tool_keys.ensure()
    long_ago = now() - timedelta(days=91)
    db.session.execute(db.update(ToolKey).values(state_since=long_ago))
    db.session.commit()
    machines = [ToolKeys(tool_keys._vault) for _ in range(THREADS)]
    db.session.remove()
    kids = at_once(app, lambda index: machines[index].maintain(timedelta(days=90)))
    assert sum(bool(kid) for kid in kids) == 1
    (kid,) = filter(None, kids)
    states = {row.kid: row.state for row in db.session.query(ToolKey)}
    assert states.pop(kid) == "active"
    # Several may have created the next key at the same moment; an extra key is harmless.
    assert sorted(set(states.values())) == ["next", "retired"]
    assert list(states.values()).count("retired") == 1
    assert {machine.signing_key()[0] for machine in machines} == {kid}
