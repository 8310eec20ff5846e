"""The Moodle XML oracle holds what Moodle 4.5.6 held, and refuses what it refused."""

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
SEEN = json.loads((ACCEPTED / "moodle-all.xml.moodle.json").read_text())
OURS = moodle_xml.read((ACCEPTED / "moodle-all.xml").read_bytes())


def one(kind: str, inner: str) -> bytes:
    return (
        f'<quiz><question type="{kind}"><name><text>Q</text></name>'
        f'<questiontext format="html"><text>{inner.partition("|")[0]}</text></questiontext>'
        f"{inner.partition('|')[2]}</question></quiz>"
    ).encode()


def choice(*fractions: str) -> bytes:
    answers = "".join(f'<answer fraction="{f}"><text>{n}</text></answer>' for n, f in enumerate(fractions))
    return one("multichoice", f"Which?|<single>true</single>{answers}")


def correct_parts(seen: str | None) -> set[str] | None:
    if seen is None:
        return None
    braced = re.findall(r"\{([^}]*)\}", seen)
    return set(braced) if braced else {re.sub(r"^part \d+: ", "", each.strip()) for each in seen.split(";")}


@pytest.mark.parametrize(("ours", "seen"), list(zip(OURS.questions, SEEN["questions"], strict=True)))
def test_holds_what_moodle_held(ours: MoodleQuestion, seen: dict) -> None:
    assert ours.qtype == seen["qtype"]
    assert ours.name == seen["name"]
    assert html.plain(ours.text) == seen["text"]
    assert len(ours.text) == seen["text_len"]
    assert ours.default_mark == seen["default_mark"]
    assert ours.penalty == seen["penalty"]
    assert ours.idnumber == seen["idnumber"]
    assert list(ours.tags) == seen["tags"]
    assert ours.hints == seen["hints"]
    assert list(ours.missing_files) == seen["missing_files"]
    assert [f"{each.area}/{each.name} (image/png, {len(each.content)} B)" for each in ours.files] == seen["files"]
    assert ours.mark_for_correct == seen["mark_for_correct_response"]
    assert (None if ours.correct is None else set(ours.correct)) == correct_parts(seen["correct_response"])


@pytest.mark.parametrize(("ours", "seen"), list(zip(OURS.questions, SEEN["questions"], strict=True)))
def test_holds_the_answers_that_moodle_held(ours: MoodleQuestion, seen: dict) -> None:
    in_gaps = ours.qtype in ("gapselect", "ddwtos")
    assert [(html.plain(each.text), each.fraction) for each in ours.answers] == [
        (each["text"], each["fraction"]) for each in seen["answers"]
    ]
    if not in_gaps:
        assert [each.feedback for each in ours.answers] == [each.get("feedback", "") for each in seen["answers"]]
    if ours.qtype == "gapselect":
        assert [each.group for each in ours.answers] == [each["feedback"] for each in seen["answers"]]
    assert [each.tolerance for each in ours.answers] == [each.get("tolerance") for each in seen["answers"]]
    if ours.qtype == "match":
        assert list(ours.subquestions) == [(each["text"], each["answer"]) for each in seen["subquestions"]]
    assert [(part.qtype, part.mark, [[each.text, each.fraction] for each in part.answers]) for part in ours.cloze] == [
        (part["qtype"], part["mark"], part["answers"]) for part in seen.get("cloze", [])
    ]
    for name, value in seen.get("options", {}).items():
        assert html.plain(ours.options[name]) == value, name


def test_puts_the_questions_into_the_named_category() -> None:
    assert OURS.imported
    assert OURS.category == "$course$/top/Lab exam"


def test_refuses_the_whole_file_for_one_fraction_off_the_list() -> None:
    refused = moodle_xml.read(choice("100", "-37"))
    assert refused.messages == ("Grades (-0.37) do not match grade options - question 'Q' skipped.",)
    assert refused.questions == ()


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


def test_says_that_it_does_not_know_the_type() -> None:
    assert moodle_xml.read(one("wombat", "?")).messages[0] == "Question type wombat is not supported by XML import"


@pytest.mark.parametrize("text", ["Tom & Jerry", "<p>not in CDATA</p>"])
def test_wants_a_string(text: str) -> None:
    assert moodle_xml.read(one("essay", text)).messages[0] == "Invalid XML file - string expected (use CDATA?)"


def test_does_not_expand_entities() -> None:
    bomb = b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>'
    assert not moodle_xml.read(bomb).imported


def test_reports_an_image_that_did_not_come_along() -> None:
    question = moodle_xml.read(one("essay", "&lt;img src=&quot;@@PLUGINFILE@@/a%20b.png&quot;&gt;")).questions[0]
    assert question.missing_files == ("a b.png",)


def test_shuffles_only_if_the_file_says_so() -> None:
    assert moodle_xml.read(choice("100", "0")).questions[0].options["shuffleanswers"] == "0"


def test_reads_an_embedded_answer_with_partial_credit_and_feedback() -> None:
    text, parts = read_cloze(r"a {2:SA:=x\}y#good~%50%half\~way#so \# so~no} b {:MCS:=&lt;3~4}")
    assert text == "a {#1} b {#2}"
    assert [(each.text, each.fraction, each.feedback) for each in parts[0].answers] == [
        ("x}y", 1.0, "good"),
        ("half~way", 0.5, "so # so"),
        ("no", 0.0, ""),
    ]
    assert parts[0].mark == 2
    assert parts[1].answers[0].text == "&lt;3"


def test_refuses_an_embedded_answer_that_nobody_can_get_right() -> None:
    assert "100%" in moodle_xml.read(one("cloze", "{1:SA:%50%x}")).messages[0]


@given(st.binary(max_size=200))
def test_never_breaks_on_bytes(data: bytes) -> None:
    assert not moodle_xml.read(data).imported


@given(st.text(alphabet="{}:=~%#\\SA1 x&;", max_size=60))
def test_never_breaks_on_a_cloze_text(text: str) -> None:
    _, parts = read_cloze(text)
    assert all(part.answers or part.mark >= 0 for part in parts)
