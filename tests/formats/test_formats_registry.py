"""Formats by name, and phrases in every language."""

import re

import pytest
from babel import Locale

from lti_tool import formats
from lti_tool.formats.text.phrases import LANGUAGES, phrase
from lti_tool.formats.text.phrases.plurals import PLURALS


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


@pytest.mark.parametrize("language", PLURALS)
def test_plural_forms_say_the_number_unless_there_is_only_one(language):
    for name, forms in PLURALS[language].items():
        for category, sentence in forms.items():
            assert category in Locale(language).plural_form.tags
            facts = re.findall(r"%\(\w+\)s", sentence)
            assert facts == re.findall(r"%\(\w+\)s", LANGUAGES["en"][name]) or (
                category in ("one", "two") and not facts
            )


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", 1, "Write at least 1 word."),
        ("en", 2, "Write at least 2 words."),
        ("fr-CA", 1, "Écrivez au moins 1 mot."),
        ("ar", 2, "اكتب كلمتين على الأقل."),
        ("ar", 5, "اكتب 5 كلمات على الأقل."),
        ("ar", 50, "اكتب 50 كلمة على الأقل."),
        ("ja", 1, "1 語以上で書いてください。"),
        ("tlh", 1, "Write at least 1 word."),
    ],
)
def test_a_sentence_about_a_number_has_its_plural_form(language, number, expected):
    assert phrase("words_least", language, least=number) == expected


def test_a_language_without_phrases_gets_english():
    assert phrase("formula", "tlh-Latn") == phrase("formula", None) == phrase("formula", "en-GB")
    assert phrase("formula", "nl-BE") != phrase("formula", "en")
