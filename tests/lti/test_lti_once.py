"""Of many who post the same launch at the same moment, one gets in."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from lti_tool.lti import verify_launch
from lti_tool.lti.errors import LaunchUsed
from lti_tool.models import Deployment, db
from tests.databases import NAMES, drop_database, make_database, reachable

THREADS = 8


@pytest.fixture(params=NAMES)
def database_url(request, tmp_path):
    """``DELETE … RETURNING`` and unique keys must do it on every database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tool.sqlite3'}"
        return
    if not reachable(request.param):
        pytest.skip(f"{request.param} does not answer on this machine")
    name = f"examplary_lms_lti_{os.getpid()}"
    yield make_database(request.param, name)
    drop_database(request.param, name)


def at_once(app, work):
    """Run ``work(index)`` in eight threads that start together; return what each gave or raised."""
    barrier = Barrier(THREADS)

    def run(index):
        with app.app_context():
            barrier.wait()
            try:
                return work(index)
            except LaunchUsed as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_one_token_posted_by_eight_threads_opens_once(app, lms):
    form = lms.form()
    db.session.remove()
    results = at_once(app, lambda _: verify_launch(form, lms.cookies, keys=lms.keys, trust_first_deployment=False))
    assert sum(not isinstance(result, LaunchUsed) for result in results) == 1


def test_eight_first_launches_note_one_deployment(app, lms, jwks_server):
    forms = [lms.form(deployment_id="new", sub=str(index)) for index in range(THREADS)]
    db.session.remove()
    results = at_once(
        app,
        lambda index: verify_launch(forms[index], lms.cookies, keys=lms.keys, trust_first_deployment=True),
    )
    assert sorted(result.sub for result in results) == [str(index) for index in range(THREADS)]
    assert db.session.query(Deployment).filter_by(deployment_id="new").count() == 1
    assert len(jwks_server.asked) == 1
