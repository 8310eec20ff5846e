"""Data is deleted after its retention period, and not before."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_tool.models import (
    Asset,
    Chore,
    Delivery,
    Exam,
    ExamMedia,
    Generation,
    Launch,
    LmsUser,
    UsedState,
    db,
    now,
)
from lti_tool.services.operations.retention import GRACE
from tests.support.retention import retention_of

DAY = timedelta(days=1)


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def age(row, **moments):
    for name, moment in moments.items():
        setattr(row, name, moment)
    db.session.commit()


@pytest.fixture
def retention(app):
    return retention_of(launches=90, generations=180, exams=0)


@pytest.fixture
def asset():
    def make(content, created_at):
        row = Asset(
            sha256=hashlib.sha256(content).hexdigest(),
            media_type="image/png",
            size=len(content),
            data=content,
            created_at=created_at,
        )
        db.session.add(row)
        db.session.commit()
        return row

    return make


def test_recent_data_is_kept(retention, exam):
    before = [count(table) for table in (Exam, Generation, Launch, LmsUser, Asset)]
    retention.apply()
    assert [count(table) for table in (Exam, Generation, Launch, LmsUser, Asset)] == before


def test_old_launches_are_deleted_but_not_their_exams(retention, exam):
    for launch in db.session.query(Launch):
        age(launch, expires_at=now() - 91 * DAY)
    assert retention.apply()["launches"] == 1
    db.session.expire_all()
    assert db.session.query(Generation).one().launch_id is None
    assert count(Exam) == 1


def test_old_generations_are_deleted_unless_active(retention, services, make_launch):
    states = ("open", "collecting", "ready", "returned", "failed", "cancelled", "expired")
    for state in states:
        row = services.generations.start(make_launch())
        age(row, state=state, created_at=now() - 181 * DAY)
    assert retention.apply()["generations"] == 5
    assert {row.state for row in db.session.query(Generation)} == {"open", "collecting"}


def test_exams_are_kept_forever_by_default(retention, exam):
    age(exam, created_at=now() - 5000 * DAY)
    retention.apply()
    assert count(Exam) == 1
    retention_of_a_year = retention_of(launches=0, generations=0, exams=365)
    assert retention_of_a_year.apply()["exams"] == 1
    db.session.expire_all()
    assert db.session.query(Generation).one().exam_id is None


def test_an_exam_is_deleted_with_its_links_and_images(services, exam, make_launch, asset):
    picture = asset(b"a", now() - 400 * DAY)
    exam.media.append(ExamMedia(url="https://cdn.example/a.png", asset=picture))
    services.packages.link(exam, "moodle-xml", make_launch())
    for row in db.session.query(Asset):
        row.created_at = now() - 400 * DAY
    age(exam, created_at=now() - 400 * DAY)
    retention_of(launches=0, generations=0, exams=365).apply()
    assert [count(table) for table in (Exam, ExamMedia, Delivery, Asset)] == [0, 0, 0, 0]


def test_images_of_an_exam_being_collected_are_kept(retention, asset):
    asset(b"new", now())
    asset(b"old", now() - GRACE - timedelta(minutes=1))
    assert retention.apply()["files"] == 1
    assert db.session.query(Asset).one().size == 3


def test_a_shared_image_is_deleted_with_its_last_exam(make_exam, asset):
    first, second = make_exam(), make_exam()
    shared = asset(b"shared", now() - 400 * DAY)
    for exam in (first, second):
        exam.media.append(ExamMedia(url="https://cdn.example/a.png", asset=shared))
    age(first, created_at=now() - 400 * DAY)
    sha256 = shared.sha256
    yearly = retention_of(launches=0, generations=0, exams=365)
    yearly.apply()
    assert db.session.get(Asset, sha256) is not None
    age(second, created_at=now() - 400 * DAY)
    yearly.apply()
    db.session.expire_all()
    assert db.session.get(Asset, sha256) is None


def test_expired_states_old_links_and_done_chores_are_deleted(retention, platform, services, exam, make_launch):
    db.session.add(UsedState(nonce="n", expires_at=now() - DAY))
    services.packages.link(exam, "moodle-xml", make_launch())
    db.session.commit()
    age(db.session.query(Delivery).one(), expires_at=now() - 2 * DAY)
    age(db.session.query(Chore).one(), done_at=now() - 31 * DAY)
    deleted = {name: number for name, number in retention.apply().items() if number}
    assert deleted == {
        "used_states": 1,
        "links": 1,
        "chores": 1,
    }


def test_inactive_students_are_deleted_and_teachers_anonymised(retention, make_launch):
    student = make_launch("student", email="s@x.example").user
    teacher = make_launch("teacher", email="t@x.example").user
    teacher.examplary_user_id = "user_1"
    teacher.examplary_email = "t@x.example"
    for person in (student, teacher):
        age(person, seen_at=now() - 91 * DAY)
    for launch in db.session.query(Launch):
        age(launch, expires_at=now() - 91 * DAY)
    assert retention.apply()["people"] == 1
    db.session.expire_all()
    remaining = db.session.query(LmsUser).one()
    assert (remaining.sub, remaining.name, remaining.email, remaining.examplary_email) == ("teacher", "", "", "")
    assert remaining.examplary_user_id == "user_1"


def test_recently_active_people_keep_their_names(retention, make_launch):
    make_launch("teacher", name="Tess", email="t@x.example")
    retention.apply()
    assert db.session.query(LmsUser).one().name == "Tess"


def test_zero_keeps_launches_and_generations_forever(exam):
    for launch in db.session.query(Launch):
        age(launch, expires_at=now() - 5000 * DAY)
    age(db.session.query(Generation).one(), created_at=now() - 5000 * DAY)
    retention_of(launches=0, generations=0, exams=0).apply()
    assert [count(Launch), count(Generation)] == [1, 1]


def test_a_platform_may_have_periods_of_its_own(app, services, platform, make_launch, keep_exam_of):
    other = services.platforms.add(
        {
            "issuer": "https://other.example.org",
            "client_id": "2",
            "authorization_url": "https://other.example.org/auth",
            "jwks_url": "https://other.example.org/jwks",
        }
    )
    services.platforms.change(platform, {"keep_exam_days": "30", "keep_launch_days": "0"})
    services.platforms.change(other, {"keep_launch_days": "10"})
    for row in (platform, other):
        launch = make_launch("1", platform=row)
        age(launch, created_at=now() - 40 * DAY, expires_at=now() - 40 * DAY)
        age(launch.user, seen_at=now() - 40 * DAY)
        age(keep_exam_of(launch), created_at=now() - 40 * DAY)
    deleted = retention_of(launches=5, generations=180, exams=60).apply()
    assert (deleted["exams"], deleted["launches"]) == (1, 1)
    assert db.session.scalars(select(Exam.platform_id)).all() == [other.id]
    assert db.session.scalars(select(Launch.platform_id)).all() == [platform.id]


@pytest.fixture
def keep_exam_of():
    def keep(launch):
        row = Exam(
            platform_id=launch.platform_id,
            owner_id=launch.lms_user_id,
            title="x",
            examplary_exam_id="e",
            points=1,
            question_count=1,
            snapshot="{}",
        )
        db.session.add(row)
        db.session.commit()
        return row

    return keep
