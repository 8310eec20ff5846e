"""The console's search of exams, and the road of each."""

from __future__ import annotations

import pytest

from lti_tool.models import AdminRole, AuditAction, AuditEntry, Exam, LmsUser, db


@pytest.fixture
def exam(make_exam):
    return make_exam()


@pytest.fixture
def colleague(platform):
    row = LmsUser(platform_id=platform.id, sub="colleague-1", name="Col League", email="col@school.example")
    db.session.add(row)
    db.session.commit()
    return row


def test_an_exam_is_found_and_its_steps_are_shown(owner, exam):
    for text in (exam.title[:4].upper(), exam.id, "1"):
        assert exam.title in owner.page(f"/admin/exams?q={text}").text_content()
    assert exam.title not in owner.page("/admin/exams?q=nothing-like-it").xpath("string(//main//ul)")
    page = owner.page(f"/admin/exams/{exam.generation_id}").text_content()
    assert "Generation" in page
    assert "Launch" in page


def test_wildcards_mean_themselves(owner, exam):
    assert owner.page("/admin/exams?q=%25").xpath("//main//li") == []


def test_an_exam_is_handed_over_to_a_colleague(owner, exam, colleague):
    path = f"/admin/exams/{exam.generation_id}"
    assert owner.post(f"{path}/hand-over", who="nobody").status_code == 422
    assert owner.post(f"{path}/hand-over", who=" ").status_code == 422
    assert owner.post(f"{path}/hand-over", who=" col@school.example ").status_code == 303
    assert db.session.get(Exam, exam.id).owner_id == colleague.id
    assert db.session.query(AuditEntry).filter_by(action=AuditAction.EXAM_HANDED_OVER).one().subject == exam.id


def test_links_are_revoked(owner, exam):
    assert owner.post(f"/admin/exams/{exam.generation_id}/revoke").status_code == 303


def test_exams_of_other_platforms_do_not_exist(signed_in, exam, other_platform, colleague):
    console = signed_in(AdminRole.ADMINISTRATOR, platforms=[other_platform])
    assert console.page("/admin/exams").xpath("//main//li") == []
    path = f"/admin/exams/{exam.generation_id}"
    assert console.get(path).status_code == 404
    assert console.post(f"{path}/hand-over", who="colleague-1").status_code == 404
    assert console.post(f"{path}/revoke").status_code == 404


def test_readers_hand_nothing_over(signed_in, exam, colleague):
    reader = signed_in(AdminRole.READER, all_platforms=True)
    assert "Hand over" not in reader.page(f"/admin/exams/{exam.generation_id}").text_content()
    assert reader.post(f"/admin/exams/{exam.generation_id}/hand-over", who="colleague-1").status_code == 403
