"""The cost of a launch: SQL statements, network calls, parsed keys."""

import pytest
from sqlalchemy import event
from urllib3.connection import HTTPConnection, HTTPSConnection

from lti_tool.lti import FileItem, sign_deep_linking_response
from lti_tool.lti.protocol.deep_linking_settings import DeepLinkingSettings
from lti_tool.lti.store import platform_keys
from lti_tool.models import db
from tests.support.addresses import query_of
from tests.support.calls import count_calls
from tests.support.launch_settings import CANVAS_SETTINGS

LOGIN, CHECK, LAUNCH, FIRST_PAGE = 1, 2, 3, 5
"""Statements for a known teacher. Login: the platform. Check (in frames only): the platform, whether the state was
used. Launch: the platform with its deployment, the state's use and the person; the used state; the launch. First page:
the launch, whether an administrator tests the connection, unfinished generations, the exams, their additions.
Budget of login and launch: 6 statements, one commit."""

COMMITS = 1
"""One for the launch; the login writes nothing."""


@pytest.fixture
def statements():
    log = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            log.append(statement)

    def commit(_connection):
        log.append("COMMIT")

    event.listen(db.engine, "before_cursor_execute", note)
    event.listen(db.engine, "commit", commit)
    yield log
    event.remove(db.engine, "before_cursor_execute", note)
    event.remove(db.engine, "commit", commit)


def test_a_warm_launch_needs_few_statements_and_no_network(lms, client, statements, monkeypatch):
    assert client.get(lms.launch().location).status_code == 200
    for way in ((platform_keys, "fetch_keys"), (HTTPConnection, "connect"), (HTTPSConnection, "connect")):
        monkeypatch.setattr(*way, lambda *_, **__: pytest.fail("a warm launch opens no connection"))
    statements.clear()
    login = lms.login()
    assert len(statements) == LOGIN, statements
    address = f"/lti/login/check?begun={query_of(login.location)['state']}"
    assert client.post(address, data=lms.request(), headers={"Sec-Fetch-Dest": "iframe"}).status_code == 302
    assert len(statements) == LOGIN + CHECK, statements
    done = client.post("/lti/launch", data=lms.form(login))
    assert statements.count("COMMIT") == COMMITS
    assert len(statements) == LOGIN + CHECK + LAUNCH + COMMITS, statements
    statements.clear()
    assert client.get(done.location).status_code == 200
    assert len(statements) <= FIRST_PAGE, statements


def test_the_key_is_parsed_once_for_many_deep_linking_responses(services, signing):
    """Parsing PEM takes 50 times as long as signing."""

    def sign():
        sign_deep_linking_response(
            issuer="https://canvas.instructure.com",
            client_id="1",
            deployment_id="1:a",
            settings=DeepLinkingSettings.from_claim(CANVAS_SETTINGS),
            items=[FileItem(url="https://tool.example/packages/x/y.zip", title="An exam")],
            keys=services.tool_keys,
        )

    services.tool_keys.rotate(at_once=True)  # so that no key is cached
    parsed = [count_calls(sign)["load_pem_private_key"] for _ in range(5)]
    assert parsed == [1, 0, 0, 0, 0]
