"""What an LMS says about where a course was copied from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.protocol.course_history import MOST, PARAMETER, course_history


@pytest.mark.parametrize(
    ("told", "history"),
    [
        ("12", ("12",)),
        ("12,7, 3", ("12", "7", "3")),
        (" 12 ,, 12 ,7 ", ("12", "7")),
        ("4dde05e8ca19,a1", ("4dde05e8ca19", "a1")),
        ("789,456,truncated", ("789", "456")),
        ("", ()),
        ("$Context.id.history", None),
        (None, None),
        (12, None),
        (["12"], None),
        ("x" * 256 + ",7", ("7",)),
        ("a\x00,7", ("7",)),
    ],
)
def test_the_courses_that_are_named(told, history):
    assert course_history({PARAMETER: told}) == history


def test_nothing_is_said_where_the_parameter_is_missing():
    assert course_history({"other": "12"}) is None


def test_a_course_with_a_long_history_is_read_to_an_end():
    told = ",".join(str(number) for number in range(5000))
    assert course_history({PARAMETER: told}) == tuple(str(number) for number in range(MOST))


@given(st.text())
def test_any_text_is_read(told):
    for each in course_history({PARAMETER: told}) or ():
        assert each
        assert len(each) <= 255
        assert "\x00" not in each
