"""Add the texts of the original package to questions of unknown types."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool import formats
from lti_tool.exam import parse_exam
from lti_tool.formats.original_package import with_original_texts

FIXTURES = Path(__file__).parents[1] / "fixtures"
PACKAGE = (FIXTURES / "packages" / "pci-12.qti3.zip").read_bytes()
RAW = json.loads((FIXTURES / "exams" / "pci-12.json").read_bytes())
ITEM = '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"><qti-item-body>{}</qti-item-body></qti-assessment-item>'
ONE = {"id": "q_1", "type": "my-org.own", "title": "Colours", "description": "<p>Choose one.</p>"}


def exam(**changed):
    return parse_exam({"id": "e", "name": "E", "questions": [{**ONE, **changed}]})


def package(body, item=ITEM, document="item-q_1.xml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr(document, item.format(body))
        zipped.writestr("imsmanifest.xml", "<manifest/>")
    return out.getvalue()


def read(body, **changed):
    return with_original_texts(exam(**changed), package(body)).questions[0].description.plain_text()


def test_texts_of_the_exam_are_not_repeated():
    whole = parse_exam(RAW)
    assert any(question.kind == "unknown" for question in whole.questions)
    assert with_original_texts(whole, PACKAGE) == whole


def test_the_package_fills_in_missing_texts():
    silent = {**RAW, "questions": [{**question, "title": "", "description": ""} for question in RAW["questions"]]}
    questions = with_original_texts(parse_exam(silent), PACKAGE).questions
    texts = {question.kind: question.description.plain_text() for question in questions}
    assert texts["unknown"] == "Custom question type of a workspace."
    assert {text for kind, text in texts.items() if kind != "unknown"} == {""}
    (unknown,) = (question for question in questions if question.kind == "unknown")
    assert [flaw.code for flaw in unknown.flaws] == ["exam.type-unknown"]


def test_text_and_prompt_of_the_item_follow_the_description():
    body = (
        "<p>Choose\n  <em>one</em>\n  .</p><p>Which colour is opposite to red?</p>"
        '<qti-portable-custom-interaction response-identifier="R" data-examplary-settings="{{}}">'
        "<qti-prompt>&lt;p&gt;Look at H&lt;sub&gt;2&lt;/sub&gt;O.&lt;/p&gt;</qti-prompt>"
        "<qti-interaction-markup><p>Loading…</p></qti-interaction-markup></qti-portable-custom-interaction>"
        '<qti-rubric-block view="scorer"><p>The key is cyan.</p></qti-rubric-block>'
        "<qti-feedback-block><p>Well done.</p></qti-feedback-block>"
    ).replace("{{}}", "{}")
    assert read(body) == "Choose one. Which colour is opposite to red? Look at H2O."


def test_an_escaped_sign_stays_a_sign():
    assert read("<p>Is x &lt; 4 &amp;amp; y &gt; 3?</p>") == "Choose one. Is x < 4 &amp; y > 3?"
    assert read("<p><inline-math>a &lt; b</inline-math> holds.</p>") == "Choose one. a < b holds."


def test_choices_are_shown_without_revealing_their_order():
    body = (
        "<qti-order-interaction><qti-prompt>Put in order</qti-prompt><qti-simple-choice>Third</qti-simple-choice>"
        "<qti-simple-choice>First</qti-simple-choice></qti-order-interaction>"
        "<p>Born in <qti-text-entry-interaction/></p>"
    )
    assert read(body) == "Choose one. Put in order First Third Born in ___"


def test_new_pictures_are_added():
    merged = with_original_texts(exam(), package('<p><img src="https://cdn.example/a.png" alt=""/></p>'))
    assert merged.media == ("https://cdn.example/a.png",)


def test_hostile_text_is_sanitised():
    merged = with_original_texts(
        exam(), package('<p onclick="x()">Hi<script>x()</script><a href="javascript:x()">l</a></p>')
    )
    for name in formats.names():
        out = io.BytesIO()
        formats.get(name).write(merged, {}, out)
        assert b"x()" not in out.getvalue()
    assert merged.questions[0].description.plain_text() == "Choose one. Hil"


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a><qti-item-body>&b;</qti-item-body></a>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no zip",
        PACKAGE[:2000],
        package("<p>New", ITEM),
        package("&nbsp;New", ITEM),
        package("", BOMB),
        package("<p>New</p>", document="../item-q_1.xml"),
        package("<p>New</p>", document="item-q_2.xml"),
        package("<p>" + "New " * 60_000 + "</p>"),
        package("", "<qti-assessment-item/>"),
    ],
)
def test_a_damaged_package_or_item_changes_nothing(data):
    assert with_original_texts(exam(), data) == exam()


@given(st.integers(0, len(PACKAGE) - 1), st.integers(0, 255))
def test_any_damaged_byte_keeps_all_questions(place, byte):
    whole = parse_exam(RAW)
    merged = with_original_texts(whole, PACKAGE[:place] + bytes([byte]) + PACKAGE[place + 1 :])
    assert len(merged.questions) == len(whole.questions)
