"""Pictures in data addresses: any form of the address gives the same picture."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.exam import parse_exam
from lti_tool.exam.html.data_images import data_image
from lti_tool.exam.html.tree import parse_rich_text
from lti_tool.exam.parse.raw_question import MAX_TEXT_LENGTH
from lti_tool.exam.richtext import Image
from tests.support.exam_builders import exam, question

SVG = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='4' height='3' fill='#f00'/></svg>"
CANONICAL = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
TYPES = ["png", "jpeg", "gif", "webp", "svg+xml"]


@given(st.sampled_from(TYPES), st.binary(min_size=1, max_size=60), st.sampled_from(["", ";charset=utf-8"]))
def test_base64_and_percent_encoding_are_read(kind, data, parameter):
    expected = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    for address in (
        f"data:image/{kind}{parameter},{quote(data)}",
        f"data:image/{kind}{parameter};base64,{base64.encodebytes(data).decode()}",
        f" DATA:image/{kind};BASE64,{quote(base64.b64encode(data))}",
    ):
        assert data_image(address) == expected


@given(st.text(max_size=40))
def test_anything_else_is_no_picture(text):
    assert data_image(f"data:text/html,{text}") == data_image(f"data:image/png;base64,%{text}!") == ""
    assert data_image("data:image/png," + text) == "" or text.strip()


@pytest.mark.parametrize(
    "source",
    [
        f"data:image/svg+xml,{quote(SVG)}",
        f"data:image/svg+xml;utf8,{SVG}",
        f"data:image/svg+xml;utf8,{SVG.replace('<', '&lt;').replace('>', '&gt;')}",
        CANONICAL,
    ],
)
def test_a_drawing_in_a_text_is_one_picture(source):
    (paragraph,) = parse_rich_text(f'<p>See <img src="{source}" alt="a < b"> here.</p>').nodes
    assert [child for child in paragraph.children if isinstance(child, Image)] == [Image(CANONICAL, "a < b")]
    assert _words(paragraph) == ["See ", " here."]


def _words(paragraph):
    return [child for child in paragraph.children if not isinstance(child, Image)]


def test_a_large_picture_does_not_make_a_text_too_long():
    picture = "data:image/png;base64," + "A" * (2 * MAX_TEXT_LENGTH)
    raw = question("picture-choice", {"options": [picture, "https://x.example/b.png"], "correctAnswer": picture})
    (choice,) = parse_exam(exam(raw)).questions
    assert choice.correct == (0,)
