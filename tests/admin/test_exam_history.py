"""The console's search of exams, the history of each, and what an administrator can do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.models import (
    AdminRole,
    AuditAction,
    AuditEntry,
    Chore,
    ChoreKind,
    Delivery,
    Exam,
    ExamChange,
    Generation,
    Import,
    Launch,
    LmsUser,
    Refusal,
    db,
    now,
)
from lti_tool.security.encryption import fingerprint


@pytest.fixture
def exam(make_exam):
    return make_exam()


@pytest.fixture
def colleague(platform):
    row = LmsUser(platform_id=platform.id, sub="colleague-1", name="Col League", email="col@school.example")
    db.session.add(row)
    db.session.commit()
    return row


@pytest.fixture
def failed(services, make_launch, control):
    """A generation that Examplary refused to open."""
    control.faults("POST /embed-sessions", {"status": 422})
    generation = services.generations.start(make_launch("7", name="Fay Failed"))
    db.session.refresh(generation)
    assert generation.state == "failed"
    return generation


@pytest.fixture
def failed_import(services, exam, make_launch):
    """A direct import that failed, whose launch still has its permission."""
    launch = make_launch(family="moodle", import_grant_encrypted=services.vault.encrypt("{}"))
    row = Import(
        exam_id=exam.id,
        launch_id=launch.id,
        platform_id=launch.platform_id,
        lms_user_id=launch.lms_user_id,
        deployment_id="1",
        family="moodle",
        context_id=launch.context_id,
        state="failed",
        error_code="moodle.busy",
    )
    db.session.add(row)
    db.session.commit()
    return row


def entries(action):
    return db.session.query(AuditEntry).filter_by(action=action).all()


def titles(page):
    return [row.xpath("string(.//strong)") for row in page.xpath("//main//a[contains(@href, '/exams/')]")]


def test_an_exam_is_found_by_all_that_leads_to_it(owner, exam):
    generation = db.session.get(Generation, exam.generation_id)
    person = db.session.get(LmsUser, exam.owner_id)
    person.email = "tess@school.example"
    db.session.commit()
    by_id = (exam.id, generation.id, generation.launch_id, exam.examplary_exam_id, person.id, "course-1")
    for text in (*by_id, "1", "tess@school.example", "TEACHER te", exam.title[:4].upper(), "biology", f" {exam.id} "):
        assert titles(owner.page(f"/admin/exams?q={text}")) == [exam.title], text
    for text in ("nothing-like-it", "ells", "%25", "x%00y", "biology physics"):
        assert titles(owner.page(f"/admin/exams?q={text}")) == [], text


def test_duplicates_and_exams_without_a_generation_are_listed(owner, services, exam, make_launch):
    launch = make_launch("5", name="Dora Duplicate")
    copy = services.exam_changes.duplicate(launch, exam, "Cells for my class")
    db.session.query(Generation).delete()
    db.session.commit()
    assert titles(owner.page("/admin/exams")) == ["Cells for my class", exam.title]
    assert titles(owner.page("/admin/exams?q=dora")) == ["Cells for my class"]
    assert "Dora Duplicate" in owner.page(f"/admin/exams/{copy.id}").text_content()
    assert "Duplicated" in owner.page(f"/admin/exams/{exam.id}").text_content()


def test_pages_begin_where_the_last_one_ended(owner, services, exam, make_launch):
    launch = make_launch("5")
    for number in range(55):
        services.exam_changes.duplicate(launch, exam, f"Copy {number}")
    moment = now()
    db.session.query(Exam).update({"created_at": moment})
    db.session.commit()
    first = owner.page("/admin/exams")
    (older,) = first.xpath("//a[contains(., 'Older exams')]/@href")
    listed = [*titles(first), *titles(owner.page(older))]
    assert len(listed) == 56
    assert len(set(listed)) == 56
    assert owner.page(older).xpath("//a[contains(., 'Older exams')]") == []
    assert len(titles(owner.page("/admin/exams?before=x"))) == 50


def test_the_number_of_a_refused_launch_leads_to_diagnosis(owner, platform):
    db.session.add(Refusal(number="a1b2c3d4e5f6", code="lti.audience", platform_id=platform.id, source_hash="x"))
    db.session.commit()
    (link,) = owner.page("/admin/exams?q=A1B2C3D4E5F6").xpath("//a[contains(., 'Diagnosis') and ancestor::main]/@href")
    assert "lti.audience" in owner.get(link, follow_redirects=True).text


def test_each_step_is_shown_in_order_of_time(owner, services, exam, make_launch, failed_import):
    launch = make_launch()
    services.packages.download(launch, exam, "moodle-xml")
    services.packages.link(exam, "moodle-xml", launch)
    db.session.add(ExamChange(exam_id=exam.id, revision=1, operations=[], lms_user_id=launch.lms_user_id))
    db.session.add(
        Chore(kind=ChoreKind.DELETE_EXAM, fingerprint=fingerprint(exam.examplary_exam_id), target_encrypted="")
    )
    db.session.commit()
    page = owner.page(f"/admin/exams/{exam.id}")
    text = page.text_content()
    for words in (
        *("Launch", "Generation: Opening in Examplary", "Downloaded from Examplary", "Changed by the teacher"),
        *("Downloaded by the teacher", "Package link: made", "Direct import: Failed", "moodle.busy"),
        *("Delete the session at Examplary", "Delete the exam at Examplary", "Tess Teacher"),
    ):
        assert words in text, words
    times = page.xpath("//ol//time/@datetime")
    assert times == sorted(times)
    assert len(times) >= 10
    assert owner.get(f"/admin/exams/{exam.generation_id}").location.endswith(f"/admin/exams/{exam.id}")


def test_a_failed_generation_is_tried_again_once(owner, failed):
    path = f"/admin/exams/{failed.id}"
    page = owner.page(path)
    assert "Fay Failed" in page.text_content()
    for text in ("biology", "FAY", failed.launch_id, failed.id):
        assert path in owner.page(f"/admin/exams?q={text}").xpath("//main//a/@href"), text
    page = owner.page(f"{path}/retry").text_content()
    assert "Nothing is deleted" in page
    assert "finds it under “Not finished yet”" in page  # the heading on the teacher's start page
    assert owner.post(f"{path}/retry").status_code == 303
    db.session.expire_all()
    assert failed.state == "open"
    assert owner.post(f"{path}/retry").status_code == 303
    (entry,) = entries(AuditAction.EXAM_RETRIED)
    assert (entry.subject, entry.detail, entry.actor[:6]) == (failed.id, "generation", "admin:")
    assert "Tried again" in owner.page(path).text_content()
    assert "Try again" not in owner.page(path).xpath("string(//section[@aria-labelledby='actions'])")


def test_a_failed_import_is_tried_again_with_its_permission(owner, services, exam, failed_import, monkeypatch):
    queued = []
    monkeypatch.setattr(type(services.queue), "run_import", lambda _, row_id, **__: queued.append(row_id))
    (path,) = owner.page(f"/admin/exams/{exam.id}").xpath("//ol//a[contains(., 'Try again')]/@href")
    assert "not made twice" in owner.page(path).text_content()
    for _ in range(2):
        assert owner.post(path).status_code == 303
    db.session.expire_all()
    assert (failed_import.state, failed_import.error_code) == ("asked", "")
    assert None not in (failed_import.grant_encrypted, failed_import.open_key)
    assert queued == [failed_import.id]
    assert [entry.detail for entry in entries(AuditAction.EXAM_RETRIED)] == ["import"]


@pytest.mark.parametrize("why", ["cancelled", "old", "no permission", "no launch"])
def test_an_import_that_cannot_be_tried_again_is_marked(owner, exam, failed_import, why):
    launch_id = failed_import.launch_id
    match why:
        case "cancelled":
            failed_import.error_code = "import.cancelled"
        case "old":
            failed_import.created_at = now() - timedelta(days=9)
        case "no permission":
            db.session.get(Launch, launch_id).import_grant_encrypted = None
        case "no launch":
            failed_import.launch_id = None
    db.session.commit()
    response = owner.post(f"/admin/exams/{exam.id}/imports/{failed_import.id}/retry")
    assert response.status_code == 409
    assert "import.not_retryable" in response.text
    assert entries(AuditAction.EXAM_RETRIED) == []


def test_an_exam_is_handed_over_to_a_colleague(owner, exam, colleague):
    path = f"/admin/exams/{exam.id}/hand-over"
    assert owner.get(f"{path}?who=nobody").status_code == 422
    assert owner.post(path, who="nobody").status_code == 422
    assert owner.post(path, who=" ").status_code == 422
    page = owner.page(f"{path}?who=col@school.example")
    assert "Col League" in page.text_content()
    (who,) = page.xpath("//input[@name='who']/@value")
    for _ in range(2):
        assert owner.post(path, who=who).status_code == 303
    db.session.expire_all()
    assert db.session.get(Exam, exam.id).owner_id == colleague.id
    (entry,) = entries(AuditAction.EXAM_HANDED_OVER)
    assert (entry.subject, entry.detail) == (exam.id, colleague.id)


def test_links_are_revoked_once(owner, services, exam, make_launch):
    services.packages.link(exam, "moodle-xml", make_launch())
    db.session.commit()
    path = f"/admin/exams/{exam.id}/revoke"
    assert "with 1 link." in owner.page(path).text_content()
    for _ in range(2):
        assert owner.post(path).status_code == 303
    db.session.expire_all()
    assert db.session.query(Delivery).one().revoked_at is not None
    (entry,) = entries(AuditAction.LINKS_REVOKED)
    assert (entry.actor[:6], entry.platform_id) == ("admin:", exam.platform_id)


class TestPeople:
    def test_their_data_is_downloaded(self, owner, exam):
        path = f"/admin/people/{exam.owner_id}"
        (link,) = owner.page("/admin/exams?q=tess").xpath("//a[contains(@href, '/people/')]/@href")
        assert link == path
        assert "Tess Teacher" in owner.page(path).text_content()
        response = owner.post(f"{path}/export")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.json["person"]["name"] == "Tess Teacher"
        assert [row["id"] for row in response.json["exams"]] == [exam.id]
        assert entries(AuditAction.PERSON_EXPORTED)[0].actor.startswith("admin:")

    def test_they_are_erased_once_and_only_if_confirmed(self, owner, exam, store):
        person_id, path = exam.owner_id, f"/admin/people/{exam.owner_id}/erase"
        page = owner.page(path).text_content()
        assert "What is kept, and why" in page
        assert "365 days" in page
        for wrong in ("", "11", "tess"):
            assert owner.post(path, confirmation=wrong).status_code == 422
        assert db.session.get(LmsUser, person_id) is not None
        for _ in range(2):
            assert owner.post(path, confirmation=" 1 ").status_code == 303
        db.session.expire_all()
        assert (db.session.query(LmsUser).count(), db.session.query(Exam).count()) == (0, 0)
        assert store.exams == {}
        (entry,) = entries(AuditAction.PERSON_ERASED)
        assert entry.actor.startswith("admin:")
        assert "no longer stored here" in owner.page(f"/admin/people/{person_id}").text_content()
        assert owner.post(f"/admin/people/{person_id}/export").status_code == 303

    def test_of_two_clicks_at_once_one_erases(self, services, exam):
        person = db.session.get(LmsUser, exam.owner_id)
        db.session.expunge(person)
        assert [services.privacy.erase(person) for _ in range(2)] == [True, False]
        assert len(entries(AuditAction.PERSON_ERASED)) == 1


class TestChores:
    @pytest.fixture
    def chore(self, platform, services):
        services.chores.add(ChoreKind.DELETE_EXAM, "exam_gone", platform.id)
        db.session.commit()
        row = db.session.query(Chore).one()
        row.attempts = 50
        row.due_at = now() + timedelta(hours=5)
        row.last_error = "examplary.busy"
        db.session.commit()
        return row

    def test_one_that_fails_is_tried_again(self, owner, chore):
        assert "examplary.busy" in owner.page("/admin/chores").text_content()
        path = f"/admin/chores/{chore.id}"
        assert "This makes the call now" in owner.page(path).text_content()
        assert owner.post(f"{path}/retry").status_code == 303
        db.session.expire_all()
        assert chore.done_at is not None
        assert owner.post(f"{path}/retry").status_code == 303
        (entry,) = entries(AuditAction.CHORE_RETRIED)
        assert (entry.subject, entry.platform_id) == (str(chore.id), chore.platform_id)

    def test_one_for_a_person_is_closed_by_hand(self, owner, services):
        services.chores.add(ChoreKind.DELETE_USER, "user_77", None)
        db.session.commit()
        (link,) = owner.page("/admin/chores?only=stuck").xpath("//a[contains(@href, '/chores/')]/@href")
        assert "user_77" in owner.page(link).text_content()
        for _ in range(2):
            assert owner.post(f"{link}/settle").status_code == 303
        assert owner.page("/admin/chores?only=stuck").xpath("//main//li") == []
        assert len(entries(AuditAction.CHORE_SETTLED)) == 1

    def test_the_list_has_pages(self, owner, services, platform):
        for number in range(55):
            services.chores.add(ChoreKind.DELETE_EXAM, str(number), platform.id)
        db.session.commit()
        first = owner.page("/admin/chores")
        (more,) = first.xpath("//a[contains(., 'More')]/@href")
        assert (len(first.xpath("//main//li")), len(owner.page(more).xpath("//main//li"))) == (50, 5)
        assert owner.get(f"/admin/chores?after={10**30}").status_code == 200
        assert owner.get(f"/admin/chores/{10**30}").status_code == 404


def test_readers_see_no_actions(signed_in, exam, failed_import, colleague):
    reader = signed_in(AdminRole.READER, all_platforms=True)
    page = reader.page(f"/admin/exams/{exam.id}")
    assert page.xpath("//main//form | //main//a[contains(., 'Try again')]") == []
    for path in ("hand-over", "revoke", "retry", f"imports/{failed_import.id}/retry"):
        assert reader.get(f"/admin/exams/{exam.id}/{path}").status_code == 403
    assert reader.page(f"/admin/people/{exam.owner_id}").xpath("//main//form") == []
    assert reader.get(f"/admin/people/{exam.owner_id}/erase").status_code == 403
