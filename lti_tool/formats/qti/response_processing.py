"""Response declarations with keys and mappings, and the response processing that sets the score.

Key and points are explicit, so that no reader has to guess: a template such as ``match_correct`` gives one point,
whatever the question's points. An unanswered response is never mapped, because some engines throw an exception: as in
the standard template ``map_response``, ``isNull`` comes first. See docs/reference/importers.md#other-targets; QTI 2.1,
response processing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_UP, Decimal
from functools import reduce
from itertools import repeat
from operator import add

from lti_tool.formats.qti.dialect import Dialect
from lti_tool.formats.text.xml_text import escape, format_decimal

RESPONSE = "RESPONSE"
"""The identifier of the only response of an item."""

_FINEST = Decimal("0.000001")


def boolean(value: bool) -> str:
    """Return a truth value as XML writes it."""
    return "true" if value else "false"


def share(points: Decimal, count: int) -> Decimal:
    """Return the points of one of several equal parts, rounded up: all parts together earn at least all points.

    That holds in binary floating point too, where ten times 0.1 is less than 1. Upper bounds remove the excess.
    """
    if count == 1:
        return points
    part = (points / count).quantize(_FINEST, ROUND_UP)
    is_enough = reduce(add, repeat(float(part), count)) >= float(points)
    return part if is_enough else part + _FINEST


def penalty(part: Decimal) -> Decimal:
    """Return what a wrong choice costs: at least as much as a correct one earns, in whatever order they are added."""
    is_exact_in_binary = Decimal(float(part)) == part
    return part if is_exact_in_binary else part + _FINEST


class ResponseScoring:
    """Response declarations and response processing for a question of ``points``."""

    def __init__(self, dialect: Dialect, points: Decimal) -> None:
        self._spell = dialect.spell
        self._sets_feedback = dialect.sets_feedback
        self._points = format_decimal(points)
        self._grades_feedback = dialect.sets_feedback and points > 0

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

    def declare_text(self, name: str, accepted: Sequence[str], points: Decimal, *, ignore_case: bool) -> str:
        """Return the declaration of a text response; each accepted answer earns ``points``.

        QTI can't trim and many engines compare letter by letter, so a space before or after the answer is accepted.
        The upper bound is for engines that trim and then add the points of all entries that match.
        """
        texts: dict[str, str] = {}
        for text in accepted:
            texts.setdefault(text.casefold() if ignore_case else text, text)
        typed_texts = [typed for text in texts.values() for typed in (text, f"{text} ", f" {text}", f" {text} ")]
        template = self._spell(_TEXT_ENTRY)
        value = format_decimal(points)
        case = boolean(not ignore_case)
        entries = "".join([template % (escape(text), value, case) for text in typed_texts])
        return self.declare(name, "single", "string", accepted[:1], self._spell(_MAPPING) % (value, entries))

    def mapping(self, entries: Iterable[tuple[str, Decimal]]) -> str:
        """Return a mapping of values to points, bounded by zero and the question's points."""
        template = self._spell('<mapEntry mapKey="%s" mappedValue="%s"/>')
        map_entries = "".join([template % (key, format_decimal(points)) for key, points in entries])
        return self._spell(_MAPPING) % (self._points, map_entries)

    def if_matched(self) -> str:
        """Give all points if the response matches the correct one."""
        template = _IF_MATCHED_WITH_FEEDBACK if self._sets_feedback else _IF_MATCHED
        return self._spell(template) % self._points

    def as_mapped(self) -> str:
        """Give the points of the mapped response."""
        if not self._grades_feedback:
            return self._spell(_MAPPED)
        return self._spell(_MAPPED_WITH_FEEDBACK) % self._points

    def for_responses(self, names: Sequence[str], *, shared: bool) -> str:
        """Give each of several responses its share, or all points for all of them."""
        if len(names) == 1:
            return self.as_mapped()
        return self._sum_of_mapped(names) if shared else self._if_each_mapped(names)

    def _sum_of_mapped(self, names: Iterable[str]) -> str:
        template = self._spell(_ADD_MAPPED)
        sums = "".join([template % (name, name) for name in names])
        upper_bound = _UPPER_BOUND_WITH_FEEDBACK if self._grades_feedback else _UPPER_BOUND
        return self._spell(_SUM_OF_MAPPED) % (sums, self._spell(upper_bound) % (self._points, self._points))

    def _if_each_mapped(self, names: Iterable[str]) -> str:
        template = _IF_EACH_MAPPED_WITH_FEEDBACK if self._sets_feedback else _IF_EACH_MAPPED
        is_null, is_accepted = self._spell(_IS_NULL), self._spell(_IS_ACCEPTED)
        unanswered = "".join([is_null % name for name in names])
        accepted = "".join([is_accepted % name for name in names])
        return self._spell(template) % (unanswered, accepted, self._points)


def _set_score(score: str) -> str:
    return f'<setOutcomeValue identifier="SCORE">{score}</setOutcomeValue>'


def _set_points(points: str) -> str:
    return _set_score(f'<baseValue baseType="float">{points}</baseValue>')


def _feedback(name: str) -> str:
    value = f'<baseValue baseType="identifier">feedback_{name}</baseValue>'
    return f'<setOutcomeValue identifier="FEEDBACK">{value}</setOutcomeValue>'


def _if(condition: str, rules: str) -> str:
    return f"<responseIf>{condition}{rules}</responseIf>"


def _else_if(condition: str, rules: str) -> str:
    return f"<responseElseIf>{condition}{rules}</responseElseIf>"


def _else(rules: str) -> str:
    return f"<responseElse>{rules}</responseElse>"


def _condition(*branches: str) -> str:
    return f"<responseCondition>{''.join(branches)}</responseCondition>"


def _processing(*rules: str) -> str:
    return f"<responseProcessing>{''.join(rules)}</responseProcessing>"


_DECLARATION = '<responseDeclaration identifier="%s" cardinality="%s" baseType="%s">%s</responseDeclaration>'
_MAPPING = '<mapping lowerBound="0" upperBound="%s" defaultValue="0">%s</mapping>'
_TEXT_ENTRY = '<mapEntry mapKey="%s" mappedValue="%s" caseSensitive="%s"/>'

_IS_NULL = '<isNull><variable identifier="%s"/></isNull>'
_MAP_RESPONSE = '<mapResponse identifier="%s"/>'
_SCORE_AND = '<variable identifier="SCORE"/><baseValue baseType="float">%s</baseValue>'
_CORRECT = _set_points("%s") + _feedback("correct")
_WRONG = _set_points("0") + _feedback("wrong")
_PARTIALLY_CORRECT = _else_if(f"<gt>{_SCORE_AND % 0}</gt>", _feedback("partially_correct"))

_MATCHES = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
_IF_MATCHED = _processing(_condition(_if(_MATCHES, _set_points("%s")), _else(_set_points("0"))))
_IF_MATCHED_WITH_FEEDBACK = _processing(_condition(_if(_MATCHES, _CORRECT), _else(_WRONG)))

_MAP_IF_ANSWERED = _condition(_if(_IS_NULL % RESPONSE, _set_points("0")), _else(_set_score(_MAP_RESPONSE % RESPONSE)))
_MAPPED = _processing(_MAP_IF_ANSWERED)
_MAPPED_WITH_FEEDBACK = _processing(
    _MAP_IF_ANSWERED,
    _condition(_if(f"<gte>{_SCORE_AND}</gte>", _feedback("correct")), _PARTIALLY_CORRECT, _else(_feedback("wrong"))),
)

_ADD_MAPPED = _condition(
    _if(f"<not>{_IS_NULL}</not>", _set_score(f'<sum><variable identifier="SCORE"/>{_MAP_RESPONSE}</sum>'))
)
_SUM_OF_MAPPED = _processing(_set_points("0"), "%s", "%s")
_UPPER_BOUND = _condition(_if(f"<gte>{_SCORE_AND}</gte>", _set_points("%s")))
_UPPER_BOUND_WITH_FEEDBACK = _condition(
    _if(f"<gte>{_SCORE_AND}</gte>", _CORRECT), _PARTIALLY_CORRECT, _else(_feedback("wrong"))
)

_ANY_UNANSWERED, _EACH_ACCEPTED = "<or>%s</or>", "<and>%s</and>"
_IS_ACCEPTED = f'<gt>{_MAP_RESPONSE}<baseValue baseType="float">0</baseValue></gt>'
_IF_EACH_MAPPED = _processing(
    _condition(
        _if(_ANY_UNANSWERED, _set_points("0")), _else_if(_EACH_ACCEPTED, _set_points("%s")), _else(_set_points("0"))
    )
)
_IF_EACH_MAPPED_WITH_FEEDBACK = _processing(
    _condition(_if(_ANY_UNANSWERED, _WRONG), _else_if(_EACH_ACCEPTED, _CORRECT), _else(_WRONG))
)
