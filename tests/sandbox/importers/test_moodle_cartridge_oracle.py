"""The restore oracle restores a cartridge like Moodle 4.5.6, including its quirks."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from sandbox.importers import html, moodle_cartridge
from sandbox.importers.archive import ImportRefused

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
CARTRIDGE = (ACCEPTED / "dual-canvas.imscc").read_bytes()
QTI = "g0123abc/assessment_qti.xml"


def changed(name: str, old: str, new: str) -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(CARTRIDGE)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for entry in source.namelist():
            text = source.read(entry)
            if entry == name:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            out.writestr(entry, text)
    return target.getvalue()


def test_restores_like_moodle() -> None:
    recorded = json.loads((ACCEPTED / "dual-canvas.imscc.moodle.json").read_text())
    ours = moodle_cartridge.read(CARTRIDGE)
    activity, bank = recorded["activities"][0], recorded["question_categories"][0]
    quiz = ours.quizzes[0]

    assert (ours.format, ours.course_name) == (recorded["detected_format"], recorded["course"]["fullname"])
    assert (quiz.name, quiz.sum_grades) == (activity["name"], activity["sumgrades"])
    assert quiz.attempts_allowed == activity["attempts_allowed"]
    assert quiz.time_limit_seconds == activity["timelimit"]
    slots = zip(quiz.questions, quiz.slot_marks, strict=True)
    assert [(q.qtype, q.name, mark) for q, mark in slots] == [
        (question["qtype"], question["name"], question["maxmark"]) for question in activity["questions"]
    ]
    for question, expected in zip(ours.categories[bank["name"]], bank["questions"], strict=True):
        assert html.plain(question.text) == expected["text"]
        assert question.default_mark == expected["default_mark"]
        assert [[a.text, a.fraction, a.feedback] for a in question.answers] == expected.get("answers", [])
        assert (question.correct or (None,))[0] == expected["correct"]
        assert question.mark_for_correct == expected.get("mark_for_correct")
        assert dict(question.options) == expected.get("options", {})


def test_sees_the_right_answers_of_a_multiple_response_only_with_case_yes() -> None:
    data = changed(QTI, '<varequal respident="r1">b', '<varequal respident="r1" case="Yes">b')
    question = moodle_cartridge.read(data).quizzes[0].questions[1]
    assert [answer.fraction for answer in question.answers] == [0.5, 0, 0.5]
    assert question.mark_for_correct == 2


def test_stops_at_a_true_false_label_of_another_name() -> None:
    with pytest.raises(ImportRefused):
        moodle_cartridge.read(changed(QTI, 'ident="true"', 'ident="waar"'))


def test_refuses_a_cartridge_whose_title_holds_a_tag_sign() -> None:
    string = "<lomimscc:string>"
    with pytest.raises(ImportRefused, match="setting_invalid_text"):
        moodle_cartridge.read(changed("imsmanifest.xml", string, f"{string}3 &lt; 5"))
    assert moodle_cartridge.read(changed("imsmanifest.xml", string, f"{string}3 ＜ 5")).quizzes


@pytest.mark.parametrize(("length", "is_refused"), [(243, False), (244, True)])
def test_refuses_a_category_name_over_255_characters(length: int, is_refused: bool) -> None:
    title = "é" * length
    data = changed("imsmanifest.xml", "<title>Lab Quiz</title>", f"<title>{title}</title>")
    if is_refused:
        with pytest.raises(ImportRefused, match="Data too long"):
            moodle_cartridge.read(data)
    else:
        assert moodle_cartridge.read(data).quizzes[0].name == title


def test_gives_a_perfect_attempt_a_wrong_grade() -> None:
    quiz = moodle_cartridge.read(CARTRIDGE).quizzes[0]
    assert (quiz.sum_grades, len(quiz.questions), quiz.grade_for_all_right) == (4, 5, 12.5)


@pytest.mark.parametrize("version", ["imsccv1p2", "imsccv1p3"])
def test_rejects_newer_cartridges(version: str) -> None:
    with pytest.raises(ImportRefused, match="detected_format unknown"):
        moodle_cartridge.read(changed("imsmanifest.xml", "imsccv1p1/imscp", f"{version}/imscp"))


def test_overlooks_the_namespace_after_a_long_comment() -> None:
    with pytest.raises(ImportRefused, match="detected_format unknown"):
        moodle_cartridge.read(changed("imsmanifest.xml", "<manifest", f"<!--{'x' * 1024}--><manifest"))


def test_gives_every_answer_of_a_1_0_cartridge_the_whole_mark() -> None:
    data = changed("imsmanifest.xml", "imsccv1p1/imscp_v1p1", "imscc/imscp_v1p1")
    question = moodle_cartridge.read(data).quizzes[0].questions[0]
    assert [answer.fraction for answer in question.answers] == [1, 1]
