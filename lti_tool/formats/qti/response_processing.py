"""Response declarations with keys and mappings, and the response processing that sets the score.

Key and points are explicit, so that no reader has to guess: a template such as ``match_correct`` gives one point,
whatever the question's points. Facts: qti-targets §2 (Inspera), §5; QTI 2.1, response processing.
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
"""Ten times 0.1 is less than 1 in binary floating point."""


def boolean(value: bool) -> str:
    """Return a truth value as XML writes it."""
    return "true" if value else "false"


def shares(points: Decimal, count: int) -> list[str]:
    """Divide points into equal shares that add up exactly; the last one gets the remainder."""
    share = (points / count).quantize(_FINEST, ROUND_DOWN)
    return [format_decimal(share)] * (count - 1) + [format_decimal(points - share * (count - 1))]


class ResponseScoring:
    """Response declarations and response processing for a question of ``points``."""

    def __init__(self, dialect: Dialect, points: Decimal) -> None:
        self._spell, self._sets_feedback = dialect.spell, dialect.sets_feedback
        self._exact, self._points = points, format_decimal(points)

    def declare(
        self, name: str, cardinality: str, base_type: str, correct: Sequence[str] = (), mapping: str = ""
    ) -> str:
        """Return a response declaration with its correct response."""
        correct_response = self._correct_response(correct) if correct else ""
        return self._spell(_DECLARATION) % (name, cardinality, base_type, correct_response + mapping)

    def _correct_response(self, correct: Sequence[str]) -> str:
        template = self._spell("<value>%s</value>")
        values = "".join([template % escape(value) for value in correct])
        return self._spell("<correctResponse>%s</correctResponse>") % values

    def declare_text(self, name: str, accepted: Sequence[str], points: str, *, ignore_case: bool) -> str:
        """Return the declaration of a text response; each accepted answer earns ``points``."""
        texts: dict[str, str] = {}
        for text in accepted:
            texts.setdefault(text.casefold() if ignore_case else text, text)
        template, case = self._spell(_TEXT_ENTRY), boolean(not ignore_case)
        entries = "".join(template % (escape(text), points, case) for text in texts.values())
        return self.declare(name, "single", "string", accepted[:1], self._spell(_MAPPING) % ("", entries))

    def mapping(self, entries: Iterable[tuple[str, str]]) -> str:
        """Return a mapping of values to points, bounded by zero and the question's points."""
        template = self._spell('<mapEntry mapKey="%s" mappedValue="%s"/>')
        bounds = self._spell(' lowerBound="0" upperBound="%s"') % self._points
        return self._spell(_MAPPING) % (bounds, "".join(template % entry for entry in entries))

    def if_matched(self) -> str:
        """Give all points if the response matches the correct one."""
        return self._all_or_nothing(self._spell(_MATCHES))

    def if_each_mapped(self, names: Iterable[str]) -> str:
        """Give all points if each of several responses is accepted."""
        template = self._spell(_ABOVE_ZERO)
        return self._all_or_nothing(self._spell("<and>%s</and>") % "".join(template % name for name in names))

    def for_responses(self, names: Sequence[str], *, shared: bool) -> str:
        """Give each of several responses its share, or all points for all of them."""
        return self.as_mapped(names, parts=len(names) > 1) if shared else self.if_each_mapped(names)

    def as_mapped(self, names: Sequence[str] = (RESPONSE,), *, parts: bool = True) -> str:
        """Give the sum of the mapped responses; ``parts`` if rounding may leave it slightly below all points."""
        template = self._spell('<mapResponse identifier="%s"/>')
        score = "".join(template % name for name in names)
        if len(names) > 1:
            score = self._spell("<sum>%s</sum>") % score
        if not self._sets_feedback or not self._exact:
            return self._spell(_MAPPED) % (score, "")
        full_score = format_decimal(max(self._exact - _LOST_IN_SUMS, Decimal(0))) if parts else self._points
        return self._spell(_MAPPED) % (score, self._spell(_FEEDBACK_BY_SCORE) % full_score)

    def _all_or_nothing(self, condition: str) -> str:
        template = _ALL_OR_NOTHING_WITH_FEEDBACK if self._sets_feedback else _ALL_OR_NOTHING
        return self._spell(template) % (condition, self._points)


_DECLARATION = '<responseDeclaration identifier="%s" cardinality="%s" baseType="%s">%s</responseDeclaration>'
_MAPPING = '<mapping%s defaultValue="0">%s</mapping>'
_TEXT_ENTRY = '<mapEntry mapKey="%s" mappedValue="%s" caseSensitive="%s"/>'
_MATCHES = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
_ABOVE_ZERO = '<gt><mapResponse identifier="%s"/><baseValue baseType="float">0</baseValue></gt>'
_MAPPED = '<responseProcessing><setOutcomeValue identifier="SCORE">%s</setOutcomeValue>%s</responseProcessing>'


def _feedback(name: str) -> str:
    value = f'<baseValue baseType="identifier">feedback_{name}</baseValue>'
    return f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'


def _all_or_nothing(if_correct: str, if_wrong: str) -> str:
    def score(value: str) -> str:
        return f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{value}</baseValue></setOutcomeValue>'

    condition = (
        f"<responseIf>%s{score('%s')}{if_correct}</responseIf><responseElse>{score('0')}{if_wrong}</responseElse>"
    )
    return f"<responseProcessing><responseCondition>{condition}</responseCondition></responseProcessing>"


_ALL_OR_NOTHING = _all_or_nothing("", "")
_ALL_OR_NOTHING_WITH_FEEDBACK = _all_or_nothing(_feedback("correct"), _feedback("wrong"))
_SCORE_AND = '<variable identifier="SCORE"/><baseValue baseType="float">{}</baseValue>'
_FEEDBACK_BY_SCORE = (
    f"<responseCondition><responseIf><gte>{_SCORE_AND.format('%s')}</gte>{_feedback('correct')}</responseIf>"
    f"<responseElseIf><gt>{_SCORE_AND.format('0')}</gt>{_feedback('partially_correct')}</responseElseIf>"
    f"<responseElse>{_feedback('wrong')}</responseElse></responseCondition>"
)
