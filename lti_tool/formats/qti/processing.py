"""What QTI says about right answers: declarations of responses, mappings, and the processing that sets the score.

Key and points are explicit, so that no reader has to guess: a template such as ``match_correct`` gives one point,
whatever the question is worth. Facts: qti-targets §2 (Inspera), §5; QTI 2.1, response processing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, Decimal

from lti_tool.formats.qti.dialect import Dialect
from lti_tool.formats.writing.xml_text import escape, format_decimal

RESPONSE = "RESPONSE"
"""The identifier of the only response of an item."""

_FINEST = Decimal("0.00001")
_LOST_IN_SUMS = Decimal("0.000001")
"""Ten times 0.1 is less than 1 where numbers are binary."""


def boolean(value: bool) -> str:
    """Return a truth value as XML writes it."""
    return "true" if value else "false"


def shares(points: Decimal, count: int) -> list[str]:
    """Divide points into equal shares that add up exactly; the last one takes what is left."""
    share = (points / count).quantize(_FINEST, ROUND_DOWN)
    return [format_decimal(share)] * (count - 1) + [format_decimal(points - share * (count - 1))]


class Scoring:
    """Writes declarations and processing for a question that is worth ``points``."""

    def __init__(self, dialect: Dialect, points: Decimal) -> None:
        self._spell, self._feedback = dialect.spell, dialect.feedback
        self._exact, self._points = points, format_decimal(points)

    def declare(self, name: str, cardinality: str, kind: str, right: Sequence[str] = (), mapping: str = "") -> str:
        """Return the declaration of a response with its right values."""
        correct = self._correct(right) if right else ""
        return self._spell(_DECLARATION) % (name, cardinality, kind, correct + mapping)

    def _correct(self, right: Sequence[str]) -> str:
        template = self._spell("<value>%s</value>")
        values = "".join([template % escape(value) for value in right])
        return self._spell("<correctResponse>%s</correctResponse>") % values

    def declare_text(self, name: str, accepted: Sequence[str], worth: str, *, ignore_case: bool) -> str:
        """Return the declaration of a text with every accepted answer; ``worth`` is what each earns."""
        texts: dict[str, str] = {}
        for text in accepted:
            texts.setdefault(text.casefold() if ignore_case else text, text)
        template, case = self._spell(_TEXT_ENTRY), boolean(not ignore_case)
        entries = "".join(template % (escape(text), worth, case) for text in texts.values())
        return self.declare(name, "single", "string", accepted[:1], self._spell(_MAPPING) % ("", entries))

    def mapping(self, entries: Iterable[tuple[str, str]]) -> str:
        """Return what each value earns; together no less than nothing and no more than the question's points."""
        template = self._spell('<mapEntry mapKey="%s" mappedValue="%s"/>')
        bounds = self._spell(' lowerBound="0" upperBound="%s"') % self._points
        return self._spell(_MAPPING) % (bounds, "".join(template % entry for entry in entries))

    def if_matched(self) -> str:
        """All points if the response is the right one."""
        return self._all_or_nothing(self._spell(_MATCHES))

    def if_each_mapped(self, names: Iterable[str]) -> str:
        """All points if every one of several responses is an accepted one."""
        template = self._spell(_ABOVE_ZERO)
        return self._all_or_nothing(self._spell("<and>%s</and>") % "".join(template % name for name in names))

    def of_responses(self, names: Sequence[str], *, shared: bool) -> str:
        """What several responses are worth: each its share, or all of them everything."""
        return self.as_mapped(names, parts=len(names) > 1) if shared else self.if_each_mapped(names)

    def as_mapped(self, names: Sequence[str] = (RESPONSE,), *, parts: bool = True) -> str:
        """What the responses are worth together; ``parts`` if that is a sum, which may be a hair below all points."""
        template = self._spell('<mapResponse identifier="%s"/>')
        score = "".join(template % name for name in names)
        if len(names) > 1:
            score = self._spell("<sum>%s</sum>") % score
        if not self._feedback or not self._exact:
            return self._spell(_MAPPED) % (score, "")
        enough = format_decimal(max(self._exact - _LOST_IN_SUMS, Decimal(0))) if parts else self._points
        return self._spell(_MAPPED) % (score, self._spell(_JUDGED) % enough)

    def _all_or_nothing(self, right: str) -> str:
        template = _ALL_OR_NOTHING_JUDGED if self._feedback else _ALL_OR_NOTHING
        return self._spell(template) % (right, self._points)


_DECLARATION = '<responseDeclaration identifier="%s" cardinality="%s" baseType="%s">%s</responseDeclaration>'
_MAPPING = '<mapping%s defaultValue="0">%s</mapping>'
_TEXT_ENTRY = '<mapEntry mapKey="%s" mappedValue="%s" caseSensitive="%s"/>'
_MATCHES = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
_ABOVE_ZERO = '<gt><mapResponse identifier="%s"/><baseValue baseType="float">0</baseValue></gt>'
_MAPPED = '<responseProcessing><setOutcomeValue identifier="SCORE">%s</setOutcomeValue>%s</responseProcessing>'


def _feedback(name: str) -> str:
    value = f'<baseValue baseType="identifier">feedback_{name}</baseValue>'
    return f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'


def _all_or_nothing(good: str, bad: str) -> str:
    def score(value: str) -> str:
        return f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{value}</baseValue></setOutcomeValue>'

    condition = f"<responseIf>%s{score('%s')}{good}</responseIf><responseElse>{score('0')}{bad}</responseElse>"
    return f"<responseProcessing><responseCondition>{condition}</responseCondition></responseProcessing>"


_ALL_OR_NOTHING = _all_or_nothing("", "")
_ALL_OR_NOTHING_JUDGED = _all_or_nothing(_feedback("correct"), _feedback("wrong"))
_SCORE_AND = '<variable identifier="SCORE"/><baseValue baseType="float">{}</baseValue>'
_JUDGED = (
    f"<responseCondition><responseIf><gte>{_SCORE_AND.format('%s')}</gte>{_feedback('correct')}</responseIf>"
    f"<responseElseIf><gt>{_SCORE_AND.format('0')}</gt>{_feedback('partially_correct')}</responseElseIf>"
    f"<responseElse>{_feedback('wrong')}</responseElse></responseCondition>"
)
