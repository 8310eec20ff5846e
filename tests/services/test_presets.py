"""Presets for Examplary's form."""

import pytest

from lti_tool.services.generations.presets import presets_for, presets_of


def test_custom_parameters_of_a_link_become_presets():
    custom = {
        "examplary_subject": " Biology ",
        "examplary_student_level": "us_high_school_lower",
        "examplary_question_types": "essay, true-false,",
        "examplary_duration": "50",
        "canvas_course_id": "7",
        "examplary_unheard_of": "x",
    }
    assert presets_of(custom) == {
        "subject": "Biology",
        "studentLevel": "us_high_school_lower",
        "allowedGenerationQuestionTypes": ["essay", "true-false"],
        "intendedDuration": 45,
    }


@pytest.mark.parametrize("duration", ["", "soon", "-5", "0", "100000"])
def test_an_invalid_duration_is_ignored(duration):
    assert presets_of({"examplary_duration": duration}) == {}


def test_link_presets_override_platform_and_course(make_launch, platform):
    platform.presets = {"subject": "Everything", "taxonomyId": "taxonomy_bloom_revised"}
    launch = make_launch(locale="nl-NL", presets={"subject": "Cells"})
    assert presets_for(launch) == {
        "subject": "Cells",
        "language": "nl",
        "taxonomyId": "taxonomy_bloom_revised",
    }


def test_the_course_title_is_the_default_subject(make_launch):
    assert presets_for(make_launch())["subject"] == "Biology 101"
