"""The Moodle XML oracle imports and refuses the same as Moodle 4.5.6."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.importers import html, moodle_xml
from sandbox.importers.moodle_cloze import read_cloze
from sandbox.importers.moodle_model import MoodleQuestion

ACCEPTED = Path(__file__).parents[2] / "fixtures" / "accepted"
RECORDED = json.loads((ACCEPTED / "moodle-all.xml.moodle.json").read_text())
OURS = moodle_xml.read((ACCEPTED / "moodle-all.xml").read_bytes())


def single_question(kind: str, inner: str) -> bytes:
    return (
        f'<quiz><question type="{kind}"><name><text>Q</text></name>'
        f'<questiontext format="html"><text>{inner.partition("|")[0]}</text></questiontext>'
        f"{inner.partition('|')[2]}</question></quiz>"
    ).encode()


def choice(*fractions: str) -> bytes:
    answers = "".join(f'<answer fraction="{f}"><text>{n}</text></answer>' for n, f in enumerate(fractions))
    return single_question("multichoice", f"Which?|<single>true</single>{answers}")


def correct_parts(recorded: str | None) -> set[str] | None:
    if recorded is None:
        return None
    braced = re.findall(r"\{([^}]*)\}", recorded)
    return set(braced) if braced else {re.sub(r"^part \d+: ", "", part.strip()) for part in recorded.split(";")}


@pytest.mark.parametrize(("ours", "recorded"), list(zip(OURS.questions, RECORDED["questions"], strict=True)))
def test_imports_the_same_questions_as_moodle(ours: MoodleQuestion, recorded: dict) -> None:
    assert ours.qtype == recorded["qtype"]
    assert ours.name == recorded["name"]
    assert html.plain(ours.text) == recorded["text"]
    assert len(ours.text) == recorded["text_len"]
    assert ours.default_mark == recorded["default_mark"]
    assert ours.penalty == recorded["penalty"]
    assert ours.idnumber == recorded["idnumber"]
    assert list(ours.tags) == recorded["tags"]
    assert ours.hints == recorded["hints"]
    assert list(ours.missing_files) == recorded["missing_files"]
    assert [f"{file.area}/{file.name} (image/png, {len(file.content)} B)" for file in ours.files] == recorded["files"]
    assert ours.mark_for_correct == recorded["mark_for_correct_response"]
    assert (None if ours.correct is None else set(ours.correct)) == correct_parts(recorded["correct_response"])


@pytest.mark.parametrize(("ours", "recorded"), list(zip(OURS.questions, RECORDED["questions"], strict=True)))
def test_imports_the_same_answers_as_moodle(ours: MoodleQuestion, recorded: dict) -> None:
    in_gaps = ours.qtype in ("gapselect", "ddwtos")
    assert [(html.plain(answer.text), answer.fraction) for answer in ours.answers] == [
        (answer["text"], answer["fraction"]) for answer in recorded["answers"]
    ]
    if not in_gaps:
        assert [answer.feedback for answer in ours.answers] == [
            answer.get("feedback", "") for answer in recorded["answers"]
        ]
    if ours.qtype == "gapselect":
        assert [answer.group for answer in ours.answers] == [answer["feedback"] for answer in recorded["answers"]]
    assert [answer.tolerance for answer in ours.answers] == [answer.get("tolerance") for answer in recorded["answers"]]
    if ours.qtype == "match":
        assert list(ours.subquestions) == [(pair["text"], pair["answer"]) for pair in recorded["subquestions"]]
    assert [
        (part.qtype, part.mark, [[answer.text, answer.fraction] for answer in part.answers]) for part in ours.cloze
    ] == [(part["qtype"], part["mark"], part["answers"]) for part in recorded.get("cloze", [])]
    for name, value in recorded.get("options", {}).items():
        assert html.plain(ours.options[name]) == value, name


def test_puts_the_questions_into_the_named_category() -> None:
    assert OURS.imported
    assert OURS.category == "$course$/top/Lab exam"


def test_refuses_the_whole_file_for_one_fraction_off_the_list() -> None:
    refusal = moodle_xml.read(choice("100", "-37"))
    assert refusal.messages == ("Grades (-0.37) do not match grade options - question 'Q' skipped.",)
    assert refusal.questions == ()


@pytest.mark.parametrize("fraction", ["33.33333", "-14.28571", "83.33333", "5", "0"])
def test_takes_the_fractions_of_the_list(fraction: str) -> None:
    assert moodle_xml.read(choice("100", fraction)).imported


@pytest.mark.parametrize("fraction", ["33.3", "200", "1", "15", "-37"])
def test_takes_no_other_fraction(fraction: str) -> None:
    assert not moodle_xml.read(choice("100", fraction)).imported


def test_imports_a_question_without_a_right_answer_silently() -> None:
    question = moodle_xml.read(choice("50", "0")).questions[0]
    assert question.correct is None
    assert question.mark_for_correct is None


def test_refuses_an_unknown_type() -> None:
    assert (
        moodle_xml.read(single_question("wombat", "?")).messages[0]
        == "Question type wombat is not supported by XML import"
    )


@pytest.mark.parametrize("text", ["Tom & Jerry", "<p>not in CDATA</p>"])
def test_requires_a_string(text: str) -> None:
    assert (
        moodle_xml.read(single_question("essay", text)).messages[0] == "Invalid XML file - string expected (use CDATA?)"
    )


def test_does_not_expand_entities() -> None:
    bomb = b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'
    assert not moodle_xml.read(bomb).imported


def test_reports_an_image_that_did_not_come_along() -> None:
    question = moodle_xml.read(
        single_question("essay", "&lt;img src=&quot;@@PLUGINFILE@@/a%20b.png&quot;&gt;")
    ).questions[0]
    assert question.missing_files == ("a b.png",)


def test_shuffles_only_if_enabled_in_the_file() -> None:
    assert moodle_xml.read(choice("100", "0")).questions[0].options["shuffleanswers"] == "0"


def test_reads_an_embedded_answer_with_partial_credit_and_feedback() -> None:
    text, parts = read_cloze(r"a {2:SA:=x\}y#good~%50%half\~way#so \# so~no} b {:MCS:=&lt;3~4}")
    assert text == "a {#1} b {#2}"
    assert [(answer.text, answer.fraction, answer.feedback) for answer in parts[0].answers] == [
        ("x}y", 1.0, "good"),
        ("half~way", 0.5, "so # so"),
        ("no", 0.0, ""),
    ]
    assert parts[0].mark == 2
    assert parts[1].answers[0].text == "&lt;3"


def test_refuses_an_embedded_answer_without_a_correct_response() -> None:
    assert "100%" in moodle_xml.read(single_question("cloze", "{1:SA:%50%x}")).messages[0]


@given(st.binary(max_size=200))
def test_never_breaks_on_bytes(data: bytes) -> None:
    assert not moodle_xml.read(data).imported


@given(st.text(alphabet="{}:=~%#\\SA1 x&;", max_size=60))
def test_never_breaks_on_a_cloze_text(text: str) -> None:
    _, parts = read_cloze(text)
    assert all(part.answers or part.mark >= 0 for part in parts)
