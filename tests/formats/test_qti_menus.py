"""Sentence analysis as dropdowns, and accepted files of an upload, in qti21 and qti30."""

import pytest

from lti_tool.formats import Verdict
from lti_tool.formats.check import xml as read
from lti_tool.formats.planning.item_kinds import ItemKind
from lti_tool.formats.qti.uploads import media_types
from tests.formats.qti_reading import BOTH, build
from tests.support.exam_builders import ANALYSIS, SENTENCE, exam, points, question

RAW = question(
    "sentence-analysis", {"sentence": SENTENCE, "correctAnswer": ANALYSIS}, scoring=points([2, 0]), title="Ontleed"
)


@pytest.mark.parametrize("name", BOTH)
class TestAnalysis:
    def analysis(self, name):
        package, report = build(name, exam(RAW, language="nl"))
        package.assert_sound()
        (item,), (line,) = package.items, report.lines
        return item, line

    def menus(self, item):
        """The options of each dropdown by its response identifier."""
        return {
            interaction.get("responseIdentifier") or interaction.get("response-identifier"): {
                option.get("identifier"): "".join(option.itertext())
                for option in read.descendants(interaction, "inlineChoice")
            }
            for interaction in item.interactions
        }

    def test_a_dropdown_for_each_part_and_for_the_verb(self, name):
        item, line = self.analysis(name)
        assert {read.name(interaction) for interaction in item.interactions} == {"inlineChoiceInteraction"}
        menus = self.menus(item)
        right = [menus[response][item.right(response)[0]] for response in menus]
        assert [option.partition(" ")[0] for option in right] == ["BWB", "WG", "OW", "LV", "maken"]
        assert line.verdict is Verdict.ADAPTED

    def test_all_correct_earns_all_points_and_less_earns_none(self, name):
        item, _ = self.analysis(name)
        right = {response: item.right(response)[0] for response in self.menus(item)}
        assert item.score(**right) == item.points == 2
        first = next(iter(right))
        other = next(ident for ident in self.menus(item)[first] if ident != right[first])
        assert item.score(**{**right, first: other}) == 0


def test_dropdowns_have_a_limit():
    def sentence(count):
        segments = [{"startToken": place, "endToken": place, "label": f"{place}"} for place in range(count)]
        return question("sentence-analysis", {"sentence": "a " * count, "correctAnswer": {"segments": segments}})

    becomes = [line.becomes for name in BOTH for line in build(name, exam(sentence(96), sentence(110)))[1].lines]
    assert becomes == [ItemKind.DROPDOWNS.value, ItemKind.ESSAY.value] * 2


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/pdf", ("application/pdf",)),
        ("application/pdf, .pdf", ("application/pdf",)),
        (".pdf,.png", ("application/pdf", "image/png")),
        (".pdf, .unknownending", ()),
        ("image/*", ("image/*",)),
        ("*/*", ()),
        ("pdf", ()),
        ("", ()),
        (" , ,", ()),
        ("text/html; charset=x", ()),
    ],
)
def test_media_types_of_an_upload(accept, expected):
    assert media_types(accept) == expected
