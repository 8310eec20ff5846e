"""Questions that AI made: the notice, the recorded review, and what an administrator may require."""

from lti_tool.models import AuditEntry, db


def reviews():
    return [entry.detail for entry in db.session.query(AuditEntry).filter_by(action="exam.reviewed")]


def test_adding_an_exam_is_recorded_as_its_review(canvas, keep_exam, signing):
    exam = keep_exam()
    page = canvas.get(f"exams/{exam.id}").text
    assert "AI made these questions" in page
    assert 'name="reviewed"' not in page
    assert canvas.post(f"exams/{exam.id}/add").status_code == 200
    assert reviews() == ["by adding it"]


def test_an_administrator_may_require_a_tick(canvas, platform, keep_exam, tree, signing):
    exam = keep_exam()
    platform.requires_review = True
    db.session.commit()
    (box,) = tree(canvas.get(f"exams/{exam.id}")).xpath("//form[contains(@action, '/add')]//input[@name='reviewed']")
    assert box.get("required") is not None
    refused = canvas.post(f"exams/{exam.id}/add")
    assert (refused.status_code, "exam.review_required" in refused.text, reviews()) == (409, True, [])
    assert canvas.post(f"exams/{exam.id}/add", data={"reviewed": "1"}).status_code == 200
    assert reviews() == ["confirmed"]


def test_packages_carry_the_administrators_labels(canvas, platform, keep_exam):
    exam = keep_exam("single-1")
    before = canvas.get(f"exams/{exam.id}/download/moodle-xml").text
    assert "<text><![CDATA[AI-generated]]></text>" in before
    platform.question_tag = "faculty-check"
    platform.title_prefix = "[AI]"
    db.session.commit()
    after = canvas.get(f"exams/{exam.id}/download/moodle-xml").text
    assert "<text><![CDATA[faculty-check]]></text>" in after
    assert f"[AI] {exam.title}" in after
