"""Every message is translated, completely and with its placeholders."""

import re
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from config.settings import Settings

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "lti_tool" / "web" / "translations").glob("*/LC_MESSAGES"))
PLACEHOLDERS = re.compile(r"%\((\w+)\)[sd]|%(?!\()(.)?")
REVIEWED = "# Reviewed by a native reader: yes"
"""Line in the header of a catalogue."""
COUNTERS = ("num", "count", "points", "minutes")
"""Placeholders of the number that a plural form is about."""


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda folder: folder.parent.name)
def folder(request):
    """The folder of one language."""
    return request.param


@pytest.fixture(scope="module")
def catalogue(folder):
    with (folder / "messages.po").open("rb") as file:
        return read_po(file, locale=folder.parent.name)


@pytest.fixture(scope="module")
def texts():
    """Return all messages in code and templates, as ``make translations`` extracts them."""
    methods = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
    keywords = DEFAULT_KEYWORDS | {"N_": None, "NN_": (1, 2), "_l": None}
    messages = extract_from_dir(str(ROOT / "lti_tool"), method_map=methods, keywords=keywords)
    return {message for _, _, message, _, _ in messages}


def test_no_translation_is_missing(catalogue, texts):
    translated = {message.id for message in catalogue if message.id and all(_forms(message))}
    missing = {text for text in texts if text not in translated}
    assert not missing, "run `make translations` and translate these"


def test_no_translation_is_fuzzy_obsolete_or_left_over(catalogue, texts):
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
    assert not catalogue.obsolete
    assert not {message.id for message in catalogue if message.id} - texts


def test_translations_have_the_same_placeholders(catalogue):
    """Only the form for a single number, as the Arabic dual, may say it in words instead of repeating it."""
    for message in catalogue:
        if not message.id:
            continue
        expected = _placeholders(_ids(message)[-1])
        for place, form in enumerate(_forms(message)):
            optional = set(COUNTERS) if message.pluralizable and _is_for_one_number(catalogue, place) else set()
            assert expected - optional <= _placeholders(form) <= expected, (message.id, form)


def test_every_plural_form_of_the_language_is_there(folder, catalogue):
    plural = get_plural(folder.parent.name)
    assert (catalogue.num_plurals, catalogue.plural_expr) == (plural.num_plurals, plural.plural_expr)
    for message in catalogue:
        if message.pluralizable:
            assert len(message.string) == plural.num_plurals, message.id


def test_sentences_end_and_begin_as_in_english(catalogue):
    """A missing full stop or a space at an end is a slip of the keyboard."""
    for message in catalogue:
        for text, form in zip(_ids(message)[-1:] * 6, _forms(message), strict=False):
            assert form == form.strip() or not message.id, message.id
            assert form.endswith((".", "؟", "?", "!", ":", "…")) >= text.endswith((".", "…")), (text, form)


def test_the_compiled_catalogue_is_up_to_date(folder, catalogue):
    with (folder / "messages.mo").open("rb") as file:
        compiled = _by_id(read_mo(file))
    assert compiled == _by_id(catalogue)


def test_the_documentation_lists_each_language_and_whether_it_was_reviewed():
    page = (ROOT / "docs" / "languages.md").read_text()
    listed = dict(re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", page, re.MULTILINE))
    headers = {
        folder.parent.name: (folder / "messages.po").read_text().partition("\nmsgid")[0] for folder in CATALOGUES
    }
    assert listed == {"en": "yes"} | {tag: "yes" if REVIEWED in text else "no" for tag, text in headers.items()}
    assert sorted(Settings.model_fields["languages"].default) == sorted(listed)


def _is_for_one_number(catalogue, place):
    return _forms_of_numbers(str(catalogue.locale)).count(place) == 1


@cache
def _forms_of_numbers(language):
    """Return the plural form of each number below 200."""
    form_of = c2py(get_plural(language).plural_expr)
    return [form_of(number) for number in range(200)]


def _placeholders(text):
    return {name or f"%{sign}" for name, sign in PLACEHOLDERS.findall(text)}


def _by_id(catalogue):
    return {tuple(_ids(message)): _forms(message) for message in catalogue if message.id}


def _ids(message):
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_links_to_the_start_page_name_a_page_and_order_nothing(folder, catalogue):
    """Where a word alone may be a verb, translators read it as one: “Start” became “Begin!”."""
    orders = {"Starten", "Commencer", "Empezar", "Começar", "Inizia", "Begin", "بدء"}
    assert catalogue.get("Start page").string not in orders
    assert catalogue.get("Start") is None
