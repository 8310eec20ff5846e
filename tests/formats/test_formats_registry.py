"""Formats by name, and phrases in every language."""

import re

import pytest

from lti_tool import formats
from lti_tool.formats.writing.phrases import LANGUAGES, phrase


def test_every_format_has_a_complete_description():
    for name in formats.names():
        exporter = formats.get(name)
        assert exporter.name == name
        assert exporter.suffix.startswith(".")
        assert "/" in exporter.media_type
        assert exporter.label
        assert exporter.audience


def test_an_unknown_format_is_refused():
    with pytest.raises(formats.UnknownFormat) as caught:
        formats.get("docx")
    assert caught.value.status == 404
    assert "docx" in caught.value.plain()


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_complete_in_every_language(language):
    english, own = LANGUAGES["en"], LANGUAGES[language]
    assert own.keys() == english.keys()
    for name, sentence in own.items():
        assert sorted(re.findall(r"%\(\w+\)s", sentence)) == sorted(re.findall(r"%\(\w+\)s", english[name]))
        assert sentence or (language, name) == ("en", "true_false_words")


def test_a_language_without_phrases_gets_english():
    assert phrase("formula", "sv-SE") == phrase("formula", None) == phrase("formula", "en-GB")
    assert phrase("formula", "nl-BE") != phrase("formula", "en")
