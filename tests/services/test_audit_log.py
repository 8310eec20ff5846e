"""The audit log: written with each action, without names, and kept after its subject is deleted."""

from datetime import timedelta

import pytest

from lti_tool.models import AuditAction, AuditEntry, Exam, Launch, LmsUser, db, now
from lti_tool.services.delivery.deep_linking_response import AlreadyResponded
from lti_tool.services.operations.audit_log import LAUNCHED, AuditQuery, read_audit_log
from tests.support.launch_settings import CANVAS_SETTINGS
from tests.support.retention import retention_of


@pytest.fixture
def canvas(make_launch):
    return make_launch(family="canvas", deep_linking=CANVAS_SETTINGS, message_type="LtiDeepLinkingRequest")


def records(**filters):
    return [(entry.action, entry.actor, entry.subject) for entry in read_audit_log(AuditQuery(**filters))]


def test_the_log_follows_an_exam_from_launch_to_lms(services, exam, canvas):
    teacher, exam_id = canvas.lms_user_id, exam.id
    answer = services.deep_linking.add(canvas, exam)
    services.packages.download(canvas, exam, "moodle-xml")
    link = services.packages.link(exam, "canvas-qti", canvas)
    db.session.commit()
    services.packages.fetch(link.split("/")[-2], count=True)
    assert answer.jwt
    about_exam = [
        ("exam.kept", teacher),
        ("exam.reviewed", teacher),
        ("exam.sent", teacher),
        ("exam.downloaded", teacher),
        ("package.fetched", "lms"),
    ]
    assert records(about=exam_id) == [(action, who, exam_id) for action, who in about_exam]
    by_teacher = [action for action, _, _ in records(about=teacher)]
    assert by_teacher == [
        LAUNCHED,
        "account.made",
        "exam.kept",
        LAUNCHED,
        "exam.reviewed",
        "exam.sent",
        "exam.downloaded",
    ]


def test_an_action_that_is_rolled_back_is_not_logged(services, exam, canvas):
    services.deep_linking.add(canvas, exam)
    before = records()
    with pytest.raises(AlreadyResponded):
        services.deep_linking.cancel(canvas, "Never mind.")
    assert records() == before


def test_actions_on_erased_data_stay_in_the_log(services, exam):
    person = db.session.query(LmsUser).one()
    person_id, exam_id = person.id, exam.id
    services.privacy.record_export(person)
    services.privacy.erase(person)
    assert db.session.query(Launch).count() == db.session.query(Exam).count() == 0
    assert records(action="person.exported") == [("person.exported", "operator", person_id)]
    assert records(action="person.erased") == [("person.erased", "operator", person_id)]
    assert records(about=exam_id) == [("exam.kept", person_id, exam_id)]


def test_the_log_has_no_names_and_addresses(services, exam, canvas, make_launch):
    make_launch("2", name="Otto Other", email="otto@school.example")
    services.deep_linking.add(canvas, exam)
    for person in db.session.query(LmsUser).all():
        services.privacy.erase(person)
    texts = {str(value) for row in db.session.query(AuditEntry) for value in vars(row).values()}
    assert texts
    assert not [text for text in texts for name in ("Tess", "Otto", "@", "Cells", "Biology") if name in text]


def test_key_rotations_are_logged(app, services):
    kid = services.tool_keys.rotate(at_once=True)
    assert (AuditAction.SIGNING_KEY_ROTATED, "operator", kid) in records()


def test_entries_are_deleted_after_the_retention_period(services, exam):
    db.session.query(AuditEntry).update({"at": now() - timedelta(days=366)})
    db.session.commit()
    retention_of(launches=0, generations=0, exams=0, audit=0).apply()
    assert records(action="exam.kept")
    assert retention_of(launches=0, generations=0, exams=0, audit=365).apply()["audit_entries"] >= 1
    assert [action for action, _, _ in records() if action != LAUNCHED] == ["forgotten"]


@pytest.mark.parametrize(
    ("since", "until", "expected"), [(None, None, 2), (-1, None, 1), (None, -1, 1), (-3, -1, 1), (1, None, 0)]
)
def test_the_log_can_be_filtered_by_time(app, since, until, expected):
    for hours in (2, 0):
        db.session.add(AuditEntry(action=AuditAction.EXAM_SENT, actor="x", at=now() - timedelta(hours=hours)))
    db.session.commit()
    moments = [hours and now() + timedelta(hours=hours) for hours in (since, until)]
    assert len(read_audit_log(AuditQuery(*moments))) == expected


def test_the_newest_records_are_listed_oldest_first(app):
    for number in range(5):
        db.session.add(
            AuditEntry(action=AuditAction.EXAM_SENT, actor=str(number), at=now() + timedelta(seconds=number))
        )
    db.session.commit()
    assert [entry.actor for entry in read_audit_log(AuditQuery(limit=3))] == ["2", "3", "4"]
