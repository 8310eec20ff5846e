"""The grant of a launch is kept as its secret."""

import json

import pytest

from lti_tool.lms.moodle.quiz_service import CLAIM
from lti_tool.models import Launch, db
from lti_tool.services.operations.encryption_rotation import reencrypt_secrets
from tests.support.recorded_moodle import recording
from tests.support.signing_lms import CORE, Browser, signing_lms

CLAIMS = {
    name: value.replace("https://moodle.example.org", "https://lms.example.org") if "url" in name else value
    for name, value in recording("01")["claims"].items()
    if name.startswith(CLAIM)
}
MOODLE = {f"{CORE}tool_platform": {"product_family_code": "moodle", "version": "2025041406.11"}}
STUDENT = {f"{CORE}roles": ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]}


@pytest.fixture
def launched(app, platform, lms_key):
    """Launch with these claims and return the stored launch."""
    app.test_client_class = Browser
    with signing_lms(app.test_client(), platform, lms_key) as lms:

        def launch(**claims):
            assert lms.launch(**claims).status_code == 303
            db.session.expire_all()
            return db.session.query(Launch).order_by(Launch.created_at.desc()).first()

        yield launch


def test_a_teachers_launch_keeps_the_handle_encrypted(launched, services, capsys):
    row = launched(**MOODLE, **CLAIMS)
    grant = json.loads(services.vault.decrypt(row.import_grant_encrypted))
    assert grant["handle"] == CLAIMS[f"{CLAIM}handle"]
    assert grant["handle"] not in row.import_grant_encrypted
    output = capsys.readouterr()
    assert grant["handle"] not in output.out + output.err


@pytest.mark.one_database
@pytest.mark.parametrize(
    "claims",
    [
        MOODLE,
        CLAIMS,
        MOODLE | CLAIMS | STUDENT,
        MOODLE | CLAIMS | {f"{CLAIM}quizzes_url": "https://evil.example/mod/lti/services.php/1/examplary/quizzes"},
        MOODLE | CLAIMS | {f"{CLAIM}handle": "h" * 3000},
        MOODLE | CLAIMS | {f"{CLAIM}handle": ["a"]},
        MOODLE | CLAIMS | {f"{CLAIM}handle": None},
    ],
    ids=["no plugin", "not Moodle", "student", "elsewhere", "too long", "no text", "null"],
)
def test_other_launches_allow_nothing(launched, claims):
    assert launched(**claims).import_grant_encrypted is None


def test_keys_can_be_rotated(launched, services):
    row = launched(**MOODLE, **CLAIMS)
    assert reencrypt_secrets(services.vault) == 0
    assert services.vault.is_current(row.import_grant_encrypted)
