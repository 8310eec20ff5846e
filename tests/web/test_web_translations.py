"""Every text that a person may read is there in every language."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "lti_tool" / "web" / "translations").glob("*/LC_MESSAGES"))
PLACES = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module", params=CATALOGUES, ids=lambda folder: folder.parent.name)
def folder(request):
    """The folder of one language."""
    return request.param


@pytest.fixture(scope="module")
def catalogue(folder):
    with (folder / "messages.po").open("rb") as file:
        return read_po(file, locale=folder.parent.name)


def texts():
    """Return every text in code and pages, as ``make translations`` gathers them."""
    methods = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
    keywords = DEFAULT_KEYWORDS | {"N_": None, "_l": None}
    found = extract_from_dir(str(ROOT / "lti_tool"), method_map=methods, keywords=keywords)
    return {message for _, _, message, _, _ in found}


def test_nothing_is_missing(catalogue):
    translated = {message.id for message in catalogue if message.id and all(_forms(message))}
    missing = {text for text in texts() if text not in translated}
    assert not missing, "run `make translations` and translate these"


def test_nothing_is_doubtful_or_left_over(catalogue):
    assert not [message.id for message in catalogue if message.fuzzy and message.id]
    assert not catalogue.obsolete


def test_places_for_facts_are_the_same(catalogue):
    for message in catalogue:
        if message.id:
            wanted = set(PLACES.findall(" ".join(_ids(message))))
            for form in _forms(message):
                assert set(PLACES.findall(form)) == wanted, message.id


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
