"""Remarks of one kind are put into one sentence, whatever their facts are."""

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

from lti_tool import exam, formats
from lti_tool.exam.remark import Remark
from lti_tool.formats.planning.remarks import MEDIA_REMOTE
from lti_tool.formats.remark_kinds import ADDED_UP, WITHOUT_FACTS, kind_of, together

ABOUT_THE_EXAM = {
    *(
        "moodle.bank",
        "moodle.time-limit",
        "canvas.time-limit",
        "format.time-limit",
        "format.title",
        "format.link-title",
    ),
    *("exam.language-unknown", "exam.title-shortened"),
}
"""Remarks with facts that an exam has at most once."""
ABOUT_AN_EDIT = re.compile(r"change\.(?!rubric)|did\.|version\.|summary\.")
ALWAYS_THE_SAME = {"exam.points-huge"}


def remarks_with_facts():
    modules = [
        import_module(module.name)
        for package in (exam, formats)
        for module in walk_packages(package.__path__, f"{package.__name__}.")
    ]
    values = [value for module in modules for value in vars(module).values() if isinstance(value, Remark)]
    return {value.code for value in values if "%(" in value.message}


def test_each_remark_with_facts_about_a_question_has_a_sentence_for_its_kind():
    codes = {code for code in remarks_with_facts() if not ABOUT_AN_EDIT.match(code)}
    assert codes - ABOUT_THE_EXAM - ALWAYS_THE_SAME == ADDED_UP | set(WITHOUT_FACTS)


def test_counts_are_added_up():
    remarks = [MEDIA_REMOTE.with_facts(count=count) for count in (3, 2, 1)]
    assert len({kind_of(remark) for remark in remarks}) == 1
    assert together(remarks).plain().startswith("6 images or files couldn't be downloaded.")
    assert together(remarks[2:]).plain().startswith("1 image or file couldn't be downloaded.")


@pytest.mark.parametrize("code", sorted(WITHOUT_FACTS))
def test_a_sentence_for_a_kind_has_no_facts(code):
    remarks = [Remark(code, "%(n)s", facts=(("n", number),)) for number in (1, 2)]
    assert len({kind_of(remark) for remark in remarks}) == 1
    assert "%" not in together(remarks).plain()
    assert together([remarks[0], remarks[0]]) == remarks[0]


def test_remarks_without_facts_are_of_one_kind_only_if_they_are_equal():
    assert kind_of(Remark("a", "A")) == kind_of(Remark("a", "A"))
    assert kind_of(Remark("a", "A")) != kind_of(Remark("b", "B"))
