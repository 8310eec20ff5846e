"""Reading an exam takes time in proportion to its size, whatever its texts are.

The work is that of regular expressions and lxml, which can't be counted. So CPU time is compared, with a bound that
only quadratic or exponential time reaches.
"""

import pytest

from lti_tool.exam import parse_exam
from tests.support.exam_builders import exam, question
from tests.support.growth import growth

pytestmark = pytest.mark.slow

MORE_THAN_TAGS = 2_100
"""A text with more tags than :data:`lti_tool.exam.html.tags.MAX_TAGS` is read in another way."""

LIMIT = 4
"""Maximum growth, between one (linear) and eight (quadratic)."""

MAX_LENGTH = 24_000
"""Characters of the shorter text; the longer one still fits into a question."""

UNITS = [
    *(
        "word ",
        "\\(",
        "\\(x ",
        "$a ",
        "$$",
        "<",
        "<a ",
        "<b>",
        "<p>",
        "<!--",
        "&",
        "&lt;",
        "<a href='",
        '<img alt="<',
        "</b>",
    ),
    *(
        "<inline-math>",
        "<br>\n",
        " = ",
        "___ ",
        "\n  x",
        "<li>",
        "<script>",
        "\\[<br>",
        "<b> and </b> ",
        "<x>",
        "\\$",
        "{",
    ),
]


def texts(text):
    """An exam with a text in every place, of questions of every kind that has texts."""
    return exam(
        question("multiple-choice-single-answer", {"options": [text, f"{text}b", "c"], "correctAnswer": f"{text}b"}),
        question("essay", title=text, description=text),
        question("fill-in-blank", {"text": text, "correctAnswer": [text]}),
        question("matching", {"left": [text, "a"], "right": ["b"], "correctAnswer": [f"{text} = b", "a = b"]}),
        question("sequence", {"options": [text, "a"]}),
        question("single-line-text", {"correctAnswer": [text]}),
    )


@pytest.mark.parametrize("unit", UNITS)
def test_the_time_grows_with_the_length_of_a_text(unit):
    size = min(MORE_THAN_TAGS, MAX_LENGTH // len(unit))
    assert growth(parse_exam, size, lambda size: texts(unit * size), enough=LIMIT) < LIMIT
