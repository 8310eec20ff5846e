"""Every message is translated."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "lti_tool" / "web" / "translations").glob("*/LC_MESSAGES"))
PLACEHOLDERS = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda folder: folder.parent.name)
def folder(request):
    """The folder of one language."""
    return request.param


@pytest.fixture(scope="module")
def catalogue(folder):
    with (folder / "messages.po").open("rb") as file:
        return read_po(file, locale=folder.parent.name)


def texts():
    """Return all messages in code and templates, as ``make translations`` extracts them."""
    methods = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
    keywords = DEFAULT_KEYWORDS | {"N_": None, "NN_": (1, 2), "_l": None}
    messages = extract_from_dir(str(ROOT / "lti_tool"), method_map=methods, keywords=keywords)
    return {message for _, _, message, _, _ in messages}


def test_no_translation_is_missing(catalogue):
    translated = {message.id for message in catalogue if message.id and all(_forms(message))}
    missing = {text for text in texts() if text not in translated}
    assert not missing, "run `make translations` and translate these"


def test_no_translation_is_fuzzy_or_obsolete(catalogue):
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
    assert not catalogue.obsolete


def test_translations_have_the_same_placeholders(catalogue):
    for message in catalogue:
        if message.id:
            expected = set(PLACEHOLDERS.findall(" ".join(_ids(message))))
            for form in _forms(message):
                assert set(PLACEHOLDERS.findall(form)) == expected, message.id


def test_the_compiled_catalogue_is_up_to_date(folder, catalogue):
    with (folder / "messages.mo").open("rb") as file:
        compiled = _by_id(read_mo(file))
    assert compiled == _by_id(catalogue)


def _by_id(catalogue):
    return {tuple(_ids(message)): _forms(message) for message in catalogue if message.id}


def _ids(message):
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)
