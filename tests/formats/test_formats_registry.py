"""Formats by name, and phrases in every language."""

import re

import pytest

from lti_tool import formats
from lti_tool.formats.phrases import LANGUAGES, phrase, phrases


def test_every_format_says_who_it_is():
    for name in formats.names():
        found = formats.get(name)
        assert found.name == name
        assert found.suffix.startswith(".")
        assert "/" in found.media_type
        assert found.label


def test_an_unknown_format_is_refused():
    with pytest.raises(formats.UnknownFormat) as caught:
        formats.get("docx")
    assert caught.value.status == 404
    assert "docx" in caught.value.plain()


@pytest.mark.parametrize("name", phrases())
def test_phrases_have_the_same_places_in_every_language(name):
    sentences = phrases()[name]
    assert len(sentences) == len(LANGUAGES)
    places = [sorted(re.findall(r"%\(\w+\)s", sentence)) for sentence in sentences]
    assert all(one == places[0] for one in places)


def test_a_language_without_phrases_gets_english():
    assert phrase("formula", "sv-SE") == phrase("formula", None) == phrase("formula", "en-GB")
    assert phrase("formula", "nl-BE") != phrase("formula", "en")
