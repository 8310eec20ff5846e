"""Preview, print, answer sheet and text of an exam as pages."""

import json

import pytest

PAGES = ("preview", "print", "answer-sheet", "text")
PNG = b"\x89PNG\r\n\x1a\n"


def with_other_keys(question):
    """Return the JSON of a question with another key, model answer and criteria."""
    settings = dict(question.get("settings") or {})
    options = settings.get("options")
    other = {
        "multiple-choice-single-answer": lambda: settings.update(correctAnswer=options[-1]),
        "multiple-choice-multiple-answers": lambda: settings.update(correctAnswer=options[1:2]),
        "true-false": lambda: settings.update(correctAnswer="false"),
        "date-year": lambda: settings.update(correctAnswer="1066"),
        "examplary.expansion.sequence": lambda: settings.update(options=options[1:] + options[:1]),
    }.get(question["type"])
    if other is not None:
        other()
    return question | {"settings": settings, "scoring": {**question.get("scoring", {}), "modelAnswer": "SECRET"}}


@pytest.fixture
def twins(keep_exam, fixtures):
    """Two exams that differ in their keys only."""
    data = json.loads((fixtures / "exams" / "mixed-12.json").read_text())
    other = data | {"questions": [with_other_keys(question) for question in data["questions"]]}
    return keep_exam(document=data), keep_exam(document=other)


@pytest.mark.parametrize("path", PAGES)
def test_pages_for_students_do_not_depend_on_the_keys(pages, twins, path):
    own, (page, other) = pages(), twins
    first, second = (own.get(f"exams/{exam.id}/{path}").text.replace(exam.id, "ID") for exam in (page, other))
    assert first == second
    assert "SECRET" not in second
    assert "Amsterdam" in first or path == "answer-sheet"


@pytest.mark.parametrize("path", ["print", "text"])
def test_with_answers_if_asked_for(pages, twins, path, tree):
    own, (one, other) = pages(), twins
    text = own.get(f"exams/{other.id}/{path}?keys=1").text
    assert "SECRET" in text
    assert "Antwoord" in text
    assert "Antwoord" not in own.get(f"exams/{other.id}/{path}").text
    assert own.get(f"exams/{one.id}/{path}?keys=1").text != text


@pytest.mark.parametrize("path", ["preview", "print", "print?keys=1", "answer-sheet", "text?keys=1"])
def test_paper_is_in_the_language_of_the_exam_and_the_page_in_the_teacher_s(pages, keep_exam, fixtures, tree, path):
    data = json.loads((fixtures / "exams" / "mixed-12.json").read_text())
    own, exam = pages(locale="de"), keep_exam(document=data | {"language": "hi"})
    page = tree(own.get(f"exams/{exam.id}/{path}"))
    (paper,) = page.xpath("//article[@class='paper'] | //textarea")
    assert paper.get("lang") == "hi"
    assert set(paper.xpath(".//*/@lang")) <= {"ar"}, "only the exam's own"
    words = paper.text_content()
    assert ("नाम:" in words) is (path in ("print", "answer-sheet"))
    assert "उत्तर" in words or not path.endswith("keys=1")
    assert ("अंक" in words) is (path != "answer-sheet")
    assert not {"Name:", "Datum:", "Antwort:"} & set(words.split())
    assert "Punkt" not in words
    assert page.get("lang") == "de"
    assert "Zurück" in page.text_content()


@pytest.mark.parametrize(("language", "shown"), [("sv", "sv"), ("", None)])
def test_english_words_on_paper_in_another_language_say_that_they_are_english(
    pages, keep_exam, fixtures, tree, language, shown
):
    data = json.loads((fixtures / "exams" / "mixed-12.json").read_text())
    own, exam = pages(locale="ar"), keep_exam(document=data | {"language": language})
    (paper,) = tree(own.get(f"exams/{exam.id}/print")).xpath("//article")
    assert paper.get("lang") == shown
    (name,) = paper.xpath(".//p[@class='paper-name']")
    assert (name.get("lang"), name.get("dir")) == ("en", "ltr")
    assert "Name:" in name.text_content()


def test_pictures_are_in_the_preview(pages, keep_exam, fixtures):
    data = json.loads((fixtures / "exams" / "single-1.json").read_text())
    url = "https://cdn.examplary.test/leaf.png"
    data["questions"][0]["title"] = f'<img src="{url}" alt="A leaf">'
    own, exam = pages(), keep_exam(document=data, media=[(url, "image/png", PNG)])
    page = own.get(f"exams/{exam.id}/preview").text
    assert own.url(f"exams/{exam.id}/media/") in page
    assert url not in page


def test_a_long_exam_has_parts(pages, keep_exam, fixtures, tree):
    data = json.loads((fixtures / "exams" / "single-1.json").read_text())
    data["questions"] = [data["questions"][0] | {"id": f"q_{number}"} for number in range(450)]
    own, exam = pages(), keep_exam(document=data)
    for page, count in ((1, 200), (3, 50), (99, 50), (-1, 200)):
        questions = tree(own.get(f"exams/{exam.id}/preview?page={page}")).xpath("//li[@class='paper-question']")
        assert len(questions) == count


def test_the_review_page_leads_to_them(pages, keep_exam, tree):
    own, exam = pages(), keep_exam()
    links = {link.get("href") for link in tree(own.get(f"exams/{exam.id}")).xpath("//a")}
    base = own.url(f"exams/{exam.id}")
    assert links >= {f"{base}/{path}" for path in (*PAGES, "print?keys=1")}


@pytest.mark.parametrize("path", PAGES)
def test_only_teachers_who_may_see_the_exam_see_them(pages, student, keep_exam, path):
    exam = keep_exam()
    assert student.get(f"exams/{exam.id}/{path}").status_code == 403
    assert pages(sub="3", context_id="elsewhere").get(f"exams/{exam.id}/{path}").status_code == 404
    assert pages(only_exam_id=exam.id).get(f"exams/{exam.id}/{path}").status_code == 200
