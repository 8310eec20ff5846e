"""An LMS that has moved, and a tool that was registered twice."""

import json

import pytest

from lti_tool.models import (
    AuditEntry,
    CourseCopy,
    Deployment,
    Exam,
    ExamCourse,
    Launch,
    LmsUser,
    Platform,
    db,
)
from lti_tool.services.platforms.merging import MergeRefused, merge_platforms
from lti_tool.services.platforms.moving import move_platform
from lti_tool.services.platforms.registrations import AlreadyRegistered, InvalidValue, SeveralRegistrations


@pytest.fixture
def duplicate(services, platform):
    values = {"issuer": platform.issuer, "client_id": "client-2"}
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    row = services.platforms.add(values | addresses)
    services.platforms.add_deployments(row, ("1", "2"))
    return row


def keep_exam(platform, owner, title):
    exam = Exam(
        platform_id=platform.id,
        owner_id=owner,
        title=title,
        examplary_exam_id="e",
        points=1,
        question_count=1,
        snapshot=json.dumps({}),
    )
    db.session.add(exam)
    db.session.commit()
    return exam


def test_merging_moves_people_exams_and_deployments(services, platform, duplicate, make_launch):
    tess, tess_again = make_launch("tess"), make_launch("tess", platform=duplicate)
    make_launch("other", platform=duplicate)
    exam = keep_exam(duplicate, tess_again.lms_user_id, "Cells")
    twin = db.session.get(LmsUser, tess_again.lms_user_id)
    twin.examplary_user_id = "user_1"
    for row in (platform, duplicate):
        db.session.add(CourseCopy(platform_id=row.id, context_id="b", copied_from="a"))
    db.session.add(CourseCopy(platform_id=duplicate.id, context_id="c", copied_from="a"))
    db.session.add(ExamCourse(exam_id=exam.id, context_id="course-1", added_by=twin.id))
    db.session.commit()
    kept_id = platform.id
    owner = tess.lms_user_id
    removed = duplicate.id
    merge_platforms(duplicate, platform, actor="admin:1")
    assert [row.id for row in db.session.query(Platform)] == [kept_id]
    assert {row.sub for row in db.session.query(LmsUser)} == {"tess", "other"}
    assert db.session.query(Exam).one().owner_id == owner
    assert db.session.query(Exam).one().platform_id == kept_id
    assert db.session.query(ExamCourse).one().added_by == owner
    assert db.session.get(LmsUser, owner).examplary_user_id == "user_1"
    assert {row.platform_id for row in db.session.query(Launch)} == {kept_id}
    assert db.session.query(Launch).count() == 3
    assert sorted(row.deployment_id for row in db.session.query(Deployment)) == ["1", "2"]
    assert sorted(row.context_id for row in db.session.query(CourseCopy)) == ["b", "c"]
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.actor, entry.subject, entry.platform_id, entry.detail) == ("admin:1", removed, kept_id, "merged")


def test_registrations_of_different_lmss_cannot_be_merged(services, platform, duplicate):
    with pytest.raises(MergeRefused):
        merge_platforms(platform, platform)
    duplicate.api_key_encrypted = services.vault.encrypt("key")
    with pytest.raises(MergeRefused):
        merge_platforms(duplicate, platform)
    duplicate.api_key_encrypted = None
    duplicate.issuer = "https://other.example.org"
    with pytest.raises(MergeRefused):
        merge_platforms(duplicate, platform)


def test_an_lms_that_moved_keeps_its_people(services, platform):
    platform.configuration_url = "https://lms.example.org/c"
    platform.token_url = "https://sso.example.org/t"
    changes = move_platform(services.platforms, platform, " https://new.example.org:8443/lms ")
    assert changes == {
        "issuer": "https://new.example.org:8443/lms",
        "authorization_url": "https://new.example.org:8443/lms/auth",
        "jwks_url": "https://new.example.org:8443/lms/jwks",
        "configuration_url": "https://new.example.org:8443/lms/c",
    }
    assert platform.token_url == "https://sso.example.org/t"


@pytest.mark.one_database
@pytest.mark.parametrize("issuer", ["", "https://lms.example.org", "not an address", "http://new.example.org"])
def test_moving_requires_a_new_address(services, platform, issuer):
    with pytest.raises(InvalidValue):
        move_platform(services.platforms, platform, issuer)


def test_moving_to_a_registered_issuer_is_refused(services, platform):
    addresses = {"authorization_url": platform.authorization_url, "jwks_url": platform.jwks_url}
    services.platforms.add({"issuer": "https://new.example.org", "client_id": "client-1"} | addresses)
    with pytest.raises(AlreadyRegistered):
        move_platform(services.platforms, platform, "https://new.example.org")


def test_a_client_id_is_needed_only_where_the_issuer_has_several(services, platform, request):
    assert services.platforms.find(platform.issuer).id == platform.id
    duplicate = request.getfixturevalue("duplicate")
    with pytest.raises(SeveralRegistrations) as error:
        services.platforms.find(platform.issuer)
    assert "client-1, client-2" in error.value.plain()
    assert services.platforms.find(platform.issuer, "client-2").id == duplicate.id
