"""Remarks about a number have a form for one and a form for several, in every language."""

import importlib
import pkgutil
import re

import pytest

import lti_tool
from lti_tool.errors import NN_
from lti_tool.exam import Remark
from lti_tool.languages import catalogue

COUNTED = re.compile(r"%\((?:count|minutes)\)s")
REMARK = Remark("test.parts", *NN_("%(count)s part", "%(count)s parts"))


def remarks():
    """All remarks that modules of the tool define, by their code."""
    by_code = {}
    for module in pkgutil.walk_packages(lti_tool.__path__, "lti_tool."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            values = vars(importlib.import_module(module.name)).values()
            by_code |= {value.code: value for value in values if isinstance(value, Remark)}
    return by_code


def test_a_counted_remark_has_both_forms():
    counted = {code: remark for code, remark in remarks().items() if COUNTED.search(remark.message)}
    assert {"format.latex", "format.media-missing", "canvas.time-limit", "cartridge.part-each"} <= set(counted)
    assert [code for code, remark in counted.items() if not remark.plural] == []


@pytest.mark.parametrize(("number", "text"), [(1, "1 part"), (2, "2 parts"), (0, "0 parts")])
def test_the_number_chooses_the_form(number, text):
    assert REMARK.with_facts(count=number).plain() == text


def test_dutch_has_both_forms():
    latex = remarks()["format.latex"]
    dutch = catalogue("nl-NL")
    assert latex.with_facts(count=1).plain(dutch) == "1 formule kon niet in MathML worden omgezet en blijft LaTeX."
    assert latex.with_facts(count=3).plain(dutch) == "3 formules konden niet in MathML worden omgezet en blijven LaTeX."
