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
from lti_tool.formats.original import with_original_texts

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


DECLARATION = '<qti-response-declaration identifier="R" cardinality="{}" base-type="{}">{}</qti-response-declaration>'
CORRECT = "<qti-correct-response>{}</qti-correct-response>"
VALUE = "<qti-value>{}</qti-value>"


def keyed(declaration, body):
    item = ITEM.replace("<qti-item-body>", f"{declaration}<qti-item-body>")
    (question,) = with_original_texts(exam(title="", description=""), package(body, item)).questions
    return question


def declaration(base, values, cardinality="single", more=""):
    return DECLARATION.format(cardinality, base, CORRECT.format("".join(map(VALUE.format, values))) + more)


def choices(idents, tag="qti-simple-choice"):
    return "".join(f'<{tag} identifier="{ident}"><p>Text {ident}</p></{tag}>' for ident in idents)


def choice_body(idents="ABC"):
    inner = f"<qti-prompt>Choose.</qti-prompt>{choices(idents)}"
    return f'<p>Read this.</p><qti-choice-interaction response-identifier="R">{inner}</qti-choice-interaction>'


@pytest.mark.parametrize(("cardinality", "keys"), [("single", "B"), ("multiple", "AC")])
def test_a_choice_of_a_custom_type_keeps_its_key(cardinality, keys):
    question = keyed(declaration("identifier", keys, cardinality), choice_body())
    assert (question.kind, question.multiple) == ("choice", cardinality == "multiple")
    assert [option.plain_text() for option in question.options] == ["Text A", "Text B", "Text C"]
    assert question.correct == tuple("ABC".index(key) for key in keys)
    assert question.description.plain_text() == "Read this. Choose."
    assert [flaw.code for flaw in question.flaws] == ["exam.interaction-read", "exam.points-missing"]


@given(st.permutations("ABCDE"))
def test_an_ordering_of_a_custom_type_keeps_its_order(order):
    body = f'<qti-order-interaction response-identifier="R">{choices("ABCDE")}</qti-order-interaction>'
    question = keyed(declaration("identifier", order, "ordered"), body)
    assert [option.plain_text() for option in question.options] == [f"Text {ident}" for ident in order]
    assert question.keyed


def test_a_matching_of_a_custom_type_keeps_its_pairs():
    sets = "".join(
        f"<qti-simple-match-set>{choices(idents, 'qti-simple-associable-choice')}</qti-simple-match-set>"
        for idents in ("AB", "XYZ")
    )
    body = f'<qti-match-interaction response-identifier="R">{sets}</qti-match-interaction>'
    question = keyed(declaration("directedPair", ["A Z", "B X"], "multiple"), body)
    assert (question.kind, question.pairs) == ("matching", ((0, 2), (1, 0)))
    assert keyed(declaration("directedPair", ["A Z"], "multiple"), body).kind == "unknown", "B has no partner"


def test_a_text_entry_of_a_custom_type_becomes_a_blank():
    entries = [("Paris", "1", "false"), ("paris", "1", "false"), ("Lyon", "0.5", "false")]
    mapping = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{points}" case-sensitive="{case}"/>'
        for key, points, case in entries
    )
    declared = declaration("string", ["Paris"], more=f"<qti-mapping>{mapping}</qti-mapping>")
    question = keyed(declared, '<p>France: <qti-text-entry-interaction response-identifier="R"/>.</p>')
    assert (question.kind, question.answers, question.ignore_case) == ("fill-in-blank", (("Paris", "paris"),), True)
    assert question.body.plain_text().replace(" ", "") == "France:___."


@pytest.mark.parametrize(
    ("declared", "body"),
    [
        (declaration("identifier", ["Z"]), choice_body()),
        (declaration("identifier", []), choice_body()),
        ("", choice_body()),
        (declaration("identifier", ["A"]), choice_body("AA")),
        (declaration("identifier", ["A"]), choice_body() + choice_body()),
        (
            declaration("identifier", ["A"]),
            choice_body() + '<qti-portable-custom-interaction response-identifier="S"/>',
        ),
        (declaration("float", ["2.5"]), '<p><qti-text-entry-interaction response-identifier="R"/></p>'),
        (declaration("string", ["a"]), '<p>___ <qti-text-entry-interaction response-identifier="R"/></p>'),
    ],
)
def test_without_a_clear_key_the_texts_are_added_as_before(declared, body):
    question = keyed(declared, body)
    assert question.kind == "unknown"
    assert [flaw.code for flaw in question.flaws if "interaction" in flaw.code] == []


@pytest.mark.parametrize("name", formats.names())
def test_the_key_of_a_custom_type_reaches_every_format(name):
    item = ITEM.replace("<qti-item-body>", declaration("identifier", ["B"]) + "<qti-item-body>")
    whole = with_original_texts(exam(), package(choice_body(), item))
    (line,) = formats.get(name).report(whole, {}).lines
    assert (line.kind, line.becomes, line.verdict) == ("choice", "Multiple choice", "native")
