"""One person's data: handed out whole, erased whole, here and at Examplary, and nobody else's."""

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
    row.name, row.email = "Tess Teacher", "tess@school.example"
    db.session.commit()
    return row


def test_a_person_is_found_by_user_id_or_address_in_one_lms_only(services, person):
    assert services.privacy.find(ISSUER, "1") == [person]
    assert services.privacy.find(ISSUER, "tess@school.example") == [person]
    assert services.privacy.find("https://other.example.org", "1") == []


def test_the_export_holds_all_that_is_kept_and_no_secret(services, person, secret_of, make_launch):
    make_launch("2", name="Otto Other")
    generation = db.session.query(Generation).one()
    found = services.privacy.export(person)
    text = json.dumps(found)
    assert found["person"]["email"] == "tess@school.example"
    assert [len(found[kind]) for kind in ("launches", "generations", "exams")] == [1, 1, 1]
    assert json.loads(found["exams"][0]["snapshot"])["name"] == "Cells"
    assert "Otto" not in text
    assert secret_of(generation) not in text
    assert "encrypted" not in text


def test_the_export_tells_what_examplary_holds_as_it_stands_there_now(services, person, exam, store):
    store.exams[exam.examplary_exam_id]["name"] = "Cells, changed at Examplary"
    found = services.privacy.export(person)["at_examplary"]
    assert found["user"] == person.examplary_user_id
    assert [(one["id"], one["exam"]["name"]) for one in found["exams"]] == [
        (exam.examplary_exam_id, "Cells, changed at Examplary")
    ]
    store.exams.clear()
    ((_, problem),) = (one.values() for one in services.privacy.export(person)["at_examplary"]["exams"])
    assert problem == "examplary.not_found"


def test_while_examplary_is_away_the_export_says_so_and_asks_once(services, person, make_exam, control):
    make_exam()
    control.faults("GET /exams/{id}", *[{"status": 401}] * 2)
    before = control.count("GET /exams/{id}")
    found = services.privacy.export(person)["at_examplary"]["exams"]
    assert [one["problem"] for one in found] == ["examplary.key_refused"] * 2
    assert control.count("GET /exams/{id}") == before + 1


def test_what_is_erased_is_gone_here_and_at_examplary(services, person, exam, store, make_launch):
    services.packages.link(exam, "moodle-xml", make_launch())
    make_launch("2", name="Otto Other")
    db.session.commit()
    services.privacy.erase(person)
    services.chores.run_due()
    assert [count(table) for table in (Exam, Generation, Delivery)] == [0, 0, 0]
    assert [row.name for row in db.session.query(LmsUser)] == ["Otto Other"]
    assert count(Launch) == 1
    assert (store.exams, store.sessions) == ({}, {})


def test_the_account_at_examplary_is_named_to_whoever_must_ask_for_its_end(services, person):
    account = person.examplary_user_id
    services.privacy.erase(person)
    services.chores.run_due()
    (owed,) = services.chores.pending()
    assert (owed.chore.kind, owed.by_hand) == ("delete_user", account)
    assert services.chores.settle(owed.chore.id)
    assert services.chores.pending() == []
    assert not services.chores.settle(owed.chore.id)


def test_an_open_session_is_ended_too(services, make_launch, store):
    launch = make_launch()
    services.generations.start(launch)
    services.privacy.erase(launch.user)
    services.chores.run_due()
    assert store.sessions == {}


def test_what_examplary_does_not_delete_at_once_stays_owed(services, person, control):
    control.faults("DELETE /exams/{id}", *[{"status": 500}] * 8)
    services.privacy.erase(person)
    services.chores.run_due()
    owed = db.session.query(Chore).filter(Chore.done_at.is_(None), Chore.kind != "delete_user").one()
    assert (owed.kind, owed.last_error) == ("delete_exam", "examplary.unavailable")


def test_erasing_while_the_exam_is_taken_home_leaves_nothing_behind(services, make_launch, finish_during, store):
    launch = make_launch()
    generation = services.generations.start(launch)
    person_id = launch.lms_user_id
    finish_during(generation, lambda: services.privacy.erase(db.session.get(LmsUser, person_id)))
    assert [count(table) for table in (Exam, Generation, LmsUser)] == [0, 0, 0]


@pytest.fixture
def finish_during(app, services, store, secret_of, exam_at_examplary, monkeypatch):
    """Take an exam home, and let something else happen in the middle."""

    def run(generation, happening):
        generation_id = generation.id
        session = store.sessions[secret_of(generation)]
        session.status, session.outputs = "completed", {"examId": exam_at_examplary()}
        original = services.collector._snapshots._original

        def interrupted(*arguments):
            with app.app_context():
                happening()
            return original(*arguments)

        monkeypatch.setattr(services.collector._snapshots, "_original", interrupted)
        with app.app_context():
            services.collector.advance(generation_id)

    return run
