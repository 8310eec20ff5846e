"""Export and erasure of one person's data, here and at Examplary."""

import json

import pytest
from sqlalchemy import func, select

from lti_tool.models import Chore, Delivery, Exam, Generation, Launch, LmsUser, db

ISSUER = "https://lms.example.org"


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


@pytest.fixture
def person(exam):
    row = db.session.query(LmsUser).one()
    row.name = "Tess Teacher"
    row.email = "tess@school.example"
    db.session.commit()
    return row


def test_a_person_is_found_by_user_id_or_email_within_one_lms(services, person):
    assert services.privacy.find(ISSUER, "1") == [person]
    assert services.privacy.find(ISSUER, "tess@school.example") == [person]
    assert services.privacy.find("https://other.example.org", "1") == []


def test_the_export_is_complete_and_has_no_secrets(services, person, session_id_of, make_launch):
    make_launch("2", name="Otto Other")
    generation = db.session.query(Generation).one()
    export = services.privacy.export(person)
    text = json.dumps(export)
    assert export["person"]["email"] == "tess@school.example"
    assert [len(export[kind]) for kind in ("launches", "generations", "exams")] == [1, 1, 1]
    assert json.loads(export["exams"][0]["snapshot"])["name"] == "Cells"
    assert "Otto" not in text
    assert session_id_of(generation) not in text
    assert "encrypted" not in text


def test_the_export_has_the_current_data_from_examplary(services, person, exam, store):
    store.exams[exam.examplary_exam_id]["name"] = "Cells, changed at Examplary"
    at_examplary = services.privacy.export(person)["at_examplary"]
    assert at_examplary["user"] == person.examplary_user_id
    assert [(exam["id"], exam["exam"]["name"]) for exam in at_examplary["exams"]] == [
        (exam.examplary_exam_id, "Cells, changed at Examplary")
    ]
    store.exams.clear()
    ((_, problem),) = (exam.values() for exam in services.privacy.export(person)["at_examplary"]["exams"])
    assert problem == "examplary.not_found"


def test_the_export_calls_an_unreachable_examplary_once(services, person, make_exam, control):
    make_exam()
    control.faults("GET /exams/{id}", *[{"status": 401}] * 2)
    before = control.count("GET /exams/{id}")
    exams = services.privacy.export(person)["at_examplary"]["exams"]
    assert [exam["problem"] for exam in exams] == ["examplary.key_refused"] * 2
    assert control.count("GET /exams/{id}") == before + 1


def test_erased_data_is_deleted_here_and_at_examplary(services, person, exam, store, make_launch):
    services.packages.link(exam, "moodle-xml", make_launch())
    make_launch("2", name="Otto Other")
    db.session.commit()
    services.privacy.erase(person)
    services.chores.run_due()
    assert [count(table) for table in (Exam, Generation, Delivery)] == [0, 0, 0]
    assert [row.name for row in db.session.query(LmsUser)] == ["Otto Other"]
    assert count(Launch) == 1
    assert (store.exams, store.sessions) == ({}, {})


def test_the_operator_learns_which_examplary_user_to_delete(services, person):
    account = person.examplary_user_id
    services.privacy.erase(person)
    services.chores.run_due()
    (owed,) = services.chores.pending()
    assert (owed.chore.kind, owed.by_hand) == ("delete_user", account)
    assert services.chores.settle(owed.chore.id)
    assert services.chores.pending() == []
    assert not services.chores.settle(owed.chore.id)


def test_open_sessions_are_deleted_too(services, make_launch, store):
    launch = make_launch()
    services.generations.start(launch)
    services.privacy.erase(launch.user)
    services.chores.run_due()
    assert store.sessions == {}


def test_failed_deletions_stay_pending(services, person, control):
    control.faults("DELETE /exams/{id}", *[{"status": 500}] * 8)
    services.privacy.erase(person)
    services.chores.run_due()
    owed = db.session.query(Chore).filter(Chore.done_at.is_(None), Chore.kind != "delete_user").one()
    assert (owed.kind, owed.last_error) == ("delete_exam", "examplary.unavailable")


def test_erasing_during_collection_leaves_nothing(services, make_launch, collect_while):
    launch = make_launch()
    generation = services.generations.start(launch)
    person_id = launch.lms_user_id
    collect_while(generation, lambda: services.privacy.erase(db.session.get(LmsUser, person_id)))
    assert [count(table) for table in (Exam, Generation, LmsUser)] == [0, 0, 0]


@pytest.fixture
def collect_while(app, services, finish, monkeypatch):
    """Collect an exam, and call a function after its media were fetched and before it is stored."""

    def run(generation, interruption):
        generation_id = generation.id
        finish(generation)
        original = services.collector._snapshots._original

        def interrupted(*arguments):
            with app.app_context():
                interruption()
            return original(*arguments)

        monkeypatch.setattr(services.collector._snapshots, "_original", interrupted)
        with app.app_context():
            services.collector.advance(generation_id)

    return run
