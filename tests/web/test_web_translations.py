"""Every text that a person may read is there in every language."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "lti_tool" / "web" / "translations" / "nl" / "LC_MESSAGES"
PLACES = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def dutch():
    with (CATALOGUE / "messages.po").open("rb") as file:
        return read_po(file, locale="nl")


def texts():
    """Return every text in code and pages, as ``make translations`` gathers them."""
    methods = [("sandbox/**", "ignore"), ("**.py", "python"), ("web/templates/**.html", "jinja2")]
    keywords = DEFAULT_KEYWORDS | {"N_": None, "_l": None}
    found = extract_from_dir(str(ROOT / "lti_tool"), method_map=methods, keywords=keywords)
    return {message for _, _, message, _, _ in found}


def test_nothing_is_missing(dutch):
    translated = {message.id for message in dutch if message.id and all(_forms(message))}
    missing = {text for text in texts() if text not in translated}
    assert not missing, "run `make translations` and translate these"


def test_nothing_is_doubtful_or_left_over(dutch):
    assert not [message.id for message in dutch if message.fuzzy and message.id]
    assert not dutch.obsolete


def test_places_for_facts_are_the_same(dutch):
    for message in dutch:
        if message.id:
            wanted = set(PLACES.findall(" ".join(_ids(message))))
            for form in _forms(message):
                assert set(PLACES.findall(form)) == wanted, message.id


def test_what_runs_is_what_was_written(dutch):
    with (CATALOGUE / "messages.mo").open("rb") as file:
        compiled = _by_id(read_mo(file))
    assert compiled == _by_id(dutch)


def _by_id(catalogue):
    return {tuple(_ids(message)): _forms(message) for message in catalogue if message.id}


def _ids(message):
    return [message.id] if isinstance(message.id, str) else list(message.id)


def _forms(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)
