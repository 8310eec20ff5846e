"""The review page of an exam, its files, and the deep linking response."""

import hashlib
import io
import re
import zipfile

import pytest

from lti_tool import formats
from lti_tool.models import Asset, Delivery, db, now
from lti_tool.services.delivery.packages import ORIGINAL
from tests.support.launch_settings import CANVAS_SETTINGS

PNG = b"\x89PNG\r\n\x1a\n a picture"
EVIL = '"><script>alert(1)</script>'


def question(number=1, **values):
    return {
        "id": f"q_{number}",
        "type": "multiple-choice-single-answer",
        "title": f"Question {number}?",
        "description": "",
        "settings": {"options": ["Yes", "No"], "correctAnswer": "Yes"},
        "scoring": {"criteria": [{"title": "Right", "levels": [{"title": "Yes", "points": 1}]}]},
    } | values


def document(*questions, **values):
    return {"id": "exam_1", "name": "Exam", "questions": list(questions) or [question()]} | values


def reasons_with(page, text):
    """Return the reasons for changes, above the questions, that contain a text."""
    return [reason for reason in page.xpath("//ul[@class='reasons']/li") if text in reason.text_content()]


class TestReview:
    @pytest.mark.parametrize("name", ["mixed-12", "pci-12", "single-1"])
    @pytest.mark.parametrize("format_name", formats.names())
    def test_every_question_is_shown_with_its_conversion(self, pages, keep_exam, tree, name, format_name):
        exam = keep_exam(name)
        response = pages().get(f"exams/{exam.id}?format={format_name}")
        assert response.status_code == 200
        cards = tree(response).find_class("question")
        assert len(cards) == exam.question_count
        for card in cards:
            (verdict,) = list(card.find_class("verdict"))
            assert verdict.text_content().strip()
            assert verdict.find_class("icon")

    def test_the_summary_counts_questions_and_points(self, canvas, keep_exam, services):
        exam = keep_exam("mixed-12")
        page = canvas.get(f"exams/{exam.id}").text
        report = services.exam_reports.report(exam, "canvas-qti")
        assert "12 questions · 26 points" in page
        adapted = sum(line.verdict == "adapted" for line in report.lines)
        assert f"{12 - adapted} questions arrive unchanged" in page
        for line in report.lines:
            for remark in line.remarks:
                assert remark.plain().split(":")[0] in page.replace("&#39;", "'")

    def test_correct_answers_are_marked_with_a_word(self, pages, keep_exam, tree):
        exam = keep_exam(document=document())
        (option,) = tree(pages().get(f"exams/{exam.id}")).find_class("correct")
        assert re.sub(r"\s+", " ", option.text_content()).strip() in ("Yes correct", "Yescorrect")

    def test_unchanged_questions_can_be_hidden(self, canvas, keep_exam, tree):
        exam = keep_exam("mixed-12")
        cards = tree(canvas.get(f"exams/{exam.id}?changed=1")).find_class("question")
        assert 0 < len(cards) < 12
        assert not any(card.find_class("verdict-native") for card in cards)

    def test_a_large_exam_is_paginated(self, pages, keep_exam, tree):
        exam = keep_exam(document=document(*(question(number) for number in range(1, 251))))
        own = pages()
        last = tree(own.get(f"exams/{exam.id}?page=5"))
        assert len(last.find_class("question")) == 50
        assert "Question 250?" in last.text_content()
        (current,) = last.xpath('//nav//a[@aria-current="page"]')
        assert current.text_content().strip().endswith("5")
        assert len(tree(own.get(f"exams/{exam.id}?page=99")).find_class("question")) == 50
        assert own.get(f"exams/{exam.id}?page=x").status_code == 200

    def test_images_have_our_own_address(self, pages, keep_exam, tree):
        stored, missing = "https://cdn.example.org/here.png", "https://cdn.example.org/gone.png"
        text = f'<p><img src="{stored}" alt="A cell"><img src="{missing}" alt="A leaf"></p>'
        exam = keep_exam(
            document=document(question(description=text)),
            media=[(stored, "image/png", PNG), (missing, "", None)],
        )
        own = pages()
        response = own.get(f"exams/{exam.id}")
        # Because a picture is missing, the question is compared with what the LMS shows: two more times.
        image, *others = tree(response).xpath("//img[@alt='A cell']")
        assert {other.get("src") for other in others} == {image.get("src")}
        assert image.get("src") == own.url(f"exams/{exam.id}/media/{hashlib.sha256(PNG).hexdigest()}")
        assert "Image missing: A leaf" in response.text
        assert "1 image or file couldn't be downloaded" in response.text.replace("&#39;", "'")
        assert "cdn.example.org" not in response.text
        file = own.client.get(image.get("src"))
        assert (file.data, file.content_type) == (PNG, "image/png")

    def test_the_exam_keeps_its_language_and_direction(self, pages, keep_exam, tree):
        exam = keep_exam(document=document(language="ar"), language="ar")
        page = tree(pages().get(f"exams/{exam.id}"))
        assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
        (questions,) = page.find_class("questions")
        assert (questions.get("lang"), questions.get("dir")) == ("ar", "rtl")

    def test_an_unknown_format_falls_back_to_the_best_one(self, moodle, keep_exam):
        exam = keep_exam()
        assert moodle.get(f"exams/{exam.id}?format=nonsense").status_code == 200

    def test_another_teachers_exam_is_not_found(self, pages, keep_exam):
        exam = keep_exam()
        other = pages(sub="2", context_id="course-2")
        assert other.get(f"exams/{exam.id}").status_code == 404
        assert other.get(f"exams/{exam.id}/download/canvas-qti").status_code == 404
        assert other.post(f"exams/{exam.id}/add").status_code == 404

    def test_a_change_is_explained_once_and_leads_to_its_questions(self, canvas, keep_exam, tree):
        formulas = [question(number, type="examplary.expansion.formula") for number in range(1, 16)]
        exam = keep_exam(document=document(*formulas))
        page = tree(canvas.get(f"exams/{exam.id}"))
        (reason,) = reasons_with(page, "no formula editor")
        assert reason.text_content().strip().startswith("15 questions:")
        links = reason.xpath(".//a/@href")
        assert len(links) == 15
        cards = [page.get_element_by_id(link.removeprefix("#")) for link in links]
        # On its card, a change is folded away, beside a comparison.
        (comparison,) = cards[6].find_class("comparison")
        ours, theirs = comparison.find_class("side")
        assert ours.text_content().split()[:4] == ["In", "Examplary", "Formula", "·"]
        assert theirs.text_content().split()[:4] == ["In", "Canvas", "Essay,", "marked"]
        assert theirs.find_class("lms-field")[0].text_content() == "Field for a longer text"

    def test_reasons_that_differ_in_a_number_are_one(self, canvas, keep_exam, tree):
        page = tree(canvas.get(f"exams/{keep_exam().id}"))
        (reason,) = reasons_with(page, "still hosted by Examplary")
        assert " ".join(reason.text_content().split()).startswith(
            "3 questions: 6 images or files couldn't be downloaded."
        )
        lines = [" ".join(line.text_content().split()) for line in reason.xpath(".//ul/li")]
        assert [line.split(" or file")[0] for line in lines] == [
            *("Question 3 3 images", "Question 9 2 images", "Question 12 1 image")
        ]

    def test_reasons_lead_to_the_page_that_has_the_question(self, canvas, keep_exam, tree):
        formulas = [question(number, type="examplary.expansion.formula") for number in range(1, 152)]
        exam = keep_exam(document=document(*formulas))
        page = tree(canvas.get(f"exams/{exam.id}"))
        links = page.xpath("//ul[@class='reasons']//a")
        address, _, anchor = links[100].get("href").partition("#")
        other = tree(canvas.client.get(address))
        assert "101" in other.get_element_by_id(anchor).find_class("question-head")[0].text_content()

    def test_questions_come_before_the_button_and_the_downloads(self, canvas, keep_exam, tree):
        page = tree(canvas.get(f"exams/{keep_exam().id}"))
        order = page.xpath("//main//*[@id='arrives' or @id='questions' or @class='add-bar' or @id='downloads']")
        assert [part.get("id") or part.get("class") for part in order] == [
            *("questions", "add-bar", "arrives", "downloads")
        ]
        assert page.xpath("//*[@class='add-bar']//button/@form") == ["add-form"]
        assert len(page.xpath("//main//*[contains(@class, 'primary')]")) == 1
        (downloads,) = page.find_class("downloads")
        assert downloads.tag == "details"
        assert downloads.get("open") is None


class TestEscaping:
    def test_texts_of_an_exam_are_never_markup(self, pages, keep_exam, make_generation):
        exam = keep_exam(
            document=document(
                question(title=EVIL, description=f"<p onclick=alert(1)>{EVIL}</p><img src=x onerror=alert(1)>"),
                question(2, settings={"options": [EVIL, "javascript:alert(1)"], "correctAnswer": EVIL}),
                name=EVIL,
            )
        )
        own = pages(context_title=EVIL, return_url='https://lms.example.org/"onmouseover="alert(1)')
        student = pages(sub="9", role="student", exam_id=exam.id, context_title=EVIL)
        for response in (own.get(), own.get(f"exams/{exam.id}"), student.get(), own.get("exams/none")):
            assert "<script>alert" not in response.text
            assert not re.search(r"<[^>]*\son\w+=", response.text)

    def test_a_return_url_with_quotes_is_escaped(self, pages, keep_exam, tree, signing):
        address = "https://lms.example.org/return?a=\"><script>alert(1)</script>&b='"
        exam = keep_exam()
        own = pages(family="canvas", deep_linking=CANVAS_SETTINGS | {"deep_link_return_url": address})
        response = own.post(f"exams/{exam.id}/add")
        (form,) = tree(response).forms
        assert form.action == address
        assert "<script>alert" not in response.text


class TestAdd:
    def test_the_response_is_posted_from_this_frame_to_this_lms_only(self, canvas, keep_exam, tree, signing):
        exam = keep_exam()
        page = tree(canvas.get(f"exams/{exam.id}"))
        response = canvas.client.post(page.get_element_by_id("add-form").action)
        (form,) = tree(response).forms
        assert (form.method, form.action) == ("POST", CANVAS_SETTINGS["deep_link_return_url"])
        assert form.get("data-autosubmit") is not None
        assert form.xpath(".//button")
        assert "form-action 'self' https://lms.example.org;" in response.headers["Content-Security-Policy"]
        assert response.headers["Referrer-Policy"] == "strict-origin"

    def test_another_exam_needs_another_launch(self, canvas, keep_exam, signing):
        first, second = keep_exam(), keep_exam("single-1")
        assert canvas.post(f"exams/{first.id}/add").status_code == 200
        assert canvas.post(f"exams/{first.id}/add").status_code == 200
        response = canvas.post(f"exams/{second.id}/add")
        assert response.status_code == 409
        assert "answer.already_given" in response.text
        assert "already been used" in canvas.get(f"exams/{second.id}").text

    def test_sending_again_to_canvas_is_called_another_copy(self, canvas, keep_exam, signing):
        exam = keep_exam()
        assert "Add another copy" not in canvas.get(f"exams/{exam.id}").text
        assert canvas.post(f"exams/{exam.id}/add").status_code == 200
        page = canvas.get(f"exams/{exam.id}").text
        assert "Add another copy" in page
        assert "would create a second quiz" in page

    def test_a_change_after_a_file_was_sent_is_reported_in_the_words_of_the_button(
        self, canvas, keep_exam, signing, tree
    ):
        exam = keep_exam()
        assert canvas.post(f"exams/{exam.id}/add").status_code == 200
        assert "old version" not in canvas.get(f"exams/{exam.id}").text
        exam.changed_at = now()
        db.session.commit()
        page = tree(canvas.get(f"exams/{exam.id}"))
        (button,) = page.find_class("primary")
        assert button.text_content().strip() == "Add another copy"
        (notice,) = page.xpath("//*[@data-live='in-course']")
        assert "still the old version" in notice.text_content()
        for place in (notice, page.get_element_by_id("add-link").getparent()):
            assert "“Add another copy” creates a second quiz, with the new version" in place.text_content()
        assert "only if it didn't arrive" not in page.text_content()
        assert "“Add to course”" not in page.text_content()

    def test_a_change_after_a_link_was_sent_is_reported(self, moodle, keep_exam, signing, tree):
        exam = keep_exam()
        assert moodle.post(f"exams/{exam.id}/add").status_code == 200
        exam.changed_at = now()
        db.session.commit()
        page = tree(moodle.get(f"exams/{exam.id}"))
        assert "The link shows this version" in page.text_content()
        assert "“Send again”" in page.get_element_by_id("add-link").getparent().text_content()

    def test_a_launch_without_deep_linking_offers_downloads_only(self, pages, keep_exam):
        exam = keep_exam()
        own = pages()
        assert "Add to course" not in own.get(f"exams/{exam.id}").text
        assert own.post(f"exams/{exam.id}/add").status_code == 409

    def test_import_steps_are_shown_beside_the_button(self, moodle, keep_exam):
        page = moodle.get(f"exams/{keep_exam().id}").text
        assert "Save and return to course" in page
        assert "Moodle XML format" in page


class TestFiles:
    @pytest.mark.parametrize("format_name", formats.names())
    def test_every_format_is_a_download(self, pages, keep_exam, format_name):
        exam = keep_exam("single-1")
        response = pages().get(f"exams/{exam.id}/download/{format_name}")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment; filename=")
        assert int(response.headers["Content-Length"]) == len(response.data)
        assert response.content_type.split(";")[0] == formats.get(format_name).media_type

    def test_examplarys_package_is_unchanged(self, pages, keep_exam):
        original = Asset(sha256=hashlib.sha256(b"zip").hexdigest(), media_type="application/zip", size=3, data=b"zip")
        db.session.add(original)
        db.session.flush()
        exam = keep_exam(original_sha256=original.sha256)
        own = pages()
        assert "original QTI 3" in own.get(f"exams/{exam.id}").text
        assert own.get(f"exams/{exam.id}/download/{ORIGINAL}").data == b"zip"

    def test_a_missing_original_package_is_not_offered(self, pages, keep_exam):
        exam = keep_exam()
        own = pages()
        assert ORIGINAL not in own.get(f"exams/{exam.id}").text
        assert own.get(f"exams/{exam.id}/download/{ORIGINAL}").status_code == 404

    def test_an_unknown_format_is_not_found(self, pages, keep_exam):
        response = pages().get(f"exams/{keep_exam().id}/download/nonsense")
        assert response.status_code == 404
        assert "There is no format named nonsense." in response.text

    @pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html", "application/pdf", "image/png; x"])
    def test_active_content_is_only_downloaded(self, pages, keep_exam, media_type):
        url = "https://cdn.example.org/x"
        exam = keep_exam(document=document(), media=[(url, media_type, b"<svg onload=alert(1)>")])
        digest = hashlib.sha256(b"<svg onload=alert(1)>").hexdigest()
        response = pages().get(f"exams/{exam.id}/media/{digest}")
        assert response.content_type == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment"

    def test_images_are_sandboxed_and_cached(self, pages, keep_exam):
        exam = keep_exam(document=document(), media=[("https://cdn.example.org/x", "image/png", PNG)])
        own = pages()
        address = f"exams/{exam.id}/media/{hashlib.sha256(PNG).hexdigest()}"
        response = own.get(address)
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in response.headers["Cache-Control"]
        again = own.get(address, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304

    def test_images_of_another_exam_are_not_found(self, pages, keep_exam):
        keep_exam(document=document(), media=[("https://cdn.example.org/x", "image/png", PNG)])
        other = keep_exam(document=document())
        response = pages().get(f"exams/{other.id}/media/{hashlib.sha256(PNG).hexdigest()}")
        assert response.status_code == 404


class TestPackages:
    @pytest.fixture
    def address(self, services, keep_exam, make_launch, settings):
        link = services.packages.link(keep_exam("single-1"), "canvas-qti", make_launch())
        db.session.commit()
        return link.removeprefix(settings.base_url)

    def fetches(self):
        return db.session.query(Delivery).populate_existing().one().fetches

    def test_an_lms_can_download_it_repeatedly_without_credentials(self, client, address):
        first, second = client.get(address), client.get(address)
        assert first.status_code == 200
        assert first.data == second.data
        assert zipfile.ZipFile(io.BytesIO(first.data)).testzip() is None
        assert first.content_type == "application/zip"
        assert int(first.headers["Content-Length"]) == len(first.data)
        assert first.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert self.fetches() == 2

    def test_head_requests_are_not_counted(self, client, address):
        response = client.head(address)
        assert response.status_code == 200
        assert int(response.headers["Content-Length"]) > 0
        assert self.fetches() == 0

    def test_the_file_name_does_not_matter(self, client, address):
        assert client.get(address.rsplit("/", 1)[0] + "/other.zip").status_code == 200

    def test_an_unchanged_package_gives_304(self, client, address):
        etag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    def test_an_invalid_package_link_is_not_found(self, client, address):
        response = client.get("/packages/abc/exam.zip")
        assert response.status_code == 404
        assert "package.gone" in response.text
