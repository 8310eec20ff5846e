"""Registrations added, changed and removed by hand."""

import pytest

from lti_tool.models import Chore, Exam, LmsUser, Platform, db
from lti_tool.services.platforms.registrations import (
    AlreadyRegistered,
    DeletionsPending,
    InvalidValue,
    NotRegistered,
    PlatformInUse,
)

VALUES = {
    "issuer": "https://moodle.example.org",
    "client_id": "abc",
    "authorization_url": "https://moodle.example.org/mod/lti/auth.php",
    "jwks_url": "https://moodle.example.org/mod/lti/certs.php",
}


@pytest.fixture
def platforms(services):
    return services.platforms


def test_values_are_stripped_and_stored(platforms):
    platforms.add(VALUES | {"client_id": " abc\n", "family": "moodle", "frame_hosts": ["lms.example.org"]})
    row = platforms.find("https://moodle.example.org", "abc")
    assert (row.family, row.active, row.frame_hosts) == ("moodle", True, ["lms.example.org"])


@pytest.mark.one_database
@pytest.mark.parametrize("missing", list(VALUES))
def test_required_values_must_be_present(platforms, missing):
    with pytest.raises(InvalidValue) as refused:
        platforms.add(VALUES | {missing: " "})
    assert missing in refused.value.plain()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "Moodle of our school"),
        ("authorization_url", "the login page"),
        ("authorization_url", "javascript:alert(1)"),
        ("jwks_url", "http://moodle.example.org/certs"),
        ("jwks_url", "https://a:b@moodle.example.org/"),
        ("jwks_url", "https://moodle.example.org/" + "x" * 1000),
        ("token_url", "ftp://moodle.example.org/"),
        ("issuer", "x" * 300),
        ("issuer", "https://\x00"),
        ("client_id", "c" * 256),
        ("family", "modle"),
        ("frame_hosts", ["not a host"]),
        ("name", "n" * 256),
        ("name", "n\x00"),
        ("theme_color", "red"),
        ("theme_color", "#4f46e5;}"),
        ("presets", ["subject"]),
        ("presets", ["colour=red"]),
        ("presets", ["duration=long"]),
    ],
)
def test_invalid_values_are_rejected_with_a_reason(platforms, name, value):
    with pytest.raises(InvalidValue):
        platforms.add(VALUES | {name: value})
    row = platforms.add(VALUES)
    with pytest.raises(InvalidValue):
        platforms.change(row, {name: value})


def test_addresses_without_tls_need_the_insecure_option(platforms):
    plain = {name: value.replace("https://", "http://") for name, value in VALUES.items()}
    with pytest.raises(InvalidValue):
        platforms.add(plain)
    assert platforms.add(plain, insecure=True).issuer == "http://moodle.example.org"


def test_a_registration_is_unique(platforms):
    platforms.add(VALUES)
    with pytest.raises(AlreadyRegistered):
        platforms.add(VALUES)
    other = platforms.add(VALUES | {"client_id": "def"})
    with pytest.raises(AlreadyRegistered):
        platforms.change(other, {"client_id": "abc"})
    with pytest.raises(NotRegistered):
        platforms.find("https://moodle.example.org", "ABC")


def test_only_given_values_are_changed(platforms):
    row = platforms.add(VALUES | {"token_url": "https://moodle.example.org/token"})
    platforms.change(row, {"jwks_url": "https://new.example.org/keys", "token_url": ""})
    db.session.expire_all()
    assert (row.jwks_url, row.token_url) == ("https://new.example.org/keys", "")
    assert row.authorization_url == VALUES["authorization_url"]
    with pytest.raises(InvalidValue):
        platforms.change(row, {"jwks_url": ""})


def test_deployments_are_added_and_removed(platforms):
    row = platforms.add(VALUES)
    platforms.add_deployments(row, ("1", "2", "1"))
    platforms.remove_deployments(row, ("1", "9"))
    db.session.expire_all()
    assert [deployment.deployment_id for deployment in row.deployments] == ["2"]
    with pytest.raises(InvalidValue):
        platforms.add_deployments(row, ("",))


def test_switching_a_deployment_does_not_name_it(platforms):
    row = platforms.add(VALUES)
    platforms.switch_deployment(row, "1", active=False)
    platforms.add_deployments(row, ("2",))
    db.session.expire_all()
    assert {deployment.deployment_id: (deployment.active, deployment.named) for deployment in row.deployments} == {
        "1": (False, False),
        "2": (True, True),
    }


def test_a_registration_without_exams_is_removed(platforms, platform, make_launch):
    make_launch()
    platforms.remove(platform)
    assert db.session.query(Platform).count() == db.session.query(LmsUser).count() == 0


def test_a_registration_with_exams_is_not_removed_by_default(platforms, platform, exam):
    with pytest.raises(PlatformInUse) as refused:
        platforms.remove(platform)
    assert refused.value.facts == {"people": 1, "exams": 1}
    assert db.session.get(Platform, platform.id).active


def test_a_registration_is_removed_after_its_exams_are_deleted(platforms, platform, exam, services):
    platform_id = platform.id
    services.chores.add("delete_exam", "exam_1", platform_id)
    db.session.commit()
    with pytest.raises(DeletionsPending):
        platforms.remove(platform, with_exams=True)
    assert not db.session.get(Platform, platform_id).active
    assert db.session.query(Exam).count() == 0
    for chore in db.session.query(Chore):
        chore.done_at = chore.created_at
    db.session.commit()
    platforms.remove(db.session.get(Platform, platform_id), with_exams=True)
    assert db.session.query(Platform).count() == 0


def test_new_presets_replace_the_old_ones(platforms):
    row = platforms.add(VALUES | {"presets": ["subject=Biology = life", "duration=40", "question_types=essay, date"]})
    assert row.presets == {
        "subject": "Biology = life",
        "intendedDuration": 45,
        "allowedGenerationQuestionTypes": ["essay", "date"],
    }
    platforms.change(row, {"presets": ["language=nl"]})
    assert row.presets == {"language": "nl"}
    platforms.change(row, {"presets": []})
    assert row.presets == {}
