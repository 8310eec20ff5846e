"""Grading in Moodle, modelled on its question types (question/type/multianswer, shortanswer, multichoice)."""

import html
import re

_ANSWER = r".+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
_ALTERNATIVE = rf"(=|%(-?[0-9]+(?:[.,][0-9]*)?)%)?({_ANSWER})(#(.*?(?<!\\)(?=[~}}]|$)))?"
_GAP = re.compile(r"\{([0-9]*):(SHORTANSWER_C|SHORTANSWER):" + f"({_ALTERNATIVE}(~{_ALTERNATIVE})*)" + r"\}", re.DOTALL)
_NEXT_ALTERNATIVE = re.compile("~?" + _ALTERNATIVE, re.DOTALL)


def read_gaps(text):
    """All gaps of a text: (weight, whether case matters, [(fraction, pattern)])."""
    return [(int(gap[1] or 1), gap[2] == "SHORTANSWER_C", _alternatives(gap[3])) for gap in _GAP.finditer(text)]


def _alternatives(rest):
    alternatives = []
    while alternative := _NEXT_ALTERNATIVE.match(rest):
        pattern = html.unescape(alternative[3]).replace("\\}", "}").replace("\\#", "#")
        alternatives.append((1 if alternative[1] == "=" else 0, pattern))
        rest = rest[alternative.end() :]
    return alternatives


def matches(response, pattern, *, case):
    """Return whether a short answer matches a pattern: ``*`` matches anything unless a backslash precedes it."""
    bits = re.split(r"(?<!\\)\*+", pattern)
    expression = ".*".join(re.escape(bit.replace("\\*", "*")) for bit in bits)
    return re.fullmatch(expression, response.strip(), re.DOTALL | (0 if case else re.IGNORECASE)) is not None


def mark_of_ticks(question, ticked):
    """The fraction of the mark for ticking these answers."""
    return min(max(sum(question.answers[index].fraction for index in ticked), 0.0), 1.0)
