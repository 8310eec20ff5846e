"""Pages of a launch: their contents, buttons and access."""

from datetime import timedelta

import pytest

from lti_tool.models import Generation, db, now
from lti_tool.security.tokens import Purpose
from tests.support.launch_settings import CANVAS_SETTINGS


class TestHome:
    def test_a_teacher_can_start_a_new_exam(self, pages, tree):
        page = tree(pages().get())
        (form,) = [form for form in page.forms if form.action.endswith("/generations")]
        assert form.method == "POST"
        assert "New exam" in form.text_content()

    def test_only_a_deep_linking_launch_can_be_cancelled(self, pages, canvas):
        assert "/cancel" not in pages().get().text
        assert canvas.url("cancel") in canvas.get().text

    def test_cancelling_returns_an_empty_response(self, canvas, tree, signing):
        (form,) = tree(canvas.post("cancel")).forms
        assert form.action == CANVAS_SETTINGS["deep_link_return_url"]
        assert form.fields["JWT"].count(".") == 2

    def test_unfinished_exams_can_be_continued(self, pages, make_generation):
        own = pages()
        waiting = make_generation(own.launch)
        failed = make_generation(own.launch, state="failed", error_code="examplary.unavailable")
        over = make_generation(own.launch, state="cancelled")
        page = own.get().text.replace("&#39;", "'")
        assert own.url(f"generations/{waiting.id}") in page
        assert own.url(f"generations/{waiting.id}/cancel") in page
        assert own.url(f"generations/{failed.id}/retry") in page
        assert "Examplary can't be reached." in page
        assert over.id not in page

    def test_earlier_exams_of_the_teacher_and_of_the_course_are_listed(self, pages, keep_exam):
        mine, ours = keep_exam("single-1"), keep_exam("mixed-12", sub="2")
        keep_exam("pci-12", sub="2", context_id="elsewhere", title="Of another course")
        own = pages()
        page = own.get().text
        assert own.url(f"exams/{mine.id}") in page
        assert own.url(f"exams/{ours.id}") in page
        assert "Of another course" not in page

    def test_a_link_to_an_exam_opens_it(self, pages, keep_exam):
        exam = keep_exam()
        own = pages(sub="2", exam_id=exam.id)
        response = own.get()
        assert response.status_code == 303
        assert response.location == own.url(f"exams/{exam.id}")
        assert own.get(f"exams/{exam.id}").status_code == 200

    def test_a_link_to_a_deleted_exam_shows_the_start_page(self, pages):
        response = pages(exam_id="gone").get()
        assert response.status_code == 200
        assert "no longer exists" in response.text
        assert "New exam" in response.text


class TestLinks:
    def test_a_tampered_link_is_refused(self, pages):
        response = pages().client.get("/l/abc.def.ghi/")
        assert response.status_code == 404
        assert "access.link_invalid" in response.text

    def test_an_expired_link_is_refused(self, pages):
        response = pages(expires_at=now() - timedelta(seconds=1)).get()
        assert response.status_code == 410
        assert "Nothing is lost." in response.text

    def test_a_return_token_opens_no_page(self, pages, services, make_generation):
        own = pages()
        token = services.tokens.sign(Purpose.EMBED_RETURN, make_generation(own.launch).id)
        assert own.client.get(f"/l/{token}/").status_code == 404

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Sec-Fetch-Site": "same-origin", "Origin": "http://tool.localhost:5000"}, 303),
            ({"Sec-Fetch-Site": "none", "Origin": "null"}, 303),
        ],
    )
    def test_forms_of_other_sites_are_refused(self, pages, headers, status):
        assert pages().post("generations", headers=headers).status_code == status


class TestGeneration:
    def test_a_new_exam_opens_examplary_in_a_frame(self, pages, examplary, tree):
        own = pages()
        response = own.post("generations")
        assert response.status_code == 303
        response = own.client.get(response.location)
        (frame,) = tree(response).iter("iframe")
        assert frame.get("src").startswith(f"{examplary.base_url}/embeds/")
        assert frame.get("title")
        assert frame.get("allow") == "camera; microphone; clipboard-write"
        assert frame.get("referrerpolicy") == "no-referrer"
        policy = response.headers["Content-Security-Policy"]
        assert f"frame-src {examplary.base_url} http://tool.localhost:5000/embed/return/" in policy
        assert f'camera=(self "{examplary.base_url}")' in response.headers["Permissions-Policy"]

    def test_the_same_form_starts_one_exam_and_another_form_another(self, pages, tree, examplary_app):
        own = pages()
        form_ids = [tree(own.get()).find(".//input[@name='form_id']").get("value") for _ in range(2)]
        addresses = [
            own.post("generations", data={"form_id": form_id}).location for form_id in (form_ids[0], *form_ids)
        ]
        assert addresses[0] == addresses[1] != addresses[2]
        assert len(examplary_app.extensions["examplary"].sessions) == 2

    def test_a_page_of_version_0_1_that_is_still_open_starts_one_exam(self, pages):
        own = pages()
        addresses = [own.post("generations", data={"wish": "an old page"}).location for _ in range(2)]
        assert addresses[0] == addresses[1]

    def test_while_examplary_is_busy_the_page_waits_and_continues(self, pages, tree, examplary_app):
        from sandbox.faults import Fault

        own = pages()
        examplary_app.extensions["faults"].script("POST /embed-sessions", Fault(status=429, retry_after="90"))
        address = own.post("generations").location
        page = tree(own.client.get(address))
        assert "Opening Examplary" in page.text_content()
        assert "examplary.busy" in page.text_content()
        state = page.get_element_by_id("progress").get("data-state-url")
        assert own.client.get(state).json["state"] == "opening"
        row = db.session.query(Generation).one()
        row.look_after = row.checked_at = now() - timedelta(seconds=11)
        db.session.commit()
        assert own.client.get(state).json["next"] == address
        assert own.client.get(state).json["state"] == "open"
        assert "iframe" in own.client.get(address).text

    def test_after_a_lost_response_the_teacher_can_retry(self, pages, tree, examplary_app):
        from sandbox.faults import Fault

        own = pages()
        examplary_app.extensions["faults"].script("POST /embed-sessions", Fault(lost=True))
        address = own.post("generations").location
        page = tree(own.client.get(address))
        assert "Examplary couldn't be opened" in page.text_content()
        (retry,) = [form for form in page.forms if form.action.endswith("/retry")]
        own.client.post(retry.action)
        assert "iframe" in own.client.get(address).text

    def test_a_hint_checks_with_examplary(self, pages, begin, examplary_app):
        own = pages()
        generation = begin(own)
        (session,) = examplary_app.extensions["examplary"].sessions.values()
        session.status = "cancelled"
        response = own.post(f"generations/{generation.id}/hint", headers={"Accept": "application/json"})
        assert response.status_code == 202
        page = own.get(f"generations/{generation.id}")
        assert "This exam was discarded" in page.text
        assert "generation.cancelled" not in page.text

    def test_without_javascript_a_hint_redirects_to_the_page(self, pages, begin):
        own = pages()
        generation = begin(own)
        response = own.post(f"generations/{generation.id}/hint")
        assert response.status_code == 303
        assert "isn&#39;t finished yet" in own.client.get(response.location).text

    @pytest.mark.parametrize("state", ["ready", "returned"])
    def test_a_ready_generation_redirects_to_its_exam(self, pages, make_generation, keep_exam, state):
        own, exam = pages(), keep_exam()
        generation = make_generation(own.launch, state=state, exam_id=exam.id)
        response = own.get(f"generations/{generation.id}")
        assert (response.status_code, response.location) == (303, own.url(f"exams/{exam.id}") + "#title")

    def test_the_page_shows_progress_while_collecting(self, pages, make_generation):
        own = pages()
        generation = make_generation(own.launch, state="collecting", error_code="examplary.busy")
        page = own.get(f"generations/{generation.id}").text
        assert "Your exam is on its way" in page
        assert "Examplary is busy." in page
        assert "examplary.busy" in page
        assert '<noscript><meta http-equiv="refresh"' in page
        assert 'role="status"' in page

    def test_a_failed_generation_can_be_retried(self, pages, begin):
        own = pages()
        generation = begin(own)
        generation.state = "failed"
        generation.error_code = "exam.empty"
        db.session.commit()
        page = own.get(f"generations/{generation.id}").text
        assert "This exam has no questions." in page
        assert own.url(f"generations/{generation.id}/retry") in page
        assert own.post(f"generations/{generation.id}/retry").status_code == 303
        db.session.refresh(generation)
        assert generation.state == "open"

    def test_an_unknown_error_code_still_gives_a_page(self, pages, make_generation):
        own = pages()
        generation = make_generation(own.launch, state="failed", error_code="of.an.old.release")
        assert own.get(f"generations/{generation.id}").status_code == 200

    def test_cancelling_redirects_to_the_start_page(self, pages, make_generation):
        own = pages()
        generation = make_generation(own.launch)
        response = own.post(f"generations/{generation.id}/cancel")
        assert (response.status_code, response.location) == (303, own.url())
        db.session.refresh(generation)
        assert generation.state == "cancelled"

    def test_the_state_for_the_script(self, pages, make_generation):
        own = pages()
        waiting = make_generation(own.launch)
        state = own.get(f"generations/{waiting.id}/state").json
        assert (state["state"], state["next"], state["error"]) == ("open", None, None)
        assert "isn't finished" in state["note"]
        failed = make_generation(own.launch, state="failed", error_code="examplary.key_refused")
        state = own.get(f"generations/{failed.id}/state").json
        assert state["next"] == own.url(f"generations/{failed.id}")
        assert state["error"]["code"] == "examplary.key_refused"
        assert state["error"]["sentence"] == "Examplary rejected this tool's API key."

    @pytest.mark.parametrize("action", ["", "/state", "/hint", "/cancel", "/retry"])
    def test_another_teachers_generation_is_not_found(self, pages, make_generation, action):
        generation = make_generation(pages().launch)
        other = pages(sub="2", name="Otto Other")
        send = other.get if action in ("", "/state") else other.post
        assert send(f"generations/{generation.id}{action}").status_code == 404


class TestReturn:
    def test_the_return_page_is_only_a_hint(self, pages, services, begin, keep_exam):
        own, exam = pages(), keep_exam()
        generation = begin(own)
        token = services.tokens.sign(Purpose.EMBED_RETURN, generation.id)
        response = own.client.get(f"/embed/return/{token}?status=completed&examId={exam.id}")
        assert response.status_code == 200
        assert "I'm done" in response.text
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://lms.example.org" in policy
        db.session.refresh(generation)
        assert (generation.state, generation.exam_id) == ("open", None)

    def test_an_invalid_return_token_is_refused(self, client):
        assert client.get("/embed/return/abc").status_code == 404
