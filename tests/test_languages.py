"""Languages of catalogues, exams and launches."""

import pytest

from lti_tool.languages import available_language, primary_subtag


@pytest.mark.parametrize(
    ("tag", "subtag"), [("nl-NL", "nl"), ("en_US", "en"), ("PT-br", "pt"), ("ar", "ar"), ("", "en"), (None, "en")]
)
def test_the_primary_subtag_of_a_language(tag, subtag):
    assert primary_subtag(tag) == subtag


@pytest.mark.parametrize(("tag", "language"), [("de-AT", "de"), ("en-GB", "en"), ("ko", "en"), (None, "en")])
def test_a_language_without_a_catalogue_gets_english(tag, language):
    assert available_language(tag) == language
