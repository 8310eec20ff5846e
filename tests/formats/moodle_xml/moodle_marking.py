"""How Moodle marks, written from its own question types (question/type/multianswer, shortanswer, multichoice).

Beside the import oracle, since a mark is what a right answer is for.
"""

import html
import re

_ANSWER = r".+?(?<!\\)(?<!&)(?<!&amp;)(?=[~#}]|$)"
_ALTERNATIVE = rf"(=|%(-?[0-9]+(?:[.,][0-9]*)?)%)?({_ANSWER})(#(.*?(?<!\\)(?=[~}}]|$)))?"
_GAP = re.compile(r"\{([0-9]*):(SHORTANSWER_C|SHORTANSWER):" + f"({_ALTERNATIVE}(~{_ALTERNATIVE})*)" + r"\}", re.DOTALL)
_ONE = re.compile("~?" + _ALTERNATIVE, re.DOTALL)


def read_gaps(text):
    """All gaps of a text: (weight, whether capitals count, [(fraction, pattern)])."""
    return [(int(found[1] or 1), found[2] == "SHORTANSWER_C", _alternatives(found[3])) for found in _GAP.finditer(text)]


def _alternatives(rest):
    found = []
    while alternative := _ONE.match(rest):
        pattern = html.unescape(alternative[3]).replace("\\}", "}").replace("\\#", "#")
        found.append((1 if alternative[1] == "=" else 0, pattern))
        rest = rest[alternative.end() :]
    return found


def matches(response, pattern, *, case):
    """Whether a short answer is the accepted one: ``*`` stands for anything unless a backslash is before it."""
    bits = re.split(r"(?<!\\)\*+", pattern)
    expression = ".*".join(re.escape(bit.replace("\\*", "*")) for bit in bits)
    return re.fullmatch(expression, response.strip(), re.DOTALL | (0 if case else re.IGNORECASE)) is not None


def mark_of_ticks(question, ticked):
    """The part of the mark that ticking these answers earns."""
    return min(max(sum(question.answers[index].fraction for index in ticked), 0.0), 1.0)
