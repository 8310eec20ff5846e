"""The course history parameter: the courses a course was copied from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.protocol.course_history import MAX_COURSES, PARAMETER, course_history


@pytest.mark.parametrize(
    ("parameter", "history"),
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
def test_course_ids_are_read(parameter, history):
    assert course_history({PARAMETER: parameter}) == history


def test_a_missing_parameter_gives_no_history():
    assert course_history({"other": "12"}) is None


def test_a_long_history_is_truncated():
    parameter = ",".join(str(number) for number in range(5000))
    assert course_history({PARAMETER: parameter}) == tuple(str(number) for number in range(MAX_COURSES))


@given(st.text())
def test_any_text_is_parsed(parameter):
    for course in course_history({PARAMETER: parameter}) or ():
        assert course
        assert len(course) <= 255
        assert "\x00" not in course
